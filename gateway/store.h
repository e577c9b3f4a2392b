/* store -- one thread owns SQLite; others hand it work and wait.
 *
 * What has queued up while a commit ran is committed together: each piece of
 * work runs inside its own savepoint, so that one that fails takes back only
 * itself. A caller hears success only after the COMMIT is on disk (WAL,
 * synchronous=FULL). When a COMMIT fails nobody knows whether it is there:
 * the work gets FAULT_STORE, the connection is opened anew, and callers look
 * their id up again before they say anything (repeats are harmless by design).
 *
 * A second process on the same database is refused (exclusive locking).
 */
#ifndef GATEWAY_STORE_H
#define GATEWAY_STORE_H

#include <stdbool.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"

#define STORE_SCHEMA_VERSION 4

struct store;

/* Runs on the store's thread inside a transaction; false takes its changes back. It must not
 * block on anything else. */
typedef bool store_work(sqlite3 *db, void *argument, struct fault *fault);

/* Opens or makes the database, brings its schema up to date, checks it, starts the thread.
 * FAULT_STORE; FAULT_STATE when another daemon holds it; FAULT_CONFIG when it is newer than
 * us. */
bool store_open(const char *path, struct store **store, struct fault *fault) MUST_CHECK;

/* True: done and durable. May be called from any thread but the store's own. */
bool store_run(struct store *store, store_work *work, void *argument,
               struct fault *fault) MUST_CHECK;

/* Opens an existing database as it is, to look at: not made, upgraded or checked, no thread.
 * The caller's: sqlite3_close(). FAULT_STORE; FAULT_STATE when a daemon holds it. */
bool store_inspect(const char *path, sqlite3 **db, struct fault *fault) MUST_CHECK;

/* Finishes what is queued, then closes. */
void store_close(struct store *store);

#endif
