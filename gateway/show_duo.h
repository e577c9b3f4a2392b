/* show_duo -- what went between us and DUO in a handover, opened for who asks on the local
 * bus.
 *
 * Bodies and answers are personal data: opening them is audited, as reading a dossier is.
 */
#ifndef GATEWAY_SHOW_DUO_H
#define GATEWAY_SHOW_DUO_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* [{id operatie state at settled attempts reason verzonden? status? woorden? antwoord?}],
 * oldest first; the caller's. Not on the store's own thread. */
bool show_duo(struct gateway *gateway, const char *actor, const char *overdracht,
              json_t **list, struct fault *fault) MUST_CHECK;

#endif
