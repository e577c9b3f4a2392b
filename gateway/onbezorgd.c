/* onbezorgd -- see onbezorgd.h. */
#include "gateway/onbezorgd.h"

#include <stdio.h>

#include "codecs/datum.h"
#include "codecs/werkdag.h"
#include "gateway/clock.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

/* One at a time: opening it makes it be found no more. A decision that was undone meanwhile
 * (the state says so) waits for nobody. */
static const char LOST[] =
    "SELECT o.id, o.overdracht, o.soort, o.state, o.reason FROM outbox o"
    " JOIN overdracht h ON h.id = o.overdracht"
    " WHERE o.peer IS NOT NULL AND o.state IN ('refused', 'expired')"
    " AND ((o.soort = 'overname' AND h.state = 'overgenomen')"
    "  OR (o.soort = 'weigering' AND h.state = 'geweigerd')"
    "  OR (o.soort = 'intrekkingbevestiging' AND h.state = 'ingetrokken')"
    "  OR (o.soort = 'intrekking' AND h.rol = 'verstrekker' AND h.state <> 'ingetrokken'"
    "   AND NOT EXISTS (SELECT 1 FROM outbox l WHERE l.overdracht = h.id"
    "    AND l.soort = o.soort AND l.seq > o.seq))"
    "  OR (o.soort = 'aanvulling' AND h.state NOT IN ('ingetrokken', 'geweigerd')))"
    " AND NOT EXISTS (SELECT 1 FROM taak t WHERE t.soort = 'niet-bezorgd'"
    "  AND t.sleutel = o.id)"
    " ORDER BY o.seq LIMIT 1";

struct lost {
    char id[UUID_SIZE], overdracht[UUID_SIZE], soort[48], why[500];
};

static bool find_lost(sqlite3 *db, struct lost *lost, bool *found, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault, LOST, "") || !sql_row(stmt, found, fault))
        return false;
    if (!*found)
        return true;
    sql_copy(stmt, 0, lost->id, sizeof(lost->id));
    sql_copy(stmt, 1, lost->overdracht, sizeof(lost->overdracht));
    sql_copy(stmt, 2, lost->soort, sizeof(lost->soort));
    snprintf(lost->why, sizeof(lost->why), "%s: %s", sql_text(stmt, 3), sql_text(stmt, 4));
    return true;
}

static bool open_taak(sqlite3 *db, const struct keys *keys, const struct lost *lost,
                      struct fault *fault)
{
    char tekst[640];
    const struct taak_reden reden = { .soort = TAAK_NIET_BEZORGD,
                                      .overdracht = lost->overdracht,
                                      .sleutel = lost->id,
                                      .tekst = tekst };

    snprintf(tekst, sizeof(tekst), "Onze %s is niet aangenomen of niet aangekomen (%s).",
             lost->soort, lost->why);
    return taak_open(db, keys, &reden, NULL, fault);
}

static bool tell_lost(sqlite3 *db, const struct keys *keys, struct fault *fault)
{
    struct lost lost;
    bool found;

    while (find_lost(db, &lost, &found, fault)) {
        if (!found)
            return true;
        if (!open_taak(db, keys, &lost, fault))
            return false;
    }
    return false;
}

/* --- what they did not confirm --------------------------------------------------------- */

#define CONFIRM_DAYS 3

/* The one that waits longest. Until it is confirmed the handover stays where it was. */
static const char UNCONFIRMED[] =
    "SELECT o.id, h.id, o.settled FROM outbox o JOIN overdracht h ON h.id = o.overdracht"
    " WHERE o.soort = 'intrekking' AND o.state = 'delivered' AND h.rol = 'verstrekker'"
    " AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.overdracht = h.id AND i.code = ''"
    "  AND i.soort = 'intrekkingbevestiging')"
    " AND NOT EXISTS (SELECT 1 FROM taak t WHERE t.soort = 'bevestiging'"
    "  AND t.sleutel = o.id)"
    " ORDER BY o.settled LIMIT 1";

static bool find_unconfirmed(sqlite3 *db, struct lost *lost, long *last, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    *last = 0;
    if (!sql_query(db, &stmt, fault, UNCONFIRMED, "") || !sql_row(stmt, &found, fault))
        return false;
    if (!found)
        return true;
    sql_copy(stmt, 0, lost->id, sizeof(lost->id));
    sql_copy(stmt, 1, lost->overdracht, sizeof(lost->overdracht));
    *last = werkdag_add(datum_today(sqlite3_column_int64(stmt, 2)), CONFIRM_DAYS);
    return true;
}

static bool tell_unconfirmed(sqlite3 *db, const struct keys *keys, time_t now,
                             struct fault *fault)
{
    struct lost lost;
    char day[TAAK_DAG_SIZE];
    long last;

    while (find_unconfirmed(db, &lost, &last, fault)) {
        if (!last || datum_today(now) <= last)
            return true;
        datum_format(last, day);
        const struct taak_reden reden = { .soort = TAAK_BEVESTIGING,
                                          .overdracht = lost.overdracht,
                                          .sleutel = lost.id,
                                          .tekst = "De intrekking is bezorgd, de bevestiging "
                                                   "is er niet.",
                                          .uiterlijk = day };
        if (!taak_open(db, keys, &reden, NULL, fault))
            return false;
    }
    return false;
}

/* --- both ------------------------------------------------------------------------------ */

bool onbezorgd_now(sqlite3 *db, const struct keys *keys, time_t now, struct fault *fault)
{
    return tell_lost(db, keys, fault) && tell_unconfirmed(db, keys, now, fault);
}

static bool run_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct gateway *gateway = argument;

    return onbezorgd_now(db, gateway->keys, clock_now(), fault);
}

bool onbezorgd_run(struct gateway *gateway, struct fault *fault)
{
    return store_run(gateway->store, run_work, gateway, fault);
}
