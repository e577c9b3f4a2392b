/* rules_persoon -- who it is about: numbers, birth date, doelgroep and cohort. */
#include <string.h>

#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

/* persoon itself, then those of the household. */
static void each_person(struct rules_walk *walk, rules_visit *visit)
{
    rules_each(walk, "persoon", visit, NULL);
    rules_each(walk, "persoon/gezinsleden/gezinslid", visit, NULL);
}

static void elfproef_of(struct rules_walk *walk, const xmlNode *person, const void *with)
{
    const char *bsn = xmldoc_text(person, "bsn");

    (void)with;
    if (bsn && !dossier_bsn_valid(bsn))
        rules_found(walk, person, "bsn");
}

static void check_elfproef(struct rules_walk *walk)
{
    each_person(walk, elfproef_of);
}

static void vnummer_of(struct rules_walk *walk, const xmlNode *person, const void *with)
{
    (void)with;
    if (rules_number(person, "vnummer") == 0)
        rules_found(walk, person, "vnummer");
}

static void check_vnummer(struct rules_walk *walk)
{
    each_person(walk, vnummer_of);
}

static bool is_same_person(const xmlNode *a, const xmlNode *b)
{
    return (rules_has(a, "bsn") && rules_same(a, b, "bsn"))
           || (rules_has(a, "vnummer") && rules_same(a, b, "vnummer"));
}

static void twice_of(struct rules_walk *walk, const xmlNode *lid, const void *with)
{
    const xmlNode *other = xmldoc_at(lid->parent, "gezinslid");

    (void)with;
    while (other != lid && !is_same_person(lid, other))
        other = xmldoc_next(other);
    if (other != lid || is_same_person(lid, rules_at(walk, "persoon")))
        rules_found(walk, lid, NULL);
}

static void check_twice(struct rules_walk *walk)
{
    rules_each(walk, "persoon/gezinsleden/gezinslid", twice_of, NULL);
}

static void check_geboortedatum(struct rules_walk *walk)
{
    const xmlNode *persoon = rules_at(walk, "persoon");

    if (rules_day(persoon, "geboortedatum") > walk->peildatum)
        rules_found(walk, persoon, "geboortedatum");
}

/* Rights can be granted or kept apart from the purpose of stay: then both may stand. */
static void check_doelgroep(struct rules_walk *walk)
{
    const xmlNode *persoon = rules_at(walk, "persoon");
    bool asiel = rules_is(persoon, "gedetailleerdeDoelgroep", "Asielstatushouder");

    if (rules_has(persoon, "gedetailleerdeDoelgroep") && asiel != walk->asiel
        && !rules_has(persoon, "asielrechtenWijzigingVerblijfsdoel"))
        rules_found(walk, persoon, "gedetailleerdeDoelgroep");
}

static void at_duo(struct rules_walk *walk, const xmlNode *doelgroep, const void *with)
{
    (void)with;
    if (rules_has(doelgroep, "indeling") && !rules_has(doelgroep, "einddatum")
        && rules_is(doelgroep, "indeling", "Asielstatushouder") != walk->asiel)
        rules_found(walk, doelgroep, "indeling");
}

static void check_duo(struct rules_walk *walk)
{
    rules_each(walk, "duo/gelezen/doelgroep", at_duo, NULL);
}

static void check_cohort(struct rules_walk *walk)
{
    const xmlNode *persoon = rules_at(walk, "persoon");

    if (!rules_is(persoon, "cohort", "Wi2021") && rules_given(walk, "pip"))
        rules_found(walk, persoon, "cohort");
}

/* clang-format off */
const struct rule RULES_PERSOON[] = {
    { "elfproef", RULES_REFUSE, check_elfproef, "Wet algemene bepalingen BSN; ME-NCBS-01",
      "het BSN doorstaat de elfproef niet", "fails the 11-test",
      "neem het BSN over uit de BRP", "take the BSN from the BRP" },
    { "vnummer", RULES_REFUSE, check_vnummer, "DUO Notificatie: vNummer; VI-COA-01",
      "het v-nummer bestaat alleen uit nullen", "is a v-nummer of zeros only",
      "vul het v-nummer in, of laat het weg", "give the v-nummer, or leave it out" },
    { "gezinslid-dubbel", RULES_WARN, check_twice, "VI-COA-02",
      "is dezelfde persoon als de inburgeraar of een ander gezinslid",
      "is the same person as the subject or another gezinslid",
      "noem ieder gezinslid een keer", "name each member of the household once" },
    { "geboortedatum", RULES_REFUSE, check_geboortedatum, "ME-NCBS-01",
      "ligt na de peildatum", "lies after the peildatum",
      "neem de geboortedatum over uit de BRP", "take the birth date from the BRP" },
    { "doelgroep-detail", RULES_WARN, check_doelgroep, "DUO Inburgeringsplicht: indeling",
      "past niet bij de doelgroep", "does not belong to the doelgroep",
      "vergelijk met de doelgroep bij DUO, of vermeld de wijziging van de asielrechten",
      "compare with the doelgroep at DUO, or state the change of asylum rights" },
    { "doelgroep-duo", RULES_WARN, check_duo, "DUO Inburgeringsplicht: indeling; SS124 SS125",
      "een andere doelgroep dan bij persoon", "another doelgroep than persoon has",
      "DUO is de bron: verbeter de doelgroep, of lees opnieuw",
      "DUO is the source: correct the doelgroep, or read anew" },
    { "cohort-pip", RULES_WARN, check_cohort, "art. 15 Wet inburgering 2021",
      "een PIP bestaat alleen onder de Wi2021", "a PIP exists under Wi2021 only",
      "controleer welke wet voor deze persoon geldt",
      "check which act holds for this person" },
    { 0 },
};
/* clang-format on */
