/* aanlevering_commando -- a program of our own system that writes the dossier of a BSN
 * ([aanlevering] commando), run by the helper process (helper.h).
 *
 *   standard input    the BSN on a line, the v-nummer on the next; a line is empty when that
 *                     number is not known
 *   standard output   the dossier, and nothing else
 *   exit              0: that is it; else: not now, ask again
 *
 * It is asked again and again, with the waits of every delivery, until there is a good dossier
 * or nobody asks any more. After a few times, and at once when what it wrote is no good
 * dossier, a taak says so; what it wrote to its standard error stands sealed in there only.
 * In a handover in which a dossier was sent before it is not asked: that one was not enough.
 */
#ifndef GATEWAY_AANLEVERING_COMMANDO_H
#define GATEWAY_AANLEVERING_COMMANDO_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Each request that waits for it, once. Takes as long as the program takes. */
bool aanlevering_commando_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
