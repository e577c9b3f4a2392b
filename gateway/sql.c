/* sql -- see sql.h. */
#include "gateway/sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool failed(sqlite3 *db, struct fault *fault)
{
    return fault_set(fault, FAULT_STORE, "database: %s", sqlite3_errmsg(db));
}

static int bind_bytes(sqlite3_stmt *stmt, int n, const void *bytes, size_t size)
{
    if (!bytes)
        return sqlite3_bind_null(stmt, n);
    return sqlite3_bind_blob64(stmt, n, bytes, size, SQLITE_TRANSIENT);
}

static int bind_one(sqlite3_stmt *stmt, int n, char kind, va_list *args)
{
    const void *bytes;

    switch (kind) {
    case 't':
        return sqlite3_bind_text(stmt, n, va_arg(*args, const char *), -1, SQLITE_TRANSIENT);
    case 'i':
        return sqlite3_bind_int64(stmt, n, va_arg(*args, int64_t));
    case 'd':
        return bind_bytes(stmt, n, va_arg(*args, const struct digest *), DIGEST_SIZE);
    case 'b':
        bytes = va_arg(*args, const void *);
        return bind_bytes(stmt, n, bytes, va_arg(*args, size_t));
    default:
        return SQLITE_MISUSE;
    }
}

static bool prepare(sqlite3 *db, sqlite3_stmt **stmt, struct fault *fault, const char *text,
                    const char *kinds, va_list *args)
{
    sql_release(stmt);
    if (sqlite3_prepare_v2(db, text, -1, stmt, NULL) != SQLITE_OK)
        return failed(db, fault);
    for (int n = 0; kinds[n]; n++)
        if (bind_one(*stmt, n + 1, kinds[n], args) != SQLITE_OK)
            return failed(db, fault);
    if (sqlite3_bind_parameter_count(*stmt) != (int)strlen(kinds))
        return fault_set(fault, FAULT_INTERNAL, "statement with %s needs another count",
                         kinds);
    return true;
}

bool sql_query(sqlite3 *db, sqlite3_stmt **stmt, struct fault *fault, const char *text,
               const char *kinds, ...)
{
    va_list args;

    va_start(args, kinds);
    bool good = prepare(db, stmt, fault, text, kinds, &args);
    va_end(args);
    return good;
}

bool sql_row(sqlite3_stmt *stmt, bool *row, struct fault *fault)
{
    int result = sqlite3_step(stmt);

    *row = result == SQLITE_ROW;
    return result == SQLITE_ROW || result == SQLITE_DONE
           || failed(sqlite3_db_handle(stmt), fault);
}

bool sql_do(sqlite3 *db, struct fault *fault, const char *text, const char *kinds, ...)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row = true;
    va_list args;

    va_start(args, kinds);
    bool good = prepare(db, &stmt, fault, text, kinds, &args);
    va_end(args);
    while (good && row)
        good = sql_row(stmt, &row, fault);
    return good;
}

const char *sql_text(sqlite3_stmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt, column);

    return text ? (const char *)text : "";
}

void sql_copy(sqlite3_stmt *stmt, int column, char *text, size_t size)
{
    snprintf(text, size, "%s", sql_text(stmt, column));
}

void sql_bytes(sqlite3_stmt *stmt, int column, struct buf *bytes)
{
    const void *data = sqlite3_column_blob(stmt, column);

    buf_add(bytes, data, (size_t)sqlite3_column_bytes(stmt, column));
}

void sql_digest(sqlite3_stmt *stmt, int column, struct digest *digest)
{
    const void *data = sqlite3_column_blob(stmt, column);

    memset(digest, 0, sizeof(*digest));
    if (data && sqlite3_column_bytes(stmt, column) == DIGEST_SIZE)
        memcpy(digest->bytes, data, DIGEST_SIZE);
}

void sql_release(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
    *stmt = NULL;
}
