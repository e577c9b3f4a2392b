/* bijlage_send -- the documents of a message to its peer, piece by piece, before the message.
 *
 * Asks first how much the other side holds, so that an attempt goes on where the last was cut.
 */
#ifndef GATEWAY_BIJLAGE_SEND_H
#define GATEWAY_BIJLAGE_SEND_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/bijlage_store.h"
#include "gateway/deliver.h"
#include "gateway/gateway.h"

struct conveyance {
    bool connected;  /* false: the peer could not be reached */
    int64_t carried; /* bytes that the other side took, in this attempt */
};

/* True: the other side holds all of them. FAULT_UNREACHABLE, FAULT_ANSWER, FAULT_MISSING (ours
 * is gone from the disk). */
bool bijlage_send(struct gateway *gateway, struct deliver *deliver, const struct peer *peer,
                  const struct bijlage_list *list, struct conveyance *conveyance,
                  struct fault *fault) MUST_CHECK;

#endif
