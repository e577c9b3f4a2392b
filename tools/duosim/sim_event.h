/* sim_event -- what happened to somebody: in his list of events, and told to a municipality.
 *
 * A notification is an object in the state's list `notificaties`:
 *
 *     berichtId, gemeentecode, gebeurtenisId, bsn, vNummer, registratieDatumTijd
 *     pogingen, status (of the last answer; 0: none came), afgeleverd
 *     nietVoor (ms of the wall clock), nogmaals (to send again when taken), achter (held back
 *     until another has been taken)
 *
 * so that it outlives a restart. sim_notify.c sends; this writes them down.
 */
#ifndef DUOSIM_SIM_EVENT_H
#define DUOSIM_SIM_EVENT_H

#include <stdbool.h>

#include <jansson.h>

/* "SS121" to DUO's words; NULL: not on DUO's lists. */
const char *sim_event_meaning(const char *code);

/* The form that DUO's specification asks of a code. */
bool sim_event_is_code(const char *code);

/* gemeentecode "": nobody is told. Returns the notification, borrowed; NULL: none. */
json_t *sim_event_happen(json_t *state, json_t *person, const char *gemeentecode,
                         const char *code);

#endif
