/* duo_listen -- the listener where DUO brings its notifications: apart from the peers'.
 *
 * Its own address ([duo] listen; "": none), its own trust (HOME/duo-trust, never mixed with
 * that for peers), one route, and DUO's words: API-Version on every answer, also when the
 * listener itself refuses; a body only with 503. Chunked bodies are taken here, and only here.
 *
 * Who has no certificate under DUO's anchors gets no handshake, who has one of somebody else
 * 403, and 401 when it is not good any more.
 */
#ifndef GATEWAY_DUO_LISTEN_H
#define GATEWAY_DUO_LISTEN_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"
#include "gateway/listen.h"

/* Into gateway->duo_listener; nothing happens when it is not configured. FAULT_CONFIG. */
bool duo_listen_start(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* New connections are judged by this trust. Nothing happens when it does not run. */
bool duo_listen_trust(struct gateway *gateway, const struct trust *trust,
                      struct fault *fault) MUST_CHECK;

/* Logs the cause and fills the answer with the status that DUO's specification has for it. */
void duo_listen_refuse(const char *address, const struct fault *fault,
                       struct listen_answer *answer);

#endif
