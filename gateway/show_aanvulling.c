/* show_aanvulling -- see show_aanvulling.h. */
#include "gateway/show_aanvulling.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/verschil.h"
#include "codecs/xmldoc.h"
#include "gateway/call.h"
#include "gateway/compose.h"
#include "gateway/sql.h"

#define LINES_MAX 200 /* who changed more sent another dossier: see dossier diff */

struct carried {
    char id[UUID_SIZE];
    struct buf sealed;
    struct digest canonical;
};

struct looking {
    const struct overdracht *o;
    struct carried *list;
    size_t count;
};

static void looking_finish(struct looking *looking)
{
    for (size_t i = 0; i < looking->count; i++)
        buf_finish(&looking->list[i].sealed);
    free(looking->list);
}

/* Every message with a dossier that counted, oldest first. */
static bool collect_work(sqlite3 *db, void *argument, struct fault *fault)
{
    static const char RECEIVED[] =
        "SELECT id, sealed, canonical FROM inbox"
        " WHERE overdracht = ? AND soort IN ('dossier', 'aanvulling')"
        " AND code = '' ORDER BY seq";
    static const char SENT[] = "SELECT id, sealed, canonical FROM outbox"
                               " WHERE overdracht = ? AND soort IN ('dossier', 'aanvulling')"
                               " AND state IN ('queued', 'sending', 'delivered') ORDER BY seq";
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct looking *looking = argument;
    bool row;

    if (!sql_query(db, &stmt, fault, looking->o->rol == ROL_ONTVANGER ? RECEIVED : SENT, "t",
                   looking->o->id))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        looking->list =
            mem_resize(looking->list, (looking->count + 1) * sizeof(*looking->list));
        struct carried *carried = &looking->list[looking->count++];
        *carried = (struct carried){ 0 };
        sql_copy(stmt, 0, carried->id, sizeof(carried->id));
        sql_bytes(stmt, 1, &carried->sealed);
        sql_digest(stmt, 2, &carried->canonical);
    }
    return false;
}

static xmlDoc *open_one(struct gateway *gateway, const struct carried *carried)
{
    SCOPED_BUF struct buf canonical = { 0 };
    struct fault unread = { 0 };
    xmlDoc *doc = NULL;

    return carried->sealed.size > 0
                   && compose_open(gateway, &carried->sealed, &carried->canonical, &canonical,
                                   &doc, &unread)
               ? doc
               : NULL;
}

static void add_line(void *context, const struct verschil *verschil)
{
    json_t *item;

    if (json_array_size(context) >= LINES_MAX)
        return;
    item = json_object();
    call_put(item, "onderdeel", verschil->part);
    call_put(item, "wat", verschil_wat_name(verschil->wat));
    call_put(item, "label", verschil->label);
    call_put(item, "van", verschil->van ? verschil->van : "");
    call_put(item, "naar", verschil->naar ? verschil->naar : "");
    json_array_append_new(context, item);
}

static json_t *message_named(json_t *messages, const char *id)
{
    for (size_t i = 0; i < json_array_size(messages); i++) {
        json_t *item = json_array_get(messages, i);
        const char *soort = json_string_value(json_object_get(item, "soort"));
        if (strcmp(json_string_value(json_object_get(item, "id")), id) == 0
            && strcmp(soort, soort_name(SOORT_AANVULLING)) == 0)
            return item;
    }
    return NULL;
}

/* One at a time, so that no more than two dossiers are open. */
static void compare(struct gateway *gateway, const struct carried *before,
                    const struct carried *now, json_t *item)
{
    SCOPED_XMLDOC xmlDoc *old = open_one(gateway, before), *new = open_one(gateway, now);
    json_t *lines;

    if (!old || !new)
        return;
    lines = json_array();
    (void)verschil_dossiers(message_dossier(old), message_dossier(new), add_line, lines);
    json_object_set_new(item, "verschil", lines);
}

bool show_aanvulling(struct gateway *gateway, const struct overdracht *o, json_t *messages,
                     struct fault *fault)
{
    __attribute__((cleanup(looking_finish))) struct looking looking = { .o = o };

    if (!store_run(gateway->store, collect_work, &looking, fault))
        return false;
    for (size_t i = 1; i < looking.count; i++) {
        json_t *item = message_named(messages, looking.list[i].id);
        if (item)
            compare(gateway, &looking.list[i - 1], &looking.list[i], item);
    }
    return true;
}
