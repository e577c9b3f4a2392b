/* termijn -- the clocks of a handover: who must do what, by when, and what follows if nobody
 * does.
 *
 * One table. Where a handover stands, and what is known beside it (a message under way, a date
 * that was promised), choose one row; each stand that is no end has one. A row counts working
 * days from a moment that its side has in its own store.
 *
 *   before and on the last day    who must act is told so          (herinnering.h)
 *   behind it                     late: shown to both sides, an alarm
 *   long behind it                verlopen, on both sides          (verloop.h)
 *
 * Both sides end a handover in agreement without a message. Who must act counts from the day
 * on which it got the question or the dossier; who waits counts from the receipt of that same
 * message, which is never earlier, and waits as long again as a message can live
 * (MESSAGE_LIFE_DAYS): whatever the other did in its last minute has come by then, or has
 * expired.
 *
 * Pure: no store, no clock; `now` is the caller's.
 */
#ifndef GATEWAY_TERMIJN_H
#define GATEWAY_TERMIJN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "codecs/base/buf.h"
#include "gateway/overdracht.h"

#define TERMIJN_DAG_SIZE 11
#define MESSAGE_LIFE_DAYS                                                                     \
    30 /* geldigTot is refused when it is later; see docs/protocol.md                         \
        */

enum termijn_wie { TERMIJN_WIJ, TERMIJN_ZIJ, TERMIJN_DUO };
const char *termijn_wie_name(enum termijn_wie wie); /* "wij", "zij", "DUO" */

/* What is known of a handover besides its stand. */
enum termijn_feit {
    TERMIJN_TAAK = 1,     /* an open taak says what is to be done */
    TERMIJN_ONDERWEG = 2, /* what must reach the other side has not yet */
    TERMIJN_BIJ_DUO = 4,  /* a question to DUO is not answered yet */
    TERMIJN_BELOOFD = 8,  /* in-behandeling, with a date */
};

/* Where one handover stands. Moments of 0 are not known: then `sinds` counts. */
struct termijn_stand {
    char id[UUID_SIZE];
    enum rol rol;
    enum overdracht_state state;
    unsigned feiten;
    int64_t sinds;   /* in this state */
    int64_t vraag;   /* the newest question came here, or was received there */
    int64_t dossier; /* the same of the newest dossier */
    char verwacht[TERMIJN_DAG_SIZE];
};

enum termijn_vanaf {
    TERMIJN_SINDS,
    TERMIJN_VRAAG,
    TERMIJN_DOSSIER,
    TERMIJN_BELOFTE, /* the date itself; its end counts from the question */
};

struct termijn {
    const char *name; /* unique; NULL ends the table */
    enum rol rol;
    enum overdracht_state state;
    unsigned needs; /* termijn_feit; the first row whose needs are met is the one */
    enum termijn_vanaf vanaf;
    int werkdagen;
    enum termijn_wie wie;
    bool beheer;       /* for who runs the gateway, not for who sees to the dossier */
    int einde;         /* days until verlopen, when nothing is under way; 0: not by itself */
    const char *doen;  /* Dutch; "ID" stands for the handover; "": the taak says it */
    const char *reden; /* of the end */
};

extern const struct termijn TERMIJN_TABEL[];
const struct termijn *termijn_named(const char *name);

/* NULL: it has ended, nothing runs. */
const struct termijn *termijn_of(const struct termijn_stand *stand);

/* The last day on which it is in time. */
long termijn_dag(const struct termijn *termijn, const struct termijn_stand *stand);

/* Whether it has waited so long that it ends. */
bool termijn_voorbij(const struct termijn *termijn, const struct termijn_stand *stand,
                     time_t now);

/* What to do, with the id filled in. Appends. */
void termijn_doen(const char *doen, const char *id, struct buf *text);

#endif
