/* taak -- see taak.h. SOORTEN is the list of all kinds. */
#include "gateway/taak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/sql.h"

#define SELF "estafetted" /* closes what has lost its cause; a person is "uid N" */

/* Asks for one open taak (t) of a kind whose cause is gone, by its handover (h). */
#define GONE(condition)                                                                       \
    "SELECT t.seq FROM taak t JOIN overdracht h ON h.id = t.overdracht"                       \
    " WHERE t.soort = ? AND t.done IS NULL AND (" condition ") LIMIT 1"

/* clang-format off */
/* gone NULL: that is not seen from the handover. */
static const struct soort {
    const char *name;
    int days;
    const char *gone;
    const char *doen;
} SOORTEN[TAAK_SOORTEN] = {
    [TAAK_WIE_VRAGEN] = { "wie-vragen", 5, GONE("h.state <> 'gesignaleerd'"),
        "Zoek in de BRP of bij de betrokkene uit waar hij vandaan komt en vraag het "
        "dossier daar op met `estafette overdracht request`; is er geen dossier te "
        "halen, sluit dan deze taak." },
    [TAAK_GEEN_PEER] = { "geen-peer", 5, GONE("h.state <> 'gesignaleerd'"),
        "Laat de beheerder deze gemeente aansluiten met `estafette peer add`; het "
        "dossier wordt daarna vanzelf gevraagd. Vraag het intussen op een andere "
        "veilige manier op." },
    [TAAK_VERSCHIL] = { "verschil", 20,
        GONE("h.state IN ('geweigerd', 'ingetrokken', 'verlopen')"),
        "DUO is leidend: ga uit van wat DUO zegt. Klopt dat niet, laat dan de gemeente "
        "die het meldde het bij DUO herstellen, of bel DUO." },
    [TAAK_EERST_AFHANDELEN] = { "eerst-afhandelen", 5,
        GONE("h.state IN ('afgewezen', 'ingetrokken', 'verlopen', 'geweigerd')"),
        "Meld aan DUO wat nog open staat met `estafette duo push`: de laatste uren, "
        "MAP en PVT (met verwijtbaar), het einde van het aanbod. Na het PIP van de "
        "nieuwe gemeente kan dat niet meer." },
    [TAAK_DUO_GEWEIGERD] = { "duo-geweigerd", 5,
        GONE("EXISTS (SELECT 1 FROM outbox f JOIN outbox l ON l.overdracht = f.overdracht"
             " AND l.soort = f.soort AND l.seq > f.seq AND l.state = 'delivered'"
             " WHERE f.id = t.sleutel)"),
        "Lees met `estafette overdracht show` wat DUO antwoordt, herstel het en meld "
        "het opnieuw met `estafette duo push`." },
    [TAAK_NOTIFICATIE] = { "notificatie", 5, NULL,
        "Bekijk de notificatie met `estafette duo notifications` en beslis wat er moet "
        "gebeuren; sluit daarna deze taak." },
    [TAAK_AANVULLING] = { "aanvulling", 5,
        GONE("h.state NOT IN ('ontvangen', 'overgenomen')"),
        "De oude gemeente heeft het dossier aangevuld. Lees met `estafette overdracht "
        "show` wat er nieuw is, verwerk het, en sluit daarna deze taak." },
    [TAAK_INTREKKING] = { "intrekking", 2, NULL,
        "De oude gemeente heeft dit dossier ingetrokken en het is hier gewist. Verwijder "
        "het ook uit het cliëntvolgsysteem, van schijf en van papier, en sluit daarna deze "
        "taak." },
    [TAAK_GEMIST] = { "gemist", 5, NULL,
        "DUO noemt een gebeurtenis waarover hier geen notificatie kwam. Kijk of er "
        "iets moet gebeuren; komt dit vaker voor, meld het dan bij DUO." },
    [TAAK_BLOKKADE] = { "blokkade", 1,
        GONE("h.state NOT IN ('gesignaleerd', 'verzocht', 'ontvangen')"),
        "Over deze persoon wordt niet geschreven. Bel de contactpersoon van de andere "
        "gemeente (`estafette overdracht show`) en neem niets over voor dat gesprek; geldt "
        "de blokkade niet meer, hef haar dan op met `estafette blokkade lift`." },
    [TAAK_BLOKKADE_VERZONDEN] = { "blokkade-verzonden", 1, NULL,
        "Bel de contactpersoon van de andere gemeente (`estafette overdracht show`) en "
        "spreek af wat daar met het dossier gebeurt; terughalen kan met `estafette "
        "overdracht withdraw`. Sluit daarna deze taak." },
    [TAAK_KLAAR] = { "klaar-om-te-versturen", 2,
        GONE("NOT EXISTS (SELECT 1 FROM aanlevering a WHERE a.overdracht = h.id"
             " AND a.state = 'klaar')"),
        "Kijk met `estafette overdracht release ID --dry-run` wat er weggaat, en verstuur "
        "het met `estafette overdracht release ID`. Klopt het niet, verstuur dan zelf een "
        "ander dossier met `estafette overdracht send --reply-to ID`." },
    [TAAK_AANLEVERING] = { "aanlevering-mislukt", 2,
        GONE("h.state <> 'gevraagd' OR EXISTS (SELECT 1 FROM aanlevering a"
             " WHERE a.overdracht = h.id AND a.state = 'klaar')"),
        "Het eigen systeem levert het gevraagde dossier niet, of niet goed. Herstel het "
        "daar, of verstuur het zelf met `estafette overdracht send --reply-to ID`, of wijs "
        "het verzoek af met `estafette overdracht refuse`." },
    [TAAK_AFLEVERING] = { "aflevering-mislukt", 2,
        GONE("NOT EXISTS (SELECT 1 FROM aflevering a WHERE a.overdracht = h.id"
             " AND a.state = 'klaar' AND a.attempts > 0)"),
        "Het ontvangen dossier komt niet in het eigen systeem: laat de beheerder "
        "`estafette doctor` bekijken. Het is intussen te lezen met `estafette dossier show` "
        "en op te slaan met `estafette overdracht save`." },
    [TAAK_PIP] = { "pip", 14,
        GONE("h.state IN ('geweigerd', 'ingetrokken') OR" TAAK_PIP_GEMELD),
        "Stel het PIP vast en meld het aan DUO met `estafette duo push`. Is dat al "
        "gebeurd, of hoeft het niet, sluit dan deze taak." },
    [TAAK_NIET_BEZORGD] = { "niet-bezorgd", 1, NULL,
        "De andere gemeente weet niet wat hier is besloten. Bel haar contactpersoon "
        "(`estafette overdracht show`) en sluit daarna deze taak." },
    [TAAK_BEVESTIGING] = { "bevestiging", 1,
        GONE("EXISTS (SELECT 1 FROM inbox i WHERE i.overdracht = h.id AND i.code = ''"
             " AND i.soort = 'intrekkingbevestiging')"),
        "De nieuwe gemeente heeft nog niet bevestigd dat het ingetrokken dossier bij haar is "
        "gewist. Bel haar contactpersoon (`estafette overdracht show`) en sluit daarna deze "
        "taak." },
    [TAAK_NIET_GEKREGEN] = { "niet-gekregen", 2,
        GONE("h.state NOT IN ('afgewezen', 'verlopen') OR" TAAK_VERVOLG),
        "Vraag het dossier met `estafette overdracht request` aan de goede gemeente, bel de "
        "contactpersoon (`estafette overdracht show`), of begin zelf met de brede intake. "
        "Sluit daarna deze taak." },
    [TAAK_NIET_OVERGENOMEN] = { "niet-overgenomen", 2,
        GONE("h.state NOT IN ('geweigerd', 'verlopen')"
             " OR h.reden NOT GLOB 'verkeerde-persoon*' AND" TAAK_VERVOLG),
        "Lees met `estafette overdracht show` wat er schort, herstel het en verstuur het "
        "dossier opnieuw met `estafette overdracht send`, naar de goede gemeente. Bel zo "
        "nodig haar contactpersoon. Sluit daarna deze taak." },
};
/* clang-format on */

const char *taak_soort_name(enum taak_soort soort)
{
    return SOORTEN[soort].name;
}

const char *taak_soort_doen(enum taak_soort soort)
{
    return SOORTEN[soort].doen;
}

bool taak_soort_beheer(enum taak_soort soort)
{
    return soort == TAAK_GEEN_PEER;
}

enum taak_soort taak_soort_named(const char *name)
{
    int soort = 0;

    while (soort < TAAK_SOORTEN - 1 && strcmp(SOORTEN[soort].name, name) != 0)
        soort++;
    return (enum taak_soort)soort; /* only this file writes them */
}

/* --- opening ------------------------------------------------------------------------- */

static void seal_tekst(const struct keys *keys, int64_t seq, const char *tekst,
                       struct buf *sealed)
{
    char place[48];

    snprintf(place, sizeof(place), "taak.tekst_sealed:%lld", (long long)seq);
    keys_home_seal(keys, place, tekst, strlen(tekst), sealed);
}

static bool unseal_tekst(const struct keys *keys, int64_t seq, const struct buf *sealed,
                         struct buf *tekst, struct fault *fault)
{
    char place[48];

    snprintf(place, sizeof(place), "taak.tekst_sealed:%lld", (long long)seq);
    return keys_home_unseal(keys, place, sealed->data, sealed->size, tekst, fault);
}

static void day_from_now(int days, char day[TAAK_DAG_SIZE])
{
    time_t at = clock_now() + days * 86400L;
    struct tm utc;

    gmtime_r(&at, &utc);
    if (strftime(day, TAAK_DAG_SIZE, "%Y-%m-%d", &utc) == 0)
        day[0] = '\0';
}

/* The one with this key that is open, or that a person closed: *seq, or 0. */
static bool find_same(sqlite3 *db, const struct taak_reden *reden, int64_t *seq, bool *open,
                      struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    *seq = 0;
    if (!sql_query(db, &stmt, fault,
                   "SELECT seq, done IS NULL FROM taak WHERE coalesce(overdracht, '') = ?"
                   " AND coalesce(notificatie, 0) = ? AND soort = ? AND sleutel = ?"
                   " AND (done IS NULL OR done_by <> '" SELF "') ORDER BY seq DESC LIMIT 1",
                   "titt", reden->overdracht ? reden->overdracht : "", reden->notificatie,
                   SOORTEN[reden->soort].name, reden->sleutel)
        || !sql_row(stmt, &row, fault))
        return false;
    if (row) {
        *seq = sqlite3_column_int64(stmt, 0);
        *open = sqlite3_column_int(stmt, 1);
    }
    return true;
}

static bool put_tekst(sqlite3 *db, const struct keys *keys, int64_t seq,
                      const struct taak_reden *reden, struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };
    char day[TAAK_DAG_SIZE] = "";

    seal_tekst(keys, seq, reden->tekst, &sealed);
    if (!reden->uiterlijk)
        day_from_now(SOORTEN[reden->soort].days, day);
    return sql_do(db, fault,
                  "UPDATE taak SET tekst_sealed = ?1, geschreven = ?5,"
                  " uiterlijk = CASE WHEN ?2 <> '' THEN ?2 WHEN uiterlijk <> '' THEN uiterlijk"
                  " ELSE ?3 END WHERE seq = ?4",
                  "bttii", (const void *)sealed.data, sealed.size,
                  reden->uiterlijk ? reden->uiterlijk : "", day, seq, (int64_t)clock_now());
}

static const char *object_of(const char *overdracht)
{
    return overdracht && *overdracht ? overdracht : "taak";
}

bool taak_open(sqlite3 *db, const struct keys *keys, const struct taak_reden *reden,
               bool *opened, struct fault *fault)
{
    const char *name = SOORTEN[reden->soort].name;
    bool open = false;
    int64_t seq;

    if (opened)
        *opened = false;
    if (!find_same(db, reden, &seq, &open, fault))
        return false;
    if (seq)
        return !open || put_tekst(db, keys, seq, reden, fault);
    if (!sql_do(db, fault,
                "INSERT INTO taak (overdracht, notificatie, soort, sleutel, created)"
                " VALUES (nullif(?, ''), nullif(?, 0), ?, ?, ?)",
                "titti", reden->overdracht ? reden->overdracht : "", reden->notificatie, name,
                reden->sleutel, (int64_t)clock_now()))
        return false;
    seq = sqlite3_last_insert_rowid(db);
    if (opened)
        *opened = true;
    return put_tekst(db, keys, seq, reden, fault)
           && audit_add(db, SELF, "taak", object_of(reden->overdracht), fault,
                        "%s %lld: geopend", name, (long long)seq);
}

/* Half a year: what was settled in an earlier move says nothing of this one. */
#define SAME_MOVE_SECONDS (183 * 86400L)

/* From then on it has the key of those that a handover opens by itself. */
bool taak_adopt(sqlite3 *db, const char *overdracht, enum taak_soort soort, bool *adopted,
                struct fault *fault)
{
    bool good = sql_do(db, fault,
                       "UPDATE taak SET overdracht = ?1, notificatie = NULL, sleutel = ''"
                       " WHERE seq = (SELECT t.seq FROM taak t JOIN notificatie n"
                       "  ON n.seq = t.notificatie JOIN overdracht h ON h.id = ?1"
                       "  WHERE t.soort = ?2 AND t.overdracht IS NULL"
                       "  AND n.bsn_index = h.bsn_index AND t.created > ?3"
                       "  ORDER BY t.seq DESC LIMIT 1)"
                       " AND NOT EXISTS (SELECT 1 FROM taak WHERE overdracht = ?1"
                       "  AND soort = ?2)",
                       "tti", overdracht, SOORTEN[soort].name,
                       (int64_t)clock_now() - SAME_MOVE_SECONDS);
    *adopted = good && sqlite3_changes(db) > 0;
    return good;
}

/* --- closing ------------------------------------------------------------------------- */

static bool close_one(sqlite3 *db, const char *actor, int64_t seq, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "UPDATE taak SET done = ?, done_by = ?,"
                   " tekst_sealed = iif(soort = 'intrekking', NULL, tekst_sealed)"
                   " WHERE seq = ? AND done IS NULL"
                   " RETURNING coalesce(overdracht, ''), soort",
                   "iti", (int64_t)clock_now(), actor, seq)
        || !sql_row(stmt, &row, fault))
        return false;
    if (!row)
        return fault_set(fault, FAULT_STATE, "task %lld is not open", (long long)seq);
    return audit_add(db, actor, "taak", object_of(sql_text(stmt, 0)), fault,
                     "%s %lld: gesloten", sql_text(stmt, 1), (long long)seq);
}

/* The query gives one number or none: closed, and asked again. */
static bool close_while(sqlite3 *db, sqlite3_stmt *stmt, struct fault *fault)
{
    bool row;

    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        int64_t seq = sqlite3_column_int64(stmt, 0);
        if (sqlite3_reset(stmt) != SQLITE_OK || !close_one(db, SELF, seq, fault))
            return false;
    }
    return false;
}

bool taak_keep(sqlite3 *db, const char *overdracht, enum taak_soort soort, const json_t *keys,
               struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    char *list = json_dumps(keys, JSON_COMPACT);

    bool good = sql_query(db, &stmt, fault,
                          "SELECT seq FROM taak WHERE overdracht = ? AND soort = ?"
                          " AND done IS NULL"
                          " AND sleutel NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
                          "ttt", overdracht, SOORTEN[soort].name, list)
                && close_while(db, stmt, fault);
    free(list);
    return good;
}

static bool tidy_soort(sqlite3 *db, const struct soort *soort, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return !soort->gone
           || (sql_query(db, &stmt, fault, soort->gone, "t", soort->name)
               && close_while(db, stmt, fault));
}

bool taak_tidy(sqlite3 *db, struct fault *fault)
{
    for (size_t i = 0; i < TAAK_SOORTEN; i++)
        if (!tidy_soort(db, &SOORTEN[i], fault))
            return false;
    return true;
}

bool taak_done(sqlite3 *db, const char *actor, int64_t seq, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, "SELECT 1 FROM taak WHERE seq = ?", "i", seq)
        || !sql_row(stmt, &row, fault))
        return false;
    if (!row)
        return fault_set(fault, FAULT_UNKNOWN, "no task %lld", (long long)seq);
    sql_release(&stmt);
    return close_one(db, actor, seq, fault);
}

/* --- listing ------------------------------------------------------------------------- */

static void taak_finish(struct taak *taak)
{
    buf_finish(&taak->tekst);
}

static bool read_row(sqlite3_stmt *stmt, const struct keys *keys, struct taak *taak,
                     struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };

    taak->seq = sqlite3_column_int64(stmt, 0);
    sql_copy(stmt, 1, taak->overdracht, sizeof(taak->overdracht));
    taak->notificatie = sqlite3_column_int64(stmt, 2);
    taak->soort = taak_soort_named(sql_text(stmt, 3));
    sql_copy(stmt, 4, taak->sleutel, sizeof(taak->sleutel));
    sql_copy(stmt, 5, taak->uiterlijk, sizeof(taak->uiterlijk));
    taak->created = sqlite3_column_int64(stmt, 6);
    taak->done = sqlite3_column_int64(stmt, 7);
    sql_copy(stmt, 8, taak->done_by, sizeof(taak->done_by));
    sql_bytes(stmt, 9, &sealed);
    return !sealed.size || unseal_tekst(keys, taak->seq, &sealed, &taak->tekst, fault);
}

#define COLUMNS                                                                               \
    "seq, coalesce(overdracht, ''), coalesce(notificatie, 0), soort, sleutel, uiterlijk,"     \
    " created, coalesce(done, 0), done_by, tekst_sealed"

bool taak_list(sqlite3 *db, const struct keys *keys, const char *overdracht, taak_each *each,
               void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS " FROM taak"
                   " WHERE CASE WHEN ?1 IS NULL THEN done IS NULL ELSE overdracht = ?1 END"
                   " ORDER BY CASE WHEN ?1 IS NULL THEN uiterlijk ELSE '' END, seq LIMIT 5000",
                   "t", overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        __attribute__((cleanup(taak_finish))) struct taak taak = { 0 };
        if (!row)
            return true;
        if (!read_row(stmt, keys, &taak, fault))
            return false;
        each(context, &taak);
    }
    return false;
}

bool taak_counts(sqlite3 *db, json_t **counts, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    json_t *found = json_object();
    bool row = true;

    bool good = sql_query(db, &stmt, fault,
                          "SELECT overdracht, count(*), min(uiterlijk) FROM taak"
                          " WHERE done IS NULL AND overdracht IS NOT NULL GROUP BY overdracht",
                          "");
    while (good && row && (good = sql_row(stmt, &row, fault)) && row)
        json_object_set_new(found, sql_text(stmt, 0),
                            json_pack("{s:I, s:s}", "taken",
                                      (json_int_t)sqlite3_column_int64(stmt, 1), "uiterlijk",
                                      sql_text(stmt, 2)));
    *counts = good ? found : NULL;
    if (!good)
        json_decref(found);
    return good;
}
