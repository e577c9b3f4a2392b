/* call_overdracht -- requests about handovers: send. Accepting and refusing is call_verdict.c,
 * showing and saving one call_proof.c, listing them call_list.c. */
#include <stdio.h>
#include <string.h>

#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "gateway/aanlevering.h"
#include "gateway/address.h"
#include "gateway/bijlage_store.h"
#include "gateway/blokkade.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/control.h"
#include "gateway/courier.h"
#include "gateway/describe.h"
#include "gateway/enclosure.h"
#include "gateway/events.h"
#include "gateway/huishouden.h"
#include "gateway/log.h"
#include "gateway/opvolger.h"
#include "gateway/overdracht.h"
#include "gateway/reply.h"
#include "gateway/taak.h"
#include "gateway/upload.h"
#include "peers/gemeente.h"

/* --- send ---------------------------------------------------------------------------- */

struct sending {
    struct call *call;
    struct address address;
    xmlDoc *dossier;
    struct outbox_row row;
    struct overdracht o; /* as it will be; a reply knows how it is */
    struct reply reply;
};

static bool find_reply_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct sending *s = argument;

    return reply_find(db, s->call->gateway->keys, call_text(s->call, "reply_to"),
                      xmlDocGetRootElement(s->dossier), &s->reply, fault);
}

static bool find_asked_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct sending *s = argument;

    return reply_asked(db, s->call->gateway->keys, s->address.peer->card.oin,
                       xmlDocGetRootElement(s->dossier), &s->reply, fault);
}

static bool is_other_code(const char *asked, const char *code)
{
    return gemeente_code_valid(asked) && strcmp(asked, code) != 0 && !opvolger_is(code, asked);
}

/* An answer goes between the two municipalities of the handover. */
static bool is_between(const struct sending *s, const char *to, const char *from,
                       struct fault *fault)
{
    const struct overdracht *o = &s->reply.o;

    if (strcmp(s->address.peer->card.oin, o->peer) != 0 || is_other_code(to, o->gemeentecode))
        fault_set(fault, FAULT_STATE, "handover %s is with %s (%s), not with %.40s", o->id,
                  o->gemeentecode, o->peer, to);
    else if (*from && strcmp(from, o->eigen_code) != 0)
        fault_set(fault, FAULT_STATE, "handover %s is from %s, not from %.10s", o->id,
                  o->eigen_code, from);
    else
        return true;
    return fault_advise(fault,
                        "send it from %s to %s, or without --reply-to as a handover of "
                        "its own",
                        o->eigen_code, o->gemeentecode);
}

static bool join(struct sending *s, const char *to, const char *from, struct fault *fault)
{
    struct store *store = s->call->gateway->store;

    if (*call_text(s->call, "reply_to")
            ? !store_run(store, find_reply_work, s, fault) || !is_between(s, to, from, fault)
            : !store_run(store, find_asked_work, s, fault))
        return false;
    if (s->reply.antwoord_op[0])
        s->o = s->reply.o;
    return true;
}

static bool find_handover_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct sending *s = argument;

    return overdracht_find(db, s->call->gateway->keys, call_text(s->call, "reply_to"),
                           &s->reply.o, fault);
}

/* An answer goes to who asked, also when that municipality has merged since. */
static bool find_peer(struct sending *s, const char *to, struct fault *fault)
{
    struct gateway *gateway = s->call->gateway;
    const struct gemeente *known = gemeente_find(to);
    const struct overdracht *o = &s->reply.o;

    if (*call_text(s->call, "reply_to")
        && !store_run(gateway->store, find_handover_work, s, fault))
        return false;
    if (o->id[0] && strcmp(known ? known->code : to, o->gemeentecode) == 0)
        return address_of(gateway, o, SOORT_DOSSIER, &s->address, fault);
    return address_peer(gateway, to, SOORT_DOSSIER, &s->address, fault);
}

/* What is not said to be a reply still is one while the same peer asks for it. An answer goes
 * from whom was asked to who asked, also where either of us is more than one. */
static bool address(struct sending *s, struct fault *fault)
{
    struct call *call = s->call;
    const char *to = call_text(call, "to"), *from = call_text(call, "from");

    if (!find_peer(s, to, fault) || !join(s, to, from, fault))
        return false;
    if (s->reply.antwoord_op[0])
        return true;
    if (!address_codes(call->gateway, to, from, &s->address, fault))
        return false;
    memcpy(s->o.gemeentecode, s->address.theirs, sizeof(s->o.gemeentecode));
    memcpy(s->o.eigen_code, s->address.ours, sizeof(s->o.eigen_code));
    return true;
}

static bool read_dossier(struct sending *s, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    struct rules_limits limits = s->call->gateway->config.regels;
    const char *documents = call_text(s->call, "documents");

    limits.today = datum_today(clock_now());
    return upload_read(call_text(s->call, "file"), &content, fault)
           && dossier_read(content.data, content.size, NULL, NULL, &s->dossier, fault)
           && dossier_rules(xmlDocGetRootElement(s->dossier), &limits, NULL, NULL, fault)
           && enclosure_take(s->call->gateway, documents, xmlDocGetRootElement(s->dossier),
                             fault);
}

/* Also what is only looked at: what cannot be sent is not shown as if it could. */
static bool may_send(struct sending *s, struct fault *fault)
{
    const struct gateway *gateway = s->call->gateway;
    const struct blokkade_look look = { s->call->actor,
                                        s->reply.antwoord_op[0] ? s->reply.o.id : NULL,
                                        "dossier" };
    struct persoon persoon;

    persoon_of_dossier(xmlDocGetRootElement(s->dossier), &persoon);
    return blokkade_allows(gateway->store, gateway->keys, &look, &persoon, fault);
}

static struct letter letter_of(const struct sending *s)
{
    bool replies = s->reply.antwoord_op[0];

    return (struct letter){
        .peer = s->address.peer,
        .soort = SOORT_DOSSIER,
        .overdracht_id = replies ? s->reply.o.id : NULL,
        .antwoord_op = replies ? s->reply.antwoord_op : NULL,
        .from = s->o.eigen_code,
        .to = s->o.gemeentecode,
        .valid_seconds = s->call->gateway->config.expire_days * 86400L,
        .content = xmlDocGetRootElement(s->dossier),
    };
}

static bool compose(struct sending *s, struct fault *fault)
{
    const struct letter letter = letter_of(s);

    if (!compose_letter(s->call->gateway, &letter, &s->row, fault))
        return false;
    s->o.rol = ROL_VERSTREKKER;
    s->o.state = OVERDRACHT_VERZONDEN;
    memcpy(s->o.id, s->row.overdracht, UUID_SIZE);
    memcpy(s->o.peer, s->row.peer, OIN_SIZE);
    return true;
}

static void tell_whereto(struct sending *s)
{
    json_object_set_new(s->call->result, "ontvanger",
                        json_pack("{s:s, s:s, s:s}", "oin", s->address.peer->card.oin, "naam",
                                  s->address.peer->card.naam, "gemeentecode",
                                  s->o.gemeentecode));
    json_object_set_new(s->call->result, "documenten",
                        describe_documents(xmlDocGetRootElement(s->dossier)));
}

static void tell_sent(struct sending *s)
{
    json_t *result = s->call->result;
    struct digest sealed;

    digest_of(s->row.sealed.data, s->row.sealed.size, &sealed);
    call_put(result, "overdracht", s->row.overdracht);
    call_put(result, "bericht", s->row.id);
    call_put_number(result, "size", (int64_t)s->row.sealed.size);
    tell_whereto(s);
    call_put_digest(result, "verzegeld", &sealed);
    call_put_digest(result, "canoniek", &s->row.canonical);
}

static bool put_overdracht(sqlite3 *db, struct sending *s, struct fault *fault)
{
    const struct keys *keys = s->call->gateway->keys;
    const xmlNode *dossier = xmlDocGetRootElement(s->dossier);
    struct persoon persoon;

    persoon_of_dossier(dossier, &persoon);
    if (!blokkade_still(db, keys, &persoon, fault))
        return false;
    return s->reply.antwoord_op[0]
               ? reply_send(db, keys, s->call->actor, &s->reply, dossier, fault)
               : overdracht_add(db, keys, s->call->actor, &s->o, &persoon, fault)
                     && huishouden_note(db, keys, s->o.id, dossier, fault);
}

/* A request that came after join() looked would stand beside this dossier; there the two are
 * one, and its overname would be for a handover that has no dossier here. */
static bool is_still_unasked(sqlite3 *db, const struct sending *s, struct fault *fault)
{
    struct reply reply = { 0 };

    if (s->reply.antwoord_op[0])
        return true;
    return reply_asked(db, s->call->gateway->keys, s->row.peer,
                       xmlDocGetRootElement(s->dossier), &reply, fault)
           && (!reply.antwoord_op[0]
               || fault_set(fault, FAULT_TEMPORARY,
                            "they have asked for it meanwhile, in handover %s", reply.o.id));
}

static bool send_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct sending *s = argument;
    struct gateway *gateway = s->call->gateway;
    const xmlNode *dossier = xmlDocGetRootElement(s->dossier);
    const struct bijlage_owner owner = { gateway->config.oin, s->row.id, s->row.overdracht };

    return is_still_unasked(db, s, fault) && put_overdracht(db, s, fault)
           && outbox_add(db, s->call->actor, &s->row, fault)
           && aanlevering_lapse(db, s->call->actor, s->row.overdracht,
                                "een medewerker verstuurde zelf een dossier", fault)
           && bijlage_store_add(db, &gateway->home, &owner, dossier, fault)
           && call_record(db, s->call, fault);
}

static bool send_dossier(struct sending *s, struct fault *fault)
{
    if (!read_dossier(s, fault) || !address(s, fault) || !may_send(s, fault)
        || !compose(s, fault))
        return false;
    tell_sent(s);
    return store_run(s->call->gateway->store, send_work, s, fault);
}

bool call_overdracht_send(struct call *call, struct fault *fault)
{
    struct sending s = { .call = call };

    bool good = send_dossier(&s, fault);
    if (good) {
        upload_forget(call_text(call, "file"));
        enclosure_forget_list(call_text(call, "documents"), false);
        events_publish(call->gateway->events, "overdracht", s.row.overdracht);
        couriers_wake(call->gateway->couriers);
    }
    address_finish(&s.address);
    xmldoc_release(&s.dossier);
    outbox_row_finish(&s.row);
    return good;
}

/* --- preview -------------------------------------------------------------------------- */

/* An answer on the bus has its limit; a dossier that passes it is shown without its XML. */
static void tell_message(struct sending *s, const struct buf *xml)
{
    json_t *result = s->call->result;
    struct digest certificate;

    certificate_fingerprint(
        sk_X509_value(s->address.peer->card.certificates[PURPOSE_VERZEGELEN], 0),
        &certificate);
    tell_whereto(s);
    call_put(result, "endpoint", s->address.peer->card.endpoint);
    call_put_digest(result, "certificaat", &certificate);
    call_put_number(result, "size", (int64_t)xml->size);
    if (xml->size < CONTROL_PIECE_MAX)
        call_put(result, "bericht", buf_text(xml));
}

static void keep_open(void *context, const struct taak *taak)
{
    if (!taak->done)
        json_array_append_new(context, describe_taak(taak));
}

struct telling {
    const struct sending *s;
    json_t *taken;
};

static bool taken_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct telling *t = argument;

    return taak_list(db, t->s->call->gateway->keys, t->s->o.id, keep_open, t->taken, fault);
}

/* What should be done before this dossier goes. */
static void tell_taken(struct sending *s)
{
    struct telling telling = { s, json_array() };
    struct fault fault = { 0 };

    json_object_set_new(s->call->result, "taken", telling.taken);
    if (s->reply.antwoord_op[0]
        && !store_run(s->call->gateway->store, taken_work, &telling, &fault))
        log_warning("overdracht=%s: its tasks cannot be told: %s", s->o.id, fault.text);
}

static bool preview_dossier(struct sending *s, struct fault *fault)
{
    SCOPED_BUF struct buf xml = { 0 };

    if (!read_dossier(s, fault) || !address(s, fault) || !may_send(s, fault))
        return false;
    const struct letter letter = letter_of(s);
    if (!compose_preview(s->call->gateway, &letter, &xml, fault))
        return false;
    tell_message(s, &xml);
    tell_taken(s);
    return true;
}

/* All that sending does, up to the seal; then everything is forgotten. */
bool call_overdracht_preview(struct call *call, struct fault *fault)
{
    struct sending s = { .call = call };

    bool good = preview_dossier(&s, fault);
    upload_forget(call_text(call, "file"));
    enclosure_forget_list(call_text(call, "documents"), true);
    address_finish(&s.address);
    xmldoc_release(&s.dossier);
    return good;
}
