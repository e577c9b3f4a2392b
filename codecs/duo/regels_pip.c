/* regels_pip -- DUO's rules for reporting and withdrawing a PIP (PIP API 1.2.0). */
#include <string.h>

#include "codecs/datum.h"
#include "codecs/duo/regels_walk.h"
#include "codecs/xmldoc.h"

static long signed_on(const struct duo_walk *walk)
{
    return duo_body_day(walk, "dagtekeningPip");
}

static enum duo_oordeel check_plicht(const struct duo_walk *walk)
{
    return duo_not_before(signed_on(walk),
                          duo_read_day(walk, "inburgeringsplicht/begindatum"));
}

/* Is this the person's first PIP? GOED: no. FOUT: yes. */
static enum duo_oordeel later_pip(const struct duo_walk *walk)
{
    const char *eerste = walk->facts->eerste_pip;

    if (duo_is_known(eerste) || walk->pip.bestaat)
        return DUO_GOED;
    return eerste ? DUO_FOUT : DUO_ONBEKEND;
}

static enum duo_oordeel check_first(const struct duo_walk *walk)
{
    if (later_pip(walk) != DUO_GOED)
        return later_pip(walk) == DUO_FOUT ? DUO_GOED : DUO_ONBEKEND;
    return duo_not_before(signed_on(walk), datum_day(walk->facts->eerste_pip));
}

static enum duo_oordeel check_current(const struct duo_walk *walk)
{
    if (walk->pip.bekend && !walk->pip.bestaat)
        return DUO_GOED;
    return duo_not_before(signed_on(walk), walk->pip.dagtekening);
}

static enum duo_oordeel check_settled(const struct duo_walk *walk)
{
    return duo_not_before(signed_on(walk), datum_day(walk->facts->vestiging));
}

static bool is_route(const struct duo_walk *walk, const char *leerroute, const char *niveau)
{
    return duo_body_is(walk, "leerroute", leerroute) && duo_body_is(walk, "niveau", niveau);
}

static enum duo_oordeel check_onderwijs(const struct duo_walk *walk)
{
    return is_route(walk, "O", "A2") ? DUO_FOUT : DUO_GOED;
}

static enum duo_oordeel check_zroute(const struct duo_walk *walk)
{
    return is_route(walk, "Z", "B1") ? DUO_FOUT : DUO_GOED;
}

static enum duo_oordeel check_b1(const struct duo_walk *walk)
{
    return is_route(walk, "B", "A2") ? later_pip(walk) : DUO_GOED;
}

static enum duo_oordeel check_niveau(const struct duo_walk *walk)
{
    return duo_body_has(walk, "niveau") ? DUO_GOED : DUO_FOUT;
}

static enum duo_oordeel check_intensity(const struct duo_walk *walk)
{
    if (!duo_body_has(walk, "geschatteIntensiteitB1Route"))
        return DUO_GOED;
    return duo_body_is(walk, "leerroute", "B") ? duo_asiel(walk) : DUO_FOUT;
}

static enum duo_oordeel check_termijn(const struct duo_walk *walk)
{
    if (walk->start > 0)
        return DUO_FOUT;
    return walk->facts->volledig ? DUO_GOED : DUO_ONBEKEND;
}

static bool has_hours(const xmlNode *uren)
{
    const char *text = xmldoc_text(uren, "taallesEnKnmInstelling/uren");

    return text && strspn(text, "0") < strlen(text);
}

/* Our offer, when this is where those hours were made. */
static bool is_offered(const struct duo_walk *walk, const char *number)
{
    struct duo_facts there = *walk->facts;
    struct duo_walk at = *walk;

    there.instellingsnummer = number;
    at.facts = &there;
    return duo_offered(&at) != NULL;
}

static enum duo_oordeel check_hours(const struct duo_walk *walk)
{
    const xmlNode *gelezen = walk->facts->gelezen;
    const xmlNode *at = gelezen ? xmldoc_child(gelezen, "uren") : NULL;
    enum duo_oordeel found = walk->facts->volledig ? DUO_GOED : DUO_ONBEKEND;

    for (; at; at = xmldoc_next(at)) {
        const char *number = xmldoc_text(at, "taallesEnKnmInstelling/instellingsnummer");
        if (!has_hours(at) || !number)
            continue;
        if (is_offered(walk, number))
            return DUO_FOUT;
        found = DUO_ONBEKEND;
    }
    return found;
}

/* clang-format off */
const struct duo_regel DUO_REGELS_PIP[] = {
    { "PIP-2", "pip.melden", DUO_WEIGER, check_plicht, "DUO PIP 1.2.0",
      "de dagtekening ligt voor het begin van de inburgeringsplicht",
      "verbeter de dagtekening, of vraag DUO naar het begin van de plicht",
      "het begin van de inburgeringsplicht" },
    { "PIP-3", "pip.melden", DUO_WEIGER, check_first, "DUO PIP 1.2.0",
      "de dagtekening ligt voor die van het eerste PIP van deze inwoner",
      "verbeter de dagtekening", "de dagtekening van het eerste PIP" },
    { "PIP-4", "pip.melden", DUO_WEIGER, check_current, "DUO PIP 1.2.0",
      "de dagtekening ligt voor die van het PIP dat DUO nu heeft",
      "verbeter de dagtekening", "het huidige PIP bij DUO" },
    { "PIP-5", "pip.melden", DUO_WEIGER, check_settled, "DUO PIP 1.2.0",
      "de dagtekening ligt voor de vestiging in deze gemeente",
      "verbeter de dagtekening of de dag van vestiging",
      "de dag van vestiging in deze gemeente" },
    { "PIP-6", "pip.melden", DUO_WEIGER, check_onderwijs, "DUO PIP 1.2.0",
      "niveau A2 kan niet bij de onderwijsroute", "kies niveau B1 of een andere leerroute",
      NULL },
    { "PIP-7", "pip.melden", DUO_WEIGER, check_zroute, "DUO PIP 1.2.0",
      "niveau B1 kan niet bij de Z-route", "laat het niveau weg, of kies A2", NULL },
    { "PIP-8", "pip.melden", DUO_WEIGER, check_b1, "DUO PIP 1.2.0",
      "niveau A2 kan niet bij de B1-route in het eerste PIP van deze inwoner",
      "kies niveau B1; afschalen kan met een later PIP",
      "of deze inwoner eerder een PIP had, ook van een andere gemeente" },
    { "PIP-9", "pip.melden", DUO_LET_OP, check_niveau, "DUO PIP 1.2.0",
      "zonder niveau legt DUO bij B1-route en onderwijsroute B1 vast; bij de Z-route is het "
      "niet bekend", "vul het niveau in als dat niet de bedoeling is", NULL },
    { "PIP-10", "pip.melden", DUO_WEIGER, check_intensity, "DUO PIP 1.2.0",
      "de intensiteit hoort alleen bij de B1-route van een asielstatushouder",
      "laat de intensiteit weg", "de doelgroep bij DUO" },
    { "PIP-11", "pip.intrekken", DUO_WEIGER, check_termijn, "DUO PIP 1.2.0",
      "de inburgeringstermijn is al vastgesteld: het PIP kan niet meer weg",
      "meld een gewijzigd PIP", "of er een inburgeringstermijn is" },
    { "PIP-12", "pip.intrekken", DUO_WEIGER, check_hours, "DUO PIP 1.2.0",
      "er zijn cursusuren geregistreerd bij het huidige inburgeringsaanbod",
      "meld een gewijzigd PIP", "bij welk aanbod de uren horen" },
    { 0 },
};
/* clang-format on */
