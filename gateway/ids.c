/* ids -- see ids.h. */
#include "gateway/ids.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "gateway/sql.h"

void ids_finish(struct ids *ids)
{
    free(ids->id);
    *ids = (struct ids){ 0 };
}

struct reading {
    const char *query;
    int64_t number;
    struct ids *ids;
};

static bool read_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct reading *reading = argument;
    struct ids *ids = reading->ids;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, reading->query, strchr(reading->query, '?') ? "i" : "",
                   reading->number))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        ids->id = mem_resize(ids->id, (ids->count + 1) * sizeof(*ids->id));
        sql_copy(stmt, 0, ids->id[ids->count++], UUID_SIZE);
    }
    return false;
}

bool ids_read(struct store *store, const char *query, int64_t number, struct ids *ids,
              struct fault *fault)
{
    struct reading reading = { query, number, ids };

    return store_run(store, read_work, &reading, fault);
}
