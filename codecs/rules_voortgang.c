/* rules_voortgang -- courses and their hours, the Z-route, changes of route. */
#include <string.h>

#include "codecs/datum.h"
#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

/* --- hours --------------------------------------------------------------------------- */

/* What the months that ended by bekendTot add up to; -1 when none says it. */
static long months_sum(const xmlNode *uren, const char *name)
{
    long until = rules_day(uren, "bekendTot"), sum = -1;

    for (const xmlNode *maand = xmldoc_child(uren, "maand"); maand;
         maand = xmldoc_next(maand)) {
        long hours = rules_number(maand, name);
        if (hours >= 0 && !(until && datum_add_months(rules_day(maand, "maand"), 1) > until))
            sum = (sum < 0 ? 0 : sum) + hours;
    }
    return sum;
}

static void sum_of(struct rules_walk *walk, const xmlNode *uren, const void *with)
{
    static const struct {
        const char *month, *total;
    } PAIRS[] = {
        { "gevolgd", "gerealiseerd" },
        { "geoorloofdVerzuim", "geoorloofdVerzuim" },
        { "ongeoorloofdVerzuim", "ongeoorloofdVerzuim" },
    };

    (void)with;
    for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++) {
        long total = rules_number(uren, PAIRS[i].total);
        if (total >= 0 && months_sum(uren, PAIRS[i].month) > total)
            rules_found(walk, uren, PAIRS[i].total);
    }
}

static void check_sum(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/traject/uren", sum_of, NULL);
}

static void month_of(struct rules_walk *walk, const xmlNode *maand, const void *with)
{
    (void)with;
    for (const xmlNode *other = xmldoc_next(maand); other; other = xmldoc_next(other))
        if (rules_same(maand, other, "maand"))
            rules_found(walk, other, "maand");
}

static void check_month(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/traject/uren/maand", month_of, NULL);
}

static void contract_of(struct rules_walk *walk, const xmlNode *uren, const void *with)
{
    long contracted = rules_number(uren, "gecontracteerd");

    (void)with;
    if (contracted >= 0 && rules_number(uren, "gerealiseerd") > contracted)
        rules_found(walk, uren, "gerealiseerd");
}

static void check_contract(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/traject/uren", contract_of, NULL);
}

static void known_of(struct rules_walk *walk, const xmlNode *uren, const void *with)
{
    (void)with;
    if (rules_has(uren, "gerealiseerd") && !rules_has(uren, "bekendTot"))
        rules_found(walk, uren, "bekendTot");
}

static void check_known(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/traject/uren", known_of, NULL);
}

static bool counts_twice(const xmlNode *a, const xmlNode *b)
{
    return rules_has(a, "aanbieder/instellingsnummer")
           && rules_same(a, b, "aanbieder/instellingsnummer") && rules_same(a, b, "soort")
           && rules_day(a, "uren/vanaf") && rules_day(b, "uren/vanaf")
           && rules_day(a, "uren/vanaf") < rules_day(b, "uren/bekendTot")
           && rules_day(b, "uren/vanaf") < rules_day(a, "uren/bekendTot");
}

static void overlap_of(struct rules_walk *walk, const xmlNode *traject, const void *with)
{
    (void)with;
    for (const xmlNode *other = xmldoc_next(traject); other; other = xmldoc_next(other))
        if (counts_twice(traject, other))
            rules_found(walk, xmldoc_child(other, "uren"), NULL);
}

static void check_overlap(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/traject", overlap_of, NULL);
}

/* Hours of all courses at the institution that are known until the same day; -1: none. */
static long hours_at(const struct rules_walk *walk, const xmlNode *item)
{
    long sum = -1;

    for (const xmlNode *at = rules_at(walk, "voortgang/traject"); at; at = xmldoc_next(at)) {
        long hours = rules_number(at, "uren/gerealiseerd");
        const char *number = xmldoc_text(at, "aanbieder/instellingsnummer");
        if (hours >= 0 && number
            && rules_is(item, "taallesEnKnmInstelling/instellingsnummer", number)
            && rules_day(at, "uren/bekendTot") == rules_day(item, "bekendTot"))
            sum = (sum < 0 ? 0 : sum) + hours;
    }
    return sum;
}

static void duo_of(struct rules_walk *walk, const xmlNode *item, const void *with)
{
    long theirs = rules_number(item, "taallesEnKnmInstelling/uren");
    long own = hours_at(walk, item);

    (void)with;
    if (own >= 0 && theirs >= 0 && own != theirs)
        rules_found(walk, xmldoc_child(item, "taallesEnKnmInstelling"), "uren");
}

static void check_duo(struct rules_walk *walk)
{
    rules_each(walk, "duo/gelezen/uren", duo_of, NULL);
}

static void offer_of(struct rules_walk *walk, const xmlNode *traject, const void *with)
{
    long offered = rules_day(traject, "datumInburgeringsaanbod");

    (void)with;
    if (offered && offered < walk->first_pip)
        rules_found(walk, traject, "datumInburgeringsaanbod");
}

static void check_offer(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/traject", offer_of, NULL);
}

/* --- Z-route ------------------------------------------------------------------------- */

static void check_closing(struct rules_walk *walk)
{
    const xmlNode *zroute = rules_at(walk, "voortgang/zroute");

    if (zroute && rules_is(zroute, "afgerond", "ja") != rules_has(zroute, "datumAfronding"))
        rules_found(walk, zroute, "datumAfronding");
}

static void check_zroute_hours(struct rules_walk *walk)
{
    const xmlNode *zroute = rules_at(walk, "voortgang/zroute");

    if (zroute && walk->asiel && rules_is(zroute, "afgerond", "ja")
        && rules_number(zroute, "urenTaal") < walk->limits->zroute_uren)
        rules_found(walk, zroute, "urenTaal");
}

static bool has_route(const struct rules_walk *walk, const char *leerroute)
{
    const xmlNode *versie = rules_at(walk, "pip/versie");

    while (versie && !rules_is(versie, "leerroute", leerroute))
        versie = xmldoc_next(versie);
    return versie != NULL;
}

static void check_zroute(struct rules_walk *walk)
{
    const xmlNode *zroute = rules_at(walk, "voortgang/zroute");

    if (zroute && rules_given(walk, "pip") && !has_route(walk, "Z-route"))
        rules_found(walk, zroute, NULL);
}

/* --- changes of route ---------------------------------------------------------------- */

static void change_of(struct rules_walk *walk, const xmlNode *change, const void *with)
{
    bool same = rules_is(change, "van", xmldoc_text(change, "naar"));

    (void)with;
    if (rules_is(change, "soort", same ? "wisseling van leerroute" : "afschalen naar A2"))
        rules_found(walk, change, "naar");
}

static void check_change(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/routewijziging", change_of, NULL);
}

static void lowered_of(struct rules_walk *walk, const xmlNode *change, const void *with)
{
    (void)with;
    if (rules_is(change, "soort", "afschalen naar A2")
        && rules_number(change, "gevolgdeUrenTaalles") < walk->limits->afschalen_uren)
        rules_found(walk, change, "gevolgdeUrenTaalles");
}

static void check_lowered(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/routewijziging", lowered_of, NULL);
}

static void in_pip(struct rules_walk *walk, const xmlNode *change, const void *with)
{
    (void)with;
    if (rules_given(walk, "pip") && !has_route(walk, xmldoc_text(change, "naar")))
        rules_found(walk, change, "naar");
}

static void check_in_pip(struct rules_walk *walk)
{
    rules_each(walk, "voortgang/routewijziging", in_pip, NULL);
}

/* clang-format off */
const struct rule RULES_VOORTGANG[] = {
    { "uren-som", RULES_REFUSE, check_sum, "LR-GEM-04 ZR-AANB-04 UREN-6",
      "is minder dan de maanden samen", "is less than the months add up to",
      "tel de maanden tot bekendTot opnieuw op", "add up the months until bekendTot anew" },
    { "uren-maand", RULES_REFUSE, check_month, "LR-GEM-04",
      "deze maand staat er twee keer", "this month is given twice",
      "voeg de twee maanden samen", "put the two months together" },
    { "uren-contract", RULES_WARN, check_contract, "LR-GEM-03 LR-GEM-04",
      "meer uren gevolgd dan gecontracteerd", "more hours than were contracted",
      "controleer beide aantallen", "check both numbers" },
    { "uren-bekend", RULES_WARN, check_known, "LR-GEM-04; DUO GevolgdeUren: bekendTot",
      "tot welke dag de uren bekend zijn, staat er niet",
      "until which day the hours are known is not said",
      "vul bekendTot in", "give bekendTot" },
    { "uren-overlap", RULES_WARN, check_overlap, "LR-GEM-04; DUO GevolgdeUren",
      "dezelfde dagen tellen bij dezelfde instelling twee keer",
      "the same days count twice at the same institution",
      "controleer vanaf en bekendTot van beide trajecten",
      "check vanaf and bekendTot of both" },
    { "uren-duo", RULES_WARN, check_duo, "UREN-6; DUO GevolgdeUren",
      "een ander aantal uren dan in de voortgang", "another number of hours than in voortgang",
      "meld de uren opnieuw bij DUO, of verbeter ze hier",
      "report the hours to DUO anew, or correct them here" },
    { "aanbod-pip", RULES_WARN, check_offer, "IA-2 IA-4",
      "het aanbod ligt voor het eerste PIP", "the offer lies before the first PIP",
      "controleer de datum van het aanbod", "check the date of the offer" },
    { "zroute-afronding", RULES_REFUSE, check_closing, "ZR-AANB-03; DUO MapPvtZroute",
      "hoort bij afgerond ja, en alleen daarbij",
      "belongs to afgerond ja, and to nothing else",
      "verbeter afgerond of de datum", "correct afgerond or the date" },
    { "zroute-uren", RULES_WARN, check_zroute_hours, "ZR-NAANB-03 ZR-AANB-04",
      "afgerond met minder uren taal dan de Z-route vraagt",
      "completed with fewer hours of language than the Z-route asks",
      "controleer de uren", "check the hours" },
    { "zroute-pip", RULES_WARN, check_zroute, "ZR-NDUO-01",
      "geen versie van het PIP kiest de Z-route", "no version of the PIP chooses the Z-route",
      "controleer de leerroute van het PIP", "check the leerroute of the PIP" },
    { "routewijziging", RULES_REFUSE, check_change, "LR-GEM-09",
      "een wisseling gaat naar een andere leerroute, afschalen niet",
      "a wisseling goes to another leerroute, afschalen does not",
      "verbeter soort, van of naar", "correct soort, van or naar" },
    { "afschalen-uren", RULES_WARN, check_lowered, "LR-GEM-07",
      "afgeschaald met minder lesuren dan daarvoor nodig zijn",
      "lowered after fewer hours of lessons than that takes",
      "vul de gevolgde uren in, of leg uit waarom eerder",
      "give the hours, or explain why earlier" },
    { "routewijziging-pip", RULES_WARN, check_in_pip, "LR-NAANB-06 PIP-NDUO-03",
      "geen versie van het PIP heeft deze leerroute",
      "no version of the PIP has this leerroute",
      "ontbreekt een versie van het PIP?", "is a version of the PIP missing?" },
    { 0 },
};
/* clang-format on */
