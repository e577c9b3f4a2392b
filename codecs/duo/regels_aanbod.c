/* regels_aanbod -- DUO's rules for an inburgeringsaanbod (Inburgeringsaanbod 1.2.0).
 *
 * IA-5 and IA-6 name members that the specification does not have
 * (datumAanvangTaalschakeltraject, datumEindeCursus). Put on the ones it has, IA-5 would ask a
 * start behind its end: it is not held. IA-6 then still makes sense, and warns.
 */
#include <string.h>

#include "codecs/duo/regels_walk.h"

static const char *const DATES[] = {
    "datumInburgeringsaanbod",
    "verwachteStartdatumOpleiding",
    "verwachteEinddatumOpleiding",
};
#define DATE_COUNT (sizeof(DATES) / sizeof(DATES[0]))

static enum duo_oordeel check_asiel(const struct duo_walk *walk)
{
    return duo_asiel(walk);
}

static enum duo_oordeel check_pip(const struct duo_walk *walk)
{
    if (!walk->pip.bekend)
        return DUO_ONBEKEND;
    return walk->pip.bestaat ? DUO_GOED : DUO_FOUT;
}

static enum duo_oordeel check_keurmerk(const struct duo_walk *walk)
{
    return duo_keurmerk(walk);
}

static enum duo_oordeel check_dates(const struct duo_walk *walk)
{
    enum duo_oordeel worst = DUO_GOED;

    if (walk->pip.bekend && !walk->pip.bestaat) /* IA-2 */
        return DUO_GOED;
    for (size_t i = 0; i < DATE_COUNT && worst != DUO_FOUT; i++) {
        enum duo_oordeel one =
            duo_not_before(duo_body_day(walk, DATES[i]), walk->pip.dagtekening);
        worst = one == DUO_GOED ? worst : one;
    }
    return worst;
}

static enum duo_oordeel check_termijn(const struct duo_walk *walk)
{
    for (size_t i = 1; i < DATE_COUNT; i++) {
        long day = duo_body_day(walk, DATES[i]);
        if (day > 0 && walk->start == 0)
            return DUO_ONBEKEND;
        if (day > 0 && (day < walk->start || day > walk->einde))
            return DUO_FOUT;
    }
    return DUO_GOED;
}

/* Ours, when it says something else; or one of a former municipality where hours were made. */
static enum duo_oordeel check_again(const struct duo_walk *walk)
{
    const json_t *before = duo_offered(walk);

    if (before)
        return json_equal(json_object_get(before, "inhoud"), walk->body) ? DUO_GOED : DUO_FOUT;
    if (duo_hours_here(walk, NULL, false))
        return DUO_FOUT;
    return walk->facts->gemeld ? DUO_GOED : DUO_ONBEKEND;
}

/* clang-format off */
const struct duo_regel DUO_REGELS_AANBOD[] = {
    { "IA-1", "aanbod.melden", DUO_WEIGER, check_asiel, "DUO Inburgeringsaanbod 1.2.0",
      "een inburgeringsaanbod is er alleen voor asielstatushouders",
      "meld geen aanbod; vraag DUO als de doelgroep niet klopt", "de doelgroep bij DUO" },
    { "IA-2", "aanbod.melden", DUO_WEIGER, check_pip, "DUO Inburgeringsaanbod 1.2.0",
      "deze inwoner heeft geen PIP bij DUO", "meld eerst het PIP", "het huidige PIP bij DUO" },
    { "IA-3", "aanbod.melden", DUO_WEIGER, check_keurmerk, "DUO Inburgeringsaanbod 1.2.0",
      "de instelling heeft bij DUO geen keurmerk Blik op Werk, of voor de onderwijsroute geen "
      "TST", "controleer het instellingsnummer in de lijst van instellingen",
      "de lijst van instellingen, of de leerroute" },
    { "IA-4", "aanbod.melden", DUO_WEIGER, check_dates, "DUO Inburgeringsaanbod 1.2.0",
      "een datum van het aanbod ligt voor de dagtekening van het huidige PIP",
      "verbeter de datum; een aanbod van voor de verhuizing kan niet meer worden gemeld",
      "het huidige PIP bij DUO" },
    { "IA-5", "aanbod.melden", DUO_LET_OP, NULL, "DUO Inburgeringsaanbod 1.2.0",
      "wordt niet gecontroleerd: DUO noemt velden die niet bestaan, en op de bestaande gelegd "
      "zou de start na het einde moeten liggen", "niets; DUO beslist", NULL },
    { "IA-6", "aanbod.melden", DUO_LET_OP, check_termijn, "DUO Inburgeringsaanbod 1.2.0",
      "begin of einde van de opleiding ligt buiten de inburgeringstermijn",
      "controleer de datums; DUO noemt velden die niet bestaan en beslist",
      "de inburgeringstermijn" },
    { "IA-7", "aanbod.melden", DUO_LET_OP, check_again, "DUO Inburgeringsaanbod 1.2.0",
      "dit vervangt het eerdere aanbod bij deze instelling, ook dat van een vorige gemeente",
      "bewaar eerst wat daarin staat: DUO toont het niet",
      "of er al een aanbod bij deze instelling is gemeld" },
    { 0 },
};
/* clang-format on */
