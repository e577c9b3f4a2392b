/* A warm conversation comes into a dossier where the schema has it, and nothing else changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"
#include "tools/cli/share.h"

#define TALK                                                                                  \
    "<warmeOverdracht><datum>2026-11-26</datum><verslag>Zij is ziek.\nBel &lt;dinsdag&gt;."   \
    "</verslag></warmeOverdracht>"

static const struct talk SAID = { "mevrouw De Vries", "Zij is ziek.\nBel <dinsdag>.",
                                  "2026-11-26" };

static bool put(const char *text, struct buf *written, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *dossier = NULL;

    if (!dossier_read(text, strlen(text), NULL, NULL, &dossier, fault))
        fail_msg("%s", fault->text);
    if (!share_put(xmlDocGetRootElement(dossier), &SAID, fault))
        return false;
    xmldoc_write(dossier, written);
    return true;
}

static void it_stands_where_the_schema_has_it(void **state)
{
    static const struct {
        const char *from, *to; /* in the sample */
        const char *before;    /* stands behind it */
    } CASES[] = {
        { "</voortgang>", "</voortgang>", "</voortgang>" },
        { "</voortgang>", "<opmerking>Later meer.</opmerking></voortgang>", "<opmerking>" },
        { "</voortgang>", "<later><v:a xmlns:v=\"urn:v\"/></later></voortgang>", "<later>" },
        { "</voortgang>",
          "<warmeOverdracht><datum>2026-01-01</datum></warmeOverdracht>"
          "<opmerking>Later meer.</opmerking></voortgang>",
          "<opmerking>" },
    };
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *text = sample_replace(sample, CASES[i].from, CASES[i].to);
        SCOPED_XMLDOC xmlDoc *again = NULL;
        SCOPED_BUF struct buf written = { 0 };
        struct fault fault = { 0 };
        if (!put(text, &written, &fault))
            fail_msg("case %zu: %s", i, fault.text);
        const char *at = strstr(buf_text(&written), TALK);
        assert_non_null(at);
        at += strlen(TALK);
        at += strspn(at, " \n");
        assert_int_equal(strncmp(at, CASES[i].before, strlen(CASES[i].before)), 0);
        assert_null(strstr(at, "<warmeOverdracht>"));
        assert_null(strstr(buf_text(&written), "2026-01-01"));
        if (!dossier_read(written.data, written.size, NULL, NULL, &again, &fault))
            fail_msg("case %zu: %s", i, fault.text);
    }
}

/* Taken out again, it is the dossier that it was. */
static void nothing_else_changes(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    SCOPED_XMLDOC xmlDoc *before = NULL;
    SCOPED_BUF struct buf was = { 0 }, is = { 0 };
    struct fault fault = { 0 };

    (void)state;
    assert_true(dossier_read(sample, strlen(sample), NULL, NULL, &before, &fault));
    xmldoc_write(before, &was);
    assert_true(put(sample, &is, &fault));
    SCOPED_MEM char *without = sample_replace(buf_text(&is), TALK, "");
    assert_string_equal(without, buf_text(&was));
}

static void a_part_that_is_not_given_gets_none(void **state)
{
    static const char *const STATUS[] = { "leeg", "achtergehouden" };

    (void)state;
    for (size_t i = 0; i < sizeof(STATUS) / sizeof(STATUS[0]); i++) {
        SCOPED_XMLDOC xmlDoc *dossier = xmldoc_new(DOSSIER_NS, "dossier");
        xmlNode *root = xmlDocGetRootElement(dossier);
        struct fault fault = { 0 };
        assert_false(share_put(root, &SAID, &fault));
        xmlNode *voortgang = xmldoc_add(root, "voortgang", NULL);
        xmlNewProp(voortgang, BAD_CAST "status", BAD_CAST STATUS[i]);
        assert_false(share_put(root, &SAID, &fault));
        assert_int_equal(fault.code, FAULT_STATE);
        assert_null(voortgang->children);
        assert_null(strstr(fault.text, "ziek"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stands_where_the_schema_has_it),
        cmocka_unit_test(nothing_else_changes),
        cmocka_unit_test(a_part_that_is_not_given_gets_none),
    };

    schema_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
