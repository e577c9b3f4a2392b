/* vragen_duo -- see vragen_duo.h. */
#include "gateway/vragen_duo.h"

#include <stdio.h>

#include "codecs/duo/operation.h"
#include "gateway/duo_letter.h"
#include "gateway/sql.h"

/* The PIP first: it names the municipality to ask. */
static const char *const ALL[] = {
    "pip.lezen",
    "inburgeringsplicht.lezen",
    "inburgeringsplicht-historie.lezen",
    "doelgroep.lezen",
    "doelgroep-historie.lezen",
    "inburgeringstermijn.lezen",
    "inburgeringstermijn-historie.lezen",
    "verlengingen.lezen",
    "vrijstellingen.lezen",
    "ontheffingen.lezen",
    "lbt-resultaten.lezen",
    "examenresultaten.lezen",
    "gratispogingen.lezen",
    "map.lezen",
    "pvt.lezen",
    "uren.lezen",
    "boetes.lezen",
    "gebeurtenissen.lezen",
};

static bool waits(sqlite3 *db, const char *overdracht, const char *operation, bool *found,
                  struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT 1 FROM outbox WHERE overdracht = ? AND peer IS NULL AND soort = ?"
                     " AND state = 'queued'",
                     "tt", overdracht, operation)
           && sql_row(stmt, found, fault);
}

bool vragen_duo_one(sqlite3 *db, struct gateway *gateway, const char *overdracht,
                    const char *bsn, const char *operation, struct fault *fault)
{
    struct duo_letter letter = { .operation = duo_operation_named(operation),
                                 .overdracht = overdracht };
    char id[UUID_SIZE];
    bool found;

    if (!letter.operation)
        return fault_set(fault, FAULT_INTERNAL, "no operation %s", operation);
    if (!waits(db, overdracht, operation, &found, fault))
        return false;
    snprintf(letter.address.bsn, sizeof(letter.address.bsn), "%s", bsn);
    return found || duo_queue(db, gateway, "estafetted", &letter, id, fault);
}

size_t vragen_duo_count(void)
{
    return sizeof(ALL) / sizeof(ALL[0]);
}

bool vragen_duo_all(sqlite3 *db, struct gateway *gateway, const char *overdracht,
                    const char *bsn, struct fault *fault)
{
    for (size_t i = 0; i < vragen_duo_count(); i++)
        if (!vragen_duo_one(db, gateway, overdracht, bsn, ALL[i], fault))
            return false;
    return true;
}
