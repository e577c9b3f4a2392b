/* verzoek -- see verzoek.h. What is found before the message is made is looked at again in the
 * transaction that queues it: between the two somebody else may have asked. */
#include "gateway/verzoek.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "codecs/dossierverzoek.h"
#include "codecs/toelichting.h"
#include "codecs/xmldoc.h"
#include "gateway/address.h"
#include "gateway/blokkade.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/courier.h"
#include "gateway/events.h"
#include "gateway/log.h"
#include "gateway/overdracht_join.h"
#include "gateway/sql.h"

struct asking {
    struct gateway *gateway;
    const char *actor;
    const struct verzoek *verzoek;
    struct address address;
    struct dossierverzoek inhoud;
    struct persoon persoon;
    struct overdracht o; /* that asks, or has asked */
    bool signalled;      /* it is there, and gesignaleerd */
    bool asked;          /* it is there, and open with this peer: nothing is sent */
    struct outbox_row row;
};

static void asking_finish(struct asking *a)
{
    address_finish(&a->address);
    dossierverzoek_finish(&a->inhoud);
    outbox_row_finish(&a->row);
}

/* --- what is there ------------------------------------------------------------------- */

static bool find_signalled(sqlite3 *db, struct asking *a, struct fault *fault)
{
    const char *id = a->verzoek->gesignaleerd;

    if (!id)
        return true;
    if (!overdracht_get(db, a->gateway->keys, id, &a->o, &a->signalled, fault))
        return false;
    if (!a->signalled)
        return fault_set(fault, FAULT_UNKNOWN, "no handover %s", id);
    if (a->o.rol == ROL_ONTVANGER && a->o.state == OVERDRACHT_GESIGNALEERD)
        return true;
    a->signalled = false;
    a->asked = a->o.rol == ROL_ONTVANGER && a->o.state == OVERDRACHT_VERZOCHT
               && strcmp(a->o.peer, a->address.peer->card.oin) == 0;
    return a->asked
           || fault_set(fault, FAULT_STATE, "handover %s (%s) is %s: it cannot ask", a->o.id,
                        rol_name(a->o.rol), overdracht_state_name(a->o.state));
}

static bool find_person(sqlite3 *db, struct asking *a, struct fault *fault)
{
    if (a->verzoek->persoon) {
        a->persoon = *a->verzoek->persoon;
        return true;
    }
    return overdracht_person(db, a->gateway->keys, a->o.id, &a->persoon, fault);
}

/* The newest first: with this peer what is open counts, else what was signalled and is
 * nobody's yet. */
static void consider(void *context, const struct overdracht *o)
{
    struct asking *a = context;
    bool is_peer = strcmp(o->peer, a->address.peer->card.oin) == 0;

    if (o->rol != ROL_ONTVANGER || a->asked)
        return;
    if (o->state != OVERDRACHT_GESIGNALEERD) {
        a->asked = is_peer;
        if (is_peer)
            a->o = *o;
    } else if (!a->signalled && (is_peer || !o->peer[0])) {
        a->signalled = true;
        a->o = *o;
    }
}

/* They would take this request for the one that crossed the dossier of then. */
static bool is_answered(sqlite3 *db, const struct asking *a, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    const struct keys *keys = a->gateway->keys;
    struct digest bsn, vnummer;
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT h.id FROM overdracht h JOIN outbox m ON m.overdracht = h.id"
                   " WHERE h.peer = ?1 AND h.rol = 'ontvanger'"
                   " AND (h.bsn_index = ?2 OR h.vnummer_index = ?3)"
                   " AND m.soort IN ('overname', 'weigering', 'intrekking')"
                   " AND m.state IN ('queued', 'sending') LIMIT 1",
                   "tdd", a->address.peer->card.oin,
                   persoon_bsn_index(keys, &a->persoon, &bsn),
                   persoon_vnummer_index(keys, &a->persoon, &vnummer))
        || !sql_row(stmt, &found, fault))
        return false;
    return !found
           || fault_set(fault, FAULT_TEMPORARY,
                        "our answer in handover %s is still on its way to them; ask when it "
                        "has arrived",
                        sql_text(stmt, 0));
}

static bool look(sqlite3 *db, struct asking *a, struct fault *fault)
{
    a->signalled = a->asked = false;
    if (!find_signalled(db, a, fault) || !find_person(db, a, fault))
        return false;
    return a->asked
           || (overdracht_open_of(db, a->gateway->keys, &a->persoon, consider, a, fault)
               && (a->asked || is_answered(db, a, fault)));
}

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return look(db, argument, fault);
}

/* Whom we ask learns that the person is here now. */
static bool may_ask(struct asking *a, struct fault *fault)
{
    const struct blokkade_look look = { a->actor, a->signalled ? a->o.id : NULL,
                                        "dossierverzoek" };

    return blokkade_allows(a->gateway->store, a->gateway->keys, &look, &a->persoon, fault);
}

/* --- the message --------------------------------------------------------------------- */

static const char *choose(const char *said, const char *known, const char *otherwise)
{
    if (said && *said)
        return said;
    return known && *known ? known : otherwise;
}

static bool fill(struct asking *a, struct fault *fault)
{
    const struct verzoek *verzoek = a->verzoek;
    struct dossierverzoek *inhoud = &a->inhoud;
    const struct overdracht *known = a->signalled ? &a->o : NULL;
    const char *grond = choose(verzoek->grond, known ? known->oorzaak : NULL, "BRP");

    inhoud->grond = dossierverzoek_grond(grond);
    if (!inhoud->grond)
        return fault_set(fault, FAULT_USAGE, "reason: %.20s is no ground for a request",
                         grond);
    snprintf(inhoud->vestiging, sizeof(inhoud->vestiging), "%s",
             choose(verzoek->vestiging, known ? known->vestiging : NULL, ""));
    snprintf(inhoud->pip, sizeof(inhoud->pip), "%s", choose(verzoek->pip, NULL, ""));
    memcpy(inhoud->bsn, a->persoon.bsn, sizeof(inhoud->bsn));
    memcpy(inhoud->vnummer, a->persoon.vnummer, sizeof(inhoud->vnummer));
    memcpy(inhoud->geboortedatum, a->persoon.geboortedatum, sizeof(inhoud->geboortedatum));
    return toelichting_parse(choose(verzoek->toelichting, NULL, ""), &inhoud->toelichting,
                             fault)
           && dossierverzoek_check(inhoud, fault);
}

static bool compose(struct asking *a, struct fault *fault)
{
    if (!fill(a, fault))
        return false;
    SCOPED_XMLDOC xmlDoc *content = dossierverzoek_build(&a->inhoud);
    const struct letter letter = {
        .peer = a->address.peer,
        .soort = SOORT_DOSSIERVERZOEK,
        .overdracht_id = a->signalled ? a->o.id : NULL,
        .from = a->address.ours,
        .to = a->address.theirs,
        .valid_seconds = a->gateway->config.expire_days * 86400L,
        .content = xmlDocGetRootElement(content),
    };
    return compose_letter(a->gateway, &letter, &a->row, fault);
}

/* --- queued -------------------------------------------------------------------------- */

static bool add_new(sqlite3 *db, struct asking *a, struct fault *fault)
{
    struct overdracht *o = &a->o;

    *o = (struct overdracht){ .rol = ROL_ONTVANGER, .state = OVERDRACHT_VERZOCHT };
    memcpy(o->id, a->row.overdracht, sizeof(o->id));
    memcpy(o->peer, a->row.peer, sizeof(o->peer));
    memcpy(o->gemeentecode, a->address.theirs, sizeof(o->gemeentecode));
    memcpy(o->eigen_code, a->address.ours, sizeof(o->eigen_code));
    memcpy(o->vestiging, a->inhoud.vestiging, sizeof(o->vestiging));
    snprintf(o->oorzaak, sizeof(o->oorzaak), "%s", a->inhoud.grond->name);
    snprintf(o->na, sizeof(o->na), "%s", a->verzoek->na ? a->verzoek->na : "");
    return overdracht_add(db, a->gateway->keys, a->actor, o, &a->persoon, fault);
}

static bool move_signalled(sqlite3 *db, struct asking *a, struct fault *fault)
{
    struct party theirs = { 0 };

    memcpy(theirs.oin, a->row.peer, sizeof(theirs.oin));
    memcpy(theirs.gemeentecode, a->address.theirs, sizeof(theirs.gemeentecode));
    return overdracht_join_with(db, &a->o, &theirs, a->address.ours, fault)
           && overdracht_join_why(db, &a->o, a->inhoud.grond->name, a->inhoud.vestiging, fault)
           && overdracht_renew(db, a->gateway->keys, &a->o, &a->persoon, fault)
           && overdracht_move(db, a->actor, &a->o, OVERDRACHT_VERZOCHT, "", fault);
}

static bool tell(sqlite3 *db, const struct asking *a, const char *bericht, struct fault *fault)
{
    const struct verzoek *verzoek = a->verzoek;

    return !verzoek->done || verzoek->done(db, verzoek->context, &a->o, bericht, fault);
}

static bool ask_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct asking *a = argument;
    bool was = a->signalled;

    if (!look(db, a, fault))
        return false;
    if (a->asked)
        return tell(db, a, "", fault);
    if (a->signalled != was || (was && strcmp(a->o.id, a->row.overdracht) != 0))
        return fault_set(fault, FAULT_TEMPORARY, "the handover has changed meanwhile");
    return blokkade_still(db, a->gateway->keys, &a->persoon, fault)
           && (was ? move_signalled(db, a, fault) : add_new(db, a, fault))
           && outbox_add(db, a->actor, &a->row, fault) && tell(db, a, a->row.id, fault);
}

static bool ask(struct asking *a, struct fault *fault)
{
    const struct verzoek *verzoek = a->verzoek;
    struct store *store = a->gateway->store;

    return address_find(a->gateway, verzoek->to, verzoek->from ? verzoek->from : "",
                        SOORT_DOSSIERVERZOEK, &a->address, fault)
           && store_run(store, look_work, a, fault)
           && (a->asked || (may_ask(a, fault) && compose(a, fault)))
           && store_run(store, ask_work, a, fault);
}

bool verzoek_send(struct gateway *gateway, const char *actor, const struct verzoek *verzoek,
                  char overdracht[UUID_SIZE], struct fault *fault)
{
    __attribute__((cleanup(asking_finish))) struct asking a = { .gateway = gateway,
                                                                .actor = actor,
                                                                .verzoek = verzoek };

    if (!ask(&a, fault))
        return false;
    memcpy(overdracht, a.o.id, UUID_SIZE);
    if (a.asked || !gateway->couriers)
        return true;
    events_publish(gateway->events, "overdracht", overdracht);
    couriers_wake(gateway->couriers);
    return true;
}

/* --- asking on ----------------------------------------------------------------------- */

/* A refused request, and the municipality that the refusal names. */
struct lead {
    struct gateway *gateway;
    struct overdracht o;
    struct persoon persoon;
    char to[GEMEENTECODE_SIZE];
    bool found, circle;
    char why[300]; /* it is not asked on */
};

/* Asked once in this search already? The chain is walked back from the refused one. */
static bool find_circle(sqlite3 *db, struct lead *lead, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "WITH RECURSIVE chain (id) AS (VALUES (?1) UNION SELECT h.na"
                     "  FROM overdracht h JOIN chain c ON h.id = c.id WHERE h.na IS NOT NULL)"
                     " SELECT 1 FROM overdracht h JOIN chain c ON c.id = h.id"
                     " WHERE h.gemeentecode = ?2 LIMIT 1",
                     "tt", lead->o.id, lead->to)
           && sql_row(stmt, &lead->circle, fault);
}

/* The reason is exactly "verhuisd: 0363" until it is known what became of it. */
static bool lead_work(sqlite3 *db, void *argument, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct lead *lead = argument;
    const struct keys *keys = lead->gateway->keys;
    char id[UUID_SIZE];

    if (!sql_query(db, &stmt, fault,
                   "SELECT h.id, substr(h.reden, 11) FROM overdracht h"
                   " WHERE h.rol = 'ontvanger' AND h.state = 'afgewezen'"
                   " AND h.reden GLOB 'verhuisd: [0-9][0-9][0-9][0-9]'"
                   " AND NOT EXISTS (SELECT 1 FROM overdracht n WHERE n.na = h.id)"
                   " ORDER BY h.id LIMIT 1",
                   "")
        || !sql_row(stmt, &lead->found, fault))
        return false;
    if (!lead->found)
        return true;
    sql_copy(stmt, 0, id, sizeof(id));
    sql_copy(stmt, 1, lead->to, sizeof(lead->to));
    sql_release(&stmt);
    return overdracht_get(db, keys, id, &lead->o, &lead->found, fault)
           && overdracht_person(db, keys, id, &lead->persoon, fault)
           && find_circle(db, lead, fault);
}

static bool stay_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct lead *lead = argument;
    char reden[400];

    snprintf(reden, sizeof(reden), "verhuisd: %s; %s", lead->to, lead->why);
    return overdracht_note(db, "estafetted", &lead->o, reden, fault);
}

static bool stay(struct lead *lead, struct fault *fault)
{
    return store_run(lead->gateway->store, stay_work, lead, fault);
}

static bool went_elsewhere(sqlite3 *db, void *context, const struct overdracht *o,
                           const char *bericht, struct fault *fault)
{
    struct lead *lead = context;

    if (*bericht)
        return true;
    snprintf(lead->why, sizeof(lead->why), "asked there already: handover %s", o->id);
    return stay_work(db, lead, fault);
}

static bool follow(struct lead *lead, struct fault *fault)
{
    char overdracht[UUID_SIZE], toelichting[80];
    const struct verzoek verzoek = { .to = lead->to,
                                     .from = lead->o.eigen_code,
                                     .persoon = &lead->persoon,
                                     .grond = lead->o.oorzaak,
                                     .vestiging = lead->o.vestiging,
                                     .toelichting = toelichting,
                                     .na = lead->o.id,
                                     .done = went_elsewhere,
                                     .context = lead };

    if (lead->circle) {
        snprintf(lead->why, sizeof(lead->why),
                 "not asked on: %s was asked before, the search goes in a circle", lead->to);
        return stay(lead, fault);
    }
    snprintf(toelichting, sizeof(toelichting), "Doorverwezen door gemeente %s (verhuisd).",
             lead->o.gemeentecode);
    if (verzoek_send(lead->gateway, "estafetted", &verzoek, overdracht, fault))
        return true;
    if (fault_is_temporary(fault))
        return false;
    snprintf(lead->why, sizeof(lead->why), "not asked on: %.250s", fault->text);
    return stay(lead, fault);
}

/* Each that is followed is found no more; the lock, so that two do not follow the same. */
void verzoek_go_on(struct gateway *gateway)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct fault fault = { 0 };
    struct lead lead;
    bool good;

    pthread_mutex_lock(&lock);
    do {
        lead = (struct lead){ .gateway = gateway };
        good = store_run(gateway->store, lead_work, &lead, &fault)
               && (!lead.found || follow(&lead, &fault));
    } while (good && lead.found);
    pthread_mutex_unlock(&lock);
    if (!good)
        log_warning("verzoek: cannot ask on now: %s", fault.text);
}
