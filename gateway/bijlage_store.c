/* bijlage_store -- see bijlage_store.h. */
#include "gateway/bijlage_store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "gateway/bijlagen.h"
#include "gateway/sql.h"

static bool add_one(sqlite3 *db, const struct home *home, const struct bijlage_owner *owner,
                    const struct document *document, struct fault *fault)
{
    char name[DIGEST_HEX];
    int64_t held;
    bool whole;

    digest_hex(&document->cipher, name);
    bijlagen_held(home, owner->oin, name, &held, &whole);
    if (!whole)
        return fault_set(fault, FAULT_MISSING, "document %s is not here any more",
                         document->id);
    return sql_do(db, fault,
                  "INSERT OR IGNORE INTO bijlage (eigenaar, bericht, sha256, omvang,"
                  " overdracht) VALUES (?, ?, ?, ?, ?)",
                  "tttit", owner->oin, owner->bericht, name, held, owner->overdracht);
}

bool bijlage_store_add(sqlite3 *db, const struct home *home, const struct bijlage_owner *owner,
                       const xmlNode *dossier, struct fault *fault)
{
    for (const xmlNode *entry = document_first(dossier); entry; entry = document_next(entry)) {
        struct document document;
        if (!document_read(entry, &document, fault)
            || !add_one(db, home, owner, &document, fault))
            return false;
    }
    return true;
}

bool bijlage_store_used(sqlite3 *db, const char *oin, const char *name, bool *used,
                        struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT 1 FROM bijlage WHERE eigenaar = ? AND sha256 = ?", "tt", oin,
                     name)
           && sql_row(stmt, used, fault);
}

void bijlage_list_finish(struct bijlage_list *list)
{
    free(list->items);
    *list = (struct bijlage_list){ 0 };
}

bool bijlage_store_of(sqlite3 *db, const char *oin, const char *bericht,
                      struct bijlage_list *list, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT sha256, omvang FROM bijlage WHERE eigenaar = ? AND bericht = ?",
                   "tt", oin, bericht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        list->items = mem_resize(list->items, (list->count + 1) * sizeof(*list->items));
        struct bijlage_item *item = &list->items[list->count++];
        sql_copy(stmt, 0, item->name, sizeof(item->name));
        item->size = sqlite3_column_int64(stmt, 1);
    }
    return false;
}

/* --- files without a row ---------------------------------------------------------------- */

struct search {
    sqlite3 *db;
    const char *oin;
    int64_t before;
    int64_t bytes;
    int removed;
};

static bool is_waiting(const struct search *search, const struct bijlagen_file *file,
                       bool *waiting, struct fault *fault)
{
    bool used = false;

    if (!bijlage_store_used(search->db, search->oin, file->name, &used, fault))
        return false;
    *waiting = !used;
    return true;
}

static bool count_waiting(void *context, const struct bijlagen_file *file, struct fault *fault)
{
    struct search *search = context;
    bool waiting = false;

    if (!is_waiting(search, file, &waiting, fault))
        return false;
    search->bytes += waiting ? file->size : 0;
    return true;
}

bool bijlage_store_waiting(sqlite3 *db, const struct home *home, const char *oin,
                           int64_t *bytes, struct fault *fault)
{
    struct search search = { .db = db, .oin = oin };

    if (!bijlagen_list(home, oin, count_waiting, &search, fault))
        return false;
    *bytes = search.bytes;
    return true;
}

static bool remove_old(void *context, const struct bijlagen_file *file, struct fault *fault)
{
    struct search *search = context;
    bool waiting = false;

    if (file->changed >= search->before)
        return true;
    if (!is_waiting(search, file, &waiting, fault))
        return false;
    if (waiting && unlink(file->path) == 0)
        search->removed++;
    return true;
}

bool bijlage_store_sweep(sqlite3 *db, const struct home *home, const char *oin, int64_t before,
                         int *removed, struct fault *fault)
{
    struct search search = { .db = db, .oin = oin, .before = before };

    bool good = bijlagen_list(home, oin, remove_old, &search, fault);
    *removed = search.removed;
    return good;
}
