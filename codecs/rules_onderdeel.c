/* rules_onderdeel -- MAP and PVT, which have the same rules: MAP-4 to MAP-11, PVT-4 to PVT-11.
 *
 * D is datumBehaald, V verwijtbaar, S and E begin and end of the term, as DUO has them.
 */
#include "codecs/datum.h"
#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

static void each_part(struct rules_walk *walk, rules_visit *visit)
{
    rules_each(walk, "voortgang/map", visit, NULL);
    rules_each(walk, "voortgang/pvt", visit, NULL);
}

static bool is_exceeded(const struct rules_walk *walk)
{
    return walk->einde && walk->peildatum >= walk->einde;
}

static void gehaald_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    bool passed = rules_is(part, "gehaald", "ja");

    (void)with;
    if (passed != rules_has(part, "datumBehaald") && rules_has(part, "gehaald"))
        rules_found(walk, part, "datumBehaald");
}

static void check_gehaald(struct rules_walk *walk)
{
    each_part(walk, gehaald_of);
}

static void begin_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    long day = rules_day(part, "datumBehaald");

    (void)with;
    if (day && day < walk->start)
        rules_found(walk, part, "datumBehaald");
}

static void check_begin(struct rules_walk *walk)
{
    each_part(walk, begin_of);
}

static void closing_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    long closed = rules_day(walk->dossier, "voortgang/zroute/datumAfronding");

    (void)with;
    if (closed && rules_day(part, "datumBehaald") > closed)
        rules_found(walk, part, "datumBehaald");
}

static void check_closing(struct rules_walk *walk)
{
    each_part(walk, closing_of);
}

static void open_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    (void)with;
    if (rules_has(walk->dossier, "voortgang/zroute/datumAfronding")
        && !rules_has(part, "datumBehaald"))
        rules_found(walk, part, "datumBehaald");
}

static void check_open(struct rules_walk *walk)
{
    each_part(walk, open_of);
}

static bool is_on_time(const struct rules_walk *walk, const xmlNode *part)
{
    long day = rules_day(part, "datumBehaald");

    return day && walk->einde && day < walk->einde;
}

static void missing_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    (void)with;
    if (is_exceeded(walk) && !is_on_time(walk, part) && !rules_has(part, "verwijtbaar"))
        rules_found(walk, part, "verwijtbaar");
}

static void check_missing(struct rules_walk *walk)
{
    each_part(walk, missing_of);
}

static void on_time_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    (void)with;
    if (is_on_time(walk, part) && rules_has(part, "verwijtbaar"))
        rules_found(walk, part, "verwijtbaar");
}

static void check_on_time(struct rules_walk *walk)
{
    each_part(walk, on_time_of);
}

/* With D, one of the two above has judged. */
static bool is_undecided(const struct rules_walk *walk, const xmlNode *part)
{
    return walk->einde && !is_exceeded(walk) && !rules_has(part, "datumBehaald");
}

static void nee_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    (void)with;
    if (is_undecided(walk, part) && rules_is(part, "verwijtbaar", "nee")
        && walk->peildatum < datum_add_months(walk->einde, -walk->limits->verwijtbaar_maanden))
        rules_found(walk, part, "verwijtbaar");
}

static void check_nee(struct rules_walk *walk)
{
    each_part(walk, nee_of);
}

static void ja_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    (void)with;
    if (is_undecided(walk, part) && rules_is(part, "verwijtbaar", "ja"))
        rules_found(walk, part, "verwijtbaar");
}

static void check_ja(struct rules_walk *walk)
{
    each_part(walk, ja_of);
}

static void reason_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    (void)with;
    if (is_exceeded(walk) && rules_is(part, "gehaald", "nee")
        && !rules_has(part, "redenNietBehaald"))
        rules_found(walk, part, "redenNietBehaald");
}

static void check_reason(struct rules_walk *walk)
{
    each_part(walk, reason_of);
}

static void check_pvt_hours(struct rules_walk *walk)
{
    const xmlNode *pvt = rules_at(walk, "voortgang/pvt");
    long hours = pvt ? rules_number(pvt, "uren") : -1;

    if (hours >= 0 && hours < walk->limits->pvt_uren && rules_is(pvt, "gehaald", "ja"))
        rules_found(walk, pvt, "uren");
}

static void attended_of(struct rules_walk *walk, const xmlNode *part, const void *with)
{
    long held = rules_number(part, "bijeenkomsten");

    (void)with;
    if (held >= 0 && rules_number(part, "bijgewoond") > held)
        rules_found(walk, part, "bijgewoond");
}

static void check_attended(struct rules_walk *walk)
{
    each_part(walk, attended_of);
}

static void unlike_duo(struct rules_walk *walk, const char *part, const char *at_duo)
{
    long own = rules_day(walk->dossier, part), theirs = rules_day(walk->dossier, at_duo);

    if (own && theirs && own != theirs)
        rules_found(walk, rules_at(walk, at_duo), NULL);
}

static void check_duo(struct rules_walk *walk)
{
    unlike_duo(walk, "voortgang/map/datumBehaald", "duo/gelezen/datumEindgesprekMap");
    unlike_duo(walk, "voortgang/pvt/datumBehaald", "duo/gelezen/datumOndertekeningPvt");
}

#define LEES_NL "vergelijk met de termijn bij DUO, en met wat aan DUO is gemeld"
#define LEES_EN "compare with the term at DUO, and with what DUO was told"

/* clang-format off */
const struct rule RULES_ONDERDEEL[] = {
    { "onderdeel-gehaald", RULES_REFUSE, check_gehaald,
      "MAP-NDUO-03 MAP-NDUO-04 PVT-NDUO-03 PVT-NDUO-04",
      "hoort bij gehaald ja, en alleen daarbij", "belongs to gehaald ja, and to nothing else",
      "verbeter gehaald of de datum", "correct gehaald or the date" },
    { "onderdeel-begin", RULES_WARN, check_begin, "MAP-4 PVT-4",
      "ligt voor het begin van de termijn", "lies before the term begins", LEES_NL, LEES_EN },
    { "onderdeel-afronding", RULES_REFUSE, check_closing, "MAP-5 PVT-5",
      "ligt na de afronding van de Z-route", "lies after the Z-route was completed",
      "verbeter een van beide data", "correct one of the two dates" },
    { "onderdeel-open", RULES_WARN, check_open, "MAP-7 PVT-7",
      "ontbreekt, terwijl de Z-route is afgerond",
      "is missing although the Z-route is completed",
      "vul de datum in, of controleer de afronding",
      "give the date, or check the completion" },
    { "verwijtbaar-ontbreekt", RULES_WARN, check_missing, "MAP-8 PVT-8",
      "de termijn is overschreden: of dat verwijtbaar is, staat er niet",
      "the term is exceeded: whether to blame is not said", LEES_NL, LEES_EN },
    { "verwijtbaar-op-tijd", RULES_WARN, check_on_time, "MAP-9 PVT-9",
      "op tijd gehaald: verwijtbaar hoort er niet bij",
      "passed in time: verwijtbaar is out of place",
      LEES_NL, LEES_EN },
    { "verwijtbaar-nee", RULES_WARN, check_nee, "MAP-10 PVT-10",
      "nee kan pas in de laatste twee maanden van de termijn, of erna",
      "nee is for the last two months of the term, or after it", LEES_NL, LEES_EN },
    { "verwijtbaar-ja", RULES_WARN, check_ja, "MAP-11 PVT-11",
      "ja kan pas als de termijn is overschreden", "ja is for when the term is exceeded",
      LEES_NL, LEES_EN },
    { "onderdeel-reden", RULES_WARN, check_reason,
      "MAP-AANB-05 PVT-AANB-05 MAP-NDUO-05 PVT-NDUO-05",
      "niet gehaald binnen de termijn, en waarom staat er niet bij",
      "not passed within the term, without a reason",
      "vul redenNietBehaald in", "give redenNietBehaald" },
    { "pvt-uren", RULES_WARN, check_pvt_hours, "VNG Uitvoeringstoets 2020; PVT-AANB-04",
      "minder uren dan het PVT ten minste duurt", "fewer hours than PVT takes at least",
      "controleer de uren", "check the hours" },
    { "onderdeel-presentie", RULES_REFUSE, check_attended, "MAP-AANB-03 PVT-AANB-03",
      "meer bijgewoond dan er bijeenkomsten waren", "more attended than there were meetings",
      "controleer beide aantallen", "check both numbers" },
    { "onderdeel-duo", RULES_WARN, check_duo, "MAP-1 PVT-1",
      "een andere datum dan in de voortgang", "another date than in voortgang",
      "herstel dit bij DUO voor het nieuwe PIP: daarna kan het niet meer",
      "put it right at DUO before the new PIP: after it that is not possible" },
    { 0 },
};
/* clang-format on */
