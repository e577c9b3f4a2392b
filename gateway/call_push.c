/* call_push -- requests about reporting to DUO: what a handover has to report, shown or sent.
 */
#include <stdio.h>

#include "gateway/call.h"
#include "gateway/courier.h"
#include "gateway/events.h"
#include "gateway/push.h"
#include "gateway/upload.h"

static void tell(struct push *push, bool bodies)
{
    json_t *result = push->call->result;

    call_put(result, "overdracht", push->o.id);
    call_put(result, "rol", rol_name(push->o.rol));
    json_object_set_new(result, "meldingen", melding_json(&push->meldingen, bodies));
}

/* The answer goes into the record of requests, which is not sealed: without bodies. */
static bool push_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct push *push = argument;

    if (!push_queue(db, push, fault))
        return false;
    tell(push, false);
    return call_record(db, push->call, fault);
}

bool call_duo_push(struct call *call, struct fault *fault)
{
    SCOPED_PUSH struct push push = { .call = call };

    if (!push_prepare(&push, fault)
        || !store_run(call->gateway->store, push_work, &push, fault))
        return false;
    upload_forget(call_text(call, "file"));
    events_publish(call->gateway->events, "overdracht", push.o.id);
    couriers_wake(call->gateway->couriers);
    return true;
}

/* All that reporting does, up to the outbox. */
bool call_duo_push_preview(struct call *call, struct fault *fault)
{
    SCOPED_PUSH struct push push = { .call = call };

    bool good = push_prepare(&push, fault);
    upload_forget(call_text(call, "file"));
    if (good)
        tell(&push, true);
    return good;
}
