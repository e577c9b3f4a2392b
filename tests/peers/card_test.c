/* Peer cards: what is made reads back, and every way to be no card is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ftw.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/schema.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "peers/card.h"
#include "tests/cards.h"
#include "tests/sample.h"

#define SCOPED_CARD __attribute__((cleanup(card_finish)))

static struct pki *pki;

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    pki = pki_create(PKI_P256, "cards");
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    pki_destroy(pki);
    schema_uninstall();
    return 0;
}

static struct card utrecht(void)
{
    return cards_make(pki, CARDS_OIN_1, "Súdwest & Zonen", "0344");
}

static bool read_card(const struct buf *xml, struct card *card, struct fault *fault)
{
    struct digest fingerprint;

    return card_read(xml->data, xml->size, card, &fingerprint, fault);
}

static void a_card_comes_back_as_it_was_made(void **state)
{
    SCOPED_CARD struct card card = utrecht(), again = { 0 };
    SCOPED_BUF struct buf xml = { 0 };
    struct digest made, read;
    struct fault fault = { 0 };

    (void)state;
    (void)snprintf(card.gemeentecodes[card.gemeentecode_count++], GEMEENTECODE_SIZE, "0307");
    sk_X509_push(card.certificates[PURPOSE_VERZEGELEN],
                 cards_certificate(pki, CARDS_OIN_1, PURPOSE_VERZEGELEN));
    assert_true(card_make(&card, cards_key(PURPOSE_ONDERTEKENEN), &xml, &made, &fault));
    if (!card_read(xml.data, xml.size, &again, &read, &fault))
        fail_msg("%s", fault.text);
    assert_true(digest_equal(&made, &read));
    assert_string_equal(again.oin, card.oin);
    assert_string_equal(again.naam, card.naam);
    assert_int_equal(again.gemeentecode_count, 2);
    assert_string_equal(again.gemeentecodes[1], "0307");
    assert_int_equal(again.omgeving, OMGEVING_TEST);
    assert_string_equal(again.endpoint, card.endpoint);
    assert_int_equal(again.geldig_van, card.geldig_van);
    assert_int_equal(again.geldig_tot, card.geldig_tot);
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        int count = sk_X509_num(card.certificates[purpose]);
        assert_int_equal(sk_X509_num(again.certificates[purpose]), count);
        for (int at = 0; at < count; at++)
            assert_true(certificate_same(sk_X509_value(card.certificates[purpose], at),
                                         sk_X509_value(again.certificates[purpose], at)));
    }
}

static void the_fingerprint_does_not_depend_on_the_signature(void **state)
{
    SCOPED_CARD struct card card = utrecht();
    SCOPED_BUF struct buf one = { 0 }, two = { 0 };
    struct digest first, second;
    struct fault fault = { 0 };

    (void)state;
    assert_true(card_make(&card, cards_key(PURPOSE_ONDERTEKENEN), &one, &first, &fault));
    assert_true(card_make(&card, cards_key(PURPOSE_ONDERTEKENEN), &two, &second, &fault));
    assert_true(digest_equal(&first, &second));
    card.geldig_tot++;
    assert_true(card_make(&card, cards_key(PURPOSE_ONDERTEKENEN), &two, &second, &fault));
    assert_false(digest_equal(&first, &second));
}

static void whatever_changes_after_signing_is_noticed(void **state)
{
    static const struct {
        const char *from, *to;
    } CASES[] = {
        { ">0344<", ">0345<" },
        { CARDS_OIN_1, CARDS_OIN_2 },
        { "estafette.example", "estafette.evil.example" },
        { "doel=\"tls-server\"", "doel=\"tls-client\"" },
        { "<omgeving>test<", "<omgeving>productie<" },
    };
    SCOPED_CARD struct card card = utrecht();
    SCOPED_BUF struct buf xml = { 0 };

    (void)state;
    cards_sign(&card, &xml);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *bad = sample_replace(buf_text(&xml), CASES[i].from, CASES[i].to);
        struct card read;
        struct digest fingerprint;
        struct fault fault = { 0 };
        assert_false(card_read(bad, strlen(bad), &read, &fingerprint, &fault));
        assert_int_equal(fault.code, FAULT_SIGNATURE);
        assert_null(read.certificates[PURPOSE_TLS_SERVER]);
    }
}

/* The text of a card with one thing changed, signed anew by its own key. */
static void sign_changed(const char *from, const char *to, struct buf *xml)
{
    SCOPED_CARD struct card card = utrecht();
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf first = { 0 };
    struct digest fingerprint;
    struct fault fault = { 0 };

    cards_sign(&card, &first);
    SCOPED_MEM char *changed = sample_replace(buf_text(&first), from, to);
    *strstr(changed, "<Signature") = '\0';
    buf_clear(&first);
    buf_addf(&first, "%s</peerkaart>", changed);
    assert_true(xmldoc_parse(first.data, first.size, &doc, &fault));
    assert_true(signature_sign(doc, cards_key(PURPOSE_ONDERTEKENEN),
                               sk_X509_value(card.certificates[PURPOSE_ONDERTEKENEN], 0), xml,
                               &fingerprint, &fault));
}

static void a_signature_does_not_make_it_a_card(void **state)
{
    static const struct {
        const char *from, *to, *says;
        enum fault_code code;
    } CASES[] = {
        { CARDS_OIN_1, CARDS_OIN_2, "certificate 1 for tls-server: carries another OIN",
          FAULT_CERTIFICATE },
        { "doel=\"verzegelen\"", "doel=\"tls-server\"",
          "peerkaart: no certificate for verzegelen", FAULT_CERTIFICATE },
        { "doel=\"tls-client\"", "doel=\"anders\"", "peerkaart/certificaat[2]/@doel: is not",
          FAULT_SCHEMA },
        { "doel=\"tls-client\">", "doel=\"tls-client\">AA=A", "", FAULT_DOCUMENT },
        { "https://", "http://", "peerkaart/endpoint: does not have the form", FAULT_SCHEMA },
        { ".example:8443", ".example/pad", "peerkaart/endpoint: does not have the form",
          FAULT_SCHEMA },
        { ":8443", ":0", "peerkaart/endpoint: the port is none", FAULT_DOCUMENT },
        { ":8443", ":65536", "peerkaart/endpoint: the port is none", FAULT_DOCUMENT },
        { ">0344<", ">Utrecht<", "peerkaart/gemeentecode: ", FAULT_SCHEMA },
        { "<gemeentecode>0344</gemeentecode>", "", "is not expected here, but: gemeentecode",
          FAULT_SCHEMA },
        { "<omgeving>test<", "<omgeving>acceptatie<", "peerkaart/omgeving: is not one of",
          FAULT_SCHEMA },
        { "<geldigTot>20", "<geldigTot>19", "peerkaart: a value is out of range",
          FAULT_SCHEMA },
        { "<geldigVan>20", "<geldigVan>29", "geldigTot is not after geldigVan",
          FAULT_DOCUMENT },
        { "urn:nl:estafette:peerkaart:1", "urn:nl:estafette:peerkaart:2", "root element",
          FAULT_SCHEMA },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf xml = { 0 };
        struct card card;
        struct fault fault = { 0 };
        sign_changed(CASES[i].from, CASES[i].to, &xml);
        assert_false(read_card(&xml, &card, &fault));
        if (fault.code != CASES[i].code || !strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s %s", i, fault_name(fault.code), fault.text);
    }
}

static void the_signer_must_be_on_the_card_for_signing(void **state)
{
    SCOPED_CARD struct card card = utrecht();
    SCOPED_BUF struct buf xml = { 0 };
    struct fault fault = { 0 };
    struct digest fingerprint;
    struct card read;

    (void)state;
    /* Signs with a good certificate of its own, which then is not listed: the key of
     * tls-server. */
    SCOPED_BUF struct buf first = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    cards_sign(&card, &first);
    SCOPED_MEM char *text = mem_copy(buf_text(&first));
    *strstr(text, "<Signature") = '\0';
    buf_clear(&first);
    buf_addf(&first, "%s</peerkaart>", text);
    assert_true(xmldoc_parse(first.data, first.size, &doc, &fault));
    assert_true(signature_sign(doc, cards_key(PURPOSE_TLS_SERVER),
                               sk_X509_value(card.certificates[PURPOSE_TLS_SERVER], 0), &xml,
                               &fingerprint, &fault));
    assert_false(read_card(&xml, &read, &fault));
    assert_int_equal(fault.code, FAULT_SIGNATURE);
    assert_non_null(strstr(fault.text, "not on it for ondertekenen"));
}

static void a_card_that_does_not_fit_is_not_made(void **state)
{
    SCOPED_CARD struct card no_seal = utrecht(), wrong_use = utrecht(), no_name = utrecht();
    SCOPED_CARD struct card weak = utrecht();
    const struct {
        struct card *card;
        const char *says;
    } CASES[] = {
        { &no_seal, "no certificate for verzegelen" },
        { &wrong_use, "certificate 2 for verzegelen" },
        { &no_name, "peerkaart/naam" },
        { &weak, "certificate 2 for tls-client" },
    };

    (void)state;
    X509_free(sk_X509_pop(no_seal.certificates[PURPOSE_VERZEGELEN]));
    sk_X509_push(wrong_use.certificates[PURPOSE_VERZEGELEN],
                 cards_certificate(pki, CARDS_OIN_1, PURPOSE_ONDERTEKENEN));
    no_name.naam[0] = '\0';
    sk_X509_push(weak.certificates[PURPOSE_TLS_CLIENT],
                 pki_issue(pki, &(struct pki_leaf){ .oin = CARDS_OIN_1,
                                                    .purpose = PURPOSE_TLS_CLIENT,
                                                    .key = pki_key(PKI_RSA2048, 0) }));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf xml = { 0 };
        struct digest fingerprint;
        struct fault fault = { 0 };
        assert_false(card_make(CASES[i].card, cards_key(PURPOSE_ONDERTEKENEN), &xml,
                               &fingerprint, &fault));
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* What is installed of whom; an empty trust when nothing is. */
static bool trusted(const struct card *card, struct pki *anchor, time_t at,
                    struct fault *fault)
{
    char folder[] = "/tmp/estafette-card-XXXXXX";
    SCOPED_TRUST struct trust *trust = NULL;

    assert_non_null(mkdtemp(folder));
    if (anchor)
        pki_install(anchor, folder);
    bool loaded = trust_load(folder, &trust, fault);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    assert_true(loaded);
    return card_trusted(card, trust, at, fault);
}

static void a_card_is_trusted_when_each_certificate_chains(void **state)
{
    SCOPED_CARD struct card card = utrecht(), mixed = utrecht();
    struct pki *other = pki_create(PKI_P256, "other");
    const time_t now = time(NULL);
    const struct {
        const struct card *card;
        struct pki *anchor;
        time_t at;
        enum fault_code code;
        const char *says;
    } CASES[] = {
        { &card, pki, now, FAULT_NONE, "" },
        { &card, pki, card.geldig_van, FAULT_NONE, "" },
        { &card, pki, card.geldig_van - 1, FAULT_EXPIRED, "not valid at this time" },
        { &card, pki, card.geldig_tot, FAULT_EXPIRED, "not valid at this time" },
        { &card, other, now, FAULT_CERTIFICATE, "certificate 1 for tls-server: " },
        { &card, NULL, now, FAULT_CERTIFICATE, "certificate 1 for tls-server: " },
        { &mixed, pki, now, FAULT_CERTIFICATE, "certificate 2 for verzegelen: " },
    };

    (void)state;
    sk_X509_push(mixed.certificates[PURPOSE_VERZEGELEN],
                 cards_certificate(other, CARDS_OIN_1, PURPOSE_VERZEGELEN));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        bool is = trusted(CASES[i].card, CASES[i].anchor, CASES[i].at, &fault);
        if (is != (CASES[i].code == FAULT_NONE) || fault.code != CASES[i].code
            || !strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s", i, fault.text);
    }
    pki_destroy(other);
}

static void what_is_no_xml_of_ours_is_no_card(void **state)
{
    SCOPED_BUF struct buf endless = { 0 };
    struct card card;
    struct digest fingerprint;
    struct fault fault = { 0 };

    (void)state;
    assert_false(card_read("", 0, &card, &fingerprint, &fault));
    assert_int_equal(fault.code, FAULT_DOCUMENT);
    assert_false(card_read("<peerkaart/>", 12, &card, &fingerprint, &fault));
    assert_int_equal(fault.code, FAULT_SIGNATURE);
    while (endless.size <= CARD_BYTES_MAX)
        buf_add_text(&endless, "<a>");
    assert_false(read_card(&endless, &card, &fault));
    assert_int_equal(fault.code, FAULT_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_comes_back_as_it_was_made),
        cmocka_unit_test(the_fingerprint_does_not_depend_on_the_signature),
        cmocka_unit_test(whatever_changes_after_signing_is_noticed),
        cmocka_unit_test(a_signature_does_not_make_it_a_card),
        cmocka_unit_test(the_signer_must_be_on_the_card_for_signing),
        cmocka_unit_test(a_card_that_does_not_fit_is_not_made),
        cmocka_unit_test(a_card_is_trusted_when_each_certificate_chains),
        cmocka_unit_test(what_is_no_xml_of_ours_is_no_card),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
