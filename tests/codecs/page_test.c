/* The page: everything of a dossier is on it, and nothing of a dossier is more than text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <pthread.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/digest.h"
#include "codecs/dossier.h"
#include "codecs/schema.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

static const char SAMPLE[] = "asielstatushouder.xml";

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    view_install();
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    view_uninstall();
    schema_uninstall();
    return 0;
}

/* Without the schema: what is not valid today may be so in a later version. */
static xmlDoc *parse(const char *xml)
{
    struct fault fault = { 0 };
    xmlDoc *doc = NULL;

    if (!xmldoc_parse(xml, strlen(xml), &doc, &fault))
        fail_msg("%s", fault.text);
    return doc;
}

static void make_page(xmlDoc *doc, const struct view_origin *origin, struct buf *page)
{
    struct fault fault = { 0 };

    if (!view_page(doc, origin, page, &fault))
        fail_msg("%s", fault.text);
}

static void page_of(const char *xml, struct buf *page)
{
    SCOPED_XMLDOC xmlDoc *doc = parse(xml);

    make_page(doc, NULL, page);
}

static xmlDoc *read_html(const struct buf *page)
{
    xmlDoc *html = htmlReadMemory(buf_text(page), (int)page->size, NULL, "UTF-8",
                                  HTML_PARSE_RECOVER | HTML_PARSE_NOERROR
                                      | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);

    assert_non_null(html);
    return html;
}

static const xmlNode *next_of(const xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node && !node->next)
        node = node->parent;
    return node ? node->next : NULL;
}

static bool is_element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* What people read: the text of the page but its style. */
static void read_text(xmlDoc *html, struct buf *text)
{
    for (const xmlNode *at = xmlDocGetRootElement(html); at; at = next_of(at))
        if (at->type == XML_TEXT_NODE && !is_element(at->parent, "style")) {
            buf_add_text(text, (const char *)at->content);
            buf_add_text(text, "|");
        }
}

static void text_of(const char *xml, const struct view_origin *origin, struct buf *text)
{
    SCOPED_BUF struct buf page = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = parse(xml);

    make_page(doc, origin, &page);
    SCOPED_XMLDOC xmlDoc *html = read_html(&page);
    read_text(html, text);
}

/* --- what is on it ------------------------------------------------------------------- */

static void the_caseworker_finds_what_matters(void **state)
{
    static const struct {
        const char *file, *html;
    } CASES[] = {
        { SAMPLE, "<html lang=\"nl\">" },
        { SAMPLE,
          "<title>Inburgeringsdossier van Tesfay Berhane Voorbeeld (T.B.), stand van" },
        { SAMPLE, "<li><bdi>PVT gehaald op 30 juni 2025</bdi></li>" },
        { SAMPLE, "<progress aria-hidden=\"true\" max=\"1096\" value=\"587\"></progress>" },
        { SAMPLE, "<a href=\"mailto:map@example.org\">map@example.org</a>" },
        { SAMPLE, "<a href=\"tel:0300000000\">030-0000000</a>" },
        { SAMPLE, "<strong class=\"special\">bijzonder persoonsgegeven</strong>" },
        { SAMPLE, "<h3>Versie 2 van 2: 23 maart 2026, gemeente 0344</h3>" },
        { SAMPLE, "<details><summary><h3>Versie 1 van 2: 7 april 2025" },
        { SAMPLE, "<caption>Gesprek (2)</caption>" },
        { SAMPLE, "<th role=\"columnheader\" scope=\"col\">Verslag</th>" },
        { SAMPLE, "16 november 2026; DUO zelf is de bron." },
        { SAMPLE, "PIP 2026, wijziging.pdf (pip-2)" },
        { "gezinsmigrant.xml", "<p class=\"status\">leeg: er is niets</p>" },
        { "gezinsmigrant.xml",
          "<a href=\"#deel-documenten\">Documenten</a> (achtergehouden)" },
        { "gezinsmigrant.xml", "achtergehouden: volgt later (Het PIP wordt nog gescand.)" },
        { "gezinsmigrant.xml", "<a href=\"tel:+31600000001\">+31 6 00000001</a>" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml = sample_dossier(CASES[i].file);
        SCOPED_BUF struct buf page = { 0 };
        page_of(xml, &page);
        if (!strstr(buf_text(&page), CASES[i].html))
            fail_msg("\"%s\" is not in\n%s", CASES[i].html, buf_text(&page));
    }
}

/* Every word of every text, in any order: fields may be put together. */
static void expect_words(const char *text, const char *words)
{
    SCOPED_MEM char *copy = mem_copy(words);
    char *rest = NULL;

    for (char *word = strtok_r(copy, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
        if (!strstr(text, word))
            fail_msg("\"%s\" of \"%s\" is not on the page", word, words);
}

/* A date, an amount, a code, a size or a media type is shown in the words of people. */
static bool is_rewritten(const char *text)
{
    size_t size = strlen(text);
    bool date = (size == 10 || size == 7) && text[4] == '-';
    bool amount = size > 3 && text[size - 3] == '.' && text[0] < ':';
    bool bytes = size > 4 && size < 7 && strspn(text, "0123456789") == size;

    return date || amount || bytes || size == 2 || strcmp(text, "application/pdf") == 0;
}

static void nothing_in_the_dossier_stays_out_of_sight(void **state)
{
    SCOPED_MEM char *xml = sample_dossier(SAMPLE);
    SCOPED_XMLDOC xmlDoc *doc = parse(xml);
    SCOPED_BUF struct buf text = { 0 };
    int count = 0;

    (void)state;
    text_of(xml, NULL, &text);
    for (const xmlNode *at = xmlDocGetRootElement(doc); at; at = next_of(at))
        if (at->type == XML_TEXT_NODE && !xmlIsBlankNode(at)
            && !is_rewritten((const char *)at->content)) {
            expect_words(buf_text(&text), (const char *)at->content);
            count++;
        }
    assert_in_range(count, 130, 1000);
}

static void what_the_schema_does_not_know_yet_is_shown(void **state)
{
    static const char *const CASES[][2] = {
        { "<wensen>", "<nieuwVeld>nieuwe tekst</nieuwVeld><wensen>" },
        { "<wensen>", "<later><x:a xmlns:x=\"urn:x\" hint=\"de wenk\">los <x:b "
                      "y=\"erin\">nieuwe tekst</x:b>"
                      "</x:a></later><wensen>" },
        { "<wensen>",
          "<x:a xmlns:x=\"urn:x\"><x:b><x:c><x:d>nieuwe tekst</x:d></x:c></x:b></x:a>"
          "<wensen>" },
        { "<naam>J. de Bedachte</naam>",
          "<naam>J. de Bedachte</naam><afdeling>nieuwe tekst</afdeling>" },
        { "<huisnummer>", "<gebouw>nieuwe tekst</gebouw><huisnummer>" },
        { "</dossier>",
          "<uitbreiding><veld naam=\"mijn.veld\">nieuwe tekst</veld></uitbreiding>"
          "</dossier>" },
    };
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml = sample_replace(sample, CASES[i][0], CASES[i][1]);
        SCOPED_BUF struct buf text = { 0 };
        text_of(xml, NULL, &text);
        expect_words(buf_text(&text), "nieuwe tekst");
        if (i == 1)
            expect_words(buf_text(&text), "de wenk los erin");
        if (i == 5)
            expect_words(buf_text(&text), "mijn.veld");
    }
}

static void from_where_and_when_it_came_is_told(void **state)
{
    static const struct view_origin CAME = {
        .gemeente = "Gemeente Utrecht",
        .gemeentecode = "0344",
        .datum = "2026-11-23",
        .naam = "R. Regisseur",
        .telefoon = "030-0000009",
        .email = "r@example.org",
    };
    static const char *const SAYS[] = {
        "Ontvangen van Gemeente Utrecht", "op 23 november 2026", "(gemeentecode 0344)",
        "0344 (Gemeente Utrecht)",        "R. Regisseur",        "030-0000009",
    };
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);
    SCOPED_BUF struct buf text = { 0 }, file = { 0 };

    (void)state;
    text_of(sample, &CAME, &text);
    for (size_t i = 0; i < sizeof(SAYS) / sizeof(SAYS[0]); i++)
        expect_words(buf_text(&text), SAYS[i]);
    assert_non_null(strstr(buf_text(&text), SAYS[0]));
    text_of(sample, NULL, &file);
    assert_non_null(strstr(buf_text(&file), "van wie het komt, staat er niet in"));
}

static void a_key_is_not_shown(void **state)
{
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);
    SCOPED_MEM char *xml = sample_replace(
        sample, "</sha256>",
        "</sha256><versleuteld><sha256>"
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef</sha256>"
        "<omvang>10</omvang><sleutel>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</sleutel>"
        "</versleuteld>");
    SCOPED_BUF struct buf page = { 0 };

    (void)state;
    page_of(xml, &page);
    assert_null(strstr(buf_text(&page), "AAAAAAAA"));
    assert_null(strstr(buf_text(&page), "0123456789abcdef"));
    assert_non_null(strstr(buf_text(&page), "PIP 2025.pdf"));
}

/* --- what it may do ------------------------------------------------------------------ */

/* The page allows itself one style, by its digest, and nothing else. */
static void its_policy_allows_its_own_style_only(void **state)
{
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);
    SCOPED_BUF struct buf page = { 0 }, policy = { 0 };
    struct digest digest;

    (void)state;
    page_of(sample, &page);
    const char *style = strstr(buf_text(&page), "<style>") + strlen("<style>");
    const char *end = strstr(style, "</style>");
    assert_true(end - style > 1000);
    digest_of(style, (size_t)(end - style), &digest);
    buf_add_text(&policy, "<meta http-equiv=\"Content-Security-Policy\" content=\""
                          "default-src 'none'; style-src 'sha256-");
    base64_encode(digest.bytes, sizeof(digest.bytes), &policy);
    buf_add_text(&policy, "'; base-uri 'none'; form-action 'none'\">");
    assert_non_null(strstr(buf_text(&page), buf_text(&policy)));
    assert_null(strstr(style, "url("));
    assert_null(strstr(style, "@import"));
}

static const char ELEMENTS[] =
    " html head meta title style body a p span bdi header h1 h2 h3 h4 h5 h6 nav ul li main "
    "section div dl dt dd table caption thead tbody tr th td br strong details summary "
    "progress "
    "footer ";
static const char ATTRIBUTES[] =
    " aria-hidden aria-label aria-labelledby class content data-label href http-equiv id lang "
    "max name role scope tabindex value charset ";

static bool is_listed(const char *list, const xmlChar *name)
{
    SCOPED_BUF struct buf entry = { 0 };

    buf_addf(&entry, " %s ", (const char *)name);
    return strstr(list, buf_text(&entry)) != NULL;
}

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static bool link_is_closed(const char *href)
{
    if (href[0] == '#')
        return href[1 + strspn(href + 1, LETTERS "-")] == '\0';
    if (strncmp(href, "tel:", 4) == 0) {
        href += 4 + (href[4] == '+');
        return strlen(href) >= 3 && href[strspn(href, DIGITS)] == '\0';
    }
    if (strncmp(href, "mailto:", 7) != 0)
        return false;
    href += 7 + strspn(href + 7, LETTERS DIGITS "._+-");
    return href[0] == '@' && href[1 + strspn(href + 1, LETTERS DIGITS ".-")] == '\0';
}

/* Nothing but the elements, attributes and links that a page is made of. */
static void expect_plain(const xmlNode *node, const char *name)
{
    if (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE)
        fail_msg("%s: a comment", name);
    if (node->type != XML_ELEMENT_NODE)
        return;
    if (!is_listed(ELEMENTS, node->name))
        fail_msg("%s: an element %s", name, (const char *)node->name);
    for (const xmlAttr *at = node->properties; at; at = at->next) {
        if (!is_listed(ATTRIBUTES, at->name))
            fail_msg("%s: an attribute %s", name, (const char *)at->name);
        if (strcmp((const char *)at->name, "href") == 0
            && !link_is_closed((const char *)at->children->content))
            fail_msg("%s: a link to %s", name, (const char *)at->children->content);
    }
}

static void check_page(const struct buf *page, const char *name)
{
    SCOPED_XMLDOC xmlDoc *html = read_html(page);
    int styles = 0, headings = 0;

    for (const xmlNode *at = xmlDocGetRootElement(html); at; at = next_of(at)) {
        expect_plain(at, name);
        styles += is_element(at, "style");
        headings += is_element(at, "h1");
    }
    if (styles != 1 || headings != 1)
        fail_msg("%s: %d styles, %d h1", name, styles, headings);
}

static void set_text(xmlNode *text, const char *value)
{
    xmlNodeSetContent(text, (const xmlChar *)value);
}

/* Every text field at once, and with `attributes` these too. */
static void fill(xmlDoc *doc, const char *value, bool attributes)
{
    for (xmlNode *at = xmlDocGetRootElement(doc); at; at = (xmlNode *)next_of(at)) {
        if (at->type == XML_TEXT_NODE && !xmlIsBlankNode(at))
            set_text(at, value);
        if (at->type == XML_ELEMENT_NODE && attributes)
            for (xmlAttr *a = at->properties; a; a = a->next)
                set_text(a->children, value);
    }
}

/* In every field of the dossier, and of what is known of how it came. */
static void put_everywhere(const char *sample, const char *name, const char *value,
                           bool attributes, struct buf *page)
{
    SCOPED_XMLDOC xmlDoc *doc = parse(sample);
    const struct view_origin origin = { false, value, value, value, value, value, value };

    fill(doc, value, attributes);
    make_page(doc, &origin, page);
    check_page(page, name);
}

static int count_in(const char *text, const char *value)
{
    int count = 0;

    for (const char *at = strstr(text, value); at; at = strstr(at + 1, value))
        count++;
    return count;
}

static void text_stays_text_in_every_field(void **state)
{
    static const char *const CASES[] = {
        "<script>alert(1)</script>",
        "</bdi></dd></main><h1>Boetes: geen</h1>",
        "</style><script>alert(1)</script>",
        "</title><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' style='position:fixed' x='",
        "\"><a href=\"https://example.org/\">hier</a>",
        "<!-- begin --><p>",
        "--><iframe src=\"https://example.org/\">",
        "]]>&lt;b&gt;&amp;&#60;i&#62;",
        "&{alert(1)};",
        "<?xml version=\"1.0\"?><!DOCTYPE html>",
        "javascript:alert(1)",
        "https://example.org/?a=1&b=2",
        "mailto:a@example.org?bcc=b@example.org",
        "a@example.org?bcc=b@example.org",
        "a@example.org\" onclick=\"alert(1)",
        "tel:112",
        "0900-1234;ext=1",
        "{7*7}{{7*7}}${7*7}",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "\\3c script\\3e }body{display:none}",
    };
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        for (int attributes = 0; attributes < 2; attributes++) {
            SCOPED_BUF struct buf page = { 0 }, text = { 0 };
            put_everywhere(sample, CASES[i], CASES[i], attributes, &page);
            SCOPED_XMLDOC xmlDoc *html = read_html(&page);
            read_text(html, &text);
            assert_in_range(count_in(buf_text(&text), CASES[i]), attributes ? 10 : 200, 1000);
        }
}

static void nasty_strings_stay_text_in_every_field(void **state)
{
    const char *corpus = getenv("ESTAFETTE_CORPUS");
    SCOPED_BUF struct buf path = { 0 };
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);
    size_t i, count = 0;
    json_t *item;

    (void)state;
    buf_addf(&path, "%s/nasty-strings/strings.json",
             corpus ? corpus : SOURCE_DIR "/../shared/corpus");
    json_t *strings = json_load_file(buf_text(&path), JSON_ALLOW_NUL, NULL);
    if (!strings) {
        print_message("SKIPPED: no %s (set ESTAFETTE_CORPUS)\n", buf_text(&path));
        skip();
    }
    json_array_foreach (strings, i, item) {
        SCOPED_BUF struct buf page = { 0 };
        const char *value = json_string_value(json_object_get(item, "value"));
        if (strlen(value) > 4000) /* more than any field holds */
            continue;
        put_everywhere(sample, json_string_value(json_object_get(item, "name")), value,
                       i % 2 == 0, &page);
        count++;
    }
    print_message("%zu of %zu strings in every field\n", count, json_array_size(strings));
    assert_in_range(count, 60, json_array_size(strings));
    json_decref(strings);
}

static void only_a_closed_form_becomes_a_link(void **state)
{
    static const struct {
        const char *mail, *link;
    } CASES[] = {
        { "a.b-c_d+e@sub.example.org", "mailto:a.b-c_d+e@sub.example.org" },
        { "a@example.org?subject=x", NULL },
        { "a@b@example.org", NULL },
        { "@example.org", NULL },
        { "a@", NULL },
        { "a%40b@example.org", NULL },
        { "a/b@example.org", NULL },
        { "javascript:alert(1)//@example.org", NULL },
        { "naam@voorbeeld.\xC3\xA9\xC3\xA9", NULL },
    };
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml =
            sample_replace(sample, "t.voorbeeld@example.org", CASES[i].mail);
        SCOPED_BUF struct buf page = { 0 }, link = { 0 };
        page_of(xml, &page);
        check_page(&page, CASES[i].mail);
        buf_addf(&link, "<a href=\"%s\">", CASES[i].link ? CASES[i].link : "mailto:t.");
        assert_int_equal(count_in(buf_text(&page), buf_text(&link)), CASES[i].link ? 2 : 0);
        assert_int_equal(count_in(buf_text(&page), "mailto:"), CASES[i].link ? 6 : 4);
    }
}

/* Direction, line ends and controls: shown as they are, or as U+FFFD; never obeyed. */
static void text_cannot_turn_the_page_around(void **state)
{
    static const char PLACE[] = "Lessen in de ochtend, in verband met werk.";
    static const char *const CASES[] = { "&#x202e;neeg seteoB", "x&#x2066;y", "x&#x9b;31m",
                                         "x&#xfeff;y" };
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml = sample_replace(sample, PLACE, CASES[i]);
        SCOPED_BUF struct buf text = { 0 };
        text_of(xml, NULL, &text);
        assert_int_equal(count_in(buf_text(&text), "\xEF\xBF\xBD"), 1);
    }
    SCOPED_MEM char *xml = sample_replace(sample, PLACE, "een\ntwee");
    SCOPED_BUF struct buf text = { 0 };
    text_of(xml, NULL, &text);
    assert_non_null(strstr(buf_text(&text), "een\ntwee"));
}

/* The longest name and the deepest tree that the parser lets through. */
static void a_tree_of_any_shape_becomes_a_page(void **state)
{
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);
    SCOPED_BUF struct buf odd = { 0 }, page = { 0 };
    SCOPED_MEM char *name = mem_alloc(8001);

    (void)state;
    memset(name, 'A', 8000);
    buf_addf(&odd, "<later><%s>x</%s>", name, name);
    for (int i = 0; i < 30; i++)
        buf_add_text(&odd, "<q>");
    buf_add_text(&odd, "diep");
    for (int i = 0; i < 30; i++)
        buf_add_text(&odd, "</q>");
    for (int i = 0; i < 3000; i++)
        buf_addf(&odd, "<veel><a%d>1</a%d><b/></veel>", i % 9, i % 9);
    buf_add_text(&odd, "</later><wensen>");
    SCOPED_MEM char *xml = sample_replace(sample, "<wensen>", buf_text(&odd));
    page_of(xml, &page);
    check_page(&page, "odd");
    assert_non_null(strstr(buf_text(&page), "diep"));
}

static void *page_often(void *sample)
{
    for (int i = 0; i < 10; i++) {
        SCOPED_BUF struct buf page = { 0 };
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        struct fault fault = { 0 };
        if (!xmldoc_parse(sample, strlen(sample), &doc, &fault)
            || !view_page(doc, NULL, &page, &fault))
            return sample;
    }
    return NULL;
}

static void threads_make_pages_at_the_same_time(void **state)
{
    SCOPED_MEM char *sample = sample_dossier(SAMPLE);
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, page_often, sample), 0);
    for (int i = 0; i < 4; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_caseworker_finds_what_matters),
        cmocka_unit_test(nothing_in_the_dossier_stays_out_of_sight),
        cmocka_unit_test(what_the_schema_does_not_know_yet_is_shown),
        cmocka_unit_test(from_where_and_when_it_came_is_told),
        cmocka_unit_test(a_key_is_not_shown),
        cmocka_unit_test(its_policy_allows_its_own_style_only),
        cmocka_unit_test(text_stays_text_in_every_field),
        cmocka_unit_test(nasty_strings_stay_text_in_every_field),
        cmocka_unit_test(only_a_closed_form_becomes_a_link),
        cmocka_unit_test(text_cannot_turn_the_page_around),
        cmocka_unit_test(a_tree_of_any_shape_becomes_a_page),
        cmocka_unit_test(threads_make_pages_at_the_same_time),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
