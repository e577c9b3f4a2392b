/* pki -- throw-away keys, authorities and certificates for tests, made at run time.
 *
 * Anything that goes wrong aborts the test program. Keys are made once per
 * program and kind, because RSA takes a while.
 */
#ifndef TESTS_PKI_H
#define TESTS_PKI_H

#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "codecs/certificate.h"

enum pki_kind { PKI_RSA, PKI_P256, PKI_P384, PKI_RSA2048, PKI_KINDS };

/* The nth key (0..7) of that kind; borrowed. The same n gives the same key. */
EVP_PKEY *pki_key(enum pki_kind kind, int n);

struct pki; /* a root with its key and a CRL */

struct pki *pki_create(enum pki_kind kind, const char *name);
/* An intermediate authority; pki_install() puts it under intermediates. */
struct pki *pki_create_under(struct pki *parent, enum pki_kind kind, const char *name);
void pki_destroy(struct pki *pki);
X509 *pki_root(const struct pki *pki); /* borrowed */

/* What a leaf says; zero or NULL gives the good default for `purpose`. */
struct pki_leaf {
    const char *oin; /* subject serialNumber; NULL: none */
    enum purpose purpose;
    EVP_PKEY *key;                /* required */
    time_t not_before, not_after; /* default: a day ago, in a year */
    const char *key_usage;        /* OpenSSL's words: "critical,digitalSignature" */
    const char *ext_usage;        /* "serverAuth"; default: none for messages, both for TLS */
    const char *basic;            /* default "critical,CA:FALSE" */
    const char *host;     /* subjectAltName, default "DNS:localhost,IP:127.0.0.1" for TLS */
    const EVP_MD *digest; /* default SHA-256 */
};

X509 *pki_issue(struct pki *pki, const struct pki_leaf *leaf); /* the caller's */

/* A CRL with these certificates on it; this_update/next_update 0: an hour ago, in a week. */
X509_CRL *pki_crl(struct pki *pki, X509 *const *revoked, int count, time_t this_update,
                  time_t next_update);

/* Writes the root and a good CRL as PEM under directory/anchors and directory/crls, which are
 * made when absent. */
void pki_install(struct pki *pki, const char *directory);
void pki_install_crl(struct pki *pki, X509_CRL *crl, const char *directory);

/* A store with the roots and good CRLs, strict as the gateway's; the caller's. */
X509_STORE *pki_store(struct pki *const *pkis, int count);

#endif
