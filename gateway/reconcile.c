/* reconcile -- see reconcile.h. */
#include "gateway/reconcile.h"

#include <stdio.h>
#include <string.h>

#include "codecs/duo/gebeurtenis.h"
#include "codecs/xmldoc.h"
#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/ids.h"
#include "gateway/lezing.h"
#include "gateway/log.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "gateway/taak.h"
#include "gateway/vragen_duo.h"

/* --- asking ------------------------------------------------------------------------------ */

#define ASKED_SINCE(operation)                                                                \
    "EXISTS (SELECT 1 FROM outbox q WHERE q.overdracht = h.id AND q.peer IS NULL"             \
    " AND q.soort = '" operation "' AND (q.created > ? OR q.state IN ('queued', 'sending')))"
#define TO_SETTLE(operation)                                                                  \
    "SELECT h.id FROM overdracht h WHERE h.rol = 'verstrekker'"                               \
    " AND EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id"                             \
    "  AND t.soort = 'eerst-afhandelen' AND t.done IS NULL)"                                  \
    " AND NOT EXISTS (SELECT 1 FROM outbox n WHERE n.overdracht = h.id AND n.peer IS NULL"    \
    "  AND n.soort LIKE '%.lezen' AND n.state IN ('refused', 'expired'))"                     \
    " AND NOT " ASKED_SINCE(operation)

/* clang-format off */
/* Who asked without a notification of DUO, knowing from the BRP, reads the same as with one.
 * What is settled is held against DUO's rules: those facts they turn on; whom DUO does not let
 * in any more asks no further (T-REL-7). */
static const struct {
    const char *operation; /* NULL: all of day one */
    bool daily;            /* else once */
    const char *whom;
} ASKED[] = {
    { NULL, false,
      "SELECT h.id FROM overdracht h WHERE h.rol = 'ontvanger' AND h.state = 'verzocht'"
      " AND NOT EXISTS (SELECT 1 FROM outbox q WHERE q.overdracht = h.id AND q.peer IS NULL"
      "  AND q.soort LIKE '%.lezen') AND ? IS NOT NULL" },
    { "gebeurtenissen.lezen", true,
      "SELECT h.id FROM overdracht h WHERE h.rol = 'ontvanger' AND h.oorzaak LIKE 'SS%'"
      " AND h.state IN ('gesignaleerd', 'verzocht', 'ontvangen')"
      " AND NOT " ASKED_SINCE("gebeurtenissen.lezen") },
    { "pip.lezen",                 true,  TO_SETTLE("pip.lezen") },
    { "inburgeringstermijn.lezen", false, TO_SETTLE("inburgeringstermijn.lezen") },
    { "map.lezen",                 false, TO_SETTLE("map.lezen") },
    { "pvt.lezen",                 false, TO_SETTLE("pvt.lezen") },
    { "uren.lezen",                false, TO_SETTLE("uren.lezen") },
};
/* clang-format on */

struct asking {
    struct gateway *gateway;
    const char *overdracht, *operation;
    struct persoon persoon;
};

/* Without a BSN there is nothing to ask with. */
static bool ask_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct asking *a = argument;

    if (!overdracht_person(db, a->gateway->keys, a->overdracht, &a->persoon, fault))
        return false;
    if (!a->persoon.bsn[0])
        return true;
    return a->operation ? vragen_duo_one(db, a->gateway, a->overdracht, a->persoon.bsn,
                                         a->operation, fault)
                        : vragen_duo_all(db, a->gateway, a->overdracht, a->persoon.bsn, fault);
}

static bool ask_each(struct gateway *gateway, size_t which, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store, ASKED[which].whom,
                  ASKED[which].daily ? clock_now() - RECONCILE_SECONDS : 0, &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct asking a = { .gateway = gateway,
                            .overdracht = ids.id[i],
                            .operation = ASKED[which].operation };
        if (!store_run(gateway->store, ask_work, &a, fault))
            return false;
    }
    if (ids.count > 0)
        couriers_wake(gateway->couriers);
    return true;
}

bool reconcile_ask(struct gateway *gateway, struct fault *fault)
{
    if (!gateway->config.duo.oin[0])
        return true;
    for (size_t i = 0; i < sizeof(ASKED) / sizeof(ASKED[0]); i++)
        if (!ask_each(gateway, i, fault))
            return false;
    return true;
}

/* --- looking ----------------------------------------------------------------------------- */

#define LOOKED_AT "gebeurtenissen"

/* The newest list of events of a handover that was not looked at: what was stands in the
 * audit. */
static const char FRESH[] =
    "SELECT h.id FROM overdracht h JOIN outbox o ON o.seq = (SELECT max(n.seq) FROM outbox n"
    "  WHERE n.overdracht = h.id AND n.peer IS NULL AND n.soort = 'gebeurtenissen.lezen'"
    "  AND n.state = 'delivered')"
    " WHERE h.rol = 'ontvanger' AND h.state IN ('gesignaleerd', 'verzocht', 'ontvangen')"
    " AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.object = h.id"
    "  AND a.action = '" LOOKED_AT "' AND a.detail = o.seq)";

struct looking {
    struct gateway *gateway;
    struct overdracht o;
    struct lezing lezing;
    char since[11]; /* what was before is of a time in which others were told */
};

static void looking_finish(struct looking *l)
{
    lezing_finish(&l->lezing);
}

static bool was_told(sqlite3 *db, const struct looking *l, const char *code, bool *told,
                     struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT 1 FROM notificatie n JOIN overdracht h ON h.id = ?"
                     " WHERE n.bsn_index = h.bsn_index AND n.gebeurtenis = ?",
                     "tt", l->o.id, code)
           && sql_row(stmt, told, fault);
}

static bool open_missed(sqlite3 *db, const struct looking *l, const char *code,
                        const char *datum, struct fault *fault)
{
    SCOPED_BUF struct buf tekst = { 0 };
    SCOPED_BUF struct buf about = { 0 };
    struct digest index;
    char sleutel[DIGEST_HEX];

    buf_addf(&about, "gebeurtenis:%s:%s", code, datum);
    keys_home_index(l->gateway->keys, buf_text(&about), &index);
    digest_hex(&index, sleutel);
    buf_addf(&tekst, "DUO noemt %s van %s, waarover geen notificatie kwam: %s.", code, datum,
             gebeurtenis_betekenis(code));
    const struct taak_reden reden = { .soort = TAAK_GEMIST,
                                      .overdracht = l->o.id,
                                      .sleutel = sleutel,
                                      .tekst = buf_text(&tekst) };
    return taak_open(db, l->gateway->keys, &reden, NULL, fault);
}

/* That somebody settled here is what the handover is about, and that he left is told to whom
 * he left. */
static bool is_the_move(const char *code)
{
    enum gebeurtenis_kind kind = gebeurtenis_kind_of(code);

    return kind == GEBEURTENIS_VERHUIZING || kind == GEBEURTENIS_VERTREK;
}

/* Dates in this form are in the order of time as texts. */
static bool look_at(sqlite3 *db, const struct looking *l, const xmlNode *gebeurtenis,
                    struct fault *fault)
{
    const char *code = xmldoc_text(gebeurtenis, "id");
    const char *datum = xmldoc_text(gebeurtenis, "datum");
    bool told;

    if (!code || !datum || strcmp(datum, l->since) < 0 || is_the_move(code))
        return true;
    return was_told(db, l, code, &told, fault)
           && (told || open_missed(db, l, code, datum, fault));
}

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;

    for (const xmlNode *at = xmldoc_child(lezing_gelezen(&l->lezing), "gebeurtenis"); at;
         at = xmldoc_next(at))
        if (!look_at(db, l, at, fault))
            return false;
    return audit_add(db, "estafetted", LOOKED_AT, l->o.id, fault, "%lld",
                     (long long)l->lezing.gebeurtenissen);
}

static bool get_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;
    bool found;

    return overdracht_get(db, l->gateway->keys, l->o.id, &l->o, &found, fault);
}

static void set_since(struct looking *l)
{
    time_t at = l->o.created;
    struct tm utc;

    snprintf(l->since, sizeof(l->since), "%s", l->o.vestiging);
    if (!l->since[0] && gmtime_r(&at, &utc)
        && strftime(l->since, sizeof(l->since), "%Y-%m-%d", &utc) == 0)
        l->since[0] = '\0';
}

static bool look_one(struct gateway *gateway, const char *id, struct fault *fault)
{
    __attribute__((cleanup(looking_finish))) struct looking l = { .gateway = gateway };

    memcpy(l.o.id, id, UUID_SIZE);
    if (!store_run(gateway->store, get_work, &l, fault)
        || !lezing_load(gateway, id, &l.lezing, fault))
        return false;
    set_since(&l);
    return store_run(gateway->store, look_work, &l, fault);
}

bool reconcile_look(struct gateway *gateway, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store, FRESH, 0, &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct fault why = { 0 };
        if (!look_one(gateway, ids.id[i], &why))
            log_warning("overdracht=%s: DUO's events wait: %s", ids.id[i], why.text);
    }
    return true;
}
