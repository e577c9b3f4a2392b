/* call_list -- requests about handovers: list them, all or those that wait for somebody (with
 * who must do what by when), of one of us or of one family. */
#include <stdio.h>
#include <string.h>

#include "codecs/datum.h"
#include "gateway/aandacht.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/describe.h"
#include "gateway/huishouden.h"
#include "gateway/overdracht.h"
#include "gateway/taak.h"

struct listing {
    struct call *call;
    json_t *list;
    json_t *aandacht;      /* NULL: not asked */
    json_t *gezinnen;      /* {id: what its family is called} */
    char gezin[UUID_SIZE]; /* only this family, or this one alone; "": all */
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

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* --- which ----------------------------------------------------------------------------- */

/* Somebody who has no family stands for himself. */
static bool find_gezin(sqlite3 *db, struct listing *l, struct fault *fault)
{
    struct overdracht o;

    if (!*call_text(l->call, "household"))
        return true;
    if (!overdracht_find(db, l->call->gateway->keys, call_text(l->call, "household"), &o,
                         fault))
        return false;
    const char *gezin = text_of(l->gezinnen, o.id);
    memcpy(l->gezin, *gezin ? gezin : o.id, UUID_SIZE);
    return true;
}

/* A user may be written in capitals where the machine has none. */
static bool is_wanted(const struct listing *l, const json_t *item)
{
    const char *id = text_of(item, "id"), *gezin = text_of(l->gezinnen, id);
    const char *user = call_text(l->call, "user");

    return (!l->gezin[0] || strcmp(*gezin ? gezin : id, l->gezin) == 0)
           && (!*user || strcasecmp(user, text_of(item, "toegewezen")) == 0);
}

static void keep_wanted(struct listing *l)
{
    for (size_t i = json_array_size(l->list); i-- > 0;)
        if (!is_wanted(l, json_array_get(l->list, i)))
            json_array_remove(l->list, i);
}

/* --- what must be done ------------------------------------------------------------------ */

/* {member: item} */
static json_t *index_by(json_t *list, const char *member)
{
    json_t *index = json_object(), *item;
    size_t i;

    json_array_foreach (list, i, item)
        json_object_set(index, text_of(item, member), item);
    return index;
}

/* Whose it is, with whom, and who of us sees to it. */
static void name_one(json_t *item, const json_t *overdracht)
{
    static const char *const MEMBERS[] = { "naam",     "geboortedatum", "rol",
                                           "state",    "peer",          "gemeentecode",
                                           "gemeente", "toegewezen",    "gezin" };

    for (size_t k = 0; k < sizeof(MEMBERS) / sizeof(MEMBERS[0]); k++) {
        json_t *value = json_object_get(overdracht, MEMBERS[k]);
        if (value)
            json_object_set(item, MEMBERS[k], value);
    }
}

/* A taak of no handover is nobody's and of no family. */
static void name_wanted(struct listing *l)
{
    json_auto_t *here = index_by(l->list, "id");
    bool all = !l->gezin[0] && !*call_text(l->call, "user");

    for (size_t i = json_array_size(l->aandacht); i-- > 0;) {
        json_t *item = json_array_get(l->aandacht, i);
        const json_t *overdracht = json_object_get(here, text_of(item, "overdracht"));
        if (overdracht)
            name_one(item, overdracht);
        else if (!all)
            json_array_remove(l->aandacht, i);
    }
}

static void keep_waiting(struct listing *l)
{
    json_auto_t *waiting = index_by(l->aandacht, "overdracht");

    for (size_t i = json_array_size(l->list); i-- > 0;)
        if (!json_object_get(waiting, text_of(json_array_get(l->list, i), "id")))
            json_array_remove(l->list, i);
}

static bool add_attention(sqlite3 *db, struct listing *l, struct fault *fault)
{
    if (!l->aandacht)
        return true;
    if (!aandacht_list(db, clock_now(), add_aandacht, l, fault))
        return false;
    name_wanted(l);
    keep_waiting(l);
    return true;
}

/* --- the list --------------------------------------------------------------------------- */

static bool add_tasks(sqlite3 *db, struct listing *l, struct fault *fault)
{
    json_auto_t *counts = NULL;
    json_t *item;
    size_t i;

    if (!taak_counts(db, &counts, fault))
        return false;
    json_array_foreach (l->list, i, item) {
        json_t *tasks = json_object_get(counts, text_of(item, "id"));
        if (tasks)
            json_object_update(item, tasks);
    }
    return true;
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct listing *l = argument;

    if (!overdracht_list(db, l->call->gateway->keys, add_overdracht, l, fault)
        || !huishouden_all(db, &l->gezinnen, fault) || !find_gezin(db, l, fault))
        return false;
    keep_wanted(l);
    huishouden_together(l->list, l->gezinnen);
    return add_tasks(db, l, fault) && add_attention(db, l, fault);
}

bool call_overdracht_list(struct call *call, struct fault *fault)
{
    struct listing listing = { .call = call, .list = json_array() };

    json_object_set_new(call->result, "overdrachten", listing.list);
    if (call_flag(call, "attention")) {
        listing.aandacht = json_array();
        json_object_set_new(call->result, "aandacht", listing.aandacht);
    }
    bool good = store_run(call->gateway->store, list_work, &listing, fault);
    json_decref(listing.gezinnen);
    return good;
}
