/* vragen_duo -- the queries at DUO that a handover waits for, into the outbox (relocation 4).
 *
 * All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_VRAGEN_DUO_H
#define GATEWAY_VRAGEN_DUO_H

#include <stdbool.h>
#include <stddef.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* One query about the person with that BSN; not when the same waits already in the handover.
 */
bool vragen_duo_one(sqlite3 *db, struct gateway *gateway, const char *overdracht,
                    const char *bsn, const char *operation, struct fault *fault) MUST_CHECK;

/* All that the new municipality can know on day one, in DUO's order of use. */
bool vragen_duo_all(sqlite3 *db, struct gateway *gateway, const char *overdracht,
                    const char *bsn, struct fault *fault) MUST_CHECK;

size_t vragen_duo_count(void); /* how many that are */

#endif
