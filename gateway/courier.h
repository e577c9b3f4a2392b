/* courier -- threads that claim a row of the outbox, send it, check what came back, and
 * settle.
 *
 * A connection failure sets the peer's clock (nobody is tried before it), any other failure
 * the row's. One log line per attempt. When nothing is due they sleep until something is, or
 * until they are woken.
 */
#ifndef GATEWAY_COURIER_H
#define GATEWAY_COURIER_H

#include <stdbool.h>

#include "codecs/base/fault.h"

struct gateway;
struct couriers;

bool couriers_start(struct gateway *gateway, struct couriers **couriers,
                    struct fault *fault) MUST_CHECK;
void couriers_wake(struct couriers *couriers);
/* A running exchange is finished first (bounded by its deadline). */
void couriers_stop(struct couriers *couriers);

#endif
