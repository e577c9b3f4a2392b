/* The rules beyond the schema: each is broken by a case that breaks only it. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/rules.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

#define EDITS_MAX 6

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

/* --- one case a rule ----------------------------------------------------------------- */

/* The second version of the PIP of the asielstatushouder, and the same as Z-route. */
#define V2                                                                                    \
    "0231</kenmerk>\n      <leerroute>B1-route</leerroute>\n      <niveau>B1</niveau>\n"      \
    "      <intensiteitB1>900</intensiteitB1>\n      <alfabetisering>AA</alfabetisering>"
#define V2_Z "0231</kenmerk><leerroute>Z-route</leerroute><niveau>A2</niveau>"
#define V2_Z_WHY V2_Z "<onderbouwing>x</onderbouwing>"
#define GEZIN_ROUTE "<leerroute>B1-route</leerroute>\n      <niveau>B1</niveau>"
#define GESPREK "<voortgangsgesprek>"
#define WIJZIGING                                                                             \
    "      <wijziging>\n        <reden>Werk van 24 uur per week als hulpmonteur sinds "       \
    "2026-02-01.</reden>\n        <wat>Lessen naar de ochtend en avond; MAP loopt langer "    \
    "door. Leerroute en niveau blijven.</wat>\n      </wijziging>\n"
#define VESTIGING                                                                             \
    "    <vestiging>\n      <datumVestiging>2025-02-03</datumVestiging>\n"                    \
    "      <datumUitstroomCoa>2025-02-03</datumUitstroomCoa>\n    </vestiging>\n"
#define PVT                                                                                   \
    "      <pvt>\n        <startdatum>2025-09-15</startdatum>\n"                              \
    "        <beoogdeEinddatum>2025-10-31</beoogdeEinddatum>\n"                               \
    "        <uiterlijkBehaaldOp>2028-08-26</uiterlijkBehaaldOp>\n      </pvt>\n"
#define TOTAAL                                                                                \
    "    <boetetotaal>\n      <bredeIntake>0.00</bredeIntake>\n      <pip>400.00</pip>\n"     \
    "      <totaal>400.00</totaal>\n    </boetetotaal>\n"
#define BOETE(kenmerk, bedrag, datum, status)                                                 \
    "<boete><grond>PIP</grond><bedrag>" bedrag "</bedrag><besluitdatum>" datum                \
    "</besluitdatum><gemeentecode>0344</gemeentecode><kenmerk>" kenmerk                       \
    "</kenmerk><status>" status "</status></boete>"
#define CHANGE(soort, naar, uren)                                                             \
    "<routewijziging><datum>2026-01-05</datum><soort>" soort                                  \
    "</soort><van>B1-route</van><naar>" naar "</naar>" uren                                   \
    "<grond>x</grond></routewijziging>"
#define ZROUTE(uren, meer) "<zroute><urenTaal>" uren "</urenTaal>" meer "</zroute>"
#define MAP_PASSED "<gehaald>ja</gehaald><datumBehaald>2026-06-01</datumBehaald>"
#define A "asielstatushouder.xml"
#define G "gezinsmigrant.xml"

struct edit {
    const char *from, *to;
};

/* clang-format off */
static const struct {
    const char *rule, *file;
    struct edit edits[EDITS_MAX];
    const char *today; /* NULL: not known */
} CASES[] = {
    { "schema", A, { { "<cohort>Wi2021", "<cohort>Wi2020" } }, NULL },
    { "status-geleverd", G, { { "<handhaving status=\"leeg\"/>", "<handhaving status=\"geleverd\"/>" } }, NULL },
    { "status-inhoud", A, { { "<intake status=\"geleverd\">", "<intake status=\"leeg\">" } }, NULL },
    { "status-reden", G, { { "<handhaving status=\"leeg\"/>", "<handhaving status=\"achtergehouden\"/>" } }, NULL },
    { "status-reden-te-veel", A, { { "<handhaving status=\"geleverd\">", "<handhaving status=\"geleverd\" reden=\"anders\">" } }, NULL },
    { "elfproef", A, { { "<bsn>999900006<", "<bsn>999900007<" } }, NULL },
    { "elfproef", A, { { "<bsn>999900018<", "<bsn>999900019<" } }, NULL },
    { "vnummer", A, { { "0099991234", "0000000000" } }, NULL },
    { "vnummer", A, { { "<bsn>999900018</bsn>", "<vnummer>0000000000</vnummer>" } }, NULL },
    { "gezinslid-dubbel", A, { { "<bsn>999900018<", "<bsn>999900006<" } }, NULL },
    { "geboortedatum", A, { { "<geboortedatum>1991<", "<geboortedatum>2027<" } }, NULL },
    { "doelgroep-detail", G, { { "Doelgroep>Gezinsvormer<", "Doelgroep>Asielstatushouder<" } }, NULL },
    { "doelgroep-duo", A, { { "</inburgeringsplicht>", "</inburgeringsplicht><doelgroep><indeling>Gezinsmigrant en overige migrant</indeling></doelgroep>" } }, NULL },
    { "cohort-pip", G, { { "Wi2021", "Wi2013" } }, NULL },
    { "doelgroep-inspanning", G, { { "<resultaat>Eind", "<presentie>x</presentie><resultaat>Eind" } }, NULL },
    { "doelgroep-inspanning", G, { { "<resultaat>Verk", "<uren>12</uren><resultaat>Verk" } }, NULL },
    { "doelgroep-inspanning", G, { { "</voortgang>", "<traject><soort>Z-route</soort><naam>x</naam><uren><gerealiseerd>9</gerealiseerd>"
        "<bekendTot>2026-11-01</bekendTot><geoorloofdVerzuim>1</geoorloofdVerzuim></uren></traject></voortgang>" } }, NULL },
    { "doelgroep-traject", G, { { "</voortgang>", "<traject><soort>cursus</soort><naam>x</naam></traject></voortgang>" } }, NULL },
    { "doelgroep-aanbod", G, { { "</voortgang>", "<traject><soort>Z-route</soort><naam>x</naam>"
        "<datumInburgeringsaanbod>2025-09-01</datumInburgeringsaanbod></traject></voortgang>" } }, NULL },
    { "doelgroep-begeleiding", G, { { "</voortgang>", "<maatschappelijkeBegeleiding><onderdeel><inhoud>x</inhoud></onderdeel>"
        "</maatschappelijkeBegeleiding></voortgang>" } }, NULL },
    { "doelgroep-voorinburgering", G, { { "</vestiging>", "</vestiging><voorinburgering><instemming>ja</instemming></voorinburgering>" } }, NULL },
    { "doelgroep-ondersteuning", G, { { "</intake>", "<ondersteuning><tekst>x</tekst></ondersteuning></intake>" } }, NULL },
    { "doelgroep-omstandigheid", G, { { "</voortgang>", "<gewijzigdeOmstandigheid bijzonder=\"nee\"><soort>gezinssituatie</soort><tekst>x</tekst>"
        "</gewijzigdeOmstandigheid></voortgang>" } }, NULL },
    { "doelgroep-financieel", G, { { "<bezwaar>", "<ontzorgen><status>x</status></ontzorgen><bezwaar>" } }, NULL },
    { "doelgroep-intensiteit", G, { { "<niveau>B1</niveau>", "<niveau>B1</niveau><intensiteitB1>600</intensiteitB1>" } }, NULL },
    { "doelgroep-toets", G, { { "</voortgang>", "<toets><onderdeel>LE</onderdeel><datum>2026-01-05</datum></toets></voortgang>" } }, NULL },
    { "doelgroep-routewijziging", G, { { "</voortgang>", CHANGE("opschalen", "B1-route", "") "</voortgang>" } }, NULL },
    { "doelgroep-oproep", G, { { "<handhaving status=\"leeg\"/>", "<handhaving status=\"geleverd\"><oproep><datum>2025-06-10</datum>"
        "<waarvoor>brede intake</waarvoor><nummer>1</nummer></oproep></handhaving>" } }, NULL },
    { "doelgroep-zroute-start", G, { { GEZIN_ROUTE, "<leerroute>Z-route</leerroute><niveau>A2</niveau><onderbouwing>x</onderbouwing>" },
        { "</voortgang>", "<zroute><startdatum>2025-09-01</startdatum></zroute></voortgang>" } }, NULL },
    { "lbt-tegenspraak", A, { { "<benodigdeScore>36,00</benodigdeScore>",
        "<benodigdeScore>36,00</benodigdeScore><redenNietAfgenomen>x</redenNietAfgenomen>" } }, NULL },
    { "lbt-tegenspraak", A, { { "<afgenomen>ja", "<afgenomen>nee" }, { "<benodigdeScore>36,00</benodigdeScore>", "<redenNietAfgenomen>x</redenNietAfgenomen>" } }, NULL },
    { "lbt-onvolledig", A, { { "<datumAfname>2025-03-04</datumAfname>", "" } }, NULL },
    { "lbt-score", A, { { "<behaaldeScore>41,50", "<behaaldeScore>31,50" } }, NULL },
    { "omstandigheid-bijzonder", A, { { "<omstandigheid bijzonder=\"ja\">", "<omstandigheid bijzonder=\"nee\">" } }, NULL },
    { "pip-volgorde", A, { { "<dagtekening>2026-03-23", "<dagtekening>2025-03-23" } }, NULL },
    { "pip-plicht", A, { { "<begindatum>2024-09-02", "<begindatum>2025-05-02" } }, NULL },
    { "pip-vestiging", A, { { "<datumVestiging>2025-02-03", "<datumVestiging>2025-04-10" } }, NULL },
    { "pip-niveau-onderwijs", G, { { GEZIN_ROUTE, "<leerroute>onderwijsroute</leerroute><niveau>A2</niveau>" } }, NULL },
    { "pip-niveau-zroute", G, { { GEZIN_ROUTE, "<leerroute>Z-route</leerroute><niveau>B1</niveau><onderbouwing>x</onderbouwing>" } }, NULL },
    { "pip-eerste-niveau", G, { { "<niveau>B1</niveau>", "<niveau>A2</niveau>" } }, NULL },
    { "pip-intensiteit", A, { { "0231</kenmerk>\n      <leerroute>B1-route", "0231</kenmerk>\n      <leerroute>onderwijsroute" } }, NULL },
    { "pip-route-grond", A, { { V2, "0231</kenmerk><leerroute>onderwijsroute</leerroute>" }, { WIJZIGING, "" } }, NULL },
    { "pip-wijziging", G, { { "<bezwaar>", "<wijziging><reden>x</reden></wijziging><bezwaar>" } }, NULL },
    { "pip-wijziging", A, { { WIJZIGING, "" } }, NULL },
    { "pip-afspraken", G, { { PVT, "" } }, NULL },
    { "pip-zroute", G, { { "<bezwaar>", "<zroute><doelen>x</doelen></zroute><bezwaar>" } }, NULL },
    { "pip-zroute-uren", A, { { V2, V2_Z_WHY }, { "<begeleiding>Klant", ZROUTE("500", "") "<begeleiding>Klant" } }, NULL },
    { "pip-zroute-onderbouwing", A, { { V2, V2_Z } }, NULL },
    { "termijn-pip", A, { { "<datumVestiging>2025-02-03", "<datumVestiging>2025-01-03" } }, NULL },
    { "termijn-vestiging", A, { { VESTIGING, "" } }, NULL },
    { "termijn-start", A, { { "<startdatum>2025-04-08", "<startdatum>2025-04-09" } }, NULL },
    { "termijn-einde", A, { { "<einddatum>2028-04-08", "<einddatum>2028-10-08" } }, NULL },
    { "termijn-afspraak", A, { { "<uiterlijkBehaaldOp>2028-04-08", "<uiterlijkBehaaldOp>2028-06-08" } }, NULL },
    { "verlenging-verzoek", A, { { "<maatschappelijkeBegeleiding>", "<verlenging><datumVerzoek>2025-03-01</datumVerzoek><reden>x</reden></verlenging>"
        "<maatschappelijkeBegeleiding>" } }, NULL },
    { "verlenging-beoordeling", A, { { "</inburgeringstermijn>", "</inburgeringstermijn><verlenging><beoordelingAanvraag>Afgewezen</beoordelingAanvraag>"
        "<ontvangstdatum>2026-01-05</ontvangstdatum></verlenging>" } }, NULL },
    { "bewaartermijn", A, { { "<gebeurtenis>", "<diploma>2021-01-05</diploma><gebeurtenis>" } }, NULL },
    { "onderdeel-gehaald", A, { { "<datumBehaald>2025-06-30</datumBehaald>", "" } }, NULL },
    { "onderdeel-gehaald", A, { { "<gehaald>nee</gehaald>", "<gehaald>nee</gehaald><datumBehaald>2026-06-01</datumBehaald>" } }, NULL },
    { "onderdeel-begin", A, { { "<gerealiseerdeStartdatum>2025-05-12</gerealiseerdeStartdatum>", "" }, { "<datumBehaald>2025-06-30", "<datumBehaald>2025-04-01" },
        { "<datumOndertekeningPvt>2025-06-30", "<datumOndertekeningPvt>2025-04-01" } }, NULL },
    { "onderdeel-afronding", A, { { V2, V2_Z_WHY }, { "<gehaald>nee</gehaald>", MAP_PASSED },
        { GESPREK, ZROUTE("800", "<afgerond>ja</afgerond><datumAfronding>2026-05-01</datumAfronding>") GESPREK } }, NULL },
    { "onderdeel-open", A, { { V2, V2_Z_WHY },
        { GESPREK, ZROUTE("800", "<afgerond>ja</afgerond><datumAfronding>2026-09-01</datumAfronding>") GESPREK } }, NULL },
    { "verwijtbaar-ontbreekt", A, { { "peildatum=\"2026-11-16\"", "peildatum=\"2028-05-01\"" },
        { "<gehaald>nee</gehaald>", "<gehaald>nee</gehaald><redenNietBehaald>x</redenNietBehaald>" } }, NULL },
    { "onderdeel-reden", A, { { "peildatum=\"2026-11-16\"", "peildatum=\"2028-05-01\"" },
        { "<gehaald>nee</gehaald>", "<gehaald>nee</gehaald><verwijtbaar>ja</verwijtbaar>" } }, NULL },
    { "verwijtbaar-op-tijd", A, { { "<datumBehaald>2025-06-30</datumBehaald>", "<datumBehaald>2025-06-30</datumBehaald><verwijtbaar>nee</verwijtbaar>" } }, NULL },
    { "verwijtbaar-nee", A, { { "<gehaald>nee</gehaald>", "<gehaald>nee</gehaald><verwijtbaar>nee</verwijtbaar>" } }, NULL },
    { "verwijtbaar-ja", A, { { "<gehaald>nee</gehaald>", "<gehaald>nee</gehaald><verwijtbaar>ja</verwijtbaar>" } }, NULL },
    { "pvt-uren", A, { { "<uren>12</uren>", "<uren>10</uren>" } }, NULL },
    { "onderdeel-presentie", A, { { "<presentie>", "<bijeenkomsten>8</bijeenkomsten><bijgewoond>9</bijgewoond><presentie>" } }, NULL },
    { "onderdeel-duo", A, { { "<datumOndertekeningPvt>2025-06-30", "<datumOndertekeningPvt>2025-07-01" } }, NULL },
    { "uren-som", A, { { "<gevolgd>28", "<gevolgd>480" } }, NULL },
    { "uren-maand", A, { { "<maand>2026-10</maand>", "<maand>2026-09</maand>" } }, NULL },
    { "uren-contract", A, { { "<gecontracteerd>900", "<gecontracteerd>400" } }, NULL },
    { "uren-bekend", A, { { "<bekendTot>2026-11-01</bekendTot>", "" } }, NULL },
    { "uren-overlap", A, { { GESPREK, "<traject><soort>cursus</soort><naam>x</naam><aanbieder><naam>x</naam><instellingsnummer>0000099999</instellingsnummer>"
        "</aanbieder><uren><vanaf>2026-10-01</vanaf><bekendTot>2026-11-01</bekendTot></uren></traject>" GESPREK } }, NULL },
    { "uren-duo", A, { { "<uren>452</uren>", "<uren>451</uren>" } }, NULL },
    { "aanbod-pip", A, { { "<datumInburgeringsaanbod>2025-04-14", "<datumInburgeringsaanbod>2025-04-01" } }, NULL },
    { "zroute-afronding", A, { { V2, V2_Z_WHY }, { GESPREK, ZROUTE("800", "<afgerond>ja</afgerond>") GESPREK } }, NULL },
    { "zroute-uren", A, { { V2, V2_Z_WHY }, { "<gehaald>nee</gehaald>", MAP_PASSED },
        { GESPREK, ZROUTE("700", "<afgerond>ja</afgerond><datumAfronding>2026-09-01</datumAfronding>") GESPREK } }, NULL },
    { "zroute-pip", A, { { GESPREK, ZROUTE("10", "") GESPREK } }, NULL },
    { "routewijziging", A, { { GESPREK, CHANGE("wisseling van leerroute", "B1-route", "") GESPREK } }, NULL },
    { "afschalen-uren", A, { { GESPREK, CHANGE("afschalen naar A2", "B1-route", "<gevolgdeUrenTaalles>400</gevolgdeUrenTaalles>") GESPREK } }, NULL },
    { "routewijziging-pip", A, { { GESPREK, CHANGE("wisseling van leerroute", "onderwijsroute", "") GESPREK } }, NULL },
    { "oproep-volgorde", A, { { "<nummer>2</nummer>", "<nummer>3</nummer>" } }, NULL },
    { "oproep-volgorde", A, { { "<nummer>1</nummer>", "<nummer>0</nummer>" }, { "<nummer>2</nummer>", "<nummer>1</nummer>" } }, NULL },
    { "oproep-verschoonbaar", A, { { "<verschenen>ja</verschenen>", "<verschenen>ja</verschenen><verschoonbaar>ja</verschoonbaar>" } }, NULL },
    { "boete-intake", A, { { "<waarvoor>PIP<", "<waarvoor>brede intake<" }, { "<waarvoor>PIP<", "<waarvoor>brede intake<" },
        { "<grond>PIP</grond>\n      <bedrag>", "<grond>brede intake</grond>\n      <bedrag>" },
        { "<bredeIntake>0.00", "<bredeIntake>400.00" }, { "<pip>400.00", "<pip>0.00" } }, NULL },
    { "boete-pip", A, { { "<bedrag>400.00", "<bedrag>900.00" }, { "<pip>400.00", "<pip>900.00" }, { "<totaal>400.00", "<totaal>900.00" } }, NULL },
    { "boete-plafond", A, { { "<boetetotaal>", BOETE("b", "800.00", "2026-05-04", "opgelegd") BOETE("c", "800.00", "2026-06-01", "opgelegd")
        BOETE("d", "800.00", "2026-07-06", "herzien") "<boetetotaal>" }, { "<pip>400.00", "<pip>2800.00" }, { "<totaal>400.00", "<totaal>2800.00" } }, NULL },
    { "boete-oproep", A, { { "<grond>PIP</grond>\n      <bedrag>400.00", "<grond>brede intake</grond>\n      <bedrag>250.00" },
        { "<status>deels betaald", "<status>betaald" }, { "<bredeIntake>0.00", "<bredeIntake>250.00" }, { "<pip>400.00", "<pip>0.00" },
        { "<totaal>400.00", "<totaal>250.00" } }, NULL },
    { "boete-grond", A, { { "<besluitdatum>2026-01-26", "<besluitdatum>2025-04-01" } }, NULL },
    { "boete-betaald", A, { { "<betaald>250.00", "<betaald>450.00" } }, NULL },
    { "boete-status", A, { { "<status>deels betaald", "<status>opgelegd" } }, NULL },
    { "boete-dubbel", A, { { "<boetetotaal>", BOETE("UTR-HH-2026-0007", "400.00", "2026-01-26", "ingetrokken") "<boetetotaal>" } }, NULL },
    { "boete-totaal", A, { { "<totaal>400.00", "<totaal>500.00" } }, NULL },
    { "boete-totaal", A, { { "<pip>400.00", "<pip>350.00" }, { "<totaal>400.00", "<totaal>350.00" } }, NULL },
    { "boete-totaal-ontbreekt", A, { { TOTAAL, "" } }, NULL },
    { "bezwaar-datum", A, { { "<datum>2026-04-13", "<datum>2026-01-13" } }, NULL },
    { "bezwaar-status", A, { { "<status>geen<", "<status>ingediend<" } }, NULL },
    { "bezwaar-termijn", A, { { "<status>geen<", "<status>termijn loopt<" } }, NULL },
    { "bezwaar-boete", A, { { "<status>ongegrond", "<status>gegrond" } }, NULL },
    { "peildatum", A, { { NULL, NULL } }, "2026-11-15" },
    { "datum-toekomst", A, { { "<datumAfname>2025-03-04", "<datumAfname>2026-12-04" } }, NULL },
    { "datum-toekomst", A, { { "<bekendTot>2026-11-01", "<bekendTot>2026-11-17" } }, NULL },
    { "periode", A, { { "<einddatum>2026-02-02", "<einddatum>2025-01-02" } }, NULL },
    { "periode", A, { { "<tot>2009-06", "<tot>2005-06" } }, NULL },
    { "periode-duo", A, { { "<begindatum>2024-09-02</begindatum>", "<begindatum>2024-09-02</begindatum><einddatum>2024-08-01</einddatum>" } }, NULL },
    { "periode-overlap", A, { { "</inburgeringsplicht>", "</inburgeringsplicht><doelgroep><begindatum>2025-01-01</begindatum></doelgroep>"
        "<doelgroep><begindatum>2024-09-02</begindatum><einddatum>2025-01-01</einddatum></doelgroep>" } }, NULL },
    { "duo-gelezen", A, { { "op=\"2026-11-16\"", "op=\"2026-11-17\"" } }, NULL },
    { "document-id", A, { { "<document id=\"pip-2\">", "<document id=\"pip-1\">" }, { "<document>pip-2<", "<document>pip-1<" } }, NULL },
    { "document-dubbel", A, { { "b963c49d67e920443697cd916a037a5cb32baccfd6583f1f0e9ffc95cac218ff", "74dad89143c8452aa1b2284408cd6450df8c21bc88b5cc537e7035e59dc18561" } }, NULL },
    { "document-verwijzing", A, { { "<document>boete-1<", "<document>boete-9<" } }, NULL },
    { "document-pip", A, { { "<document>pip-2</document>", "" } }, NULL },
};
/* clang-format on */
#define CASE_COUNT (sizeof(CASES) / sizeof(CASES[0]))

struct heard {
    int count, refusing;
    char others[400]; /* what was found besides `rule` */
    const char *rule;
};

static void hear(void *context, const struct dossier_finding *finding)
{
    struct heard *heard = context;
    size_t used = strlen(heard->others);

    assert_string_equal(finding->rule, finding->row->id);
    assert_int_equal(strncmp(finding->path, "dossier", 7), 0);
    assert_true(finding->line > 0 && finding->says[0]);
    heard->count++;
    heard->refusing += finding->row->severity == RULES_REFUSE;
    if (strcmp(finding->rule, heard->rule) != 0)
        (void)snprintf(heard->others + used, sizeof(heard->others) - used, "%s at %s; ",
                       finding->rule, finding->path);
}

static bool judge(const char *xml, const struct rules_limits *limits, struct heard *heard,
                  struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    return dossier_read(xml, strlen(xml), hear, heard, &doc, fault)
           && dossier_rules(xmlDocGetRootElement(doc), limits, hear, heard, fault);
}

/* The caller's: free(). */
static char *text_of(size_t i)
{
    char *text = sample_dossier(CASES[i].file);

    for (size_t n = 0; n < EDITS_MAX && CASES[i].edits[n].from; n++) {
        char *changed = sample_replace(text, CASES[i].edits[n].from, CASES[i].edits[n].to);
        free(text);
        text = changed;
    }
    return text;
}

static void break_one(size_t i)
{
    SCOPED_MEM char *xml = text_of(i);
    const struct rule *rule = rules_find(CASES[i].rule);
    struct rules_limits limits = RULES_LAW;
    struct heard heard = { .rule = CASES[i].rule };
    struct fault fault = { 0 };

    limits.today = datum_day(CASES[i].today);
    bool good = judge(xml, &limits, &heard, &fault);
    assert_non_null(rule);
    if (heard.count == 0 || heard.others[0])
        fail_msg("case %zu, %s: %d findings, others: %s", i, rule->id, heard.count,
                 heard.others);
    assert_int_equal(good, rule->severity == RULES_WARN);
    if (!good && rule->check && !strstr(fault.text, rule->id))
        fail_msg("%s", fault.text);
    if (!good && rule->check && !strstr(fault.action, rule->todo))
        fail_msg("%s", fault.action);
}

static void each_case_breaks_one_rule_and_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++)
        break_one(i);
}

static void each_rule_is_broken_by_a_case(void **state)
{
    const struct rule *row;

    (void)state;
    for (size_t i = 0; (row = rules_row(i)); i++) {
        size_t at = 0;
        while (at < CASE_COUNT && strcmp(CASES[at].rule, row->id) != 0)
            at++;
        if (at == CASE_COUNT)
            fail_msg("no case breaks %s", row->id);
    }
}

static void each_row_is_whole_and_has_an_id_of_its_own(void **state)
{
    (void)state;
    assert_true(rules_count() > 80);
    for (size_t i = 0; i < rules_count(); i++) {
        const struct rule *row = rules_row(i);
        const char *const texts[] = { row->source, row->nl, row->en, row->doen, row->todo };
        assert_ptr_equal(rules_find(row->id), row);
        assert_int_equal(strspn(row->id, "abcdefghijklmnopqrstuvwxyz-"), strlen(row->id));
        for (size_t n = 0; n < sizeof(texts) / sizeof(texts[0]); n++)
            assert_in_range(strlen(texts[n]), 3, 150);
    }
    assert_null(rules_row(rules_count()));
    assert_null(rules_find("no-such-rule"));
}

static void the_samples_break_nothing(void **state)
{
    SCOPED_BUF struct buf path = { 0 };
    struct rules_limits limits = RULES_LAW;
    int count = 0;

    (void)state;
    limits.today = datum_day("2026-11-26");
    buf_addf(&path, "%s/tests/golden/dossiers", sample_source());
    DIR *folder = opendir(buf_text(&path));
    assert_non_null(folder);
    for (struct dirent *file; (file = readdir(folder));) {
        if (!strstr(file->d_name, ".xml"))
            continue;
        SCOPED_MEM char *xml = sample_dossier(file->d_name);
        struct heard heard = { .rule = "" };
        struct fault fault = { 0 };
        bool good = judge(xml, &limits, &heard, &fault);
        if (!good || heard.refusing > 0)
            fail_msg("%s: %s", file->d_name, heard.others);
        count++;
    }
    closedir(folder);
    assert_true(count >= 2);
}

/* --- sources ------------------------------------------------------------------------- */

/* "BI-GEM-13": two or three capitals, a word of them, two digits. */
static size_t row_size(const char *at)
{
    static const char CAPITALS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t first = strspn(at, CAPITALS);

    if (first < 2 || first > 3 || at[first] != '-')
        return 0;
    size_t second = strspn(at + first + 1, CAPITALS), size = first + 1 + second;
    if (second < 3 || at[size] != '-' || strspn(at + size + 1, "0123456789") != 2)
        return 0;
    return size + 3;
}

/* Is there such a row in the list, and if `asiel` for asylum holders only? */
static void look_up(const char *list, const char *id, size_t size, bool asiel)
{
    char line[32];

    (void)snprintf(line, sizeof(line), "\n%.*s\t", (int)size, id);
    const char *row = strstr(list, line), *column = row ? row + strlen(line) : NULL;
    for (int n = 0; column && n < 2; n++)
        column = strchr(column, '\t') + 1;
    if (!row)
        fail_msg("no row%s in bijlage B", line);
    if (asiel && strncmp(column, "asiel\t", 6) != 0)
        fail_msg("not for asylum holders only:%s", line);
}

static void sources_are_rows_of_bijlage_b(void **state)
{
    SCOPED_BUF struct buf path = { 0 };
    char list[65536] = "";
    const struct rule *row;

    (void)state;
    buf_addf(&path, "%s/xsd/bijlage-b.tsv", sample_source());
    FILE *file = fopen(buf_text(&path), "re");
    assert_non_null(file);
    list[fread(list, 1, sizeof(list) - 1, file)] = '\0';
    (void)fclose(file);
    for (size_t i = 0; (row = rules_row(i)); i++) {
        bool asiel = strncmp(row->source, "bijlage B: ", 11) == 0;
        for (const char *at = row->source; *at; at++) {
            size_t size = at == row->source || strchr(" ;", at[-1]) ? row_size(at) : 0;
            if (size > 0)
                look_up(list, at, size, asiel);
        }
    }
}

/* --- where a rule must keep silent --------------------------------------------------- */

static const struct {
    const char *file;
    struct edit edits[EDITS_MAX];
} GOOD[] = {
    /* a remitted fine may count or not */
    { A, { { "<status>deels betaald", "<status>kwijtgescheiden" } } },
    { A,
      { { "<status>deels betaald", "<status>kwijtgescheiden" },
        { "<pip>400.00", "<pip>0.00" },
        { "<totaal>400.00", "<totaal>0.00" } } },
    /* an annulled one over the cap is history */
    { A,
      { { "<boetetotaal>",
          BOETE("b", "9000.00", "2026-05-04", "vernietigd") "<boetetotaal>" } } },
    /* exactly at the cap */
    { A,
      { { "<bedrag>400.00", "<bedrag>800.00" },
        { "<pip>400.00", "<pip>800.00" },
        { "<totaal>400.00", "<totaal>800.00" } } },
    /* an extension moves the end */
    { A,
      { { "<einddatum>2028-04-08</einddatum>",
          "<einddatum>2028-10-08</einddatum>"
          "<verlengingsgrondcode>1</verlengingsgrondcode>" } } },
    /* ten weeks to the day */
    { A, { { "<datumVestiging>2025-02-03", "<datumVestiging>2025-01-27" } } },
    /* an earlier municipality made the first version */
    { A,
      { { "<datumVestiging>2025-02-03", "<datumVestiging>2026-02-03" },
        { "<gemeentecode>0344", "<gemeentecode>0307" } } },
    /* hours of the Z-route are kept of everybody */
    { G,
      { { "</voortgang>", "<traject><soort>Z-route</soort><naam>x</naam><uren>"
                          "<gerealiseerd>9</gerealiseerd><bekendTot>2026-11-01"
                          "</bekendTot></uren></traject></voortgang>" } } },
    /* a month behind bekendTot is not in the total yet */
    { A,
      { { "<maand>2026-10</maand>\n          <gevolgd>31",
          "<maand>2026-11</maand>\n          <gevolgd>450" } } },
    /* B1 may be lowered later */
    { A, { { V2, "0231</kenmerk><leerroute>B1-route</leerroute><niveau>A2</niveau>" } } },
    /* an asylum holder's rights outlive the doelgroep */
    { G,
      { { "<cohort>", "<asielrechtenWijzigingVerblijfsdoel>Behoud asielrechten"
                      "</asielrechtenWijzigingVerblijfsdoel><cohort>" },
        { "<resultaat>Eind", "<presentie>x</presentie><resultaat>Eind" } } },
    /* of a month that has not ended by bekendTot, part is in the total */
    { A,
      { { "<bekendTot>2026-11-01</bekendTot>", "<bekendTot>2026-10-20</bekendTot>" },
        { "<gevolgd>31", "<gevolgd>450" } } },
    /* earlier acts know no ten weeks and no such caps */
    { "alleen-vnummer.xml",
      { { "Wi2021", "Wi2013" }, { "<datumVestiging>2026", "<datumVestiging>2014" } } },
    /* what is withheld may have been in time */
    { "alleen-vnummer.xml",
      { { "<pip status=\"leeg\"/>", "<pip status=\"achtergehouden\" reden=\"veiligheid\"/>" },
        { "<datumVestiging>2026", "<datumVestiging>2024" } } },
    /* references may stay where documents follow later */
    { G, { { "</bezwaar>", "</bezwaar><document>pip-1</document>" } } },
};

static void what_is_lawful_is_not_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        char *text = sample_dossier(GOOD[i].file);
        for (size_t n = 0; n < EDITS_MAX && GOOD[i].edits[n].from; n++) {
            char *changed = sample_replace(text, GOOD[i].edits[n].from, GOOD[i].edits[n].to);
            free(text);
            text = changed;
        }
        struct heard heard = { .rule = "" };
        struct fault fault = { 0 };
        bool good = judge(text, &RULES_LAW, &heard, &fault);
        free(text);
        if (!good || heard.count > 0)
            fail_msg("case %zu: %s %s", i, heard.others, fault.text);
    }
}

static void amounts_and_terms_are_settings(void **state)
{
    SCOPED_MEM char *sample = sample_dossier(A);
    struct rules_limits limits = RULES_LAW;
    struct heard heard = { .rule = "boete-pip" };
    struct fault fault = { 0 };

    (void)state;
    limits.boete_pip = 399;
    assert_false(judge(sample, &limits, &heard, &fault));
    assert_int_equal(heard.count, 1);
    limits.boete_pip = 400;
    heard.rule = "termijn-pip";
    limits.pip_weken = 4;
    assert_true(judge(sample, &limits, &heard, &fault));
    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.others, "");
}

static void findings_quote_nothing(void **state)
{
    SCOPED_MEM char *sample = sample_dossier(A);
    SCOPED_MEM char *xml = sample_replace(sample, "<bsn>999900006<", "<bsn>999900007<");
    struct heard heard = { .rule = "elfproef" };
    struct fault fault = { 0 };

    (void)state;
    assert_false(judge(xml, &RULES_LAW, &heard, &fault));
    assert_null(strstr(fault.text, "99990"));
    assert_non_null(strstr(fault.text, "line 4: dossier/persoon/bsn: "));
    assert_non_null(strstr(fault.text, "(rule elfproef)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_breaks_one_rule_and_no_other),
        cmocka_unit_test(each_rule_is_broken_by_a_case),
        cmocka_unit_test(each_row_is_whole_and_has_an_id_of_its_own),
        cmocka_unit_test(the_samples_break_nothing),
        cmocka_unit_test(sources_are_rows_of_bijlage_b),
        cmocka_unit_test(what_is_lawful_is_not_found),
        cmocka_unit_test(amounts_and_terms_are_settings),
        cmocka_unit_test(findings_quote_nothing),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
