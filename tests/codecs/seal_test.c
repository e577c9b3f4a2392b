/* Sealing: opens for both, and for nobody once one byte of it differs. */
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/pem.h>

#include "codecs/seal.h"
#include "tests/pki.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ONE_TEXT "cannot be opened with our key, or was changed on the way"
#define RSA_STRIDE                                                                            \
    9 /* of an RSA body only every ninth byte: each costs a private operation                 \
       */

extern char **environ;

static const char PLAIN[] = "<bericht>Estafette</bericht>";
static const enum pki_kind KINDS[] = { PKI_RSA, PKI_P256, PKI_P384 };
static X509 *CERTIFICATES[PKI_KINDS][2]; /* of pki_key(kind, 0) and (kind, 1) */
static X509 *RENEWED[PKI_KINDS][2];      /* other certificates for the same keys */

static int make_certificates(void **state)
{
    struct pki *pki = pki_create(PKI_P256, "Test CA");
    struct pki *other = pki_create(PKI_P256, "Other CA");

    (void)state;
    for (int kind = 0; kind < PKI_KINDS; kind++)
        for (int n = 0; n < 2; n++) {
            const struct pki_leaf leaf = { .oin = "00000001001234567000",
                                           .purpose = PURPOSE_VERZEGELEN,
                                           .key = pki_key((enum pki_kind)kind, n) };
            CERTIFICATES[kind][n] = pki_issue(pki, &leaf);
            RENEWED[kind][n] = pki_issue(other, &leaf);
        }
    pki_destroy(pki);
    pki_destroy(other);
    return 0;
}

static int drop_certificates(void **state)
{
    (void)state;
    for (int kind = 0; kind < PKI_KINDS; kind++)
        for (int n = 0; n < 2; n++) {
            X509_free(CERTIFICATES[kind][n]);
            X509_free(RENEWED[kind][n]);
        }
    return 0;
}

static void seal_for(enum pki_kind receiver, enum pki_kind sender, struct buf *sealed)
{
    X509 *const recipients[2] = { CERTIFICATES[receiver][0], CERTIFICATES[sender][1] };
    struct fault fault = { 0 };

    if (!seal_make(PLAIN, sizeof(PLAIN), recipients, sealed, &fault))
        fail_msg("%s", fault.text);
}

/* Opens as the nth recipient; what opens must be what was sealed. */
static bool opens(const struct buf *sealed, enum pki_kind kind, int n, struct fault *fault)
{
    SCOPED_BUF struct buf plain = { 0 };

    if (!seal_open(sealed->data, sealed->size, pki_key(kind, n), &plain, fault)) {
        assert_int_equal(plain.size, 0);
        assert_int_equal(fault->code, FAULT_SEAL);
        return false;
    }
    assert_int_equal(plain.size, sizeof(PLAIN));
    assert_memory_equal(plain.data, PLAIN, sizeof(PLAIN));
    return true;
}

static void every_pairing_opens_for_receiver_and_sender(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    for (size_t a = 0; a < COUNT(KINDS); a++)
        for (size_t b = 0; b < COUNT(KINDS); b++) {
            SCOPED_BUF struct buf sealed = { 0 };
            seal_for(KINDS[a], KINDS[b], &sealed);
            assert_true(opens(&sealed, KINDS[a], 0, &fault));
            assert_true(opens(&sealed, KINDS[b], 1, &fault));
        }
}

/* Before and after a renewal a key has two certificates; what was sealed for either opens. */
static void what_was_sealed_for_any_certificate_of_a_key_opens_with_it(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    for (size_t a = 0; a < COUNT(KINDS); a++)
        for (size_t b = 0; b < COUNT(KINDS); b++) {
            SCOPED_BUF struct buf sealed = { 0 };
            X509 *const recipients[2] = { RENEWED[KINDS[a]][0], RENEWED[KINDS[b]][1] };
            assert_true(seal_make(PLAIN, sizeof(PLAIN), recipients, &sealed, &fault));
            assert_true(opens(&sealed, KINDS[a], 0, &fault));
            assert_true(opens(&sealed, KINDS[b], 1, &fault));
        }
}

/* The two keys of one kind, nearly alike to OpenSSL: each opens its own recipient only. */
static void no_other_key_opens_it(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    for (size_t a = 0; a < COUNT(KINDS); a++) {
        enum pki_kind next = KINDS[(a + 1) % COUNT(KINDS)];
        SCOPED_BUF struct buf sealed = { 0 };
        seal_for(KINDS[a], next, &sealed);
        assert_false(opens(&sealed, KINDS[a], 1, &fault));
        assert_string_equal(fault.text, ONE_TEXT);
        assert_false(opens(&sealed, next, 0, &fault));
        assert_string_equal(fault.text, ONE_TEXT);
    }
}

static void the_same_text_is_never_sealed_the_same(void **state)
{
    SCOPED_BUF struct buf one = { 0 }, two = { 0 };

    (void)state;
    seal_for(PKI_P256, PKI_P256, &one);
    seal_for(PKI_P256, PKI_P256, &two);
    assert_int_equal(one.size, two.size);
    assert_memory_not_equal(one.data + one.size - 18 - sizeof(PLAIN),
                            two.data + two.size - 18 - sizeof(PLAIN), sizeof(PLAIN) + 18);
}

/* The end of the OCTET STRING at `at` when it is an RSA body, else 0. */
static size_t rsa_body_end(const struct buf *sealed, size_t at)
{
    static const unsigned char HEADER[] = { 0x04, 0x82, 0x01, 0x80 };

    if (at + 388 < sealed->size && memcmp(sealed->data + at, HEADER, sizeof(HEADER)) == 0)
        return at + 388;
    return 0;
}

/* Where issuer and serial number of a recipient stand: names, which nobody reads. */
static bool names_somebody(const struct buf *sealed, size_t at, X509 *recipient)
{
    const unsigned char *name;
    size_t size;

    assert_true(X509_NAME_get0_der(X509_get_issuer_name(recipient), &name, &size));
    const ASN1_INTEGER *serial = X509_get0_serialNumber(recipient);
    for (const unsigned char *from = sealed->data;
         (from = memmem(from, (size_t)(sealed->data + sealed->size - from), name, size));
         from += size) {
        size_t start = (size_t)(from - sealed->data);
        if (at >= start && at < start + size + 2 + (size_t)ASN1_STRING_length(serial))
            return true;
    }
    return false;
}

/* The other recipient's key is no business of ours, nor is what a recipient is called, and CMS
 * authenticates neither: a flip there goes unseen by us, harms nobody else, and never changes
 * what is read. */
static void flip_each_byte(enum pki_kind receiver, enum pki_kind sender)
{
    SCOPED_BUF struct buf sealed = { 0 };
    struct fault fault = { 0 };
    size_t body = 0;

    seal_for(receiver, sender, &sealed);
    for (size_t i = 0; i < sealed.size; i += i < body ? RSA_STRIDE : 1) {
        size_t end = rsa_body_end(&sealed, i);
        body = end ? end : body;
        bool name = names_somebody(&sealed, i, CERTIFICATES[receiver][0]);
        sealed.data[i] ^= (unsigned char)(1 << i % 8);
        bool first = opens(&sealed, receiver, 0, &fault);
        bool second = opens(&sealed, sender, 1, &fault);
        if (first && second && !name)
            fail_msg("byte %zu of %zu may differ unseen", i, sealed.size);
        sealed.data[i] ^= (unsigned char)(1 << i % 8);
    }
}

static void every_flipped_byte_is_refused(void **state)
{
    (void)state;
    for (size_t a = 0; a < COUNT(KINDS); a++)
        for (size_t b = a; b < COUNT(KINDS); b++)
            flip_each_byte(KINDS[a], KINDS[b]);
}

static void every_truncation_and_every_addition_is_refused(void **state)
{
    (void)state;
    for (size_t a = 0; a < COUNT(KINDS); a++)
        for (size_t b = a; b < COUNT(KINDS); b++) {
            SCOPED_BUF struct buf sealed = { 0 };
            struct fault fault = { 0 };
            seal_for(KINDS[a], KINDS[b], &sealed);
            for (size_t size = 0; size < sealed.size; size++) {
                const struct buf cut = { .data = sealed.data, .size = size };
                assert_false(opens(&cut, KINDS[a], 0, &fault));
                assert_non_null(strstr(fault.text, "not the sealed form"));
            }
            buf_add(&sealed, "", 1);
            assert_false(opens(&sealed, KINDS[a], 0, &fault));
            assert_string_equal(fault.text, "not the sealed form: bytes behind its end");
        }
}

/* Everything after the shape fails with one text, or an attacker could ask questions. */
static void failures_behind_the_shape_have_one_text(void **state)
{
    SCOPED_BUF struct buf sealed = { 0 };
    const struct {
        size_t flip;
        EVP_PKEY *key;
    } CASES[] = {
        { 0, pki_key(PKI_RSA, 1) },     /* another's key */
        { 0, pki_key(PKI_RSA2048, 0) }, /* of another size */
        { 0, pki_key(PKI_P256, 0) },    /* another's EC key */
        { 0, pki_key(PKI_P384, 0) },    /* another curve */
        { 1, pki_key(PKI_RSA, 0) },     /* tag */
        { 1, pki_key(PKI_P256, 1) },    /* tag */
        { 20, pki_key(PKI_RSA, 0) },    /* content */
        { 20, pki_key(PKI_P256, 1) },   /* content */
    };

    (void)state;
    seal_for(PKI_RSA, PKI_P256, &sealed);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        SCOPED_BUF struct buf plain = { 0 };
        struct fault fault = { 0 };

        if (CASES[i].flip)
            sealed.data[sealed.size - CASES[i].flip] ^= 1;
        assert_false(seal_open(sealed.data, sealed.size, CASES[i].key, &plain, &fault));
        assert_string_equal(fault.text, ONE_TEXT);
        assert_int_equal(plain.size, 0);
        if (CASES[i].flip)
            sealed.data[sealed.size - CASES[i].flip] ^= 1;
    }
}

static void what_cannot_be_sealed_is_said(void **state)
{
    X509 *const weak[2] = { CERTIFICATES[PKI_P256][0], CERTIFICATES[PKI_RSA2048][1] };
    X509 *const good[2] = { CERTIFICATES[PKI_P256][0], CERTIFICATES[PKI_P256][1] };
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    SCOPED_X509 X509 *other = X509_dup(CERTIFICATES[PKI_P256][0]);
    X509 *const signing[2] = { other, CERTIFICATES[PKI_P256][1] };
    SCOPED_BUF struct buf sealed = { 0 };
    struct fault fault = { 0 };

    (void)state;
    assert_false(seal_make(PLAIN, sizeof(PLAIN), weak, &sealed, &fault));
    assert_non_null(strstr(fault.text, "no recipient: encrypted key for RSA-3072 or larger"));
    assert_true(X509_set_pubkey(other, key));
    assert_false(seal_make(PLAIN, sizeof(PLAIN), signing, &sealed, &fault));
    assert_string_equal(fault.text, "cannot be sealed for these two certificates");
    assert_false(seal_make(PLAIN, 0, good, &sealed, &fault));
    assert_int_equal(fault.code, FAULT_SIZE);
    assert_false(seal_make(PLAIN, SEAL_BYTES_MAX + 1UL, good, &sealed, &fault));
    assert_int_equal(fault.code, FAULT_SIZE);
    assert_int_equal(sealed.size, 0);
    EVP_PKEY_free(key);
}

static void a_megabyte_opens_whole(void **state)
{
    X509 *const recipients[2] = { CERTIFICATES[PKI_P256][0], CERTIFICATES[PKI_P384][1] };
    SCOPED_BUF struct buf plain = { 0 }, sealed = { 0 }, opened = { 0 };
    struct fault fault = { 0 };

    (void)state;
    memset(buf_reserve(&plain, 1 << 20), 'x', 1 << 20);
    buf_grown(&plain, 1 << 20);
    assert_true(seal_make(plain.data, plain.size, recipients, &sealed, &fault));
    assert_true(sealed.size < plain.size + SEAL_EXTRA_MAX);
    assert_true(seal_open(sealed.data, sealed.size, pki_key(PKI_P256, 0), &opened, &fault));
    assert_int_equal(opened.size, plain.size);
    assert_memory_equal(opened.data, plain.data, plain.size);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void write_pem(const char *path, X509 *certificate, EVP_PKEY *key)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    if (certificate)
        assert_true(PEM_write_X509(file, certificate));
    if (key)
        assert_true(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
    fclose(file);
}

static int run(char *const argv[])
{
    pid_t child;
    int status;

    assert_int_equal(posix_spawnp(&child, argv[0], NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void openssl_alone_reads_it(const struct buf *sealed, enum pki_kind kind, int n)
{
    char folder[] = "/tmp/estafette-seal-XXXXXX", plain[sizeof(PLAIN) + 1] = "";
    char *const argv[] = { "openssl", "cms",      "-decrypt", "-binary",   "-inform",
                           "DER",     "-in",      "sealed",   "-recip",    "cert.pem",
                           "-inkey",  "cert.pem", "-out",     "plain.xml", NULL };

    assert_non_null(mkdtemp(folder));
    int back = open(".", O_RDONLY | O_DIRECTORY);
    assert_int_equal(chdir(folder), 0);
    write_file("sealed", sealed->data, sealed->size);
    write_pem("cert.pem", CERTIFICATES[kind][n], pki_key(kind, n));
    assert_int_equal(run(argv), 0);
    FILE *file = fopen("plain.xml", "rb");
    assert_non_null(file);
    assert_int_equal(fread(plain, 1, sizeof(plain), file), sizeof(PLAIN));
    assert_string_equal(plain, PLAIN);
    fclose(file);
    unlink("sealed"), unlink("cert.pem"), unlink("plain.xml");
    assert_int_equal(fchdir(back), 0);
    close(back);
    rmdir(folder);
}

static void the_openssl_command_opens_what_we_seal(void **state)
{
    (void)state;
    for (size_t a = 0; a < COUNT(KINDS); a++) {
        enum pki_kind other = KINDS[(a + 1) % COUNT(KINDS)];
        SCOPED_BUF struct buf sealed = { 0 };
        seal_for(KINDS[a], other, &sealed);
        openssl_alone_reads_it(&sealed, KINDS[a], 0);
        openssl_alone_reads_it(&sealed, other, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pairing_opens_for_receiver_and_sender),
        cmocka_unit_test(what_was_sealed_for_any_certificate_of_a_key_opens_with_it),
        cmocka_unit_test(no_other_key_opens_it),
        cmocka_unit_test(the_same_text_is_never_sealed_the_same),
        cmocka_unit_test(every_flipped_byte_is_refused),
        cmocka_unit_test(every_truncation_and_every_addition_is_refused),
        cmocka_unit_test(failures_behind_the_shape_have_one_text),
        cmocka_unit_test(what_cannot_be_sealed_is_said),
        cmocka_unit_test(a_megabyte_opens_whole),
        cmocka_unit_test(the_openssl_command_opens_what_we_seal),
    };
    return cmocka_run_group_tests(tests, make_certificates, drop_certificates);
}
