/* breaks_handhaving -- rules on summonses, fines and objections. Each starts from a clean
 * sheet: the fines that were there are taken out, and the totals with them.
 */
#include "tools/dossiermaker/breaks_row.h"

#include "codecs/xmldoc.h"
#include "tools/dossiermaker/breaks_tree.h"
#include "tools/dossiermaker/put.h"

static xmlNode *clean(xmlNode *dossier)
{
    xmlNode *part = breaks_tree_find(dossier, "handhaving");

    breaks_tree_drop(part, "oproep waarschuwing zienswijze boete boetetotaal");
    return part;
}

static xmlNode *add_oproep(xmlNode *dossier, const char *waarvoor, int nummer)
{
    xmlNode *oproep =
        breaks_tree_put(breaks_tree_find(dossier, "handhaving"), "oproep", "oproep", NULL);

    put_day(oproep, "datum", breaks_tree_peildatum(dossier) - 120);
    put_text(oproep, "waarvoor", waarvoor);
    put_number(oproep, "nummer", nummer);
    return oproep;
}

/* The rest of a fine is the caller's: bezwaar comes behind what this puts. */
static xmlNode *add_boete(xmlNode *dossier, const char *grond, int cents, const char *status)
{
    xmlNode *boete = breaks_tree_put(breaks_tree_find(dossier, "handhaving"), "oproep boete",
                                     "boete", NULL);

    put_text(boete, "grond", grond);
    put_euro(boete, "bedrag", cents);
    put_day(boete, "besluitdatum", breaks_tree_peildatum(dossier) - 100);
    put_text(boete, "gemeentecode", xmldoc_text(dossier, "pip/versie/gemeentecode"));
    put_text(boete, "status", status);
    return boete;
}

static void add_totaal(xmlNode *dossier, int intake, int pip)
{
    xmlNode *totaal = breaks_tree_put(breaks_tree_find(dossier, "handhaving"), "oproep boete",
                                      "boetetotaal", NULL);

    put_euro(totaal, "bredeIntake", intake);
    put_euro(totaal, "pip", pip);
    put_euro(totaal, "totaal", intake + pip);
}

/* --- summonses ----------------------------------------------------------------------- */

static void spoil_volgorde(xmlNode *dossier)
{
    (void)clean(dossier);
    (void)add_oproep(dossier, "PIP", 2);
}

static void spoil_verschoonbaar(xmlNode *dossier)
{
    (void)clean(dossier);
    xmlNode *oproep = add_oproep(dossier, "PIP", 1);
    put_yes(oproep, "verschenen", true);
    put_yes(oproep, "verschoonbaar", true);
}

/* --- fines --------------------------------------------------------------------------- */

static void spoil_intake(xmlNode *dossier)
{
    (void)clean(dossier);
    (void)add_oproep(dossier, "brede intake", 1);
    (void)add_oproep(dossier, "brede intake", 2);
    (void)add_boete(dossier, "brede intake", 30000, "opgelegd");
    add_totaal(dossier, 30000, 0);
}

static void spoil_pip(xmlNode *dossier)
{
    (void)clean(dossier);
    (void)add_boete(dossier, "PIP", 90000, "opgelegd");
    add_totaal(dossier, 0, 90000);
}

static void spoil_plafond(xmlNode *dossier)
{
    (void)clean(dossier);
    for (int n = 0; n < 4; n++)
        (void)add_boete(dossier, "PIP", 70000, "opgelegd");
    add_totaal(dossier, 0, 280000);
}

static void spoil_oproep(xmlNode *dossier)
{
    (void)clean(dossier);
    (void)add_oproep(dossier, "brede intake", 1);
    (void)add_boete(dossier, "brede intake", 10000, "opgelegd");
    add_totaal(dossier, 10000, 0);
}

static void spoil_grond(xmlNode *dossier)
{
    (void)clean(dossier);
    xmlNode *boete = add_boete(dossier, "PIP", 10000, "opgelegd");
    breaks_tree_set_day(boete, "besluitdatum",
                        breaks_tree_day(dossier, "pip/versie/dagtekening") - 1);
    add_totaal(dossier, 0, 10000);
}

static void spoil_betaald(xmlNode *dossier)
{
    (void)clean(dossier);
    put_euro(add_boete(dossier, "PIP", 10000, "deels betaald"), "betaald", 15000);
    add_totaal(dossier, 0, 10000);
}

static void spoil_status(xmlNode *dossier)
{
    (void)clean(dossier);
    put_euro(add_boete(dossier, "PIP", 10000, "opgelegd"), "betaald", 5000);
    add_totaal(dossier, 0, 10000);
}

static void spoil_dubbel(xmlNode *dossier)
{
    (void)clean(dossier);
    xmlNode *boete = add_boete(dossier, "PIP", 10000, "opgelegd");
    breaks_tree_put(boete, "gemeentecode", "kenmerk", "ALM-HH-2026-0001");
    (void)breaks_tree_copy(boete);
    add_totaal(dossier, 0, 20000);
}

static void spoil_totaal(xmlNode *dossier)
{
    (void)clean(dossier);
    (void)add_boete(dossier, "PIP", 10000, "opgelegd");
    add_totaal(dossier, 0, 12500);
}

static void spoil_totaal_ontbreekt(xmlNode *dossier)
{
    (void)clean(dossier);
    (void)add_boete(dossier, "PIP", 10000, "opgelegd");
}

/* --- objections ---------------------------------------------------------------------- */

/* after: days from the decision; 0: no date. */
static void object(xmlNode *dossier, const char *status, int after)
{
    (void)clean(dossier);
    xmlNode *boete = add_boete(dossier, "PIP", 10000, "opgelegd");
    xmlNode *bezwaar = put_group(boete, "bezwaar");
    put_text(bezwaar, "status", status);
    if (after != 0)
        put_day(bezwaar, "datum", breaks_tree_day(boete, "besluitdatum") + after);
    add_totaal(dossier, 0, 10000);
}

static void spoil_bezwaar_datum(xmlNode *dossier)
{
    object(dossier, "ingediend", -1);
}

static void spoil_bezwaar_status(xmlNode *dossier)
{
    object(dossier, "geen", 5);
}

static void spoil_bezwaar_termijn(xmlNode *dossier)
{
    object(dossier, "termijn loopt", 0);
}

static void spoil_bezwaar_boete(xmlNode *dossier)
{
    object(dossier, "gegrond", 30);
}

/* clang-format off */
const struct breaks_row BREAKS_HANDHAVING[] = {
    { "oproep-volgorde",        ANYBODY, spoil_volgorde },
    { "oproep-verschoonbaar",   ANYBODY, spoil_verschoonbaar },
    { "boete-intake",           ANYBODY, spoil_intake },
    { "boete-pip",              ANYBODY, spoil_pip },
    { "boete-plafond",          ANYBODY, spoil_plafond },
    { "boete-oproep",           ANYBODY, spoil_oproep },
    { "boete-grond",            ANYBODY, spoil_grond },
    { "boete-betaald",          ANYBODY, spoil_betaald },
    { "boete-status",           ANYBODY, spoil_status },
    { "boete-dubbel",           ANYBODY, spoil_dubbel },
    { "boete-totaal",           ANYBODY, spoil_totaal },
    { "boete-totaal-ontbreekt", ANYBODY, spoil_totaal_ontbreekt },
    { "bezwaar-datum",          ANYBODY, spoil_bezwaar_datum },
    { "bezwaar-status",         ANYBODY, spoil_bezwaar_status },
    { "bezwaar-termijn",        ANYBODY, spoil_bezwaar_termijn },
    { "bezwaar-boete",          ANYBODY, spoil_bezwaar_boete },
    { 0 },
};
/* clang-format on */
