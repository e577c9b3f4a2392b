/* afhandelen -- see afhandelen.h. */
#include "gateway/afhandelen.h"

#include <stdio.h>
#include <string.h>

#include "codecs/duo/regels.h"
#include "gateway/clock.h"
#include "gateway/duo_letter.h"
#include "gateway/ids.h"
#include "gateway/lezing.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

/* --- before the dossier goes --------------------------------------------------------------
 */

/* Whose taak is not there yet; or is, and was written before today or before DUO's newest
 * answer: there may be dozens, for weeks, and DUO's answers are much to read. */
static const char LEFT[] =
    "SELECT h.id FROM overdracht h WHERE h.rol = 'verstrekker'"
    " AND h.state IN ('gevraagd', 'verzonden', 'bezorgd', 'overgenomen')"
    " AND (EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id"
    "  AND t.soort = 'eerst-afhandelen' AND t.done IS NULL AND (t.geschreven < ?1"
    "   OR EXISTS (SELECT 1 FROM outbox q WHERE q.overdracht = h.id AND q.peer IS NULL"
    "    AND q.state = 'delivered' AND q.soort LIKE '%.lezen'"
    "    AND q.settled >= t.geschreven)))"
    " OR (h.state = 'gevraagd' AND NOT EXISTS (SELECT 1 FROM taak t"
    "  WHERE t.overdracht = h.id AND t.soort = 'eerst-afhandelen')))";

struct vertrek {
    struct gateway *gateway;
    struct overdracht o;
    struct lezing lezing;
    char pip_na[11]; /* when DUO got the newest PIP, no sooner; "": not known */
    char tot[11];    /* "": not known yet */
};

static void vertrek_finish(struct vertrek *v)
{
    lezing_finish(&v->lezing);
}

static void today(char day[11])
{
    time_t at = clock_now();
    struct tm utc;

    day[0] = '\0';
    if (gmtime_r(&at, &utc) && strftime(day, 11, "%Y-%m-%d", &utc) == 0)
        day[0] = '\0';
}

/* Until when we may ask, by the newest PIP that DUO showed us. */
static void find_end(struct vertrek *v)
{
    const struct config *config = &v->gateway->config;
    char day[11];

    today(day);
    const struct duo_facts facts = {
        .gelezen = lezing_gelezen(&v->lezing),
        .gemeentecode = v->o.eigen_code,
        .vandaag = day,
        .vertrek = v->o.vestiging[0] ? v->o.vestiging : NULL,
        .pip_geregistreerd = v->pip_na,
        .toegang_vanaf = strcmp(config->duo.toegang_vanaf, "registratie") == 0
                             ? DUO_VANAF_REGISTRATIE
                             : DUO_VANAF_DAGTEKENING,
    };
    if (!duo_access_until(&facts, v->tot))
        v->tot[0] = '\0';
}

static void write_tekst(const struct vertrek *v, struct buf *tekst)
{
    const char *since = v->o.vestiging[0] ? v->o.vestiging : NULL;

    buf_addf(tekst,
             "Handel eerst af bij DUO, voor het dossier weggaat: de laatste uren%s%s, "
             "MAP en PVT met verwijtbaar, en het einde van het aanbod. ",
             since ? " tot " : "", since ? since : "");
    if (v->tot[0])
        buf_addf(tekst,
                 "De nieuwe gemeente heeft een PIP: MAP en PVT kunnen wij niet meer "
                 "melden, en na %s geeft DUO ons geen antwoord meer.",
                 v->tot);
    else
        buf_add_text(tekst,
                     "Zodra de nieuwe gemeente een PIP meldt, kunnen wij MAP en PVT niet "
                     "meer melden; een maand later eindigt onze toegang bij DUO.");
}

static bool adopt_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vertrek *v = argument;
    SCOPED_BUF struct buf tekst = { 0 };
    bool adopted;
    const struct taak_reden reden = { .soort = TAAK_EERST_AFHANDELEN,
                                      .overdracht = v->o.id,
                                      .sleutel = "",
                                      .uiterlijk = v->tot[0] ? v->tot : NULL };
    struct taak_reden whole = reden;

    if (!taak_adopt(db, v->o.id, TAAK_EERST_AFHANDELEN, &adopted, fault))
        return false;
    write_tekst(v, &tekst);
    whole.tekst = buf_text(&tekst);
    return taak_open(db, v->gateway->keys, &whole, NULL, fault);
}

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vertrek *v = argument;
    bool found;

    return overdracht_get(db, v->gateway->keys, v->o.id, &v->o, &found, fault);
}

static bool left_one(struct gateway *gateway, const char *id, struct fault *fault)
{
    __attribute__((cleanup(vertrek_finish))) struct vertrek v = { .gateway = gateway };

    memcpy(v.o.id, id, UUID_SIZE);
    if (!store_run(gateway->store, look_work, &v, fault)
        || !lezing_load(gateway, id, &v.lezing, fault)
        || !lezing_pip_na(gateway, id, v.pip_na, fault))
        return false;
    find_end(&v);
    return store_run(gateway->store, adopt_work, &v, fault);
}

bool afhandelen_eerst(struct gateway *gateway, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };
    int64_t now = clock_now();

    if (!gateway->config.duo.oin[0])
        return true;
    if (!ids_read(gateway->store, LEFT, now - now % 86400, &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct fault why = { 0 };
        if (!left_one(gateway, ids.id[i], &why))
            log_warning("overdracht=%s: its taak waits: %s", ids.id[i], why.text);
    }
    return true;
}

/* --- what DUO refused ----------------------------------------------------------------------
 */

static const char REFUSED[] =
    "SELECT o.id FROM outbox o WHERE o.peer IS NULL AND o.state IN ('refused', 'expired')"
    " AND o.soort NOT LIKE '%.lezen' AND NOT EXISTS (SELECT 1 FROM taak t"
    "  WHERE t.soort = 'duo-geweigerd' AND t.sleutel = o.id) LIMIT 200";

struct weigering_duo {
    struct gateway *gateway;
    const char *id;
    struct outbox_row row;
    int64_t cancelled; /* reports that stood behind it */
    struct buf tekst;
};

static void weigering_duo_finish(struct weigering_duo *w)
{
    outbox_row_finish(&w->row);
    buf_finish(&w->tekst);
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct weigering_duo *w = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!outbox_find(db, w->id, &w->row, fault)
        || !sql_query(db, &stmt, fault,
                      "SELECT count(*) FROM outbox WHERE overdracht = ? AND peer IS NULL"
                      " AND seq > ? AND state = 'cancelled'",
                      "ti", w->row.overdracht, w->row.seq)
        || !sql_row(stmt, &row, fault))
        return false;
    w->cancelled = sqlite3_column_int64(stmt, 0);
    return true;
}

static bool open_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct weigering_duo *w = argument;
    const struct taak_reden reden = { .soort = TAAK_DUO_GEWEIGERD,
                                      .overdracht =
                                          w->row.overdracht[0] ? w->row.overdracht : NULL,
                                      .sleutel = w->id,
                                      .tekst = buf_text(&w->tekst) };

    return taak_open(db, w->gateway->keys, &reden, NULL, fault);
}

/* DUO's words go into the sealed text; without them the reason of the row must do. */
static void write_why(struct weigering_duo *w)
{
    SCOPED_DUO_REPLY struct duo_reply reply = { 0 };
    struct fault fault = { 0 };

    buf_addf(&w->tekst, "DUO nam %s niet aan", w->row.soort);
    if (w->row.receipt.size && duo_reply_open(w->gateway, &w->row, &reply, &fault)
        && reply.texts.size)
        buf_addf(&w->tekst, " (%d): %s", reply.status, buf_text(&reply.texts));
    else
        buf_addf(&w->tekst, ": %s", w->row.reason);
    if (w->cancelled > 0)
        buf_addf(&w->tekst, "; daarachter zijn %lld meldingen niet verstuurd",
                 (long long)w->cancelled);
}

static bool refused_one(struct gateway *gateway, const char *id, struct fault *fault)
{
    __attribute__((cleanup(weigering_duo_finish))) struct weigering_duo w = { .gateway =
                                                                                  gateway,
                                                                              .id = id };

    if (!store_run(gateway->store, find_work, &w, fault))
        return false;
    write_why(&w);
    return store_run(gateway->store, open_work, &w, fault);
}

bool afhandelen_geweigerd(struct gateway *gateway, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store, REFUSED, 0, &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct fault why = { 0 };
        if (!refused_one(gateway, ids.id[i], &why))
            log_warning("bericht=%s: its taak waits: %s", ids.id[i], why.text);
    }
    return true;
}
