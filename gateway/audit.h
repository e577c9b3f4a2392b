/* audit -- who did what to what, when: rows chained by hash, in the transaction of the deed.
 *
 * hash = SHA-256 over the previous row's hash and this row's fields, each with its length in
 * front. Removing, changing or inserting a row breaks the chain from there on. No personal
 * data: objects are ids, details are kinds, states, codes and digests.
 */
#ifndef GATEWAY_AUDIT_H
#define GATEWAY_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"

/* actor: "uid 1000", an OIN, or "estafetted". action: "outbox", "overdracht", "peer", ... */
bool audit_add(sqlite3 *db, const char *actor, const char *action, const char *object,
               struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 6, 7))) MUST_CHECK;

struct audit_row {
    int64_t seq, at;
    const char *actor, *action, *object, *detail;
};
typedef void audit_each(void *context, const struct audit_row *row);

/* All rows about one object, oldest first. */
bool audit_list(sqlite3 *db, const char *object, audit_each *each, void *context,
                struct fault *fault) MUST_CHECK;

/* Recomputes the whole chain. FAULT_STORE names the first row that does not fit. */
bool audit_verify(sqlite3 *db, int64_t *rows, struct fault *fault) MUST_CHECK;

#endif
