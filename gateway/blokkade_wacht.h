/* blokkade_wacht -- what follows from the block list by itself, as soon as somebody stands on
 * it or is asked about.
 *
 *   a request about somebody on it     is answered `blokkade`, at once, whatever we have
 *   a dossier, request or other answer is cancelled before it leaves; outbox_claim() gives it
 *   that waits                         to no courier meanwhile
 *   one that has gone, or is going     cannot be called back: a taak says to call
 *   a dossier that came, or a move     is flagged: a taak says to call first
 *
 * A dossier that came goes on to our own system all the same: a block is about giving out, and
 * who must not see it there is for that system.
 *
 * The receipt of a request is made before anyone looks here: neither its content nor its time
 * tells whether somebody is on the list.
 */
#ifndef GATEWAY_BLOKKADE_WACHT_H
#define GATEWAY_BLOKKADE_WACHT_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* A step of the mover; also called when somebody was put on the list. Twice does no harm. */
bool blokkade_wacht(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
