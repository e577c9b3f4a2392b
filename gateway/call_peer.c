/* call_peer -- requests about peers: our card, theirs, their standing, a ping. */
#include <stdio.h>
#include <string.h>

#include "codecs/base64.h"
#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/events.h"
#include "gateway/courier.h"
#include "gateway/overdracht.h"
#include "gateway/own_card.h"
#include "gateway/peer_store.h"
#include "gateway/mover.h"
#include "gateway/ping.h"
#include "gateway/supplier.h"
#include "peers/card.h"

/* --- our card ------------------------------------------------------------------------ */

bool call_peer_card(struct call *call, struct fault *fault)
{
    SCOPED_BUF struct buf card = { 0 };
    SCOPED_BUF struct buf text = { 0 };
    struct digest fingerprint;
    time_t geldig_tot;

    if (!own_card_make(call->gateway, &card, &fingerprint, &geldig_tot, fault))
        return false;
    base64_encode(card.data, card.size, &text);
    call_put(call->result, "card", buf_text(&text));
    call_put_digest(call->result, "fingerprint", &fingerprint);
    call_put_time(call->result, "geldig_tot", geldig_tot);
    return true;
}

/* --- showing ------------------------------------------------------------------------- */

static void describe(const struct peer *peer, json_t *to)
{
    json_t *codes = json_array();

    for (size_t i = 0; i < peer->card.gemeentecode_count; i++)
        json_array_append_new(codes, json_string(peer->card.gemeentecodes[i]));
    call_put(to, "oin", peer->card.oin);
    call_put(to, "naam", peer->card.naam);
    json_object_set_new(to, "gemeentecodes", codes);
    call_put(to, "state", peer_state_name(peer->state));
    call_put(to, "omgeving", omgeving_name(peer->card.omgeving));
    call_put(to, "endpoint", peer->card.endpoint);
    call_put_time(to, "geldig_tot", peer->card.geldig_tot);
    call_put_digest(to, "fingerprint", &peer->fingerprint);
}

static void add_certificate(json_t *list, enum purpose purpose, X509 *certificate)
{
    json_t *item = json_object();
    struct digest fingerprint;
    char key[32];

    certificate_fingerprint(certificate, &fingerprint);
    certificate_key_name(X509_get0_pubkey(certificate), key, sizeof(key));
    call_put(item, "doel", purpose_name(purpose));
    call_put_digest(item, "fingerprint", &fingerprint);
    call_put(item, "sleutel", key);
    call_put_time(item, "tot", certificate_not_after(certificate));
    json_array_append_new(list, item);
}

static void add_peer(void *context, const struct peer *peer)
{
    json_t *item = json_object();

    describe(peer, item);
    json_array_append_new(context, item);
}

bool call_peer_list(struct call *call, struct fault *fault)
{
    json_t *list = json_array();

    (void)fault;
    registry_list(call->gateway->registry, add_peer, list);
    json_object_set_new(call->result, "peers", list);
    return true;
}

struct failures {
    const char *oin;
    int count;
    char policy[PEER_POLICY_SIZE];
};

static bool failures_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct failures *failures = argument;

    return peer_store_failures(db, failures->oin, &failures->count, fault)
           && peer_store_policy(db, failures->oin, failures->policy, fault);
}

bool call_peer_show(struct call *call, struct fault *fault)
{
    SCOPED_PEER struct peer *peer = NULL;
    json_t *list;

    if (!registry_find(call->gateway->registry, call_text(call, "gemeente"), &peer, fault))
        return false;
    struct failures failures = { .oin = peer->card.oin };
    if (!store_run(call->gateway->store, failures_work, &failures, fault))
        return false;
    describe(peer, call->result);
    call_put_number(call->result, "failures", failures.count);
    call_put(call->result, "aanlevering", failures.policy);
    list = json_array();
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (int i = 0; i < sk_X509_num(peer->card.certificates[purpose]); i++)
            add_certificate(list, (enum purpose)purpose,
                            sk_X509_value(peer->card.certificates[purpose], i));
    json_object_set_new(call->result, "certificates", list);
    return true;
}

/* --- adding and moving --------------------------------------------------------------- */

struct change {
    struct call *call;
    const struct peer *peer; /* as it was, for a move; as it will be, for an addition */
    enum peer_state to;
};

static bool put_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct change *change = argument;

    return peer_store_put(db, change->call->actor, change->peer, fault)
           && call_record(db, change->call, fault);
}

/* Nothing waits for somebody who is no longer there. */
static bool cancel_waiting(sqlite3 *db, const struct change *change, struct fault *fault)
{
    static const char REASON[] = "the peer was removed";
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found;

    while (outbox_cancel_peer(db, change->peer->card.oin, REASON, &row, &found, fault)) {
        if (!found)
            return true;
        if (!overdracht_settled(db, change->call->gateway->keys, &row, OUTBOX_CANCELLED,
                                REASON, fault))
            return false;
    }
    return false;
}

static bool move_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct change *change = argument;

    return (change->to != PEER_VERWIJDERD || cancel_waiting(db, change, fault))
           && peer_store_move(db, change->call->actor, change->peer, change->to, fault)
           && call_record(db, change->call, fault);
}

static bool check_fingerprint(const struct call *call, const struct peer *peer,
                              struct fault *fault)
{
    struct digest given;

    if (!digest_from_hex(call_text(call, "fingerprint"), &given))
        return fault_set(fault, FAULT_USAGE, "the fingerprint is not 64 hexadecimal digits");
    if (digest_equal(&given, &peer->fingerprint))
        return true;
    fault_set(fault, FAULT_IDENTITY, "the fingerprint is not that of this card");
    return fault_advise(fault,
                        "do not use this card: call the organisation on a number you know "
                        "and compare again");
}

static bool check_card(const struct call *call, const struct peer *peer, struct fault *fault)
{
    const struct config *config = &call->gateway->config;
    SCOPED_TRUST struct trust *trust = gateway_trust(call->gateway);

    if (strcmp(peer->card.oin, config->oin) == 0)
        return fault_set(fault, FAULT_IDENTITY, "this is our own card");
    if (peer->card.omgeving != config->omgeving)
        return fault_set(fault, FAULT_IDENTITY, "the card is of omgeving %s, this home is %s",
                         omgeving_name(peer->card.omgeving), omgeving_name(config->omgeving));
    return check_fingerprint(call, peer, fault)
           && card_trusted(&peer->card, trust, clock_now(), fault);
}

/* A card that replaces one keeps the standing: rotation needs no new activation. */
static enum peer_state state_for(struct gateway *gateway, const char *oin)
{
    SCOPED_PEER struct peer *known = registry_by_oin(gateway->registry, oin);

    return known ? known->state : PEER_VOORGESTELD;
}

static void tell(struct call *call, const struct peer *peer)
{
    call_put(call->result, "oin", peer->card.oin);
    call_put(call->result, "naam", peer->card.naam);
    call_put(call->result, "state", peer_state_name(peer->state));
    call_put_digest(call->result, "fingerprint", &peer->fingerprint);
}

bool call_peer_add(struct call *call, struct fault *fault)
{
    SCOPED_BUF struct buf card = { 0 };
    SCOPED_PEER struct peer *peer = NULL;
    struct change change = { .call = call };

    if (!base64_decode(call_text(call, "card"), &card, fault)
        || !peer_create(card.data, card.size, PEER_VOORGESTELD, &peer, fault)
        || !check_card(call, peer, fault))
        return false;
    peer->state = state_for(call->gateway, peer->card.oin); /* not shared yet */
    change.peer = peer;
    tell(call, peer);
    if (!store_run(call->gateway->store, put_work, &change, fault))
        return false;
    registry_put(call->gateway->registry, peer);
    events_publish(call->gateway->events, "peer", peer->card.oin);
    return true;
}

/* Stores the move, then shows it to the threads. */
static bool move_peer(struct call *call, const struct peer *peer, enum peer_state to,
                      store_work *work, struct fault *fault)
{
    SCOPED_PEER struct peer *moved = NULL;
    struct change change = { .call = call, .peer = peer, .to = to };

    if (!peer_create(peer->signed_card.data, peer->signed_card.size, to, &moved, fault))
        return false;
    tell(call, moved);
    if (!store_run(call->gateway->store, work, &change, fault))
        return false;
    registry_put(call->gateway->registry, moved);
    events_publish(call->gateway->events, "peer", moved->card.oin);
    couriers_wake(call->gateway->couriers);
    mover_wake(call->gateway);
    return true;
}

bool call_peer_state(struct call *call, struct fault *fault)
{
    SCOPED_PEER struct peer *peer = NULL;
    enum peer_state to;

    if (!peer_state_from_name(call_text(call, "to"), &to))
        return fault_set(fault, FAULT_USAGE, "to: actief, geschorst or verwijderd");
    return registry_find(call->gateway->registry, call_text(call, "gemeente"), &peer, fault)
           && move_peer(call, peer, to, move_work, fault);
}

static bool set_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct change *change = argument;
    struct call *call = change->call;

    return peer_store_set_policy(db, call->actor, change->peer->card.oin,
                                 call_text(call, "aanlevering"), fault)
           && call_record(db, call, fault);
}

bool call_peer_set(struct call *call, struct fault *fault)
{
    SCOPED_PEER struct peer *peer = NULL;

    if (!registry_find(call->gateway->registry, call_text(call, "gemeente"), &peer, fault))
        return false;
    struct change change = { .call = call, .peer = peer };
    tell(call, peer);
    call_put(call->result, "aanlevering", call_text(call, "aanlevering"));
    if (!store_run(call->gateway->store, set_work, &change, fault))
        return false;
    events_publish(call->gateway->events, "peer", peer->card.oin);
    supplier_wake(call->gateway);
    return true;
}

/* --- ping ---------------------------------------------------------------------------- */

static bool send_ping(struct call *call, const struct peer *peer, struct fault *fault)
{
    struct gateway *gateway = call->gateway;
    struct ping ping;

    if (!ping_send(gateway, peer, gateway->config.total_seconds, &ping, fault))
        return fault_advise(fault,
                            "look at `estafette peer show` (address, state), the network, "
                            "and with their administrator at both logs; then ping again");
    call_put_number(call->result, "milliseconds", ping.milliseconds);
    call_put(call->result, "bericht", ping.bericht);
    return true;
}

static bool pinged_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct change *change = argument;

    return (change->to == change->peer->state
            || peer_store_move(db, change->call->actor, change->peer, change->to, fault))
           && peer_store_clock(db, change->peer->card.oin, 0, 0, fault)
           && audit_add(db, change->call->actor, "ping", change->peer->card.oin, fault,
                        "answered");
}

/* An answered ping proves both directions of trust from our side: a proposed peer becomes
 * active here (not there: that is the other's own ping). */
bool call_peer_ping(struct call *call, struct fault *fault)
{
    SCOPED_PEER struct peer *peer = NULL;

    if (!registry_find(call->gateway->registry, call_text(call, "gemeente"), &peer, fault)
        || !peer_may(peer, SOORT_PING, clock_now(), fault) || !send_ping(call, peer, fault))
        return false;
    return move_peer(call, peer, PEER_ACTIEF, pinged_work, fault);
}
