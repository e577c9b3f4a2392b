/* doubt -- may the wall clock be believed?
 *
 * CLOCK_BOOTTIME counts on through sleep and is never set. When the wall clock moved otherwise
 * by more than a minute between two looks, somebody set it; when at start it does not fit what
 * the store says, it is wrong or was. For an hour after that the clock is doubtful: nothing is
 * done by it that cannot be undone (nothing expires, nothing is refused for good because its
 * time has passed). Whoever is about to do such a thing asks doubt_now(), which looks first,
 * so that no decision falls between a jump and its discovery.
 */
#ifndef GATEWAY_DOUBT_H
#define GATEWAY_DOUBT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"

#define DOUBT_TEXT_MAX 160

struct doubt {
    pthread_mutex_t lock;
    int64_t ahead_ms; /* wall clock minus boot time, at the last look */
    int64_t until_ms; /* boot time; doubtful before it */
    bool jumped;      /* and nobody has asked yet */
    char why[DOUBT_TEXT_MAX];
};

void doubt_init(struct doubt *doubt); /* takes its first look */
void doubt_finish(struct doubt *doubt);

bool doubt_now(struct doubt *doubt);

/* Looks; true once after each jump: who waits for a moment must reckon anew. */
bool doubt_jumped(struct doubt *doubt);

/* Why it is doubtful now; false: it is not. */
bool doubt_why(struct doubt *doubt, char why[DOUBT_TEXT_MAX]);

/* At start, inside a transaction: compares now with the newest audit row. */
bool doubt_compare(sqlite3 *db, struct doubt *doubt, struct fault *fault) MUST_CHECK;

/* One look at both clocks; what the others do with the real ones. */
void doubt_look(struct doubt *doubt, int64_t wall_ms, int64_t boot_ms);

#endif
