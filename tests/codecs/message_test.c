/* Messages: what is built reads back the same, and what contradicts itself is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/message.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    schema_uninstall();
    return 0;
}

static struct kop kop_of(enum soort soort)
{
    return (struct kop){
        .bericht_id = "018bcfe5-6800-7000-8000-000000000001",
        .overdracht_id = "018bcfe5-6800-7000-8000-000000000002",
        .soort = soort,
        .afzender = { "00000099000000001000", "0344" },
        .ontvanger = { "00000099000000002000", "0307" },
        .gemaakt = 1795457100,
        .geldig_tot = 1795889100,
    };
}

static bool read_text(const char *xml, struct kop *kop, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf bytes = { 0 };

    buf_add_text(&bytes, xml);
    return message_parse(&bytes, &doc, kop, fault) && message_validate(doc, kop, fault);
}

/* The text of a message with this content; NULL with the fault set. */
static char *built(enum soort soort, const char *inhoud, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *content = NULL, *doc = NULL;
    SCOPED_BUF struct buf bytes = { 0 };
    const struct kop kop = kop_of(soort);

    if (inhoud)
        assert_true(xmldoc_parse(inhoud, strlen(inhoud), &content, fault));
    if (!message_build(&kop, content ? xmlDocGetRootElement(content) : NULL, &doc, fault))
        return NULL;
    xmldoc_write(doc, &bytes);
    return mem_copy(buf_text(&bytes));
}

static void a_header_comes_back_as_it_was_written(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf bytes = { 0 };
    struct kop kop = kop_of(SOORT_OVERNAME), again;
    struct fault fault = { 0 };

    (void)state;
    (void)snprintf(kop.antwoord_op, sizeof(kop.antwoord_op), "%s",
                   "018bcfe5-6800-7000-8000-000000000003");
    (void)snprintf(kop.contact.naam, sizeof(kop.contact.naam), "%s",
                   "José & Søn <zonder zorgen>");
    (void)snprintf(kop.contact.telefoon, sizeof(kop.contact.telefoon), "%s", "+31 30 0000000");
    (void)snprintf(kop.contact.email, sizeof(kop.contact.email), "%s", "j@example.org");
    assert_true(message_build(&kop, NULL, &doc, &fault));
    xmldoc_write(doc, &bytes);
    xmldoc_release(&doc);
    assert_true(message_parse(&bytes, &doc, &again, &fault));
    assert_memory_equal(&kop, &again, sizeof(kop));
    assert_string_equal((const char *)message_content(doc)->name, "overname");
}

static void what_is_optional_stays_empty(void **state)
{
    struct fault fault = { 0 };
    SCOPED_MEM char *xml = built(SOORT_PING, NULL, &fault);
    struct kop kop;

    (void)state;
    assert_non_null(xml);
    assert_null(strstr(xml, "antwoordOp"));
    assert_null(strstr(xml, "contactpersoon"));
    assert_true(read_text(xml, &kop, &fault));
    assert_string_equal(kop.antwoord_op, "");
    assert_string_equal(kop.contact.naam, "");
}

static void a_dossier_travels_in_its_own_namespace(void **state)
{
    SCOPED_MEM char *dossier = sample_dossier("asielstatushouder.xml");
    struct fault fault = { 0 };
    SCOPED_MEM char *xml = built(SOORT_DOSSIER, dossier, &fault);
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf bytes = { 0 };
    struct kop kop;

    (void)state;
    assert_non_null(xml);
    buf_add_text(&bytes, xml);
    assert_true(message_parse(&bytes, &doc, &kop, &fault));
    assert_int_equal(kop.soort, SOORT_DOSSIER);
    assert_true(xmldoc_is(message_content(doc), "urn:nl:estafette:dossier:1", "dossier"));
    assert_string_equal(xmldoc_text(message_content(doc), "persoon/bsn"), "999900006");
}

#define NS " xmlns=\"urn:nl:estafette:bericht:1\""

static void a_code_brings_what_belongs_to_it(void **state)
{
    static const struct {
        enum soort soort;
        const char *inhoud, *says;
    } CASES[] = {
        { SOORT_VERZOEKAFWIJZING,
          "<verzoekafwijzing" NS "><code>verhuisd</code>"
          "<gemeentecode>0307</gemeentecode></verzoekafwijzing>",
          NULL },
        { SOORT_VERZOEKAFWIJZING,
          "<verzoekafwijzing" NS "><code>blokkade</code></verzoekafwijzing>", NULL },
        { SOORT_VERZOEKAFWIJZING,
          "<verzoekafwijzing" NS "><code>verhuisd</code></verzoekafwijzing>",
          "code verhuisd needs gemeentecode" },
        { SOORT_VERZOEKAFWIJZING,
          "<verzoekafwijzing" NS "><code>blokkade</code>"
          "<gemeentecode>0307</gemeentecode></verzoekafwijzing>",
          "gemeentecode: belongs to code verhuisd only" },
        { SOORT_VERZOEKAFWIJZING,
          "<verzoekafwijzing" NS "><code>in-behandeling</code></verzoekafwijzing>",
          "code in-behandeling needs verwachtOp" },
        { SOORT_WEIGERING, "<weigering" NS "><code>onvolledig</code></weigering>",
          "code onvolledig needs onderdelen" },
        { SOORT_WEIGERING, "<weigering" NS "><code>anders</code></weigering>",
          "code anders needs toelichting" },
        { SOORT_WEIGERING,
          "<weigering" NS "><code>dubbel</code><toelichting>x</toelichting></weigering>",
          NULL },
        { SOORT_INTREKKING,
          "<intrekking" NS "><betreft>018bcfe5-6800-7000-8000-000000000001</betreft>"
          "<code>anders</code></intrekking>",
          "code anders needs toelichting" },
        { SOORT_DOSSIERVERZOEK,
          "<dossierverzoek" NS "><bsn>999900018</bsn><grond>BRP</grond></dossierverzoek>",
          NULL },
        { SOORT_DOSSIERVERZOEK,
          "<dossierverzoek" NS "><bsn>123456789</bsn><grond>BRP</grond></dossierverzoek>",
          "bericht/dossierverzoek/bsn: fails the 11-test" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        SCOPED_MEM char *xml = built(CASES[i].soort, CASES[i].inhoud, &fault);
        if (!CASES[i].says != !!xml)
            fail_msg("case %zu: %s", i, fault.text);
        if (CASES[i].says) {
            assert_int_equal(fault.code, FAULT_RULE);
            assert_non_null(strstr(fault.text, CASES[i].says));
        }
    }
}

static void a_header_that_is_not_complete_is_never_given_away(void **state)
{
    static const struct {
        size_t offset;
        const char *bad, *says;
    } CASES[] = {
        { offsetof(struct kop, bericht_id), "", "is not expected here, but: berichtId" },
        { offsetof(struct kop, bericht_id), "018BCFE5-6800-7000-8000-000000000001",
          "bericht/kop/berichtId: does not have the form" },
        { offsetof(struct kop, afzender.oin), "0000009900000000100x",
          "bericht/kop/afzender/oin: does not have the form [0-9]{20}" },
        { offsetof(struct kop, ontvanger.gemeentecode), "344",
          "bericht/kop/ontvanger/gemeentecode" },
        { offsetof(struct kop, contact.naam), "zonder telefoon", "misses: telefoon" },
        { offsetof(struct kop, antwoord_op), "x", "bericht/kop/antwoordOp" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        struct kop kop = kop_of(SOORT_PING);
        struct fault fault = { 0 };
        memcpy((char *)&kop + CASES[i].offset, CASES[i].bad, strlen(CASES[i].bad) + 1);
        assert_false(message_build(&kop, NULL, &doc, &fault));
        assert_null(doc);
        if (fault.code != FAULT_SCHEMA || !strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

/* Before the schema: what cannot be answered with a receipt. */
static void a_header_is_read_strictly(void **state)
{
    static const struct {
        const char *from, *to, *says;
    } CASES[] = {
        { "<soort>ping<", "<soort>pong<", "bericht/kop/soort: is not of the form" },
        { "<soort>ping</soort>", "", "bericht/kop/soort: is missing" },
        { "018bcfe5", "018BCFE5", "bericht/kop/berichtId: is not of the form" },
        { "0000009900", " 000009900", "bericht/kop/afzender/oin: is not of the form" },
        { ">0344<", ">344<", "bericht/kop/afzender/gemeentecode: is not of the form" },
        { ">0344<", ">0344</gemeentecode><gemeentecode>0344<", "holds something twice" },
        { "<soort>", "<iets/><soort>", "holds something twice, or something else" },
        { "<afzender>", "<afzender/><afzender>", "bericht/kop/afzender/oin: is missing" },
        { "2026-11-23T18:05:00Z", "2026-11-23T24:00:00Z", "bericht/kop/gemaakt: is not" },
        { "2026-11-23T18:05:00Z", "1969-11-23T18:05:00Z", "bericht/kop/gemaakt: is not" },
        { "2026-11-23T18:05:00Z", "2026-11-23T18:05:00+01:00", "bericht/kop/gemaakt: is not" },
        { "<versie>1.0<", "<versie>2.0<", "bericht/kop/versie: is not of the form" },
        { "<versie>1.0<", "<versie><x/><", "bericht/kop/versie: is missing" },
        { "<ping/>", "<!-- --><ping/>", "'<!'" },
        { "estafette:bericht:1", "estafette:bericht:2", "not a bericht with a kop" },
    };
    struct fault fault = { 0 };
    struct kop kop;
    SCOPED_MEM char *xml = built(SOORT_PING, NULL, &fault);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *bad = sample_replace(xml, CASES[i].from, CASES[i].to);
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        SCOPED_BUF struct buf bytes = { 0 };
        buf_add_text(&bytes, bad);
        assert_false(message_parse(&bytes, &doc, &kop, &fault));
        assert_null(doc);
        if (fault.code != FAULT_DOCUMENT || !strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

/* Parsed, so that it can be refused with a receipt; but refused. */
static void what_contradicts_itself_is_read_and_refused(void **state)
{
    static const struct {
        const char *from, *to, *says;
    } CASES[] = {
        { "<ping/>", "<overname/>", "bericht/overname: kop/soort says ping" },
        { "<soort>ping<", "<soort>dossier<", "bericht/ping: kop/soort says dossier" },
        { "<ping/>", "", "misses" },
        { "<ping/>", "<ping>x</ping>", "bericht/ping: " },
        { "<ping/>", "<ping/><ping/>", "bericht/ping[2]: is not expected here" },
        { "<versie>1.0<", "<versie>1.x<", "bericht/kop/versie: does not have the form" },
    };
    struct fault fault = { 0 };
    SCOPED_MEM char *xml = built(SOORT_PING, NULL, &fault);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *bad = sample_replace(xml, CASES[i].from, CASES[i].to);
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        SCOPED_BUF struct buf bytes = { 0 };
        struct kop kop;
        buf_add_text(&bytes, bad);
        assert_true(message_parse(&bytes, &doc, &kop, &fault));
        assert_string_equal(kop.afzender.oin, "00000099000000001000");
        assert_false(message_validate(doc, &kop, &fault));
        if (fault.code != FAULT_SCHEMA || !strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

static void a_later_1_x_is_read_too(void **state)
{
    struct fault fault = { 0 };
    struct kop kop;
    SCOPED_MEM char *xml = built(SOORT_PING, NULL, &fault);
    SCOPED_MEM char *later = sample_replace(xml, "<versie>1.0<", "<versie>1.7<");

    (void)state;
    assert_true(read_text(later, &kop, &fault));
}

static void every_soort_has_one_name(void **state)
{
    enum soort soort = SOORT_PING;

    (void)state;
    for (int i = 0; i < SOORTEN; i++) {
        assert_true(soort_from_name(soort_name((enum soort)i), &soort));
        assert_int_equal(soort, i);
    }
    assert_false(soort_from_name("Dossier", &soort));
    assert_false(soort_from_name("", &soort));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_comes_back_as_it_was_written),
        cmocka_unit_test(what_is_optional_stays_empty),
        cmocka_unit_test(a_dossier_travels_in_its_own_namespace),
        cmocka_unit_test(a_code_brings_what_belongs_to_it),
        cmocka_unit_test(a_header_that_is_not_complete_is_never_given_away),
        cmocka_unit_test(a_header_is_read_strictly),
        cmocka_unit_test(what_contradicts_itself_is_read_and_refused),
        cmocka_unit_test(a_later_1_x_is_read_too),
        cmocka_unit_test(every_soort_has_one_name),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
