/* trouble -- what goes wrong in the month, day by day: receipts that are lost, messages that
 * never arrive, a DUO that misbehaves, peers that are suspended for a while. */
#ifndef TESTS_MONTH_TROUBLE_H
#define TESTS_MONTH_TROUBLE_H

#include <stdint.h>

struct trouble_count {
    int64_t lost, unheard, heard; /* answers lost, messages not looked at, all others */
};

/* Stands between every listener and its handler; before anything is sent. */
void trouble_start(uint64_t seed);
/* What changes on that day; behind the month all is well. */
void trouble_day(int day);
struct trouble_count trouble_counted(void);

#endif
