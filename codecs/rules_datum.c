/* rules_datum -- dates against the peildatum, the peildatum against today, and periods. Which
 * dates tell of what has happened, and which two are a period, are tables.
 */
#include "codecs/datum.h"
#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

static void check_peildatum(struct rules_walk *walk)
{
    if (walk->limits->today && walk->peildatum > walk->limits->today)
        rules_found(walk, walk->dossier, "@peildatum");
}

/* --- what has happened --------------------------------------------------------------- */

struct event {
    const char *path, *name;
};

/* Not here: what may be planned, and what is DUO's. */
static const struct event EVENTS[] = {
    { "intake/vestiging", "datumVestiging" },
    { "intake/vestiging", "datumUitstroomCoa" },
    { "intake/voorinburgering/module", "datum" },
    { "intake/voorinburgering/diplomawaardering", "datumAanvraag" },
    { "intake/gesprek", "datum" },
    { "intake/leerbaarheidstoets", "datumAfname" },
    { "intake/onderwijs/opleiding", "datumWaardering" },
    { "intake/taalniveau", "datum" },
    { "intake/omstandigheid", "datum" },
    { "intake/ondersteuning", "datum" },
    { "pip/versie", "dagtekening" },
    { "pip/versie/inkomensondersteuning/beschikking", "datum" },
    { "pip/versie/ontzorgen/beschikking", "datum" },
    { "pip/versie/bezwaar", "datum" },
    { "voortgang/map", "gerealiseerdeStartdatum" },
    { "voortgang/map", "datumBehaald" },
    { "voortgang/pvt", "gerealiseerdeStartdatum" },
    { "voortgang/pvt", "datumBehaald" },
    { "voortgang/traject/uren", "bekendTot" },
    { "voortgang/traject", "datumResultaat" },
    { "voortgang/zroute", "datumAfronding" },
    { "voortgang/voortgangsgesprek", "datum" },
    { "voortgang/gewijzigdeOmstandigheid", "datum" },
    { "voortgang/verlenging", "datumVerzoek" },
    { "handhaving/oproep", "datum" },
    { "handhaving/waarschuwing", "datum" },
    { "handhaving/zienswijze", "datum" },
    { "handhaving/boete", "besluitdatum" },
    { "handhaving/boete/bezwaar", "datum" },
    { "duo/gemeld", "datum" },
    { "documenten/document", "datum" },
};

static void event_at(struct rules_walk *walk, const xmlNode *node, const void *with)
{
    const struct event *event = with;

    if (rules_day(node, event->name) > walk->peildatum)
        rules_found(walk, node, event->name);
}

static void check_future(struct rules_walk *walk)
{
    for (size_t i = 0; i < sizeof(EVENTS) / sizeof(EVENTS[0]); i++)
        rules_each(walk, EVENTS[i].path, event_at, &EVENTS[i]);
}

/* --- periods ------------------------------------------------------------------------- */

struct period {
    const char *path, *from, *to;
};

static const struct period PERIODS[] = {
    { "intake/voorinburgering/verblijfsrecht", "ingangsdatum", "einddatum" },
    { "intake/onderwijs/opleiding", "van", "tot" },
    { "intake/werk", "van", "tot" },
    { "pip/versie/map", "startdatum", "beoogdeEinddatum" },
    { "pip/versie/map", "startdatum", "uiterlijkBehaaldOp" },
    { "pip/versie/pvt", "startdatum", "beoogdeEinddatum" },
    { "pip/versie/pvt", "startdatum", "uiterlijkBehaaldOp" },
    { "pip/versie/inkomensondersteuning", "startdatum", "einddatum" },
    { "pip/versie/ontzorgen", "startdatum", "einddatum" },
    { "voortgang/map", "gerealiseerdeStartdatum", "beoogdeEinddatum" },
    { "voortgang/map", "gerealiseerdeStartdatum", "datumBehaald" },
    { "voortgang/pvt", "gerealiseerdeStartdatum", "beoogdeEinddatum" },
    { "voortgang/pvt", "gerealiseerdeStartdatum", "datumBehaald" },
    { "voortgang/traject", "startdatum", "beoogdeEinddatum" },
    { "voortgang/traject", "beoogdeStartdatum", "beoogdeEinddatum" },
    { "voortgang/traject/uren", "vanaf", "bekendTot" },
    { "voortgang/zroute", "startdatum", "datumAfronding" },
    { "voortgang/maatschappelijkeBegeleiding/onderdeel", "startdatum", "einddatum" },
    { "handhaving/oproep", "datum", "datumAfspraak" },
};

/* DUO's own: what is wrong there its sender cannot put right. */
static const struct period PERIODS_DUO[] = {
    { "duo/gelezen/inburgeringsplicht", "begindatum", "einddatum" },
    { "duo/gelezen/inburgeringsplichthistorie", "begindatum", "einddatum" },
    { "duo/gelezen/doelgroep", "begindatum", "einddatum" },
    { "duo/gelezen/inburgeringstermijn", "startdatum", "einddatum" },
    { "duo/gelezen/verlenging", "ontvangstdatum", "datumBeoordeling" },
    { "duo/gelezen/vrijstelling", "startdatum", "einddatum" },
};

static void period_at(struct rules_walk *walk, const xmlNode *node, const void *with)
{
    const struct period *period = with;
    long from = rules_day(node, period->from), to = rules_day(node, period->to);

    if (from && to && to < from)
        rules_found(walk, node, period->to);
}

static void check_period(struct rules_walk *walk)
{
    for (size_t i = 0; i < sizeof(PERIODS) / sizeof(PERIODS[0]); i++)
        rules_each(walk, PERIODS[i].path, period_at, &PERIODS[i]);
}

static void check_period_duo(struct rules_walk *walk)
{
    for (size_t i = 0; i < sizeof(PERIODS_DUO) / sizeof(PERIODS_DUO[0]); i++)
        rules_each(walk, PERIODS_DUO[i].path, period_at, &PERIODS_DUO[i]);
}

/* Both ends are days of it (DUO-M2M: inclusive). */
static bool overlaps(const xmlNode *a, const xmlNode *b)
{
    long end_a = rules_day(a, "einddatum"), end_b = rules_day(b, "einddatum");

    return (!end_a || rules_day(b, "begindatum") <= end_a)
           && (!end_b || rules_day(a, "begindatum") <= end_b);
}

static void overlap_at(struct rules_walk *walk, const xmlNode *node, const void *with)
{
    (void)with;
    for (const xmlNode *other = xmldoc_next(node); other; other = xmldoc_next(other))
        if (rules_has(node, "begindatum") && rules_has(other, "begindatum")
            && overlaps(node, other))
            rules_found(walk, other, "begindatum");
}

static void check_overlap(struct rules_walk *walk)
{
    rules_each(walk, "duo/gelezen/doelgroep", overlap_at, NULL);
}

static void read_at(struct rules_walk *walk, const xmlNode *gelezen, const void *with)
{
    (void)with;
    if (datum_day(rules_attribute(gelezen, "op")) > walk->peildatum)
        rules_found(walk, gelezen, "@op");
}

static void check_read(struct rules_walk *walk)
{
    rules_each(walk, "duo/gelezen", read_at, NULL);
}

/* clang-format off */
const struct rule RULES_DATUM[] = {
    { "peildatum", RULES_REFUSE, check_peildatum, "xsd/dossier.xsd: peildatum",
      "ligt in de toekomst", "lies in the future",
      "zet de peildatum op de dag waarop het dossier is gemaakt",
      "set the peildatum to the day on which the dossier was made" },
    { "datum-toekomst", RULES_REFUSE, check_future,
      "MAP-6 PVT-6 UREN-3; xsd/dossier.xsd: peildatum",
      "ligt na de peildatum, maar is al gebeurd volgens het dossier",
      "lies after the peildatum, though it has happened by the dossier",
      "verbeter de datum, of werk de peildatum bij",
      "correct the date, or update the peildatum" },
    { "periode", RULES_REFUSE, check_period, "xsd/dossier.xsd",
      "ligt voor het begin", "lies before the beginning",
      "verbeter begin of einde", "correct the beginning or the end" },
    { "periode-duo", RULES_WARN, check_period_duo, "BI-DUO-01 VL-DUO-01 VL-DUO-02 VI-DUO-02",
      "ligt voor het begin", "lies before the beginning",
      "lees opnieuw bij DUO", "read at DUO anew" },
    { "periode-overlap", RULES_WARN, check_overlap,
      "DUO Inburgeringsplicht: doelgroep/historie",
      "overlapt met een eerdere periode", "overlaps an earlier period",
      "lees opnieuw bij DUO", "read at DUO anew" },
    { "duo-gelezen", RULES_REFUSE, check_read, "VH-DUO-01",
      "ligt na de peildatum", "lies after the peildatum",
      "werk de peildatum bij", "update the peildatum" },
    { 0 },
};
/* clang-format on */
