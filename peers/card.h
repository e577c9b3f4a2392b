/* card -- peerkaart: signed XML by which an organisation makes itself known.
 *
 * It is signed by the signing certificate it lists. That proves only that the
 * maker holds that key; who the maker is, people compare by telephone
 * (fingerprint), and trust.h checks each certificate.
 */
#ifndef PEERS_CARD_H
#define PEERS_CARD_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "peers/peer.h"
#include "peers/trust.h"

#define CARD_NS "urn:nl:estafette:peerkaart:1"
#define CARD_BYTES_MAX 131072

/* Signs with `key`, which belongs to the first certificate for ondertekenen. */
bool card_make(const struct card *card, EVP_PKEY *key, struct buf *signed_xml,
               struct digest *fingerprint, struct fault *fault) MUST_CHECK;

/* Signature by a listed signing certificate, schema, every certificate carries the card's OIN
 * and fits its purpose, at least one per purpose, endpoint https. Fills card (card_finish()
 * it). FAULT_DOCUMENT, FAULT_SIZE, FAULT_SCHEMA, FAULT_SIGNATURE, FAULT_CERTIFICATE. */
bool card_read(const void *bytes, size_t size, struct card *card, struct digest *fingerprint,
               struct fault *fault) MUST_CHECK;

/* Every certificate on it chains to an anchor, and the card is valid at `at`. */
bool card_trusted(const struct card *card, struct trust *trust, time_t at,
                  struct fault *fault) MUST_CHECK;

#endif
