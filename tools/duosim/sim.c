/* sim -- see sim.h. Stop is start upside down. */
#include "tools/duosim/sim.h"

#include <stdlib.h>

#include "codecs/base/mem.h"
#include "gateway/log.h"
#include "tools/duosim/sim_core.h"
#include "tools/duosim/sim_serve.h"
#include "tools/duosim/sim_state.h"

static bool start(struct sim *sim, struct fault *fault)
{
    char path[PATH_MAX];

    if (!sim_state_load(sim_settings_path(&sim->settings, "state.json", path), &sim->state,
                        fault)
        || !sim_tls_load(&sim->settings, &sim->tls, fault))
        return false;
    /* Requests wait for the lock; nobody is told anything before the address is ours. */
    pthread_mutex_lock(&sim->lock);
    bool good = sim_serve_start(sim, fault);
    if (good)
        sim->notify = sim_notify_start(sim);
    pthread_mutex_unlock(&sim->lock);
    return good;
}

bool sim_start(const struct sim_settings *settings, struct sim **sim, struct fault *fault)
{
    struct sim *made = mem_alloc(sizeof(*made));

    made->settings = *settings;
    if (made->settings.retry_ms == 0)
        made->settings.retry_ms = 1000;
    pthread_mutex_init(&made->lock, NULL);
    made->tally = json_object();
    made->repeats = sim_repeat_create();
    if (!start(made, fault)) {
        sim_stop(made);
        return false;
    }
    *sim = made;
    return true;
}

void sim_stop(struct sim *sim)
{
    if (!sim)
        return;
    sim->stopping = true;
    sim_serve_stop(sim);
    sim_notify_stop(sim->notify);
    sim_tls_finish(&sim->tls);
    sim_repeat_destroy(sim->repeats);
    json_decref(sim->tally);
    json_decref(sim->state);
    pthread_mutex_destroy(&sim->lock);
    free(sim);
}

int sim_port(const struct sim *sim)
{
    return listen_port(sim->listener);
}
