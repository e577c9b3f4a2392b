/* filing -- see filing.h. */
#include "gateway/filing.h"

#include <stdio.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/newest.h"
#include "gateway/sql.h"

/* What was withdrawn is gone, or will be in a moment. */
static bool found_dossier(const struct filing *f, bool found, struct fault *fault)
{
    if (f->o.rol == ROL_ONTVANGER && f->o.state == OVERDRACHT_INGETROKKEN)
        return fault_set(fault, FAULT_STATE, "handover %s was withdrawn (%.60s)", f->o.id,
                         f->o.reden);
    return found || fault_set(fault, FAULT_STATE, "handover %s has no dossier yet", f->o.id);
}

/* Is it a message with a dossier that is asked for? "" when a handover is. */
static bool find_named(sqlite3 *db, const struct filing *f, char bericht[UUID_SIZE],
                       struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT id FROM inbox WHERE overdracht = ?1 AND ?3 AND code = ''"
                   "  AND soort IN ('dossier', 'aanvulling')"
                   "  AND substr(id, 1, length(?2)) = ?2"
                   " UNION ALL SELECT id FROM outbox WHERE overdracht = ?1 AND NOT ?3"
                   "  AND soort IN ('dossier', 'aanvulling')"
                   "  AND substr(id, 1, length(?2)) = ?2 LIMIT 1",
                   "tti", f->o.id, call_text(f->call, "id"),
                   (int64_t)(f->o.rol == ROL_ONTVANGER))
        || !sql_row(stmt, &found, fault))
        return false;
    bericht[0] = '\0';
    if (found)
        sql_copy(stmt, 0, bericht, UUID_SIZE);
    return true;
}

/* What we sent: that message, or the newest of this handover in the outbox. */
static bool find_sent(sqlite3 *db, struct filing *f, const char *bericht, struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found = *bericht;

    if (*bericht ? !outbox_find(db, bericht, &row, fault)
                 : !newest_sent(db, f->o.id, &row, &found, fault))
        return false;
    if (!found_dossier(f, found, fault))
        return false;
    f->canonical = row.canonical;
    buf_take(&f->sealed, &row.sealed);
    buf_take(&f->receipt, &row.receipt);
    return true;
}

static bool find_received(sqlite3 *db, struct filing *f, const char *bericht,
                          struct fault *fault)
{
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    bool found;

    if (*bericht ? !inbox_find(db, f->o.peer, bericht, &row, &found, fault)
                 : !newest_received(db, f->o.id, &row, &found, fault))
        return false;
    if (!found_dossier(f, found, fault))
        return false;
    f->canonical = row.canonical;
    buf_take(&f->sealed, &row.sealed);
    buf_take(&f->receipt, &row.receipt);
    return true;
}

static bool file_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct filing *f = argument;
    struct call *call = f->call;
    char bericht[UUID_SIZE];

    return overdracht_find(db, call->gateway->keys, call_text(call, "id"), &f->o, fault)
           && find_named(db, f, bericht, fault)
           && (f->o.rol == ROL_ONTVANGER ? find_received(db, f, bericht, fault)
                                         : find_sent(db, f, bericht, fault))
           && (!f->audited
               || audit_add(db, call->actor, "read", f->o.id, fault, "%.40s", f->audited));
}

bool filing_find(struct filing *filing, struct fault *fault)
{
    return store_run(filing->call->gateway->store, file_work, filing, fault);
}

void filing_finish(struct filing *filing)
{
    buf_finish(&filing->sealed);
    buf_finish(&filing->receipt);
}
