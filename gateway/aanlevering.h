/* aanlevering -- a dossier that was asked for, supplied by our own system: a file in a folder,
 * or what a command wrote.
 *
 *   wacht -> klaar -> verzonden       wacht: the command has no good dossier yet, tried again
 *      \        \
 *       +--------+-> vervallen        it is not asked for any more, or a newer one came
 *
 * What is klaar rests sealed under the home key, its documents as ciphertext that belongs to
 * the row's id; when it leaves that state both are forgotten here. It is checked, but not
 * sealed for anybody yet: header and moment are those of the day it goes. Each move is an
 * audit row. Functions that take a database run inside a transaction of the store.
 */
#ifndef GATEWAY_AANLEVERING_H
#define GATEWAY_AANLEVERING_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <libxml/tree.h>
#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"
#include "codecs/uuid.h"
#include "gateway/gateway.h"

/* Checked, its documents enclosed. `inhoud` as aanlevering_index() made it. */
struct aanlevering {
    const char *bron; /* "map", "commando" */
    const char *overdracht;
    const xmlDoc *dossier;
    struct digest inhoud;
};

/* By what the same bytes are known again. */
void aanlevering_index(const struct keys *keys, const struct buf *bytes,
                       struct digest *inhoud);

/* Klaar, in the place of what was klaar before. FAULT_STATE: nothing is asked there, or a
 * refusal is under way; or about somebody else. */
bool aanlevering_add(sqlite3 *db, struct gateway *gateway, const struct aanlevering *new,
                     struct fault *fault) MUST_CHECK;

/* The command had none: once more, after a wait that grows. *attempts tells how often. */
bool aanlevering_again(sqlite3 *db, struct gateway *gateway, const char *overdracht,
                       const char *reason, int64_t *attempts, struct fault *fault) MUST_CHECK;

/* What was supplied with these bytes before: state "" when nothing was. */
struct aanlevering_known {
    char overdracht[UUID_SIZE], state[16];
};
bool aanlevering_known(sqlite3 *db, const struct digest *inhoud,
                       struct aanlevering_known *known, struct fault *fault) MUST_CHECK;

/* The one that is klaar in a handover, opened. FAULT_STATE: there is none. */
struct aanlevering_ready {
    int64_t seq;
    char id[UUID_SIZE];
    struct buf dossier;
};
void aanlevering_ready_finish(struct aanlevering_ready *ready);
bool aanlevering_ready(sqlite3 *db, const struct keys *keys, const char *overdracht,
                       struct aanlevering_ready *ready, struct fault *fault) MUST_CHECK;

/* Klaar -> verzonden. FAULT_STATE: it is not klaar any more. */
bool aanlevering_sent(sqlite3 *db, const char *actor, const char *overdracht, int64_t seq,
                      struct fault *fault) MUST_CHECK;
/* Whatever waits or is klaar in a handover -> vervallen. */
bool aanlevering_lapse(sqlite3 *db, const char *actor, const char *overdracht,
                       const char *reason, struct fault *fault) MUST_CHECK;
/* Tried to send, and could not: not again at once. */
bool aanlevering_put_off(sqlite3 *db, const char *overdracht, const char *reason,
                         int64_t next_try, struct fault *fault) MUST_CHECK;

/* For `overdracht.show`: [{bron state at attempts reason}], oldest first; appended. */
bool aanlevering_describe(sqlite3 *db, const char *overdracht, json_t *list,
                          struct fault *fault) MUST_CHECK;

#endif
