/* blokkade -- of whom nothing may be handed over by this road: somebody in a safe house, or
 * with a secret address (geheimhouding). Who asks hears only that he must call.
 *
 * Who it is and why rests sealed; it is looked up by HMACs of the numbers, also of a number
 * that only an earlier handover of the same person knows. Each look is an audit row: who
 * looked, in which handover, for what, and what came out. A block ends by a person, or after
 * its last day (UTC: never a day too soon).
 *
 * What asks here: sending, releasing what was supplied, supplying, asking, refusing with
 * anything else than `blokkade`. Functions that take a database run inside a transaction of
 * the store.
 */
#ifndef GATEWAY_BLOKKADE_H
#define GATEWAY_BLOKKADE_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "gateway/keys.h"
#include "gateway/persoon.h"
#include "gateway/store.h"

/* Who, why (personal data), and the last day, YYYY-MM-DD ("": until it is lifted). *seq is its
 * number. FAULT_USAGE never repeats what was given; FAULT_STATE: is on the list already. */
struct blokkade_reden {
    const struct persoon *persoon;
    const char *tekst, *until;
};
bool blokkade_add(sqlite3 *db, const struct keys *keys, const char *actor,
                  const struct blokkade_reden *reden, int64_t *seq,
                  struct fault *fault) MUST_CHECK;

/* FAULT_UNKNOWN; FAULT_STATE: lifted before. */
bool blokkade_lift(sqlite3 *db, const char *actor, int64_t seq,
                   struct fault *fault) MUST_CHECK;

struct blokkade {
    int64_t seq, since, lifted; /* lifted 0: not */
    struct persoon persoon;
    struct buf tekst;
    char until[11], by_whom[32], lifted_by[32];
    bool counts; /* now */
};
typedef void blokkade_each(void *context, const struct blokkade *blokkade);

/* Those that count, or all there ever were; the look is an audit row of
 * its own. */
bool blokkade_looked(sqlite3 *db, const char *actor, struct fault *fault) MUST_CHECK;
bool blokkade_list(sqlite3 *db, const struct keys *keys, bool all, blokkade_each *each,
                   void *context, struct fault *fault) MUST_CHECK;

struct blokkade_look {
    const char *actor, *overdracht; /* NULL: of no handover */
    const char *what;               /* for the audit: "send", "request", ... */
};
/* Is somebody on the list now? The audit row is there only when the transaction stays. */
bool blokkade_on(sqlite3 *db, const struct keys *keys, const struct blokkade_look *look,
                 const struct persoon *persoon, bool *on, struct fault *fault) MUST_CHECK;
/* Not in a transaction: it makes one, so that a look that says no stays on record too.
 * FAULT_PERMISSION: on the list. */
bool blokkade_allows(struct store *store, const struct keys *keys,
                     const struct blokkade_look *look, const struct persoon *persoon,
                     struct fault *fault) MUST_CHECK;
/* Put on the list since that look? The same, without an audit row. */
bool blokkade_still(sqlite3 *db, const struct keys *keys, const struct persoon *persoon,
                    struct fault *fault) MUST_CHECK;

/* Of a query: the row o of the outbox, in the handover h, tells about the person; of refusals
 * all but that he must call. */
#define BLOKKADE_LETTER                                                                       \
    " (o.soort IN ('dossier', 'aanvulling', 'dossierverzoek')"                                \
    "  OR (o.soort = 'verzoekafwijzing' AND h.reden NOT LIKE 'blokkade%'))"
/* Of a query: the person of the handover h is on the list at the moment ?1 (clock_now()). */
#define BLOKKADE_ON                                                                           \
    " EXISTS (SELECT 1 FROM blokkade b WHERE b.lifted IS NULL"                                \
    " AND (b.until = '' OR b.until >= date(?1, 'unixepoch'))"                                 \
    " AND (b.bsn_index = h.bsn_index OR b.vnummer_index = h.vnummer_index"                    \
    "  OR EXISTS (SELECT 1 FROM overdracht e"                                                 \
    "   WHERE (e.bsn_index = h.bsn_index OR e.vnummer_index = h.vnummer_index)"               \
    "   AND (e.bsn_index = b.bsn_index OR e.vnummer_index = b.vnummer_index))))"

#endif
