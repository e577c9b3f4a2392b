/* What OpenSSL would make or open, and a sealed message may nevertheless not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/cms.h>
#include <openssl/kdf.h>
#include <openssl/rsa.h>

#include "codecs/seal.h"
#include "tests/pki.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NOT_FOUND SIZE_MAX

static const char PLAIN[] = "<bericht>Estafette</bericht>";
static X509 *RSA_CERT, *EC_CERT, *SIGN_CERT;

static X509 *issue(struct pki *pki, enum purpose purpose, EVP_PKEY *key)
{
    const struct pki_leaf leaf = { .oin = "00000001001234567000",
                                   .purpose = purpose,
                                   .key = key };

    return pki_issue(pki, &leaf);
}

static int make_certificates(void **state)
{
    struct pki *pki = pki_create(PKI_P256, "Test CA");

    (void)state;
    RSA_CERT = issue(pki, PURPOSE_VERZEGELEN, pki_key(PKI_RSA, 0));
    EC_CERT = issue(pki, PURPOSE_VERZEGELEN, pki_key(PKI_P256, 0));
    SIGN_CERT = issue(pki, PURPOSE_ONDERTEKENEN, pki_key(PKI_P256, 1));
    pki_destroy(pki);
    return 0;
}

static int drop_certificates(void **state)
{
    (void)state;
    certificate_release(&RSA_CERT);
    certificate_release(&EC_CERT);
    certificate_release(&SIGN_CERT);
    return 0;
}

static void assert_refused(const struct buf *sealed, const char *what, const char *says)
{
    SCOPED_BUF struct buf plain = { 0 };
    struct fault fault = { 0 };

    if (seal_open(sealed->data, sealed->size, pki_key(PKI_RSA, 0), &plain, &fault))
        fail_msg("%s: opened", what);
    assert_int_equal(fault.code, FAULT_SEAL);
    assert_int_equal(plain.size, 0);
    if (!strstr(fault.text, says))
        fail_msg("%s: \"%s\" does not say \"%s\"", what, fault.text, says);
}

/* --- made by OpenSSL, otherwise than we do ------------------------------- */

/* What one recipient is told, by the name of what is wrong with it. */
enum told {
    NOBODY,
    GOOD_RSA,
    GOOD_EC,
    PKCS1, /* OpenSSL's own default for RSA */
    OAEP_SHA1,
    MGF1_SHA1,
    OAEP_SHA512,
    OAEP_LABEL,
    KDF_SHA1, /* OpenSSL's own default for EC */
    KDF_SHA384,
    COFACTOR,
    RSA_KEYID,
    EC_KEYID,
    PASSWORD,
    SHARED_KEY
};

static bool tell_rsa(EVP_PKEY_CTX *key, enum told told)
{
    if (told == PKCS1)
        return true;
    return EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_OAEP_PADDING) > 0
           && EVP_PKEY_CTX_set_rsa_oaep_md(key, told == OAEP_SHA1     ? EVP_sha1()
                                                : told == OAEP_SHA512 ? EVP_sha512()
                                                                      : EVP_sha256())
                  > 0
           && EVP_PKEY_CTX_set_rsa_mgf1_md(
                  key, told == MGF1_SHA1 || told == OAEP_SHA1 ? EVP_sha1() : EVP_sha256())
                  > 0
           && (told != OAEP_LABEL
               || EVP_PKEY_CTX_set0_rsa_oaep_label(key, OPENSSL_strdup("label"), 5) > 0);
}

static bool tell_ec(EVP_PKEY_CTX *key, enum told told)
{
    if (told == KDF_SHA1)
        return true;
    return EVP_PKEY_CTX_set_ecdh_kdf_md(key, told == KDF_SHA384 ? EVP_sha384() : EVP_sha256())
               > 0
           && (told != COFACTOR || EVP_PKEY_CTX_set_ecdh_cofactor_mode(key, 1) > 0);
}

static bool add_without_key(CMS_ContentInfo *cms, enum told told)
{
    unsigned char *key;

    if (told == PASSWORD)
        return CMS_add0_recipient_password(cms, -1, NID_undef, NID_undef,
                                           (unsigned char *)OPENSSL_strdup("secret"), 6,
                                           EVP_aes_256_cbc());
    key = OPENSSL_zalloc(32);
    return CMS_add0_recipient_key(cms, NID_id_aes256_wrap, key, 32,
                                  (unsigned char *)OPENSSL_strdup("id"), 2, NULL, NULL, NULL);
}

static bool add(CMS_ContentInfo *cms, enum told told)
{
    bool rsa = (told >= PKCS1 && told <= OAEP_LABEL) || told == GOOD_RSA || told == RSA_KEYID;
    unsigned keyid = told == RSA_KEYID || told == EC_KEYID ? CMS_USE_KEYID : 0;

    if (told == PASSWORD || told == SHARED_KEY)
        return add_without_key(cms, told);
    CMS_RecipientInfo *info =
        CMS_add1_recipient_cert(cms, rsa ? RSA_CERT : EC_CERT, CMS_KEY_PARAM | keyid);
    EVP_PKEY_CTX *key = CMS_RecipientInfo_get0_pkey_ctx(info);
    return rsa ? tell_rsa(key, told) : tell_ec(key, told);
}

static void to_der(CMS_ContentInfo *cms, struct buf *der)
{
    int size = i2d_CMS_ContentInfo(cms, NULL);

    assert_true(size > 0);
    unsigned char *place = buf_reserve(der, (size_t)size);
    i2d_CMS_ContentInfo(cms, &place);
    buf_grown(der, (size_t)size);
    CMS_ContentInfo_free(cms);
}

static void finish(CMS_ContentInfo *cms, struct buf *der)
{
    BIO *in = BIO_new_mem_buf(PLAIN, sizeof(PLAIN));

    assert_true(CMS_final(cms, in, NULL, CMS_BINARY));
    BIO_free(in);
    to_der(cms, der);
}

static void envelope(const EVP_CIPHER *cipher, const enum told told[3], struct buf *der)
{
    bool gcm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_GCM_MODE;
    CMS_ContentInfo *cms =
        gcm ? CMS_AuthEnvelopedData_create(cipher) : CMS_EnvelopedData_create(cipher);

    assert_true(CMS_set_detached(cms, 0));
    for (int i = 0; i < 3; i++)
        if (told[i] != NOBODY)
            assert_true(add(cms, told[i]));
    finish(cms, der);
}

/* clang-format off */
static const struct {
    const char *what;
    const EVP_CIPHER *(*cipher)(void);
    enum told told[3];
    const char *says;
} ENVELOPES[] = {
    { "EnvelopedData, AES-256-CBC", EVP_aes_256_cbc, { GOOD_RSA, GOOD_EC },
      "no type: AuthEnvelopedData" },
    { "EnvelopedData, AES-128-CBC", EVP_aes_128_cbc, { GOOD_RSA, GOOD_EC },
      "no type: AuthEnvelopedData" },
    { "EnvelopedData, 3DES",  EVP_des_ede3_cbc, { GOOD_RSA, GOOD_RSA },
      "no type: AuthEnvelopedData" },
    { "AES-128-GCM",          EVP_aes_128_gcm, { GOOD_RSA, GOOD_RSA },
      "no encrypted content: algorithm AES-256-GCM" },
    { "AES-128-GCM, EC",      EVP_aes_128_gcm, { GOOD_EC, GOOD_EC },
      "no recipient: algorithm stdDH-sha256kdf with aes256-wrap" },
    { "AES-192-GCM",          EVP_aes_192_gcm, { GOOD_RSA, GOOD_RSA },
      "no encrypted content: algorithm AES-256-GCM" },
    { "PKCS#1 v1.5 first",    EVP_aes_256_gcm, { PKCS1, GOOD_EC },
      "no recipient: algorithm RSAES-OAEP with SHA-256" },
    { "PKCS#1 v1.5 second",   EVP_aes_256_gcm, { GOOD_EC, PKCS1 },
      "no recipient: algorithm RSAES-OAEP" },
    { "OAEP with SHA-1",      EVP_aes_256_gcm, { OAEP_SHA1, GOOD_EC },
      "no recipient: algorithm RSAES-OAEP" },
    { "MGF1 with SHA-1",      EVP_aes_256_gcm, { MGF1_SHA1, GOOD_EC },
      "no recipient: algorithm RSAES-OAEP" },
    { "OAEP with SHA-512",    EVP_aes_256_gcm, { OAEP_SHA512, GOOD_EC },
      "no recipient: algorithm RSAES-OAEP" },
    { "OAEP with a label",    EVP_aes_256_gcm, { OAEP_LABEL, GOOD_EC },
      "no recipient: algorithm RSAES-OAEP" },
    { "KDF with SHA-1",       EVP_aes_256_gcm, { KDF_SHA1, GOOD_RSA },
      "no recipient: algorithm stdDH-sha256kdf" },
    { "KDF with SHA-384",     EVP_aes_256_gcm, { KDF_SHA384, GOOD_RSA },
      "no recipient: algorithm stdDH-sha256kdf" },
    { "cofactor ECDH",        EVP_aes_256_gcm, { COFACTOR, GOOD_RSA },
      "no recipient: algorithm stdDH-sha256kdf" },
    { "no recipient",         EVP_aes_256_gcm, { NOBODY },             "no recipient" },
    { "one recipient",        EVP_aes_256_gcm, { GOOD_RSA },           "no recipient" },
    { "three recipients",     EVP_aes_256_gcm, { GOOD_RSA, GOOD_EC, GOOD_EC },
      "no end of recipients, two" },
    { "a password",           EVP_aes_256_gcm, { GOOD_RSA, PASSWORD }, "no recipient" },
    { "a third, a password",  EVP_aes_256_gcm, { GOOD_RSA, GOOD_EC, PASSWORD },
      "no end of recipients, two" },
    { "a shared key",         EVP_aes_256_gcm, { GOOD_RSA, SHARED_KEY }, "no recipient" },
    { "RSA by key id",        EVP_aes_256_gcm, { RSA_KEYID, GOOD_EC },
      "no recipient: version 0" },
    { "EC by key id",         EVP_aes_256_gcm, { EC_KEYID, GOOD_RSA },
      "no recipient: issuer and serial number" },
};
/* clang-format on */

static void only_our_envelope_is_admitted(void **state)
{
    const enum told good[3] = { GOOD_RSA, GOOD_EC };
    SCOPED_BUF struct buf der = { 0 };
    struct fault fault = { 0 };

    (void)state;
    envelope(EVP_aes_256_gcm(), good, &der);
    assert_true(seal_shape(der.data, der.size, &fault));
    for (size_t i = 0; i < COUNT(ENVELOPES); i++) {
        buf_clear(&der);
        envelope(ENVELOPES[i].cipher(), ENVELOPES[i].told, &der);
        assert_refused(&der, ENVELOPES[i].what, ENVELOPES[i].says);
    }
}

static CMS_ContentInfo *other_type(int which)
{
    BIO *in = BIO_new_mem_buf(PLAIN, sizeof(PLAIN));
    const unsigned char key[32] = { 0 };
    CMS_ContentInfo *cms =
        which == 0   ? CMS_data_create(in, CMS_BINARY)
        : which == 1 ? CMS_digest_create(in, EVP_sha256(), CMS_BINARY)
        : which == 2 ? CMS_sign(SIGN_CERT, pki_key(PKI_P256, 1), NULL, in, CMS_BINARY)
                     : CMS_EncryptedData_encrypt(in, EVP_aes_256_cbc(), key, 32, CMS_BINARY);

    BIO_free(in);
    assert_non_null(cms);
    return cms;
}

static void other_content_types_are_refused(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) {
        SCOPED_BUF struct buf der = { 0 };
        to_der(other_type(which), &der);
        assert_refused(&der, "Data, DigestedData, SignedData, EncryptedData",
                       "no type: AuthEnvelopedData");
    }
}

static void an_envelope_without_or_with_other_content_is_refused(void **state)
{
    SCOPED_BUF struct buf detached = { 0 }, nested = { 0 };
    CMS_ContentInfo *cms = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm());

    (void)state;
    assert_true(add(cms, GOOD_RSA) && add(cms, GOOD_EC));
    finish(cms, &detached);
    assert_refused(&detached, "detached", "no encrypted content: bytes");
    cms = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm());
    assert_true(CMS_set_detached(cms, 0) && add(cms, GOOD_RSA) && add(cms, GOOD_EC));
    assert_true(CMS_set1_eContentType(cms, OBJ_nid2obj(NID_pkcs7_signed)));
    finish(cms, &nested);
    assert_refused(&nested, "nested SignedData", "no encrypted content: id-data");
}

static void a_streamed_envelope_is_refused(void **state)
{
    SCOPED_BUF struct buf ber = { 0 };
    BIO *in = BIO_new_mem_buf(PLAIN, sizeof(PLAIN)), *out = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms =
        CMS_encrypt(NULL, in, EVP_aes_256_gcm(), CMS_PARTIAL | CMS_STREAM | CMS_BINARY);
    char *bytes;

    (void)state;
    assert_true(add(cms, GOOD_RSA) && add(cms, GOOD_EC));
    assert_true(i2d_CMS_bio_stream(out, cms, in, CMS_STREAM | CMS_BINARY));
    long size = BIO_get_mem_data(out, &bytes);
    buf_add(&ber, bytes, (size_t)size);
    assert_int_equal(ber.data[1], 0x80); /* indefinite, or the test tests nothing */
    assert_refused(&ber, "indefinite length", "at byte 0: no content");
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
}

/* --- ours, changed by hand ------------------------------------------------ */

static bool opened_by_openssl(const struct buf *sealed)
{
    const unsigned char *at = sealed->data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)sealed->size);
    BIO *out = BIO_new(BIO_s_mem());
    bool good = cms && CMS_decrypt(cms, pki_key(PKI_RSA, 0), RSA_CERT, NULL, out, CMS_BINARY);

    CMS_ContentInfo_free(cms);
    BIO_free(out);
    return good;
}

static size_t find(const struct buf *in, const char *bytes, size_t size)
{
    const unsigned char *found = memmem(in->data, in->size, bytes, size);

    return found ? (size_t)(found - in->data) : NOT_FOUND;
}

static size_t length_at(const struct buf *der, size_t at, size_t *header)
{
    size_t count = der->data[at + 1] < 0x80 ? 0 : der->data[at + 1] & 0x7fU, length = 0;

    *header = 2 + count;
    if (count == 0)
        return der->data[at + 1];
    for (size_t i = 0; i < count; i++)
        length = length << 8 | der->data[at + 2 + i];
    return length;
}

static void set_length_at(struct buf *der, size_t at, size_t length)
{
    size_t count = der->data[at + 1] < 0x80 ? 0 : der->data[at + 1] & 0x7fU;

    if (count == 0)
        der->data[at + 1] = (unsigned char)length;
    for (size_t i = count; i > 0; i--, length >>= 8)
        der->data[at + 1 + i] = (unsigned char)length;
}

/* Every element around [at, at + gone) grows by the difference, to `levels` deep. */
static void fit_lengths(struct buf *der, size_t at, size_t gone, size_t come, int levels)
{
    size_t header, here = 0, end = der->size;

    while (levels > 0 && here < end) {
        size_t length = length_at(der, here, &header), start = here + header;
        if (at < start || at + gone > start + length) {
            here = start + length;
            continue;
        }
        set_length_at(der, here, length + come - gone);
        end = start + length;
        here = start;
        levels--;
    }
    assert_int_equal(levels, 0);
}

struct change {
    const char *what;
    const char *before; /* the change is right behind these bytes; NULL: `back` from the end */
    size_t before_size, skip, back, gone;
    const char *come;
    size_t come_size;
    int levels;
    const char *says; /* NULL: nothing was changed, a check on the changing */
};

static void change(const struct change *change, struct buf *sealed)
{
    const enum told good[3] = { GOOD_RSA, GOOD_EC };
    SCOPED_BUF struct buf der = { 0 };

    envelope(EVP_aes_256_gcm(), good, &der);
    size_t at = der.size - change->back;
    if (change->before) {
        at = find(&der, change->before, change->before_size);
        assert_true(at != NOT_FOUND);
        at += change->before_size + change->skip;
    }
    fit_lengths(&der, at, change->gone, change->come_size, change->levels);
    buf_add(sealed, der.data, at);
    buf_add(sealed, change->come, change->come_size);
    buf_add(sealed, der.data + at + change->gone, der.size - at - change->gone);
}

/* clang-format off */
#define B(bytes) bytes, sizeof(bytes) - 1
#define TYPE     "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"
#define OAEP     "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07"
#define DATA     "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define GCM      "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2e"
#define KARI     "\x02\x01\x03\xa0\x51\xa1\x4f"
#define POINT    "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define ECDH     "\x30\x15\x06\x06\x2b\x81\x04\x01\x0b\x01"
#define ATTRIBUTE "\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03\x31\x0b" DATA
#define END      NULL, 0, 0

static const struct change CHANGES[] = {
    { "nothing behind version",  B(TYPE), 8, 0, 3, B("\x02\x01\x00"), 3, NULL },
    { "version 2",               B(TYPE), 8, 0, 3, B("\x02\x01\x02"), 3, "no version: 0" },
    { "originatorInfo",          B(TYPE), 11, 0, 0, B("\xa0\x00"), 3, "no recipients" },
    { "tag cut to 15 bytes",     END, 1, 1, B(""), 4, "no tag of 16 bytes" },
    { "tag cut to 12 bytes",     END, 4, 4, B(""), 4, "no tag of 16 bytes" },
    { "tag cut to 4 bytes",      END, 12, 12, B(""), 4, "no tag of 16 bytes" },
    { "tag cut to 1 byte",       END, 15, 15, B(""), 4, "no tag of 16 bytes" },
    { "no tag",                  END, 16, 16, B(""), 4, "no tag of 16 bytes" },
    { "tag length says 12",      B(GCM), 16, 0, 3, B("\x02\x01\x0c"), 6,
      "no encrypted content: tag length 16" },
    { "no tag length",           B(GCM), 16, 0, 3, B(""), 6,
      "no encrypted content: tag length 16" },
    { "nonce of 8 bytes",        B(GCM), 2, 0, 14, B("\x04\x08" "12345678"), 6,
      "no encrypted content: nonce of 12 bytes" },
    { "nonce of 16 bytes",       B(GCM), 2, 0, 14, B("\x04\x10" "1234567812345678"), 6,
      "no encrypted content: nonce of 12 bytes" },
    { "parameters have more",    B(GCM), 19, 0, 0, B("\x05\x00"), 6,
      "no end of encrypted content: parameters" },
    { "algorithm has more",      B(GCM), 19, 0, 0, B("\x05\x00"), 5,
      "no end of encrypted content: algorithm" },
    { "authenticated attributes", END, 18, 0, B("\xa1\x1a" ATTRIBUTE), 3,
      "no tag of 16 bytes" },
    { "unauthenticated attributes", END, 0, 0, B("\xa2\x1a" ATTRIBUTE), 3,
      "no end of content, without attributes" },
    { "bytes behind the envelope", END, 0, 0, B("\x05\x00"), 2, "no end of content" },
    { "bytes behind the end",    END, 0, 0, B("\x00"), 0, "bytes behind its end" },
    { "content in pieces",       B(GCM), 19, 0, 2, B("\xa0\x1f\x04\x1d"), 4,
      "no encrypted content: bytes" },
    { "length of content long",  B(GCM), 19, 0, 2, B("\x80\x81\x1d"), 4,
      "no encrypted content: bytes" },
    { "no content bytes",        B(GCM), 19, 0, 31, B("\x80\x00"), 4,
      "no encrypted content: bytes" },
    { "version in two bytes",    B(TYPE), 8, 0, 3, B("\x02\x02\x00\x00"), 3, "no version: 0" },
    { "user keying material",    B(POINT), 68, 0, 0, B("\xa1\x03\x04\x01x"), 5,
      "no recipient: algorithm stdDH-sha256kdf" },
    { "curve named at the point", B(POINT), 0, 0, 0,
      B("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), 8,
      "no recipient: algorithm id-ecPublicKey" },
    { "compressed point",        B(POINT), 0, 0, 4, B("\x03\x42\x00\x02"), 0,
      "no recipient: point of P-256 or P-384" },
    { "point with unused bits",  B(POINT), 0, 0, 4, B("\x03\x42\x01\x04"), 0,
      "no recipient: point of P-256 or P-384" },
    { "aes128-wrap",             B(ECDH), 12, 0, 1, B("\x05"), 0,
      "no recipient: algorithm stdDH-sha256kdf with aes256-wrap" },
    { "OAEP without parameters", B("\x06\x09" OAEP), 0, 0, 45, B(""), 6,
      "no recipient: algorithm RSAES-OAEP" },
};
/* clang-format on */

static void a_changed_shape_is_refused_by_its_first_byte(void **state)
{
    int admitted = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(CHANGES); i++) {
        SCOPED_BUF struct buf sealed = { 0 };
        struct fault fault = { 0 };
        change(&CHANGES[i], &sealed);
        admitted += opened_by_openssl(&sealed);
        if (CHANGES[i].says)
            assert_refused(&sealed, CHANGES[i].what, CHANGES[i].says);
        else
            assert_true(seal_shape(sealed.data, sealed.size, &fault));
    }
    print_message("OpenSSL itself opens %d of these %zu\n", admitted, COUNT(CHANGES));
    assert_true(admitted > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_our_envelope_is_admitted),
        cmocka_unit_test(other_content_types_are_refused),
        cmocka_unit_test(an_envelope_without_or_with_other_content_is_refused),
        cmocka_unit_test(a_streamed_envelope_is_refused),
        cmocka_unit_test(a_changed_shape_is_refused_by_its_first_byte),
    };
    return cmocka_run_group_tests(tests, make_certificates, drop_certificates);
}
