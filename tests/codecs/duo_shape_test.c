/* DUO's shapes: what they hold, to the letter. Each row changes one member of a good body; the
 * bounds are written down here anew, from DUO's specifications. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/schema.h"
#include "codecs/duo/shape.h"
#include "codecs/json.h"
#include "tests/sample.h"

static json_t *parse(const char *text)
{
    json_t *root = NULL;
    struct fault fault = { 0 };

    if (!json_read(text, strlen(text), JSON_BYTES_MAX, &root, &fault))
        fail_msg("%s: %s", text, fault.text);
    return root;
}

static const struct duo_shape *shape_of(const char *name)
{
    const struct duo_operation *operation = duo_operation_named(name);

    assert_non_null(operation);
    return operation->body ? operation->body : operation->answer;
}

static json_t *golden(const char *name)
{
    SCOPED_BUF struct buf file = { 0 };

    buf_addf(&file, "%s.json", name);
    SCOPED_MEM char *text = sample_duo(buf_text(&file));
    return parse(text);
}

static void a_good_body_of_each_is_right(void **state)
{
    size_t bodies = 0;

    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++) {
        const struct duo_operation *operation = duo_operation_at(i);
        struct duo_findings findings;
        struct fault fault = { 0 };
        if (!operation->body && !operation->answer)
            continue;
        json_t *body = golden(operation->name);
        if (!duo_check(shape_of(operation->name), body, &findings, &fault))
            fail_msg("%s: %s", operation->name, fault.text);
        assert_int_equal(findings.unknown, 0);
        json_decref(body);
        bodies++;
    }
    assert_int_equal(bodies, 33); /* the others neither send nor get one */
}

static void an_answer_to_a_report_is_right_too(void **state)
{
    SCOPED_MEM char *text = sample_duo("contactpersoon.melden.antwoord.json");
    json_t *answer = parse(text);
    struct fault fault = { 0 };

    (void)state;
    assert_true(
        duo_check(duo_operation_named("contactpersoon.melden")->answer, answer, NULL, &fault));
    json_decref(answer);
}

/* --- one member changed ------------------------------------------------------------------ */

#define YES NULL
#define GONE NULL
#define NEEDED "is required"
#define DATE "no day that exists"
#define CODE "none of DUO's codes"
#define A_10 "aaaaaaaaaa"
#define A_200 A_50 A_50 A_50 A_50
#define A_50 A_10 A_10 A_10 A_10 A_10
#define E_10 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
#define E_100 E_10 E_10 E_10 E_10 E_10 E_10 E_10 E_10 E_10 E_10

/* clang-format off */
static const struct {
    const char *operation, *member, *value, *says; /* value GONE: left out; says YES: right */
} CASES[] = {
    { "inburgeringsplicht.lezen", "indicatorInburgeringsplicht", GONE, NEEDED },
    { "inburgeringsplicht.lezen", "indicatorInburgeringsplicht", "\"true\"", "neither true nor false" },
    { "inburgeringsplicht.lezen", "indicatorInburgeringsplicht", "\"Ja\"", "neither true nor false" },
    { "inburgeringsplicht.lezen", "indicatorInburgeringsplicht", "1", "neither true nor false" },
    { "inburgeringsplicht.lezen", "indicatorInburgeringsplicht", "null", "neither true nor false" },
    { "inburgeringsplicht.lezen", "begindatum", GONE, YES },
    { "inburgeringsplicht.lezen", "begindatum", "null", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-02-30\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2025-02-29\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2024-02-29\"", YES },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-13-01\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-00-01\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-01-00\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"0000-01-01\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"0001-01-01\"", YES },
    { "inburgeringsplicht.lezen", "begindatum", "\"9999-12-31\"", YES },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-01\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"20260101\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-1-1\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"01-01-2026\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-01-01T00:00:00Z\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\" 2026-01-01\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-01-01 \"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "\"2026-01-\xD9\xA0\"", DATE },
    { "inburgeringsplicht.lezen", "begindatum", "20260101", DATE },
    { "inburgeringsplicht.lezen", "einddatum", "\"2026-11-31\"", DATE },
    { "inburgeringsplicht.lezen", "wijzigingsdatum", "\"2026-11-31\"", DATE },
    { "inburgeringsplicht.lezen", "datumKennisgevingInburgeringsplicht", "\"2026-11-31\"", DATE },
    { "inburgeringsplicht.lezen", "redenGeenInburgeringsplicht", "\"Overlijden\"", YES },
    { "inburgeringsplicht.lezen", "redenGeenInburgeringsplicht", "\"overlijden\"", CODE },
    { "inburgeringsplicht.lezen", "redenGeenInburgeringsplicht", "\"Tijdelijke vrijstelling\"", YES },
    { "inburgeringsplicht.lezen", "redenGeenInburgeringsplicht", "\"\"", CODE },
    { "inburgeringsplicht-historie.lezen", "1/indicatorInburgeringsplicht", GONE, "/1/indicatorInburgeringsplicht: is required" },
    { "inburgeringsplicht-historie.lezen", "0/begindatum", "\"x\"", "/0/begindatum: no day that exists" },
    { "inburgeringsplicht-historie.lezen", "0/wijzigingsdatum", GONE, YES },
    { "doelgroep.lezen", "indeling", GONE, YES },
    { "doelgroep.lezen", "indeling", "\"Gezinsmigrant en overige migrant\"", YES },
    { "doelgroep.lezen", "indeling", "\"Gezinsmigrant\"", CODE },
    { "doelgroep.lezen", "begindatum", "\"x\"", DATE },
    { "doelgroep.lezen", "gedetailleerdeDoelgroep", "\"Geestelijk bedienaar\"", YES },
    { "doelgroep.lezen", "gedetailleerdeDoelgroep", "\"Geestelijke bedienaar\"", CODE },
    { "doelgroep.lezen", "asielrechtenWijzigingVerblijfsdoel", "\"Asielrechten toegekend\"", YES },
    { "doelgroep.lezen", "asielrechtenWijzigingVerblijfsdoel", "\"Asielrechten\"", CODE },
    { "doelgroep-historie.lezen", "0/indeling", "\"Asiel\"", CODE },
    { "doelgroep-historie.lezen", "0/einddatum", "\"x\"", DATE },
    { "lbt-examennummer.lezen", "examennummer", GONE, NEEDED },
    { "lbt-examennummer.lezen", "examennummer", "\"\"", YES },
    { "lbt-examennummer.lezen", "examennummer", "\"1234567890123\"", "0 to 12" },
    { "lbt-examennummer.lezen", "examennummer", "123", "no text" },
    { "lbt-resultaten.lezen", "0/resultaat", GONE, NEEDED },
    { "lbt-resultaten.lezen", "0/resultaat", "\"B1-route haalbaar\"", YES },
    { "lbt-resultaten.lezen", "0/resultaat", "\"haalbaar\"", CODE },
    { "lbt-resultaten.lezen", "0/behaaldeScore", GONE, NEEDED },
    { "lbt-resultaten.lezen", "0/behaaldeScore", "\"45.50\"", "/0/behaaldeScore: no text" },
    { "lbt-resultaten.lezen", "0/behaaldeScore", "45.50", "no text" },
    { "lbt-resultaten.lezen", "0/behaaldeScore", "\"45,5\"", "no text" },
    { "lbt-resultaten.lezen", "0/behaaldeScore", "\"1045,50\"", "no text" },
    { "lbt-resultaten.lezen", "0/behaaldeScore", "\",50\"", "no text" },
    { "lbt-resultaten.lezen", "0/behaaldeScore", "\"-5,50\"", "no text" },
    { "lbt-resultaten.lezen", "0/benodigdeScore", "\"100,00\"", YES },
    { "lbt-resultaten.lezen", "0/benodigdeScore", GONE, NEEDED },
    { "lbt-resultaten.lezen", "0/benodigdeScore", "\"100\"", "no text" },
    { "lbt-resultaten.lezen", "0/datumAfname", GONE, NEEDED },
    { "inburgeringstermijn.lezen", "startdatum", GONE, NEEDED },
    { "inburgeringstermijn.lezen", "einddatum", GONE, NEEDED },
    { "inburgeringstermijn.lezen", "wijzigingsdatum", GONE, YES },
    { "inburgeringstermijn.lezen", "verlengingsgrondcode", "\"\"", "1 to 10" },
    { "inburgeringstermijn.lezen", "verlengingsgrondcode", "\"1234567890\"", YES },
    { "inburgeringstermijn.lezen", "verlengingsgrondcode", "\"12345678901\"", "1 to 10" },
    { "inburgeringstermijn.lezen", "verlengingsgrondomschrijving", "\"\"", "1 to 200" },
    { "inburgeringstermijn.lezen", "verlengingsgrondomschrijving", "\"" A_200 "\"", YES },
    { "inburgeringstermijn.lezen", "verlengingsgrondomschrijving", "\"" A_200 "a\"", "1 to 200" },
    { "inburgeringstermijn.lezen", "verlengingsgrondomschrijving", "\"" E_100 E_100 "\"", YES },
    { "inburgeringstermijn.lezen", "verlengingsgrondomschrijving", "\"" E_100 E_100 "\xC3\xA9\"", "1 to 200" },
    { "inburgeringstermijn-historie.lezen", "0/einddatum", GONE, YES },
    { "inburgeringstermijn-historie.lezen", "0/verlengingsgrondcode", "\"\"", "1 to 10" },
    { "verlengingsgronden.lezen", "0/code", GONE, NEEDED },
    { "verlengingsgronden.lezen", "0/omschrijving", GONE, NEEDED },
    { "verlengingsgronden.lezen", "0/code", "\"12345678901\"", "1 to 10" },
    { "gebeurtenissen.lezen", "0/id", GONE, NEEDED },
    { "gebeurtenissen.lezen", "0/id", "\"\"", "1 to 6" },
    { "gebeurtenissen.lezen", "0/id", "\"ss-1.2\"", YES }, /* no pattern here */
    { "gebeurtenissen.lezen", "0/id", "\"SS12100\"", "1 to 6" },
    { "gebeurtenissen.lezen", "0/omschrijving", "\"\"", "1 to 200" },
    { "gebeurtenissen.lezen", "0/datum", GONE, NEEDED },
    { "verlengingen.lezen", "0/beoordelingAanvraag", "\"Afgewezen\"", YES },
    { "verlengingen.lezen", "0/beoordelingAanvraag", "\"In behandeling\"", CODE },
    { "verlengingen.lezen", "0/beoordelingAanvraag", GONE, NEEDED },
    { "verlengingen.lezen", "0/datumBeoordeling", GONE, YES },
    { "verlengingen.lezen", "0/ontvangstdatum", GONE, NEEDED },
    { "vrijstellingen.lezen", "0/GeheleVrijstelling", GONE, YES },
    { "vrijstellingen.lezen", "0/GeheleVrijstelling", "[]", "no object" },
    { "vrijstellingen.lezen", "0/GeheleVrijstelling/oordeel", GONE, "/0/GeheleVrijstelling/oordeel: is required" },
    { "vrijstellingen.lezen", "0/GeheleVrijstelling/oordeel", "\"Toegekend\"", CODE },
    { "vrijstellingen.lezen", "0/GeheleVrijstelling/reden", GONE, NEEDED },
    { "vrijstellingen.lezen", "0/GeheleVrijstelling/reden", "\"INB\"", YES },
    { "vrijstellingen.lezen", "0/GeheleVrijstelling/reden", "\"ABC\"", CODE },
    { "vrijstellingen.lezen", "0/GeheleVrijstelling/datumOordeel", GONE, YES },
    { "vrijstellingen.lezen", "0/TijdelijkeVrijstelling/startdatum", "\"x\"", DATE },
    { "vrijstellingen.lezen", "0/TijdelijkeVrijstelling/einddatum", GONE, YES },
    { "vrijstellingen.lezen", "1/GedeeltelijkeVrijstelling/examenonderdeel", "\"KNM\"", CODE },
    { "vrijstellingen.lezen", "1/GedeeltelijkeVrijstelling/examenonderdeel", "\"SP\"", YES },
    { "vrijstellingen.lezen", "1/GedeeltelijkeVrijstelling/examenniveau", "\"B2\"", CODE },
    { "vrijstellingen.lezen", "1/GedeeltelijkeVrijstelling/examenniveau", "\"B1\"", YES },
    { "ontheffingen.lezen", "0/GeheleOntheffing/datumOordeel", GONE, NEEDED },
    { "ontheffingen.lezen", "0/GeheleOntheffing/grond", "\"DIP\"", CODE },
    { "ontheffingen.lezen", "1/GedeeltelijkeOntheffing/examenonderdeel", "\"KNM\"", YES },
    { "ontheffingen.lezen", "1/GedeeltelijkeOntheffing/urenBelastbaarheidParticipatieactiviteit", "9999", YES },
    { "ontheffingen.lezen", "1/GedeeltelijkeOntheffing/urenBelastbaarheidParticipatieactiviteit", "10000", "0 to 9999" },
    { "ontheffingen.lezen", "1/GedeeltelijkeOntheffing/urenBelastbaarheidParticipatieactiviteit", "-1", "0 to 9999" },
    { "pip.lezen", "gemeentecode", GONE, NEEDED },
    { "pip.lezen", "gemeentecode", "\"344\"", "/gemeentecode: no text" },
    { "pip.lezen", "gemeentecode", "\"03440\"", "no text" },
    { "pip.lezen", "gemeentecode", "\"034A\"", "no text" },
    { "pip.lezen", "gemeentecode", "344", "no text" },
    { "pip.lezen", "pip", GONE, NEEDED },
    { "pip.lezen", "pip", "null", "no object" },
    { "pip.lezen", "pip/leerroute", "\"B1-route\"", "/pip/leerroute: none of DUO's codes" },
    { "pip.melden", "dagtekeningPip", GONE, "/dagtekeningPip: is required" },
    { "pip.melden", "leerroute", GONE, NEEDED },
    { "pip.melden", "leerroute", "\"O\"", YES },
    { "pip.melden", "leerroute", "\"b\"", CODE },
    { "pip.melden", "niveau", "\"B2\"", CODE },
    { "pip.melden", "niveau", GONE, YES },
    { "pip.melden", "geschatteIntensiteitB1Route", "0", "1 to 9999" },
    { "pip.melden", "geschatteIntensiteitB1Route", "1", YES },
    { "pip.melden", "geschatteIntensiteitB1Route", "10000", "1 to 9999" },
    { "pip.melden", "geschatteIntensiteitB1Route", "600.0", "no whole number" },
    { "pip.melden", "geschatteIntensiteitB1Route", "\"600\"", "no whole number" },
    { "pip.melden", "geschatteIntensiteitB1Route", "6e2", "no whole number" },
    { "pip.melden", "geschatteIntensiteitB1Route", "9223372036854775807", "1 to 9999" },
    { "pip.melden", "indicatorMagOpleidingAfmaken", "\"Ja\"", "neither true nor false" },
    { "pip.melden", "indicatorAlfabetiseringsonderwijs", "\"AAA\"", CODE },
    { "contactpersoon.melden", "naam", GONE, NEEDED },
    { "contactpersoon.melden", "naam", "\"\"", YES },
    { "contactpersoon.melden", "naam", "\"" E_100 "\"", YES },
    { "contactpersoon.melden", "naam", "\"" E_100 "\xC3\xA9\"", "0 to 100" },
    { "contactpersoon.melden", "naam", "\"\xD8\xB9\xD9\x84\xD9\x8A \xE6\x9D\x8E\"", YES }, /* Arabic, Chinese */
    { "contactpersoon.melden", "naam", "\"Jansen\xE2\x80\x93\x50iet \xE2\x80\x98t\"", YES }, /* en dash, quote */
    { "contactpersoon.melden", "naam", "\"Jansen 2\"", "/naam: no text" },
    { "contactpersoon.melden", "naam", "\"Jansen, P.\"", "no text" },
    { "contactpersoon.melden", "naam", "\"Jansen (team)\"", "no text" },
    { "contactpersoon.melden", "naam", "\"Jansen & co\"", "no text" },
    { "contactpersoon.melden", "naam", "\"O\xE2\x80\x99Neil\"", "no text" }, /* the other quote */
    { "contactpersoon.melden", "naam", "\"e\xCC\x81\"", "no text" }, /* a mark of its own */
    { "contactpersoon.melden", "naam", "\"\xF0\x9F\x8F\x83\"", "no text" },
    { "contactpersoon.melden", "email", GONE, NEEDED },
    { "contactpersoon.melden", "email", "\"a@b\"", "4 to 241" },
    { "contactpersoon.melden", "telefoonnummer", GONE, NEEDED },
    { "contactpersoon.melden", "telefoonnummer", "\"030\"", YES },
    { "contactpersoon.melden", "telefoonnummer", "\"03\"", "3 to 22" },
    { "contactpersoon.melden", "telefoonnummer", "\"+31 (0)30 - 123 45 67\"", YES },
    { "contactpersoon.melden", "telefoonnummer", "\"0302861000\"", YES },
    { "contactpersoon.melden", "telefoonnummer", "\"14 030\"", YES },
    { "contactpersoon.melden", "telefoonnummer", "\"1234567890123456\"", YES },
    { "contactpersoon.melden", "telefoonnummer", "\"12345678901234567\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030,12\"", YES },
    { "contactpersoon.melden", "telefoonnummer", "\"030,1\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030,012\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030,1234567890\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030-\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030  1\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030--12\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"(030) 123\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030 - 1\"", YES },
    { "contactpersoon.melden", "telefoonnummer", "\"++30\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\" 030\"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030 \"", "no text" },
    { "contactpersoon.melden", "telefoonnummer", "\"030/12\"", "no text" },
    { "contactpersoon.wijzigen", "naam", "3", "no text" },
    { "instellingen.lezen", "0/instellingsnummer", "\"000001234\"", "10 to 10" },
    { "instellingen.lezen", "0/instellingsnummer", GONE, NEEDED },
    { "instellingen.lezen", "0/naam", "\"\"", "1 to 128" },
    { "instellingen.lezen", "0/naam", GONE, NEEDED },
    { "instellingen.lezen", "0/postcode", "\"3511 AB\"", "no text" },
    { "instellingen.lezen", "0/postcode", "\"0511AB\"", "no text" },
    { "instellingen.lezen", "0/postcode", "\"3511ab\"", "no text" },
    { "instellingen.lezen", "0/postcode", GONE, NEEDED },
    { "instellingen.lezen", "0/huisnummer", "0", "1 to 99999" },
    { "instellingen.lezen", "0/huisnummer", "100000", "1 to 99999" },
    { "instellingen.lezen", "0/huisnummer", "\"1\"", "no whole number" },
    { "instellingen.lezen", "0/huisnummer", GONE, NEEDED },
    { "instellingen.lezen", "0/huisnummertoevoeging", "\"achter\"", "1 to 4" },
    { "instellingen.lezen", "0/plaatsnaam", GONE, NEEDED },
    { "instellingen.lezen", "0/bow", "\"1234567890\"", YES },
    { "instellingen.lezen", "0/bow", "\"12345678901\"", "no text" },
    { "instellingen.lezen", "0/bow", "\"1a\"", "no text" },
    { "instellingen.lezen", "0/brin", "\"AB01\"", "no text" },
    { "instellingen.lezen", "0/brin", "\"01ABC\"", "no text" },
    { "instellingen.lezen", "0/indicatieBowKeurmerk", "\"Ja\"", "neither true nor false" },
    { "instellingen.lezen", "0/indicatieTstKeurmerk", GONE, YES },
    { "aanbod.melden", "datumInburgeringsaanbod", GONE, YES },
    { "aanbod.melden", "verwachteStartdatumOpleiding", "\"x\"", DATE },
    { "aanbod.melden", "verwachteEinddatumOpleiding", "\"x\"", DATE },
    { "aanbod.melden", "indicatorAlfabetiseringsonderwijs", GONE, NEEDED },
    { "aanbod.melden", "indicatorAlfabetiseringsonderwijs", "\"\"", CODE },
    { "map.lezen", "datumEindgesprekMap", GONE, NEEDED },
    { "map.melden", "datumEindgesprekMap", GONE, YES },
    { "map.melden", "verwijtbaar", "\"Ja\"", YES },
    { "map.melden", "verwijtbaar", "\"ja\"", CODE },
    { "map.melden", "verwijtbaar", "true", CODE },
    { "pvt.lezen", "datumOndertekeningPvt", GONE, NEEDED },
    { "pvt.melden", "datumOndertekeningPvt", "\"x\"", DATE },
    { "pvt.melden", "verwijtbaar", "\"NEE\"", CODE },
    { "zroute.melden", "datumAfrondingZroute", GONE, YES },
    { "zroute.melden", "datumAfrondingZroute", "\"x\"", DATE },
    { "uren.lezen", "0/gemeentecode", GONE, NEEDED },
    { "uren.lezen", "0/bekendTot", GONE, NEEDED },
    { "uren.lezen", "0/ParticipatieAlsTaalles/uren", GONE, "/0/ParticipatieAlsTaalles/uren: is required" },
    { "uren.lezen", "0/ParticipatieAlsTaalles/uren", "10000", "0 to 9999" },
    { "uren.lezen", "0/ParticipatieactiviteitenBredeIntake/uren", "-1", "0 to 9999" },
    { "uren.lezen", "0/TaallesEnKnmBredeIntake", "3", "no object" },
    { "uren.lezen", "0/TaallesEnKnmInstelling/instellingsnummer", GONE, NEEDED },
    { "uren.lezen", "0/TaallesEnKnmInstelling/uren", GONE, YES },
    { "uren.lezen", "0/TaallesEnKnmInstelling/urenGeoorloofdVerzuim", "1.5", "no whole number" },
    { "uren.lezen", "0/TaallesEnKnmInstelling/urenOngeoorloofdVerzuim", "\"4\"", "no whole number" },
    { "uren-bredeintake.melden", "uren", GONE, NEEDED },
    { "uren-bredeintake.melden", "uren", "24.0", "no whole number" },
    { "uren-participatie.melden", "uren", "-0", YES },
    { "uren-participatie.melden", "uren", "-1", "0 to 9999" },
    { "uren-taalles.melden", "uren", "10000", "0 to 9999" },
    { "uren-instelling.melden", "bekendTot", GONE, NEEDED },
    { "uren-instelling.melden", "uren", GONE, YES },
    { "uren-instelling.melden", "urenGeoorloofdVerzuim", "10000", "0 to 9999" },
    { "uren-instelling.melden", "urenOngeoorloofdVerzuim", "null", "no whole number" },
    { "examenresultaten.lezen", "0/examendatum", GONE, NEEDED },
    { "examenresultaten.lezen", "0/resultaat", "\"Gezakt\"", YES },
    { "examenresultaten.lezen", "0/resultaat", "\"Nvt\"", CODE },
    { "examenresultaten.lezen", "0/resultaat", GONE, NEEDED },
    { "examenresultaten.lezen", "0/redenGeenResultaat", "\"Absent\"", YES },
    { "examenresultaten.lezen", "0/redenGeenResultaat", "\"NietVerwijtbaar\"", CODE },
    { "examenresultaten.lezen", "0/onderdeel", GONE, NEEDED },
    { "examenresultaten.lezen", "0/onderdeel", "\"XX\"", CODE },
    { "examenresultaten.lezen", "0/niveau", "\"B2\"", YES },
    { "examenresultaten.lezen", "0/niveau", "\"C1\"", CODE },
    { "gratispogingen.lezen", "0/gratisPogingenTegoed", "99", YES },
    { "gratispogingen.lezen", "0/gratisPogingenTegoed", "100", "0 to 99" },
    { "gratispogingen.lezen", "0/gratisPogingenTegoed", GONE, NEEDED },
    { "gratispogingen.lezen", "0/onderdeel", GONE, NEEDED },
    { "boetes.lezen", "0/bedrag", "0", "1 to 9999" },
    { "boetes.lezen", "0/bedrag", "0.99", "1 to 9999" },
    { "boetes.lezen", "0/bedrag", "9999", YES },
    { "boetes.lezen", "0/bedrag", "12.5", YES }, /* a number, no integer, by the specification */
    { "boetes.lezen", "0/bedrag", "9999.01", "1 to 9999" },
    { "boetes.lezen", "0/bedrag", "\"340\"", "no number" },
    { "boetes.lezen", "0/bedrag", GONE, NEEDED },
    { "boetes.lezen", "0/datum", GONE, NEEDED },
    { "notificatie.melden", "registratieDatumTijd", GONE, NEEDED },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:30:00Z\"", YES },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20t09:30:00z\"", YES },
    { "notificatie.melden", "registratieDatumTijd", "\"2016-12-31T23:59:60Z\"", YES },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:30:00-00:00\"", YES },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:30:00\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20 09:30:00Z\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-02-30T09:30:00Z\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T24:00:00Z\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:60:00Z\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:30Z\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:30:00.Z\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:30:00+0100\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:30:00+24:00\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20T09:30:00Zx\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "\"2026-11-20\"", "no date and time" },
    { "notificatie.melden", "registratieDatumTijd", "1763631000", "no date and time" },
    { "notificatie.melden", "bsn", GONE, YES },
    { "notificatie.melden", "bsn", "\"99999001\"", "no text" },
    { "notificatie.melden", "bsn", "\"99999001A\"", "no text" },
    { "notificatie.melden", "bsn", "999990019", "no text" },
    { "notificatie.melden", "vNummer", GONE, YES },
    { "notificatie.melden", "vNummer", "0", YES },
    { "notificatie.melden", "vNummer", "9999999999", YES },
    { "notificatie.melden", "vNummer", "10000000000", "0 to 9999999999" },
    { "notificatie.melden", "vNummer", "-1", "0 to 9999999999" },
    { "notificatie.melden", "vNummer", "1.0", "no whole number" },
    { "notificatie.melden", "vNummer", "\"0099990123\"", "no whole number" },
    { "notificatie.melden", "gebeurtenisId", GONE, NEEDED },
    { "notificatie.melden", "gebeurtenisId", "\"XX9\"", YES }, /* a code of later */
    { "notificatie.melden", "gebeurtenisId", "\"\"", "1 to 6" },
    { "notificatie.melden", "gebeurtenisId", "\"ss121\"", "no text" },
    { "notificatie.melden", "gebeurtenisId", "\"SS 121\"", "no text" },
    { "notificatie.melden", "gebeurtenisId", "\"SS12100\"", "1 to 6" },
};
/* clang-format on */

/* The object or list that holds the last name of "0/pip/niveau"; *last: that name. */
static json_t *holder_of(json_t *root, const char *path, const char **last)
{
    char step[100];

    for (const char *slash = strchr(path, '/'); slash; slash = strchr(path, '/')) {
        (void)snprintf(step, sizeof(step), "%.*s", (int)(slash - path), path);
        root = json_is_array(root) ? json_array_get(root, strtoul(step, NULL, 10))
                                   : json_object_get(root, step);
        path = slash + 1;
    }
    *last = path;
    return root;
}

static json_t *changed(const char *operation, const char *member, const char *value)
{
    const char *last = NULL;
    json_t *root = golden(operation), *holder = holder_of(root, member, &last);

    assert_true(json_is_object(holder));
    if (value)
        json_object_set_new(holder, last, parse(value));
    else
        json_object_del(holder, last);
    return root;
}

static void each_bound_is_held(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        json_t *body = changed(CASES[i].operation, CASES[i].member, CASES[i].value);
        bool right = duo_check(shape_of(CASES[i].operation), body, NULL, &fault);
        if (right != !CASES[i].says)
            fail_msg("%s %s %s: %s", CASES[i].operation, CASES[i].member,
                     CASES[i].value ? CASES[i].value : "left out", fault.text);
        if (CASES[i].says && !strstr(fault.text, CASES[i].says))
            fail_msg("%s %s: %s", CASES[i].operation, CASES[i].member, fault.text);
        if (CASES[i].says)
            assert_int_equal(fault.code, FAULT_SCHEMA);
        json_decref(body);
    }
}

/* --- the whole --------------------------------------------------------------------------- */

static void what_is_no_object_or_list_is_refused(void **state)
{
    static const char *const WRONG[] = { "null", "3", "\"x\"", "true" };

    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++) {
        const struct duo_shape *shape = shape_of(duo_operation_at(i)->name);
        struct fault fault = { 0 };
        if (!shape)
            continue;
        json_t *other = shape->list ? json_object() : json_array();
        assert_false(duo_check(shape, other, NULL, &fault));
        json_decref(other);
        for (size_t w = 0; w < sizeof(WRONG) / sizeof(WRONG[0]); w++) {
            json_t *json = parse(WRONG[w]);
            assert_false(duo_check(shape, json, NULL, &fault));
            json_decref(json);
        }
    }
}

static void a_list_is_as_long_as_duo_says(void **state)
{
    static const struct {
        const char *operation;
        size_t most; /* 0: no bound */
    } LISTS[] = {
        { "verlengingen.lezen", 200 },
        { "vrijstellingen.lezen", 200 },
        { "ontheffingen.lezen", 200 },
        { "instellingen.lezen", 200 },
        { "uren.lezen", 99 },
        { "examenresultaten.lezen", 500 },
        { "gratispogingen.lezen", 500 },
        { "boetes.lezen", 0 },
        { "gebeurtenissen.lezen", 0 },
        { "lbt-resultaten.lezen", 0 },
        { "verlengingsgronden.lezen", 0 },
        { "doelgroep-historie.lezen", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(LISTS) / sizeof(LISTS[0]); i++) {
        const struct duo_shape *shape = shape_of(LISTS[i].operation);
        struct fault fault = { 0 };
        json_t *list = golden(LISTS[i].operation), *empty = json_array();
        size_t most = LISTS[i].most ? LISTS[i].most : 700;
        while (json_array_size(list) < most)
            json_array_append(list, json_array_get(list, 0));
        assert_true(duo_check(shape, empty, NULL, &fault));
        assert_true(duo_check(shape, list, NULL, &fault));
        json_array_append(list, json_array_get(list, 0));
        assert_int_equal(duo_check(shape, list, NULL, &fault), LISTS[i].most == 0);
        json_array_append_new(empty, json_array());
        assert_false(duo_check(shape, empty, NULL, &fault));
        json_decref(empty);
        json_decref(list);
    }
}

static void what_duo_adds_is_named_and_no_mistake(void **state)
{
    json_t *uren = golden("uren.lezen");
    json_t *extra = json_array_get(uren, 1);
    struct duo_findings findings;
    struct fault fault = { 0 };

    (void)state;
    json_object_set_new(extra, "Nieuw", json_true());
    json_object_set_new(json_object_get(extra, "TaallesEnKnmInstelling"), "locatie",
                        json_string("x"));
    json_object_set_new(extra, "Bekendtot", json_true()); /* other capitals: another member */
    assert_true(duo_check(duo_operation_named("uren.lezen")->answer, uren, &findings, &fault));
    assert_int_equal(findings.unknown, 3);
    assert_string_equal(findings.pointer[0], "/1/TaallesEnKnmInstelling/locatie");
    assert_string_equal(findings.pointer[1], "/1/Nieuw");
    for (int i = 0; i < 100; i++) {
        char name[20];
        (void)snprintf(name, sizeof(name), "veld%d", i);
        json_object_set_new(extra, name, json_null());
    }
    assert_true(duo_check(duo_operation_named("uren.lezen")->answer, uren, &findings, &fault));
    assert_int_equal(findings.unknown, 103);
    json_decref(uren);
}

static void a_fault_does_not_tell_what_stood_there(void **state)
{
    struct fault fault = { 0 };
    json_t *body = changed("notificatie.melden", "bsn", "\"999990019x\"");

    (void)state;
    assert_false(duo_check(shape_of("notificatie.melden"), body, NULL, &fault));
    assert_null(strstr(fault.text, "99999"));
    json_decref(body);
}

/* --- DUO's own words --------------------------------------------------------------------- */

static void the_words_of_duo_come_one_a_line(void **state)
{
    static const struct {
        const char *json, *texts;
    } WORDS[] = {
        { "[{\"fouttekst\": \"Een\"}, {\"fouttekst\": \"Twee\\nen drie\"}]",
          "Een\nTwee en drie\n" },
        { "{\"fouttekst\": \"Onderhoud\"}", "Onderhoud\n" },
        { "[{}, {\"fouttekst\": \"\"}, {\"fouttekst\": \"Een\"}]", "Een\n" },
        { "[]", NULL },
        { "{}", NULL },
        { "[{\"fouttekst\": 3}]", NULL },
        { "[\"fouttekst\"]", NULL },
        { "\"fouttekst\"", NULL },
        { "null", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        SCOPED_BUF struct buf texts = { 0 };
        json_t *json = parse(WORDS[i].json);
        assert_int_equal(duo_fouttekst(json, &texts), WORDS[i].texts != NULL);
        assert_string_equal(buf_text(&texts), WORDS[i].texts ? WORDS[i].texts : "");
        json_decref(json);
    }
}

/* --- another validator's form ------------------------------------------------------------ */

static void a_shape_can_be_had_as_json_schema(void **state)
{
    json_t *schema = duo_schema(duo_operation_named("uren.lezen")->answer);
    json_t *want = parse("{\"type\": \"string\", \"minLength\": 4, \"maxLength\": 4,"
                         " \"pattern\": \"^[0-9]+$\"}");
    json_t *item = json_object_get(schema, "items");

    (void)state;
    assert_int_equal(json_integer_value(json_object_get(schema, "maxItems")), 99);
    assert_string_equal(json_string_value(json_object_get(item, "title")), "Uren");
    assert_int_equal(json_array_size(json_object_get(item, "required")), 2);
    assert_true(json_equal(
        json_object_get(json_object_get(item, "properties"), "gemeentecode"), want));
    json_decref(want);
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_body_of_each_is_right),
        cmocka_unit_test(an_answer_to_a_report_is_right_too),
        cmocka_unit_test(each_bound_is_held),
        cmocka_unit_test(what_is_no_object_or_list_is_refused),
        cmocka_unit_test(a_list_is_as_long_as_duo_says),
        cmocka_unit_test(what_duo_adds_is_named_and_no_mistake),
        cmocka_unit_test(a_fault_does_not_tell_what_stood_there),
        cmocka_unit_test(the_words_of_duo_come_one_a_line),
        cmocka_unit_test(a_shape_can_be_had_as_json_schema),
    };

    mem_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
