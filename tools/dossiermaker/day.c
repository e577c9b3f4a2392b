/* day -- see day.h. Gregorian calendar reckoned from 1 March, so that the leap day comes last.
 */
#include "tools/dossiermaker/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERA_DAYS 146097 /* 400 years */
#define EPOCH 719468    /* 0000-03-01 to 1970-01-01 */

long day_from(int year, int month, int day)
{
    long from_march = month > 2 ? month - 3 : month + 9;
    long years = month > 2 ? year : year - 1;
    long era = years / 400, of_era = years % 400;
    long of_year = (153 * from_march + 2) / 5 + day - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH;
}

struct day_parts day_parts(long day)
{
    long since = day + EPOCH, era = since / ERA_DAYS, of_era = since % ERA_DAYS;
    long years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * years + years / 4 - years / 100);
    long from_march = (5 * of_year + 2) / 153;
    int month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);

    return (struct day_parts){ (int)(years + era * 400 + (month <= 2)), month,
                               (int)(of_year - (153 * from_march + 2) / 5 + 1) };
}

void day_text(long day, char text[DAY_SIZE])
{
    struct day_parts parts = day_parts(day);

    (void)snprintf(text, DAY_SIZE, "%04u-%02u-%02u", (unsigned)parts.year % 10000,
                   (unsigned)parts.month % 100, (unsigned)parts.day % 100);
}

bool day_read(const char *text, long *day)
{
    char again[DAY_SIZE];

    if (strlen(text) != DAY_SIZE - 1)
        return false;
    *day = day_from((int)strtol(text, NULL, 10), (int)strtol(text + 5, NULL, 10),
                    (int)strtol(text + 8, NULL, 10));
    if (*day < day_from(1900, 1, 1) || *day > day_from(2200, 1, 1))
        return false;
    day_text(*day, again);
    return strcmp(again, text) == 0;
}

long day_add_months(long day, int months)
{
    struct day_parts parts = day_parts(day);
    int month = parts.year * 12 + parts.month - 1 + months;
    long begin = day_from(month / 12, month % 12 + 1, 1);
    long last = day_from((month + 1) / 12, (month + 1) % 12 + 1, 1) - 1;
    long wanted = begin + parts.day - 1;

    return wanted < last ? wanted : last;
}

long day_month_begin(long day)
{
    struct day_parts parts = day_parts(day);

    return day_from(parts.year, parts.month, 1);
}
