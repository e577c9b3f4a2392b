/* call -- see call.h. */
#include "gateway/call.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/moment.h"
#include "gateway/clock.h"
#include "gateway/sql.h"

#define RECORD_SECONDS (7 * 86400L) /* nobody repeats a request after a week */

const char *call_text(const struct call *call, const char *name)
{
    const char *text = json_string_value(json_object_get(call->arguments, name));

    return text ? text : "";
}

int64_t call_number(const struct call *call, const char *name)
{
    return json_integer_value(json_object_get(call->arguments, name));
}

bool call_take(const struct call *call, const char *name, char *to, size_t size,
               struct fault *fault)
{
    const char *text = call_text(call, name);

    if (strlen(text) >= size)
        return fault_set(fault, FAULT_USAGE, "%s: is too long", name);
    memcpy(to, text, strlen(text) + 1);
    return true;
}

/* Reasons are cut at a size: one that ends inside a character loses that, not the whole. */
void call_put(json_t *object, const char *name, const char *text)
{
    size_t size = strlen(text);
    json_t *string = json_stringn(text, size);

    for (int cut = 0; !string && cut < 3 && size > 0; cut++)
        string = json_stringn(text, --size);
    json_object_set_new(object, name, string);
}

void call_put_number(json_t *object, const char *name, int64_t number)
{
    json_object_set_new(object, name, json_integer(number));
}

void call_put_time(json_t *object, const char *name, int64_t at)
{
    char text[MOMENT_SIZE];

    if (!at)
        return;
    moment_format(at, text);
    call_put(object, name, text);
}

void call_put_digest(json_t *object, const char *name, const struct digest *digest)
{
    char hex[DIGEST_HEX];

    digest_hex(digest, hex);
    call_put(object, name, hex);
}

bool call_record(sqlite3 *db, const struct call *call, struct fault *fault)
{
    int64_t now = clock_now();
    char *reply = json_dumps(call->result, JSON_COMPACT);

    bool good =
        (doubt_now(&call->gateway->doubt)
         || sql_do(db, fault, "DELETE FROM request WHERE at < ?", "i", now - RECORD_SECONDS))
        && sql_do(db, fault, "INSERT INTO request (id, at, asked, reply) VALUES (?, ?, ?, ?)",
                  "tidt", call->id, now, &call->asked, reply);
    free(reply);
    return good;
}

bool call_recorded(sqlite3 *db, const struct call *call, json_t **result, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest asked;
    bool row;

    *result = NULL;
    if (!sql_query(db, &stmt, fault, "SELECT asked, reply FROM request WHERE id = ?", "t",
                   call->id)
        || !sql_row(stmt, &row, fault))
        return false;
    if (!row)
        return true;
    sql_digest(stmt, 0, &asked);
    if (!digest_equal(&asked, &call->asked))
        return fault_set(fault, FAULT_CONFLICT, "this id was used for another request");
    *result = json_loads(sql_text(stmt, 1), 0, NULL);
    return true;
}
