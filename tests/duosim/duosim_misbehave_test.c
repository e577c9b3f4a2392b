/* Each misbehaviour of the service does what it says, as often as it was told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "codecs/json.h"
#include "gateway/clock.h"
#include "tests/duosim/asker.h"

static const struct question ASK = { .gemeente = ALMELO,
                                     .method = "GET",
                                     .path = "/lbt/resultaten" };

enum sort { GOOD, NO_JSON, MISFIT, MORE };

/* clang-format off */
static const struct {
    const char *command;
    int status;
    enum sort sort; /* what the gateway's own tables think of the body */
    const char *version;
    bool cut;
} CASES[] = {
    { "clear",                    200, GOOD,    "1.2.0",    false },
    { "misbehave 503",            503, NO_JSON, "1.2.0",    false },
    { "misbehave 500",            500, NO_JSON, "1.2.0",    false },
    { "misbehave 429",            429, NO_JSON, "1.2.0",    false },
    { "misbehave 403",            403, NO_JSON, "1.2.0",    false },
    { "misbehave 401",            401, NO_JSON, "1.2.0",    false },
    { "misbehave lost",           503, NO_JSON, "1.2.0",    false },
    { "misbehave garbage",        200, NO_JSON, "1.2.0",    false },
    { "misbehave duplicate-keys", 200, NO_JSON, "1.2.0",    false },
    { "misbehave wrong-types",    200, MISFIT,  "1.2.0",    false },
    { "misbehave extra-members",  200, MORE,    "1.2.0",    false },
    { "misbehave wrong-version",  200, GOOD,    "9.0.0",    false },
    { "misbehave bad-version",    200, GOOD,    "nieuwste", false },
    { "misbehave no-version",     200, GOOD,    "",         false },
    { "misbehave cut 10",         200, NO_JSON, "1.2.0",    true },
    { "misbehave cut 0",          200, NO_JSON, "1.2.0",    true },
    { "misbehave cut 100000",     200, GOOD,    "1.2.0",    true },
    { "misbehave huge 1024",      200, NO_JSON, "1.2.0",    false },
};
/* clang-format on */

static enum sort sort_of(const struct answer *answer)
{
    const struct duo_shape *shape = duo_operation_named("lbt-resultaten.lezen")->answer;
    struct duo_findings findings = { 0 };
    struct fault fault = { 0 };
    json_t *json = NULL;

    if (!json_read(answer->text, strlen(answer->text), JSON_BYTES_MAX, &json, &fault))
        return NO_JSON;
    bool fits = duo_check(shape, json, &findings, &fault);
    json_decref(json);
    return !fits ? MISFIT : findings.unknown > 0 ? MORE : GOOD;
}

static void each_does_what_it_says_until_it_is_cleared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        standin_say(&asker_duo, CASES[i].command);
        struct answer answer = asker_put(&ASK);
        if (answer.status != CASES[i].status || sort_of(&answer) != CASES[i].sort
            || strcmp(answer.version, CASES[i].version) != 0 || answer.cut != CASES[i].cut)
            fail_msg("%s: %d, sort %d, version %s, cut %d", CASES[i].command, answer.status,
                     sort_of(&answer), answer.version, answer.cut);
        asker_forget(&answer);
        standin_say(&asker_duo, "clear");
        assert_int_equal(asker_ask(ALMELO, "GET", ASK.path, NULL), 200);
    }
}

static void what_is_counted_ends(void **state)
{
    (void)state;
    standin_say(&asker_duo, "misbehave 503 for 2");
    assert_int_equal(asker_ask(ALMELO, "GET", ASK.path, NULL), 503);
    assert_int_equal(asker_ask(ALMELO, "GET", ASK.path, NULL), 503);
    assert_int_equal(asker_ask(ALMELO, "GET", ASK.path, NULL), 200);
}

static void one_operation_alone_can_misbehave(void **state)
{
    (void)state;
    standin_say(&asker_duo, "misbehave 503 for 1 on boetes.lezen");
    assert_int_equal(asker_ask(ALMELO, "GET", ASK.path, NULL), 200);
    assert_int_equal(asker_ask(ALMELO, "GET", "/boetes", NULL), 503);
    assert_int_equal(asker_ask(ALMELO, "GET", "/boetes", NULL), 200);
}

static void slow_waits_that_long(void **state)
{
    int64_t before = clock_monotonic_ms();

    (void)state;
    standin_say(&asker_duo, "misbehave slow 300 for 1");
    assert_int_equal(asker_ask(ALMELO, "GET", ASK.path, NULL), 200);
    assert_true(clock_monotonic_ms() - before >= 300);
}

static void maintenance_does_nothing_and_a_lost_answer_was_done(void **state)
{
    struct question question = {
        .gemeente = ALMELO,
        .method = "POST",
        .path = "/PIP",
        .body = "{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\"}",
        .bericht_id = "2f0c4d2e-6a51-4c0e-9b1a-3e4d5c6b7a89",
    };

    (void)state;
    standin_say(&asker_duo, "misbehave 503 for 1");
    struct answer answer = asker_put(&question);
    assert_int_equal(answer.status, 503);
    asker_forget(&answer);
    assert_string_equal(standin_say(&asker_duo, "show " BSN " pips"), "null\n");
    standin_say(&asker_duo, "misbehave lost for 1");
    answer = asker_put(&question);
    assert_int_equal(answer.status, 503);
    asker_forget(&answer);
    answer = asker_put(&question); /* again, with the same id: what was done is told */
    assert_int_equal(answer.status, 201);
    asker_forget(&answer);
    assert_non_null(strstr(standin_say(&asker_duo, "requests"), "0141 pip.melden 503 1"));
    assert_non_null(strstr(asker_duo.said, "0141 pip.melden 201 1"));
}

static void two_at_once_are_both_done(void **state)
{
    (void)state;
    standin_say(&asker_duo, "misbehave no-version");
    standin_say(&asker_duo, "misbehave garbage");
    struct answer answer = asker_put(&ASK);
    assert_string_equal(answer.version, "");
    assert_null(answer.json);
    asker_forget(&answer);
}

static void commands_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        const char *line;
        enum fault_code code;
    } LINES[] = {
        { "", FAULT_USAGE },
        { "dance", FAULT_USAGE },
        { "misbehave", FAULT_USAGE },
        { "misbehave nicely", FAULT_USAGE },
        { "misbehave slow fast", FAULT_USAGE },
        { "misbehave slow 1 for", FAULT_USAGE },
        { "misbehave slow on pip", FAULT_USAGE },
        { "misbehave slow on", FAULT_USAGE },
        { "misbehave slow for -1", FAULT_USAGE },
        { "today tomorrow", FAULT_USAGE },
        { "today 2026-02-30", FAULT_USAGE },
        { "today 2026", FAULT_USAGE },
        { "move 999990020 0344", FAULT_UNKNOWN },
        { "move " BSN " Utrecht", FAULT_USAGE },
        { "move " BSN " 0344 soon", FAULT_USAGE },
        { "move " BSN, FAULT_USAGE },
        { "move " BSN " 0344 2026-01-01 again", FAULT_USAGE },
        { "event " BSN " ss121", FAULT_USAGE },
        { "event " BSN " SS12345", FAULT_USAGE },
        { "person", FAULT_USAGE },
        { "person {", FAULT_DOCUMENT },
        { "person []", FAULT_DOCUMENT },
        { "person {\"bsn\":\"123456789\"}", FAULT_DOCUMENT },
        { "person {\"bsn\":\"" BSN "\",\"schoenmaat\":43}", FAULT_DOCUMENT },
        { "person {\"bsn\":\"" BSN "\",\"pips\":{}}", FAULT_DOCUMENT },
        { "set " BSN " schoenmaat 43", FAULT_DOCUMENT },
        { "set " BSN " pips", FAULT_USAGE },
        { "sample " BSN " 0141", FAULT_USAGE },
        { "sample " BSN " 0141 2024-01-10 A", FAULT_USAGE },
        { "sample 123456789 0141 2024-01-10", FAULT_DOCUMENT },
        { "load /nowhere", FAULT_INPUT },
        { "persons all", FAULT_USAGE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        SCOPED_BUF struct buf says = { 0 };
        struct fault fault = { 0 };
        if (sim_command(asker_duo.sim, LINES[i].line, &says, &fault)
            || fault.code != LINES[i].code)
            fail_msg("%s: %s %s", LINES[i].line, fault_name(fault.code), fault.text);
        assert_null(strstr(fault.text, BSN)); /* nothing of a person in a fault */
    }
}

int main(void)
{
#define DUO_TEST(name) cmocka_unit_test_setup_teardown(name, asker_start, asker_stop)
    const struct CMUnitTest tests[] = {
        DUO_TEST(each_does_what_it_says_until_it_is_cleared),
        DUO_TEST(what_is_counted_ends),
        DUO_TEST(one_operation_alone_can_misbehave),
        DUO_TEST(slow_waits_that_long),
        DUO_TEST(maintenance_does_nothing_and_a_lost_answer_was_done),
        DUO_TEST(two_at_once_are_both_done),
        DUO_TEST(commands_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, asker_set_up, asker_tear_down);
}
