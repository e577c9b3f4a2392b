/* overdracht -- see overdracht.h. */
#include "gateway/overdracht.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "codecs/dossier.h"
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

/* --- who it is about -------------------------------------------------------------------- */

static void place_of(const char *id, char place[96])
{
    snprintf(place, 96, "overdracht.persoon_sealed:%s", id);
}

static void seal_person(const struct keys *keys, const char *id, const xmlNode *dossier,
                        struct buf *sealed)
{
    SCOPED_BUF struct buf naam = { 0 };
    char place[96];

    dossier_naam(dossier, &naam);
    const char *born = dossier_geboortedatum(dossier);
    json_t *json =
        json_pack("{s:s, s:s}", "naam", buf_text(&naam), "geboortedatum", born ? born : "");
    char *text = json_dumps(json, JSON_COMPACT);
    place_of(id, place);
    keys_home_seal(keys, place, text, strlen(text), sealed);
    explicit_bzero(text, strlen(text));
    free(text);
    json_decref(json);
}

static bool unseal_person(const struct keys *keys, const struct buf *sealed,
                          struct overdracht *o, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    char place[96];

    place_of(o->id, place);
    if (!keys_home_unseal(keys, place, sealed->data, sealed->size, &text, fault))
        return false;
    json_t *json = json_loadb(buf_text(&text), text.size, 0, NULL);
    const char *naam = json_string_value(json_object_get(json, "naam"));
    const char *born = json_string_value(json_object_get(json, "geboortedatum"));
    snprintf(o->naam, sizeof(o->naam), "%s", naam ? naam : "");
    snprintf(o->geboortedatum, sizeof(o->geboortedatum), "%s", born ? born : "");
    json_decref(json);
    return true;
}

/* NULL when there is no such number, else `index` filled. */
static const struct digest *index_of(const struct keys *keys, const char *kind,
                                     const char *value, struct digest *index)
{
    char text[64];

    if (!value || !*value)
        return NULL;
    snprintf(text, sizeof(text), "%s:%s", kind, value);
    keys_home_index(keys, text, index);
    explicit_bzero(text, sizeof(text));
    return index;
}

/* --- rows ------------------------------------------------------------------------------- */

#define COLUMNS                                                                               \
    "h.id, h.rol, h.state, h.peer, h.gemeentecode, h.eigen_code, h.reden, h.created, "        \
    "h.changed,"                                                                              \
    " h.persoon_sealed"

static bool read_row(sqlite3_stmt *stmt, const struct keys *keys, struct overdracht *o,
                     struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };

    sql_copy(stmt, 0, o->id, sizeof(o->id));
    o->rol = (enum rol)named(ROL_NAMES, ROLLEN, sql_text(stmt, 1));
    o->state = (enum overdracht_state)named(NAMES, OVERDRACHT_STATES, sql_text(stmt, 2));
    sql_copy(stmt, 3, o->peer, sizeof(o->peer));
    sql_copy(stmt, 4, o->gemeentecode, sizeof(o->gemeentecode));
    sql_copy(stmt, 5, o->eigen_code, sizeof(o->eigen_code));
    sql_copy(stmt, 6, o->reden, sizeof(o->reden));
    o->created = sqlite3_column_int64(stmt, 7);
    o->changed = sqlite3_column_int64(stmt, 8);
    sql_bytes(stmt, 9, &sealed);
    return unseal_person(keys, &sealed, o, fault);
}

bool overdracht_add(sqlite3 *db, const struct keys *keys, const char *actor,
                    const struct overdracht *o, const xmlNode *dossier, struct fault *fault)
{
    SCOPED_BUF struct buf person = { 0 };
    struct digest bsn, vnummer;
    int64_t now = clock_now();

    seal_person(keys, o->id, dossier, &person);
    return sql_do(db, fault,
                  "INSERT INTO overdracht (id, rol, state, peer, gemeentecode, eigen_code,"
                  " persoon_sealed, bsn_index, vnummer_index, created, changed)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  "ttttttbddii", o->id, ROL_NAMES[o->rol], NAMES[o->state], o->peer,
                  o->gemeentecode, o->eigen_code, (const void *)person.data, person.size,
                  index_of(keys, "bsn", dossier_bsn(dossier), &bsn),
                  index_of(keys, "vnummer", dossier_vnummer(dossier), &vnummer), now, now)
           && audit_add(db, actor, "overdracht", o->id, fault, "%s: %s", ROL_NAMES[o->rol],
                        NAMES[o->state]);
}

bool overdracht_move(sqlite3 *db, const char *actor, struct overdracht *o,
                     enum overdracht_state to, const char *reden, struct fault *fault)
{
    if (!overdracht_arrow(o->rol, o->state, to))
        return fault_set(fault, FAULT_STATE, "handover %s (%s) is %s: it cannot become %s",
                         o->id, ROL_NAMES[o->rol], NAMES[o->state], NAMES[to]);
    if (!sql_do(db, fault,
                "UPDATE overdracht SET state = ?, reden = ?, changed = ? WHERE id = ? AND "
                "state = ?",
                "ttitt", NAMES[to], reden, (int64_t)clock_now(), o->id, NAMES[o->state]))
        return false;
    if (sqlite3_changes(db) != 1)
        return fault_set(fault, FAULT_STATE, "handover %s is no longer %s", o->id,
                         NAMES[o->state]);
    if (!audit_add(db, actor, "overdracht", o->id, fault, "%s: %s -> %s%s%s",
                   ROL_NAMES[o->rol], NAMES[o->state], NAMES[to], *reden ? ": " : "", reden))
        return false;
    o->state = to;
    return true;
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
                         const xmlNode *dossier, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest bsn, vnummer;
    bool known = false, found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT bsn_index, vnummer_index FROM overdracht WHERE id = ?", "t", o->id)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found || differs(stmt, 0, index_of(keys, "bsn", dossier_bsn(dossier), &bsn), &known)
        || differs(stmt, 1, index_of(keys, "vnummer", dossier_vnummer(dossier), &vnummer),
                   &known)
        || !known)
        return fault_set(fault, FAULT_STATE,
                         "the dossier is not about the person of handover %s", o->id);
    return true;
}

bool overdracht_renew(sqlite3 *db, const struct keys *keys, const struct overdracht *o,
                      const xmlNode *dossier, struct fault *fault)
{
    SCOPED_BUF struct buf person = { 0 };
    struct digest bsn, vnummer;

    seal_person(keys, o->id, dossier, &person);
    return sql_do(
        db, fault,
        "UPDATE overdracht SET persoon_sealed = ?, bsn_index = coalesce(?, bsn_index),"
        " vnummer_index = coalesce(?, vnummer_index) WHERE id = ?",
        "bddt", (const void *)person.data, person.size,
        index_of(keys, "bsn", dossier_bsn(dossier), &bsn),
        index_of(keys, "vnummer", dossier_vnummer(dossier), &vnummer), o->id);
}

bool overdracht_get(sqlite3 *db, const struct keys *keys, const char *id, struct overdracht *o,
                    bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault, "SELECT " COLUMNS " FROM overdracht h WHERE h.id = ?",
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
    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS
                   " FROM overdracht h WHERE substr(h.id, 1, length(?1)) = ?1"
                   " OR h.id IN (SELECT overdracht FROM outbox"
                   "  WHERE substr(id, 1, length(?1)) = ?1)"
                   " OR h.id IN (SELECT overdracht FROM inbox"
                   "  WHERE substr(id, 1, length(?1)) = ?1) LIMIT 2",
                   "t", id)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_UNKNOWN, "no handover %s", id);
    if (!read_row(stmt, keys, o, fault) || !sql_row(stmt, &found, fault))
        return false;
    return !found || fault_set(fault, FAULT_UNKNOWN, "%s fits more than one handover", id);
}

bool overdracht_list(sqlite3 *db, const struct keys *keys, overdracht_each *each,
                     void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct overdracht o;
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT " COLUMNS " FROM overdracht h ORDER BY h.id DESC LIMIT 5000", ""))
        return false;
    while (sql_row(stmt, &found, fault)) {
        if (!found)
            return true;
        if (!read_row(stmt, keys, &o, fault))
            return false;
        each(context, &o);
    }
    return false;
}
