/* address -- between which two municipalities a message goes: a peer, and a gemeentecode of
 * either side. */
#ifndef GATEWAY_ADDRESS_H
#define GATEWAY_ADDRESS_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "codecs/message.h"
#include "gateway/gateway.h"
#include "gateway/overdracht.h"
#include "peers/peer.h"

struct address {
    struct peer *peer;
    char theirs[GEMEENTECODE_SIZE], ours[GEMEENTECODE_SIZE];
};
void address_finish(struct address *address);
#define SCOPED_ADDRESS __attribute__((cleanup(address_finish)))

/* GEMEENTE of the commands `to`, and which of our gemeentecodes it is from ("": our only one).
 * A code or name that ended in a merger, by today, is that of the successor. FAULT_USAGE when
 * it is ourselves, or when either side has more than one and none was named; FAULT_UNKNOWN,
 * FAULT_IDENTITY, FAULT_EXPIRED: no such peer, or not now. */
bool address_find(const struct gateway *gateway, const char *to, const char *from,
                  enum soort soort, struct address *address, struct fault *fault) MUST_CHECK;

/* In two steps: first the peer alone, which may have asked as one of its codes. */
bool address_peer(const struct gateway *gateway, const char *to, enum soort soort,
                  struct address *address, struct fault *fault) MUST_CHECK;
bool address_codes(const struct gateway *gateway, const char *to, const char *from,
                   struct address *address, struct fault *fault) MUST_CHECK;

/* Of a handover that has begun: it goes on between the same two, whatever merged meanwhile. */
bool address_of(const struct gateway *gateway, const struct overdracht *o, enum soort soort,
                struct address *address, struct fault *fault) MUST_CHECK;

#endif
