/* outbox -- what we owe somebody, until what settles it has come (settled_by).
 *
 *              claim             signed receipt: aangenomen (DUO: a status)
 *     QUEUED ---------> SENDING --------------------------> DELIVERED
 *      |  ^                | \-- signed receipt: geweigerd -> REFUSED
 *      |  +-- try later ---+
 *      +--> CANCELLED (operator, or a predecessor failed)   EXPIRED <-- expires has passed
 *
 * Invariants
 *   1. Only outbox_move() writes the state, with its audit row; no end state is left.
 *   2. A row is in SENDING only while one courier holds it, and put back at start: a crash
 *      may send twice, never zero times.
 *   3. A row without a peer goes to DUO. In each lane, the rows of one handover to its peer or
 *      to DUO, the oldest unfinished one goes first. Whoever ends a row undelivered tells
 *      overdracht_settled(), which cancels those behind it (at DUO: reports behind a report).
 *
 * All functions run inside a transaction; sealed and receipt come along only where said. */
#ifndef GATEWAY_OUTBOX_H
#define GATEWAY_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"
#include "codecs/message.h"

enum outbox_state {
    OUTBOX_QUEUED,
    OUTBOX_SENDING,
    OUTBOX_DELIVERED,
    OUTBOX_REFUSED,
    OUTBOX_EXPIRED,
    OUTBOX_CANCELLED,
    OUTBOX_STATES
};
const char *outbox_state_name(enum outbox_state state);
struct outbox_row {
    int64_t seq;
    char id[UUID_SIZE], overdracht[UUID_SIZE]; /* the second "": outside a handover */
    char soort[48], peer[OIN_SIZE];            /* peer "": DUO */
    enum outbox_state state;
    int64_t created, expires, next_try, settled;
    int attempts;
    char reason[400], settled_by[16];
    struct digest canonical, signer, sealed_for; /* the last two: certificates, or zeros */
    struct buf sealed, receipt;
};
bool outbox_for_duo(const struct outbox_row *row);
void outbox_row_finish(struct outbox_row *row);
#define SCOPED_OUTBOX_ROW __attribute__((cleanup(outbox_row_finish)))

/* A QUEUED row: see compose.h and duo_letter.h. */
bool outbox_add(sqlite3 *db, const char *actor, const struct outbox_row *row,
                struct fault *fault) MUST_CHECK;

/* The one door for states. FAULT_STATE: no such arrow, or the row is not in `from`. */
bool outbox_move(sqlite3 *db, const char *actor, const struct outbox_row *row,
                 enum outbox_state from, enum outbox_state to, struct fault *fault) MUST_CHECK;

struct outbox_cap {
    int per_peer, per_duo; /* rows in flight */
};
/* The next due row of an active peer (never about who is on the block list) or of DUO, below
 * the cap: QUEUED -> SENDING, with sealed, counting the attempt. row->seq 0: nothing is due
 * before *next (0: nothing waits). */
bool outbox_claim(sqlite3 *db, int64_t now, struct outbox_cap cap, struct outbox_row *row,
                  int64_t *next, struct fault *fault) MUST_CHECK;

/* Before a byte leaves: the sealed bytes when they were made anew, and which ones go. */
bool outbox_renew(sqlite3 *db, const struct outbox_row *row, struct fault *fault) MUST_CHECK;
bool outbox_sent(sqlite3 *db, const struct outbox_row *row, const struct digest *sealed,
                 struct fault *fault) MUST_CHECK;
bool outbox_was_sent(sqlite3 *db, const struct outbox_row *row, const struct digest *sealed,
                     bool *was, struct fault *fault) MUST_CHECK;

/* SENDING -> QUEUED with the moment of the next try; DELIVERED or REFUSED with the receipt. */
bool outbox_again(sqlite3 *db, const struct outbox_row *row, const char *reason,
                  int64_t next_try, struct fault *fault) MUST_CHECK;
bool outbox_settle(sqlite3 *db, const struct outbox_row *row, enum outbox_state to,
                   const char *reason, const struct buf *receipt,
                   struct fault *fault) MUST_CHECK;

/* The oldest QUEUED row past its expiry -> EXPIRED, with the reason. *found tells. */
bool outbox_expire(sqlite3 *db, int64_t now, struct outbox_row *row, bool *found,
                   struct fault *fault) MUST_CHECK;

/* The oldest row QUEUED for a peer, or behind `before` (invariant 4) -> CANCELLED. *found
 * tells. */
bool outbox_cancel_peer(sqlite3 *db, const char *peer, const char *reason,
                        struct outbox_row *row, bool *found, struct fault *fault) MUST_CHECK;
bool outbox_cancel_next(sqlite3 *db, const struct outbox_row *before, const char *reason,
                        struct outbox_row *row, bool *found, struct fault *fault) MUST_CHECK;

/* Nothing waits longer than this from now (a clock was set back); what would is tried now. */
bool outbox_hasten(sqlite3 *db, int64_t now, int64_t longest, struct fault *fault) MUST_CHECK;

bool outbox_recover(sqlite3 *db, struct fault *fault) MUST_CHECK; /* at start: invariant 2 */
/* For an operator: tried now, which clears both clocks; or QUEUED -> CANCELLED. FAULT_STATE:
 * settled. FAULT_TEMPORARY: to be cancelled while it is being sent. */
bool outbox_retry(sqlite3 *db, const char *actor, const struct outbox_row *row,
                  struct fault *fault) MUST_CHECK;
bool outbox_cancel(sqlite3 *db, const char *actor, const struct outbox_row *row,
                   const char *reason, struct fault *fault) MUST_CHECK;

/* With sealed and receipt: by id or unique beginning (>= 4 characters), FAULT_UNKNOWN; the
 * newest of that kind in a handover, *found tells. */
bool outbox_find(sqlite3 *db, const char *id, struct outbox_row *row,
                 struct fault *fault) MUST_CHECK;
bool outbox_latest(sqlite3 *db, const char *overdracht, const char *soort,
                   struct outbox_row *row, bool *found, struct fault *fault) MUST_CHECK;
typedef void outbox_each(void *context, const struct outbox_row *row);
/* Newest first; overdracht NULL: all. With receipt, without sealed. */
bool outbox_list(sqlite3 *db, const char *overdracht, int64_t most, outbox_each *each,
                 void *context, struct fault *fault) MUST_CHECK;

#endif
