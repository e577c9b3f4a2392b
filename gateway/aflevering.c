/* aflevering -- see aflevering.h. */
#include "gateway/aflevering.h"

#include <string.h>

#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/sql.h"

#define SELF "estafetted"

static bool is_for_us(enum soort soort)
{
    return soort == SOORT_DOSSIER || soort == SOORT_AANVULLING;
}

bool aflevering_add(sqlite3 *db, const struct config *config, enum soort soort,
                    const char *overdracht, const char *bericht, struct fault *fault)
{
    const struct config_levering *levering = &config->aflevering;
    int64_t now = clock_now();

    return !is_for_us(soort) || (!levering->map[0] && !levering->commando[0])
           || sql_do(db, fault,
                     "INSERT OR IGNORE INTO aflevering (overdracht, bericht, state, next_try,"
                     " at) VALUES (?, ?, 'klaar', ?, ?)",
                     "ttii", overdracht, bericht, now, now);
}

bool aflevering_withdraw(sqlite3 *db, struct fault *fault)
{
    return sql_do(db, fault,
                  "UPDATE aflevering SET state = 'mislukt',"
                  " reason = 'ingetrokken voor het was afgeleverd'"
                  " WHERE state = 'klaar' AND bericht <> 'ingetrokken' AND overdracht IN"
                  " (SELECT id FROM overdracht WHERE rol = 'ontvanger'"
                  "  AND state = 'ingetrokken')",
                  "")
           && sql_do(db, fault,
                     "INSERT OR IGNORE INTO aflevering (overdracht, bericht, state, next_try,"
                     " at) SELECT DISTINCT a.overdracht, 'ingetrokken', 'klaar', ?1, ?1"
                     " FROM aflevering a JOIN overdracht h ON h.id = a.overdracht"
                     " WHERE a.state = 'afgeleverd' AND h.rol = 'ontvanger'"
                     " AND h.state = 'ingetrokken'",
                     "i", (int64_t)clock_now());
}

bool aflevering_due(sqlite3 *db, int64_t now, int64_t after, struct aflevering *aflevering,
                    bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault,
                   "SELECT seq, attempts, overdracht, bericht FROM aflevering"
                   " WHERE state = 'klaar' AND next_try <= ? AND seq > ? ORDER BY seq LIMIT 1",
                   "ii", now, after)
        || !sql_row(stmt, found, fault))
        return false;
    if (!*found)
        return true;
    aflevering->seq = sqlite3_column_int64(stmt, 0);
    aflevering->attempts = sqlite3_column_int64(stmt, 1);
    sql_copy(stmt, 2, aflevering->overdracht, UUID_SIZE);
    sql_copy(stmt, 3, aflevering->bericht, UUID_SIZE);
    return true;
}

bool aflevering_done(sqlite3 *db, const struct aflevering *aflevering, struct fault *fault)
{
    return sql_do(db, fault,
                  "UPDATE aflevering SET state = 'afgeleverd', reason = '' WHERE seq = ?"
                  " AND state = 'klaar'",
                  "i", aflevering->seq)
           && audit_add(db, SELF, "aflevering", aflevering->overdracht, fault,
                        "%s: afgeleverd", aflevering->bericht);
}

bool aflevering_again(sqlite3 *db, const struct aflevering *aflevering, const char *reason,
                      int64_t next_try, struct fault *fault)
{
    return sql_do(db, fault,
                  "UPDATE aflevering SET attempts = attempts + 1, reason = ?, next_try = ?"
                  " WHERE seq = ? AND state = 'klaar'",
                  "tii", reason, next_try, aflevering->seq);
}

bool aflevering_late(sqlite3 *db, int64_t before, int64_t *count, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT count(*) FROM aflevering WHERE state = 'klaar' AND attempts > 0"
                   " AND at < ?",
                   "i", before)
        || !sql_row(stmt, &row, fault))
        return false;
    *count = row ? sqlite3_column_int64(stmt, 0) : 0;
    return true;
}

bool aflevering_describe(sqlite3 *db, const char *overdracht, json_t *list,
                         struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT bericht, state, at, attempts, reason FROM aflevering"
                   " WHERE overdracht = ? ORDER BY seq",
                   "t", overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        json_t *item = json_object();
        call_put(item, "bericht", sql_text(stmt, 0));
        call_put(item, "state", sql_text(stmt, 1));
        call_put_time(item, "at", sqlite3_column_int64(stmt, 2));
        call_put_number(item, "attempts", sqlite3_column_int64(stmt, 3));
        call_put(item, "reason", sql_text(stmt, 4));
        json_array_append_new(list, item);
    }
    return false;
}
