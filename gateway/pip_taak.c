/* pip_taak -- see pip_taak.h. */
#include "gateway/pip_taak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "gateway/clock.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

#define BEFORE_DAYS 21
#define YOUNG_SECONDS (183 * 86400L) /* a settlement of longer ago is no move of now */

/* The newest handover that brought the person here, unless DUO took a PIP of ours since. */
static const char NEWCOMERS[] =
    "SELECT h.id, h.vestiging FROM overdracht h WHERE h.rol = 'ontvanger'"
    " AND h.vestiging <> '' AND h.created >= ?1"
    " AND h.state NOT IN ('geweigerd', 'ingetrokken')"
    " AND NOT EXISTS (SELECT 1 FROM overdracht n WHERE n.rol = 'ontvanger' AND n.id > h.id"
    "  AND n.bsn_index = h.bsn_index)"
    " AND NOT EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id AND t.soort = 'pip')"
    " AND NOT" TAAK_PIP_GEMELD " ORDER BY h.id";

struct newcomer {
    char id[UUID_SIZE];
    long last;
};

struct newcomers {
    struct newcomer *list;
    size_t count;
};

static void newcomers_finish(struct newcomers *newcomers)
{
    free(newcomers->list);
}

/* All are read before any is written. */
static bool read_due(sqlite3 *db, int weken, time_t now, struct newcomers *due,
                     struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, NEWCOMERS, "i", (int64_t)now - YOUNG_SECONDS))
        return false;
    while (sql_row(stmt, &row, fault)) {
        struct newcomer newcomer = { .last = datum_day(sql_text(stmt, 1)) + 7L * weken };
        if (!row)
            return true;
        if (datum_today(now) < newcomer.last - BEFORE_DAYS)
            continue;
        sql_copy(stmt, 0, newcomer.id, sizeof(newcomer.id));
        due->list = mem_resize(due->list, (due->count + 1) * sizeof(newcomer));
        due->list[due->count++] = newcomer;
    }
    return false;
}

static bool open_one(sqlite3 *db, const struct keys *keys, const struct newcomer *newcomer,
                     int weken, struct fault *fault)
{
    char tekst[120], last[11];
    const struct taak_reden reden = { .soort = TAAK_PIP,
                                      .overdracht = newcomer->id,
                                      .sleutel = "",
                                      .tekst = tekst,
                                      .uiterlijk = last };

    datum_format(newcomer->last, last);
    snprintf(tekst, sizeof(tekst),
             "Binnen %d weken na de vestiging moet er een PIP zijn: uiterlijk %s.", weken,
             last);
    return taak_open(db, keys, &reden, NULL, fault);
}

bool pip_taak_now(sqlite3 *db, const struct keys *keys, int weken, time_t now,
                  struct fault *fault)
{
    __attribute__((cleanup(newcomers_finish))) struct newcomers due = { 0 };

    if (!read_due(db, weken, now, &due, fault))
        return false;
    for (size_t i = 0; i < due.count; i++)
        if (!open_one(db, keys, &due.list[i], weken, fault))
            return false;
    return true;
}

static bool run_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct gateway *gateway = argument;

    return pip_taak_now(db, gateway->keys, gateway->config.regels.pip_weken, clock_now(),
                        fault);
}

bool pip_taak_run(struct gateway *gateway, struct fault *fault)
{
    return store_run(gateway->store, run_work, gateway, fault);
}
