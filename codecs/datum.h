/* datum -- days as numbers, so that dates can be compared and counted.
 *
 * Day 1 is 0001-01-01 and 0 is "no date"; the calendar is today's, also for long ago.
 */
#ifndef CODECS_DATUM_H
#define CODECS_DATUM_H

#include <time.h>

/* "1991-05-30", and what the BRP knows of a birth date: "1991-05" and "1991" are the first day
 * of it. 0 for NULL and for anything else. */
long datum_day(const char *text);

/* "1991-05-30" of a day from 1 to the year 9999. */
void datum_format(long day, char text[11]);

/* That many months later; the last day of a month that is too short. */
long datum_add_months(long day, int months);

/* The day it is, or already may be, in the Netherlands (at most two hours ahead of UTC). */
long datum_today(time_t now);

#endif
