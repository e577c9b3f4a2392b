/* stub -- stands in for the daemon on the local bus: answers requests with canned JSON. */
#ifndef TESTS_STUB_H
#define TESTS_STUB_H

#include <jansson.h>

/* What to answer to `name`; a table ends with name NULL. `result` becomes {"ok":true,...};
 * else `fault` {"ok":false,...}; else the bytes of `raw` with "@" replaced by the request's
 * id. All NULL: silence. */
struct stub_answer {
    const char *name, *result, *fault, *raw;
};

struct stub;

/* Listens on ipc://path until stub_stop(). Anything that goes wrong aborts the test program.
 */
struct stub *stub_start(const char *path, const struct stub_answer *answers);
void stub_stop(struct stub *stub);

/* Requests so far, and the arguments ("with") of the last one with that name; the caller's. */
int stub_count(struct stub *stub, const char *name);
json_t *stub_last(struct stub *stub, const char *name);

#endif
