/* supplier -- the thread between us and our own system: dossiers that it supplies, and
 * received ones that it gets.
 *
 * It may wait for a program for minutes, which no other thread should. It looks when it is
 * woken and every few seconds (nobody tells us of a new file); the store is the truth, and
 * doing a step twice changes nothing.
 */
#ifndef GATEWAY_SUPPLIER_H
#define GATEWAY_SUPPLIER_H

struct gateway;
struct rounds;

struct rounds *supplier_create(struct gateway *gateway);

/* Something may be to be done. Without a supplier nothing happens. */
void supplier_wake(struct gateway *gateway);

/* A program that runs is ended; what it did not finish is done after the next start. */
void supplier_stop(struct gateway *gateway);

#endif
