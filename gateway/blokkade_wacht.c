/* blokkade_wacht -- see blokkade_wacht.h. */
#include "gateway/blokkade_wacht.h"

#include <string.h>

#include "gateway/afwijzen.h"
#include "gateway/blokkade.h"
#include "gateway/clock.h"
#include "gateway/ids.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"
#include "gateway/taak.h"

#define SELF "estafetted"

/* A handover that is worked on, and whose person is on the list. */
struct geval {
    struct gateway *gateway;
    const char *id;
    struct overdracht o;
};

/* The audit row that tells why we do what we do. */
static bool look(sqlite3 *db, const struct geval *g, const char *what, struct fault *fault)
{
    const struct keys *keys = g->gateway->keys;
    const struct blokkade_look look = { SELF, g->id, what };
    struct persoon persoon;
    bool on;

    return overdracht_person(db, keys, g->id, &persoon, fault)
           && blokkade_on(db, keys, &look, &persoon, &on, fault);
}

/* --- what waits to leave ------------------------------------------------------------- */

static const char WAITING[] =
    "SELECT o.id FROM overdracht h JOIN outbox o ON o.overdracht = h.id"
    " WHERE o.state = 'queued' AND o.peer IS NOT NULL AND" BLOKKADE_LETTER " AND" BLOKKADE_ON;

/* It cannot be called back; a person can. Once in a handover. */
static bool tell_gone(sqlite3 *db, struct gateway *gateway, const char *overdracht,
                      const char *tekst, struct fault *fault)
{
    const struct taak_reden reden = { .soort = TAAK_BLOKKADE_VERZONDEN,
                                      .overdracht = overdracht,
                                      .sleutel = "",
                                      .tekst = tekst };

    return taak_open(db, gateway->keys, &reden, NULL, fault);
}

static bool stop_work(sqlite3 *db, void *argument, struct fault *fault)
{
    static const char REASON[] = "blokkade: over deze persoon wordt niet geschreven";
    static const char TRIED[] =
        "Over deze persoon geldt nu een blokkade. Een bericht over hem "
        "werd al geprobeerd te bezorgen: het kan zijn aangekomen.";
    struct geval *g = argument;
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    if (!outbox_find(db, g->id, &row, fault))
        return false;
    if (row.state != OUTBOX_QUEUED)
        return true; /* a courier has it; when it comes back it is found again */
    g->id = row.overdracht;
    return look(db, g, "wat nog wacht", fault) && outbox_cancel(db, SELF, &row, REASON, fault)
           && overdracht_settled(db, g->gateway->keys, &row, OUTBOX_CANCELLED, REASON, fault)
           && (row.attempts == 0 || tell_gone(db, g->gateway, row.overdracht, TRIED, fault));
}

static bool stop(struct gateway *gateway, const char *id, struct fault *fault)
{
    struct geval g = { .gateway = gateway, .id = id };

    return store_run(gateway->store, stop_work, &g, fault);
}

/* --- what is asked ------------------------------------------------------------------- */

static const char ASKED[] =
    "SELECT h.id FROM overdracht h WHERE h.rol = 'verstrekker' AND h.state = 'gevraagd'"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.overdracht = h.id"
    "  AND o.soort = 'verzoekafwijzing' AND o.state IN ('queued', 'sending')) AND" BLOKKADE_ON;

static bool looked(sqlite3 *db, void *context, const struct overdracht *o, const char *bericht,
                   struct fault *fault)
{
    const struct geval g = { .gateway = context, .id = o->id };

    (void)bericht;
    return look(db, &g, "een verzoek", fault);
}

static bool answer(struct gateway *gateway, const char *id, struct fault *fault)
{
    SCOPED_AFWIJZING struct afwijzing afwijzing = { .code = afwijzing_code("blokkade") };
    const struct afwijzen afwijzen = {
        .overdracht = id, .afwijzing = &afwijzing, .done = looked, .context = gateway
    };

    return afwijzen_send(gateway, SELF, &afwijzen, fault);
}

/* --- what came, or should be asked --------------------------------------------------- */

static const char FLAGGED[] =
    "SELECT h.id FROM overdracht h WHERE h.rol = 'ontvanger'"
    " AND h.state IN ('gesignaleerd', 'verzocht', 'ontvangen')"
    " AND NOT EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id"
    "  AND t.soort = 'blokkade' AND t.sleutel = h.state) AND" BLOKKADE_ON;

static const char *tekst_of(enum overdracht_state state)
{
    switch (state) {
    case OVERDRACHT_GESIGNALEERD:
        return "Over deze persoon geldt hier een blokkade: het dossier wordt niet vanzelf "
               "gevraagd, want wie het gevraagd wordt weet dan waar hij woont.";
    case OVERDRACHT_VERZOCHT:
        return "Over deze persoon geldt hier een blokkade, en zijn dossier is al gevraagd.";
    default:
        return "Over deze persoon geldt hier een blokkade, en zijn dossier is ontvangen. Met "
               "een "
               "overname weet de vorige gemeente dat hij hier woont.";
    }
}

static bool flag_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct geval *g = argument;
    bool found;

    if (!overdracht_get(db, g->gateway->keys, g->id, &g->o, &found, fault))
        return false;
    const struct taak_reden reden = { .soort = TAAK_BLOKKADE,
                                      .overdracht = g->o.id,
                                      .sleutel = overdracht_state_name(g->o.state),
                                      .tekst = tekst_of(g->o.state) };
    return look(db, g, "wat ontvangen wordt", fault)
           && taak_open(db, g->gateway->keys, &reden, NULL, fault);
}

static bool flag(struct gateway *gateway, const char *id, struct fault *fault)
{
    struct geval g = { .gateway = gateway, .id = id };

    return store_run(gateway->store, flag_work, &g, fault);
}

/* --- what has gone ------------------------------------------------------------------- */

static const char GONE[] =
    "SELECT h.id FROM overdracht h WHERE h.rol = 'verstrekker'"
    " AND h.state IN ('verzonden', 'bezorgd') AND NOT EXISTS (SELECT 1 FROM taak t"
    "  WHERE t.overdracht = h.id AND t.soort = 'blokkade-verzonden') AND" BLOKKADE_ON;

static bool gone_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct geval *g = argument;

    return look(db, g, "wat al weg is", fault)
           && tell_gone(db, g->gateway, g->id,
                        "Over deze persoon geldt nu een blokkade, en zijn dossier is al naar "
                        "de andere gemeente gegaan of op dit ogenblik onderweg: een blokkade "
                        "haalt het niet terug.",
                        fault);
}

static bool gone(struct gateway *gateway, const char *id, struct fault *fault)
{
    struct geval g = { .gateway = gateway, .id = id };

    return store_run(gateway->store, gone_work, &g, fault);
}

/* clang-format off */
static const struct {
    const char *query;
    bool (*run)(struct gateway *gateway, const char *id, struct fault *fault);
} STEPS[] = {
    { WAITING, stop },
    { ASKED,   answer },
    { FLAGGED, flag },
    { GONE,    gone },
};
/* clang-format on */

static bool run_step(struct gateway *gateway, size_t step, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store, STEPS[step].query, clock_now(), &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct fault why = { 0 };
        if (!STEPS[step].run(gateway, ids.id[i], &why))
            log_warning("blokkade: %s waits: %s", ids.id[i], why.text);
    }
    return true;
}

bool blokkade_wacht(struct gateway *gateway, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(STEPS) / sizeof(STEPS[0]); i++)
        if (!run_step(gateway, i, fault))
            return false;
    return true;
}
