/* call_status -- how this daemon is doing, and reading anew what may change while it runs. */
#include <stdio.h>
#include <unistd.h>

#include "gateway/alarm.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/listen.h"
#include "gateway/log.h"
#include "gateway/sql.h"
#include "gateway/version.h"

/* Resident memory now, from the kernel. */
static int64_t resident_kib(void)
{
    long long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (!file)
        return 0;
    int got = fscanf(file, "%lld %lld", &total, &resident);
    fclose(file);
    return got == 2 ? resident * (sysconf(_SC_PAGESIZE) / 1024) : 0;
}

static bool count_rows(sqlite3 *db, json_t *to, const char *query, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, query, ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        call_put_number(to, sql_text(stmt, 0), sqlite3_column_int64(stmt, 1));
    }
    return false;
}

/* clang-format off */
static const struct {
    const char *member, *query;
} COUNTS[] = {
    { "peers",        "SELECT state, count(*) FROM peer GROUP BY state" },
    { "outbox",       "SELECT state, count(*) FROM outbox GROUP BY state" },
    { "overdrachten", "SELECT rol || ' ' || state, count(*) FROM overdracht GROUP BY rol, state" },
};
/* clang-format on */

static bool count_work(sqlite3 *db, void *argument, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(COUNTS) / sizeof(COUNTS[0]); i++) {
        json_t *counts = json_object();
        json_object_set_new(argument, COUNTS[i].member, counts);
        if (!count_rows(db, counts, COUNTS[i].query, fault))
            return false;
    }
    return true;
}

static void add_certificates(const struct gateway *gateway, json_t *to)
{
    json_t *list = json_array();

    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        json_t *item = json_object();
        time_t until =
            certificate_not_after(keys_certificate(gateway->keys, (enum purpose)purpose));
        call_put(item, "doel", purpose_name((enum purpose)purpose));
        call_put_time(item, "tot", until);
        call_put_number(item, "dagen", (until - clock_now()) / 86400);
        json_array_append_new(list, item);
    }
    json_object_set_new(to, "certificates", list);
}

static void add_alarm(void *context, const char *id, const char *text)
{
    json_array_append_new(context, json_pack("{s:s, s:s}", "id", id, "text", text));
}

static void add_alarms(const struct gateway *gateway, json_t *to)
{
    json_t *list = json_array();

    if (gateway->alarms)
        alarms_list(gateway->alarms, add_alarm, list);
    json_object_set_new(to, "alarms", list);
}

bool call_status(struct call *call, struct fault *fault)
{
    const struct gateway *gateway = call->gateway;
    json_t *codes = json_array();

    for (size_t i = 0; i < gateway->config.gemeentecode_count; i++)
        json_array_append_new(codes, json_string(gateway->config.gemeentecodes[i]));
    call_put(call->result, "version", VERSION);
    call_put(call->result, "oin", gateway->config.oin);
    call_put(call->result, "naam", gateway->config.naam);
    call_put(call->result, "omgeving", omgeving_name(gateway->config.omgeving));
    json_object_set_new(call->result, "gemeentecodes", codes);
    call_put(call->result, "endpoint", gateway->config.endpoint);
    call_put_number(call->result, "listening", listen_port(gateway->listener));
    if (gateway->duo_listener)
        call_put_number(call->result, "duo_listening", listen_port(gateway->duo_listener));
    call_put_time(call->result, "started", gateway->started);
    call_put_number(call->result, "start_ms", gateway->start_ms);
    call_put_number(call->result, "rss_kib", resident_kib());
    add_certificates(gateway, call->result);
    add_alarms(gateway, call->result);
    return store_run(gateway->store, count_work, call->result, fault);
}

static void count_item(void *context, const struct trust_item *item)
{
    json_t *counts = context;
    int64_t before = json_integer_value(json_object_get(counts, item->kind));

    call_put_number(counts, item->kind, before + 1);
}

static void count_peer(void *context, const struct peer *peer)
{
    (void)peer;
    ++*(int64_t *)context;
}

bool call_reload(struct call *call, struct fault *fault)
{
    if (!gateway_reload(call->gateway, fault))
        return false;
    SCOPED_TRUST struct trust *trust = gateway_trust(call->gateway);
    int64_t peers = 0;

    trust_list(trust, count_item, call->result);
    registry_list(call->gateway->registry, count_peer, &peers);
    call_put_number(call->result, "peers", peers);
    call_put(call->result, "level", log_level());
    return true;
}
