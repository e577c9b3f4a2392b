/* duo_clock -- connection failures with DUO in a row, and before when nobody tries again.
 *
 * One clock for all of DUO, as a peer has one; inside a transaction of the store.
 */
#ifndef GATEWAY_DUO_CLOCK_H
#define GATEWAY_DUO_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"

bool duo_clock_read(sqlite3 *db, int *failures, int64_t *next_try,
                    struct fault *fault) MUST_CHECK;
bool duo_clock_set(sqlite3 *db, int failures, int64_t next_try,
                   struct fault *fault) MUST_CHECK;

/* Waits no longer than this from now. */
bool duo_clock_hasten(sqlite3 *db, int64_t now, int64_t longest,
                      struct fault *fault) MUST_CHECK;

#endif
