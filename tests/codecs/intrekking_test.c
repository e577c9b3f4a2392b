/* Withdrawing what was sent in error: the codes are those of the schema, what is given comes
 * back as it was, and a reason tells that it is under way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/intrekking.h"
#include "codecs/message.h"
#include "codecs/schema.h"
#include "codecs/toelichting.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

#define CODES "verkeerde-persoon, verkeerde-ontvanger, geen-grondslag, onjuist, anders"
#define CANARY "Kanariepiet"
#define WITHDRAWN "018bcfe5-6800-7000-8000-000000000009"

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

static void the_codes_are_those_of_the_schema_and_say_what_to_do(void **state)
{
    SCOPED_MEM char *schema = sample_enumerations("bericht.xsd", "intrekking");
    SCOPED_BUF struct buf ours = { 0 };

    (void)state;
    for (const struct intrekking_code *code = INTREKKING_CODES; code->name; code++) {
        buf_addf(&ours, "%s ", code->name);
        assert_ptr_equal(intrekking_code(code->name), code);
        assert_int_equal(code->meaning[strlen(code->meaning) - 1], '.');
        assert_in_range(strlen(code->meaning), 50, 240);
    }
    assert_string_equal(buf_text(&ours), schema);
    assert_null(intrekking_code("zomaar"));
    assert_null(intrekking_code(""));
    assert_null(intrekking_code("onjuist; en meer"));
}

/* clang-format off */
static const struct {
    const char *code, *text;
    const char *says; /* NULL: good */
    const char *kept; /* toelichting; NULL: the text as it is */
} CASES[] = {
    { "verkeerde-persoon", "", NULL, NULL },
    { "verkeerde-ontvanger", "Bel ons.\n\n", NULL, "Bel ons." },
    { "geen-grondslag", "", NULL, NULL },
    { "onjuist", "<&> \xc3\xa9", NULL, NULL },
    { "anders", CANARY, NULL, NULL },
    { "anders", "", "code anders needs a text", NULL },
    { "anders", " \r\n", "code anders needs a text", NULL },
    { "onvolledig", CANARY, "code: is none of " CODES, NULL },
    { CANARY, "", "code: is none of " CODES, NULL },
    { "", "", "code: is none of " CODES, NULL },
    { "onjuist", CANARY "\x1b[2J", "text: holds a control character", NULL },
};
/* clang-format on */

static xmlDoc *message_of(enum soort soort, const xmlNode *content)
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

    if (!message_build(&kop, content, &doc, &fault))
        fail_msg("%s", fault.text);
    return doc;
}

static void what_is_given_comes_back_or_is_refused_without_repeating_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_INTREKKING struct intrekking given = { .betreft = WITHDRAWN };
        SCOPED_INTREKKING struct intrekking again = { 0 };
        struct fault fault = { 0 };
        bool good = intrekking_parse(CASES[i].code, CASES[i].text, &given, &fault);
        if (good != !CASES[i].says)
            fail_msg("%zu: %s", i, fault.text);
        if (!good) {
            assert_int_equal(fault.code, FAULT_USAGE);
            assert_string_equal(fault.text, CASES[i].says);
            continue;
        }
        SCOPED_XMLDOC xmlDoc *content = intrekking_build(&given);
        SCOPED_XMLDOC xmlDoc *doc =
            message_of(SOORT_INTREKKING, xmlDocGetRootElement(content));
        intrekking_read(message_content(doc), &again);
        assert_ptr_equal(again.code, given.code);
        assert_string_equal(again.betreft, WITHDRAWN);
        assert_string_equal(buf_text(&again.toelichting),
                            CASES[i].kept ? CASES[i].kept : CASES[i].text);
        assert_null(message_dossier(doc));
    }
}

static void a_confirmation_says_what_is_gone_and_since_when(void **state)
{
    const struct intrekkingbevestiging given = { WITHDRAWN, 1795457100 };
    struct intrekkingbevestiging again = { 0 };
    SCOPED_XMLDOC xmlDoc *content = intrekking_confirm_build(&given);
    SCOPED_XMLDOC xmlDoc *doc =
        message_of(SOORT_INTREKKINGBEVESTIGING, xmlDocGetRootElement(content));

    (void)state;
    intrekking_confirm_read(message_content(doc), &again);
    assert_string_equal(again.betreft, WITHDRAWN);
    assert_int_equal(again.verwijderd_op, 1795457100);
}

/* clang-format off */
static const struct {
    const char *before, *pending, *after; /* after: when it is forgotten */
} REASONS[] = {
    { "", "intrekking: onjuist", "" },
    { "geen-inwoner", "geen-inwoner; intrekking: onjuist", "geen-inwoner" },
    { "onvolledig: pip, duo", "onvolledig: pip, duo; intrekking: onjuist", "onvolledig: pip, duo" },
};
/* clang-format on */

static void a_reason_tells_that_it_is_under_way(void **state)
{
    char more[] = "intrekking: anders; aanvulling refused: toestand";
    char none[] = "geen-inwoner; intrekking refused: toestand";

    (void)state;
    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++) {
        SCOPED_BUF struct buf reden = { 0 };
        char text[100];
        buf_add_text(&reden, REASONS[i].before);
        assert_null(intrekking_of_reden(buf_text(&reden)));
        intrekking_pending(intrekking_code("onjuist"), &reden);
        assert_string_equal(buf_text(&reden), REASONS[i].pending);
        assert_ptr_equal(intrekking_of_reden(buf_text(&reden)), intrekking_code("onjuist"));
        snprintf(text, sizeof(text), "%s", buf_text(&reden));
        intrekking_forget(text);
        assert_string_equal(text, REASONS[i].after);
    }
    assert_ptr_equal(intrekking_of_reden(more), intrekking_code("anders"));
    intrekking_forget(more);
    assert_string_equal(more, "aanvulling refused: toestand");
    assert_null(intrekking_of_reden(none));
    intrekking_forget(none);
    assert_string_equal(none, "geen-inwoner; intrekking refused: toestand");

    /* once more, after one that was refused in words that look like it */
    char again[] = "intrekking refused: toestand: intrekking: handover 1 is verzonden; "
                   "intrekking: onjuist";
    assert_ptr_equal(intrekking_of_reden(again), intrekking_code("onjuist"));
    intrekking_forget(again);
    assert_string_equal(again, "intrekking refused: toestand: intrekking: handover 1 is "
                               "verzonden");
    assert_null(intrekking_of_reden(again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codes_are_those_of_the_schema_and_say_what_to_do),
        cmocka_unit_test(what_is_given_comes_back_or_is_refused_without_repeating_it),
        cmocka_unit_test(a_confirmation_says_what_is_gone_and_since_when),
        cmocka_unit_test(a_reason_tells_that_it_is_under_way),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
