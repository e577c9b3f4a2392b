/* intrekking -- see intrekking.h. */
#include "gateway/intrekking.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codecs/intrekking.h"
#include "codecs/xmldoc.h"
#include "gateway/audit.h"
#include "gateway/bijlagen.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/courier.h"
#include "gateway/events.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

struct giving_up {
    struct gateway *gateway;
    struct overdracht o;
    bool found;
    char bericht[UUID_SIZE], betreft[UUID_SIZE]; /* their withdrawal, and of what */
    struct buf sealed;                           /* that message, while it is there */
    struct digest canonical;
    struct buf toelichting;
    struct outbox_row row; /* the confirmation */
};

static void giving_up_finish(struct giving_up *g)
{
    buf_finish(&g->sealed);
    buf_finish(&g->toelichting);
    outbox_row_finish(&g->row);
}
#define SCOPED_GIVING_UP __attribute__((cleanup(giving_up_finish)))

/* Our own messages that are still under way are wiped when they have ended. */
#define ENDED "m.state NOT IN ('queued', 'sending') AND m.soort <> 'intrekkingbevestiging'"

/* A dossier came here, and something readable is left of it. */
#define READABLE                                                                              \
    " h.rol = 'ontvanger' AND h.state = 'ingetrokken' AND EXISTS (SELECT 1 FROM inbox d"      \
    "  WHERE d.overdracht = h.id AND d.soort = 'dossier' AND d.code = '')"                    \
    " AND (EXISTS (SELECT 1 FROM inbox m WHERE m.overdracht = h.id"                           \
    "   AND length(m.sealed) > 0)"                                                            \
    "  OR EXISTS (SELECT 1 FROM outbox m WHERE m.overdracht = h.id AND m.peer IS NOT NULL"    \
    "   AND length(m.sealed) > 0 AND " ENDED ")"                                              \
    "  OR EXISTS (SELECT 1 FROM bijlage b WHERE b.overdracht = h.id))"

/* --- what is to be given up ---------------------------------------------------------- */

/* The newest withdrawal of theirs; none when we gave our own request up. */
static bool find_theirs(sqlite3 *db, struct giving_up *g, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT id, sealed, canonical FROM inbox WHERE overdracht = ?"
                   " AND soort = 'intrekking' AND code = '' ORDER BY seq DESC LIMIT 1",
                   "t", g->o.id)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found)
        return true;
    sql_copy(stmt, 0, g->bericht, sizeof(g->bericht));
    sql_bytes(stmt, 1, &g->sealed);
    sql_digest(stmt, 2, &g->canonical);
    return true;
}

static bool find(sqlite3 *db, struct giving_up *g, const char *query, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    char id[UUID_SIZE];

    if (!sql_query(db, &stmt, fault, query, "") || !sql_row(stmt, &g->found, fault))
        return false;
    if (!g->found)
        return true;
    sql_copy(stmt, 0, id, sizeof(id));
    sql_release(&stmt);
    return overdracht_get(db, g->gateway->keys, id, &g->o, &g->found, fault)
           && find_theirs(db, g, fault);
}

static bool find_readable(sqlite3 *db, void *argument, struct fault *fault)
{
    return find(db, argument, "SELECT h.id FROM overdracht h WHERE" READABLE " LIMIT 1",
                fault);
}

/* --- wiping -------------------------------------------------------------------------- */

/* Its words are for the caseworker, who must still clear away what went elsewhere. */
static void read_words(struct giving_up *g)
{
    SCOPED_INTREKKING struct intrekking intrekking = { 0 };
    SCOPED_BUF struct buf canonical = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault unread = { 0 };

    if (!g->sealed.size
        || !compose_open(g->gateway, &g->sealed, &g->canonical, &canonical, &doc, &unread))
        return;
    intrekking_read(message_content(doc), &intrekking);
    buf_addf(&g->toelichting, "%s: %s", intrekking.code->name, intrekking.code->meaning);
    if (intrekking.toelichting.size)
        buf_addf(&g->toelichting, "\n%s", buf_text(&intrekking.toelichting));
}

/* Files first: a row without its file is found again, a file without its row would stay. One
 * that another handover names too stays. */
static bool remove_files(sqlite3 *db, const struct giving_up *g, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    char folder[PATH_MAX], path[PATH_MAX];
    bool row;

    if (!bijlagen_folder(&g->gateway->home, g->o.peer, folder, fault)
        || !sql_query(db, &stmt, fault,
                      "SELECT DISTINCT sha256 FROM bijlage b WHERE eigenaar = ?1"
                      " AND overdracht = ?2 AND NOT EXISTS (SELECT 1 FROM bijlage e"
                      "  WHERE e.eigenaar = ?1 AND e.sha256 = b.sha256"
                      "  AND e.overdracht <> ?2)",
                      "tt", g->o.peer, g->o.id))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        int length = snprintf(path, sizeof(path), "%s/%s", folder, sql_text(stmt, 0));
        if (length > 0 && (size_t)length < sizeof(path))
            (void)unlink(path);
    }
    return false;
}

static bool remove_rows(sqlite3 *db, const struct giving_up *g, struct fault *fault)
{
    static const char *const WIPES[] = {
        "UPDATE inbox AS m SET sealed = NULL WHERE m.overdracht = ?",
        "UPDATE outbox AS m SET sealed = x'' WHERE m.overdracht = ? AND m.peer IS NOT NULL"
        " AND " ENDED,
        "DELETE FROM bijlage WHERE overdracht = ?",
        "DELETE FROM notitie WHERE overdracht = ?",
        "DELETE FROM huisgenoot WHERE overdracht = ?",
        "UPDATE aflevering SET state = 'mislukt', reason = 'ingetrokken'"
        " WHERE overdracht = ? AND state = 'klaar' AND bericht <> 'ingetrokken'",
        "UPDATE taak SET tekst_sealed = NULL WHERE overdracht = ? AND soort <> 'intrekking'",
        "UPDATE overdracht SET bsn_index = NULL, vnummer_index = NULL"
        " WHERE id = ?",
    };

    for (size_t i = 0; i < sizeof(WIPES) / sizeof(WIPES[0]); i++)
        if (!sql_do(db, fault, WIPES[i], "t", g->o.id))
            return false;
    return true;
}

static bool remove_person(sqlite3 *db, const struct giving_up *g, struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };
    const struct persoon nobody = { 0 };

    persoon_seal(g->gateway->keys, g->o.id, &nobody, &sealed);
    return sql_do(db, fault, "UPDATE overdracht SET persoon_sealed = ? WHERE id = ?", "bt",
                  (const void *)sealed.data, sealed.size, g->o.id);
}

/* Only when it was they who withdrew it. */
static bool open_task(sqlite3 *db, const struct giving_up *g, struct fault *fault)
{
    const struct taak_reden reden = { .soort = TAAK_INTREKKING,
                                      .overdracht = g->o.id,
                                      .sleutel = g->bericht,
                                      .tekst = buf_text(&g->toelichting) };

    return !g->toelichting.size || taak_open(db, g->gateway->keys, &reden, NULL, fault);
}

static bool wipe_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct giving_up *g = argument;

    return open_task(db, g, fault) && remove_files(db, g, fault) && remove_rows(db, g, fault)
           && remove_person(db, g, fault)
           && audit_add(db, "estafetted", "gewist", g->o.id, fault,
                        "berichten, documenten, persoon");
}

static bool wipe_one(struct gateway *gateway, bool *found, struct fault *fault)
{
    SCOPED_GIVING_UP struct giving_up g = { .gateway = gateway };

    if (!store_run(gateway->store, find_readable, &g, fault))
        return false;
    *found = g.found;
    if (!g.found)
        return true;
    read_words(&g);
    if (!store_run(gateway->store, wipe_work, &g, fault))
        return false;
    events_publish(gateway->events, "overdracht", g.o.id);
    return true;
}

bool intrekking_wipe(struct gateway *gateway, struct fault *fault)
{
    bool found = true;

    while (found)
        if (!wipe_one(gateway, &found, fault))
            return false;
    return true;
}

/* --- confirming ---------------------------------------------------------------------- */

/* One that expired has told nobody anything; what they refused they have heard. */
static bool find_unconfirmed(sqlite3 *db, void *argument, struct fault *fault)
{
    struct giving_up *g = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!find(db, g,
              "SELECT h.id FROM overdracht h WHERE h.rol = 'ontvanger'"
              " AND h.state = 'ingetrokken' AND (SELECT count(*) FROM inbox m"
              "  WHERE m.overdracht = h.id AND m.soort = 'intrekking' AND m.code = '')"
              " > (SELECT count(*) FROM outbox m WHERE m.overdracht = h.id"
              "  AND m.soort = 'intrekkingbevestiging' AND m.state <> 'expired')"
              " AND NOT EXISTS (SELECT 1 FROM inbox m WHERE m.overdracht = h.id"
              "  AND length(m.sealed) > 0) LIMIT 1",
              fault))
        return false;
    if (!g->found)
        return true;
    if (!sql_query(db, &stmt, fault,
                   "SELECT id FROM inbox WHERE overdracht = ? AND soort = 'dossier'"
                   " AND code = '' ORDER BY seq DESC LIMIT 1",
                   "t", g->o.id)
        || !sql_row(stmt, &row, fault))
        return false;
    sql_copy(stmt, 0, g->betreft, sizeof(g->betreft));
    return true;
}

static bool compose_confirmation(struct giving_up *g, struct fault *fault)
{
    SCOPED_PEER struct peer *peer = registry_by_oin(g->gateway->registry, g->o.peer);
    struct intrekkingbevestiging bevestiging = { .verwijderd_op = clock_now() };

    if (!peer)
        return fault_set(fault, FAULT_IDENTITY, "peer %s is no longer registered", g->o.peer);
    memcpy(bevestiging.betreft, g->betreft, UUID_SIZE);
    SCOPED_XMLDOC xmlDoc *content = intrekking_confirm_build(&bevestiging);
    const struct letter letter = { .peer = peer,
                                   .soort = SOORT_INTREKKINGBEVESTIGING,
                                   .overdracht_id = g->o.id,
                                   .from = g->o.eigen_code,
                                   .to = g->o.gemeentecode,
                                   .antwoord_op = g->bericht,
                                   .valid_seconds = g->gateway->config.expire_days * 86400L,
                                   .content = xmlDocGetRootElement(content) };
    return compose_letter(g->gateway, &letter, &g->row, fault);
}

static bool confirm_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct giving_up *g = argument;

    return outbox_add(db, "estafetted", &g->row, fault);
}

static bool confirm_one(struct gateway *gateway, bool *found, struct fault *fault)
{
    SCOPED_GIVING_UP struct giving_up g = { .gateway = gateway };

    if (!store_run(gateway->store, find_unconfirmed, &g, fault))
        return false;
    *found = g.found;
    if (!g.found)
        return true;
    if (!compose_confirmation(&g, fault)
        || !store_run(gateway->store, confirm_work, &g, fault))
        return false;
    couriers_wake(gateway->couriers);
    return true;
}

bool intrekking_confirm(struct gateway *gateway, struct fault *fault)
{
    bool found = true;

    while (found)
        if (!confirm_one(gateway, &found, fault))
            return false;
    return true;
}
