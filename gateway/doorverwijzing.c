/* doorverwijzing -- see doorverwijzing.h. */
#include "gateway/doorverwijzing.h"

#include <stdio.h>
#include <string.h>

#include "codecs/afwijzing.h"
#include "gateway/afwijzen.h"
#include "gateway/log.h"
#include "gateway/opvolger.h"
#include "gateway/sql.h"

struct pointer {
    struct gateway *gateway;
    bool found;
    char overdracht[UUID_SIZE], after[UUID_SIZE]; /* what asks; looked at so far */
    char to[GEMEENTECODE_SIZE];
};

/* The newest that ended overgenomen, on either side: theirs from us, or ours from somebody. */
#define TAKEN                                                                                 \
    "(SELECT t.rowid FROM overdracht t WHERE t.state = 'overgenomen'"                         \
    "  AND (t.bsn_index = h.bsn_index OR t.vnummer_index = h.vnummer_index)"                  \
    "  ORDER BY t.changed DESC, t.rowid DESC LIMIT 1)"

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct pointer *p = argument;

    if (!sql_query(db, &stmt, fault,
                   "SELECT h.id, t.gemeentecode FROM overdracht h"
                   " JOIN overdracht t ON t.rowid = " TAKEN
                   " WHERE h.rol = 'verstrekker' AND h.state = 'gevraagd' AND h.id > ?"
                   " AND t.rol = 'verstrekker' AND t.gemeentecode <> h.gemeentecode"
                   " AND NOT EXISTS (SELECT 1 FROM outbox m WHERE m.overdracht = h.id"
                   "  AND m.peer IS NOT NULL)"
                   " AND NOT EXISTS (SELECT 1 FROM blokkade b WHERE b.lifted IS NULL"
                   "  AND (b.bsn_index = h.bsn_index OR b.vnummer_index = h.vnummer_index))"
                   " ORDER BY h.id LIMIT 1",
                   "t", p->after)
        || !sql_row(stmt, &p->found, fault))
        return false;
    if (!p->found)
        return true;
    sql_copy(stmt, 0, p->overdracht, sizeof(p->overdracht));
    sql_copy(stmt, 1, p->to, sizeof(p->to));
    memcpy(p->after, p->overdracht, sizeof(p->after));
    return true;
}

/* What cannot be answered this way waits for a person, as any request does. */
static bool point(const struct pointer *p, struct fault *fault)
{
    SCOPED_AFWIJZING struct afwijzing afwijzing = { 0 };
    const struct afwijzen afwijzen = { .overdracht = p->overdracht, .afwijzing = &afwijzing };
    struct fault why = { 0 };

    if (!afwijzing_parse("verhuisd", opvolger_now(p->to), "", "", &afwijzing, fault))
        return false;
    if (afwijzen_send(p->gateway, "estafetted", &afwijzen, &why))
        return true;
    if (fault_is_temporary(&why)) {
        *fault = why;
        return false;
    }
    log_info("overdracht=%s: not answered by itself: %s", p->overdracht, why.text);
    return true;
}

bool doorverwijzing_run(struct gateway *gateway, struct fault *fault)
{
    struct pointer p = { .gateway = gateway, .found = true };

    if (strcmp(gateway->config.doorverwijzen, "nee") == 0)
        return true;
    while (p.found) {
        if (!store_run(gateway->store, find_work, &p, fault))
            return false;
        if (p.found && !point(&p, fault))
            return false;
    }
    return true;
}
