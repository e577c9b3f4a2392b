/* certificate -- what one X.509 certificate says, and for which purpose it may serve.
 *
 * No trust here: whether a chain ends at an anchor of ours is peers/trust.h.
 */
#ifndef CODECS_CERTIFICATE_H
#define CODECS_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"

#define OIN_SIZE 21 /* 20 digits and the NUL */
#define CERTIFICATE_BYTES_MAX 8192

/* One certificate may serve both TLS purposes. */
enum purpose {
    PURPOSE_TLS_SERVER,
    PURPOSE_TLS_CLIENT,
    PURPOSE_ONDERTEKENEN,
    PURPOSE_VERZEGELEN,
    PURPOSES
};

const char *purpose_name(enum purpose purpose); /* "tls-server", ... as in card and commands */
bool purpose_from_name(const char *name, enum purpose *purpose);

/* *certificate is the caller's: X509_free(). DER must be consumed to the last byte.
 * FAULT_CERTIFICATE. */
bool certificate_from_der(const void *bytes, size_t size, X509 **certificate,
                          struct fault *fault) MUST_CHECK;
/* The first certificate of a PEM text. */
bool certificate_from_pem(const struct buf *pem, X509 **certificate,
                          struct fault *fault) MUST_CHECK;
void certificate_to_der(X509 *certificate, struct buf *der); /* appends */
void certificate_to_pem(X509 *certificate, struct buf *pem); /* appends */

/* The one subject serialNumber: 20 digits (Digikoppeling identificatie en authenticatie). */
bool certificate_oin(X509 *certificate, char oin[OIN_SIZE], struct fault *fault) MUST_CHECK;

/* Key kind and size (RSA >= 3072, P-256, P-384 by name), not a CA, key usage for the purpose
 * (digitalSignature; sealing: keyEncipherment for RSA, keyAgreement for EC), and, where an
 * extended key usage is present, that it allows the purpose. FAULT_CERTIFICATE. */
bool certificate_fits(X509 *certificate, enum purpose purpose, struct fault *fault) MUST_CHECK;

/* notBefore <= at <= notAfter. FAULT_CERTIFICATE. */
bool certificate_valid_at(X509 *certificate, time_t at, struct fault *fault) MUST_CHECK;
time_t certificate_not_after(X509 *certificate);
/* A time as certificates and CRLs write it. False when it is absent or no time. */
bool certificate_time(const ASN1_TIME *from, time_t *at);

void certificate_fingerprint(X509 *certificate,
                             struct digest *fingerprint); /* SHA-256 of DER */
bool certificate_same(X509 *a, X509 *b);                  /* byte-identical DER */
/* "RSA-3072", "EC P-256", ... for people. */
void certificate_key_name(EVP_PKEY *key, char *text, size_t size);

void certificate_release(X509 **certificate);
#define SCOPED_X509 __attribute__((cleanup(certificate_release)))

#endif
