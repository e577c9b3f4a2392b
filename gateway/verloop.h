/* verloop -- ends what has waited too long: the last of a handover's clocks.
 *
 * See termijn.h for how both sides come to the same end without a message. With the clock in
 * doubt nothing ends (doubt.h): only an answer leads out of that end (overdracht.h).
 */
#ifndef GATEWAY_VERLOOP_H
#define GATEWAY_VERLOOP_H

#include <stdbool.h>
#include <time.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Inside a transaction: every handover that has waited too long by `now`, and every signalled
 * one of which a person said that nobody is to be asked. *count: how many ended. */
bool verloop_now(sqlite3 *db, const struct keys *keys, time_t now, int *count,
                 struct fault *fault) MUST_CHECK;

/* The same, by the clock, unless it is in doubt. */
bool verloop_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
