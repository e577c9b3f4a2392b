/* sweep -- removes documents that no message came for: a file without a row, a day after
 * anybody last asked for it. */
#ifndef GATEWAY_SWEEP_H
#define GATEWAY_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

#define SWEEP_AFTER_SECONDS 86400

/* Now: what was last asked for before `before`. *removed counts files. */
bool sweep_run(struct gateway *gateway, int64_t before, int *removed,
               struct fault *fault) MUST_CHECK;

/* The same for a day ago, at most once an hour; what goes wrong is logged. */
void sweep_tend(struct gateway *gateway);

#endif
