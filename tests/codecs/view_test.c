/* The view: what the caseworker reads, and what never reaches the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/schema.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

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

static bool view(const char *xml, struct buf *text, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    return dossier_read(xml, strlen(xml), NULL, NULL, &doc, fault)
           && view_text(doc, text, fault);
}

static void the_caseworker_finds_what_matters(void **state)
{
    static const struct {
        const char *file, *says;
    } CASES[] = {
        { "asielstatushouder.xml", "INBURGERINGSDOSSIER - stand van 16-11-2026" },
        { "asielstatushouder.xml", "Tesfay Berhane Voorbeeld (T.B.)" },
        { "asielstatushouder.xml", "999900006" },
        { "asielstatushouder.xml", "B1-route, niveau B1 (PIP van 23-03-2026, gemeente 0344)" },
        { "asielstatushouder.xml", "08-04-2025 tot 08-04-2028, gelezen 16-11-2026" },
        { "asielstatushouder.xml", "452 van 900: B1-route deeltijd" },
        { "asielstatushouder.xml", "loopt sinds 08-09-2025" },
        { "asielstatushouder.xml", "gehaald 30-06-2025" },
        { "asielstatushouder.xml", "1, tellend totaal € 400,00" },
        { "asielstatushouder.xml", "PIP, VERSIE 1 VAN 2" },
        { "asielstatushouder.xml", "PIP, VERSIE 2 VAN 2" },
        { "asielstatushouder.xml", "Omstandigheid [bijzonder persoonsgegeven]" },
        { "asielstatushouder.xml", "Gelezen op 16-11-2026" },
        { "asielstatushouder.xml", "PIP 2026, wijziging.pdf" },
        { "gezinsmigrant.xml", "Handhaving                        leeg" },
        { "gezinsmigrant.xml", "achtergehouden: volgt later (Het PIP wordt nog gescand.)" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml = sample_dossier(CASES[i].file);
        SCOPED_BUF struct buf text = { 0 };
        struct fault fault = { 0 };
        assert_true(view(xml, &text, &fault));
        if (!strstr(buf_text(&text), CASES[i].says))
            fail_msg("\"%s\" is not in\n%s", CASES[i].says, buf_text(&text));
    }
}

/* Every text in the dossier is in the view: nothing stays out of sight. */
static void nothing_in_the_dossier_stays_out_of_sight(void **state)
{
    SCOPED_MEM char *xml = sample_dossier("asielstatushouder.xml");
    SCOPED_BUF struct buf text = { 0 };
    struct fault fault = { 0 };
    char *rest = NULL;
    int count = 0;

    (void)state;
    assert_true(view(xml, &text, &fault));
    for (char *at = strtok_r(xml, ">", &rest); at; at = strtok_r(NULL, ">", &rest)) {
        *(at + strcspn(at, "<")) = '\0';
        bool date = strlen(at) == 10 && at[4] == '-';
        bool amount = strlen(at) > 3 && at[strlen(at) - 3] == '.' && at[0] < ':';
        if (strspn(at, " \n") == strlen(at) || date || amount)
            continue;
        if (!strstr(buf_text(&text), at))
            fail_msg("\"%s\" is not in the view", at);
        count++;
    }
    assert_in_range(count, 150, 1000);
}

static void a_total_that_does_not_add_up_is_pointed_out(void **state)
{
    static const struct {
        const char *from, *to;
        bool warns;
    } CASES[] = {
        { "<totaal>400.00<", "<totaal>400.00<", false },
        { "<totaal>400.00<", "<totaal>100.00<", true },
        { "<status>deels betaald<", "<status>vernietigd<", true },
    };
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml = sample_replace(sample, CASES[i].from, CASES[i].to);
        SCOPED_BUF struct buf text = { 0 };
        struct fault fault = { 0 };
        assert_true(view(xml, &text, &fault));
        assert_int_equal(strstr(buf_text(&text), "LET OP") != NULL, CASES[i].warns);
    }
}

static void a_key_is_not_shown(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    SCOPED_MEM char *xml = sample_replace(
        sample, "</sha256>",
        "</sha256><versleuteld><sha256>"
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef</sha256>"
        "<omvang>10</omvang><sleutel>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</sleutel>"
        "</versleuteld>");
    SCOPED_BUF struct buf text = { 0 };
    struct fault fault = { 0 };

    (void)state;
    assert_true(view(xml, &text, &fault));
    assert_null(strstr(buf_text(&text), "AAAAAAAA"));
    assert_null(strstr(buf_text(&text), "0123456789abcdef"));
}

static void only_a_dossier_is_shown(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = xmldoc_new("urn:nl:estafette:bericht:1", "bericht");
    SCOPED_BUF struct buf text = { 0 };
    struct fault fault = { 0 };

    (void)state;
    assert_false(view_text(doc, &text, &fault));
    assert_string_equal(fault.text, "this is not a dossier");
    assert_int_equal(text.size, 0);
}

/* --- other people's text ------------------------------------------------------------- */

static const char PLACE[] = "Lessen in de ochtend, in verband met werk.";

static void add_escaped(struct buf *xml, const char *value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (strchr("<>&\r", value[i]) && value[i])
            buf_addf(xml, "&#%d;", value[i]);
        else
            buf_add(xml, &value[i], 1);
}

static int lines(const char *text)
{
    int count = 0;

    for (; *text; text++)
        count += *text == '\n';
    return count;
}

/* In UTF-8: C0 but line ends, DEL, C1, U+200E-F, U+2028-E, U+2066-9, U+FEFF. */
static bool is_quiet(const char *text)
{
    static const char *const LOUD[] = { "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8",
                                        "\xE2\x80\xA9", "\xE2\x80\xAA", "\xE2\x80\xAE",
                                        "\xE2\x81\xA6", "\xE2\x81\xA9", "\xEF\xBB\xBF" };

    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if ((*at < 0x20 && *at != '\n') || *at == 0x7F || (*at == 0xC2 && at[1] < 0xA0))
            return false;
    for (size_t i = 0; i < sizeof(LOUD) / sizeof(LOUD[0]); i++)
        if (strstr(text, LOUD[i]))
            return false;
    return true;
}

/* A value comes through unchanged, or its field is named; the view stays quiet. */
static bool passes(const char *sample, const char *name, const char *value, size_t size)
{
    SCOPED_BUF struct buf xml = { 0 }, text = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };
    const char *place = strstr(sample, PLACE);

    buf_add(&xml, sample, (size_t)(place - sample));
    add_escaped(&xml, value, size);
    buf_add_text(&xml, place + strlen(PLACE));
    if (!dossier_check(xml.data, xml.size, NULL, NULL, &doc, &fault)) {
        bool named = strstr(fault.text, "line 128: ") == fault.text;
        if (!named || (strlen(value) > 4 && strstr(fault.text, value)))
            fail_msg("%s: %s", name, fault.text);
        return false;
    }
    assert_string_equal(xmldoc_text(xmlDocGetRootElement(doc), "intake/wensen"), value);
    assert_true(view_text(doc, &text, &fault));
    if (!is_quiet(buf_text(&text)))
        fail_msg("%s reaches the terminal", name);
    return true;
}

static void nasty_strings_come_through_or_are_refused_by_field(void **state)
{
    const char *corpus = getenv("ESTAFETTE_CORPUS");
    SCOPED_BUF struct buf path = { 0 };
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    size_t i, passed = 0;
    json_t *item;

    (void)state;
    buf_addf(&path, "%s/nasty-strings/strings.json",
             corpus ? corpus : SOURCE_DIR "/../shared/corpus");
    json_t *strings = json_load_file(buf_text(&path), JSON_ALLOW_NUL, NULL);
    if (!strings) {
        print_message("SKIPPED: no %s (set ESTAFETTE_CORPUS)\n", buf_text(&path));
        skip();
    }
    json_array_foreach (strings, i, item)
        passed += passes(sample, json_string_value(json_object_get(item, "name")),
                         json_string_value(json_object_get(item, "value")),
                         json_string_length(json_object_get(item, "value")));
    print_message("%zu of %zu came through\n", passed, json_array_size(strings));
    assert_in_range(passed, 60, json_array_size(strings) - 1);
    json_decref(strings);
}

static void text_cannot_pretend_to_be_another_line(void **state)
{
    static const char *const CASES[] = {
        "x\n  Boetes                            geen",
        "x\r  Boetes geen",
        "x&#x85;Boetes geen",
        "x&#x2028;Boetes geen",
        "x&#x9b;31mBoetes",
        "&#x202e;neeg seteoB",
    };
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    SCOPED_BUF struct buf plain = { 0 };
    struct fault fault = { 0 };

    (void)state;
    assert_true(view(sample, &plain, &fault));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *xml = sample_replace(sample, PLACE, CASES[i]);
        SCOPED_BUF struct buf text = { 0 };
        assert_true(view(xml, &text, &fault));
        assert_true(is_quiet(buf_text(&text)));
        assert_int_equal(lines(buf_text(&text)), lines(buf_text(&plain)));
    }
}

static void *view_often(void *sample)
{
    for (int i = 0; i < 10; i++) {
        SCOPED_BUF struct buf text = { 0 };
        struct fault fault = { 0 };
        if (!view(sample, &text, &fault))
            return sample;
    }
    return NULL;
}

static void threads_look_at_the_same_time(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, view_often, sample), 0);
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
        cmocka_unit_test(a_total_that_does_not_add_up_is_pointed_out),
        cmocka_unit_test(a_key_is_not_shown),
        cmocka_unit_test(only_a_dossier_is_shown),
        cmocka_unit_test(nasty_strings_come_through_or_are_refused_by_field),
        cmocka_unit_test(text_cannot_pretend_to_be_another_line),
        cmocka_unit_test(threads_look_at_the_same_time),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
