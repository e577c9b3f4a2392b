/* Differences between dossiers: said by part, found by natural key, in any order, in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/schema.h"
#include "codecs/verschil.h"
#include "codecs/verschil_sleutel.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"
#include "tools/dossiermaker/maker.h"

#define MADE 40

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

static xmlDoc *parse(const char *xml)
{
    xmlDoc *doc = NULL;
    struct fault fault = { 0 };

    if (!xmldoc_parse(xml, strlen(xml), &doc, &fault))
        fail_msg("%s", fault.text);
    return doc;
}

/* --- what was said ------------------------------------------------------------------- */

struct told {
    int count;
    struct buf lines; /* "pip|gewijzigd|versie 2025-04-07 0344, niveau|B1|A2" */
};

static void keep(void *context, const struct verschil *verschil)
{
    struct told *told = context;

    told->count++;
    buf_addf(&told->lines, "%s|%s|%s|%s|%s\n", verschil->part,
             verschil_wat_name(verschil->wat), verschil->label,
             verschil->van ? verschil->van : "", verschil->naar ? verschil->naar : "");
}

static void told_release(struct told *told)
{
    buf_finish(&told->lines);
}
#define SCOPED_TOLD __attribute__((cleanup(told_release)))

static void compare(const char *van, const char *naar, struct told *told)
{
    SCOPED_XMLDOC xmlDoc *old = parse(van);
    SCOPED_XMLDOC xmlDoc *new = parse(naar);
    bool equal =
        verschil_dossiers(xmlDocGetRootElement(old), xmlDocGetRootElement(new), keep, told);

    assert_int_equal(equal, told->count == 0);
}

/* --- one change ---------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *from, *to, *says;
} CHANGES[] = {
    { "<uren>41</uren>", "<uren>44</uren>", "voortgang|gewijzigd|MAP, uren|41|44\n" },
    { "<voorletters>T.B.</voorletters>", "", "persoon|vervallen|naam, voorletters|T.B.|\n" },
    { "<tolkNodig>nee</tolkNodig>", "", "persoon|vervallen|contact, tolk nodig|nee|\n" },
    { "peildatum=\"2026-11-16\"", "peildatum=\"2026-11-17\"",
      "dossier|gewijzigd|peildatum|2026-11-16|2026-11-17\n" },
    { "<niveau>B1</niveau>", "<niveau>A2</niveau>",
      "pip|gewijzigd|versie 2025-04-07 0344, niveau|B1|A2\n" },
    { "<status>deels betaald</status>", "<status>betaald</status>",
      "handhaving|gewijzigd|boete 2026-01-26 PIP 0344, status|deels betaald|betaald\n" },
    { "<gevolgd>31</gevolgd>", "<gevolgd>34</gevolgd>",
      "voortgang|gewijzigd|traject cursus Taalschool Verzinsel 2025-05-06, uren, maand 2026-10, "
      "gevolgd|31|34\n" },
    { "<document id=\"pip-2\">", "<document id=\"pip-9\">",
      "documenten|gewijzigd|document pip-9, id|pip-2|pip-9\n" },
    { "<pip status=\"geleverd\">", "<pip status=\"geleverd\" toelichting=\"x\">",
      "pip|nieuw|toelichting||x\n" },
    { "<telefoonnummer>06-00000000</telefoonnummer>",
      "<telefoonnummer>06-00000001</telefoonnummer>",
      "persoon|nieuw|contact, telefoonnummer||06-00000001\n"
      "persoon|vervallen|contact, telefoonnummer|06-00000000|\n" },
    { "<gesprek>\n      <datum>2025-02-18</datum>",
      "<gesprek><datum>2025-02-10</datum></gesprek><gesprek><datum>2025-02-18</datum>",
      "intake|nieuw|gesprek 2025-02-10||datum: 2025-02-10\n" },
    { "<wensen>Lessen in de ochtend, in verband met werk.</wensen>",
      "<wensen>Lessen in de ochtend, in verband met werk.</wensen>"
      "<onbekend xmlns=\"urn:x\" a=\"1\">ja<b/></onbekend>",
      "intake|nieuw|onbekend||onbekend: ja\n" },
    { "<bsn>999900018</bsn>", "<bsn>999900031</bsn>",
      "persoon|gewijzigd|gezinsleden, gezinslid 999900031, BSN|999900018|999900031\n" },
};
/* clang-format on */

static void a_change_is_said_in_the_words_of_the_part(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");

    (void)state;
    for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
        SCOPED_MEM char *changed = sample_replace(sample, CHANGES[i].from, CHANGES[i].to);
        SCOPED_TOLD struct told told = { 0 };
        compare(sample, changed, &told);
        assert_string_equal(buf_text(&told.lines), CHANGES[i].says);
    }
}

static void there_and_back_is_the_same_number(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= MADE; seed++) {
        struct wishes one = maker_wishes(seed), other = maker_wishes(seed + 1);
        SCOPED_XMLDOC xmlDoc *van = maker_dossier(&one);
        SCOPED_XMLDOC xmlDoc *naar = maker_dossier(&other);
        SCOPED_TOLD struct told there = { 0 };
        SCOPED_TOLD struct told back = { 0 };
        assert_false(verschil_dossiers(xmlDocGetRootElement(van), xmlDocGetRootElement(naar),
                                       keep, &there));
        assert_false(verschil_dossiers(xmlDocGetRootElement(naar), xmlDocGetRootElement(van),
                                       keep, &back));
        assert_int_equal(there.count, back.count);
    }
}

/* --- order --------------------------------------------------------------------------- */

/* Elements of every parent in the opposite order; nobody's schema, but nothing new either. */
static void turn_around(xmlNode *parent)
{
    xmlNode *last = xmlLastElementChild(parent);

    for (xmlNode *at = last; at; at = xmlPreviousElementSibling(at))
        turn_around(at);
    while (last && xmlFirstElementChild(parent) != last) {
        xmlNode *first = xmlFirstElementChild(parent);
        xmlUnlinkNode(first);
        xmlAddNextSibling(last, first);
    }
}

static void order_means_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= MADE; seed++) {
        struct wishes wishes = maker_wishes(seed);
        SCOPED_XMLDOC xmlDoc *van = maker_dossier(&wishes);
        SCOPED_XMLDOC xmlDoc *naar = maker_dossier(&wishes);
        SCOPED_TOLD struct told told = { 0 };
        turn_around(xmlDocGetRootElement(naar));
        if (!verschil_dossiers(xmlDocGetRootElement(van), xmlDocGetRootElement(naar), keep,
                               &told))
            fail_msg("seed %d: %s", (int)seed, buf_text(&told.lines));
    }
}

/* --- every text counts --------------------------------------------------------------- */

/* The texts of a tree, one after another. */
static xmlNode *next_text(xmlNode *node)
{
    do {
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
            continue;
        }
        while (node && !node->next)
            node = node->parent;
        node = node ? node->next : NULL;
    } while (node && node->type != XML_TEXT_NODE);
    return node;
}

static void each_changed_text_is_noticed(void **state)
{
    struct wishes wishes = maker_wishes(5);
    int checked = 0;

    (void)state;
    wishes.complete = true;
    wishes.asiel = 1;
    wishes.size = SIZE_LARGE;
    SCOPED_XMLDOC xmlDoc *van = maker_dossier(&wishes);
    SCOPED_XMLDOC xmlDoc *naar = maker_dossier(&wishes);
    for (xmlNode *at = next_text(xmlDocGetRootElement(naar)); at; at = next_text(at)) {
        SCOPED_MEM char *before = mem_copy((const char *)at->content);
        if (++checked % 5 != 0)
            continue;
        xmlNodeSetContent(at, BAD_CAST "anders");
        if (verschil_dossiers(xmlDocGetRootElement(van), xmlDocGetRootElement(naar), NULL,
                              NULL))
            fail_msg("text %d (%s) changed and nobody saw", checked,
                     (const char *)at->parent->name);
        xmlNodeSetContent(at, BAD_CAST before);
    }
    assert_true(checked > 500);
}

/* --- keys ---------------------------------------------------------------------------- */

/* In a dossier that holds everything, those of one name must have keys that tell them apart,
 * wherever the schema lets an element come more than once. */
static void check_keys(const xmlNode *parent)
{
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)parent); at;
         at = xmlNextElementSibling((xmlNode *)at)) {
        SCOPED_MEM char *key = verschil_sleutel(at, 0);
        if (xmldoc_next(at) && !key[0])
            fail_msg("%s/%s comes more than once and has no key", (const char *)parent->name,
                     (const char *)at->name);
        check_keys(at);
    }
}

static void what_comes_more_than_once_has_a_key(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= MADE; seed++) {
        struct wishes wishes = maker_wishes(seed);
        wishes.size = SIZE_LARGE;
        wishes.complete = seed % 2;
        SCOPED_XMLDOC xmlDoc *doc = maker_dossier(&wishes);
        check_keys(xmlDocGetRootElement(doc));
    }
}

/* --- DUO ----------------------------------------------------------------------------- */

#define GELEZEN "<gelezen op=\"2026-11-16\">"
#define PIP_READ(gemeente, dagtekening, leerroute, niveau)                                    \
    GELEZEN "<pip><gemeentecode>" gemeente "</gemeentecode><dagtekening>" dagtekening         \
            "</dagtekening><leerroute>" leerroute "</leerroute>" niveau "</pip>"

/* clang-format off */
static const struct {
    const char *from, *to, *says;
} DUO[] = {
    { GELEZEN, PIP_READ("0344", "2026-03-23", "B1-route", "<niveau>B1</niveau>"), "" },
    { GELEZEN, PIP_READ("0344", "2026-03-23", "B1-route", ""), "" },
    { GELEZEN, PIP_READ("0344", "2026-03-23", "Z-route", ""),
      "pip|gewijzigd|leerroute|B1-route|Z-route\n" },
    { GELEZEN, PIP_READ("0344", "2025-04-07", "B1-route", "<niveau>A2</niveau>"),
      "pip|gewijzigd|niveau|B1|A2\n"
      "pip|gewijzigd|laatste PIP, dagtekening|2026-03-23|2025-04-07\n" },
    { GELEZEN, PIP_READ("0307", "2026-03-23", "B1-route", ""),
      "pip|gewijzigd|laatste PIP, gemeente|0344|0307\n" },
    { "<datumOndertekeningPvt>2025-06-30<", "<datumOndertekeningPvt>2025-07-01<",
      "voortgang|gewijzigd|PVT, ondertekening|2025-06-30|2025-07-01\n" },
    { "<datumOndertekeningPvt>2025-06-30</datumOndertekeningPvt>", "",
      "voortgang|vervallen|PVT, ondertekening|2025-06-30|\n" },
    { "<startdatum>2025-04-08</startdatum>", "<startdatum>2025-04-09</startdatum>",
      "pip|gewijzigd|begin van de termijn, de dag na het eerste PIP|2025-04-08|2025-04-09\n" },
    { "<datum>2026-03-24</datum>", "<datum>2025-04-09</datum>",
      "pip|gewijzigd|laatste PIP, en wanneer er een aan DUO is gemeld|2026-03-23|2025-04-09\n" },
    { "<gerealiseerd>452</gerealiseerd>", "<gerealiseerd>460</gerealiseerd>",
      "voortgang|gewijzigd|gemeente 0344, instelling 0000099999, gevolgde uren|460|452\n" },
    { "<uren>\n        <gemeentecode>0344<", "<uren>\n        <gemeentecode>0307<",
      "voortgang|vervallen|gemeente 0344, instelling 0000099999, gevolgde uren|452|\n"
      "voortgang|nieuw|gemeente 0307, instelling 0000099999, gevolgde uren||452\n" },
};
/* clang-format on */

static void duo_and_dossier_are_compared_by_meaning(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    SCOPED_XMLDOC xmlDoc *good = parse(sample);

    (void)state;
    assert_true(verschil_duo(xmlDocGetRootElement(good), NULL, NULL));
    for (size_t i = 0; i < sizeof(DUO) / sizeof(DUO[0]); i++) {
        SCOPED_MEM char *changed = sample_replace(sample, DUO[i].from, DUO[i].to);
        SCOPED_XMLDOC xmlDoc *doc = parse(changed);
        SCOPED_TOLD struct told told = { 0 };
        assert_int_equal(verschil_duo(xmlDocGetRootElement(doc), keep, &told),
                         DUO[i].says[0] == '\0');
        assert_string_equal(buf_text(&told.lines), DUO[i].says);
    }
}

static void a_pip_of_which_the_dossier_knows_nothing_is_a_difference(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("zonder-pip.xml");
    SCOPED_MEM char *changed =
        sample_replace(sample, "<inburgeringsplicht>",
                       "<pip><gemeentecode>0307</gemeentecode><dagtekening>2025-04-07"
                       "</dagtekening><leerroute>Z-route</leerroute></pip>"
                       "<inburgeringsplicht>");
    SCOPED_XMLDOC xmlDoc *doc = parse(changed);
    SCOPED_TOLD struct told told = { 0 };

    (void)state;
    assert_false(verschil_duo(xmlDocGetRootElement(doc), keep, &told));
    assert_string_equal(buf_text(&told.lines), "pip|nieuw|PIP, dagtekening||2025-04-07\n");
}

/* What a made-up municipality reported is what it wrote down, or DUO is a month behind. */
static void made_dossiers_agree_with_their_duo(void **state)
{
    int behind = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 5UL * MADE; seed++) {
        struct wishes wishes = maker_wishes(seed);
        SCOPED_XMLDOC xmlDoc *doc = maker_dossier(&wishes);
        SCOPED_TOLD struct told told = { 0 };
        (void)verschil_duo(xmlDocGetRootElement(doc), keep, &told);
        behind += told.count > 0;
        for (const char *at = buf_text(&told.lines); *at; at = strchr(at, '\n') + 1)
            if (strncmp(at, "voortgang|gewijzigd|gemeente ", 29) != 0)
                fail_msg("seed %d: %s", (int)seed, at);
    }
    assert_in_range(behind, 1, MADE);
}

/* --- bounds -------------------------------------------------------------------------- */

/* A root with so many children of a name; `half` of them differ. */
static void fill(struct buf *xml, const char *names, int count, int value)
{
    size_t kinds = strlen(names);

    buf_add_text(xml, "<dossier xmlns=\"urn:nl:estafette:dossier:1\"><pip>");
    for (int i = 0; i < count; i++) {
        char name = names[(size_t)i % kinds];
        buf_addf(xml, "<%c>%d</%c>", name, i * value % 7919, name);
    }
    buf_add_text(xml, "</pip></dossier>");
}

static void the_largest_documents_take_no_time_that_hurts(void **state)
{
    static const struct {
        const char *van, *naar;
    } CASES[] = { { "a", "a" }, { "a", "b" }, { "abcdefgh", "a" }, { "a", "zyxwvuts" } };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf old = { 0 };
        SCOPED_BUF struct buf new = { 0 };
        fill(&old, CASES[i].van, 95000, 1);
        fill(&new, CASES[i].naar, 95000, 13);
        SCOPED_XMLDOC xmlDoc *van = parse(buf_text(&old));
        SCOPED_XMLDOC xmlDoc *naar = parse(buf_text(&new));
        clock_t begin = clock();
        (void)verschil_dossiers(xmlDocGetRootElement(van), xmlDocGetRootElement(naar), NULL,
                                NULL);
        assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 10.0);
    }
}

static void labels_are_dutch_words(void **state)
{
    static const struct {
        const char *element, *label;
    } CASES[] = {
        { "bsn", "BSN" },
        { "gerealiseerdeStartdatum", "gerealiseerde startdatum" },
        { "termijnMap", "termijn MAP" },
        { "xXx", "x xx" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char label[VERSCHIL_LABEL_SIZE];
        verschil_label(CASES[i].element, label);
        assert_string_equal(label, CASES[i].label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_said_in_the_words_of_the_part),
        cmocka_unit_test(there_and_back_is_the_same_number),
        cmocka_unit_test(order_means_nothing),
        cmocka_unit_test(each_changed_text_is_noticed),
        cmocka_unit_test(what_comes_more_than_once_has_a_key),
        cmocka_unit_test(duo_and_dossier_are_compared_by_meaning),
        cmocka_unit_test(a_pip_of_which_the_dossier_knows_nothing_is_a_difference),
        cmocka_unit_test(made_dossiers_agree_with_their_duo),
        cmocka_unit_test(the_largest_documents_take_no_time_that_hurts),
        cmocka_unit_test(labels_are_dutch_words),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
