/* breaks_termijn -- rules on the term, and on MAP and PVT within it. */
#include "tools/dossiermaker/breaks_row.h"

#include "codecs/xmldoc.h"
#include "tools/dossiermaker/breaks_tree.h"
#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/put.h"

#define START "duo/gelezen/inburgeringstermijn/startdatum"
#define END "duo/gelezen/inburgeringstermijn/einddatum"
#define BEFORE_EXTENSION                                                                      \
    "inburgeringsplicht inburgeringsplichthistorie doelgroep inburgeringstermijn "            \
    "inburgeringstermijnhistorie termijnMap termijnMapGewijzigdOp termijnPvt "                \
    "termijnPvtGewijzigdOp"
#define BEFORE_DIPLOMA                                                                        \
    BEFORE_EXTENSION " verlenging vrijstelling ontheffing aangepasteExamenomstandigheden "    \
                     "maatschappelijkeBegeleiding examen gratispogingen "                     \
                     "datumEindgesprekMap datumOndertekeningPvt uren boete"

/* --- term ---------------------------------------------------------------------------- */

static void spoil_pip(xmlNode *dossier)
{
    xmlNode *vestiging = breaks_tree_find(dossier, "intake/vestiging");

    breaks_tree_drop(vestiging, "redenOverschrijding");
    breaks_tree_set_day(vestiging, "datumVestiging",
                        breaks_tree_day(dossier, "pip/versie/dagtekening") - 80);
}

static void spoil_vestiging(xmlNode *dossier)
{
    breaks_tree_drop(breaks_tree_find(dossier, "intake"), "vestiging");
}

static void spoil_start(xmlNode *dossier)
{
    breaks_tree_set_day(dossier, START, breaks_tree_day(dossier, START) + 1);
}

static void spoil_einde(xmlNode *dossier)
{
    xmlNode *gelezen = breaks_tree_find(dossier, "duo/gelezen");

    breaks_tree_drop(gelezen, "verlenging vrijstelling");
    breaks_tree_drop(breaks_tree_find(gelezen, "inburgeringstermijn"),
                     "verlengingsgrondcode verlengingsgrondomschrijving");
    breaks_tree_set_day(dossier, END,
                        day_add_months(breaks_tree_day(dossier, START), 36) + 300);
}

static void spoil_afspraak(xmlNode *dossier)
{
    breaks_tree_set_day(dossier, "pip/versie/map/uiterlijkBehaaldOp",
                        breaks_tree_day(dossier, END) + 1);
}

static void spoil_verzoek(xmlNode *dossier)
{
    xmlNode *verlenging = breaks_tree_put(breaks_tree_find(dossier, "voortgang"),
                                          "map pvt traject zroute routewijziging "
                                          "voortgangsgesprek gewijzigdeOmstandigheid toets",
                                          "verlenging", NULL);

    put_day(verlenging, "datumVerzoek", breaks_tree_day(dossier, START) - 10);
    put_text(verlenging, "reden", "Door ziekte kon een deel niet doorgaan.");
}

static xmlNode *new_extension(xmlNode *dossier, const char *verdict, int after)
{
    xmlNode *verlenging = breaks_tree_put(breaks_tree_find(dossier, "duo/gelezen"),
                                          BEFORE_EXTENSION, "verlenging", NULL);
    long asked = breaks_tree_peildatum(dossier) - 30;

    put_text(verlenging, "beoordelingAanvraag", verdict);
    put_day(verlenging, "datumBeoordeling", asked + after);
    put_day(verlenging, "ontvangstdatum", asked);
    return verlenging;
}

static void spoil_beoordeling(xmlNode *dossier)
{
    (void)new_extension(dossier, "InBehandeling", 10);
}

static void spoil_periode_duo(xmlNode *dossier)
{
    (void)new_extension(dossier, "Afgewezen", -10);
}

static void spoil_overlap(xmlNode *dossier)
{
    (void)breaks_tree_copy(breaks_tree_last(dossier, "duo/gelezen/doelgroep"));
}

static void spoil_bewaartermijn(xmlNode *dossier)
{
    xmlNode *gelezen = breaks_tree_find(dossier, "duo/gelezen");

    breaks_tree_drop(breaks_tree_find(gelezen, "inburgeringsplicht"), "einddatum");
    breaks_tree_drop(gelezen, "diploma certificaat");
    breaks_tree_put_day(gelezen, BEFORE_DIPLOMA, "diploma",
                        day_add_months(breaks_tree_peildatum(dossier), -62));
}

/* --- MAP and PVT --------------------------------------------------------------------- */

#define BEFORE_REASON                                                                         \
    "aanbieder gerealiseerdeStartdatum beoogdeEinddatum uiterlijkBehaaldOp redenLatereStart " \
    "uren bijeenkomsten bijgewoond presentie resultaat gehaald datumBehaald"

static xmlNode *pvt_of(xmlNode *dossier)
{
    return breaks_tree_find(dossier, "voortgang/pvt");
}

/* Not passed yet, and nothing said of it. */
static xmlNode *open_pvt(xmlNode *dossier)
{
    breaks_tree_drop(pvt_of(dossier), "gehaald datumBehaald redenNietBehaald verwijtbaar");
    return pvt_of(dossier);
}

static void spoil_gehaald(xmlNode *dossier)
{
    xmlNode *pvt = pvt_of(dossier);

    breaks_tree_set(pvt, "gehaald", "nee");
    breaks_tree_put(pvt, BEFORE_REASON, "redenNietBehaald", "Er was geen groep.");
}

static void spoil_begin(xmlNode *dossier)
{
    xmlNode *pvt = pvt_of(dossier);
    long start = breaks_tree_day(dossier, START);

    breaks_tree_set_day(pvt, "gerealiseerdeStartdatum", start - 20);
    breaks_tree_set_day(pvt, "datumBehaald", start - 10);
    breaks_tree_set_day(dossier, "duo/gelezen/datumOndertekeningPvt", start - 10);
}

/* Of family and other migrants no number of hours is asked. */
static void complete_zroute(xmlNode *dossier, long day)
{
    xmlNode *zroute = breaks_tree_find(dossier, "voortgang/zroute");

    breaks_tree_set(zroute, "afgerond", "ja");
    breaks_tree_drop(zroute, "datumAfronding");
    breaks_tree_put_day(zroute,
                        "startdatum urenTaal urenParticipatie voortgangInburgeraar afgerond",
                        "datumAfronding", day);
}

static void spoil_afronding(xmlNode *dossier)
{
    complete_zroute(dossier, breaks_tree_day(dossier, "voortgang/map/datumBehaald") - 1);
}

static void spoil_open(xmlNode *dossier)
{
    complete_zroute(dossier, breaks_tree_peildatum(dossier));
    (void)open_pvt(dossier);
}

static void spoil_ontbreekt(xmlNode *dossier)
{
    (void)open_pvt(dossier);
}

static void spoil_op_tijd(xmlNode *dossier)
{
    breaks_tree_put(pvt_of(dossier), BEFORE_REASON, "verwijtbaar", "nee");
}

static void spoil_nee(xmlNode *dossier)
{
    put_yes(open_pvt(dossier), "verwijtbaar", false);
}

static void spoil_ja(xmlNode *dossier)
{
    put_yes(open_pvt(dossier), "verwijtbaar", true);
}

static void spoil_onderdeel_reden(xmlNode *dossier)
{
    put_yes(open_pvt(dossier), "gehaald", false);
    put_yes(pvt_of(dossier), "verwijtbaar", true);
}

static void spoil_pvt_uren(xmlNode *dossier)
{
    breaks_tree_set(pvt_of(dossier), "uren", "8");
}

static void spoil_presentie(xmlNode *dossier)
{
    breaks_tree_set(pvt_of(dossier), "bijgewoond", "400");
}

static void spoil_onderdeel_duo(xmlNode *dossier)
{
    breaks_tree_set_day(dossier, "duo/gelezen/datumOndertekeningPvt",
                        breaks_tree_day(dossier, "voortgang/pvt/datumBehaald") + 1);
}

/* clang-format off */
const struct breaks_row BREAKS_TERMIJN[] = {
    { "termijn-pip",            ANYBODY,  spoil_pip },
    { "termijn-vestiging",      ANYBODY,  spoil_vestiging },
    { "termijn-start",          ANYBODY,  spoil_start },
    { "termijn-einde",          ANYBODY,  spoil_einde },
    { "termijn-afspraak",       ANYBODY,  spoil_afspraak },
    { "verlenging-verzoek",     ANYBODY,  spoil_verzoek },
    { "verlenging-beoordeling", ANYBODY,  spoil_beoordeling },
    { "periode-duo",            ANYBODY,  spoil_periode_duo },
    { "periode-overlap",        ANYBODY,  spoil_overlap },
    { "bewaartermijn",           ANYBODY,  spoil_bewaartermijn },
    { "onderdeel-gehaald",      ANYBODY,  spoil_gehaald },
    { "onderdeel-begin",        ANYBODY,  spoil_begin },
    { "onderdeel-afronding",    GEZIN_Z,  spoil_afronding },
    { "onderdeel-open",         GEZIN_Z,  spoil_open },
    { "verwijtbaar-ontbreekt",  OVERDUE,  spoil_ontbreekt },
    { "verwijtbaar-op-tijd",    ANYBODY,  spoil_op_tijd },
    { "verwijtbaar-nee",        GEZIN_B1, spoil_nee },
    { "verwijtbaar-ja",         GEZIN_B1, spoil_ja },
    { "onderdeel-reden",        OVERDUE,  spoil_onderdeel_reden },
    { "pvt-uren",               ASIEL_B1, spoil_pvt_uren },
    { "onderdeel-presentie",    ASIEL_B1, spoil_presentie },
    { "onderdeel-duo",           ANYBODY,  spoil_onderdeel_duo },
    { 0 },
};
/* clang-format on */
