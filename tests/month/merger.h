/* merger -- in the middle of the month one of the municipalities goes on in another.
 *
 * From that day on DUO knows its people as those of the successor, and whatever begins is for
 * the successor, also when it is asked for by the old code. Its gateway runs on for what is
 * under way there; the same people work at both. (The table of municipalities is this test's
 * own: no merger of which the real one knows lies in the month.)
 */
#ifndef TESTS_MONTH_MERGER_H
#define TESTS_MONTH_MERGER_H

#include <stdbool.h>

#define MERGER_DAY 17 /* of the month */
#define MERGER_DATE "2026-12-17"
#define MERGER_ENDS 4 /* Eemsdelta, in Groningen */
#define MERGER_SUCCESSOR 3

/* Which town answers now for that one; NOWHERE stays. */
int merger_now(int town);
/* The same municipality, now? */
bool merger_same(int town, int other);

#endif
