/* datum -- see datum.h. */
#include "codecs/datum.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct civil {
    int year, month, day;
};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_size(int year, int month)
{
    static const int SIZES[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return SIZES[month - 1] + (month == 2 && is_leap(year));
}

static long days_before(int year) /* 1 January */
{
    long past = year - 1;

    return past * 365 + past / 4 - past / 100 + past / 400;
}

static long from_civil(struct civil date)
{
    long day = days_before(date.year) + date.day;

    for (int month = 1; month < date.month; month++)
        day += month_size(date.year, month);
    return day;
}

static struct civil to_civil(long day)
{
    struct civil date = { (int)(day / 366) + 1, 1, 0 };

    while (days_before(date.year + 1) < day)
        date.year++;
    day -= days_before(date.year);
    while (day > month_size(date.year, date.month))
        day -= month_size(date.year, date.month++);
    date.day = (int)day;
    return date;
}

/* `size` digits at text; -1 when they are none. */
static int number(const char *text, size_t size)
{
    int value = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static bool is_date(struct civil date)
{
    return date.year >= 1 && date.month >= 1 && date.month <= 12 && date.day >= 1
           && date.day <= month_size(date.year, date.month);
}

long datum_day(const char *text)
{
    size_t size = text ? strlen(text) : 0;

    if ((size != 4 && size != 7 && size != 10) || (size > 4 && text[4] != '-')
        || (size > 7 && text[7] != '-'))
        return 0;
    struct civil date = { number(text, 4), size > 4 ? number(text + 5, 2) : 1,
                          size > 7 ? number(text + 8, 2) : 1 };
    return is_date(date) ? from_civil(date) : 0;
}

static void put(char *text, size_t size, int value)
{
    for (; size > 0; value /= 10)
        text[--size] = (char)('0' + value % 10);
}

void datum_format(long day, char text[11])
{
    struct civil date = to_civil(day);

    memcpy(text, "0000-00-00", 11);
    put(text, 4, date.year);
    put(text + 5, 2, date.month);
    put(text + 8, 2, date.day);
}

long datum_add_months(long day, int months)
{
    struct civil date = to_civil(day);
    int total = date.year * 12 + (date.month - 1) + months;

    date.year = total / 12;
    date.month = total % 12 + 1;
    int size = month_size(date.year, date.month);
    if (date.day > size)
        date.day = size;
    return from_civil(date);
}

long datum_today(time_t now)
{
    static const long EPOCH = 719163; /* 1970-01-01 */

    return EPOCH + (long)((now + 2L * 60 * 60) / (24L * 60 * 60));
}
