/* detach -- the documents of a handover, out of the daemon and into files of a folder.
 *
 * Named document-ID.EXTENSION: the id is the dossier's (its pattern is a safe name), the
 * extension follows from the media type. Written beside, compared with the SHA-256 that the
 * signed dossier names, and only then given that name.
 */
#ifndef CLI_DETACH_H
#define CLI_DETACH_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "tools/cli/client.h"

/* Every enclosed document of `dossier` (bytes); adds {file,size,sha256} to `files`. Overwrites
 * nothing. FAULT_IO, FAULT_ANSWER when one is not what the dossier says, and the daemon's. */
bool detach_documents(struct client *client, const char *id, const char *folder,
                      const struct buf *dossier, json_t *files,
                      struct fault *fault) MUST_CHECK;

#endif
