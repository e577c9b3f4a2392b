/* notificatie -- see notificatie.h. */
#include "gateway/notificatie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/sql.h"

#define COLUMNS                                                                               \
    "seq, received, handled, bron, id, gebeurtenis, geregistreerd, overdracht, content,"      \
    " persoon_sealed"

void notificatie_finish(struct notificatie *row)
{
    buf_finish(&row->body);
    explicit_bzero(row->bsn, sizeof(row->bsn));
    explicit_bzero(row->vnummer, sizeof(row->vnummer));
}

/* --- whom it is about, sealed ---------------------------------------------------------- */

struct place {
    char text[128];
};

static const char *place_of(const struct notificatie *row, struct place *place)
{
    snprintf(place->text, sizeof(place->text), "notificatie.persoon_sealed:%s:%s", row->bron,
             row->id);
    return place->text;
}

static void seal_person(const struct keys *keys, const struct notificatie *row,
                        struct buf *sealed)
{
    json_t *json = json_object();
    struct place place;

    if (row->bsn[0])
        json_object_set_new(json, "bsn", json_string(row->bsn));
    if (row->vnummer[0])
        json_object_set_new(json, "vNummer", json_string(row->vnummer));
    json_object_set_new(json, "body",
                        json_stringn((const char *)row->body.data, row->body.size));
    char *text = json_dumps(json, JSON_COMPACT);
    keys_home_seal(keys, place_of(row, &place), text, strlen(text), sealed);
    explicit_bzero(text, strlen(text));
    free(text);
    json_decref(json);
}

static void copy_member(const json_t *json, const char *name, char *to, size_t size)
{
    const char *value = json_string_value(json_object_get(json, name));

    snprintf(to, size, "%s", value ? value : "");
}

static bool unseal_person(const struct keys *keys, const struct buf *sealed,
                          struct notificatie *row, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    struct place place;

    if (!keys_home_unseal(keys, place_of(row, &place), sealed->data, sealed->size, &text,
                          fault))
        return false;
    json_t *json = json_loadb(buf_text(&text), text.size, 0, NULL);
    const json_t *body = json_object_get(json, "body");
    copy_member(json, "bsn", row->bsn, sizeof(row->bsn));
    copy_member(json, "vNummer", row->vnummer, sizeof(row->vnummer));
    buf_clear(&row->body);
    if (body)
        buf_add(&row->body, json_string_value(body), json_string_length(body));
    json_decref(json);
    return true;
}

/* The same HMAC that a handover has of this number; NULL when there is no number. */
static const struct digest *index_of(const struct keys *keys, const char *kind,
                                     const char *value, struct digest *index)
{
    char text[64];

    if (!*value)
        return NULL;
    snprintf(text, sizeof(text), "%s:%s", kind, value);
    keys_home_index(keys, text, index);
    explicit_bzero(text, sizeof(text));
    return index;
}

/* --- rows ------------------------------------------------------------------------------ */

static bool read_row(sqlite3_stmt *stmt, const struct keys *keys, struct notificatie *row,
                     struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };

    row->seq = sqlite3_column_int64(stmt, 0);
    row->received = sqlite3_column_int64(stmt, 1);
    row->handled = sqlite3_column_int64(stmt, 2);
    sql_copy(stmt, 3, row->bron, sizeof(row->bron));
    sql_copy(stmt, 4, row->id, sizeof(row->id));
    sql_copy(stmt, 5, row->gebeurtenis, sizeof(row->gebeurtenis));
    sql_copy(stmt, 6, row->geregistreerd, sizeof(row->geregistreerd));
    sql_copy(stmt, 7, row->overdracht, sizeof(row->overdracht));
    sql_digest(stmt, 8, &row->content);
    sql_bytes(stmt, 9, &sealed);
    return unseal_person(keys, &sealed, row, fault);
}

static bool insert(sqlite3 *db, const struct keys *keys, const struct notificatie *row,
                   struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };
    struct digest bsn, vnummer;

    seal_person(keys, row, &sealed);
    return sql_do(db, fault,
                  "INSERT INTO notificatie (bron, id, content, gebeurtenis, geregistreerd,"
                  " persoon_sealed, bsn_index, vnummer_index, received)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  "ttdttbddi", row->bron, row->id, &row->content, row->gebeurtenis,
                  row->geregistreerd, (const void *)sealed.data, sealed.size,
                  index_of(keys, "bsn", row->bsn, &bsn),
                  index_of(keys, "vnummer", row->vnummer, &vnummer), row->received);
}

static bool is_repeat(sqlite3 *db, const struct notificatie *row, bool *repeat,
                      struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest known;

    if (!sql_query(db, &stmt, fault,
                   "SELECT content FROM notificatie WHERE bron = ? AND id = ?", "tt",
                   row->bron, row->id)
        || !sql_row(stmt, repeat, fault))
        return false;
    if (!*repeat)
        return true;
    sql_digest(stmt, 0, &known);
    return digest_equal(&known, &row->content)
           || fault_set(fault, FAULT_CONFLICT,
                        "berichtId %s was used before for other content", row->id);
}

bool notificatie_add(sqlite3 *db, const struct keys *keys, const struct notificatie *row,
                     size_t unknown, bool *repeat, struct fault *fault)
{
    if (!is_repeat(db, row, repeat, fault))
        return false;
    return *repeat
           || (insert(db, keys, row, fault)
               && audit_add(db, row->bron, "notificatie", row->id, fault,
                            "%s, unknown members: %zu", row->gebeurtenis, unknown));
}

bool notificatie_get(sqlite3 *db, const struct keys *keys, int64_t seq,
                     struct notificatie *row, bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault, "SELECT " COLUMNS " FROM notificatie WHERE seq = ?", "i",
                   seq)
        || !sql_row(stmt, found, fault))
        return false;
    return !*found || read_row(stmt, keys, row, fault);
}

static bool each_row(sqlite3_stmt *stmt, const struct keys *keys, notificatie_each *each,
                     void *context, struct fault *fault)
{
    SCOPED_NOTIFICATIE struct notificatie row = { 0 };
    bool found;

    while (sql_row(stmt, &found, fault)) {
        if (!found)
            return true;
        if (!read_row(stmt, keys, &row, fault))
            return false;
        each(context, &row);
    }
    return false;
}

bool notificatie_open(sqlite3 *db, const struct keys *keys, notificatie_each *each,
                      void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT " COLUMNS " FROM notificatie WHERE handled IS NULL ORDER BY seq",
                     "")
           && each_row(stmt, keys, each, context, fault);
}

bool notificatie_list(sqlite3 *db, const struct keys *keys, int64_t most,
                      notificatie_each *each, void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT " COLUMNS " FROM notificatie ORDER BY seq DESC LIMIT ?", "i",
                     most > 0 ? most : (int64_t)-1)
           && each_row(stmt, keys, each, context, fault);
}

bool notificatie_handle(sqlite3 *db, const char *actor, const struct notificatie *row,
                        const char *overdracht, const char *how, struct fault *fault)
{
    if (!sql_do(db, fault,
                "UPDATE notificatie SET handled = ?, overdracht = coalesce(?, overdracht)"
                " WHERE seq = ? AND handled IS NULL",
                "iti", (int64_t)clock_now(), overdracht, row->seq))
        return false;
    if (sqlite3_changes(db) != 1)
        return fault_set(fault, FAULT_STATE, "notification %s was dealt with before", row->id);
    return audit_add(db, actor, "notificatie", row->id, fault, "handled: %s", how);
}
