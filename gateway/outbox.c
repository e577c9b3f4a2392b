/* outbox -- see outbox.h. */
#include "gateway/outbox.h"

#include <stdio.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/blokkade.h"
#include "gateway/clock.h"
#include "gateway/duo_clock.h"
#include "gateway/sql.h"

static const char *const NAMES[] = {
    [OUTBOX_QUEUED] = "queued",       [OUTBOX_SENDING] = "sending",
    [OUTBOX_DELIVERED] = "delivered", [OUTBOX_REFUSED] = "refused",
    [OUTBOX_EXPIRED] = "expired",     [OUTBOX_CANCELLED] = "cancelled",
};

static const bool ARROW[OUTBOX_STATES][OUTBOX_STATES] = {
    [OUTBOX_QUEUED] = { [OUTBOX_SENDING] = true,
                        [OUTBOX_EXPIRED] = true,
                        [OUTBOX_CANCELLED] = true },
    [OUTBOX_SENDING] = { [OUTBOX_QUEUED] = true,
                         [OUTBOX_DELIVERED] = true,
                         [OUTBOX_REFUSED] = true },
};

/* The clock of who a row is for: a dead peer's, or DUO's. */
#define CLOCK                                                                                 \
    "coalesce((SELECT c.next_try FROM peer c WHERE c.oin = o.peer),"                          \
    " (SELECT d.next_try FROM duo_clock d), 0)"

/* next_try as it will happen. */
#define COLUMNS                                                                               \
    "o.seq, o.id, o.overdracht, o.soort, o.peer, o.state, o.created, o.expires,"              \
    " max(o.next_try, " CLOCK "),"                                                            \
    " o.settled, o.attempts, o.reason, o.settled_by, o.canonical, o.signer, o.sealed_for"

const char *outbox_state_name(enum outbox_state state)
{
    return NAMES[state];
}

static enum outbox_state state_named(const char *name)
{
    int state = 0;

    while (state < OUTBOX_STATES - 1 && strcmp(NAMES[state], name) != 0)
        state++;
    return (enum outbox_state)state; /* the table's CHECK admits no other name */
}

void outbox_row_finish(struct outbox_row *row)
{
    buf_finish(&row->sealed);
    buf_finish(&row->receipt);
}

/* Reads COLUMNS; buffers of the row are emptied. */
static void read_row(sqlite3_stmt *stmt, struct outbox_row *row)
{
    outbox_row_finish(row);
    row->seq = sqlite3_column_int64(stmt, 0);
    sql_copy(stmt, 1, row->id, sizeof(row->id));
    sql_copy(stmt, 2, row->overdracht, sizeof(row->overdracht));
    sql_copy(stmt, 3, row->soort, sizeof(row->soort));
    sql_copy(stmt, 4, row->peer, sizeof(row->peer));
    row->state = state_named(sql_text(stmt, 5));
    row->created = sqlite3_column_int64(stmt, 6);
    row->expires = sqlite3_column_int64(stmt, 7);
    row->next_try = sqlite3_column_int64(stmt, 8);
    row->settled = sqlite3_column_int64(stmt, 9);
    row->attempts = sqlite3_column_int(stmt, 10);
    sql_copy(stmt, 11, row->reason, sizeof(row->reason));
    sql_copy(stmt, 12, row->settled_by, sizeof(row->settled_by));
    sql_digest(stmt, 13, &row->canonical);
    sql_digest(stmt, 14, &row->signer);
    sql_digest(stmt, 15, &row->sealed_for);
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

bool outbox_for_duo(const struct outbox_row *row)
{
    return !row->peer[0];
}

/* What an audit row is about. */
static const char *object_of(const struct outbox_row *row)
{
    return row->overdracht[0] ? row->overdracht : row->id;
}

bool outbox_add(sqlite3 *db, const char *actor, const struct outbox_row *row,
                struct fault *fault)
{
    int64_t now = clock_now();

    return sql_do(db, fault,
                  "INSERT INTO outbox (id, overdracht, soort, peer, state, settled_by, sealed,"
                  " canonical, signer, sealed_for, created, expires, next_try)"
                  " VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?)",
                  "tttttbdddiii", row->id, or_null(row->overdracht), row->soort,
                  or_null(row->peer), outbox_for_duo(row) ? "status" : "receipt",
                  (const void *)row->sealed.data, row->sealed.size, &row->canonical,
                  &row->signer, &row->sealed_for, now, row->expires, now)
           && audit_add(db, actor, "outbox", object_of(row), fault, "%s %s -> queued",
                        row->soort, row->id);
}

bool outbox_move(sqlite3 *db, const char *actor, const struct outbox_row *row,
                 enum outbox_state from, enum outbox_state to, struct fault *fault)
{
    if (!ARROW[from][to])
        return fault_set(fault, FAULT_STATE, "message %s: no arrow %s -> %s", row->id,
                         NAMES[from], NAMES[to]);
    if (!sql_do(db, fault, "UPDATE outbox SET state = ? WHERE seq = ? AND state = ?", "tit",
                NAMES[to], row->seq, NAMES[from]))
        return false;
    if (sqlite3_changes(db) != 1)
        return fault_set(fault, FAULT_STATE, "message %s is not %s", row->id, NAMES[from]);
    return audit_add(db, actor, "outbox", object_of(row), fault, "%s %s %s -> %s", row->soort,
                     row->id, NAMES[from], NAMES[to]);
}

/* Whoever is put on the block list is not written about from that moment, also when a row was
 * put back since or nobody has cancelled it yet (blokkade_wacht.h). ?1 is now. */
#define FORBIDDEN                                                                             \
    " (o.peer IS NOT NULL AND EXISTS (SELECT 1 FROM overdracht h WHERE h.id = o.overdracht"   \
    " AND" BLOKKADE_LETTER " AND" BLOKKADE_ON "))"

/* Per lane in order, per peer a cap, a dead peer has its own clock. Outside a handover nobody
 * waits for another: NULL equals nothing. */
#define DUE                                                                                   \
    " FROM outbox o LEFT JOIN peer p ON p.oin = o.peer"                                       \
    " WHERE o.state = 'queued' AND (o.peer IS NULL OR p.state = 'actief')"                    \
    " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.overdracht = o.overdracht"               \
    "  AND (e.peer IS NULL) = (o.peer IS NULL)"                                               \
    "  AND e.seq < o.seq AND e.state IN ('queued', 'sending')) AND NOT" FORBIDDEN

static bool next_due(sqlite3 *db, int64_t now, int64_t *next, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT min(max(o.next_try, " CLOCK "), o.expires)" DUE
                   " ORDER BY 1 LIMIT 1",
                   "i", now)
        || !sql_row(stmt, &row, fault))
        return false;
    *next = row ? sqlite3_column_int64(stmt, 0) : 0;
    return true;
}

bool outbox_claim(sqlite3 *db, int64_t now, struct outbox_cap cap, struct outbox_row *row,
                  int64_t *next, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    row->seq = 0;
    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS ", o.sealed" DUE " AND o.next_try <= ?1 AND " CLOCK
                   " <= ?1 AND o.expires > ?1"
                   " AND (SELECT count(*) FROM outbox s WHERE s.state = 'sending'"
                   "  AND s.peer IS o.peer) < iif(o.peer IS NULL, ?3, ?2)"
                   " ORDER BY o.next_try, o.seq LIMIT 1",
                   "iii", now, (int64_t)cap.per_peer, (int64_t)cap.per_duo)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found)
        return next_due(db, now, next, fault);
    read_row(stmt, row);
    sql_bytes(stmt, 16, &row->sealed);
    sql_release(&stmt);
    return outbox_move(db, "estafetted", row, OUTBOX_QUEUED, OUTBOX_SENDING, fault)
           && sql_do(db, fault, "UPDATE outbox SET attempts = attempts + 1 WHERE seq = ?", "i",
                     row->seq);
}

bool outbox_renew(sqlite3 *db, const struct outbox_row *row, struct fault *fault)
{
    return sql_do(db, fault,
                  "UPDATE outbox SET sealed = ?, signer = ?, sealed_for = ? WHERE seq = ?",
                  "bddi", (const void *)row->sealed.data, row->sealed.size, &row->signer,
                  &row->sealed_for, row->seq)
           && audit_add(db, "estafetted", "outbox", object_of(row), fault,
                        "%s %s: signed and sealed anew", row->soort, row->id);
}

bool outbox_sent(sqlite3 *db, const struct outbox_row *row, const struct digest *sealed,
                 struct fault *fault)
{
    return sql_do(db, fault,
                  "INSERT OR IGNORE INTO outbox_sent (outbox, sealed) VALUES (?, ?)", "id",
                  row->seq, sealed);
}

bool outbox_was_sent(sqlite3 *db, const struct outbox_row *row, const struct digest *sealed,
                     bool *was, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT 1 FROM outbox_sent WHERE outbox = ? AND sealed = ?", "id",
                     row->seq, sealed)
           && sql_row(stmt, was, fault);
}

bool outbox_again(sqlite3 *db, const struct outbox_row *row, const char *reason,
                  int64_t next_try, struct fault *fault)
{
    return outbox_move(db, "estafetted", row, OUTBOX_SENDING, OUTBOX_QUEUED, fault)
           && sql_do(db, fault, "UPDATE outbox SET reason = ?, next_try = ? WHERE seq = ?",
                     "tii", reason, next_try, row->seq);
}

/* A report is what is not a query: DUO's operations that only read are called NOUN.lezen. That
 * something must be deleted, or was, does not hang on what went before it. */
#define BEHIND                                                                                \
    " o.overdracht = ?1 AND o.seq > ?2 AND o.state = 'queued'"                                \
    " AND o.soort <> 'intrekkingbevestiging'"                                                 \
    " AND NOT (o.soort = 'intrekking' AND ?4 = 'aanvulling')"                                 \
    " AND (o.peer IS NULL) = (?3 IS NULL)"                                                    \
    " AND (?3 IS NOT NULL OR (o.soort NOT LIKE '%.lezen' AND ?4 NOT LIKE '%.lezen'))"

static bool find_successor(sqlite3 *db, const struct outbox_row *row, struct outbox_row *next,
                           bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS " FROM outbox o WHERE" BEHIND " ORDER BY o.seq LIMIT 1",
                   "titt", row->overdracht, row->seq, or_null(row->peer), row->soort)
        || !sql_row(stmt, found, fault))
        return false;
    if (*found)
        read_row(stmt, next);
    return true;
}

static bool cancel_row(sqlite3 *db, const char *actor, const struct outbox_row *row,
                       const char *reason, struct fault *fault)
{
    return outbox_move(db, actor, row, OUTBOX_QUEUED, OUTBOX_CANCELLED, fault)
           && sql_do(db, fault, "UPDATE outbox SET reason = ?, settled = ? WHERE seq = ?",
                     "tii", reason, (int64_t)clock_now(), row->seq);
}

bool outbox_cancel(sqlite3 *db, const char *actor, const struct outbox_row *row,
                   const char *reason, struct fault *fault)
{
    if (row->state == OUTBOX_SENDING)
        return fault_set(fault, FAULT_TEMPORARY,
                         "message %s is being sent at this moment; try again", row->id);
    if (row->state != OUTBOX_QUEUED)
        return fault_set(fault, FAULT_STATE, "message %s is %s: there is nothing to cancel",
                         row->id, NAMES[row->state]);
    return cancel_row(db, actor, row, reason, fault);
}

bool outbox_cancel_next(sqlite3 *db, const struct outbox_row *before, const char *reason,
                        struct outbox_row *row, bool *found, struct fault *fault)
{
    if (!find_successor(db, before, row, found, fault))
        return false;
    return !*found || cancel_row(db, "estafetted", row, reason, fault);
}

static bool first_for_peer(sqlite3 *db, const char *peer, struct outbox_row *row, bool *found,
                           struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS " FROM outbox o WHERE o.peer = ? AND o.state = 'queued'"
                   " ORDER BY o.seq LIMIT 1",
                   "t", peer)
        || !sql_row(stmt, found, fault))
        return false;
    if (*found)
        read_row(stmt, row);
    return true;
}

bool outbox_cancel_peer(sqlite3 *db, const char *peer, const char *reason,
                        struct outbox_row *row, bool *found, struct fault *fault)
{
    if (!first_for_peer(db, peer, row, found, fault))
        return false;
    return !*found || cancel_row(db, "estafetted", row, reason, fault);
}

bool outbox_settle(sqlite3 *db, const struct outbox_row *row, enum outbox_state to,
                   const char *reason, const struct buf *receipt, struct fault *fault)
{
    return outbox_move(db, outbox_for_duo(row) ? "DUO" : row->peer, row, OUTBOX_SENDING, to,
                       fault)
           && sql_do(db, fault,
                     "UPDATE outbox SET reason = ?, receipt = ?, settled = ? WHERE seq = ?",
                     "tbii", reason, (const void *)receipt->data, receipt->size,
                     (int64_t)clock_now(), row->seq);
}

static bool first_expired(sqlite3 *db, int64_t now, struct outbox_row *row, bool *found,
                          struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS " FROM outbox o WHERE o.state = 'queued'"
                   " AND o.expires <= ? ORDER BY o.seq LIMIT 1",
                   "i", now)
        || !sql_row(stmt, found, fault))
        return false;
    if (*found)
        read_row(stmt, row);
    return true;
}

bool outbox_expire(sqlite3 *db, int64_t now, struct outbox_row *row, bool *found,
                   struct fault *fault)
{
    if (!first_expired(db, now, row, found, fault))
        return false;
    if (!*found)
        return true;
    if (!row->reason[0])
        snprintf(row->reason, sizeof(row->reason), "it was never tried: %s",
                 outbox_for_duo(row) ? "was DUO reachable?" : "was the peer active?");
    return outbox_move(db, "estafetted", row, OUTBOX_QUEUED, OUTBOX_EXPIRED, fault)
           && sql_do(db, fault, "UPDATE outbox SET reason = ?, settled = ? WHERE seq = ?",
                     "tii", row->reason, (int64_t)clock_now(), row->seq);
}

bool outbox_hasten(sqlite3 *db, int64_t now, int64_t longest, struct fault *fault)
{
    return sql_do(db, fault,
                  "UPDATE outbox SET next_try = ? WHERE state = 'queued' AND next_try > ?",
                  "ii", now, now + longest)
           && sql_do(db, fault, "UPDATE peer SET next_try = ? WHERE next_try > ?", "ii", now,
                     now + longest)
           && duo_clock_hasten(db, now, longest, fault);
}

static bool first_sending(sqlite3 *db, struct outbox_row *row, bool *found,
                          struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS " FROM outbox o WHERE o.state = 'sending' LIMIT 1", "")
        || !sql_row(stmt, found, fault))
        return false;
    if (*found)
        read_row(stmt, row);
    return true;
}

bool outbox_recover(sqlite3 *db, struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found;

    while (first_sending(db, &row, &found, fault)) {
        if (!found)
            return true;
        if (!outbox_again(db, &row, "the daemon stopped while sending", clock_now(), fault))
            return false;
    }
    return false;
}

bool outbox_retry(sqlite3 *db, const char *actor, const struct outbox_row *row,
                  struct fault *fault)
{
    if (row->state != OUTBOX_QUEUED && row->state != OUTBOX_SENDING)
        return fault_set(fault, FAULT_STATE, "message %s is %s: there is nothing to try again",
                         row->id, NAMES[row->state]);
    return sql_do(db, fault, "UPDATE outbox SET next_try = 0 WHERE seq = ?", "i", row->seq)
           && sql_do(db, fault, "UPDATE peer SET next_try = 0 WHERE oin = ?", "t", row->peer)
           && (!outbox_for_duo(row) || duo_clock_hasten(db, 0, 0, fault))
           && audit_add(db, actor, "outbox", object_of(row), fault, "%s %s: try now",
                        row->soort, row->id);
}

static void read_whole(sqlite3_stmt *stmt, struct outbox_row *row)
{
    read_row(stmt, row);
    sql_bytes(stmt, 16, &row->sealed);
    sql_bytes(stmt, 17, &row->receipt);
}

bool outbox_latest(sqlite3 *db, const char *overdracht, const char *soort,
                   struct outbox_row *row, bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS ", o.sealed, o.receipt FROM outbox o"
                   " WHERE o.overdracht = ? AND o.soort = ? ORDER BY o.seq DESC LIMIT 1",
                   "tt", overdracht, soort)
        || !sql_row(stmt, found, fault))
        return false;
    if (*found)
        read_whole(stmt, row);
    return true;
}

static bool find_one(sqlite3_stmt *stmt, const char *id, struct outbox_row *row,
                     struct fault *fault)
{
    bool found;

    if (!sql_row(stmt, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_UNKNOWN, "no message %s in the outbox", id);
    read_whole(stmt, row);
    if (!sql_row(stmt, &found, fault))
        return false;
    return !found || fault_set(fault, FAULT_UNKNOWN, "%s fits more than one message", id);
}

bool outbox_find(sqlite3 *db, const char *id, struct outbox_row *row, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (strlen(id) < 4)
        return fault_set(fault, FAULT_USAGE, "an id needs at least 4 characters");
    return sql_query(db, &stmt, fault,
                     "SELECT " COLUMNS ", o.sealed, o.receipt FROM outbox o"
                     " WHERE" SQL_PREFIX("o.id", "?1") " LIMIT 2",
                     "t", id)
           && find_one(stmt, id, row, fault);
}

bool outbox_list(sqlite3 *db, const char *overdracht, int64_t most, outbox_each *each,
                 void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS ", o.receipt FROM outbox o"
                   " WHERE ?1 IS NULL OR o.overdracht = ?1 ORDER BY o.seq DESC LIMIT ?2",
                   "ti", overdracht, most))
        return false;
    while (sql_row(stmt, &found, fault)) {
        if (!found)
            return true;
        read_row(stmt, &row);
        sql_bytes(stmt, 16, &row.receipt);
        each(context, &row);
    }
    return false;
}
