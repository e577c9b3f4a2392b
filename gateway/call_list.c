/* call_list -- requests about handovers: list them, all or those that wait for somebody, with
 * who must do what by when. */
#include "codecs/datum.h"
#include "gateway/aandacht.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/describe.h"
#include "gateway/overdracht.h"
#include "gateway/taak.h"

struct listing {
    struct call *call;
    json_t *list;
    json_t *aandacht; /* NULL: not asked */
};

static void add_overdracht(void *context, const struct overdracht *o)
{
    struct listing *listing = context;
    json_t *item = json_object();

    describe_overdracht(listing->call->gateway, o, item);
    json_array_append_new(listing->list, item);
}

static void add_aandacht(void *context, const struct aandacht *item)
{
    struct listing *listing = context;

    json_array_append_new(listing->aandacht, describe_aandacht(item));
}

/* Those of whom something is to be done: {id: its handover, once that is found}. */
static json_t *ids_of(const json_t *aandacht)
{
    json_t *ids = json_object();

    for (size_t i = 0; i < json_array_size(aandacht); i++)
        json_object_set_new(
            ids, json_string_value(json_object_get(json_array_get(aandacht, i), "overdracht")),
            json_null());
    return ids;
}

/* Only those of `ids` stay in the list; NULL: all. Each tells of its tasks. */
static void narrow(json_t *list, json_t *ids, const json_t *counts)
{
    for (size_t i = json_array_size(list); i-- > 0;) {
        json_t *item = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(item, "id"));
        json_t *tasks = json_object_get(counts, id);
        if (tasks)
            json_object_update(item, tasks);
        if (ids && json_object_get(ids, id))
            json_object_set(ids, id, item);
        else if (ids)
            json_array_remove(list, i);
    }
}

/* Whose it is, and with whom. */
static void name_all(json_t *aandacht, const json_t *ids)
{
    static const char *const MEMBERS[] = { "naam", "geboortedatum", "rol",     "state",
                                           "peer", "gemeentecode",  "gemeente" };

    for (size_t i = 0; i < json_array_size(aandacht); i++) {
        json_t *item = json_array_get(aandacht, i);
        const char *id = json_string_value(json_object_get(item, "overdracht"));
        for (size_t k = 0; k < sizeof(MEMBERS) / sizeof(MEMBERS[0]); k++) {
            json_t *value = json_object_get(json_object_get(ids, id), MEMBERS[k]);
            if (value)
                json_object_set(item, MEMBERS[k], value);
        }
    }
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct listing *l = argument;
    json_auto_t *counts = NULL, *ids = NULL;

    if (!overdracht_list(db, l->call->gateway->keys, add_overdracht, l, fault)
        || !taak_counts(db, &counts, fault))
        return false;
    if (l->aandacht) {
        if (!aandacht_list(db, clock_now(), add_aandacht, l, fault))
            return false;
        ids = ids_of(l->aandacht);
    }
    narrow(l->list, ids, counts);
    name_all(l->aandacht, ids);
    return true;
}

bool call_overdracht_list(struct call *call, struct fault *fault)
{
    struct listing listing = { .call = call, .list = json_array() };

    json_object_set_new(call->result, "overdrachten", listing.list);
    if (*call_text(call, "attention")) {
        listing.aandacht = json_array();
        json_object_set_new(call->result, "aandacht", listing.aandacht);
    }
    return store_run(call->gateway->store, list_work, &listing, fault);
}
