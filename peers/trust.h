/* trust -- does a certificate end at an anchor of ours, unrevoked, by the strictest rules?
 *
 * HOME/trust/anchors, /intermediates and /crls hold PEM or DER files; nothing else is an
 * anchor, least of all what a peer sends along. Flags: X509_STRICT, CHECK_SS_SIGNATURE,
 * CRL_CHECK(_ALL), EXTENDED_CRL_SUPPORT, USE_DELTAS, POLICY_CHECK; depth 3; security level 2.
 * A trust is immutable and shared between threads by counting; reloading makes a new one.
 */
#ifndef PEERS_TRUST_H
#define PEERS_TRUST_H

#include <stdbool.h>
#include <time.h>

#include <openssl/x509.h>

#include "codecs/base/fault.h"
#include "codecs/certificate.h"

struct trust;

/* Reads `directory` (HOME/trust). An empty one is allowed: it trusts nobody. FAULT_CONFIG
 * names the file that cannot be read or lies in the wrong folder: a self-signed certificate
 * belongs in anchors and nothing else does. */
bool trust_load(const char *directory, struct trust **trust, struct fault *fault) MUST_CHECK;
struct trust *trust_retain(struct trust *trust);
void trust_release(struct trust **trust);
#define SCOPED_TRUST __attribute__((cleanup(trust_release)))

/* Chain, CRLs, strict flags and purpose at time `at` (receipt time, not signing time). Results
 * are cached by fingerprint while the CRLs used are valid. FAULT_CERTIFICATE with OpenSSL's
 * reason; a CRL past its nextUpdate is FAULT_TEMPORARY: refusal would be wrong, accepting too.
 * Key kind, key usage and OIN of the certificate itself are for certificate_fits() and
 * certificate_oin(). */
bool trust_check(struct trust *trust, X509 *certificate, enum purpose purpose, time_t at,
                 struct fault *fault) MUST_CHECK;

/* For TLS: the store with anchors, intermediates, CRLs and flags set. Borrowed; up_ref to
 * keep. */
X509_STORE *trust_store(const struct trust *trust);

/* What is there, for `trust list`: kind "anchor", "intermediate" or "crl"; from is
 * notBefore or thisUpdate, until notAfter or nextUpdate (0 when the CRL names none). */
struct trust_item {
    const char *kind, *file, *subject;
    struct digest fingerprint;
    time_t from, until;
};
typedef void trust_each(void *context, const struct trust_item *item);
void trust_list(const struct trust *trust, trust_each *each, void *context);

#endif
