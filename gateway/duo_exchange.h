/* duo_exchange -- one request to DUO and its answer, checked against DUO's tables.
 *
 * The server must be DUO: its certificate ends at an anchor of HOME/duo-trust and carries
 * [duo] oin (deliver.h). An answer counts only when its API-Version is of the major number
 * that we speak, as a proxy or a wrong address answers 404 as readily as DUO does; and a body
 * only when it is strict JSON of the declared shape. What DUO added since is kept in `answer`.
 *
 * A path holds a BSN and an answer is about somebody: neither is in a fault or a log.
 */
#ifndef GATEWAY_DUO_EXCHANGE_H
#define GATEWAY_DUO_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "gateway/deliver.h"
#include "gateway/duo_outcome.h"
#include "gateway/gateway.h"

struct duo_exchange {
    /* What is asked; the caller's. */
    const struct duo_operation *operation;
    const struct duo_address *address;
    const char *id;   /* berichtId, the same at every attempt */
    const void *body; /* JSON; NULL: none */
    size_t size;
    /* What came; duo_exchange_finish(). */
    bool connected; /* false: DUO could not be reached at all */
    int status;     /* 0: no answer */
    char version[32];
    json_t *answer;   /* NULL: none is given, or nothing is known */
    struct buf texts; /* DUO's words, one a line */
    size_t unknown;   /* members that the tables do not know */
    struct duo_outcome outcome;
};
void duo_exchange_finish(struct duo_exchange *exchange);
#define SCOPED_DUO_EXCHANGE __attribute__((cleanup(duo_exchange_finish)))

/* A line to DUO, for duo_exchange_run(); deliver_destroy(). */
struct deliver *duo_exchange_line(const struct config *config);

/* True: DUO answered and outcome is not DUO_AGAIN. Else FAULT_UNREACHABLE, FAULT_IDENTITY,
 * FAULT_ANSWER as deliver_send(), FAULT_ANSWER also for what does not follow the tables;
 * FAULT_CONFIG: DUO is not used; FAULT_USAGE: the address lacks what the operation needs. */
bool duo_exchange_run(struct gateway *gateway, struct deliver *line,
                      struct duo_exchange *exchange, struct fault *fault) MUST_CHECK;

#endif
