/* overdracht_meaning -- what messages mean for a handover: theirs when they come in, ours when
 * they have ended. (Declared in overdracht.h.) */
#include <stdio.h>
#include <string.h>

#include "codecs/afwijzing.h"
#include "codecs/dossierverzoek.h"
#include "codecs/intrekking.h"
#include "codecs/weigering.h"
#include "gateway/belofte.h"
#include "gateway/huishouden.h"
#include "gateway/newest.h"
#include "gateway/overdracht.h"
#include "gateway/overdracht_join.h"
#include "gateway/overdracht_later.h"
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

/* A new handover, as the header of their message has it. */
static struct overdracht begin(const struct meaning *m, enum rol rol,
                               enum overdracht_state state)
{
    const struct kop *kop = m->kop;
    struct overdracht new = { .rol = rol, .state = state };

    memcpy(new.id, kop->overdracht_id, sizeof(new.id));
    memcpy(new.peer, kop->afzender.oin, sizeof(new.peer));
    memcpy(new.gemeentecode, kop->afzender.gemeentecode, sizeof(new.gemeentecode));
    memcpy(new.eigen_code, kop->ontvanger.gemeentecode, sizeof(new.eigen_code));
    return new;
}

/* Nobody was asked yet: who speaks first names the handover. */
static bool take_signalled(struct meaning *m, struct fault *fault)
{
    const struct kop *kop = m->kop;

    if (!overdracht_join_with(m->db, &m->o, &kop->afzender, kop->ontvanger.gemeentecode,
                              fault))
        return false;
    return overdracht_join_rename(m->db, m->keys, kop->afzender.oin, &m->o, kop->overdracht_id,
                                  fault);
}

/* An unasked dossier joins the open request of the same peer and person, under its id; also
 * one that answers a request of ours that has ended meanwhile. Of one that ended because
 * nobody answered it is the answer after all, when nothing else is open. */
static bool join_request(struct meaning *m, const struct persoon *persoon, struct fault *fault)
{
    struct join join = { .persoon = persoon, .peer = m->kop->afzender.oin };
    bool was_known = m->known;

    if (m->known && m->o.state != OVERDRACHT_VERLOPEN
        && overdracht_arrow(m->o.rol, m->o.state, OVERDRACHT_ONTVANGEN))
        return true;
    if (!overdracht_join_request(m->db, m->keys, &join, fault))
        return false;
    if (!join.found || (was_known && join.o.state == OVERDRACHT_GESIGNALEERD))
        return true;
    if (intrekking_of_reden(join.o.reden)) /* is it still asked for? they will say */
        return fault_set(fault, FAULT_TEMPORARY,
                         "the request in handover %s is being withdrawn", join.o.id);
    m->known = true;
    m->o = join.o;
    return m->o.state == OVERDRACHT_GESIGNALEERD
               ? take_signalled(m, fault)
               : overdracht_join_alias(m->db, m->kop->overdracht_id, &m->o, fault);
}

static bool dossier_received(struct meaning *m, struct fault *fault)
{
    const char *actor = m->kop->afzender.oin;
    struct persoon persoon;

    persoon_of_dossier(m->content, &persoon);
    if (!join_request(m, &persoon, fault))
        return false;
    if (m->known)
        return overdracht_is_about(m->db, m->keys, &m->o, &persoon, fault)
               && overdracht_move(m->db, actor, &m->o, OVERDRACHT_ONTVANGEN, "", fault)
               && overdracht_renew(m->db, m->keys, &m->o, &persoon, fault)
               && huishouden_note(m->db, m->keys, m->o.id, m->content, fault);
    m->o = begin(m, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    return overdracht_add(m->db, m->keys, actor, &m->o, &persoon, fault)
           && huishouden_note(m->db, m->keys, m->o.id, m->content, fault);
}

/* --- asking -------------------------------------------------------------------------- */

/* The same request in another message: nothing new, unless they lost what they had. */
static bool asked_again(struct meaning *m, const struct persoon *persoon, struct fault *fault)
{
    struct overdracht *o = &m->o;

    if (!overdracht_is_about(m->db, m->keys, o, persoon, fault))
        return false;
    if (o->rol == ROL_VERSTREKKER
        && (o->state == OVERDRACHT_GEVRAAGD || o->state == OVERDRACHT_VERZONDEN))
        return true;
    return overdracht_move(m->db, m->kop->afzender.oin, o, OVERDRACHT_GEVRAAGD, "", fault);
}

/* What was begun under another id, by a dossier that crosses or by an earlier request, goes on
 * as the newest request of theirs calls it. */
static bool asked_meanwhile(struct meaning *m, const struct overdracht *new,
                            const struct persoon *persoon, struct fault *fault)
{
    const struct kop *kop = m->kop;

    return overdracht_join_rename(m->db, m->keys, kop->afzender.oin, &m->o, new->id, fault)
           && overdracht_join_with(m->db, &m->o, &kop->afzender, kop->ontvanger.gemeentecode,
                                   fault)
           && overdracht_renew(m->db, m->keys, &m->o, persoon, fault)
           && overdracht_join_why(m->db, &m->o, new->oorzaak, new->vestiging, fault);
}

static bool verzoek_received(struct meaning *m, struct fault *fault)
{
    SCOPED_DOSSIERVERZOEK struct dossierverzoek verzoek = { 0 };
    struct persoon persoon;
    struct join join = { .persoon = &persoon,
                         .peer = m->kop->afzender.oin,
                         .gemaakt = m->kop->gemaakt };

    dossierverzoek_read(m->content, &verzoek);
    persoon_of_verzoek(&verzoek, &persoon);
    if (m->known)
        return asked_again(m, &persoon, fault);
    if (!overdracht_join_dossier(m->db, m->keys, &join, fault))
        return false;
    struct overdracht new = begin(m, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD);
    memcpy(new.vestiging, verzoek.vestiging, sizeof(new.vestiging));
    snprintf(new.oorzaak, sizeof(new.oorzaak), "%s", verzoek.grond->name);
    m->o = join.found ? join.o : new;
    return join.found
               ? asked_meanwhile(m, &new, &persoon, fault)
               : overdracht_add(m->db, m->keys, m->kop->afzender.oin, &new, &persoon, fault);
}

/* The request, or a weigering as onvolledig: of this handover, and ours. */
static bool answers_our_question(const struct meaning *m, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (!sql_query(m->db, &stmt, fault,
                   "SELECT 1 FROM outbox WHERE id = ? AND overdracht = ?"
                   " AND soort IN ('dossierverzoek', 'weigering')",
                   "tt", m->kop->antwoord_op, m->o.id)
        || !sql_row(stmt, &found, fault))
        return false;
    return found
           || fault_set(fault, FAULT_STATE,
                        "verzoekafwijzing: antwoordOp is not what was asked");
}

/* Who gave up waiting hears why there is nothing after all; a promise comes too late. */
static bool is_waited_for(const struct meaning *m, const struct afwijzing_code *code,
                          struct fault *fault)
{
    const struct overdracht *o = &m->o;

    if (o->rol == ROL_ONTVANGER
        && (o->state == OVERDRACHT_VERZOCHT
            || (o->state == OVERDRACHT_VERLOPEN && afwijzing_ends(code))))
        return true;
    return fault_set(fault, FAULT_STATE,
                     "verzoekafwijzing: handover %s (%s) is %s: nothing is asked there", o->id,
                     rol_name(o->rol), overdracht_state_name(o->state));
}

/* All but the toelichting is the reason. in-behandeling ends nothing: only the clock moves. */
static bool afwijzing_received(struct meaning *m, struct fault *fault)
{
    SCOPED_AFWIJZING struct afwijzing afwijzing = { 0 };
    SCOPED_BUF struct buf reden = { 0 };

    if (!m->known)
        return fault_set(fault, FAULT_STATE, "verzoekafwijzing: no such handover here");
    afwijzing_read(m->content, &afwijzing);
    if (!is_waited_for(m, afwijzing.code, fault) || !answers_our_question(m, fault))
        return false;
    afwijzing_reden(&afwijzing, &reden);
    return afwijzing_ends(afwijzing.code)
               ? overdracht_move(m->db, m->kop->afzender.oin, &m->o, OVERDRACHT_AFGEWEZEN,
                                 buf_text(&reden), fault)
               : overdracht_note(m->db, m->kop->afzender.oin, &m->o, buf_text(&reden), fault)
                     && belofte_set(m->db, m->o.id, &afwijzing, fault);
}

/* --- judging ------------------------------------------------------------------------- */

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

/* A handover may have had more than one dossier: which one is refused must be sure. One that
 * was supplemented meanwhile is the same one. */
static bool answers_our_dossier(const struct meaning *m, struct fault *fault)
{
    bool was;

    if (!newest_was_sent(m->db, m->o.id, m->kop->antwoord_op, &was, fault))
        return false;
    return was
           || fault_set(fault, FAULT_STATE,
                        "%s: antwoordOp is not the dossier that was sent last",
                        soort_name(m->kop->soort));
}

/* As far as we know nothing is with them. But a dossier of which in all its life no receipt
 * came (newest_in_doubt()) may be: that they judge it proves it. */
static bool has_nothing(const struct overdracht *o)
{
    return o->state == OVERDRACHT_GEVRAAGD || o->state == OVERDRACHT_VERLOPEN;
}

static bool nothing_to_judge(const struct meaning *m, struct fault *fault)
{
    const struct overdracht *o = &m->o;

    return fault_set(
        fault, FAULT_STATE, "%s: handover %s (%s) is %s: there is no dossier to judge",
        soort_name(m->kop->soort), o->id, rol_name(o->rol), overdracht_state_name(o->state));
}

static bool overname_received(struct meaning *m, struct fault *fault)
{
    bool doubt;

    if (!is_judged_by_them(m, fault)
        || !newest_in_doubt(m->db, m->o.id, m->kop->antwoord_op, &doubt, fault))
        return false;
    if (has_nothing(&m->o) && !doubt)
        return nothing_to_judge(m, fault);
    return overdracht_move(m->db, m->kop->afzender.oin, &m->o, OVERDRACHT_OVERGENOMEN, "",
                           fault);
}

/* Not while another dossier, or a refusal, is under way that would seem to be the answer. */
static bool may_be_returned(const struct meaning *m, bool doubt, struct fault *fault)
{
    bool refused;

    if (!has_nothing(&m->o))
        return answers_our_dossier(m, fault);
    if (!overdracht_join_refused(m->db, &m->o, &refused, fault))
        return false;
    return (doubt && !refused) || nothing_to_judge(m, fault);
}

static bool may_be_refused(const struct meaning *m, const struct weigering_code *code,
                           struct fault *fault)
{
    bool doubt;

    if (!newest_in_doubt(m->db, m->o.id, m->kop->antwoord_op, &doubt, fault))
        return false;
    if (code->needs_parts)
        return may_be_returned(m, doubt, fault);
    if (has_nothing(&m->o))
        return doubt || nothing_to_judge(m, fault);
    return doubt || answers_our_dossier(m, fault);
}

/* It was thought not to have come, and is asked for still: now as incomplete. */
static bool ask_again(struct meaning *m, struct buf *reden, struct fault *fault)
{
    const struct intrekking_code *pending = intrekking_of_reden(m->o.reden);

    if (m->o.state != OVERDRACHT_GEVRAAGD)
        return overdracht_move(m->db, m->kop->afzender.oin, &m->o, OVERDRACHT_GEVRAAGD,
                               buf_text(reden), fault);
    if (pending)
        intrekking_pending(pending, reden);
    return overdracht_note(m->db, m->kop->afzender.oin, &m->o, buf_text(reden), fault);
}

/* Code and parts are the reason; the toelichting stays in the sealed message. */
static bool weigering_received(struct meaning *m, struct fault *fault)
{
    SCOPED_WEIGERING struct weigering weigering = { 0 };
    SCOPED_BUF struct buf reden = { 0 };

    weigering_read(m->content, &weigering);
    if (!is_judged_by_them(m, fault) || !may_be_refused(m, weigering.code, fault))
        return false;
    weigering_reden(&weigering, &reden);
    return weigering.code->needs_parts
               ? ask_again(m, &reden, fault)
               : overdracht_move(m->db, m->kop->afzender.oin, &m->o, OVERDRACHT_GEWEIGERD,
                                 buf_text(&reden), fault);
}

/* Their answer to a dossier that joined a request which never came here (or to what came after
 * it) names the handover as they know it. */
static bool join_answered(struct meaning *m, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    const struct kop *kop = m->kop;
    char id[UUID_SIZE];
    bool found;

    if (kop->soort != SOORT_OVERNAME && kop->soort != SOORT_WEIGERING
        && kop->soort != SOORT_INTREKKINGBEVESTIGING)
        return true;
    if (!sql_query(m->db, &stmt, fault,
                   "SELECT overdracht FROM outbox WHERE id = ? AND peer = ?"
                   " AND soort IN ('dossier', 'aanvulling', 'intrekking')",
                   "tt", kop->antwoord_op, kop->afzender.oin)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found)
        return true;
    sql_copy(stmt, 0, id, sizeof(id));
    sql_release(&stmt);
    return overdracht_get(m->db, m->keys, id, &m->o, &m->known, fault)
           && overdracht_join_rename(m->db, m->keys, kop->afzender.oin, &m->o,
                                     kop->overdracht_id, fault);
}

/* --- afterwards ---------------------------------------------------------------------- */

static bool is_known(const struct meaning *m, struct fault *fault)
{
    return m->known
           || fault_set(fault, FAULT_STATE, "%s: no such handover here",
                        soort_name(m->kop->soort));
}

static bool aanvulling_received(struct meaning *m, struct fault *fault)
{
    return is_known(m, fault)
           && overdracht_later_aanvulling(m->db, m->keys, m->kop, m->content, &m->o, fault);
}

static bool intrekking_received(struct meaning *m, struct fault *fault)
{
    return is_known(m, fault)
           && overdracht_later_intrekking(m->db, m->kop, m->content, &m->o, fault);
}

static bool bevestiging_received(struct meaning *m, struct fault *fault)
{
    return is_known(m, fault) && overdracht_later_bevestigd(m->db, m->kop, &m->o, fault);
}

static bool ping_received(struct meaning *m, struct fault *fault)
{
    (void)m;
    (void)fault;
    return true; /* a ping says nothing about a handover */
}

static bool (*const MEANINGS[SOORTEN])(struct meaning *m, struct fault *fault) = {
    [SOORT_PING] = ping_received,
    [SOORT_DOSSIERVERZOEK] = verzoek_received,
    [SOORT_DOSSIER] = dossier_received,
    [SOORT_VERZOEKAFWIJZING] = afwijzing_received,
    [SOORT_OVERNAME] = overname_received,
    [SOORT_WEIGERING] = weigering_received,
    [SOORT_AANVULLING] = aanvulling_received,
    [SOORT_INTREKKING] = intrekking_received,
    [SOORT_INTREKKINGBEVESTIGING] = bevestiging_received,
};

bool overdracht_received(sqlite3 *db, const struct keys *keys, const struct kop *kop,
                         const xmlNode *content, char id[UUID_SIZE], struct fault *fault)
{
    struct meaning m = { .db = db, .keys = keys, .kop = kop, .content = content };

    if (!overdracht_get(db, keys, kop->overdracht_id, &m.o, &m.known, fault))
        return false;
    if (m.known && strcmp(m.o.peer, kop->afzender.oin) != 0)
        return fault_set(fault, FAULT_STATE, "overdrachtId belongs to another handover");
    if (!m.known && !join_answered(&m, fault))
        return false;
    if (!MEANINGS[kop->soort](&m, fault))
        return false;
    memcpy(id, m.o.id[0] ? m.o.id : kop->overdracht_id, UUID_SIZE);
    return true;
}

/* --- the end of ours ----------------------------------------------------------------- */

/* What an end may depend on. */
enum fact {
    ASKED = 1,  /* the other side asked for the dossier, or for a better one */
    LAST = 2,   /* no later message of this kind is under way in the handover */
    VAIN = 4,   /* it surely does not count there: it never left, or was refused */
    FINAL = 8,  /* of a verzoekafwijzing: the one that ends the request */
    LATE = 16,  /* refused as toestand: there, nothing waits for it any more, nor lies there a
                 * dossier of which no receipt came */
    ASKER = 32, /* this side asks */
};

/* clang-format off */
/* The first that fits. */
static const struct end {
    enum soort soort;
    enum outbox_state end;
    enum overdracht_state from, to;
    unsigned needs; /* facts */
} ENDS[] = {
    { SOORT_DOSSIERVERZOEK, OUTBOX_REFUSED,   OVERDRACHT_VERZOCHT, OVERDRACHT_AFGEWEZEN,   0 },
    { SOORT_DOSSIERVERZOEK, OUTBOX_EXPIRED,   OVERDRACHT_VERZOCHT, OVERDRACHT_VERLOPEN,    0 },
    { SOORT_DOSSIERVERZOEK, OUTBOX_CANCELLED, OVERDRACHT_VERZOCHT, OVERDRACHT_INGETROKKEN, 0 },
    { SOORT_VERZOEKAFWIJZING, OUTBOX_DELIVERED, OVERDRACHT_GEVRAAGD, OVERDRACHT_AFGEWEZEN,
                                                                             LAST | FINAL },
    { SOORT_VERZOEKAFWIJZING, OUTBOX_REFUSED,   OVERDRACHT_GEVRAAGD, OVERDRACHT_AFGEWEZEN,
                                                                             LATE | FINAL },
    { SOORT_DOSSIER,   OUTBOX_DELIVERED, OVERDRACHT_VERZONDEN, OVERDRACHT_BEZORGD,     LAST },
    { SOORT_DOSSIER,   OUTBOX_REFUSED,   OVERDRACHT_VERZONDEN, OVERDRACHT_GEVRAAGD,    ASKED },
    { SOORT_DOSSIER,   OUTBOX_REFUSED,   OVERDRACHT_VERZONDEN, OVERDRACHT_GEWEIGERD,   0 },
    { SOORT_DOSSIER,   OUTBOX_EXPIRED,   OVERDRACHT_VERZONDEN, OVERDRACHT_GEVRAAGD,    ASKED },
    { SOORT_DOSSIER,   OUTBOX_EXPIRED,   OVERDRACHT_VERZONDEN, OVERDRACHT_VERLOPEN,    0 },
    { SOORT_DOSSIER,   OUTBOX_CANCELLED, OVERDRACHT_VERZONDEN, OVERDRACHT_GEVRAAGD,    ASKED },
    { SOORT_DOSSIER,   OUTBOX_CANCELLED, OVERDRACHT_VERZONDEN, OVERDRACHT_INGETROKKEN, 0 },
    { SOORT_INTREKKING, OUTBOX_DELIVERED, OVERDRACHT_VERZOCHT, OVERDRACHT_INGETROKKEN, ASKER },
    { SOORT_INTREKKING, OUTBOX_DELIVERED, OVERDRACHT_ONTVANGEN, OVERDRACHT_INGETROKKEN, ASKER },
    { SOORT_INTREKKING, OUTBOX_DELIVERED, OVERDRACHT_AFGEWEZEN, OVERDRACHT_INGETROKKEN, ASKER },
    { SOORT_INTREKKING, OUTBOX_DELIVERED, OVERDRACHT_VERLOPEN,  OVERDRACHT_INGETROKKEN, ASKER },
    { SOORT_WEIGERING, OUTBOX_REFUSED,   OVERDRACHT_VERZOCHT,  OVERDRACHT_ONTVANGEN,   VAIN },
    { SOORT_WEIGERING, OUTBOX_EXPIRED,   OVERDRACHT_VERZOCHT,  OVERDRACHT_ONTVANGEN,   VAIN },
    { SOORT_WEIGERING, OUTBOX_CANCELLED, OVERDRACHT_VERZOCHT,  OVERDRACHT_ONTVANGEN,   VAIN },
};
/* clang-format on */

/* The row, and how it ended. */
struct ended {
    const struct outbox_row *row;
    enum outbox_state to;
    const char *reason;
};

static bool is_refused_as_toestand(const struct ended *ended)
{
    return ended->to == OUTBOX_REFUSED
           && strncmp(ended->reason, "toestand:", sizeof("toestand:") - 1) == 0;
}

static bool gather_facts(sqlite3 *db, const struct ended *ended, const struct overdracht *o,
                         unsigned *facts, struct fault *fault)
{
    const struct outbox_row *row = ended->row;
    const struct afwijzing_code *code = afwijzing_of_reden(o->reden);
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT EXISTS (SELECT 1 FROM inbox WHERE overdracht = ?1 AND code = ''"
                   "  AND soort IN ('dossierverzoek', 'weigering')),"
                   " EXISTS (SELECT 1 FROM outbox WHERE overdracht = ?1 AND soort = ?2"
                   "  AND seq > ?3),"
                   " EXISTS (SELECT 1 FROM outbox WHERE overdracht = ?1"
                   "  AND soort = 'dossier' AND state = 'expired' AND attempts > 0)",
                   "tti", o->id, row->soort, row->seq)
        || !sql_row(stmt, &found, fault))
        return false;
    bool vain = row->attempts == 0 || ended->to == OUTBOX_REFUSED;
    bool late = is_refused_as_toestand(ended) && !sqlite3_column_int(stmt, 2);
    *facts = (sqlite3_column_int(stmt, 0) ? (unsigned)ASKED : 0)
             | (sqlite3_column_int(stmt, 1) ? 0 : (unsigned)LAST) | (vain ? (unsigned)VAIN : 0)
             | (code && afwijzing_ends(code) ? (unsigned)FINAL : 0)
             | (late ? (unsigned)LATE : 0) | (o->rol == ROL_ONTVANGER ? (unsigned)ASKER : 0);
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

/* When it would become too long: why it is where it is, and that a withdrawal is under way. */
static void keep_before(const struct overdracht *o, struct buf *before)
{
    const struct intrekking_code *code = intrekking_of_reden(o->reden);
    size_t size = strlen(o->reden);

    if (size > BEFORE_MAX)
        size = strcspn(o->reden, ";");
    buf_add(before, o->reden, size > BEFORE_MAX ? 0 : size);
    if (code && !intrekking_of_reden(buf_text(before)))
        intrekking_pending(code, before);
}

/* Of a dossier the reason says enough; of another message it says which, and stands behind the
 * reason why the handover is where it is. */
static void write_reden(const struct overdracht *o, enum outbox_state to,
                        const struct outbox_row *row, const char *reason, char reden[400])
{
    SCOPED_BUF struct buf before = { 0 };

    keep_before(o, &before);
    snprintf(reden, 400, "%s%s%s %s: %.200s", buf_text(&before), before.size ? "; " : "",
             row->soort, outbox_state_name(to), reason);
}

/* Of what the handover came or went with the reason says enough; what was refused as the
 * reason says stays refused for that. */
static const char *choose_reden(const struct end *end, const struct overdracht *o,
                                const char *reason, const char *reden)
{
    if (end->soort == SOORT_DOSSIER || end->soort == SOORT_DOSSIERVERZOEK)
        return reason;
    if (end->soort == SOORT_INTREKKING)
        return intrekking_of_reden(o->reden) ? intrekking_of_reden(o->reden)->name : "";
    return end->end == OUTBOX_DELIVERED ? o->reden : reden;
}

/* A promise that never arrived was none. */
static bool unpromise(sqlite3 *db, const struct overdracht *o, const struct outbox_row *row,
                      struct fault *fault)
{
    const struct afwijzing_code *code = afwijzing_of_reden(o->reden);

    return strcmp(row->soort, soort_name(SOORT_VERZOEKAFWIJZING)) != 0
           || (code && afwijzing_ends(code)) || belofte_drop(db, o->id, fault);
}

static bool settle_one(sqlite3 *db, const struct keys *keys, struct outbox_row *row,
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
    memcpy(row->overdracht, o.id, sizeof(row->overdracht));
    if (!gather_facts(db, &(struct ended){ row, to, reason }, &o, &facts, fault))
        return false;
    const struct end *end = find_end(row, to, o.state, facts);
    if (to != OUTBOX_DELIVERED && strcmp(row->soort, soort_name(SOORT_INTREKKING)) == 0)
        intrekking_forget(o.reden); /* it is not under way any more */
    write_reden(&o, to, row, reason, reden);
    if (!end) /* an overname that could not be delivered: the reason must still show */
        return to == OUTBOX_DELIVERED
               || (overdracht_note(db, "estafetted", &o, reden, fault)
                   && unpromise(db, &o, row, fault));
    return overdracht_move(db, "estafetted", &o, end->to, choose_reden(end, &o, reason, reden),
                           fault);
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

    struct outbox_row settled = *row; /* borrows its bytes; learns under what id it counts */
    if (!settle_one(db, keys, &settled, to, reason, fault))
        return false;
    if (to == OUTBOX_DELIVERED)
        return true;
    snprintf(why, sizeof(why), "the %s before it, %s, %s: %.300s",
             outbox_for_duo(row) ? "report" : "message", row->id, HOW[to], reason);
    while (outbox_cancel_next(db, &settled, why, &next, &found, fault)) {
        if (!found)
            return true;
        if (!settle_one(db, keys, &next, OUTBOX_CANCELLED, why, fault))
            return false;
    }
    return false;
}
