/* vergelijking -- a received dossier against what we read at DUO ourselves (T-REL-14).
 *
 * DUO leads where it has something to say: a difference is not written over, it becomes a
 * taak. What the sender read and DUO now says otherwise is one too: the sender could not know.
 * Compared again when a newer dossier or a newer answer of DUO has come; a difference that is
 * gone closes its taak.
 */
#ifndef GATEWAY_VERGELIJKING_H
#define GATEWAY_VERGELIJKING_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Every received dossier that was not held against the reading that there is now. One that
 * cannot be compared is logged and does not stop the others. */
bool vergelijking_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
