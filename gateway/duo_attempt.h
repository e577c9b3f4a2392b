/* duo_attempt -- one try of a courier at a row that goes to DUO: open, ask, settle or put
 * back.
 *
 * A row that DUO settled gets DUO's answer, sealed, in the same transaction, and the mover is
 * told. A failure to reach DUO sets DUO's one clock, any other the row's. A 403 without words
 * ("not ours") is tried again for [duo] scope_days from when the row was made, since DUO may
 * lag behind a move; then it is a refusal.
 */
#ifndef GATEWAY_DUO_ATTEMPT_H
#define GATEWAY_DUO_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/duo_exchange.h"
#include "gateway/gateway.h"
#include "gateway/outbox.h"

struct duo_attempt {
    struct gateway *gateway;
    const struct outbox_row *row; /* claimed, with its sealed bytes */
    struct duo_exchange exchange;
    enum outbox_state to; /* where it was settled */
    char reason[100];
    struct fault fault; /* why it was not */
    int64_t wait;       /* seconds until the next try */
};
void duo_attempt_finish(struct duo_attempt *attempt);

/* True: settled. Else duo_attempt_again() must take the row out of SENDING. */
bool duo_attempt_run(struct duo_attempt *attempt, struct deliver *line);
bool duo_attempt_again(sqlite3 *db, void *attempt, struct fault *fault); /* a store_work */

/* The one line in the log. */
void duo_attempt_log(const struct duo_attempt *attempt, int64_t ms, bool settled);

#endif
