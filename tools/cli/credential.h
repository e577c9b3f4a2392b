/* credential -- certificates and CRLs as authorities hand them out: a file, PEM or DER. */
#ifndef CLI_CREDENTIAL_H
#define CLI_CREDENTIAL_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* The first certificate of the file ("-": standard input), the caller's; *count is how many
 * there are. FAULT_INPUT, FAULT_SIZE, FAULT_CERTIFICATE. */
bool credential_certificate(const char *file, X509 **certificate, int *count,
                            struct fault *fault) MUST_CHECK;

/* The CRL of the file: X509_CRL_free(). The same faults. */
bool credential_crl(const char *file, X509_CRL **crl, struct fault *fault) MUST_CHECK;

/* A subject or issuer as RFC 4514 writes it, letters with accents as they are. Appends. */
void credential_name(const X509_NAME *name, struct buf *text);

void credential_crl_release(X509_CRL **crl);
#define SCOPED_CRL __attribute__((cleanup(credential_crl_release)))

#endif
