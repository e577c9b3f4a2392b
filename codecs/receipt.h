/* receipt -- ontvangstbevestiging: the only thing that settles a message to a peer.
 *
 * Small signed XML, returned in the same exchange and kept for ever by both
 * sides. No personal data, hence not sealed.
 */
#ifndef CODECS_RECEIPT_H
#define CODECS_RECEIPT_H

#include <stdbool.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/certificate.h"
#include "codecs/digest.h"
#include "codecs/uuid.h"

#define RECEIPT_NS "urn:nl:estafette:ontvangst:1"
#define RECEIPT_BYTES_MAX 65536

struct receipt {
    char bericht_id[UUID_SIZE];
    char afzender[OIN_SIZE], ontvanger[OIN_SIZE]; /* of the message that is acknowledged */
    struct digest verzegeld;                      /* SHA-256 of the sealed bytes */
    struct digest canoniek;                       /* canonical digest: the DigestValue */
    bool aangenomen;
    char code[32];   /* "" when aangenomen; else one of receipt_code()'s */
    char tekst[401]; /* "" when aangenomen; names elements, never content */
    time_t tijd;
};

/* Which closed refusal code (schema, regel, verlopen, conflict, ontvanger, omvang, toestand,
 * bijlage) a fault becomes; NULL when that fault is no reason to refuse (ours, temporary, or
 * before the identities agree). */
const char *receipt_code(enum fault_code code);
/* What the code means to the person who must act, in Dutch; NULL when there is no such one. */
const char *receipt_meaning(const char *code);

bool receipt_make(const struct receipt *receipt, EVP_PKEY *key, X509 *certificate,
                  struct buf *xml, struct fault *fault) MUST_CHECK;

/* Signed by one of `registered` (the peer's certificates for ondertekenen), schema-valid, read
 * from the canonical bytes. Matching it with what was sent is the caller's. FAULT_ANSWER for
 * anything that is not such a receipt. *signer is borrowed from the stack; may be NULL. */
bool receipt_read(const void *bytes, size_t size, const STACK_OF(X509) * registered,
                  struct receipt *receipt, X509 **signer, struct fault *fault) MUST_CHECK;

#endif
