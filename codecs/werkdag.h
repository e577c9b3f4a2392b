/* werkdag -- which days count when a term is in working days.
 *
 * A working day is none of Saturday, Sunday, and the days that the Algemene termijnenwet names
 * (art. 3): Nieuwjaarsdag, tweede paasdag, Hemelvaartsdag, tweede pinksterdag, both days of
 * Kerstmis, the day on which the King's birthday is kept, and 5 May, each year; Goede Vrijdag
 * is made equal to them (art. 3 lid 2), and town halls are closed. Days that a royal decree
 * makes equal for one year (lid 3) are not known here. Days are numbers as in datum.h.
 */
#ifndef CODECS_WERKDAG_H
#define CODECS_WERKDAG_H

#include <stdbool.h>

bool werkdag_is(long day);

/* "Hemelvaartsdag"; NULL: none of the days that the law names. */
const char *werkdag_feestdag(long day);

/* So many working days after that day, which itself does not count; count 0: that day, or the
 * first working day behind it. */
long werkdag_add(long day, int count);

/* Easter Sunday of a year from 1583. */
long werkdag_pasen(int year);

#endif
