/* duo_contact -- see duo_contact.h. */
#include "gateway/duo_contact.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/sql.h"

static void index_of(const struct keys *keys, const json_t *contact, struct digest *index)
{
    SCOPED_BUF struct buf text = { 0 };
    char *dump = json_dumps(contact, JSON_COMPACT | JSON_SORT_KEYS);

    buf_addf(&text, "contact:%s", dump);
    keys_home_index(keys, buf_text(&text), index);
    explicit_bzero(dump, strlen(dump));
    free(dump);
}

bool duo_contact_find(sqlite3 *db, const struct keys *keys, const json_t *contact, int64_t *id,
                      struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest index;
    bool found;

    index_of(keys, contact, &index);
    if (!sql_query(db, &stmt, fault, "SELECT id FROM duo_contact WHERE content = ?", "d",
                   &index)
        || !sql_row(stmt, &found, fault))
        return false;
    *id = found ? sqlite3_column_int64(stmt, 0) : 0;
    return true;
}

static bool forget(sqlite3 *db, int64_t id, struct fault *fault)
{
    return sql_do(db, fault, "DELETE FROM duo_contact WHERE id = ?", "i", id);
}

static bool keep(sqlite3 *db, const struct keys *keys, const json_t *contact, int64_t id,
                 struct fault *fault)
{
    struct digest index;

    index_of(keys, contact, &index);
    return forget(db, id, fault)
           && sql_do(db, fault,
                     "INSERT OR REPLACE INTO duo_contact (content, id, at) VALUES (?, ?, ?)",
                     "dii", &index, id, (int64_t)clock_now());
}

bool duo_contact_told(sqlite3 *db, const struct keys *keys, const struct duo_letter *letter,
                      const json_t *answer, struct fault *fault)
{
    const char *name = letter->operation->name;

    if (strcmp(name, "contactpersoon.melden") == 0)
        return keep(db, keys, letter->body, json_integer_value(json_object_get(answer, "id")),
                    fault);
    if (strcmp(name, "contactpersoon.wijzigen") == 0)
        return keep(db, keys, letter->body, strtoll(letter->address.id, NULL, 10), fault);
    if (strcmp(name, "contactpersoon.intrekken") == 0)
        return forget(db, strtoll(letter->address.id, NULL, 10), fault);
    return true;
}
