/* lezing -- what we read at DUO for a handover: the newest answer to each query, together.
 *
 * The rows of the outbox are the memory: a query that was answered keeps its answer sealed. So
 * the same reading comes out after a restart, and a newer answer takes the place of an older.
 */
#ifndef GATEWAY_LEZING_H
#define GATEWAY_LEZING_H

#include <stdbool.h>
#include <stdint.h>

#include <libxml/tree.h>

#include "codecs/base/fault.h"
#include "codecs/uuid.h"
#include "gateway/gateway.h"

struct lezing {
    xmlDoc *doc;      /* its root is an element gelezen; never NULL after lezing_load() */
    int64_t newest;   /* seq of the newest query that was answered; 0: nothing was read */
    int64_t answered; /* when that was */
    int64_t gebeurtenissen; /* seq of the list of events in it; 0: none */
    size_t answers;         /* kinds of query that were answered */
    int under_way;          /* queries that have not ended */
    int ended_without; /* queries whose last try ended without an answer: refused, expired */
    bool pip, uren;    /* DUO answered that query: what is not in it, DUO has not */
    char why[200];     /* of the first that ended without; no personal data */
};
void lezing_finish(struct lezing *lezing);
#define SCOPED_LEZING __attribute__((cleanup(lezing_finish)))

/* Not on the store's own thread: it asks the store and opens what it got. Opening for a person
 * is audited by who asks. */
bool lezing_load(struct gateway *gateway, const char *overdracht, struct lezing *lezing,
                 struct fault *fault) MUST_CHECK;

/* DUO tells no day on which it got a PIP. The day of our last look that did not find the one
 * that is there now: no sooner than that. "": it was there at our first look. */
bool lezing_pip_na(struct gateway *gateway, const char *overdracht, char day[11],
                   struct fault *fault) MUST_CHECK;

const xmlNode *lezing_gelezen(const struct lezing *lezing);

#endif
