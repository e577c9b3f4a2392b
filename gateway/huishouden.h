/* huishouden -- who moves together: a dossier names the members of the household
 * (gezinsleden), and the handovers of those that are here belong together.
 *
 * Kept as HMACs of their numbers. All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_HUISHOUDEN_H
#define GATEWAY_HUISHOUDEN_H

#include <stdbool.h>

#include <jansson.h>
#include <libxml/tree.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/keys.h"

/* Whom this dossier of the handover names, instead of whom the one before it named. */
bool huishouden_note(sqlite3 *db, const struct keys *keys, const char *overdracht,
                     const xmlNode *dossier, struct fault *fault) MUST_CHECK;

/* Appends the ids of handovers with the same municipality, in the same rol, of somebody whom
 * this one's dossier names, or whose dossier names this one's person. */
bool huishouden_list(sqlite3 *db, const char *overdracht, json_t *ids,
                     struct fault *fault) MUST_CHECK;

#endif
