/* Versions of the dossier: what a later one may add is let through and kept to the byte; what
 * it may not, and another major version, is refused with words that help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/message.h"
#include "codecs/rules.h"
#include "codecs/schema.h"
#include "codecs/signature.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "tests/pki.h"
#include "tests/sample.h"

/* In canonical form already: what goes in must come out. */
#define ADDED                                                                                 \
    "<v:buddy xmlns:v=\"urn:nl:estafette:dossier:1.1\" sinds=\"2026-09-01\">Kanarie &amp; "   \
    "<v:taal>Tigrinya</v:taal>\n zes weken<w:x xmlns:w=\"urn:elders\"></w:x></v:buddy>"
#define LATER "<later>" ADDED "</later>"
#define OURS "<later><buddy/></later>"

static const char SENTENCE[] =
    ": dit dossier is van versie 2; deze gateway leest versie 1. Werk de gateway bij, of "
    "vraag de afzender om versie 1";

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    view_install();
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    view_uninstall();
    schema_uninstall();
    return 0;
}

/* The sample of the asielstatushouder, changed; the caller's. */
static char *changed(const char *from, const char *to)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");

    return sample_replace(sample, from, to);
}

static bool check(const char *xml, xmlDoc **doc, struct fault *fault)
{
    return dossier_check(xml, strlen(xml), NULL, NULL, doc, fault);
}

/* --- the reserved places -------------------------------------------------------------- */

/* What stands behind each: there is no other place. */
static const struct {
    const char *path, *before;
} PLACES[] = {
    { "dossier/persoon", "</persoon>" },
    { "dossier/intake", "</intake>" },
    { "dossier/pip/versie", "</versie>" },
    { "dossier/pip", "</pip>\n  <voortgang" },
    { "dossier/voortgang/traject", "</traject>" },
    { "dossier/voortgang", "</voortgang>" },
    { "dossier/handhaving/boete", "</boete>" },
    { "dossier/handhaving", "</handhaving>" },
    { "dossier/duo", "</duo>" },
    { "dossier/documenten", "</documenten>" },
    { "dossier", "</dossier>" },
};
#define PLACE_COUNT (sizeof(PLACES) / sizeof(PLACES[0]))

static char *with_later(const char *before, const char *later)
{
    SCOPED_BUF struct buf to = { 0 };

    buf_addf(&to, "%s%s", later, before);
    return changed(before, buf_text(&to));
}

static void what_a_later_version_adds_is_let_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLACE_COUNT; i++) {
        SCOPED_MEM char *xml = with_later(PLACES[i].before, LATER);
        struct fault fault = { 0 };
        if (!check(xml, NULL, &fault))
            fail_msg("%s: %s", PLACES[i].path, fault.text);
    }
}

static void the_schema_reserves_exactly_these_places(void **state)
{
    size_t size = 0, count = 0;

    (void)state;
    for (const char *at = schema_source("dossier.xsd", &size);
         (at = strstr(at, "type=\"later\"")); at++)
        count++;
    assert_int_equal(count, PLACE_COUNT);
}

/* Build, sign, verify, and believe only the canonical bytes: as every message does. */
static void through_a_message(const char *xml, struct buf *canonical)
{
    struct kop kop = { .bericht_id = "018bcfe5-6800-7000-8000-000000000001",
                       .overdracht_id = "018bcfe5-6800-7000-8000-000000000002",
                       .soort = SOORT_DOSSIER,
                       .afzender = { "00000099000000001000", "0344" },
                       .ontvanger = { "00000099000000002000", "0307" },
                       .gemaakt = 1795457100,
                       .geldig_tot = 1795889100 };
    struct pki *pki = pki_create(PKI_P256, "Version test root");
    X509 *signer = pki_issue(pki, &(struct pki_leaf){ .oin = "00000099000000001000",
                                                      .purpose = PURPOSE_ONDERTEKENEN,
                                                      .key = pki_key(PKI_P256, 1) });
    SCOPED_XMLDOC xmlDoc *dossier = NULL, *doc = NULL, *received = NULL;
    SCOPED_BUF struct buf sent = { 0 };
    struct digest digest;
    struct fault fault = { 0 };

    bool good = check(xml, &dossier, &fault)
                && message_build(&kop, xmlDocGetRootElement(dossier), &doc, &fault)
                && signature_sign(doc, pki_key(PKI_P256, 1), signer, &sent, &digest, &fault)
                && xmldoc_parse(sent.data, sent.size, &received, &fault)
                && signature_verify(received, signer, canonical, &digest, &fault);
    X509_free(signer);
    pki_destroy(pki);
    if (!good)
        fail_msg("%s", fault.text);
}

static void it_is_signed_and_verified_to_the_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLACE_COUNT; i++) {
        SCOPED_MEM char *xml = with_later(PLACES[i].before, LATER);
        SCOPED_BUF struct buf canonical = { 0 };
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        struct kop kop;
        struct fault fault = { 0 };
        through_a_message(xml, &canonical);
        if (!strstr(buf_text(&canonical), LATER))
            fail_msg("%s: it came out otherwise", PLACES[i].path);
        assert_true(message_parse(&canonical, &doc, &kop, &fault));
        assert_true(message_validate(doc, &kop, &fault));
        assert_true(dossier_rules(message_content(doc), &RULES_LAW, NULL, NULL, &fault));
    }
}

/* A prefix that the root declares is declared where it is used: exclusive canonicalisation. */
static void a_prefix_of_the_root_goes_along(void **state)
{
    SCOPED_MEM char *sample =
        changed("<dossier ", "<dossier xmlns:v=\"urn:nl:estafette:dossier:1.1\" ");
    SCOPED_MEM char *xml =
        sample_replace(sample, "</intake>", "<later><v:a b=\"c\"/></later></intake>");
    SCOPED_BUF struct buf canonical = { 0 };

    (void)state;
    through_a_message(xml, &canonical);
    assert_non_null(
        strstr(buf_text(&canonical),
               "<later><v:a xmlns:v=\"urn:nl:estafette:dossier:1.1\" b=\"c\"></v:a></later>"));
}

static void people_see_what_was_added(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLACE_COUNT; i++) {
        SCOPED_MEM char *xml = with_later(PLACES[i].before, LATER);
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        SCOPED_BUF struct buf text = { 0 };
        struct fault fault = { 0 };
        assert_true(check(xml, &doc, &fault));
        assert_true(view_text(doc, &text, &fault));
        if (!strstr(buf_text(&text), "Kanarie &") || !strstr(buf_text(&text), "zes weken")
            || !strstr(buf_text(&text), "2026-09-01"))
            fail_msg("%s: not in %s", PLACES[i].path, buf_text(&text));
    }
}

/* --- what is refused ------------------------------------------------------------------ */

/* clang-format off */
static const struct {
    const char *from, *to, *says;
} REFUSED[] = {
    /* elsewhere, ours or not */
    { "<cohort>", ADDED "<cohort>", "dossier/persoon/buddy: is not expected here" },
    { "</gesprek>", ADDED "</gesprek>", "dossier/intake/gesprek[1]/buddy: is not expected here" },
    { "<intake ", "<later/><intake ", "dossier/later: is not expected here" },
    { "</intake>", "<buddy>x</buddy></intake>", "dossier/intake/buddy: is not expected here" },
    { "</intake>", ADDED "</intake>", "dossier/intake/buddy: is not expected here" },
    { "</intake>", LATER "<opmerking>x</opmerking></intake>", "dossier/intake/opmerking: is not expected here" },
    { "</intake>", LATER LATER "</intake>", "dossier/intake/later[2]: is not expected here" },
    /* in a reserved place */
    { "</intake>", OURS "</intake>", "dossier/intake/later/buddy: " },
    { "</intake>", "<later><buddy xmlns=\"\"/></later></intake>", "dossier/intake/later/buddy: " },
    { "</intake>", "<later/></intake>", "dossier/intake/later: " },
    { "</intake>", "<later>x" ADDED "</later></intake>", "dossier/intake/later: holds text" },
    { "</intake>", "<later><v:a xmlns:v=\"urn:x\" v:b=\"c\"/></later></intake>", "dossier/intake/later/a/@b: is an attribute of another namespace" },
    { "</intake>", "<later><a xmlns=\"urn:x\"><dossier xmlns=\"urn:nl:estafette:dossier:1\"/></a></later></intake>", "dossier/intake/later/a/dossier" },
    /* another major version says so in the namespace */
    { "versie=\"1.0\"", "versie=\"2.0\"", "dossier/@versie: does not have the form" },
    { "dossier:1\"", "dossier:2\"", SENTENCE },
    { "dossier:1\"", "dossier:12\"", ": dit dossier is van versie 12; deze gateway leest versie 1. " },
    { "dossier:1\"", "dossier:1.1\"", "is not the root element that belongs here" },
    { "dossier:1\"", "dossier:1234567\"", "is not the root element that belongs here" },
    { "dossier:1\"", "dossier:\"", "is not the root element that belongs here" },
};
/* clang-format on */

static void everything_else_is_refused_with_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        SCOPED_MEM char *xml = changed(REFUSED[i].from, REFUSED[i].to);
        struct fault fault = { 0 };
        if (check(xml, NULL, &fault))
            fail_msg("case %zu was accepted", i);
        assert_int_equal(fault.code, FAULT_SCHEMA);
        if (!strstr(fault.text, REFUSED[i].says) || strstr(fault.text, "Kanarie"))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

static void a_minor_version_is_just_a_number(void **state)
{
    static const char *const MINORS[] = { "versie=\"1.1\"", "versie=\"1.999\"" };

    (void)state;
    for (size_t i = 0; i < sizeof(MINORS) / sizeof(MINORS[0]); i++) {
        SCOPED_MEM char *xml = changed("versie=\"1.0\"", MINORS[i]);
        SCOPED_BUF struct buf canonical = { 0 };
        struct fault fault = { 0 };
        if (!check(xml, NULL, &fault))
            fail_msg("%s: %s", MINORS[i], fault.text);
        through_a_message(xml, &canonical);
        assert_non_null(strstr(buf_text(&canonical), MINORS[i]));
    }
}

/* A dossier of another major version inside a message of ours. */
static void a_message_with_another_major_version_says_so_too(void **state)
{
    SCOPED_MEM char *xml = changed("<cohort>", "<cohort>");
    SCOPED_BUF struct buf canonical = { 0 }, other = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };
    struct kop kop;

    (void)state;
    through_a_message(xml, &canonical);
    SCOPED_MEM char *two = sample_replace(buf_text(&canonical), "dossier:1\"", "dossier:2\"");
    buf_add_text(&other, two);
    assert_true(message_parse(&other, &doc, &kop, &fault));
    assert_false(message_validate(doc, &kop, &fault));
    assert_int_equal(fault.code, FAULT_SCHEMA);
    assert_non_null(strstr(fault.text, "bericht/dossier: "));
    assert_non_null(strstr(fault.text, SENTENCE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_later_version_adds_is_let_through),
        cmocka_unit_test(the_schema_reserves_exactly_these_places),
        cmocka_unit_test(it_is_signed_and_verified_to_the_byte),
        cmocka_unit_test(a_prefix_of_the_root_goes_along),
        cmocka_unit_test(people_see_what_was_added),
        cmocka_unit_test(everything_else_is_refused_with_its_path),
        cmocka_unit_test(a_minor_version_is_just_a_number),
        cmocka_unit_test(a_message_with_another_major_version_says_so_too),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
