/* verloop -- see verloop.h. */
#include "gateway/verloop.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "gateway/clock.h"
#include "gateway/events.h"
#include "gateway/herinnering.h"
#include "gateway/log.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "gateway/stand.h"
#include "gateway/termijn.h"

static const char GIVEN_UP[] = "er is geen dossier te vragen, zei wie de taak sloot";

struct ending {
    char id[UUID_SIZE];
    const struct termijn *termijn; /* NULL: a person said so */
};

struct endings {
    time_t now;
    struct ending *list;
    size_t count, room;
};

static void endings_finish(struct endings *endings)
{
    free(endings->list);
}

static void add(struct endings *endings, const char *id, const struct termijn *termijn)
{
    if (endings->count == endings->room) {
        endings->room = endings->room ? endings->room * 2 : 16;
        endings->list = mem_resize(endings->list, endings->room * sizeof(*endings->list));
    }
    struct ending *ending = &endings->list[endings->count++];
    memcpy(ending->id, id, UUID_SIZE);
    ending->termijn = termijn;
}

static void consider(void *context, const struct termijn_stand *stand)
{
    struct endings *endings = context;
    const struct termijn *termijn = termijn_of(stand);

    if (termijn && termijn_voorbij(termijn, stand, endings->now))
        add(endings, stand->id, termijn);
}

/* The taak that asked whom to ask was closed by a person, and none is open: nothing is to be
 * had anywhere. */
static bool find_given_up(sqlite3 *db, struct endings *endings, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT h.id FROM overdracht h WHERE h.state = 'gesignaleerd'"
                   " AND EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id"
                   "  AND t.soort IN ('wie-vragen', 'geen-peer') AND t.done IS NOT NULL"
                   "  AND t.done_by <> 'estafetted')"
                   " AND NOT EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id"
                   "  AND t.soort IN ('wie-vragen', 'geen-peer') AND t.done IS NULL)",
                   ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        add(endings, sql_text(stmt, 0), NULL);
    }
    return false;
}

/* One may be found twice: the first time ends it. */
static bool end_one(sqlite3 *db, const struct keys *keys, const struct ending *ending,
                    time_t now, struct fault *fault)
{
    const struct termijn *termijn = ending->termijn;
    struct overdracht o;
    bool found;

    if (!overdracht_get(db, keys, ending->id, &o, &found, fault))
        return false;
    if (!found || o.state == OVERDRACHT_VERLOPEN)
        return true;
    return overdracht_move(db, "estafetted", &o, OVERDRACHT_VERLOPEN,
                           termijn ? termijn->reden : GIVEN_UP, fault)
           && (!termijn || herinnering_einde(db, o.id, termijn, now, fault));
}

bool verloop_now(sqlite3 *db, const struct keys *keys, time_t now, int *count,
                 struct fault *fault)
{
    __attribute__((cleanup(endings_finish))) struct endings endings = { .now = now };

    *count = 0;
    if (!stand_list(db, consider, &endings, fault) || !find_given_up(db, &endings, fault))
        return false;
    for (size_t i = 0; i < endings.count; i++)
        if (!end_one(db, keys, &endings.list[i], now, fault))
            return false;
    *count = (int)endings.count;
    return true;
}

struct run {
    struct gateway *gateway;
    int count;
};

static bool run_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct run *run = argument;

    return verloop_now(db, run->gateway->keys, clock_now(), &run->count, fault);
}

bool verloop_run(struct gateway *gateway, struct fault *fault)
{
    struct run run = { .gateway = gateway };

    if (doubt_now(&gateway->doubt))
        return true;
    if (!store_run(gateway->store, run_work, &run, fault))
        return false;
    if (run.count > 0)
        log_warning("verloop: %d handovers ended: nobody did what was to be done", run.count);
    return true;
}
