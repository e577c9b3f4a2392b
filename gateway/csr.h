/* csr -- certificate signing request, PKCS#10: what we ask of a certificate authority for one
 * of our keys.
 *
 * Subject serialNumber=OIN, O=naam, CN=host (without a host: naam), in that order. Asked for
 * are key usage for the purpose and, for tls-server, the host as subjectAltName (DNS or IP).
 * No extended key usage: Digikoppeling advises against it.
 */
#ifndef GATEWAY_CSR_H
#define GATEWAY_CSR_H

#include <openssl/evp.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/certificate.h"

struct csr {
    enum purpose purpose;
    const char *oin, *naam;
    const char *host; /* NULL: none; tls-server needs one */
};

/* Appends PEM. FAULT_USAGE names what cannot stand in a certificate. */
bool csr_make(const struct csr *csr, EVP_PKEY *key, struct buf *pem,
              struct fault *fault) MUST_CHECK;

#endif
