/* sim_persoon -- see sim_persoon.h. */
#include "tools/duosim/sim_persoon.h"

#include <string.h>

#include "tools/duosim/sim_state.h"

const char *sim_persoon_woonplaats(const json_t *person, long today)
{
    const char *found = "";
    const json_t *place;
    size_t i;

    json_array_foreach (json_object_get(person, "woonplaatsen"), i, place)
        if (sim_state_day(place, "vanaf") <= today)
            found = sim_state_text(place, "gemeentecode");
    return found;
}

const char *sim_persoon_gemeente(const json_t *person, long today)
{
    const json_t *coa = json_object_get(person, "coa");

    return coa ? sim_state_text(coa, "gemeentecode") : sim_persoon_woonplaats(person, today);
}

long sim_persoon_vestiging(const json_t *person, const char *gemeentecode)
{
    const json_t *place;
    long found = 0;
    size_t i;

    json_array_foreach (json_object_get(person, "woonplaatsen"), i, place)
        if (strcmp(sim_state_text(place, "gemeentecode"), gemeentecode) == 0)
            found = sim_state_day(place, "vanaf");
    return found;
}

const json_t *sim_persoon_pip(const json_t *person, size_t back)
{
    const json_t *pips = json_object_get(person, "pips");
    size_t count = json_array_size(pips);

    return back < count ? json_array_get(pips, count - 1 - back) : NULL;
}

const json_t *sim_persoon_first_pip(const json_t *person)
{
    return json_array_get(json_object_get(person, "pips"), 0);
}

const json_t *sim_persoon_leerplan(const json_t *person)
{
    return json_object_get(sim_persoon_pip(person, 0), "pip");
}

const char *sim_persoon_leerroute(const json_t *person)
{
    return sim_state_text(sim_persoon_leerplan(person), "leerroute");
}

long sim_persoon_termijn_start(const json_t *person)
{
    return sim_state_day(json_object_get(person, "inburgeringstermijn"), "startdatum");
}

long sim_persoon_termijn_einde(const json_t *person)
{
    return sim_state_day(json_object_get(person, "inburgeringstermijn"), "einddatum");
}

bool sim_persoon_asiel(const json_t *person)
{
    return strcmp(sim_state_text(json_object_get(person, "doelgroep"), "indeling"),
                  "Asielstatushouder")
           == 0;
}

static bool is_offered(const json_t *aanbod, const char *instellingsnummer)
{
    return !json_is_true(json_object_get(aanbod, "ingetrokken"))
           && strcmp(sim_state_text(aanbod, "instellingsnummer"), instellingsnummer) == 0;
}

/* datumInburgeringsaanbod is the enrolment and, for B1- and Z-route, the start of the
 * lessons. */
long sim_persoon_aanbod_start(const json_t *person, const char *instellingsnummer)
{
    const json_t *aanbod;
    long first = 0;
    size_t i;

    json_array_foreach (json_object_get(person, "aanbod"), i, aanbod) {
        long start = sim_state_day(aanbod, "datumInburgeringsaanbod");
        if (!start)
            start = sim_state_day(aanbod, "verwachteStartdatumOpleiding");
        if (is_offered(aanbod, instellingsnummer) && start && (!first || start < first))
            first = start;
    }
    return first;
}
