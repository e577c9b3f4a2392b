/* Dossiers: the rules beyond the schema, and the accessors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
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

static void a_bsn_passes_the_elfproef_or_is_none(void **state)
{
    static const struct {
        const char *bsn;
        bool valid;
    } CASES[] = {
        { "123456782", true },   { "999900006", true },   { "111222333", true },
        { "123456789", false },  { "000000000", false },  { "12345678", false },
        { "1234567820", false }, { "", false },           { "12345678x", false },
        { " 23456782", false },  { "123456782 ", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_int_equal(dossier_bsn_valid(CASES[i].bsn), CASES[i].valid);
}

struct seen {
    int count;
    char first[200], rules[200];
};

static void keep(void *context, const struct dossier_finding *finding)
{
    struct seen *seen = context;
    size_t used = strlen(seen->rules);

    if (seen->count++ == 0)
        (void)snprintf(seen->first, sizeof(seen->first), "%ld %s", finding->line,
                       finding->path);
    (void)snprintf(seen->rules + used, sizeof(seen->rules) - used, "%s ", finding->rule);
}

static void the_samples_are_good_dossiers(void **state)
{
    static const char *const FILES[] = { "asielstatushouder.xml", "gezinsmigrant.xml" };

    (void)state;
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        SCOPED_MEM char *xml = sample_dossier(FILES[i]);
        struct fault fault = { 0 };
        struct seen seen = { 0 };
        if (!dossier_check(xml, strlen(xml), keep, &seen, NULL, &fault))
            fail_msg("%s: %s", FILES[i], fault.text);
        assert_int_equal(seen.count, 0);
    }
}

/* Each breaks one thing in the sample of the asielstatushouder. */
static void each_rule_names_the_place(void **state)
{
    static const struct {
        const char *from, *to, *says;
        enum fault_code code;
    } CASES[] = {
        { "<bsn>999900006<", "<bsn>999900007<", "dossier/persoon/bsn: fails the 11-test",
          FAULT_RULE },
        { "<bsn>999900018<", "<bsn>999900019<",
          "dossier/persoon/gezinsleden/gezinslid/bsn: fails the 11-test", FAULT_RULE },
        { "<intake status=\"geleverd\">", "<intake status=\"leeg\">",
          "dossier/intake: holds something, so its status must be geleverd", FAULT_RULE },
        { "<intake status=\"geleverd\">",
          "<intake status=\"achtergehouden\" reden=\"anders\">",
          "dossier/intake: holds something, so its status must be geleverd", FAULT_RULE },
        { "<handhaving status=\"geleverd\">",
          "<handhaving status=\"geleverd\" reden=\"anders\">",
          "dossier/handhaving: has a reden although it is not achtergehouden", FAULT_RULE },
        { "<document id=\"pip-2\">", "<document id=\"pip-1\">",
          "dossier/documenten/document[2]/@id: is the id of another document too",
          FAULT_RULE },
        { "<cohort>Wi2021", "<cohort>Wi2020", "dossier/persoon/cohort: is not one of",
          FAULT_SCHEMA },
        { "<persoon ", "<persoon <", "'<' inside a tag", FAULT_DOCUMENT },
    };
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml = sample_replace(sample, CASES[i].from, CASES[i].to);
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        struct fault fault = { 0 };
        assert_false(dossier_check(xml, strlen(xml), NULL, NULL, &doc, &fault));
        assert_null(doc);
        if (fault.code != CASES[i].code || !strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

static void silence_is_not_an_answer(void **state)
{
    static const struct {
        const char *to, *says;
    } CASES[] = {
        { "<handhaving status=\"geleverd\"/>", "is geleverd but holds nothing" },
        { "<handhaving status=\"achtergehouden\"/>", "so reden must say why" },
        { "<handhaving status=\"leeg\" reden=\"anders\"/>", "although it is not" },
        { "<handhaving status=\"leeg\"><opmerking>x</opmerking></handhaving>",
          "must be geleverd" },
        { "<handhaving/>", "misses the attribute status" },
    };
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml =
            sample_replace(sample, "<handhaving status=\"leeg\"/>", CASES[i].to);
        struct fault fault = { 0 };
        assert_false(dossier_check(xml, strlen(xml), NULL, NULL, NULL, &fault));
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

static void all_findings_are_told_with_their_rule(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    SCOPED_MEM char *one = sample_replace(sample, "<bsn>999900006<", "<bsn>999900007<");
    SCOPED_MEM char *two = sample_replace(one, "<bsn>999900018<", "<bsn>999900019<");
    SCOPED_MEM char *three =
        sample_replace(two, "<pip status=\"geleverd\">", "<pip status=\"leeg\">");
    SCOPED_MEM char *four = sample_replace(three, "\"pip-2\"", "\"pip-1\"");
    struct fault fault = { 0 };
    struct seen seen = { 0 };

    (void)state;
    assert_false(dossier_check(four, strlen(four), keep, &seen, NULL, &fault));
    assert_string_equal(seen.rules, "status-inhoud elfproef elfproef document-id "
                                    "document-verwijzing document-pip ");
    assert_string_equal(seen.first, "130 dossier/pip");
    assert_string_equal(fault.text, "line 130: dossier/pip: holds something, so its status "
                                    "must be geleverd (rule status-inhoud)");
}

static void findings_of_the_schema_have_rule_schema(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *xml = sample_replace(sample, "Wi2021", "Wi2000");
    struct fault fault = { 0 };
    struct seen seen = { 0 };

    (void)state;
    assert_false(dossier_check(xml, strlen(xml), keep, &seen, NULL, &fault));
    assert_string_equal(seen.rules, "schema ");
    assert_string_equal(seen.first, "13 dossier/persoon/cohort");
}

static void the_list_of_the_caseworker_reads_the_person(void **state)
{
    static const struct {
        const char *file, *bsn, *vnummer, *geboortedatum, *naam;
    } CASES[] = {
        { "asielstatushouder.xml", "999900006", "0099991234", "1991", "T.B. Voorbeeld" },
        { "gezinsmigrant.xml", "999900031", NULL, "1996-05-30",
          "A.C. van der Proefpersoon-Ñuñes" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml = sample_dossier(CASES[i].file);
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        SCOPED_BUF struct buf naam = { 0 };
        struct fault fault = { 0 };
        assert_true(dossier_check(xml, strlen(xml), NULL, NULL, &doc, &fault));
        const xmlNode *root = xmlDocGetRootElement(doc);
        dossier_naam(root, &naam);
        assert_string_equal(buf_text(&naam), CASES[i].naam);
        assert_string_equal(dossier_bsn(root), CASES[i].bsn);
        assert_string_equal(dossier_geboortedatum(root), CASES[i].geboortedatum);
        if (CASES[i].vnummer)
            assert_string_equal(dossier_vnummer(root), CASES[i].vnummer);
        else
            assert_null(dossier_vnummer(root));
    }
}

static void initials_are_whole_characters(void **state)
{
    static const struct {
        const char *voornamen, *naam;
    } CASES[] = {
        { "<voornamen>Éloïse  Østen </voornamen>", "É.Ø. van der Proefpersoon-Ñuñes" },
        { "<voornamen> </voornamen>", " van der Proefpersoon-Ñuñes" },
        { "", "van der Proefpersoon-Ñuñes" },
    };
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml =
            sample_replace(sample, "<voornamen>Ana Clara</voornamen>", CASES[i].voornamen);
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        SCOPED_BUF struct buf naam = { 0 };
        struct fault fault = { 0 };
        assert_true(dossier_check(xml, strlen(xml), NULL, NULL, &doc, &fault));
        dossier_naam(xmlDocGetRootElement(doc), &naam);
        assert_string_equal(buf_text(&naam), CASES[i].naam);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bsn_passes_the_elfproef_or_is_none),
        cmocka_unit_test(the_samples_are_good_dossiers),
        cmocka_unit_test(each_rule_names_the_place),
        cmocka_unit_test(silence_is_not_an_answer),
        cmocka_unit_test(all_findings_are_told_with_their_rule),
        cmocka_unit_test(findings_of_the_schema_have_rule_schema),
        cmocka_unit_test(the_list_of_the_caseworker_reads_the_person),
        cmocka_unit_test(initials_are_whole_characters),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
