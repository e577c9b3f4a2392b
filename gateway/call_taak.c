/* call_taak -- requests about the work list: what waits for a person, and that it was done. */
#include <stdio.h>

#include "gateway/call.h"
#include "gateway/describe.h"
#include "gateway/events.h"
#include "gateway/mover.h"
#include "gateway/overdracht.h"
#include "gateway/taak.h"

struct listing {
    struct call *call;
    json_t *taken;
    struct overdracht o;
};

static void add_taak(void *context, const struct taak *taak)
{
    json_array_append_new(context, describe_taak(taak));
}

/* Whose task it is stands in its handover; that may have gone. */
static bool name_one(sqlite3 *db, struct listing *l, json_t *item, struct fault *fault)
{
    const char *id = json_string_value(json_object_get(item, "overdracht"));
    bool found;

    if (!id || !*id)
        return true;
    if (!overdracht_get(db, l->call->gateway->keys, id, &l->o, &found, fault))
        return false;
    if (found) {
        call_put(item, "naam", l->o.naam);
        call_put(item, "rol", rol_name(l->o.rol));
        call_put(item, "state", overdracht_state_name(l->o.state));
    }
    return true;
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct listing *l = argument;
    const struct keys *keys = l->call->gateway->keys;
    const char *id = call_text(l->call, "id");
    size_t index;
    json_t *item;

    if (*id && !overdracht_find(db, keys, id, &l->o, fault))
        return false;
    if (!taak_list(db, keys, *id ? l->o.id : NULL, add_taak, l->taken, fault))
        return false;
    json_array_foreach (l->taken, index, item)
        if (!name_one(db, l, item, fault))
            return false;
    return true;
}

bool call_taak_list(struct call *call, struct fault *fault)
{
    struct listing l = { .call = call, .taken = json_array() };

    json_object_set_new(call->result, "taken", l.taken);
    return store_run(call->gateway->store, list_work, &l, fault);
}

static bool done_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct call *call = argument;

    return taak_done(db, call->actor, call_number(call, "taak"), fault)
           && call_record(db, call, fault);
}

bool call_taak_done(struct call *call, struct fault *fault)
{
    char number[24];

    call_put_number(call->result, "taak", call_number(call, "taak"));
    if (!store_run(call->gateway->store, done_work, call, fault))
        return false;
    snprintf(number, sizeof(number), "%lld", (long long)call_number(call, "taak"));
    events_publish(call->gateway->events, "taak", number);
    mover_wake(call->gateway); /* who signalled a dossier may be done with it */
    return true;
}
