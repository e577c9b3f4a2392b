/* aanlevering_send -- what is klaar goes: released by a person, or by itself where the peer's
 * policy is `auto`.
 *
 * By itself never while something must still be settled with DUO first ([aanlevering]
 * wacht_op_duo), and never about somebody on the block list.
 */
#ifndef GATEWAY_AANLEVERING_SEND_H
#define GATEWAY_AANLEVERING_SEND_H

#include <stdbool.h>

#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "gateway/gateway.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"
#include "peers/peer.h"

/* Runs last in the transaction. */
typedef bool aanlevering_done(sqlite3 *db, void *context, const struct overdracht *o,
                              const struct outbox_row *row, struct fault *fault);

struct aanlevering_send {
    const char *actor, *overdracht; /* id or unique beginning */
    aanlevering_done *done;         /* with context; NULL: nothing more */
    void *context;
};

/* The dossier that is klaar there is sealed, queued, and the couriers are woken. FAULT_STATE:
 * there is none, or nothing is asked any more; FAULT_PERMISSION: block list; FAULT_RULE: it
 * has become untrue while it waited. */
bool aanlevering_send(struct gateway *gateway, const struct aanlevering_send *send,
                      struct fault *fault) MUST_CHECK;

/* What would leave, to whom, and nothing leaves: the message without signature; appends.
 * *peer is the caller's (peer_release()). The same faults. */
bool aanlevering_preview(struct gateway *gateway, const struct aanlevering_send *send,
                         struct overdracht *o, struct peer **peer, struct buf *xml,
                         struct fault *fault) MUST_CHECK;

/* Each that may go by itself goes; for each of the others there is a taak; what nobody asks
 * for any more lapses. */
bool aanlevering_send_ready(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
