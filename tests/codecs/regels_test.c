/* DUO's rules held against reports: each is broken by a case that breaks only it, and each
 * that asks for facts warns when they are not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/duo/operation.h"
#include "codecs/xmldoc.h"
#include "tests/codecs/resident.h"

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    return 0;
}

/* --- one case a rule ------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *regel, *operatie, *body;
    enum duo_ernst ernst;
    enum duo_oordeel oordeel;
    struct change change;
} CASES[] = {
    { "PIP-2", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", DUO_WEIGER, DUO_FOUT, { { { "2025-01-01", "2026-11-21" } }, NULL, NULL } },
    { "PIP-2", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", DUO_LET_OP, DUO_ONBEKEND, { { { "<begindatum>2025-01-01</begindatum>", "" } }, NULL, NULL } },
    { "PIP-3", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, "eerste_pip=2026-11-21", NULL } },
    { "PIP-3", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", DUO_LET_OP, DUO_ONBEKEND, { { { NULL, NULL } }, "eerste_pip", NULL } },
    { "PIP-4", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", DUO_WEIGER, DUO_FOUT, { { { "2025-06-01", "2026-11-21" } }, NULL, NULL } },
    { "PIP-4", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", DUO_LET_OP, DUO_ONBEKEND, { { OFF_PIP }, "deels", NULL } },
    { "PIP-5", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, "vestiging=2026-11-21", NULL } },
    { "PIP-5", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", DUO_LET_OP, DUO_ONBEKEND, { { { NULL, NULL } }, "vestiging", NULL } },
    { "PIP-6", "pip.melden", "{'dagtekeningPip':'2026-11-20','leerroute':'O','niveau':'A2'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } },
    { "PIP-7", "pip.melden", "{'dagtekeningPip':'2026-11-20','leerroute':'Z','niveau':'B1'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } },
    { "PIP-8", "pip.melden", "{'dagtekeningPip':'2026-11-20','leerroute':'B','niveau':'A2'}", DUO_WEIGER, DUO_FOUT, { { OFF_PIP }, "eerste_pip=", NULL } },
    { "PIP-9", "pip.melden", "{'dagtekeningPip':'2026-11-20','leerroute':'O'}", DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } },
    { "PIP-10", "pip.melden", "{'dagtekeningPip':'2026-11-20','leerroute':'O','niveau':'B1','geschatteIntensiteitB1Route':9}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } },
    { "PIP-10", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 ",'geschatteIntensiteitB1Route':9}", DUO_WEIGER, DUO_FOUT, { { { "Asielstatushouder", "Gezinsmigrant en overige migrant" } }, NULL, NULL } },
    { "PIP-10", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 ",'geschatteIntensiteitB1Route':9}", DUO_LET_OP, DUO_ONBEKEND,
      { { { "Asielstatushouder</indeling>", "Gezinsmigrant en overige migrant</indeling><asielrechtenWijzigingVerblijfsdoel>Behoud asielrechten</asielrechtenWijzigingVerblijfsdoel>" } }, NULL, NULL } },
    { "PIP-11", "pip.intrekken", NULL, DUO_WEIGER, DUO_FOUT, { { OFF_UREN }, NULL, NULL } },
    { "PIP-12", "pip.intrekken", NULL, DUO_WEIGER, DUO_FOUT, { { OFF_TERMIJN }, NULL, NULL } },
    { "PIP-12", "pip.intrekken", NULL, DUO_LET_OP, DUO_ONBEKEND, { { OFF_TERMIJN }, NULL, "[]" } },
    { "CP-1", "contactpersoon.koppelen", NULL, DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, NULL, GEMELD(",{'operatie':'contactpersoon.koppelen','op':'2025-06-10'}") } },
    { "CP-1", "contactpersoon.koppelen", NULL, DUO_LET_OP, DUO_FOUT, { { { PIP, PIP_ELDERS } }, NULL, NULL } },
    { "CP-1", "contactpersoon.koppelen", NULL, DUO_LET_OP, DUO_ONBEKEND, { { OFF_PIP }, "deels", NULL } },
    { "CP-2", "contactpersoon.intrekken", NULL, DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, "gekoppeld", NULL } },
    { "IA-1", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_WEIGER, DUO_FOUT, { { { "Asielstatushouder", "Gezinsmigrant en overige migrant" } }, NULL, "[]" } },
    { "IA-1", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_LET_OP, DUO_ONBEKEND, { { { "<indeling>Asielstatushouder</indeling>", "" } }, NULL, "[]" } },
    { "IA-2", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_WEIGER, DUO_FOUT, { { OFF_PIP }, NULL, "[]" } },
    { "IA-3", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, "instellingsnummer=1000000002", "[]" } },
    { "IA-3", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, "instellingsnummer=1000000009", "[]" } },
    { "IA-3", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_LET_OP, DUO_ONBEKEND, { { { NULL, NULL } }, "geen-instellingen", "[]" } },
    { "IA-3", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_LET_OP, DUO_TWIJFEL, { { { "B1-route", "onderwijsroute" } }, NULL, "[]" } },
    { "IA-4", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_WEIGER, DUO_FOUT, { { { "2025-06-01", "2026-11-02" } }, NULL, "[]" } },
    { "IA-4", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01','verwachteStartdatumOpleiding':'2026-10-31'}", DUO_WEIGER, DUO_FOUT, { { { "2025-06-01", "2026-11-01" } }, NULL, "[]" } },
    { "IA-4", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_LET_OP, DUO_ONBEKEND, { { { "<dagtekening>2025-06-01</dagtekening>", "" } }, NULL, "[]" } },
    { "IA-6", "aanbod.melden", "{'verwachteEinddatumOpleiding':'2028-06-03'}", DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, NULL, "[]" } },
    { "IA-6", "aanbod.melden", "{'verwachteEinddatumOpleiding':'2027-06-03'}", DUO_LET_OP, DUO_ONBEKEND, { { OFF_TERMIJN }, NULL, "[]" } },
    { "IA-7", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } },
    { "IA-7", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", DUO_LET_OP, DUO_FOUT, { { { "0344</gemeentecode><bekendTot>", "0599</gemeentecode><bekendTot>" } }, NULL, "[]" } },
#define RESULTAAT(naam, melden, d, door, er_is) \
    { naam "-1", melden, "{'" d "':'2026-10-02'}", DUO_WEIGER, DUO_FOUT, { { er_is }, door "=0599", NULL } }, \
    { naam "-1", melden, "{'" d "':'2026-10-02'}", DUO_LET_OP, DUO_ONBEKEND, { { er_is }, door, NULL } }, \
    { naam "-2", melden, "{'" d "':'2026-10-02'}", DUO_WEIGER, DUO_FOUT, { { { PIP, PIP_ELDERS } }, NULL, NULL } }, \
    { naam "-2", melden, "{'" d "':'2026-10-02'}", DUO_LET_OP, DUO_ONBEKEND, { { OFF_PIP, er_is }, "deels " door "=0344", NULL } }, \
    { naam "-3", melden, "{'" d "':'2026-10-02'}", DUO_WEIGER, DUO_FOUT, { { Z_ROUTE, VOLDAAN }, NULL, NULL } }, \
    { naam "-3", melden, "{'" d "':'2026-10-02'}", DUO_LET_OP, DUO_ONBEKEND, { { { "<leerroute>B1-route</leerroute>", "" }, VOLDAAN }, NULL, NULL } }, \
    { naam "-4", melden, "{'" d "':'2025-06-01'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } }, \
    { naam "-5", melden, "{'" d "':'2026-10-02'}", DUO_WEIGER, DUO_FOUT, { { Z_ROUTE }, "zroute_afgerond=2026-10-01", NULL } }, \
    { naam "-5", melden, "{'" d "':'2026-10-02'}", DUO_WEIGER, DUO_FOUT, { { Z_ROUTE }, NULL, GEMELD(",{'operatie':'zroute.melden','op':'2026-10-01','inhoud':{'datumAfrondingZroute':'2026-10-01'}}") } }, \
    { naam "-5", melden, "{'" d "':'2026-10-02'}", DUO_LET_OP, DUO_ONBEKEND, { { Z_ROUTE }, "zroute_afgerond", NULL } }, \
    { naam "-6", melden, "{'" d "':'2026-11-27'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } }, \
    { naam "-7", melden, "{}", DUO_WEIGER, DUO_FOUT, { { Z_ROUTE }, "zroute_afgerond=2026-10-01", NULL } }, \
    { naam "-7", melden, "{}", DUO_LET_OP, DUO_ONBEKEND, { { Z_ROUTE }, "zroute_afgerond", NULL } }, \
    { naam "-8", melden, "{'" d "':'2026-11-22'}", DUO_WEIGER, DUO_FOUT, { { VOORBIJ }, NULL, NULL } }, \
    { naam "-8", melden, "{}", DUO_WEIGER, DUO_FOUT, { { VOORBIJ }, NULL, NULL } }, \
    { naam "-8", melden, "{'" d "':'2026-11-12'}", DUO_LET_OP, DUO_TWIJFEL, { { VOORBIJ }, NULL, NULL } }, \
    { naam "-9", melden, "{'" d "':'2026-11-12','verwijtbaar':'Nee'}", DUO_LET_OP, DUO_TWIJFEL, { { BIJNA }, NULL, NULL } }, \
    { naam "-9", melden, "{'" d "':'2026-11-12','verwijtbaar':'Ja'}", DUO_LET_OP, DUO_TWIJFEL, { { VOORBIJ }, NULL, NULL } }, \
    { naam "-10", melden, "{'verwijtbaar':'Nee'}", DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } }, \
    { naam "-10", melden, "{'verwijtbaar':'Nee'}", DUO_LET_OP, DUO_ONBEKEND, { { OFF_TERMIJN }, NULL, NULL } }, \
    { naam "-11", melden, "{'verwijtbaar':'Ja'}", DUO_WEIGER, DUO_FOUT, { { BIJNA }, NULL, NULL } }, \
    { naam "-11", melden, "{'verwijtbaar':'Ja'}", DUO_LET_OP, DUO_ONBEKEND, { { OFF_TERMIJN }, NULL, NULL } }, \
    { naam "-12", melden, "{}", DUO_LET_OP, DUO_FOUT, { { er_is }, door "=0344", NULL } }
    RESULTAAT("MAP", "map.melden", "datumEindgesprekMap", "map_door", MAP_ER_IS),
    RESULTAAT("PVT", "pvt.melden", "datumOndertekeningPvt", "pvt_door", PVT_ER_IS),
#define INSTELLING "uren-instelling.melden"
    { "UREN-1", INSTELLING, "{'uren':140,'bekendTot':'2026-11-01'}", DUO_LET_OP, DUO_ONBEKEND, { { { NULL, NULL } }, "geen-instellingen", NULL } },
    { "UREN-1", INSTELLING, "{'uren':140,'bekendTot':'2026-11-01'}", DUO_WEIGER, DUO_FOUT,
      { { { NULL, NULL } }, "instellingsnummer=1000000002", "[{'operatie':'aanbod.melden','op':'2025-07-01','instellingsnummer':'1000000002','inhoud':{'datumInburgeringsaanbod':'2025-07-01'}}]" } },
    { "UREN-2", INSTELLING, "{'uren':140,'bekendTot':'2026-11-01'}", DUO_WEIGER, DUO_FOUT, { { { "2025-06-02", "2026-11-02" } }, NULL, NULL } },
    { "UREN-2", INSTELLING, "{'uren':140,'bekendTot':'2026-11-01'}", DUO_LET_OP, DUO_ONBEKEND, { { OFF_TERMIJN }, NULL, NULL } },
    { "UREN-3", INSTELLING, "{'uren':140,'bekendTot':'2026-11-27'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } },
    { "UREN-4", INSTELLING, "{'uren':140,'bekendTot':'2025-06-30'}", DUO_WEIGER, DUO_FOUT, { { OFF_UREN }, NULL, NULL } },
    { "UREN-4", INSTELLING, "{'uren':14,'bekendTot':'2025-06-30'}", DUO_LET_OP, DUO_TWIJFEL, { { { "0344</gemeentecode><bekendTot>", "0599</gemeentecode><bekendTot>" } }, NULL, NULL } },
    { "UREN-6", INSTELLING, "{'uren':140,'bekendTot':'2026-08-31'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, NULL, NULL } },
    { "UREN-6", INSTELLING, "{'uren':140,'bekendTot':'2026-10-02'}", DUO_WEIGER, DUO_FOUT,
      { { { NULL, NULL } }, NULL, GEMELD(",{'operatie':'uren-instelling.melden','op':'2026-10-03','instellingsnummer':'1000000001','inhoud':{'uren':1,'bekendTot':'2026-10-03'}}") } },
    { "UREN-6", INSTELLING, "{'uren':140,'bekendTot':'2026-08-31'}", DUO_LET_OP, DUO_ONBEKEND, { { OFF_UREN }, "deels", NULL } },
    { "UREN-5", INSTELLING, "{'uren':140,'bekendTot':'2026-11-01'}", DUO_WEIGER, DUO_FOUT, { { { NULL, NULL } }, NULL, GEMELD(",{'operatie':'aanbod.intrekken','op':'2026-01-01','instellingsnummer':'1000000001'}") } },
    { "UREN-5", INSTELLING, "{'uren':140,'bekendTot':'2026-11-01'}", DUO_WEIGER, DUO_FOUT,
      { { { NULL, NULL } }, NULL, "[{'operatie':'aanbod.melden','op':'2026-01-01','instellingsnummer':'1000000001','inhoud':{'indicatorAlfabetiseringsonderwijs':'A'}}]" } },
    { "UREN-5", INSTELLING, "{'uren':140,'bekendTot':'2026-11-01'}", DUO_LET_OP, DUO_ONBEKEND, { { { NULL, NULL } }, NULL, "[]" } },
    { "REL-7", INSTELLING, "{'uren':14,'bekendTot':'2026-11-01'}", DUO_LET_OP, DUO_FOUT, { { { "0344</gemeentecode><bekendTot>", "0599</gemeentecode><bekendTot>" } }, NULL, "[]" } },
    { "REL-8", INSTELLING, "{'uren':140,'bekendTot':'2026-11-02'}", DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, "vertrek=2026-11-01", NULL } },
    { "REL-9", INSTELLING, "{'uren':100,'bekendTot':'2026-11-02'}", DUO_LET_OP, DUO_FOUT, { { { "0344</gemeentecode><bekendTot>", "0599</gemeentecode><bekendTot>" } }, NULL, NULL } },
    { "REL-9", "uren-taalles.melden", "{'uren':60}", DUO_LET_OP, DUO_FOUT, { { { UREN("0344", "2026-09-01"),
      "<uren><gemeentecode>0599</gemeentecode><bekendTot>2026-09-01</bekendTot><participatieAlsTaalles>60</participatieAlsTaalles></uren>" } }, NULL, NULL } },
    { "REL-10", "pip.intrekken", NULL, DUO_LET_OP, DUO_FOUT, { { OFF_TERMIJN, OFF_UREN }, "eerste_pip=2025-03-01", NULL } },
    { "REL-11", "contactpersoon.koppelen", NULL, DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, "vertrek=2026-11-01", NULL } },
    { "REL-11", "contactpersoon.ontkoppelen", NULL, DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, "vertrek=2026-11-01", NULL } },
    { "REL-12", "lbt-examennummer.intrekken", NULL, DUO_LET_OP, DUO_FOUT, { { { NULL, NULL } }, "vertrek=2026-11-01", NULL } },
    { "SCOPE-3", "pip.lezen", NULL, DUO_LET_OP, DUO_FOUT, { { { PIP, PIP_ELDERS } }, "vestiging=2026-12-01", NULL } },
    { "SCOPE-5", "pip.lezen", NULL, DUO_LET_OP, DUO_FOUT, { { OFF_PIP }, "vertrek=2026-11-26 eerste_pip=", NULL } },
    { "SCOPE-6", "pip.lezen", NULL, DUO_LET_OP, DUO_FOUT, { { { PIP, PIP_ELDERS } }, "vertrek=2026-10-01 vandaag=2026-12-02", NULL } },
};
/* clang-format on */
#define CASE_COUNT (sizeof(CASES) / sizeof(CASES[0]))

static void each_case_breaks_its_rule_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct heard heard = { .ids = "" };
        struct fault fault = { 0 };
        bool good =
            resident_judge(CASES[i].operatie, CASES[i].body, &CASES[i].change, &heard, &fault);
        if (strcmp(heard.ids, CASES[i].regel) != 0 || heard.ernst != CASES[i].ernst
            || heard.oordeel != CASES[i].oordeel)
            fail_msg("case %zu, %s: heard '%s' %s %d", i, CASES[i].regel, heard.ids,
                     duo_ernst_name(heard.ernst), (int)heard.oordeel);
        assert_int_equal(good, CASES[i].ernst == DUO_LET_OP);
        assert_int_equal(fault.code, good ? FAULT_NONE : FAULT_RULE);
        assert_true(good || strstr(fault.text, CASES[i].regel));
    }
}

/* --- the table --------------------------------------------------------------------------- */

static bool has_case(const char *id)
{
    for (size_t i = 0; i < CASE_COUNT; i++)
        if (strcmp(CASES[i].regel, id) == 0)
            return true;
    return false;
}

static void each_row_that_is_held_is_broken_by_a_case(void **state)
{
    const struct duo_regel *row;

    (void)state;
    for (size_t i = 0; (row = duo_regel_at(i)); i++)
        if (row->check && !has_case(row->id))
            fail_msg("no case breaks %s", row->id);
}

/* Every one of the list, in DUO's own numbering. */
static void all_rules_of_duo_are_there(void **state)
{
    static const struct {
        const char *name;
        int first, last;
    } RANGES[] = { { "PIP", 2, 12 }, { "CP", 1, 2 },   { "IA", 1, 7 },   { "MAP", 1, 12 },
                   { "PVT", 1, 12 }, { "UREN", 1, 6 }, { "REL", 1, 12 }, { "SCOPE", 1, 6 } };
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(RANGES) / sizeof(RANGES[0]); i++)
        for (int n = RANGES[i].first; n <= RANGES[i].last; n++, count++) {
            char id[16];
            (void)snprintf(id, sizeof(id), "%s-%d", RANGES[i].name, n);
            if (!duo_regel_named(id))
                fail_msg("no row %s", id);
        }
    assert_non_null(duo_regel_at(count - 1));
    assert_null(duo_regel_at(count));
    assert_null(duo_regel_named("IA-8"));
    assert_null(duo_regel_named("IA-5")->check);
}

static void names_are_operations(const struct duo_regel *row)
{
    SCOPED_MEM char *names = mem_copy(row->operatie);
    char *rest = NULL;

    if (strcmp(names, "*") == 0)
        return;
    for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        if (!duo_operation_named(name))
            fail_msg("%s: no operation %s", row->id, name);
}

static void each_row_is_whole(void **state)
{
    const struct duo_regel *row;

    (void)state;
    for (size_t i = 0; (row = duo_regel_at(i)); i++) {
        const char *const texts[] = { row->bron, row->nl, row->doen };
        assert_ptr_equal(duo_regel_named(row->id), row);
        names_are_operations(row);
        for (size_t n = 0; n < sizeof(texts) / sizeof(texts[0]); n++)
            assert_in_range(strlen(texts[n]), 5, 160);
    }
}

static void a_finding_reads_as_a_sentence(void **state)
{
    const struct duo_regel *row = duo_regel_named("PIP-5");
    const struct duo_bevinding known = { row, DUO_WEIGER, DUO_FOUT };
    const struct duo_bevinding unknown = { row, DUO_LET_OP, DUO_ONBEKEND };
    SCOPED_BUF struct buf text = { 0 };

    (void)state;
    duo_bevinding_text(&known, &text);
    assert_string_equal(buf_text(&text),
                        "de dagtekening ligt voor de vestiging in deze gemeente; "
                        "verbeter de dagtekening of de dag van vestiging");
    buf_clear(&text);
    duo_bevinding_text(&unknown, &text);
    assert_non_null(
        strstr(buf_text(&text), "niet bekend is de dag van vestiging in deze gemeente"));
    assert_string_equal(duo_ernst_name(DUO_WEIGER), "weiger");
    assert_string_equal(duo_ernst_name(DUO_LET_OP), "let op");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_breaks_its_rule_alone),
        cmocka_unit_test(each_row_that_is_held_is_broken_by_a_case),
        cmocka_unit_test(all_rules_of_duo_are_there),
        cmocka_unit_test(each_row_is_whole),
        cmocka_unit_test(a_finding_reads_as_a_sentence),
    };

    return cmocka_run_group_tests(tests, install, NULL);
}
