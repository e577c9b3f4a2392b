/* The stand-in beside a real town: what DUO tells is stored once, whatever the road does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/standin.h"

#define BSN "999990019"
#define HEARD "SELECT count(*) FROM notificatie"

static struct standin duo = { .oin = "00000004000000044000" };
static struct town almelo = {
    .oin = "00000001002220647000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static struct town utrecht = {
    .oin = "00000001002306608000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256
};

static int set_up(void **state)
{
    (void)state;
    town_install();
    town_build(&almelo);
    town_build(&utrecht);
    standin_build(&duo);
    standin_serve(&duo, &almelo);
    standin_serve(&duo, &utrecht);
    town_start(&almelo);
    town_start(&utrecht);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_stop(&almelo);
    town_stop(&utrecht);
    town_remove(&almelo);
    town_remove(&utrecht);
    standin_remove(&duo);
    return 0;
}

static int start(void **state)
{
    (void)state;
    standin_start(&duo);
    standin_say(&duo, "reset");
    standin_say(&duo, "person {\"bsn\":\"" BSN "\",\"gemeentecode\":\"0141\","
                      "\"vestiging\":\"2024-01-10\"}");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    standin_stop(&duo);
    return 0;
}

static void both_towns_hear_of_a_move(void **state)
{
    int64_t old = town_count(&almelo, HEARD), new = town_count(&utrecht, HEARD);

    (void)state;
    standin_say(&duo, "move " BSN " 0344");
    standin_say(&duo, "wait 20000");
    assert_int_equal(town_count(&almelo, HEARD " WHERE gebeurtenis = 'SS122'"), old + 1);
    assert_int_equal(town_count(&utrecht, HEARD " WHERE gebeurtenis = 'SS120'"), new + 1);
}

static void what_comes_twice_is_stored_once(void **state)
{
    int64_t before = town_count(&utrecht, HEARD);

    (void)state;
    standin_say(&duo, "misbehave twice 3");
    standin_say(&duo, "event " BSN " SS199 0344");
    standin_say(&duo, "wait 20000");
    assert_int_equal(town_count(&utrecht, HEARD), before + 1);
}

static void what_comes_while_a_town_is_down_comes_later(void **state)
{
    int64_t before = town_count(&utrecht, HEARD);

    (void)state;
    town_stop(&utrecht);
    standin_say(&duo, "event " BSN " SS199 0344");
    town_start(&utrecht);
    standin_say(&duo, "wait 20000");
    assert_int_equal(town_count(&utrecht, HEARD), before + 1);
}

/* What the town's own client makes of each answer: read, known to be nothing, or not ours. */
static void expect_uitkomst(const char *operation, const char *uitkomst)
{
    struct fault fault = { 0 };
    json_t *result =
        town_ask(&almelo, call_duo_ask,
                 json_pack("{s:s, s:s}", "operation", operation, "bsn", BSN), &fault);

    if (!result)
        fail_msg("%s: %s", operation, fault.text);
    const char *came = json_string_value(json_object_get(result, "uitkomst"));
    if (strcmp(came, uitkomst) != 0 || json_integer_value(json_object_get(result, "unknown")))
        fail_msg("%s: %s instead of %s", operation, came, uitkomst);
    json_decref(result);
}

static void the_town_reads_all_that_the_stand_in_knows(void **state)
{
    static const char *const KNOWN[] = {
        "inburgeringsplicht.lezen",
        "doelgroep.lezen",
        "lbt-resultaten.lezen",
        "inburgeringstermijn.lezen",
        "vrijstellingen.lezen",
        "ontheffingen.lezen",
        "pip.lezen",
        "uren.lezen",
        "examenresultaten.lezen",
        "gratispogingen.lezen",
    };

    (void)state;
    standin_say(&duo, "sample " BSN " 0141 2024-01-10 B");
    for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++)
        expect_uitkomst(KNOWN[i], "gelezen");
    expect_uitkomst("map.lezen", "niets bekend");
    standin_say(&duo, "sample " BSN " 0344 2024-01-10 B");
    expect_uitkomst("pip.lezen", "niet van ons");
}

static void what_the_town_reports_is_registered_once(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    standin_say(&duo, "sample " BSN " 0141 2024-01-10");
    standin_say(&duo, "misbehave lost for 1 on pip.melden");
    json_t *queued =
        town_ask(&almelo, call_duo_report,
                 json_pack("{s:s, s:s, s:s}", "operation", "pip.melden", "bsn", BSN, "body",
                           "{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\"}"),
                 &fault);
    assert_non_null(queued);
    json_decref(queued);
    assert_true(town_wait(&almelo,
                          "SELECT count(*) FROM outbox WHERE soort = 'pip.melden'"
                          " AND state = 'delivered'",
                          1, 20));
    standin_say(&duo, "show " BSN " pips");
    json_t *pips = json_loads(duo.said, 0, NULL);
    assert_int_equal(json_array_size(pips), 1);
    json_decref(pips);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_towns_hear_of_a_move, start, stop),
        cmocka_unit_test_setup_teardown(the_town_reads_all_that_the_stand_in_knows, start,
                                        stop),
        cmocka_unit_test_setup_teardown(what_the_town_reports_is_registered_once, start, stop),
        cmocka_unit_test_setup_teardown(what_comes_twice_is_stored_once, start, stop),
        cmocka_unit_test_setup_teardown(what_comes_while_a_town_is_down_comes_later, start,
                                        stop),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
