/* share -- a warm conversation that the other municipality should have on paper too: it goes
 * as part of the dossier (voortgang/warmeOverdracht), in a supplement of what was sent. */
#ifndef CLI_SHARE_H
#define CLI_SHARE_H

#include <stdbool.h>

#include <jansson.h>
#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "tools/cli/client.h"

struct talk {
    const char *met, *verslag; /* with whom, and what was said */
    const char *datum;
};

/* Sends the dossier of the handover as it was sent last, with this conversation in it instead
 * of one that was there. *result is what overdracht.supplement answers; the caller's.
 * FAULT_STATE: its voortgang is not geleverd; and the daemon's. */
bool share_talk(struct client *client, const char *overdracht, const struct talk *talk,
                json_t **result, struct fault *fault) MUST_CHECK;

/* Puts it into a dossier; what is there otherwise stays as it is. FAULT_STATE as above. */
bool share_put(xmlNode *dossier, const struct talk *talk, struct fault *fault) MUST_CHECK;

#endif
