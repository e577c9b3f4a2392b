/* Working days, held against the calendar as it was and will be printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "codecs/datum.h"
#include "codecs/werkdag.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void easter_is_when_the_church_says(void **state)
{
    static const char *const PASEN[] = {
        "2013-03-31", "2014-04-20", "2015-04-05", "2016-03-27", "2017-04-16", "2018-04-01",
        "2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17", "2023-04-09", "2024-03-31",
        "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21",
        "2031-04-13", "2032-03-28", "2033-04-17", "2034-04-09", "2035-03-25",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(PASEN); i++)
        assert_int_equal(werkdag_pasen(2013 + (int)i), datum_day(PASEN[i]));
    /* The bounds of the calendar, and the two years that it makes an exception for. */
    assert_int_equal(werkdag_pasen(1818), datum_day("1818-03-22"));
    assert_int_equal(werkdag_pasen(2285), datum_day("2285-03-22"));
    assert_int_equal(werkdag_pasen(1943), datum_day("1943-04-25"));
    assert_int_equal(werkdag_pasen(1954), datum_day("1954-04-18"));
    assert_int_equal(werkdag_pasen(1981), datum_day("1981-04-19"));
}

static void easter_is_always_a_sunday_of_spring(void **state)
{
    (void)state;
    for (int year = 1900; year < 2400; year++) {
        char text[11];
        long day = werkdag_pasen(year);
        datum_format(day, text);
        assert_int_equal((day - 1) % 7, 6);
        assert_true(text[6] == '3' || text[6] == '4');
    }
}

static void the_days_of_the_law_have_a_name(void **state)
{
    static const struct {
        const char *day, *name;
    } CASES[] = {
        { "2026-01-01", "Nieuwjaarsdag" },      { "2026-04-03", "Goede Vrijdag" },
        { "2026-04-05", "eerste paasdag" },     { "2026-04-06", "tweede paasdag" },
        { "2026-04-27", "Koningsdag" },         { "2026-05-05", "Bevrijdingsdag" },
        { "2026-05-14", "Hemelvaartsdag" },     { "2026-05-24", "eerste pinksterdag" },
        { "2026-05-25", "tweede pinksterdag" }, { "2026-12-25", "eerste kerstdag" },
        { "2026-12-26", "tweede kerstdag" },    { "2013-04-30", "Koninginnedag" },
        { "2014-04-26", "Koningsdag" },         { "2025-04-26", "Koningsdag" },
        { "2031-04-26", "Koningsdag" },         { "2024-05-09", "Hemelvaartsdag" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        assert_string_equal(werkdag_feestdag(datum_day(CASES[i].day)), CASES[i].name);
        assert_false(werkdag_is(datum_day(CASES[i].day)));
    }
}

static void another_day_has_none(void **state)
{
    static const char *const CASES[] = {
        "2014-04-27", /* the King's birthday, but a Sunday */
        "2014-04-30", /* was the Queen's day */
        "2013-04-27", "2026-04-30", "2026-05-04", "2026-05-15", "2026-12-24", "2026-12-31",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_null(werkdag_feestdag(datum_day(CASES[i])));
}

static void a_year_has_the_working_days_that_it_has(void **state)
{
    static const struct {
        int year, days;
    } CASES[] = { { 2024, 255 }, { 2025, 253 }, { 2026, 253 } };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char first[40];
        int days = 0;
        snprintf(first, sizeof(first), "%04d-01-01", CASES[i].year);
        for (long day = datum_day(first), k = day; k < day + 366; k++) {
            char text[11];
            datum_format(k, text);
            days += text[3] == first[3] && werkdag_is(k);
        }
        assert_int_equal(days, CASES[i].days);
    }
}

static void a_term_in_working_days_skips_the_others(void **state)
{
    static const struct {
        const char *from;
        int days;
        const char *until;
    } CASES[] = {
        { "2026-11-23", 3, "2026-11-26" }, /* Monday to Thursday */
        { "2026-11-26", 3, "2026-12-01" }, /* over a weekend */
        { "2026-11-28", 3, "2026-12-02" }, /* from a Saturday, which does not count */
        { "2026-12-23", 3, "2026-12-29" }, /* over Christmas, on a Friday and a Saturday */
        { "2026-12-31", 1, "2027-01-04" },
        { "2026-04-02", 1, "2026-04-07" }, /* Witte Donderdag to behind Easter */
        { "2026-05-13", 1, "2026-05-15" },
        { "2025-04-24", 2, "2025-04-28" }, /* Koningsdag on a Saturday costs nothing */
        { "2026-11-27", 0, "2026-11-27" },
        { "2026-11-28", 0, "2026-11-30" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(werkdag_add(datum_day(CASES[i].from), CASES[i].days),
                         datum_day(CASES[i].until));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(easter_is_when_the_church_says),
        cmocka_unit_test(easter_is_always_a_sunday_of_spring),
        cmocka_unit_test(the_days_of_the_law_have_a_name),
        cmocka_unit_test(another_day_has_none),
        cmocka_unit_test(a_year_has_the_working_days_that_it_has),
        cmocka_unit_test(a_term_in_working_days_skips_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
