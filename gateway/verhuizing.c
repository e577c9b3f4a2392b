/* verhuizing -- see verhuizing.h. KINDS is what each kind of notification means here. */
#include "gateway/verhuizing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/duo/gebeurtenis.h"
#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/events.h"
#include "gateway/ids.h"
#include "gateway/log.h"
#include "gateway/notificatie.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "gateway/taak.h"
#include "gateway/vragen_duo.h"

struct step {
    struct gateway *gateway;
    int64_t seq;
    struct notificatie row;
    struct persoon persoon;
    struct overdracht ontvanger, verstrekker; /* open ones of this person; id "": none */
    char overdracht[UUID_SIZE];               /* of which it became a part; "": of none */
    const char *how;
};

static void step_finish(struct step *step)
{
    notificatie_finish(&step->row);
}

/* --- what is known of the person --------------------------------------------------------- */

/* Newest first; the newest of each rol counts. */
static void keep_open(void *context, const struct overdracht *o)
{
    struct step *step = context;
    struct overdracht *to = o->rol == ROL_ONTVANGER ? &step->ontvanger : &step->verstrekker;

    if (!to->id[0])
        *to = *o;
}

static bool was_taken_over(sqlite3 *db, const struct step *step, bool *was,
                           struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest index;

    return sql_query(db, &stmt, fault,
                     "SELECT 1 FROM overdracht WHERE rol = 'ontvanger'"
                     " AND state = 'overgenomen' AND bsn_index = ?",
                     "d", persoon_bsn_index(step->gateway->keys, &step->persoon, &index))
           && sql_row(stmt, was, fault);
}

/* --- what it becomes --------------------------------------------------------------------- */

static bool open_taak(sqlite3 *db, struct step *step, enum taak_soort soort,
                      struct fault *fault)
{
    SCOPED_BUF struct buf tekst = { 0 };
    const struct taak_reden reden = { .soort = soort,
                                      .overdracht =
                                          *step->overdracht ? step->overdracht : NULL,
                                      .notificatie = step->row.seq,
                                      .sleutel = step->row.gebeurtenis,
                                      .tekst = NULL };
    struct taak_reden whole = reden;

    buf_addf(&tekst, "DUO meldde %s op %.10s: %s%s.", step->row.gebeurtenis,
             step->row.geregistreerd, gebeurtenis_betekenis(step->row.gebeurtenis),
             step->row.bsn[0] ? "" : " (zonder BSN: DUO kan er niet over worden bevraagd)");
    whole.tekst = buf_text(&tekst);
    return taak_open(db, step->gateway->keys, &whole, NULL, fault);
}

/* What belongs to the event is asked anew for a handover that is under way. */
static bool ask_again(sqlite3 *db, struct step *step, struct fault *fault)
{
    const struct gebeurtenis *known = gebeurtenis_named(step->row.gebeurtenis);

    for (size_t i = 0; known && known->raadplegen[i]; i++)
        if (!vragen_duo_one(db, step->gateway, step->ontvanger.id, step->persoon.bsn,
                            known->raadplegen[i], fault))
            return false;
    return true;
}

static bool join(sqlite3 *db, struct step *step, struct fault *fault)
{
    memcpy(step->overdracht, step->ontvanger.id, UUID_SIZE);
    step->how = "bij de overdracht";
    return ask_again(db, step, fault);
}

/* DUO names no municipality of ours either, only our OIN: where we are more than one it stays
 * open for which, until somebody says so, or a dossier that comes does. */
static bool begin(sqlite3 *db, struct step *step, struct fault *fault)
{
    struct gateway *gateway = step->gateway;
    struct overdracht new = { .rol = ROL_ONTVANGER, .state = OVERDRACHT_GESIGNALEERD };

    uuid_v7(clock_now_ms(), new.id);
    snprintf(new.eigen_code, sizeof(new.eigen_code), "%s", config_own(&gateway->config));
    snprintf(new.oorzaak, sizeof(new.oorzaak), "%s", step->row.gebeurtenis);
    memcpy(step->overdracht, new.id, UUID_SIZE);
    step->how = "overdracht begonnen";
    return overdracht_add(db, gateway->keys, "estafetted", &new, &step->persoon, fault)
           && vragen_duo_all(db, gateway, new.id, step->persoon.bsn, fault);
}

static bool for_a_person(sqlite3 *db, struct step *step, struct fault *fault)
{
    step->how = "voor een persoon";
    return open_taak(db, step, TAAK_NOTIFICATIE, fault);
}

static bool on_verhuizing(sqlite3 *db, struct step *step, struct fault *fault)
{
    return step->ontvanger.id[0] ? join(db, step, fault) : begin(db, step, fault);
}

/* After a move or without one: the PIP tells. Not when its dossier was taken over before. */
static bool on_mogelijk(sqlite3 *db, struct step *step, struct fault *fault)
{
    bool was;

    if (step->ontvanger.id[0])
        return join(db, step, fault);
    if (!was_taken_over(db, step, &was, fault))
        return false;
    step->how = "informatie";
    return was || begin(db, step, fault);
}

/* We are the one that was left, whether we had the dossier or only asked for it. */
static bool on_vertrek(sqlite3 *db, struct step *step, struct fault *fault)
{
    step->how = "vertrek";
    if (step->ontvanger.id[0]) {
        memcpy(step->overdracht, step->ontvanger.id, UUID_SIZE);
        return open_taak(db, step, TAAK_NOTIFICATIE, fault);
    }
    if (step->verstrekker.id[0]) {
        memcpy(step->overdracht, step->verstrekker.id, UUID_SIZE);
        return true; /* its taak comes with the request (afhandelen.c) */
    }
    return open_taak(db, step, TAAK_EERST_AFHANDELEN, fault);
}

static bool on_informatie(sqlite3 *db, struct step *step, struct fault *fault)
{
    const struct gebeurtenis *known = gebeurtenis_named(step->row.gebeurtenis);

    step->how = "informatie";
    if (step->ontvanger.id[0] && !join(db, step, fault))
        return false;
    return !known->attentie || open_taak(db, step, TAAK_NOTIFICATIE, fault);
}

static bool (*const KINDS[GEBEURTENIS_KINDS])(sqlite3 *db, struct step *step,
                                              struct fault *fault) = {
    [GEBEURTENIS_INFORMATIE] = on_informatie, [GEBEURTENIS_VERHUIZING] = on_verhuizing,
    [GEBEURTENIS_MOGELIJK] = on_mogelijk,     [GEBEURTENIS_VERTREK] = on_vertrek,
    [GEBEURTENIS_ONBEKEND] = for_a_person,
};

/* --- one notification -------------------------------------------------------------------- */

static bool decide(sqlite3 *db, struct step *step, struct fault *fault)
{
    if (!step->row.bsn[0])
        return for_a_person(db, step, fault);
    return overdracht_open_of(db, step->gateway->keys, &step->persoon, keep_open, step, fault)
           && KINDS[gebeurtenis_kind_of(step->row.gebeurtenis)](db, step, fault);
}

static bool step_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct step *step = argument;
    bool found;

    if (!notificatie_get(db, step->gateway->keys, step->seq, &step->row, &found, fault))
        return false;
    if (!found || step->row.handled)
        return true;
    memcpy(step->persoon.bsn, step->row.bsn, sizeof(step->persoon.bsn));
    memcpy(step->persoon.vnummer, step->row.vnummer, sizeof(step->persoon.vnummer));
    return decide(db, step, fault)
           && notificatie_handle(db, "estafetted", &step->row,
                                 *step->overdracht ? step->overdracht : NULL, step->how,
                                 fault);
}

static bool handle_one(struct gateway *gateway, int64_t seq, struct fault *fault)
{
    __attribute__((cleanup(step_finish))) struct step step = { .gateway = gateway,
                                                               .seq = seq };

    if (!store_run(gateway->store, step_work, &step, fault))
        return false;
    if (!step.how)
        return true;
    log_info("notificatie=%lld gebeurtenis=%s overdracht=%s: %s", (long long)seq,
             step.row.gebeurtenis, step.overdracht[0] ? step.overdracht : "-", step.how);
    if (step.overdracht[0])
        events_publish(gateway->events, "overdracht", step.overdracht);
    couriers_wake(gateway->couriers);
    return true;
}

/* One that cannot be dealt with now must not stop those behind it. */
bool verhuizing_notificaties(struct gateway *gateway, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store,
                  "SELECT seq FROM notificatie WHERE handled IS NULL ORDER BY seq LIMIT 200",
                  0, &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct fault why = { 0 };
        if (!handle_one(gateway, strtoll(ids.id[i], NULL, 10), &why))
            log_warning("notificatie=%s waits: %s", ids.id[i], why.text);
    }
    return true;
}
