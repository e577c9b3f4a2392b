/* resident -- see resident.h. */
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
#include "codecs/xmldoc.h"
#include "tests/codecs/resident.h"
#include "tests/sample.h"

static const char GELEZEN[] =
    "<gelezen xmlns=\"urn:nl:estafette:dossier:1\" op=\"2026-11-25\"><inburgeringsplicht>"
    "<indicatorInburgeringsplicht>ja</indicatorInburgeringsplicht>"
    "<begindatum>2025-01-01</begindatum></inburgeringsplicht><doelgroep>"
    "<indeling>Asielstatushouder</indeling></doelgroep>" TERMIJN UREN("0344", "2026-09-01") PIP
    "</gelezen>";

static const char INSTELLINGEN[] =
    "[{'instellingsnummer':'1000000001','indicatieBowKeurmerk':true,"
    "'indicatieTstKeurmerk':false},{'instellingsnummer':'1000000002',"
    "'indicatieBowKeurmerk':false,'indicatieTstKeurmerk':false}]";

void resident_hear(void *context, const struct duo_bevinding *bevinding)
{
    struct heard *heard = context;
    size_t size = strlen(heard->ids);

    (void)snprintf(heard->ids + size, sizeof(heard->ids) - size, "%s%s", size ? " " : "",
                   bevinding->regel->id);
    heard->ernst = bevinding->ernst;
    heard->oordeel = bevinding->oordeel;
}

json_t *resident_json(const char *text)
{
    SCOPED_MEM char *json = text ? mem_copy(text) : NULL;

    for (char *at = json; at && *at; at++)
        if (*at == '\'')
            *at = '"';
    json_t *root = json ? json_loads(json, 0, NULL) : NULL;
    if (text && !root)
        fail_msg("no JSON: %s", text);
    return root;
}

/* "name=value name=value": a name alone sets what is not known. */
static void set_fact(struct duo_facts *facts, char *pair)
{
    const struct {
        const char *name;
        const char **text;
    } TEXTS[] = {
        { "vandaag", &facts->vandaag },
        { "vestiging", &facts->vestiging },
        { "vertrek", &facts->vertrek },
        { "eerste_pip", &facts->eerste_pip },
        { "pip_geregistreerd", &facts->pip_geregistreerd },
        { "map_door", &facts->map_door },
        { "pvt_door", &facts->pvt_door },
        { "zroute_afgerond", &facts->zroute_afgerond },
        { "instellingsnummer", &facts->instellingsnummer },
        { "gemeentecode", &facts->gemeentecode },
    };
    char *value = strchr(pair, '=');

    if (value)
        *value++ = '\0';
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
        if (strcmp(TEXTS[i].name, pair) == 0) {
            *TEXTS[i].text = value;
            return;
        }
    if (strcmp(pair, "deels") == 0)
        facts->volledig = false;
    else if (strcmp(pair, "gekoppeld") == 0)
        facts->niemand_gekoppeld = false;
    else if (strcmp(pair, "registratie") == 0)
        facts->toegang_vanaf = DUO_VANAF_REGISTRATIE;
    else if (strcmp(pair, "geen-instellingen") == 0)
        facts->instellingen = NULL;
    else
        fail_msg("no such fact: %s", pair);
}

static void set_facts(struct duo_facts *facts, char *pairs)
{
    for (char *at = pairs; at && *at;) {
        char *next = strchr(at, ' ');
        if (next)
            *next++ = '\0';
        set_fact(facts, at);
        at = next;
    }
}

static char *edited(const struct edit *edits)
{
    char *xml = mem_copy(GELEZEN);

    for (size_t i = 0; i < EDITS_MAX && edits[i].from; i++) {
        char *next = sample_replace(xml, edits[i].from, edits[i].to);
        free(xml);
        xml = next;
    }
    return xml;
}

void resident_release(struct resident *made)
{
    xmldoc_release(&made->doc);
    json_decref(made->instellingen);
    json_decref(made->gemeld);
    free(made->pairs);
}

void resident_make(struct resident *made, const struct change *change)
{
    SCOPED_MEM char *xml = edited(change->edits);
    struct fault fault = { 0 };

    if (!xmldoc_parse(xml, strlen(xml), &made->doc, &fault))
        fail_msg("%s", fault.text);
    made->instellingen = resident_json(INSTELLINGEN);
    made->gemeld = resident_json(change->gemeld ? change->gemeld : GEMELD(""));
    made->pairs = change->facts ? mem_copy(change->facts) : NULL;
    made->facts = (struct duo_facts){
        .gelezen = xmlDocGetRootElement(made->doc),
        .volledig = true,
        .gemeld = made->gemeld,
        .instellingen = made->instellingen,
        .instellingsnummer = "1000000001",
        .gemeentecode = "0300 0344",
        .vandaag = "2026-11-26",
        .vestiging = "2025-05-01",
        .vertrek = "",
        .eerste_pip = "2025-06-01",
        .map_door = "",
        .pvt_door = "",
        .zroute_afgerond = "",
        .niemand_gekoppeld = true,
    };
    set_facts(&made->facts, made->pairs);
}

bool resident_judge(const char *operatie, const char *body, const struct change *change,
                    struct heard *heard, struct fault *fault)
{
    SCOPED_RESIDENT struct resident made = { 0 };
    const struct duo_operation *operation = duo_operation_named(operatie);
    json_auto_t *json = resident_json(body);

    if (!operation)
        fail_msg("no operation %s", operatie);
    resident_make(&made, change);
    return duo_regels(operation, json, &made.facts, resident_hear, heard, fault);
}
