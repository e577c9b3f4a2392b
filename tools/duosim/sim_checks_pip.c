/* sim_checks_pip -- PIP-2 to PIP-12. */
#include <string.h>

#include "tools/duosim/sim_checks.h"
#include "tools/duosim/sim_persoon.h"
#include "tools/duosim/sim_state.h"

static long dagtekening(const struct sim_case *c)
{
    return sim_state_day(c->body, "dagtekeningPip");
}

static long dagtekening_of(const json_t *pip)
{
    return sim_state_day(json_object_get(pip, "pip"), "dagtekeningPip");
}

static bool says(const struct sim_case *c, const char *member, const char *value)
{
    return strcmp(sim_state_text(c->body, member), value) == 0;
}

bool sim_checks_pip_2(const struct sim_case *c)
{
    return dagtekening(c)
           >= sim_state_day(json_object_get(c->person, "inburgeringsplicht"), "begindatum");
}

bool sim_checks_pip_3(const struct sim_case *c)
{
    return dagtekening(c) >= dagtekening_of(sim_persoon_first_pip(c->person));
}

bool sim_checks_pip_4(const struct sim_case *c)
{
    return dagtekening(c) >= dagtekening_of(sim_persoon_pip(c->person, 0));
}

bool sim_checks_pip_5(const struct sim_case *c)
{
    return dagtekening(c) >= sim_persoon_vestiging(c->person, c->gemeentecode);
}

bool sim_checks_pip_6(const struct sim_case *c)
{
    return !says(c, "niveau", "A2") || !says(c, "leerroute", "O");
}

bool sim_checks_pip_7(const struct sim_case *c)
{
    return !says(c, "niveau", "B1") || !says(c, "leerroute", "Z");
}

bool sim_checks_pip_8(const struct sim_case *c)
{
    return !says(c, "niveau", "A2") || !says(c, "leerroute", "B")
           || sim_persoon_first_pip(c->person);
}

bool sim_checks_pip_10(const struct sim_case *c)
{
    return !json_object_get(c->body, "geschatteIntensiteitB1Route")
           || (says(c, "leerroute", "B") && sim_persoon_asiel(c->person));
}

bool sim_checks_pip_11(const struct sim_case *c)
{
    return sim_persoon_termijn_start(c->person) == 0;
}

static bool has_hours_at(const json_t *person, const char *instellingsnummer)
{
    const json_t *item;
    size_t i;

    json_array_foreach (json_object_get(person, "uren"), i, item)
        if (strcmp(sim_state_text(json_object_get(item, "TaallesEnKnmInstelling"),
                                  "instellingsnummer"),
                   instellingsnummer)
            == 0)
            return true;
    return false;
}

bool sim_checks_pip_12(const struct sim_case *c)
{
    const json_t *aanbod;
    size_t i;

    json_array_foreach (json_object_get(c->person, "aanbod"), i, aanbod)
        if (!json_is_true(json_object_get(aanbod, "ingetrokken"))
            && has_hours_at(c->person, sim_state_text(aanbod, "instellingsnummer")))
            return false;
    return true;
}
