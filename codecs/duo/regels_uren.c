/* regels_uren -- DUO's rules for the hours at an institution (GevolgdeUren 1.1.0). */
#include <string.h>

#include "codecs/datum.h"
#include "codecs/duo/regels_walk.h"
#include "codecs/xmldoc.h"

static long until(const struct duo_walk *walk)
{
    return duo_body_day(walk, "bekendTot");
}

static enum duo_oordeel check_keurmerk(const struct duo_walk *walk)
{
    return duo_keurmerk(walk);
}

static enum duo_oordeel check_start(const struct duo_walk *walk)
{
    return duo_not_before(until(walk), walk->start);
}

static enum duo_oordeel check_future(const struct duo_walk *walk)
{
    return walk->vandaag > 0 && until(walk) > walk->vandaag ? DUO_FOUT : DUO_GOED;
}

/* The first day our offer says; 0: none. */
static long offer_begins(const json_t *offer)
{
    long offered = duo_reported_day(offer, "datumInburgeringsaanbod");
    long starts = duo_reported_day(offer, "verwachteStartdatumOpleiding");

    return offered > 0 && (starts == 0 || offered < starts) ? offered : starts;
}

/* Whether the offer of a former municipality counts is not said: with hours of one, no `no`.
 */
static enum duo_oordeel check_offer(const struct duo_walk *walk)
{
    long begins = offer_begins(duo_offered(walk));

    if (begins == 0 || until(walk) == 0 || until(walk) >= begins) /* none: UREN-5 */
        return DUO_GOED;
    return duo_hours_here(walk, NULL, false) ? DUO_TWIJFEL : DUO_FOUT;
}

static enum duo_oordeel check_offered(const struct duo_walk *walk)
{
    const json_t *offer = duo_offered(walk);

    if (offer)
        return offer_begins(offer) > 0 ? DUO_GOED : DUO_FOUT;
    if (duo_hours_here(walk, NULL, false)) /* REL-7 */
        return DUO_GOED;
    return duo_reported(walk, "aanbod.intrekken") ? DUO_FOUT : DUO_ONBEKEND;
}

static enum duo_oordeel check_later(const struct duo_walk *walk)
{
    long before = duo_reported_day(duo_reported(walk, walk->operatie), "bekendTot");
    bool known = walk->facts->volledig || before > 0;

    for (const xmlNode *at = NULL; (at = duo_hours_here(walk, at, true));) {
        long day = datum_day(xmldoc_text(at, "bekendTot"));
        before = day > before ? day : before;
        known = true;
    }
    if (!known)
        return DUO_ONBEKEND;
    return until(walk) < before ? DUO_FOUT : DUO_GOED;
}

#define BRON "DUO GevolgdeUren 1.1.0"

/* clang-format off */
const struct duo_regel DUO_REGELS_UREN[] = {
    { "UREN-1", "uren-instelling.melden", DUO_WEIGER, check_keurmerk, BRON,
      "de instelling heeft bij DUO geen keurmerk Blik op Werk, of voor de onderwijsroute geen "
      "TST", "controleer het instellingsnummer in de lijst van instellingen",
      "de lijst van instellingen, of de leerroute" },
    { "UREN-2", "uren-instelling.melden", DUO_WEIGER, check_start, BRON,
      "bekendTot ligt voor het begin van de inburgeringstermijn", "verbeter bekendTot",
      "de inburgeringstermijn" },
    { "UREN-3", "uren-instelling.melden", DUO_WEIGER, check_future, BRON,
      "bekendTot ligt in de toekomst", "meld de uren tot en met gisteren", NULL },
    { "UREN-4", "uren-instelling.melden", DUO_WEIGER, check_offer, BRON,
      "bekendTot ligt voor het eerste inburgeringsaanbod bij deze instelling",
      "verbeter bekendTot of het aanbod", NULL },
    { "UREN-5", "uren-instelling.melden", DUO_WEIGER, check_offered, BRON,
      "bij deze instelling is geen inburgeringsaanbod met een begin gemeld",
      "meld eerst het aanbod", "het inburgeringsaanbod bij deze instelling" },
    { "UREN-6", "uren-instelling.melden", DUO_WEIGER, check_later, BRON,
      "DUO heeft al uren bij deze instelling tot een latere dag",
      "meld het totaal tot dezelfde of een latere dag",
      "tot welke dag DUO de uren al heeft" },
    { 0 },
};
/* clang-format on */
