/* liar -- a server with a town's own certificate that answers whatever a test wants, on a free
 * port of the loopback: what strict HTTP would never say.
 *
 * Anything that goes wrong while starting aborts.
 */
#ifndef TESTS_FAULT_LIAR_H
#define TESTS_FAULT_LIAR_H

#include "tests/tlsend.h"
#include "tests/town.h"

/* One connection, after its request was heard. Sending fails when the client has had enough.
 */
typedef void liar_answer(struct tlsend *end);

struct liar;

struct liar *liar_start(struct town *town);
void liar_stop(struct liar *liar);
int liar_port(const struct liar *liar);
/* For connections from now on. NULL: an answer in plain text, without TLS. */
void liar_tell(struct liar *liar, liar_answer *answer);

#endif
