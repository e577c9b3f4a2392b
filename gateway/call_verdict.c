/* call_verdict -- what the new municipality says of a dossier it received: taken over, or
 * refused. Either answers the dossier with a message, and moves the handover in the same
 * transaction. A code of a verzoekafwijzing refuses a request instead: call_verzoek.c. */
#include <stdio.h>
#include <string.h>

#include "codecs/afwijzing.h"
#include "codecs/weigering.h"
#include "codecs/xmldoc.h"
#include "gateway/call.h"
#include "gateway/compose.h"
#include "gateway/courier.h"
#include "gateway/describe.h"
#include "gateway/events.h"
#include "gateway/newest.h"
#include "gateway/overdracht.h"
#include "gateway/overdracht_later.h"
#include "gateway/push.h"

struct verdict {
    struct call *call;
    const char *verb; /* for faults */
    enum soort soort;
    enum overdracht_state to;
    const xmlNode *content; /* NULL: an empty element */
    const char *reden;
    struct peer *peer;
    struct overdracht o;
    char dossier_id[UUID_SIZE]; /* the message that is judged */
    struct outbox_row row;
    struct push *push; /* reported to DUO in the same decision; NULL: nothing is */
};

static bool find_dossier_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct verdict *v = argument;
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    bool found = false;

    if (!overdracht_find(db, v->call->gateway->keys, call_text(v->call, "id"), &v->o, fault))
        return false;
    if (v->o.rol != ROL_ONTVANGER || v->o.state != OVERDRACHT_ONTVANGEN)
        return fault_set(fault, FAULT_STATE, "handover %s (%s) is %s: there is nothing to %s",
                         v->o.id, rol_name(v->o.rol), overdracht_state_name(v->o.state),
                         v->verb);
    if (!overdracht_later_is_free(&v->o, fault)
        || !newest_received(db, v->o.id, &row, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_STATE, "handover %s has no dossier yet", v->o.id);
    memcpy(v->dossier_id, row.id, UUID_SIZE);
    return true;
}

static bool compose_answer(struct verdict *v, struct fault *fault)
{
    struct gateway *gateway = v->call->gateway;

    v->peer = registry_by_oin(gateway->registry, v->o.peer);
    if (!v->peer)
        return fault_set(fault, FAULT_IDENTITY, "peer %s is no longer registered", v->o.peer);
    const struct letter letter = { .peer = v->peer,
                                   .soort = v->soort,
                                   .overdracht_id = v->o.id,
                                   .from = v->o.eigen_code,
                                   .to = v->o.gemeentecode,
                                   .antwoord_op = v->dossier_id,
                                   .valid_seconds = gateway->config.expire_days * 86400L,
                                   .content = v->content };
    return compose_letter(gateway, &letter, &v->row, fault);
}

static bool push_along(sqlite3 *db, struct verdict *v, struct fault *fault)
{
    if (!push_queue(db, v->push, fault))
        return false;
    json_object_set_new(v->call->result, "meldingen",
                        melding_json(&v->push->meldingen, false));
    return true;
}

static bool give_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct verdict *v = argument;

    return overdracht_move(db, v->call->actor, &v->o, v->to, v->reden, fault)
           && outbox_add(db, v->call->actor, &v->row, fault)
           && (!v->push || push_along(db, v, fault)) && call_record(db, v->call, fault);
}

static bool give(struct verdict *v, struct fault *fault)
{
    struct store *store = v->call->gateway->store;

    if (!store_run(store, find_dossier_work, v, fault) || !compose_answer(v, fault))
        return false;
    call_put(v->call->result, "overdracht", v->o.id);
    call_put(v->call->result, "state", overdracht_state_name(v->to));
    call_put(v->call->result, "bericht", v->row.id);
    describe_peer_name(v->call->gateway, v->o.peer, v->call->result);
    return store_run(store, give_work, v, fault);
}

static bool give_verdict(struct verdict *v, struct fault *fault)
{
    struct gateway *gateway = v->call->gateway;

    bool good = give(v, fault);
    if (good) {
        events_publish(gateway->events, "overdracht", v->o.id);
        couriers_wake(gateway->couriers);
    }
    peer_release(&v->peer);
    outbox_row_finish(&v->row);
    return good;
}

static bool accept_it(struct call *call, struct push *push, struct fault *fault)
{
    struct verdict v = { .call = call,
                         .verb = "accept",
                         .soort = SOORT_OVERNAME,
                         .to = OVERDRACHT_OVERGENOMEN,
                         .reden = "",
                         .push = push };

    return give_verdict(&v, fault);
}

/* One decision: with a PIP that DUO would refuse, nothing is taken over either. */
static bool pip_may_go(const struct meldingen *meldingen, struct fault *fault)
{
    for (size_t i = 0; i < meldingen->count; i++) {
        const struct melding *melding = &meldingen->item[i];
        const json_t *first = json_array_get(melding->bevindingen, 0);
        const char *why = json_string_value(json_object_get(first, "tekst"));
        if (strcmp(melding->onderwerp, "pip") != 0 || melding->uitkomst != MELDING_GEWEIGERD)
            continue;
        fault_set(fault, FAULT_RULE, "the PIP cannot be reported, nothing was done: %s",
                  why ? why : "");
        return fault_advise(fault, "see estafette duo push --dry-run; or accept it now and "
                                   "report it later");
    }
    return true;
}

bool call_overdracht_accept(struct call *call, struct fault *fault)
{
    SCOPED_PUSH struct push push = { .call = call };

    if (!*call_text(call, "push"))
        return accept_it(call, NULL, fault);
    return push_prepare(&push, fault) && pip_may_go(&push.meldingen, fault)
           && accept_it(call, &push, fault);
}

bool call_overdracht_refuse(struct call *call, struct fault *fault)
{
    SCOPED_WEIGERING struct weigering weigering = { 0 };
    SCOPED_BUF struct buf reden = { 0 };

    if (afwijzing_code(call_text(call, "code")))
        return call_overdracht_reject(call, fault);
    if (*call_text(call, "to") || *call_text(call, "expected"))
        return fault_set(fault, FAULT_USAGE,
                         "to and expected belong to the refusal of a request");
    if (!weigering_parse(call_text(call, "code"), call_text(call, "parts"),
                         call_text(call, "text"), &weigering, fault))
        return false;
    SCOPED_XMLDOC xmlDoc *content = weigering_build(&weigering);
    weigering_reden(&weigering, &reden);
    struct verdict v = { .call = call,
                         .verb = "refuse",
                         .soort = SOORT_WEIGERING,
                         .to = weigering.code->needs_parts ? OVERDRACHT_VERZOCHT
                                                           : OVERDRACHT_GEWEIGERD,
                         .content = xmlDocGetRootElement(content),
                         .reden = buf_text(&reden) };
    call_put(call->result, "reden", v.reden);
    return give_verdict(&v, fault);
}
