/* A command of the administrator's that means ill: it runs as we do, and tries to get at the
 * keys of the home. Each attack is tried unfenced first: there it must succeed, or it proves
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/fence.h"
#include "gateway/gebruiker.h"
#include "gateway/helper.h"
#include "peers/file.h"

#define SECONDS 20 /* longest wait for anything: a limit, not a pause */
#define SECRET "Kanariepiet-de-sleutel"
#define ANOTHER "nobody" /* a user who is no one here */

static char folder[] = "/tmp/estafette_fence.XXXXXX";
static struct helper *open_one, *fenced;
static struct fault fault;

static const char *in(const char *name)
{
    static char path[4][PATH_MAX];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], PATH_MAX, "%s/%s", folder, name);
    return path[turn];
}

static void put(const char *name, mode_t mode, const char *text)
{
    unlink(in(name));
    assert_true(file_write(in(name), mode, text, strlen(text), &fault));
}

static void lay_out(void)
{
    (void)!mkdir(in("home"), 0700);
    (void)!mkdir(in("home/keys"), 0700);
    (void)!mkdir(in("system"), 0755);
    put("home/keys/home.key", 0600, SECRET);
    unlink(in("system/link"));
    assert_int_equal(symlink(in("home"), in("system/link")), 0);
}

/* `H` in the text is the home, `S` the folder of the command. */
static bool run_at(struct helper *helper, const char *where, const char *text,
                   struct buf *output)
{
    SCOPED_BUF struct buf whole = { 0 }, errors = { 0 };
    const struct helper_task task = { .command = in(where),
                                      .seconds = SECONDS,
                                      .output_max = 1 << 20 };

    buf_addf(&whole, "#!/bin/sh\nH=%s S=%s\n%s\n", in("home"), in("system"), text);
    put(where, 0755, buf_text(&whole));
    memset(&fault, 0, sizeof(fault));
    return helper_run(helper, &task, output, &errors, &fault);
}

static bool run(struct helper *helper, const char *text, struct buf *output)
{
    return run_at(helper, "system/command", text, output);
}

/* --- reading ------------------------------------------------------------------------------
 */

static const char *const READS[] = {
    "cat $H/keys/home.key",
    "cd $H && cat keys/home.key",
    "cat $S/link/keys/home.key",
    "cat /proc/self/root$H/keys/home.key",
    "cat $S/../home/keys/home.key",
    "ln $H/keys/home.key $S/gestolen; cat $S/gestolen; rm -f $S/gestolen",
    "cp $H/keys/home.key $S/gestolen; cat $S/gestolen; rm -f $S/gestolen",
    "mv $H/keys $S/gestolen; cat $S/gestolen/home.key; mv $S/gestolen $H/keys",
    "mv $H $S/gestolen; cat $S/gestolen/keys/home.key; mv $S/gestolen $H",
    "exec 3<$H/keys/home.key; cat <&3",
    "chmod 644 $H/keys/home.key; cat $H/keys/home.key",
    "setsid sh -c \"cat $H/keys/home.key\"",
    "grep -r . $H",
    "perl -e 'open(F, shift); print <F>' $H/keys/home.key",
};

static void a_command_cannot_read_a_key_by_any_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(READS) / sizeof(READS[0]); i++) {
        SCOPED_BUF struct buf unfenced = { 0 }, got = { 0 };
        lay_out();
        (void)!run(open_one, READS[i], &unfenced);
        if (!strstr(buf_text(&unfenced), SECRET))
            fail_msg("proves nothing: %s", READS[i]);
        lay_out();
        (void)!run(fenced, READS[i], &got);
        if (strstr(buf_text(&got), SECRET))
            fail_msg("read the key: %s", READS[i]);
    }
}

static void not_even_the_names_in_the_home_are_told(void **state)
{
    SCOPED_BUF struct buf got = { 0 };

    (void)state;
    lay_out();
    assert_true(run(fenced, "ls -R $H 2>/dev/null; find $H 2>/dev/null; echo klaar", &got));
    assert_null(strstr(buf_text(&got), "home.key"));
}

/* --- changing -----------------------------------------------------------------------------
 */

static const char *const CHANGES[] = {
    "echo x > $H/keys/home.key",
    "echo x >> $H/keys/home.key",
    "rm -rf $H/keys",
    "mv $H/keys/home.key $H/keys/weg",
    "ln -sf /dev/null $H/keys/home.key",
    "truncate -s 0 $H/keys/home.key",
    "echo x > $S/nep; mv -f $S/nep $H/keys/home.key",
};

static void a_command_cannot_change_or_remove_one_either(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
        SCOPED_BUF struct buf output = { 0 }, key = { 0 };
        lay_out();
        (void)!run(fenced, CHANGES[i], &output);
        if (!file_read(in("home/keys/home.key"), 100, &key, &fault)
            || strcmp(buf_text(&key), SECRET) != 0)
            fail_msg("changed the key: %s", CHANGES[i]);
    }
}

/* What is not fenced holds the keys in its memory. */
static void it_cannot_look_into_a_process_that_is_not_fenced(void **state)
{
    SCOPED_BUF struct buf got = { 0 };

    (void)state;
    assert_true(run(fenced,
                    "cat /proc/$PPID/mem 2>/dev/null\n" /* root may see environ: CAP_PERFMON */
                    "test $(id -u) = 0 || cat /proc/$PPID/environ 2>/dev/null\n"
                    "ls -l /proc/$PPID/root/ /proc/$PPID/cwd/ 2>/dev/null\n"
                    "readlink /proc/$PPID/fd/* 2>/dev/null; echo klaar",
                    &got));
    assert_string_equal(buf_text(&got), "klaar\n");
}

/* --- what it may --------------------------------------------------------------------------
 */

static const struct {
    const char *text, *says;
} MAY[] = {
    { "echo werk > $S/nieuw && cat $S/nieuw", "werk\n" },
    { "mkdir -p $S/diep && mv $S/nieuw $S/diep/ && cat $S/diep/nieuw && rm -r $S/diep",
      "werk\n" },
    { "ls $S/command >/dev/null && echo ja", "ja\n" },
    { "test -r /etc/passwd && echo x > /dev/null && echo ja", "ja\n" },
    { "sed -n 's/^NoNewPrivs:[[:space:]]*//p' /proc/self/status", "1\n" },
    { "ulimit -c; umask", "0\n0077\n" },
};

static void all_else_it_may_as_before(void **state)
{
    (void)state;
    lay_out();
    for (size_t i = 0; i < sizeof(MAY) / sizeof(MAY[0]); i++) {
        SCOPED_BUF struct buf got = { 0 };
        if (!run(fenced, MAY[i].text, &got))
            fail_msg("%s: %s", MAY[i].text, fault.text);
        assert_string_equal(buf_text(&got), MAY[i].says);
    }
}

static void a_command_that_lies_in_the_home_may_be_run_and_sees_itself_alone(void **state)
{
    SCOPED_BUF struct buf got = { 0 };

    (void)state;
    lay_out();
    assert_true(run_at(fenced, "home/command", "cat $H/keys/home.key; echo gelopen", &got));
    assert_string_equal(buf_text(&got), "gelopen\n");
}

static void what_cannot_be_fenced_is_not_run(void **state)
{
    SCOPED_BUF struct buf long_name = { 0 }, got = { 0 };
    struct helper *own;

    (void)state;
    assert_true(helper_start(&own, &fault));
    for (int i = 0; i < 300; i++)
        buf_add_text(&long_name, i ? "x" : "/");
    assert_true(helper_guard(own, buf_text(&long_name), "", &fault));
    assert_false(run(own, "echo gelopen", &got));
    assert_int_equal(fault.code, FAULT_CONFIG);
    assert_int_equal(got.size, 0);
    helper_stop(own);
}

/* --- as somebody else ---------------------------------------------------------------------
 */

static void as_another_user_it_has_nothing_of_ours(void **state)
{
    SCOPED_BUF struct buf got = { 0 }, read = { 0 };
    struct helper *own;

    (void)state;
    if (!helper_guard(NULL, "", ANOTHER, &fault)) {
        print_message("SKIPPED: only root, or who has CAP_SETUID, becomes another user\n");
        skip();
    }
    lay_out();
    assert_int_equal(chmod(folder, 0755), 0);
    assert_true(helper_start(&own, &fault));
    assert_true(helper_guard(own, "", ANOTHER, &fault)); /* no fence: the user alone */
    assert_true(run(own,
                    "id -un; id -Gn | wc -w; grep -c '^Cap[PEA].*:.*[1-9a-f]' "
                    "/proc/self/status; exit 0",
                    &got));
    assert_string_equal(buf_text(&got), ANOTHER "\n1\n0\n");
    for (size_t i = 0; i < sizeof(READS) / sizeof(READS[0]); i++) {
        buf_clear(&read);
        (void)!run(own, READS[i], &read);
        assert_null(strstr(buf_text(&read), SECRET));
    }
    buf_clear(&read);
    (void)!run(own, "setpriv --reuid=0 id -u || su -c 'id -u'", &read);
    assert_null(strstr(buf_text(&read), "0"));
    helper_stop(own);
}

static const struct {
    const char *user, *says;
} USERS[] = {
    { "er-is-niemand-die-zo-heet", "[programma] gebruiker: there is no user er-is-niemand" },
    { "root", "[programma] gebruiker: a program does not run as root" },
    { ANOTHER, "[programma] gebruiker: we may not become " ANOTHER },
};

/* In a process of its own, which gives up being root. */
static void who_cannot_be_or_may_not_be_is_refused_before_anything_runs(void **state)
{
    const struct passwd *daemon_user = getpwnam("daemon");
    struct gebruiker gebruiker;

    (void)state;
    if (geteuid() == 0 && (!daemon_user || seteuid(daemon_user->pw_uid) != 0)) {
        print_message("SKIPPED: there is no user daemon\n");
        skip();
    }
    for (size_t i = 0; i < sizeof(USERS) / sizeof(USERS[0]); i++) {
        bool given_it = geteuid() == getuid() && strcmp(USERS[i].user, ANOTHER) == 0
                        && helper_guard(NULL, "/", ANOTHER, &fault);
        if (given_it)
            continue; /* not root, but with the capabilities */
        memset(&fault, 0, sizeof(fault));
        assert_false(helper_guard(NULL, "/", USERS[i].user, &fault));
        assert_int_equal(fault.code, FAULT_CONFIG);
        assert_non_null(strstr(fault.text, USERS[i].says));
    }
    assert_true(gebruiker_find("", &gebruiker, &fault));
    assert_false(gebruiker.other);
    if (geteuid() != getuid())
        assert_int_equal(seteuid(getuid()), 0);
}

/* --- the world ----------------------------------------------------------------------------
 */

static int start(void **state)
{
    (void)state;
    return mkdtemp(folder) && helper_start(&open_one, &fault) && helper_start(&fenced, &fault)
                   && helper_guard(fenced, in("home"), "", &fault)
               ? 0
               : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static int stop(void **state)
{
    (void)state;
    helper_stop(open_one);
    helper_stop(fenced);
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest any[] = {
        cmocka_unit_test(as_another_user_it_has_nothing_of_ours),
        cmocka_unit_test(who_cannot_be_or_may_not_be_is_refused_before_anything_runs),
    };
    const struct CMUnitTest with_a_fence[] = {
        cmocka_unit_test(a_command_cannot_read_a_key_by_any_name),
        cmocka_unit_test(not_even_the_names_in_the_home_are_told),
        cmocka_unit_test(a_command_cannot_change_or_remove_one_either),
        cmocka_unit_test(it_cannot_look_into_a_process_that_is_not_fenced),
        cmocka_unit_test(all_else_it_may_as_before),
        cmocka_unit_test(a_command_that_lies_in_the_home_may_be_run_and_sees_itself_alone),
        cmocka_unit_test(what_cannot_be_fenced_is_not_run),
    };
    int failed = cmocka_run_group_tests(any, start, NULL);

    if (fence_version() == 0)
        printf("SKIPPED: this kernel has no Landlock: no command is kept from the home\n");
    else
        failed += cmocka_run_group_tests(with_a_fence, NULL, NULL);
    return stop(NULL) != 0 || failed;
}
