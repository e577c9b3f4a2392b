/* sim_scope -- see sim_scope.h. One ground is enough, under the Wet inburgering 2021. */
#include "tools/duosim/sim_scope.h"

#include <string.h>

#include "codecs/datum.h"
#include "tools/duosim/sim_persoon.h"
#include "tools/duosim/sim_state.h"

static bool is_wi2021(const json_t *person)
{
    const json_t *wet = json_object_get(person, "wet");

    return !wet || json_integer_value(wet) == 2021;
}

static bool lives_there(const struct sim_case *c)
{
    return !json_object_get(c->person, "coa")
           && strcmp(sim_persoon_woonplaats(c->person, c->today), c->gemeentecode) == 0;
}

static bool is_linked_by_coa(const struct sim_case *c)
{
    return strcmp(sim_state_text(json_object_get(c->person, "coa"), "gemeentecode"),
                  c->gemeentecode)
           == 0;
}

static bool is_of_asker(const struct sim_case *c, const json_t *pip)
{
    return pip && strcmp(sim_state_text(pip, "gemeentecode"), c->gemeentecode) == 0;
}

static bool has_the_pip(const struct sim_case *c)
{
    return is_of_asker(c, sim_persoon_pip(c->person, 0));
}

static bool had_the_pip_until_lately(const struct sim_case *c)
{
    const json_t *present = sim_persoon_pip(c->person, 0);
    long from = c->vanaf_registratie
                    ? sim_state_day(present, "geregistreerd")
                    : sim_state_day(sim_persoon_leerplan(c->person), "dagtekeningPip");

    return is_of_asker(c, sim_persoon_pip(c->person, 1))
           && c->today < datum_add_months(from, 1);
}

static const struct {
    const char *id;
    bool (*holds)(const struct sim_case *c);
} GROUNDS[] = {
    { "SCOPE-3", lives_there },
    { "SCOPE-4", is_linked_by_coa },
    { "SCOPE-5", has_the_pip },
    { "SCOPE-6", had_the_pip_until_lately },
};

const char *sim_scope_ground(const struct sim_case *c)
{
    if (!is_wi2021(c->person)) /* SCOPE-1 */
        return NULL;
    for (size_t i = 0; i < sizeof(GROUNDS) / sizeof(GROUNDS[0]); i++)
        if (GROUNDS[i].holds(c))
            return GROUNDS[i].id;
    return NULL;
}

bool sim_scope_allows(const struct sim_case *c)
{
    return sim_scope_ground(c) != NULL;
}
