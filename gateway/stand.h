/* stand -- where the open handovers stand, as their clocks see it: read from the store.
 *
 * Runs inside a transaction of the store.
 */
#ifndef GATEWAY_STAND_H
#define GATEWAY_STAND_H

#include <stdbool.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/termijn.h"

typedef void stand_each(void *context, const struct termijn_stand *stand);

/* Every handover that has not ended, oldest first. */
bool stand_list(sqlite3 *db, stand_each *each, void *context, struct fault *fault) MUST_CHECK;

#endif
