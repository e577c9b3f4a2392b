/* handle_bericht -- POST /v1/berichten: the steps of accepting a message, top to bottom.
 *
 * Before the three identities agree (TLS client, header, signer on one active peer's card)
 * every refusal is the same application/problem+xml; the cause is only in our log. After that
 * the answer is a signed receipt with HTTP 200, aangenomen or geweigerd. What cannot be
 * decided now (store down, CRL stale, clock in doubt) is 503. Message, receipt and audit row
 * are one transaction, before the answer.
 */
#ifndef GATEWAY_HANDLE_BERICHT_H
#define GATEWAY_HANDLE_BERICHT_H

#include "gateway/listen.h"

/* context: struct gateway */
void handle_bericht(void *context, const struct listen_request *request,
                    struct listen_answer *answer);

#endif
