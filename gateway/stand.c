/* stand -- see stand.h. */
#include "gateway/stand.h"

#include <string.h>

#include "gateway/sql.h"

/* A question is the request, or a weigering that sent an incomplete dossier back. */
#define QUESTIONS "('dossierverzoek', 'weigering')"

/* The newest message of a kind that counted: theirs came in, ours was received. */
#define CAME(kinds)                                                                           \
    "(SELECT max(i.received) FROM inbox i WHERE i.overdracht = h.id AND i.code = ''"          \
    " AND i.soort IN " kinds ")"
#define WENT(kinds)                                                                           \
    "(SELECT max(q.settled) FROM outbox q WHERE q.overdracht = h.id"                          \
    " AND q.state = 'delivered' AND q.soort IN " kinds ")"

#define UNDER_WAY(condition)                                                                  \
    "EXISTS (SELECT 1 FROM outbox q WHERE q.overdracht = h.id"                                \
    " AND q.state IN ('queued', 'sending') AND (" condition "))"

/* A refusal that only promises leaves the dossier ours to send. */
/* clang-format off */
static const char OPEN[] =
    "SELECT h.id, h.rol, h.state, h.sinds, h.verwacht,"
    " coalesce(CASE h.rol WHEN 'verstrekker' THEN " CAME(QUESTIONS)
    "  ELSE " WENT(QUESTIONS) " END, 0),"
    " coalesce(CASE h.rol WHEN 'ontvanger' THEN " CAME("('dossier')")
    "  ELSE " WENT("('dossier')") " END, 0),"
    " EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id AND t.done IS NULL"
    "  AND t.soort IN ('wie-vragen', 'geen-peer')),"
    " CASE h.rol WHEN 'ontvanger' THEN " UNDER_WAY("q.soort IN " QUESTIONS)
    "  ELSE h.reden NOT LIKE 'in-behandeling%'"
    "   AND " UNDER_WAY("q.soort = 'verzoekafwijzing'") " END,"
    " " UNDER_WAY("q.peer IS NULL")
    " FROM overdracht h WHERE h.state IN ('gesignaleerd', 'verzocht', 'ontvangen', 'gevraagd',"
    "  'verzonden', 'bezorgd') ORDER BY h.sinds, h.id";
/* clang-format on */

static enum rol rol_named(const char *name)
{
    return strcmp(name, rol_name(ROL_ONTVANGER)) == 0 ? ROL_ONTVANGER : ROL_VERSTREKKER;
}

static enum overdracht_state state_named(const char *name)
{
    int state = 0;

    while (state < OVERDRACHT_STATES - 1
           && strcmp(overdracht_state_name((enum overdracht_state)state), name) != 0)
        state++;
    return (enum overdracht_state)state;
}

static void read_row(sqlite3_stmt *stmt, struct termijn_stand *stand)
{
    sql_copy(stmt, 0, stand->id, sizeof(stand->id));
    stand->rol = rol_named(sql_text(stmt, 1));
    stand->state = state_named(sql_text(stmt, 2));
    stand->sinds = sqlite3_column_int64(stmt, 3);
    sql_copy(stmt, 4, stand->verwacht, sizeof(stand->verwacht));
    stand->vraag = sqlite3_column_int64(stmt, 5);
    stand->dossier = sqlite3_column_int64(stmt, 6);
    stand->feiten = (stand->verwacht[0] ? (unsigned)TERMIJN_BELOOFD : 0)
                    | (sqlite3_column_int(stmt, 7) ? (unsigned)TERMIJN_TAAK : 0)
                    | (sqlite3_column_int(stmt, 8) ? (unsigned)TERMIJN_ONDERWEG : 0)
                    | (sqlite3_column_int(stmt, 9) ? (unsigned)TERMIJN_BIJ_DUO : 0);
}

bool stand_list(sqlite3 *db, stand_each *each, void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, OPEN, ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        struct termijn_stand stand = { 0 };
        if (!row)
            return true;
        read_row(stmt, &stand);
        each(context, &stand);
    }
    return false;
}
