/* onbezorgd -- a decision of ours that never reached the other side, or that it never
 * confirmed: a taak for a person.
 *
 * The handover stands as we decided, and there they still wait, or count on something else. (A
 * request, a dossier and a refusal that did not arrive move the handover back: their clocks
 * show them.) That a withdrawn dossier is gone must be confirmed within three working days.
 */
#ifndef GATEWAY_ONBEZORGD_H
#define GATEWAY_ONBEZORGD_H

#include <stdbool.h>
#include <time.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Inside a transaction: each that expired, was refused, or is late by `now`, and has no taak
 * yet. */
bool onbezorgd_now(sqlite3 *db, const struct keys *keys, time_t now,
                   struct fault *fault) MUST_CHECK;

bool onbezorgd_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
