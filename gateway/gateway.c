/* gateway -- see gateway.h. */
#include "gateway/gateway.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "gateway/alarm.h"
#include "gateway/api.h"
#include "gateway/clock.h"
#include "gateway/control.h"
#include "gateway/courier.h"
#include "gateway/duo_listen.h"
#include "gateway/enclosure.h"
#include "gateway/events.h"
#include "gateway/helper.h"
#include "gateway/listen.h"
#include "gateway/log.h"
#include "gateway/mover.h"
#include "gateway/outbox.h"
#include "gateway/peer_store.h"
#include "gateway/rollen.h"
#include "gateway/rounds.h"
#include "gateway/route.h"
#include "gateway/supplier.h"
#include "gateway/sweep.h"
#include "gateway/tls.h"
#include "gateway/upload.h"
#include "gateway/verzoek.h"
#include "gateway/worker.h"

#define WORKER_QUEUE 256

static struct trust *present(struct gateway *gateway, struct trust **now)
{
    pthread_mutex_lock(&gateway->trust_lock);
    struct trust *trust = *now ? trust_retain(*now) : NULL;
    pthread_mutex_unlock(&gateway->trust_lock);
    return trust;
}

struct trust *gateway_trust(struct gateway *gateway)
{
    return present(gateway, &gateway->trust_now);
}

struct trust *gateway_duo_trust(struct gateway *gateway)
{
    return present(gateway, &gateway->duo_trust_now);
}

static void replace_trust(struct gateway *gateway, struct trust **now, struct trust *trust)
{
    pthread_mutex_lock(&gateway->trust_lock);
    struct trust *old = *now;
    *now = trust;
    pthread_mutex_unlock(&gateway->trust_lock);
    trust_release(&old);
}

static bool reload_trust(struct gateway *gateway, struct fault *fault)
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
    replace_trust(gateway, &gateway->trust_now, trust);
    log_info("trust read from %s", path);
    return true;
}

static bool reload_duo_trust(struct gateway *gateway, struct fault *fault)
{
    char path[PATH_MAX];
    struct trust *trust = NULL;

    if (!gateway->config.duo.oin[0])
        return true;
    if (!trust_load(home_path(&gateway->home, "duo-trust", path), &trust, fault)) {
        struct fault why = *fault;
        return fault_set(fault, FAULT_CONFIG, "duo-%s", why.text);
    }
    if (!duo_listen_trust(gateway, trust, fault)) {
        trust_release(&trust);
        return false;
    }
    replace_trust(gateway, &gateway->duo_trust_now, trust);
    log_info("trust in DUO read from %s", path);
    return true;
}

/* Inside the store's own queue, so that no change of a peer falls between reading and use. */
static bool reload_peers_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct gateway *gateway = argument;
    struct registry *fresh = registry_create();

    bool good = peer_store_load(db, fresh, fault);
    if (good)
        registry_swap(gateway->registry, fresh);
    registry_destroy(fresh);
    return good;
}

static bool reload_peers(struct gateway *gateway, struct fault *fault)
{
    if (!store_run(gateway->store, reload_peers_work, gateway, fault))
        return false;
    if (gateway->couriers)
        couriers_wake(gateway->couriers);
    return true;
}

static void warn_of_restart(void *context, const char *section, const char *key)
{
    (void)context;
    if (strcmp(section, "log") != 0 && strcmp(section, "rollen") != 0)
        log_warning("estafette.ini: [%s] %s was changed: that takes a restart", section, key);
}

static bool reload_settings(struct gateway *gateway, struct fault *fault)
{
    struct config fresh;

    if (!config_load(&gateway->home, &fresh, fault)
        || !rollen_read(gateway->rollen, &fresh, fault))
        return false;
    config_compare(&gateway->config, &fresh, warn_of_restart, NULL);
    log_set_level(fresh.level);
    return true;
}

/* clang-format off */
static const struct {
    const char *what;
    bool (*run)(struct gateway *gateway, struct fault *fault);
} PARTS[] = {
    { "trust",         reload_trust },
    { "duo-trust",     reload_duo_trust },
    { "peers",         reload_peers },
    { "estafette.ini", reload_settings },
};
/* clang-format on */

bool gateway_reload(struct gateway *gateway, struct fault *fault)
{
    bool good = true;

    for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
        struct fault why = { 0 };
        if (PARTS[i].run(gateway, &why))
            continue;
        log_error("%s not read anew, the old stays: %s", PARTS[i].what, why.text);
        if (good)
            *fault = why;
        good = false;
    }
    if (gateway->alarms)
        alarms_tend(gateway->alarms, gateway, true);
    return good;
}

/* --- start, each step one line of the table ------------------------------------------ */

static bool open_home(struct gateway *gateway, struct fault *fault)
{
    if (!config_load(&gateway->home, &gateway->config, fault))
        return false;
    log_set_level(gateway->config.level);
    gateway->api = api_create();
    gateway->rollen = rollen_create();
    return rollen_read(gateway->rollen, &gateway->config, fault)
           && home_mend(&gateway->home, fault)
           && helper_guard(gateway->helper, gateway->home.path, gateway->config.gebruiker,
                           fault)
           && keys_load(&gateway->home, gateway->config.oin, &gateway->keys, fault)
           && reload_trust(gateway, fault) && reload_duo_trust(gateway, fault);
}

static bool load_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct gateway *gateway = argument;

    return doubt_compare(db, &gateway->doubt, fault) && outbox_recover(db, fault)
           && peer_store_load(db, gateway->registry, fault);
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

/* Before those who ring them. */
static bool open_bells(struct gateway *gateway, struct fault *fault)
{
    (void)fault;
    gateway->mover = mover_create(gateway);
    gateway->supplier = supplier_create(gateway);
    return true;
}

static bool open_mover(struct gateway *gateway, struct fault *fault)
{
    return rounds_start(gateway->mover, fault);
}

static bool open_supplier(struct gateway *gateway, struct fault *fault)
{
    return rounds_start(gateway->supplier, fault);
}

static bool open_couriers(struct gateway *gateway, struct fault *fault)
{
    return couriers_start(gateway, &gateway->couriers, fault);
}

static bool open_alarms(struct gateway *gateway, struct fault *fault)
{
    (void)fault;
    gateway->alarms = alarms_create();
    alarms_tend(gateway->alarms, gateway, true);
    return true;
}

static bool open_control(struct gateway *gateway, struct fault *fault)
{
    return control_start(gateway, &gateway->control, fault);
}

static bool (*const STEPS[])(struct gateway *gateway, struct fault *fault) = {
    open_home,        open_store,    open_events, open_workers,  open_bells,  open_listener,
    duo_listen_start, open_couriers, open_mover,  open_supplier, open_alarms, open_control,
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
    doubt_init(&gateway->doubt);
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

static bool hasten_work(sqlite3 *db, void *argument, struct fault *fault)
{
    (void)argument;
    return outbox_hasten(db, clock_now(), 0, fault);
}

/* Moments that were reckoned before a jump say nothing any more: what waits is tried now. */
static bool mind_the_clock(struct gateway *gateway)
{
    struct fault fault = { 0 };

    if (!doubt_jumped(&gateway->doubt))
        return false;
    if (!store_run(gateway->store, hasten_work, NULL, &fault))
        log_warning("what waits is not tried at once after the clock jumped: %s", fault.text);
    couriers_wake(gateway->couriers);
    return true;
}

void gateway_tend(struct gateway *gateway)
{
    control_tend(gateway->control);
    events_tend(gateway->events);
    alarms_tend(gateway->alarms, gateway, mind_the_clock(gateway));
    sweep_tend(gateway);
    verzoek_go_on(gateway);
}

void gateway_stop(struct gateway *gateway)
{
    control_stop(gateway->control);
    alarms_destroy(gateway->alarms);
    listen_stop(gateway->duo_listener);
    listen_stop(gateway->listener);
    free(gateway->routes);
    supplier_stop(gateway);
    rounds_stop(gateway->mover);
    couriers_stop(gateway->couriers);
    if (gateway->workers)
        workers_destroy(gateway->workers);
    rounds_destroy(gateway->mover);
    rounds_destroy(gateway->supplier);
    events_stop(gateway->events);
    store_close(gateway->store);
    if (gateway->registry)
        registry_destroy(gateway->registry);
    trust_release(&gateway->trust_now);
    trust_release(&gateway->duo_trust_now);
    keys_destroy(gateway->keys);
    rollen_destroy(gateway->rollen);
    api_destroy(gateway->api);
    upload_forget_all();
    doubt_finish(&gateway->doubt);
    enclosure_forget_all();
    pthread_mutex_destroy(&gateway->trust_lock);
}
