/* sim_rules -- see sim_rules.h. */
#include "tools/duosim/sim_rules.h"

#include <string.h>

#include "tools/duosim/sim_checks.h"

/* clang-format off */
static const struct sim_rule RULES[] = {
    { "PIP-2",  "pip.melden", "De dagtekening van het PIP ligt voor de begindatum van de inburgeringsplicht.", sim_checks_pip_2 },
    { "PIP-3",  "pip.melden", "De dagtekening van het gewijzigde PIP ligt voor de dagtekening van het eerste PIP.", sim_checks_pip_3 },
    { "PIP-4",  "pip.melden", "De dagtekening van het gewijzigde PIP ligt voor de dagtekening van het actuele PIP.", sim_checks_pip_4 },
    { "PIP-5",  "pip.melden", "De dagtekening van het PIP ligt voor de datum van vestiging in de gemeente.", sim_checks_pip_5 },
    { "PIP-6",  "pip.melden", "Niveau A2 is niet toegestaan bij de onderwijsroute.", sim_checks_pip_6 },
    { "PIP-7",  "pip.melden", "Niveau B1 is niet toegestaan bij de zelfredzaamheidsroute.", sim_checks_pip_7 },
    { "PIP-8",  "pip.melden", "Niveau A2 is bij de B1-route niet toegestaan in het eerste PIP.", sim_checks_pip_8 },
    { "PIP-10", "pip.melden", "De geschatte intensiteit van de B1-route is alleen toegestaan bij de B1-route van een asielstatushouder.", sim_checks_pip_10 },
    { "PIP-11", "pip.intrekken", "Het PIP kan niet worden verwijderd: de inburgeringstermijn is vastgesteld.", sim_checks_pip_11 },
    { "PIP-12", "pip.intrekken", "Het PIP kan niet worden verwijderd: er zijn cursusuren geregistreerd bij het actuele inburgeringsaanbod.", sim_checks_pip_12 },

    { "IA-1",   "aanbod.melden", "Een inburgeringsaanbod is alleen toegestaan voor een asielstatushouder.", sim_checks_ia_1 },
    { "IA-2",   "aanbod.melden", "Er is geen PIP bekend voor deze persoon.", sim_checks_ia_2 },
    { "IA-3",   "aanbod.melden", "De instelling is niet bekend of heeft niet het keurmerk dat bij de leerroute hoort.", sim_checks_ia_3 },
    { "IA-4",   "aanbod.melden", "Een datum van het inburgeringsaanbod ligt voor de dagtekening van het actuele PIP.", sim_checks_ia_4 },
    { "IA-6",   "aanbod.melden", "De verwachte start- en einddatum van de opleiding moeten binnen de inburgeringstermijn liggen.", sim_checks_ia_6 },

    { "MAP-1",  "map.melden", "De datum eindgesprek MAP is door een andere gemeente aangeleverd en kan niet worden gewijzigd.", sim_checks_deel_1 },
    { "MAP-2",  "map.melden", "Uw gemeente heeft niet het actuele PIP van deze persoon.", sim_checks_deel_2 },
    { "MAP-3",  "map.melden", "De inburgeringsplicht is al voldaan via de zelfredzaamheidsroute.", sim_checks_deel_3 },
    { "MAP-4",  "map.melden", "De datum eindgesprek MAP ligt voor de start van de inburgeringstermijn.", sim_checks_deel_4 },
    { "MAP-5",  "map.melden", "De datum eindgesprek MAP ligt na de datum afronding Z-route.", sim_checks_deel_5 },
    { "MAP-6",  "map.melden", "De datum eindgesprek MAP ligt in de toekomst.", sim_checks_deel_6 },
    { "MAP-7",  "map.melden", "De datum eindgesprek MAP kan niet worden ingetrokken: de Z-route is afgerond.", sim_checks_deel_7 },
    { "MAP-8",  "map.melden", "Verwijtbaar is verplicht: de inburgeringstermijn is overschreden.", sim_checks_deel_8 },
    { "MAP-9",  "map.melden", "Verwijtbaar is niet toegestaan: het eindgesprek MAP was voor het einde van de inburgeringstermijn.", sim_checks_deel_9 },
    { "MAP-10", "map.melden", "Niet verwijtbaar is alleen toegestaan als de inburgeringstermijn binnen twee maanden eindigt of is overschreden.", sim_checks_deel_10 },
    { "MAP-11", "map.melden", "Verwijtbaar is alleen toegestaan als de inburgeringstermijn is overschreden.", sim_checks_deel_11 },

    { "PVT-1",  "pvt.melden", "De datum ondertekening PVT is door een andere gemeente aangeleverd en kan niet worden gewijzigd.", sim_checks_deel_1 },
    { "PVT-2",  "pvt.melden", "Uw gemeente heeft niet het actuele PIP van deze persoon.", sim_checks_deel_2 },
    { "PVT-3",  "pvt.melden", "De inburgeringsplicht is al voldaan via de zelfredzaamheidsroute.", sim_checks_deel_3 },
    { "PVT-4",  "pvt.melden", "De datum ondertekening PVT ligt voor de start van de inburgeringstermijn.", sim_checks_deel_4 },
    { "PVT-5",  "pvt.melden", "De datum ondertekening PVT ligt na de datum afronding Z-route.", sim_checks_deel_5 },
    { "PVT-6",  "pvt.melden", "De datum ondertekening PVT ligt in de toekomst.", sim_checks_deel_6 },
    { "PVT-7",  "pvt.melden", "De datum ondertekening PVT kan niet worden ingetrokken: de Z-route is afgerond.", sim_checks_deel_7 },
    { "PVT-8",  "pvt.melden", "Verwijtbaar is verplicht: de inburgeringstermijn is overschreden.", sim_checks_deel_8 },
    { "PVT-9",  "pvt.melden", "Verwijtbaar is niet toegestaan: het PVT is voor het einde van de inburgeringstermijn ondertekend.", sim_checks_deel_9 },
    { "PVT-10", "pvt.melden", "Niet verwijtbaar is alleen toegestaan als de inburgeringstermijn binnen twee maanden eindigt of is overschreden.", sim_checks_deel_10 },
    { "PVT-11", "pvt.melden", "Verwijtbaar is alleen toegestaan als de inburgeringstermijn is overschreden.", sim_checks_deel_11 },

    { "UREN-1", "uren-instelling.melden", "De instelling is niet bekend of heeft niet het keurmerk dat bij de leerroute hoort.", sim_checks_ia_3 },
    { "UREN-2", "uren-instelling.melden", "De datum bekend tot ligt voor de start van de inburgeringstermijn.", sim_checks_uren_2 },
    { "UREN-3", "uren-instelling.melden", "De datum bekend tot ligt in de toekomst.", sim_checks_uren_3 },
    { "UREN-4", "uren-instelling.melden", "De datum bekend tot ligt voor het eerste inburgeringsaanbod bij deze instelling.", sim_checks_uren_4 },
    { "UREN-5", "uren-instelling.melden", "Er is geen inburgeringsaanbod met een startdatum bij deze instelling.", sim_checks_uren_5 },
    { "UREN-6", "uren-instelling.melden", "De datum bekend tot ligt voor de datum die eerder is geregistreerd.", sim_checks_uren_6 },
};
/* clang-format on */
#define COUNT (sizeof(RULES) / sizeof(RULES[0]))

const struct sim_rule *sim_rules_at(size_t index)
{
    return index < COUNT ? &RULES[index] : NULL;
}

json_t *sim_rules_broken(const struct sim_case *c)
{
    json_t *texts = NULL;

    for (const struct sim_rule *rule = RULES; rule < RULES + COUNT; rule++) {
        if (strcmp(rule->operation, c->operation->name) != 0 || rule->keeps(c))
            continue;
        if (!texts)
            texts = json_array();
        json_array_append_new(texts, json_pack("{s:s}", "fouttekst", rule->says));
    }
    return texts;
}
