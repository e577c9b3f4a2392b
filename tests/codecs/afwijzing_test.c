/* Refusing a request, and making one: the codes and grounds are those of the schema, what is
 * given comes back as it was, and what does not fit is named without being repeated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/afwijzing.h"
#include "codecs/base/mem.h"
#include "codecs/dossierverzoek.h"
#include "codecs/message.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

#define CODES "onbekend, verhuisd, geen-dossier, niet-bevoegd, blokkade, in-behandeling"
#define CANARY "Kanariepiet"

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

/* The content as a message carries it. */
static xmlDoc *in_message(enum soort soort, xmlDoc *content)
{
    const struct kop kop = {
        .bericht_id = "018bcfe5-6800-7000-8000-000000000001",
        .overdracht_id = "018bcfe5-6800-7000-8000-000000000002",
        .soort = soort,
        .afzender = { "00000099000000001000", "0344" },
        .ontvanger = { "00000099000000002000", "0307" },
        .gemaakt = 1795457100,
        .geldig_tot = 1795889100,
    };
    struct fault fault = { 0 };
    xmlDoc *doc = NULL;

    if (!message_build(&kop, xmlDocGetRootElement(content), &doc, &fault))
        fail_msg("%s", fault.text);
    return doc;
}

/* --- a refusal --------------------------------------------------------------------------- */

static void the_codes_are_those_of_the_schema_and_say_what_to_do(void **state)
{
    SCOPED_MEM char *schema = sample_enumerations("bericht.xsd", "verzoekafwijzing");
    SCOPED_BUF struct buf ours = { 0 };

    (void)state;
    for (const struct afwijzing_code *code = AFWIJZING_CODES; code->name; code++) {
        buf_addf(&ours, "%s ", code->name);
        assert_ptr_equal(afwijzing_code(code->name), code);
        assert_int_equal(code->meaning[strlen(code->meaning) - 1], '.');
        assert_in_range(strlen(code->meaning), 50, 240);
        assert_int_equal(afwijzing_ends(code), strcmp(code->name, "in-behandeling") != 0);
    }
    assert_string_equal(buf_text(&ours), schema);
    assert_null(afwijzing_code("zomaar"));
    assert_null(afwijzing_code(""));
}

/* clang-format off */
static const struct {
    const char *code, *gemeentecode, *verwacht_op, *text;
    const char *reden, *says; /* one of them NULL */
} CASES[] = {
    { "onbekend", "", "", "", "onbekend", NULL },
    { "verhuisd", "0363", "", "Zie de BRP <&> é.", "verhuisd: 0363", NULL },
    { "geen-dossier", "", "", "Nooit begonnen.", "geen-dossier", NULL },
    { "niet-bevoegd", "", "", "", "niet-bevoegd", NULL },
    { "blokkade", "", "", "", "blokkade", NULL },
    { "in-behandeling", "", "2026-12-01", "", "in-behandeling: 2026-12-01", NULL },
    { "blokkade", "", "", CANARY, NULL, "code blokkade goes without a text: what there is to say is said by telephone" },
    { "verhuisd", "", "", "", NULL, "code verhuisd needs a gemeentecode" },
    { "verhuisd", "363", "", "", NULL, "gemeentecode: is not four digits" },
    { "verhuisd", CANARY, "", "", NULL, "gemeentecode: is not four digits" },
    { "verhuisd", "0363", "2026-12-01", "", NULL, "a date does not belong to code verhuisd" },
    { "onbekend", "0363", "", "", NULL, "a gemeentecode does not belong to code onbekend" },
    { "in-behandeling", "", "", "", NULL, "code in-behandeling needs a date" },
    { "in-behandeling", "", "2026-02-30", "", NULL, "expected: is not a date (YYYY-MM-DD)" },
    { "in-behandeling", "", "2026", "", NULL, "expected: is not a date (YYYY-MM-DD)" },
    { "in-behandeling", "", CANARY, "", NULL, "expected: is not a date (YYYY-MM-DD)" },
    { CANARY, "", "", "", NULL, "code: is none of " CODES },
    { "Onbekend", "", "", "", NULL, "code: is none of " CODES },
    { "onbekend", "", "", CANARY "\x1b", NULL, "text: holds a control character" },
};
/* clang-format on */

static void comes_back(const struct afwijzing *given, const char *reden)
{
    SCOPED_AFWIJZING struct afwijzing again = { 0 };
    SCOPED_BUF struct buf text = { 0 };
    SCOPED_XMLDOC xmlDoc *content = afwijzing_build(given);
    SCOPED_XMLDOC xmlDoc *doc = in_message(SOORT_VERZOEKAFWIJZING, content);

    afwijzing_read(message_content(doc), &again);
    assert_ptr_equal(again.code, given->code);
    assert_string_equal(again.gemeentecode, given->gemeentecode);
    assert_string_equal(again.verwacht_op, given->verwacht_op);
    assert_string_equal(buf_text(&again.toelichting), buf_text(&given->toelichting));
    afwijzing_reden(&again, &text);
    assert_string_equal(buf_text(&text), reden);
    assert_ptr_equal(afwijzing_of_reden(buf_text(&text)), given->code);
    buf_add_text(&text, "; verzoekafwijzing expired: x");
    assert_ptr_equal(afwijzing_of_reden(buf_text(&text)), given->code);
}

static void what_is_given_fits_or_is_named_without_repeating_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_AFWIJZING struct afwijzing given = { 0 };
        struct fault fault = { 0 };
        bool good = afwijzing_parse(CASES[i].code, CASES[i].gemeentecode, CASES[i].verwacht_op,
                                    CASES[i].text, &given, &fault);
        if (good != (CASES[i].reden != NULL))
            fail_msg("case %zu: %s", i, good ? "accepted" : fault.text);
        if (good) {
            comes_back(&given, CASES[i].reden);
            continue;
        }
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_string_equal(fault.text, CASES[i].says);
    }
}

static void another_reason_is_no_refusal(void **state)
{
    static const char *const REASONS[] = { "",          "onvolledig: pip",
                                           "onbekende", "toestand: x",
                                           "verlopen",  ": onbekend",
                                           " onbekend" };

    (void)state;
    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++)
        assert_null(afwijzing_of_reden(REASONS[i]));
}

/* --- a request --------------------------------------------------------------------------- */

static void the_grounds_are_among_those_of_the_schema(void **state)
{
    SCOPED_MEM char *schema = sample_enumerations("bericht.xsd", "dossierverzoek");
    SCOPED_BUF struct buf ours = { 0 };

    (void)state;
    for (const struct verzoek_grond *grond = DOSSIERVERZOEK_GRONDEN; grond->name; grond++) {
        buf_addf(&ours, "%s ", grond->name);
        assert_ptr_equal(dossierverzoek_grond(grond->name), grond);
        assert_in_range(strlen(grond->meaning), 20, 120);
    }
    assert_string_equal(buf_text(&ours), schema);
    assert_null(dossierverzoek_grond("SS122"));
    assert_null(dossierverzoek_grond(""));
}

/* clang-format off */
static const struct {
    const char *bsn, *vnummer, *born, *grond, *vestiging, *pip, *text, *says; /* NULL: good */
} ASKED[] = {
    { "999900031", "", "", "SS121", "2026-11-02", "nee", "", NULL },
    { "999900031", "0099991234", "1991-05", "BRP", "", "", "Graag met spoed.\n<&>", NULL },
    { "", "0099991234", "1991", "COA", "2026-11-02", "ja", "", NULL },
    { "", "0099991234", "", "anders", "", "", "omdat", NULL },
    { "", "0099991234", "", "anders", "", "", "", "reason anders needs a text" },
    { "", "", "", "BRP", "", "", "", "bsn or vnummer is missing" },
    { "999900032", "", "", "BRP", "", "", "", "bsn: is not nine digits, or fails the 11-test" },
    { "99990003", "", "", "BRP", "", "", "", "bsn: is not nine digits, or fails the 11-test" },
    { "999900031", "99991234", "", "BRP", "", "", "", "vnummer: is not ten digits" },
    { "", "009999123x", "", "BRP", "", "", "", "vnummer: is not ten digits" },
    { "999900031", "", "30-5-1991", "BRP", "", "", "", "geboortedatum: is not a date (YYYY-MM-DD)" },
    { "999900031", "", "", "BRP", "2026-11", "", "", "settled: is not a date (YYYY-MM-DD)" },
    { "999900031", "", "", "BRP", "2026-11-31", "", "", "settled: is not a date (YYYY-MM-DD)" },
};
/* clang-format on */

static void is_asked_as_given(const struct dossierverzoek *given)
{
    SCOPED_DOSSIERVERZOEK struct dossierverzoek again = { 0 };
    SCOPED_XMLDOC xmlDoc *content = dossierverzoek_build(given);
    SCOPED_XMLDOC xmlDoc *doc = in_message(SOORT_DOSSIERVERZOEK, content);

    dossierverzoek_read(message_content(doc), &again);
    assert_string_equal(again.bsn, given->bsn);
    assert_string_equal(again.vnummer, given->vnummer);
    assert_string_equal(again.geboortedatum, given->geboortedatum);
    assert_ptr_equal(again.grond, given->grond);
    assert_string_equal(again.vestiging, given->vestiging);
    assert_string_equal(again.pip, given->pip);
    assert_string_equal(again.naam, "");
    assert_string_equal(buf_text(&again.toelichting), buf_text(&given->toelichting));
}

static void what_is_asked_fits_or_is_named_without_repeating_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ASKED) / sizeof(ASKED[0]); i++) {
        SCOPED_DOSSIERVERZOEK struct dossierverzoek given = { 0 };
        struct fault fault = { 0 };
        snprintf(given.bsn, sizeof(given.bsn), "%s", ASKED[i].bsn);
        snprintf(given.vnummer, sizeof(given.vnummer), "%s", ASKED[i].vnummer);
        snprintf(given.geboortedatum, sizeof(given.geboortedatum), "%s", ASKED[i].born);
        snprintf(given.vestiging, sizeof(given.vestiging), "%s", ASKED[i].vestiging);
        snprintf(given.pip, sizeof(given.pip), "%s", ASKED[i].pip);
        given.grond = dossierverzoek_grond(ASKED[i].grond);
        buf_add_text(&given.toelichting, ASKED[i].text);
        bool good = dossierverzoek_check(&given, &fault);
        if (good != (ASKED[i].says == NULL))
            fail_msg("case %zu: %s", i, good ? "accepted" : fault.text);
        if (good)
            is_asked_as_given(&given);
        else
            assert_string_equal(fault.text, ASKED[i].says);
    }
}

/* Others may name the person; the parts of a name are of the dossier's namespace. */
static void a_name_that_comes_along_is_read(void **state)
{
    static const char CONTENT[] =
        "<dossierverzoek xmlns=\"urn:nl:estafette:bericht:1\""
        " xmlns:d=\"urn:nl:estafette:dossier:1\"><bsn>999900031</bsn><naam>"
        "<d:voornamen>Ana Clara</d:voornamen><d:voorvoegsel>van der</d:voorvoegsel>"
        "<d:geslachtsnaam>Proef</d:geslachtsnaam></naam><grond>BRP</grond></dossierverzoek>";
    SCOPED_DOSSIERVERZOEK struct dossierverzoek verzoek = { 0 };
    SCOPED_XMLDOC xmlDoc *content = NULL;
    struct fault fault = { 0 };

    (void)state;
    assert_true(xmldoc_parse(CONTENT, sizeof(CONTENT) - 1, &content, &fault));
    SCOPED_XMLDOC xmlDoc *doc = in_message(SOORT_DOSSIERVERZOEK, content);
    dossierverzoek_read(message_content(doc), &verzoek);
    assert_string_equal(verzoek.naam, "A.C. van der Proef");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codes_are_those_of_the_schema_and_say_what_to_do),
        cmocka_unit_test(what_is_given_fits_or_is_named_without_repeating_it),
        cmocka_unit_test(another_reason_is_no_refusal),
        cmocka_unit_test(the_grounds_are_among_those_of_the_schema),
        cmocka_unit_test(what_is_asked_fits_or_is_named_without_repeating_it),
        cmocka_unit_test(a_name_that_comes_along_is_read),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
