/* overdracht_meaning -- what messages mean for a handover: theirs when they come in, ours when
 * they have ended. (Declared in overdracht.h.) */
#include <stdio.h>
#include <string.h>

#include "codecs/weigering.h"
#include "gateway/clock.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"

/* --- theirs -------------------------------------------------------------------------- */

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
        return overdracht_is_about(m->db, m->keys, &m->o, m->content, fault)
               && overdracht_move(m->db, kop->afzender.oin, &m->o, OVERDRACHT_ONTVANGEN, "",
                                  fault)
               && overdracht_renew(m->db, m->keys, &m->o, m->content, fault);
    memcpy(new.id, kop->overdracht_id, sizeof(new.id));
    memcpy(new.peer, kop->afzender.oin, sizeof(new.peer));
    memcpy(new.gemeentecode, kop->afzender.gemeentecode, sizeof(new.gemeentecode));
    memcpy(new.eigen_code, kop->ontvanger.gemeentecode, sizeof(new.eigen_code));
    return overdracht_add(m->db, m->keys, kop->afzender.oin, &new, m->content, fault);
}

/* Taking over and refusing are for who received the dossier: never for our own side, in whose
 * name the other would decide. */
static bool is_judged_by_them(const struct meaning *m, struct fault *fault)
{
    const char *soort = soort_name(m->kop->soort);

    if (!m->known)
        return fault_set(fault, FAULT_STATE, "%s: no such handover here", soort);
    return m->o.rol == ROL_VERSTREKKER
           || fault_set(fault, FAULT_STATE, "%s: this side received the dossier", soort);
}

static bool overname_received(struct meaning *m, struct fault *fault)
{
    return is_judged_by_them(m, fault)
           && overdracht_move(m->db, m->kop->afzender.oin, &m->o, OVERDRACHT_OVERGENOMEN, "",
                              fault);
}

/* A handover may have had more than one dossier: which one is refused must be sure. */
static bool answers_our_dossier(const struct meaning *m, struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found;

    if (!outbox_latest(m->db, m->o.id, soort_name(SOORT_DOSSIER), &row, &found, fault))
        return false;
    return (found && strcmp(row.id, m->kop->antwoord_op) == 0)
           || fault_set(fault, FAULT_STATE,
                        "%s: antwoordOp is not the dossier that was sent last",
                        soort_name(m->kop->soort));
}

/* Code and parts are the reason; the toelichting stays in the sealed message. */
static bool weigering_received(struct meaning *m, struct fault *fault)
{
    SCOPED_WEIGERING struct weigering weigering = { 0 };
    SCOPED_BUF struct buf reden = { 0 };

    if (!is_judged_by_them(m, fault) || !answers_our_dossier(m, fault))
        return false;
    weigering_read(m->content, &weigering);
    weigering_reden(&weigering, &reden);
    return overdracht_move(m->db, m->kop->afzender.oin, &m->o,
                           weigering.code->needs_parts ? OVERDRACHT_GEVRAAGD
                                                       : OVERDRACHT_GEWEIGERD,
                           buf_text(&reden), fault);
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
    [SOORT_WEIGERING] = weigering_received,
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

/* --- the end of ours ----------------------------------------------------------------- */

/* What an end may depend on. */
enum fact {
    ASKED = 1, /* the other side asked for the dossier, or for a better one */
    LAST = 2,  /* no later message of this kind is under way in the handover */
    VAIN = 4,  /* it surely does not count there: it never left, or was refused */
};

/* clang-format off */
/* The first that fits. */
static const struct end {
    enum soort soort;
    enum outbox_state end;
    enum overdracht_state from, to;
    unsigned needs; /* facts */
} ENDS[] = {
    { SOORT_DOSSIER,   OUTBOX_DELIVERED, OVERDRACHT_VERZONDEN, OVERDRACHT_BEZORGD,     LAST },
    { SOORT_DOSSIER,   OUTBOX_REFUSED,   OVERDRACHT_VERZONDEN, OVERDRACHT_GEVRAAGD,    ASKED },
    { SOORT_DOSSIER,   OUTBOX_REFUSED,   OVERDRACHT_VERZONDEN, OVERDRACHT_GEWEIGERD,   0 },
    { SOORT_DOSSIER,   OUTBOX_EXPIRED,   OVERDRACHT_VERZONDEN, OVERDRACHT_GEVRAAGD,    ASKED },
    { SOORT_DOSSIER,   OUTBOX_EXPIRED,   OVERDRACHT_VERZONDEN, OVERDRACHT_VERLOPEN,    0 },
    { SOORT_DOSSIER,   OUTBOX_CANCELLED, OVERDRACHT_VERZONDEN, OVERDRACHT_GEVRAAGD,    ASKED },
    { SOORT_DOSSIER,   OUTBOX_CANCELLED, OVERDRACHT_VERZONDEN, OVERDRACHT_INGETROKKEN, 0 },
    { SOORT_WEIGERING, OUTBOX_REFUSED,   OVERDRACHT_VERZOCHT,  OVERDRACHT_ONTVANGEN,   VAIN },
    { SOORT_WEIGERING, OUTBOX_EXPIRED,   OVERDRACHT_VERZOCHT,  OVERDRACHT_ONTVANGEN,   VAIN },
    { SOORT_WEIGERING, OUTBOX_CANCELLED, OVERDRACHT_VERZOCHT,  OVERDRACHT_ONTVANGEN,   VAIN },
};
/* clang-format on */

static bool gather_facts(sqlite3 *db, const struct outbox_row *row, enum outbox_state to,
                         unsigned *facts, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT EXISTS (SELECT 1 FROM inbox WHERE overdracht = ?1 AND code = ''"
                   "  AND soort IN ('dossierverzoek', 'weigering')),"
                   " EXISTS (SELECT 1 FROM outbox WHERE overdracht = ?1 AND soort = ?2"
                   "  AND seq > ?3)",
                   "tti", row->overdracht, row->soort, row->seq)
        || !sql_row(stmt, &found, fault))
        return false;
    bool vain = row->attempts == 0 || to == OUTBOX_REFUSED;
    *facts = (sqlite3_column_int(stmt, 0) ? (unsigned)ASKED : 0)
             | (sqlite3_column_int(stmt, 1) ? 0 : (unsigned)LAST)
             | (vain ? (unsigned)VAIN : 0);
    return true;
}

/* NULL: this end moves nothing. */
static const struct end *find_end(const struct outbox_row *row, enum outbox_state to,
                                  enum overdracht_state from, unsigned facts)
{
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++)
        if (ENDS[i].end == to && ENDS[i].from == from && (ENDS[i].needs & ~facts) == 0
            && strcmp(soort_name(ENDS[i].soort), row->soort) == 0)
            return &ENDS[i];
    return NULL;
}

#define BEFORE_MAX 150 /* of what was said already: a code with all its parts fits */

/* Of a dossier the reason says enough; of another message it says which, and stands behind the
 * reason why the handover is where it is. */
static void write_reden(const struct overdracht *o, enum outbox_state to,
                        const struct outbox_row *row, const char *reason, char reden[400])
{
    const char *before = strlen(o->reden) <= BEFORE_MAX ? o->reden : "";

    snprintf(reden, 400, "%s%s%s %s: %.200s", before, *before ? "; " : "", row->soort,
             outbox_state_name(to), reason);
}

/* Moves nothing (an overname that could not be delivered): the reason must still show. */
static bool note(sqlite3 *db, const struct overdracht *o, const char *reden,
                 struct fault *fault)
{
    return sql_do(db, fault, "UPDATE overdracht SET reden = ?, changed = ? WHERE id = ?",
                  "tit", reden, (int64_t)clock_now(), o->id);
}

static bool settle_one(sqlite3 *db, const struct keys *keys, const struct outbox_row *row,
                       enum outbox_state to, const char *reason, struct fault *fault)
{
    struct overdracht o;
    char reden[400];
    unsigned facts;
    bool found;

    if (outbox_for_duo(row)) /* what DUO says moves nothing by itself: see mover.h */
        return true;
    if (!overdracht_get(db, keys, row->overdracht, &o, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_INTERNAL, "message %s has no handover", row->id);
    if (!gather_facts(db, row, to, &facts, fault))
        return false;
    const struct end *end = find_end(row, to, o.state, facts);
    write_reden(&o, to, row, reason, reden);
    if (!end)
        return to == OUTBOX_DELIVERED || note(db, &o, reden, fault);
    return overdracht_move(db, "estafetted", &o, end->to,
                           end->soort == SOORT_DOSSIER ? reason : reden, fault);
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
    snprintf(why, sizeof(why), "the %s before it, %s, %s: %.300s",
             outbox_for_duo(row) ? "report" : "message", row->id, HOW[to], reason);
    while (outbox_cancel_next(db, row, why, &next, &found, fault)) {
        if (!found)
            return true;
        if (!settle_one(db, keys, &next, OUTBOX_CANCELLED, why, fault))
            return false;
    }
    return false;
}
