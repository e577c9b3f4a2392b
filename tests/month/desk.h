/* desk -- the caseworkers of five municipalities, as small rules.
 *
 * They act on what they are shown and on nothing else: `overdracht list --attention` and the
 * work list, some working days after they saw it. What waits without being shown waits for
 * ever, and is found at the end. Everything goes through the requests of the local bus.
 */
#ifndef TESTS_MONTH_DESK_H
#define TESTS_MONTH_DESK_H

#include <stdint.h>

#include <jansson.h>

#include "tests/month/people.h"

void desk_open(uint64_t seed);
void desk_close(void);

/* Asks by hand, as for somebody whom only the BRP knows. */
void desk_requests(int town, struct person *person, int from);
/* Sends the dossier; `reply_to` is the handover that asks, or "". */
void desk_sends(int town, struct person *person, int to, const char *reply_to);
/* Puts them on the block list. */
void desk_hides(int town, struct person *person);
/* Of the newest handover in which it gave the dossier: something was learned later; it was a
 * mistake. Or it takes its own request back. Nothing, where there is none. */
void desk_supplements(int town, struct person *person);
void desk_withdraws(int town, struct person *person);
void desk_withdraws_request(int town, struct person *person);

/* A part of a working day at every desk. */
void desk_works(void);

/* {what was refused at a desk: how often}; borrowed. None of it needs to be wrong. */
const json_t *desk_faults(void);

#endif
