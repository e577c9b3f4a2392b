/* duo_letter -- a request to DUO as a row of the outbox, and what DUO answered to it.
 *
 * The row is what stands in the path and the body, sealed under the home key; its id is the
 * berichtId, a random one, and stays the same over all attempts. The answer is sealed in the
 * place where a message to a peer has its receipt. In clear: the operation, times and states.
 */
#ifndef GATEWAY_DUO_LETTER_H
#define GATEWAY_DUO_LETTER_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/duo/operation.h"
#include "gateway/gateway.h"
#include "gateway/outbox.h"

struct duo_letter {
    const struct duo_operation *operation;
    struct duo_address address;
    const json_t *body;     /* NULL: none */
    const char *overdracht; /* NULL: outside a handover */
    int64_t valid_seconds;  /* 0: [deliver] expire_days or [duo] scope_days, the longer */
};

/* Is it one that DUO can be asked, with all its path needs, and a body exactly of DUO's shape?
 * FAULT_CONFIG: DUO is not used; FAULT_USAGE, FAULT_SCHEMA. */
bool duo_letter_check(const struct gateway *gateway, const struct duo_letter *letter,
                      struct fault *fault) MUST_CHECK;

/* Checks it, and puts it in the outbox; inside a transaction. Whoever calls wakes the couriers
 * when it is committed. */
bool duo_queue(sqlite3 *db, struct gateway *gateway, const char *actor,
               const struct duo_letter *letter, char id[UUID_SIZE],
               struct fault *fault) MUST_CHECK;

/* What a row says: address and body are the caller's, the latter json_decref() (NULL: none);
 * overdracht is the row's. FAULT_SEAL; FAULT_INTERNAL: no such operation. */
bool duo_letter_open(const struct gateway *gateway, const struct outbox_row *row,
                     struct duo_letter *letter, json_t **body, struct fault *fault) MUST_CHECK;

/* What DUO answered. */
struct duo_reply {
    int status;       /* 0: nothing yet */
    char version[32]; /* API-Version */
    json_t *answer;   /* NULL: none is given, or nothing is known (404) */
    struct buf texts; /* DUO's words, one a line; about a person: for the local bus only */
};
void duo_reply_finish(struct duo_reply *reply);
#define SCOPED_DUO_REPLY __attribute__((cleanup(duo_reply_finish)))

void duo_reply_seal(const struct gateway *gateway, const struct outbox_row *row,
                    const struct duo_reply *reply, struct buf *sealed);

/* Of a row with its receipt (outbox_find()); empty when it has none. */
bool duo_reply_open(const struct gateway *gateway, const struct outbox_row *row,
                    struct duo_reply *reply, struct fault *fault) MUST_CHECK;

#endif
