/* bell -- what threads with work of their own wait for: that somebody rings, that it is time,
 * or that they must stop.
 *
 * A ring is a hint that something may be to be done; the store is the truth. Rings are
 * counted, so that one between looking and waiting is not missed, and ten of them are one
 * reason to look. It keeps a clock of its own (CLOCK_MONOTONIC): a wall clock that jumps wakes
 * nobody and leaves nobody asleep.
 */
#ifndef GATEWAY_BELL_H
#define GATEWAY_BELL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "codecs/base/fault.h"

struct bell {
    pthread_mutex_t lock;
    pthread_cond_t rings;
    unsigned rung, heard;
    int waiting;
    bool stopping;
};

void bell_init(struct bell *bell);
void bell_finish(struct bell *bell); /* when nobody waits or rings any more */

/* Wakes all who wait. */
void bell_ring(struct bell *bell);
/* Wakes all, and from now on nobody waits. */
void bell_stop(struct bell *bell);
bool bell_stopped(struct bell *bell);

/* How often it has been rung: read before looking, given to bell_wait() after. */
unsigned bell_count(struct bell *bell);
/* Until it has been rung more often than `heard`, the seconds are over, or bell_stop().
 * False: stop. */
bool bell_wait(struct bell *bell, unsigned heard, int64_t seconds) MUST_CHECK;

/* Of a bell of one thread: it waits, and has looked since the last ring. */
bool bell_rests(struct bell *bell);

#endif
