/* notitie -- what the people of this municipality write down in a handover: a note, or that a
 * warm conversation took place, and with whom.
 *
 * Sealed, and never exchanged: what the other side should know is said in a message to it.
 * Gone with the rest when the dossier is withdrawn. All functions run inside a transaction.
 */
#ifndef GATEWAY_NOTITIE_H
#define GATEWAY_NOTITIE_H

#include <stdbool.h>

#include <jansson.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/keys.h"

/* met: with whom was talked, for a warm conversation; "" for a note. Audited without its
 * words.
 */
struct notitie {
    const char *overdracht, *tekst, *met;
};
bool notitie_add(sqlite3 *db, const struct keys *keys, const char *actor,
                 const struct notitie *notitie, struct fault *fault) MUST_CHECK;

/* Appends {at actor soort tekst met}, oldest first. Personal data: for the local bus only. */
bool notitie_list(sqlite3 *db, const struct keys *keys, const char *overdracht, json_t *list,
                  struct fault *fault) MUST_CHECK;

#endif
