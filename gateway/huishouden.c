/* huishouden -- see huishouden.h. */
#include "gateway/huishouden.h"

#include <stdio.h>

#include "codecs/xmldoc.h"
#include "gateway/persoon.h"
#include "gateway/sql.h"

static bool note_one(sqlite3 *db, const struct keys *keys, const char *overdracht,
                     const char *bsn, struct fault *fault)
{
    struct persoon persoon = { 0 };
    struct digest index;

    snprintf(persoon.bsn, sizeof(persoon.bsn), "%s", bsn);
    return sql_do(db, fault,
                  "INSERT OR IGNORE INTO huisgenoot (overdracht, persoon_index) VALUES (?, ?)",
                  "td", overdracht, persoon_bsn_index(keys, &persoon, &index));
}

bool huishouden_note(sqlite3 *db, const struct keys *keys, const char *overdracht,
                     const xmlNode *dossier, struct fault *fault)
{
    if (!sql_do(db, fault, "DELETE FROM huisgenoot WHERE overdracht = ?", "t", overdracht))
        return false;
    for (const xmlNode *member = xmldoc_at(dossier, "persoon/gezinsleden/gezinslid"); member;
         member = xmldoc_next(member)) {
        const char *bsn = xmldoc_text(member, "bsn");
        if (bsn && *bsn && !note_one(db, keys, overdracht, bsn, fault))
            return false;
    }
    return true;
}

bool huishouden_list(sqlite3 *db, const char *overdracht, json_t *ids, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT f.id FROM overdracht h JOIN overdracht f ON f.id <> h.id"
                   " AND f.peer = h.peer AND f.rol = h.rol WHERE h.id = ?"
                   " AND (EXISTS (SELECT 1 FROM huisgenoot g WHERE g.overdracht = h.id"
                   "   AND g.persoon_index = f.bsn_index)"
                   "  OR EXISTS (SELECT 1 FROM huisgenoot g WHERE g.overdracht = f.id"
                   "   AND g.persoon_index = h.bsn_index)) ORDER BY f.id",
                   "t", overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        json_array_append_new(ids, json_string(sql_text(stmt, 0)));
    }
    return false;
}
