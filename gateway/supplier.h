/* supplier -- the thread between us and our own system: dossiers that it supplies, and
 * received ones that it gets.
 *
 * It may wait for a program for minutes, which no other thread should. It looks when it is
 * woken and every few seconds (nobody tells us of a new file); the store is the truth, and
 * doing a step twice changes nothing.
 */
#ifndef GATEWAY_SUPPLIER_H
#define GATEWAY_SUPPLIER_H

#include <stdbool.h>

#include "codecs/base/fault.h"

struct gateway;
struct supplier;

/* Before anybody who wakes it; the thread runs from supplier_start() to supplier_stop(). */
struct supplier *supplier_create(struct gateway *gateway);
bool supplier_start(struct supplier *supplier, struct fault *fault) MUST_CHECK;

/* Something may be to be done. Without a supplier nothing happens. */
void supplier_wake(struct gateway *gateway);

/* Nobody has woken it since it last looked, and it does not look now. */
bool supplier_rests(struct supplier *supplier);

/* One look at everything, as the thread does it; for tests. */
void supplier_look(struct gateway *gateway);

/* A program that runs is ended; what it did not finish is done after the next start. Destroyed
 * when nobody is left who wakes it. NULL is fine. */
void supplier_stop(struct supplier *supplier);
void supplier_destroy(struct supplier *supplier);

#endif
