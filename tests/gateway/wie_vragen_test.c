/* Whom to ask for a dossier, by what DUO answers: each row of the decision, and what may fool
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"
#include "gateway/wie_vragen.h"

/* We are Amersfoort (0307). */
static const struct config CONFIG = { .gemeentecodes = { "0307" }, .gemeentecode_count = 1 };

#define GELEZEN(inside) "<gelezen xmlns=\"urn:nl:estafette:dossier:1\">" inside "</gelezen>"
#define PIP(code, day)                                                                        \
    "<pip><gemeentecode>" code "</gemeentecode><dagtekening>" day "</dagtekening></pip>"
#define UREN(code, tot)                                                                       \
    "<uren><gemeentecode>" code "</gemeentecode><bekendTot>" tot "</bekendTot></uren>"

/* clang-format off */
static const struct {
    const char *what, *xml;
    enum wie_uitkomst uitkomst;
    const char *reden, *codes;
} CASES[] = {
    { "T-REL-1: a PIP of another municipality",
      GELEZEN(PIP("0344", "2025-04-07")), WIE_VRAAG, "pip", "0344" },
    { "T-REL-1: its hours change nothing",
      GELEZEN(PIP("0344", "2025-04-07") UREN("0344", "2026-11-01")), WIE_VRAAG, "pip", "0344" },
    { "a third municipality after the PIP is asked too",
      GELEZEN(PIP("0344", "2025-04-07") UREN("0344", "2025-11-01") UREN("0141", "2026-10-01")),
      WIE_VRAAG, "pip", "0344 0141" },
    { "hours from before the PIP name nobody in between",
      GELEZEN(PIP("0344", "2025-04-07") UREN("0141", "2024-10-01")), WIE_VRAAG, "pip", "0344" },
    { "T-REL-2: moved back, our own PIP",
      GELEZEN(PIP("0307", "2025-04-07")), WIE_NIEMAND, "eigen-pip", "" },
    { "T-REL-2: our own PIP and our own hours",
      GELEZEN(PIP("0307", "2025-04-07") UREN("0307", "2026-01-01")), WIE_NIEMAND, "eigen-pip", "" },
    { "T-REL-2: moved back from a municipality that registered hours",
      GELEZEN(PIP("0307", "2025-04-07") UREN("0141", "2026-10-01")), WIE_VRAAG, "teruggekeerd", "0141" },
    { "T-REL-2: hours from before our own PIP are no place in between",
      GELEZEN(PIP("0307", "2025-04-07") UREN("0141", "2024-10-01")), WIE_NIEMAND, "eigen-pip", "" },
    { "T-REL-2: of two in between the newest",
      GELEZEN(PIP("0307", "2025-04-07") UREN("0344", "2025-10-01") UREN("0141", "2026-10-01")),
      WIE_VRAAG, "teruggekeerd", "0141" },
    { "T-REL-3: no PIP, hours of one",
      GELEZEN(UREN("0344", "2026-11-01") UREN("0307", "2026-11-20")), WIE_VRAAG, "uren", "0344" },
    { "T-REL-15: two entries of one municipality are one municipality",
      GELEZEN(UREN("0344", "2026-11-01") UREN("0344", "2026-10-01")), WIE_VRAAG, "uren", "0344" },
    { "no PIP, hours of two",
      GELEZEN(UREN("0344", "2026-11-01") UREN("0141", "2026-10-01")),
      WIE_PERSOON, "meer-dan-een", "0344 0141" },
    { "T-REL-4: nothing at all", GELEZEN(""), WIE_PERSOON, "niets-bekend", "" },
    { "T-REL-4: nothing but ourselves",
      GELEZEN(UREN("0307", "2026-11-01")), WIE_PERSOON, "niets-bekend", "" },
    { "T-REL-13: Haarlemmerliede en Spaarnwoude is Haarlemmermeer now",
      GELEZEN(PIP("0393", "2018-04-07")), WIE_VRAAG, "pip", "0394" },
    { "T-REL-13: two that merged into one are one",
      GELEZEN(UREN("0393", "2018-11-01") UREN("0394", "2026-10-01")), WIE_VRAAG, "uren", "0394" },
};
/* clang-format on */

static void each_case_of_the_decision(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        SCOPED_BUF struct buf codes = { 0 };
        struct fault fault = { 0 };
        struct wie wie;

        assert_true(xmldoc_parse(CASES[i].xml, strlen(CASES[i].xml), &doc, &fault));
        wie_vragen(xmlDocGetRootElement(doc), &CONFIG, &wie);
        for (size_t c = 0; c < wie.count; c++)
            buf_addf(&codes, "%s%s", c > 0 ? " " : "", wie.codes[c]);
        if (wie.uitkomst != CASES[i].uitkomst || strcmp(wie.reden, CASES[i].reden) != 0
            || strcmp(buf_text(&codes), CASES[i].codes) != 0)
            fail_msg("%s: %s, %s", CASES[i].what, wie.reden, buf_text(&codes));
        assert_true(strlen(wie.uitleg) > 20);
    }
}

static void what_merged_into_us_is_ourselves(void **state)
{
    static const struct config HAARLEMMERMEER = { .gemeentecodes = { "0394" },
                                                  .gemeentecode_count = 1 };
    static const char XML[] = GELEZEN(PIP("0393", "2018-04-07"));
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };
    struct wie wie;

    (void)state;
    assert_true(xmldoc_parse(XML, strlen(XML), &doc, &fault));
    wie_vragen(xmlDocGetRootElement(doc), &HAARLEMMERMEER, &wie);
    assert_int_equal(wie.uitkomst, WIE_NIEMAND);
}

/* Of one that was and what it became, the one that is; else there is a choice. */
static void of_several_of_ours_a_pip_is_of_one_that_was_left_perhaps(void **state)
{
    static const struct config BOTH = { .gemeentecodes = { "0307", "0308" },
                                        .gemeentecode_count = 2 };
    static const struct config MERGED = { .gemeentecodes = { "0393", "0394" },
                                          .gemeentecode_count = 2 };
    static const struct {
        const char *xml;
        const struct config *config;
        enum wie_uitkomst uitkomst;
        const char *reden, *code;
    } OURS[] = {
        { GELEZEN(PIP("0308", "2025-04-07")), &BOTH, WIE_PERSOON, WIE_BINNEN, "0308" },
        { GELEZEN(PIP("0308", "2025-04-07") UREN("0307", "2026-10-01")), &BOTH, WIE_PERSOON,
          WIE_BINNEN, "0308" },
        { GELEZEN(PIP("0308", "2025-04-07") UREN("0141", "2026-10-01")), &BOTH, WIE_VRAAG,
          "teruggekeerd", "0141" },
        { GELEZEN(PIP("0308", "2025-04-07") UREN("0141", "2024-10-01")), &BOTH, WIE_PERSOON,
          WIE_BINNEN, "0308" },
        { GELEZEN(PIP("0344", "2025-04-07")), &BOTH, WIE_VRAAG, "pip", "0344" },
        { GELEZEN(PIP("0393", "2018-04-07")), &MERGED, WIE_NIEMAND, "eigen-pip", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(OURS) / sizeof(OURS[0]); i++) {
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        struct fault fault = { 0 };
        struct wie wie;
        assert_true(xmldoc_parse(OURS[i].xml, strlen(OURS[i].xml), &doc, &fault));
        wie_vragen(xmlDocGetRootElement(doc), OURS[i].config, &wie);
        assert_int_equal(wie.uitkomst, OURS[i].uitkomst);
        assert_string_equal(wie.reden, OURS[i].reden);
        assert_string_equal(wie.codes[0], OURS[i].code);
    }
    assert_string_equal(config_own(&CONFIG), "0307");
    assert_string_equal(config_own(&BOTH), "");
    assert_string_equal(config_own(&MERGED), "0394");
}

static void nothing_read_is_for_a_person(void **state)
{
    struct wie wie;

    (void)state;
    wie_vragen(NULL, &CONFIG, &wie);
    assert_int_equal(wie.uitkomst, WIE_PERSOON);
    assert_int_equal(wie.count, 0);
}

static void more_municipalities_than_are_told_do_no_harm(void **state)
{
    SCOPED_BUF struct buf xml = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };
    struct wie wie;

    (void)state;
    buf_add_text(&xml, "<gelezen xmlns=\"urn:nl:estafette:dossier:1\">");
    for (int i = 0; i < 99; i++)
        buf_addf(&xml, UREN("9%03d", "2026-01-01"), i);
    buf_add_text(&xml, "</gelezen>");
    assert_true(xmldoc_parse(xml.data, xml.size, &doc, &fault));
    wie_vragen(xmlDocGetRootElement(doc), &CONFIG, &wie);
    assert_int_equal(wie.uitkomst, WIE_PERSOON);
    assert_int_equal(wie.count, WIE_VRAGEN_MAX);
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
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(each_case_of_the_decision),
        cmocka_unit_test(what_merged_into_us_is_ourselves),
        cmocka_unit_test(of_several_of_ours_a_pip_is_of_one_that_was_left_perhaps),
        cmocka_unit_test(nothing_read_is_for_a_person),
        cmocka_unit_test(more_municipalities_than_are_told_do_no_harm),
    };

    return cmocka_run_group_tests(TESTS, install, NULL);
}
