/* handover -- the dossier of a handover, with what the home knows of how it came or went. */
#ifndef CLI_HANDOVER_H
#define CLI_HANDOVER_H

#include <stdbool.h>

#include <jansson.h>
#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/message.h"
#include "codecs/view.h"
#include "tools/cli/client.h"

struct handover {
    xmlDoc *dossier; /* a document of its own, valid by schema */
    struct view_origin origin;
    /* what origin points into */
    json_t *facts;
    struct kop kop;
    char datum[11];
};

/* The dossier inside a bericht, as a document of its own; the caller's. */
xmlDoc *handover_dossier(xmlDoc *bericht);

/* `bericht` is what client_download() gave of it; the rest is asked. FAULT_DOCUMENT,
 * FAULT_SCHEMA, and the daemon's. */
bool handover_read(struct client *client, const char *id, const struct buf *bericht,
                   struct handover *handover, struct fault *fault) MUST_CHECK;
void handover_release(struct handover *handover);
#define SCOPED_HANDOVER __attribute__((cleanup(handover_release)))

#endif
