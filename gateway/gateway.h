/* gateway -- the parts of one running daemon, as its threads see them.
 *
 * Made in order and taken down in the opposite order (see main.c); while threads run, the
 * pointers do not change, except the trust, which `reload` replaces: gateway_trust() hands out
 * a counted reference.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "codecs/base/fault.h"
#include "gateway/config.h"
#include "gateway/doubt.h"
#include "gateway/home.h"
#include "gateway/keys.h"
#include "gateway/store.h"
#include "peers/registry.h"
#include "peers/trust.h"

struct alarms;
struct api;
struct control;
struct couriers;
struct events;
struct helper;
struct listen_route;
struct listener;
struct rounds;
struct rollen;
struct workers;

struct gateway {
    struct home home;
    struct config config;
    struct api *api;       /* what may be asked on the local bus */
    struct rollen *rollen; /* and by whom */
    struct keys *keys;
    struct registry *registry;
    struct store *store;
    struct workers *workers;
    struct listen_route *routes; /* with the configured limits; the listener reads it */
    struct listener *listener;
    struct listener *duo_listener; /* NULL: none is configured */
    struct couriers *couriers;
    struct rounds *mover;
    struct rounds *supplier;
    struct events *events;
    struct control *control;
    struct alarms *alarms;
    struct helper *helper;    /* main's; NULL: no commands can be run */
    struct doubt doubt;       /* of the wall clock */
    int64_t started;          /* wall clock, seconds */
    _Atomic int64_t start_ms; /* from exec to listening; written while others may read it */
    int64_t swept_ms;         /* monotonic: the last sweep */
    int64_t posted_ms;        /* the same of the last mail that was tried */

    pthread_mutex_t trust_lock;
    struct trust *trust_now, *duo_trust_now; /* the second only when DUO is used */
};

/* Before anything else; then home_open() into gateway->home. */
void gateway_init(struct gateway *gateway);

/* Configuration, keys, trust and store; then events, workers, listeners, couriers, mover,
 * alarms, control. On a fault gateway_stop() takes down what was made. The libraries'
 * *_install() come before it.
 */
bool gateway_start(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* Only the first part: is everything in order? */
bool gateway_check(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* Every few seconds: small repairs (the local bus listens anew when it has gone deaf, bus.h),
 * a look at the clock (doubt.h), and now and then at what goes wrong slowly (alarm.h). */
void gateway_tend(struct gateway *gateway);

/* Starting upside down; also after a failed or partial start. */
void gateway_stop(struct gateway *gateway);

/* The present trust; trust_release() it. */
struct trust *gateway_trust(struct gateway *gateway);

/* The same for DUO alone (HOME/duo-trust), never mixed with that for peers; NULL when DUO is
 * not used ([duo] oin is empty). */
struct trust *gateway_duo_trust(struct gateway *gateway);

/* Reads anew, while everything runs: HOME/trust and HOME/duo-trust (new connections use
 * them), the peers in the
 * store, [rollen] and [log] level of estafette.ini; of other settings that differ a warning
 * says that they wait for a restart. Of a part that cannot be read the old one stays, and a
 * line says why; the fault is that of the first. */
bool gateway_reload(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
