/* call_aanvulling -- the old municipality learned something later: the whole dossier as it is
 * now, with what is new in it, in the same handover. */
#include <stdio.h>
#include <string.h>

#include "codecs/aanvulling.h"
#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/onderdelen.h"
#include "codecs/xmldoc.h"
#include "gateway/audit.h"
#include "gateway/bijlage_store.h"
#include "gateway/blokkade.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/courier.h"
#include "gateway/describe.h"
#include "gateway/enclosure.h"
#include "gateway/events.h"
#include "gateway/huishouden.h"
#include "gateway/newest.h"
#include "gateway/overdracht.h"
#include "gateway/overdracht_later.h"
#include "gateway/upload.h"

struct supplement {
    struct call *call;
    struct aanvulling aanvulling;
    xmlDoc *dossier; /* as it is now */
    struct overdracht o;
    struct outbox_row before; /* the message that is supplemented */
    struct persoon persoon;
    struct peer *peer;
    struct outbox_row row;
};

static void supplement_finish(struct supplement *s)
{
    aanvulling_finish(&s->aanvulling);
    xmldoc_release(&s->dossier);
    outbox_row_finish(&s->before);
    peer_release(&s->peer);
    outbox_row_finish(&s->row);
}

static bool may_supplement(const struct overdracht *o, struct fault *fault)
{
    if (o->rol == ROL_VERSTREKKER
        && (o->state == OVERDRACHT_VERZONDEN || o->state == OVERDRACHT_BEZORGD
            || o->state == OVERDRACHT_OVERGENOMEN))
        return overdracht_later_is_free(o, fault);
    fault_set(fault, FAULT_STATE, "handover %s (%s) is %s: there is no dossier to supplement",
              o->id, rol_name(o->rol), overdracht_state_name(o->state));
    return o->state == OVERDRACHT_GEVRAAGD
               ? fault_advise(fault, "it is asked for: send it with estafette overdracht send "
                                     "--reply-to")
               : false;
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct supplement *s = argument;
    const struct keys *keys = s->call->gateway->keys;
    bool found;

    if (!overdracht_find(db, keys, call_text(s->call, "id"), &s->o, fault)
        || !may_supplement(&s->o, fault)
        || !overdracht_is_about(db, keys, &s->o, &s->persoon, fault)
        || !newest_sent(db, s->o.id, &s->before, &found, fault))
        return false;
    return found || fault_set(fault, FAULT_STATE, "handover %s has no dossier", s->o.id);
}

static bool read_dossier(struct supplement *s, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    struct rules_limits limits = s->call->gateway->config.regels;

    limits.today = datum_today(clock_now());
    if (!upload_read(call_text(s->call, "file"), &content, fault)
        || !dossier_read(content.data, content.size, NULL, NULL, &s->dossier, fault)
        || !dossier_rules(xmlDocGetRootElement(s->dossier), &limits, NULL, NULL, fault))
        return false;
    persoon_of_dossier(xmlDocGetRootElement(s->dossier), &s->persoon);
    return true;
}

/* The parts that are new are found, unless somebody names them; the documents that went along
 * before need not be given again. */
static bool compare(struct supplement *s, struct fault *fault)
{
    SCOPED_BUF struct buf canonical = { 0 };
    SCOPED_XMLDOC xmlDoc *sent = NULL;
    xmlNode *now = xmlDocGetRootElement(s->dossier);

    if (!compose_open(s->call->gateway, &s->before.sealed, &s->before.canonical, &canonical,
                      &sent, fault)
        || !enclosure_take_again(s->call->gateway, call_text(s->call, "documents"),
                                 message_dossier(sent), now, fault))
        return false;
    memcpy(s->aanvulling.betreft, s->before.id, UUID_SIZE);
    if (s->aanvulling.parts == 0)
        s->aanvulling.parts = aanvulling_compare(message_dossier(sent), now);
    if (s->aanvulling.parts != 0)
        return true;
    fault_set(fault, FAULT_USAGE, "nothing in this dossier is new: it was sent as it is");
    return fault_advise(fault, "see estafette dossier diff %s FILE", s->o.id);
}

static bool compose(struct supplement *s, struct fault *fault)
{
    struct gateway *gateway = s->call->gateway;
    SCOPED_XMLDOC xmlDoc *content =
        aanvulling_build(&s->aanvulling, xmlDocGetRootElement(s->dossier));

    s->peer = registry_by_oin(gateway->registry, s->o.peer);
    if (!s->peer)
        return fault_set(fault, FAULT_IDENTITY, "peer %s is no longer registered", s->o.peer);
    const struct letter letter = { .peer = s->peer,
                                   .soort = SOORT_AANVULLING,
                                   .overdracht_id = s->o.id,
                                   .from = s->o.eigen_code,
                                   .to = s->o.gemeentecode,
                                   .valid_seconds = gateway->config.expire_days * 86400L,
                                   .content = xmlDocGetRootElement(content) };
    return compose_letter(gateway, &letter, &s->row, fault);
}

static void tell(struct supplement *s)
{
    SCOPED_BUF struct buf parts = { 0 };
    json_t *result = s->call->result;

    onderdelen_tell(s->aanvulling.parts, "", &parts);
    call_put(result, "overdracht", s->o.id);
    call_put(result, "state", overdracht_state_name(s->o.state));
    call_put(result, "bericht", s->row.id);
    call_put(result, "betreft", s->aanvulling.betreft);
    call_put(result, "onderdelen", buf_text(&parts));
    call_put_number(result, "size", (int64_t)s->row.sealed.size);
    describe_peer_name(s->call->gateway, s->o.peer, result);
    json_object_set_new(result, "documenten",
                        describe_documents(xmlDocGetRootElement(s->dossier)));
}

/* The state stays; whether it may still be done is looked at again. */
static bool send_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct supplement *s = argument;
    struct gateway *gateway = s->call->gateway;
    const struct bijlage_owner owner = { gateway->config.oin, s->row.id, s->o.id };
    struct overdracht now;
    bool found;

    if (!overdracht_get(db, gateway->keys, s->row.overdracht, &now, &found, fault)
        || !may_supplement(&now, fault))
        return false;
    if (strcmp(now.id, s->o.id) != 0)
        return fault_set(fault, FAULT_TEMPORARY, "the handover goes on as %s now", now.id);
    return blokkade_still(db, gateway->keys, &s->persoon, fault)
           && overdracht_renew(db, gateway->keys, &now, &s->persoon, fault)
           && huishouden_note(db, gateway->keys, now.id, xmlDocGetRootElement(s->dossier),
                              fault)
           && outbox_add(db, s->call->actor, &s->row, fault)
           && bijlage_store_add(db, &gateway->home, &owner, xmlDocGetRootElement(s->dossier),
                                fault)
           && call_record(db, s->call, fault);
}

/* What was learned later is about the same person. */
static bool may_tell(struct supplement *s, struct fault *fault)
{
    const struct gateway *gateway = s->call->gateway;
    const struct blokkade_look look = { s->call->actor, s->o.id, "aanvulling" };

    return blokkade_allows(gateway->store, gateway->keys, &look, &s->persoon, fault);
}

static bool send_supplement(struct supplement *s, struct fault *fault)
{
    struct store *store = s->call->gateway->store;

    if (!aanvulling_parse(call_text(s->call, "parts"), call_text(s->call, "text"),
                          &s->aanvulling, fault)
        || !read_dossier(s, fault) || !store_run(store, find_work, s, fault)
        || !may_tell(s, fault) || !compare(s, fault) || !compose(s, fault))
        return false;
    tell(s);
    return store_run(store, send_work, s, fault);
}

bool call_overdracht_supplement(struct call *call, struct fault *fault)
{
    __attribute__((cleanup(supplement_finish))) struct supplement s = { .call = call };

    if (!send_supplement(&s, fault))
        return false;
    upload_forget(call_text(call, "file"));
    enclosure_forget_list(call_text(call, "documents"), false);
    events_publish(call->gateway->events, "overdracht", s.o.id);
    couriers_wake(call->gateway->couriers);
    return true;
}
