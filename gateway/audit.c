/* audit -- see audit.h. */
#include "gateway/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/sql.h"

static void add_field(struct buf *bytes, const char *text)
{
    buf_addf(bytes, "%zu:%s", strlen(text), text);
}

static void row_hash(const struct digest *before, const struct audit_row *row,
                     struct digest *hash)
{
    SCOPED_BUF struct buf bytes = { 0 };

    buf_add(&bytes, before->bytes, DIGEST_SIZE);
    buf_addf(&bytes, "%lld,%lld,", (long long)row->seq, (long long)row->at);
    add_field(&bytes, row->actor);
    add_field(&bytes, row->action);
    add_field(&bytes, row->object);
    add_field(&bytes, row->detail);
    digest_of(bytes.data, bytes.size, hash);
}

static bool last_row(sqlite3 *db, int64_t *seq, struct digest *hash, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    *seq = 0;
    memset(hash, 0, sizeof(*hash));
    if (!sql_query(db, &stmt, fault, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
                   "")
        || !sql_row(stmt, &row, fault))
        return false;
    if (row) {
        *seq = sqlite3_column_int64(stmt, 0);
        sql_digest(stmt, 1, hash);
    }
    return true;
}

bool audit_add(sqlite3 *db, const char *actor, const char *action, const char *object,
               struct fault *fault, const char *format, ...)
{
    char detail[512];
    struct digest before, hash;
    struct audit_row row = {
        .at = clock_now(), .actor = actor, .action = action, .object = object, .detail = detail
    };
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    if (!last_row(db, &row.seq, &before, fault))
        return false;
    row.seq++;
    row_hash(&before, &row, &hash);
    return sql_do(db, fault,
                  "INSERT INTO audit (seq, at, actor, action, object, detail, hash)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?)",
                  "iittttd", row.seq, row.at, actor, action, object, detail, &hash);
}

static void read_row(sqlite3_stmt *stmt, struct audit_row *row)
{
    row->seq = sqlite3_column_int64(stmt, 0);
    row->at = sqlite3_column_int64(stmt, 1);
    row->actor = sql_text(stmt, 2);
    row->action = sql_text(stmt, 3);
    row->object = sql_text(stmt, 4);
    row->detail = sql_text(stmt, 5);
}

bool audit_list(sqlite3 *db, const char *object, audit_each *each, void *context,
                struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct audit_row item;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT seq, at, actor, action, object, detail FROM audit"
                   " WHERE object = ?1 OR object IN"
                   "  (SELECT alias FROM overdracht_alias WHERE overdracht = ?1) ORDER BY seq",
                   "t", object))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        read_row(stmt, &item);
        each(context, &item);
    }
    return false;
}

static bool row_fits(sqlite3_stmt *stmt, struct digest *before, int64_t *rows)
{
    struct audit_row item;
    struct digest expected, stored;

    read_row(stmt, &item);
    row_hash(before, &item, &expected);
    sql_digest(stmt, 6, &stored);
    *before = stored;
    return item.seq == ++*rows && digest_equal(&expected, &stored);
}

bool audit_verify(sqlite3 *db, int64_t *rows, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest before = { 0 };
    bool row;

    *rows = 0;
    if (!sql_query(
            db, &stmt, fault,
            "SELECT seq, at, actor, action, object, detail, hash FROM audit ORDER BY seq", ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        if (!row_fits(stmt, &before, rows))
            return fault_set(fault, FAULT_STORE, "audit row %lld does not fit the chain",
                             (long long)*rows);
    }
    return false;
}
