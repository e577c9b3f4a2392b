/* call_blokkade -- requests about the block list: add, list, lift. */
#include <string.h>

#include "gateway/blokkade.h"
#include "gateway/blokkade_wacht.h"
#include "gateway/call.h"
#include "gateway/log.h"
#include "gateway/mover.h"

/* --- add ----------------------------------------------------------------------------- */

struct adding {
    struct call *call;
    struct persoon persoon;
};

static bool add_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct adding *adding = argument;
    struct call *call = adding->call;
    const struct blokkade_reden reden = { .persoon = &adding->persoon,
                                          .tekst = call_text(call, "text"),
                                          .until = call_text(call, "until") };
    int64_t seq;

    if (!blokkade_add(db, call->gateway->keys, call->actor, &reden, &seq, fault))
        return false;
    call_put_number(call->result, "blokkade", seq);
    call_put(call->result, "contact", call->gateway->config.contact.naam[0] ? "ja" : "nee");
    return call_record(db, call, fault);
}

/* What waits to leave is stopped before this is answered; the mover would do it too. */
bool call_blokkade_add(struct call *call, struct fault *fault)
{
    struct adding adding = { .call = call };
    struct fault why = { 0 };

    if (!call_take(call, "bsn", adding.persoon.bsn, sizeof(adding.persoon.bsn), fault)
        || !call_take(call, "vnummer", adding.persoon.vnummer, sizeof(adding.persoon.vnummer),
                      fault)
        || !store_run(call->gateway->store, add_work, &adding, fault))
        return false;
    explicit_bzero(&adding.persoon, sizeof(adding.persoon));
    if (!blokkade_wacht(call->gateway, &why))
        log_warning("blokkade: what follows is done later: %s", why.text);
    return true;
}

/* --- lift ---------------------------------------------------------------------------- */

static bool lift_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct call *call = argument;

    call_put_number(call->result, "blokkade", call_number(call, "blokkade"));
    return blokkade_lift(db, call->actor, call_number(call, "blokkade"), fault)
           && call_record(db, call, fault);
}

bool call_blokkade_lift(struct call *call, struct fault *fault)
{
    if (!store_run(call->gateway->store, lift_work, call, fault))
        return false;
    mover_wake(call->gateway);
    return true;
}

/* --- list ---------------------------------------------------------------------------- */

struct listing {
    struct call *call;
    json_t *list;
};

static void add_one(void *context, const struct blokkade *blokkade)
{
    json_t *to = json_object();

    call_put_number(to, "blokkade", blokkade->seq);
    call_put(to, "bsn", blokkade->persoon.bsn);
    call_put(to, "vnummer", blokkade->persoon.vnummer);
    call_put(to, "tekst", buf_text(&blokkade->tekst));
    call_put_time(to, "since", blokkade->since);
    call_put(to, "by_whom", blokkade->by_whom);
    call_put(to, "until", blokkade->until);
    call_put_time(to, "lifted", blokkade->lifted);
    call_put(to, "lifted_by", blokkade->lifted_by);
    call_put(to, "geldt", blokkade->counts ? "ja" : "nee");
    json_array_append_new(((struct listing *)context)->list, to);
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct listing *listing = argument;
    const struct call *call = listing->call;

    return blokkade_looked(db, call->actor, fault)
           && blokkade_list(db, call->gateway->keys, call_flag(call, "all"), add_one, listing,
                            fault);
}

bool call_blokkade_list(struct call *call, struct fault *fault)
{
    struct listing listing = { call, json_array() };

    json_object_set_new(call->result, "blokkades", listing.list);
    return store_run(call->gateway->store, list_work, &listing, fault);
}
