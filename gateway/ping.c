/* ping -- see ping.h. */
#include "gateway/ping.h"

#include <string.h>

#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/exchange.h"
#include "gateway/log.h"

#define PING_SECONDS 60 /* until geldigTot */

static long patience_ms(int configured, int seconds)
{
    return (configured < seconds ? configured : seconds) * 1000L;
}

static bool names_what_was_sent(const struct outbox_row *row, const struct receipt *receipt,
                                struct fault *fault)
{
    struct digest sealed;

    digest_of(row->sealed.data, row->sealed.size, &sealed);
    return digest_equal(&sealed, &receipt->verzegeld)
           || fault_set(fault, FAULT_ANSWER, "the receipt names sealed bytes we never sent");
}

static bool run(struct gateway *gateway, struct deliver *deliver, const struct peer *peer,
                const struct outbox_row *row, struct ping *ping, struct fault *fault)
{
    SCOPED_EXCHANGE struct exchange exchange = { 0 };

    bool good = exchange_run(gateway, deliver, peer, row, &exchange, fault)
                && names_what_was_sent(row, &exchange.receipt, fault);
    ping->reached = exchange.answer.reached;
    ping->status = exchange.answer.status;
    if (!good)
        return false;
    ping->tijd = exchange.receipt.tijd;
    return exchange.receipt.aangenomen
           || fault_set(fault, FAULT_REFUSED, "%s: %.300s", exchange.receipt.code,
                        exchange.receipt.tekst);
}

/* The same fields as of a delivery attempt (courier.c). */
static void log_ping(const struct outbox_row *row, int64_t ms, const struct fault *why)
{
    if (why)
        log_warning("bericht=%s to=%s soort=%s attempt=1 delay=%lldms status=%s (%s)", row->id,
                    row->peer, row->soort, (long long)ms,
                    why->code == FAULT_REFUSED ? "refused" : "failed", why->text);
    else
        log_info("bericht=%s to=%s soort=%s attempt=1 delay=%lldms status=delivered "
                 "(aangenomen)",
                 row->id, row->peer, row->soort, (long long)ms);
}

bool ping_send(struct gateway *gateway, const struct peer *peer, int seconds,
               struct ping *ping, struct fault *fault)
{
    const struct config *config = &gateway->config;
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    const struct letter letter = { .peer = peer,
                                   .soort = SOORT_PING,
                                   .from = config->gemeentecodes[0],
                                   .to = peer->card.gemeentecodes[0],
                                   .valid_seconds = PING_SECONDS };
    const struct deliver_settings settings = {
        .connect_ms = patience_ms(config->connect_seconds, seconds),
        .total_ms = patience_ms(config->total_seconds, seconds),
        .answer_max = RECEIPT_BYTES_MAX,
    };

    *ping = (struct ping){ 0 };
    if (!compose_letter(gateway, &letter, &row, fault))
        return false;
    memcpy(ping->bericht, row.id, UUID_SIZE);
    struct deliver *deliver = deliver_create(&settings);
    int64_t before = clock_monotonic_ms();
    bool good = run(gateway, deliver, peer, &row, ping, fault);
    ping->milliseconds = clock_monotonic_ms() - before;
    log_ping(&row, ping->milliseconds, good ? NULL : fault);
    deliver_destroy(deliver);
    return good;
}
