/* bijlage -- see bijlage.h. */
#include "codecs/bijlage.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "codecs/base/mem.h"
#include "codecs/mediatype.h"

enum { NONCE = 12, BLOCK = 16, STRIDE = 1 << 20 };

struct bijlage {
    EVP_CIPHER_CTX *cipher;
    struct digest_stream *digest; /* of the plain document */
    bool encrypts;
    int64_t size;
    unsigned char head[MEDIATYPE_HEAD];
};

/* Only without memory, or without AES in the library: not worth going on. */
static void must(int good)
{
    if (good != 1)
        abort();
}

static struct bijlage *create(bool encrypts, const unsigned char key[BIJLAGE_KEY])
{
    static const unsigned char nonce[NONCE] = { 0 };
    struct bijlage *bijlage = mem_alloc(sizeof(*bijlage));

    bijlage->encrypts = encrypts;
    bijlage->digest = digest_stream_create();
    bijlage->cipher = EVP_CIPHER_CTX_new();
    must(bijlage->cipher != NULL);
    must(EVP_CipherInit_ex(bijlage->cipher, EVP_aes_256_gcm(), NULL, key, nonce, encrypts));
    return bijlage;
}

struct bijlage *bijlage_encrypt(unsigned char key[BIJLAGE_KEY])
{
    must(RAND_priv_bytes(key, BIJLAGE_KEY));
    return create(true, key);
}

struct bijlage *bijlage_decrypt(const unsigned char key[BIJLAGE_KEY])
{
    return create(false, key);
}

void bijlage_destroy(struct bijlage *bijlage)
{
    if (!bijlage)
        return;
    digest_stream_destroy(bijlage->digest);
    EVP_CIPHER_CTX_free(bijlage->cipher);
    OPENSSL_cleanse(bijlage->head, sizeof(bijlage->head));
    free(bijlage);
}

static void note_plain(struct bijlage *bijlage, const unsigned char *plain, size_t size)
{
    if (bijlage->size < MEDIATYPE_HEAD) {
        size_t have = (size_t)bijlage->size, room = MEDIATYPE_HEAD - have;
        memcpy(bijlage->head + have, plain, size < room ? size : room);
    }
    bijlage->size += (int64_t)size;
    digest_stream_add(bijlage->digest, plain, size);
}

void bijlage_pass(struct bijlage *bijlage, const void *in, size_t size, void *out)
{
    const unsigned char *from = in;
    unsigned char *to = out;

    for (size_t left = size, step; left > 0; left -= step, from += step, to += step) {
        int made = 0;
        step = left < STRIDE ? left : STRIDE; /* OpenSSL counts in int */
        if (bijlage->encrypts)
            note_plain(bijlage, from, step);
        must(EVP_CipherUpdate(bijlage->cipher, to, &made, from, (int)step));
        if (!bijlage->encrypts)
            note_plain(bijlage, to, step);
    }
}

static void tell(struct bijlage *bijlage, struct bijlage_facts *facts)
{
    size_t head = bijlage->size < MEDIATYPE_HEAD ? (size_t)bijlage->size : MEDIATYPE_HEAD;

    facts->size = bijlage->size;
    facts->mediatype = mediatype_of(bijlage->head, head);
    digest_stream_end(bijlage->digest, &facts->sha256);
}

void bijlage_seal(struct bijlage *bijlage, unsigned char tag[BIJLAGE_TAG],
                  struct bijlage_facts *facts)
{
    unsigned char nothing[BLOCK];
    int made = 0;

    must(EVP_CipherFinal_ex(bijlage->cipher, nothing, &made));
    must(EVP_CIPHER_CTX_ctrl(bijlage->cipher, EVP_CTRL_AEAD_GET_TAG, BIJLAGE_TAG, tag));
    tell(bijlage, facts);
}

bool bijlage_open(struct bijlage *bijlage, const unsigned char tag[BIJLAGE_TAG],
                  struct bijlage_facts *facts, struct fault *fault)
{
    unsigned char expected[BIJLAGE_TAG], nothing[BLOCK];
    int made = 0;

    memcpy(expected, tag, BIJLAGE_TAG);
    must(EVP_CIPHER_CTX_ctrl(bijlage->cipher, EVP_CTRL_AEAD_SET_TAG, BIJLAGE_TAG, expected));
    if (EVP_CipherFinal_ex(bijlage->cipher, nothing, &made) != 1)
        return fault_set(fault, FAULT_ATTACHMENT,
                         "a document does not open with the key in its dossier");
    tell(bijlage, facts);
    return true;
}

/* GCM is counter mode: block n of the document is counter n + 2 (SP 800-38D, 7.1). */
void bijlage_piece(const unsigned char key[BIJLAGE_KEY], int64_t offset, const void *in,
                   size_t size, void *out)
{
    uint64_t block = (uint64_t)offset / BLOCK + 2;
    unsigned char counter[BLOCK] = { [12] = (unsigned char)(block >> 24),
                                     [13] = (unsigned char)(block >> 16),
                                     [14] = (unsigned char)(block >> 8),
                                     [15] = (unsigned char)block };
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int made = 0;

    must(cipher != NULL);
    must(EVP_DecryptInit_ex(cipher, EVP_aes_256_ctr(), NULL, key, counter));
    must(EVP_DecryptUpdate(cipher, out, &made, in, (int)size));
    EVP_CIPHER_CTX_free(cipher);
}
