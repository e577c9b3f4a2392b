/* duo_clock -- see duo_clock.h. */
#include "gateway/duo_clock.h"

#include "gateway/sql.h"

bool duo_clock_read(sqlite3 *db, int *failures, int64_t *next_try, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (!sql_query(db, &stmt, fault, "SELECT failures, next_try FROM duo_clock", "")
        || !sql_row(stmt, &found, fault))
        return false;
    *failures = found ? sqlite3_column_int(stmt, 0) : 0;
    *next_try = found ? sqlite3_column_int64(stmt, 1) : 0;
    return true;
}

bool duo_clock_set(sqlite3 *db, int failures, int64_t next_try, struct fault *fault)
{
    return sql_do(db, fault, "UPDATE duo_clock SET failures = ?, next_try = ?", "ii",
                  (int64_t)failures, next_try);
}

bool duo_clock_hasten(sqlite3 *db, int64_t now, int64_t longest, struct fault *fault)
{
    return sql_do(db, fault, "UPDATE duo_clock SET next_try = ? WHERE next_try > ?", "ii", now,
                  now + longest);
}
