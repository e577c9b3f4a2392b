/* reply -- a dossier that was asked for: which handover it joins, which message it answers.
 *
 * All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_REPLY_H
#define GATEWAY_REPLY_H

#include <stdbool.h>

#include <libxml/tree.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/keys.h"
#include "gateway/overdracht.h"

struct reply {
    struct overdracht o;
    char antwoord_op[UUID_SIZE]; /* "" when there is no reply */
};

/* What `id` (a handover, a message of one, or a unique beginning) asks for, and whether this
 * dossier is about the same person. FAULT_UNKNOWN; FAULT_STATE: nothing is asked there. */
bool reply_find(sqlite3 *db, const struct keys *keys, const char *id, const xmlNode *dossier,
                struct reply *reply, struct fault *fault) MUST_CHECK;

/* What this peer asks for about the person of the dossier: antwoord_op "" when it asks for
 * nothing. FAULT_STATE: it asks, and a refusal of that is under way; or a dossier is. */
bool reply_asked(sqlite3 *db, const struct keys *keys, const char *peer,
                 const xmlNode *dossier, struct reply *reply, struct fault *fault) MUST_CHECK;

/* Of a handover that is gevraagd: which message of theirs asks. FAULT_STATE: none, or a
 * refusal of it is under way. */
bool reply_asking(sqlite3 *db, struct reply *reply, struct fault *fault) MUST_CHECK;

/* The dossier is on its way: gevraagd -> verzonden. FAULT_STATE: not gevraagd any more. */
bool reply_send(sqlite3 *db, const struct keys *keys, const char *actor, struct reply *reply,
                const xmlNode *dossier, struct fault *fault) MUST_CHECK;

#endif
