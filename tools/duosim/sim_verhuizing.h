/* sim_verhuizing -- somebody moves, and DUO tells those whom it concerns.
 *
 *   to another municipality     SS121 (there is a PIP) or SS120 to the new, SS122 to the old
 *   out of COA, to the one that was linked already                       SS139 to that one
 *   COA links another                                                   as to another one
 *   abroad                                                                SS123 to the old
 */
#ifndef DUOSIM_SIM_VERHUIZING_H
#define DUOSIM_SIM_VERHUIZING_H

#include <jansson.h>

/* To live there from that day, which may be ahead: the notification then is before the fact.
 */
void sim_verhuizing_move(json_t *state, json_t *person, const char *gemeentecode, long from);
/* To live at a COA location, linked to that municipality. */
void sim_verhuizing_coa(json_t *state, json_t *person, const char *gemeentecode);
void sim_verhuizing_abroad(json_t *state, json_t *person, long from);

#endif
