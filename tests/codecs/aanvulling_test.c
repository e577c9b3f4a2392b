/* A supplement: which parts are new is found, and the whole dossier travels inside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/aanvulling.h"
#include "codecs/document.h"
#include "codecs/dossier.h"
#include "codecs/message.h"
#include "codecs/onderdelen.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

#define CANARY "Kanariepiet"
#define BEFORE "018bcfe5-6800-7000-8000-000000000009"

static struct fault fault;

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

static xmlDoc *sample(const char *what, const char *with)
{
    SCOPED_MEM char *text = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *changed = what ? sample_replace(text, what, with) : mem_copy(text);
    xmlDoc *doc = NULL;

    if (!xmldoc_parse(changed, strlen(changed), &doc, &fault))
        fail_msg("%s", fault.text);
    return doc;
}

/* clang-format off */
static const struct {
    const char *parts, *text, *says; /* says NULL: good */
    const char *told;
} CASES[] = {
    { "", "Er kwam een uitslag.", NULL, "" },
    { "voortgang  pip", CANARY, NULL, "pip, voortgang" },
    { "pip", "", "a supplement needs a text: what is new, and why", NULL },
    { "pip", " \n", "a supplement needs a text: what is new, and why", NULL },
    { CANARY, "t", "part: is none of persoon, intake, pip, voortgang, handhaving, duo, documenten", NULL },
    { "pip", CANARY "\x1b", "text: holds a control character", NULL },
};
/* clang-format on */

static void what_is_given_is_taken_or_refused_without_repeating_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_AANVULLING struct aanvulling given = { 0 };
        SCOPED_BUF struct buf told = { 0 };
        bool good = aanvulling_parse(CASES[i].parts, CASES[i].text, &given, &fault);
        if (good != !CASES[i].says)
            fail_msg("%zu: %s", i, fault.text);
        if (good) {
            onderdelen_tell(given.parts, "", &told);
            assert_string_equal(buf_text(&told), CASES[i].told);
        } else {
            assert_string_equal(fault.text, CASES[i].says);
        }
    }
}

static void the_parts_that_differ_are_found(void **state)
{
    SCOPED_XMLDOC xmlDoc *before = sample(NULL, NULL), *same = sample(NULL, NULL);
    SCOPED_XMLDOC xmlDoc *now = sample("<bsn>999900031</bsn>", "<bsn>999900043</bsn>");

    (void)state;
    assert_int_equal(
        aanvulling_compare(xmlDocGetRootElement(before), xmlDocGetRootElement(same)), 0);
    assert_int_equal(
        aanvulling_compare(xmlDocGetRootElement(before), xmlDocGetRootElement(now)),
        onderdelen_bit("persoon"));
}

static void the_whole_dossier_travels_inside_it(void **state)
{
    SCOPED_XMLDOC xmlDoc *dossier = sample(NULL, NULL), *doc = NULL;
    SCOPED_AANVULLING struct aanvulling given = { .betreft = BEFORE }, again = { 0 };
    const struct kop kop = {
        .bericht_id = "018bcfe5-6800-7000-8000-000000000001",
        .overdracht_id = "018bcfe5-6800-7000-8000-000000000002",
        .soort = SOORT_AANVULLING,
        .afzender = { "00000099000000001000", "0344" },
        .ontvanger = { "00000099000000002000", "0307" },
        .gemaakt = 1795457100,
        .geldig_tot = 1795889100,
    };

    (void)state;
    assert_true(aanvulling_parse("duo pip", CANARY, &given, &fault));
    SCOPED_XMLDOC xmlDoc *content = aanvulling_build(&given, xmlDocGetRootElement(dossier));
    if (!message_build(&kop, xmlDocGetRootElement(content), &doc, &fault))
        fail_msg("%s", fault.text);
    aanvulling_read(message_content(doc), &again);
    assert_string_equal(again.betreft, BEFORE);
    assert_int_equal(again.parts, given.parts);
    assert_string_equal(buf_text(&again.toelichting), CANARY);
    assert_string_equal(dossier_bsn(message_dossier(doc)), "999900031");
    assert_int_equal(aanvulling_compare(xmlDocGetRootElement(dossier), message_dossier(doc)),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_given_is_taken_or_refused_without_repeating_it),
        cmocka_unit_test(the_parts_that_differ_are_found),
        cmocka_unit_test(the_whole_dossier_travels_inside_it),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
