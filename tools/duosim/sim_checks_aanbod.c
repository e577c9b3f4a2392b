/* sim_checks_aanbod -- IA-1 to IA-6, and UREN-1 to UREN-6, which stand on the offer. */
#include <string.h>

#include "tools/duosim/sim_checks.h"
#include "tools/duosim/sim_persoon.h"
#include "tools/duosim/sim_state.h"

bool sim_checks_ia_1(const struct sim_case *c)
{
    return sim_persoon_asiel(c->person);
}

bool sim_checks_ia_2(const struct sim_case *c)
{
    return sim_persoon_pip(c->person, 0) != NULL;
}

/* UREN-1 too. Blik op Werk; for the onderwijsroute a recognised taalschakeltraject. */
bool sim_checks_ia_3(const struct sim_case *c)
{
    const json_t *institution = sim_state_institution(c->state, c->address.instellingsnummer);
    bool onderwijs = strcmp(sim_persoon_leerroute(c->person), "O") == 0;

    return json_is_true(json_object_get(institution, onderwijs ? "indicatieTstKeurmerk"
                                                               : "indicatieBowKeurmerk"));
}

static const char *const DATES[] = { "datumInburgeringsaanbod", "verwachteStartdatumOpleiding",
                                     "verwachteEinddatumOpleiding" };

bool sim_checks_ia_4(const struct sim_case *c)
{
    long first = sim_state_day(sim_persoon_leerplan(c->person), "dagtekeningPip");

    for (size_t i = 0; i < sizeof(DATES) / sizeof(DATES[0]); i++)
        if (json_object_get(c->body, DATES[i]) && sim_state_day(c->body, DATES[i]) < first)
            return false;
    return true;
}

/* Both ends are the first day behind: an education may end with the termijn. */
bool sim_checks_ia_6(const struct sim_case *c)
{
    long from = sim_persoon_termijn_start(c->person),
         until = sim_persoon_termijn_einde(c->person);
    long start = sim_state_day(c->body, "verwachteStartdatumOpleiding"),
         end = sim_state_day(c->body, "verwachteEinddatumOpleiding");

    return !until
           || ((!start || (start >= from && start < until))
               && (!end || (end >= from && end <= until)));
}

static long bekend_tot(const struct sim_case *c)
{
    return sim_state_day(c->body, "bekendTot");
}

bool sim_checks_uren_2(const struct sim_case *c)
{
    return bekend_tot(c) >= sim_persoon_termijn_start(c->person);
}

bool sim_checks_uren_3(const struct sim_case *c)
{
    return bekend_tot(c) <= c->today;
}

bool sim_checks_uren_4(const struct sim_case *c)
{
    return bekend_tot(c) >= sim_persoon_aanbod_start(c->person, c->address.instellingsnummer);
}

bool sim_checks_uren_5(const struct sim_case *c)
{
    return sim_persoon_aanbod_start(c->person, c->address.instellingsnummer) != 0;
}

/* Each municipality counts its own hours: another's date is no limit. */
bool sim_checks_uren_6(const struct sim_case *c)
{
    const json_t *item;
    size_t i;

    json_array_foreach (json_object_get(c->person, "uren"), i, item)
        if (strcmp(sim_state_text(item, "gemeentecode"), c->gemeentecode) == 0
            && strcmp(sim_state_text(json_object_get(item, "TaallesEnKnmInstelling"),
                                     "instellingsnummer"),
                      c->address.instellingsnummer)
                   == 0
            && bekend_tot(c) < sim_state_day(item, "bekendTot"))
            return false;
    return true;
}
