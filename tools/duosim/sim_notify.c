/* sim_notify -- see sim_notify.h. The lock is that of the sim; while curl works it is free. */
#include "tools/duosim/sim_notify.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codecs/base/mem.h"
#include "gateway/clock.h"
#include "gateway/log.h"
#include "tools/duosim/sim_core.h"
#include "tools/duosim/sim_event.h"
#include "tools/duosim/sim_post.h"
#include "tools/duosim/sim_state.h"

enum { LONGEST_MS = 60000 };

struct sim_notify {
    struct sim *sim;
    pthread_t thread;
    pthread_cond_t changed, settled;
    bool woken; /* under the lock of the sim, like all here */
};

static bool flag(const json_t *notification, const char *name)
{
    return json_is_true(json_object_get(notification, name));
}

static long long number(const json_t *notification, const char *name)
{
    return json_integer_value(json_object_get(notification, name));
}

static const struct sim_gemeente *receiver(const struct sim *sim, const json_t *notification)
{
    const struct sim_gemeente *to =
        sim_settings_by_code(&sim->settings, sim_state_text(notification, "gemeentecode"));

    return to && to->url[0] ? to : NULL;
}

static bool is_open(const struct sim *sim, const json_t *notification)
{
    return !flag(notification, "afgeleverd") && receiver(sim, notification);
}

static size_t count_open(const struct sim *sim)
{
    const json_t *one;
    size_t i, count = 0;

    json_array_foreach (json_object_get(sim->state, "notificaties"), i, one)
        count += is_open(sim, one);
    return count;
}

/* What was just made is bent, once, as misbehaviour wants it. */
static void bend_new(struct sim *sim)
{
    json_t *one;
    size_t i;

    json_array_foreach (json_object_get(sim->state, "notificaties"), i, one) {
        struct sim_misdeeds taken = { 0 };
        if (json_object_get(one, "bekeken"))
            continue;
        sim_misbehave_take(&sim->misdeeds, SIM_NOTIFY, NULL, &taken);
        sim_misbehave_bend(&taken, one);
        json_object_set_new(one, "bekeken", json_true());
    }
}

/* The first that is due; NULL: none is, and *wait says for how long (ms). */
static json_t *find_due(struct sim *sim, long long *wait)
{
    long long now = clock_now_ms();
    json_t *one;
    size_t i;

    *wait = LONGEST_MS;
    json_array_foreach (json_object_get(sim->state, "notificaties"), i, one) {
        long long left = number(one, "nietVoor") - now;
        if (!is_open(sim, one) || flag(one, "achter"))
            continue;
        if (left <= 0)
            return one;
        if (left < *wait)
            *wait = left;
    }
    return NULL;
}

/* As DUO's specification has it: nothing of ours goes along. */
static char *body_of(const json_t *notification)
{
    static const char *const MEMBERS[] = { "registratieDatumTijd", "bsn", "vNummer",
                                           "gebeurtenisId" };
    json_t *body = json_object();

    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++)
        if (json_object_get(notification, MEMBERS[i]))
            json_object_set(body, MEMBERS[i], json_object_get(notification, MEMBERS[i]));
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

/* Those that wait until another was taken need not any more. */
static void let_go(struct sim *sim, const json_t *taken)
{
    json_t *one;
    size_t i;

    json_array_foreach (json_object_get(sim->state, "notificaties"), i, one)
        if (one != taken)
            json_object_del(one, "achter");
}

static void settle(struct sim *sim, json_t *notification, int status)
{
    long long again = number(notification, "nogmaals");
    long wait = sim->settings.retry_ms;

    json_object_set_new(notification, "pogingen",
                        json_integer(number(notification, "pogingen") + 1));
    json_object_set_new(notification, "status", json_integer(status));
    log_info("notified to=%s code=%s id=%s attempt=%lld status=%d",
             sim_state_text(notification, "gemeentecode"),
             sim_state_text(notification, "gebeurtenisId"),
             sim_state_text(notification, "berichtId"), number(notification, "pogingen"),
             status);
    sim->dirty = true;
    if (status != 201) {
        json_object_set_new(notification, "nietVoor", json_integer(clock_now_ms() + wait));
        return;
    }
    let_go(sim, notification);
    if (again > 0)
        json_object_set_new(notification, "nogmaals", json_integer(again - 1));
    else
        json_object_set_new(notification, "afgeleverd", json_true());
}

static void send_one(struct sim *sim, json_t *notification)
{
    SCOPED_MEM char *body = body_of(notification);
    struct sim_post post = { .stopping = &sim->stopping,
                             .bron = sim->settings.oin,
                             .to = receiver(sim, notification),
                             .body = body };

    (void)snprintf(post.id, sizeof(post.id), "%s", sim_state_text(notification, "berichtId"));
    json_incref(notification);
    pthread_mutex_unlock(&sim->lock);
    int status = sim_post_send(&sim->tls, &post);
    pthread_mutex_lock(&sim->lock);
    settle(sim, notification, status);
    json_decref(notification);
}

static void save(struct sim *sim)
{
    char path[PATH_MAX];
    struct fault fault;

    if (!sim->dirty)
        return;
    sim->dirty = false;
    if (!sim_state_save(sim_settings_path(&sim->settings, "state.json", path), sim->state,
                        &fault))
        log_error("%s", fault.text);
}

static void sleep_until(struct sim_notify *notify, pthread_cond_t *condition,
                        long long milliseconds)
{
    long long at = clock_monotonic_ms() + milliseconds;
    const struct timespec until = { .tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000 };

    pthread_cond_timedwait(condition, &notify->sim->lock, &until);
}

static void *run(void *argument)
{
    struct sim_notify *notify = argument;
    struct sim *sim = notify->sim;
    long long wait;

    pthread_mutex_lock(&sim->lock);
    while (!sim->stopping) {
        notify->woken = false;
        bend_new(sim);
        json_t *due = find_due(sim, &wait);
        if (due) {
            send_one(sim, due);
            continue;
        }
        save(sim);
        pthread_cond_broadcast(&notify->settled);
        if (!notify->woken && !sim->stopping)
            sleep_until(notify, &notify->changed, wait);
    }
    save(sim);
    pthread_mutex_unlock(&sim->lock);
    return NULL;
}

struct sim_notify *sim_notify_start(struct sim *sim)
{
    struct sim_notify *notify = mem_alloc(sizeof(*notify));
    pthread_condattr_t monotonic;
    sigset_t all, before;

    notify->sim = sim;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&notify->changed, &monotonic);
    pthread_cond_init(&notify->settled, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&notify->thread, NULL, run, notify) != 0)
        abort(); /* as when memory has run out */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return notify;
}

void sim_notify_stop(struct sim_notify *notify)
{
    if (!notify)
        return;
    pthread_mutex_lock(&notify->sim->lock);
    notify->sim->stopping = true;
    pthread_cond_signal(&notify->changed);
    pthread_mutex_unlock(&notify->sim->lock);
    pthread_join(notify->thread, NULL);
    pthread_cond_destroy(&notify->changed);
    pthread_cond_destroy(&notify->settled);
    free(notify);
}

void sim_notify_wake(struct sim_notify *notify)
{
    notify->woken = true;
    pthread_cond_signal(&notify->changed);
}

bool sim_notify_wait(struct sim_notify *notify, long milliseconds, struct fault *fault)
{
    struct sim *sim = notify->sim;
    int64_t until = clock_monotonic_ms() + milliseconds;

    pthread_mutex_lock(&sim->lock);
    size_t open = count_open(sim);
    while (open > 0 && clock_monotonic_ms() < until && !sim->stopping) {
        sleep_until(notify, &notify->settled, until - clock_monotonic_ms());
        open = count_open(sim);
    }
    pthread_mutex_unlock(&sim->lock);
    return open == 0
           || fault_set(fault, FAULT_NEGATIVE, "%zu notifications have not been taken", open);
}
