/* belofte -- see belofte.h. */
#include "gateway/belofte.h"

#include "gateway/sql.h"

static bool put(sqlite3 *db, const char *overdracht, const char *datum, struct fault *fault)
{
    return sql_do(db, fault, "UPDATE overdracht SET verwacht = ? WHERE id = ?", "tt", datum,
                  overdracht);
}

bool belofte_set(sqlite3 *db, const char *overdracht, const struct afwijzing *afwijzing,
                 struct fault *fault)
{
    return afwijzing_ends(afwijzing->code)
           || put(db, overdracht, afwijzing->verwacht_op, fault);
}

bool belofte_drop(sqlite3 *db, const char *overdracht, struct fault *fault)
{
    return put(db, overdracht, "", fault);
}
