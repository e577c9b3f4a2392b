/* afwijzen -- refusing to give a dossier that was asked for, by a person or by itself.
 *
 * The state stays gevraagd until the refusal was delivered: one that never arrives has refused
 * nothing (overdracht_meaning.c, ENDS).
 */
#ifndef GATEWAY_AFWIJZEN_H
#define GATEWAY_AFWIJZEN_H

#include <stdbool.h>

#include <sqlite3.h>

#include "codecs/afwijzing.h"
#include "codecs/base/fault.h"
#include "gateway/gateway.h"
#include "gateway/overdracht.h"

/* Runs last in the transaction. */
typedef bool afwijzen_done(sqlite3 *db, void *context, const struct overdracht *o,
                           const char *bericht, struct fault *fault);

struct afwijzen {
    const char *overdracht; /* id or unique beginning */
    const struct afwijzing *afwijzing;
    afwijzen_done *done; /* with context; NULL: nothing more */
    void *context;
};

/* The refusal is queued, the couriers woken. FAULT_UNKNOWN; FAULT_STATE: nothing is asked
 * there, or a refusal is under way; FAULT_PERMISSION: about somebody on the block list only
 * `blokkade` may be said. */
bool afwijzen_send(struct gateway *gateway, const char *actor, const struct afwijzen *afwijzen,
                   struct fault *fault) MUST_CHECK;

#endif
