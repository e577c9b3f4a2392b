/* show_duo -- see show_duo.h. */
#include "gateway/show_duo.h"

#include <stdlib.h>

#include "codecs/base/mem.h"
#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/duo_letter.h"
#include "gateway/outbox.h"
#include "gateway/sql.h"

struct rows {
    const char *actor, *overdracht;
    struct outbox_row *row;
    size_t count;
};

static void rows_finish(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        outbox_row_finish(&rows->row[i]);
    free(rows->row);
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct rows *rows = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT id FROM outbox WHERE overdracht = ? AND peer IS NULL ORDER BY seq"
                   " LIMIT 1000",
                   "t", rows->overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return rows->count == 0
                   || audit_add(db, rows->actor, "read", rows->overdracht, fault, "duo");
        rows->row = mem_resize(rows->row, (rows->count + 1) * sizeof(*rows->row));
        rows->row[rows->count] = (struct outbox_row){ 0 };
        if (!outbox_find(db, sql_text(stmt, 0), &rows->row[rows->count++], fault))
            return false;
    }
    return false;
}

/* A row that can no longer be opened is told of without its content. */
static void put_content(struct gateway *gateway, const struct outbox_row *row, json_t *item)
{
    SCOPED_DUO_REPLY struct duo_reply reply = { 0 };
    struct duo_letter letter;
    json_auto_t *body = NULL;
    struct fault fault = { 0 };

    if (duo_letter_open(gateway, row, &letter, &body, &fault) && body)
        json_object_set(item, "verzonden", body);
    if (!duo_reply_open(gateway, row, &reply, &fault) || reply.status == 0)
        return;
    call_put_number(item, "status", reply.status);
    if (reply.texts.size)
        call_put(item, "woorden", buf_text(&reply.texts));
    if (reply.answer)
        json_object_set(item, "antwoord", reply.answer);
}

static json_t *row_json(struct gateway *gateway, const struct outbox_row *row)
{
    json_t *item = json_object();

    call_put(item, "id", row->id);
    call_put(item, "operatie", row->soort);
    call_put(item, "state", outbox_state_name(row->state));
    call_put_time(item, "at", row->created);
    call_put_time(item, "settled", row->settled);
    call_put_number(item, "attempts", row->attempts);
    call_put(item, "reason", row->reason);
    put_content(gateway, row, item);
    return item;
}

bool show_duo(struct gateway *gateway, const char *actor, const char *overdracht,
              json_t **list, struct fault *fault)
{
    __attribute__((cleanup(rows_finish))) struct rows rows = { .actor = actor,
                                                               .overdracht = overdracht };

    if (!store_run(gateway->store, list_work, &rows, fault))
        return false;
    *list = json_array();
    for (size_t i = 0; i < rows.count; i++)
        json_array_append_new(*list, row_json(gateway, &rows.row[i]));
    return true;
}
