/* breaks_voortgang -- rules on lessons and their hours, the Z-route, changes of route. */
#include "tools/dossiermaker/breaks_row.h"

#include "codecs/xmldoc.h"
#include "tools/dossiermaker/breaks_tree.h"
#include "tools/dossiermaker/put.h"

#define UREN "voortgang/traject/uren"

static void spoil_som(xmlNode *dossier)
{
    breaks_tree_set(dossier, UREN "/maand/gevolgd", "9000");
}

static void spoil_maand(xmlNode *dossier)
{
    xmlNode *copy = breaks_tree_copy(breaks_tree_find(dossier, UREN "/maand"));

    breaks_tree_drop(copy, "geoorloofdVerzuim ongeoorloofdVerzuim");
    breaks_tree_set(copy, "gevolgd", "0");
}

static void spoil_contract(xmlNode *dossier)
{
    breaks_tree_set(dossier, UREN "/gecontracteerd", "1");
}

static void spoil_bekend(xmlNode *dossier)
{
    breaks_tree_drop(breaks_tree_find(dossier, UREN), "bekendTot");
}

static void spoil_overlap(xmlNode *dossier)
{
    xmlNode *copy = breaks_tree_copy(breaks_tree_find(dossier, "voortgang/traject"));

    breaks_tree_drop(breaks_tree_find(copy, "uren"), "gerealiseerd maand");
}

static void spoil_duo(xmlNode *dossier)
{
    breaks_tree_set(dossier, "duo/gelezen/uren/taallesEnKnmInstelling/uren", "9000");
}

static void spoil_aanbod(xmlNode *dossier)
{
    breaks_tree_set_day(dossier, "voortgang/traject/datumInburgeringsaanbod",
                        breaks_tree_day(dossier, "pip/versie/dagtekening") - 1);
}

/* --- Z-route ------------------------------------------------------------------------- */

static xmlNode *complete(xmlNode *dossier, bool done)
{
    xmlNode *zroute = breaks_tree_find(dossier, "voortgang/zroute");

    breaks_tree_set(zroute, "afgerond", done ? "ja" : "nee");
    breaks_tree_drop(zroute, "datumAfronding");
    breaks_tree_put_day(zroute,
                        "startdatum urenTaal urenParticipatie voortgangInburgeraar afgerond",
                        "datumAfronding", breaks_tree_peildatum(dossier));
    return zroute;
}

static void spoil_afronding(xmlNode *dossier)
{
    (void)complete(dossier, false);
}

static void spoil_zroute_uren(xmlNode *dossier)
{
    breaks_tree_set(complete(dossier, true), "urenTaal", "700");
}

static void spoil_zroute_pip(xmlNode *dossier)
{
    breaks_tree_put(breaks_tree_find(dossier, "voortgang"), "map pvt traject", "zroute", NULL);
}

/* --- changes of route ---------------------------------------------------------------- */

static xmlNode *new_change(xmlNode *dossier, const char *soort, const char *van,
                           const char *naar)
{
    xmlNode *change =
        breaks_tree_put(breaks_tree_find(dossier, "voortgang"),
                        "map pvt traject zroute routewijziging", "routewijziging", NULL);

    put_day(change, "datum", breaks_tree_peildatum(dossier));
    put_text(change, "soort", soort);
    put_text(change, "van", van);
    put_text(change, "naar", naar);
    return change;
}

static void spoil_routewijziging(xmlNode *dossier)
{
    xmlNode *change = new_change(dossier, "wisseling van leerroute", "B1-route", "B1-route");

    put_text(change, "grond", "Op eigen verzoek.");
}

static void spoil_afschalen(xmlNode *dossier)
{
    xmlNode *change = new_change(dossier, "afschalen naar A2", "B1-route", "B1-route");

    put_number(change, "gevolgdeUrenTaalles", 500);
    put_text(change, "grond", "De docent ziet het zo.");
}

static void spoil_wijziging_pip(xmlNode *dossier)
{
    xmlNode *change =
        new_change(dossier, "wisseling van leerroute", "Z-route", "onderwijsroute");

    put_text(change, "grond", "Op eigen verzoek.");
}

/* clang-format off */
const struct breaks_row BREAKS_VOORTGANG[] = {
    { "uren-som",           ASIEL_B1, spoil_som },
    { "uren-maand",         ASIEL_B1, spoil_maand },
    { "uren-contract",      ASIEL_B1, spoil_contract },
    { "uren-bekend",        ASIEL_B1, spoil_bekend },
    { "uren-overlap",       ASIEL_B1, spoil_overlap },
    { "uren-duo",           ASIEL_B1, spoil_duo },
    { "aanbod-pip",         ASIEL_B1, spoil_aanbod },
    { "zroute-afronding",   GEZIN_Z,  spoil_afronding },
    { "zroute-uren",        ASIEL_Z,  spoil_zroute_uren },
    { "zroute-pip",         GEZIN_B1, spoil_zroute_pip },
    { "routewijziging",     ASIEL_B1, spoil_routewijziging },
    { "afschalen-uren",     ASIEL_B1, spoil_afschalen },
    { "routewijziging-pip", GEZIN_Z,  spoil_wijziging_pip },
    { 0 },
};
/* clang-format on */
