/* afloop -- see afloop.h. */
#include "gateway/afloop.h"

#include <stdio.h>
#include <string.h>

#include "codecs/afwijzing.h"
#include "codecs/weigering.h"
#include "gateway/clock.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

#define LOOK_BACK_SECONDS (14 * 86400L) /* it opens at the first look after the end */

/* The kinds of end, and one of them at a time: opening its taak makes it be found no more. A
 * reason that is just "verhuisd: 0363" is still being asked on. */
static const char ENDED[] =
    "SELECT h.id, h.rol = 'ontvanger', h.state = 'verlopen', h.reden FROM overdracht h"
    " WHERE h.state IN ('afgewezen', 'geweigerd', 'verlopen') AND h.sinds >= ?1"
    " AND CASE WHEN h.rol = 'ontvanger' THEN h.state <> 'geweigerd'"
    "   AND h.reden NOT GLOB 'verhuisd: [0-9][0-9][0-9][0-9]'"
    "   AND NOT EXISTS (SELECT 1 FROM overdracht n WHERE n.na = h.id)"
    "   AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.overdracht = h.id AND i.code = ''"
    "    AND i.soort = 'dossier')"
    "  ELSE h.state = 'geweigerd' AND h.reden NOT GLOB 'dubbel*'"
    "   OR h.state = 'verlopen' AND 'expired' = (SELECT o.state FROM outbox o"
    "    WHERE o.overdracht = h.id AND o.soort = 'dossier' ORDER BY o.seq DESC LIMIT 1) END"
    " AND NOT EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id"
    "  AND t.soort IN ('niet-gekregen', 'niet-overgenomen'))"
    " AND (h.reden GLOB 'verkeerde-persoon*' OR NOT" TAAK_VERVOLG ") LIMIT 1";

struct ended {
    char id[UUID_SIZE], reden[500];
    bool ours; /* we should have got the dossier */
    bool expired;
};

static bool find(sqlite3 *db, time_t now, struct ended *ended, bool *found,
                 struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    if (!sql_query(db, &stmt, fault, ENDED, "i", (int64_t)now - LOOK_BACK_SECONDS)
        || !sql_row(stmt, found, fault))
        return false;
    if (!*found)
        return true;
    sql_copy(stmt, 0, ended->id, sizeof(ended->id));
    ended->ours = sqlite3_column_int(stmt, 1) != 0;
    ended->expired = sqlite3_column_int(stmt, 2) != 0;
    sql_copy(stmt, 3, ended->reden, sizeof(ended->reden));
    return true;
}

/* "" when the reason begins with no code of ours, as that of a receipt. */
static const char *meaning(const struct ended *ended)
{
    const struct afwijzing_code *afwijzing = afwijzing_of_reden(ended->reden);
    const struct weigering_code *weigering;
    char name[32];

    if (ended->ours)
        return afwijzing ? afwijzing->meaning : "";
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(ended->reden, ":"), ended->reden);
    weigering = weigering_code(name);
    return weigering ? weigering->meaning : "";
}

static void describe(const struct ended *ended, char tekst[1024])
{
    if (ended->expired)
        snprintf(tekst, 1024, "%s",
                 ended->ours ? "De termijn is voorbij en er kwam geen dossier."
                             : "De termijn is voorbij en het dossier is nooit aangekomen.");
    else
        snprintf(tekst, 1024, "%s (%.400s). %s",
                 ended->ours ? "De andere gemeente wees het verzoek af"
                             : "De andere gemeente weigerde het dossier",
                 ended->reden, meaning(ended));
}

bool afloop_now(sqlite3 *db, const struct keys *keys, time_t now, struct fault *fault)
{
    struct ended ended;
    char tekst[1024];
    bool found;

    while (find(db, now, &ended, &found, fault)) {
        if (!found)
            return true;
        const struct taak_reden reden = { .soort = ended.ours ? TAAK_NIET_GEKREGEN
                                                              : TAAK_NIET_OVERGENOMEN,
                                          .overdracht = ended.id,
                                          .sleutel = "",
                                          .tekst = tekst };
        describe(&ended, tekst);
        if (!taak_open(db, keys, &reden, NULL, fault))
            return false;
    }
    return false;
}

static bool run_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct gateway *gateway = argument;

    return afloop_now(db, gateway->keys, clock_now(), fault);
}

bool afloop_run(struct gateway *gateway, struct fault *fault)
{
    return store_run(gateway->store, run_work, gateway, fault);
}
