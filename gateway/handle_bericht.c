/* handle_bericht -- see handle_bericht.h. */
#include "gateway/handle_bericht.h"

#include <string.h>

#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/receipt.h"
#include "codecs/seal.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "gateway/aflevering.h"
#include "gateway/bijlage_store.h"
#include "gateway/bijlagen.h"
#include "gateway/clock.h"
#include "gateway/events.h"
#include "gateway/gateway.h"
#include "gateway/audit.h"
#include "gateway/inbox.h"
#include "gateway/log.h"
#include "gateway/mover.h"
#include "gateway/overdracht.h"
#include "gateway/route.h"
#include "gateway/verzoek.h"

#define MADE_AHEAD_SECONDS 300         /* clocks differ: gemaakt may lie this far ahead */
#define SPAN_MAX_SECONDS (30 * 86400L) /* geldigTot - gemaakt */

/* One message on its way in. */
struct arrival {
    struct gateway *gateway;
    const struct listen_request *request;
    struct peer *peer;
    X509 *signer; /* borrowed from the peer's card */
    struct buf canonical;
    xmlDoc *doc; /* of the canonical bytes */
    struct kop kop;
    struct inbox_row row; /* what will be stored */
    bool repeat;          /* row holds what was stored before */
};

static void arrival_finish(struct arrival *a)
{
    peer_release(&a->peer);
    buf_finish(&a->canonical);
    xmldoc_release(&a->doc);
    inbox_row_finish(&a->row);
}

/* --- who is it: three identities, one peer ------------------------------------------- */

static bool open_seal(struct arrival *a, xmlDoc **doc, struct fault *fault)
{
    SCOPED_BUF struct buf xml = { 0 };
    const struct buf *body = &a->request->body;
    EVP_PKEY *key = keys_get(a->gateway->keys, PURPOSE_VERZEGELEN);

    return seal_open(body->data, body->size, key, &xml, fault)
           && xmldoc_parse(xml.data, xml.size, doc, fault);
}

static bool check_trust(struct arrival *a, struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = gateway_trust(a->gateway);
    time_t now = clock_now();

    return trust_check(trust, a->request->client, PURPOSE_TLS_CLIENT, now, fault)
           && trust_check(trust, a->signer, PURPOSE_ONDERTEKENEN, now, fault);
}

/* After this only the canonical bytes are believed; the received tree is gone. */
static bool verify(struct arrival *a, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    return open_seal(a, &doc, fault)
           && signature_verify_by(doc, a->peer->card.certificates[PURPOSE_ONDERTEKENEN],
                                  &a->signer, &a->canonical, &a->row.canonical, fault)
           && check_trust(a, fault) && message_parse(&a->canonical, &a->doc, &a->kop, fault);
}

static bool headers_agree(const struct arrival *a, struct fault *fault)
{
    const struct http_head *head = &a->request->head;

    if (strcmp(a->kop.afzender.oin, a->peer->card.oin) != 0)
        return fault_set(fault, FAULT_IDENTITY, "kop/afzender is not peer %s",
                         a->peer->card.oin);
    if (!peer_serves(a->peer, a->kop.afzender.gemeentecode))
        return fault_set(fault, FAULT_IDENTITY,
                         "peer %s does not answer for that gemeentecode", a->peer->card.oin);
    if (strcmp(head->bron, a->kop.afzender.oin) != 0
        || strcmp(head->doel, a->kop.ontvanger.oin) != 0
        || strcmp(head->bericht_id, a->kop.bericht_id) != 0)
        return fault_set(fault, FAULT_IDENTITY,
                         "bron, doel or berichtId differ from the signed");
    return true;
}

static bool is_for_us(const struct arrival *a, struct fault *fault)
{
    const struct config *config = &a->gateway->config;

    if (strcmp(a->kop.ontvanger.oin, config->oin) != 0)
        return fault_set(fault, FAULT_RECIPIENT, "kop/ontvanger/oin is not ours");
    if (!config_serves(config, a->kop.ontvanger.gemeentecode))
        return fault_set(fault, FAULT_RECIPIENT, "kop/ontvanger/gemeentecode is not ours");
    return true;
}

static bool identify(struct arrival *a, struct fault *fault)
{
    return route_peer(a->gateway, a->request->client, &a->peer, fault) && verify(a, fault)
           && headers_agree(a, fault) && is_for_us(a, fault)
           && peer_may(a->peer, a->kop.soort, clock_now(), fault);
}

/* --- is it acceptable ---------------------------------------------------------------- */

/* A refusal is for ever; what a clock that is set right may decide otherwise is only put off.
 */
static bool is_in_time(struct arrival *a, struct fault *fault)
{
    const struct kop *kop = &a->kop;
    time_t now = clock_now();

    if (kop->geldig_tot < kop->gemaakt || kop->geldig_tot - kop->gemaakt > SPAN_MAX_SECONDS)
        return fault_set(fault, FAULT_EXPIRED,
                         "kop/geldigTot is not within 30 days of gemaakt");
    if (kop->gemaakt > now + MADE_AHEAD_SECONDS)
        return fault_set(fault, FAULT_CLOCK, "kop/gemaakt lies in the future");
    if (kop->geldig_tot < now)
        return fault_set(fault, doubt_now(&a->gateway->doubt) ? FAULT_CLOCK : FAULT_EXPIRED,
                         "kop/geldigTot has passed");
    return true;
}

/* Held against the day on which the sender made it: a refusal must not hang on our clock. */
static bool obeys_the_rules(const struct arrival *a, struct fault *fault)
{
    struct rules_limits limits = a->gateway->config.regels;

    const xmlNode *dossier = message_dossier(a->doc);

    limits.today = datum_today(a->kop.gemaakt);
    return !dossier || dossier_rules(dossier, &limits, NULL, NULL, fault);
}

static bool content_is_good(struct arrival *a, struct fault *fault)
{
    return is_in_time(a, fault) && message_validate(a->doc, &a->kop, fault)
           && obeys_the_rules(a, fault);
}

/* Everything that the dossier names must be here and be what it says, before we say yes. */
static bool documents_are_good(const struct arrival *a, struct fault *fault)
{
    const xmlNode *dossier = message_dossier(a->doc);

    if (!dossier)
        return true;
    if (!document_all_enclosed(dossier, fault))
        return false;
    for (const xmlNode *entry = document_first(dossier); entry; entry = document_next(entry)) {
        struct document document;
        if (!document_read(entry, &document, fault)
            || !bijlagen_verify(&a->gateway->home, a->peer->card.oin, &document, fault))
            return false;
    }
    return true;
}

static bool add_documents(sqlite3 *db, const struct arrival *a, struct fault *fault)
{
    const struct bijlage_owner owner = { a->peer->card.oin, a->row.id, a->row.overdracht };

    const xmlNode *dossier = message_dossier(a->doc);

    return !dossier || bijlage_store_add(db, &a->gateway->home, &owner, dossier, fault);
}

/* --- store and answer ---------------------------------------------------------------- */

static bool make_receipt(struct arrival *a, const struct fault *refusal, struct buf *xml,
                         struct fault *fault)
{
    const struct keys *keys = a->gateway->keys;
    struct receipt receipt = { .aangenomen = !refusal,
                               .tijd = clock_now(),
                               .verzegeld = a->row.sealed_digest,
                               .canoniek = a->row.canonical };

    memcpy(receipt.bericht_id, a->kop.bericht_id, UUID_SIZE);
    memcpy(receipt.afzender, a->kop.afzender.oin, OIN_SIZE);
    memcpy(receipt.ontvanger, a->kop.ontvanger.oin, OIN_SIZE);
    if (refusal) {
        strncat(receipt.code, receipt_code(refusal->code), sizeof(receipt.code) - 1);
        strncat(receipt.tekst, refusal->text, sizeof(receipt.tekst) - 1);
    }
    return receipt_make(&receipt, keys_get(keys, PURPOSE_ONDERTEKENEN),
                        keys_certificate(keys, PURPOSE_ONDERTEKENEN), xml, fault);
}

static void fill_row(struct arrival *a)
{
    memcpy(a->row.sender, a->kop.afzender.oin, OIN_SIZE);
    memcpy(a->row.id, a->kop.bericht_id, UUID_SIZE);
    memcpy(a->row.overdracht, a->kop.overdracht_id, UUID_SIZE);
    strncat(a->row.soort, soort_name(a->kop.soort), sizeof(a->row.soort) - 1);
    digest_of(a->request->body.data, a->request->body.size, &a->row.sealed_digest);
    certificate_fingerprint(a->signer, &a->row.signer);
    certificate_fingerprint(a->request->client, &a->row.tls_client);
    a->row.received = clock_now();
}

/* The stored row of the same id: *found, and then it replaces a->row. */
static bool look_up(sqlite3 *db, struct arrival *a, bool *found, struct fault *fault)
{
    SCOPED_INBOX_ROW struct inbox_row stored = { 0 };

    if (!inbox_find(db, a->row.sender, a->row.id, &stored, found, fault))
        return false;
    if (!*found)
        return true;
    if (!digest_equal(&stored.canonical, &a->row.canonical))
        return fault_set(fault, FAULT_CONFLICT, "berichtId was used before for other content");
    a->repeat = true;
    memcpy(a->row.code, stored.code, sizeof(a->row.code));
    buf_take(&a->row.receipt, &stored.receipt);
    return true;
}

static bool look_up_work(sqlite3 *db, void *argument, struct fault *fault)
{
    bool found = false;

    return look_up(db, argument, &found, fault);
}

/* The transaction: a repeat is only recognised; else its meaning, the row and the audit. */
static bool accept_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct arrival *a = argument;
    bool found = false;

    if (!look_up(db, a, &found, fault))
        return false;
    return found
           || (overdracht_received(db, a->gateway->keys, &a->kop, message_content(a->doc),
                                   a->row.overdracht, fault)
               && inbox_add(db, &a->row, fault) && add_documents(db, a, fault)
               && aflevering_add(db, &a->gateway->config, a->kop.soort, a->row.overdracht,
                                 a->row.id, fault));
}

/* A refusal is kept too, so that a repeat hears the same; without the body. */
static bool refuse_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct arrival *a = argument;
    bool found = false;

    return look_up(db, a, &found, fault) && (found || inbox_add(db, &a->row, fault));
}

static bool conflict_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct arrival *a = argument;

    return audit_add(db, a->kop.afzender.oin, "conflict", a->kop.overdracht_id, fault,
                     "%s: other content under a known id", a->kop.bericht_id);
}

static bool accept_message(struct arrival *a, struct fault *fault)
{
    if (a->kop.soort != SOORT_PING)
        buf_add(&a->row.sealed, a->request->body.data, a->request->body.size);
    return content_is_good(a, fault) && documents_are_good(a, fault)
           && make_receipt(a, NULL, &a->row.receipt, fault)
           && store_run(a->gateway->store, accept_work, a, fault);
}

/* Only for faults that receipt_code() knows; the receipt replaces what accept_message() made.
 */
static bool refuse_message(struct arrival *a, const struct fault *refusal, struct fault *fault)
{
    store_work *work = refusal->code == FAULT_CONFLICT ? conflict_work : refuse_work;

    buf_finish(&a->row.receipt);
    buf_finish(&a->row.sealed);
    strncat(a->row.code, receipt_code(refusal->code), sizeof(a->row.code) - 1);
    return make_receipt(a, refusal, &a->row.receipt, fault)
           && store_run(a->gateway->store, work, a, fault);
}

static bool decide(struct arrival *a, struct fault *fault)
{
    struct fault refusal = { 0 };

    if (!store_run(a->gateway->store, look_up_work, a, &refusal)
        && refusal.code != FAULT_CONFLICT) {
        *fault = refusal;
        return false;
    }
    if (a->repeat)
        return true;
    if (refusal.code == FAULT_NONE && accept_message(a, &refusal))
        return true;
    if (!receipt_code(refusal.code)) {
        *fault = refusal;
        return false;
    }
    return refuse_message(a, &refusal, fault);
}

static void answer_receipt(struct arrival *a, struct listen_answer *answer)
{
    answer->status = 200;
    answer->content_type = "application/xml";
    buf_add(&answer->body, a->row.receipt.data, a->row.receipt.size);
    log_info("bericht=%s from=%s soort=%s overdracht=%s status=%s%s", a->kop.bericht_id,
             a->kop.afzender.oin, soort_name(a->kop.soort), a->kop.overdracht_id,
             a->row.code[0] ? a->row.code : "aangenomen", a->repeat ? " (again)" : "");
    if (a->repeat || a->row.code[0])
        return;
    events_publish(a->gateway->events, "inbox", a->row.overdracht);
    mover_wake(a->gateway);
}

void handle_bericht(void *context, const struct listen_request *request,
                    struct listen_answer *answer)
{
    struct arrival a = { .gateway = context, .request = request };
    struct fault fault = { 0 };

    bool known = identify(&a, &fault);
    if (known)
        fill_row(&a);
    if (known && decide(&a, &fault)) {
        answer_receipt(&a, answer);
        if (a.kop.soort == SOORT_VERZOEKAFWIJZING)
            verzoek_go_on(a.gateway);
    } else {
        route_refuse(request->address, &fault, answer);
    }
    arrival_finish(&a);
}
