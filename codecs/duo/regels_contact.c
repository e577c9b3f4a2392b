/* regels_contact -- what linking and withdrawing a contact does at DUO (Contactpersoon 1.0.0).
 *
 * DUO shows no contacts: nothing here refuses.
 */
#include <string.h>

#include "codecs/duo/regels_walk.h"

/* One that we set before, or that the municipality of the PIP may have set. */
static enum duo_oordeel check_link(const struct duo_walk *walk)
{
    bool known = walk->facts->gemeld && walk->pip.bekend;

    if (duo_reported(walk, "contactpersoon.koppelen")
        || (walk->pip.bestaat && !walk->pip.eigen))
        return DUO_FOUT;
    return known ? DUO_GOED : DUO_ONBEKEND;
}

static enum duo_oordeel check_links(const struct duo_walk *walk)
{
    return walk->facts->niemand_gekoppeld ? DUO_GOED : DUO_FOUT;
}

/* clang-format off */
const struct duo_regel DUO_REGELS_CONTACT[] = {
    { "CP-1", "contactpersoon.koppelen", DUO_LET_OP, check_link, "DUO Contactpersoon 1.0.0",
      "deze koppeling vervangt een eerdere, ook die van een vorige gemeente",
      "niets, als dat de bedoeling is", "of er al een contactpersoon is gekoppeld" },
    { "CP-2", "contactpersoon.intrekken", DUO_LET_OP, check_links, "DUO Contactpersoon 1.0.0",
      "met de contactpersoon vervallen alle koppelingen aan inwoners",
      "koppel hen eerst aan een andere contactpersoon", NULL },
    { 0 },
};
/* clang-format on */
