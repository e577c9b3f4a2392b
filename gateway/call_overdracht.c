/* call_overdracht -- requests about handovers: send, accept, list. Showing and saving one is
 * call_proof.c. */
#include <stdio.h>
#include <string.h>

#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "gateway/bijlage_store.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/control.h"
#include "gateway/courier.h"
#include "gateway/describe.h"
#include "gateway/enclosure.h"
#include "gateway/events.h"
#include "gateway/inbox.h"
#include "gateway/overdracht.h"
#include "gateway/upload.h"
#include "peers/gemeente.h"

/* --- send ---------------------------------------------------------------------------- */

struct sending {
    struct call *call;
    struct peer *peer;
    xmlDoc *dossier;
    struct outbox_row row;
    struct overdracht o;
};

/* Which of the peer's municipalities: the code that was asked for, or its only one. */
static bool choose_theirs(struct sending *s, const char *asked, struct fault *fault)
{
    const struct card *card = &s->peer->card;
    const char *code = card->gemeentecodes[0];

    if (gemeente_code_valid(asked))
        code = asked;
    else if (card->gemeentecode_count > 1)
        return fault_set(fault, FAULT_USAGE,
                         "%s answers for %zu municipalities: give the "
                         "gemeentecode",
                         card->oin, card->gemeentecode_count);
    snprintf(s->o.gemeentecode, sizeof(s->o.gemeentecode), "%s", code);
    return true;
}

static bool choose_ours(struct sending *s, const char *asked, struct fault *fault)
{
    const struct config *config = &s->call->gateway->config;

    if (*asked && !config_serves(config, asked))
        return fault_set(fault, FAULT_USAGE, "from: %.10s is not a gemeentecode of this home",
                         asked);
    if (!*asked && config->gemeentecode_count > 1)
        return fault_set(fault, FAULT_USAGE,
                         "this home answers for %zu municipalities: say from "
                         "which one",
                         config->gemeentecode_count);
    snprintf(s->o.eigen_code, sizeof(s->o.eigen_code), "%s",
             *asked ? asked : config->gemeentecodes[0]);
    return true;
}

static bool address(struct sending *s, struct fault *fault)
{
    struct call *call = s->call;
    const char *to = call_text(call, "to");

    return registry_find(call->gateway->registry, to, &s->peer, fault)
           && peer_may(s->peer, SOORT_DOSSIER, clock_now(), fault)
           && choose_theirs(s, to, fault) && choose_ours(s, call_text(call, "from"), fault);
}

static bool read_dossier(struct sending *s, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    const char *documents = call_text(s->call, "documents");

    return upload_read(call_text(s->call, "file"), &content, fault)
           && dossier_check(content.data, content.size, NULL, NULL, &s->dossier, fault)
           && enclosure_take(s->call->gateway, documents, xmlDocGetRootElement(s->dossier),
                             fault);
}

static struct letter letter_of(const struct sending *s)
{
    return (struct letter){
        .peer = s->peer,
        .soort = SOORT_DOSSIER,
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
                        json_pack("{s:s, s:s, s:s}", "oin", s->peer->card.oin, "naam",
                                  s->peer->card.naam, "gemeentecode", s->o.gemeentecode));
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

static bool send_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct sending *s = argument;
    struct gateway *gateway = s->call->gateway;
    const xmlNode *dossier = xmlDocGetRootElement(s->dossier);
    const struct bijlage_owner owner = { gateway->config.oin, s->row.id, s->row.overdracht };

    return overdracht_add(db, gateway->keys, s->call->actor, &s->o, dossier, fault)
           && outbox_add(db, s->call->actor, &s->row, fault)
           && bijlage_store_add(db, &gateway->home, &owner, dossier, fault)
           && call_record(db, s->call, fault);
}

static bool send_dossier(struct sending *s, struct fault *fault)
{
    if (!read_dossier(s, fault) || !address(s, fault) || !compose(s, fault))
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
    peer_release(&s.peer);
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

    certificate_fingerprint(sk_X509_value(s->peer->card.certificates[PURPOSE_VERZEGELEN], 0),
                            &certificate);
    tell_whereto(s);
    call_put(result, "endpoint", s->peer->card.endpoint);
    call_put_digest(result, "certificaat", &certificate);
    call_put_number(result, "size", (int64_t)xml->size);
    if (xml->size < CONTROL_PIECE_MAX)
        call_put(result, "bericht", buf_text(xml));
}

static bool preview_dossier(struct sending *s, struct fault *fault)
{
    SCOPED_BUF struct buf xml = { 0 };

    if (!read_dossier(s, fault) || !address(s, fault))
        return false;
    const struct letter letter = letter_of(s);
    if (!compose_preview(s->call->gateway, &letter, &xml, fault))
        return false;
    tell_message(s, &xml);
    return true;
}

/* All that sending does, up to the seal; then everything is forgotten. */
bool call_overdracht_preview(struct call *call, struct fault *fault)
{
    struct sending s = { .call = call };

    bool good = preview_dossier(&s, fault);
    upload_forget(call_text(call, "file"));
    enclosure_forget_list(call_text(call, "documents"), true);
    peer_release(&s.peer);
    xmldoc_release(&s.dossier);
    return good;
}

/* --- accept -------------------------------------------------------------------------- */

struct acceptance {
    struct call *call;
    struct peer *peer;
    struct overdracht o;
    char dossier_id[UUID_SIZE]; /* the message that is accepted */
    struct outbox_row row;
};

static bool find_dossier_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct acceptance *a = argument;
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    bool found = false;

    if (!overdracht_find(db, a->call->gateway->keys, call_text(a->call, "id"), &a->o, fault))
        return false;
    if (!overdracht_arrow(a->o.rol, a->o.state, OVERDRACHT_OVERGENOMEN)
        || a->o.rol != ROL_ONTVANGER)
        return fault_set(fault, FAULT_STATE,
                         "handover %s (%s) is %s: there is nothing to accept", a->o.id,
                         rol_name(a->o.rol), overdracht_state_name(a->o.state));
    if (!inbox_latest(db, a->o.id, soort_name(SOORT_DOSSIER), &row, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_STATE, "handover %s has no dossier yet", a->o.id);
    memcpy(a->dossier_id, row.id, UUID_SIZE);
    return true;
}

static bool compose_overname(struct acceptance *a, struct fault *fault)
{
    struct gateway *gateway = a->call->gateway;

    a->peer = registry_by_oin(gateway->registry, a->o.peer);
    if (!a->peer)
        return fault_set(fault, FAULT_IDENTITY, "peer %s is no longer registered", a->o.peer);
    const struct letter letter = { .peer = a->peer,
                                   .soort = SOORT_OVERNAME,
                                   .overdracht_id = a->o.id,
                                   .from = a->o.eigen_code,
                                   .to = a->o.gemeentecode,
                                   .antwoord_op = a->dossier_id,
                                   .valid_seconds = gateway->config.expire_days * 86400L };
    return compose_letter(gateway, &letter, &a->row, fault);
}

static bool accept_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct acceptance *a = argument;

    return overdracht_move(db, a->call->actor, &a->o, OVERDRACHT_OVERGENOMEN, "", fault)
           && outbox_add(db, a->call->actor, &a->row, fault)
           && call_record(db, a->call, fault);
}

static bool accept_dossier(struct acceptance *a, struct fault *fault)
{
    struct store *store = a->call->gateway->store;

    if (!store_run(store, find_dossier_work, a, fault) || !compose_overname(a, fault))
        return false;
    call_put(a->call->result, "overdracht", a->o.id);
    call_put(a->call->result, "state", overdracht_state_name(OVERDRACHT_OVERGENOMEN));
    call_put(a->call->result, "bericht", a->row.id);
    return store_run(store, accept_work, a, fault);
}

bool call_overdracht_accept(struct call *call, struct fault *fault)
{
    struct acceptance a = { .call = call };

    bool good = accept_dossier(&a, fault);
    if (good) {
        events_publish(call->gateway->events, "overdracht", a.o.id);
        couriers_wake(call->gateway->couriers);
    }
    peer_release(&a.peer);
    outbox_row_finish(&a.row);
    return good;
}

/* --- list ---------------------------------------------------------------------------- */

struct listing {
    struct gateway *gateway;
    json_t *list;
};

static void add_overdracht(void *context, const struct overdracht *o)
{
    struct listing *listing = context;
    json_t *item = json_object();

    describe_overdracht(listing->gateway, o, item);
    json_array_append_new(listing->list, item);
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct listing *listing = argument;

    return overdracht_list(db, listing->gateway->keys, add_overdracht, listing, fault);
}

bool call_overdracht_list(struct call *call, struct fault *fault)
{
    struct listing listing = { .gateway = call->gateway, .list = json_array() };

    json_object_set_new(call->result, "overdrachten", listing.list);
    return store_run(call->gateway->store, list_work, &listing, fault);
}
