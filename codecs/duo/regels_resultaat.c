/* regels_resultaat -- DUO's rules for MAP and PVT, the same for both (MapPvtZroute 1.0.0).
 *
 * D is the date of the body, V its `verwijtbaar`, E the end of the term. DUO's rules on V do
 * not fit together: before E no D can lie behind E, so MAP-10 allows a `Nee` that MAP-9
 * forbids; and once E has passed, MAP-8 asks the V that MAP-9 forbids beside a D before E.
 * There, and where "within two months" of what is not said, a row only warns.
 */
#include <string.h>

#include "codecs/datum.h"
#include "codecs/duo/regels_walk.h"

#define NEAR_MONTHS 2

static bool is_map(const struct duo_walk *walk)
{
    return strcmp(walk->operatie, "map.melden") == 0;
}

static const char *date_name(const struct duo_walk *walk)
{
    return is_map(walk) ? "datumEindgesprekMap" : "datumOndertekeningPvt";
}

static long day_of(const struct duo_walk *walk)
{
    return duo_body_day(walk, date_name(walk));
}

/* The one DUO has: ours when we reported since we read, else as read. */
static long registered(const struct duo_walk *walk)
{
    const json_t *report = duo_reported(walk, walk->operatie);
    long on = datum_day(json_string_value(json_object_get(report, "op")));

    return report && on >= walk->gelezen_op ? duo_reported_day(report, date_name(walk))
                                            : duo_read_day(walk, date_name(walk));
}

static bool is_passed(const struct duo_walk *walk)
{
    return walk->einde > 0 && walk->vandaag >= walk->einde;
}

static bool is_near(const struct duo_walk *walk)
{
    return walk->einde > 0 && datum_add_months(walk->vandaag, NEAR_MONTHS) >= walk->einde;
}

static enum duo_oordeel check_changed(const struct duo_walk *walk)
{
    const char *door = is_map(walk) ? walk->facts->map_door : walk->facts->pvt_door;
    long before = registered(walk);

    if (before == day_of(walk))
        return DUO_GOED;
    if (before == 0)
        return walk->facts->volledig ? DUO_GOED : DUO_ONBEKEND;
    if (duo_reported(walk, walk->operatie) || duo_is_ours(walk, door))
        return DUO_GOED;
    return duo_is_known(door) ? DUO_FOUT : DUO_ONBEKEND;
}

static enum duo_oordeel check_pip(const struct duo_walk *walk)
{
    if (!walk->pip.bekend)
        return DUO_ONBEKEND;
    return walk->pip.bestaat && walk->pip.eigen ? DUO_GOED : DUO_FOUT;
}

static enum duo_oordeel check_met(const struct duo_walk *walk)
{
    const char *reden = duo_read_text(walk, "inburgeringsplicht/redenGeenInburgeringsplicht");
    const char *plicht = duo_read_text(walk, "inburgeringsplicht/indicatorInburgeringsplicht");

    if (!plicht)
        return DUO_ONBEKEND;
    if (!reden || strcmp(reden, "Inburgeringsplicht voldaan") != 0)
        return DUO_GOED;
    if (walk->pip.leerroute == 'Z' || duo_is_known(walk->facts->zroute_afgerond))
        return DUO_FOUT;
    return walk->pip.leerroute ? DUO_GOED : DUO_ONBEKEND;
}

static enum duo_oordeel check_start(const struct duo_walk *walk)
{
    return duo_not_before(day_of(walk), walk->start);
}

/* The day on which the Z-route was completed: our own report, or what the facts say. */
static enum duo_oordeel completed(const struct duo_walk *walk, long *day)
{
    const json_t *report = duo_reported(walk, "zroute.melden");
    const char *fact = walk->facts->zroute_afgerond;

    *day = report ? duo_reported_day(report, "datumAfrondingZroute") : datum_day(fact);
    if (*day > 0)
        return DUO_FOUT;
    return report || fact || strchr("BO", walk->pip.leerroute ? walk->pip.leerroute : 'Z')
               ? DUO_GOED
               : DUO_ONBEKEND;
}

static enum duo_oordeel check_completed(const struct duo_walk *walk)
{
    long day;
    enum duo_oordeel known = completed(walk, &day);

    if (day_of(walk) == 0)
        return DUO_GOED;
    return known == DUO_FOUT && day_of(walk) <= day ? DUO_GOED : known;
}

static enum duo_oordeel check_future(const struct duo_walk *walk)
{
    return walk->vandaag > 0 && day_of(walk) > walk->vandaag ? DUO_FOUT : DUO_GOED;
}

static enum duo_oordeel check_withdrawn(const struct duo_walk *walk)
{
    long day;

    return day_of(walk) > 0 ? DUO_GOED : completed(walk, &day);
}

static enum duo_oordeel check_silent(const struct duo_walk *walk)
{
    if (duo_body_has(walk, "verwijtbaar"))
        return DUO_GOED;
    if (walk->einde == 0)
        return DUO_ONBEKEND;
    if (!is_passed(walk))
        return DUO_GOED;
    return day_of(walk) > 0 && day_of(walk) < walk->einde ? DUO_TWIJFEL : DUO_FOUT;
}

static enum duo_oordeel check_in_time(const struct duo_walk *walk)
{
    if (!duo_body_has(walk, "verwijtbaar") || day_of(walk) == 0)
        return DUO_GOED;
    if (walk->einde == 0)
        return DUO_ONBEKEND;
    if (day_of(walk) >= walk->einde)
        return DUO_GOED;
    bool allowed =
        is_passed(walk) || (is_near(walk) && duo_body_is(walk, "verwijtbaar", "Nee"));
    return allowed ? DUO_TWIJFEL : DUO_FOUT;
}

static enum duo_oordeel check_nee(const struct duo_walk *walk)
{
    if (!duo_body_is(walk, "verwijtbaar", "Nee"))
        return DUO_GOED;
    if (walk->einde == 0)
        return DUO_ONBEKEND;
    return is_near(walk) ? DUO_GOED : DUO_FOUT;
}

static enum duo_oordeel check_ja(const struct duo_walk *walk)
{
    if (!duo_body_is(walk, "verwijtbaar", "Ja"))
        return DUO_GOED;
    if (walk->einde == 0)
        return DUO_ONBEKEND;
    return is_passed(walk) ? DUO_GOED : DUO_FOUT;
}

static enum duo_oordeel check_whole(const struct duo_walk *walk)
{
    const json_t *before = json_object_get(duo_reported(walk, walk->operatie), "inhoud");
    bool date_gone = registered(walk) > 0 && day_of(walk) == 0;
    bool word_gone =
        json_object_get(before, "verwijtbaar") && !duo_body_has(walk, "verwijtbaar");

    if (date_gone || word_gone)
        return DUO_FOUT;
    return walk->facts->volledig || day_of(walk) > 0 ? DUO_GOED : DUO_ONBEKEND;
}

#define BRON "DUO MapPvtZroute 1.0.0"
#define AFRONDING "of de Z-route als afgerond is gemeld: DUO toont dat niet"

/* One rule of DUO that holds for both. */
#define BOTH(number, ernst, check, nl, doen, nodig)                                           \
    { "MAP-" #number, "map.melden", ernst, check, BRON, nl, doen, nodig },                    \
    {                                                                                         \
        "PVT-" #number, "pvt.melden", ernst, check, BRON, nl, doen, nodig                     \
    }

/* clang-format off */
const struct duo_regel DUO_REGELS_RESULTAAT[] = {
    BOTH(1, DUO_WEIGER, check_changed,
      "een andere gemeente heeft deze datum gemeld; alleen zij kon hem wijzigen",
      "meld niets; een fout is alleen telefonisch of in het portaal te herstellen",
      "welke gemeente de datum meldde die DUO heeft"),
    BOTH(2, DUO_WEIGER, check_pip,
      "het huidige PIP bij DUO is niet van deze gemeente",
      "meld eerst het eigen PIP; na het PIP van een volgende gemeente kan het niet meer",
      "het huidige PIP bij DUO"),
    BOTH(3, DUO_WEIGER, check_met,
      "aan de inburgeringsplicht is al voldaan met de Z-route", "meld niets",
      "of aan de inburgeringsplicht is voldaan, en met welke leerroute"),
    BOTH(4, DUO_WEIGER, check_start,
      "de datum ligt voor het begin van de inburgeringstermijn", "verbeter de datum",
      "de inburgeringstermijn"),
    BOTH(5, DUO_WEIGER, check_completed,
      "de datum ligt na de afronding van de Z-route", "verbeter de datum", AFRONDING),
    BOTH(6, DUO_WEIGER, check_future,
      "de datum ligt in de toekomst", "meld het als het zover is", NULL),
    BOTH(7, DUO_WEIGER, check_withdrawn,
      "de datum kan niet weg: de Z-route is als afgerond gemeld",
      "trek eerst de afronding van de Z-route in", AFRONDING),
    BOTH(8, DUO_WEIGER, check_silent,
      "de inburgeringstermijn is voorbij: verwijtbaar moet erbij",
      "meld of het verwijtbaar is", "de inburgeringstermijn"),
    BOTH(9, DUO_WEIGER, check_in_time,
      "de datum ligt binnen de inburgeringstermijn: verwijtbaar hoort er niet bij",
      "laat verwijtbaar weg", "de inburgeringstermijn"),
    BOTH(10, DUO_LET_OP, check_nee,
      "niet verwijtbaar kan pas twee maanden voor het einde van de inburgeringstermijn",
      "laat verwijtbaar weg", "de inburgeringstermijn"),
    BOTH(11, DUO_WEIGER, check_ja,
      "verwijtbaar kan pas als de inburgeringstermijn voorbij is",
      "laat verwijtbaar weg", "de inburgeringstermijn"),
    BOTH(12, DUO_LET_OP, check_whole,
      "een melding vervangt de vorige geheel: wat ontbreekt, trekt DUO in",
      "niets, als dat de bedoeling is; meld anders alles opnieuw",
      "welke datum DUO nu heeft"),
    { 0 },
};
/* clang-format on */
