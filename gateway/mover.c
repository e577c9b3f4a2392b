/* mover -- see mover.h. */
#include "gateway/mover.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "codecs/base/mem.h"
#include "gateway/afhandelen.h"
#include "gateway/blokkade_wacht.h"
#include "gateway/doorverwijzing.h"
#include "gateway/gateway.h"
#include "gateway/herinnering.h"
#include "gateway/intrekking.h"
#include "gateway/log.h"
#include "gateway/melding_koppel.h"
#include "gateway/onbezorgd.h"
#include "gateway/pip_taak.h"
#include "gateway/post.h"
#include "gateway/reconcile.h"
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

#define TICK_SECONDS 60 /* terms are days: a minute late is in time */

struct mover {
    struct gateway *gateway;
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock;
    pthread_cond_t bell;
    bool rung, looking, stopping;
};

/* In the order in which a handover goes on, so that one look may carry it over several. */
/* clang-format off */
static const struct {
    const char *what;
    bool (*run)(struct gateway *gateway, struct fault *fault);
} STEPS[] = {
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
    { "tasks without a cause",  tidy },
    { "what waited too long",   verloop_run },
    { "reminders",              herinnering_run },
    { "mail",                   post_run },
};
/* clang-format on */

/* One look at everything that may be to be done. What fails now is tried at the next. */
static void look(struct gateway *gateway)
{
    for (size_t i = 0; i < sizeof(STEPS) / sizeof(STEPS[0]); i++) {
        struct fault fault = { 0 };
        if (!STEPS[i].run(gateway, &fault))
            log_error("mover: %s: %s", STEPS[i].what, fault.text);
    }
}

/* Until the bell or the tick; false: stop. */
static bool wait_for_bell(struct mover *mover)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += TICK_SECONDS;
    pthread_mutex_lock(&mover->lock);
    mover->looking = false;
    while (!mover->rung && !mover->stopping)
        if (pthread_cond_timedwait(&mover->bell, &mover->lock, &until) != 0)
            break;
    mover->rung = false;
    mover->looking = true;
    bool go_on = !mover->stopping;
    pthread_mutex_unlock(&mover->lock);
    return go_on;
}

static void *mover_main(void *argument)
{
    struct mover *mover = argument;

    do
        look(mover->gateway);
    while (wait_for_bell(mover));
    return NULL;
}

struct mover *mover_create(struct gateway *gateway)
{
    struct mover *mover = mem_alloc(sizeof(*mover));
    pthread_condattr_t monotonic;

    mover->gateway = gateway;
    pthread_mutex_init(&mover->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&mover->bell, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return mover;
}

bool mover_start(struct mover *mover, struct fault *fault)
{
    mover->looking = true; /* the first look comes without a ring */
    mover->runs = pthread_create(&mover->thread, NULL, mover_main, mover) == 0;
    return mover->runs || fault_set(fault, FAULT_TEMPORARY, "no more threads for the mover");
}

static void ring(struct mover *mover, bool stop)
{
    pthread_mutex_lock(&mover->lock);
    mover->rung = true;
    mover->stopping = mover->stopping || stop;
    pthread_cond_signal(&mover->bell);
    pthread_mutex_unlock(&mover->lock);
}

void mover_wake(struct gateway *gateway)
{
    if (gateway->mover)
        ring(gateway->mover, false);
    supplier_wake(gateway);
}

bool mover_rests(struct mover *mover)
{
    pthread_mutex_lock(&mover->lock);
    bool rests = !mover->rung && !mover->looking;
    pthread_mutex_unlock(&mover->lock);
    return rests;
}

void mover_stop(struct mover *mover)
{
    if (!mover || !mover->runs)
        return;
    ring(mover, true);
    pthread_join(mover->thread, NULL);
    mover->runs = false;
}

void mover_destroy(struct mover *mover)
{
    if (!mover)
        return;
    pthread_cond_destroy(&mover->bell);
    pthread_mutex_destroy(&mover->lock);
    free(mover);
}
