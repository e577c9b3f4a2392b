/* describe -- see describe.h. */
#include "gateway/describe.h"

#include <stdio.h>
#include <string.h>

#include "codecs/document.h"
#include "codecs/receipt.h"
#include "codecs/signature.h"
#include "codecs/weigering.h"
#include "codecs/xmldoc.h"
#include "gateway/call.h"
#include "gateway/compose.h"

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

void describe_overdracht(struct gateway *gateway, const struct overdracht *o, json_t *to)
{
    call_put(to, "id", o->id);
    call_put(to, "rol", rol_name(o->rol));
    call_put(to, "state", overdracht_state_name(o->state));
    describe_peer_name(gateway, o->peer, to);
    call_put(to, "gemeentecode", o->gemeentecode);
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

static json_t *parts_json(const struct weigering *weigering)
{
    json_t *parts = json_array();

    for (unsigned i = 0; WEIGERING_PARTS[i]; i++)
        if (weigering->parts & 1u << i)
            json_array_append_new(parts, json_string(WEIGERING_PARTS[i]));
    return parts;
}

json_t *describe_weigering(struct gateway *gateway, const struct buf *sealed,
                           const struct digest *canonical)
{
    SCOPED_BUF struct buf bytes = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_WEIGERING struct weigering weigering = { 0 };
    json_t *to = json_object();
    struct fault fault;

    if (!compose_open(gateway, sealed, canonical, &bytes, &doc, &fault)) {
        call_put(to, "code", "onleesbaar");
        call_put(to, "betekenis", fault.text);
        return to;
    }
    weigering_read(message_content(doc), &weigering);
    call_put(to, "code", weigering.code->name);
    call_put(to, "betekenis", weigering.code->meaning);
    json_object_set_new(to, "onderdelen", parts_json(&weigering));
    call_put(to, "toelichting", buf_text(&weigering.toelichting));
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
