/* huishouden -- see huishouden.h. */
#include "gateway/huishouden.h"

#include <stdio.h>
#include <string.h>

#include "codecs/xmldoc.h"
#include "gateway/persoon.h"
#include "gateway/sql.h"

#define TOGETHER_SECONDS (183 * 86400L)

/* --- who is named --------------------------------------------------------------------- */

static bool note_one(sqlite3 *db, const char *overdracht, const struct digest *index,
                     struct fault *fault)
{
    return !index
           || sql_do(db, fault,
                     "INSERT OR IGNORE INTO huisgenoot (overdracht, persoon_index)"
                     " VALUES (?, ?)",
                     "td", overdracht, index);
}

/* A member has a BSN or a v-nummer. */
static bool note_member(sqlite3 *db, const struct keys *keys, const char *overdracht,
                        const xmlNode *member, struct fault *fault)
{
    struct persoon persoon = { 0 };
    struct digest bsn, vnummer;
    const char *text = xmldoc_text(member, "bsn");

    snprintf(persoon.bsn, sizeof(persoon.bsn), "%s", text ? text : "");
    text = xmldoc_text(member, "vnummer");
    snprintf(persoon.vnummer, sizeof(persoon.vnummer), "%s", text ? text : "");
    return note_one(db, overdracht, persoon_bsn_index(keys, &persoon, &bsn), fault)
           && note_one(db, overdracht, persoon_vnummer_index(keys, &persoon, &vnummer), fault);
}

bool huishouden_note(sqlite3 *db, const struct keys *keys, const char *overdracht,
                     const xmlNode *dossier, struct fault *fault)
{
    if (!sql_do(db, fault, "DELETE FROM huisgenoot WHERE overdracht = ?", "t", overdracht))
        return false;
    for (const xmlNode *member = xmldoc_at(dossier, "persoon/gezinsleden/gezinslid"); member;
         member = xmldoc_next(member))
        if (!note_member(db, keys, overdracht, member, fault))
            return false;
    return true;
}

/* --- families -------------------------------------------------------------------------- */

/* Who names somebody that is here, and whom. Of one person twice there is no family. */
static const char NAMED[] =
    "SELECT h.id, f.id FROM huisgenoot g JOIN overdracht h ON h.id = g.overdracht"
    " JOIN overdracht f ON f.bsn_index = g.persoon_index OR f.vnummer_index = g.persoon_index"
    " WHERE f.id <> h.id AND f.peer = h.peer AND f.rol = h.rol"
    " AND f.state <> 'ingetrokken' AND h.state <> 'ingetrokken'"
    " AND coalesce(h.bsn_index, h.vnummer_index) IS NOT NULL" /* not: wiped */
    " AND abs(f.created - h.created) < ?"
    " AND coalesce(f.bsn_index <> h.bsn_index, f.vnummer_index <> h.vnummer_index, 1)";

/* Each id leads to one of the same family that is no higher; the lowest leads to itself. */
static void find_first(const json_t *gezinnen, const char *id, char first[UUID_SIZE])
{
    const char *next = json_string_value(json_object_get(gezinnen, id));

    while (next && strcmp(next, id) != 0) {
        id = next;
        next = json_string_value(json_object_get(gezinnen, id));
    }
    memmove(first, id, UUID_SIZE);
}

static void join(json_t *gezinnen, const char *one, const char *other)
{
    char a[UUID_SIZE], b[UUID_SIZE];

    find_first(gezinnen, one, a);
    find_first(gezinnen, other, b);
    const char *first = strcmp(a, b) < 0 ? a : b;
    json_object_set_new(gezinnen, a, json_string(first));
    json_object_set_new(gezinnen, b, json_string(first));
}

bool huishouden_all(sqlite3 *db, json_t **gezinnen, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    json_auto_t *found = json_object();
    char id[UUID_SIZE], first[UUID_SIZE];
    const char *name;
    json_t *value;
    bool row = true;

    if (!sql_query(db, &stmt, fault, NAMED, "i", (int64_t)TOGETHER_SECONDS))
        return false;
    while (row) {
        if (!sql_row(stmt, &row, fault))
            return false;
        if (!row)
            break;
        sql_copy(stmt, 0, id, sizeof(id));
        join(found, id, sql_text(stmt, 1));
    }
    *gezinnen = json_object();
    json_object_foreach (found, name, value) {
        find_first(found, name, first);
        json_object_set_new(*gezinnen, name, json_string(first));
    }
    return true;
}

static void insert(json_t *ids, const char *id)
{
    size_t at = 0;

    while (at < json_array_size(ids)
           && strcmp(json_string_value(json_array_get(ids, at)), id) < 0)
        at++;
    json_array_insert_new(ids, at, json_string(id));
}

bool huishouden_others(sqlite3 *db, const char *overdracht, char gezin[UUID_SIZE], json_t *ids,
                       struct fault *fault)
{
    json_auto_t *gezinnen = NULL;
    const char *id;
    json_t *value;

    gezin[0] = '\0';
    if (!huishouden_all(db, &gezinnen, fault))
        return false;
    const char *ours = json_string_value(json_object_get(gezinnen, overdracht));
    if (!ours)
        return true;
    snprintf(gezin, UUID_SIZE, "%s", ours);
    json_object_foreach (gezinnen, id, value)
        if (strcmp(json_string_value(value), ours) == 0 && strcmp(id, overdracht) != 0)
            insert(ids, id);
    return true;
}

/* --- a list ---------------------------------------------------------------------------- */

static const char *gezin_of(const json_t *item, const json_t *gezinnen)
{
    const char *id = json_string_value(json_object_get(item, "id"));

    return id ? json_string_value(json_object_get(gezinnen, id)) : NULL;
}

/* {what a family is called: its members in this list, in its order} */
static json_t *gather(json_t *list, const json_t *gezinnen)
{
    json_t *families = json_object(), *item;
    size_t i;

    json_array_foreach (list, i, item) {
        const char *gezin = gezin_of(item, gezinnen);
        if (!gezin)
            continue;
        json_object_set_new(item, "gezin", json_string(gezin));
        if (!json_object_get(families, gezin))
            json_object_set_new(families, gezin, json_array());
        json_array_append(json_object_get(families, gezin), item);
    }
    return families;
}

void huishouden_together(json_t *list, const json_t *gezinnen)
{
    json_auto_t *families = gather(list, gezinnen), *order = json_array();
    json_t *item;
    size_t i;

    json_array_foreach (list, i, item) {
        const char *gezin = gezin_of(item, gezinnen);
        if (!gezin)
            json_array_append(order, item);
        else if (json_object_get(families, gezin)) {
            json_array_extend(order, json_object_get(families, gezin));
            json_object_del(families, gezin);
        }
    }
    json_array_clear(list);
    json_array_extend(list, order);
}
