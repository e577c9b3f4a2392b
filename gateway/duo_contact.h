/* duo_contact -- the ids that DUO gave to our contact persons.
 *
 * DUO tells an id once and has no way to look it up, so it is kept in the transaction that
 * settles the report: by an HMAC of the contact's data, which names nobody.
 */
#ifndef GATEWAY_DUO_CONTACT_H
#define GATEWAY_DUO_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/duo_letter.h"
#include "gateway/keys.h"

/* The id of a contact person with exactly these contactpersoongegevens; 0: none is known. */
bool duo_contact_find(sqlite3 *db, const struct keys *keys, const json_t *contact, int64_t *id,
                      struct fault *fault) MUST_CHECK;

/* DUO took this report: what it says about contact persons is kept; of others nothing. */
bool duo_contact_told(sqlite3 *db, const struct keys *keys, const struct duo_letter *letter,
                      const json_t *answer, struct fault *fault) MUST_CHECK;

#endif
