/* What a certificate says, and for what it may serve: mostly, what it may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "codecs/certificate.h"
#include "tests/pki.h"

#define OIN "00000001001234567000"
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char ENCRYPTED[] = "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
                                "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n"
                                "AAAAAAAAAAAAAAAAAAAAAA==\n-----END CERTIFICATE-----\n";
static struct pki *PKI;

static int make_pki(void **state)
{
    (void)state;
    PKI = pki_create(PKI_P256, "Test CA");
    return 0;
}

static int drop_pki(void **state)
{
    (void)state;
    pki_destroy(PKI);
    return 0;
}

static X509 *issue(struct pki_leaf leaf)
{
    if (!leaf.key)
        leaf.key = pki_key(PKI_P256, 0);
    return pki_issue(PKI, &leaf);
}

static void assert_says(const struct fault *fault, const char *says)
{
    assert_int_equal(fault->code, FAULT_CERTIFICATE);
    if (!strstr(fault->text, says))
        fail_msg("\"%s\" does not say \"%s\"", fault->text, says);
}

static void purposes_have_names_and_names_purposes(void **state)
{
    enum purpose purpose;

    (void)state;
    for (int i = 0; i < PURPOSES; i++) {
        assert_true(purpose_from_name(purpose_name((enum purpose)i), &purpose));
        assert_int_equal(purpose, i);
    }
    assert_false(purpose_from_name("tls", &purpose));
    assert_false(purpose_from_name("", &purpose));
}

static void der_and_pem_read_back_the_same(void **state)
{
    SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ .oin = OIN });
    SCOPED_X509 X509 *from_der = NULL, *from_pem = NULL,
                     *other = issue((struct pki_leaf){ 0 });
    SCOPED_BUF struct buf der = { 0 }, pem = { 0 };
    struct fault fault = { 0 };
    struct digest a, b;

    (void)state;
    certificate_to_der(certificate, &der);
    certificate_to_pem(certificate, &pem);
    assert_true(certificate_from_der(der.data, der.size, &from_der, &fault));
    assert_true(certificate_from_pem(&pem, &from_pem, &fault));
    assert_true(certificate_same(from_der, certificate));
    assert_true(certificate_same(from_pem, certificate));
    assert_false(certificate_same(other, certificate));
    certificate_fingerprint(from_pem, &a);
    digest_of(der.data, der.size, &b);
    assert_true(digest_equal(&a, &b));
}

static void der_is_consumed_to_its_last_byte(void **state)
{
    SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ .oin = OIN });
    SCOPED_BUF struct buf der = { 0 };
    struct fault fault = { 0 };
    X509 *read;

    (void)state;
    certificate_to_der(certificate, &der);
    for (size_t size = 0; size < der.size; size++)
        assert_false(certificate_from_der(der.data, size, &read, &fault));
    assert_null(read);
    buf_add(&der, "", 1);
    assert_false(certificate_from_der(der.data, der.size, &read, &fault));
    assert_says(&fault, "bytes behind its end");
}

/* The same certificate with the outer length in five bytes: BER, not DER. */
static void a_certificate_that_is_not_der_is_refused(void **state)
{
    SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ .oin = OIN });
    SCOPED_BUF struct buf der = { 0 }, ber = { 0 };
    struct fault fault = { 0 };
    X509 *read;

    (void)state;
    certificate_to_der(certificate, &der);
    assert_int_equal(der.data[1], 0x82);
    buf_add(&ber, "\x30\x83\x00", 3);
    buf_add(&ber, der.data + 2, der.size - 2);
    assert_false(certificate_from_der(ber.data, ber.size, &read, &fault));
    assert_says(&fault, "certificate: not written as DER");
}

static void a_certificate_beyond_the_size_cap_is_refused(void **state)
{
    SCOPED_BUF struct buf names = { 0 }, der = { 0 };
    struct fault fault = { 0 };
    X509 *read;

    (void)state;
    for (int i = 0; i < 400; i++)
        buf_addf(&names, "%sDNS:host%d.example.nl", i ? "," : "", i);
    SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ .host = buf_text(&names) });
    certificate_to_der(certificate, &der);
    assert_true(der.size > CERTIFICATE_BYTES_MAX);
    assert_false(certificate_from_der(der.data, der.size, &read, &fault));
    assert_says(&fault, "not between 1 and 8192 bytes");
}

static void text_that_is_no_pem_certificate_is_refused(void **state)
{
    static const char *const BAD[] = {
        "",
        "garbage",
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ENCRYPTED,
    };
    struct fault fault = { 0 };
    X509 *read;

    (void)state;
    for (size_t i = 0; i < COUNT(BAD); i++) {
        SCOPED_BUF struct buf pem = { 0 };
        buf_add_text(&pem, BAD[i]);
        assert_false(certificate_from_pem(&pem, &read, &fault));
        assert_says(&fault, "no PEM certificate in it");
        assert_null(read);
    }
}

static void the_oin_is_the_one_serial_number_of_the_subject(void **state)
{
    SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ .oin = OIN });
    struct fault fault = { 0 };
    char oin[OIN_SIZE];

    (void)state;
    assert_true(certificate_oin(certificate, oin, &fault));
    assert_string_equal(oin, OIN);
}

/* clang-format off */
static const char WIDE[] = "\0" "0\0" "0\0" "0\0" "0\0" "0\0" "0\0" "0\0" "1\0" "0\0" "0";

static const struct {
    const char *what;
    int nid, type;
    const char *bytes;
    int size;
    const char *second, *says;
} SUBJECTS[] = {
    { "none", NID_localityName, V_ASN1_UTF8STRING, "x", 1, NULL, "no serialNumber" },
    { "in the CN", NID_commonName, V_ASN1_UTF8STRING, OIN, 20, NULL, "no serialNumber" },
    { "two", NID_serialNumber, V_ASN1_PRINTABLESTRING, OIN, 20, OIN, "more than one" },
    { "one and no OIN", NID_serialNumber, V_ASN1_PRINTABLESTRING, OIN, 20, "x",
      "more than one" },
    { "19 digits", NID_serialNumber, V_ASN1_PRINTABLESTRING, OIN, 19, NULL, "not an OIN" },
    { "21 digits", NID_serialNumber, V_ASN1_PRINTABLESTRING, OIN "0", 21, NULL, "not an OIN" },
    { "empty", NID_serialNumber, V_ASN1_PRINTABLESTRING, "", 0, NULL, "not an OIN" },
    { "space in front", NID_serialNumber, V_ASN1_PRINTABLESTRING, " 0000000100123456700", 20,
      NULL, "not an OIN" },
    { "a letter", NID_serialNumber, V_ASN1_PRINTABLESTRING, "0000000100123456700a", 20, NULL,
      "not an OIN" },
    { "NUL inside", NID_serialNumber, V_ASN1_UTF8STRING, "000000010012345670\0001", 20, NULL,
      "not an OIN" },
    { "NUL behind", NID_serialNumber, V_ASN1_UTF8STRING, OIN, 21, NULL, "not an OIN" },
    { "BMPString", NID_serialNumber, V_ASN1_BMPSTRING, WIDE, 20, NULL, "not an OIN" },
    { "BMPString, digits", NID_serialNumber, V_ASN1_BMPSTRING, OIN, 20, NULL, "not an OIN" },
};
/* clang-format on */

static void anything_but_one_oin_of_20_digits_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SUBJECTS); i++) {
        SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ 0 });
        X509_NAME *subject = X509_get_subject_name(certificate);
        struct fault fault = { 0 };
        char oin[OIN_SIZE];

        assert_true(X509_NAME_add_entry_by_NID(subject, SUBJECTS[i].nid, SUBJECTS[i].type,
                                               (const unsigned char *)SUBJECTS[i].bytes,
                                               SUBJECTS[i].size, -1, 0));
        if (SUBJECTS[i].second)
            assert_true(X509_NAME_add_entry_by_NID(
                subject, NID_serialNumber, V_ASN1_PRINTABLESTRING,
                (const unsigned char *)SUBJECTS[i].second, -1, 0, 0));
        if (certificate_oin(certificate, oin, &fault))
            fail_msg("%s: accepted as %s", SUBJECTS[i].what, oin);
        assert_says(&fault, SUBJECTS[i].says);
        assert_string_equal(oin, "");
    }
}

static void each_purpose_has_certificates_that_fit(void **state)
{
    static const struct {
        enum pki_kind kind;
        struct pki_leaf leaf;
    } CASES[] = {
        { PKI_RSA, { .purpose = PURPOSE_TLS_SERVER } },
        { PKI_P256, { .purpose = PURPOSE_TLS_CLIENT } },
        { PKI_P384, { .purpose = PURPOSE_ONDERTEKENEN } },
        { PKI_RSA, { .purpose = PURPOSE_VERZEGELEN } },
        { PKI_P256, { .purpose = PURPOSE_VERZEGELEN } },
        { PKI_P384, { .purpose = PURPOSE_VERZEGELEN, .ext_usage = "emailProtection" } },
        { PKI_P256, { .purpose = PURPOSE_ONDERTEKENEN, .ext_usage = "1.3.6.1.5.5.7.3.36" } },
        { PKI_P256, { .purpose = PURPOSE_TLS_CLIENT, .ext_usage = "clientAuth,codeSigning" } },
        { PKI_RSA,
          { .purpose = PURPOSE_TLS_SERVER, .key_usage = "digitalSignature,keyEncipherment" } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct pki_leaf leaf = CASES[i].leaf;
        struct fault fault = { 0 };

        leaf.key = pki_key(CASES[i].kind, 0);
        SCOPED_X509 X509 *certificate = issue(leaf);
        if (!certificate_fits(certificate, leaf.purpose, &fault))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

/* clang-format off */
static const struct {
    enum pki_kind kind;
    struct pki_leaf leaf;
    const char *says;
} MISFITS[] = {
    { PKI_RSA2048, { .purpose = PURPOSE_ONDERTEKENEN }, "key is RSA-2048" },
    { PKI_P256, { .purpose = PURPOSE_ONDERTEKENEN, .key_usage = "keyEncipherment" },
      "has no digitalSignature, which ondertekenen needs" },
    { PKI_P256, { .purpose = PURPOSE_TLS_SERVER, .key_usage = "keyAgreement" },
      "has no digitalSignature, which tls-server needs" },
    { PKI_P256, { .purpose = PURPOSE_ONDERTEKENEN, .key_usage = "nonRepudiation" },
      "has no digitalSignature" },
    { PKI_RSA, { .purpose = PURPOSE_VERZEGELEN, .key_usage = "keyAgreement" },
      "has no keyEncipherment" },
    { PKI_P256, { .purpose = PURPOSE_VERZEGELEN, .key_usage = "keyEncipherment" },
      "has no keyAgreement" },
    { PKI_P256, { .purpose = PURPOSE_VERZEGELEN, .key_usage = "digitalSignature" },
      "has no keyAgreement" },
    { PKI_P256, { .purpose = PURPOSE_ONDERTEKENEN, .ext_usage = "serverAuth" },
      "extended key usage does not allow ondertekenen" },
    { PKI_P256, { .purpose = PURPOSE_VERZEGELEN, .ext_usage = "clientAuth" },
      "extended key usage does not allow verzegelen" },
    { PKI_P256, { .purpose = PURPOSE_TLS_CLIENT, .ext_usage = "serverAuth" },
      "extended key usage does not allow tls-client" },
    { PKI_P256, { .purpose = PURPOSE_TLS_SERVER, .ext_usage = "clientAuth,codeSigning" },
      "extended key usage does not allow tls-server" },
    { PKI_P256, { .purpose = PURPOSE_ONDERTEKENEN, .basic = "critical,CA:TRUE",
                  .key_usage = "digitalSignature,keyCertSign" }, "authority (CA)" },
    { PKI_P256, { .purpose = PURPOSE_ONDERTEKENEN, .basic = "CA:TRUE" }, "authority (CA)" },
    { PKI_P256, { .purpose = PURPOSE_ONDERTEKENEN, .key_usage = "digitalSignature,cRLSign" },
      "may sign certificates or CRLs" },
};
/* clang-format on */

static void a_certificate_for_something_else_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(MISFITS); i++) {
        struct pki_leaf leaf = MISFITS[i].leaf;
        struct fault fault = { 0 };

        leaf.key = pki_key(MISFITS[i].kind, 0);
        SCOPED_X509 X509 *certificate = issue(leaf);
        if (certificate_fits(certificate, leaf.purpose, &fault))
            fail_msg("case %zu was accepted (wanted: %s)", i, MISFITS[i].says);
        assert_says(&fault, MISFITS[i].says);
    }
}

static void other_kinds_of_key_are_refused(void **state)
{
    static const struct {
        const char *type, *curve, *says;
    } CASES[] = {
        { "EC", "P-521", "key is EC with another curve" },
        { "EC", "secp256k1", "key is EC with another curve" },
        { "EC", "brainpoolP256r1", "key is EC with another curve" },
        { "ED25519", NULL, "key is ED25519-256" },
        { "ED448", NULL, "key is ED448-456" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        EVP_PKEY *key = CASES[i].curve ? EVP_EC_gen(CASES[i].curve)
                                       : EVP_PKEY_Q_keygen(NULL, NULL, CASES[i].type);
        SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ .oin = OIN });
        struct fault fault = { 0 };

        assert_true(X509_set_pubkey(certificate, key));
        assert_false(certificate_fits(certificate, PURPOSE_TLS_SERVER, &fault));
        assert_says(&fault, CASES[i].says);
        EVP_PKEY_free(key);
    }
}

/* P-256 in all but name: parameters spelled out are where CVE-2022-0778 and -2020-0601 came
 * from. */
static void a_curve_spelled_out_is_refused(void **state)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    SCOPED_BUF struct buf der = { 0 };
    struct fault fault = { 0 };

    (void)state;
    assert_true(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"));
    SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ .oin = OIN, .key = key });
    SCOPED_X509 X509 *read = NULL;
    certificate_to_der(certificate, &der);
    assert_true(certificate_from_der(der.data, der.size, &read, &fault));
    assert_false(certificate_fits(read, PURPOSE_TLS_SERVER, &fault));
    assert_says(&fault, "key is EC with another curve");
    EVP_PKEY_free(key);
}

static void a_certificate_without_key_usage_or_of_version_1_is_refused(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    for (int version = X509_VERSION_1; version <= X509_VERSION_3; version += 2) {
        SCOPED_X509 X509 *certificate = issue((struct pki_leaf){ .oin = OIN });
        while (X509_get_ext_count(certificate) > 0)
            X509_EXTENSION_free(X509_delete_ext(certificate, 0));
        assert_true(X509_set_version(certificate, version));
        assert_false(certificate_fits(certificate, PURPOSE_TLS_SERVER, &fault));
        assert_says(&fault, version == X509_VERSION_1 ? "not version 3" : "has no key usage");
    }
}

static void validity_includes_its_first_and_last_second(void **state)
{
    const time_t from = 1700000000, until = 1800000000;
    SCOPED_X509 X509 *certificate =
        issue((struct pki_leaf){ .oin = OIN, .not_before = from, .not_after = until });
    struct fault fault = { 0 };

    (void)state;
    assert_true(certificate_valid_at(certificate, from, &fault));
    assert_true(certificate_valid_at(certificate, until, &fault));
    assert_int_equal(certificate_not_after(certificate), until);
    assert_false(certificate_valid_at(certificate, from - 1, &fault));
    assert_says(&fault, "not yet valid");
    assert_false(certificate_valid_at(certificate, until + 1, &fault));
    assert_says(&fault, "has expired");
}

static void keys_are_named_for_people(void **state)
{
    static const char *const NAMES[PKI_KINDS] = {
        [PKI_RSA] = "RSA-3072",
        [PKI_P256] = "EC P-256",
        [PKI_P384] = "EC P-384",
        [PKI_RSA2048] = "RSA-2048",
    };
    char name[40];

    (void)state;
    for (int kind = 0; kind < PKI_KINDS; kind++) {
        certificate_key_name(pki_key((enum pki_kind)kind, 0), name, sizeof(name));
        assert_string_equal(name, NAMES[kind]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purposes_have_names_and_names_purposes),
        cmocka_unit_test(der_and_pem_read_back_the_same),
        cmocka_unit_test(der_is_consumed_to_its_last_byte),
        cmocka_unit_test(a_certificate_that_is_not_der_is_refused),
        cmocka_unit_test(a_certificate_beyond_the_size_cap_is_refused),
        cmocka_unit_test(text_that_is_no_pem_certificate_is_refused),
        cmocka_unit_test(the_oin_is_the_one_serial_number_of_the_subject),
        cmocka_unit_test(anything_but_one_oin_of_20_digits_is_refused),
        cmocka_unit_test(each_purpose_has_certificates_that_fit),
        cmocka_unit_test(a_certificate_for_something_else_is_refused),
        cmocka_unit_test(other_kinds_of_key_are_refused),
        cmocka_unit_test(a_curve_spelled_out_is_refused),
        cmocka_unit_test(a_certificate_without_key_usage_or_of_version_1_is_refused),
        cmocka_unit_test(validity_includes_its_first_and_last_second),
        cmocka_unit_test(keys_are_named_for_people),
    };
    return cmocka_run_group_tests(tests, make_pki, drop_pki);
}
