/* peer_store -- the registry on disk: cards, states, and one retry clock per peer.
 *
 * All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_PEER_STORE_H
#define GATEWAY_PEER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "peers/peer.h"
#include "peers/registry.h"

/* Fills the registry. A card that no longer reads is FAULT_STORE with the OIN. */
bool peer_store_load(sqlite3 *db, struct registry *registry, struct fault *fault) MUST_CHECK;

/* Adds the peer or replaces its card and state. */
bool peer_store_put(sqlite3 *db, const char *actor, const struct peer *peer,
                    struct fault *fault) MUST_CHECK;

/* The one door for states. FAULT_STATE: no such arrow, or not in `from`. */
bool peer_store_move(sqlite3 *db, const char *actor, const struct peer *peer,
                     enum peer_state to, struct fault *fault) MUST_CHECK;

/* A connection failed (or worked, failures 0): nobody is tried before next_try. */
bool peer_store_clock(sqlite3 *db, const char *oin, int failures, int64_t next_try,
                      struct fault *fault) MUST_CHECK;
bool peer_store_failures(sqlite3 *db, const char *oin, int *failures,
                         struct fault *fault) MUST_CHECK;

/* May a dossier that our own system supplied go there by itself: "auto", or "ask" (at first,
 * and again after the peer was removed). FAULT_USAGE: neither. */
#define PEER_POLICY_SIZE 8
bool peer_store_set_policy(sqlite3 *db, const char *actor, const char *oin, const char *policy,
                           struct fault *fault) MUST_CHECK;
bool peer_store_policy(sqlite3 *db, const char *oin, char policy[PEER_POLICY_SIZE],
                       struct fault *fault) MUST_CHECK;

#endif
