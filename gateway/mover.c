/* mover -- see mover.h. */
#include "gateway/mover.h"

#include "gateway/afhandelen.h"
#include "gateway/afloop.h"
#include "gateway/blokkade_wacht.h"
#include "gateway/doorverwijzing.h"
#include "gateway/gateway.h"
#include "gateway/herinnering.h"
#include "gateway/intrekking.h"
#include "gateway/melding_koppel.h"
#include "gateway/onbezorgd.h"
#include "gateway/pip_taak.h"
#include "gateway/post.h"
#include "gateway/reconcile.h"
#include "gateway/rounds.h"
#include "gateway/supplier.h"
#include "gateway/taak.h"
#include "gateway/vergelijking.h"
#include "gateway/verhuizing.h"
#include "gateway/verloop.h"

static bool tidy_work(sqlite3 *db, void *argument, struct fault *fault)
{
    (void)argument;
    return taak_tidy(db, fault);
}

static bool tidy(struct gateway *gateway, struct fault *fault)
{
    return store_run(gateway->store, tidy_work, NULL, fault);
}

/* In the order in which a handover goes on, so that one look may carry it over several. */
/* clang-format off */
static const struct round_step STEPS[] = {
    { "the block list",         blokkade_wacht },
    { "who went on",            doorverwijzing_run },
    { "notifications",          verhuizing_notificaties },
    { "whom to ask",            verhuizing_vragen },
    { "comparing with DUO",     vergelijking_run },
    { "what was withdrawn",     intrekking_wipe },
    { "that it is gone",        intrekking_confirm },
    { "what to settle first",   afhandelen_eerst },
    { "contact persons",        melding_koppel },
    { "what DUO refused",       afhandelen_geweigerd },
    { "events to ask for",      reconcile_ask },
    { "events nobody told",     reconcile_look },
    { "PIPs to make",           pip_taak_run },
    { "what never arrived",     onbezorgd_run },
    { "what waited too long",   verloop_run },
    { "what came to nothing",   afloop_run },
    { "tasks without a cause",  tidy },
    { "reminders",              herinnering_run },
    { "mail",                   post_run },
};
/* clang-format on */

static const struct round_plan PLAN = {
    .who = "mover",
    .seconds = 60, /* terms are days: a minute late is in time */
    .steps = STEPS,
    .count = sizeof(STEPS) / sizeof(STEPS[0]),
};

struct rounds *mover_create(struct gateway *gateway)
{
    return rounds_create(gateway, &PLAN);
}

void mover_wake(struct gateway *gateway)
{
    rounds_wake(gateway->mover);
    supplier_wake(gateway);
}
