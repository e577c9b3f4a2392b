/* overdracht_later -- see overdracht_later.h. */
#include "gateway/overdracht_later.h"

#include <stdio.h>
#include <string.h>

#include "codecs/aanvulling.h"
#include "codecs/intrekking.h"
#include "codecs/onderdelen.h"
#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/huishouden.h"
#include "gateway/inbox.h"
#include "gateway/newest.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

static bool does_not_fit(const struct kop *kop, const struct overdracht *o, const char *why,
                         struct fault *fault)
{
    return fault_set(fault, FAULT_STATE, "%s: handover %s (%s) is %s: %s",
                     soort_name(kop->soort), o->id, rol_name(o->rol),
                     overdracht_state_name(o->state), why);
}

/* --- a supplement -------------------------------------------------------------------- */

static bool supplements_ours(sqlite3 *db, const struct kop *kop,
                             const struct aanvulling *aanvulling, const struct overdracht *o,
                             struct fault *fault)
{
    bool was = false;

    if (o->rol != ROL_ONTVANGER
        || (o->state != OVERDRACHT_ONTVANGEN && o->state != OVERDRACHT_OVERGENOMEN))
        return does_not_fit(kop, o, "there is no dossier to supplement", fault);
    if (!newest_was_received(db, o->id, aanvulling->betreft, &was, fault))
        return false;
    return was
           || fault_set(fault, FAULT_STATE, "aanvulling: betreft is no dossier of handover %s",
                        o->id);
}

/* Somebody has read the dossier as it was: they must see what is new. */
static bool ask_to_read(sqlite3 *db, const struct keys *keys, const struct kop *kop,
                        const struct overdracht *o, const char *parts, struct fault *fault)
{
    SCOPED_BUF struct buf tekst = { 0 };

    buf_addf(&tekst, "Aangevuld: %s.", parts);
    const struct taak_reden reden = { .soort = TAAK_AANVULLING,
                                      .overdracht = o->id,
                                      .sleutel = kop->bericht_id,
                                      .tekst = buf_text(&tekst) };
    return taak_open(db, keys, &reden, NULL, fault);
}

bool overdracht_later_aanvulling(sqlite3 *db, const struct keys *keys, const struct kop *kop,
                                 const xmlNode *content, struct overdracht *o,
                                 struct fault *fault)
{
    SCOPED_AANVULLING struct aanvulling aanvulling = { 0 };
    SCOPED_BUF struct buf parts = { 0 };
    struct persoon persoon;

    aanvulling_read(content, &aanvulling);
    persoon_of_dossier(aanvulling_dossier(content), &persoon);
    if (!supplements_ours(db, kop, &aanvulling, o, fault)
        || !overdracht_is_about(db, keys, o, &persoon, fault))
        return false;
    onderdelen_tell(aanvulling.parts, "", &parts);
    return overdracht_renew(db, keys, o, &persoon, fault)
           && huishouden_note(db, keys, o->id, aanvulling_dossier(content), fault)
           && sql_do(db, fault, "UPDATE overdracht SET changed = ? WHERE id = ?", "it",
                     (int64_t)clock_now(), o->id)
           && audit_add(db, kop->afzender.oin, "aanvulling", o->id, fault, "%s",
                        buf_text(&parts))
           && ask_to_read(db, keys, kop, o, buf_text(&parts), fault);
}

/* --- a withdrawal of theirs ---------------------------------------------------------- */

/* What still waits to go to them is no answer any more. The handover ends in the same
 * transaction, so what the end of each would mean for it (overdracht_settled()) is overtaken.
 */
static bool drop_queued(sqlite3 *db, const struct overdracht *o, struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row dropped = { 0 };
    struct outbox_row all = { .seq = 0 };
    bool found;

    memcpy(all.overdracht, o->id, sizeof(all.overdracht));
    memcpy(all.peer, o->peer, sizeof(all.peer));
    while (outbox_cancel_next(db, &all, "withdrawn by them", &dropped, &found, fault))
        if (!found)
            return true;
    return false;
}

static bool end_withdrawn(sqlite3 *db, const struct kop *kop,
                          const struct intrekking *intrekking, struct overdracht *o,
                          struct fault *fault)
{
    return drop_queued(db, o, fault)
           && overdracht_move(db, kop->afzender.oin, o, OVERDRACHT_INGETROKKEN,
                              intrekking->code->name, fault);
}

/* Again, because they never heard that it was done: it is confirmed again. */
static bool dossier_withdrawn(sqlite3 *db, const struct kop *kop,
                              const struct intrekking *intrekking, struct overdracht *o,
                              struct fault *fault)
{
    bool was = false;

    if (!newest_was_received(db, o->id, intrekking->betreft, &was, fault))
        return false;
    if (!was)
        return fault_set(fault, FAULT_STATE,
                         "intrekking: betreft is no dossier of handover %s", o->id);
    return o->state == OVERDRACHT_INGETROKKEN || end_withdrawn(db, kop, intrekking, o, fault);
}

/* What asks in this handover: their newest request, or their weigering as onvolledig. */
static bool is_what_asks(sqlite3 *db, const struct overdracht *o, const char *bericht,
                         struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT id FROM inbox WHERE overdracht = ? AND code = ''"
                   " AND soort IN ('dossierverzoek', 'weigering') ORDER BY seq DESC LIMIT 1",
                   "t", o->id)
        || !sql_row(stmt, &found, fault))
        return false;
    return (found && strcmp(sql_text(stmt, 0), bericht) == 0)
           || fault_set(fault, FAULT_STATE, "intrekking: betreft is not what asks in %s",
                        o->id);
}

/* A dossier that has not left yet stays at home. */
static bool nothing_has_left(sqlite3 *db, const struct overdracht *o, bool *nothing,
                             struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found = false;

    *nothing = o->state == OVERDRACHT_GEVRAAGD;
    if (o->state != OVERDRACHT_VERZONDEN)
        return true;
    if (!outbox_latest(db, o->id, soort_name(SOORT_DOSSIER), &row, &found, fault))
        return false;
    *nothing = found && row.state == OUTBOX_QUEUED && row.attempts == 0;
    return true;
}

static bool request_withdrawn(sqlite3 *db, const struct kop *kop,
                              const struct intrekking *intrekking, struct overdracht *o,
                              struct fault *fault)
{
    bool nothing = false;

    if (!is_what_asks(db, o, intrekking->betreft, fault)
        || !nothing_has_left(db, o, &nothing, fault))
        return false;
    if (o->state == OVERDRACHT_INGETROKKEN)
        return true;
    return nothing ? end_withdrawn(db, kop, intrekking, o, fault)
                   : does_not_fit(kop, o, "the request was answered", fault);
}

bool overdracht_later_intrekking(sqlite3 *db, const struct kop *kop, const xmlNode *content,
                                 struct overdracht *o, struct fault *fault)
{
    SCOPED_INTREKKING struct intrekking intrekking = { 0 };

    intrekking_read(content, &intrekking);
    return o->rol == ROL_ONTVANGER ? dossier_withdrawn(db, kop, &intrekking, o, fault)
                                   : request_withdrawn(db, kop, &intrekking, o, fault);
}

bool overdracht_later_bevestigd(sqlite3 *db, const struct kop *kop, struct overdracht *o,
                                struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    const struct intrekking_code *code = intrekking_of_reden(o->reden);
    bool found;

    if (!sql_query(db, &stmt, fault,
                   "SELECT 1 FROM outbox WHERE id = ? AND overdracht = ?"
                   " AND soort = 'intrekking'",
                   "tt", kop->antwoord_op, o->id)
        || !sql_row(stmt, &found, fault))
        return false;
    if (!found || o->rol != ROL_VERSTREKKER)
        return does_not_fit(kop, o, "antwoordOp is no withdrawal of ours", fault);
    return o->state == OVERDRACHT_INGETROKKEN
           || overdracht_move(db, kop->afzender.oin, o, OVERDRACHT_INGETROKKEN,
                              code ? code->name : "", fault);
}

/* --- a withdrawal of ours ------------------------------------------------------------ */

bool overdracht_later_is_free(const struct overdracht *o, struct fault *fault)
{
    const struct intrekking_code *code = intrekking_of_reden(o->reden);

    if (!code)
        return true;
    fault_set(fault, FAULT_STATE, "handover %s: its withdrawal (%s) is under way", o->id,
              code->name);
    return fault_advise(fault, "wait until it has ended; follow it with estafette overdracht "
                               "show");
}

static bool nothing_to_withdraw(const struct overdracht *o, const char *action,
                                struct fault *fault)
{
    fault_set(fault, FAULT_STATE, "handover %s (%s) is %s: there is nothing to withdraw",
              o->id, rol_name(o->rol), overdracht_state_name(o->state));
    return fault_advise(fault, "%s", action);
}

/* The dossier, or what asks for one: the newest of ours in this handover that may count there.
 */
static bool find_ours(sqlite3 *db, const struct overdracht *o, struct outbox_row *row,
                      bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    char id[UUID_SIZE];

    if (!sql_query(db, &stmt, fault,
                   "SELECT id FROM outbox WHERE overdracht = ?1"
                   " AND iif(?2, soort = 'dossier', soort IN ('dossierverzoek', 'weigering'))"
                   " AND (state IN ('queued', 'sending', 'delivered')"
                   "  OR (state = 'expired' AND attempts > 0)) ORDER BY seq DESC LIMIT 1",
                   "ti", o->id, (int64_t)(o->rol == ROL_VERSTREKKER))
        || !sql_row(stmt, found, fault))
        return false;
    if (!*found)
        return true;
    sql_copy(stmt, 0, id, sizeof(id));
    sql_release(&stmt);
    return outbox_find(db, id, row, fault);
}

bool overdracht_later_withdrawable(sqlite3 *db, const struct overdracht *o,
                                   struct overdracht_withdrawal *withdrawal,
                                   struct fault *fault)
{
    struct outbox_row *row = &withdrawal->row;
    bool found;

    if (!overdracht_later_is_free(o, fault))
        return false;
    if (o->state == OVERDRACHT_INGETROKKEN)
        return nothing_to_withdraw(o, "it has ended", fault);
    if (o->rol == ROL_ONTVANGER && o->state != OVERDRACHT_VERZOCHT)
        return nothing_to_withdraw(o,
                                   "a dossier that was received is refused, see estafette "
                                   "overdracht refuse --help",
                                   fault);
    if (!find_ours(db, o, row, &found, fault))
        return false;
    if (!found)
        return nothing_to_withdraw(o,
                                   "a request is refused, see estafette overdracht refuse "
                                   "--help",
                                   fault);
    memcpy(withdrawal->betreft, row->id, UUID_SIZE);
    withdrawal->unsent =
        row->state == OUTBOX_QUEUED && row->attempts == 0
        && (o->state == OVERDRACHT_VERZONDEN || o->state == OVERDRACHT_VERZOCHT);
    return true;
}

bool overdracht_later_withdraw(sqlite3 *db, const char *actor, struct overdracht *o,
                               const char *code, struct fault *fault)
{
    SCOPED_BUF struct buf reden = { 0 };

    buf_add_text(&reden, o->reden);
    intrekking_pending(intrekking_code(code), &reden);
    return overdracht_note(db, actor, o, buf_text(&reden), fault);
}
