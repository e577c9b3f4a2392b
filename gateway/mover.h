/* mover -- the thread that carries a handover on when nobody is at it: DUO notified, an answer
 * of DUO came, a term ran out.
 *
 * It looks at the store when the bell rings and every minute; a ring is a hint, the store is
 * the truth. What it does must be such that doing it twice changes nothing.
 */
#ifndef GATEWAY_MOVER_H
#define GATEWAY_MOVER_H

#include <stdbool.h>

#include "codecs/base/fault.h"

struct gateway;
struct mover;

/* The bell alone, so that who starts earlier can ring it; the thread follows. */
struct mover *mover_create(struct gateway *gateway);
bool mover_start(struct mover *mover, struct fault *fault) MUST_CHECK;

/* Something may be to be done, by the supplier too. Without a mover (checks, tests) nothing
 * happens. */
void mover_wake(struct gateway *gateway);

/* The work at hand is finished first; the bell may still be rung. */
void mover_stop(struct mover *mover);
void mover_destroy(struct mover *mover);

#endif
