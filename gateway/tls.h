/* tls -- SSL_CTX for both directions by the rules of Digikoppeling 3.0 and NCSC 2025-05.
 *
 * TLS 1.2 and 1.3, ECDHE with AEAD, no tickets, cache, compression,
 * renegotiation or early data; the other side's certificate is checked
 * against our own store with CRLs and strict flags (peers/trust.h).
 */
#ifndef GATEWAY_TLS_H
#define GATEWAY_TLS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "codecs/base/fault.h"
#include "gateway/keys.h"
#include "peers/trust.h"

/* *tls is the caller's: SSL_CTX_free(). A client whose CRL is past its nextUpdate gets through
 * the handshake (one that it calls revoked does not): who admits requests must ask
 * trust_check(), which tells the two apart. */
bool tls_server_context(const struct keys *keys, const struct trust *trust, SSL_CTX **tls,
                        struct fault *fault) MUST_CHECK;

/* Whoever is trusted, the chain under our own certificate is completed from this trust: for
 * DUO, who is under anchors of its own. */
bool tls_own_chain(SSL_CTX *tls, const struct trust *own, struct fault *fault) MUST_CHECK;

/* Sets the same rules on a context that libcurl made. */
bool tls_client_setup(SSL_CTX *tls, const struct keys *keys, const struct trust *trust,
                      struct fault *fault) MUST_CHECK;

#endif
