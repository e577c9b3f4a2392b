/* handle_notificatie -- POST /v1/notificaties (Notificatie 1.8.0): DUO says that something
 * happened; it is on disk before DUO hears 201.
 *
 * A repeat gets 201 again and changes nothing. 400: a header or the body is not what DUO
 * declares, or the id was used before for something else. 403: not from DUO, or not for us.
 * 503: it could not be stored, or nobody knows whether it was: DUO sends it again. Codes that
 * we do not know and members that the specification does not have are accepted. */
#ifndef GATEWAY_HANDLE_NOTIFICATIE_H
#define GATEWAY_HANDLE_NOTIFICATIE_H

#include "gateway/listen.h"

#define HANDLE_NOTIFICATIE_VERSION "1.8.0"
#define HANDLE_NOTIFICATIE_BYTES_MAX 16384 /* a notification has some 120 */

/* context: struct gateway. Who sends it was settled by duo_listen's admission. */
void handle_notificatie(void *context, const struct listen_request *request,
                        struct listen_answer *answer);

#endif
