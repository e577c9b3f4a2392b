/* own_card -- the peerkaart of this home, made from configuration and certificates.
 *
 * Its validity is that of the certificates on it, so that it, and the fingerprint read out by
 * telephone, stay the same until something on it really changes.
 */
#ifndef GATEWAY_OWN_CARD_H
#define GATEWAY_OWN_CARD_H

#include <stdbool.h>
#include <time.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

bool own_card_make(const struct gateway *gateway, struct buf *signed_xml,
                   struct digest *fingerprint, time_t *geldig_tot,
                   struct fault *fault) MUST_CHECK;

#endif
