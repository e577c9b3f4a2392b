/* events -- what just happened, for whoever listens: nng PUB on run/events.sock.
 *
 * One JSON object each: {"v":1,"at":MOMENT,"kind":KIND,"id":ID}, KIND one of inbox, outbox,
 * overdracht, peer, alarm, notificatie (ID: DUO's berichtId). A hint only: slow readers miss
 * some, the store is the truth. The kernel tells who connects; only root and the daemon's own
 * user are let in.
 */
#ifndef GATEWAY_EVENTS_H
#define GATEWAY_EVENTS_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

struct events;

bool events_start(const struct gateway *gateway, struct events **events,
                  struct fault *fault) MUST_CHECK;
void events_publish(struct events *events, const char *kind, const char *id);
void events_tend(struct events *events); /* listens anew when it has gone deaf */
void events_stop(struct events *events);

#endif
