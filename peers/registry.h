/* registry -- the peers of this home in memory, found by OIN, gemeentecode or name.
 *
 * The store is the truth (gateway/peer_store); this is what threads read. Each
 * lookup hands out a counted reference: peer_release() it.
 */
#ifndef PEERS_REGISTRY_H
#define PEERS_REGISTRY_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "peers/peer.h"

struct registry;

struct registry *registry_create(void);
void registry_destroy(struct registry *registry);

/* Adds or replaces the peer with that OIN; a removed one (VERWIJDERD) leaves. Retains it. */
void registry_put(struct registry *registry, const struct peer *peer);

/* The two change places, all at once for whoever looks one up. Nobody else may use `other`. */
void registry_swap(struct registry *registry, struct registry *other);

struct peer *registry_by_oin(struct registry *registry, const char *oin); /* NULL: none */

/* GEMEENTE of the commands: a gemeentecode, an OIN or a name (case-insensitive), of the peer
 * or of a municipality; of one that has merged: who answers for its successor. FAULT_UNKNOWN,
 * and also when a name or code fits more than one peer; the text names what fits. */
bool registry_find(struct registry *registry, const char *gemeente, struct peer **peer,
                   struct fault *fault) MUST_CHECK;

typedef void registry_each(void *context, const struct peer *peer);
void registry_list(struct registry *registry, registry_each *each,
                   void *context); /* by name */

#endif
