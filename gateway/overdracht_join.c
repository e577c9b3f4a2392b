/* overdracht_join -- see overdracht_join.h. */
#include "gateway/overdracht_join.h"

#include <stdio.h>
#include <string.h>

#include "codecs/afwijzing.h"
#include "codecs/intrekking.h"
#include "codecs/moment.h"
#include "codecs/xmldoc.h"
#include "gateway/audit.h"
#include "gateway/sql.h"

/* --- one name ------------------------------------------------------------------------- */

/* References are looked at when the transaction ends: until then half of them are wrong. */
static bool move_rows(sqlite3 *db, const char *from, const char *to, struct fault *fault)
{
    static const char *const UPDATES[] = {
        "UPDATE overdracht SET id = ?1 WHERE id = ?2",
        "UPDATE overdracht SET na = ?1 WHERE na = ?2",
        "UPDATE outbox SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE inbox SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE bijlage SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE notificatie SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE taak SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE huisgenoot SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE notitie SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE aflevering SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE aanlevering SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE herinnering SET overdracht = ?1 WHERE overdracht = ?2",
        "UPDATE overdracht_alias SET overdracht = ?1 WHERE overdracht = ?2",
        "INSERT INTO overdracht_alias (overdracht, alias) VALUES (?1, ?2)",
    };

    if (!sql_do(db, fault, "PRAGMA defer_foreign_keys = ON", ""))
        return false;
    for (size_t i = 0; i < sizeof(UPDATES) / sizeof(UPDATES[0]); i++)
        if (!sql_do(db, fault, UPDATES[i], "tt", to, from))
            return false;
    return true;
}

/* What rests sealed is bound to the id. */
static bool seal_again(sqlite3 *db, const struct keys *keys, const struct persoon *persoon,
                       const char *id, struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };

    persoon_seal(keys, id, persoon, &sealed);
    return sql_do(db, fault, "UPDATE overdracht SET persoon_sealed = ? WHERE id = ?", "bt",
                  (const void *)sealed.data, sealed.size, id);
}

bool overdracht_join_rename(sqlite3 *db, const struct keys *keys, const char *actor,
                            struct overdracht *o, const char *id, struct fault *fault)
{
    struct persoon persoon;

    if (!overdracht_person(db, keys, o->id, &persoon, fault)
        || !move_rows(db, o->id, id, fault) || !seal_again(db, keys, &persoon, id, fault)
        || !audit_add(db, actor, "overdracht", o->id, fault, "goes on as %s", id)
        || !audit_add(db, actor, "overdracht", id, fault, "%s: %s, begun as %s",
                      rol_name(o->rol), overdracht_state_name(o->state), o->id))
        return false;
    memcpy(o->id, id, UUID_SIZE);
    return true;
}

bool overdracht_join_alias(sqlite3 *db, const char *id, const struct overdracht *o,
                           struct fault *fault)
{
    return strcmp(id, o->id) == 0
           || sql_do(
               db, fault,
               "INSERT OR IGNORE INTO overdracht_alias (alias, overdracht)"
               " SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM overdracht WHERE id = ?1)",
               "tt", id, o->id);
}

bool overdracht_join_with(sqlite3 *db, struct overdracht *o, const struct party *theirs,
                          const char *eigen_code, struct fault *fault)
{
    if (!sql_do(db, fault,
                "UPDATE overdracht SET peer = ?, gemeentecode = ?, eigen_code = ?"
                " WHERE id = ?",
                "tttt", theirs->oin, theirs->gemeentecode, eigen_code, o->id))
        return false;
    memcpy(o->peer, theirs->oin, sizeof(o->peer));
    memcpy(o->gemeentecode, theirs->gemeentecode, sizeof(o->gemeentecode));
    memcpy(o->eigen_code, eigen_code, sizeof(o->eigen_code));
    return true;
}

bool overdracht_join_why(sqlite3 *db, struct overdracht *o, const char *oorzaak,
                         const char *vestiging, struct fault *fault)
{
    snprintf(o->oorzaak, sizeof(o->oorzaak), "%s", oorzaak);
    snprintf(o->vestiging, sizeof(o->vestiging), "%s", vestiging);
    return sql_do(db, fault, "UPDATE overdracht SET oorzaak = ?, vestiging = ? WHERE id = ?",
                  "ttt", o->oorzaak, o->vestiging, o->id);
}

/* --- who waits for whom ---------------------------------------------------------------- */

struct candidates {
    struct overdracht list[16];
    size_t count;
};

static void keep(void *context, const struct overdracht *o)
{
    struct candidates *candidates = context;

    if (candidates->count < sizeof(candidates->list) / sizeof(candidates->list[0]))
        candidates->list[candidates->count++] = *o;
}

static bool yes(sqlite3 *db, const char *query, const char *id, bool *answer,
                struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, query, "t", id) || !sql_row(stmt, &row, fault))
        return false;
    *answer = sqlite3_column_int(stmt, 0) != 0;
    return true;
}

/* After a weigering as onvolledig it is the dossier in that very handover that is waited for.
 */
static bool awaits_first(sqlite3 *db, const struct overdracht *o, bool *awaits,
                         struct fault *fault)
{
    return yes(db,
               "SELECT NOT EXISTS (SELECT 1 FROM inbox WHERE overdracht = ?"
               "  AND soort = 'dossier' AND code = '')",
               o->id, awaits, fault);
}

/* The signal that nobody was asked about yet comes after the request. */
static bool may_take(sqlite3 *db, const struct join *join, const struct overdracht *o,
                     bool *may, struct fault *fault)
{
    bool is_peer = strcmp(o->peer, join->peer) == 0;

    *may = o->rol == ROL_ONTVANGER && o->state == OVERDRACHT_GESIGNALEERD && !join->found
           && (is_peer || !o->peer[0]);
    if (o->rol != ROL_ONTVANGER || o->state != OVERDRACHT_VERZOCHT || !is_peer)
        return true;
    return awaits_first(db, o, may, fault);
}

/* When did they have our newest dossier? Their own clock tells, in the receipt; it was
 * verified when it came. */
static bool had_it_before(sqlite3 *db, const struct join *join, const struct overdracht *o,
                          bool *before, struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault unread = { 0 };
    time_t tijd = 0;
    bool found;

    if (!outbox_latest(db, o->id, soort_name(SOORT_DOSSIER), &row, &found, fault))
        return false;
    const char *text = found && xmldoc_parse(row.receipt.data, row.receipt.size, &doc, &unread)
                           ? xmldoc_text(xmlDocGetRootElement(doc), "tijd")
                           : NULL;
    *before = text && moment_parse(text, &tijd) && tijd < join->gemaakt;
    return true;
}

bool overdracht_join_refused(sqlite3 *db, const struct overdracht *o, bool *refused,
                             struct fault *fault)
{
    const struct afwijzing_code *code = afwijzing_of_reden(o->reden);

    *refused = false;
    return !code || !afwijzing_ends(code)
           || yes(db,
                  "SELECT EXISTS (SELECT 1 FROM outbox WHERE overdracht = ?"
                  "  AND soort = 'verzoekafwijzing' AND state IN ('queued', 'sending'))",
                  o->id, refused, fault);
}

static bool may_meet(sqlite3 *db, const struct join *join, const struct overdracht *o,
                     bool *may, struct fault *fault)
{
    bool no = true;

    *may = false;
    if (o->rol != ROL_VERSTREKKER || strcmp(o->peer, join->peer) != 0)
        return true;
    if (o->state == OVERDRACHT_GEVRAAGD && intrekking_of_reden(o->reden))
        return true; /* who gave it up asks for something new */
    if (o->state == OVERDRACHT_VERZONDEN)
        no = false;
    else if (!(o->state == OVERDRACHT_GEVRAAGD ? overdracht_join_refused(db, o, &no, fault)
                                               : had_it_before(db, join, o, &no, fault)))
        return false;
    *may = !no;
    return true;
}

/* The last that fits is the oldest: what was sent first came first. */
static bool choose(sqlite3 *db, const struct keys *keys, struct join *join,
                   bool (*fits)(sqlite3 *, const struct join *, const struct overdracht *,
                                bool *, struct fault *),
                   struct fault *fault)
{
    struct candidates candidates = { .count = 0 };
    bool may;

    join->found = false;
    if (!overdracht_open_of(db, keys, join->persoon, keep, &candidates, fault))
        return false;
    for (size_t i = 0; i < candidates.count; i++) {
        if (!fits(db, join, &candidates.list[i], &may, fault))
            return false;
        if (!may)
            continue;
        join->o = candidates.list[i];
        join->found = true;
    }
    return true;
}

bool overdracht_join_request(sqlite3 *db, const struct keys *keys, struct join *join,
                             struct fault *fault)
{
    return choose(db, keys, join, may_take, fault);
}

bool overdracht_join_dossier(sqlite3 *db, const struct keys *keys, struct join *join,
                             struct fault *fault)
{
    return choose(db, keys, join, may_meet, fault);
}
