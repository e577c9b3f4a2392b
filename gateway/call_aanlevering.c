/* call_aanlevering -- requests about a dossier that our own system supplied: look at it, and
 * let it go. */
#include "codecs/xmldoc.h"
#include "gateway/aanlevering_send.h"
#include "gateway/call.h"
#include "gateway/control.h"
#include "gateway/describe.h"
#include "peers/registry.h"

static void put_receiver(struct call *call, const struct overdracht *o, const char *naam)
{
    json_object_set_new(call->result, "ontvanger",
                        json_pack("{s:s, s:s, s:s}", "oin", o->peer, "naam", naam,
                                  "gemeentecode", o->gemeentecode));
}

static bool released(sqlite3 *db, void *context, const struct overdracht *o,
                     const struct outbox_row *row, struct fault *fault)
{
    struct call *call = context;
    SCOPED_PEER struct peer *peer = registry_by_oin(call->gateway->registry, o->peer);
    struct digest sealed;

    digest_of(row->sealed.data, row->sealed.size, &sealed);
    call_put(call->result, "overdracht", o->id);
    call_put(call->result, "bericht", row->id);
    call_put_number(call->result, "size", (int64_t)row->sealed.size);
    put_receiver(call, o, peer ? peer->card.naam : "");
    call_put_digest(call->result, "verzegeld", &sealed);
    call_put_digest(call->result, "canoniek", &row->canonical);
    return call_record(db, call, fault);
}

bool call_overdracht_release(struct call *call, struct fault *fault)
{
    const struct aanlevering_send send = { .actor = call->actor,
                                           .overdracht = call_text(call, "id"),
                                           .done = released,
                                           .context = call };

    return aanlevering_send(call->gateway, &send, fault);
}

/* --- what would leave ---------------------------------------------------------------- */

static bool put_documents(struct call *call, const struct buf *xml, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    if (!xmldoc_parse(xml->data, xml->size, &doc, fault))
        return false;
    json_object_set_new(call->result, "documenten", describe_documents(message_content(doc)));
    return true;
}

/* The same answer as overdracht.preview. */
bool call_overdracht_release_preview(struct call *call, struct fault *fault)
{
    const struct aanlevering_send send = { .actor = call->actor,
                                           .overdracht = call_text(call, "id") };
    SCOPED_PEER struct peer *peer = NULL;
    SCOPED_BUF struct buf xml = { 0 };
    struct digest certificate;
    struct overdracht o;

    if (!aanlevering_preview(call->gateway, &send, &o, &peer, &xml, fault)
        || !put_documents(call, &xml, fault))
        return false;
    certificate_fingerprint(sk_X509_value(peer->card.certificates[PURPOSE_VERZEGELEN], 0),
                            &certificate);
    put_receiver(call, &o, peer->card.naam);
    call_put(call->result, "overdracht", o.id);
    call_put(call->result, "endpoint", peer->card.endpoint);
    call_put_digest(call->result, "certificaat", &certificate);
    call_put_number(call->result, "size", (int64_t)xml.size);
    if (xml.size < CONTROL_PIECE_MAX)
        call_put(call->result, "bericht", buf_text(&xml));
    return true;
}
