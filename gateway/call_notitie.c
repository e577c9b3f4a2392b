/* call_notitie -- what people note in a handover, and who of them sees to it. Nothing of it
 * leaves the house. */
#include <string.h>

#include "codecs/toelichting.h"
#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/events.h"
#include "gateway/notitie.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"

#define NAME_MAX_BYTES 64

struct noting {
    struct call *call;
    struct overdracht o;
    struct buf tekst, met;
};

static bool note_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct noting *n = argument;
    const struct keys *keys = n->call->gateway->keys;

    if (!overdracht_find(db, keys, call_text(n->call, "id"), &n->o, fault))
        return false;
    const struct notitie notitie = { n->o.id, buf_text(&n->tekst), buf_text(&n->met) };
    call_put(n->call->result, "overdracht", n->o.id);
    call_put(n->call->result, "soort", n->met.size ? "warm-gesprek" : "notitie");
    return notitie_add(db, keys, n->call->actor, &notitie, fault)
           && call_record(db, n->call, fault);
}

bool call_overdracht_note(struct call *call, struct fault *fault)
{
    struct noting n = { .call = call };

    bool good = toelichting_parse(call_text(call, "text"), &n.tekst, fault)
                && toelichting_parse(call_text(call, "met"), &n.met, fault)
                && (n.tekst.size || fault_set(fault, FAULT_USAGE, "a note needs a text"))
                && store_run(call->gateway->store, note_work, &n, fault);
    buf_finish(&n.tekst);
    buf_finish(&n.met);
    if (good)
        events_publish(call->gateway->events, "overdracht", n.o.id);
    return good;
}

/* A name of the house, as of a Unix user: nothing else is written in clear. */
static bool is_name(const char *name, struct fault *fault)
{
    return (strlen(name) <= NAME_MAX_BYTES
            && strspn(name,
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
                   == strlen(name))
           || fault_set(fault, FAULT_USAGE,
                        "user: letters, digits, dots and dashes, at most %d", NAME_MAX_BYTES);
}

static bool assign_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct noting *n = argument;
    const char *who = call_text(n->call, "user");

    if (!overdracht_find(db, n->call->gateway->keys, call_text(n->call, "id"), &n->o, fault))
        return false;
    call_put(n->call->result, "overdracht", n->o.id);
    call_put(n->call->result, "toegewezen", who);
    call_put(n->call->result, "was", n->o.toegewezen);
    return sql_do(db, fault, "UPDATE overdracht SET toegewezen = ? WHERE id = ?", "tt", who,
                  n->o.id)
           && audit_add(db, n->call->actor, "toegewezen", n->o.id, fault, "%s",
                        *who ? who : "niemand")
           && call_record(db, n->call, fault);
}

/* Without a user: to nobody. */
bool call_overdracht_assign(struct call *call, struct fault *fault)
{
    struct noting n = { .call = call };

    if (!is_name(call_text(call, "user"), fault)
        || !store_run(call->gateway->store, assign_work, &n, fault))
        return false;
    events_publish(call->gateway->events, "overdracht", n.o.id);
    return true;
}
