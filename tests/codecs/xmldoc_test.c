/* Bytes to trees and back: what is refused, in which words, and how soon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/parser.h>

#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"

#define NS "urn:nl:estafette:bericht:1"

/* A quadratic document takes half a minute; instrumented code is some times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SECONDS_MAX 6.0
#else
#define SECONDS_MAX 1.0
#endif

static bool parses(const char *xml, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    return xmldoc_parse(xml, strlen(xml), &doc, fault);
}

static void what_writers_make_is_parsed(void **state)
{
    static const char *const GOOD[] = {
        "<a/>",
        "<a>\n</a>\n",
        "<?xml version=\"1.0\"?><a/>",
        "<?xml version='1.0' encoding='UTF-8'?>\n<a/>",
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\" ?>\r\n<a/>",
        "<a b='1' c=\"2>1\"><b x=\"/\"></b></a>",
        "<a>&amp;&lt;&#233;\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8F\x83</a>",
        "<p:a xmlns:p='urn:x'><p:b/><c xmlns='urn:y'/></p:a>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        struct fault fault = { 0 };
        if (!parses(GOOD[i], &fault))
            fail_msg("%s: %s", GOOD[i], fault.text);
    }
}

static const struct {
    const char *what, *xml, *says;
} REFUSED[] = {
    { "nothing", "", "the document is empty" },
    { "only text", "hello", "line 1: the document does not begin with '<'" },
    { "a line before", "\n<a/>", "line 1: the document does not begin with '<'" },
    { "a BOM", "\xEF\xBB\xBF<a/>", "line 1: a byte order mark; write UTF-8 without it" },
    { "UTF-16 with mark", "\xFF\xFE<", "line 1: a byte order mark; write UTF-8 without it" },
    { "gzip", "\x1F\x8B\x08", "line 1: the document does not begin with '<'" },
    { "xz", "\xFD\x37zXZ", "line 1: the document does not begin with '<'" },
    { "UTF-7", "+ADw-a+AD4-", "line 1: the document does not begin with '<'" },
    { "EBCDIC", "\x4C\x6F\xA7\x94", "line 1: the document does not begin with '<'" },
    { "XML 1.1", "<?xml version='1.1'?><a/>",
      "line 1: the XML declaration is not version 1.0 with encoding UTF-8" },
    { "latin-1", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
      "line 1: the XML declaration is not version 1.0 with encoding UTF-8" },
    { "UTF-7 declared", "<?xml version='1.0' encoding='UTF-7'?><a/>",
      "line 1: the XML declaration is not version 1.0 with encoding UTF-8" },
    { "a stylesheet", "<?xml-stylesheet href='file:///x'?><a/>",
      "line 1: the XML declaration is not version 1.0 with encoding UTF-8" },
    { "an endless declaration", "<?xml version='1.0'",
      "line 1: the XML declaration is not version 1.0 with encoding UTF-8" },
    { "a second declaration", "<?xml version='1.0'?>\n<?xml version='1.0'?><a/>",
      "line 2: '<?' (a processing instruction) is not allowed" },
    { "a PI", "<a>\n\n<?php x?></a>",
      "line 3: '<?' (a processing instruction) is not allowed" },
    { "a DTD", "<!DOCTYPE a><a/>",
      "line 1: '<!' (a comment, CDATA section or DTD) is not allowed" },
    { "an external DTD", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
      "line 1: '<!' (a comment, CDATA section or DTD) is not allowed" },
    { "a parameter entity", "<!DOCTYPE a [<!ENTITY % e SYSTEM 'http://x/'> %e;]><a/>",
      "line 1: '<!' (a comment, CDATA section or DTD) is not allowed" },
    { "attribute defaults", "<!DOCTYPE a [<!ATTLIST a b CDATA 'x'>]><a/>",
      "line 1: '<!' (a comment, CDATA section or DTD) is not allowed" },
    { "a comment", "<a>1<!-- -->2</a>",
      "line 1: '<!' (a comment, CDATA section or DTD) is not allowed" },
    { "CDATA", "<a>\n<![CDATA[x]]></a>",
      "line 2: '<!' (a comment, CDATA section or DTD) is not allowed" },
    { "a control character", "<a>\x01</a>", "line 1: control character 0x01" },
    { "an escape in a tag", "<a b='\x1B[2J'/>", "line 1: control character 0x1B" },
    { "overlong slash", "<a>\xC0\xAF</a>", "line 1: bytes that are not UTF-8" },
    { "overlong in 3", "<a>\xE0\x80\xAF</a>", "line 1: bytes that are not UTF-8" },
    { "overlong in 4", "<a>\xF0\x80\x80\xAF</a>", "line 1: bytes that are not UTF-8" },
    { "a surrogate", "<a>\xED\xA0\x80</a>", "line 1: bytes that are not UTF-8" },
    { "above U+10FFFF", "<a>\xF4\x90\x80\x80</a>", "line 1: bytes that are not UTF-8" },
    { "five bytes", "<a>\xF8\x88\x80\x80\x80</a>", "line 1: bytes that are not UTF-8" },
    { "cut in a character", "<a>\xE2\x82", "line 1: bytes that are not UTF-8" },
    { "a broken third byte", "<a>\xE2\x82x</a>", "line 1: bytes that are not UTF-8" },
    { "latin-1 bytes", "<a>caf\xE9</a>", "line 1: bytes that are not UTF-8" },
    { "U+FFFE", "<a>\xEF\xBF\xBE</a>", "line 1: a character that XML does not allow" },
    { "'<' in a value", "<a b='<'/>", "line 1: '<' inside a tag" },
    { "a cut tag", "<a", "line 1: the document ends inside a tag" },
    { "a cut quote", "<a b='>", "line 1: the document ends inside a tag" },
    { "a lone '<'", "<", "line 1: the document ends inside a tag" },
    { "a cut document", "<a>\n<b>", "line 2: the document ends inside an element" },
    { "one end too many", "<a></a></a>", "line 1: an end tag without a start tag" },
    { "mixed-up ends", "<a><b></a></b>", "line 1: an end tag does not match its start tag" },
    { "two roots", "<a/><b/>", "line 1: there is something behind the root element" },
    { "text behind", "<a/>x", "line 1: there is something behind the root element" },
    { "only a declaration", "<?xml version='1.0'?>\n", "line 2: there is no root element" },
    { "an entity", "<a>\n&xxe;</a>", "line 2: an entity that is not declared" },
    { "an entity, in value", "<a b='&xxe;'/>", "line 1: an entity that is not declared" },
    { "a NUL reference", "<a>&#0;</a>", "line 1: a character that XML does not allow" },
    { "an open entity", "<a>&amp</a>", "line 1: '&' without ';'" },
    { "a double attribute", "<a b='1' b='2'/>", "line 1: an attribute that is given twice" },
    { "twice by namespace", "<a xmlns:p='u:x' xmlns:q='u:x' p:b='1' q:b='2'/>",
      "line 1: an attribute that is given twice" },
    { "no quotes", "<a b=1/>", "line 1: an attribute without quotes" },
    { "no value", "<a b/>", "line 1: an attribute without a value" },
    { "an open prefix", "<p:a/>", "line 1: a namespace prefix that is not declared" },
    { "an open prefix inside", "<a>\n<b p:c='1'/></a>",
      "line 2: a namespace prefix that is not declared" },
    { "']]>' in text", "<a>]]></a>", "line 1: ']]>' in text" },
    { "xml rebound", "<a xmlns:xml='urn:x'/>",
      "line 1: a namespace declaration that is not allowed" },
};

static void every_other_form_is_refused_with_line_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        struct fault fault = { 0 };
        if (parses(REFUSED[i].xml, &fault))
            fail_msg("%s was parsed", REFUSED[i].what);
        assert_string_equal(fault.text, REFUSED[i].says);
        assert_int_equal(fault.code, FAULT_DOCUMENT);
    }
}

static void a_nul_and_utf_16_are_refused(void **state)
{
    static const char NUL[] = "<a>\0</a>", UTF16[] = "<\0a\0/\0>\0", UTF32[] = "<\0\0\0";
    struct fault fault = { 0 };

    (void)state;
    assert_false(xmldoc_scan(NUL, sizeof(NUL) - 1, &fault));
    assert_string_equal(fault.text, "line 1: control character 0x00");
    assert_false(xmldoc_scan(UTF16, sizeof(UTF16) - 1, &fault));
    assert_string_equal(fault.text, "line 1: control character 0x00");
    assert_false(xmldoc_scan(UTF32, sizeof(UTF32) - 1, &fault));
    assert_string_equal(fault.text, "line 1: control character 0x00");
}

/* head, then body `times` times, then tail */
static void repeat(struct buf *xml, const char *head, const char *body, size_t times,
                   const char *tail)
{
    buf_clear(xml);
    buf_add_text(xml, head);
    for (size_t i = 0; i < times; i++)
        buf_add_text(xml, body);
    buf_add_text(xml, tail);
}

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const struct {
    const char *what, *head, *body;
    size_t times;
    const char *tail, *says; /* NULL: parses */
} HEAVY[] = {
    { "a start tag of 4 MB", "<a", " b='1234'", 440000, "/>",
      "line 1: a tag with more than 32 '='" },
    { "a name of 4 MB", "<", "aaaaaaaa", 500000, "/>",
      "line 1: a tag of more than 8192 bytes" },
    { "a value of 4 MB", "<a b='", "aaaaaaaa", 500000, "'/>",
      "line 1: a tag of more than 8192 bytes" },
    { "an end tag of 4 MB", "<a></a", "        ", 500000, ">",
      "line 1: a tag of more than 8192 bytes" },
    { "an open tag", "<a b='", "aaaaaaaa", 1000, "",
      "line 1: the document ends inside a tag" },
    { "33 attributes", "<a", " b='1'", 33, "/>", "line 1: a tag with more than 32 '='" },
    { "180 000 namespaces", "<a", " xmlns:b='u:x'", 180000, "/>",
      "line 1: a tag with more than 32 '='" },
    { "100 000 nested", "", "<a>", 100000, "", "line 1: elements nested deeper than 40" },
    { "41 nested", "", "<a>", 41, "", "line 1: elements nested deeper than 40" },
    { "200 001 elements", "<a>", "<b/>", 200000, "</a>", "line 1: more than 200000 elements" },
    { "200 000 elements", "<a>", "<b/>", 199999, "</a>", NULL },
    { "a text of 7 MB", "<a>", "0123456789", 700000, "</a>", NULL },
    { "a million references", "<a>", "&amp;", 1000000, "</a>", NULL },
    { "2 MB of references", "<a>", "&#xE9;", 1000000, "</a>", NULL },
    { "a million lines", "<a>", "\n", 1000000, "</a>", NULL },
    { "300 000 namespaces", "<a>",
      "<b xmlns:p1='u:1' xmlns:p2='u:2' xmlns:p3='u:3' p1:x='1'/>", 100000, "</a>", NULL },
    { "entities never closed", "<a>", "&aaaaaaaa", 400000, "</a>", "line 1: '&' without ';'" },
    { "9 MB", "<a>", "0123456789", 900000, "</a>",
      "a document of 9000007 bytes; at most 8388608 are allowed" },
};

static void heavy_documents_are_cheap(void **state)
{
    SCOPED_BUF struct buf xml = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(HEAVY) / sizeof(HEAVY[0]); i++) {
        struct fault fault = { 0 };
        xmlDoc *doc = NULL;
        repeat(&xml, HEAVY[i].head, HEAVY[i].body, HEAVY[i].times, HEAVY[i].tail);
        double before = cpu_seconds();
        bool parsed = xmldoc_parse(xml.data, xml.size, &doc, &fault);
        double spent = cpu_seconds() - before;
        xmldoc_release(&doc);
        print_message("%-24s %8zu bytes %7.1f ms  %s\n", HEAVY[i].what, xml.size, spent * 1e3,
                      fault.text);
        assert_true(parsed == (HEAVY[i].says == NULL));
        assert_string_equal(fault.text, HEAVY[i].says ? HEAVY[i].says : "");
        assert_true(spent < SECONDS_MAX);
    }
}

static void billion_laughs_never_reach_the_parser(void **state)
{
    static const char LAUGHS[] =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY l0 \"ha\">"
        "<!ENTITY l1 \"&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;\">"
        "<!ENTITY l2 \"&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;\">]><a b=\"&l2;\">&l2;</a>";
    struct fault fault = { 0 };

    (void)state;
    assert_false(parses(LAUGHS, &fault));
    assert_string_equal(fault.text,
                        "line 2: '<!' (a comment, CDATA section or DTD) is not allowed");
}

static void the_reason_tells_nothing_of_the_content(void **state)
{
    static const char *const SECRETS[] = {
        "<a><b123456782></c123456782></a>",
        "<a>&b123456782;</a>",
        "<a x123456782='1'",
        "<123456782/>",
        "<p123456782:a/>",
        "<a b='&#123456782;'/>",
        "<a xmlns:p='123456782 %'><p:b/></a>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(SECRETS) / sizeof(SECRETS[0]); i++) {
        struct fault fault = { 0 };
        assert_false(parses(SECRETS[i], &fault));
        assert_null(strstr(fault.text, "123456782"));
        assert_true(fault.text[0] != '\0');
    }
}

static void readers_compare_namespace_and_name(void **state)
{
    static const char XML[] = "<b:r xmlns:b='" NS "' xmlns='urn:other'><kop/><b:kop><b:oin>1"
                              "</b:oin><oin>2</oin><b:oin>3</b:oin><b:x/><b:y>a<b:z/></b:y>"
                              "</b:kop></b:r>";
    struct fault fault = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    (void)state;
    assert_true(xmldoc_parse(XML, strlen(XML), &doc, &fault));
    const xmlNode *root = xmlDocGetRootElement(doc);
    assert_true(xmldoc_is(root, NS, "r"));
    assert_false(xmldoc_is(root, "urn:other", "r"));
    assert_false(xmldoc_is(root, NS, "rr"));
    assert_string_equal(xmldoc_text(root, "kop/oin"), "1");
    assert_string_equal(xmldoc_text(xmldoc_next(xmldoc_at(root, "kop/oin")), ""), "3");
    assert_null(xmldoc_next(xmldoc_next(xmldoc_at(root, "kop/oin"))));
    assert_string_equal(xmldoc_text(root, "kop/x"), "");
    assert_null(xmldoc_text(root, "kop/y"));
    assert_null(xmldoc_text(root, "kop/q"));
    assert_null(xmldoc_text(root, "ko/oin"));
    assert_null(xmldoc_at(root, "kop/oin/oin"));
    assert_null(xmldoc_child(root, "oin"));
}

static void what_is_written_reads_back(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = xmldoc_new(NS, "bericht"), *again = NULL;
    SCOPED_XMLDOC xmlDoc *dossier = xmldoc_new("urn:nl:estafette:dossier:1", "dossier");
    SCOPED_BUF struct buf xml = { 0 }, twice = { 0 };
    struct fault fault = { 0 };
    xmlNode *root = xmlDocGetRootElement(doc);

    (void)state;
    xmldoc_add(xmldoc_add(root, "kop", NULL), "naam", "a<&>\"'\r\n\t\xC3\xA9");
    xmldoc_add(root, "leeg", "");
    xmldoc_add(xmlDocGetRootElement(dossier), "bsn", "1");
    xmldoc_add_copy(root, xmldoc_child(xmlDocGetRootElement(dossier), "bsn"));
    xmldoc_add_copy(root, xmlDocGetRootElement(dossier));
    xmldoc_release(&dossier);
    xmldoc_write(doc, &xml);
    assert_string_equal(buf_text(&xml),
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<bericht xmlns=\"urn:nl:estafette:bericht:1\"><kop>"
                        "<naam>a&lt;&amp;&gt;\"'&#13;\n\t\xC3\xA9</naam></kop><leeg/>"
                        "<bsn xmlns=\"urn:nl:estafette:dossier:1\">1</bsn>"
                        "<dossier xmlns=\"urn:nl:estafette:dossier:1\"><bsn>1</bsn></dossier>"
                        "</bericht>\n");
    assert_true(xmldoc_parse(xml.data, xml.size, &again, &fault));
    assert_string_equal(xmldoc_text(xmlDocGetRootElement(again), "kop/naam"),
                        "a<&>\"'\r\n\t\xC3\xA9");
    xmldoc_write(again, &twice);
    assert_string_equal(buf_text(&twice), buf_text(&xml));
}

static void the_scan_alone_counts_open_elements(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    assert_true(xmldoc_scan("<a><b/></a>", 11, &fault));
    assert_false(xmldoc_scan("<a><b/>", 7, &fault));
    assert_string_equal(fault.text, "line 1: the document ends inside an element");
}

static void the_libraries_open_nothing_and_say_nothing(void **state)
{
    (void)state;
    assert_null(xmlReadFile(SOURCE_DIR "/CMakeLists.txt", NULL, 0));
    assert_null(xmlReadFile("http://127.0.0.1/", NULL, 0));
    assert_null(xmlSecParseFile(SOURCE_DIR "/CMakeLists.txt"));
    assert_null(xmlReadMemory("<a>", 3, NULL, NULL, 0)); /* would print by itself */
}

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_writers_make_is_parsed),
        cmocka_unit_test(every_other_form_is_refused_with_line_and_reason),
        cmocka_unit_test(a_nul_and_utf_16_are_refused),
        cmocka_unit_test(heavy_documents_are_cheap),
        cmocka_unit_test(billion_laughs_never_reach_the_parser),
        cmocka_unit_test(the_reason_tells_nothing_of_the_content),
        cmocka_unit_test(readers_compare_namespace_and_name),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_scan_alone_counts_open_elements),
        cmocka_unit_test(the_libraries_open_nothing_and_say_nothing),
    };
    return cmocka_run_group_tests(tests, install, NULL);
}
