/* breaks_persoon -- rules on the parts, the person, the intake, days and documents. */
#include "tools/dossiermaker/breaks_row.h"

#include "codecs/xmldoc.h"
#include "tools/dossiermaker/breaks_tree.h"
#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/put.h"

static void spoil_schema(xmlNode *dossier)
{
    breaks_tree_set(dossier, "persoon/cohort", "Wi1999");
}

/* --- status -------------------------------------------------------------------------- */

static void spoil_geleverd(xmlNode *dossier)
{
    breaks_tree_empty(breaks_tree_find(dossier, "handhaving"));
}

static void spoil_inhoud(xmlNode *dossier)
{
    xmlSetProp(breaks_tree_find(dossier, "handhaving"), BAD_CAST "status", BAD_CAST "leeg");
}

static void spoil_reden(xmlNode *dossier)
{
    xmlNode *duo = breaks_tree_find(dossier, "duo");

    breaks_tree_empty(duo);
    xmlSetProp(duo, BAD_CAST "status", BAD_CAST "achtergehouden");
}

static void spoil_reden_te_veel(xmlNode *dossier)
{
    put_attribute(breaks_tree_find(dossier, "duo"), "reden", "veiligheid");
}

/* --- persoon ------------------------------------------------------------------------- */

/* The last digit one higher. */
static void spoil_bsn(xmlNode *dossier)
{
    char *last = (char *)breaks_tree_find(dossier, "persoon/bsn")->children->content + 8;

    *last = (char)(*last == '9' ? '0' : *last + 1);
}

static void spoil_vnummer(xmlNode *dossier)
{
    breaks_tree_set(dossier, "persoon/vnummer", "0000000000");
}

static void spoil_gezinslid(xmlNode *dossier)
{
    xmlNode *lid = breaks_tree_find(dossier, "persoon/gezinsleden/gezinslid");
    const char *bsn = xmldoc_text(dossier, "persoon/bsn");

    breaks_tree_drop(lid, "bsn vnummer");
    breaks_tree_put(lid, "", "bsn", bsn);
}

static void spoil_geboortedatum(xmlNode *dossier)
{
    breaks_tree_set_day(dossier, "persoon/geboortedatum",
                        breaks_tree_peildatum(dossier) + 365);
}

static void spoil_detail(xmlNode *dossier)
{
    xmlNode *persoon = breaks_tree_find(dossier, "persoon");

    breaks_tree_drop(persoon, "asielrechtenWijzigingVerblijfsdoel");
    breaks_tree_set(persoon, "gedetailleerdeDoelgroep", "Asielstatushouder");
}

/* DUO names one group, and it is the other one. */
static void spoil_doelgroep_duo(xmlNode *dossier)
{
    xmlNode *gelezen = breaks_tree_find(dossier, "duo/gelezen");

    breaks_tree_drop(gelezen, "doelgroep");
    xmlNode *doelgroep = breaks_tree_put(
        gelezen, "inburgeringsplicht inburgeringsplichthistorie", "doelgroep", NULL);
    put_text(doelgroep, "indeling", "Asielstatushouder");
    put_day(doelgroep, "begindatum",
            breaks_tree_day(gelezen, "inburgeringsplicht/begindatum"));
}

static void spoil_cohort(xmlNode *dossier)
{
    breaks_tree_set(dossier, "persoon/cohort", "Wi2013");
}

/* --- intake -------------------------------------------------------------------------- */

/* Another leerbaarheidstoets in the place of those that were. */
static xmlNode *new_toets(xmlNode *dossier, const char *afgenomen)
{
    xmlNode *intake = breaks_tree_find(dossier, "intake");

    breaks_tree_drop(intake, "leerbaarheidstoets");
    xmlNode *toets = breaks_tree_put(intake, "vestiging voorinburgering gesprek",
                                     "leerbaarheidstoets", NULL);
    put_text(toets, "afgenomen", afgenomen);
    put_day(toets, "datumAfname", breaks_tree_day(intake, "vestiging/datumVestiging"));
    return toets;
}

static void spoil_tegenspraak(xmlNode *dossier)
{
    put_text(new_toets(dossier, "nee"), "redenNietAfgenomen", "Er was geen plaats.");
}

static void spoil_onvolledig(xmlNode *dossier)
{
    (void)new_toets(dossier, "ja");
}

static void spoil_score(xmlNode *dossier)
{
    xmlNode *toets = new_toets(dossier, "ja");

    put_text(toets, "resultaat", "B1-route haalbaar");
    put_text(toets, "behaaldeScore", "10,00");
    put_text(toets, "benodigdeScore", "36,00");
}

static void spoil_bijzonder(xmlNode *dossier)
{
    xmlNode *een = breaks_tree_find(dossier, "intake/omstandigheid");

    breaks_tree_set(een, "soort", "mentale gezondheid");
    xmlSetProp(een, BAD_CAST "bijzonder", BAD_CAST "nee");
}

/* --- days ---------------------------------------------------------------------------- */

static void spoil_peildatum(xmlNode *dossier)
{
    breaks_tree_set_peildatum(dossier, day_from(2199, 1, 1));
    breaks_tree_drop(breaks_tree_find(dossier, "handhaving"), "boete boetetotaal");
}

static void spoil_toekomst(xmlNode *dossier)
{
    breaks_tree_set_day(dossier, "intake/gesprek/datum", breaks_tree_peildatum(dossier) + 1);
}

static void spoil_periode(xmlNode *dossier)
{
    xmlNode *map = breaks_tree_find(dossier, "pip/versie/map");

    breaks_tree_set_day(map, "beoogdeEinddatum", breaks_tree_day(map, "startdatum") - 1);
}

static void spoil_gelezen(xmlNode *dossier)
{
    char day[DAY_SIZE];

    day_text(breaks_tree_peildatum(dossier) + 1, day);
    xmlSetProp(breaks_tree_find(dossier, "duo/gelezen"), BAD_CAST "op", BAD_CAST day);
}

/* --- documents ----------------------------------------------------------------------- */

static void spoil_id(xmlNode *dossier)
{
    xmlNode *copy = breaks_tree_copy(breaks_tree_find(dossier, "documenten/document"));

    breaks_tree_set(copy, "sha256",
                    "00000000000000000000000000000000000000000000000000000000000000ff");
}

static void spoil_dubbel(xmlNode *dossier)
{
    xmlNode *copy = breaks_tree_copy(breaks_tree_find(dossier, "documenten/document"));

    xmlSetProp(copy, BAD_CAST "id", BAD_CAST "nogmaals");
}

static void spoil_verwijzing(xmlNode *dossier)
{
    put_text(breaks_tree_find(dossier, "pip/versie"), "document", "nergens");
}

static void spoil_beschikking(xmlNode *dossier)
{
    breaks_tree_drop(breaks_tree_find(dossier, "pip/versie"), "document");
}

/* clang-format off */
const struct breaks_row BREAKS_PERSOON[] = {
    { "schema",                  ANYBODY, spoil_schema },
    { "status-geleverd",         ANYBODY, spoil_geleverd },
    { "status-inhoud",           ANYBODY, spoil_inhoud },
    { "status-reden",            ANYBODY, spoil_reden },
    { "status-reden-te-veel",    ANYBODY, spoil_reden_te_veel },
    { "elfproef",                ANYBODY, spoil_bsn },
    { "vnummer",                 ANYBODY, spoil_vnummer },
    { "gezinslid-dubbel",        ANYBODY, spoil_gezinslid },
    { "geboortedatum",           ANYBODY, spoil_geboortedatum },
    { "doelgroep-detail",        GEZIN_B1, spoil_detail },
    { "doelgroep-duo",           GEZIN_B1, spoil_doelgroep_duo },
    { "cohort-pip",               ANYBODY, spoil_cohort },
    { "lbt-tegenspraak",         ANYBODY, spoil_tegenspraak },
    { "lbt-onvolledig",          ANYBODY, spoil_onvolledig },
    { "lbt-score",               ANYBODY, spoil_score },
    { "omstandigheid-bijzonder", ANYBODY, spoil_bijzonder },
    { "peildatum",               ANYBODY, spoil_peildatum },
    { "datum-toekomst",          ANYBODY, spoil_toekomst },
    { "periode",                 ANYBODY, spoil_periode },
    { "duo-gelezen",             ANYBODY, spoil_gelezen },
    { "document-id",             ANYBODY, spoil_id },
    { "document-dubbel",         ANYBODY, spoil_dubbel },
    { "document-verwijzing",     ANYBODY, spoil_verwijzing },
    { "document-pip",            ANYBODY, spoil_beschikking },
    { 0 },
};
/* clang-format on */
