/* sim_tls -- the certificate of the stand-in, and whom it believes, in both directions.
 *
 * TLS 1.2 or 1.3 with certificates on both sides that end at an anchor in DIR/trust, unrevoked
 * (peers/trust.h); tickets would skip that.
 */
#ifndef DUOSIM_SIM_TLS_H
#define DUOSIM_SIM_TLS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "codecs/base/fault.h"
#include "peers/trust.h"
#include "tools/duosim/sim_settings.h"

struct sim_tls {
    X509 *certificate;
    EVP_PKEY *key;
    struct trust *trust;
};

/* DIR/certificate.pem, key.pem and trust. FAULT_CONFIG, FAULT_CERTIFICATE. */
bool sim_tls_load(const struct sim_settings *settings, struct sim_tls *tls,
                  struct fault *fault) MUST_CHECK;
void sim_tls_finish(struct sim_tls *tls);

/* *context is the caller's: SSL_CTX_free(). */
bool sim_tls_server(const struct sim_tls *tls, SSL_CTX **context,
                    struct fault *fault) MUST_CHECK;
/* The same on a context that libcurl made. */
bool sim_tls_client(const struct sim_tls *tls, SSL_CTX *context,
                    struct fault *fault) MUST_CHECK;

#endif
