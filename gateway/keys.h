/* keys -- the only door to private keys.
 *
 * Nothing else opens a file under HOME/keys. Callers get an EVP_PKEY and use
 * it through EVP, CMS or SSL, so that it may later be backed by another
 * process or a token (docs/decisions). tls-client falls back on tls-server
 * when it has no key of its own: one certificate may serve both.
 */
#ifndef GATEWAY_KEYS_H
#define GATEWAY_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/certificate.h"
#include "codecs/digest.h"
#include "gateway/csr.h"
#include "gateway/home.h"

struct keys;

/* Loads every key and its certificate; checks that they belong together, that the certificate
 * fits its purpose and carries `oin`. Missing certificate: FAULT_CONFIG with the command that
 * mends it. */
bool keys_load(const struct home *home, const char *oin, struct keys **keys,
               struct fault *fault) MUST_CHECK;
void keys_destroy(struct keys *keys);

EVP_PKEY *keys_get(const struct keys *keys, enum purpose purpose);     /* borrowed */
X509 *keys_certificate(const struct keys *keys, enum purpose purpose); /* borrowed */

/* For who looks at each part by itself (doctor.h): the public half of the key on disk,
 * whatever its mode, the caller's; and whether home.key is what it must be. FAULT_CONFIG,
 * FAULT_INPUT. */
bool keys_public(const struct home *home, enum purpose purpose, EVP_PKEY **half,
                 struct fault *fault) MUST_CHECK;
bool keys_home_whole(const struct home *home, struct fault *fault) MUST_CHECK;

/* home.key, for `init`. FAULT_STATE when there is one. */
bool keys_make_home(const struct home *home, struct fault *fault) MUST_CHECK;
/* Appends a PKCS#10 request (csr.h) for the key of its purpose, which is made when absent and
 * never replaced: kind "rsa" (3072) or "ec" (P-256). The caller keeps the PEM under
 * certificates/. FAULT_STATE when the key is there and of another kind; FAULT_USAGE. */
bool keys_request(const struct home *home, const struct csr *csr, const char *kind,
                  struct buf *pem, struct fault *fault) MUST_CHECK;
/* Which purpose's key on disk belongs to this certificate. FAULT_CERTIFICATE when none does.
 */
bool keys_owner(const struct home *home, X509 *certificate, enum purpose *purpose,
                struct fault *fault) MUST_CHECK;

/* The store's own sealing: AES-256-GCM under the home key, bound to `where`
 * ("table.column:row"). seal appends nonce, ciphertext, tag. unseal: FAULT_STORE when it was
 * not sealed for that place. */
void keys_home_seal(const struct keys *keys, const char *where, const void *plain, size_t size,
                    struct buf *sealed);
bool keys_home_unseal(const struct keys *keys, const char *where, const void *sealed,
                      size_t size, struct buf *plain, struct fault *fault) MUST_CHECK;
/* HMAC-SHA-256 of "bsn:..." or "vnummer:..." for look-ups. */
void keys_home_index(const struct keys *keys, const char *text, struct digest *index);

#endif
