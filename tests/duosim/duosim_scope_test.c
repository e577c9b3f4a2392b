/* Who may ask after somebody, and until when: SCOPE-1 to SCOPE-6 over the time of a move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "tests/duosim/asker.h"

#define PIP(date) "{\"dagtekeningPip\":\"" date "\",\"leerroute\":\"B\"}"

struct moment {
    const char *day;
    const char *almelo, *utrecht, *zwolle; /* the ground; "none" */
};

static void expect_ground(const char *day, const char *gemeente, const char *ground)
{
    SCOPED_BUF struct buf line = { 0 };
    SCOPED_BUF struct buf wanted = { 0 };

    buf_addf(&line, "scope " BSN " %s", gemeente);
    buf_addf(&wanted, "%s\n", ground);
    if (strcmp(standin_say(&asker_duo, buf_text(&line)), buf_text(&wanted)) != 0)
        fail_msg("%s: %s has %s instead of %s", day, gemeente, asker_duo.said, ground);
    /* What the ground says, the service does. */
    asker_expect(strcmp(ground, "none") == 0 ? 403 : 200, gemeente, "GET",
                 "/inburgeringsplicht", NULL);
}

static void see(const struct moment *moments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SCOPED_BUF struct buf line = { 0 };
        buf_addf(&line, "today %s", moments[i].day);
        standin_say(&asker_duo, buf_text(&line));
        expect_ground(moments[i].day, ALMELO, moments[i].almelo);
        expect_ground(moments[i].day, UTRECHT, moments[i].utrecht);
        expect_ground(moments[i].day, ZWOLLE, moments[i].zwolle);
    }
}
#define SEE(moments) see(moments, sizeof(moments) / sizeof((moments)[0]))

/* t0 is 2025-06-01, t1 2025-08-01, t2 a month later. */
static void
the_old_one_with_the_pip_keeps_access_until_the_new_pip_is_a_month_old(void **state)
{
    static const struct moment BEFORE[] = {
        { "2025-05-31", "SCOPE-3", "none", "none" },
        { "2025-06-01", "SCOPE-5", "SCOPE-3", "none" },
        { "2025-08-01", "SCOPE-5", "SCOPE-3", "none" },
    };
    static const struct moment AFTER[] = {
        { "2025-08-01", "SCOPE-6", "SCOPE-3", "none" },
        { "2025-08-31", "SCOPE-6", "SCOPE-3", "none" },
        { "2025-09-01", "none", "SCOPE-3", "none" },
    };

    (void)state;
    asker_expect(201, ALMELO, "POST", "/PIP", PIP("2024-03-01"));
    standin_say(&asker_duo, "move " BSN " 0344 2025-06-01");
    SEE(BEFORE);
    asker_expect(201, UTRECHT, "POST", "/PIP", PIP("2025-08-01"));
    SEE(AFTER);
}

static void the_old_one_without_a_pip_loses_access_on_the_day_of_the_move(void **state)
{
    static const struct moment MOMENTS[] = {
        { "2025-05-31", "SCOPE-3", "none", "none" },
        { "2025-06-01", "none", "SCOPE-3", "none" },
    };

    (void)state;
    standin_say(&asker_duo, "move " BSN " 0344 2025-06-01");
    SEE(MOMENTS);
}

static void a_second_new_pip_within_the_month_shuts_the_old_one_out(void **state)
{
    static const struct moment MOMENTS[] = { { "2025-08-10", "none", "SCOPE-3", "none" } };

    (void)state;
    asker_expect(201, ALMELO, "POST", "/PIP", PIP("2024-03-01"));
    standin_say(&asker_duo, "move " BSN " 0344 2025-06-01");
    standin_say(&asker_duo, "today 2025-08-01");
    asker_expect(201, UTRECHT, "POST", "/PIP", PIP("2025-08-01"));
    asker_expect(201, UTRECHT, "POST", "/PIP", PIP("2025-08-02"));
    SEE(MOMENTS);
}

static void who_moves_on_before_a_pip_leaves_the_one_in_between_without_access(void **state)
{
    static const struct moment MOMENTS[] = { { "2025-07-01", "SCOPE-5", "none", "SCOPE-3" } };

    (void)state;
    asker_expect(201, ALMELO, "POST", "/PIP", PIP("2024-03-01"));
    standin_say(&asker_duo, "move " BSN " 0344 2025-06-01");
    standin_say(&asker_duo, "move " BSN " 0193 2025-07-01");
    SEE(MOMENTS);
}

static void at_coa_the_linked_one_may_ask_and_not_where_the_bed_is(void **state)
{
    static const struct moment LINKED[] = { { "2025-07-01", "none", "SCOPE-4", "none" } };
    static const struct moment OUT[] = { { "2025-07-01", "none", "SCOPE-3", "none" } };

    (void)state;
    standin_say(&asker_duo, "today 2025-07-01");
    standin_say(&asker_duo, "coa " BSN " 0344");
    SEE(LINKED);
    standin_say(&asker_duo, "move " BSN " 0344 2025-07-01");
    SEE(OUT);
}

static void the_month_can_count_from_the_registration(void **state)
{
    static const struct moment FROM_DAGTEKENING[] = {
        { "2025-09-01", "none", "SCOPE-3", "none" },
    };
    static const struct moment FROM_REGISTRATION[] = {
        { "2025-09-01", "SCOPE-6", "SCOPE-3", "none" },
        { "2025-09-21", "none", "SCOPE-3", "none" },
    };

    (void)state;
    asker_expect(201, ALMELO, "POST", "/PIP", PIP("2024-03-01"));
    standin_say(&asker_duo, "move " BSN " 0344 2025-06-01");
    standin_say(&asker_duo, "today 2025-08-21");
    asker_expect(201, UTRECHT, "POST", "/PIP", PIP("2025-08-01"));
    SEE(FROM_DAGTEKENING);
    standin_stop(&asker_duo);
    asker_duo.settings.vanaf_registratie = true;
    standin_start(&asker_duo); /* with the state that was on disk */
    asker_duo.settings.vanaf_registratie = false;
    SEE(FROM_REGISTRATION);
}

static void under_an_older_law_nobody_may_ask(void **state)
{
    static const struct moment MOMENTS[] = { { "2025-07-01", "none", "none", "none" } };

    (void)state;
    asker_set("wet", "2013");
    SEE(MOMENTS);
}

int main(void)
{
#define DUO_TEST(name) cmocka_unit_test_setup_teardown(name, asker_start, asker_stop)
    const struct CMUnitTest tests[] = {
        DUO_TEST(the_old_one_with_the_pip_keeps_access_until_the_new_pip_is_a_month_old),
        DUO_TEST(the_old_one_without_a_pip_loses_access_on_the_day_of_the_move),
        DUO_TEST(a_second_new_pip_within_the_month_shuts_the_old_one_out),
        DUO_TEST(who_moves_on_before_a_pip_leaves_the_one_in_between_without_access),
        DUO_TEST(at_coa_the_linked_one_may_ask_and_not_where_the_bed_is),
        DUO_TEST(the_month_can_count_from_the_registration),
        DUO_TEST(under_an_older_law_nobody_may_ask),
    };

    return cmocka_run_group_tests(tests, asker_set_up, asker_tear_down);
}
