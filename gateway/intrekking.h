/* intrekking -- giving up a dossier that was withdrawn: everything readable goes, then the old
 * municipality hears that it has gone.
 *
 *   ingetrokken --> wiped (one transaction) --> intrekkingbevestiging queued, once
 *
 * What remains is ids, digests, receipts, audit. The toelichting of the withdrawal is the text
 * of a task, until that is closed. Called by the mover; doing it twice changes nothing.
 */
#ifndef GATEWAY_INTREKKING_H
#define GATEWAY_INTREKKING_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Wipes what was withdrawn: messages, documents, who it was about, notes, tasks. */
bool intrekking_wipe(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* Confirms every withdrawal of theirs whose dossier is gone. */
bool intrekking_confirm(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
