/* push -- `duo push`: what a handover has to report goes into the outbox for DUO.
 *
 * First everything is made and judged without changing anything (melding.h); what may go is
 * put into the outbox in one transaction with whatever decided it. The same words are not put
 * there twice: neither while they wait, nor when DUO took them.
 */
#ifndef GATEWAY_PUSH_H
#define GATEWAY_PUSH_H

#include <stdbool.h>

#include <libxml/tree.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/call.h"
#include "gateway/lezing.h"
#include "gateway/melding.h"

struct push {
    struct call *call; /* arguments id, file?, dagtekening?, only? */
    struct overdracht o;
    struct persoon persoon;
    xmlDoc *doc;            /* of the dossier, or of the message that holds it */
    const xmlNode *dossier; /* in doc */
    struct lezing lezing;
    char pip_na[11];    /* lezing_pip_na() */
    json_t *gemeld;     /* what we reported of this person and DUO took (regels.h) */
    json_t *contact;    /* ours; NULL: the configuration names nobody */
    int64_t contact_id; /* DUO's number for it; 0: not known */
    char vandaag[11];
    struct meldingen meldingen;
};
void push_finish(struct push *push);
#define SCOPED_PUSH __attribute__((cleanup(push_finish)))

/* The dossier is the uploaded file, else the newest of the handover. Fills meldingen.
 * FAULT_USAGE, FAULT_STATE, those of the dossier. */
bool push_prepare(struct push *push, struct fault *fault) MUST_CHECK;

/* Inside a transaction: what is ready goes into the outbox. */
bool push_queue(sqlite3 *db, struct push *push, struct fault *fault) MUST_CHECK;

#endif
