/* api -- what may be asked on the local bus: gateway/api.json, read.
 *
 * That file is the one description of every request: who may make it, its arguments, what is
 * answered. The daemon checks each request by it before a handler sees it, and leaves out of
 * an answer what the role of who asks may not see; docs/api.md is made from it, and tests hold
 * every answer to it.
 *
 * A member is described by one text: its kind, marks, two blanks, what it is.
 *     "file":  "uuid?  of upload"      optional: absent, or empty
 *     "naam":  "text!  of the person"  personal: only a klantregisseur sees it
 *     "taken": "[taak]"                a list of them
 * A kind is a row of "types" or of "records". The member "..." takes in those of a record.
 */
#ifndef GATEWAY_API_H
#define GATEWAY_API_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"

struct api {
    json_t *tree; /* the whole of gateway/api.json; never changed */
};

/* The embedded file; a broken one ends the process. api_destroy() takes NULL. */
struct api *api_create(void);
void api_destroy(struct api *api);

/* The description of a request; NULL: there is none. Borrowed, as all trees here. */
json_t *api_request(const struct api *api, const char *name);

/* The roles that a request, or "events", lists (bits of gateway/rollen.h). */
unsigned api_roles(json_t *described);

/* Does it change something, so that a repeat is answered from the record? */
bool api_changes(json_t *request);

/* Are these its arguments? FAULT_USAGE names the first that is unknown, missing, of the wrong
 * type, too short or too long; never what stood there. */
bool api_check(const struct api *api, const char *name, json_t *arguments,
               struct fault *fault) MUST_CHECK;

/* Takes what is personal out of a result. */
void api_withhold(const struct api *api, const char *name, json_t *result);

struct api_kind {
    char name[32];
    bool list, optional, personal;
    const char *about; /* "" when nothing is said */
};
void api_kind_read(const char *text, struct api_kind *kind);

/* The member of that name among `members` and the records that they take in. */
bool api_member(const struct api *api, json_t *members, const char *name,
                struct api_kind *kind) MUST_CHECK;

/* The members of a record; NULL: a kind of that name is a type. */
json_t *api_record(const struct api *api, const char *kind);

/* Is this value (not a list) of that type? `why` says what is wrong. */
bool api_fits(const struct api *api, const char *type, const json_t *value,
              const char **why) MUST_CHECK;

#endif
