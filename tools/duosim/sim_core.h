/* sim_core -- what the parts of a running stand-in share; only they include this.
 *
 * `lock` is for state, misdeeds, dirty and tally. Whoever changed one of them calls
 * sim_notify_wake(), behind which the state goes to disk and the news to municipalities.
 */
#ifndef DUOSIM_SIM_CORE_H
#define DUOSIM_SIM_CORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <jansson.h>
#include <openssl/ssl.h>

#include "gateway/listen.h"
#include "gateway/worker.h"
#include "tools/duosim/sim_misbehave.h"
#include "tools/duosim/sim_notify.h"
#include "tools/duosim/sim_repeat.h"
#include "tools/duosim/sim_settings.h"
#include "tools/duosim/sim_tls.h"

struct sim {
    struct sim_settings settings;
    pthread_mutex_t lock;
    json_t *state;
    json_t *tally; /* "OIN operation status" -> how often */
    struct sim_misdeeds misdeeds;
    struct sim_repeats *repeats;
    bool dirty; /* the state differs from what is on disk */

    struct sim_tls tls;
    struct sim_notify *notify;
    struct workers *workers;
    struct listener *listener;
    atomic_bool stopping;
};

#endif
