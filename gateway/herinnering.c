/* herinnering -- see herinnering.h. */
#include "gateway/herinnering.h"

#include <stdio.h>
#include <string.h>

#include "codecs/datum.h"
#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/events.h"
#include "gateway/sql.h"

static const char *stage_of(const struct aandacht *item)
{
    return item->laat ? "te-laat" : item->vandaag ? "laatste-dag" : "nieuw";
}

void herinnering_soort(const struct aandacht *item, char soort[HERINNERING_SOORT_SIZE])
{
    if (item->taak)
        snprintf(soort, HERINNERING_SOORT_SIZE, "%s#%lld/%s", item->wat, (long long)item->taak,
                 stage_of(item));
    else
        snprintf(soort, HERINNERING_SOORT_SIZE, "%s/%s", item->wat, stage_of(item));
}

struct reminder {
    const char *overdracht, *soort;
    long dag;
    time_t now;
};

/* *fresh: it was not there yet. */
static bool remind(sqlite3 *db, const struct reminder *r, bool *fresh, struct fault *fault)
{
    char day[TERMIJN_DAG_SIZE] = "";

    if (r->dag)
        datum_format(r->dag, day);
    if (!sql_do(db, fault,
                "INSERT INTO herinnering (overdracht, soort, uiterlijk, at)"
                " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                "ttti", r->overdracht, r->soort, day, (int64_t)r->now))
        return false;
    *fresh = sqlite3_changes(db) > 0;
    return !*fresh
           || audit_add(db, "estafetted", "herinnering",
                        *r->overdracht ? r->overdracht : "taak", fault, "%s%s%s", r->soort,
                        *day ? ": uiterlijk " : "", day);
}

bool herinnering_einde(sqlite3 *db, const char *overdracht, const struct termijn *termijn,
                       time_t now, struct fault *fault)
{
    char soort[HERINNERING_SOORT_SIZE];
    const struct reminder reminder = { overdracht, soort, datum_today(now), now };
    bool fresh;

    snprintf(soort, sizeof(soort), "%s/verlopen", termijn->name);
    return remind(db, &reminder, &fresh, fault);
}

/* --- whatever is due ------------------------------------------------------------------- */

struct round {
    sqlite3 *db;
    time_t now;
    json_t *told;
    struct fault *fault;
    bool good;
};

static void consider(void *context, const struct aandacht *item)
{
    struct round *round = context;
    char soort[HERINNERING_SOORT_SIZE];
    const struct reminder reminder = { item->overdracht, soort, item->dag, round->now };
    bool fresh = false;

    herinnering_soort(item, soort);
    round->good = round->good && remind(round->db, &reminder, &fresh, round->fault);
    if (fresh)
        json_array_append_new(round->told,
                              json_string(*item->overdracht ? item->overdracht : "taak"));
}

bool herinnering_now(sqlite3 *db, time_t now, json_t *told, struct fault *fault)
{
    struct round round = { db, now, told, fault, true };

    return aandacht_list(db, now, consider, &round, fault) && round.good;
}

/* --- by the clock ---------------------------------------------------------------------- */

static bool run_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return herinnering_now(db, clock_now(), argument, fault);
}

bool herinnering_run(struct gateway *gateway, struct fault *fault)
{
    json_auto_t *told = json_array();
    size_t index;
    json_t *id;

    if (doubt_now(&gateway->doubt))
        return true;
    if (!store_run(gateway->store, run_work, told, fault))
        return false;
    json_array_foreach (told, index, id)
        events_publish(gateway->events, "herinnering", json_string_value(id));
    return true;
}
