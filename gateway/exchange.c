/* exchange -- see exchange.h. */
#include "gateway/exchange.h"

#include <string.h>

#include "gateway/bijlage_send.h"
#include "gateway/clock.h"

#define CHECKED_PER_MS 10240 /* 10 MB of documents a second, on a slow machine */

void exchange_finish(struct exchange *exchange)
{
    bijlage_list_finish(&exchange->documents);
    deliver_answer_finish(&exchange->answer);
    buf_finish(&exchange->receipt_bytes);
}

/* The other side opens and compares every document before it answers. */
static long patience_for(const struct bijlage_list *documents)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < documents->count; i++)
        bytes += documents->items[i].size;
    return (long)(bytes / CHECKED_PER_MS);
}

static bool send_row(struct gateway *gateway, struct deliver *deliver, const struct peer *peer,
                     const struct outbox_row *row, struct exchange *exchange,
                     struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = gateway_trust(gateway);
    const struct deliver_request request = {
        .peer = peer,
        .method = "POST",
        .path = "/v1/berichten",
        .content_type = "application/pkcs7-mime; smime-type=authEnveloped-data",
        .bron = gateway->config.oin,
        .doel = row->peer,
        .bericht_id = row->id,
        .body = row->sealed.data,
        .size = row->sealed.size,
        .patience_ms = patience_for(&exchange->documents),
    };

    bool good =
        deliver_send(deliver, &request, gateway->keys, trust, &exchange->answer, fault);
    exchange->connected = exchange->answer.connected;
    return good;
}

/* A receipt is believed only when its signer is on the card and our trust still holds. */
static bool believe(struct gateway *gateway, const struct peer *peer,
                    const struct deliver_answer *answer, struct receipt *receipt,
                    struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = gateway_trust(gateway);
    X509 *signer;

    if (answer->status != 200)
        return fault_set(fault, FAULT_ANSWER, "the peer answered HTTP %d without a receipt",
                         answer->status);
    return receipt_read(answer->body.data, answer->body.size,
                        peer->card.certificates[PURPOSE_ONDERTEKENEN], receipt, &signer, fault)
           && trust_check(trust, signer, PURPOSE_ONDERTEKENEN, clock_now(), fault);
}

static bool is_about(const struct gateway *gateway, const struct outbox_row *row,
                     const struct receipt *receipt, struct fault *fault)
{
    if (strcmp(receipt->bericht_id, row->id) != 0)
        return fault_set(fault, FAULT_ANSWER, "the receipt is about another message");
    if (strcmp(receipt->afzender, gateway->config.oin) != 0
        || strcmp(receipt->ontvanger, row->peer) != 0)
        return fault_set(fault, FAULT_ANSWER, "the receipt names other organisations");
    if (!digest_equal(&receipt->canoniek, &row->canonical))
        return fault_set(fault, FAULT_ANSWER, "the receipt is about other content");
    return true;
}

static bool send_documents(struct gateway *gateway, struct deliver *deliver,
                           const struct peer *peer, struct exchange *exchange,
                           struct fault *fault)
{
    struct conveyance conveyance = { 0 };

    bool good = bijlage_send(gateway, deliver, peer, &exchange->documents, &conveyance, fault);
    exchange->connected = conveyance.connected;
    exchange->carried = conveyance.carried;
    return good;
}

bool exchange_run(struct gateway *gateway, struct deliver *deliver, const struct peer *peer,
                  const struct outbox_row *row, struct exchange *exchange, struct fault *fault)
{
    if (!send_documents(gateway, deliver, peer, exchange, fault)
        || !send_row(gateway, deliver, peer, row, exchange, fault)
        || !believe(gateway, peer, &exchange->answer, &exchange->receipt, fault)
        || !is_about(gateway, row, &exchange->receipt, fault))
        return false;
    buf_take(&exchange->receipt_bytes, &exchange->answer.body);
    return true;
}
