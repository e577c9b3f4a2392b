/* breaks_pip -- rules on the versions of the PIP. */
#include "tools/dossiermaker/breaks_row.h"

#include "codecs/xmldoc.h"
#include "tools/dossiermaker/breaks_tree.h"
#include "tools/dossiermaker/put.h"

static xmlNode *second(xmlNode *dossier)
{
    return xmldoc_next(breaks_tree_find(dossier, "pip/versie"));
}

static void spoil_volgorde(xmlNode *dossier)
{
    breaks_tree_set_day(second(dossier), "dagtekening",
                        breaks_tree_day(dossier, "pip/versie/dagtekening") - 1);
}

static void spoil_plicht(xmlNode *dossier)
{
    xmlNode *plicht = breaks_tree_find(dossier, "duo/gelezen/inburgeringsplicht");

    breaks_tree_set_day(plicht, "begindatum",
                        breaks_tree_day(dossier, "pip/versie/dagtekening") + 1);
}

static void spoil_vestiging(xmlNode *dossier)
{
    const char *gemeente = xmldoc_text(dossier, "pip/versie/gemeentecode");

    breaks_tree_set(breaks_tree_last(dossier, "pip/versie"), "gemeentecode", gemeente);
    breaks_tree_set_day(dossier, "intake/vestiging/datumVestiging",
                        breaks_tree_day(dossier, "pip/versie/dagtekening") + 1);
}

static void spoil_onderwijs(xmlNode *dossier)
{
    breaks_tree_set(breaks_tree_last(dossier, "pip/versie"), "niveau", "A2");
}

static void spoil_zroute_niveau(xmlNode *dossier)
{
    breaks_tree_set(breaks_tree_last(dossier, "pip/versie"), "niveau", "B1");
}

static void spoil_eerste(xmlNode *dossier)
{
    breaks_tree_set(breaks_tree_find(dossier, "pip/versie"), "niveau", "A2");
}

static void spoil_intensiteit(xmlNode *dossier)
{
    breaks_tree_put(breaks_tree_last(dossier, "pip/versie"),
                    "dagtekening gemeentecode kenmerk leerroute niveau", "intensiteitB1",
                    "800");
}

static void spoil_grond(xmlNode *dossier)
{
    xmlNode *last = breaks_tree_last(dossier, "pip/versie");

    breaks_tree_set(last, "leerroute", "onderwijsroute");
    breaks_tree_drop(last, "wijziging onderbouwing");
}

static void spoil_wijziging(xmlNode *dossier)
{
    breaks_tree_drop(second(dossier), "wijziging");
}

static void spoil_afspraken(xmlNode *dossier)
{
    breaks_tree_drop(breaks_tree_find(dossier, "pip/versie"), "pvt");
}

static void spoil_zroute(xmlNode *dossier)
{
    breaks_tree_put(breaks_tree_find(dossier, "pip/versie"),
                    "dagtekening gemeentecode kenmerk leerroute niveau intensiteitB1 "
                    "magOpleidingAfmaken alfabetisering onderbouwing map pvt",
                    "zroute", NULL);
}

static void spoil_zroute_uren(xmlNode *dossier)
{
    breaks_tree_set(breaks_tree_last(dossier, "pip/versie"), "zroute/urenTaal", "700");
}

static void spoil_onderbouwing(xmlNode *dossier)
{
    breaks_tree_drop(breaks_tree_find(dossier, "pip/versie"), "onderbouwing");
}

/* clang-format off */
const struct breaks_row BREAKS_PIP[] = {
    { "pip-volgorde",            GEZIN_B1, spoil_volgorde },
    { "pip-plicht",              ANYBODY,  spoil_plicht },
    { "pip-vestiging",           ANYBODY,  spoil_vestiging },
    { "pip-niveau-onderwijs",    GEZIN_O,  spoil_onderwijs },
    { "pip-niveau-zroute",       GEZIN_Z,  spoil_zroute_niveau },
    { "pip-eerste-niveau",       GEZIN_B1, spoil_eerste },
    { "pip-intensiteit",         ASIEL_Z,  spoil_intensiteit },
    { "pip-route-grond",         GEZIN_B1, spoil_grond },
    { "pip-wijziging",           GEZIN_B1, spoil_wijziging },
    { "pip-afspraken",           ANYBODY,  spoil_afspraken },
    { "pip-zroute",              GEZIN_B1, spoil_zroute },
    { "pip-zroute-uren",         ASIEL_Z,  spoil_zroute_uren },
    { "pip-zroute-onderbouwing", GEZIN_Z,  spoil_onderbouwing },
    { 0 },
};
/* clang-format on */
