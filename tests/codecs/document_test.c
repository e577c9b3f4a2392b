/* The documents of a dossier: matched by digest or added, and never left out in silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/document.h"
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

static xmlDoc *parse(const char *text)
{
    struct fault fault = { 0 };
    xmlDoc *doc = NULL;

    if (!xmldoc_parse(text, strlen(text), &doc, &fault))
        fail_msg("%s", fault.text);
    return doc;
}

static xmlDoc *sample(const char *file)
{
    SCOPED_MEM char *text = sample_dossier(file);

    return parse(text);
}

/* The first of asielstatushouder.xml, as its file would be. */
static struct document first_of(xmlDoc *doc)
{
    const xmlNode *entry = document_first(xmlDocGetRootElement(doc));
    struct document document;
    struct fault fault = { 0 };

    assert_true(document_read(entry, &document, &fault));
    memset(document.key, 0x5a, sizeof(document.key));
    memset(&document.cipher, 0xc1, sizeof(document.cipher));
    document.cipher_size = document.plain.size + BIJLAGE_TAG;
    return document;
}

static struct document other_document(void)
{
    struct document document = { .plain = { .size = 1000, .mediatype = "image/png" },
                                 .cipher_size = 1000 + BIJLAGE_TAG };

    memset(&document.plain.sha256, 0x11, sizeof(document.plain.sha256));
    memset(&document.cipher, 0x22, sizeof(document.cipher));
    return document;
}

/* Still a good dossier, also when it is written and read again. */
static void assert_valid(xmlDoc *doc)
{
    SCOPED_BUF struct buf bytes = { 0 };
    struct fault fault = { 0 };

    xmldoc_write(doc, &bytes);
    if (!dossier_check(bytes.data, bytes.size, NULL, NULL, NULL, &fault))
        fail_msg("%s", fault.text);
}

static void a_document_is_enclosed_at_the_entry_with_its_digest(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = sample("asielstatushouder.xml");
    xmlNode *dossier = xmlDocGetRootElement(doc);
    struct document document = first_of(doc), read;
    struct fault fault = { 0 };

    (void)state;
    document.id[0] = '\0';
    assert_true(document_enclose(dossier, "something else.pdf", &document, &fault));
    assert_string_equal(document.id, "pip-1");
    assert_true(document_read(document_first(dossier), &read, &fault));
    assert_true(read.enclosed);
    assert_true(digest_equal(&read.cipher, &document.cipher));
    assert_int_equal(read.cipher_size, document.cipher_size);
    assert_memory_equal(read.key, document.key, BIJLAGE_KEY);
    assert_valid(doc);
    assert_true(document_enclose(dossier, "again.pdf", &document, &fault)); /* replaces */
    assert_valid(doc);
}

static void a_document_nobody_named_is_added_last(void **state)
{
    static const char *const FILES[] = { "asielstatushouder.xml", "gezinsmigrant.xml" };

    (void)state;
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        SCOPED_XMLDOC xmlDoc *doc = sample(FILES[i]);
        xmlNode *dossier = xmlDocGetRootElement(doc), *last = NULL;
        struct document one = other_document(), two = other_document();
        struct fault fault = { 0 };

        two.plain.sha256.bytes[0] = 0x99;
        if (!document_enclose(dossier, "scan <1>.png", &one, &fault)
            || !document_enclose(dossier, "scan 2.png", &two, &fault))
            fail_msg("%s: %s", FILES[i], fault.text);
        assert_string_equal(one.id, "bijlage-1");
        assert_string_equal(two.id, "bijlage-2");
        for (xmlNode *at = document_first(dossier); at; at = document_next(at))
            last = at;
        assert_string_equal(xmldoc_text(last, "naam"), "scan 2.png");
        assert_valid(doc);
    }
}

static void an_entry_that_says_something_else_is_not_overruled(void **state)
{
    static const struct {
        const char *what, *says;
        int64_t more;
        const char *mediatype;
    } CASES[] = {
        { "size", "omvang is 184320, its file has 184321 bytes", 1, NULL },
        { "type", "mediatype is not image/png", 0, "image/png" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_XMLDOC xmlDoc *doc = sample("asielstatushouder.xml");
        struct document document = first_of(doc);
        struct fault fault = { 0 };

        document.plain.size += CASES[i].more;
        if (CASES[i].mediatype)
            document.plain.mediatype = CASES[i].mediatype;
        assert_false(document_enclose(xmlDocGetRootElement(doc), "x.pdf", &document, &fault));
        assert_int_equal(fault.code, FAULT_RULE);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("%s: %s", CASES[i].what, fault.text);
    }
}

static void documents_that_are_withheld_stay_so(void **state)
{
    SCOPED_MEM char *text = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *withheld =
        sample_replace(text, "<documenten status=\"achtergehouden\" reden=\"volgt later\"",
                       "<documenten status=\"achtergehouden\" reden=\"veiligheid\"");
    SCOPED_XMLDOC xmlDoc *doc = parse(withheld);
    struct document document = other_document();
    struct fault fault = { 0 };

    (void)state;
    assert_false(document_enclose(xmlDocGetRootElement(doc), "x.png", &document, &fault));
    assert_non_null(strstr(fault.text, "achtergehouden (veiligheid)"));
}

static void a_named_document_that_does_not_come_along_is_refused(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = sample("asielstatushouder.xml");
    SCOPED_XMLDOC xmlDoc *none = sample("gezinsmigrant.xml");
    xmlNode *dossier = xmlDocGetRootElement(doc);
    struct document document = first_of(doc);
    struct fault fault = { 0 };

    (void)state;
    assert_true(document_all_enclosed(xmlDocGetRootElement(none), &fault));
    assert_false(document_all_enclosed(dossier, &fault));
    assert_int_equal(fault.code, FAULT_RULE);
    assert_non_null(strstr(fault.text, "document pip-1 is named but not sent along"));
    assert_true(document_enclose(dossier, "x.pdf", &document, &fault));
    assert_false(document_all_enclosed(dossier, &fault));
    assert_non_null(strstr(fault.text, "document pip-2"));
    document_strip(dossier);
    assert_false(document_all_enclosed(dossier, &fault));
    assert_non_null(strstr(fault.text, "document pip-1"));
    assert_valid(doc);
}

static void sizes_that_do_not_fit_together_are_refused(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = sample("asielstatushouder.xml");
    xmlNode *dossier = xmlDocGetRootElement(doc);
    struct document document = first_of(doc), read;
    struct fault fault = { 0 };

    (void)state;
    document.cipher_size++;
    assert_true(document_enclose(dossier, "x.pdf", &document, &fault));
    assert_false(document_read(document_first(dossier), &read, &fault));
    assert_int_equal(fault.code, FAULT_RULE);
    assert_non_null(strstr(fault.text, "versleuteld/omvang"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_enclosed_at_the_entry_with_its_digest),
        cmocka_unit_test(a_document_nobody_named_is_added_last),
        cmocka_unit_test(an_entry_that_says_something_else_is_not_overruled),
        cmocka_unit_test(documents_that_are_withheld_stay_so),
        cmocka_unit_test(a_named_document_that_does_not_come_along_is_refused),
        cmocka_unit_test(sizes_that_do_not_fit_together_are_refused),
    };

    return cmocka_run_group_tests(tests, install, uninstall);
}
