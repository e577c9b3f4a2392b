/* notitie -- see notitie.h. */
#include "gateway/notitie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/sql.h"

static void place_of(int64_t seq, char place[48])
{
    snprintf(place, 48, "notitie.tekst_sealed:%lld", (long long)seq);
}

static bool put_words(sqlite3 *db, const struct keys *keys, int64_t seq,
                      const struct notitie *notitie, struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };
    json_t *json = json_pack("{s:s, s:s}", "tekst", notitie->tekst, "met", notitie->met);
    char *text = json_dumps(json, JSON_COMPACT), place[48];

    place_of(seq, place);
    keys_home_seal(keys, place, text, strlen(text), &sealed);
    explicit_bzero(text, strlen(text));
    free(text);
    json_decref(json);
    return sql_do(db, fault, "UPDATE notitie SET tekst_sealed = ? WHERE seq = ?", "bi",
                  (const void *)sealed.data, sealed.size, seq);
}

bool notitie_add(sqlite3 *db, const struct keys *keys, const char *actor,
                 const struct notitie *notitie, struct fault *fault)
{
    const char *soort = *notitie->met ? "warm-gesprek" : "notitie";

    return sql_do(db, fault,
                  "INSERT INTO notitie (overdracht, at, actor, soort, tekst_sealed)"
                  " VALUES (?, ?, ?, ?, x'')",
                  "titt", notitie->overdracht, (int64_t)clock_now(), actor, soort)
           && put_words(db, keys, sqlite3_last_insert_rowid(db), notitie, fault)
           && audit_add(db, actor, "notitie", notitie->overdracht, fault, "%s", soort);
}

static bool read_row(sqlite3_stmt *stmt, const struct keys *keys, json_t *list,
                     struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 }, text = { 0 };
    json_t *item;
    char place[48];

    place_of(sqlite3_column_int64(stmt, 0), place);
    sql_bytes(stmt, 4, &sealed);
    if (!keys_home_unseal(keys, place, sealed.data, sealed.size, &text, fault))
        return false;
    item = json_loadb(buf_text(&text), text.size, 0, NULL);
    call_put_time(item, "at", sqlite3_column_int64(stmt, 1));
    call_put(item, "actor", sql_text(stmt, 2));
    call_put(item, "soort", sql_text(stmt, 3));
    json_array_append_new(list, item);
    return true;
}

bool notitie_list(sqlite3 *db, const struct keys *keys, const char *overdracht, json_t *list,
                  struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT seq, at, actor, soort, tekst_sealed FROM notitie"
                   " WHERE overdracht = ? ORDER BY seq",
                   "t", overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        if (!read_row(stmt, keys, list, fault))
            return false;
    }
    return false;
}
