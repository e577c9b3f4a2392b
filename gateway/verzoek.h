/* verzoek -- asking another municipality for a dossier, and asking on.
 *
 * A request is made once: while a handover of the same person with the same peer is open
 * (asked, or received), asking again gives that one and sends nothing. A refusal as `verhuisd`
 * is asked on at the municipality that it names, in a handover of its own; of one such chain
 * nobody is asked twice, and we do not ask ourselves.
 */
#ifndef GATEWAY_VERZOEK_H
#define GATEWAY_VERZOEK_H

#include <stdbool.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/uuid.h"
#include "gateway/gateway.h"
#include "gateway/overdracht.h"
#include "gateway/persoon.h"

/* Runs last in the transaction; `bericht` "": it had been asked already. */
typedef bool verzoek_done(sqlite3 *db, void *context, const struct overdracht *o,
                          const char *bericht, struct fault *fault);

/* NULL where nothing is said. */
struct verzoek {
    const char *to;                /* GEMEENTE that is asked */
    const char *from;              /* ours; NULL: our only one */
    const char *gesignaleerd;      /* this handover asks; NULL: the person's, or a new one */
    const struct persoon *persoon; /* NULL: of that handover */
    const char *grond;             /* SS121, BRP, ...; NULL: of that handover, else BRP */
    const char *vestiging;         /* date of settlement, YYYY-MM-DD; NULL: of that handover */
    const char *pip;               /* have we a PIP: "ja", "nee" */
    const char *toelichting;
    const char *na;     /* asked on after that handover */
    verzoek_done *done; /* with context */
    void *context;
};

/* The handover is verzocht and the message queued; the couriers are woken. FAULT_USAGE, and
 * those of address_find(); FAULT_STATE: not gesignaleerd any more; FAULT_TEMPORARY: our answer
 * to an earlier dossier of this person is still on its way to that peer. */
bool verzoek_send(struct gateway *gateway, const char *actor, const struct verzoek *verzoek,
                  char overdracht[UUID_SIZE], struct fault *fault) MUST_CHECK;

/* Asks on wherever a refusal named another municipality and nobody has; where that cannot be,
 * the reason of the handover says why not. Called when a refusal came, and now and then; twice
 * does no harm. */
void verzoek_go_on(struct gateway *gateway);

#endif
