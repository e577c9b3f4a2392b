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

/* OpenSSL compares issuers without regard to case and spaces; one certificate has one name. */
static bool same_issuer(const X509_NAME *a, const X509_NAME *b)
{
    const unsigned char *left, *right;
    size_t left_size, right_size;

    return X509_NAME_get0_der(a, &left, &left_size)
           && X509_NAME_get0_der(b, &right, &right_size) && left_size == right_size
           && memcmp(left, right, left_size) == 0;
}

static bool is_for(CMS_RecipientInfo *info, X509 *own)
{
    X509_NAME *issuer = NULL;
    ASN1_INTEGER *serial = NULL;

    if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_AGREE)
        CMS_RecipientEncryptedKey_get0_id(
            sk_CMS_RecipientEncryptedKey_value(CMS_RecipientInfo_kari_get0_reks(info), 0),
            NULL, NULL, NULL, &issuer, &serial);
    else
        CMS_RecipientInfo_ktri_get0_signer_id(info, NULL, &issuer, &serial);
    return issuer && serial && same_issuer(issuer, X509_get_issuer_name(own))
           && ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(own)) == 0;
}

static bool is_recipient(CMS_ContentInfo *cms, X509 *own)
{
    STACK_OF(CMS_RecipientInfo) *infos = CMS_get0_RecipientInfos(cms);

    for (int i = 0; i < sk_CMS_RecipientInfo_num(infos); i++)
        if (is_for(sk_CMS_RecipientInfo_value(infos, i), own))
            return true;
    return false;
}

static bool decrypt(const void *sealed, size_t size, X509 *own, EVP_PKEY *key, BIO *plain)
{
    const unsigned char *at = sealed;
    SCOPED_CMS CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);

    return cms && at == (const unsigned char *)sealed + size && is_recipient(cms, own)
           && CMS_decrypt(cms, key, own, NULL, plain, CMS_BINARY);
}

bool seal_open(const void *sealed, size_t size, X509 *own, EVP_PKEY *key, struct buf *plain,
               struct fault *fault)
{
    char *opened;

    if (!seal_shape(sealed, size, fault))
        return false;
    SCOPED_BIO BIO *out = BIO_new(BIO_s_mem());
    if (!out)
        abort();
    bool good = decrypt(sealed, size, own, key, out); /* true only when the tag verified */
    ERR_clear_error();
    if (!good)
        return fault_set(fault, FAULT_SEAL,
                         "cannot be opened with our key, or was changed on the way");
    long length = BIO_get_mem_data(out, &opened);
    buf_add(plain, opened, (size_t)length);
    return true;
}
