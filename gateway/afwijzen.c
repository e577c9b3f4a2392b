/* afwijzen -- see afwijzen.h. */
#include "gateway/afwijzen.h"

#include <string.h>

#include "codecs/xmldoc.h"
#include "gateway/blokkade.h"
#include "gateway/belofte.h"
#include "gateway/compose.h"
#include "gateway/courier.h"
#include "gateway/events.h"
#include "gateway/reply.h"

struct refusing {
    struct gateway *gateway;
    const char *actor;
    const struct afwijzen *afwijzen;
    struct buf reden;
    struct peer *peer;
    struct reply reply; /* the handover, and what is answered */
    struct persoon persoon;
    struct outbox_row row;
};

static void refusing_finish(struct refusing *r)
{
    buf_finish(&r->reden);
    peer_release(&r->peer);
    outbox_row_finish(&r->row);
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct refusing *r = argument;
    const struct keys *keys = r->gateway->keys;
    struct overdracht *o = &r->reply.o;

    if (!overdracht_find(db, keys, r->afwijzen->overdracht, o, fault))
        return false;
    if (o->rol == ROL_VERSTREKKER && o->state == OVERDRACHT_GEVRAAGD)
        return reply_asking(db, &r->reply, fault)
               && overdracht_person(db, keys, o->id, &r->persoon, fault);
    fault_set(fault, FAULT_STATE, "handover %s (%s) is %s: there is no request to refuse",
              o->id, rol_name(o->rol), overdracht_state_name(o->state));
    return o->rol == ROL_ONTVANGER
               ? fault_advise(fault, "a dossier that was received is refused with one of its "
                                     "own codes, see estafette overdracht refuse --help")
               : false;
}

static bool is_bare(const struct refusing *r)
{
    return r->afwijzen->afwijzing->code->brings == AFWIJZING_BARE;
}

/* Any other answer would say that somebody is known here, or where he went. */
static bool may_say(struct refusing *r, struct fault *fault)
{
    const struct blokkade_look look = { r->actor, r->reply.o.id, "afwijzing" };

    if (is_bare(r)
        || blokkade_allows(r->gateway->store, r->gateway->keys, &look, &r->persoon, fault))
        return true;
    return fault->code == FAULT_PERMISSION
               ? fault_advise(fault,
                              "the only answer is: overdracht refuse %s --code blokkade",
                              r->reply.o.id)
               : false;
}

static bool compose(struct refusing *r, struct fault *fault)
{
    struct gateway *gateway = r->gateway;
    const struct overdracht *o = &r->reply.o;
    SCOPED_XMLDOC xmlDoc *content = afwijzing_build(r->afwijzen->afwijzing);

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

static bool refuse_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct refusing *r = argument;
    const struct afwijzen *afwijzen = r->afwijzen;
    struct overdracht *o = &r->reply.o;
    char before[UUID_SIZE];

    memcpy(before, o->id, UUID_SIZE);
    if (!find_work(db, r, fault))
        return false;
    if (strcmp(before, o->id) != 0)
        return fault_set(fault, FAULT_TEMPORARY, "the handover goes on as %s now", o->id);
    if (!is_bare(r) && !blokkade_still(db, r->gateway->keys, &r->persoon, fault))
        return false;
    return overdracht_note(db, r->actor, o, buf_text(&r->reden), fault)
           && belofte_set(db, o->id, afwijzen->afwijzing, fault)
           && outbox_add(db, r->actor, &r->row, fault)
           && (!afwijzen->done || afwijzen->done(db, afwijzen->context, o, r->row.id, fault));
}

bool afwijzen_send(struct gateway *gateway, const char *actor, const struct afwijzen *afwijzen,
                   struct fault *fault)
{
    __attribute__((cleanup(refusing_finish))) struct refusing r = { .gateway = gateway,
                                                                    .actor = actor,
                                                                    .afwijzen = afwijzen };

    afwijzing_reden(afwijzen->afwijzing, &r.reden);
    if (!store_run(gateway->store, find_work, &r, fault) || !may_say(&r, fault)
        || !compose(&r, fault) || !store_run(gateway->store, refuse_work, &r, fault))
        return false;
    if (!gateway->couriers)
        return true;
    events_publish(gateway->events, "overdracht", r.reply.o.id);
    couriers_wake(gateway->couriers);
    return true;
}
