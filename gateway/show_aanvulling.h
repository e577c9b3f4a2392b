/* show_aanvulling -- what each supplement of a handover changed, for who looks at it on the
 * local bus: personal data, whose reading is audited by the caller.
 */
#ifndef GATEWAY_SHOW_AANVULLING_H
#define GATEWAY_SHOW_AANVULLING_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"
#include "gateway/overdracht.h"

/* Puts "verschil": [{onderdeel wat label van naar}] with every message of kind aanvulling, as
 * against the dossier before it; one that can no longer be opened gets none. Not on the
 * store's own thread. */
bool show_aanvulling(struct gateway *gateway, const struct overdracht *o, json_t *messages,
                     struct fault *fault) MUST_CHECK;

#endif
