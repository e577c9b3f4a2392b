/* describe -- see describe.h. */
#include "gateway/describe.h"

#include "codecs/receipt.h"
#include "gateway/call.h"

void describe_peer_name(struct gateway *gateway, const char *oin, json_t *to)
{
    SCOPED_PEER struct peer *peer = registry_by_oin(gateway->registry, oin);

    json_object_set_new(
        to, "peer", json_pack("{s:s, s:s}", "oin", oin, "naam", peer ? peer->card.naam : ""));
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

void describe_outbox(struct gateway *gateway, const struct outbox_row *row, json_t *to)
{
    bool open = row->state == OUTBOX_QUEUED || row->state == OUTBOX_SENDING;

    call_put(to, "id", row->id);
    call_put(to, "overdracht", row->overdracht);
    call_put(to, "soort", row->soort);
    describe_peer_name(gateway, row->peer, to);
    call_put(to, "state", outbox_state_name(row->state));
    call_put_number(to, "attempts", row->attempts);
    call_put_time(to, "created", row->created);
    call_put_time(to, "expires", row->expires);
    call_put_time(to, "next_try", open ? row->next_try : 0);
    call_put_time(to, "settled", row->settled);
    call_put(to, "reason", row->reason);
}

json_t *describe_receipt(const struct buf *bytes, const STACK_OF(X509) * registered)
{
    json_t *to = json_object();
    struct receipt receipt;
    struct digest fingerprint;
    struct fault fault;
    X509 *signer;

    if (!receipt_read(bytes->data, bytes->size, registered, &receipt, &signer, &fault)) {
        call_put(to, "uitkomst", "onleesbaar");
        return to;
    }
    certificate_fingerprint(signer, &fingerprint);
    call_put_time(to, "tijd", receipt.tijd);
    call_put(to, "uitkomst", receipt.aangenomen ? "aangenomen" : "geweigerd");
    call_put(to, "code", receipt.code);
    call_put(to, "tekst", receipt.tekst);
    call_put_digest(to, "ondertekenaar", &fingerprint);
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
