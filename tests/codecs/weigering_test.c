/* Refusing a dossier: the codes are those of the schema, each says in Dutch what to do, and
 * what is given comes back as it was. */
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
#include "codecs/onderdelen.h"
#include "codecs/schema.h"
#include "codecs/toelichting.h"
#include "codecs/weigering.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

#define CODES                                                                                 \
    "verkeerde-persoon, geen-inwoner, onvolledig, onleesbaar-document, dubbel, anders"
#define PARTS "persoon, intake, pip, voortgang, handhaving, duo, documenten"
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

/* --- the closed lists -------------------------------------------------------------------- */

static void the_codes_are_those_of_the_schema_and_say_what_to_do(void **state)
{
    SCOPED_MEM char *schema = sample_enumerations("bericht.xsd", "weigering");
    SCOPED_BUF struct buf ours = { 0 };

    (void)state;
    for (const struct weigering_code *code = WEIGERING_CODES; code->name; code++) {
        buf_addf(&ours, "%s ", code->name);
        assert_ptr_equal(weigering_code(code->name), code);
        /* what is wrong, and then what to do: two sentences, or two halves of one */
        assert_non_null(strpbrk(code->meaning, ".:"));
        assert_int_equal(code->meaning[strlen(code->meaning) - 1], '.');
        assert_in_range(strlen(code->meaning), 50, 240);
    }
    assert_string_equal(buf_text(&ours), schema);
    assert_null(weigering_code("zomaar"));
    assert_null(weigering_code(""));
}

static void the_parts_are_those_of_the_schema(void **state)
{
    SCOPED_MEM char *schema = sample_enumerations("bericht.xsd", "onderdeelnaam");
    SCOPED_BUF struct buf ours = { 0 };

    (void)state;
    for (const char *const *part = ONDERDELEN; *part; part++)
        buf_addf(&ours, "%s ", *part);
    assert_string_equal(buf_text(&ours), schema);
}

/* --- what is given ----------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *code, *parts, *text;
    const char *reden, *says; /* one of them NULL */
    const char *kept;         /* toelichting; NULL: the text as it is */
} CASES[] = {
    { "verkeerde-persoon", "", "", "verkeerde-persoon", NULL, NULL },
    { "geen-inwoner", "", "Zie de brief.", "geen-inwoner", NULL, NULL },
    { "onvolledig", "pip", "", "onvolledig: pip", NULL, NULL },
    { "onvolledig", " voortgang  pip pip ", "a", "onvolledig: pip, voortgang", NULL, NULL },
    { "onvolledig", "persoon intake pip voortgang handhaving duo documenten", "",
      "onvolledig: persoon, intake, pip, voortgang, handhaving, duo, documenten", NULL, NULL },
    { "onleesbaar-document", "", "", "onleesbaar-document", NULL, NULL },
    { "dubbel", "", " \n\t", "dubbel", NULL, "" },
    { "anders", "", "Regel 1\r\n\tregel 2 <&> é\n\n", "anders", NULL, "Regel 1\n\tregel 2 <&> é" },
    { "anders", "", "", NULL, "code anders needs a text", NULL },
    { "anders", "", "  \r\n", NULL, "code anders needs a text", NULL },
    { "onvolledig", "", "t", NULL, "code onvolledig needs at least one part", NULL },
    { "onvolledig", "   ", "t", NULL, "code onvolledig needs at least one part", NULL },
    { "dubbel", "pip", "", NULL, "parts do not belong to code dubbel", NULL },
    { "onvolledig", "pip " CANARY, "", NULL, "part: is none of " PARTS, NULL },
    { "onvolledig", "pi", "", NULL, "part: is none of " PARTS, NULL },
    { "onvolledig", "pip,duo", "", NULL, "part: is none of " PARTS, NULL },
    { CANARY, "", "", NULL, "code: is none of " CODES, NULL },
    { "", "", "", NULL, "code: is none of " CODES, NULL },
    { "Dubbel", "", "", NULL, "code: is none of " CODES, NULL },
    { "anders", "", CANARY "\x1b[2J", NULL, "text: holds a control character", NULL },
    { "anders", "", CANARY "\r", "anders", NULL, CANARY },
    { "anders", "", CANARY "\rmeer", NULL, "text: holds a control character", NULL },
    { "anders", "", CANARY "\x7f!", NULL, "text: holds a control character", NULL },
};
/* clang-format on */

/* Built, judged as the content of a message, and read again. */
static void comes_back(const struct weigering *given, const char *reden)
{
    SCOPED_WEIGERING struct weigering again = { 0 };
    SCOPED_BUF struct buf text = { 0 };
    SCOPED_XMLDOC xmlDoc *content = weigering_build(given), *doc = NULL;
    const struct kop kop = {
        .bericht_id = "018bcfe5-6800-7000-8000-000000000001",
        .overdracht_id = "018bcfe5-6800-7000-8000-000000000002",
        .soort = SOORT_WEIGERING,
        .afzender = { "00000099000000001000", "0344" },
        .ontvanger = { "00000099000000002000", "0307" },
        .gemaakt = 1795457100,
        .geldig_tot = 1795889100,
    };
    struct fault fault = { 0 };

    if (!message_build(&kop, xmlDocGetRootElement(content), &doc, &fault))
        fail_msg("%s: %s", reden, fault.text);
    weigering_read(message_content(doc), &again);
    assert_ptr_equal(again.code, given->code);
    assert_int_equal(again.parts, given->parts);
    assert_string_equal(buf_text(&again.toelichting), buf_text(&given->toelichting));
    weigering_reden(&again, &text);
    assert_string_equal(buf_text(&text), reden);
}

static void what_is_given_fits_or_is_named_without_repeating_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_WEIGERING struct weigering given = { 0 };
        struct fault fault = { 0 };
        bool good =
            weigering_parse(CASES[i].code, CASES[i].parts, CASES[i].text, &given, &fault);
        if (good != (CASES[i].reden != NULL))
            fail_msg("case %zu: %s", i, good ? "accepted" : fault.text);
        if (!good) {
            assert_int_equal(fault.code, FAULT_USAGE);
            assert_string_equal(fault.text, CASES[i].says);
            continue;
        }
        assert_string_equal(buf_text(&given.toelichting),
                            CASES[i].kept ? CASES[i].kept : CASES[i].text);
        comes_back(&given, CASES[i].reden);
    }
}

static void a_text_is_as_long_as_the_schema_allows(void **state)
{
    SCOPED_BUF struct buf wide = { 0 };
    struct fault fault = { 0 };

    (void)state;
    for (int i = 0; i < TOELICHTING_MAX; i++)
        buf_add_text(&wide, "é");
    SCOPED_WEIGERING struct weigering longest = { 0 }, longer = { 0 };
    assert_true(weigering_parse("anders", "", buf_text(&wide), &longest, &fault));
    comes_back(&longest, "anders");
    buf_add_text(&wide, "é");
    assert_false(weigering_parse("anders", "", buf_text(&wide), &longer, &fault));
    assert_string_equal(fault.text, "text: more than 4000 characters");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codes_are_those_of_the_schema_and_say_what_to_do),
        cmocka_unit_test(the_parts_are_those_of_the_schema),
        cmocka_unit_test(what_is_given_fits_or_is_named_without_repeating_it),
        cmocka_unit_test(a_text_is_as_long_as_the_schema_allows),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
