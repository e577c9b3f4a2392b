/* Days as numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "codecs/datum.h"

static void a_date_is_a_day_or_none(void **state)
{
    static const struct {
        const char *text;
        long day;
    } CASES[] = {
        { "0001-01-01", 1 },
        { "1970-01-01", 719163 },
        { "2000-02-29", 730179 },
        { "1900-02-29", 0 },
        { "2026-02-29", 0 },
        { "1991", 726833 },
        { "1991-05", 726953 },
        { "9999-12-31", 3652059 },
        { "2026-13-01", 0 },
        { "2026-00-10", 0 },
        { "2026-1-01", 0 },
        { "2026-01-01Z", 0 },
        { "0000-01-01", 0 },
        { "2026-01-0x", 0 },
        { "20260101", 0 },
        { "", 0 },
        { NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_int_equal(datum_day(CASES[i].text), CASES[i].day);
}

static void days_follow_one_another_for_ten_thousand_years(void **state)
{
    (void)state;
    for (long day = 1; day <= 3652059; day += 1 + day % 3) {
        char text[11];
        datum_format(day, text);
        assert_int_equal(datum_day(text), day);
        assert_int_equal(datum_add_months(day, 0), day);
        assert_true(datum_add_months(day, 1) - day <= 31);
        assert_true(datum_add_months(day, 1) - day >= 28);
    }
}

static void months_keep_the_day_or_end_sooner(void **state)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } CASES[] = {
        { "2025-04-08", 36, "2028-04-08" }, { "2024-02-29", 36, "2027-02-28" },
        { "2024-02-29", 48, "2028-02-29" }, { "2026-01-31", 1, "2026-02-28" },
        { "2026-12-31", 2, "2027-02-28" },  { "2028-04-08", -2, "2028-02-08" },
        { "2028-01-31", -2, "2027-11-30" }, { "2026-05-15", 0, "2026-05-15" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_int_equal(datum_add_months(datum_day(CASES[i].from), CASES[i].months),
                         datum_day(CASES[i].to));
}

static void today_is_the_day_in_the_netherlands(void **state)
{
    (void)state;
    assert_int_equal(datum_today(0), datum_day("1970-01-01"));
    assert_int_equal(datum_today(1795600000), datum_day("2026-11-25"));
    assert_int_equal(datum_today(1795651199 - 7200), datum_day("2026-11-25"));
    assert_int_equal(datum_today(1795651200 - 7200), datum_day("2026-11-26"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_is_a_day_or_none),
        cmocka_unit_test(days_follow_one_another_for_ten_thousand_years),
        cmocka_unit_test(months_keep_the_day_or_end_sooner),
        cmocka_unit_test(today_is_the_day_in_the_netherlands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
