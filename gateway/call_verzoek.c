/* call_verzoek -- asking for a dossier, and refusing to give one that was asked for. */
#include <stdio.h>
#include <string.h>

#include "codecs/afwijzing.h"
#include "codecs/xmldoc.h"
#include "gateway/address.h"
#include "gateway/belofte.h"
#include "gateway/call.h"
#include "gateway/compose.h"
#include "gateway/courier.h"
#include "gateway/describe.h"
#include "gateway/events.h"
#include "gateway/overdracht.h"
#include "gateway/reply.h"
#include "gateway/verzoek.h"
#include "peers/gemeente.h"

/* --- ask ----------------------------------------------------------------------------- */

/* What is too long for its place is no such number; it is never cut to one. */
static bool take(const struct call *call, const char *name, char *to, size_t size,
                 struct fault *fault)
{
    const char *text = call_text(call, name);

    if (strlen(text) >= size)
        return fault_set(fault, FAULT_USAGE, "%s: is too long", name);
    memcpy(to, text, strlen(text) + 1);
    return true;
}

static bool asked(sqlite3 *db, void *context, const struct overdracht *o, const char *bericht,
                  struct fault *fault)
{
    struct call *call = context;

    call_put(call->result, "overdracht", o->id);
    call_put(call->result, "state", overdracht_state_name(o->state));
    call_put(call->result, "bericht", bericht);
    describe_peer_name(call->gateway, o->peer, call->result);
    call_put(call->result, "gemeentecode", o->gemeentecode);
    return call_record(db, call, fault);
}

bool call_overdracht_request(struct call *call, struct fault *fault)
{
    struct persoon persoon = { 0 };
    char overdracht[UUID_SIZE];
    const struct verzoek verzoek = { .to = call_text(call, "gemeente"),
                                     .from = call_text(call, "from"),
                                     .persoon = &persoon,
                                     .grond = call_text(call, "reason"),
                                     .vestiging = call_text(call, "settled"),
                                     .pip = call_text(call, "pip"),
                                     .toelichting = call_text(call, "text"),
                                     .done = asked,
                                     .context = call };

    return take(call, "bsn", persoon.bsn, sizeof(persoon.bsn), fault)
           && take(call, "vnummer", persoon.vnummer, sizeof(persoon.vnummer), fault)
           && verzoek_send(call->gateway, call->actor, &verzoek, overdracht, fault);
}

/* --- refuse what is asked ------------------------------------------------------------ */

struct rejection {
    struct call *call;
    struct afwijzing afwijzing;
    struct buf reden;
    struct peer *peer;
    struct reply reply; /* the handover, and what is answered */
    struct outbox_row row;
};

static void rejection_finish(struct rejection *r)
{
    afwijzing_finish(&r->afwijzing);
    buf_finish(&r->reden);
    peer_release(&r->peer);
    outbox_row_finish(&r->row);
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct rejection *r = argument;
    struct overdracht *o = &r->reply.o;

    if (!overdracht_find(db, r->call->gateway->keys, call_text(r->call, "id"), o, fault))
        return false;
    if (o->rol == ROL_VERSTREKKER && o->state == OVERDRACHT_GEVRAAGD)
        return reply_asking(db, &r->reply, fault);
    fault_set(fault, FAULT_STATE, "handover %s (%s) is %s: there is no request to refuse",
              o->id, rol_name(o->rol), overdracht_state_name(o->state));
    return o->rol == ROL_ONTVANGER
               ? fault_advise(fault, "a dossier that was received is refused with one of its "
                                     "own codes, see estafette overdracht refuse --help")
               : false;
}

static bool compose_rejection(struct rejection *r, struct fault *fault)
{
    struct gateway *gateway = r->call->gateway;
    const struct overdracht *o = &r->reply.o;
    SCOPED_XMLDOC xmlDoc *content = afwijzing_build(&r->afwijzing);

    r->peer = registry_by_oin(gateway->registry, o->peer);
    if (!r->peer)
        return fault_set(fault, FAULT_IDENTITY, "peer %s is no longer registered", o->peer);
    const struct letter letter = { .peer = r->peer,
                                   .soort = SOORT_VERZOEKAFWIJZING,
                                   .overdracht_id = o->id,
                                   .from = o->eigen_code,
                                   .to = o->gemeentecode,
                                   .antwoord_op = r->reply.antwoord_op,
                                   .valid_seconds = gateway->config.expire_days * 86400L,
                                   .content = xmlDocGetRootElement(content) };
    return compose_letter(gateway, &letter, &r->row, fault);
}

static void tell_rejected(struct rejection *r)
{
    json_t *result = r->call->result;

    call_put(result, "overdracht", r->reply.o.id);
    call_put(result, "state", overdracht_state_name(r->reply.o.state));
    call_put(result, "reden", buf_text(&r->reden));
    call_put(result, "bericht", r->row.id);
    describe_peer_name(r->call->gateway, r->reply.o.peer, result);
}

/* The state stays: what is not delivered has refused nothing (overdracht_meaning.c, ENDS). */
static bool reject_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct rejection *r = argument;
    char before[UUID_SIZE];

    memcpy(before, r->reply.o.id, UUID_SIZE);
    if (!find_work(db, r, fault))
        return false;
    if (strcmp(before, r->reply.o.id) != 0)
        return fault_set(fault, FAULT_TEMPORARY, "the handover goes on as %s now",
                         r->reply.o.id);
    return overdracht_note(db, r->call->actor, &r->reply.o, buf_text(&r->reden), fault)
           && belofte_set(db, r->reply.o.id, &r->afwijzing, fault)
           && outbox_add(db, r->call->actor, &r->row, fault)
           && call_record(db, r->call, fault);
}

/* GEMEENTE to a code, as the other side can look it up: of one that has merged its successor,
 * of a peer its only one. */
static const char *gone_to(const struct call *call, char code[GEMEENTECODE_SIZE])
{
    const char *asked = call_text(call, "to");
    const struct gemeente *gemeente = *asked ? gemeente_find(asked) : NULL;
    SCOPED_PEER struct peer *peer = NULL;
    struct fault none;

    if (gemeente)
        return gemeente_successor(gemeente->code, NULL);
    if (!*asked || gemeente_code_valid(asked)
        || !registry_find(call->gateway->registry, asked, &peer, &none)
        || peer->card.gemeentecode_count != 1)
        return asked;
    memcpy(code, peer->card.gemeentecodes[0], GEMEENTECODE_SIZE);
    return code;
}

static bool reject(struct rejection *r, struct fault *fault)
{
    struct call *call = r->call;
    struct store *store = call->gateway->store;
    char code[GEMEENTECODE_SIZE];

    if (!afwijzing_parse(call_text(call, "code"), gone_to(call, code),
                         call_text(call, "expected"), call_text(call, "text"), &r->afwijzing,
                         fault))
        return false;
    afwijzing_reden(&r->afwijzing, &r->reden);
    if (!store_run(store, find_work, r, fault) || !compose_rejection(r, fault))
        return false;
    tell_rejected(r);
    return store_run(store, reject_work, r, fault);
}

bool call_overdracht_reject(struct call *call, struct fault *fault)
{
    __attribute__((cleanup(rejection_finish))) struct rejection r = { .call = call };
    struct gateway *gateway = call->gateway;

    if (*call_text(call, "parts"))
        return fault_set(fault, FAULT_USAGE,
                         "parts do not belong to the refusal of a request");
    if (!reject(&r, fault))
        return false;
    events_publish(gateway->events, "overdracht", r.reply.o.id);
    couriers_wake(gateway->couriers);
    return true;
}
