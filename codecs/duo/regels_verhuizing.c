/* regels_verhuizing -- what a move does to who may ask and report (REL), and scope (SCOPE).
 *
 * DUO states SCOPE; most of REL follows from DUO's other rules, and those rows say from which.
 * Only DUO knows where somebody lives according to it, so what hangs on our own days of
 * settlement and departure warns.
 */
#include <stdlib.h>
#include <string.h>

#include "codecs/datum.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/regels_walk.h"
#include "codecs/xmldoc.h"

static long left_on(const struct duo_walk *walk)
{
    return datum_day(walk->facts->vertrek);
}

static bool has_left(const struct duo_walk *walk)
{
    return left_on(walk) > 0 && walk->vandaag >= left_on(walk);
}

/* --- the move ------------------------------------------------------------------------ */

static enum duo_oordeel check_own_offer(const struct duo_walk *walk)
{
    return duo_hours_here(walk, NULL, false) && !duo_offered(walk) ? DUO_FOUT : DUO_GOED;
}

static enum duo_oordeel check_last_hours(const struct duo_walk *walk)
{
    return left_on(walk) > 0 && duo_body_day(walk, "bekendTot") > left_on(walk) ? DUO_FOUT
                                                                                : DUO_GOED;
}

static const struct {
    const char *operatie, *path;
} HOURS[] = {
    { "uren-bredeintake.melden", "taallesEnKnmBredeIntake" },
    { "uren-participatie.melden", "participatieactiviteitenBredeIntake" },
    { "uren-taalles.melden", "participatieAlsTaalles" },
    { "uren-instelling.melden", "taallesEnKnmInstelling/uren" },
};
#define HOURS_COUNT (sizeof(HOURS) / sizeof(HOURS[0]))

/* Does an entry of another municipality count for what is reported? */
static bool is_others(const struct duo_walk *walk, const xmlNode *uren)
{
    const char *number = xmldoc_text(uren, "taallesEnKnmInstelling/instellingsnummer");
    const char *here = walk->facts->instellingsnummer;

    if (duo_is_ours(walk, xmldoc_text(uren, "gemeentecode")))
        return false;
    return strcmp(walk->operatie, "uren-instelling.melden") != 0
           || (number && here && strcmp(number, here) == 0);
}

static long hours_of_others(const struct duo_walk *walk)
{
    const xmlNode *gelezen = walk->facts->gelezen;
    const char *path = "";
    long sum = 0;

    for (size_t i = 0; i < HOURS_COUNT; i++)
        if (strcmp(HOURS[i].operatie, walk->operatie) == 0)
            path = HOURS[i].path;
    for (const xmlNode *at = gelezen ? xmldoc_child(gelezen, "uren") : NULL; at;
         at = xmldoc_next(at)) {
        const char *text = xmldoc_text(at, path);
        if (text && is_others(walk, at))
            sum += strtol(text, NULL, 10);
    }
    return sum;
}

/* As many as theirs or more: may well be theirs and ours together. */
static enum duo_oordeel check_own_hours(const struct duo_walk *walk)
{
    long theirs = hours_of_others(walk);
    json_int_t told = json_integer_value(json_object_get(walk->body, "uren"));

    return theirs > 0 && told >= theirs ? DUO_FOUT : DUO_GOED;
}

static enum duo_oordeel check_inherited(const struct duo_walk *walk)
{
    long first = datum_day(walk->facts->eerste_pip);

    return first > 0 && first < walk->pip.dagtekening ? DUO_FOUT : DUO_GOED;
}

static enum duo_oordeel check_left(const struct duo_walk *walk)
{
    return has_left(walk) ? DUO_FOUT : DUO_GOED;
}

/* --- scope --------------------------------------------------------------------------- */

static enum duo_oordeel check_settled(const struct duo_walk *walk)
{
    long settled = datum_day(walk->facts->vestiging);
    bool own_pip = walk->pip.bestaat && walk->pip.eigen;

    return settled > walk->vandaag && !own_pip ? DUO_FOUT : DUO_GOED;
}

static enum duo_oordeel check_no_pip(const struct duo_walk *walk)
{
    return has_left(walk) && walk->pip.bekend && !walk->pip.bestaat ? DUO_FOUT : DUO_GOED;
}

static enum duo_oordeel check_month(const struct duo_walk *walk)
{
    char until[11];

    if (!walk->pip.bestaat || !duo_access_until(walk->facts, until))
        return DUO_GOED;
    return walk->vandaag > datum_day(until) ? DUO_FOUT : DUO_GOED;
}

#define UREN                                                                                  \
    "uren-bredeintake.melden uren-participatie.melden uren-taalles.melden "                   \
    "uren-instelling.melden"

/* clang-format off */
const struct duo_regel DUO_REGELS_VERHUIZING[] = {
    { "REL-1", "pip.melden", DUO_WEIGER, NULL, "volgt uit PIP-2 PIP-3 PIP-4 PIP-5",
      "het PIP van de nieuwe gemeente ligt niet voor de vestiging en niet voor het vorige PIP",
      "zie PIP-2, PIP-3, PIP-4 en PIP-5", NULL },
    { "REL-2", "pip.melden", DUO_WEIGER, NULL, "volgt uit PIP-8",
      "het eerste PIP van de nieuwe gemeente is niet het eerste van de inwoner: A2 bij de "
      "B1-route kan", "zie PIP-8", NULL },
    { "REL-3", "pip.melden", DUO_LET_OP, NULL, "art. 11 Wet inburgering 2021",
      "een nieuw PIP begint de inburgeringstermijn niet opnieuw: er is niets te melden",
      "houd begin en einde aan zoals DUO ze geeft", NULL },
    { "REL-4", "map.melden pvt.melden", DUO_WEIGER, NULL, "volgt uit MAP-2 PVT-2",
      "MAP en PVT meldt alleen de gemeente van het huidige PIP", "zie MAP-2 en PVT-2", NULL },
    { "REL-5", "map.melden pvt.melden", DUO_WEIGER, NULL, "volgt uit MAP-1 PVT-1",
      "de nieuwe gemeente wijzigt geen datum die de vorige meldde", "zie MAP-1 en PVT-1",
      NULL },
    { "REL-6", "aanbod.melden", DUO_WEIGER, NULL, "volgt uit IA-4",
      "een laat aanbod van de vorige gemeente kan niet meer na het PIP van de nieuwe",
      "zie IA-4", NULL },
    { "REL-7", "uren-instelling.melden", DUO_LET_OP, check_own_offer,
      "volgt uit UREN-4 UREN-5",
      "alleen een andere gemeente heeft hier uren, en een eigen aanbod is er niet",
      "meld eerst een eigen aanbod bij deze instelling; of het oude telt, zegt DUO niet",
      NULL },
    { "REL-8", "uren-instelling.melden", DUO_LET_OP, check_last_hours, "volgt uit UREN-6",
      "bekendTot ligt na het vertrek uit deze gemeente",
      "meld de uren tot de dag van vertrek; een vroegere dag kan daarna niet meer", NULL },
    { "REL-9", UREN, DUO_LET_OP, check_own_hours, "volgt uit DUO GevolgdeUren 1.1.0",
      "dit zijn niet minder uren dan een andere gemeente al meldde",
      "meld alleen de uren van deze gemeente: DUO houdt ze per gemeente bij", NULL },
    { "REL-10", "pip.intrekken", DUO_LET_OP, check_inherited, "volgt uit PIP-11",
      "de inburgeringstermijn volgt uit een eerder PIP: intrekken kan waarschijnlijk niet",
      "meld een gewijzigd PIP", NULL },
    { "REL-11", "contactpersoon.koppelen contactpersoon.ontkoppelen", DUO_LET_OP, check_left,
      "volgt uit CP-1",
      "de inwoner is vertrokken: dit kan de contactpersoon van de nieuwe gemeente raken",
      "niets: de nieuwe gemeente vervangt de koppeling", NULL },
    { "REL-12", "lbt-examennummer.intrekken", DUO_LET_OP, check_left,
      "volgt uit DUO Leerbaarheidstoets 1.2.0",
      "de inwoner is vertrokken: over de toets beslist nu de nieuwe gemeente",
      "trek het nummer niet in; overleg met de nieuwe gemeente", NULL },
    { "SCOPE-1", "*", DUO_LET_OP, NULL, "DUO, afbakening",
      "valt de inwoner onder de Wet inburgering 2021? DUO antwoordt anders 403",
      "controleer welke wet geldt", NULL },
    { "SCOPE-2", "*", DUO_LET_OP, NULL, "DUO, afbakening",
      "is de inwoner bij DUO bekend? DUO antwoordt anders 403 of 404",
      "controleer het BSN", NULL },
    { "SCOPE-3", "*", DUO_LET_OP, check_settled, "DUO, afbakening",
      "de inwoner vestigt zich hier pas later, en het huidige PIP is niet van deze gemeente",
      "vraag het DUO vanaf de dag van vestiging", NULL },
    { "SCOPE-4", "*", DUO_LET_OP, NULL, "DUO, afbakening",
      "woont de inwoner bij het COA, dan telt de koppeling aan de gemeente: die is hier niet "
      "bekend", "niets; DUO beslist", NULL },
    { "SCOPE-5", "*", DUO_LET_OP, check_no_pip, "DUO, afbakening",
      "de inwoner is vertrokken en heeft geen PIP: deze gemeente mag niet meer vragen",
      "niets: de nieuwe gemeente vraagt het DUO", NULL },
    { "SCOPE-6", "*", DUO_LET_OP, check_month, "DUO, afbakening",
      "het PIP van de volgende gemeente is ouder dan een maand: de toegang is voorbij",
      "niets: vraag het de nieuwe gemeente", NULL },
    { 0 },
};
/* clang-format on */
