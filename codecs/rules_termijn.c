/* rules_termijn -- the ten weeks for the PIP, the three years to integrate, extensions, and
 * how long a dossier may be kept. DUO is the source of the term: all of these are warnings.
 */
#include <string.h>

#include "codecs/datum.h"
#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

/* --- the first PIP ------------------------------------------------------------------- */

/* The first PIP was made then; without one, today at the earliest. 0: nobody says. */
static long made(const struct rules_walk *walk)
{
    const char *status = rules_attribute(rules_at(walk, "pip"), "status");

    if (walk->first_pip)
        return walk->first_pip;
    return strcmp(status, "leeg") == 0 ? walk->peildatum : 0;
}

static void check_pip(struct rules_walk *walk)
{
    const xmlNode *vestiging = rules_at(walk, "intake/vestiging");

    if (!walk->wi2021 || !vestiging || rules_has(vestiging, "redenOverschrijding"))
        return;
    if (made(walk) > rules_day(vestiging, "datumVestiging") + 7L * walk->limits->pip_weken)
        rules_found(walk, vestiging, "redenOverschrijding");
}

static void check_vestiging(struct rules_walk *walk)
{
    if (rules_given(walk, "intake") && !rules_has(walk->dossier, "intake/vestiging"))
        rules_found(walk, rules_at(walk, "intake"), "vestiging");
}

/* --- the term ------------------------------------------------------------------------ */

static void check_start(struct rules_walk *walk)
{
    if (walk->start && walk->first_pip && walk->start != walk->first_pip + 1)
        rules_found(walk, rules_at(walk, "duo/gelezen/inburgeringstermijn"), "startdatum");
}

static bool has_one(const struct rules_walk *walk, const char *path, const char *name,
                    const char *text)
{
    const xmlNode *node = rules_at(walk, path);

    while (node && !rules_is(node, name, text))
        node = xmldoc_next(node);
    return node != NULL;
}

/* A temporary vrijstelling moves the end too. */
static bool is_extended(const struct rules_walk *walk)
{
    const xmlNode *termijn = rules_at(walk, "duo/gelezen/inburgeringstermijn");

    return rules_has(termijn, "verlengingsgrondcode")
           || rules_has(termijn, "verlengingsgrondomschrijving")
           || has_one(walk, "duo/gelezen/verlenging", "beoordelingAanvraag", "Toegekend")
           || has_one(walk, "duo/gelezen/vrijstelling", "soort", "tijdelijk");
}

/* A day of play: 29 February has no third anniversary. */
static void check_end(struct rules_walk *walk)
{
    if (!walk->start || !walk->einde)
        return;
    long lawful = datum_add_months(walk->start, 12 * walk->limits->termijn_jaren);
    if (walk->einde < lawful - 1 || (walk->einde > lawful + 1 && !is_extended(walk)))
        rules_found(walk, rules_at(walk, "duo/gelezen/inburgeringstermijn"), "einddatum");
}

static void latest_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    (void)with;
    if (walk->einde && rules_day(part, "uiterlijkBehaaldOp") > walk->einde)
        rules_found(walk, part, "uiterlijkBehaaldOp");
}

static void check_latest(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie/map", latest_of, NULL);
    rules_each(walk, "pip/versie/pvt", latest_of, NULL);
    rules_each(walk, "voortgang/map", latest_of, NULL);
    rules_each(walk, "voortgang/pvt", latest_of, NULL);
}

/* --- extensions ---------------------------------------------------------------------- */

static void request_of(struct rules_walk *walk, const xmlNode *verlenging, const void *with)
{
    (void)with;
    if (rules_day(verlenging, "datumVerzoek") < walk->start)
        rules_found(walk, verlenging, "datumVerzoek");
}

static void check_request(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/verlenging", request_of, NULL);
}

static void verdict_of(struct rules_walk *walk, const xmlNode *verlenging, const void *with)
{
    bool pending = rules_is(verlenging, "beoordelingAanvraag", "InBehandeling");

    (void)with;
    if (pending == rules_has(verlenging, "datumBeoordeling"))
        rules_found(walk, verlenging, "datumBeoordeling");
}

static void check_verdict(struct rules_walk *walk)
{
    rules_each(walk, "duo/gelezen/verlenging", verdict_of, NULL);
}

/* --- keeping ------------------------------------------------------------------------- */

static void check_keeping(struct rules_walk *walk)
{
    static const char *const ENDS[] = { "inburgeringsplicht/einddatum", "diploma",
                                        "certificaat" };
    const xmlNode *gelezen = rules_at(walk, "duo/gelezen");
    long today = walk->limits->today ? walk->limits->today : walk->peildatum, end = 0;

    for (size_t i = 0; gelezen && i < sizeof(ENDS) / sizeof(ENDS[0]); i++)
        if (rules_day(gelezen, ENDS[i]) > end)
            end = rules_day(gelezen, ENDS[i]);
    if (end && today > datum_add_months(end, 12 * walk->limits->bewaar_jaren))
        rules_found(walk, walk->dossier, NULL);
}

/* clang-format off */
const struct rule RULES_TERMIJN[] = {
    { "termijn-pip", RULES_WARN, check_pip, "art. 15 Wet inburgering 2021; BI-GEM-02",
      "het PIP kwam niet binnen tien weken na vestiging, en waarom staat er niet bij",
      "the PIP came later than ten weeks after settlement, without a reason",
      "vul redenOverschrijding in", "give redenOverschrijding" },
    { "termijn-vestiging", RULES_WARN, check_vestiging, "BI-GEM-02",
      "de datum van vestiging ontbreekt", "the date of settlement is missing",
      "neem de datum over uit de BRP", "take the date from the BRP" },
    { "termijn-start", RULES_WARN, check_start, "art. 11 Wet inburgering 2021; BI-DUO-01",
      "de termijn begint niet op de dag na het eerste PIP",
      "the term does not start the day after the first PIP",
      "ontbreekt een eerdere versie van het PIP?",
      "is an earlier version of the PIP missing?" },
    { "termijn-einde", RULES_WARN, check_end, "art. 11 Wet inburgering 2021; VL-DUO-03",
      "de termijn duurt geen drie jaar, en een verlenging staat er niet bij",
      "the term is not three years, and no extension is given",
      "lees termijn en verlengingen opnieuw bij DUO", "read term and extensions at DUO anew" },
    { "termijn-afspraak", RULES_WARN, check_latest,
      "MAP-DUO-01 PVT-DUO-01 MAP-NAANB-03 PVT-NAANB-03",
      "ligt na het einde van de termijn", "lies after the end of the term",
      "vergelijk met de termijn bij DUO", "compare with the term at DUO" },
    { "verlenging-verzoek", RULES_WARN, check_request, "VL-GEM-01 VL-DUO-01",
      "ligt voor het begin van de termijn", "lies before the term begins",
      "controleer de datum van het verzoek", "check the date of the request" },
    { "verlenging-beoordeling", RULES_WARN, check_verdict, "VL-DUO-02",
      "hoort bij een beoordeeld verzoek, en niet bij een verzoek in behandeling",
      "belongs to a request that was judged, not to one in behandeling",
      "lees de verlengingen opnieuw bij DUO", "read the extensions at DUO anew" },
    { "bewaartermijn", RULES_WARN, check_keeping,
      "art. 5 lid 1 onder e AVG; bewaartermijn Wi2021",
      "de bewaartermijn na het einde van de inburgering is voorbij",
      "the time to keep it after the end of the duty is over",
      "mag dit dossier nog bestaan? vernietig het anders",
      "may this dossier still exist? else destroy it" },
    { 0 },
};
/* clang-format on */
