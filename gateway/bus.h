/* bus -- what the sockets of the local bus share: where they are, and who may connect. */
#ifndef GATEWAY_BUS_H
#define GATEWAY_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include <nng/nng.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Listens on the home's socket of that name ("control", "events"), readable by its owner only;
 * a socket file left by a crash is replaced (the store's lock proves that nobody uses it). */
bool bus_listen(nng_socket socket, const struct gateway *gateway, const char *name,
                struct fault *fault) MUST_CHECK;

/* Is the other end root or our own user? *uid tells who. */
bool bus_admits(nng_pipe pipe, uint64_t *uid);

#endif
