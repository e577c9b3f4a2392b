/* melding -- what a municipality reports to DUO in a handover, out of its dossier: one table.
 *
 *   ONTVANGER     the PIP that it takes over, the contact person; the own aanbod, hours, MAP
 *                 and PVT, out of a dossier of its own
 *   VERSTREKKER   what must be settled before the new PIP: last hours, MAP, PVT, Z-route, the
 *                 end of the aanbod
 *
 * Each is a body made by DUO's own mapping tables and held against DUO's rules with what we
 * know. One that DUO would surely refuse is not sent: its findings say why, in Dutch. What was
 * reported already in the same words is not reported twice.
 */
#ifndef GATEWAY_MELDING_H
#define GATEWAY_MELDING_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>
#include <libxml/tree.h>

#include "codecs/base/fault.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/regels.h"
#include "gateway/gateway.h"
#include "gateway/overdracht.h"
#include "gateway/persoon.h"

#define MELDINGEN_MAX 64 /* the schema allows 50 trajecten; what is more is not reported */

enum melding_uitkomst {
    MELDING_GEREED,       /* may go */
    MELDING_GEMELD,       /* put into the outbox */
    MELDING_AL_GEMELD,    /* DUO has the same, or it is under way */
    MELDING_GEWEIGERD,    /* held back: DUO would refuse it */
    MELDING_OVERGESLAGEN, /* not ours to report */
    MELDING_UITKOMSTEN
};
const char *melding_uitkomst_name(enum melding_uitkomst uitkomst); /* "al gemeld" */

struct melding {
    const char *onderwerp; /* as --only names it */
    const struct duo_operation *operation;
    struct duo_address address;
    json_t *body;        /* NULL: none */
    json_t *bevindingen; /* [{regel ernst tekst}] */
    enum melding_uitkomst uitkomst;
    char bericht[UUID_SIZE]; /* when it was put into the outbox */
};

/* What it comes from. */
struct melding_bron {
    const struct overdracht *o;
    const struct persoon *persoon;
    const xmlNode *dossier;
    bool own;                /* we made it, it is not the one that was handed over */
    const char *dagtekening; /* of the PIP that is taken over */
    const char *only;        /* one subject; "": all */
    json_t *contact;         /* contactpersoongegevens; NULL: none */
    int64_t contact_id;      /* DUO's number for it; 0: not known */
    struct duo_facts facts;  /* gemeld: grows with what is ready to go */
};

struct meldingen {
    struct melding item[MELDINGEN_MAX];
    size_t count;
};
void melding_finish_all(struct meldingen *meldingen);
#define SCOPED_MELDINGEN __attribute__((cleanup(melding_finish_all)))

/* Makes and judges them, in the order in which they go. FAULT_USAGE: no such subject in this
 * role. */
bool melding_make_all(struct melding_bron *bron, struct meldingen *meldingen,
                      struct fault *fault) MUST_CHECK;

/* [{onderwerp operatie uitkomst bericht bevindingen [body]}]; a body is personal data, for the
 * local bus only. */
json_t *melding_json(const struct meldingen *meldingen, bool bodies);

#endif
