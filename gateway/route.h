/* route -- what peers may ask of us: the table of routes, who is let in, and the one refusal.
 */
#ifndef GATEWAY_ROUTE_H
#define GATEWAY_ROUTE_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/config.h"
#include "gateway/gateway.h"
#include "gateway/listen.h"

/* The routes with the configured limits. `routes` has room for ROUTES. */
#define ROUTES 5
void route_table(const struct config *config, struct listen_route routes[ROUTES]);

/* The peer whose card lists this TLS client certificate; peer_release() it. FAULT_IDENTITY. */
bool route_peer(struct gateway *gateway, X509 *client, struct peer **peer,
                struct fault *fault) MUST_CHECK;

/* A registered, not suspended peer with this very certificate, which our trust of this moment
 * finds good (a stale CRL: 503); asked at each request, before a body is read. context: struct
 * gateway. */
bool route_admit(void *context, const struct listen_request *request,
                 struct listen_answer *answer);

/* Logs the cause; answers 413 for size, 503 for what may work later, else the one problem that
 * is the same for every cause, so that nobody can probe us. FAULT_CLOCK and FAULT_MISSING,
 * which only a peer whose identity was proven hears, have a <type> of their own. */
void route_refuse(const char *address, const struct fault *fault,
                  struct listen_answer *answer);

#endif
