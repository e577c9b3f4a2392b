/* melding_koppel -- a contact person that DUO now knows, coupled to the person of the handover.
 *
 * DUO tells the number of a contact person once, in its answer to contactpersoon.melden; it is
 * kept under an HMAC of the contact data (duo_contact), so that the next handover couples at
 * once.
 */
#ifndef GATEWAY_MELDING_KOPPEL_H
#define GATEWAY_MELDING_KOPPEL_H

#include <stdbool.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/message.h"
#include "gateway/gateway.h"

/* Each handover whose contact was taken by DUO and is not coupled yet: keeps the number, and
 * puts the coupling into the outbox. */
bool melding_koppel(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* DUO's number for this contact person; 0: not known. In a transaction of the store. */
bool melding_contact(sqlite3 *db, const struct keys *keys,
                     const struct contactpersoon *contact, long *id,
                     struct fault *fault) MUST_CHECK;

#endif
