/* Answers of DUO as part of a dossier: they come back as they went in, and whatever DUO may
 * say by its own rules is valid under ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "codecs/duo/snapshot.h"
#include "codecs/json.h"
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

static json_t *parse(const char *text)
{
    json_t *root = NULL;
    struct fault fault = { 0 };

    if (!json_read(text, strlen(text), JSON_BYTES_MAX, &root, &fault))
        fail_msg("%s: %s", text, fault.text);
    return root;
}

static json_t *golden(const char *name)
{
    SCOPED_BUF struct buf file = { 0 };

    buf_addf(&file, "%s.json", name);
    SCOPED_MEM char *text = sample_duo(buf_text(&file));
    return parse(text);
}

static void put(const char *operation, const json_t *answer, xmlDoc *doc)
{
    struct fault fault = { 0 };

    if (!duo_to_xml(duo_operation_named(operation), answer, xmlDocGetRootElement(doc), &fault))
        fail_msg("%s: %s", operation, fault.text);
}

static void put_text(const char *operation, const char *answer, xmlDoc *doc)
{
    json_t *json = parse(answer);

    put(operation, json, doc);
    json_decref(json);
}

static void put_golden(const char *operation, xmlDoc *doc)
{
    json_t *answer = golden(operation);

    put(operation, answer, doc);
    json_decref(answer);
}

/* What stands inside <gelezen>. */
static char *inside(xmlDoc *doc)
{
    SCOPED_BUF struct buf bytes = { 0 };

    xmldoc_write(doc, &bytes);
    char *begin = strstr(buf_text(&bytes), "<gelezen");
    begin = begin ? strchr(begin, '>') + 1 : NULL;
    char *end = begin ? strstr(begin, "</gelezen>") : NULL;
    if (!end)
        return mem_copy("");
    *end = '\0';
    return mem_copy(begin);
}

static void assert_valid(const xmlDoc *gelezen)
{
    SCOPED_MEM char *sample = sample_dossier("alleen-vnummer.xml");
    SCOPED_XMLDOC xmlDoc *dossier = NULL;
    SCOPED_XMLDOC xmlDoc *again = NULL;
    SCOPED_BUF struct buf bytes = { 0 };
    struct fault fault = { 0 };

    assert_true(dossier_read(sample, strlen(sample), NULL, NULL, &dossier, &fault));
    duo_snapshot_put(xmlDocGetRootElement(gelezen), xmlDocGetRootElement(dossier));
    xmldoc_write(dossier, &bytes);
    if (!dossier_read(bytes.data, bytes.size, NULL, NULL, &again, &fault))
        fail_msg("%s\n%s", fault.text, buf_text(&bytes));
}

/* --- answers ----------------------------------------------------------------------------- */

static const struct {
    const char *operation, *xml;
} ANSWERS[] = {
    { "pip.lezen",
      "<pip><gemeentecode>0344</gemeentecode><dagtekening>2025-04-07</dagtekening>"
      "<leerroute>B1-route</leerroute><niveau>A2</niveau><intensiteitB1>900"
      "</intensiteitB1><magOpleidingAfmaken>ja</magOpleidingAfmaken>"
      "<alfabetisering>AA</alfabetisering></pip>" },
    { "map.lezen", "<datumEindgesprekMap>2026-03-23</datumEindgesprekMap>" },
    { "lbt-examennummer.lezen", "<leerbaarheidstoetsExamennummer>LBT000123456"
                                "</leerbaarheidstoetsExamennummer>" },
    { "boetes.lezen", "<boete><bedrag>1250.00</bedrag><datum>2026-02-01</datum></boete>"
                      "<boete><bedrag>1.00</bedrag><datum>2026-03-01</datum></boete>" },
    { "vrijstellingen.lezen",
      "<vrijstelling><soort>geheel</soort><oordeel>Afwijzing</oordeel><reden>AVI</reden>"
      "<datumOordeel>2025-08-01</datumOordeel></vrijstelling>"
      "<vrijstelling><soort>tijdelijk</soort><oordeel>Toekenning</oordeel><reden>OPL</reden>"
      "<datumOordeel>2025-09-01</datumOordeel><startdatum>2025-09-01</startdatum>"
      "<einddatum>2026-08-31</einddatum></vrijstelling>"
      "<vrijstelling><soort>gedeeltelijk</soort><oordeel>Toekenning</oordeel>"
      "<reden>GED</reden><datumOordeel>2025-08-01</datumOordeel>"
      "<examenonderdeel>LE</examenonderdeel><examenniveau>A2</examenniveau></vrijstelling>" },
    { "uren.lezen",
      "<uren><gemeentecode>0344</gemeentecode><bekendTot>2026-11-01</bekendTot>"
      "<participatieAlsTaalles>12</participatieAlsTaalles>"
      "<participatieactiviteitenBredeIntake>0</participatieactiviteitenBredeIntake>"
      "<taallesEnKnmBredeIntake>9999</taallesEnKnmBredeIntake><taallesEnKnmInstelling>"
      "<uren>310</uren><urenGeoorloofdVerzuim>12</urenGeoorloofdVerzuim>"
      "<urenOngeoorloofdVerzuim>4</urenOngeoorloofdVerzuim>"
      "<instellingsnummer>0000012345</instellingsnummer></taallesEnKnmInstelling></uren>"
      "<uren><gemeentecode>0344</gemeentecode><bekendTot>2026-10-01</bekendTot>"
      "<taallesEnKnmInstelling><instellingsnummer>0000054321</instellingsnummer>"
      "</taallesEnKnmInstelling></uren>" },
    { "instellingen.lezen", "" }, /* about nobody */
    { "verlengingsgronden.lezen", "" },
};

static void an_answer_becomes_elements_of_the_dossier(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
        SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");
        put_golden(ANSWERS[i].operation, doc);
        SCOPED_MEM char *xml = inside(doc);
        assert_string_equal(xml, ANSWERS[i].xml);
    }
}

/* The element where the answer begins. */
static const xmlNode *first_of(const struct duo_shape *shape, const xmlNode *gelezen)
{
    return *shape->element ? xmldoc_child(gelezen, shape->element) : gelezen;
}

/* Three decisions in two items come back as three items: the dossier has one list. */
static json_t *flat(const struct duo_shape *shape, json_t *answer)
{
    json_t *list = json_array(), *item, *decision;
    const char *name;
    size_t index;

    if (!shape->apart) {
        json_decref(list);
        return answer;
    }
    json_array_foreach (answer, index, item)
        json_object_foreach (item, name, decision)
            json_array_append_new(list, json_pack("{s:O}", name, decision));
    json_decref(answer);
    return list;
}

static void each_answer_comes_back_as_it_was(void **state)
{
    size_t answers = 0;

    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++) {
        const struct duo_operation *operation = duo_operation_at(i);
        const struct duo_shape *shape = operation->answer;
        if (!shape || !shape->element)
            continue;
        SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");
        SCOPED_XMLDOC xmlDoc *twice = duo_snapshot_create("2026-11-23");
        json_t *answer = golden(operation->name), *back = NULL;
        struct fault fault = { 0 };
        put(operation->name, answer, doc);
        if (!duo_to_json(shape, first_of(shape, xmlDocGetRootElement(doc)), &back, &fault))
            fail_msg("%s: %s", operation->name, fault.text);
        put(operation->name, back, twice);
        SCOPED_MEM char *one = inside(doc);
        SCOPED_MEM char *two = inside(twice);
        assert_string_equal(one, two);
        assert_valid(doc);
        answer = flat(shape, answer);
        if (!json_equal(answer, back))
            fail_msg("%s: %s", operation->name, json_dumps(back, 0));
        json_decref(answer);
        json_decref(back);
        answers++;
    }
    assert_int_equal(answers, 19);
}

static void the_order_in_which_answers_come_is_of_no_matter(void **state)
{
    SCOPED_XMLDOC xmlDoc *forth = duo_snapshot_create("2026-11-23");
    SCOPED_XMLDOC xmlDoc *back = duo_snapshot_create("2026-11-23");
    size_t count = duo_operation_count();

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *first = duo_operation_at(i)->name,
                   *last = duo_operation_at(count - 1 - i)->name;
        if (strstr(first, ".lezen"))
            put_golden(first, forth);
        if (strstr(last, ".lezen"))
            put_golden(last, back);
    }
    SCOPED_MEM char *one = inside(forth);
    SCOPED_MEM char *two = inside(back);
    assert_int_equal(strlen(one), strlen(two)); /* doelgroepen may stand in another order */
    assert_valid(forth);
    assert_valid(back);
}

static void what_the_history_repeats_is_told_once(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");

    (void)state;
    put_golden("doelgroep-historie.lezen", doc);
    put_golden("doelgroep.lezen", doc);
    SCOPED_MEM char *xml = inside(doc);
    assert_string_equal(
        xml, "<doelgroep><indeling>Gezinsmigrant en overige migrant</indeling>"
             "<begindatum>2024-05-01</begindatum><einddatum>2025-02-09</einddatum></doelgroep>"
             "<doelgroep><indeling>Asielstatushouder</indeling><begindatum>2025-02-10"
             "</begindatum><gedetailleerdeDoelgroep>Gezinshereniger met Asielstatushouder"
             "</gedetailleerdeDoelgroep><asielrechtenWijzigingVerblijfsdoel>Behoud "
             "asielrechten</asielrechtenWijzigingVerblijfsdoel></doelgroep>");
}

static void one_thing_read_again_replaces_the_old(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");

    (void)state;
    put_golden("pip.lezen", doc);
    put_golden("map.lezen", doc);
    put_text("map.lezen", "{\"datumEindgesprekMap\": \"2026-04-01\"}", doc);
    put_text("pip.lezen",
             "{\"gemeentecode\": \"0363\", \"pip\": {\"dagtekeningPip\": \"2026-11-01\","
             " \"leerroute\": \"O\"}}",
             doc);
    SCOPED_MEM char *xml = inside(doc);
    assert_string_equal(
        xml, "<pip><gemeentecode>0363</gemeentecode><dagtekening>2026-11-01</dagtekening>"
             "<leerroute>onderwijsroute</leerroute></pip>"
             "<datumEindgesprekMap>2026-04-01</datumEindgesprekMap>");
}

static void a_wrong_answer_leaves_nothing_behind(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");
    json_t *answer = golden("uren.lezen");
    struct fault fault = { 0 };

    (void)state;
    json_object_del(json_array_get(answer, 1), "bekendTot");
    assert_false(duo_to_xml(duo_operation_named("uren.lezen"), answer,
                            xmlDocGetRootElement(doc), &fault));
    assert_int_equal(fault.code, FAULT_SCHEMA);
    assert_null(xmlDocGetRootElement(doc)->children);
    json_decref(answer);
}

/* --- what has no place ------------------------------------------------------------------- */

static void what_duo_added_is_kept(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");

    (void)state;
    put_text("map.lezen",
             "{\"datumEindgesprekMap\": \"2026-03-23\", \"verwijtbaar\": \"Nee\"}", doc);
    put_text("uren.lezen",
             "[{\"gemeentecode\": \"0344\", \"bekendTot\": \"2026-11-01\","
             " \"TaallesEnKnmInstelling\": {\"instellingsnummer\": \"0000012345\","
             " \"locatie\": {\"plaats\": \"<Utrecht> & \\u0001\"}}}]",
             doc);
    SCOPED_MEM char *xml = inside(doc);
    assert_non_null(strstr(xml,
                           "<onbekend naam=\"map.lezen/verwijtbaar\">\"Nee\"</onbekend>"
                           "<onbekend naam=\"uren.lezen/0/TaallesEnKnmInstelling/locatie\">"
                           "{\"plaats\":\"&lt;Utrecht&gt; &amp; \\u0001\"}</onbekend>"));
    assert_valid(doc);
}

static void more_than_there_is_room_for_is_kept_apart(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");
    json_t *boetes = golden("boetes.lezen");

    (void)state;
    while (json_array_size(boetes) < 103)
        json_array_append(boetes, json_array_get(boetes, 0));
    put("boetes.lezen", boetes, doc);
    SCOPED_MEM char *xml = inside(doc);
    assert_non_null(strstr(xml, "<onbekend naam=\"boetes.lezen/102\">{\"bedrag\":1250"));
    assert_null(strstr(xml, "boetes.lezen/99"));
    assert_valid(doc);
    json_decref(boetes);
}

static void what_says_nothing_is_left_out(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");

    (void)state;
    put_text("lbt-examennummer.lezen", "{\"examennummer\": \"\"}", doc);
    put_text("doelgroep.lezen", "{}", doc);
    put_text("doelgroep-historie.lezen", "[{}]", doc);
    put_text("vrijstellingen.lezen", "[{}, {}]", doc);
    put_text("uren.lezen", "[]", doc);
    assert_null(xmlDocGetRootElement(doc)->children);
}

/* --- whatever DUO may say ---------------------------------------------------------------- */

static uint32_t random_below(uint32_t *seed, uint32_t most)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % most;
}

static json_t *random_text(const struct duo_row *row, uint32_t *seed)
{
    static const char *const PIECES[] = { "a",
                                          "Z",
                                          "7",
                                          " ",
                                          "<",
                                          "&",
                                          "\"",
                                          "\n",
                                          "\r",
                                          "\t",
                                          "\x01",
                                          "\x7F",
                                          "\xC3\xA9",
                                          "\xE2\x82\xAC",
                                          "\xEF\xBF\xBE",
                                          "\xF0\x9F\x8F\x83",
                                          "]]>" };
    SCOPED_BUF struct buf text = { 0 };
    int64_t length = row->least + random_below(seed, (uint32_t)(row->most - row->least + 1));

    if (row->pattern == DUO_SCORE)
        return json_string("12,34");
    for (int64_t i = 0; i < length; i++)
        if (row->pattern == DUO_DIGITS)
            buf_addf(&text, "%u", random_below(seed, 10));
        else /* the last piece is three characters */
            buf_add_text(&text, PIECES[random_below(seed, length - i >= 3 ? 17 : 16)]);
    while (duo_pattern_length(buf_text(&text)) > (size_t)row->most)
        buf_cut(&text, text.size - 1);
    json_t *value = json_string(buf_text(&text));
    return value ? value : json_string(&"0123456789"[10 - row->least]);
}

static json_t *random_object(const struct duo_shape *shape, uint32_t *seed);

static json_t *random_value(const struct duo_row *row, uint32_t *seed)
{
    static const char *const DAYS[] = { "0001-01-01", "1999-12-31", "2024-02-29",
                                        "9999-12-31" };
    size_t codes = 0;

    switch (row->kind) {
    case DUO_TEXT:
        return random_text(row, seed);
    case DUO_CODE:
        while (row->codes[codes].code)
            codes++;
        return json_string(row->codes[random_below(seed, (uint32_t)codes)].code);
    case DUO_DATE:
        return json_string(DAYS[random_below(seed, 4)]);
    case DUO_BOOLEAN:
        return json_boolean(random_below(seed, 2));
    case DUO_NUMBER:
        if (random_below(seed, 2))
            return json_real((double)row->most - random_below(seed, 1000) / 7.0);
        /* fall through */
    case DUO_INTEGER:
        return json_integer(random_below(seed, 2) ? row->least : row->most);
    case DUO_OBJECT:
        return random_object(row->shape, seed);
    default:
        return json_string("2026-11-23T00:00:00Z");
    }
}

static json_t *random_object(const struct duo_shape *shape, uint32_t *seed)
{
    json_t *object = json_object();

    for (const struct duo_row *row = shape->rows; row->member; row++)
        if (row->required || random_below(seed, 2))
            json_object_set_new(object, row->member, random_value(row, seed));
    if (random_below(seed, 8) == 0)
        json_object_set_new(object, "n\xC3\xA9\x01", json_pack("[i,n,s]", 1, "\x01"));
    return object;
}

static json_t *random_answer(const struct duo_shape *shape, uint32_t *seed)
{
    uint32_t items = random_below(seed, random_below(seed, 20) == 0 ? 99 : 4);

    if (!shape->list)
        return random_object(shape, seed);
    json_t *list = json_array();
    for (uint32_t i = 0; i < items; i++)
        json_array_append_new(list, random_object(shape, seed));
    return list;
}

static void whatever_duo_may_say_is_valid_in_a_dossier(void **state)
{
    (void)state;
    for (uint32_t start = 1; start <= 200; start++) {
        SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");
        uint32_t seed = start * 7919;
        for (size_t i = 0; i < duo_operation_count(); i++) {
            const struct duo_operation *operation = duo_operation_at(i);
            if (!operation->answer || !operation->answer->element
                || random_below(&seed, 3) == 0)
                continue;
            json_t *answer = random_answer(operation->answer, &seed);
            put(operation->name, answer, doc);
            json_decref(answer);
        }
        assert_valid(doc);
    }
}

/* --- into a dossier, and onto a page ----------------------------------------------------- */

static void a_snapshot_takes_the_place_of_the_old_one(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("asielstatushouder.xml");
    SCOPED_MEM char *older = sample_replace(sample, "<gratispogingen>",
                                            "<maatschappelijkeBegeleiding>ja"
                                            "</maatschappelijkeBegeleiding><gratispogingen>");
    SCOPED_XMLDOC xmlDoc *dossier = NULL;
    SCOPED_XMLDOC xmlDoc *again = NULL;
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-10");
    SCOPED_BUF struct buf bytes = { 0 };
    struct fault fault = { 0 };

    (void)state;
    put_golden("pip.lezen", doc);
    put_golden("gebeurtenissen.lezen", doc);
    assert_true(dossier_read(older, strlen(older), NULL, NULL, &dossier, &fault));
    duo_snapshot_put(xmlDocGetRootElement(doc), xmlDocGetRootElement(dossier));
    xmldoc_write(dossier, &bytes);
    if (!dossier_read(bytes.data, bytes.size, NULL, NULL, &again, &fault))
        fail_msg("%s", fault.text);
    const xmlNode *duo = xmldoc_child(xmlDocGetRootElement(again), "duo");
    assert_string_equal(xmldoc_text(duo, "gelezen/maatschappelijkeBegeleiding"), "ja");
    assert_string_equal(xmldoc_text(duo, "gelezen/pip/gemeentecode"), "0344");
    assert_null(xmldoc_at(duo, "gelezen/uren"));
    assert_non_null(xmldoc_at(duo, "gemeld"));
    assert_null(xmldoc_next(xmldoc_child(duo, "gelezen")));
}

static void what_was_read_can_be_read_by_people(void **state)
{
    static const char *const SAYS[] = {
        "GELEZEN BIJ DUO OP 23 NOVEMBER 2026",
        "PIP dat bij DUO geldt",
        "Van gemeente",
        "B1-route",
        "Examennummer leerbaarheidstoets",
        "38,50",
        "1.250,00",
        "Door DUO toegevoegd: map.lezen/nieuw",
    };
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");
    SCOPED_BUF struct buf text = { 0 };
    struct fault fault = { 0 };

    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++)
        if (strstr(duo_operation_at(i)->name, ".lezen"))
            put_golden(duo_operation_at(i)->name, doc);
    put_text("map.lezen", "{\"datumEindgesprekMap\": \"2026-03-23\", \"nieuw\": 1}", doc);
    assert_true(view_gelezen(doc, &text, &fault));
    for (size_t i = 0; i < sizeof(SAYS) / sizeof(SAYS[0]); i++)
        if (!strstr(buf_text(&text), SAYS[i]))
            fail_msg("%s\n%s", SAYS[i], buf_text(&text));
    assert_false(view_text(doc, NULL, &text, &fault));
}

static void nothing_read_says_so(void **state)
{
    SCOPED_XMLDOC xmlDoc *doc = duo_snapshot_create("2026-11-23");
    SCOPED_BUF struct buf text = { 0 };
    struct fault fault = { 0 };

    (void)state;
    assert_true(view_gelezen(doc, &text, &fault));
    assert_non_null(strstr(buf_text(&text), "DUO kent van deze persoon niets."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_becomes_elements_of_the_dossier),
        cmocka_unit_test(each_answer_comes_back_as_it_was),
        cmocka_unit_test(the_order_in_which_answers_come_is_of_no_matter),
        cmocka_unit_test(what_the_history_repeats_is_told_once),
        cmocka_unit_test(one_thing_read_again_replaces_the_old),
        cmocka_unit_test(a_wrong_answer_leaves_nothing_behind),
        cmocka_unit_test(what_duo_added_is_kept),
        cmocka_unit_test(more_than_there_is_room_for_is_kept_apart),
        cmocka_unit_test(what_says_nothing_is_left_out),
        cmocka_unit_test(whatever_duo_may_say_is_valid_in_a_dossier),
        cmocka_unit_test(a_snapshot_takes_the_place_of_the_old_one),
        cmocka_unit_test(what_was_read_can_be_read_by_people),
        cmocka_unit_test(nothing_read_says_so),
    };

    return cmocka_run_group_tests(tests, install, uninstall);
}
