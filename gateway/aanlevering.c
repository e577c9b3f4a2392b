/* aanlevering -- see aanlevering.h. */
#include "gateway/aanlevering.h"

#include <stdio.h>
#include <string.h>

#include "codecs/base64.h"
#include "codecs/xmldoc.h"
#include "gateway/audit.h"
#include "gateway/bijlage_store.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/reply.h"
#include "gateway/retry.h"
#include "gateway/sql.h"

#define SELF "estafetted"

void aanlevering_index(const struct keys *keys, const struct buf *bytes, struct digest *inhoud)
{
    SCOPED_BUF struct buf text = { 0 };
    struct digest digest;
    char hex[DIGEST_HEX];

    digest_of(bytes->data, bytes->size, &digest);
    digest_hex(&digest, hex);
    buf_addf(&text, "aanlevering:%s", hex);
    keys_home_index(keys, buf_text(&text), inhoud);
}

static void place_of(const char *id, char place[80])
{
    snprintf(place, 80, "aanlevering.dossier_sealed:%s", id);
}

static void seal_dossier(const struct keys *keys, const char *id, const xmlDoc *dossier,
                         struct buf *sealed)
{
    SCOPED_BUF struct buf xml = { 0 };
    char place[80];

    xmldoc_write((xmlDoc *)(uintptr_t)dossier, &xml);
    place_of(id, place);
    keys_home_seal(keys, place, xml.data, xml.size, sealed);
}

/* --- moving -------------------------------------------------------------------------- */

static bool tell(sqlite3 *db, const char *actor, const char *overdracht, const char *what,
                 const char *reason, struct fault *fault)
{
    return audit_add(db, actor, "aanlevering", overdracht, fault, "%s%s%s", what,
                     *reason ? ": " : "", reason);
}

/* Its documents are those of the message now, or of nobody: then they are swept away. */
static bool forget_documents(sqlite3 *db, const char *overdracht, struct fault *fault)
{
    return sql_do(db, fault,
                  "DELETE FROM bijlage WHERE overdracht = ?1 AND bericht IN"
                  " (SELECT id FROM aanlevering WHERE overdracht = ?1 AND state <> 'klaar')",
                  "t", overdracht);
}

bool aanlevering_lapse(sqlite3 *db, const char *actor, const char *overdracht,
                       const char *reason, struct fault *fault)
{
    if (!sql_do(db, fault,
                "UPDATE aanlevering SET state = 'vervallen', reason = ?, dossier_sealed = NULL"
                " WHERE overdracht = ? AND state IN ('wacht', 'klaar')",
                "tt", reason, overdracht))
        return false;
    return sqlite3_changes(db) == 0
           || (forget_documents(db, overdracht, fault)
               && tell(db, actor, overdracht, "vervallen", reason, fault));
}

bool aanlevering_sent(sqlite3 *db, const char *actor, const char *overdracht, int64_t seq,
                      struct fault *fault)
{
    if (!sql_do(db, fault,
                "UPDATE aanlevering SET state = 'verzonden', dossier_sealed = NULL,"
                " reason = '' WHERE seq = ? AND state = 'klaar'",
                "i", seq))
        return false;
    if (sqlite3_changes(db) != 1)
        return fault_set(fault, FAULT_STATE, "handover %s: nothing is ready any more",
                         overdracht);
    return forget_documents(db, overdracht, fault)
           && tell(db, actor, overdracht, "verzonden", "", fault);
}

bool aanlevering_put_off(sqlite3 *db, const char *overdracht, const char *reason,
                         int64_t next_try, struct fault *fault)
{
    return sql_do(db, fault,
                  "UPDATE aanlevering SET attempts = attempts + 1, reason = ?, next_try = ?"
                  " WHERE overdracht = ? AND state = 'klaar'",
                  "tit", reason, next_try, overdracht);
}

/* --- supplied ------------------------------------------------------------------------ */

static bool insert(sqlite3 *db, struct gateway *gateway, const struct aanlevering *new,
                   const char *id, struct fault *fault)
{
    SCOPED_BUF struct buf sealed = { 0 };
    int64_t now = clock_now();

    seal_dossier(gateway->keys, id, new->dossier, &sealed);
    return sql_do(db, fault,
                  "INSERT INTO aanlevering (id, overdracht, bron, state, next_try, at, inhoud,"
                  " dossier_sealed) VALUES (?, ?, ?, 'klaar', ?, ?, ?, ?)",
                  "tttiidb", id, new->overdracht, new->bron, now, now, &new->inhoud,
                  (const void *)sealed.data, sealed.size);
}

bool aanlevering_add(sqlite3 *db, struct gateway *gateway, const struct aanlevering *new,
                     struct fault *fault)
{
    const xmlNode *dossier = xmlDocGetRootElement((xmlDoc *)(uintptr_t) new->dossier);
    struct reply reply = { 0 };
    char id[UUID_SIZE];

    uuid_v4(id);
    if (!reply_find(db, gateway->keys, new->overdracht, dossier, &reply, fault))
        return false;
    const struct bijlage_owner owner = { gateway->config.oin, id, reply.o.id };
    return aanlevering_lapse(db, SELF, reply.o.id, "er kwam een nieuwer dossier", fault)
           && insert(db, gateway, new, id, fault)
           && bijlage_store_add(db, &gateway->home, &owner, dossier, fault)
           && tell(db, SELF, reply.o.id, new->bron, "klaar", fault);
}

/* --- tried again --------------------------------------------------------------------- */

static bool count_attempts(sqlite3 *db, const char *overdracht, int64_t *attempts,
                           struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT attempts FROM aanlevering WHERE overdracht = ? AND state = 'wacht'",
                   "t", overdracht)
        || !sql_row(stmt, &row, fault))
        return false;
    *attempts = row ? sqlite3_column_int64(stmt, 0) : 0;
    return true;
}

bool aanlevering_again(sqlite3 *db, struct gateway *gateway, const char *overdracht,
                       const char *reason, int64_t *attempts, struct fault *fault)
{
    const struct config *config = &gateway->config;
    int64_t now = clock_now();
    char id[UUID_SIZE];

    if (!count_attempts(db, overdracht, attempts, fault))
        return false;
    uuid_v4(id);
    int64_t before = (*attempts)++;
    int64_t next = now
                   + retry_wait((int)*attempts, config->retry_first_seconds,
                                config->retry_longest_seconds, retry_random());
    if (before > 0)
        return sql_do(db, fault,
                      "UPDATE aanlevering SET attempts = ?, next_try = ?, reason = ?"
                      " WHERE overdracht = ? AND state = 'wacht'",
                      "iitt", *attempts, next, reason, overdracht);
    return sql_do(db, fault,
                  "INSERT INTO aanlevering (id, overdracht, bron, state, attempts, next_try,"
                  " reason, at) VALUES (?, ?, 'commando', 'wacht', 1, ?, ?, ?)",
                  "ttiti", id, overdracht, next, reason, now)
           && tell(db, SELF, overdracht, "commando", reason, fault);
}

/* --- looked up ----------------------------------------------------------------------- */

bool aanlevering_known(sqlite3 *db, const struct digest *inhoud,
                       struct aanlevering_known *known, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    memset(known, 0, sizeof(*known));
    if (!sql_query(db, &stmt, fault,
                   "SELECT overdracht, state FROM aanlevering WHERE inhoud = ?"
                   " ORDER BY seq DESC LIMIT 1",
                   "d", inhoud)
        || !sql_row(stmt, &row, fault))
        return false;
    if (row) {
        sql_copy(stmt, 0, known->overdracht, sizeof(known->overdracht));
        sql_copy(stmt, 1, known->state, sizeof(known->state));
    }
    return true;
}

void aanlevering_ready_finish(struct aanlevering_ready *ready)
{
    buf_finish(&ready->dossier);
}

bool aanlevering_ready(sqlite3 *db, const struct keys *keys, const char *overdracht,
                       struct aanlevering_ready *ready, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    SCOPED_BUF struct buf sealed = { 0 };
    char place[80];
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT seq, id, dossier_sealed FROM aanlevering"
                   " WHERE overdracht = ? AND state = 'klaar' ORDER BY seq DESC LIMIT 1",
                   "t", overdracht)
        || !sql_row(stmt, &row, fault))
        return false;
    if (!row)
        return fault_set(fault, FAULT_STATE, "handover %s: no dossier is ready to be sent",
                         overdracht);
    ready->seq = sqlite3_column_int64(stmt, 0);
    sql_copy(stmt, 1, ready->id, sizeof(ready->id));
    sql_bytes(stmt, 2, &sealed);
    place_of(ready->id, place);
    buf_clear(&ready->dossier);
    return keys_home_unseal(keys, place, sealed.data, sealed.size, &ready->dossier, fault);
}

bool aanlevering_describe(sqlite3 *db, const char *overdracht, json_t *list,
                          struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT bron, state, at, attempts, reason FROM aanlevering"
                   " WHERE overdracht = ? ORDER BY seq",
                   "t", overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        json_t *item = json_object();
        call_put(item, "bron", sql_text(stmt, 0));
        call_put(item, "state", sql_text(stmt, 1));
        call_put_time(item, "at", sqlite3_column_int64(stmt, 2));
        call_put_number(item, "attempts", sqlite3_column_int64(stmt, 3));
        call_put(item, "reason", sql_text(stmt, 4));
        json_array_append_new(list, item);
    }
    return false;
}
