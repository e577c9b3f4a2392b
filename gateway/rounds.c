/* rounds -- see rounds.h. */
#include "gateway/rounds.h"

#include <pthread.h>
#include <stdlib.h>

#include "codecs/base/mem.h"
#include "gateway/bell.h"
#include "gateway/log.h"

struct rounds {
    struct gateway *gateway;
    const struct round_plan *plan;
    struct bell bell;
    pthread_t thread;
    bool runs;               /* there is a thread to join; for who starts and stops it */
    enum fault_code *before; /* what each step said last; the thread's */
};

static void tell(struct rounds *rounds, size_t step, const struct fault *fault)
{
    const struct round_plan *plan = rounds->plan;

    if (fault->code != FAULT_NONE && fault->code != rounds->before[step])
        log_error("%s: %s: %s", plan->who, plan->steps[step].what, fault->text);
    rounds->before[step] = fault->code;
}

static void look(struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->plan->count; i++) {
        struct fault fault = { 0 };
        if (rounds->plan->steps[i].run(rounds->gateway, &fault))
            fault.code = FAULT_NONE; /* what it got over is not ours to tell */
        tell(rounds, i, &fault);
    }
}

static void *go_round(void *argument)
{
    struct rounds *rounds = argument;
    unsigned heard;

    do {
        heard = bell_count(&rounds->bell);
        look(rounds);
    } while (bell_wait(&rounds->bell, heard, rounds->plan->seconds));
    return NULL;
}

struct rounds *rounds_create(struct gateway *gateway, const struct round_plan *plan)
{
    struct rounds *new = mem_alloc(sizeof(*new));

    new->gateway = gateway;
    new->plan = plan;
    new->before = mem_alloc(plan->count * sizeof(*new->before));
    bell_init(&new->bell);
    return new;
}

bool rounds_start(struct rounds *rounds, struct fault *fault)
{
    rounds->runs = pthread_create(&rounds->thread, NULL, go_round, rounds) == 0;
    return rounds->runs
           || fault_set(fault, FAULT_TEMPORARY, "no more threads for the %s",
                        rounds->plan->who);
}

void rounds_wake(struct rounds *rounds)
{
    if (rounds)
        bell_ring(&rounds->bell);
}

bool rounds_rest(struct rounds *rounds)
{
    return !rounds || bell_rests(&rounds->bell);
}

void rounds_end(struct rounds *rounds)
{
    if (rounds)
        bell_stop(&rounds->bell);
}

void rounds_stop(struct rounds *rounds)
{
    rounds_end(rounds);
    if (!rounds || !rounds->runs)
        return;
    pthread_join(rounds->thread, NULL);
    rounds->runs = false;
}

void rounds_destroy(struct rounds *rounds)
{
    if (!rounds)
        return;
    bell_finish(&rounds->bell);
    free(rounds->before);
    free(rounds);
}
