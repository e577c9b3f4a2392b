/* bijlage -- one document as it travels and rests: ciphertext, then the tag.
 *
 * AES-256-GCM under a fresh key that is used for this one document, hence a nonce of zeros;
 * the 16-byte tag comes last. The key, and the digests of both sides, stand inside the signed
 * and sealed dossier (codecs/document.h). A document may be far larger than memory: everything
 * here takes it piece by piece.
 */
#ifndef CODECS_BIJLAGE_H
#define CODECS_BIJLAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codecs/base/fault.h"
#include "codecs/digest.h"

#define BIJLAGE_KEY 32
#define BIJLAGE_TAG 16

/* What both directions learn about the plain document. */
struct bijlage_facts {
    int64_t size;
    struct digest sha256;
    const char *mediatype; /* by its content; NULL: not one that may travel */
};

struct bijlage; /* one document on its way through */

/* A fresh key, which is copied to `key`; or the key that is known. bijlage_destroy() it. */
struct bijlage *bijlage_encrypt(unsigned char key[BIJLAGE_KEY]);
struct bijlage *bijlage_decrypt(const unsigned char key[BIJLAGE_KEY]);
void bijlage_destroy(struct bijlage *bijlage); /* wipes; NULL is allowed */

/* The next piece: `size` bytes of `in` become as many in `out` (may be the same place). */
void bijlage_pass(struct bijlage *bijlage, const void *in, size_t size, void *out);

/* The end: the tag to write, or to compare. FAULT_ATTACHMENT when it is another: then nothing
 * that was decrypted may be used. */
void bijlage_seal(struct bijlage *bijlage, unsigned char tag[BIJLAGE_TAG],
                  struct bijlage_facts *facts);
bool bijlage_open(struct bijlage *bijlage, const unsigned char tag[BIJLAGE_TAG],
                  struct bijlage_facts *facts, struct fault *fault) MUST_CHECK;

/* A piece out of the middle of a document that was verified before; offset a multiple of 16.
 */
void bijlage_piece(const unsigned char key[BIJLAGE_KEY], int64_t offset, const void *in,
                   size_t size, void *out);

#endif
