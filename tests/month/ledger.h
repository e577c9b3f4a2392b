/* ledger -- what must be true behind the month, whatever happened in it; and a table of what
 * did. */
#ifndef TESTS_MONTH_LEDGER_H
#define TESTS_MONTH_LEDGER_H

#include <stddef.h>

/* Handovers that have not ended, tasks that are open, messages that have not been settled. */
size_t ledger_open(void);

/* Writes a line for each thing that is not as it must be, and gives their number. */
size_t ledger_check(void);

/* How the stories ended, on both sides. */
void ledger_report(void);

/* Handovers and messages of all towns. */
size_t ledger_handovers(void);
size_t ledger_messages(void);

#endif
