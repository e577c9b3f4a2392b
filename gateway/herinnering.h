/* herinnering -- who must act is reminded: each stage of each due date once.
 *
 *   nieuw         there is something to do          (only what we must do)
 *   laatste-dag   today is the last day             (likewise)
 *   te-laat       it has passed
 *   verlopen      nobody did it: the handover ended
 *
 * A reminder is a row of its own table, a line in the audit and an event of kind
 * `herinnering`; what is mailed of it is post.h's. A date that moves begins anew. With the
 * clock in doubt nobody is reminded.
 */
#ifndef GATEWAY_HERINNERING_H
#define GATEWAY_HERINNERING_H

#include <stdbool.h>
#include <time.h>

#include <jansson.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/aandacht.h"
#include "gateway/gateway.h"
#include "gateway/termijn.h"

#define HERINNERING_SOORT_SIZE 80

/* "besluit-van-ons/te-laat", "verschil#12/nieuw": what it would be called now. */
void herinnering_soort(const struct aandacht *item, char soort[HERINNERING_SOORT_SIZE]);

/* Inside a transaction: reminds of whatever is due at `now` and was not. `told` gets the ids
 * of the events: a handover, or "taak". */
bool herinnering_now(sqlite3 *db, time_t now, json_t *told, struct fault *fault) MUST_CHECK;

/* That one has ended by this clock. */
bool herinnering_einde(sqlite3 *db, const char *overdracht, const struct termijn *termijn,
                       time_t now, struct fault *fault) MUST_CHECK;

/* herinnering_now() by the clock, unless it is in doubt; then the events. */
bool herinnering_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
