/* The schemas: what fits, what does not, and that findings never quote a document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pthread.h>

#include <cmocka.h>

#include <libxml/xmlregexp.h>

#include "codecs/base/mem.h"
#include "codecs/digest.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

#define D                                                                                     \
    "<dossier xmlns=\"urn:nl:estafette:dossier:1\" versie=\"1.0\" peildatum=\"2026-11-16\">"
#define KOP                                                                                   \
    "<kop><berichtId>018bcfe5-6800-7000-8000-000000000001</berichtId>"                        \
    "<overdrachtId>018bcfe5-6800-7000-8000-000000000002</overdrachtId><soort>ping</soort>"    \
    "<afzender><oin>00000099000000001000</oin><gemeentecode>0344</gemeentecode></afzender>"   \
    "<ontvanger><oin>00000099000000002000</oin><gemeentecode>0307</gemeentecode></ontvanger>" \
    "<gemaakt>2026-11-23T18:05:00Z</gemaakt><geldigTot>2026-11-28T18:05:00Z</geldigTot>"      \
    "<versie>1.0</versie></kop>"
#define B "<bericht xmlns=\"urn:nl:estafette:bericht:1\">"

struct log {
    char text[65536];
    size_t size;
    int count;
};

static void keep(void *context, const struct schema_finding *finding)
{
    struct log *log = context;
    int size = snprintf(log->text + log->size, sizeof(log->text) - log->size, "%ld %s %s\n",
                        finding->line, finding->path, finding->says);

    log->size += (size_t)size;
    log->count++;
    assert_in_range(log->size, 0, sizeof(log->text) - 1);
}

static bool judge(enum schema schema, const char *xml, struct log *log, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    if (!xmldoc_parse(xml, strlen(xml), &doc, fault))
        return false;
    return schema_validate(schema, doc, log ? keep : NULL, log, fault);
}

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

static void the_sample_dossiers_fit(void **state)
{
    static const char *const FILES[] = { "asielstatushouder.xml", "gezinsmigrant.xml" };

    (void)state;
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        struct fault fault = { 0 };
        SCOPED_MEM char *xml = sample_dossier(FILES[i]);
        if (!judge(SCHEMA_DOSSIER, xml, NULL, &fault))
            fail_msg("%s: %s", FILES[i], fault.text);
    }
}

static void every_change_is_found_and_named(void **state)
{
    static const struct {
        const char *from, *to, *says;
    } CASES[] = {
        { "999900031", "99990003x",
          "line 4: dossier/persoon/bsn: does not have the form [0-9]{9}" },
        { "999900031", "9999000311",
          "line 4: dossier/persoon/bsn: has more characters than 9" },
        { "999900031", " 999900031",
          "dossier/persoon/bsn: is a number or date with white space" },
        { "Wi2021", "Wi2022",
          "dossier/persoon/cohort: is not one of 'Wi2007', 'Wi2013', 'Wi2021'" },
        { ">Wi2021<", "><", "dossier/persoon/cohort: is not one of" },
        { "Ana Clara", "", "dossier/persoon/naam/voornamen: has fewer characters than 1" },
        { "<cohort>Wi2021</cohort>", "",
          "dossier/persoon/contact: is not expected here, but one of: "
          "asielrechtenWijzigingVerblijfsdoel, cohort" },
        { "<cohort>", "<fout/><cohort>", "dossier/persoon/fout: is not expected here" },
        { "<naam>Enfermagem</naam>", "",
          "dossier/intake/onderwijs/opleiding/land: is not expected here, but: naam" },
        { "<resultaat>Gezakt</resultaat>", "",
          "dossier/duo/gelezen/examen[3]: misses: resultaat" },
        { "versie=\"1.0\"", "versie=\"2.0\"",
          "dossier/@versie: does not have the form 1\\.[0-9]{1,3}" },
        { "versie=\"1.0\"", "versie=\"1.0\" extra=\"x\"",
          "dossier/@extra: is not an attribute of this element" },
        { "versie=\"1.0\"", "", "dossier: misses the attribute versie" },
        { "2025-06-24<", "2025-02-31<", "dossier/intake/gesprek/datum: is not a valid datum" },
        { "2025-06-24<", "2025-06-24Z<", "does not have the form [0-9]{4}-[0-9]{2}-[0-9]{2}" },
        { "2025-06-24<", "\n2025-06-24<", "datum: is a number or date with white space" },
        { "1996-05-30", "1996-05-32",
          "dossier/persoon/geboortedatum: is not a valid geboortedatum" },
        { "<cohort>", "x<cohort>", "dossier/persoon: holds text between its elements" },
        { ">Wi2021<", "><x/><",
          "dossier/persoon/cohort: holds elements where only text belongs" },
        { "<handhaving status=\"leeg\"/>", "",
          "dossier/duo: is not expected here, but: handhaving" },
        { "status=\"leeg\"", "status=\"weg\"",
          "dossier/handhaving/@status: is not one of 'geleverd', 'leeg'" },
        { "<cohort>",
          "<cohort xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"kort\">",
          "dossier/persoon/cohort/@type: is an attribute of another namespace" },
        { "<cohort>", "<cohort xmlns=\"urn:elders\">",
          "dossier/persoon/cohort: is not expected here" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
        SCOPED_MEM char *xml = sample_replace(sample, CASES[i].from, CASES[i].to);
        assert_false(judge(SCHEMA_DOSSIER, xml, NULL, &fault));
        assert_int_equal(fault.code, FAULT_SCHEMA);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

static void the_root_must_be_the_schemas_own(void **state)
{
    static const struct {
        enum schema schema;
        const char *xml;
    } CASES[] = {
        { SCHEMA_BERICHT, D "</dossier>" },
        { SCHEMA_DOSSIER, "<dossier/>" },
        { SCHEMA_DOSSIER, "<persoon xmlns=\"urn:nl:estafette:dossier:1\"/>" },
        { SCHEMA_PEERKAART, B "</bericht>" },
    };
    struct fault fault = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_false(judge(CASES[i].schema, CASES[i].xml, NULL, &fault));
        assert_non_null(strstr(fault.text, "is not the root element that belongs here"));
    }
}

/* The BSN, the name and a remark stand in everything that is wrong here; none may come out. */
static void findings_never_quote_the_document(void **state)
{
    static const char *const LEAKS[] = { "123456782", "Geheim", "suikerziekte" };
    static const char *const CASES[] = {
        D "<persoon status=\"Geheim\"><bsn>123456782 accepted by the pattern "
          "'123456782'.</bsn></persoon>"
          "</dossier>",
        D "<b123456782>Geheim</b123456782></dossier>",
        D "<persoon status=\"geleverd\">suikerziekte<bsn>of the set "
          "{Geheim}.</bsn></persoon></dossier>",
        D "<a xmlns=\"urn:x:123456782\" "
          "suikerziekte123456782=\"Geheim\">suikerziekte</a></dossier>",
        D "<persoon "
          "status=\"geleverd\"><bsn>123456782</bsn><naam><Geheim.123456782/></naam></"
          "persoon></dossier>",
        D "<persoon status=\"geleverd\" xmlns:p=\"urn:Geheim\" "
          "p:g123456782=\"Geheim\"/></dossier>",
        "<x123456782>Geheim</x123456782>",
        B KOP "<ping>Geheim 123456782</ping></bericht>",
        B "<kop><berichtId>Expected is ( Geheim ).</berichtId></kop></bericht>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        struct log log = { 0 };
        enum schema schema = strncmp(CASES[i], B, 8) == 0 ? SCHEMA_BERICHT : SCHEMA_DOSSIER;
        assert_false(judge(schema, CASES[i], &log, &fault));
        assert_int_equal(fault.code, FAULT_SCHEMA);
        for (size_t leak = 0; leak < sizeof(LEAKS) / sizeof(LEAKS[0]); leak++)
            if (strstr(fault.text, LEAKS[leak]) || strstr(log.text, LEAKS[leak]))
                fail_msg("case %zu tells %s: %s", i, LEAKS[leak], log.text);
    }
}

static void findings_are_counted_to_a_hundred(void **state)
{
    SCOPED_BUF struct buf xml = { 0 };
    struct fault fault = { 0 };
    struct log log = { 0 };

    (void)state;
    buf_add_text(&xml, D "<persoon status=\"geleverd\"/><intake status=\"geleverd\">");
    for (int i = 0; i < 50; i++)
        buf_add_text(&xml, "<gesprek><datum>x</datum><verslag></verslag></gesprek>");
    buf_add_text(&xml, "</intake></dossier>");
    assert_false(judge(SCHEMA_DOSSIER, buf_text(&xml), &log, &fault));
    assert_int_equal(log.count, 100);
    assert_non_null(strstr(log.text, "dossier/intake/gesprek[2]/datum"));
}

static void every_soort_has_its_content(void **state)
{
    static const struct {
        const char *content;
        bool fits;
    } CASES[] = {
        { "<ping/>", true },
        { "<ping><x/></ping>", false },
        { "", false },
        { "<ping/><ping/>", false },
        { "<overname/>", true },
        { "<overname><datum>2026-11-23</datum></overname>", true },
        { "<overname><datum>vandaag</datum></overname>", false },
        { "<dossierverzoek><bsn>999900006</bsn><grond>SS121</grond></dossierverzoek>", true },
        { "<dossierverzoek><vnummer>0099991234</vnummer><grond>BRP</grond></dossierverzoek>",
          true },
        { "<dossierverzoek><grond>BRP</grond></dossierverzoek>", false },
        { "<dossierverzoek><bsn>999900006</bsn><grond>zomaar</grond></dossierverzoek>",
          false },
        { "<verzoekafwijzing><code>verhuisd</code><gemeentecode>0307</gemeentecode></"
          "verzoekafwijzing>",
          true },
        { "<verzoekafwijzing><code>geen-zin</code></verzoekafwijzing>", false },
        { "<weigering><code>onvolledig</code><onderdelen><onderdeel>pip</onderdeel></"
          "onderdelen></weigering>",
          true },
        { "<weigering><code>onvolledig</code><onderdelen/></weigering>", false },
        { "<intrekking><betreft>018bcfe5-6800-7000-8000-000000000001</betreft><code>onjuist</"
          "code></intrekking>",
          true },
        { "<intrekking><code>onjuist</code></intrekking>", false },
        { "<intrekkingbevestiging><betreft>018bcfe5-6800-7000-8000-000000000001</betreft>"
          "<verwijderdOp>2026-11-23T18:05:00Z</verwijderdOp></intrekkingbevestiging>",
          true },
        { "<aanvulling><betreft>018bcfe5-6800-7000-8000-000000000001</betreft></aanvulling>",
          false },
        { "<ping/><Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><a "
          "b=\"c\"/></Signature>",
          true },
        { "<ping/><Signature xmlns=\"urn:elders\"/>", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf xml = { 0 };
        struct fault fault = { 0 };
        buf_addf(&xml, "%s%s%s</bericht>", B, KOP, CASES[i].content);
        if (judge(SCHEMA_BERICHT, buf_text(&xml), NULL, &fault) != CASES[i].fits)
            fail_msg("case %zu: %s", i, fault.text);
    }
}

static void what_is_no_text_never_fits(void **state)
{
    static const char *const CASES[] = { "\x01", "\xff", "\xc3" };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        SCOPED_XMLDOC xmlDoc *doc = xmldoc_new("urn:nl:estafette:dossier:1", "dossier");
        xmldoc_add(xmlDocGetRootElement(doc), "persoon", CASES[i]);
        assert_false(schema_validate(SCHEMA_DOSSIER, doc, NULL, NULL, &fault));
        assert_non_null(strstr(fault.text, "characters that XML does not allow"));
    }
}

static void a_value_of_any_length_is_refused_at_once(void **state)
{
    SCOPED_BUF struct buf xml = { 0 };
    struct fault fault = { 0 };

    (void)state;
    buf_add_text(&xml, D "<persoon status=\"geleverd\"><bsn>");
    for (int i = 0; i < 200000; i++)
        buf_add_text(&xml, "1");
    buf_add_text(&xml, "</bsn></persoon></dossier>");
    assert_false(judge(SCHEMA_DOSSIER, buf_text(&xml), NULL, &fault));
    assert_non_null(strstr(fault.text, "is longer than any value may be"));
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void assert_fast(const char *pattern)
{
    static const char FILLS[] = "a1A ";
    xmlRegexp *regexp = xmlRegexpCompile((const xmlChar *)pattern);

    assert_non_null(regexp);
    for (size_t i = 0; FILLS[i]; i++) {
        char value[20001] = { 0 };
        memset(value, FILLS[i], sizeof(value) - 1);
        double start = seconds();
        assert_int_not_equal(xmlRegexpExec(regexp, (const xmlChar *)value), 1);
        if (seconds() - start > 0.1) /* 20 ms, and room for sanitizers */
            fail_msg("pattern %s is slow on '%c'", pattern, FILLS[i]);
    }
    xmlRegFreeRegexp(regexp);
}

static void every_pattern_is_linear(void **state)
{
    static const char *const FILES[] = { "bericht.xsd", "dossier.xsd",
                                         "ontvangstbevestiging.xsd", "peerkaart.xsd" };
    static const char MARK[] = "<xs:pattern value=\"";
    int count = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        size_t size = 0;
        const char *at = schema_source(FILES[i], &size);
        assert_non_null(at);
        for (at = strstr(at, MARK); at; at = strstr(at, MARK), count++) {
            at += sizeof(MARK) - 1;
            SCOPED_MEM char *pattern = mem_copy(at);
            *strchr(pattern, '"') = '\0';
            assert_fast(pattern);
        }
    }
    assert_in_range(count, 20, 1000);
}

static void every_string_is_bounded(void **state)
{
    static const char *const FILES[] = { "bericht.xsd", "dossier.xsd",
                                         "ontvangstbevestiging.xsd", "peerkaart.xsd" };
    size_t size = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        const char *at = schema_source(FILES[i], &size);
        assert_null(strstr(at, "type=\"xs:"));
        assert_null(strstr(at, "unbounded"));
        while ((at = strstr(at, "base=\"xs:string\">"))) {
            const char *end = strstr(at, "</xs:restriction>");
            const char *bound = strstr(at, "<xs:maxLength"), *list = strstr(at, "<xs:enum");
            assert_true((bound && bound < end) || (list && list < end));
            at = end;
        }
    }
    assert_null(schema_source("elders.xsd", &size));
}

static void *validate_often(void *sample)
{
    for (int i = 0; i < 20; i++) {
        struct fault fault = { 0 };
        if (!judge(SCHEMA_DOSSIER, sample, NULL, &fault))
            return sample;
    }
    return NULL;
}

static void threads_validate_at_the_same_time(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, validate_often, sample), 0);
    for (int i = 0; i < 4; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_dossiers_fit),
        cmocka_unit_test(every_change_is_found_and_named),
        cmocka_unit_test(the_root_must_be_the_schemas_own),
        cmocka_unit_test(findings_never_quote_the_document),
        cmocka_unit_test(findings_are_counted_to_a_hundred),
        cmocka_unit_test(every_soort_has_its_content),
        cmocka_unit_test(what_is_no_text_never_fits),
        cmocka_unit_test(a_value_of_any_length_is_refused_at_once),
        cmocka_unit_test(every_pattern_is_linear),
        cmocka_unit_test(every_string_is_bounded),
        cmocka_unit_test(threads_validate_at_the_same_time),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
