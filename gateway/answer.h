/* answer -- an answer as it goes on the wire, and the one with which a listener refuses peers.
 */
#ifndef GATEWAY_ANSWER_H
#define GATEWAY_ANSWER_H

#include <stdbool.h>

#include "codecs/base/buf.h"
#include "gateway/listen.h"

/* Appends status line, header and body. `fields` (NULL: none) are the listener's, unless the
 * answer has its own. Nothing that was received is repeated: no header can be injected. */
void answer_compose(const struct listen_answer *answer, const char *method, const char *fields,
                    bool closing, struct buf *out);

/* application/problem+xml that says no more than the status does. */
listen_refuse answer_problem;

#endif
