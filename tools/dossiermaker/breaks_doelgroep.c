/* breaks_doelgroep -- of family and other migrants what may be kept of asylum holders only. */
#include "tools/dossiermaker/breaks_row.h"

#include "tools/dossiermaker/breaks_tree.h"
#include "tools/dossiermaker/put.h"

static void spoil_inspanning(xmlNode *dossier)
{
    breaks_tree_put(breaks_tree_find(dossier, "voortgang/map"),
                    "aanbieder gerealiseerdeStartdatum beoogdeEinddatum uiterlijkBehaaldOp "
                    "redenLatereStart",
                    "uren", "40");
}

static xmlNode *new_traject(xmlNode *dossier, const char *soort)
{
    xmlNode *traject = breaks_tree_put(breaks_tree_find(dossier, "voortgang"),
                                       "map pvt traject", "traject", NULL);

    put_text(traject, "soort", soort);
    put_text(traject, "naam", "Groep zes");
    return traject;
}

static void spoil_traject(xmlNode *dossier)
{
    (void)new_traject(dossier, "cursus");
}

static void spoil_aanbod(xmlNode *dossier)
{
    put_day(new_traject(dossier, "Z-route"), "datumInburgeringsaanbod",
            breaks_tree_day(dossier, "pip/versie/dagtekening") + 1);
}

static void spoil_begeleiding(xmlNode *dossier)
{
    breaks_tree_put(breaks_tree_find(dossier, "voortgang"),
                    "map pvt traject zroute routewijziging verlenging",
                    "maatschappelijkeBegeleiding", NULL);
}

static void spoil_voorinburgering(xmlNode *dossier)
{
    breaks_tree_put(breaks_tree_find(dossier, "intake"), "vestiging", "voorinburgering", NULL);
}

static void spoil_ondersteuning(xmlNode *dossier)
{
    xmlNode *steun = breaks_tree_put(
        breaks_tree_find(dossier, "intake"),
        "vestiging gesprek leerbaarheidstoets onderwijs werk taalniveau urenTaallesEnKnm "
        "zelfredzaamheid arbeidskansen omstandigheid",
        "ondersteuning", NULL);

    put_attribute(steun, "bijzonder", "nee");
    put_text(steun, "tekst", "Hulp bij de opvoeding.");
}

static void spoil_omstandigheid(xmlNode *dossier)
{
    xmlNode *een = breaks_tree_put(breaks_tree_find(dossier, "voortgang"),
                                   "map pvt traject zroute routewijziging voortgangsgesprek",
                                   "gewijzigdeOmstandigheid", NULL);

    put_attribute(een, "bijzonder", "nee");
    put_text(een, "soort", "huisvesting");
    put_text(een, "tekst", "Verhuist naar een grotere woning.");
}

#define BEFORE_MONEY                                                                          \
    "dagtekening gemeentecode kenmerk leerroute niveau magOpleidingAfmaken alfabetisering "   \
    "onderbouwing map pvt zroute begeleiding"

static void spoil_financieel(xmlNode *dossier)
{
    xmlNode *steun = breaks_tree_put(breaks_tree_find(dossier, "pip/versie"), BEFORE_MONEY,
                                     "inkomensondersteuning", NULL);

    put_text(steun, "status", "aangevraagd");
}

static void spoil_intensiteit(xmlNode *dossier)
{
    breaks_tree_put(breaks_tree_find(dossier, "pip/versie"),
                    "dagtekening gemeentecode kenmerk leerroute niveau", "intensiteitB1",
                    "800");
}

static void spoil_toets(xmlNode *dossier)
{
    xmlNode *toets = breaks_tree_put(breaks_tree_find(dossier, "voortgang"),
                                     "map pvt traject zroute routewijziging voortgangsgesprek",
                                     "toets", NULL);

    put_text(toets, "onderdeel", "LE");
    put_day(toets, "datum", breaks_tree_peildatum(dossier));
}

static void spoil_routewijziging(xmlNode *dossier)
{
    xmlNode *change = breaks_tree_put(breaks_tree_find(dossier, "voortgang"),
                                      "map pvt traject zroute", "routewijziging", NULL);

    put_day(change, "datum", breaks_tree_peildatum(dossier));
    put_text(change, "soort", "opschalen");
    put_text(change, "van", "B1-route");
    put_text(change, "naar", "B1-route");
    put_text(change, "grond", "De docent bevestigt dit.");
}

static void spoil_oproep(xmlNode *dossier)
{
    xmlNode *part = breaks_tree_find(dossier, "handhaving");

    breaks_tree_drop(part, "boete boetetotaal");
    xmlNode *oproep = breaks_tree_put(part, "", "oproep", NULL);
    put_day(oproep, "datum", breaks_tree_peildatum(dossier));
    put_text(oproep, "waarvoor", "brede intake");
    put_number(oproep, "nummer", 1);
}

static void spoil_zroute_start(xmlNode *dossier)
{
    breaks_tree_put_day(breaks_tree_find(dossier, "voortgang/zroute"), "", "startdatum",
                        breaks_tree_day(dossier, "pip/versie/dagtekening"));
}

/* clang-format off */
const struct breaks_row BREAKS_DOELGROEP[] = {
    { "doelgroep-inspanning",      GEZIN_B1, spoil_inspanning },
    { "doelgroep-traject",         GEZIN_B1, spoil_traject },
    { "doelgroep-aanbod",          GEZIN_Z,  spoil_aanbod },
    { "doelgroep-begeleiding",     GEZIN_B1, spoil_begeleiding },
    { "doelgroep-voorinburgering", GEZIN_B1, spoil_voorinburgering },
    { "doelgroep-ondersteuning",   GEZIN_B1, spoil_ondersteuning },
    { "doelgroep-omstandigheid",   GEZIN_B1, spoil_omstandigheid },
    { "doelgroep-financieel",      GEZIN_B1, spoil_financieel },
    { "doelgroep-intensiteit",     GEZIN_B1, spoil_intensiteit },
    { "doelgroep-toets",           GEZIN_B1, spoil_toets },
    { "doelgroep-routewijziging",  GEZIN_B1, spoil_routewijziging },
    { "doelgroep-oproep",          GEZIN_B1, spoil_oproep },
    { "doelgroep-zroute-start",    GEZIN_Z,  spoil_zroute_start },
    { 0 },
};
/* clang-format on */
