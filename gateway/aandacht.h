/* aandacht -- what must be done, by whom, by when: the one list behind `overdracht list
 * --attention`, the reminders and the alarm.
 *
 * It joins the clocks of the handovers (termijn.h) with the open tasks (taak.h). What we must
 * do is in it from the first day; what another must do only when it is late, for then it is
 * ours to call. Empty: nobody here needs to do anything.
 *
 * Runs inside a transaction of the store. No personal data.
 */
#ifndef GATEWAY_AANDACHT_H
#define GATEWAY_AANDACHT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/termijn.h"

#define AANDACHT_WAT_SIZE 48

struct aandacht {
    char overdracht[UUID_SIZE];  /* "": a taak of none */
    char wat[AANDACHT_WAT_SIZE]; /* name of the clock, or of the kind of taak */
    int64_t taak;                /* 0: a clock */
    enum termijn_wie wie;
    bool beheer; /* for who runs the gateway */
    long dag;    /* the last on which it is in time; 0: no day */
    bool laat, vandaag;
    const char *doen; /* see termijn_doen() */
};
typedef void aandacht_each(void *context, const struct aandacht *item);

/* The latest first; what has no day is last. */
bool aandacht_list(sqlite3 *db, time_t now, aandacht_each *each, void *context,
                   struct fault *fault) MUST_CHECK;

/* How many are late. */
bool aandacht_laat(sqlite3 *db, time_t now, int *count, struct fault *fault) MUST_CHECK;

#endif
