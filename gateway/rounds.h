/* rounds -- a thread that goes round: a list of steps, each of which looks at the store for
 * what it can carry on, when somebody rings and every so many seconds.
 *
 * Doing a step twice must change nothing. What fails is tried again at the next round; the
 * same fault at every round is one line in the log, until it is another or has gone.
 */
#ifndef GATEWAY_ROUNDS_H
#define GATEWAY_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/fault.h"

struct gateway;
struct rounds;

struct round_step {
    const char *what; /* for the log */
    bool (*run)(struct gateway *gateway, struct fault *fault);
};

struct round_plan {
    const char *who; /* "mover" */
    int seconds;     /* between two rounds when nobody rings */
    const struct round_step *steps;
    size_t count;
};

/* The bell alone, so that who starts earlier can ring it; the thread follows. The plan stays
 * the caller's and must outlive it. */
struct rounds *rounds_create(struct gateway *gateway, const struct round_plan *plan);
/* FAULT_TEMPORARY: no more threads. */
bool rounds_start(struct rounds *rounds, struct fault *fault) MUST_CHECK;

/* Something may be to be done. NULL, here and below: nothing happens. */
void rounds_wake(struct rounds *rounds);
/* Nobody has rung since the last round began, and none is under way. */
bool rounds_rest(struct rounds *rounds);

/* No round begins any more; does not wait for the one under way. */
void rounds_end(struct rounds *rounds);
/* rounds_end(), and waits. Others may still ring. */
void rounds_stop(struct rounds *rounds);
/* When nobody is left who rings. */
void rounds_destroy(struct rounds *rounds);

#endif
