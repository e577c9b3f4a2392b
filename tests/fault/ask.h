/* ask -- one request to a daemon that may be dying: over its local bus, with an id that the
 * caller chooses, so that the same request can be made again of the one that comes after it.
 */
#ifndef TESTS_FAULT_ASK_H
#define TESTS_FAULT_ASK_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/uuid.h"
#include "tests/town.h"

/* `with` is taken over; NULL: none. True: it was answered, and with ok; *result (may be NULL)
 * is the caller's. False says nothing about whether it was done. */
bool ask(const struct town *town, const char *id, const char *name, json_t *with,
         json_t **result);

/* A dossier from one town to the other, as `estafette overdracht send` does it: confirmed or
 * not. The same id sends it once, however often it is asked. */
bool ask_to_send(const struct town *from, const struct town *to, const char id[UUID_SIZE]);

/* A number in status: ("outbox", "delivered"); -1: no answer. name NULL: the sum of all. */
int64_t ask_count(const struct town *town, const char *group, const char *name);

/* State and reason of the newest message that is not delivered; "" when all are. */
void ask_why(const struct town *town, char why[200]);

#endif
