/* signature -- is this document really from the peer it says it is from?
 *
 * A document counts only as the canonical bytes that two independent verifiers
 * agree on: our own few lines (canonicalise, EVP) and xmlsec with the key
 * preset. The received tree is not used again.
 *
 * Profile, and nothing else: XMLDSig enveloped; one ds:Signature, last child
 * of the root; one Reference URI=""; transforms [enveloped-signature,
 * exc-c14n]; CanonicalizationMethod exc-c14n without InclusiveNamespaces;
 * DigestMethod sha256; rsa-sha256, ecdsa-sha256 (P-256) or ecdsa-sha384
 * (P-384) as the key is; KeyInfo/X509Data/X509Certificate once; no Object.
 */
#ifndef CODECS_SIGNATURE_H
#define CODECS_SIGNATURE_H

#include <stdbool.h>

#include <libxml/tree.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"

/* Appends the Signature to doc's root and writes the whole document to signed_xml. `canonical`
 * is the DigestValue: SHA-256 of what was signed, independent of key and certificate. */
bool signature_sign(xmlDoc *doc, EVP_PKEY *key, X509 *certificate, struct buf *signed_xml,
                    struct digest *canonical, struct fault *fault) MUST_CHECK;

/* The certificate in KeyInfo, after the structure was checked; nothing is proven yet.
 * *certificate is the caller's. FAULT_SIGNATURE. */
bool signature_certificate(xmlDoc *doc, X509 **certificate, struct fault *fault) MUST_CHECK;

/* Structure, certificate byte-identical to `signer`, digest, value, and the second verifier.
 * On success `canonical` holds the only bytes to believe (the document without its Signature,
 * canonicalised) and `digest` their SHA-256. FAULT_SIGNATURE. */
bool signature_verify(xmlDoc *doc, X509 *signer, struct buf *canonical, struct digest *digest,
                      struct fault *fault) MUST_CHECK;

/* signature_verify() with whichever of `registered` is in KeyInfo; *signer is borrowed from
 * the stack. FAULT_SIGNATURE when none is. */
bool signature_verify_by(xmlDoc *doc, const STACK_OF(X509) * registered, X509 **signer,
                         struct buf *canonical, struct digest *digest,
                         struct fault *fault) MUST_CHECK;

/* The canonical bytes of a document that was verified when it came in and has rested sealed
 * since: recomputes them; the caller compares the digest with what was recorded. */
bool signature_canonical(xmlDoc *doc, struct buf *canonical, struct digest *digest,
                         struct fault *fault) MUST_CHECK;

#endif
