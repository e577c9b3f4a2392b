/* overdracht_later -- what comes after a dossier (or a request) was sent: a supplement, a
 * withdrawal, the confirmation of one.
 *
 * Withdrawing is the last word. Of a dossier: whatever became of it, the receiver gives it up
 * and both end ingetrokken, the receiver when it hears of it, the sender when it is confirmed
 * (intrekking.h). Of a request: the one who is asked decides, while it has sent nothing, and
 * the asker follows the receipt. As long as a withdrawal is under way the reason of the
 * handover says so, and nothing else is begun in it.
 *
 * All functions run inside a transaction of the store, before the message is stored.
 */
#ifndef GATEWAY_OVERDRACHT_LATER_H
#define GATEWAY_OVERDRACHT_LATER_H

#include <stdbool.h>

#include <libxml/tree.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/message.h"
#include "gateway/keys.h"
#include "gateway/overdracht.h"

/* Their message in a handover that is known here. FAULT_STATE: it does not fit where that
 * stands. */
bool overdracht_later_aanvulling(sqlite3 *db, const struct keys *keys, const struct kop *kop,
                                 const xmlNode *content, struct overdracht *o,
                                 struct fault *fault) MUST_CHECK;
bool overdracht_later_intrekking(sqlite3 *db, const struct kop *kop, const xmlNode *content,
                                 struct overdracht *o, struct fault *fault) MUST_CHECK;
bool overdracht_later_bevestigd(sqlite3 *db, const struct kop *kop, struct overdracht *o,
                                struct fault *fault) MUST_CHECK;

/* Ours: what of this handover may be withdrawn, and how. */
struct overdracht_withdrawal {
    char betreft[UUID_SIZE]; /* our message that is withdrawn */
    bool unsent;             /* it never left: cancelling it is enough */
    struct outbox_row row;   /* of that message, when unsent */
};
/* FAULT_STATE: there is nothing to withdraw, or a withdrawal is under way. */
bool overdracht_later_withdrawable(sqlite3 *db, const struct overdracht *o,
                                   struct overdracht_withdrawal *withdrawal,
                                   struct fault *fault) MUST_CHECK;

/* Ours is on its way: the reason says so. */
bool overdracht_later_withdraw(sqlite3 *db, const char *actor, struct overdracht *o,
                               const char *code, struct fault *fault) MUST_CHECK;

/* FAULT_STATE while a withdrawal of ours is under way. */
bool overdracht_later_is_free(const struct overdracht *o, struct fault *fault) MUST_CHECK;

#endif
