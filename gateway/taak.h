/* taak -- the work list: what a person must do, or at least see, before a handover goes on.
 *
 * Each kind is a row of one table: what to do in a Dutch sentence, within how many days, and
 * when its cause is gone. What is the matter stands beside it, sealed: it may hold personal
 * data.
 *
 *   opened --> closed by a person, and not opened again for the same cause
 *         \--> closed by itself when its cause is gone; the same cause opens it again
 *
 * There is one open taak per handover (or notification), kind and key; what opens it may come
 * again. Keys are ids, gemeentecodes, codes or HMACs. All run inside a transaction of the
 * store.
 */
#ifndef GATEWAY_TAAK_H
#define GATEWAY_TAAK_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/uuid.h"
#include "gateway/keys.h"

#define TAAK_SLEUTEL_SIZE 66
#define TAAK_DAG_SIZE 11

enum taak_soort {
    TAAK_WIE_VRAGEN,
    TAAK_GEEN_PEER,
    TAAK_VERSCHIL,
    TAAK_EERST_AFHANDELEN,
    TAAK_DUO_GEWEIGERD,
    TAAK_NOTIFICATIE,
    TAAK_GEMIST,
    TAAK_BLOKKADE,
    TAAK_BLOKKADE_VERZONDEN,
    TAAK_KLAAR,
    TAAK_AANLEVERING,
    TAAK_AFLEVERING,
    TAAK_PIP,
    TAAK_NIET_BEZORGD,
    TAAK_BEVESTIGING,
    TAAK_NIET_GEKREGEN,
    TAAK_NIET_OVERGENOMEN,
    TAAK_AANVULLING,
    TAAK_INTREKKING,
    TAAK_SOORTEN
};
const char *taak_soort_name(enum taak_soort soort);
enum taak_soort taak_soort_named(const char *name);
const char *taak_soort_doen(enum taak_soort soort); /* what to do, Dutch; ID: the handover */
bool taak_soort_beheer(enum taak_soort soort);      /* for who runs the gateway */

/* A condition on a handover h: DUO took a PIP of ours about that person since it began. (The
 * handovers of the person first: what was reported of everybody is much more.) */
#define TAAK_PIP_GEMELD                                                                       \
    " EXISTS (SELECT 1 FROM overdracht g CROSS JOIN outbox p ON p.overdracht = g.id"          \
    "  WHERE (g.id = h.id OR g.bsn_index = h.bsn_index) AND p.soort = 'pip.melden'"           \
    "  AND p.state = 'delivered' AND p.settled >= h.created)"

/* Likewise: another of that person, in the same direction, is open or began later. */
#define TAAK_VERVOLG                                                                          \
    " EXISTS (SELECT 1 FROM overdracht g WHERE g.rol = h.rol AND g.id <> h.id"                \
    "  AND (g.bsn_index = h.bsn_index OR g.vnummer_index = h.vnummer_index)"                  \
    "  AND ((g.created, g.id) > (h.created, h.id) OR g.state IN ('gesignaleerd',"             \
    "   'verzocht', 'ontvangen', 'gevraagd', 'verzonden', 'bezorgd')))"

/* What opens one. */
struct taak_reden {
    enum taak_soort soort;
    const char *overdracht; /* NULL: of none */
    int64_t notificatie;    /* 0: of none */
    const char *sleutel, *tekst;
    const char *uiterlijk; /* a day; NULL: so many days from now as the kind says */
};

/* Opens it, unless it is open or a person closed it; an open one gets the newer text. *opened
 * (may be NULL): it was not there. */
bool taak_open(sqlite3 *db, const struct keys *keys, const struct taak_reden *reden,
               bool *opened, struct fault *fault) MUST_CHECK;

/* One of that kind that a notification about the same person opened (or that was closed since)
 * becomes that of the handover, when it has none. *adopted tells. */
bool taak_adopt(sqlite3 *db, const char *overdracht, enum taak_soort soort, bool *adopted,
                struct fault *fault) MUST_CHECK;

/* Closes by itself the open ones of a handover and kind whose key is none of these (texts). */
bool taak_keep(sqlite3 *db, const char *overdracht, enum taak_soort soort, const json_t *keys,
               struct fault *fault) MUST_CHECK;

/* Closes by itself whatever has lost its cause by where its handover stands. */
bool taak_tidy(sqlite3 *db, struct fault *fault) MUST_CHECK;

/* By a person. FAULT_UNKNOWN; FAULT_STATE: it is closed. */
bool taak_done(sqlite3 *db, const char *actor, int64_t seq, struct fault *fault) MUST_CHECK;

struct taak {
    int64_t seq, notificatie;
    char overdracht[UUID_SIZE]; /* "": of none */
    enum taak_soort soort;
    char sleutel[TAAK_SLEUTEL_SIZE];
    char uiterlijk[TAAK_DAG_SIZE];
    struct buf tekst;
    int64_t created, done;
    char done_by[32];
};
typedef void taak_each(void *context, const struct taak *taak);

/* overdracht NULL: all open ones, the most pressing first; else all of that, oldest first. */
bool taak_list(sqlite3 *db, const struct keys *keys, const char *overdracht, taak_each *each,
               void *context, struct fault *fault) MUST_CHECK;

/* {ID of a handover: {taken: how many are open, uiterlijk: the first day}}; the caller's. */
bool taak_counts(sqlite3 *db, json_t **counts, struct fault *fault) MUST_CHECK;

#endif
