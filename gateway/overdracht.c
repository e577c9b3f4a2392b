/* overdracht -- see overdracht.h. */
#include "gateway/overdracht.h"

#include <stdio.h>
#include <string.h>

#include "codecs/intrekking.h"
#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/sql.h"

static const char *const ROL_NAMES[] = {
    [ROL_VERSTREKKER] = "verstrekker",
    [ROL_ONTVANGER] = "ontvanger",
};

static const char *const NAMES[] = {
    [OVERDRACHT_GESIGNALEERD] = "gesignaleerd", [OVERDRACHT_VERZOCHT] = "verzocht",
    [OVERDRACHT_ONTVANGEN] = "ontvangen",       [OVERDRACHT_GEVRAAGD] = "gevraagd",
    [OVERDRACHT_VERZONDEN] = "verzonden",       [OVERDRACHT_BEZORGD] = "bezorgd",
    [OVERDRACHT_OVERGENOMEN] = "overgenomen",   [OVERDRACHT_GEWEIGERD] = "geweigerd",
    [OVERDRACHT_AFGEWEZEN] = "afgewezen",       [OVERDRACHT_INGETROKKEN] = "ingetrokken",
    [OVERDRACHT_VERLOPEN] = "verlopen",
};

/* clang-format off */
static const struct arrow {
    enum rol rol;
    enum overdracht_state from, to;
} ARROWS[] = {
    { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,     OVERDRACHT_VERZONDEN },
    { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,     OVERDRACHT_AFGEWEZEN },
    { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,     OVERDRACHT_INGETROKKEN },
    { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,     OVERDRACHT_VERLOPEN },
    { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,     OVERDRACHT_OVERGENOMEN }, /* of a dossier that came, and no receipt did */
    { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,     OVERDRACHT_GEWEIGERD },
    { ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,    OVERDRACHT_BEZORGD },
    { ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,    OVERDRACHT_OVERGENOMEN }, /* accepted before we saw the receipt */
    { ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,    OVERDRACHT_GEWEIGERD },
    { ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,    OVERDRACHT_GEVRAAGD },    /* returned before we saw the receipt */
    { ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,    OVERDRACHT_INGETROKKEN },
    { ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,    OVERDRACHT_VERLOPEN },
    { ROL_VERSTREKKER, OVERDRACHT_BEZORGD,      OVERDRACHT_OVERGENOMEN },
    { ROL_VERSTREKKER, OVERDRACHT_BEZORGD,      OVERDRACHT_GEWEIGERD },
    { ROL_VERSTREKKER, OVERDRACHT_BEZORGD,      OVERDRACHT_GEVRAAGD },
    { ROL_VERSTREKKER, OVERDRACHT_BEZORGD,      OVERDRACHT_INGETROKKEN },
    { ROL_VERSTREKKER, OVERDRACHT_BEZORGD,      OVERDRACHT_VERLOPEN },
    { ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN,  OVERDRACHT_INGETROKKEN },
    { ROL_VERSTREKKER, OVERDRACHT_GEWEIGERD,    OVERDRACHT_INGETROKKEN },
    { ROL_VERSTREKKER, OVERDRACHT_AFGEWEZEN,    OVERDRACHT_INGETROKKEN }, /* after a weigering as onvolledig */
    { ROL_VERSTREKKER, OVERDRACHT_VERLOPEN,     OVERDRACHT_INGETROKKEN },
    { ROL_VERSTREKKER, OVERDRACHT_VERLOPEN,     OVERDRACHT_OVERGENOMEN }, /* the same */
    { ROL_VERSTREKKER, OVERDRACHT_VERLOPEN,     OVERDRACHT_GEWEIGERD },
    { ROL_VERSTREKKER, OVERDRACHT_VERLOPEN,     OVERDRACHT_GEVRAAGD },
    { ROL_ONTVANGER,   OVERDRACHT_GESIGNALEERD, OVERDRACHT_VERZOCHT },
    { ROL_ONTVANGER,   OVERDRACHT_GESIGNALEERD, OVERDRACHT_ONTVANGEN },
    { ROL_ONTVANGER,   OVERDRACHT_GESIGNALEERD, OVERDRACHT_VERLOPEN },
    { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,     OVERDRACHT_ONTVANGEN },
    { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,     OVERDRACHT_AFGEWEZEN },
    { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,     OVERDRACHT_INGETROKKEN },
    { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,     OVERDRACHT_VERLOPEN },
    { ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,    OVERDRACHT_OVERGENOMEN },
    { ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,    OVERDRACHT_GEWEIGERD },
    { ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,    OVERDRACHT_VERZOCHT },
    { ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,    OVERDRACHT_INGETROKKEN },
    { ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,    OVERDRACHT_VERLOPEN },
    { ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN,  OVERDRACHT_INGETROKKEN },
    { ROL_ONTVANGER,   OVERDRACHT_GEWEIGERD,    OVERDRACHT_INGETROKKEN },
    { ROL_ONTVANGER,   OVERDRACHT_AFGEWEZEN,    OVERDRACHT_INGETROKKEN },
    { ROL_ONTVANGER,   OVERDRACHT_VERLOPEN,     OVERDRACHT_INGETROKKEN },
    { ROL_ONTVANGER,   OVERDRACHT_VERLOPEN,     OVERDRACHT_ONTVANGEN },   /* the answer came after all */
    { ROL_ONTVANGER,   OVERDRACHT_VERLOPEN,     OVERDRACHT_AFGEWEZEN },
};
/* clang-format on */

const char *rol_name(enum rol rol)
{
    return ROL_NAMES[rol];
}

const char *overdracht_state_name(enum overdracht_state state)
{
    return NAMES[state];
}

/* The tables' CHECKs admit no other names. */
static int named(const char *const *names, int count, const char *name)
{
    int i = 0;

    while (i < count - 1 && strcmp(names[i], name) != 0)
        i++;
    return i;
}

bool overdracht_arrow(enum rol rol, enum overdracht_state from, enum overdracht_state to)
{
    for (size_t i = 0; i < sizeof(ARROWS) / sizeof(ARROWS[0]); i++)
        if (ARROWS[i].rol == rol && ARROWS[i].from == from && ARROWS[i].to == to)
            return true;
    return false;
}

/* --- rows ------------------------------------------------------------------------------- */

#define COLUMNS                                                                               \
    "h.id, h.rol, h.state, h.peer, h.gemeentecode, h.eigen_code, h.reden, h.created,"         \
    " h.changed, h.oorzaak, h.vestiging, h.na, h.persoon_sealed, h.toegewezen"

static bool read_row(sqlite3_stmt *stmt, const struct keys *keys, struct overdracht *o,
                     struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };
    struct persoon persoon;

    sql_copy(stmt, 0, o->id, sizeof(o->id));
    o->rol = (enum rol)named(ROL_NAMES, ROLLEN, sql_text(stmt, 1));
    o->state = (enum overdracht_state)named(NAMES, OVERDRACHT_STATES, sql_text(stmt, 2));
    sql_copy(stmt, 3, o->peer, sizeof(o->peer));
    sql_copy(stmt, 4, o->gemeentecode, sizeof(o->gemeentecode));
    sql_copy(stmt, 5, o->eigen_code, sizeof(o->eigen_code));
    sql_copy(stmt, 6, o->reden, sizeof(o->reden));
    o->created = sqlite3_column_int64(stmt, 7);
    o->changed = sqlite3_column_int64(stmt, 8);
    sql_copy(stmt, 9, o->oorzaak, sizeof(o->oorzaak));
    sql_copy(stmt, 10, o->vestiging, sizeof(o->vestiging));
    sql_copy(stmt, 11, o->na, sizeof(o->na));
    sql_bytes(stmt, 12, &sealed);
    sql_copy(stmt, 13, o->toegewezen, sizeof(o->toegewezen));
    if (!persoon_unseal(keys, o->id, &sealed, &persoon, fault))
        return false;
    memcpy(o->naam, persoon.naam, sizeof(o->naam));
    memcpy(o->geboortedatum, persoon.geboortedatum, sizeof(o->geboortedatum));
    return true;
}

/* For a column that is NULL rather than "". */
static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

bool overdracht_add(sqlite3 *db, const struct keys *keys, const char *actor,
                    const struct overdracht *o, const struct persoon *persoon,
                    struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };
    struct digest bsn, vnummer;
    int64_t now = clock_now();

    persoon_seal(keys, o->id, persoon, &sealed);
    return sql_do(db, fault,
                  "INSERT INTO overdracht (id, rol, state, peer, gemeentecode, eigen_code,"
                  " persoon_sealed, bsn_index, vnummer_index, created, changed, oorzaak,"
                  " vestiging, na, sinds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                  " ?)",
                  "ttttttbddiittti", o->id, ROL_NAMES[o->rol], NAMES[o->state],
                  or_null(o->peer), o->gemeentecode, o->eigen_code, (const void *)sealed.data,
                  sealed.size, persoon_bsn_index(keys, persoon, &bsn),
                  persoon_vnummer_index(keys, persoon, &vnummer), now, now, o->oorzaak,
                  o->vestiging, or_null(o->na), now)
           && audit_add(db, actor, "overdracht", o->id, fault, "%s: %s", ROL_NAMES[o->rol],
                        NAMES[o->state]);
}

/* While a withdrawal is under way every reason says so (overdracht_later.h). */
static void keep_pending(const struct overdracht *o, enum overdracht_state to,
                         const char *reden, struct buf *kept)
{
    const struct intrekking_code *code = intrekking_of_reden(o->reden);

    buf_add_text(kept, reden);
    if (code && to != OVERDRACHT_INGETROKKEN && !intrekking_of_reden(reden))
        intrekking_pending(code, kept);
}

bool overdracht_move(sqlite3 *db, const char *actor, struct overdracht *o,
                     enum overdracht_state to, const char *why, struct fault *fault)
{
    SCOPED_BUF struct buf kept = { 0 };

    keep_pending(o, to, why, &kept);
    const char *reden = buf_text(&kept);
    if (!overdracht_arrow(o->rol, o->state, to))
        return fault_set(fault, FAULT_STATE, "handover %s (%s) is %s: it cannot become %s",
                         o->id, ROL_NAMES[o->rol], NAMES[o->state], NAMES[to]);
    if (!sql_do(db, fault,
                "UPDATE overdracht SET state = ?1, reden = ?2, changed = ?3, sinds = ?3,"
                " verwacht = '' WHERE id = ?4 AND state = ?5",
                "ttitt", NAMES[to], reden, (int64_t)clock_now(), o->id, NAMES[o->state]))
        return false;
    if (sqlite3_changes(db) != 1)
        return fault_set(fault, FAULT_STATE, "handover %s is no longer %s", o->id,
                         NAMES[o->state]);
    if (!audit_add(db, actor, "overdracht", o->id, fault, "%s: %s -> %s%s%s",
                   ROL_NAMES[o->rol], NAMES[o->state], NAMES[to], *reden ? ": " : "", reden))
        return false;
    o->state = to;
    snprintf(o->reden, sizeof(o->reden), "%s", reden);
    return true;
}

bool overdracht_note(sqlite3 *db, const char *actor, struct overdracht *o, const char *reden,
                     struct fault *fault)
{
    if (!sql_do(db, fault, "UPDATE overdracht SET reden = ?, changed = ? WHERE id = ?", "tit",
                reden, (int64_t)clock_now(), o->id))
        return false;
    snprintf(o->reden, sizeof(o->reden), "%s", reden);
    return audit_add(db, actor, "overdracht", o->id, fault, "%s: %s: %s", ROL_NAMES[o->rol],
                     NAMES[o->state], reden);
}

/* Is what we know under `column` another number? *known: we know one, and were given one. */
static bool differs(sqlite3_stmt *stmt, int column, const struct digest *given, bool *known)
{
    struct digest stored;

    if (!given || sqlite3_column_type(stmt, column) == SQLITE_NULL)
        return false;
    *known = true;
    sql_digest(stmt, column, &stored);
    return !digest_equal(&stored, given);
}

bool overdracht_is_about(sqlite3 *db, const struct keys *keys, const struct overdracht *o,
                         const struct persoon *persoon, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest bsn, vnummer;
    bool known = false, found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT bsn_index, vnummer_index FROM overdracht WHERE id = ?", "t", o->id)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found || differs(stmt, 0, persoon_bsn_index(keys, persoon, &bsn), &known)
        || differs(stmt, 1, persoon_vnummer_index(keys, persoon, &vnummer), &known) || !known)
        return fault_set(fault, FAULT_STATE, "this is not about the person of handover %s",
                         o->id);
    return true;
}

bool overdracht_person(sqlite3 *db, const struct keys *keys, const char *id,
                       struct persoon *persoon, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    SCOPED_BUF struct buf sealed = { 0 };
    bool found;

    if (!sql_query(db, &stmt, fault, "SELECT persoon_sealed FROM overdracht WHERE id = ?", "t",
                   id)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_UNKNOWN, "no handover %s", id);
    sql_bytes(stmt, 0, &sealed);
    return persoon_unseal(keys, id, &sealed, persoon, fault);
}

bool overdracht_renew(sqlite3 *db, const struct keys *keys, const struct overdracht *o,
                      const struct persoon *newer, struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };
    struct persoon persoon;
    struct digest bsn, vnummer;

    if (!overdracht_person(db, keys, o->id, &persoon, fault))
        return false;
    persoon_renew(&persoon, newer);
    persoon_seal(keys, o->id, &persoon, &sealed);
    return sql_do(
        db, fault,
        "UPDATE overdracht SET persoon_sealed = ?, bsn_index = coalesce(?, bsn_index),"
        " vnummer_index = coalesce(?, vnummer_index) WHERE id = ?",
        "bddt", (const void *)sealed.data, sealed.size,
        persoon_bsn_index(keys, &persoon, &bsn),
        persoon_vnummer_index(keys, &persoon, &vnummer), o->id);
}

bool overdracht_get(sqlite3 *db, const struct keys *keys, const char *id, struct overdracht *o,
                    bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS " FROM overdracht h WHERE h.id = ?1"
                   " OR h.id = (SELECT overdracht FROM overdracht_alias WHERE alias = ?1)",
                   "t", id)
        || !sql_row(stmt, found, fault))
        return false;
    return !*found || read_row(stmt, keys, o, fault);
}

bool overdracht_find(sqlite3 *db, const struct keys *keys, const char *id,
                     struct overdracht *o, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (strlen(id) < 4)
        return fault_set(fault, FAULT_USAGE, "an id needs at least 4 characters");
    if (!sql_query(
            db, &stmt, fault,
            "SELECT " COLUMNS " FROM overdracht h WHERE" SQL_PREFIX(
                "h.id", "?1") " OR h.id IN (SELECT overdracht FROM outbox"
                              "  WHERE" SQL_PREFIX(
                                  "id",
                                  "?1") ")"
                                        " OR h.id IN (SELECT overdracht FROM overdracht_alias"
                                        "  WHERE" SQL_PREFIX(
                                            "alias",
                                            "?1") ")"
                                                  " OR h.id IN (SELECT overdracht FROM inbox"
                                                  "  WHERE" SQL_PREFIX("id", "?1") ") LIMIT 2",
            "t", id)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_UNKNOWN, "no handover %s", id);
    if (!read_row(stmt, keys, o, fault) || !sql_row(stmt, &found, fault))
        return false;
    return !found || fault_set(fault, FAULT_UNKNOWN, "%s fits more than one handover", id);
}

static bool visit_all(sqlite3_stmt *stmt, const struct keys *keys, overdracht_each *each,
                      void *context, struct fault *fault)
{
    struct overdracht o;
    bool found;

    while (sql_row(stmt, &found, fault)) {
        if (!found)
            return true;
        if (!read_row(stmt, keys, &o, fault))
            return false;
        each(context, &o);
    }
    return false;
}

bool overdracht_list(sqlite3 *db, const struct keys *keys, overdracht_each *each,
                     void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT " COLUMNS " FROM overdracht h ORDER BY h.id DESC LIMIT 5000", "")
           && visit_all(stmt, keys, each, context, fault);
}

bool overdracht_open_of(sqlite3 *db, const struct keys *keys, const struct persoon *persoon,
                        overdracht_each *each, void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest bsn, vnummer;

    return sql_query(db, &stmt, fault,
                     "SELECT " COLUMNS " FROM overdracht h"
                     " WHERE (h.bsn_index = ?1 OR h.vnummer_index = ?2)"
                     " AND coalesce(h.bsn_index = ?1, 1)"
                     " AND coalesce(h.vnummer_index = ?2, 1)"
                     " AND h.state IN ('gesignaleerd', 'verzocht', 'ontvangen', 'gevraagd',"
                     "  'verzonden', 'bezorgd') ORDER BY h.id DESC",
                     "dd", persoon_bsn_index(keys, persoon, &bsn),
                     persoon_vnummer_index(keys, persoon, &vnummer))
           && visit_all(stmt, keys, each, context, fault);
}
