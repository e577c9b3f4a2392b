/* call_intrekking -- taking back what was sent in error: a dossier, or a request for one. What
 * never left is cancelled; what may have arrived is withdrawn with a message. */
#include <stdio.h>
#include <string.h>

#include "codecs/intrekking.h"
#include "codecs/xmldoc.h"
#include "gateway/call.h"
#include "gateway/compose.h"
#include "gateway/courier.h"
#include "gateway/describe.h"
#include "gateway/events.h"
#include "gateway/overdracht.h"
#include "gateway/overdracht_later.h"

struct withdrawing {
    struct call *call;
    struct intrekking intrekking;
    struct overdracht o;
    struct overdracht_withdrawal what;
    struct peer *peer;
    struct outbox_row row; /* the message, unless cancelling is enough */
};

static void withdrawing_finish(struct withdrawing *w)
{
    intrekking_finish(&w->intrekking);
    outbox_row_finish(&w->what.row);
    peer_release(&w->peer);
    outbox_row_finish(&w->row);
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct withdrawing *w = argument;

    outbox_row_finish(&w->what.row);
    return overdracht_find(db, w->call->gateway->keys, call_text(w->call, "id"), &w->o, fault)
           && overdracht_later_withdrawable(db, &w->o, &w->what, fault);
}

static bool compose(struct withdrawing *w, struct fault *fault)
{
    struct gateway *gateway = w->call->gateway;

    memcpy(w->intrekking.betreft, w->what.betreft, UUID_SIZE);
    SCOPED_XMLDOC xmlDoc *content = intrekking_build(&w->intrekking);
    w->peer = registry_by_oin(gateway->registry, w->o.peer);
    if (!w->peer)
        return fault_set(fault, FAULT_IDENTITY, "peer %s is no longer registered", w->o.peer);
    const struct letter letter = { .peer = w->peer,
                                   .soort = SOORT_INTREKKING,
                                   .overdracht_id = w->o.id,
                                   .from = w->o.eigen_code,
                                   .to = w->o.gemeentecode,
                                   .valid_seconds = gateway->config.expire_days * 86400L,
                                   .content = xmlDocGetRootElement(content) };
    return compose_letter(gateway, &letter, &w->row, fault);
}

/* wat: what happens to it; wie: what was sent. */
static void tell(struct withdrawing *w)
{
    json_t *result = w->call->result;

    call_put(result, "overdracht", w->o.id);
    call_put(result, "state", overdracht_state_name(w->o.state));
    call_put(result, "code", w->intrekking.code->name);
    call_put(result, "betekenis", w->intrekking.code->meaning);
    call_put(result, "betreft", w->what.betreft);
    call_put(result, "soort", w->what.row.soort);
    call_put(result, "wijze", w->what.unsent ? "geannuleerd" : "bericht");
    call_put(result, "bericht", w->row.id);
    describe_peer_name(w->call->gateway, w->o.peer, result);
}

static bool cancel(sqlite3 *db, struct withdrawing *w, struct fault *fault)
{
    struct call *call = w->call;
    bool found;

    return outbox_cancel(db, call->actor, &w->what.row, w->intrekking.code->name, fault)
           && overdracht_settled(db, call->gateway->keys, &w->what.row, OUTBOX_CANCELLED,
                                 w->intrekking.code->name, fault)
           && overdracht_get(db, call->gateway->keys, w->o.id, &w->o, &found, fault);
}

static bool send(sqlite3 *db, struct withdrawing *w, struct fault *fault)
{
    return overdracht_later_withdraw(db, w->call->actor, &w->o, w->intrekking.code->name,
                                     fault)
           && outbox_add(db, w->call->actor, &w->row, fault);
}

/* A courier may have taken it meanwhile, or the other side answered: what was looked up before
 * the message was made is looked at again. */
static bool withdraw_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct withdrawing *w = argument;
    bool unsent = w->what.unsent;
    char betreft[UUID_SIZE], id[UUID_SIZE];

    memcpy(betreft, w->what.betreft, UUID_SIZE);
    memcpy(id, w->o.id, UUID_SIZE);
    if (!find_work(db, w, fault))
        return false;
    if (unsent != w->what.unsent || strcmp(betreft, w->what.betreft) != 0
        || strcmp(id, w->o.id) != 0)
        return fault_set(fault, FAULT_TEMPORARY, "handover %s moved on meanwhile; try again",
                         w->o.id);
    if (!(unsent ? cancel(db, w, fault) : send(db, w, fault)))
        return false;
    tell(w);
    return call_record(db, w->call, fault);
}

static bool prepare(struct withdrawing *w, struct fault *fault)
{
    struct call *call = w->call;

    return intrekking_parse(call_text(call, "code"), call_text(call, "text"), &w->intrekking,
                            fault)
           && store_run(call->gateway->store, find_work, w, fault)
           && (w->what.unsent || compose(w, fault));
}

bool call_overdracht_withdraw(struct call *call, struct fault *fault)
{
    __attribute__((cleanup(withdrawing_finish))) struct withdrawing w = { .call = call };

    if (!prepare(&w, fault) || !store_run(call->gateway->store, withdraw_work, &w, fault))
        return false;
    events_publish(call->gateway->events, "overdracht", w.o.id);
    couriers_wake(call->gateway->couriers);
    return true;
}

/* What would happen; nothing does. */
bool call_overdracht_withdraw_preview(struct call *call, struct fault *fault)
{
    __attribute__((cleanup(withdrawing_finish))) struct withdrawing w = { .call = call };

    if (!prepare(&w, fault))
        return false;
    w.row.id[0] = '\0'; /* it is forgotten again */
    tell(&w);
    return true;
}
