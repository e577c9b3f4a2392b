/* exchange -- a sealed message to a peer, and the signed receipt that comes back in the same
 * exchange. Anything else that comes back settles nothing. */
#ifndef GATEWAY_EXCHANGE_H
#define GATEWAY_EXCHANGE_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "codecs/receipt.h"
#include "gateway/deliver.h"
#include "gateway/gateway.h"
#include "gateway/outbox.h"
#include "peers/peer.h"

struct exchange {
    struct buf receipt_bytes; /* as it came, to be kept */
    struct receipt receipt;
    bool
        connected; /* false: nobody could be reached; the peer's clock is set, not the row's */
    enum deliver_step reached;
    int status; /* of HTTP; 0: no answer came */
};
void exchange_finish(struct exchange *exchange);
#define SCOPED_EXCHANGE __attribute__((cleanup(exchange_finish)))

/* Sends row->sealed. True: a receipt came, signed by that peer with a certificate we trust,
 * about this id, these OINs and this canonical digest. Whether it names sealed bytes that were
 * sent is the caller's to look up. FAULT_UNREACHABLE, FAULT_ANSWER, FAULT_IDENTITY,
 * FAULT_TEMPORARY. */
bool exchange_run(struct gateway *gateway, struct deliver *deliver, const struct peer *peer,
                  const struct outbox_row *row, struct exchange *exchange,
                  struct fault *fault) MUST_CHECK;

#endif
