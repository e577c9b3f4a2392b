/* seal -- see seal.h.
 *
 * What OpenSSL would admit is far more than we do (shortened tags, indefinite
 * lengths, any cipher), so seal_shape() stands before its parser. What it
 * would choose by itself is not ours either (OAEP with SHA-1, a KDF with
 * SHA-1), so each recipient is told. What is made is put to the same walk.
 */
#include "codecs/seal.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

static void cms_release(CMS_ContentInfo **cms)
{
    CMS_ContentInfo_free(*cms);
}
#define SCOPED_CMS __attribute__((cleanup(cms_release)))

/* A memory BIO overwrites what it held when it is released. */
static void bio_release(BIO **bio)
{
    BIO_free(*bio);
}
#define SCOPED_BIO __attribute__((cleanup(bio_release)))

static bool use_oaep(EVP_PKEY_CTX *key)
{
    return EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_OAEP_PADDING) > 0
           && EVP_PKEY_CTX_set_rsa_oaep_md(key, EVP_sha256()) > 0
           && EVP_PKEY_CTX_set_rsa_mgf1_md(key, EVP_sha256()) > 0;
}

static bool add_recipient(CMS_ContentInfo *cms, X509 *recipient)
{
    CMS_RecipientInfo *info = CMS_add1_recipient_cert(cms, recipient, CMS_KEY_PARAM);
    EVP_PKEY_CTX *key = info ? CMS_RecipientInfo_get0_pkey_ctx(info) : NULL;

    if (!key)
        return false;
    return CMS_RecipientInfo_type(info) == CMS_RECIPINFO_AGREE
               ? EVP_PKEY_CTX_set_ecdh_kdf_md(key, EVP_sha256()) > 0
               : use_oaep(key);
}

static bool encrypt(BIO *plain, X509 *const recipients[2], struct buf *der)
{
    SCOPED_CMS CMS_ContentInfo *cms = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm());

    if (!cms || !CMS_set_detached(cms, 0) || !add_recipient(cms, recipients[0])
        || !add_recipient(cms, recipients[1]) || !CMS_final(cms, plain, NULL, CMS_BINARY))
        return false;
    int size = i2d_CMS_ContentInfo(cms, NULL);
    if (size <= 0)
        return false;
    unsigned char *place = buf_reserve(der, (size_t)size);
    i2d_CMS_ContentInfo(cms, &place);
    buf_grown(der, (size_t)size);
    return true;
}

bool seal_make(const void *plain, size_t size, X509 *const recipients[2], struct buf *sealed,
               struct fault *fault)
{
    SCOPED_BUF struct buf der = { 0 };

    if (size == 0 || size > SEAL_BYTES_MAX)
        return fault_set(fault, FAULT_SIZE, "cannot seal %zu bytes: not between 1 and %d",
                         size, SEAL_BYTES_MAX);
    SCOPED_BIO BIO *in = BIO_new_mem_buf(plain, (int)size);
    if (!in)
        abort();
    bool made = encrypt(in, recipients, &der);
    ERR_clear_error();
    if (!made)
        return fault_set(fault, FAULT_SEAL, "cannot be sealed for these two certificates");
    if (!seal_shape(der.data, der.size, fault))
        return false;
    buf_add(sealed, der.data, der.size);
    return true;
}

/* Which of the two recipients is ours the key tells, not issuer and serial number: after a
 * renewal the same key has another certificate, and what rests must stay readable. Without a
 * certificate OpenSSL tries them all, and a wrong RSA key ends at the tag, not earlier. */
static bool decrypt(const void *sealed, size_t size, EVP_PKEY *key, BIO *plain)
{
    const unsigned char *at = sealed;
    SCOPED_CMS CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);

    return cms && at == (const unsigned char *)sealed + size
           && CMS_decrypt(cms, key, NULL, NULL, plain, CMS_BINARY);
}

bool seal_open(const void *sealed, size_t size, EVP_PKEY *key, struct buf *plain,
               struct fault *fault)
{
    char *opened;

    if (!seal_shape(sealed, size, fault))
        return false;
    SCOPED_BIO BIO *out = BIO_new(BIO_s_mem());
    if (!out)
        abort();
    bool good = decrypt(sealed, size, key, out); /* true only when the tag verified */
    ERR_clear_error();
    if (!good)
        return fault_set(fault, FAULT_SEAL,
                         "cannot be opened with our key, or was changed on the way");
    long length = BIO_get_mem_data(out, &opened);
    buf_add(plain, opened, (size_t)length);
    return true;
}
