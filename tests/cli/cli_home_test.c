/* The built estafette on the way from nothing to a home with certificates and trust. */
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
#include <openssl/pem.h>

#include "codecs/base/mem.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/pki.h"
#include "tools/cli/output.h"

#define FOLDER command_folder()

static struct pki *AUTHORITY;

static void put_certificate(const char *name, X509 *certificate)
{
    SCOPED_BUF struct buf pem = { 0 };

    certificate_to_pem(certificate, &pem);
    command_put(name, pem.data, pem.size);
}

static void put_crl(const char *name, X509_CRL *crl)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());

    assert_true(PEM_write_bio_X509_CRL(bio, crl));
    long size = BIO_get_mem_data(bio, &text);
    command_put(name, text, (size_t)size);
    BIO_free(bio);
    X509_CRL_free(crl);
}

/* What the authority answers to a request of the home. */
static void issue(struct pki *authority, const char *purpose, struct pki_leaf leaf)
{
    SCOPED_BUF struct buf pem = { 0 };
    struct fault fault = { 0 };
    char name[64];

    snprintf(name, sizeof(name), "home/certificates/%s.csr", purpose);
    if (!file_read(command_path(name), 65536, &pem, &fault))
        fail_msg("%s", fault.text);
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    X509_REQ *request = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
    assert_non_null(request);
    leaf.key = X509_REQ_get_pubkey(request);
    assert_int_equal(X509_REQ_verify(request, leaf.key), 1);
    assert_true(purpose_from_name(purpose, &leaf.purpose));
    X509 *certificate = pki_issue(authority, &leaf);
    put_certificate("issued.pem", certificate);
    X509_free(certificate);
    EVP_PKEY_free(leaf.key);
    X509_REQ_free(request);
    BIO_free(bio);
}

static void init_refuses_what_would_not_work_and_makes_nothing(void **state)
{
    static const struct {
        const char *change, *says;
    } CASES[] = {
        { "--oin 123 --endpoint https://x", "[organisatie] oin" },
        { "--oin " COMMAND_OIN " --endpoint http://x:1", "endpoint: https://" },
        { "--oin " COMMAND_OIN " --endpoint https://x/path", "endpoint: https://" },
        { "--oin " COMMAND_OIN " --endpoint https://x --gemeentecode 34", "gemeentecodes" },
        { "--oin " COMMAND_OIN " --endpoint https://x --omgeving acceptatie", "omgeving" },
        { "--oin " COMMAND_OIN " --endpoint https://x --key dsa", "--key: rsa or ec" },
        { "--oin " COMMAND_OIN " --endpoint https://x --contact-naam Jansen",
          "all three or none" },
        { "--oin " COMMAND_OIN " --endpoint https://x --naam A\tB", "control characters" },
        { "--oin " COMMAND_OIN " --endpoint https://bad_host!", "host" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const char *change = CASES[i].change;
        command_expect(64, CASES[i].says, "-C %s/never init %s%s%s%s", FOLDER, change,
                       strstr(change, "--naam") ? "" : " --naam Utrecht",
                       strstr(change, "--gemeente") ? "" : " --gemeentecode 0344",
                       strstr(change, "--omgeving") ? "" : " --omgeving test");
        assert_false(file_exists(command_path("never")));
    }
}

static void init_makes_a_home_once(void **state)
{
    static const char *const FILES[] = {
        "second/estafette.ini",
        "second/keys/home.key",
        "second/keys/tls-server.key",
        "second/keys/ondertekenen.key",
        "second/keys/verzegelen.key",
        "second/certificates/tls-server.csr",
        "second/certificates/ondertekenen.csr",
        "second/certificates/verzegelen.csr",
    };

    (void)state;
    assert_int_equal(
        command_run("--json -C %s/second " COMMAND_INIT " --gemeentecode 0345", FOLDER)->exit,
        0);
    json_auto_t *value = command_json();
    assert_int_equal(json_array_size(json_object_get(value, "requests")), 3);
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        struct stat status;
        assert_int_equal(stat(command_path(FILES[i]), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    SCOPED_BUF struct buf ini = { 0 };
    struct fault fault = { 0 };
    assert_true(file_read(command_path("second/estafette.ini"), 65536, &ini, &fault));
    assert_non_null(strstr(buf_text(&ini), "gemeentecodes = 0344, 0345\n"));
    command_expect(1, "is a home already", "-C %s/second " COMMAND_INIT, FOLDER);
}

static void init_says_what_comes_next(void **state)
{
    (void)state;
    const struct command_result *got = command_run("-C %s/third " COMMAND_INIT, FOLDER);
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "third/certificates/verzegelen.csr"));
    assert_non_null(strstr(got->err, "third certificate install FILE"));
}

static void a_request_is_made_again_for_the_same_key(void **state)
{
    (void)state;
    command_expect(0, "Send the request",
                   "-C %s/home certificate request ondertekenen --key ec", FOLDER);
    command_expect(1, "not rsa", "-C %s/home certificate request ondertekenen", FOLDER);
    command_expect(64, "rsa or ec", "-C %s/home certificate request tls-client --key dsa",
                   FOLDER);
}

static void certificates_that_do_not_fit_are_not_installed(void **state)
{
    static const struct {
        const char *purpose, *options;
        struct pki_leaf leaf;
        int exit;
        const char *says;
    } CASES[] = {
        { "ondertekenen", "", { .oin = "00000001009999999000" }, 76, "this home is of OIN" },
        { "ondertekenen", "", { .oin = NULL }, 76, "serialNumber" },
        { "ondertekenen",
          "",
          { .oin = COMMAND_OIN, .not_before = 1, .not_after = 86400 },
          76,
          "" },
        { "ondertekenen",
          "",
          { .oin = COMMAND_OIN, .key_usage = "critical,keyAgreement" },
          76,
          "" },
        { "ondertekenen", "", { .oin = COMMAND_OIN, .basic = "critical,CA:TRUE" }, 76, "" },
        { "ondertekenen",
          " --purpose verzegelen",
          { .oin = COMMAND_OIN },
          76,
          "belongs to the key for ondertekenen, not for verzegelen" },
        { "ondertekenen", " --purpose sign", { .oin = COMMAND_OIN }, 64, "unknown purpose" },
        { "tls-server",
          "",
          { .oin = COMMAND_OIN, .ext_usage = "serverAuth" },
          76,
          "certificate request tls-client" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        issue(AUTHORITY, CASES[i].purpose, CASES[i].leaf);
        command_expect(CASES[i].exit, CASES[i].says, "-C %s/home certificate install %s%s",
                       FOLDER, command_path("issued.pem"), CASES[i].options);
    }
    assert_false(file_exists(command_path("home/certificates/ondertekenen.pem")));
}

static void a_certificate_of_another_key_is_not_installed(void **state)
{
    const struct pki_leaf leaf = { .oin = COMMAND_OIN,
                                   .purpose = PURPOSE_ONDERTEKENEN,
                                   .key = pki_key(PKI_P256, 7) };
    X509 *certificate = pki_issue(AUTHORITY, &leaf);

    (void)state;
    put_certificate("other.pem", certificate);
    X509_free(certificate);
    command_expect(76, "", "-C %s/home certificate install %s/other.pem", FOLDER, FOLDER);
    command_put("junk.pem", "hello", 5);
    command_expect(76, "junk.pem", "-C %s/home certificate install %s/junk.pem", FOLDER,
                   FOLDER);
}

static void only_authorities_are_trusted(void **state)
{
    struct pki *below = pki_create_under(AUTHORITY, PKI_P256, "Below");

    (void)state;
    put_certificate("root.pem", pki_root(AUTHORITY));
    put_certificate("below.pem", pki_root(below));
    issue(AUTHORITY, "ondertekenen", (struct pki_leaf){ .oin = COMMAND_OIN });
    command_expect(76, "not a certificate of an authority", "-C %s/home trust add %s", FOLDER,
                   command_path("issued.pem"));
    command_expect(76, "no anchor", "-C %s/home trust add %s", FOLDER,
                   command_path("below.pem"));
    command_expect(76, "no intermediate", "-C %s/home trust add --intermediate %s", FOLDER,
                   command_path("root.pem"));
    SCOPED_BUF struct buf both = { 0 };
    certificate_to_pem(pki_root(AUTHORITY), &both);
    certificate_to_pem(pki_root(below), &both);
    command_put("both.pem", both.data, both.size);
    command_expect(76, "holds 2 certificates", "-C %s/home trust add %s", FOLDER,
                   command_path("both.pem"));
    put_crl("root.crl", pki_crl(AUTHORITY, NULL, 0, 0, 0));
    command_expect(76, "authority that is known", "-C %s/home trust crl %s", FOLDER,
                   command_path("root.crl"));
    command_expect(0, "none", "-C %s/home trust list", FOLDER);
    pki_destroy(below);
}

static void a_home_gets_its_certificates(void **state)
{
    static const char *const MADE[] = { "tls-server", "ondertekenen", "verzegelen" };

    (void)state;
    issue(AUTHORITY, "verzegelen", (struct pki_leaf){ .oin = COMMAND_OIN });
    command_expect(0, "there is no anchor yet", "-C %s/home certificate install %s", FOLDER,
                   command_path("issued.pem"));
    command_expect(0, "", "-C %s/home trust add %s/root.pem", FOLDER, FOLDER);
    command_expect(0, "", "-C %s/home trust add %s/root.pem", FOLDER, FOLDER); /* again */
    command_expect(76, "authority that is known", "-C %s/home trust crl --duo %s/root.crl",
                   FOLDER, FOLDER); /* that of peers says nothing about DUO */
    command_expect(0, "", "-C %s/home trust crl %s/root.crl", FOLDER, FOLDER);
    command_expect(0, "none", "-C %s/home trust list --duo", FOLDER);
    command_expect(0, "", "-C %s/home trust add --duo %s/root.pem", FOLDER, FOLDER);
    command_expect(0, "", "-C %s/home trust crl --duo %s/root.crl", FOLDER, FOLDER);
    assert_non_null(strstr(command_run("-C %s/home trust list --duo", FOLDER)->out, "crl"));
    for (size_t i = 0; i < sizeof(MADE) / sizeof(MADE[0]); i++) {
        issue(AUTHORITY, MADE[i], (struct pki_leaf){ .oin = COMMAND_OIN });
        command_expect(0, "", "-C %s/home certificate install %s --purpose %s", FOLDER,
                       command_path("issued.pem"), MADE[i]);
    }
    assert_int_equal(command_run("--json -C %s/home certificate list", FOLDER)->exit, 0);
    json_auto_t *value = command_json();
    const json_t *first = json_array_get(json_object_get(value, "certificates"), 0);
    assert_string_equal(output_text(first, "doel"), "tls-server");
    assert_string_equal(output_text(first, "state"), "installed");
    assert_string_equal(output_text(first, "sleutel"), "EC P-256");
    assert_int_equal(strlen(output_text(first, "fingerprint")), 64);
    assert_in_range(json_integer_value(json_object_get(first, "dagen")), 300, 366);
    const struct command_result *got = command_run("-C %s/home trust list", FOLDER);
    assert_non_null(strstr(got->out, "anchor "));
    assert_non_null(strstr(got->out, "crl "));
}

static void a_certificate_of_a_stranger_is_not_installed_behind_anchors(void **state)
{
    struct pki *stranger = pki_create(PKI_P256, "Stranger");

    (void)state;
    issue(stranger, "ondertekenen", (struct pki_leaf){ .oin = COMMAND_OIN });
    command_expect(76, "", "-C %s/home certificate install %s", FOLDER,
                   command_path("issued.pem"));
    put_crl("stranger.crl", pki_crl(stranger, NULL, 0, 0, 0));
    command_expect(76, "authority that is known", "-C %s/home trust crl %s", FOLDER,
                   command_path("stranger.crl"));
    pki_destroy(stranger);
}

static void a_crl_is_never_replaced_by_an_older_one(void **state)
{
    time_t now = time(NULL);

    (void)state;
    put_crl("older.crl", pki_crl(AUTHORITY, NULL, 0, now - 86400, now + 86400));
    command_expect(76, "older than the one that is here", "-C %s/home trust crl %s", FOLDER,
                   command_path("older.crl"));
    put_crl("newer.crl", pki_crl(AUTHORITY, NULL, 0, now - 60, now + 86400));
    command_expect(0, "", "-C %s/home trust crl %s", FOLDER, command_path("newer.crl"));
    command_put("junk.crl", "hello", 5);
    command_expect(76, "not a CRL", "-C %s/home trust crl %s", FOLDER,
                   command_path("junk.crl"));
}

static int begin(void **state)
{
    AUTHORITY = pki_create(PKI_P256, "Root");
    return command_begin(state);
}

static int end(void **state)
{
    pki_destroy(AUTHORITY);
    return command_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_refuses_what_would_not_work_and_makes_nothing),
        cmocka_unit_test(init_makes_a_home_once),
        cmocka_unit_test(init_says_what_comes_next),
        cmocka_unit_test(a_request_is_made_again_for_the_same_key),
        cmocka_unit_test(certificates_that_do_not_fit_are_not_installed),
        cmocka_unit_test(a_certificate_of_another_key_is_not_installed),
        cmocka_unit_test(only_authorities_are_trusted),
        cmocka_unit_test(a_home_gets_its_certificates),
        cmocka_unit_test(a_certificate_of_a_stranger_is_not_installed_behind_anchors),
        cmocka_unit_test(a_crl_is_never_replaced_by_an_older_one),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
