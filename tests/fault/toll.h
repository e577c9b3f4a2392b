/* toll -- what must be true when a message has come through a fault, and the table of all.
 *
 * Exactly once: one row in the receiver's inbox, the sender's row delivered with a receipt
 * that names it, the same receipt on both sides, nothing left in `sending`, both audit chains
 * whole.
 */
#ifndef TESTS_FAULT_TOLL_H
#define TESTS_FAULT_TOLL_H

#include "tests/town.h"

/* Checks the one message of that handover, which the sender holds for delivered; counts it
 * under this fault, and fails the test when something is not so. */
void toll_take(struct town *from, struct town *to, const char *fault, const char *overdracht);

/* Fault, tried, survived, lost, doubled; and a last line for machines. */
void toll_print(void);

#endif
