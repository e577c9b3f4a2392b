/* gateway -- see gateway.h. */
#include "gateway/gateway.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "gateway/clock.h"
#include "gateway/control.h"
#include "gateway/courier.h"
#include "gateway/events.h"
#include "gateway/listen.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/peer_store.h"
#include "gateway/route.h"
#include "gateway/tls.h"
#include "gateway/upload.h"
#include "gateway/worker.h"

#define WORKER_QUEUE 256

struct trust *gateway_trust(struct gateway *gateway)
{
    pthread_mutex_lock(&gateway->trust_lock);
    struct trust *trust = trust_retain(gateway->trust_now);
    pthread_mutex_unlock(&gateway->trust_lock);
    return trust;
}

static void replace_trust(struct gateway *gateway, struct trust *trust)
{
    pthread_mutex_lock(&gateway->trust_lock);
    struct trust *old = gateway->trust_now;
    gateway->trust_now = trust;
    pthread_mutex_unlock(&gateway->trust_lock);
    trust_release(&old);
}

bool gateway_reload(struct gateway *gateway, struct fault *fault)
{
    char path[PATH_MAX];
    struct trust *trust = NULL;
    SSL_CTX *tls = NULL;

    if (!trust_load(home_path(&gateway->home, "trust", path), &trust, fault))
        return false;
    if (!tls_server_context(gateway->keys, trust, &tls, fault)) {
        trust_release(&trust);
        return false;
    }
    if (gateway->listener)
        listen_set_tls(gateway->listener, tls);
    SSL_CTX_free(tls);
    replace_trust(gateway, trust);
    log_info("trust read from %s", path);
    return true;
}

/* --- start, each step one line of the table ------------------------------------------ */

static bool open_home(struct gateway *gateway, struct fault *fault)
{
    if (!config_load(&gateway->home, &gateway->config, fault))
        return false;
    log_set_level(gateway->config.level);
    return keys_load(&gateway->home, gateway->config.oin, &gateway->keys, fault)
           && gateway_reload(gateway, fault);
}

static bool load_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct gateway *gateway = argument;

    return outbox_recover(db, fault) && peer_store_load(db, gateway->registry, fault);
}

static bool open_store(struct gateway *gateway, struct fault *fault)
{
    char path[PATH_MAX];

    gateway->registry = registry_create();
    return store_open(home_path(&gateway->home, "store/estafette.db", path), &gateway->store,
                      fault)
           && store_run(gateway->store, load_work, gateway, fault);
}

static bool open_events(struct gateway *gateway, struct fault *fault)
{
    return events_start(gateway, &gateway->events, fault);
}

static bool open_workers(struct gateway *gateway, struct fault *fault)
{
    (void)fault;
    gateway->workers = workers_create((size_t)gateway->config.workers, WORKER_QUEUE);
    return true;
}

static bool open_listener(struct gateway *gateway, struct fault *fault)
{
    const struct config *config = &gateway->config;
    SCOPED_TRUST struct trust *trust = gateway_trust(gateway);
    SSL_CTX *tls = NULL;

    gateway->routes = mem_alloc(ROUTES * sizeof(*gateway->routes));
    route_table(config, gateway->routes);
    const struct listen_settings settings = {
        .address = config->address,
        .routes = gateway->routes,
        .admit = route_admit,
        .context = gateway,
        .handshake_seconds = config->handshake_seconds,
        .head_seconds = config->head_seconds,
        .body_seconds = config->body_seconds,
        .life_seconds = config->life_seconds,
        .idle_seconds = config->idle_seconds,
        .connections_max = config->connections_max,
        .per_address_max = config->per_address_max,
    };

    if (!tls_server_context(gateway->keys, trust, &tls, fault))
        return false;
    bool good = listen_start(&settings, tls, gateway->workers, &gateway->listener, fault);
    SSL_CTX_free(tls);
    return good;
}

static bool open_couriers(struct gateway *gateway, struct fault *fault)
{
    return couriers_start(gateway, &gateway->couriers, fault);
}

static bool open_control(struct gateway *gateway, struct fault *fault)
{
    return control_start(gateway, &gateway->control, fault);
}

static bool (*const STEPS[])(struct gateway *gateway, struct fault *fault) = {
    open_home,     open_store,    open_events,  open_workers,
    open_listener, open_couriers, open_control,
};
#define CHECK_STEPS 2 /* what needs no socket and no thread but the store's */

static bool run_steps(struct gateway *gateway, size_t steps, struct fault *fault)
{
    for (size_t i = 0; i < steps; i++)
        if (!STEPS[i](gateway, fault))
            return false;
    return true;
}

void gateway_init(struct gateway *gateway)
{
    memset(gateway, 0, sizeof(*gateway));
    pthread_mutex_init(&gateway->trust_lock, NULL);
}

bool gateway_start(struct gateway *gateway, struct fault *fault)
{
    gateway->started = clock_now();
    return run_steps(gateway, sizeof(STEPS) / sizeof(STEPS[0]), fault);
}

bool gateway_check(struct gateway *gateway, struct fault *fault)
{
    return run_steps(gateway, CHECK_STEPS, fault);
}

void gateway_tend(struct gateway *gateway)
{
    control_tend(gateway->control);
    events_tend(gateway->events);
}

void gateway_stop(struct gateway *gateway)
{
    control_stop(gateway->control);
    if (gateway->listener)
        listen_stop(gateway->listener);
    free(gateway->routes);
    couriers_stop(gateway->couriers);
    if (gateway->workers)
        workers_destroy(gateway->workers);
    events_stop(gateway->events);
    store_close(gateway->store);
    if (gateway->registry)
        registry_destroy(gateway->registry);
    trust_release(&gateway->trust_now);
    keys_destroy(gateway->keys);
    upload_forget_all();
    pthread_mutex_destroy(&gateway->trust_lock);
}
