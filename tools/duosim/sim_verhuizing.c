/* sim_verhuizing -- see sim_verhuizing.h. */
#include "tools/duosim/sim_verhuizing.h"

#include <stdio.h>
#include <string.h>

#include "tools/duosim/sim_day.h"
#include "tools/duosim/sim_event.h"
#include "tools/duosim/sim_persoon.h"
#include "tools/duosim/sim_settings.h"
#include "tools/duosim/sim_state.h"

static void responsible(const json_t *state, const json_t *person, char code[SIM_CODE_SIZE])
{
    (void)snprintf(code, SIM_CODE_SIZE, "%s",
                   sim_persoon_gemeente(person, sim_state_today(state)));
}

static void live_at(json_t *person, const char *gemeentecode, long from)
{
    char day[SIM_DAY_SIZE];

    json_array_append_new(sim_state_list(person, "woonplaatsen"),
                          json_pack("{s:s, s:s}", "gemeentecode", gemeentecode, "vanaf",
                                    sim_day_text(from, day)));
}

static void tell(json_t *state, json_t *person, const char *old, const char *new)
{
    if (strcmp(old, new) == 0) {
        sim_event_happen(state, person, new, "SS139");
        return;
    }
    sim_event_happen(state, person, new, sim_persoon_pip(person, 0) ? "SS121" : "SS120");
    if (old[0])
        sim_event_happen(state, person, old, "SS122");
}

void sim_verhuizing_move(json_t *state, json_t *person, const char *gemeentecode, long from)
{
    char old[SIM_CODE_SIZE];

    responsible(state, person, old);
    json_object_del(person, "coa");
    live_at(person, gemeentecode, from);
    tell(state, person, old, gemeentecode);
}

void sim_verhuizing_coa(json_t *state, json_t *person, const char *gemeentecode)
{
    char old[SIM_CODE_SIZE];

    responsible(state, person, old);
    json_object_set_new(person, "coa", json_pack("{s:s}", "gemeentecode", gemeentecode));
    if (strcmp(old, gemeentecode) != 0)
        tell(state, person, old, gemeentecode);
}

void sim_verhuizing_abroad(json_t *state, json_t *person, long from)
{
    char old[SIM_CODE_SIZE];

    responsible(state, person, old);
    json_object_del(person, "coa");
    live_at(person, "", from);
    sim_event_happen(state, person, old, "SS123");
}
