/* overdracht -- the handover of one person's dossier, as one side sees it.
 *
 *   VERSTREKKER                              ONTVANGER
 *   gevraagd -> verzonden -> bezorgd         gesignaleerd -> verzocht -> ontvangen
 *                   |           |                                            |
 *                   +-----------+-> overgenomen                overgenomen <-+
 *
 *   Ends: overgenomen, geweigerd, afgewezen, ingetrokken, verlopen, each with a reason.
 *   Out of an end leads a withdrawal (overdracht_later.h); out of verlopen what breaks the
 *   silence: a late answer, a verdict on a dossier of which no receipt came. Back go:
 *   incomplete (to gevraagd, verzocht); asked for and not delivered (to gevraagd); a refusal
 *   that never counted, verzocht -> ontvangen (of a request it counts when delivered).
 *
 * Invariants
 *   1. Only overdracht_move() writes the state, with its audit row, in one transaction.
 *   2. Who the person is rests sealed under the home key; look-ups go by HMAC.
 *   3. A message moves a handover only when it comes from the peer of that handover.
 *
 * All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_OVERDRACHT_H
#define GATEWAY_OVERDRACHT_H

#include <stdbool.h>
#include <stdint.h>

#include <libxml/tree.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/message.h"
#include "gateway/keys.h"
#include "gateway/outbox.h"
#include "gateway/persoon.h"

enum rol { ROL_VERSTREKKER, ROL_ONTVANGER, ROLLEN };
const char *rol_name(enum rol rol);

enum overdracht_state {
    OVERDRACHT_GESIGNALEERD,
    OVERDRACHT_VERZOCHT,
    OVERDRACHT_ONTVANGEN,
    OVERDRACHT_GEVRAAGD,
    OVERDRACHT_VERZONDEN,
    OVERDRACHT_BEZORGD,
    OVERDRACHT_OVERGENOMEN,
    OVERDRACHT_GEWEIGERD,
    OVERDRACHT_AFGEWEZEN,
    OVERDRACHT_INGETROKKEN,
    OVERDRACHT_VERLOPEN,
    OVERDRACHT_STATES
};
const char *overdracht_state_name(enum overdracht_state state);
bool overdracht_arrow(enum rol rol, enum overdracht_state from, enum overdracht_state to);

struct overdracht {
    char id[UUID_SIZE];
    enum rol rol;
    enum overdracht_state state;
    char peer[OIN_SIZE]; /* "": not known yet */
    char gemeentecode[GEMEENTECODE_SIZE], eigen_code[GEMEENTECODE_SIZE]; /* theirs, ours */
    char naam[512], geboortedatum[16]; /* personal data: for the local bus only, never a log */
    char reden[400];
    char oorzaak[16], vestiging[11]; /* what began it (SS121, BRP, ...); date of settlement */
    char na[UUID_SIZE];              /* asked on after that one was refused as verhuisd */
    char toegewezen[65];             /* who sees to it here; "": nobody */
    int64_t created, changed;
};

/* A new handover in o->state. o->peer "": not known yet, for gesignaleerd. */
bool overdracht_add(sqlite3 *db, const struct keys *keys, const char *actor,
                    const struct overdracht *o, const struct persoon *persoon,
                    struct fault *fault) MUST_CHECK;

/* The one door for states; `reden` says why, "" when there is nothing to say. FAULT_STATE.
 * overdracht_note(): it stays where it is, with another reason. */
bool overdracht_move(sqlite3 *db, const char *actor, struct overdracht *o,
                     enum overdracht_state to, const char *reden,
                     struct fault *fault) MUST_CHECK;
bool overdracht_note(sqlite3 *db, const char *actor, struct overdracht *o, const char *reden,
                     struct fault *fault) MUST_CHECK;

/* Every number (BSN, v-nummer) that both know is the same, and there is one. FAULT_STATE. */
bool overdracht_is_about(sqlite3 *db, const struct keys *keys, const struct overdracht *o,
                         const struct persoon *persoon, struct fault *fault) MUST_CHECK;

/* Who it is about, numbers too (exactly this id); and what a newer message knows better. */
bool overdracht_person(sqlite3 *db, const struct keys *keys, const char *id,
                       struct persoon *persoon, struct fault *fault) MUST_CHECK;
bool overdracht_renew(sqlite3 *db, const struct keys *keys, const struct overdracht *o,
                      const struct persoon *newer, struct fault *fault) MUST_CHECK;

/* Exactly this id, or one under which it was begun. *found tells. */
bool overdracht_get(sqlite3 *db, const struct keys *keys, const char *id, struct overdracht *o,
                    bool *found, struct fault *fault) MUST_CHECK;
/* A handover id, a message id of one, or a unique beginning of either. FAULT_UNKNOWN. */
bool overdracht_find(sqlite3 *db, const struct keys *keys, const char *id,
                     struct overdracht *o, struct fault *fault) MUST_CHECK;

typedef void overdracht_each(void *context, const struct overdracht *o); /* newest first */
bool overdracht_list(sqlite3 *db, const struct keys *keys, overdracht_each *each,
                     void *context, struct fault *fault) MUST_CHECK;
/* Those of somebody (is_about()) that have not ended, in any rol, with anyone. */
bool overdracht_open_of(sqlite3 *db, const struct keys *keys, const struct persoon *persoon,
                        overdracht_each *each, void *context, struct fault *fault) MUST_CHECK;

/* What a received message means; called before it is stored. `content` is the element behind
 * kop; `id` the handover for which it counts (overdracht_join.h). FAULT_STATE: it does not fit
 * where that stands, to be refused as `toestand`. */
bool overdracht_received(sqlite3 *db, const struct keys *keys, const struct kop *kop,
                         const xmlNode *content, char id[UUID_SIZE],
                         struct fault *fault) MUST_CHECK;

/* What the end of a row of ours means; one to DUO moves nothing. When it was not delivered,
 * those behind it in its lane (outbox.h) are cancelled for that, and mean what that means. */
bool overdracht_settled(sqlite3 *db, const struct keys *keys, const struct outbox_row *row,
                        enum outbox_state to, const char *reason,
                        struct fault *fault) MUST_CHECK;

#endif
