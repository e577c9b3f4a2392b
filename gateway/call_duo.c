/* call_duo -- requests that go to DUO: a query, answered at once, and a report, queued.
 *
 * Who asks what is an audit row, without about whom; the answer goes to who asked and is kept
 * nowhere.
 */
#include <stdlib.h>
#include <string.h>

#include "codecs/datum.h"
#include "codecs/duo/regels.h"
#include "codecs/json.h"
#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/duo_exchange.h"
#include "gateway/duo_letter.h"
#include "gateway/events.h"
#include "gateway/log.h"

/* --- what is asked ------------------------------------------------------------------------
 */

/* A part that is too long is no part: duo_path() refuses what is left of it. */
static void take_part(const struct call *call, const char *name, char *part, size_t size)
{
    const char *text = call_text(call, name);

    if (strlen(text) < size)
        memcpy(part, text, strlen(text) + 1);
    else
        memcpy(part, "?", 2);
}

static bool take_letter(const struct call *call, struct duo_letter *letter,
                        struct fault *fault)
{
    struct duo_address *address = &letter->address;

    letter->operation = duo_operation_named(call_text(call, "operation"));
    if (!letter->operation) {
        fault_set(fault, FAULT_UNKNOWN, "DUO has no operation %.40s",
                  call_text(call, "operation"));
        return fault_advise(fault, "estafette duo operations lists them");
    }
    take_part(call, "bsn", address->bsn, sizeof(address->bsn));
    take_part(call, "instelling", address->instellingsnummer,
              sizeof(address->instellingsnummer));
    take_part(call, "nummer", address->id, sizeof(address->id));
    return true;
}

/* --- a query -------------------------------------------------------------------------------
 */

struct asking {
    struct call *call;
    struct duo_letter letter;
    struct duo_exchange exchange;
    char id[UUID_SIZE];
};

/* What came of it, as a caseworker calls it. */
static const char *uitkomst_of(const struct duo_exchange *exchange)
{
    switch (exchange->outcome.settling) {
    case DUO_DELIVERED:
        return exchange->status == 404 ? "niets bekend" : "gelezen";
    case DUO_PATIENT:
        return "niet van ons";
    default:
        return "geweigerd";
    }
}

static bool audit_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct asking *a = argument;

    return audit_add(db, a->call->actor, "duo", a->id, fault, "%s: HTTP %d",
                     a->letter.operation->name, a->exchange.status);
}

static bool ask(struct asking *a, struct fault *fault)
{
    struct gateway *gateway = a->call->gateway;
    struct deliver *line = duo_exchange_line(&gateway->config);
    struct fault unwritten = { 0 };

    bool good = duo_exchange_run(gateway, line, &a->exchange, fault);
    deliver_destroy(line);
    log_info("bericht=%s to=DUO soort=%s asked by %s: %s", a->id, a->letter.operation->name,
             a->call->actor, good ? uitkomst_of(&a->exchange) : fault->text);
    if (!store_run(gateway->store, audit_work, a, &unwritten)) {
        if (good) /* what is not on record is not told */
            *fault = unwritten;
        return false;
    }
    return good;
}

static void put_answer(const struct asking *a)
{
    const struct duo_exchange *exchange = &a->exchange;
    json_t *to = a->call->result;

    call_put(to, "operation", a->letter.operation->name);
    call_put(to, "bericht", a->id);
    call_put_number(to, "status", exchange->status);
    call_put(to, "version", exchange->version);
    call_put(to, "uitkomst", uitkomst_of(exchange));
    call_put(to, "says", exchange->outcome.says);
    call_put(to, "fouttekst", buf_text(&exchange->texts));
    call_put_number(to, "unknown", (int64_t)exchange->unknown);
    if (exchange->answer)
        json_object_set(to, "answer", exchange->answer);
}

bool call_duo_ask(struct call *call, struct fault *fault)
{
    struct asking a = { .call = call };

    if (!take_letter(call, &a.letter, fault)
        || !duo_letter_check(call->gateway, &a.letter, fault))
        return false;
    if (!duo_outcome_is_query(a.letter.operation)) {
        fault_set(fault, FAULT_USAGE, "%s changes something at DUO", a.letter.operation->name);
        return fault_advise(fault, "estafette duo report");
    }
    uuid_v4(a.id);
    a.exchange.operation = a.letter.operation;
    a.exchange.address = &a.letter.address;
    a.exchange.id = a.id;
    bool good = ask(&a, fault);
    if (good)
        put_answer(&a);
    duo_exchange_finish(&a.exchange);
    explicit_bzero(&a.letter.address, sizeof(a.letter.address));
    return good;
}

/* --- a report ------------------------------------------------------------------------------
 */

struct reporting {
    struct call *call;
    struct duo_letter letter;
    char id[UUID_SIZE];
};

static bool report_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct reporting *r = argument;
    struct call *call = r->call;

    if (!duo_queue(db, call->gateway, call->actor, &r->letter, r->id, fault))
        return false;
    call_put(call->result, "operation", r->letter.operation->name);
    call_put(call->result, "bericht", r->id);
    return call_record(db, call, fault);
}

static bool take_body(const struct call *call, json_t **body, struct fault *fault)
{
    const char *text = call_text(call, "body");

    return !*text || json_read(text, strlen(text), JSON_BYTES_MAX, body, fault);
}

/* Of a person who is in no handover nothing was read: only what the report itself says can be
 * held against DUO's rules. */
static bool may_go(const struct call *call, const struct duo_letter *letter,
                   struct fault *fault)
{
    const struct config *config = &call->gateway->config;
    char today[11];
    struct duo_facts facts = {
        .gemeentecode = *config_own(config) ? config_own(config) : NULL,
        .vandaag = today,
        .instellingsnummer = letter->address.instellingsnummer,
    };

    datum_format(datum_today(clock_now()), today);
    return duo_regels(letter->operation, letter->body, &facts, NULL, NULL, fault)
           || fault_advise(fault, "estafette duo rules tells each rule, and what to do");
}

static bool queue(struct call *call, struct reporting *r, struct fault *fault)
{
    if (duo_outcome_is_query(r->letter.operation)) {
        fault_set(fault, FAULT_USAGE, "%s only asks", r->letter.operation->name);
        return fault_advise(fault, "estafette duo ask");
    }
    if (!duo_letter_check(call->gateway, &r->letter, fault)
        || !may_go(call, &r->letter, fault))
        return false;
    return store_run(call->gateway->store, report_work, r, fault);
}

bool call_duo_report(struct call *call, struct fault *fault)
{
    struct reporting r = { .call = call };
    json_auto_t *body = NULL;

    if (!take_letter(call, &r.letter, fault) || !take_body(call, &body, fault))
        return false;
    r.letter.body = body;
    bool good = queue(call, &r, fault);
    explicit_bzero(&r.letter.address, sizeof(r.letter.address));
    if (!good)
        return false;
    couriers_wake(call->gateway->couriers);
    events_publish(call->gateway->events, "outbox", r.id);
    return true;
}
