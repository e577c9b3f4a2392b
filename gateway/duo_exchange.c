/* duo_exchange -- see duo_exchange.h. */
#include "gateway/duo_exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codecs/duo/shape.h"
#include "codecs/json.h"
#include "gateway/log.h"

#define JSON_MEDIA "application/json"

void duo_exchange_finish(struct duo_exchange *exchange)
{
    json_decref(exchange->answer);
    exchange->answer = NULL;
    buf_finish(&exchange->texts);
}

struct deliver *duo_exchange_line(const struct config *config)
{
    const struct deliver_settings settings = {
        .connect_ms = config->connect_seconds * 1000L,
        .total_ms = config->total_seconds * 1000L,
        .answer_max = JSON_BYTES_MAX,
    };

    return deliver_create(&settings);
}

/* --- the request ------------------------------------------------------------------------ */

static bool send_it(struct gateway *gateway, struct deliver *line,
                    struct duo_exchange *exchange, struct deliver_answer *answer,
                    struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = gateway_duo_trust(gateway);
    SCOPED_BUF struct buf path = { 0 };

    if (!trust)
        return fault_set(fault, FAULT_CONFIG, "DUO is not used: [duo] oin is empty");
    if (!duo_path(exchange->operation, exchange->address, &path, fault))
        return false;
    const struct deliver_request request = {
        .base = config_duo_base(&gateway->config, duo_api_name(exchange->operation->api)),
        .oin = gateway->config.duo.oin,
        .method = exchange->operation->method,
        .path = buf_text(&path),
        .content_type = exchange->body ? JSON_MEDIA : NULL,
        .bron = gateway->config.oin,
        .doel = gateway->config.duo.oin,
        .bericht_id = exchange->id,
        .body = exchange->body,
        .size = exchange->size,
    };
    return deliver_send(line, &request, gateway->keys, trust, answer, fault);
}

/* --- the answer -------------------------------------------------------------------------- */

/* "1.2.0" is of ours when "1." begins it; the rest may be newer. */
static bool is_our_major(const struct duo_operation *operation, const char *version)
{
    const char *ours = duo_api_version(operation->api);
    size_t major = strcspn(ours, ".") + 1;

    return strncmp(version, ours, major) == 0;
}

static bool check_version(const struct duo_exchange *exchange, struct fault *fault)
{
    const char *name = duo_api_name(exchange->operation->api);

    if (!exchange->version[0])
        return fault_set(fault, FAULT_ANSWER,
                         "HTTP %d without an API-Version: it is not DUO's %s that answers",
                         exchange->status, name);
    return is_our_major(exchange->operation, exchange->version)
           || fault_set(fault, FAULT_ANSWER,
                        "the answer is of another version of DUO's %s than %s", name,
                        duo_api_version(exchange->operation->api));
}

static bool is_json(const char *media)
{
    size_t length = strlen(JSON_MEDIA);

    return strncasecmp(media, JSON_MEDIA, length) == 0
           && (media[length] == '\0' || strchr("; ", media[length]));
}

/* The reader's and the tables' faults say where and what rule, never what stood there. */
static bool not_as_declared(struct fault *fault, const struct fault *why)
{
    return fault_set(fault, FAULT_ANSWER, "the answer: %s", why->text);
}

static bool read_body(const struct deliver_answer *answer, json_t **json, struct fault *fault)
{
    struct fault why = { 0 };

    if (!is_json(answer->content_type))
        return fault_set(fault, FAULT_ANSWER, "the answer to HTTP %d is not " JSON_MEDIA,
                         answer->status);
    return json_read(answer->body.data, answer->body.size, JSON_BYTES_MAX, json, &why)
           || not_as_declared(fault, &why);
}

static bool take_answer(struct duo_exchange *exchange, const struct deliver_answer *answer,
                        struct fault *fault)
{
    const struct duo_shape *shape = exchange->operation->answer;
    struct duo_findings findings = { 0 };
    struct fault why = { 0 };

    if (!shape) /* "201 no body": what comes all the same says nothing */
        return true;
    if (!read_body(answer, &exchange->answer, fault))
        return false;
    if (!duo_check(shape, exchange->answer, &findings, &why))
        return not_as_declared(fault, &why);
    exchange->unknown = findings.unknown;
    if (findings.unknown > 0)
        log_warning(
            "bericht=%s soort=%s: DUO's answer has %zu members that are not known here",
            exchange->id, exchange->operation->name, findings.unknown);
    return true;
}

/* DUO's words stand in an array of {fouttekst}; without a body there are none. */
static bool take_texts(struct duo_exchange *exchange, const struct deliver_answer *answer,
                       struct fault *fault)
{
    json_auto_t *json = NULL;

    if (exchange->status != 403 || answer->body.size == 0)
        return true;
    if (!read_body(answer, &json, fault))
        return false;
    if (!json_is_array(json))
        return fault_set(fault, FAULT_ANSWER, "the answer: the words of a 403 are not a list");
    if (!duo_fouttekst(json, &exchange->texts))
        buf_clear(&exchange->texts);
    return true;
}

static bool take(struct duo_exchange *exchange, const struct deliver_answer *answer,
                 struct fault *fault)
{
    if (exchange->status == exchange->operation->success)
        return take_answer(exchange, answer, fault);
    return take_texts(exchange, answer, fault);
}

bool duo_exchange_run(struct gateway *gateway, struct deliver *line,
                      struct duo_exchange *exchange, struct fault *fault)
{
    struct deliver_answer answer = { 0 };

    bool good = send_it(gateway, line, exchange, &answer, fault);
    exchange->connected = answer.connected;
    exchange->status = answer.status;
    memcpy(exchange->version, answer.api_version, sizeof(exchange->version));
    good = good && take(exchange, &answer, fault);
    exchange->outcome =
        duo_outcome_of(exchange->operation, exchange->status, exchange->texts.size > 0);
    if (good && exchange->outcome.settling == DUO_AGAIN)
        good = fault_set(fault, FAULT_ANSWER, "DUO answered HTTP %d", exchange->status);
    deliver_answer_finish(&answer);
    good = good && check_version(exchange, fault);
    if (!good)
        exchange->outcome = (struct duo_outcome){ DUO_AGAIN, "" };
    return good;
}
