/* filing -- see filing.h. */
#include "gateway/filing.h"

#include "gateway/audit.h"
#include "gateway/inbox.h"

static bool found_dossier(const struct filing *f, bool found, struct fault *fault)
{
    return found || fault_set(fault, FAULT_STATE, "handover %s has no dossier yet", f->o.id);
}

/* What we sent: the newest dossier of this handover in the outbox. */
static bool find_sent(sqlite3 *db, struct filing *f, struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found;

    if (!outbox_latest(db, f->o.id, soort_name(SOORT_DOSSIER), &row, &found, fault)
        || !found_dossier(f, found, fault))
        return false;
    f->canonical = row.canonical;
    buf_take(&f->sealed, &row.sealed);
    buf_take(&f->receipt, &row.receipt);
    return true;
}

static bool find_received(sqlite3 *db, struct filing *f, struct fault *fault)
{
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    bool found;

    if (!inbox_latest(db, f->o.id, soort_name(SOORT_DOSSIER), &row, &found, fault)
        || !found_dossier(f, found, fault))
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

    return overdracht_find(db, call->gateway->keys, call_text(call, "id"), &f->o, fault)
           && (f->o.rol == ROL_ONTVANGER ? find_received(db, f, fault)
                                         : find_sent(db, f, fault))
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
