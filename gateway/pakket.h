/* pakket -- what our own system gets of one received message: the same parts as `overdracht
 * save` writes, opened from what rests sealed.
 */
#ifndef GATEWAY_PAKKET_H
#define GATEWAY_PAKKET_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "gateway/aflevering.h"
#include "gateway/gateway.h"
#include "gateway/inbox.h"
#include "gateway/overdracht.h"

struct pakket {
    struct overdracht o;
    struct inbox_row row; /* the message as it came, and its receipt */
    struct buf bericht;   /* verified canonical bytes */
    struct buf dossier;   /* what it holds, as a document of its own */
    struct buf page;      /* of a dossier, to read; empty when it cannot be shown */
    xmlDoc *doc;          /* of `dossier` */
};
void pakket_finish(struct pakket *pakket);
#define SCOPED_PAKKET __attribute__((cleanup(pakket_finish)))

/* Not in a transaction. FAULT_STATE: the message has gone meanwhile (it was withdrawn). */
bool pakket_open(struct gateway *gateway, const struct aflevering *aflevering,
                 struct pakket *pakket, struct fault *fault) MUST_CHECK;

#endif
