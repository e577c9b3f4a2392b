/* reconcile -- once a day: does DUO know of something that it did not tell us, or that
 * changed?
 *
 * Notifications can be missed. For each handover that is under way DUO is asked for the events
 * of the person; one that no notification told of becomes a taak. For somebody we were left
 * by, the PIP is asked for while there is something to settle: it tells until when we may; and
 * once what the rules for settling turn on.
 */
#ifndef GATEWAY_RECONCILE_H
#define GATEWAY_RECONCILE_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

#define RECONCILE_SECONDS 86400

/* Puts into the outbox what was not asked for a day. */
bool reconcile_ask(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* Looks at each list of events that came since the last time. */
bool reconcile_look(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
