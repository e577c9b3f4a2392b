/* aflevering_map -- a received dossier as a folder of files for our own system ([aflevering]
 * map).
 *
 *   BERICHT-NUMBER/     bericht.xml, dossier.xml, bericht.p7m, ontvangstbevestiging.xml,
 *                       dossier.html, document-ID.pdf ...: as `overdracht save` writes them
 *   ingetrokken-NUMBER/ ingetrokken.txt: which handover, and which messages, are to be deleted
 *
 * Made under a name that begins with a dot, synced, then renamed: a folder that is there is
 * whole. What is there already is delivered. Whoever reads it may remove it.
 */
#ifndef GATEWAY_AFLEVERING_MAP_H
#define GATEWAY_AFLEVERING_MAP_H

#include <limits.h>
#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/aflevering.h"
#include "gateway/gateway.h"
#include "gateway/pakket.h"

/* The folder as it is configured. */
const char *aflevering_map_path(const struct gateway *gateway, char path[PATH_MAX]);

/* Is there a folder in which we may write? It is made when it lies in the home. FAULT_CONFIG.
 */
bool aflevering_map_usable(const struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* FAULT_IO, FAULT_CONFIG; FAULT_ATTACHMENT: a document is not what it was. */
bool aflevering_map_write(struct gateway *gateway, const struct aflevering *aflevering,
                          const struct pakket *pakket, struct fault *fault) MUST_CHECK;
bool aflevering_map_notice(struct gateway *gateway, const struct aflevering *aflevering,
                           const char *text, struct fault *fault) MUST_CHECK;

#endif
