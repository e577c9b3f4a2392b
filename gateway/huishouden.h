/* huishouden -- who moves together: a dossier names the members of the household
 * (gezinsleden), and the handovers of those that are here are one family.
 *
 *   A names B, B names C                  one family of three; so do A names B, C names B
 *   another municipality, or other way    not with them: they do not move together
 *   begun half a year apart               not with them: who moves again does so anew
 *   it has ended                          stays: what became of each is told of all
 *   withdrawn, by whom it may be          gone from the family, and so is whom it named
 *   somebody twice (refused, sent again)  both are in it; alone with himself is no family
 *
 * A family is called by the first handover of it (the lowest id), so by no name or number;
 * that may change when an older one joins, and any of its ids finds it. Kept are HMACs of the
 * numbers. All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_HUISHOUDEN_H
#define GATEWAY_HUISHOUDEN_H

#include <stdbool.h>

#include <jansson.h>
#include <libxml/tree.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/uuid.h"
#include "gateway/keys.h"

/* Whom this dossier of the handover names, instead of whom the one before it named. */
bool huishouden_note(sqlite3 *db, const struct keys *keys, const char *overdracht,
                     const xmlNode *dossier, struct fault *fault) MUST_CHECK;

/* {id of a handover: what its family is called}, of all that have one; the caller's. */
bool huishouden_all(sqlite3 *db, json_t **gezinnen, struct fault *fault) MUST_CHECK;

/* Appends the ids of the others in the family of this one, first begun first; `gezin` is what
 * it is called, "" when there is none. */
bool huishouden_others(sqlite3 *db, const char *overdracht, char gezin[UUID_SIZE], json_t *ids,
                       struct fault *fault) MUST_CHECK;

/* Tells each of these handovers (objects with an `id`) its `gezin`, and brings those of one
 * family next to each other, where the first of them stands; the order stays otherwise. */
void huishouden_together(json_t *list, const json_t *gezinnen);

#endif
