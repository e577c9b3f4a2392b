/* Our own keys: made once, never replaced, loaded only when everything about them fits. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "gateway/keys.h"
#include "peers/file.h"
#include "tests/pki.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define OIN "00000001001234567000"

static char FOLDER[64];
static struct home HOME;
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

static int make_home(void **state)
{
    struct fault fault;

    (void)state;
    snprintf(FOLDER, sizeof(FOLDER), "/tmp/estafette-keys-XXXXXX");
    return mkdtemp(FOLDER) && home_create(FOLDER, &HOME, &fault) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static int drop_home(void **state)
{
    (void)state;
    return nftw(FOLDER, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void assert_says(const struct fault *fault, enum fault_code code, const char *says)
{
    if (!strstr(fault->text, says))
        fail_msg("\"%s\" does not say \"%s\"", fault->text, says);
    assert_int_equal(fault->code, code);
}

static X509_REQ *read_request(const struct buf *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->size);
    X509_REQ *request = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);

    BIO_free(bio);
    assert_non_null(request);
    return request;
}

static X509_REQ *request_for(enum purpose purpose, const char *kind)
{
    const struct csr csr = { purpose, OIN, "Gemeente Test", "gateway.example.nl" };
    SCOPED_BUF struct buf pem = { 0 };
    struct fault fault = { 0 };

    if (!keys_request(&HOME, &csr, kind, &pem, &fault))
        fail_msg("%s", fault.text);
    return read_request(&pem);
}

static void install(enum purpose purpose, X509 *certificate)
{
    char path[PATH_MAX], relative[64];
    SCOPED_BUF struct buf pem = { 0 };
    struct fault fault = { 0 };

    snprintf(relative, sizeof(relative), "certificates/%s.pem", purpose_name(purpose));
    certificate_to_pem(certificate, &pem);
    assert_true(
        file_write(home_path(&HOME, relative, path), 0600, pem.data, pem.size, &fault));
}

/* Asks for a key, has it certified as `leaf` says and installs the certificate. */
static void certify(enum purpose purpose, struct pki_leaf leaf)
{
    X509_REQ *request = request_for(purpose, "ec");

    leaf.key = X509_REQ_get0_pubkey(request);
    SCOPED_X509 X509 *certificate = pki_issue(PKI, &leaf);
    install(purpose, certificate);
    X509_REQ_free(request);
}

static void fill_home(void)
{
    static const enum purpose NEEDED[] = { PURPOSE_TLS_SERVER, PURPOSE_ONDERTEKENEN,
                                           PURPOSE_VERZEGELEN };
    struct fault fault = { 0 };

    assert_true(keys_make_home(&HOME, &fault));
    for (size_t i = 0; i < COUNT(NEEDED); i++)
        certify(NEEDED[i], (struct pki_leaf){ .oin = OIN, .purpose = NEEDED[i] });
}

static struct keys *load(void)
{
    struct keys *keys;
    struct fault fault = { 0 };

    if (!keys_load(&HOME, OIN, &keys, &fault))
        fail_msg("%s", fault.text);
    return keys;
}

static void assert_load_fails(const char *says, const char *advice)
{
    struct keys *keys;
    struct fault fault = { 0 };

    assert_false(keys_load(&HOME, OIN, &keys, &fault));
    assert_null(keys);
    assert_says(&fault, FAULT_CONFIG, says);
    if (!strstr(fault_action(&fault), advice))
        fail_msg("\"%s\" does not advise \"%s\"", fault_action(&fault), advice);
}

static void every_key_is_loaded_with_its_certificate(void **state)
{
    (void)state;
    fill_home();
    struct keys *keys = load();
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        assert_int_equal(X509_check_private_key(keys_certificate(keys, (enum purpose)purpose),
                                                keys_get(keys, (enum purpose)purpose)),
                         1);
    assert_ptr_equal(keys_get(keys, PURPOSE_TLS_CLIENT), keys_get(keys, PURPOSE_TLS_SERVER));
    keys_destroy(keys);
    certify(PURPOSE_TLS_CLIENT,
            (struct pki_leaf){ .oin = OIN, .purpose = PURPOSE_TLS_CLIENT });
    keys = load();
    assert_ptr_not_equal(keys_get(keys, PURPOSE_TLS_CLIENT),
                         keys_get(keys, PURPOSE_TLS_SERVER));
    keys_destroy(keys);
    keys_destroy(NULL);
}

static void a_certificate_that_does_not_fit_is_refused(void **state)
{
    const struct {
        enum purpose purpose;
        struct pki_leaf leaf;
        const char *says;
    } CASES[] = {
        { PURPOSE_ONDERTEKENEN,
          { .oin = "00000001009999999000", .purpose = PURPOSE_ONDERTEKENEN },
          "ondertekenen: the certificate carries OIN 00000001009999999000" },
        { PURPOSE_ONDERTEKENEN,
          { .purpose = PURPOSE_ONDERTEKENEN },
          "ondertekenen: certificate: no serialNumber" },
        { PURPOSE_VERZEGELEN,
          { .oin = OIN, .purpose = PURPOSE_ONDERTEKENEN },
          "verzegelen: certificate: key usage has no keyAgreement" },
        { PURPOSE_TLS_SERVER,
          { .oin = OIN, .ext_usage = "serverAuth" },
          "tls-client: certificate: extended key usage does not allow tls-client" },
    };

    (void)state;
    fill_home();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        certify(CASES[i].purpose, CASES[i].leaf);
        assert_load_fails(CASES[i].says, "");
        certify(CASES[i].purpose,
                (struct pki_leaf){ .oin = OIN, .purpose = CASES[i].purpose });
    }
    keys_destroy(load());
}

static void the_certificate_of_another_key_is_refused(void **state)
{
    const struct pki_leaf leaf = { .oin = OIN,
                                   .purpose = PURPOSE_ONDERTEKENEN,
                                   .key = pki_key(PKI_P256, 0) };
    SCOPED_X509 X509 *certificate = pki_issue(PKI, &leaf);

    (void)state;
    fill_home();
    install(PURPOSE_ONDERTEKENEN, certificate);
    assert_load_fails("ondertekenen: the certificate is not of this key",
                      "estafette certificate install FILE");
}

static void what_is_missing_or_unreadable_is_named(void **state)
{
    static const struct {
        const char *file, *content, *says, *advice;
    } CASES[] = {
        { "keys/ondertekenen.key", NULL, "keys/ondertekenen.key: there is no such key",
          "estafette certificate request ondertekenen" },
        { "certificates/verzegelen.pem", NULL, "certificates/verzegelen.pem: there is no such",
          "estafette certificate install FILE" },
        { "keys/verzegelen.key", "no key", "keys/verzegelen.key: no private key in PEM", "" },
        { "certificates/tls-server.pem", "none", "tls-server.pem: certificate: no PEM", "" },
        { "keys/home.key", NULL, "keys/home.key: No such file", "" },
        { "keys/home.key", "short", "keys/home.key: not 32 bytes", "from the backup" },
    };
    char path[PATH_MAX];
    struct fault fault = { 0 };

    (void)state;
    fill_home();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        SCOPED_BUF struct buf kept = { 0 };
        const char *content = CASES[i].content;

        assert_true(file_read(home_path(&HOME, CASES[i].file, path), 65536, &kept, &fault));
        assert_int_equal(unlink(path), 0);
        if (content)
            assert_true(file_write(path, 0600, content, strlen(content), &fault));
        struct keys *keys;
        assert_false(keys_load(&HOME, OIN, &keys, &fault));
        assert_true(fault.code == FAULT_CONFIG || fault.code == FAULT_INPUT);
        assert_says(&fault, fault.code, CASES[i].says);
        assert_non_null(strstr(fault_action(&fault), CASES[i].advice));
        assert_true(file_write(path, 0600, kept.data, kept.size, &fault));
    }
    keys_destroy(load());
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    static const char *const FILES[] = { "keys/tls-server.key", "keys/home.key" };
    char path[PATH_MAX];
    struct stat status;

    (void)state;
    fill_home();
    for (size_t i = 0; i < COUNT(FILES); i++) {
        assert_int_equal(stat(home_path(&HOME, FILES[i], path), &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        assert_int_equal(chmod(path, 0640), 0);
        assert_load_fails("open to others (mode 0640)", "chmod 0600");
        assert_int_equal(chmod(path, 0600), 0);
    }
}

static void a_sealing_key_that_also_signs_is_refused(void **state)
{
    char from[PATH_MAX], to[PATH_MAX];

    (void)state;
    fill_home();
    home_path(&HOME, "keys/ondertekenen.key", from);
    home_path(&HOME, "keys/verzegelen.key", to);
    assert_int_equal(unlink(to), 0);
    assert_int_equal(link(from, to), 0);
    certify(PURPOSE_VERZEGELEN,
            (struct pki_leaf){ .oin = OIN, .purpose = PURPOSE_VERZEGELEN });
    assert_load_fails("ondertekenen and verzegelen share one key", "");
}

static void an_encrypted_key_asks_nobody_for_a_password(void **state)
{
    char path[PATH_MAX];
    FILE *file;
    char password[] = "secret";

    (void)state;
    fill_home();
    file = fopen(home_path(&HOME, "keys/ondertekenen.key", path), "w");
    assert_non_null(file);
    assert_true(PEM_write_PKCS8PrivateKey(file, pki_key(PKI_P256, 0), EVP_aes_256_cbc(),
                                          password, 6, NULL, NULL));
    fclose(file);
    assert_load_fails("no private key in PEM", "");
}

/* --- requests ------------------------------------------------------------------- */

static void assert_entry(const X509_NAME *subject, int place, int nid, const char *value)
{
    X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, place);
    const ASN1_STRING *text = X509_NAME_ENTRY_get_data(entry);

    assert_int_equal(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)), nid);
    assert_int_equal(ASN1_STRING_length(text), strlen(value));
    assert_memory_equal(ASN1_STRING_get0_data(text), value, strlen(value));
}

/* What extension `nid` of the request says, as OpenSSL prints it; "" when it is absent. */
static void assert_extension(X509_REQ *request, int nid, const char *says)
{
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(request);
    int place = X509v3_get_ext_by_NID(extensions, nid, -1);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;

    if (place >= 0)
        X509V3_EXT_print(bio, X509v3_get_ext(extensions, place), 0, 0);
    BIO_write(bio, "", 1);
    BIO_get_mem_data(bio, &text);
    assert_string_equal(text, says);
    BIO_free(bio);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

static void a_request_says_who_for_what_and_where(void **state)
{
    static const struct {
        enum purpose purpose;
        const char *kind, *key, *usage, *host, *names;
    } CASES[] = {
        { PURPOSE_TLS_SERVER, "ec", "EC P-256", "Digital Signature", "a.example.nl",
          "DNS:a.example.nl" },
        { PURPOSE_TLS_CLIENT, "ec", "EC P-256", "Digital Signature", "a.example.nl", "" },
        { PURPOSE_ONDERTEKENEN, "ec", "EC P-256", "Digital Signature", NULL, "" },
        { PURPOSE_VERZEGELEN, "rsa", "RSA-3072", "Key Encipherment", NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct csr csr = { CASES[i].purpose, OIN, "Gemeente 's-Gravenhage",
                                 CASES[i].host };
        SCOPED_BUF struct buf pem = { 0 };
        struct fault fault = { 0 };
        char name[40];

        assert_true(keys_request(&HOME, &csr, CASES[i].kind, &pem, &fault));
        X509_REQ *request = read_request(&pem);
        const X509_NAME *subject = X509_REQ_get_subject_name(request);
        assert_int_equal(X509_REQ_verify(request, X509_REQ_get0_pubkey(request)), 1);
        assert_int_equal(X509_NAME_entry_count(subject), 3);
        assert_entry(subject, 0, NID_serialNumber, OIN);
        assert_entry(subject, 1, NID_organizationName, "Gemeente 's-Gravenhage");
        assert_entry(subject, 2, NID_commonName,
                     CASES[i].host ? CASES[i].host : "Gemeente 's-Gravenhage");
        assert_extension(request, NID_key_usage, CASES[i].usage);
        assert_extension(request, NID_subject_alt_name, CASES[i].names);
        assert_extension(request, NID_ext_key_usage, "");
        certificate_key_name(X509_REQ_get0_pubkey(request), name, sizeof(name));
        assert_string_equal(name, CASES[i].key);
        X509_REQ_free(request);
    }
}

static void an_address_is_asked_for_as_an_address(void **state)
{
    static const struct {
        const char *host, *names;
    } CASES[] = {
        { "192.0.2.7", "IP Address:192.0.2.7" },
        { "2001:db8::7", "IP Address:2001:DB8:0:0:0:0:0:7" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct csr csr = { PURPOSE_TLS_SERVER, OIN, "Test", CASES[i].host };
        SCOPED_BUF struct buf pem = { 0 };
        struct fault fault = { 0 };

        assert_true(keys_request(&HOME, &csr, "ec", &pem, &fault));
        X509_REQ *request = read_request(&pem);
        assert_extension(request, NID_subject_alt_name, CASES[i].names);
        X509_REQ_free(request);
    }
}

static void what_cannot_stand_in_a_request_is_refused(void **state)
{
    static const char LONG[] =
        "A name of a municipality that is far too long for a certificate!!";
    static const struct {
        const char *kind;
        struct csr csr;
        const char *says;
    } CASES[] = {
        { "dsa", { PURPOSE_TLS_SERVER, OIN, "Test", "host" }, "kind of key: rsa or ec" },
        { "", { PURPOSE_TLS_SERVER, OIN, "Test", "host" }, "kind of key: rsa or ec" },
        { "ec", { PURPOSE_TLS_SERVER, OIN, "Test", NULL }, "needs the name of its host" },
        { "ec",
          { PURPOSE_TLS_SERVER, OIN, "Test", "a.nl,IP:10.0.0.1" },
          "neither a host name" },
        { "ec", { PURPOSE_TLS_SERVER, OIN, "Test", "a b" }, "neither a host name" },
        { "ec", { PURPOSE_TLS_SERVER, OIN, "Test", "-a.nl" }, "neither a host name" },
        { "ec", { PURPOSE_TLS_SERVER, OIN, "Test", "" }, "CN of the request" },
        { "ec", { PURPOSE_TLS_SERVER, OIN, LONG, "host" }, "O of the request" },
        { "ec", { PURPOSE_TLS_SERVER, OIN, "", "host" }, "O of the request" },
        { "ec", { PURPOSE_TLS_SERVER, OIN, "\xff\xfe", "host" }, "O of the request" },
        { "ec", { PURPOSE_TLS_SERVER, "", "Test", "host" }, "serialNumber of the request" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        SCOPED_BUF struct buf pem = { 0 };
        struct fault fault = { 0 };
        char path[PATH_MAX];

        if (keys_request(&HOME, &CASES[i].csr, CASES[i].kind, &pem, &fault))
            fail_msg("accepted (wanted: %s)", CASES[i].says);
        assert_says(&fault, FAULT_USAGE, CASES[i].says);
        assert_int_equal(pem.size, 0);
        assert_false(file_exists(home_path(&HOME, "keys/tls-server.key", path)));
    }
}

static void a_key_in_use_is_asked_for_again_never_replaced(void **state)
{
    const struct csr csr = { PURPOSE_ONDERTEKENEN, OIN, "Test", NULL };
    SCOPED_BUF struct buf pem = { 0 };
    struct fault fault = { 0 };
    X509_REQ *first = request_for(PURPOSE_ONDERTEKENEN, "ec");
    X509_REQ *second = request_for(PURPOSE_ONDERTEKENEN, "ec");

    (void)state;
    assert_int_equal(EVP_PKEY_eq(X509_REQ_get0_pubkey(first), X509_REQ_get0_pubkey(second)),
                     1);
    assert_false(keys_request(&HOME, &csr, "rsa", &pem, &fault));
    assert_says(&fault, FAULT_STATE,
                "keys/ondertekenen.key exists already and is EC P-256, not rsa");
    X509_REQ_free(first);
    X509_REQ_free(second);
}

static void a_certificate_is_brought_to_the_key_it_is_of(void **state)
{
    const struct pki_leaf other = { .oin = OIN, .key = pki_key(PKI_P256, 0) };
    SCOPED_X509 X509 *stranger = pki_issue(PKI, &other);
    enum purpose purpose;
    struct fault fault = { 0 };

    (void)state;
    assert_false(keys_owner(&HOME, stranger, &purpose, &fault));
    fill_home();
    for (int i = 0; i < PURPOSES; i++) {
        if (i == PURPOSE_TLS_CLIENT)
            continue;
        X509_REQ *request = request_for((enum purpose)i, "ec");
        const struct pki_leaf leaf = { .oin = OIN, .key = X509_REQ_get0_pubkey(request) };
        SCOPED_X509 X509 *certificate = pki_issue(PKI, &leaf);
        assert_true(keys_owner(&HOME, certificate, &purpose, &fault));
        assert_int_equal(purpose, i);
        X509_REQ_free(request);
    }
    assert_false(keys_owner(&HOME, stranger, &purpose, &fault));
    assert_says(&fault, FAULT_CERTIFICATE, "of none of our keys");
}

/* --- the store's own key ----------------------------------------------------------- */

static void a_home_key_is_never_made_anew(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    assert_true(keys_make_home(&HOME, &fault));
    assert_false(keys_make_home(&HOME, &fault));
    assert_says(&fault, FAULT_STATE, "keys/home.key: exists already");
}

static void a_field_opens_only_in_its_place_and_unchanged(void **state)
{
    static const char PLAIN[] = "9 digits";
    SCOPED_BUF struct buf sealed = { 0 }, again = { 0 }, plain = { 0 };
    struct fault fault = { 0 };

    (void)state;
    fill_home();
    struct keys *keys = load();
    keys_home_seal(keys, "person.bsn:1", PLAIN, sizeof(PLAIN), &sealed);
    keys_home_seal(keys, "person.bsn:1", PLAIN, sizeof(PLAIN), &again);
    assert_int_equal(sealed.size, 12 + sizeof(PLAIN) + 16);
    assert_memory_not_equal(sealed.data, again.data, sealed.size);
    assert_null(memmem(sealed.data, sealed.size, PLAIN, sizeof(PLAIN) - 1));
    buf_add_text(&plain, "<");
    assert_true(
        keys_home_unseal(keys, "person.bsn:1", sealed.data, sealed.size, &plain, &fault));
    assert_string_equal(buf_text(&plain), "<9 digits");
    buf_clear(&plain);
    assert_false(
        keys_home_unseal(keys, "person.bsn:2", sealed.data, sealed.size, &plain, &fault));
    assert_says(&fault, FAULT_STORE, "person.bsn:2: not sealed for this place");
    for (size_t i = 0; i < sealed.size; i++) {
        sealed.data[i] ^= 1;
        assert_false(
            keys_home_unseal(keys, "person.bsn:1", sealed.data, sealed.size, &plain, &fault));
        assert_false(keys_home_unseal(keys, "person.bsn:1", sealed.data, i, &plain, &fault));
        sealed.data[i] ^= 1;
    }
    assert_int_equal(plain.size, 0);
    keys_destroy(keys);
}

static void an_empty_field_is_a_field(void **state)
{
    SCOPED_BUF struct buf sealed = { 0 }, plain = { 0 };
    struct fault fault = { 0 };

    (void)state;
    fill_home();
    struct keys *keys = load();
    keys_home_seal(keys, "a", "", 0, &sealed);
    assert_true(keys_home_unseal(keys, "a", sealed.data, sealed.size, &plain, &fault));
    assert_int_equal(plain.size, 0);
    keys_destroy(keys);
}

static void another_home_neither_opens_nor_indexes_the_same(void **state)
{
    SCOPED_BUF struct buf sealed = { 0 }, plain = { 0 };
    struct digest here, again, other, there;
    char path[PATH_MAX];
    struct fault fault = { 0 };

    (void)state;
    fill_home();
    struct keys *keys = load();
    keys_home_seal(keys, "a", "x", 1, &sealed);
    keys_home_index(keys, "bsn:123456782", &here);
    keys_home_index(keys, "bsn:123456782", &again);
    keys_home_index(keys, "vnummer:123456782", &other);
    keys_destroy(keys);
    assert_true(digest_equal(&here, &again));
    assert_false(digest_equal(&here, &other));
    assert_int_equal(unlink(home_path(&HOME, "keys/home.key", path)), 0);
    assert_true(keys_make_home(&HOME, &fault));
    keys = load();
    keys_home_index(keys, "bsn:123456782", &there);
    assert_false(digest_equal(&here, &there));
    assert_false(keys_home_unseal(keys, "a", sealed.data, sealed.size, &plain, &fault));
    keys_destroy(keys);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_home, drop_home)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_key_is_loaded_with_its_certificate),
        TEST(a_certificate_that_does_not_fit_is_refused),
        TEST(the_certificate_of_another_key_is_refused),
        TEST(what_is_missing_or_unreadable_is_named),
        TEST(a_key_that_others_can_read_is_refused),
        TEST(a_sealing_key_that_also_signs_is_refused),
        TEST(an_encrypted_key_asks_nobody_for_a_password),
        TEST(a_request_says_who_for_what_and_where),
        TEST(an_address_is_asked_for_as_an_address),
        TEST(what_cannot_stand_in_a_request_is_refused),
        TEST(a_key_in_use_is_asked_for_again_never_replaced),
        TEST(a_certificate_is_brought_to_the_key_it_is_of),
        TEST(a_home_key_is_never_made_anew),
        TEST(a_field_opens_only_in_its_place_and_unchanged),
        TEST(an_empty_field_is_a_field),
        TEST(another_home_neither_opens_nor_indexes_the_same),
    };
    return cmocka_run_group_tests(tests, make_pki, drop_pki);
}
