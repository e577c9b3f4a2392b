/* aanlevering_map -- dossiers that our own system leaves in a folder ([aanlevering] map;
 * without it HOME/aanlevering).
 *
 *   in/NAME.xml       a dossier; written as NAME.xml.tmp, then renamed
 *   in/NAME/          its documents, if any; complete before NAME.xml is there
 *   wacht/            taken, rests sealed here; a person must release it, or DUO comes first
 *   verzonden/        sent
 *   geweigerd/        not sent, and not kept
 *
 * NAME is of letters, digits, ".", "_" and "-", at most 80, and means nothing here: which
 * request it answers is found by BSN and v-nummer in the dossier. Beside what is moved stands
 * NAME.txt: the handover and why, without personal data. What was sent or refused is removed
 * after [aanlevering] bewaar_dagen: it is our own system that keeps dossiers.
 */
#ifndef GATEWAY_AANLEVERING_MAP_H
#define GATEWAY_AANLEVERING_MAP_H

#include <limits.h>
#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* The folder as it is configured. */
const char *aanlevering_map_path(const struct gateway *gateway, char path[PATH_MAX]);

/* Looks at everything that lies there, once. FAULT_CONFIG: the folder cannot be used. */
bool aanlevering_map_look(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif
