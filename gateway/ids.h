/* ids -- what a query finds, read at once, so that each can be worked on in a transaction of
 * its own while nothing is held open.
 */
#ifndef GATEWAY_IDS_H
#define GATEWAY_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codecs/base/fault.h"
#include "codecs/uuid.h"
#include "gateway/store.h"

struct ids {
    char (*id)[UUID_SIZE]; /* or a number as text */
    size_t count;
};
void ids_finish(struct ids *ids);
#define SCOPED_IDS __attribute__((cleanup(ids_finish)))

/* The first column of what `query` gives; it may have one parameter, a number. */
bool ids_read(struct store *store, const char *query, int64_t number, struct ids *ids,
              struct fault *fault) MUST_CHECK;

#endif
