/* handle_notificatie -- see handle_notificatie.h. */
#include "gateway/handle_notificatie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "codecs/json.h"
#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/duo_listen.h"
#include "gateway/events.h"
#include "gateway/gateway.h"
#include "gateway/log.h"
#include "gateway/mover.h"
#include "gateway/notificatie.h"
#include "peers/oin.h"

/* One notification on its way in. */
struct arrival {
    struct gateway *gateway;
    const struct listen_request *request;
    struct notificatie row;
    struct duo_findings findings;
    bool repeat;
};

/* --- the head -------------------------------------------------------------------------- */

/* "application/json", and perhaps that it is in UTF-8, which JSON always is. */
static bool is_json(const char *type)
{
    static const char NAME[] = "application/json";

    if (strncasecmp(type, NAME, strlen(NAME)) != 0)
        return false;
    const char *at = type + strlen(NAME);
    if (!*at)
        return true;
    at += strspn(at, " ");
    if (*at++ != ';')
        return false;
    at += strspn(at, " ");
    return strcasecmp(at, "charset=utf-8") == 0 || strcasecmp(at, "charset=\"utf-8\"") == 0;
}

/* RFC 9562 4: upper case is read too; written, and so compared, is lower case. */
static bool take_id(struct arrival *a, struct fault *fault)
{
    const char *id = a->request->head.bericht_id;

    for (size_t i = 0; i < UUID_SIZE - 1 && id[i]; i++)
        a->row.id[i] = (char)(id[i] >= 'A' && id[i] <= 'Z' ? id[i] - 'A' + 'a' : id[i]);
    return (strlen(id) == UUID_SIZE - 1 && uuid_valid(a->row.id))
           || fault_set(fault, FAULT_SCHEMA, "header berichtId is missing or no UUID");
}

static bool head_is_whole(struct arrival *a, struct fault *fault)
{
    const struct http_head *head = &a->request->head;

    if (!oin_valid(head->bron) || !oin_valid(head->doel))
        return fault_set(fault, FAULT_SCHEMA, "header bron or doel is missing or no OIN");
    if (!is_json(head->content_type))
        return fault_set(fault, FAULT_SCHEMA, "Content-Type is not application/json");
    return take_id(a, fault);
}

/* HDR-3: doel is the only thing that tells for which municipality it is. */
static bool is_from_duo_to_us(struct arrival *a, struct fault *fault)
{
    const struct http_head *head = &a->request->head;
    const struct config *config = &a->gateway->config;

    if (strcmp(head->bron, config->duo.oin) != 0)
        return fault_set(fault, FAULT_IDENTITY, "header bron is not DUO's OIN");
    if (strcmp(head->doel, config->oin) != 0)
        return fault_set(fault, FAULT_RECIPIENT, "header doel is not our OIN");
    memcpy(a->row.bron, head->bron, OIN_SIZE);
    return true;
}

/* --- the body -------------------------------------------------------------------------- */

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));

    return text ? text : "";
}

/* As sorted, compact text: DUO may make the body anew when it sends again. */
static void digest_content(struct arrival *a, const json_t *json)
{
    SCOPED_BUF struct buf text = { 0 };
    char *sorted = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);

    buf_addf(&text, "notificatie:%s", sorted);
    keys_home_index(a->gateway->keys, buf_text(&text), &a->row.content);
    explicit_bzero(sorted, strlen(sorted));
    free(sorted);
}

/* After duo_check(): each member has its form and its bounds. */
static bool take_members(struct arrival *a, const json_t *json, struct fault *fault)
{
    const json_t *vnummer = json_object_get(json, "vNummer");
    const char *moment = text_of(json, "registratieDatumTijd");
    struct notificatie *row = &a->row;

    if (strlen(moment) >= sizeof(row->geregistreerd))
        return fault_set(fault, FAULT_SCHEMA,
                         "/registratieDatumTijd: more digits than time has");
    snprintf(row->geregistreerd, sizeof(row->geregistreerd), "%s", moment);
    snprintf(row->gebeurtenis, sizeof(row->gebeurtenis), "%s", text_of(json, "gebeurtenisId"));
    snprintf(row->bsn, sizeof(row->bsn), "%s", text_of(json, "bsn"));
    if (vnummer)
        snprintf(row->vnummer, sizeof(row->vnummer), "%010lld",
                 (long long)json_integer_value(vnummer));
    buf_add(&row->body, a->request->body.data, a->request->body.size);
    row->received = clock_now();
    return true;
}

static bool take_body(struct arrival *a, struct fault *fault)
{
    const struct duo_operation *operation = duo_operation_named("notificatie.melden");
    const struct buf *body = &a->request->body;
    json_t *json = NULL;

    if (!json_read(body->data, body->size, HANDLE_NOTIFICATIE_BYTES_MAX, &json, fault))
        return false;
    bool good =
        duo_check(operation->body, json, &a->findings, fault) && take_members(a, json, fault);
    if (good)
        digest_content(a, json);
    json_decref(json);
    return good;
}

/* --- store and answer ------------------------------------------------------------------ */

static bool keep_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct arrival *a = argument;

    return notificatie_add(db, a->gateway->keys, &a->row, a->findings.unknown, &a->repeat,
                           fault);
}

static bool conflict_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct arrival *a = argument;

    return audit_add(db, a->row.bron, "conflict", a->row.id, fault,
                     "notification: other content under a known id");
}

static bool keep(struct arrival *a, struct fault *fault)
{
    struct fault ignored = { 0 };

    if (store_run(a->gateway->store, keep_work, a, fault))
        return true;
    if (fault->code == FAULT_CONFLICT
        && !store_run(a->gateway->store, conflict_work, a, &ignored))
        log_warning("notificatie=%s: the conflict is not in the audit: %s", a->row.id,
                    ignored.text);
    return false;
}

static void tell(const struct arrival *a)
{
    log_info("notificatie=%s gebeurtenis=%s status=201%s", a->row.id, a->row.gebeurtenis,
             a->repeat ? " (again)" : "");
    if (a->repeat)
        return;
    if (a->findings.unknown > 0)
        log_warning("notificatie=%s: members that Notificatie %s does not have: %zu",
                    a->row.id, HANDLE_NOTIFICATIE_VERSION, a->findings.unknown);
    events_publish(a->gateway->events, "notificatie", a->row.id);
    mover_wake(a->gateway);
}

void handle_notificatie(void *context, const struct listen_request *request,
                        struct listen_answer *answer)
{
    struct arrival a = { .gateway = context, .request = request };
    struct fault fault = { 0 };

    if (head_is_whole(&a, &fault) && is_from_duo_to_us(&a, &fault) && take_body(&a, &fault)
        && keep(&a, &fault)) {
        answer->status = 201;
        tell(&a);
    } else {
        duo_listen_refuse(request->address, &fault, answer);
    }
    notificatie_finish(&a.row);
}
