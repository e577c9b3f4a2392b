/* events -- see events.h. */
#include "gateway/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nng/nng.h>
#include <nng/protocol/pubsub0/pub.h>

#include "codecs/base/mem.h"
#include "codecs/moment.h"
#include "gateway/api.h"
#include "gateway/bus.h"
#include "gateway/clock.h"

struct events {
    struct bus bus;
};

static void on_pipe(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    const struct gateway *gateway = argument;
    unsigned uid, roles;

    (void)event;
    if (!bus_admits(gateway, pipe, &uid, &roles)
        || !(roles & api_roles(json_object_get(gateway->api->tree, "events"))))
        nng_pipe_close(pipe);
}

bool events_start(const struct gateway *gateway, struct events **events, struct fault *fault)
{
    struct events *new = mem_alloc(sizeof(*new));

    if (nng_pub0_open(&new->bus.socket) != 0) {
        free(new);
        return fault_set(fault, FAULT_TEMPORARY, "events: no socket");
    }
    *events = new;
    nng_pipe_notify(new->bus.socket, NNG_PIPE_EV_ADD_PRE, on_pipe, (void *)gateway);
    return bus_listen(&new->bus, gateway, "events", fault);
}

void events_publish(struct events *events, const char *kind, const char *id)
{
    char text[256], at[MOMENT_SIZE];

    if (!events)
        return;
    moment_format(clock_now(), at);
    snprintf(text, sizeof(text), "{\"v\":1,\"at\":\"%s\",\"kind\":\"%s\",\"id\":\"%s\"}", at,
             kind, id);
    (void)nng_send(events->bus.socket, text, strlen(text), NNG_FLAG_NONBLOCK);
}

void events_tend(struct events *events)
{
    bus_tend(&events->bus);
}

void events_stop(struct events *events)
{
    if (!events)
        return;
    nng_close(events->bus.socket);
    free(events);
}
