/* enclose -- documents that go along with a dossier: from files to the daemon, piece by piece.
 */
#ifndef CLI_ENCLOSE_H
#define CLI_ENCLOSE_H

#include <stdbool.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "tools/cli/cli.h"
#include "tools/cli/client.h"

/* Each value of --document. `names` gets what the daemon calls them, with blanks between.
 * Shows how far it is on a terminal. FAULT_INPUT, FAULT_ATTACHMENT, and the daemon's own. */
bool enclose_documents(struct client *client, const struct arguments *arguments,
                       struct buf *names, struct fault *fault) MUST_CHECK;

#endif
