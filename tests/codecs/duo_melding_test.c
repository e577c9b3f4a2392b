/* The dossier as reports to DUO: what is sent is made of what is known, or it is said what
 * lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "codecs/json.h"
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

static json_t *parse(const char *text)
{
    json_t *root = NULL;
    struct fault fault = { 0 };

    if (!json_read(text, strlen(text), JSON_BYTES_MAX, &root, &fault))
        fail_msg("%s: %s", text, fault.text);
    return root;
}

static const struct {
    const char *operation, *dossier, *path, *json;
} REPORTS[] = {
    { "pip.melden", "asielstatushouder.xml", "pip/versie",
      "{\"dagtekeningPip\": \"2025-04-07\", \"leerroute\": \"B\", \"niveau\": \"B1\","
      " \"geschatteIntensiteitB1Route\": 900, \"indicatorAlfabetiseringsonderwijs\": "
      "\"AA\"}" },
    { "uren-bredeintake.melden", "asielstatushouder.xml", "intake/urenTaallesEnKnm",
      "{\"uren\": 24}" },
    { "uren-instelling.melden", "asielstatushouder.xml", "voortgang/traject",
      "{\"uren\": 452, \"urenGeoorloofdVerzuim\": 18, \"urenOngeoorloofdVerzuim\": 36,"
      " \"bekendTot\": \"2026-11-01\"}" },
    { "uren-participatie.melden", "ingeburgerd-met-verlenging.xml",
      "voortgang/zroute/urenParticipatie", "{\"uren\": 803}" },
    { "zroute.melden", "ingeburgerd-met-verlenging.xml", "voortgang/zroute",
      "{\"datumAfrondingZroute\": \"2026-03-27\"}" },
};

static void a_report_is_made_of_the_dossier(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(REPORTS) / sizeof(REPORTS[0]); i++) {
        SCOPED_MEM char *sample = sample_dossier(REPORTS[i].dossier);
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        struct fault fault = { 0 };
        json_t *body = NULL, *want = parse(REPORTS[i].json);
        assert_true(dossier_read(sample, strlen(sample), NULL, NULL, &doc, &fault));
        if (!duo_to_json(duo_operation_named(REPORTS[i].operation)->body,
                         xmldoc_at(xmlDocGetRootElement(doc), REPORTS[i].path), &body, &fault))
            fail_msg("%s: %s", REPORTS[i].operation, fault.text);
        if (!json_equal(body, want))
            fail_msg("%s: %s", REPORTS[i].operation, json_dumps(body, 0));
        json_decref(want);
        json_decref(body);
    }
}

static const struct {
    const char *operation, *xml, *json, *says; /* json or says */
} PARTS[] = {
    { "map.melden", "<datumBehaald>2026-03-23</datumBehaald><verwijtbaar>nee</verwijtbaar>",
      "{\"datumEindgesprekMap\": \"2026-03-23\", \"verwijtbaar\": \"Nee\"}", NULL },
    { "pvt.melden", "<verwijtbaar>ja</verwijtbaar>", "{\"verwijtbaar\": \"Ja\"}", NULL },
    { "zroute.melden", "<startdatum>2026-01-01</startdatum>", "{}", NULL },
    { "aanbod.melden",
      "<datumInburgeringsaanbod>2026-12-08</datumInburgeringsaanbod><beoogdeStartdatum>"
      "2027-01-04</beoogdeStartdatum><beoogdeEinddatum>2027-12-24</beoogdeEinddatum>"
      "<alfabetisering>NVT</alfabetisering>",
      "{\"datumInburgeringsaanbod\": \"2026-12-08\", \"verwachteStartdatumOpleiding\":"
      " \"2027-01-04\", \"verwachteEinddatumOpleiding\": \"2027-12-24\","
      " \"indicatorAlfabetiseringsonderwijs\": \"NVT\"}",
      NULL },
    { "contactpersoon.melden",
      "<naam>Team Instroom</naam><telefoonnummer>030-0000000</telefoonnummer>"
      "<email>i@example.org</email>",
      "{\"naam\": \"Team Instroom\", \"telefoonnummer\": \"030-0000000\", \"email\":"
      " \"i@example.org\"}",
      NULL },
    { "pip.melden",
      "<dagtekening>2026-12-01</dagtekening><leerroute>Z-route</leerroute>"
      "<magOpleidingAfmaken>nee</magOpleidingAfmaken>",
      "{\"dagtekeningPip\": \"2026-12-01\", \"leerroute\": \"Z\","
      " \"indicatorMagOpleidingAfmaken\": false}",
      NULL },
    { "aanbod.melden", "<naam>x</naam>", NULL,
      "/indicatorAlfabetiseringsonderwijs: is required" },
    { "pip.melden", "<dagtekening>2026-12-01</dagtekening>", NULL, "/leerroute: is required" },
    { "pip.melden", "<dagtekening>2026-12-01</dagtekening><leerroute>X</leerroute>", NULL,
      "/leerroute: none of DUO's codes" },
    { "pip.melden", "<dagtekening>1 mei</dagtekening><leerroute>Z-route</leerroute>", NULL,
      "/dagtekeningPip: no day" },
    { "uren-instelling.melden",
      "<uren><bekendTot>2026-11-01</bekendTot>"
      "<gerealiseerd>12345</gerealiseerd></uren>",
      NULL, "/uren: no whole number 0 to 9999" },
    { "uren-instelling.melden", "<uren><gerealiseerd>12</gerealiseerd></uren>", NULL,
      "/bekendTot: is required" },
    { "contactpersoon.melden",
      "<naam>Team 3</naam><telefoonnummer>030-0000000</telefoonnummer>"
      "<email>i@example.org</email>",
      NULL, "/naam: no text as DUO wants it" },
};

static void a_part_gives_its_report_or_says_what_lacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
        SCOPED_BUF struct buf xml = { 0 };
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        struct fault fault = { 0 };
        json_t *body = NULL, *want = PARTS[i].json ? parse(PARTS[i].json) : NULL;
        buf_addf(&xml, "<deel xmlns=\"%s\">%s</deel>", DOSSIER_NS, PARTS[i].xml);
        assert_true(xmldoc_parse(xml.data, xml.size, &doc, &fault));
        bool made = duo_to_json(duo_operation_named(PARTS[i].operation)->body,
                                xmlDocGetRootElement(doc), &body, &fault);
        if (made != (want != NULL) || (want && !json_equal(body, want)))
            fail_msg("%s %zu: %s", PARTS[i].operation, i, fault.text);
        if (!made && !strstr(fault.text, PARTS[i].says))
            fail_msg("%s: %s", PARTS[i].operation, fault.text);
        json_decref(want);
        json_decref(body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_made_of_the_dossier),
        cmocka_unit_test(a_part_gives_its_report_or_says_what_lacks),
    };

    return cmocka_run_group_tests(tests, install, uninstall);
}
