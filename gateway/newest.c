/* newest -- see newest.h. */
#include "gateway/newest.h"

#include "codecs/message.h"
#include "gateway/sql.h"

static bool counts(const struct outbox_row *row)
{
    return row->state == OUTBOX_QUEUED || row->state == OUTBOX_SENDING
           || row->state == OUTBOX_DELIVERED;
}

bool newest_sent(sqlite3 *db, const char *overdracht, struct outbox_row *row, bool *found,
                 struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row later = { 0 };
    bool supplemented;

    if (!outbox_latest(db, overdracht, soort_name(SOORT_DOSSIER), row, found, fault)
        || !outbox_latest(db, overdracht, soort_name(SOORT_AANVULLING), &later, &supplemented,
                          fault))
        return false;
    if (!*found || !supplemented || later.seq < row->seq || !counts(&later))
        return true;
    outbox_row_finish(row);
    *row = later;
    later = (struct outbox_row){ 0 };
    return true;
}

bool newest_received(sqlite3 *db, const char *overdracht, struct inbox_row *row, bool *found,
                     struct fault *fault)
{
    SCOPED_INBOX_ROW struct inbox_row later = { 0 };
    bool supplemented;

    if (!inbox_latest(db, overdracht, soort_name(SOORT_DOSSIER), row, found, fault)
        || !inbox_latest(db, overdracht, soort_name(SOORT_AANVULLING), &later, &supplemented,
                         fault))
        return false;
    if (!*found || !supplemented || later.seq < row->seq)
        return true;
    inbox_row_finish(row);
    *row = later;
    later = (struct inbox_row){ 0 };
    return true;
}

static bool is_there(sqlite3 *db, const char *query, const char *overdracht,
                     const char *bericht, bool *there, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault, query, "tt", overdracht, bericht)
           && sql_row(stmt, there, fault);
}

bool newest_was_sent(sqlite3 *db, const char *overdracht, const char *bericht, bool *was,
                     struct fault *fault)
{
    return is_there(db,
                    "SELECT 1 FROM outbox WHERE overdracht = ?1 AND id = ?2"
                    " AND soort IN ('dossier', 'aanvulling')"
                    " AND seq >= (SELECT max(seq) FROM outbox WHERE overdracht = ?1"
                    "  AND soort = 'dossier')",
                    overdracht, bericht, was, fault);
}

bool newest_in_doubt(sqlite3 *db, const char *overdracht, const char *bericht, bool *was,
                     struct fault *fault)
{
    return is_there(db,
                    "SELECT 1 FROM outbox WHERE overdracht = ?1 AND id = ?2"
                    " AND soort = 'dossier' AND state = 'expired' AND attempts > 0",
                    overdracht, bericht, was, fault);
}

bool newest_was_received(sqlite3 *db, const char *overdracht, const char *bericht, bool *was,
                         struct fault *fault)
{
    return is_there(db,
                    "SELECT 1 FROM inbox WHERE overdracht = ?1 AND id = ?2 AND code = ''"
                    " AND soort IN ('dossier', 'aanvulling')",
                    overdracht, bericht, was, fault);
}
