/* receiver -- stands in for a municipality that is notified: counts, and answers as told. */
#ifndef TESTS_DUOSIM_RECEIVER_H
#define TESTS_DUOSIM_RECEIVER_H

#include <jansson.h>

#include "tests/duosim/asker.h"

struct receiver;

/* Shows the certificate of the municipality; answers 201, but first each of `statuses` (0
 * ends, NULL: none) once. From now on the stand-in knows where it is. Before asker_start(). */
struct receiver *receiver_start(const char *gemeente, const int *statuses);
void receiver_stop(struct receiver *receiver);

/* Each as { bron, doel, berichtId, path, type, body }, in the order in which they came; the
 * caller's. */
json_t *receiver_got(struct receiver *receiver);
/* The text of a member of the nth body; "" when there is none. */
const char *receiver_says(const json_t *got, size_t n, const char *member);

#endif
