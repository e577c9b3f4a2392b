/* courier -- see courier.h. */
#include "gateway/courier.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/receipt.h"
#include "gateway/bell.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/duo_attempt.h"
#include "gateway/events.h"
#include "gateway/exchange.h"
#include "gateway/gateway.h"
#include "gateway/log.h"
#include "gateway/mover.h"
#include "gateway/overdracht.h"
#include "gateway/peer_store.h"
#include "gateway/retry.h"

#define NAP_SECONDS 60 /* longest sleep: bounds the harm of a clock that jumps */

struct couriers {
    struct gateway *gateway;
    pthread_t *threads;
    int count;
    struct bell bell;
};

/* One attempt, from claim to settling. */
struct attempt {
    struct gateway *gateway;
    struct outbox_row row;
    struct digest sealed; /* of what is sent now */
    bool current;         /* signed and sealed under the certificates of now */
    struct exchange exchange;
    struct fault fault; /* why it failed, when it did */
    int64_t next;
    int64_t wait; /* seconds, after a failure */
};

/* --- claim ------------------------------------------------------------------------------ */

/* What has expired cannot be sent any more; with a clock in doubt it waits. */
static bool expire_all(sqlite3 *db, struct gateway *gateway, struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found;

    if (doubt_now(&gateway->doubt))
        return true;
    while (outbox_expire(db, clock_now(), &row, &found, fault)) {
        if (!found)
            return true;
        log_warning("bericht=%s to=%s attempt=%d status=expired (%s)", row.id,
                    outbox_for_duo(&row) ? "DUO" : row.peer, row.attempts, row.reason);
        if (!overdracht_settled(db, gateway->keys, &row, OUTBOX_EXPIRED, row.reason, fault))
            return false;
        if (outbox_for_duo(&row))
            mover_wake(gateway);
    }
    return false;
}

static bool note_sealed(sqlite3 *db, struct attempt *a, struct fault *fault)
{
    digest_of(a->row.sealed.data, a->row.sealed.size, &a->sealed);
    return outbox_sent(db, &a->row, &a->sealed, fault);
}

/* Who is no longer registered is told so when it is sent. */
static bool is_current(const struct attempt *a)
{
    SCOPED_PEER struct peer *peer = registry_by_oin(a->gateway->registry, a->row.peer);

    return !peer || compose_is_current(a->gateway, peer, &a->row);
}

/* Claims, and writes down what will be sent before a byte leaves; what was signed or sealed
 * under an older certificate waits for renew(). */
static bool claim_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct attempt *a = argument;
    const struct config *config = &a->gateway->config;
    const struct outbox_cap cap = { config->per_peer, config->duo.per_duo };

    if (!expire_all(db, a->gateway, fault)
        || !outbox_hasten(db, clock_now(), config->retry_longest_seconds, fault)
        || !outbox_claim(db, clock_now(), cap, &a->row, &a->next, fault))
        return false;
    if (!a->row.seq || outbox_for_duo(&a->row))
        return true;
    a->current = is_current(a);
    return (!a->current || note_sealed(db, a, fault))
           && bijlage_store_of(db, a->gateway->config.oin, a->row.id, &a->exchange.documents,
                               fault);
}

static bool renewed_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct attempt *a = argument;

    return outbox_renew(db, &a->row, fault) && note_sealed(db, a, fault);
}

/* A certificate was renewed while the message waited: a peer that has our new card refuses the
 * old signature. */
static bool renew(struct attempt *a, const struct peer *peer)
{
    if (!compose_again(a->gateway, peer, &a->row, &a->fault)
        || !store_run(a->gateway->store, renewed_work, a, &a->fault))
        return false;
    log_info("bericht=%s to=%s signed and sealed anew: a certificate was renewed", a->row.id,
             a->row.peer);
    return true;
}

/* --- settle ----------------------------------------------------------------------------- */

static bool settle_receipt(sqlite3 *db, struct attempt *a, struct fault *fault)
{
    const struct receipt *receipt = &a->exchange.receipt;
    enum outbox_state to = receipt->aangenomen ? OUTBOX_DELIVERED : OUTBOX_REFUSED;
    char reason[450] = "";

    if (!receipt->aangenomen)
        snprintf(reason, sizeof(reason), "%s: %.380s", receipt->code, receipt->tekst);
    return outbox_settle(db, &a->row, to, reason, &a->exchange.receipt_bytes, fault)
           && overdracht_settled(db, a->gateway->keys, &a->row, to, reason, fault)
           && peer_store_clock(db, a->row.peer, 0, 0, fault);
}

static bool settle_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct attempt *a = argument;
    bool was;

    if (!outbox_was_sent(db, &a->row, &a->exchange.receipt.verzegeld, &was, fault))
        return false;
    if (!was)
        return fault_set(fault, FAULT_ANSWER, "the receipt names sealed bytes we never sent");
    return settle_receipt(db, a, fault);
}

/* --- or try again ------------------------------------------------------------------------ */

static bool wait_for_peer(sqlite3 *db, struct attempt *a, struct fault *fault)
{
    const struct config *config = &a->gateway->config;
    int failures;

    if (!peer_store_failures(db, a->row.peer, &failures, fault))
        return false;
    failures++;
    a->wait = retry_wait(failures, config->retry_first_seconds, config->retry_longest_seconds,
                         retry_random());
    return peer_store_clock(db, a->row.peer, failures, clock_now() + a->wait, fault)
           && outbox_again(db, &a->row, a->fault.text, clock_now(), fault);
}

static bool again_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct attempt *a = argument;
    const struct config *config = &a->gateway->config;

    if (!a->exchange.connected && a->fault.code == FAULT_UNREACHABLE)
        return wait_for_peer(db, a, fault);
    /* An attempt that brought a document further is no failure to be patient about. */
    a->wait =
        retry_wait(a->exchange.carried ? 1 : a->row.attempts + 1, config->retry_first_seconds,
                   config->retry_longest_seconds, retry_random());
    return outbox_again(db, &a->row, a->fault.text, clock_now() + a->wait, fault);
}

/* --- one attempt ------------------------------------------------------------------------- */

static bool send_to_peer(struct attempt *a, struct deliver *deliver)
{
    SCOPED_PEER struct peer *peer = registry_by_oin(a->gateway->registry, a->row.peer);

    if (!peer)
        return fault_set(&a->fault, FAULT_IDENTITY, "the peer is no longer registered");
    return peer_may(peer, SOORT_DOSSIER, clock_now(), &a->fault)
           && (a->current || renew(a, peer))
           && exchange_run(a->gateway, deliver, peer, &a->row, &a->exchange, &a->fault)
           && store_run(a->gateway->store, settle_work, a, &a->fault);
}

static void log_attempt(const struct attempt *a, int64_t ms, bool settled)
{
    const struct receipt *receipt = &a->exchange.receipt;

    if (!settled)
        log_warning(
            "bericht=%s to=%s soort=%s attempt=%d delay=%lldms status=again in %llds (%s)",
            a->row.id, a->row.peer, a->row.soort, a->row.attempts + 1, (long long)ms,
            (long long)a->wait, a->fault.text);
    else
        log_info("bericht=%s to=%s soort=%s attempt=%d delay=%lldms status=%s (%s)", a->row.id,
                 a->row.peer, a->row.soort, a->row.attempts + 1, (long long)ms,
                 receipt->aangenomen ? "delivered" : "refused",
                 receipt->aangenomen ? "aangenomen" : receipt->code);
}

/* The row must leave SENDING whatever happens; when even that cannot be written, the store is
 * down, and outbox_recover() does it at the next start or this loop does when it is back. */
static void put_back(struct couriers *couriers, const char *id, store_work *work,
                     void *argument)
{
    struct fault fault = { 0 };

    while (!store_run(couriers->gateway->store, work, argument, &fault)) {
        struct timespec pause = { .tv_sec = 1 };
        if (fault.code == FAULT_STATE || bell_stopped(&couriers->bell))
            return;
        log_error("bericht=%s cannot be put back: %s", id, fault.text);
        nanosleep(&pause, NULL);
    }
}

static bool try_peer(struct couriers *couriers, struct attempt *a, struct deliver *deliver)
{
    int64_t before = clock_monotonic_ms();
    bool settled = send_to_peer(a, deliver);

    if (!settled)
        put_back(couriers, a->row.id, again_work, a);
    log_attempt(a, clock_monotonic_ms() - before, settled);
    return settled;
}

static bool try_duo(struct couriers *couriers, const struct outbox_row *row,
                    struct deliver *line)
{
    struct duo_attempt a = { .gateway = couriers->gateway, .row = row };
    int64_t before = clock_monotonic_ms();
    bool settled = duo_attempt_run(&a, line);

    if (!settled)
        put_back(couriers, row->id, duo_attempt_again, &a);
    duo_attempt_log(&a, clock_monotonic_ms() - before, settled);
    duo_attempt_finish(&a);
    return settled;
}

/* Each thread has a line for peers and one for DUO: trust and limits differ. */
struct lines {
    struct deliver *peers, *duo;
};

static void run_attempt(struct couriers *couriers, struct attempt *a,
                        const struct lines *lines)
{
    const struct outbox_row *row = &a->row;
    bool settled = outbox_for_duo(row) ? try_duo(couriers, row, lines->duo)
                                       : try_peer(couriers, a, lines->peers);

    if (settled)
        events_publish(couriers->gateway->events, "outbox",
                       row->overdracht[0] ? row->overdracht : row->id);
    couriers_wake(couriers); /* a successor may be due now */
}

/* --- threads ----------------------------------------------------------------------------- */

/* Sleeps until `next` (wall clock; 0: nothing waits), a ring since `heard`, or the longest
 * nap; whether to go on is asked before each piece of work. */
static void sleep_until(struct couriers *couriers, int64_t next, unsigned heard)
{
    int64_t seconds = next ? next - clock_now() : NAP_SECONDS;

    if (seconds > NAP_SECONDS)
        seconds = NAP_SECONDS;
    if (seconds < 1)
        seconds = 1; /* due but not claimable: somebody else's row is in flight */
    (void)!bell_wait(&couriers->bell, heard, seconds);
}

static void work_once(struct couriers *couriers, const struct lines *lines)
{
    struct attempt a = { .gateway = couriers->gateway };
    struct fault fault = { 0 };
    unsigned heard = bell_count(&couriers->bell);

    if (!store_run(couriers->gateway->store, claim_work, &a, &fault)) {
        log_error("courier: cannot claim: %s", fault.text);
        sleep_until(couriers, clock_now() + 1, heard);
    } else if (a.row.seq) {
        run_attempt(couriers, &a, lines);
    } else {
        sleep_until(couriers, a.next, heard);
    }
    outbox_row_finish(&a.row);
    exchange_finish(&a.exchange);
}

static void *courier_main(void *argument)
{
    struct couriers *couriers = argument;
    const struct config *config = &couriers->gateway->config;
    const struct deliver_settings settings = {
        .connect_ms = config->connect_seconds * 1000L,
        .total_ms = config->total_seconds * 1000L,
        .answer_max = RECEIPT_BYTES_MAX,
    };
    const struct lines lines = { deliver_create(&settings), duo_exchange_line(config) };

    while (!bell_stopped(&couriers->bell))
        work_once(couriers, &lines);
    deliver_destroy(lines.peers);
    deliver_destroy(lines.duo);
    return NULL;
}

bool couriers_start(struct gateway *gateway, struct couriers **couriers, struct fault *fault)
{
    struct couriers *new = mem_alloc(sizeof(*new));

    new->gateway = gateway;
    new->threads = mem_alloc((size_t)gateway->config.couriers * sizeof(*new->threads));
    bell_init(&new->bell);
    *couriers = new;
    for (; new->count < gateway->config.couriers; new->count++)
        if (pthread_create(&new->threads[new->count], NULL, courier_main, new) != 0)
            return fault_set(fault, FAULT_TEMPORARY, "no more threads for couriers");
    return true;
}

void couriers_wake(struct couriers *couriers)
{
    bell_ring(&couriers->bell);
}

void couriers_stop(struct couriers *couriers)
{
    if (!couriers)
        return;
    bell_stop(&couriers->bell);
    for (int i = 0; i < couriers->count; i++)
        pthread_join(couriers->threads[i], NULL);
    bell_finish(&couriers->bell);
    free(couriers->threads);
    free(couriers);
}
