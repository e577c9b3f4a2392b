/* belofte -- the day for which a dossier was promised, with a refusal `in-behandeling`.
 *
 * It belongs to the question that is open: whatever moves the handover drops it.
 */
#ifndef GATEWAY_BELOFTE_H
#define GATEWAY_BELOFTE_H

#include <sqlite3.h>

#include "codecs/afwijzing.h"
#include "codecs/base/fault.h"

/* What this refusal promises (received, or ours); one that ends the request changes nothing
 * here. */
bool belofte_set(sqlite3 *db, const char *overdracht, const struct afwijzing *afwijzing,
                 struct fault *fault) MUST_CHECK;

/* What never arrived has promised nothing. */
bool belofte_drop(sqlite3 *db, const char *overdracht, struct fault *fault) MUST_CHECK;

#endif
