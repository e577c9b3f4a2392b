/* Trust: a chain to an anchor of ours, unrevoked, by CRLs that are valid now. */
#include <ftw.h>
#include <pthread.h>
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

#include "peers/file.h"
#include "peers/trust.h"
#include "tests/pki.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define OIN "00000001001234567000"

static struct pki *ROOT, *ISSUER, *STRANGER;
static char FOLDER[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(FOLDER, sizeof(FOLDER), "/tmp/estafette-trust-XXXXXX");
    return mkdtemp(FOLDER) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static int drop_folder(void **state)
{
    (void)state;
    return nftw(FOLDER, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int make_authorities(void **state)
{
    (void)state;
    ROOT = pki_create(PKI_P256, "Test Root");
    ISSUER = pki_create_under(ROOT, PKI_P256, "Test Issuer");
    STRANGER = pki_create(PKI_P256, "Stranger");
    return 0;
}

static int drop_authorities(void **state)
{
    (void)state;
    pki_destroy(ROOT);
    pki_destroy(ISSUER);
    pki_destroy(STRANGER);
    return 0;
}

static X509 *issue(struct pki *pki, struct pki_leaf leaf)
{
    leaf.oin = OIN;
    if (!leaf.key)
        leaf.key = pki_key(PKI_P256, 0);
    return pki_issue(pki, &leaf);
}

static void install_all(void)
{
    pki_install(ROOT, FOLDER);
    pki_install(ISSUER, FOLDER);
}

static struct trust *load(void)
{
    struct trust *trust;
    struct fault fault = { 0 };

    if (!trust_load(FOLDER, &trust, &fault))
        fail_msg("%s", fault.text);
    return trust;
}

static void write_in(const char *folder, const char *name, const struct buf *content)
{
    char path[256];
    struct fault fault = { 0 };

    snprintf(path, sizeof(path), "%s/%s", FOLDER, folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s/%s", FOLDER, folder, name);
    if (!file_write(path, 0600, content->data, content->size, &fault))
        fail_msg("%s", fault.text);
}

static void assert_refused(struct trust *trust, X509 *certificate, enum purpose purpose,
                           enum fault_code code, const char *says)
{
    struct fault fault = { 0 };

    if (trust_check(trust, certificate, purpose, time(NULL), &fault))
        fail_msg("accepted (wanted: %s)", says);
    if (!strstr(fault.text, says))
        fail_msg("\"%s\" does not say \"%s\"", fault.text, says);
    assert_int_equal(fault.code, code);
}

static void a_chain_to_our_anchor_is_trusted(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    install_all();
    SCOPED_TRUST struct trust *trust = load();
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        SCOPED_X509 X509 *by_root =
            issue(ROOT, (struct pki_leaf){ .purpose = (enum purpose)purpose });
        SCOPED_X509 X509 *by_issuer =
            issue(ISSUER, (struct pki_leaf){ .purpose = (enum purpose)purpose });
        for (int i = 0; i < 2; i++) {
            assert_true(
                trust_check(trust, by_root, (enum purpose)purpose, time(NULL), &fault));
            assert_true(
                trust_check(trust, by_issuer, (enum purpose)purpose, time(NULL), &fault));
        }
    }
}

static void an_empty_folder_trusts_nobody(void **state)
{
    SCOPED_TRUST struct trust *trust = load();
    SCOPED_X509 X509 *certificate = issue(ROOT, (struct pki_leaf){ 0 });

    (void)state;
    assert_refused(trust, certificate, PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE,
                   "unable to get local issuer certificate");
    assert_refused(trust, pki_root(ROOT), PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE,
                   "self-signed certificate");
}

static void what_is_wrong_with_a_certificate_is_said(void **state)
{
    const time_t now = time(NULL);
    const struct {
        struct pki *by;
        enum purpose purpose;
        struct pki_leaf leaf;
        const char *says;
    } CASES[] = {
        { ISSUER, PURPOSE_ONDERTEKENEN, { .not_after = now - 60 }, "certificate has expired" },
        { ISSUER, PURPOSE_ONDERTEKENEN, { .not_before = now + 60 }, "is not yet valid" },
        { STRANGER, PURPOSE_ONDERTEKENEN, { 0 }, "unable to get local issuer" },
        { ISSUER,
          PURPOSE_TLS_CLIENT,
          { .ext_usage = "serverAuth" },
          "unsuitable certificate" },
        { ISSUER,
          PURPOSE_TLS_SERVER,
          { .ext_usage = "clientAuth" },
          "unsuitable certificate" },
        { ISSUER,
          PURPOSE_ONDERTEKENEN,
          { .digest = EVP_sha1() },
          "digest algorithm too weak" },
        { ROOT, PURPOSE_ONDERTEKENEN, { .digest = EVP_sha1() }, "digest algorithm too weak" },
        { ISSUER,
          PURPOSE_ONDERTEKENEN,
          { .basic = "critical,CA:FALSE,pathlen:1" },
          "certificate of" },
    };

    (void)state;
    install_all();
    SCOPED_TRUST struct trust *trust = load();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        SCOPED_X509 X509 *certificate = issue(CASES[i].by, CASES[i].leaf);
        assert_refused(trust, certificate, CASES[i].purpose, FAULT_CERTIFICATE, CASES[i].says);
    }
}

static void a_weak_key_is_refused_anywhere_in_the_chain(void **state)
{
    EVP_PKEY *weak = EVP_RSA_gen(1024);
    SCOPED_X509 X509 *certificate = issue(ISSUER, (struct pki_leaf){ .key = weak });

    (void)state;
    install_all();
    SCOPED_TRUST struct trust *trust = load();
    assert_refused(trust, certificate, PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE,
                   "key too weak");
    EVP_PKEY_free(weak);
}

static void a_leaf_cannot_issue(void **state)
{
    struct pki *leaf = pki_create_under(ISSUER, PKI_P256, "Leaf");
    SCOPED_BUF struct buf pem = { 0 };
    SCOPED_X509 X509 *evil = issue(leaf, (struct pki_leaf){ 0 });
    SCOPED_X509 X509 *as_leaf = NULL;

    (void)state;
    install_all();
    as_leaf = issue(ISSUER, (struct pki_leaf){ .key = X509_get0_pubkey(pki_root(leaf)) });
    assert_true(X509_set_issuer_name(evil, X509_get_subject_name(as_leaf)));
    certificate_to_pem(as_leaf, &pem);
    write_in("intermediates", "leaf.pem", &pem);
    SCOPED_TRUST struct trust *trust = load();
    assert_refused(trust, evil, PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE, "certificate of");
    pki_destroy(leaf);
}

/* An issuer that only the sender knows is no issuer: it would have to travel along. */
static void an_intermediate_that_we_do_not_hold_ends_the_chain(void **state)
{
    SCOPED_X509 X509 *certificate = issue(ISSUER, (struct pki_leaf){ 0 });
    struct fault fault = { 0 };

    (void)state;
    pki_install(ROOT, FOLDER);
    SCOPED_TRUST struct trust *trust = load();
    assert_false(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, time(NULL), &fault));
    assert_non_null(strstr(fault.text, "unable to get local issuer certificate"));
    assert_non_null(strstr(fault_action(&fault), "estafette trust add FILE"));
}

static void without_the_crl_of_each_authority_nobody_is_trusted(void **state)
{
    SCOPED_X509 X509 *certificate = issue(ISSUER, (struct pki_leaf){ 0 });
    char path[256];
    struct fault fault = { 0 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        install_all();
        snprintf(path, sizeof(path), "%s/crls/%s.pem", FOLDER,
                 i ? "Test Issuer" : "Test Root");
        assert_int_equal(unlink(path), 0);
        SCOPED_TRUST struct trust *trust = load();
        assert_false(
            trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, time(NULL), &fault));
        assert_non_null(strstr(fault.text, "unable to get certificate CRL"));
        assert_non_null(strstr(fault_action(&fault), "estafette trust crl FILE"));
    }
}

/* --- CRLs in time ----------------------------------------------------------- */

static void install_crl(struct pki *pki, X509 *revoked, time_t from, time_t until)
{
    X509_CRL *crl = pki_crl(pki, &revoked, revoked ? 1 : 0, from, until);

    pki_install_crl(pki, crl, FOLDER);
    X509_CRL_free(crl);
}

static void a_revoked_certificate_or_authority_is_refused(void **state)
{
    SCOPED_X509 X509 *certificate = issue(ISSUER, (struct pki_leaf){ 0 });
    SCOPED_X509 X509 *other = issue(ISSUER, (struct pki_leaf){ 0 });
    struct fault fault = { 0 };

    (void)state;
    install_all();
    install_crl(ISSUER, certificate, 0, 0);
    SCOPED_TRUST struct trust *trust = load();
    assert_refused(trust, certificate, PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE,
                   "certificate revoked");
    assert_true(trust_check(trust, other, PURPOSE_ONDERTEKENEN, time(NULL), &fault));
    install_crl(ROOT, pki_root(ISSUER), 0, 0);
    SCOPED_TRUST struct trust *later = load();
    assert_refused(later, other, PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE,
                   "certificate of CN=Test Issuer: certificate revoked");
}

static void a_stale_crl_is_a_reason_to_try_again(void **state)
{
    const time_t now = time(NULL);
    const struct {
        struct pki *pki;
        time_t from, until;
        const char *says;
    } CASES[] = {
        { ISSUER, now - 86400, now - 60, "the CRL of CN=Test Issuer is not valid now" },
        { ROOT, now - 86400, now - 60, "the CRL of CN=Test Root is not valid now" },
        { ISSUER, now + 60, now + 86400, "the CRL of CN=Test Issuer is not valid now" },
    };
    SCOPED_X509 X509 *certificate = issue(ISSUER, (struct pki_leaf){ 0 });

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        install_all();
        install_crl(CASES[i].pki, NULL, CASES[i].from, CASES[i].until);
        SCOPED_TRUST struct trust *trust = load();
        assert_refused(trust, certificate, PURPOSE_ONDERTEKENEN, FAULT_TEMPORARY,
                       CASES[i].says);
    }
}

static void revoked_by_a_stale_crl_is_revoked(void **state)
{
    SCOPED_X509 X509 *certificate = issue(ISSUER, (struct pki_leaf){ 0 });
    const time_t now = time(NULL);

    (void)state;
    install_all();
    install_crl(ISSUER, certificate, now - 86400, now - 60);
    SCOPED_TRUST struct trust *trust = load();
    assert_refused(trust, certificate, PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE,
                   "certificate revoked");
}

static void a_crl_of_somebody_else_with_the_same_name_does_not_count(void **state)
{
    struct pki *namesake = pki_create(PKI_P256, "Test Issuer");
    SCOPED_X509 X509 *certificate = issue(ISSUER, (struct pki_leaf){ 0 });

    (void)state;
    install_all();
    install_crl(namesake, NULL, 0, 0);
    SCOPED_TRUST struct trust *trust = load();
    assert_refused(trust, certificate, PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE, "CRL");
    pki_destroy(namesake);
}

static void add_crl_to(struct trust *trust, X509 *revoked, time_t until)
{
    X509_CRL *crl = pki_crl(ISSUER, &revoked, 1, time(NULL) - 10, until);

    assert_true(X509_STORE_add_crl(trust_store(trust), crl));
    X509_CRL_free(crl);
}

/* The store is changed behind its back to see what was asked of it and what was remembered. */
static void a_good_result_is_kept_until_something_begins_or_ends(void **state)
{
    const time_t now = time(NULL), until = now + 3600;
    SCOPED_X509 X509 *certificate =
        issue(ISSUER, (struct pki_leaf){ .purpose = PURPOSE_TLS_CLIENT });
    struct fault fault = { 0 };

    (void)state;
    install_all();
    install_crl(ISSUER, NULL, now - 7200, until);
    SCOPED_TRUST struct trust *trust = load();
    assert_true(trust_check(trust, certificate, PURPOSE_TLS_CLIENT, now, &fault));
    add_crl_to(trust, certificate, now + 7L * 86400);
    assert_true(trust_check(trust, certificate, PURPOSE_TLS_CLIENT, now, &fault));
    assert_true(trust_check(trust, certificate, PURPOSE_TLS_CLIENT, until - 1, &fault));
    assert_false(trust_check(trust, certificate, PURPOSE_TLS_CLIENT, until, &fault));
    assert_non_null(strstr(fault.text, "certificate revoked"));
    assert_false(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, now, &fault));
    assert_false(trust_check(trust, certificate, PURPOSE_TLS_SERVER, now, &fault));
}

static void a_kept_result_does_not_outlive_crl_or_certificate(void **state)
{
    const time_t now = time(NULL);
    SCOPED_X509 X509 *certificate =
        issue(ISSUER, (struct pki_leaf){ .not_after = now + 1800 });
    struct fault fault = { 0 };

    (void)state;
    install_all();
    install_crl(ROOT, NULL, now - 60, now + 600);
    SCOPED_TRUST struct trust *trust = load();
    assert_true(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, now, &fault));
    assert_true(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, now + 599, &fault));
    assert_false(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, now + 600, &fault));
    assert_int_equal(fault.code, FAULT_TEMPORARY);
    assert_true(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, now, &fault));
    assert_false(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, now + 1800, &fault));
    assert_int_equal(fault.code, FAULT_CERTIFICATE);
    assert_false(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, now - 61, &fault));
    assert_int_equal(fault.code, FAULT_TEMPORARY);
}

/* --- files ------------------------------------------------------------------- */

static void a_file_that_does_not_belong_is_named(void **state)
{
    SCOPED_BUF struct buf root = { 0 }, leaf = { 0 }, der = { 0 };
    SCOPED_X509 X509 *certificate = issue(ROOT, (struct pki_leaf){ 0 });
    const struct {
        const char *folder;
        const char *text;
        const struct buf *content;
        const char *says;
    } CASES[] = {
        { "anchors", "", NULL, "trust/anchors/x.pem: neither PEM nor DER" },
        { "anchors", "hello", NULL, "trust/anchors/x.pem: neither PEM nor DER" },
        { "anchors", "0garbage", NULL, "trust/anchors/x.pem: certificate: cannot be read" },
        { "anchors", NULL, &leaf, "trust/anchors/x.pem: is not self-signed" },
        { "intermediates", NULL, &root, "trust/intermediates/x.pem: is self-signed" },
        { "crls", NULL, &root, "trust/crls/x.pem: holds a CERTIFICATE, not a X509 CRL" },
        { "crls", NULL, &der, "trust/crls/x.pem: CRL cannot be read" },
        { "anchors", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL,
          "trust/anchors/x.pem: holds a PRIVATE KEY" },
        { "anchors",
          "-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n"
          "-----END TRUSTED CERTIFICATE-----\n",
          NULL, "holds a TRUSTED CERTIFICATE" },
        { "anchors", "-----BEGIN CERTIFICATE-----\nAAAA\n", NULL, "PEM cannot be read" },
    };

    (void)state;
    certificate_to_pem(pki_root(ROOT), &root);
    certificate_to_pem(certificate, &leaf);
    certificate_to_der(pki_root(ROOT), &der);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct fault fault = { 0 };
        struct trust *trust;
        SCOPED_BUF struct buf text = { 0 };

        if (CASES[i].text)
            buf_add_text(&text, CASES[i].text);
        write_in(CASES[i].folder, "x.pem", CASES[i].content ? CASES[i].content : &text);
        assert_false(trust_load(FOLDER, &trust, &fault));
        assert_null(trust);
        assert_int_equal(fault.code, FAULT_CONFIG);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("\"%s\" does not say \"%s\"", fault.text, CASES[i].says);
        drop_folder(NULL);
        assert_int_equal(mkdir(FOLDER, 0700), 0);
    }
}

struct counts {
    int anchors, intermediates, crls;
};

static void count_item(void *context, const struct trust_item *item)
{
    struct counts *counts = context;

    assert_true(item->until > time(NULL));
    if (strcmp(item->kind, "anchor") == 0) {
        struct digest digest;
        counts->anchors++;
        assert_string_equal(item->file, "anchors/both.pem");
        certificate_fingerprint(pki_root(counts->anchors == 1 ? ROOT : STRANGER), &digest);
        assert_true(digest_equal(&digest, &item->fingerprint));
    }
    if (strcmp(item->kind, "intermediate") == 0) {
        counts->intermediates++;
        assert_string_equal(item->file, "intermediates/issuer.cer");
        assert_string_equal(item->subject, "CN=Test Issuer");
    }
    if (strcmp(item->kind, "crl") == 0)
        counts->crls++;
}

static void bundles_and_der_are_read_and_listed(void **state)
{
    SCOPED_BUF struct buf bundle = { 0 }, der = { 0 };
    SCOPED_X509 X509 *certificate = issue(ISSUER, (struct pki_leaf){ 0 });
    struct counts counts = { 0 };
    struct fault fault = { 0 };

    (void)state;
    buf_add_text(&bundle, "two roots\n");
    certificate_to_pem(pki_root(ROOT), &bundle);
    certificate_to_pem(pki_root(STRANGER), &bundle);
    certificate_to_der(pki_root(ISSUER), &der);
    write_in("anchors", "both.pem", &bundle);
    write_in("intermediates", "issuer.cer", &der);
    install_crl(ROOT, NULL, 0, 0);
    install_crl(ISSUER, NULL, 0, 0);
    SCOPED_TRUST struct trust *trust = load();
    trust_list(trust, count_item, &counts);
    assert_int_equal(counts.anchors, 2);
    assert_int_equal(counts.intermediates, 1);
    assert_int_equal(counts.crls, 2);
    assert_true(trust_check(trust, certificate, PURPOSE_ONDERTEKENEN, time(NULL), &fault));
}

/* Control characters would forge lines in a log; OpenSSL does not read what is not UTF-8. */
static void a_name_with_control_characters_is_said_escaped(void **state)
{
    SCOPED_X509 X509 *certificate = issue(STRANGER, (struct pki_leaf){ 0 });
    SCOPED_X509 X509 *odd = NULL;
    SCOPED_BUF struct buf der = { 0 };
    struct fault fault = { 0 };

    (void)state;
    SCOPED_TRUST struct trust *trust = load();
    certificate_to_der(certificate, &der);
    static const char ODD[] = { 'a', '\n', '\x1b', '[', '2', 'J', 'b', ',', 'c' };
    unsigned char *name = memmem(der.data, der.size, "localhost", 9);
    assert_non_null(name);
    memcpy(name, ODD, sizeof(ODD));
    assert_true(certificate_from_der(der.data, der.size, &odd, &fault));
    assert_refused(trust, odd, PURPOSE_ONDERTEKENEN, FAULT_CERTIFICATE,
                   "CN=a\\0A\\1B[2Jb\\,c");
    name[0] = 0xff;
    certificate_release(&odd);
    assert_false(certificate_from_der(der.data, der.size, &odd, &fault));
}

struct worker {
    struct trust *trust;
    X509 *good, *bad;
    int wrong;
};

static void *check_often(void *context)
{
    struct worker *worker = context;

    for (int i = 0; i < 100; i++) {
        SCOPED_TRUST struct trust *trust = trust_retain(worker->trust);
        struct fault fault = { 0 };
        enum purpose purpose = i % 2 ? PURPOSE_ONDERTEKENEN : PURPOSE_VERZEGELEN;
        worker->wrong += !trust_check(trust, worker->good, purpose, time(NULL), &fault);
        worker->wrong +=
            trust_check(trust, worker->bad, PURPOSE_ONDERTEKENEN, time(NULL), &fault);
    }
    return NULL;
}

static void threads_share_one_trust(void **state)
{
    SCOPED_X509 X509 *good = issue(ISSUER, (struct pki_leaf){ 0 });
    SCOPED_X509 X509 *bad = issue(STRANGER, (struct pki_leaf){ 0 });
    pthread_t threads[4];
    struct worker workers[COUNT(threads)];

    (void)state;
    install_all();
    struct trust *trust = load();
    for (size_t i = 0; i < COUNT(threads); i++) {
        workers[i] = (struct worker){ trust_retain(trust), good, bad, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, check_often, &workers[i]), 0);
    }
    trust_release(&trust);
    assert_null(trust);
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(workers[i].wrong, 0);
        trust_release(&workers[i].trust);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_chain_to_our_anchor_is_trusted),
        TEST(an_empty_folder_trusts_nobody),
        TEST(what_is_wrong_with_a_certificate_is_said),
        TEST(a_weak_key_is_refused_anywhere_in_the_chain),
        TEST(a_leaf_cannot_issue),
        TEST(an_intermediate_that_we_do_not_hold_ends_the_chain),
        TEST(without_the_crl_of_each_authority_nobody_is_trusted),
        TEST(a_revoked_certificate_or_authority_is_refused),
        TEST(a_stale_crl_is_a_reason_to_try_again),
        TEST(revoked_by_a_stale_crl_is_revoked),
        TEST(a_crl_of_somebody_else_with_the_same_name_does_not_count),
        TEST(a_good_result_is_kept_until_something_begins_or_ends),
        TEST(a_kept_result_does_not_outlive_crl_or_certificate),
        TEST(a_file_that_does_not_belong_is_named),
        TEST(bundles_and_der_are_read_and_listed),
        TEST(a_name_with_control_characters_is_said_escaped),
        TEST(threads_share_one_trust),
    };
    return cmocka_run_group_tests(tests, make_authorities, drop_authorities);
}
