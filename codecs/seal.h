/* seal -- the envelope in which a signed document travels and rests.
 *
 * CMS AuthEnvelopedData (RFC 5083, 5084), DER, AES-256-GCM, exactly two
 * recipients: the receiver and the sender. Per recipient
 * RSAES-OAEP with SHA-256/MGF1-SHA-256, or ECDH dhSinglePass-stdDH-sha256kdf
 * with aes256-wrap. A walk of our own admits exactly that one DER shape before
 * OpenSSL sees the bytes; no plaintext is used before the tag was verified.
 */
#ifndef CODECS_SEAL_H
#define CODECS_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

#define SEAL_BYTES_MAX 67108864 /* plain; far above what a message may be */
#define SEAL_EXTRA_MAX 16384    /* what sealing adds, at most */

/* recipients[0] the receiver, [1] the sender; RSA and EC in any mixture. Appends DER to
 * sealed. */
bool seal_make(const void *plain, size_t size, X509 *const recipients[2], struct buf *sealed,
               struct fault *fault) MUST_CHECK;

/* The one shape, definite lengths, 12-byte nonce, 16-byte tag, those algorithms. FAULT_SEAL.
 */
bool seal_shape(const void *sealed, size_t size, struct fault *fault) MUST_CHECK;

/* Shape, then open as the recipient whose key this is, under whichever certificate it was
 * sealed. One fault text for every failure after the shape. `plain` is untouched unless the
 * tag verified. FAULT_SEAL. */
bool seal_open(const void *sealed, size_t size, EVP_PKEY *key, struct buf *plain,
               struct fault *fault) MUST_CHECK;

#endif
