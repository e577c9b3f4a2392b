/* overdracht_join -- two that began about the same person go on as one handover.
 *
 * An unasked dossier that crosses a request joins it, and of two requests the later one
 * counts: the handover then goes on under that id. The other id stays known
 * (overdracht_alias), so that a message that was under way, a courier or a person who knows
 * that one still finds it.
 *
 * All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_OVERDRACHT_JOIN_H
#define GATEWAY_OVERDRACHT_JOIN_H

#include <stdbool.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/message.h"
#include "gateway/keys.h"
#include "gateway/overdracht.h"

/* From now on the handover is called `id`, with all its messages; its old id is an alias. */
bool overdracht_join_rename(sqlite3 *db, const struct keys *keys, const char *actor,
                            struct overdracht *o, const char *id,
                            struct fault *fault) MUST_CHECK;

/* A message came under `id`, and counts for this handover. */
bool overdracht_join_alias(sqlite3 *db, const char *id, const struct overdracht *o,
                           struct fault *fault) MUST_CHECK;

/* Whom the handover is with, as this message of theirs (or the address of ours) has it. */
bool overdracht_join_with(sqlite3 *db, struct overdracht *o, const struct party *theirs,
                          const char *eigen_code, struct fault *fault) MUST_CHECK;

/* What began it, as the newest request has it. */
bool overdracht_join_why(sqlite3 *db, struct overdracht *o, const char *oorzaak,
                         const char *vestiging, struct fault *fault) MUST_CHECK;

/* NEW: what waits for a dossier of this person by this peer: asked with a dossierverzoek and
 * nothing received yet; else a handover that is gesignaleerd. *found tells. */
struct join {
    const struct persoon *persoon;
    const char *peer;
    time_t gemaakt; /* of the request */
    struct overdracht o;
    bool found;
};
bool overdracht_join_request(sqlite3 *db, const struct keys *keys, struct join *join,
                             struct fault *fault) MUST_CHECK;

/* OLD: what a new request of this peer meets: another request, or a dossier that crossed it.
 * A dossier that had come before the request was made is not what it asks for. */
bool overdracht_join_dossier(sqlite3 *db, const struct keys *keys, struct join *join,
                             struct fault *fault) MUST_CHECK;

/* Is a refusal of the request, one that ends it, still under way? */
bool overdracht_join_refused(sqlite3 *db, const struct overdracht *o, bool *refused,
                             struct fault *fault) MUST_CHECK;

#endif
