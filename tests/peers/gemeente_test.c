/* The municipalities: every code once, every chain of mergers ends, and on each day the one
 * answers that existed then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/datum.h"
#include "peers/gemeente.h"

static void the_table_is_sorted_and_every_chain_ends(void **state)
{
    int exist = 0, ended = 0;

    (void)state;
    for (const struct gemeente *at = GEMEENTE_TABEL; at->code; at++) {
        assert_true(gemeente_code_valid(at->code));
        if (at[1].code && strcmp(at->code, at[1].code) >= 0)
            fail_msg("%s before %s", at->code, at[1].code);
        const struct gemeente *now = gemeente_find(gemeente_successor(at->code, NULL));
        assert_non_null(now);
        assert_null(now->opvolger);
        assert_int_equal(at->opvolger != NULL, at->sinds != NULL);
        if (at->sinds && (datum_day(at->sinds) == 0 || strcmp(at->sinds, "2013-01-01") < 0))
            fail_msg("%s: since %s", at->code, at->sinds);
        *(at->opvolger ? &ended : &exist) += 1;
    }
    assert_int_equal(exist, 342);
    assert_int_equal(ended, 99);
}

static void on_each_day_the_one_answers_that_existed(void **state)
{
    static const struct {
        const char *code, *datum, *successor;
    } CASES[] = {
        { "0344", NULL, "0344" },         { "0457", NULL, "0363" }, /* Weesp */
        { "0457", "2022-03-23", "0457" }, { "0457", "2022-03-24", "0363" },
        { "0693", NULL, "1978" }, /* Graafstroom, Molenwaard, Molenlanden */
        { "0693", "2012-12-31", "0693" }, { "0693", "2013-01-01", "1927" },
        { "0693", "2018-12-31", "1927" }, { "0693", "2019-01-01", "1978" },
        { "0082", NULL, "1940" }, /* Lemsterland, De Friese Meren, De Fryske Marren */
        { "0999", NULL, "0999" },         { "", NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_string_equal(gemeente_successor(CASES[i].code, CASES[i].datum),
                            CASES[i].successor);
}

static void a_municipality_is_found_by_code_or_name(void **state)
{
    static const struct {
        const char *text, *code;
    } CASES[] = {
        { "0344", "0344" },
        { "utrecht", "0344" },
        { "Weesp", "0457" },
        { "Groningen", "0014" },
        { "Súdwest-Fryslân", "1900" },
        { "0999", NULL },
        { "Nergenshuizen", NULL },
        { "", NULL },
        { "344", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct gemeente *found = gemeente_find(CASES[i].text);
        assert_int_equal(found != NULL, CASES[i].code != NULL);
        if (found)
            assert_string_equal(found->code, CASES[i].code);
    }
}

static void what_became_one_is_the_same(void **state)
{
    static const struct {
        const char *code, *asked, *datum;
        bool same;
    } CASES[] = {
        { "0363", "0363", NULL, true },
        { "0363", "0457", NULL, true },
        { "0363", "weesp", NULL, true },
        { "0457", "0363", NULL, true },
        { "0457", "0457", NULL, true },
        { "0999", "0999", NULL, true },
        { "0363", "0344", NULL, false },
        { "0363", "Utrecht", NULL, false },
        { "0363", "", NULL, false },
        { "0999", "0998", NULL, false },
        { "0363", "Amster", NULL, false },
        { "0363", "0457", "2022-03-23", false },
        { "0363", "weesp", "2022-03-23", false },
        { "0457", "0457", "2022-03-23", true },
        { "0363", "0457", "2022-03-24", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_int_equal(gemeente_is(CASES[i].code, CASES[i].asked, CASES[i].datum),
                         CASES[i].same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_every_chain_ends),
        cmocka_unit_test(on_each_day_the_one_answers_that_existed),
        cmocka_unit_test(a_municipality_is_found_by_code_or_name),
        cmocka_unit_test(what_became_one_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
