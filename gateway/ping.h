/* ping -- a signed, sealed message without content, and the signed receipt for it.
 *
 * Not through the outbox: somebody waits for the answer, and an old ping is worth nothing.
 * Nothing is stored and no peer changes its state: what an answer means is the caller's.
 */
#ifndef GATEWAY_PING_H
#define GATEWAY_PING_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "codecs/base/fault.h"
#include "codecs/uuid.h"
#include "gateway/deliver.h"
#include "gateway/gateway.h"
#include "peers/peer.h"

struct ping {
    char bericht[UUID_SIZE];
    int64_t milliseconds; /* that the exchange took */
    enum deliver_step reached;
    int status;  /* of HTTP; 0: no answer came */
    time_t tijd; /* of theirs, in the receipt; 0: there is none that counts */
};

/* Waits at most `seconds`, or less where the configuration says so. True: a valid receipt says
 * aangenomen. Faults of compose_letter(), exchange_run(); FAULT_REFUSED; `ping` tells how far
 * it came in either case. Whether the peer may be pinged is the caller's to ask (peer_may). */
bool ping_send(struct gateway *gateway, const struct peer *peer, int seconds,
               struct ping *ping, struct fault *fault) MUST_CHECK;

#endif
