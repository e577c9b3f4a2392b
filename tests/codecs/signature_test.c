/* Signing and verifying, with every kind of key, and with xmlsec1 as a witness. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "codecs/base/mem.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "tests/pki.h"

#define NS "urn:nl:estafette:bericht:1"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"

static struct pki *PKI;
static struct {
    const char *name, *method;
    enum pki_kind kind;
    X509 *certificate;
} KINDS[] = {
    { "RSA-3072", "rsa-sha256", PKI_RSA, NULL },
    { "P-256", "ecdsa-sha256", PKI_P256, NULL },
    { "P-384", "ecdsa-sha384", PKI_P384, NULL },
};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

static EVP_PKEY *key_of(size_t kind)
{
    return pki_key(KINDS[kind].kind, 0);
}

static xmlDoc *a_message(void)
{
    SCOPED_XMLDOC xmlDoc *dossier = xmldoc_new("urn:nl:estafette:dossier:1", "dossier");
    xmlDoc *doc = xmldoc_new(NS, "bericht");
    xmlNode *kop = xmldoc_add(xmlDocGetRootElement(doc), "kop", NULL);

    xmldoc_add(kop, "berichtId", "0192c000-0000-7000-8000-000000000001");
    xmldoc_add(kop, "versie", "1.0");
    xmldoc_add(xmlDocGetRootElement(dossier), "naam", "J\xC3\xA9 <&> \"d'A\"\r\n\t.");
    xmldoc_add(xmlDocGetRootElement(dossier), "leeg", "");
    xmldoc_add_copy(xmlDocGetRootElement(doc), xmlDocGetRootElement(dossier));
    return doc;
}

static xmlDoc *parsed(const struct buf *xml)
{
    struct fault fault = { 0 };
    xmlDoc *doc = NULL;

    if (!xmldoc_parse(xml->data, xml->size, &doc, &fault))
        fail_msg("%s", fault.text);
    return doc;
}

static void sign_message(size_t kind, struct buf *xml, struct digest *digest)
{
    SCOPED_XMLDOC xmlDoc *doc = a_message();
    struct fault fault = { 0 };

    if (!signature_sign(doc, key_of(kind), KINDS[kind].certificate, xml, digest, &fault))
        fail_msg("%s", fault.text);
}

static const char CANONICAL[] =
    "<bericht xmlns=\"urn:nl:estafette:bericht:1\"><kop>"
    "<berichtId>0192c000-0000-7000-8000-000000000001</berichtId><versie>1.0</versie></kop>"
    "<dossier xmlns=\"urn:nl:estafette:dossier:1\"><naam>J\xC3\xA9 &lt;&amp;&gt; "
    "\"d'A\"&#xD;\n"
    "\t.</naam><leeg></leeg></dossier></bericht>";

static void verifies(const struct buf *xml, X509 *signer, const struct digest *expected)
{
    SCOPED_XMLDOC xmlDoc *doc = parsed(xml);
    SCOPED_BUF struct buf canonical = { 0 };
    struct digest digest, again;
    struct fault fault = { 0 };

    if (!signature_verify(doc, signer, &canonical, &digest, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(buf_text(&canonical), CANONICAL);
    digest_of(canonical.data, canonical.size, &again);
    assert_true(digest_equal(&digest, &again) && digest_equal(&digest, expected));
}

static void verifies_not(const struct buf *xml, X509 *signer)
{
    SCOPED_XMLDOC xmlDoc *doc = parsed(xml);
    SCOPED_BUF struct buf canonical = { 0 };
    struct digest digest;
    struct fault fault = { 0 };

    assert_false(signature_verify(doc, signer, &canonical, &digest, &fault));
    assert_string_equal(fault.text,
                        "Signature: X509Certificate is not the registered certificate");
    assert_int_equal(fault.code, FAULT_SIGNATURE);
    assert_int_equal(canonical.size, 0);
}

static void what_any_key_signs_verifies_with_that_key_only(void **state)
{
    (void)state;
    for (size_t from = 0; from < KIND_COUNT; from++) {
        SCOPED_BUF struct buf xml = { 0 };
        struct digest digest;
        sign_message(from, &xml, &digest);
        assert_non_null(strstr(buf_text(&xml), KINDS[from].method));
        verifies(&xml, KINDS[from].certificate, &digest);
        for (size_t other = 1; other < KIND_COUNT; other++)
            verifies_not(&xml, KINDS[(from + other) % KIND_COUNT].certificate);
    }
}

static void the_digest_is_the_same_with_any_key(void **state)
{
    struct digest digests[KIND_COUNT];

    (void)state;
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        SCOPED_BUF struct buf xml = { 0 };
        sign_message(kind, &xml, &digests[kind]);
        assert_true(digest_equal(&digests[kind], &digests[0]));
    }
}

static void verifying_leaves_the_tree_as_it_was(void **state)
{
    SCOPED_BUF struct buf xml = { 0 }, before = { 0 }, after = { 0 }, canonical = { 0 };
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    sign_message(0, &xml, &digest);
    SCOPED_XMLDOC xmlDoc *doc = parsed(&xml);
    xmldoc_write(doc, &before);
    for (int twice = 0; twice < 2; twice++)
        assert_true(signature_verify(doc, KINDS[0].certificate, &canonical, &digest, &fault));
    xmldoc_write(doc, &after);
    assert_string_equal(buf_text(&before), buf_text(&after));
    assert_string_equal(buf_text(&before), buf_text(&xml));
}

static void what_cannot_be_signed_is_said_and_left_unchanged(void **state)
{
    struct digest digest;
    struct fault fault = { 0 };
    SCOPED_BUF struct buf xml = { 0 }, after = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = xmldoc_new(NS, "bericht");
    xmlNode *root = xmlDocGetRootElement(doc);
    struct pki_leaf weak = { .purpose = PURPOSE_ONDERTEKENEN, .key = pki_key(PKI_RSA2048, 0) };
    SCOPED_X509 X509 *weak_certificate = pki_issue(PKI, &weak);

    (void)state;
    assert_false(signature_sign(doc, weak.key, weak_certificate, &xml, &digest, &fault));
    assert_string_equal(fault.text, "the key is not RSA of 3072 bits, P-256 or P-384");
    assert_false(signature_sign(doc, key_of(1), KINDS[0].certificate, &xml, &digest, &fault));
    assert_string_equal(fault.text, "the key does not belong to the certificate");

    xmlNode *bad = xmldoc_add(root, "naam", "bell \x07");
    assert_false(signature_sign(doc, key_of(1), KINDS[1].certificate, &xml, &digest, &fault));
    assert_string_equal(fault.text, "line 2: control character 0x07");
    xmlUnlinkNode(bad);
    xmlFreeNode(bad);
    xmldoc_write(doc, &after);
    assert_null(strstr(buf_text(&after), "Signature"));
    assert_int_equal(xml.size, 0);

    assert_true(signature_sign(doc, key_of(1), KINDS[1].certificate, &xml, &digest, &fault));
    assert_false(signature_sign(doc, key_of(1), KINDS[1].certificate, &xml, &digest, &fault));
    assert_string_equal(fault.text, "the document is signed already");
}

static void a_public_key_does_not_sign(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = a_message();
    SCOPED_BUF struct buf der = { 0 }, xml = { 0 };
    SCOPED_X509 X509 *read = NULL; /* the issued one still holds the private key */
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    certificate_to_der(KINDS[1].certificate, &der);
    assert_true(certificate_from_der(der.data, der.size, &read, &fault));
    assert_false(signature_sign(doc, X509_get0_pubkey(read), read, &xml, &digest, &fault));
    assert_string_equal(fault.text, "the key does not sign");
}

static void a_signed_tree_verifies_before_it_is_written(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = a_message();
    SCOPED_BUF struct buf xml = { 0 }, canonical = { 0 };
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    assert_true(signature_sign(doc, key_of(1), KINDS[1].certificate, &xml, &digest, &fault));
    assert_true(signature_verify(doc, KINDS[1].certificate, &canonical, &digest, &fault));
    assert_string_equal(buf_text(&canonical), CANONICAL);
}

static void the_signer_is_found_among_the_registered(void **state)
{
    SCOPED_BUF struct buf xml = { 0 }, canonical = { 0 };
    struct digest digest;
    struct fault fault = { 0 };
    X509 *signer = NULL;
    STACK_OF(X509) *registered = sk_X509_new_null();

    (void)state;
    sign_message(1, &xml, &digest);
    SCOPED_XMLDOC xmlDoc *doc = parsed(&xml);
    assert_false(signature_verify_by(doc, registered, &signer, &canonical, &digest, &fault));
    sk_X509_push(registered, KINDS[0].certificate);
    assert_false(signature_verify_by(doc, registered, &signer, &canonical, &digest, &fault));
    assert_string_equal(fault.text,
                        "Signature: X509Certificate is not a registered certificate");
    assert_null(signer);
    sk_X509_push(registered, KINDS[1].certificate);
    assert_true(signature_verify_by(doc, registered, &signer, &canonical, &digest, &fault));
    assert_ptr_equal(signer, KINDS[1].certificate);
    assert_string_equal(buf_text(&canonical), CANONICAL);
    sk_X509_free(registered);
}

static void the_certificate_and_the_canonical_bytes_can_be_had_alone(void **state)
{
    SCOPED_BUF struct buf xml = { 0 }, canonical = { 0 };
    struct digest digest, again;
    struct fault fault = { 0 };
    SCOPED_X509 X509 *certificate = NULL;

    (void)state;
    sign_message(2, &xml, &digest);
    SCOPED_XMLDOC xmlDoc *doc = parsed(&xml);
    assert_true(signature_certificate(doc, &certificate, &fault));
    assert_int_equal(X509_cmp(certificate, KINDS[2].certificate), 0);
    assert_true(signature_canonical(doc, &canonical, &again, &fault));
    assert_string_equal(buf_text(&canonical), CANONICAL);
    assert_true(digest_equal(&digest, &again));

    xmldoc_add(xmlDocGetRootElement(doc)->children, "extra", "1");
    assert_false(signature_canonical(doc, &canonical, &again, &fault));
    assert_string_equal(fault.text, "Signature: DigestValue does not match the document");

    SCOPED_XMLDOC xmlDoc *unsigned_doc = a_message();
    assert_false(signature_canonical(unsigned_doc, &canonical, &again, &fault));
    assert_string_equal(fault.text, "0 elements are named Signature, not one");
    X509 *none = NULL;
    assert_false(signature_certificate(unsigned_doc, &none, &fault));
    assert_null(none);
}

/* Exclusive XML Canonicalization 1.0: what may differ on paper and what is left of it. */
static const struct {
    const char *what, *xml, *canonical;
} FORMS[] = {
    { "attribute order and quotes", "<a c='1'  b = \"2\" />", "<a b=\"2\" c=\"1\"></a>" },
    { "line ends", "<a>\r\n<b/>\r\n</a>", "<a>\n<b></b>\n</a>" },
    { "references", "<a b='&#9;&lt;&quot;'>&#xE9;&apos;&gt;&#13;</a>",
      "<a b=\"&#x9;&lt;&quot;\">\xC3\xA9'&gt;&#xD;</a>" },
    { "unused namespaces", "<a xmlns:p='urn:p' xmlns:q='urn:q'><q:b/></a>",
      "<a><q:b xmlns:q=\"urn:q\"></q:b></a>" },
    { "repeated namespaces", "<a xmlns='urn:a'><b xmlns='urn:a'/></a>",
      "<a xmlns=\"urn:a\"><b></b></a>" },
    { "the namespace undone", "<a xmlns='urn:a'><b xmlns=''/></a>",
      "<a xmlns=\"urn:a\"><b xmlns=\"\"></b></a>" },
    { "the dsig prefix of the root", "<ds:a xmlns:ds='" DSIG "'/>",
      "<ds:a xmlns:ds=\"" DSIG "\"></ds:a>" },
    { "the dsig namespace as default", "<a xmlns='" DSIG "'/>", "<a xmlns=\"" DSIG "\"></a>" },
    { "xml:lang", "<a xml:lang='nl'><b/></a>", "<a xml:lang=\"nl\"><b></b></a>" },
};

static void canonical_bytes_are_as_the_recommendation_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
        SCOPED_BUF struct buf text = { 0 }, xml = { 0 }, canonical = { 0 };
        struct digest digest;
        struct fault fault = { 0 };
        buf_add_text(&text, FORMS[i].xml);
        SCOPED_XMLDOC xmlDoc *doc = parsed(&text);
        if (!signature_sign(doc, key_of(1), KINDS[1].certificate, &xml, &digest, &fault))
            fail_msg("%s: %s", FORMS[i].what, fault.text);
        SCOPED_XMLDOC xmlDoc *again = parsed(&xml);
        assert_true(
            signature_verify(again, KINDS[1].certificate, &canonical, &digest, &fault));
        assert_string_equal(buf_text(&canonical), FORMS[i].canonical);
    }
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void a_large_message_takes_seconds_at_most(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = xmldoc_new(NS, "bericht");
    xmlNode *inhoud = xmldoc_add(xmlDocGetRootElement(doc), "inhoud", NULL);
    SCOPED_BUF struct buf xml = { 0 }, canonical = { 0 };
    struct digest digest;
    struct fault fault = { 0 };
    struct timespec start;

    (void)state;
    for (int i = 0; i < 60000; i++)
        xmldoc_add(inhoud, "regel", "de kandidaat heeft de les bijgewoond");
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    assert_true(signature_sign(doc, key_of(1), KINDS[1].certificate, &xml, &digest, &fault));
    double signing = seconds_since(&start);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    SCOPED_XMLDOC xmlDoc *again = parsed(&xml);
    assert_true(signature_verify(again, KINDS[1].certificate, &canonical, &digest, &fault));
    double verifying = seconds_since(&start);
    print_message("%zu bytes: signed (and checked) in %.0f ms, verified in %.0f ms\n",
                  xml.size, signing * 1e3, verifying * 1e3);
    assert_true(signing < 10 && verifying < 10);
}

static void *verify_many(void *xml)
{
    for (int i = 0; i < 40; i++) {
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        SCOPED_BUF struct buf canonical = { 0 };
        const struct buf *bytes = xml;
        struct digest digest;
        struct fault fault = { 0 };
        if (!xmldoc_parse(bytes->data, bytes->size, &doc, &fault)
            || !signature_verify(doc, KINDS[1].certificate, &canonical, &digest, &fault))
            return NULL;
    }
    return xml;
}

static void threads_verify_side_by_side(void **state)
{
    SCOPED_BUF struct buf xml = { 0 };
    struct digest digest;
    pthread_t threads[4];

    (void)state;
    sign_message(1, &xml, &digest);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_many, &xml), 0);
    for (size_t i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        assert_ptr_equal(result, &xml);
    }
}

/* --- xmlsec1, the command ------------------------------------------------------------- */

static char FOLDER[] = "signature_test.XXXXXX";

static const char *path_of(const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", FOLDER, name);
    return path;
}

static void save(const char *name, const struct buf *bytes)
{
    char path[128];
    FILE *file = fopen(path_of(name, path, sizeof(path)), "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
    assert_int_equal(fclose(file), 0);
}

static void load(const char *name, struct buf *bytes)
{
    char path[128];
    FILE *file = fopen(path_of(name, path, sizeof(path)), "r");

    assert_non_null(file);
    unsigned char *place = buf_reserve(bytes, 65536);
    buf_grown(bytes, fread(place, 1, 65536, file));
    assert_int_equal(fclose(file), 0);
}

/* In FOLDER, quietly; 127 when there is no such command. */
static int run(const char *const arguments[])
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        if (chdir(FOLDER) == 0 && dup2(nowhere, 1) == 1 && dup2(nowhere, 2) == 2)
            execvp(arguments[0], (char *const *)arguments);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void need_xmlsec1(void)
{
    const char *const VERSION[] = { "xmlsec1", "--version", NULL };

    if (run(VERSION) == 0)
        return;
    print_message("SKIPPED: the command xmlsec1 is not installed\n");
    skip();
}

static void save_root(void)
{
    SCOPED_BUF struct buf pem = { 0 };

    certificate_to_pem(pki_root(PKI), &pem);
    save("root.pem", &pem);
}

static void the_xmlsec1_command_accepts_what_we_sign(void **state)
{
    const char *const VERIFY[] = { "xmlsec1",
                                   "--verify",
                                   "--enabled-reference-uris",
                                   "empty",
                                   "--trusted-pem",
                                   "root.pem",
                                   "signed.xml",
                                   NULL };

    (void)state;
    need_xmlsec1();
    save_root();
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        SCOPED_BUF struct buf xml = { 0 };
        struct digest digest;
        sign_message(kind, &xml, &digest);
        save("signed.xml", &xml);
        assert_int_equal(run(VERIFY), 0);
        *strstr((char *)xml.data, "0192c000") = '9';
        save("signed.xml", &xml);
        assert_int_equal(run(VERIFY), 1);
    }
}

/* As somebody else's software would write it: a prefix, indented, base64 in lines. */
static const char TEMPLATE[] =
    "<bericht xmlns=\"" NS "\">\n  <ping/>\n  <ds:Signature xmlns:ds=\"" DSIG "\">\n"
    "    <ds:SignedInfo>\n"
    "      <ds:CanonicalizationMethod "
    "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\n"
    "      <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#%s\"/>\n"
    "      <ds:Reference URI=\"\"><ds:Transforms>\n"
    "        <ds:Transform Algorithm=\"" DSIG "enveloped-signature\"/>\n"
    "        <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\n"
    "      </ds:Transforms>\n"
    "      <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\n"
    "      <ds:DigestValue/></ds:Reference>\n"
    "    </ds:SignedInfo>\n    <ds:SignatureValue/>\n"
    "    <ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>\n"
    "  </ds:Signature>\n</bericht>\n";

static void save_key(size_t kind)
{
    SCOPED_BUF struct buf pem = { 0 };
    BIO *memory = BIO_new(BIO_s_mem());
    char *text = NULL;

    assert_int_equal(PEM_write_bio_PrivateKey(memory, key_of(kind), NULL, NULL, 0, NULL, NULL),
                     1);
    long size = BIO_get_mem_data(memory, &text);
    buf_add(&pem, text, (size_t)size);
    save("key.pem", &pem);
    BIO_free(memory);
}

static void we_accept_what_the_xmlsec1_command_signs(void **state)
{
    const char *const SIGN[] = { "xmlsec1",  "--sign",     "--privkey-pem", "key.pem,cert.pem",
                                 "--output", "signed.xml", "template.xml",  NULL };

    (void)state;
    need_xmlsec1();
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        SCOPED_BUF struct buf xml = { 0 }, pem = { 0 }, template = { 0 }, canonical = { 0 };
        struct digest digest;
        struct fault fault = { 0 };
        char text[2048];
        certificate_to_pem(KINDS[kind].certificate, &pem);
        save("cert.pem", &pem);
        save_key(kind);
        snprintf(text, sizeof(text), TEMPLATE, KINDS[kind].method);
        buf_add_text(&template, text);
        save("template.xml", &template);
        assert_int_equal(run(SIGN), 0);
        load("signed.xml", &xml);
        SCOPED_XMLDOC xmlDoc *doc = parsed(&xml);
        if (!signature_verify(doc, KINDS[kind].certificate, &canonical, &digest, &fault))
            fail_msg("%s: %s", KINDS[kind].name, fault.text);
        assert_string_equal(buf_text(&canonical),
                            "<bericht xmlns=\"" NS "\">\n  <ping></ping>\n  \n</bericht>");
    }
}

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    PKI = pki_create(PKI_P256, "Signature test root");
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        struct pki_leaf leaf = { .oin = "00000001123456789000",
                                 .purpose = PURPOSE_ONDERTEKENEN,
                                 .key = key_of(kind) };
        KINDS[kind].certificate = pki_issue(PKI, &leaf);
    }
    return mkdtemp(FOLDER) ? 0 : -1;
}

static int uninstall(void **state)
{
    static const char *const FILES[] = { "root.pem", "cert.pem", "key.pem", "template.xml",
                                         "signed.xml" };
    char path[128];

    (void)state;
    for (size_t kind = 0; kind < KIND_COUNT; kind++)
        X509_free(KINDS[kind].certificate);
    pki_destroy(PKI);
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++)
        unlink(path_of(FILES[i], path, sizeof(path)));
    return rmdir(FOLDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_any_key_signs_verifies_with_that_key_only),
        cmocka_unit_test(the_digest_is_the_same_with_any_key),
        cmocka_unit_test(verifying_leaves_the_tree_as_it_was),
        cmocka_unit_test(what_cannot_be_signed_is_said_and_left_unchanged),
        cmocka_unit_test(a_public_key_does_not_sign),
        cmocka_unit_test(a_signed_tree_verifies_before_it_is_written),
        cmocka_unit_test(the_signer_is_found_among_the_registered),
        cmocka_unit_test(the_certificate_and_the_canonical_bytes_can_be_had_alone),
        cmocka_unit_test(canonical_bytes_are_as_the_recommendation_says),
        cmocka_unit_test(a_large_message_takes_seconds_at_most),
        cmocka_unit_test(threads_verify_side_by_side),
        cmocka_unit_test(the_xmlsec1_command_accepts_what_we_sign),
        cmocka_unit_test(we_accept_what_the_xmlsec1_command_signs),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
