/* mover -- the thread that carries a handover on when nobody is at it: DUO notified, an answer
 * of DUO came, a term ran out.
 *
 * It looks at the store when the bell rings and every minute; a ring is a hint, the store is
 * the truth. What it does must be such that doing it twice changes nothing.
 */
#ifndef GATEWAY_MOVER_H
#define GATEWAY_MOVER_H

struct gateway;
struct rounds;

struct rounds *mover_create(struct gateway *gateway);

/* Something may be to be done, by the supplier too. Without a mover (checks, tests) nothing
 * happens. */
void mover_wake(struct gateway *gateway);

#endif
