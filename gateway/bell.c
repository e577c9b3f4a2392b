/* bell -- see bell.h. */
#include "gateway/bell.h"

#include <string.h>
#include <time.h>

void bell_init(struct bell *bell)
{
    pthread_condattr_t monotonic;

    memset(bell, 0, sizeof(*bell));
    pthread_mutex_init(&bell->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&bell->rings, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void bell_finish(struct bell *bell)
{
    pthread_cond_destroy(&bell->rings);
    pthread_mutex_destroy(&bell->lock);
}

static void sound(struct bell *bell, bool stop)
{
    pthread_mutex_lock(&bell->lock);
    bell->rung++;
    bell->stopping = bell->stopping || stop;
    pthread_cond_broadcast(&bell->rings);
    pthread_mutex_unlock(&bell->lock);
}

void bell_ring(struct bell *bell)
{
    sound(bell, false);
}

void bell_stop(struct bell *bell)
{
    sound(bell, true);
}

bool bell_stopped(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    bool stopped = bell->stopping;
    pthread_mutex_unlock(&bell->lock);
    return stopped;
}

unsigned bell_count(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    unsigned count = bell->rung;
    pthread_mutex_unlock(&bell->lock);
    return count;
}

bool bell_wait(struct bell *bell, unsigned heard, int64_t seconds)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&bell->lock);
    bell->heard = heard;
    bell->waiting++;
    while (!bell->stopping && bell->rung == heard)
        if (pthread_cond_timedwait(&bell->rings, &bell->lock, &until) != 0)
            break;
    bell->waiting--;
    bool go_on = !bell->stopping;
    pthread_mutex_unlock(&bell->lock);
    return go_on;
}

bool bell_rests(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    bool rests = bell->waiting > 0 && bell->heard == bell->rung;
    pthread_mutex_unlock(&bell->lock);
    return rests;
}
