/* supplier -- see supplier.h. */
#include "gateway/supplier.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "codecs/base/mem.h"
#include "gateway/aanlevering_commando.h"
#include "gateway/aanlevering_map.h"
#include "gateway/aanlevering_send.h"
#include "gateway/aflevering_run.h"
#include "gateway/gateway.h"
#include "gateway/helper.h"
#include "gateway/log.h"

#define TICK_SECONDS 5

struct supplier {
    struct gateway *gateway;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t bell;
    bool rung, looking, stopping;
    bool runs; /* there is a thread to join; for who starts and stops it */
};

/* In the order in which one look carries a dossier furthest. */
/* clang-format off */
static const struct {
    const char *what;
    bool (*run)(struct gateway *gateway, struct fault *fault);
} STEPS[] = {
    { "dossiers in the folder",       aanlevering_map_look },
    { "dossiers of the command",      aanlevering_commando_run },
    { "dossiers that may go",         aanlevering_send_ready },
    { "dossiers for our own system",  aflevering_run },
};
/* clang-format on */
#define STEP_COUNT (sizeof(STEPS) / sizeof(STEPS[0]))

/* The same fault at each tick is one line, until it is another or has gone. */
static void tell(size_t step, const struct fault *fault)
{
    static _Thread_local enum fault_code before[STEP_COUNT];

    if (fault->code != FAULT_NONE && fault->code != before[step])
        log_error("supplier: %s: %s", STEPS[step].what, fault->text);
    before[step] = fault->code;
}

void supplier_look(struct gateway *gateway)
{
    for (size_t i = 0; i < STEP_COUNT; i++) {
        struct fault fault = { 0 };
        if (!STEPS[i].run(gateway, &fault) && fault.code == FAULT_NONE)
            abort(); /* who fails says why */
        tell(i, &fault);
    }
}

static bool wait_for_bell(struct supplier *supplier)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += TICK_SECONDS;
    pthread_mutex_lock(&supplier->lock);
    supplier->looking = false;
    while (!supplier->rung && !supplier->stopping)
        if (pthread_cond_timedwait(&supplier->bell, &supplier->lock, &until) != 0)
            break;
    supplier->rung = false;
    supplier->looking = true;
    bool go_on = !supplier->stopping;
    pthread_mutex_unlock(&supplier->lock);
    return go_on;
}

static void *supplier_main(void *argument)
{
    struct supplier *supplier = argument;

    do
        supplier_look(supplier->gateway);
    while (wait_for_bell(supplier));
    return NULL;
}

struct supplier *supplier_create(struct gateway *gateway)
{
    struct supplier *new = mem_alloc(sizeof(*new));
    pthread_condattr_t monotonic;

    new->gateway = gateway;
    pthread_mutex_init(&new->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&new->bell, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return new;
}

bool supplier_start(struct supplier *supplier, struct fault *fault)
{
    supplier->looking = true; /* the first look comes without a ring */
    supplier->runs = pthread_create(&supplier->thread, NULL, supplier_main, supplier) == 0;
    return supplier->runs
           || fault_set(fault, FAULT_TEMPORARY, "no more threads for the supplier");
}

static void ring(struct supplier *supplier, bool stop)
{
    pthread_mutex_lock(&supplier->lock);
    supplier->rung = true;
    supplier->stopping = supplier->stopping || stop;
    pthread_cond_signal(&supplier->bell);
    pthread_mutex_unlock(&supplier->lock);
}

void supplier_wake(struct gateway *gateway)
{
    struct supplier *supplier = gateway->supplier;

    if (supplier)
        ring(supplier, false);
}

bool supplier_rests(struct supplier *supplier)
{
    pthread_mutex_lock(&supplier->lock);
    bool rests = !supplier->rung && !supplier->looking;
    pthread_mutex_unlock(&supplier->lock);
    return rests;
}

void supplier_stop(struct supplier *supplier)
{
    if (!supplier || !supplier->runs)
        return;
    ring(supplier, true);
    helper_interrupt(supplier->gateway->helper);
    pthread_join(supplier->thread, NULL);
    supplier->runs = false;
}

void supplier_destroy(struct supplier *supplier)
{
    if (!supplier)
        return;
    pthread_cond_destroy(&supplier->bell);
    pthread_mutex_destroy(&supplier->lock);
    free(supplier);
}
