/* call_outbox -- requests about what is on its way, and why not yet. */
#include "gateway/call.h"
#include "gateway/courier.h"
#include "gateway/describe.h"
#include "gateway/duo_letter.h"
#include "gateway/events.h"
#include "gateway/mover.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"

#define LIST_MAX 1000

struct listing {
    struct gateway *gateway;
    json_t *list;
};

static void add_row(void *context, const struct outbox_row *row)
{
    struct listing *listing = context;
    json_t *item = json_object();

    describe_outbox(listing->gateway, row, item);
    json_array_append_new(listing->list, item);
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return outbox_list(db, NULL, LIST_MAX, add_row, argument, fault);
}

bool call_outbox_list(struct call *call, struct fault *fault)
{
    struct listing listing = { .gateway = call->gateway, .list = json_array() };

    json_object_set_new(call->result, "outbox", listing.list);
    return store_run(call->gateway->store, list_work, &listing, fault);
}

struct finding {
    struct call *call;
    struct outbox_row row;
};

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct finding *finding = argument;

    return outbox_find(db, call_text(finding->call, "id"), &finding->row, fault);
}

/* What DUO answered; personal data, for the local bus only. */
static bool put_reply(struct call *call, const struct outbox_row *row, struct fault *fault)
{
    SCOPED_DUO_REPLY struct duo_reply reply = { 0 };
    json_t *to = json_object();

    if (!duo_reply_open(call->gateway, row, &reply, fault)) {
        json_decref(to);
        return false;
    }
    call_put_number(to, "status", reply.status);
    call_put(to, "version", reply.version);
    call_put(to, "fouttekst", buf_text(&reply.texts));
    if (reply.answer)
        json_object_set(to, "answer", reply.answer);
    json_object_set_new(call->result, "duo", to);
    return true;
}

static bool put_proof(struct call *call, const struct outbox_row *row, struct fault *fault)
{
    if (outbox_for_duo(row))
        return put_reply(call, row, fault);
    call_put(call->result, "receipt", buf_text(&row->receipt));
    return true;
}

bool call_outbox_show(struct call *call, struct fault *fault)
{
    struct finding finding = { .call = call };

    bool good = store_run(call->gateway->store, find_work, &finding, fault);
    if (good) {
        describe_outbox(call->gateway, &finding.row, call->result);
        call_put(call->result, "settled_by", finding.row.settled_by);
        call_put_number(call->result, "size", (int64_t)finding.row.sealed.size);
        call_put_digest(call->result, "canoniek", &finding.row.canonical);
        struct digest sealed;
        digest_of(finding.row.sealed.data, finding.row.sealed.size, &sealed);
        call_put_digest(call->result, "verzegeld", &sealed);
        good = put_proof(call, &finding.row, fault);
    }
    outbox_row_finish(&finding.row);
    return good;
}

static bool retry_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct finding *finding = argument;
    struct call *call = finding->call;

    if (!find_work(db, finding, fault) || !outbox_retry(db, call->actor, &finding->row, fault))
        return false;
    call_put(call->result, "id", finding->row.id);
    call_put(call->result, "state", outbox_state_name(finding->row.state));
    return call_record(db, call, fault);
}

bool call_outbox_retry(struct call *call, struct fault *fault)
{
    struct finding finding = { .call = call };

    bool good = store_run(call->gateway->store, retry_work, &finding, fault);
    outbox_row_finish(&finding.row);
    if (good)
        couriers_wake(call->gateway->couriers);
    return good;
}

static bool cancel_work(sqlite3 *db, void *argument, struct fault *fault)
{
    static const char REASON[] = "cancelled by an operator";
    struct finding *finding = argument;
    struct call *call = finding->call;
    const struct outbox_row *row = &finding->row;

    if (!find_work(db, finding, fault) || !outbox_cancel(db, call->actor, row, REASON, fault)
        || !overdracht_settled(db, call->gateway->keys, row, OUTBOX_CANCELLED, REASON, fault))
        return false;
    call_put(call->result, "id", row->id);
    call_put(call->result, "state", outbox_state_name(OUTBOX_CANCELLED));
    call_put(call->result, "overdracht", row->overdracht);
    call_put(call->result, "soort", row->soort);
    call_put_number(call->result, "attempts", row->attempts);
    describe_addressee(call->gateway, row, call->result);
    return call_record(db, call, fault);
}

bool call_outbox_cancel(struct call *call, struct fault *fault)
{
    struct finding finding = { .call = call };

    bool good = store_run(call->gateway->store, cancel_work, &finding, fault);
    if (good) {
        events_publish(call->gateway->events, "outbox", finding.row.overdracht);
        mover_wake(call->gateway);
    }
    outbox_row_finish(&finding.row);
    return good;
}
