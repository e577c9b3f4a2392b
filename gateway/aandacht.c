/* aandacht -- see aandacht.h. */
#include "gateway/aandacht.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "gateway/sql.h"
#include "gateway/stand.h"
#include "gateway/taak.h"

struct gathering {
    long today;
    struct aandacht *items;
    size_t count, room;
};

static void gathering_finish(struct gathering *g)
{
    free(g->items);
}

/* What waits for another is not ours until it is late. */
static void add(struct gathering *g, const struct aandacht *item)
{
    struct aandacht *at;

    if (item->wie != TERMIJN_WIJ && (!item->dag || g->today <= item->dag))
        return;
    if (g->count == g->room) {
        g->room = g->room ? g->room * 2 : 32;
        g->items = mem_resize(g->items, g->room * sizeof(*g->items));
    }
    at = &g->items[g->count++];
    *at = *item;
    at->laat = item->dag && g->today > item->dag;
    at->vandaag = item->dag == g->today;
}

/* --- the clocks ----------------------------------------------------------------------- */

static void add_clock(void *context, const struct termijn_stand *stand)
{
    const struct termijn *termijn = termijn_of(stand);
    struct aandacht item = { .taak = 0 };

    if (!termijn || !*termijn->doen)
        return; /* the taak says it */
    memcpy(item.overdracht, stand->id, sizeof(item.overdracht));
    snprintf(item.wat, sizeof(item.wat), "%s", termijn->name);
    item.wie = termijn->wie;
    item.beheer = termijn->beheer;
    item.dag = termijn_dag(termijn, stand);
    item.doen = termijn->doen;
    add(context, &item);
}

/* --- the tasks ------------------------------------------------------------------------ */

static void add_task(struct gathering *g, sqlite3_stmt *stmt)
{
    struct aandacht item = { .wie = TERMIJN_WIJ };
    enum taak_soort soort = taak_soort_named(sql_text(stmt, 2));

    item.taak = sqlite3_column_int64(stmt, 0);
    sql_copy(stmt, 1, item.overdracht, sizeof(item.overdracht));
    snprintf(item.wat, sizeof(item.wat), "%s", taak_soort_name(soort));
    item.dag = datum_day(sql_text(stmt, 3));
    item.beheer = taak_soort_beheer(soort);
    item.doen = taak_soort_doen(soort);
    add(g, &item);
}

static bool gather_tasks(sqlite3 *db, struct gathering *g, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT seq, coalesce(overdracht, ''), soort, uiterlijk FROM taak"
                   " WHERE done IS NULL ORDER BY seq LIMIT 5000",
                   ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        add_task(g, stmt);
    }
    return false;
}

/* --- the list ------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b)
{
    const struct aandacht *x = a, *y = b;
    long left = x->dag ? x->dag : LONG_MAX, right = y->dag ? y->dag : LONG_MAX;
    int order = strcmp(x->overdracht, y->overdracht);

    if (left != right)
        return left < right ? -1 : 1;
    return order ? order : (x->taak > y->taak) - (x->taak < y->taak);
}

bool aandacht_list(sqlite3 *db, time_t now, aandacht_each *each, void *context,
                   struct fault *fault)
{
    __attribute__((cleanup(gathering_finish))) struct gathering g = { .today =
                                                                          datum_today(now) };

    if (!stand_list(db, add_clock, &g, fault) || !gather_tasks(db, &g, fault))
        return false;
    if (g.count > 0)
        qsort(g.items, g.count, sizeof(*g.items), by_day);
    for (size_t i = 0; i < g.count; i++)
        each(context, &g.items[i]);
    return true;
}

static void count_late(void *context, const struct aandacht *item)
{
    *(int *)context += item->laat;
}

bool aandacht_laat(sqlite3 *db, time_t now, int *count, struct fault *fault)
{
    *count = 0;
    return aandacht_list(db, now, count_late, count, fault);
}
