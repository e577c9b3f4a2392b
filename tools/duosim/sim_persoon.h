/* sim_persoon -- what scope and rules want to know of one person's state (sim_state.h). */
#ifndef DUOSIM_SIM_PERSOON_H
#define DUOSIM_SIM_PERSOON_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* The gemeentecode where he lives on that day; "": nowhere here. */
const char *sim_persoon_woonplaats(const json_t *person, long today);
/* Who is told what happens to him: that one or, at COA, the one that is linked. */
const char *sim_persoon_gemeente(const json_t *person, long today);
/* The day he came to live there, the last time; 0: he does not. */
long sim_persoon_vestiging(const json_t *person, const char *gemeentecode);

/* The nth PIP from the end, 0 the present one; from the start, 0 the first. NULL: none. */
const json_t *sim_persoon_pip(const json_t *person, size_t back);
const json_t *sim_persoon_first_pip(const json_t *person);
/* { dagtekeningPip, leerroute, ... } of the present one; NULL. */
const json_t *sim_persoon_leerplan(const json_t *person);
/* "B", "O", "Z"; "" without a PIP. */
const char *sim_persoon_leerroute(const json_t *person);

long sim_persoon_termijn_start(const json_t *person); /* 0: not set */
long sim_persoon_termijn_einde(const json_t *person); /* the first day behind it; 0 */
bool sim_persoon_asiel(const json_t *person);

/* The first day of what is offered there and was not withdrawn, as it says itself; 0: none. */
long sim_persoon_aanbod_start(const json_t *person, const char *instellingsnummer);

#endif
