/* certificate -- see certificate.h.
 *
 * What may serve for which purpose is the table PURPOSE; what key kinds are
 * allowed is in key_allowed(). Everything else reads one field and says no
 * with its own words.
 */
#include "codecs/certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "codecs/base/mem.h"

#define RSA_BITS_MIN 3072
#define RSA_BITS_MAX 8192 /* beyond it one check costs too much */
#define USAGES_MAX 4

/* clang-format off */
/* Extended key usage: RFC 5280 4.2.1.12, RFC 9336 (documentSigning), and what PKIoverheid's
 * certificates for services carry. */
#define SERVER_AUTH       "1.3.6.1.5.5.7.3.1"
#define CLIENT_AUTH       "1.3.6.1.5.5.7.3.2"
#define EMAIL_PROTECTION  "1.3.6.1.5.5.7.3.4"
#define DOCUMENT_SIGNING  "1.3.6.1.5.5.7.3.36"
#define MICROSOFT_SIGNING "1.3.6.1.4.1.311.10.3.12"
#define ANY_USAGE         "2.5.29.37.0"

static const struct {
    const char *name;
    const char *extended[USAGES_MAX + 1]; /* one of these, where there is such an extension */
} PURPOSE[PURPOSES] = {
    [PURPOSE_TLS_SERVER]   = { "tls-server",   { SERVER_AUTH } },
    [PURPOSE_TLS_CLIENT]   = { "tls-client",   { CLIENT_AUTH } },
    [PURPOSE_ONDERTEKENEN] = { "ondertekenen", { EMAIL_PROTECTION, DOCUMENT_SIGNING,
                                                 MICROSOFT_SIGNING, ANY_USAGE } },
    [PURPOSE_VERZEGELEN]   = { "verzegelen",   { EMAIL_PROTECTION, ANY_USAGE } },
};

static const struct curve {
    const char *group, *name; /* as OpenSSL says it, as people do */
} CURVES[] = {
    { "prime256v1", "P-256" },
    { "secp384r1",  "P-384" },
};
/* clang-format on */

const char *purpose_name(enum purpose purpose)
{
    return PURPOSE[purpose].name;
}

bool purpose_from_name(const char *name, enum purpose *purpose)
{
    for (int i = 0; i < PURPOSES; i++) {
        if (strcmp(PURPOSE[i].name, name) != 0)
            continue;
        *purpose = (enum purpose)i;
        return true;
    }
    return false;
}

static bool written_the_same(X509 *certificate, const void *bytes, size_t size)
{
    SCOPED_BUF struct buf again = { 0 };

    certificate_to_der(certificate, &again);
    return again.size == size && memcmp(again.data, bytes, size) == 0;
}

bool certificate_from_der(const void *bytes, size_t size, X509 **certificate,
                          struct fault *fault)
{
    const unsigned char *at = bytes;

    *certificate = NULL;
    if (size == 0 || size > CERTIFICATE_BYTES_MAX)
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: not between 1 and %d bytes",
                         CERTIFICATE_BYTES_MAX);
    SCOPED_X509 X509 *read = d2i_X509(NULL, &at, (long)size);
    ERR_clear_error();
    if (!read)
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: cannot be read");
    if (at != (const unsigned char *)bytes + size)
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: bytes behind its end");
    if (!written_the_same(read, bytes, size))
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: not written as DER");
    *certificate = read;
    read = NULL;
    return true;
}

/* An encrypted PEM would otherwise make the daemon ask for a password on its terminal. */
static int no_password(char *text, int size, int writing, void *context)
{
    (void)text, (void)size, (void)writing, (void)context;
    return -1;
}

bool certificate_from_pem(const struct buf *pem, X509 **certificate, struct fault *fault)
{
    unsigned char *der = NULL;
    long size = 0;
    BIO *bio = BIO_new_mem_buf(buf_text(pem), (int)pem->size);

    *certificate = NULL;
    if (!bio)
        abort();
    int found = PEM_bytes_read_bio(&der, &size, NULL, PEM_STRING_X509, bio, no_password, NULL);
    BIO_free(bio);
    ERR_clear_error();
    if (!found)
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: no PEM certificate in it");
    bool good = certificate_from_der(der, (size_t)size, certificate, fault);
    OPENSSL_free(der);
    return good;
}

void certificate_to_der(X509 *certificate, struct buf *der)
{
    int size = i2d_X509(certificate, NULL);

    if (size <= 0)
        abort(); /* it was read from DER, or made by us */
    unsigned char *place = buf_reserve(der, (size_t)size);
    i2d_X509(certificate, &place);
    buf_grown(der, (size_t)size);
}

void certificate_to_pem(X509 *certificate, struct buf *pem)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());

    if (!bio || !PEM_write_bio_X509(bio, certificate))
        abort();
    long size = BIO_get_mem_data(bio, &text);
    buf_add(pem, text, (size_t)size);
    BIO_free(bio);
}

static bool all_digits(const unsigned char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

/* Bytes and length, never a C string: a BMPString or one with a NUL in it must not pass. */
static bool is_oin(const ASN1_STRING *value)
{
    int type = ASN1_STRING_type(value);

    return (type == V_ASN1_PRINTABLESTRING || type == V_ASN1_UTF8STRING)
           && ASN1_STRING_length(value) == OIN_SIZE - 1
           && all_digits(ASN1_STRING_get0_data(value), OIN_SIZE - 1);
}

bool certificate_oin(X509 *certificate, char oin[OIN_SIZE], struct fault *fault)
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    int first = X509_NAME_get_index_by_NID(subject, NID_serialNumber, -1);

    oin[0] = '\0';
    if (first < 0)
        return fault_set(fault, FAULT_CERTIFICATE,
                         "certificate: no serialNumber in its subject");
    if (X509_NAME_get_index_by_NID(subject, NID_serialNumber, first) >= 0)
        return fault_set(fault, FAULT_CERTIFICATE,
                         "certificate: more than one serialNumber in its subject");
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first));
    if (!is_oin(value))
        return fault_set(fault, FAULT_CERTIFICATE,
                         "certificate: serialNumber is not an OIN of 20 digits");
    memcpy(oin, ASN1_STRING_get0_data(value), OIN_SIZE - 1);
    oin[OIN_SIZE - 1] = '\0';
    return true;
}

static bool has_explicit_curve(EVP_PKEY *key)
{
    int explicitly = 0;

    return EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                  &explicitly)
           && explicitly;
}

static const struct curve *curve_of(EVP_PKEY *key)
{
    char group[64];
    size_t size;

    if (has_explicit_curve(key) || !EVP_PKEY_get_group_name(key, group, sizeof(group), &size))
        return NULL;
    for (size_t i = 0; i < sizeof(CURVES) / sizeof(CURVES[0]); i++)
        if (strcmp(CURVES[i].group, group) == 0)
            return &CURVES[i];
    return NULL;
}

void certificate_key_name(EVP_PKEY *key, char *text, size_t size)
{
    const struct curve *curve = EVP_PKEY_is_a(key, "EC") ? curve_of(key) : NULL;

    if (curve)
        snprintf(text, size, "EC %s", curve->name);
    else if (EVP_PKEY_is_a(key, "EC"))
        snprintf(text, size, "EC with another curve");
    else
        snprintf(text, size, "%s-%d", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
    ERR_clear_error();
}

static bool key_allowed(EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA"))
        return EVP_PKEY_get_bits(key) >= RSA_BITS_MIN
               && EVP_PKEY_get_bits(key) <= RSA_BITS_MAX;
    return EVP_PKEY_is_a(key, "EC") && curve_of(key);
}

static bool key_fits(X509 *certificate, struct fault *fault)
{
    char name[80];
    EVP_PKEY *key = X509_get0_pubkey(certificate);

    if (!key) {
        ERR_clear_error();
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: its key cannot be read");
    }
    bool allowed = key_allowed(key);
    certificate_key_name(key, name, sizeof(name));
    return allowed
           || fault_set(
               fault, FAULT_CERTIFICATE,
               "certificate: key is %s; allowed are RSA of %d to %d bits, P-256, P-384", name,
               RSA_BITS_MIN, RSA_BITS_MAX);
}

static bool is_no_authority(X509 *certificate, struct fault *fault)
{
    uint32_t flags = X509_get_extension_flags(certificate);

    if (X509_get_version(certificate) != X509_VERSION_3 || (flags & EXFLAG_INVALID))
        return fault_set(fault, FAULT_CERTIFICATE,
                         "certificate: not version 3, or an extension cannot be read");
    /* Not X509_check_ca(): that overlooks CA:TRUE when key usage has no keyCertSign. */
    return !(flags & EXFLAG_CA)
           || fault_set(fault, FAULT_CERTIFICATE, "certificate: is that of an authority (CA)");
}

static uint32_t needed_usage(X509 *certificate, enum purpose purpose)
{
    if (purpose != PURPOSE_VERZEGELEN)
        return KU_DIGITAL_SIGNATURE;
    return EVP_PKEY_is_a(X509_get0_pubkey(certificate), "RSA") ? KU_KEY_ENCIPHERMENT
                                                               : KU_KEY_AGREEMENT;
}

static const char *usage_name(uint32_t usage)
{
    return usage == KU_DIGITAL_SIGNATURE  ? "digitalSignature"
           : usage == KU_KEY_ENCIPHERMENT ? "keyEncipherment"
                                          : "keyAgreement";
}

static bool usage_fits(X509 *certificate, enum purpose purpose, struct fault *fault)
{
    uint32_t needed = needed_usage(certificate, purpose);
    uint32_t usage = X509_get_key_usage(certificate);

    if (usage == UINT32_MAX)
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: has no key usage");
    if (usage & (KU_KEY_CERT_SIGN | KU_CRL_SIGN))
        return fault_set(fault, FAULT_CERTIFICATE,
                         "certificate: may sign certificates or CRLs, so is no end entity's");
    return (usage & needed)
           || fault_set(fault, FAULT_CERTIFICATE,
                        "certificate: key usage has no %s, which %s needs", usage_name(needed),
                        PURPOSE[purpose].name);
}

static bool usage_listed(const ASN1_OBJECT *usage, enum purpose purpose)
{
    char oid[80];

    OBJ_obj2txt(oid, sizeof(oid), usage, 1);
    for (const char *const *allowed = PURPOSE[purpose].extended; *allowed; allowed++)
        if (strcmp(oid, *allowed) == 0)
            return true;
    return false;
}

static void usages_release(EXTENDED_KEY_USAGE **usages)
{
    EXTENDED_KEY_USAGE_free(*usages);
}

static bool extended_usage_fits(X509 *certificate, enum purpose purpose, struct fault *fault)
{
    int found;
    __attribute__((cleanup(usages_release))) EXTENDED_KEY_USAGE *usages =
        X509_get_ext_d2i(certificate, NID_ext_key_usage, &found, NULL);

    ERR_clear_error();
    if (!usages && found == -1)
        return true; /* absent, as Digikoppeling advises */
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages); i++)
        if (usage_listed(sk_ASN1_OBJECT_value(usages, i), purpose))
            return true;
    return fault_set(fault, FAULT_CERTIFICATE,
                     "certificate: extended key usage does not allow %s",
                     PURPOSE[purpose].name);
}

bool certificate_fits(X509 *certificate, enum purpose purpose, struct fault *fault)
{
    return key_fits(certificate, fault)                         /* kind, size, named curve */
           && is_no_authority(certificate, fault)               /* CA:FALSE */
           && usage_fits(certificate, purpose, fault)           /* must be there */
           && extended_usage_fits(certificate, purpose, fault); /* may be absent */
}

bool certificate_time(const ASN1_TIME *from, time_t *at)
{
    struct tm tm = { 0 };

    if (!from || !ASN1_TIME_to_tm(from, &tm)) {
        ERR_clear_error();
        return false;
    }
    *at = timegm(&tm);
    return true;
}

bool certificate_valid_at(X509 *certificate, time_t at, struct fault *fault)
{
    time_t from, until;

    if (!certificate_time(X509_get0_notBefore(certificate), &from)
        || !certificate_time(X509_get0_notAfter(certificate), &until))
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: its validity cannot be read");
    if (at < from)
        return fault_set(fault, FAULT_CERTIFICATE, "certificate: not yet valid");
    return at <= until || fault_set(fault, FAULT_CERTIFICATE, "certificate: has expired");
}

time_t certificate_not_after(X509 *certificate)
{
    time_t until;

    return certificate_time(X509_get0_notAfter(certificate), &until) ? until : 0;
}

void certificate_fingerprint(X509 *certificate, struct digest *fingerprint)
{
    SCOPED_BUF struct buf der = { 0 };

    certificate_to_der(certificate, &der);
    digest_of(der.data, der.size, fingerprint);
}

bool certificate_same(X509 *a, X509 *b)
{
    SCOPED_BUF struct buf bytes = { 0 };

    certificate_to_der(b, &bytes);
    return written_the_same(a, bytes.data, bytes.size);
}

void certificate_release(X509 **certificate)
{
    X509_free(*certificate);
    *certificate = NULL;
}
