/* Receipts: only one that is signed by the right party and whole counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/receipt.h"
#include "codecs/schema.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "tests/pki.h"
#include "tests/sample.h"

static struct pki *pki;
static X509 *ours, *stranger;

static X509 *issue(int key)
{
    return pki_issue(pki, &(struct pki_leaf){ .oin = "00000099000000002000",
                                              .purpose = PURPOSE_ONDERTEKENEN,
                                              .key = pki_key(PKI_P256, key) });
}

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    pki = pki_create(PKI_P256, "receipts");
    ours = issue(1);
    stranger = issue(2);
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    X509_free(ours);
    X509_free(stranger);
    pki_destroy(pki);
    schema_uninstall();
    return 0;
}

static struct receipt good(void)
{
    struct receipt receipt = {
        .bericht_id = "018bcfe5-6800-7000-8000-000000000001",
        .afzender = "00000099000000001000",
        .ontvanger = "00000099000000002000",
        .aangenomen = true,
        .tijd = 1795457100,
    };

    digest_of("sealed", 6, &receipt.verzegeld);
    digest_of("canonical", 9, &receipt.canoniek);
    return receipt;
}

static struct receipt refusal(void)
{
    struct receipt receipt = good();

    receipt.aangenomen = false;
    (void)snprintf(receipt.code, sizeof(receipt.code), "regel");
    (void)snprintf(receipt.tekst, sizeof(receipt.tekst), "dossier/pip: is geleverd & leeg");
    return receipt;
}

static bool read_by(const struct buf *xml, X509 *registered, struct receipt *receipt,
                    struct fault *fault)
{
    STACK_OF(X509) *stack = sk_X509_new_null();
    X509 *signer = NULL;

    sk_X509_push(stack, registered);
    bool read = receipt_read(xml->data, xml->size, stack, receipt, &signer, fault);
    if (read)
        assert_ptr_equal(signer, registered);
    sk_X509_free(stack);
    return read;
}

static void make(const struct receipt *receipt, struct buf *xml)
{
    struct fault fault = { 0 };

    if (!receipt_make(receipt, pki_key(PKI_P256, 1), ours, xml, &fault))
        fail_msg("%s", fault.text);
}

static void a_receipt_comes_back_as_it_was_made(void **state)
{
    const struct receipt CASES[] = { good(), refusal() };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf xml = { 0 };
        struct receipt again;
        struct fault fault = { 0 };
        make(&CASES[i], &xml);
        assert_true(read_by(&xml, ours, &again, &fault));
        assert_string_equal(again.bericht_id, CASES[i].bericht_id);
        assert_string_equal(again.afzender, CASES[i].afzender);
        assert_string_equal(again.ontvanger, CASES[i].ontvanger);
        assert_true(digest_equal(&again.verzegeld, &CASES[i].verzegeld));
        assert_true(digest_equal(&again.canoniek, &CASES[i].canoniek));
        assert_int_equal(again.aangenomen, CASES[i].aangenomen);
        assert_string_equal(again.code, CASES[i].code);
        assert_string_equal(again.tekst, CASES[i].tekst);
        assert_int_equal(again.tijd, CASES[i].tijd);
    }
}

static void only_the_registered_signer_counts(void **state)
{
    SCOPED_BUF struct buf xml = { 0 };
    struct receipt receipt = good(), again;
    struct fault fault = { 0 };

    (void)state;
    make(&receipt, &xml);
    assert_false(read_by(&xml, stranger, &again, &fault));
    assert_int_equal(fault.code, FAULT_ANSWER);
    assert_non_null(strstr(fault.text, "the answer is no receipt: "));
}

static void every_change_after_signing_is_noticed(void **state)
{
    static const struct {
        const char *from, *to;
    } CASES[] = {
        { "<aangenomen/>", "<geweigerd><code>regel</code><tekst>x</tekst></geweigerd>" },
        { "000000000001<", "000000000002<" },
        { "00000099000000001000", "00000099000000003000" },
        { "2026-11-23T18:05:00Z", "2026-11-23T18:05:01Z" },
        { "<aangenomen/>", "<aangenomen> </aangenomen>" },
    };
    SCOPED_BUF struct buf xml = { 0 };
    struct receipt receipt = good(), again;

    (void)state;
    make(&receipt, &xml);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *bad = sample_replace(buf_text(&xml), CASES[i].from, CASES[i].to);
        SCOPED_BUF struct buf bytes = { 0 };
        struct fault fault = { 0 };
        buf_add_text(&bytes, bad);
        assert_false(read_by(&bytes, ours, &again, &fault));
        assert_int_equal(fault.code, FAULT_ANSWER);
    }
}

static void whatever_else_comes_back_is_an_answer_but_no_receipt(void **state)
{
    static const char *const CASES[] = {
        "",
        "<html><body>502 Bad Gateway</body></html>",
        "OK",
        "{\"status\":200}",
        "<ontvangstbevestiging xmlns=\"urn:nl:estafette:ontvangst:1\"/>",
        "<?xml version=\"1.0\"?><!DOCTYPE a><a/>",
    };
    struct receipt receipt;

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf bytes = { 0 };
        struct fault fault = { 0 };
        buf_add_text(&bytes, CASES[i]);
        assert_false(read_by(&bytes, ours, &receipt, &fault));
        assert_int_equal(fault.code, FAULT_ANSWER);
        assert_true(fault_is_temporary(&fault));
    }
}

static void an_endless_answer_is_not_parsed(void **state)
{
    SCOPED_BUF struct buf bytes = { 0 };
    struct fault fault = { 0 };
    struct receipt receipt;

    (void)state;
    while (bytes.size <= RECEIPT_BYTES_MAX)
        buf_add_text(&bytes, "<a>");
    assert_false(read_by(&bytes, ours, &receipt, &fault));
    assert_int_equal(fault.code, FAULT_ANSWER);
    assert_non_null(strstr(fault.text, "more than 65536 bytes"));
}

/* Signed by the right key, but not one of ours. */
static void a_signed_document_of_another_kind_is_no_receipt(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = xmldoc_new("urn:nl:estafette:bericht:1", "bericht");
    SCOPED_BUF struct buf xml = { 0 };
    struct receipt receipt;
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    xmldoc_add(xmlDocGetRootElement(doc), "ping", NULL);
    assert_true(signature_sign(doc, pki_key(PKI_P256, 1), ours, &xml, &digest, &fault));
    assert_false(read_by(&xml, ours, &receipt, &fault));
    assert_int_equal(fault.code, FAULT_ANSWER);
    assert_non_null(strstr(fault.text, "root element"));
}

static void a_refusal_without_code_or_text_is_not_made(void **state)
{
    struct receipt no_code = refusal(), no_text = refusal(), wrong_code = refusal();
    const struct receipt *const CASES[] = { &no_code, &no_text, &wrong_code };

    (void)state;
    no_code.code[0] = '\0';
    no_text.tekst[0] = '\0';
    (void)snprintf(wrong_code.code, sizeof(wrong_code.code), "zomaar");
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf xml = { 0 };
        struct fault fault = { 0 };
        assert_false(receipt_make(CASES[i], pki_key(PKI_P256, 1), ours, &xml, &fault));
        assert_int_equal(fault.code, FAULT_SCHEMA);
    }
}

static void a_text_of_wide_characters_ends_at_a_whole_one(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf xml = { 0 }, wide = { 0 };
    struct receipt receipt = refusal(), again;
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    make(&receipt, &xml);
    for (int i = 0; i < 400; i++)
        buf_add_text(&wide, "é");
    SCOPED_MEM char *text =
        sample_replace(buf_text(&xml), "dossier/pip: is geleverd &amp; leeg", buf_text(&wide));
    *strstr(text, "<Signature") = '\0';
    buf_clear(&xml);
    buf_addf(&xml, "%s</ontvangstbevestiging>", text);
    assert_true(xmldoc_parse(xml.data, xml.size, &doc, &fault));
    buf_clear(&xml);
    assert_true(signature_sign(doc, pki_key(PKI_P256, 1), ours, &xml, &digest, &fault));
    assert_true(read_by(&xml, ours, &again, &fault));
    assert_int_equal(strlen(again.tekst), 400);
    assert_memory_equal(again.tekst, buf_text(&wide), 400);
}

static void every_reason_to_refuse_has_a_code_that_people_understand(void **state)
{
    static const struct {
        enum fault_code fault;
        const char *code;
    } CASES[] = {
        { FAULT_SCHEMA, "schema" },       { FAULT_RULE, "regel" },
        { FAULT_EXPIRED, "verlopen" },    { FAULT_CONFLICT, "conflict" },
        { FAULT_RECIPIENT, "ontvanger" }, { FAULT_SIZE, "omvang" },
        { FAULT_STATE, "toestand" },      { FAULT_ATTACHMENT, "bijlage" },
    };
    static const enum fault_code NONE[] = { FAULT_STORE,     FAULT_TEMPORARY,   FAULT_INTERNAL,
                                            FAULT_SIGNATURE, FAULT_CERTIFICATE, FAULT_IDENTITY,
                                            FAULT_SEAL,      FAULT_DOCUMENT,    FAULT_NONE };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_string_equal(receipt_code(CASES[i].fault), CASES[i].code);
        assert_non_null(receipt_meaning(CASES[i].code));
    }
    for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++)
        assert_null(receipt_code(NONE[i]));
    assert_null(receipt_meaning("zomaar"));
    assert_null(receipt_meaning(""));
}

/* What is wrong, and then what to do: at least two sentences. */
static void every_code_of_the_schema_has_a_dutch_sentence(void **state)
{
    SCOPED_MEM char *codes = sample_enumerations("ontvangstbevestiging.xsd", "geweigerd");
    char *rest = codes, *code;
    int count = 0;

    (void)state;
    while ((code = strsep(&rest, " ")) && *code) {
        const char *meaning = receipt_meaning(code);
        if (!meaning)
            fail_msg("%s: has no meaning", code);
        assert_non_null(strstr(meaning, ". "));
        assert_int_equal(meaning[strlen(meaning) - 1], '.');
        count++;
    }
    assert_true(count >= 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_comes_back_as_it_was_made),
        cmocka_unit_test(only_the_registered_signer_counts),
        cmocka_unit_test(every_change_after_signing_is_noticed),
        cmocka_unit_test(whatever_else_comes_back_is_an_answer_but_no_receipt),
        cmocka_unit_test(an_endless_answer_is_not_parsed),
        cmocka_unit_test(a_signed_document_of_another_kind_is_no_receipt),
        cmocka_unit_test(a_refusal_without_code_or_text_is_not_made),
        cmocka_unit_test(a_text_of_wide_characters_ends_at_a_whole_one),
        cmocka_unit_test(every_reason_to_refuse_has_a_code_that_people_understand),
        cmocka_unit_test(every_code_of_the_schema_has_a_dutch_sentence),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
