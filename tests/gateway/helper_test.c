/* The process that runs a command of the administrator's: what the command is given, what it
 * may not have, and what is left when it misbehaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "gateway/helper.h"
#include "peers/file.h"

#define SECONDS 20 /* longest wait for anything: a limit, not a pause */

static struct helper *helper;
static char folder[] = "/tmp/estafette_helper.XXXXXX";
static char script[64];
static struct fault fault;

static void write_script(const char *text)
{
    SCOPED_BUF struct buf whole = { 0 };

    buf_addf(&whole, "#!/bin/sh\n%s\n", text);
    unlink(script);
    assert_true(file_write(script, 0700, whole.data, whole.size, &fault));
}

static bool run(const char *text, const struct helper_task *asked, struct buf *output,
                struct buf *errors)
{
    struct helper_task task = *asked;

    write_script(text);
    memset(&fault, 0, sizeof(fault));
    task.command = script;
    if (!task.seconds)
        task.seconds = SECONDS;
    if (!task.output_max)
        task.output_max = 1 << 20;
    return helper_run(helper, &task, output, errors, &fault);
}

static void says(const char *text, const struct helper_task *task, const char *expected)
{
    SCOPED_BUF struct buf output = { 0 }, errors = { 0 };

    if (!run(text, task, &output, &errors))
        fail_msg("%s: %s", text, fault.text);
    assert_string_equal(buf_text(&output), expected);
}

/* --- what it is given -------------------------------------------------------------------- */

static void a_command_gets_its_input_and_its_output_is_all_of_it(void **state)
{
    static const struct helper_task TASK = { .input = "999900031\n", .input_size = 10 };
    static const struct helper_task WORDS = { .arguments = { "een", "twee" } };

    (void)state;
    says("read bsn; printf 'dossier van %s' \"$bsn\"", &TASK, "dossier van 999900031");
    says("printf '%s,%s,%s' \"$1\" \"$2\" \"$#\"", &WORDS, "een,twee,2");
    says("cat", &TASK, "999900031\n");
    says("exit 0", &TASK, "");
}

static void its_environment_holds_nothing_of_ours(void **state)
{
    static const struct helper_task TASK = { 0 };
    SCOPED_BUF struct buf output = { 0 }, errors = { 0 };

    (void)state;
    assert_true(run("/usr/bin/env", &TASK, &output, &errors));
    assert_non_null(strstr(buf_text(&output), "PATH=/usr/local/bin:/usr/bin:/bin"));
    assert_null(strstr(buf_text(&output), "KANARIE"));
    assert_null(strstr(buf_text(&output), "HOME="));
}

static void it_inherits_no_descriptor_and_stands_in_the_root(void **state)
{
    static const struct helper_task TASK = { 0 };

    (void)state;
    says("ls /proc/self/fd | tr '\\n' ' '; pwd", &TASK, "0 1 2 3 /\n"); /* 3: of ls itself */
}

static void it_leads_a_session_of_its_own(void **state)
{
    static const struct helper_task TASK = { 0 };

    (void)state;
    says("test \"$(cut -d' ' -f6 /proc/$$/stat)\" = $$ && echo ja", &TASK, "ja\n");
}

static void what_is_large_passes_in_both_directions(void **state)
{
    SCOPED_BUF struct buf input = { 0 }, output = { 0 }, errors = { 0 };
    size_t size = 3 << 20;

    (void)state;
    memset(buf_reserve(&input, size), 'x', size);
    buf_grown(&input, size);
    const struct helper_task task = { .input = input.data,
                                      .input_size = size,
                                      .output_max = size };
    assert_true(run("cat", &task, &output, &errors));
    assert_int_equal(output.size, size);
    assert_memory_equal(output.data, input.data, size);
}

static void a_command_that_does_not_read_its_input_may_still_answer(void **state)
{
    SCOPED_BUF struct buf input = { 0 };
    size_t size = 1 << 20;

    (void)state;
    memset(buf_reserve(&input, size), 'x', size);
    buf_grown(&input, size);
    const struct helper_task task = { .input = input.data, .input_size = size };
    says("echo klaar", &task, "klaar\n");
}

/* --- when it misbehaves ------------------------------------------------------------------ */

static const struct {
    const char *what, *text;
    int seconds;
    size_t output_max;
    enum fault_code code;
    const char *says;
} CASES[] = {
    { "an exit code", "exit 3", 0, 0, FAULT_TEMPORARY, "the command ended with exit 3" },
    { "words to nobody", "echo Kanariepiet >&2; exit 1", 0, 0, FAULT_TEMPORARY,
      "the command ended with exit 1; it wrote to its standard error" },
    { "a signal", "kill -SEGV $$", 0, 0, FAULT_TEMPORARY,
      "the command was ended by signal 11" },
    { "too slow", "sleep 600", 1, 0, FAULT_TEMPORARY,
      "the command was stopped after 1 seconds" },
    { "deaf to a signal", "trap '' TERM INT HUP; sleep 600", 1, 0, FAULT_TEMPORARY,
      "the command was stopped after 1 seconds" },
    { "endless", "cat /dev/zero", 0, 1000, FAULT_SIZE,
      "the command wrote more than 1000 bytes" },
    { "a byte too many", "printf 12345678901", 0, 10, FAULT_SIZE,
      "the command wrote more than 10 bytes" },
    { "a partial answer", "printf half; exit 9", 0, 0, FAULT_TEMPORARY,
      "the command ended with exit 9" },
    { "endless errors", "timeout 1 cat /dev/zero >&2; exit 4", 0, 0, FAULT_TEMPORARY,
      "the command ended with exit 4; it wrote to its standard error" },
};

static void what_misbehaves_is_a_fault_that_says_no_more_than_it_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf output = { 0 }, errors = { 0 };
        const struct helper_task task = { .seconds = CASES[i].seconds,
                                          .output_max = CASES[i].output_max };
        if (run(CASES[i].text, &task, &output, &errors))
            fail_msg("%s: is taken for good", CASES[i].what);
        assert_int_equal(fault.code, CASES[i].code);
        assert_string_equal(fault.text, CASES[i].says);
        assert_int_equal(output.size, 0);
        assert_true(errors.size <= HELPER_ERRORS_MAX);
    }
}

static void its_errors_are_for_the_caller_alone(void **state)
{
    static const struct helper_task TASK = { 0 };
    SCOPED_BUF struct buf output = { 0 }, errors = { 0 };

    (void)state;
    assert_false(run("echo Kanariepiet >&2; exit 1", &TASK, &output, &errors));
    assert_string_equal(buf_text(&errors), "Kanariepiet\n");
    assert_null(strstr(fault.text, "Kanariepiet"));
}

static bool is_gone(pid_t pid)
{
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;

    while (kill(pid, 0) == 0 && clock_monotonic_ms() < until)
        poll(NULL, 0, 10);
    return kill(pid, 0) != 0;
}

/* The pids that a script wrote before it went. */
static void everything_of_it_is_gone(const char *file)
{
    SCOPED_BUF struct buf pids = { 0 };
    char *rest, *word;

    assert_true(file_read(file, 1000, &pids, &fault));
    rest = (char *)pids.data;
    int count = 0;
    while ((word = strsep(&rest, " \n")))
        if (*word) {
            count++;
            assert_true(is_gone((pid_t)strtol(word, NULL, 10)));
        }
    assert_true(count > 0);
    unlink(file);
}

static void what_it_left_behind_is_killed_also_in_another_session(void **state)
{
    static const char *const LEAVES[] = {
        "sleep 600 >/dev/null 2>&1 & echo $! > %s",
        "setsid sleep 600 & sleep 0.2; pgrep -s 0 -x nothing; echo $! > %s; exit 0",
        "setsid sh -c 'echo $$ > %s; exec sleep 600'",
        "(trap '' TERM HUP; exec sleep 600) & echo $! > %s; exit 5",
    };
    char pids[64];

    (void)state;
    snprintf(pids, sizeof(pids), "%s/pids", folder);
    for (size_t i = 0; i < sizeof(LEAVES) / sizeof(LEAVES[0]); i++) {
        SCOPED_BUF struct buf output = { 0 }, errors = { 0 }, text = { 0 };
        const struct helper_task task = { .seconds = 2 };
        const char *at = strstr(LEAVES[i], "%s");
        buf_add(&text, LEAVES[i], (size_t)(at - LEAVES[i]));
        buf_add_text(&text, pids);
        buf_add_text(&text, at + 2);
        (void)!run(buf_text(&text), &task, &output, &errors);
        everything_of_it_is_gone(pids);
    }
}

static void after_all_that_the_helper_still_serves(void **state)
{
    static const struct helper_task TASK = { 0 };

    (void)state;
    for (int i = 0; i < 50; i++)
        says("echo nog steeds", &TASK, "nog steeds\n");
}

/* --- the daemon goes --------------------------------------------------------------------- */

static void when_the_daemon_is_killed_the_command_is_too(void **state)
{
    char pids[64];
    SCOPED_BUF struct buf text = { 0 };

    (void)state;
    snprintf(pids, sizeof(pids), "%s/pids", folder);
    buf_addf(&text, "echo $$ > %s.new; mv %s.new %s; exec sleep 600", pids, pids, pids);
    write_script(buf_text(&text));
    pid_t daemon = fork();
    if (daemon == 0) {
        SCOPED_BUF struct buf output = { 0 }, errors = { 0 };
        const struct helper_task task = { .command = script, .seconds = 60, .output_max = 9 };
        struct helper *own;
        if (!helper_start(&own, &fault) || helper_run(own, &task, &output, &errors, &fault))
            _exit(1);
        _exit(2);
    }
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;
    while (!file_exists(pids) && clock_monotonic_ms() < until)
        poll(NULL, 0, 10);
    kill(daemon, SIGKILL);
    waitpid(daemon, NULL, 0);
    everything_of_it_is_gone(pids);
}

static void an_interrupted_run_ends_at_once_and_no_other_begins(void **state)
{
    SCOPED_BUF struct buf output = { 0 }, errors = { 0 };
    struct helper *own;

    (void)state;
    assert_true(helper_start(&own, &fault));
    write_script("sleep 600");
    const struct helper_task task = { .command = script, .seconds = 60, .output_max = 9 };
    helper_interrupt(own);
    assert_false(helper_run(own, &task, &output, &errors, &fault));
    assert_int_equal(fault.code, FAULT_TEMPORARY);
    helper_stop(own);
    assert_false(helper_run(NULL, &task, &output, &errors, &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
}

/* --- what may be run --------------------------------------------------------------------- */

static void a_program_that_others_can_change_is_not_run(void **state)
{
    char link[80];

    (void)state;
    write_script("exit 0");
    assert_true(helper_may_run(script, &fault));
    snprintf(link, sizeof(link), "%s.link", script);
    static const mode_t BAD[] = { 0720, 0702, 0777 };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        chmod(script, BAD[i]);
        assert_false(helper_may_run(script, &fault));
    }
    chmod(script, 0600);
    assert_true(geteuid() == 0 || !helper_may_run(script, &fault));
    assert_false(helper_may_run(folder, &fault));
    assert_false(helper_may_run("/nergens/te/vinden", &fault));
    assert_false(helper_may_run("bin/sh", &fault));
    assert_true(helper_may_run("/bin/sh", &fault));
}

static void what_cannot_be_run_says_so(void **state)
{
    SCOPED_BUF struct buf output = { 0 }, errors = { 0 };
    const struct helper_task task = { .command = "/nergens/te/vinden",
                                      .seconds = 5,
                                      .output_max = 9 };

    (void)state;
    assert_false(helper_run(helper, &task, &output, &errors, &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
    assert_string_equal(fault.text, "the command: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_gets_its_input_and_its_output_is_all_of_it),
        cmocka_unit_test(its_environment_holds_nothing_of_ours),
        cmocka_unit_test(it_inherits_no_descriptor_and_stands_in_the_root),
        cmocka_unit_test(it_leads_a_session_of_its_own),
        cmocka_unit_test(what_is_large_passes_in_both_directions),
        cmocka_unit_test(a_command_that_does_not_read_its_input_may_still_answer),
        cmocka_unit_test(what_misbehaves_is_a_fault_that_says_no_more_than_it_may),
        cmocka_unit_test(its_errors_are_for_the_caller_alone),
        cmocka_unit_test(what_it_left_behind_is_killed_also_in_another_session),
        cmocka_unit_test(after_all_that_the_helper_still_serves),
        cmocka_unit_test(when_the_daemon_is_killed_the_command_is_too),
        cmocka_unit_test(an_interrupted_run_ends_at_once_and_no_other_begins),
        cmocka_unit_test(a_program_that_others_can_change_is_not_run),
        cmocka_unit_test(what_cannot_be_run_says_so),
    };

    setenv("KANARIE", "Kanariepiet", 1);
    if (!mkdtemp(folder))
        return 1;
    snprintf(script, sizeof(script), "%s/command", folder);
    if (!helper_start(&helper, &fault))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    helper_stop(helper);
    unlink(script);
    rmdir(folder);
    return failed;
}
