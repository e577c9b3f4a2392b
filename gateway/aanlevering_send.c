/* aanlevering_send -- see aanlevering_send.h. */
#include "gateway/aanlevering_send.h"

#include <string.h>

#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "gateway/aanlevering.h"
#include "gateway/bijlage_store.h"
#include "gateway/blokkade.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/courier.h"
#include "gateway/events.h"
#include "gateway/ids.h"
#include "gateway/log.h"
#include "gateway/reply.h"
#include "gateway/retry.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

#define SELF "estafetted"

struct zending {
    struct gateway *gateway;
    const struct aanlevering_send *send;
    struct aanlevering_ready ready;
    xmlDoc *dossier;
    struct reply reply;
    struct peer *peer;
    struct outbox_row row;
};

static void zending_finish(struct zending *z)
{
    aanlevering_ready_finish(&z->ready);
    xmldoc_release(&z->dossier);
    peer_release(&z->peer);
    outbox_row_finish(&z->row);
}
#define SCOPED_ZENDING __attribute__((cleanup(zending_finish)))

/* --- found, and still good ----------------------------------------------------------- */

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct zending *z = argument;
    const struct keys *keys = z->gateway->keys;

    return overdracht_find(db, keys, z->send->overdracht, &z->reply.o, fault)
           && aanlevering_ready(db, keys, z->reply.o.id, &z->ready, fault);
}

static bool reply_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct zending *z = argument;
    char id[UUID_SIZE];

    memcpy(id, z->reply.o.id, UUID_SIZE);
    return reply_find(db, z->gateway->keys, id, xmlDocGetRootElement(z->dossier), &z->reply,
                      fault);
}

/* Days have passed, perhaps: a rule may hold against today. */
static bool read_dossier(struct zending *z, struct fault *fault)
{
    struct rules_limits limits = z->gateway->config.regels;
    const struct buf *xml = &z->ready.dossier;

    limits.today = datum_today(clock_now());
    return dossier_read(xml->data, xml->size, NULL, NULL, &z->dossier, fault)
           && dossier_rules(xmlDocGetRootElement(z->dossier), &limits, NULL, NULL, fault);
}

static bool may_go(struct zending *z, struct fault *fault)
{
    const struct blokkade_look look = { z->send->actor, z->reply.o.id, "aanlevering" };
    struct persoon persoon;

    persoon_of_dossier(xmlDocGetRootElement(z->dossier), &persoon);
    return blokkade_allows(z->gateway->store, z->gateway->keys, &look, &persoon, fault);
}

static bool prepare(struct zending *z, struct fault *fault)
{
    struct store *store = z->gateway->store;

    if (!store_run(store, find_work, z, fault) || !read_dossier(z, fault)
        || !store_run(store, reply_work, z, fault) || !may_go(z, fault))
        return false;
    z->peer = registry_by_oin(z->gateway->registry, z->reply.o.peer);
    return z->peer
           || fault_set(fault, FAULT_IDENTITY, "peer %s is no longer registered",
                        z->reply.o.peer);
}

static struct letter letter_of(const struct zending *z)
{
    return (struct letter){
        .peer = z->peer,
        .soort = SOORT_DOSSIER,
        .overdracht_id = z->reply.o.id,
        .antwoord_op = z->reply.antwoord_op,
        .from = z->reply.o.eigen_code,
        .to = z->reply.o.gemeentecode,
        .valid_seconds = z->gateway->config.expire_days * 86400L,
        .content = xmlDocGetRootElement(z->dossier),
    };
}

/* --- gone ---------------------------------------------------------------------------- */

static bool send_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct zending *z = argument;
    struct gateway *gateway = z->gateway;
    const struct aanlevering_send *send = z->send;
    const xmlNode *dossier = xmlDocGetRootElement(z->dossier);
    const struct bijlage_owner owner = { gateway->config.oin, z->row.id, z->row.overdracht };
    struct persoon persoon;

    persoon_of_dossier(dossier, &persoon);
    return blokkade_still(db, gateway->keys, &persoon, fault)
           && reply_send(db, gateway->keys, send->actor, &z->reply, dossier, fault)
           && outbox_add(db, send->actor, &z->row, fault)
           && bijlage_store_add(db, &gateway->home, &owner, dossier, fault)
           && aanlevering_sent(db, send->actor, z->reply.o.id, z->ready.seq, fault)
           && (!send->done || send->done(db, send->context, &z->reply.o, &z->row, fault));
}

bool aanlevering_send(struct gateway *gateway, const struct aanlevering_send *send,
                      struct fault *fault)
{
    SCOPED_ZENDING struct zending z = { .gateway = gateway, .send = send };

    if (!prepare(&z, fault))
        return false;
    const struct letter letter = letter_of(&z);
    if (!compose_letter(gateway, &letter, &z.row, fault)
        || !store_run(gateway->store, send_work, &z, fault))
        return false;
    if (!gateway->couriers)
        return true;
    events_publish(gateway->events, "overdracht", z.reply.o.id);
    couriers_wake(gateway->couriers);
    return true;
}

bool aanlevering_preview(struct gateway *gateway, const struct aanlevering_send *send,
                         struct overdracht *o, struct peer **peer, struct buf *xml,
                         struct fault *fault)
{
    SCOPED_ZENDING struct zending z = { .gateway = gateway, .send = send };

    if (!prepare(&z, fault))
        return false;
    const struct letter letter = letter_of(&z);
    if (!compose_preview(gateway, &letter, xml, fault))
        return false;
    *o = z.reply.o;
    *peer = z.peer;
    z.peer = NULL;
    return true;
}

/* --- by itself ----------------------------------------------------------------------- */

#define READY                                                                                 \
    "SELECT h.id FROM aanlevering a JOIN overdracht h ON h.id = a.overdracht"                 \
    " JOIN peer p ON p.oin = h.peer WHERE a.state = 'klaar' AND h.state = 'gevraagd'"         \
    " AND p.aanlevering = 'auto' AND a.next_try <= ?1 AND NOT" BLOKKADE_ON
#define OPEN_AT_DUO                                                                           \
    " EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id"                                 \
    "  AND t.soort = 'eerst-afhandelen' AND t.done IS NULL)"

/* clang-format off */
static const char *const GOES_BY_ITSELF[] = {
    READY,                                     /* wacht_op_duo = nee */
    READY " AND NOT" OPEN_AT_DUO,              /* DUO is not used: a taak may be there all the same */
    READY " AND NOT" OPEN_AT_DUO " AND EXISTS" /* the mover has looked what is open at DUO */
    " (SELECT 1 FROM taak t WHERE t.overdracht = h.id AND t.soort = 'eerst-afhandelen')",
};
/* clang-format on */

static const char *query_of(const struct config *config)
{
    if (strcmp(config->wacht_op_duo, "nee") == 0)
        return GOES_BY_ITSELF[0];
    return GOES_BY_ITSELF[config->duo.oin[0] ? 2 : 1];
}

struct putting_off {
    struct gateway *gateway;
    const char *overdracht;
    struct fault why;
};

static bool put_off_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct putting_off *p = argument;
    const struct config *config = &p->gateway->config;
    int64_t next = clock_now() + config->retry_longest_seconds;

    if (!fault_is_temporary(&p->why)) /* a person must look: nothing changes by itself */
        return aanlevering_lapse(db, SELF, p->overdracht, p->why.text, fault);
    return aanlevering_put_off(db, p->overdracht, p->why.text, next, fault);
}

static bool send_one(struct gateway *gateway, const char *id, struct fault *fault)
{
    const struct aanlevering_send send = { .actor = SELF, .overdracht = id };
    struct putting_off p = { .gateway = gateway, .overdracht = id };

    if (aanlevering_send(gateway, &send, &p.why))
        return true;
    log_warning("aanlevering overdracht=%s does not go by itself: %s", id, p.why.text);
    return store_run(gateway->store, put_off_work, &p, fault);
}

/* --- for a person -------------------------------------------------------------------- */

static const char WAITS[] =
    "SELECT a.seq FROM aanlevering a JOIN overdracht h ON h.id = a.overdracht"
    " JOIN peer p ON p.oin = h.peer WHERE a.state = 'klaar' AND h.state = 'gevraagd'"
    " AND p.aanlevering = 'ask' AND NOT EXISTS (SELECT 1 FROM taak t"
    "  WHERE t.overdracht = h.id AND t.soort = 'klaar-om-te-versturen' AND t.sleutel = a.id)";

struct waiting {
    struct gateway *gateway;
    const char *seq;
};

static bool find_waiting(sqlite3 *db, const char *seq, char overdracht[UUID_SIZE],
                         char id[UUID_SIZE], bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault,
                   "SELECT overdracht, id FROM aanlevering WHERE seq = CAST(? AS INTEGER)"
                   " AND state = 'klaar'",
                   "t", seq)
        || !sql_row(stmt, found, fault))
        return false;
    if (*found) {
        sql_copy(stmt, 0, overdracht, UUID_SIZE);
        sql_copy(stmt, 1, id, UUID_SIZE);
    }
    return true;
}

static bool open_taak(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct waiting *w = argument;
    char overdracht[UUID_SIZE], id[UUID_SIZE];
    bool found;

    if (!find_waiting(db, w->seq, overdracht, id, &found, fault))
        return false;
    const struct taak_reden reden = {
        .soort = TAAK_KLAAR,
        .overdracht = overdracht,
        .sleutel = id,
        .tekst = "Het eigen systeem leverde het gevraagde dossier. Het is gecontroleerd en "
                 "wacht op iemand die het bekijkt en vrijgeeft.",
    };
    return !found || taak_open(db, w->gateway->keys, &reden, NULL, fault);
}

static bool ask_a_person(struct gateway *gateway, const char *seq, struct fault *fault)
{
    struct waiting waiting = { gateway, seq };

    return store_run(gateway->store, open_taak, &waiting, fault);
}

/* --- of no use any more -------------------------------------------------------------- */

static const char STALE[] =
    "SELECT h.id FROM aanlevering a JOIN overdracht h ON h.id = a.overdracht"
    " WHERE a.state IN ('wacht', 'klaar') AND h.state <> 'gevraagd'";

static bool lapse_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return aanlevering_lapse(db, SELF, argument, "er wordt niet meer om gevraagd", fault);
}

static bool lapse(struct gateway *gateway, const char *id, struct fault *fault)
{
    char overdracht[UUID_SIZE];

    memcpy(overdracht, id, UUID_SIZE);
    return store_run(gateway->store, lapse_work, overdracht, fault);
}

static bool for_each(struct gateway *gateway, const char *query,
                     bool (*run)(struct gateway *gateway, const char *id, struct fault *fault),
                     struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store, query, clock_now(), &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++)
        if (!run(gateway, ids.id[i], fault))
            return false;
    return true;
}

bool aanlevering_send_ready(struct gateway *gateway, struct fault *fault)
{
    return for_each(gateway, STALE, lapse, fault)
           && for_each(gateway, query_of(&gateway->config), send_one, fault)
           && for_each(gateway, WAITS, ask_a_person, fault);
}
