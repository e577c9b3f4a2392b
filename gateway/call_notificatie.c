/* call_notificatie -- what DUO notified, told in Dutch to whoever may use the local bus. */
#include <string.h>

#include "codecs/duo/gebeurtenis.h"
#include "gateway/call.h"
#include "gateway/notificatie.h"

#define NEWEST 100

struct listing {
    const struct keys *keys;
    const char *which;
    json_t *list;
};

static json_t *queries_of(const struct gebeurtenis *known)
{
    json_t *names = json_array();

    for (size_t i = 0; known && known->raadplegen[i]; i++)
        json_array_append_new(names, json_string(known->raadplegen[i]));
    return names;
}

static void describe(void *context, const struct notificatie *row)
{
    const struct gebeurtenis *known = gebeurtenis_named(row->gebeurtenis);
    struct listing *listing = context;
    json_t *item = json_object();

    call_put(item, "id", row->id);
    call_put(item, "gebeurtenis", row->gebeurtenis);
    call_put(item, "betekenis", gebeurtenis_betekenis(row->gebeurtenis));
    call_put(item, "soort", gebeurtenis_kind_name(gebeurtenis_kind_of(row->gebeurtenis)));
    json_object_set_new(item, "attentie", json_boolean(known && known->attentie));
    json_object_set_new(item, "raadplegen", queries_of(known));
    if (row->bsn[0])
        call_put(item, "bsn", row->bsn);
    if (row->vnummer[0])
        call_put(item, "vnummer", row->vnummer);
    call_put(item, "geregistreerd", row->geregistreerd);
    call_put_time(item, "received", row->received);
    call_put(item, "stand", row->handled ? "verwerkt" : "open");
    call_put_time(item, "handled", row->handled);
    if (row->overdracht[0])
        call_put(item, "overdracht", row->overdracht);
    json_array_append_new(listing->list, item);
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct listing *listing = argument;

    if (strcmp(listing->which, "open") == 0)
        return notificatie_open(db, listing->keys, describe, listing, fault);
    return notificatie_list(db, listing->keys, *listing->which ? 0 : NEWEST, describe, listing,
                            fault);
}

bool call_notificaties(struct call *call, struct fault *fault)
{
    struct listing listing = { call->gateway->keys, call_text(call, "which"), json_array() };

    json_object_set_new(call->result, "notificaties", listing.list);
    if (*listing.which && strcmp(listing.which, "open") != 0
        && strcmp(listing.which, "all") != 0)
        return fault_set(fault, FAULT_USAGE, "which: open or all");
    return store_run(call->gateway->store, list_work, &listing, fault);
}
