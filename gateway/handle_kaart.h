/* handle_kaart -- GET /v1/kaart: our present card, for registered peers. */
#ifndef GATEWAY_HANDLE_KAART_H
#define GATEWAY_HANDLE_KAART_H

#include "gateway/listen.h"

/* context: struct gateway */
void handle_kaart(void *context, const struct listen_request *request,
                  struct listen_answer *answer);

#endif
