/* connections -- the clients of one listener, each from handshake to last answer.
 *
 *                                          +-- admitted, body read --> WORKING --+
 *     HANDSHAKE --> HEAD --head complete --+                                     +--> ANSWER
 *                    ^   \                 +-- refused -------------------------+      |
 *         first byte |    +--> BODY                                                    |
 *                   IDLE <------------------- kept open ------------------------------+|
 *                                 LINGER <--- anything else ---------------------------+
 *
 * Invariants
 *   1. Everything here runs on the loop thread; while a connection is WORKING
 *      a worker has its request and answer, and nobody frees it.
 *   2. Every other state has a deadline, and one event waits for both.
 *   3. HEAD begins with nothing unread from before: whoever sends bytes behind
 *      a request gets its answer and is closed, so that nothing can be
 *      mistaken for a second request.
 *   4. When there is no room, in total or for an address, the stranger (no
 *      finished handshake) that waits longest gives way, in total one of the
 *      address that has most of them; known clients never do.
 */
#ifndef GATEWAY_CONNECTIONS_H
#define GATEWAY_CONNECTIONS_H

#include <stdbool.h>

#include <event2/event.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "gateway/listen.h"
#include "gateway/worker.h"

struct connections;

/* All three are borrowed for its life. */
struct connections *connections_create(const struct listen_settings *settings,
                                       struct event_base *base, struct workers *workers);
void connections_destroy(struct connections *connections); /* after the loop has ended */

/* Takes the file descriptor; closes it at once when there are too many known clients. */
void connections_accept(struct connections *connections, int fd, const struct sockaddr *from,
                        SSL_CTX *tls);

/* Ends those that wait for their client; lets the others be answered. Breaks the loop when the
 * last has gone. */
void connections_drain(struct connections *connections);

#endif
