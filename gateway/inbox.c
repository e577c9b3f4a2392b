/* inbox -- see inbox.h. */
#include "gateway/inbox.h"

#include "gateway/audit.h"
#include "gateway/sql.h"

#define COLUMNS                                                                               \
    "seq, received, sender, id, overdracht, soort, code, sealed_digest, canonical, signer,"   \
    " tls_client, receipt, sealed"

void inbox_row_finish(struct inbox_row *row)
{
    buf_finish(&row->sealed);
    buf_finish(&row->receipt);
}

static void read_row(sqlite3_stmt *stmt, struct inbox_row *row)
{
    inbox_row_finish(row);
    row->seq = sqlite3_column_int64(stmt, 0);
    row->received = sqlite3_column_int64(stmt, 1);
    sql_copy(stmt, 2, row->sender, sizeof(row->sender));
    sql_copy(stmt, 3, row->id, sizeof(row->id));
    sql_copy(stmt, 4, row->overdracht, sizeof(row->overdracht));
    sql_copy(stmt, 5, row->soort, sizeof(row->soort));
    sql_copy(stmt, 6, row->code, sizeof(row->code));
    sql_digest(stmt, 7, &row->sealed_digest);
    sql_digest(stmt, 8, &row->canonical);
    sql_digest(stmt, 9, &row->signer);
    sql_digest(stmt, 10, &row->tls_client);
    sql_bytes(stmt, 11, &row->receipt);
    sql_bytes(stmt, 12, &row->sealed);
}

static bool read_first(sqlite3_stmt *stmt, struct inbox_row *row, bool *found,
                       struct fault *fault)
{
    if (!sql_row(stmt, found, fault))
        return false;
    if (*found)
        read_row(stmt, row);
    return true;
}

bool inbox_find(sqlite3 *db, const char *sender, const char *id, struct inbox_row *row,
                bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT " COLUMNS " FROM inbox WHERE sender = ? AND id = ?", "tt", sender,
                     id)
           && read_first(stmt, row, found, fault);
}

bool inbox_add(sqlite3 *db, const struct inbox_row *row, struct fault *fault)
{
    if (!sql_do(
            db, fault,
            "INSERT INTO inbox (received, sender, id, overdracht, soort, code, sealed_digest,"
            " canonical, signer, tls_client, receipt, sealed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, id) DO NOTHING",
            "itttttddddbb", row->received, row->sender, row->id, row->overdracht, row->soort,
            row->code, &row->sealed_digest, &row->canonical, &row->signer, &row->tls_client,
            (const void *)row->receipt.data, row->receipt.size, (const void *)row->sealed.data,
            row->sealed.size))
        return false;
    if (sqlite3_changes(db) != 1)
        return fault_set(fault, FAULT_CONFLICT, "message %s is already there", row->id);
    return audit_add(db, row->sender, "inbox", row->overdracht, fault, "%s %s: %s", row->soort,
                     row->id, row->code[0] ? row->code : "aangenomen");
}

bool inbox_latest(sqlite3 *db, const char *overdracht, const char *soort,
                  struct inbox_row *row, bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT " COLUMNS " FROM inbox WHERE overdracht = ?1"
                     " AND (?2 IS NULL OR soort = ?2) AND code = '' ORDER BY seq DESC LIMIT 1",
                     "tt", overdracht, soort)
           && read_first(stmt, row, found, fault);
}

bool inbox_list(sqlite3 *db, const char *overdracht, inbox_each *each, void *context,
                struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS " FROM inbox WHERE overdracht = ? ORDER BY seq", "t",
                   overdracht))
        return false;
    while (read_first(stmt, &row, &found, fault)) {
        if (!found)
            return true;
        each(context, &row);
    }
    return false;
}
