/* answer -- is what the local bus answers what gateway/api.json says of it? */
#ifndef TESTS_ANSWER_H
#define TESTS_ANSWER_H

#include <jansson.h>

#include "gateway/api.h"

/* Every member described, every one that is described there, each of its kind. Else it says
 * what is not so and aborts the test program. */
void answer_check(const struct api *api, const char *name, json_t *result);

/* A result of this request with every member that can be, each a list of one where lists are;
 * what is personal holds `secret`. The caller's. */
json_t *answer_whole(const struct api *api, const char *name, const char *secret);

#endif
