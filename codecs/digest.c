/* digest -- see digest.h. */
#include "codecs/digest.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "codecs/base/mem.h"

void digest_of(const void *data, size_t size, struct digest *digest)
{
    if (EVP_Digest(data, size, digest->bytes, NULL, EVP_sha256(), NULL) != 1)
        abort(); /* only without memory or without SHA-256 */
}

struct digest_stream {
    EVP_MD_CTX *context;
};

struct digest_stream *digest_stream_create(void)
{
    struct digest_stream *stream = mem_alloc(sizeof(*stream));

    stream->context = EVP_MD_CTX_new();
    if (!stream->context || EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL) != 1)
        abort();
    return stream;
}

void digest_stream_add(struct digest_stream *stream, const void *data, size_t size)
{
    if (EVP_DigestUpdate(stream->context, data, size) != 1)
        abort();
}

void digest_stream_end(struct digest_stream *stream, struct digest *digest)
{
    if (EVP_DigestFinal_ex(stream->context, digest->bytes, NULL) != 1)
        abort();
}

void digest_stream_destroy(struct digest_stream *stream)
{
    if (!stream)
        return;
    EVP_MD_CTX_free(stream->context);
    free(stream);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

void digest_hex(const struct digest *digest, char hex[DIGEST_HEX])
{
    static const char DIGITS[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        hex[2 * i] = DIGITS[digest->bytes[i] >> 4];
        hex[2 * i + 1] = DIGITS[digest->bytes[i] & 15];
    }
    hex[DIGEST_HEX - 1] = '\0';
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool digest_from_hex(const char *text, struct digest *digest)
{
    size_t count = 0;

    memset(digest, 0, sizeof(*digest));
    for (; *text; text++) {
        if (strchr(" :-\n", *text))
            continue;
        int value = nibble(*text);
        if (value < 0 || count == (size_t)2 * DIGEST_SIZE)
            return false;
        digest->bytes[count / 2] = (unsigned char)(digest->bytes[count / 2] << 4 | value);
        count++;
    }
    return count == (size_t)2 * DIGEST_SIZE;
}
