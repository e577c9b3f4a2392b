/* bus -- what the sockets of the local bus share: where they are, who may connect, and that
 * they go on answering.
 *
 * Debian's nng 1.5.2 stops listening for good when a client hangs up before the greeting. So
 * the daemon greets its own sockets now and then, and listens anew when nobody answers.
 */
#ifndef GATEWAY_BUS_H
#define GATEWAY_BUS_H

#include <stdbool.h>

#include <nng/nng.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

struct bus {
    const struct gateway *gateway;
    nng_socket socket; /* the caller's: opened before, closed after */
    nng_listener listener;
    char url[128];
};

/* Listens on the home's socket of that name ("control", "events"), open to its owner and to
 * whom [rollen] names (rollen.h, struct rollen_door), as is its folder; a socket file left by
 * a crash is replaced (the store's lock proves that nobody uses it). */
bool bus_listen(struct bus *bus, const struct gateway *gateway, const char *name,
                struct fault *fault) MUST_CHECK;

/* Greets whoever listens on "ipc:///..." as a client would: does it answer within a second? */
bool bus_answers(const char *url);

/* Greets it so; when nothing comes back within a second, listens anew. Also follows [rollen]
 * when that was read anew. */
void bus_tend(struct bus *bus);

/* Has the other end a role? *uid tells who it is, *roles which. */
bool bus_admits(const struct gateway *gateway, nng_pipe pipe, unsigned *uid, unsigned *roles);

#endif
