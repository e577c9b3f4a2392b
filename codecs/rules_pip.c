/* rules_pip -- the versions of the PIP: their order, and route, niveau and agreements of each.
 */
#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

/* --- order --------------------------------------------------------------------------- */

static const xmlNode *previous(const xmlNode *versie)
{
    const xmlNode *node = versie->prev;

    while (node && node->type != XML_ELEMENT_NODE)
        node = node->prev;
    return node; /* the schema has nothing but versions before a version */
}

static void order_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    const xmlNode *before = previous(versie);

    (void)with;
    if (before && rules_day(versie, "dagtekening") < rules_day(before, "dagtekening"))
        rules_found(walk, versie, "dagtekening");
}

static void check_order(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", order_of, NULL);
}

static void check_plicht(struct rules_walk *walk)
{
    long begin = rules_day(walk->dossier, "duo/gelezen/inburgeringsplicht/begindatum");

    if (walk->first_pip && walk->first_pip < begin)
        rules_found(walk, rules_at(walk, "pip/versie"), "dagtekening");
}

static const xmlNode *last_version(const struct rules_walk *walk)
{
    const xmlNode *versie = rules_at(walk, "pip/versie"), *last = versie;

    for (; versie; versie = xmldoc_next(versie))
        last = versie;
    return last;
}

/* Only where all versions are of one municipality: earlier ones precede a later settlement. */
static void check_vestiging(struct rules_walk *walk)
{
    const xmlNode *first = rules_at(walk, "pip/versie");
    long settled = rules_day(walk->dossier, "intake/vestiging/datumVestiging");

    if (first && walk->first_pip < settled
        && rules_same(first, last_version(walk), "gemeentecode"))
        rules_found(walk, first, "dagtekening");
}

/* --- route and niveau ---------------------------------------------------------------- */

struct pair {
    const char *leerroute, *niveau;
};

static void pair_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    const struct pair *pair = with;

    if (rules_is(versie, "leerroute", pair->leerroute)
        && rules_is(versie, "niveau", pair->niveau))
        rules_found(walk, versie, "niveau");
}

static void check_onderwijs(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", pair_of, &(struct pair){ "onderwijsroute", "A2" });
}

static void check_zroute(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", pair_of, &(struct pair){ "Z-route", "B1" });
}

/* The dossier holds all versions, of all municipalities. */
static void check_first(struct rules_walk *walk)
{
    const xmlNode *first = rules_at(walk, "pip/versie");

    if (first)
        pair_of(walk, first, &(struct pair){ "B1-route", "A2" });
}

static void intensity_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    (void)with;
    if (rules_has(versie, "intensiteitB1") && !rules_is(versie, "leerroute", "B1-route"))
        rules_found(walk, versie, "intensiteitB1");
}

static void check_intensity(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", intensity_of, NULL);
}

/* --- changes ------------------------------------------------------------------------- */

static bool changes_route(const xmlNode *versie)
{
    const xmlNode *before = previous(versie);

    return before && !rules_same(versie, before, "leerroute");
}

static bool has_ground(const struct rules_walk *walk, const xmlNode *versie)
{
    const xmlNode *change = rules_at(walk, "voortgang/routewijziging");

    while (change && !rules_is(change, "naar", xmldoc_text(versie, "leerroute")))
        change = xmldoc_next(change);
    return change || rules_has(versie, "wijziging") || rules_has(versie, "onderbouwing");
}

static void route_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    (void)with;
    if (changes_route(versie) && !has_ground(walk, versie))
        rules_found(walk, versie, "leerroute");
}

static void check_route(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", route_of, NULL);
}

static void change_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    (void)with;
    if (!previous(versie) && rules_has(versie, "wijziging"))
        rules_found(walk, versie, "wijziging");
    if (previous(versie) && !changes_route(versie) && !rules_has(versie, "wijziging"))
        rules_found(walk, versie, "wijziging");
}

static void check_change(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", change_of, NULL);
}

/* --- agreements ---------------------------------------------------------------------- */

/* The onderwijsroute has no MAP. */
static void check_agreements(struct rules_walk *walk)
{
    const xmlNode *first = rules_at(walk, "pip/versie");

    if (first && !rules_has(first, "map") && !rules_is(first, "leerroute", "onderwijsroute"))
        rules_found(walk, first, "map");
    if (first && !rules_has(first, "pvt"))
        rules_found(walk, first, "pvt");
}

static void zroute_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    (void)with;
    if (rules_has(versie, "zroute") && !rules_is(versie, "leerroute", "Z-route"))
        rules_found(walk, versie, "zroute");
}

static void check_zroute_other(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", zroute_of, NULL);
}

static void hours_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    long hours = rules_number(versie, "zroute/urenTaal");

    (void)with;
    if (walk->asiel && hours >= 0 && hours < walk->limits->zroute_uren)
        rules_found(walk, xmldoc_child(versie, "zroute"), "urenTaal");
}

static void check_zroute_hours(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", hours_of, NULL);
}

static void reason_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    bool chosen = !previous(versie) || changes_route(versie);

    (void)with;
    if (chosen && rules_is(versie, "leerroute", "Z-route")
        && !rules_has(versie, "onderbouwing"))
        rules_found(walk, versie, "onderbouwing");
}

static void check_zroute_reason(struct rules_walk *walk)
{
    rules_each(walk, "pip/versie", reason_of, NULL);
}

/* clang-format off */
const struct rule RULES_PIP[] = {
    { "pip-volgorde", RULES_REFUSE, check_order, "PIP-3 PIP-4",
      "ligt voor de dagtekening van de vorige versie", "lies before the previous version",
      "zet de versies op volgorde van dagtekening, oudste eerst",
      "put the versions in order of dagtekening, oldest first" },
    { "pip-plicht", RULES_WARN, check_plicht, "PIP-2",
      "ligt voor het begin van de inburgeringsplicht", "lies before the duty began",
      "vergelijk met de inburgeringsplicht bij DUO", "compare with the duty at DUO" },
    { "pip-vestiging", RULES_WARN, check_vestiging, "PIP-5; BI-GEM-02",
      "ligt voor de vestiging in de gemeente", "lies before the settlement",
      "controleer datumVestiging en dagtekening", "check datumVestiging and dagtekening" },
    { "pip-niveau-onderwijs", RULES_REFUSE, check_onderwijs, "PIP-6",
      "niveau A2 kan niet in de onderwijsroute", "A2 is not for the onderwijsroute",
      "verbeter leerroute of niveau", "correct leerroute or niveau" },
    { "pip-niveau-zroute", RULES_REFUSE, check_zroute, "PIP-7",
      "niveau B1 kan niet in de Z-route", "B1 is not for the Z-route",
      "verbeter leerroute of niveau", "correct leerroute or niveau" },
    { "pip-eerste-niveau", RULES_REFUSE, check_first, "PIP-8",
      "het eerste PIP met de B1-route kan niet op niveau A2 zijn",
      "the first PIP with the B1-route cannot be at A2",
      "verbeter het niveau, of voeg de eerdere versies toe",
      "correct the niveau, or add the earlier versions" },
    { "pip-intensiteit", RULES_REFUSE, check_intensity, "PIP-10",
      "hoort alleen bij de B1-route", "belongs to the B1-route only",
      "haal de intensiteit weg, of verbeter de leerroute",
      "take the intensity out, or correct the leerroute" },
    { "pip-route-grond", RULES_REFUSE, check_route,
      "LR-GEM-08 LR-GEM-09 ZR-NAANB-04 PIP-NDUO-03",
      "de leerroute is gewijzigd zonder grond", "the leerroute was changed without a ground",
      "geef wijziging, onderbouwing of een routewijziging met grond",
      "give wijziging, onderbouwing or a routewijziging with its grond" },
    { "pip-wijziging", RULES_WARN, check_change, "PIP-NDUO-03 LR-NAANB-06",
      "hoort bij iedere versie na de eerste, en niet bij de eerste",
      "belongs to every version but the first",
      "zeg wat is gewijzigd en waarom; ontbreekt een eerdere versie?",
      "say what was changed and why; is an earlier version missing?" },
    { "pip-afspraken", RULES_WARN, check_agreements, "PIP-GEM-03 PIP-GEM-04",
      "afspraken ontbreken in het eerste PIP", "agreements are missing from the first PIP",
      "neem de afspraken over uit de beschikking", "take the agreements from the decision" },
    { "pip-zroute", RULES_WARN, check_zroute_other, "ZR-NAANB-02 ZR-NAANB-03",
      "afspraken over de Z-route bij een andere leerroute",
      "agreements on the Z-route with another leerroute",
      "controleer de leerroute van deze versie", "check the leerroute of this version" },
    { "pip-zroute-uren", RULES_WARN, check_zroute_hours, "ZR-NAANB-03; art. 3.14 Besluit",
      "minder uren taal dan de Z-route voor asielstatushouders vraagt",
      "fewer hours of language than the Z-route asks of asylum holders",
      "controleer de uren, of leg uit waarom", "check the hours, or explain" },
    { "pip-zroute-onderbouwing", RULES_WARN, check_zroute_reason, "ZR-GEM-01",
      "de keuze voor de Z-route is niet onderbouwd", "gives no reason for the Z-route",
      "neem de onderbouwing over uit de beschikking", "take the reason from the decision" },
    { 0 },
};
/* clang-format on */
