/* duo_letter -- see duo_letter.h. */
#include "gateway/duo_letter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/duo/shape.h"
#include "codecs/uuid.h"
#include "gateway/clock.h"

#define DAY_SECONDS 86400

/* --- sealed JSON --------------------------------------------------------------------------
 */

static void place_of(const char *column, const char *id, char place[96])
{
    snprintf(place, 96, "outbox.%s:%s", column, id);
}

/* Takes `json`. */
static void seal(const struct gateway *gateway, const char *column, const char *id,
                 json_t *json, struct buf *sealed)
{
    char *text = json_dumps(json, JSON_COMPACT);
    char place[96];

    place_of(column, id, place);
    keys_home_seal(gateway->keys, place, text, strlen(text), sealed);
    explicit_bzero(text, strlen(text));
    free(text);
    json_decref(json);
}

static bool unseal(const struct gateway *gateway, const char *column, const char *id,
                   const struct buf *sealed, json_t **json, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    char place[96];

    place_of(column, id, place);
    if (!keys_home_unseal(gateway->keys, place, sealed->data, sealed->size, &text, fault))
        return false;
    *json = json_loadb(buf_text(&text), text.size, 0, NULL);
    return *json || fault_set(fault, FAULT_INTERNAL, "row %s: what is sealed is no JSON", id);
}

/* --- checking ------------------------------------------------------------------------------
 */

static bool check_body(const struct duo_letter *letter, struct fault *fault)
{
    const struct duo_shape *shape = letter->operation->body;
    struct duo_findings findings = { 0 };

    if (!shape != !letter->body)
        return fault_set(fault, FAULT_USAGE, "%s: it takes %s body", letter->operation->name,
                         shape ? "a" : "no");
    if (!shape)
        return true;
    if (!duo_check(shape, letter->body, &findings, fault))
        return false;
    return findings.unknown == 0
           || fault_set(fault, FAULT_SCHEMA, "%s: DUO does not know this member",
                        findings.pointer[0]);
}

bool duo_letter_check(const struct gateway *gateway, const struct duo_letter *letter,
                      struct fault *fault)
{
    SCOPED_BUF struct buf path = { 0 };

    if (!gateway->config.duo.oin[0]) {
        fault_set(fault, FAULT_CONFIG, "DUO is not used: [duo] oin is empty");
        return fault_advise(fault, "set [duo] in estafette.ini, then restart the daemon");
    }
    if (letter->operation->api == DUO_NOTIFICATIE)
        return fault_set(fault, FAULT_USAGE, "%s: that is for DUO to tell us",
                         letter->operation->name);
    return duo_path(letter->operation, &letter->address, &path, fault)
           && check_body(letter, fault);
}

/* --- the row -------------------------------------------------------------------------------
 */

static json_t *content_of(const struct duo_letter *letter)
{
    json_t *content =
        json_pack("{s:s, s:s, s:s}", "bsn", letter->address.bsn, "instellingsnummer",
                  letter->address.instellingsnummer, "id", letter->address.id);

    if (letter->body)
        json_object_set_new(content, "body", json_deep_copy(letter->body));
    return content;
}

/* An HMAC of what it says: two that say the same can be told to be equal, and nothing more. */
static void index_of(const struct gateway *gateway, const struct duo_letter *letter,
                     struct digest *index)
{
    SCOPED_BUF struct buf text = { 0 };
    json_t *content = content_of(letter);
    char *dump = json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS);

    buf_addf(&text, "duo:%s:%s", letter->operation->name, dump);
    keys_home_index(gateway->keys, buf_text(&text), index);
    explicit_bzero(dump, strlen(dump));
    free(dump);
    json_decref(content);
}

static int64_t expiry(const struct config *config, const struct duo_letter *letter)
{
    int days = config->expire_days > config->duo.scope_days ? config->expire_days
                                                            : config->duo.scope_days;

    return clock_now()
           + (letter->valid_seconds ? letter->valid_seconds : (int64_t)days * DAY_SECONDS);
}

bool duo_queue(sqlite3 *db, struct gateway *gateway, const char *actor,
               const struct duo_letter *letter, char id[UUID_SIZE], struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    if (!duo_letter_check(gateway, letter, fault))
        return false;
    uuid_v4(row.id);
    if (letter->overdracht)
        snprintf(row.overdracht, sizeof(row.overdracht), "%s", letter->overdracht);
    snprintf(row.soort, sizeof(row.soort), "%s", letter->operation->name);
    row.expires = expiry(&gateway->config, letter);
    index_of(gateway, letter, &row.canonical);
    seal(gateway, "sealed", row.id, content_of(letter), &row.sealed);
    memcpy(id, row.id, UUID_SIZE);
    return outbox_add(db, actor, &row, fault);
}

static void copy_member(const json_t *content, const char *member, char *to, size_t size)
{
    const char *text = json_string_value(json_object_get(content, member));

    snprintf(to, size, "%s", text ? text : "");
}

bool duo_letter_open(const struct gateway *gateway, const struct outbox_row *row,
                     struct duo_letter *letter, json_t **body, struct fault *fault)
{
    json_auto_t *content = NULL;
    struct duo_address *address = &letter->address;

    *letter = (struct duo_letter){ .operation = duo_operation_named(row->soort),
                                   .overdracht = row->overdracht[0] ? row->overdracht : NULL };
    *body = NULL;
    if (!letter->operation)
        return fault_set(fault, FAULT_INTERNAL, "row %s: no operation of DUO is called %s",
                         row->id, row->soort);
    if (!unseal(gateway, "sealed", row->id, &row->sealed, &content, fault))
        return false;
    copy_member(content, "bsn", address->bsn, sizeof(address->bsn));
    copy_member(content, "instellingsnummer", address->instellingsnummer,
                sizeof(address->instellingsnummer));
    copy_member(content, "id", address->id, sizeof(address->id));
    *body = json_incref(json_object_get(content, "body"));
    letter->body = *body;
    return true;
}

/* --- the reply -----------------------------------------------------------------------------
 */

void duo_reply_finish(struct duo_reply *reply)
{
    json_decref(reply->answer);
    reply->answer = NULL;
    buf_finish(&reply->texts);
}

void duo_reply_seal(const struct gateway *gateway, const struct outbox_row *row,
                    const struct duo_reply *reply, struct buf *sealed)
{
    json_t *json = json_pack("{s:i, s:s, s:s}", "status", reply->status, "version",
                             reply->version, "texts", buf_text(&reply->texts));

    if (reply->answer)
        json_object_set(json, "answer", reply->answer);
    seal(gateway, "receipt", row->id, json, sealed);
}

bool duo_reply_open(const struct gateway *gateway, const struct outbox_row *row,
                    struct duo_reply *reply, struct fault *fault)
{
    json_auto_t *json = NULL;

    *reply = (struct duo_reply){ 0 };
    if (row->receipt.size == 0)
        return true;
    if (!unseal(gateway, "receipt", row->id, &row->receipt, &json, fault))
        return false;
    reply->status = (int)json_integer_value(json_object_get(json, "status"));
    copy_member(json, "version", reply->version, sizeof(reply->version));
    const char *texts = json_string_value(json_object_get(json, "texts"));
    buf_add_text(&reply->texts, texts ? texts : "");
    reply->answer = json_incref(json_object_get(json, "answer"));
    return true;
}
