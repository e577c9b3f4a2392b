/* control -- the local bus: how the command line, the console and client systems drive the
 * daemon.
 *
 * nng REQ/REP on control.sock. A request is one JSON object
 *     {"v":1, "id":UUID, "do":NAME, "with":{...arguments}}
 * and its answer one of
 *     {"v":1, "id":UUID, "ok":true,  "result":{...}}
 *     {"v":1, "id":UUID, "ok":false, "fault":{"code":NAME,"text":TEXT,"action":TEXT}}
 * code is a fault name (base/fault.h). nng sends a request again when a connection was lost,
 * so a request that changes something is answered from the record when its id was seen before:
 * the record is written in the same transaction as the change. Files travel in pieces of at
 * most 1 MiB, base64, never as a path. "with" may be left out when there are no arguments.
 *
 * What can be asked, by whom, with what, and what is answered: api.json (docs/api.md). The
 * kernel tells who asks (NNG_OPT_IPC_PEER_UID); [rollen] says which roles that user has. What
 * somebody may not ask is answered as what does not exist, and what is personal is left out
 * for whoever is no klantregisseur. A new request is a row in api.json, a row in
 * CONTROL_REQUESTS (control.c), and a handler in a call_*.c.
 */
#ifndef GATEWAY_CONTROL_H
#define GATEWAY_CONTROL_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"
#include "gateway/call.h"

#define CONTROL_VERSION 1
#define CONTROL_PIECE_MAX (1u << 20)
#define CONTROL_MESSAGE_MAX (2u << 20)

struct gateway;
struct control;

bool control_start(struct gateway *gateway, struct control **control,
                   struct fault *fault) MUST_CHECK;
void control_tend(struct control *control); /* listens anew when it has gone deaf */
void control_stop(struct control *control);

/* The name and handler of the nth request; NULL past the last. For tests. */
const char *control_request(size_t index, call_handler **run);

#endif
