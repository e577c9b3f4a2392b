/* sim_state -- all that the stand-in knows, as one JSON object.
 *
 *   vandaag             the day it is; absent: the clock's
 *   instellingen, verlengingsgronden      as DUO's GETs give them
 *   contactpersonen     id -> { gemeentecode, contactpersoongegevens }
 *   notificaties        what was or must be told (sim_event.h)
 *   personen            BSN -> a person:
 *
 *     bsn, vNummer, wet (2021)
 *     woonplaatsen      [{ gemeentecode, vanaf }], the last that has begun counts
 *     coa               { gemeentecode } that COA has linked; absent: lives on his own
 *     inburgeringsplicht, doelgroep, inburgeringstermijn, each also ...Historie;
 *     examennummer, lbtResultaten, gebeurtenissen, verlengingen, vrijstellingen,
 *     ontheffingen, uren, examenresultaten, gratispogingen, boetes: as the GETs give them
 *     pips              [{ gemeentecode, geregistreerd, pip }], from the first to the present
 *     aanbod            [{ gemeentecode, instellingsnummer, ingetrokken, ...body }]
 *     map, pvt, zroute  { gemeentecode, ...body }
 *     contactpersoon    id
 *
 * A member that is absent is what DUO does not know: 404. An empty list is a list.
 */
#ifndef DUOSIM_SIM_STATE_H
#define DUOSIM_SIM_STATE_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"

/* Nobody, with a few institutions and grounds; the caller's. */
json_t *sim_state_create(void);
/* A missing file gives sim_state_create(). FAULT_DOCUMENT, FAULT_INPUT. */
bool sim_state_load(const char *path, json_t **state, struct fault *fault) MUST_CHECK;
bool sim_state_save(const char *path, const json_t *state, struct fault *fault) MUST_CHECK;

long sim_state_today(const json_t *state);

/* Borrowed; NULL: nobody. */
json_t *sim_state_person(const json_t *state, const char *bsn);
/* Adds or replaces; `person` is taken. "gemeentecode" and "vestiging" may stand for a list of
 * one woonplaats. FAULT_DOCUMENT: no object, no BSN that passes the 11-test, or a member that
 * is not in the list above. */
bool sim_state_put(json_t *state, json_t *person, struct fault *fault) MUST_CHECK;
/* One member of a person; `value` is taken, NULL removes. FAULT_DOCUMENT. */
bool sim_state_set(json_t *person, const char *member, json_t *value,
                   struct fault *fault) MUST_CHECK;

/* Borrowed; NULL: DUO does not know it. */
const json_t *sim_state_institution(const json_t *state, const char *instellingsnummer);

/* "" when the member is absent or no text. */
const char *sim_state_text(const json_t *object, const char *member);
/* The day that a member holds; 0: none. */
long sim_state_day(const json_t *object, const char *member);
/* The list that is a member of object, which is made when absent; borrowed. */
json_t *sim_state_list(json_t *object, const char *member);

#endif
