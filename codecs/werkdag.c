/* werkdag -- see werkdag.h. */
#include "codecs/werkdag.h"

#include <stddef.h>
#include <stdio.h>

#include "codecs/datum.h"

static int year_of(long day)
{
    char text[11];

    datum_format(day, text);
    return (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10
           + (text[3] - '0');
}

static long date(int year, int month, int day)
{
    char text[40];

    snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
    return datum_day(text);
}

/* Monday is 0: so was 0001-01-01. */
static int weekday(long day)
{
    return (int)((day - 1) % 7);
}
enum { SATURDAY = 5, SUNDAY = 6 };

/* The Gregorian computus of Meeus, Jones and Butcher: the first Sunday behind the full moon of
 * spring, both as the church reckons them. */
long werkdag_pasen(int year)
{
    int golden = year % 19, century = year / 100, rest = year % 100;
    int moved = (8 * century + 13) / 25;
    int epact = (19 * golden + century - century / 4 - moved + 15) % 30;
    int sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    int late = (golden + 11 * epact + 22 * sunday) / 451;
    int days = epact + sunday - 7 * late + 114;

    return date(year, days / 31, days % 31 + 1);
}

/* 27 April, of Queen Beatrix (until 2013) 30 April; never a Sunday: then the day before. */
static long birthday(int year)
{
    long day = year > 2013 ? date(year, 4, 27) : date(year, 4, 30);

    return weekday(day) == SUNDAY ? day - 1 : day;
}

/* clang-format off */
static const struct feestdag {
    const char *name;
    int month, day; /* month 0: so many days from Easter Sunday */
} FEESTDAGEN[] = {
    { "Nieuwjaarsdag",        1,  1 },
    { "Goede Vrijdag",        0, -2 },
    { "eerste paasdag",       0,  0 },
    { "tweede paasdag",       0,  1 },
    { "Bevrijdingsdag",       5,  5 },
    { "Hemelvaartsdag",       0, 39 },
    { "eerste pinksterdag",   0, 49 },
    { "tweede pinksterdag",   0, 50 },
    { "eerste kerstdag",     12, 25 },
    { "tweede kerstdag",     12, 26 },
};
/* clang-format on */

static long day_in(const struct feestdag *feestdag, int year)
{
    return feestdag->month ? date(year, feestdag->month, feestdag->day)
                           : werkdag_pasen(year) + feestdag->day;
}

const char *werkdag_feestdag(long day)
{
    int year = year_of(day);

    for (size_t i = 0; i < sizeof(FEESTDAGEN) / sizeof(FEESTDAGEN[0]); i++)
        if (day_in(&FEESTDAGEN[i], year) == day)
            return FEESTDAGEN[i].name;
    return birthday(year) == day ? (year > 2013 ? "Koningsdag" : "Koninginnedag") : NULL;
}

bool werkdag_is(long day)
{
    return weekday(day) < SATURDAY && !werkdag_feestdag(day);
}

long werkdag_add(long day, int count)
{
    while (!werkdag_is(day) && count == 0)
        day++;
    for (; count > 0; count--)
        do
            day++;
        while (!werkdag_is(day));
    return day;
}
