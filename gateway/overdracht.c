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

/* --- what messages mean ----------------------------------------------------------------- */

struct meaning {
    sqlite3 *db;
    const struct keys *keys;
    const struct kop *kop;
    const xmlNode *content;
    bool known;
    struct overdracht o; /* when known */
};

static bool dossier_received(struct meaning *m, struct fault *fault)
{
    const struct kop *kop = m->kop;
    struct overdracht new = { .rol = ROL_ONTVANGER, .state = OVERDRACHT_ONTVANGEN };

    if (m->known)
        return overdracht_move(m->db, kop->afzender.oin, &m->o, OVERDRACHT_ONTVANGEN, "",
                               fault);
    memcpy(new.id, kop->overdracht_id, sizeof(new.id));
    memcpy(new.peer, kop->afzender.oin, sizeof(new.peer));
    memcpy(new.gemeentecode, kop->afzender.gemeentecode, sizeof(new.gemeentecode));
    memcpy(new.eigen_code, kop->ontvanger.gemeentecode, sizeof(new.eigen_code));
    return overdracht_add(m->db, m->keys, kop->afzender.oin, &new, m->content, fault);
}

static bool overname_received(struct meaning *m, struct fault *fault)
{
    if (!m->known)
        return fault_set(fault, FAULT_STATE, "overname: no such handover here");
    if (m->o.rol != ROL_VERSTREKKER) /* taking over is for our own people to say */
        return fault_set(fault, FAULT_STATE, "overname: this side received the dossier");
    return overdracht_move(m->db, m->kop->afzender.oin, &m->o, OVERDRACHT_OVERGENOMEN, "",
                           fault);
}

static bool ping_received(struct meaning *m, struct fault *fault)
{
    (void)m;
    (void)fault;
    return true; /* a ping says nothing about a handover */
}

static bool (*const MEANINGS[SOORTEN])(struct meaning *m, struct fault *fault) = {
    [SOORT_PING] = ping_received,
    [SOORT_DOSSIER] = dossier_received,
    [SOORT_OVERNAME] = overname_received,
};

bool overdracht_received(sqlite3 *db, const struct keys *keys, const struct kop *kop,
                         const xmlNode *content, struct fault *fault)
{
    struct meaning m = { .db = db, .keys = keys, .kop = kop, .content = content };

    if (!MEANINGS[kop->soort])
        return fault_set(fault, FAULT_STATE, "soort %s is not handled by this version",
                         soort_name(kop->soort));
    if (!overdracht_get(db, keys, kop->overdracht_id, &m.o, &m.known, fault))
        return false;
    if (m.known && strcmp(m.o.peer, kop->afzender.oin) != 0)
        return fault_set(fault, FAULT_STATE, "overdrachtId belongs to another handover");
    return MEANINGS[kop->soort](&m, fault);
}

/* --- what the end of our own message means ------------------------------------------- */

/* clang-format off */
static const struct {
    enum soort soort;
    enum outbox_state end;
    enum overdracht_state to;
} ENDS[] = {
    { SOORT_DOSSIER, OUTBOX_DELIVERED, OVERDRACHT_BEZORGD },
    { SOORT_DOSSIER, OUTBOX_REFUSED,   OVERDRACHT_GEWEIGERD },
    { SOORT_DOSSIER, OUTBOX_EXPIRED,   OVERDRACHT_VERLOPEN },
    { SOORT_DOSSIER, OUTBOX_CANCELLED, OVERDRACHT_INGETROKKEN },
};
/* clang-format on */

#define BEFORE_MAX 150 /* of what was said already: a code with all its parts fits */

/* No arrow of its own (an overname that could not be delivered): the reason must still show,
 * behind the one why the handover stands where it stands. */
static bool note(sqlite3 *db, const struct overdracht *o, enum outbox_state to,
                 const struct outbox_row *row, const char *reason, struct fault *fault)
{
    const char *before = strlen(o->reden) <= BEFORE_MAX ? o->reden : "";
    char reden[400];

    if (to == OUTBOX_DELIVERED)
        return true;
    snprintf(reden, sizeof(reden), "%s%s%s %s: %.200s", before, *before ? "; " : "",
             row->soort, outbox_state_name(to), reason);
    return sql_do(db, fault, "UPDATE overdracht SET reden = ?, changed = ? WHERE id = ?",
                  "tit", reden, (int64_t)clock_now(), o->id);
}

static bool settle_one(sqlite3 *db, const struct keys *keys, const struct outbox_row *row,
                       enum outbox_state to, const char *reason, struct fault *fault)
{
    struct overdracht o;
    bool found;

    if (!overdracht_get(db, keys, row->overdracht, &o, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_INTERNAL, "message %s has no handover", row->id);
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++)
        if (strcmp(soort_name(ENDS[i].soort), row->soort) == 0 && ENDS[i].end == to
            && overdracht_arrow(o.rol, o.state, ENDS[i].to))
            return overdracht_move(db, "estafetted", &o, ENDS[i].to, reason, fault);
    return note(db, &o, to, row, reason, fault);
}

bool overdracht_settled(sqlite3 *db, const struct keys *keys, const struct outbox_row *row,
                        enum outbox_state to, const char *reason, struct fault *fault)
{
    static const char *const HOW[OUTBOX_STATES] = { [OUTBOX_REFUSED] = "was refused",
                                                    [OUTBOX_EXPIRED] = "expired",
                                                    [OUTBOX_CANCELLED] = "was cancelled" };
    SCOPED_OUTBOX_ROW struct outbox_row next = { 0 };
    char why[400];
    bool found;

    if (!settle_one(db, keys, row, to, reason, fault))
        return false;
    if (to == OUTBOX_DELIVERED)
        return true;
    snprintf(why, sizeof(why), "the message before it, %s, %s: %.300s", row->id, HOW[to],
             reason);
    while (outbox_cancel_next(db, row, why, &next, &found, fault)) {
        if (!found)
            return true;
        if (!settle_one(db, keys, &next, OUTBOX_CANCELLED, why, fault))
            return false;
    }
    return false;
}
