/* sql -- statements on the store's one connection: prepare, bind and step in one call.
 *
 * `kinds` has one letter per parameter: t text (const char *), i int64_t,
 * b bytes (const void *, size_t), d digest (const struct digest *); a NULL
 * pointer binds NULL. Values are always bound, never part of the text.
 */
#ifndef GATEWAY_SQL_H
#define GATEWAY_SQL_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"

/* Prepares and binds. *stmt is the caller's (SCOPED_SQL). FAULT_STORE. */
bool sql_query(sqlite3 *db, sqlite3_stmt **stmt, struct fault *fault, const char *text,
               const char *kinds, ...) MUST_CHECK;

/* Steps: *row tells whether a row is there. */
bool sql_row(sqlite3_stmt *stmt, bool *row, struct fault *fault) MUST_CHECK;

/* Prepares, binds and runs to the end. */
bool sql_do(sqlite3 *db, struct fault *fault, const char *text, const char *kinds,
            ...) MUST_CHECK;

/* A condition: the id begins with the parameter. By an index on the column, and for ids
 * (digits, a to f, hyphens) only. */
#define SQL_PREFIX(column, parameter)                                                         \
    " " column " >= " parameter " AND " column " < " parameter " || 'g'"

/* Columns. Text is "" for NULL; copies are cut to the size given (our own values fit). */
const char *sql_text(sqlite3_stmt *stmt, int column);
void sql_copy(sqlite3_stmt *stmt, int column, char *text, size_t size);
void sql_bytes(sqlite3_stmt *stmt, int column, struct buf *bytes);      /* appends */
void sql_digest(sqlite3_stmt *stmt, int column, struct digest *digest); /* zeros when NULL */

void sql_release(sqlite3_stmt **stmt);
#define SCOPED_SQL __attribute__((cleanup(sql_release)))

#endif
