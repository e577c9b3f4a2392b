/* digest -- SHA-256, the only digest here: the canonical digest *is* the DigestValue.
 */
#ifndef CODECS_DIGEST_H
#define CODECS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX (2 * DIGEST_SIZE + 1)

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

void digest_of(const void *data, size_t size, struct digest *digest);

/* The same of what comes in pieces. destroy() takes NULL. */
struct digest_stream;
struct digest_stream *digest_stream_create(void);
void digest_stream_add(struct digest_stream *stream, const void *data, size_t size);
void digest_stream_end(struct digest_stream *stream, struct digest *digest);
void digest_stream_destroy(struct digest_stream *stream);

bool digest_equal(const struct digest *a, const struct digest *b);
void digest_hex(const struct digest *digest, char hex[DIGEST_HEX]); /* lower case */

/* Reads 64 hexadecimal digits in either case; spaces, colons and dashes between them are
 * allowed, because people copy fingerprints from paper. False when it is anything else. */
bool digest_from_hex(const char *text, struct digest *digest);

#endif
