/* What the command line takes and refuses, and how its answers look to people and programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "tools/cli/arguments.h"
#include "tools/cli/help.h"
#include "tools/cli/nearest.h"
#include "tools/cli/output.h"

static bool run_nothing(const struct cli *cli, const struct arguments *arguments,
                        struct fault *fault)
{
    (void)cli;
    (void)arguments;
    return fault_set(fault, FAULT_INTERNAL, "not run by these tests");
}

static const char *const SEND_OPTIONS[] = { "--to=", "--dry-run", "--code=*", NULL };

/* clang-format off */
static const struct verb DOSSIER_VERBS[] = {
    { "send", "FILE --to GEMEENTE", "Sends.", "  estafette dossier send a.xml --to 0344\n",
      SEND_OPTIONS, 1, 2, run_nothing },
    { "list", "", "Lists.", "  estafette dossier list\n", NULL, 0, 0, run_nothing },
    { 0 },
};
static const struct verb STATUS_VERBS[] = {
    { "", "", "How it is.", "  estafette status\n", NULL, 0, 0, run_nothing },
    { 0 },
};
/* clang-format on */
static const struct command DOSSIER = { "dossier", "dossiers", DOSSIER_VERBS };
static const struct command STATUS = { "status", "the state", STATUS_VERBS };
static const struct command *const COMMANDS[] = { &DOSSIER, &STATUS, NULL };

#define WORDS_MAX 16

/* "dossier send x" as main() would get it. */
static bool read_line(const char *line, struct invocation *invocation, struct fault *fault)
{
    static char copy[400];
    char *argv[WORDS_MAX + 1] = { (char *)(uintptr_t) "estafette" }, *rest = copy;
    int argc = 1;

    memset(invocation, 0, sizeof(*invocation));
    snprintf(copy, sizeof(copy), "%s", line);
    while (rest && *rest && argc < WORDS_MAX)
        argv[argc++] = strsep(&rest, " ");
    return arguments_read(COMMANDS, argc, argv, invocation, fault);
}

static void a_good_line_is_taken_apart(void **state)
{
    struct invocation got;
    struct fault fault = { 0 };

    (void)state;
    assert_true(
        read_line("-C /home/x dossier send a.xml --to 0344 --json --code a --code=b b.xml",
                  &got, &fault));
    assert_string_equal(got.cli.home, "/home/x");
    assert_true(got.cli.json);
    assert_ptr_equal(got.verb, &DOSSIER_VERBS[0]);
    assert_int_equal(argument_count(&got.arguments), 2);
    assert_string_equal(argument(&got.arguments, 0), "a.xml");
    assert_string_equal(argument(&got.arguments, 1), "b.xml");
    assert_null(argument(&got.arguments, 2));
    assert_string_equal(option(&got.arguments, "--to"), "0344");
    assert_null(option(&got.arguments, "--dry-run"));
    assert_string_equal(option_nth(&got.arguments, "--code", 0), "a");
    assert_string_equal(option_nth(&got.arguments, "--code", 1), "b");
    assert_null(option_nth(&got.arguments, "--code", 2));
}

static void good_lines_are_taken(void **state)
{
    static const char *const LINES[] = {
        "status",
        "--json status",
        "status -C /x",
        "dossier list",
        "dossier send - --to 0344",
        "dossier send a.xml --dry-run",
        "dossier send --to=--odd a.xml",
        "dossier send -- --strange.xml",
        "--help",
        "-h",
        "--version",
        "dossier --help",
        "dossier send --help",
        "status --help",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        struct invocation got;
        struct fault fault = { 0 };
        if (!read_line(LINES[i], &got, &fault))
            fail_msg("'%s': %s", LINES[i], fault.text);
    }
}

static void bad_lines_are_refused_in_words_that_help(void **state)
{
    static const struct {
        const char *line, *says;
    } CASES[] = {
        { "", "which command?" },
        { "--json", "which command?" },
        { "dosier send x", "unknown command 'dosier'; did you mean 'dossier'?" },
        { "stat", "did you mean 'status'?" },
        { "xyzzy", "unknown command 'xyzzy'" },
        { "dossier", "dossier: what shall be done?" },
        { "dossier snd x", "dossier: unknown verb 'snd'; did you mean 'send'?" },
        { "dossier send", "an argument is missing; usage: estafette dossier send FILE --to" },
        { "dossier send a b c", "too many arguments" },
        { "dossier list a", "too many arguments; usage: estafette dossier list" },
        { "status now", "too many arguments; usage: estafette status" },
        { "dossier send a 1 2 3 4 5 6 7 8", "more than 8 arguments" },
        { "dossier send a --too 0344", "unknown option --too; did you mean '--to'?" },
        { "dossier send a --dryrun", "did you mean '--dry-run'?" },
        { "dossier list --to 0344", "unknown option --to" },
        { "dossier --to 0344 send a", "unknown option --to" },
        { "dossier send a --to", "--to needs a value" },
        { "dossier send a --to=", "--to needs a value" },
        { "dossier send a --to --json", "--to needs a value" },
        { "dossier send a --to 1 --to 2", "--to is given twice" },
        { "-C /x status -C /y", "-C is given twice" },
        { "status --json=yes", "--json takes no value" },
        { "status -x", "unknown option -x" },
        { "status --jsn", "unknown option --jsn; did you mean '--json'?" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct invocation got;
        struct fault fault = { 0 };
        assert_false(read_line(CASES[i].line, &got, &fault));
        assert_int_equal(fault_exit_code(&fault), 64);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("'%s' says: %s", CASES[i].line, fault.text);
        assert_non_null(strstr(fault_action(&fault), "--help"));
    }
}

static void what_follows_an_unknown_option_is_never_repeated(void **state)
{
    struct invocation got;
    struct fault fault = { 0 };

    (void)state;
    assert_false(read_line("dossier send a --bsn=123456782", &got, &fault));
    assert_null(strstr(fault.text, "123456782"));
    assert_non_null(strstr(fault.text, "unknown option --bsn"));
}

static void json_is_wanted_even_when_the_line_is_wrong(void **state)
{
    struct invocation got;
    struct fault fault = { 0 };

    (void)state;
    assert_false(read_line("nonsense --json", &got, &fault));
    assert_true(got.cli.json);
    assert_false(read_line("nonsense -- --json", &got, &fault));
    assert_false(got.cli.json);
}

static void only_near_names_are_suggested(void **state)
{
    static const struct {
        const char *typed, *name;
    } CASES[] = {
        { "pear", "peer" },    { "per", "peer" },
        { "outbx", "outbox" }, { "statsu", "status" },
        { "out", "outbox" },   { "o", NULL },
        { "banana", NULL },    { "", NULL },
        { "ou", NULL },        { "a-word-that-is-much-too-long-to-be-a-command", NULL },
    };
    static const char *const NAMES[] = { "outbox", "peer", "status" };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct nearest nearest = { .word = CASES[i].typed };
        for (size_t n = 0; n < sizeof(NAMES) / sizeof(NAMES[0]); n++)
            nearest_offer(&nearest, NAMES[n], strlen(NAMES[n]));
        if (CASES[i].name)
            assert_string_equal(nearest.name, CASES[i].name);
        else
            assert_null(nearest.name);
    }
}

static void help_names_every_verb_and_shows_examples(void **state)
{
    SCOPED_MEM char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    help_all(out, COMMANDS);
    help_command(out, &STATUS);
    help_verb(out, &DOSSIER, &DOSSIER_VERBS[0]);
    fclose(out);
    assert_non_null(strstr(text, "estafette dossier send FILE --to GEMEENTE\n"));
    assert_non_null(strstr(text, "estafette status\n    How it is.\n"));
    assert_non_null(strstr(text, "Examples:\n  estafette dossier send a.xml --to 0344\n"));
    assert_non_null(strstr(text, "65 invalid document"));
}

static void text_from_outside_cannot_command_a_terminal(void **state)
{
    static const struct {
        const char *text, *clean;
    } CASES[] = {
        { "Súdwest-Fryslân 'ok' \xf0\x9f\x99\x82", "Súdwest-Fryslân 'ok' \xf0\x9f\x99\x82" },
        { "\x1b[2Jx", "\xef\xbf\xbd[2Jx" },
        { "a\nb\tc\rd\x7f", "a\xef\xbf\xbd"
                            "b\xef\xbf\xbd"
                            "c\xef\xbf\xbd"
                            "d\xef\xbf\xbd" },
        { "\xc2\x9b"
          "31m",
          "\xef\xbf\xbd"
          "31m" },
        { "x\xe2\x80\xaey", "x\xef\xbf\xbdy" },
        { "x\xe2\x81\xa6y\xd8\x9c", "x\xef\xbf\xbdy\xef\xbf\xbd" },
        { "\xff\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf clean = { 0 };
        output_clean(CASES[i].text, false, &clean);
        assert_string_equal(buf_text(&clean), CASES[i].clean);
    }
    SCOPED_BUF struct buf page = { 0 };
    output_clean("one\ntwo\x1b", true, &page);
    assert_string_equal(buf_text(&page), "one\ntwo\xef\xbf\xbd");
}

/* What a function prints on stdout, caught in a file. */
static void printed(void (*print)(void), char *text, size_t size)
{
    FILE *file = tmpfile();
    int kept = dup(STDOUT_FILENO);

    assert_non_null(file);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    print();
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

static const struct field FIELDS[] = {
    { "NAME", "peer.naam", FIELD_TEXT }, { "CODES", "codes", FIELD_LIST },
    { "TRIES", "attempts", FIELD_TEXT }, { "AT", "at", FIELD_MOMENT },
    { "PRINT", "print", FIELD_GROUPS },  { "STATES", "states", FIELD_COUNTS },
    { NULL, NULL, FIELD_TEXT },
};

static json_t *row(const char *naam, const char *at)
{
    return json_pack("{s:{s:s}, s:[ss], s:i, s:s?, s:s, s:{s:i, s:i}}", "peer", "naam", naam,
                     "codes", "0141", "0142", "attempts", 3, "at", at, "print", "0123abcd",
                     "states", "actief", 2, "geschorst", 1);
}

static void print_a_table(void)
{
    json_auto_t *rows = json_array();

    json_array_append_new(rows, row("Súdwest", "2026-11-23T18:05:00Z"));
    json_array_append_new(rows, row("A", NULL));
    output_table(rows, FIELDS);
}

static void print_fields(void)
{
    json_auto_t *object = row("A\nb", "2026-07-01T22:30:00Z");

    output_fields(object, FIELDS);
    json_auto_t *empty = json_object();
    output_fields(empty, FIELDS);
}

static void tables_stay_straight_and_times_are_dutch(void **state)
{
    char text[2000];

    (void)state;
    printed(print_a_table, text, sizeof(text));
    assert_string_equal(text,
                        "NAME     CODES       TRIES  AT                       PRINT      "
                        "STATES\n"
                        "Súdwest  0141, 0142  3      2026-11-23 19:05:00 CET  0123 abcd  "
                        "actief 2, geschorst 1\n"
                        "A        0141, 0142  3      -                        0123 abcd  "
                        "actief 2, geschorst 1\n");
    printed(print_fields, text, sizeof(text));
    assert_non_null(strstr(text, "2026-07-02 00:30:00 CEST\n"));
    assert_non_null(strstr(text, "A\xef\xbf\xbd"
                                 "b\n"));
}

static void members_that_are_not_there_are_empty(void **state)
{
    json_auto_t *object = row("A", NULL);

    (void)state;
    assert_string_equal(output_text(object, "peer.naam"), "A");
    assert_string_equal(output_text(object, "peer.oin"), "");
    assert_string_equal(output_text(object, "peer.naam.x"), "");
    assert_string_equal(output_text(object, "attempts"), "");
    assert_string_equal(output_text(NULL, "x"), "");
}

static int install(void **state)
{
    (void)state;
    mem_install();
    output_install();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_line_is_taken_apart),
        cmocka_unit_test(good_lines_are_taken),
        cmocka_unit_test(bad_lines_are_refused_in_words_that_help),
        cmocka_unit_test(what_follows_an_unknown_option_is_never_repeated),
        cmocka_unit_test(json_is_wanted_even_when_the_line_is_wrong),
        cmocka_unit_test(only_near_names_are_suggested),
        cmocka_unit_test(help_names_every_verb_and_shows_examples),
        cmocka_unit_test(text_from_outside_cannot_command_a_terminal),
        cmocka_unit_test(tables_stay_straight_and_times_are_dutch),
        cmocka_unit_test(members_that_are_not_there_are_empty),
    };

    return cmocka_run_group_tests(tests, install, NULL);
}
