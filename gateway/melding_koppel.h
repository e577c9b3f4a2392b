/* melding_koppel -- a contact person that DUO now knows, coupled to the person of the
 * handover.
 *
 * DUO tells the number of a contact person once, in its answer to contactpersoon.melden; it is
 * kept (duo_contact.h), so that the next handover couples at once.
 */
#ifndef GATEWAY_MELDING_KOPPEL_H
#define GATEWAY_MELDING_KOPPEL_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"
#include "codecs/message.h"
#include "gateway/gateway.h"

/* Each handover whose contact person was taken by DUO and is not coupled yet: puts the
 * coupling into the outbox. */
bool melding_koppel(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* contactpersoongegevens of the configuration; NULL: it names nobody. The caller's. */
json_t *melding_contact(const struct contactpersoon *contact);

#endif
