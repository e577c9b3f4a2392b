/* describe -- see describe.h. */
#include "gateway/describe.h"

#include <stdio.h>
#include <string.h>

#include "codecs/aanvulling.h"
#include "codecs/afwijzing.h"
#include "codecs/datum.h"
#include "codecs/document.h"
#include "codecs/dossierverzoek.h"
#include "codecs/receipt.h"
#include "codecs/signature.h"
#include "codecs/intrekking.h"
#include "codecs/onderdelen.h"
#include "codecs/weigering.h"
#include "codecs/xmldoc.h"
#include "gateway/call.h"
#include "gateway/compose.h"
#include "peers/gemeente.h"

void describe_peer_name(struct gateway *gateway, const char *oin, json_t *to)
{
    SCOPED_PEER struct peer *peer = registry_by_oin(gateway->registry, oin);

    json_object_set_new(
        to, "peer", json_pack("{s:s, s:s}", "oin", oin, "naam", peer ? peer->card.naam : ""));
}

void describe_addressee(struct gateway *gateway, const struct outbox_row *row, json_t *to)
{
    if (outbox_for_duo(row))
        json_object_set_new(
            to, "peer",
            json_pack("{s:s, s:s}", "oin", gateway->config.duo.oin, "naam", "DUO"));
    else
        describe_peer_name(gateway, row->peer, to);
}

/* The name that goes with a gemeentecode, when it is known. */
static void put_gemeente(json_t *to, const char *name, const char *code)
{
    const struct gemeente *gemeente = gemeente_code_valid(code) ? gemeente_find(code) : NULL;

    call_put(to, name, gemeente ? gemeente->naam : "");
}

void describe_overdracht(struct gateway *gateway, const struct overdracht *o, json_t *to)
{
    call_put(to, "id", o->id);
    call_put(to, "rol", rol_name(o->rol));
    call_put(to, "state", overdracht_state_name(o->state));
    describe_peer_name(gateway, o->peer, to);
    call_put(to, "gemeentecode", o->gemeentecode);
    put_gemeente(to, "gemeente", o->gemeentecode);
    call_put(to, "oorzaak", o->oorzaak);
    call_put(to, "vestiging", o->vestiging);
    call_put(to, "toegewezen", o->toegewezen);
    call_put(to, "na", o->na);
    call_put(to, "naam", o->naam);
    call_put(to, "geboortedatum", o->geboortedatum);
    call_put_time(to, "created", o->created);
    call_put_time(to, "changed", o->changed);
    call_put(to, "reden", o->reden);
}

/* Of a refused message the reason is "code: text", as its receipt says. */
static void put_meaning(json_t *to, const struct outbox_row *row)
{
    char code[32];

    if (row->state != OUTBOX_REFUSED)
        return;
    snprintf(code, sizeof(code), "%.*s", (int)strcspn(row->reason, ":"), row->reason);
    const char *meaning = receipt_meaning(code);
    if (meaning)
        call_put(to, "betekenis", meaning);
}

void describe_outbox(struct gateway *gateway, const struct outbox_row *row, json_t *to)
{
    bool open = row->state == OUTBOX_QUEUED || row->state == OUTBOX_SENDING;

    call_put(to, "id", row->id);
    call_put(to, "overdracht", row->overdracht);
    call_put(to, "soort", row->soort);
    describe_addressee(gateway, row, to);
    call_put(to, "state", outbox_state_name(row->state));
    call_put_number(to, "attempts", row->attempts);
    call_put_time(to, "created", row->created);
    call_put_time(to, "expires", row->expires);
    call_put_time(to, "next_try", open ? row->next_try : 0);
    call_put_time(to, "settled", row->settled);
    call_put(to, "reason", row->reason);
    put_meaning(to, row);
}

json_t *describe_documents(const xmlNode *dossier)
{
    json_t *list = json_array();

    for (const xmlNode *entry = document_first(dossier); entry; entry = document_next(entry)) {
        json_t *item = json_object();
        struct document document;
        struct fault fault;
        if (document_read(entry, &document, &fault) && document.enclosed) {
            call_put(item, "id", document.id);
            call_put(item, "naam", xmldoc_text(entry, "naam"));
            call_put(item, "mediatype", document.plain.mediatype);
            call_put_number(item, "omvang", document.plain.size);
            call_put_digest(item, "sha256", &document.plain.sha256);
            json_array_append(list, item);
        }
        json_decref(item);
    }
    return list;
}

static bool read_stored(const struct buf *bytes, STACK_OF(X509) * carried,
                        struct receipt *receipt)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    X509 *signer = NULL;
    struct fault fault = { 0 };

    if (!xmldoc_parse(bytes->data, bytes->size, &doc, &fault)
        || !signature_certificate(doc, &signer, &fault))
        return false;
    sk_X509_push(carried, signer);
    return receipt_read(bytes->data, bytes->size, carried, receipt, NULL, &fault);
}

json_t *describe_receipt(const struct buf *bytes)
{
    STACK_OF(X509) *carried = sk_X509_new_null();
    json_t *to = json_object();
    struct receipt receipt;
    struct digest fingerprint;

    if (read_stored(bytes, carried, &receipt)) {
        certificate_fingerprint(sk_X509_value(carried, 0), &fingerprint);
        call_put_time(to, "tijd", receipt.tijd);
        call_put(to, "uitkomst", receipt.aangenomen ? "aangenomen" : "geweigerd");
        call_put(to, "code", receipt.code);
        call_put(to, "tekst", receipt.tekst);
        if (!receipt.aangenomen)
            call_put(to, "betekenis", receipt_meaning(receipt.code));
        call_put_digest(to, "ondertekenaar", &fingerprint);
    } else {
        call_put(to, "uitkomst", "onleesbaar");
    }
    sk_X509_pop_free(carried, X509_free);
    return to;
}

static json_t *parts_json(unsigned set)
{
    json_t *parts = json_array();

    for (unsigned i = 0; ONDERDELEN[i]; i++)
        if (set & 1u << i)
            json_array_append_new(parts, json_string(ONDERDELEN[i]));
    return parts;
}

static void put_weigering(const xmlNode *content, json_t *to)
{
    SCOPED_WEIGERING struct weigering weigering = { 0 };

    weigering_read(content, &weigering);
    call_put(to, "code", weigering.code->name);
    call_put(to, "betekenis", weigering.code->meaning);
    json_object_set_new(to, "onderdelen", parts_json(weigering.parts));
    call_put(to, "toelichting", buf_text(&weigering.toelichting));
}

static void put_afwijzing(const xmlNode *content, json_t *to)
{
    SCOPED_AFWIJZING struct afwijzing afwijzing = { 0 };

    afwijzing_read(content, &afwijzing);
    call_put(to, "code", afwijzing.code->name);
    call_put(to, "betekenis", afwijzing.code->meaning);
    call_put(to, "gemeentecode", afwijzing.gemeentecode);
    put_gemeente(to, "gemeente", afwijzing.gemeentecode);
    call_put(to, "verwachtOp", afwijzing.verwacht_op);
    call_put(to, "toelichting", buf_text(&afwijzing.toelichting));
}

static void put_verzoek(const xmlNode *content, json_t *to)
{
    SCOPED_DOSSIERVERZOEK struct dossierverzoek verzoek = { 0 };

    dossierverzoek_read(content, &verzoek);
    call_put(to, "bsn", verzoek.bsn);
    call_put(to, "vnummer", verzoek.vnummer);
    call_put(to, "naam", verzoek.naam);
    call_put(to, "geboortedatum", verzoek.geboortedatum);
    call_put(to, "grond", verzoek.grond->name);
    call_put(to, "betekenis", verzoek.grond->meaning);
    call_put(to, "vestiging", verzoek.vestiging);
    call_put(to, "pip", verzoek.pip);
    call_put(to, "toelichting", buf_text(&verzoek.toelichting));
}

static void put_aanvulling(const xmlNode *content, json_t *to)
{
    SCOPED_AANVULLING struct aanvulling aanvulling = { 0 };

    aanvulling_read(content, &aanvulling);
    call_put(to, "betreft", aanvulling.betreft);
    json_object_set_new(to, "onderdelen", parts_json(aanvulling.parts));
    call_put(to, "toelichting", buf_text(&aanvulling.toelichting));
}

static void put_intrekking(const xmlNode *content, json_t *to)
{
    SCOPED_INTREKKING struct intrekking intrekking = { 0 };

    intrekking_read(content, &intrekking);
    call_put(to, "betreft", intrekking.betreft);
    call_put(to, "code", intrekking.code->name);
    call_put(to, "betekenis", intrekking.code->meaning);
    call_put(to, "toelichting", buf_text(&intrekking.toelichting));
}

static void put_bevestiging(const xmlNode *content, json_t *to)
{
    struct intrekkingbevestiging bevestiging;

    intrekking_confirm_read(content, &bevestiging);
    call_put(to, "betreft", bevestiging.betreft);
    call_put_time(to, "verwijderdOp", bevestiging.verwijderd_op);
}

static const struct content {
    enum soort soort;
    const char *name;
    void (*put)(const xmlNode *content, json_t *to);
} CONTENTS[] = {
    { SOORT_WEIGERING, "weigering", put_weigering },
    { SOORT_DOSSIERVERZOEK, "verzoek", put_verzoek },
    { SOORT_VERZOEKAFWIJZING, "afwijzing", put_afwijzing },
    { SOORT_AANVULLING, "aanvulling", put_aanvulling },
    { SOORT_INTREKKING, "intrekking", put_intrekking },
    { SOORT_INTREKKINGBEVESTIGING, "bevestiging", put_bevestiging },
};

static const struct content *content_of(const char *soort)
{
    for (size_t i = 0; i < sizeof(CONTENTS) / sizeof(CONTENTS[0]); i++)
        if (strcmp(soort_name(CONTENTS[i].soort), soort) == 0)
            return &CONTENTS[i];
    return NULL;
}

const char *describe_content_name(const char *soort)
{
    const struct content *content = content_of(soort);

    return content ? content->name : NULL;
}

static void put_contact(const struct contactpersoon *contact, json_t *to)
{
    if (contact->naam[0])
        json_object_set_new(to, "contactpersoon",
                            json_pack("{s:s, s:s, s:s}", "naam", contact->naam, "telefoon",
                                      contact->telefoon, "email", contact->email));
}

json_t *describe_content(struct gateway *gateway, const struct buf *sealed,
                         const struct digest *canonical)
{
    SCOPED_BUF struct buf bytes = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL, *again = NULL;
    struct kop kop;
    struct fault fault;
    json_t *to = json_object();

    if (!compose_open(gateway, sealed, canonical, &bytes, &doc, &fault)
        || !message_parse(&bytes, &again, &kop, &fault)) {
        call_put(to, "code", "onleesbaar");
        call_put(to, "betekenis", fault.text);
        return to;
    }
    const struct content *content = content_of(soort_name(kop.soort));
    if (content)
        content->put(message_content(doc), to);
    put_contact(&kop.contact, to);
    return to;
}

json_t *describe_taak(const struct taak *taak)
{
    json_t *to = json_object();

    call_put_number(to, "taak", taak->seq);
    call_put(to, "overdracht", taak->overdracht);
    call_put(to, "soort", taak_soort_name(taak->soort));
    call_put(to, "tekst", buf_text(&taak->tekst));
    call_put(to, "doen", taak_soort_doen(taak->soort));
    call_put(to, "uiterlijk", taak->uiterlijk);
    call_put_time(to, "created", taak->created);
    call_put_time(to, "done", taak->done);
    call_put(to, "done_by", taak->done_by);
    return to;
}

json_t *describe_aandacht(const struct aandacht *item)
{
    SCOPED_BUF struct buf doen = { 0 };
    json_t *to = json_object();
    char day[TERMIJN_DAG_SIZE] = "";

    if (item->dag)
        datum_format(item->dag, day);
    termijn_doen(item->doen, item->overdracht, &doen);
    call_put(to, "overdracht", item->overdracht);
    call_put(to, "wat", item->wat);
    call_put(to, "wie", termijn_wie_name(item->wie));
    call_put(to, "uiterlijk", day);
    json_object_set_new(to, "laat", json_boolean(item->laat));
    call_put(to, "doen", buf_text(&doen));
    if (item->taak)
        call_put_number(to, "taak", item->taak);
    return to;
}

/* Names of files and of authorities need not be UTF-8. */
static void put_any(json_t *to, const char *name, const char *text)
{
    json_t *value = json_string(text);

    json_object_set_new(to, name, value ? value : json_string("(cannot be shown)"));
}

json_t *describe_finding(const struct doctor_finding *finding)
{
    json_t *to = json_object();

    call_put(to, "id", finding->id);
    call_put(to, "verdict", doctor_verdict_name(finding->verdict));
    if (finding->subject[0])
        put_any(to, "subject", finding->subject);
    put_any(to, "why", finding->why);
    put_any(to, "action", finding->action);
    return to;
}
