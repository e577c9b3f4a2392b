/* exchange -- see exchange.h. */
#include "gateway/exchange.h"

#include <string.h>

#include "gateway/clock.h"

void exchange_finish(struct exchange *exchange)
{
    buf_finish(&exchange->receipt_bytes);
}

static bool send_row(struct gateway *gateway, struct deliver *deliver, const struct peer *peer,
                     const struct outbox_row *row, struct deliver_answer *answer,
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
    };

    return deliver_send(deliver, &request, gateway->keys, trust, answer, fault);
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

bool exchange_run(struct gateway *gateway, struct deliver *deliver, const struct peer *peer,
                  const struct outbox_row *row, struct exchange *exchange, struct fault *fault)
{
    struct deliver_answer answer = { 0 };

    bool good = send_row(gateway, deliver, peer, row, &answer, fault)
                && believe(gateway, peer, &answer, &exchange->receipt, fault)
                && is_about(gateway, row, &exchange->receipt, fault);
    exchange->connected = answer.connected;
    exchange->reached = answer.reached;
    exchange->status = answer.status;
    if (good)
        buf_take(&exchange->receipt_bytes, &answer.body);
    deliver_answer_finish(&answer);
    return good;
}
