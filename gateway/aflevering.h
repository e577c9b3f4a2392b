/* aflevering -- a received dossier on its way into our own system, as a row from the moment it
 * was accepted.
 *
 *   klaar -> afgeleverd      settled only after it is there: a crash in between repeats into
 * the \                     same place, where it is found whole
 *       +--> mislukt         it was withdrawn before it could be delivered
 *
 * A dossier that is withdrawn after it was delivered is one more row, a notice (bericht
 * 'ingetrokken'). All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_AFLEVERING_H
#define GATEWAY_AFLEVERING_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/message.h"
#include "codecs/uuid.h"
#include "gateway/config.h"

#define AFLEVERING_NOTICE "ingetrokken"

/* In the transaction that accepts a message: when a folder or a command is configured and it
 * is of a kind that our own system gets, a row. */
bool aflevering_add(sqlite3 *db, const struct config *config, enum soort soort,
                    const char *overdracht, const char *bericht,
                    struct fault *fault) MUST_CHECK;

/* Of each handover that was withdrawn: what is not delivered yet never is, of what was there
 * is a notice to deliver. */
bool aflevering_withdraw(sqlite3 *db, struct fault *fault) MUST_CHECK;

struct aflevering {
    int64_t seq, attempts;
    char overdracht[UUID_SIZE], bericht[UUID_SIZE];
};
/* The first that is due, after the row `after`. *found tells. */
bool aflevering_due(sqlite3 *db, int64_t now, int64_t after, struct aflevering *aflevering,
                    bool *found, struct fault *fault) MUST_CHECK;

bool aflevering_done(sqlite3 *db, const struct aflevering *aflevering,
                     struct fault *fault) MUST_CHECK;
bool aflevering_again(sqlite3 *db, const struct aflevering *aflevering, const char *reason,
                      int64_t next_try, struct fault *fault) MUST_CHECK;

/* How many wait since before that moment, though they were tried. */
bool aflevering_late(sqlite3 *db, int64_t before, int64_t *count,
                     struct fault *fault) MUST_CHECK;

/* For `overdracht.show`: [{bericht state at attempts reason}], oldest first; appended. */
bool aflevering_describe(sqlite3 *db, const char *overdracht, json_t *list,
                         struct fault *fault) MUST_CHECK;

#endif
