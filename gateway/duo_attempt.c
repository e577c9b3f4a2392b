/* duo_attempt -- see duo_attempt.h. */
#include "gateway/duo_attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/duo_clock.h"
#include "gateway/duo_contact.h"
#include "gateway/duo_letter.h"
#include "gateway/log.h"
#include "gateway/mover.h"
#include "gateway/overdracht.h"
#include "gateway/retry.h"

#define DAY_SECONDS 86400

void duo_attempt_finish(struct duo_attempt *a)
{
    duo_exchange_finish(&a->exchange);
}

/* --- ask ----------------------------------------------------------------------------------
 */

static bool ask(struct duo_attempt *a, struct deliver *line)
{
    struct duo_letter letter;
    json_auto_t *body = NULL;

    if (!duo_letter_open(a->gateway, a->row, &letter, &body, &a->fault))
        return false;
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    size_t size = text ? strlen(text) : 0;
    a->exchange.operation = letter.operation;
    a->exchange.address = &letter.address;
    a->exchange.id = a->row->id;
    a->exchange.body = text;
    a->exchange.size = size;
    bool good = duo_exchange_run(a->gateway, line, &a->exchange, &a->fault);
    a->exchange.address = NULL; /* both end with this function */
    a->exchange.body = NULL;
    if (text)
        explicit_bzero(text, size);
    free(text);
    return good;
}

/* --- settle -------------------------------------------------------------------------------
 */

/* DUO tells some things once. */
static bool keep_what_was_told(sqlite3 *db, const struct duo_attempt *a, struct fault *fault)
{
    struct duo_letter letter;
    json_auto_t *body = NULL;

    return a->to != OUTBOX_DELIVERED
           || (duo_letter_open(a->gateway, a->row, &letter, &body, fault)
               && duo_contact_told(db, a->gateway->keys, &letter, a->exchange.answer, fault));
}

static bool settle_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct duo_attempt *a = argument;
    SCOPED_BUF struct buf sealed = { 0 };
    struct duo_reply reply = { .status = a->exchange.status,
                               .answer = a->exchange.answer,
                               .texts = a->exchange.texts };

    memcpy(reply.version, a->exchange.version, sizeof(reply.version));
    duo_reply_seal(a->gateway, a->row, &reply, &sealed);
    return outbox_settle(db, a->row, a->to, a->reason, &sealed, fault)
           && overdracht_settled(db, a->gateway->keys, a->row, a->to, a->reason, fault)
           && keep_what_was_told(db, a, fault) && duo_clock_set(db, 0, 0, fault);
}

/* Nothing is refused for good by a clock that may not be believed. */
static bool patience_is_over(const struct duo_attempt *a)
{
    int days = a->gateway->config.duo.scope_days;

    return clock_now() >= a->row->created + (int64_t)days * DAY_SECONDS
           && !doubt_now(&a->gateway->doubt);
}

static bool decide(struct duo_attempt *a)
{
    const struct duo_outcome *outcome = &a->exchange.outcome;

    snprintf(a->reason, sizeof(a->reason), "%s", outcome->says);
    a->to = outcome->settling == DUO_DELIVERED ? OUTBOX_DELIVERED : OUTBOX_REFUSED;
    if (outcome->settling != DUO_PATIENT)
        return true;
    if (!patience_is_over(a))
        return fault_set(&a->fault, FAULT_ANSWER, "%s", outcome->says);
    snprintf(a->reason, sizeof(a->reason), "%s, for %d days", outcome->says,
             a->gateway->config.duo.scope_days);
    return true;
}

bool duo_attempt_run(struct duo_attempt *a, struct deliver *line)
{
    if (!ask(a, line) || !decide(a)
        || !store_run(a->gateway->store, settle_work, a, &a->fault))
        return false;
    mover_wake(a->gateway);
    return true;
}

/* --- or try again --------------------------------------------------------------------------
 */

static bool wait_for_duo(sqlite3 *db, struct duo_attempt *a, struct fault *fault)
{
    const struct config *config = &a->gateway->config;
    int64_t next;
    int failures;

    if (!duo_clock_read(db, &failures, &next, fault))
        return false;
    failures++;
    a->wait = retry_wait(failures, config->retry_first_seconds, config->retry_longest_seconds,
                         retry_random());
    return duo_clock_set(db, failures, clock_now() + a->wait, fault)
           && outbox_again(db, a->row, a->fault.text, clock_now(), fault);
}

bool duo_attempt_again(sqlite3 *db, void *argument, struct fault *fault)
{
    struct duo_attempt *a = argument;
    const struct config *config = &a->gateway->config;

    if (!a->exchange.connected)
        return wait_for_duo(db, a, fault);
    a->wait = retry_wait(a->row->attempts + 1, config->retry_first_seconds,
                         config->retry_longest_seconds, retry_random());
    return duo_clock_set(db, 0, 0, fault)
           && outbox_again(db, a->row, a->fault.text, clock_now() + a->wait, fault);
}

void duo_attempt_log(const struct duo_attempt *a, int64_t ms, bool settled)
{
    const struct outbox_row *row = a->row;

    if (settled)
        log_info("bericht=%s to=DUO soort=%s attempt=%d delay=%lldms status=%s (HTTP %d, "
                 "API-Version %.20s)",
                 row->id, row->soort, row->attempts + 1, (long long)ms,
                 outbox_state_name(a->to), a->exchange.status, a->exchange.version);
    else
        log_warning(
            "bericht=%s to=DUO soort=%s attempt=%d delay=%lldms status=again in %llds (%s)",
            row->id, row->soort, row->attempts + 1, (long long)ms, (long long)a->wait,
            a->fault.text);
}
