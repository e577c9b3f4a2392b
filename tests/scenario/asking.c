/* asking -- see asking.h. */
#include "tests/scenario/asking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "gateway/courier.h"
#include "tests/hostile/hush.h"
#include "tests/sample.h"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = "0363", .naam = "Derde", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1], *const DERDE = &TOWNS[2];
struct fault fault;

/* --- asking and looking ------------------------------------------------------------------ */

json_t *ask(struct town *town, call_handler *handler, json_t *arguments)
{
    json_t *result = town_ask(town, handler, arguments, &fault);

    if (!result)
        fail_msg("%s: %s", town->naam, fault.text);
    return result;
}

void expect_no(struct town *town, call_handler *handler, json_t *arguments,
               enum fault_code code, const char *says)
{
    json_auto_t *result = town_ask(town, handler, arguments, &fault);

    if (result || fault.code != code || !strstr(fault.text, says))
        fail_msg("expected \"%s\", got \"%s\"", says, result ? "a result" : fault.text);
}

const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

json_t *asks(struct town *asker, const char *gemeente)
{
    return ask(asker, call_overdracht_request,
               json_pack("{s:s, s:s, s:s, s:s, s:s}", "gemeente", gemeente, "bsn", BSN,
                         "reason", "SS121", "settled", "2026-11-02", "pip", "nee"));
}

void request(struct town *asker, struct town *town, char overdracht[UUID_SIZE])
{
    json_auto_t *result = asks(asker, town->code);

    assert_string_not_equal(text_of(result, "bericht"), "");
    snprintf(overdracht, UUID_SIZE, "%s", text_of(result, "overdracht"));
    await(town, "overdracht", overdracht, "1");
}

json_t *rejection(const char *overdracht, const char *code, const char *brings,
                  const char *text)
{
    const char *to = strchr(brings, '-') ? "" : brings, *expected = *to ? "" : brings;

    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", overdracht, "code", code, "to", to,
                     "expected", expected, "text", text);
}

void reject(struct town *town, const char *overdracht, const char *code, const char *brings)
{
    json_decref(ask(town, call_overdracht_refuse, rejection(overdracht, code, brings, "")));
}

json_t *send_sample(struct town *town, struct town *to, const char *identity,
                    const char *reply_to)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(sample, "<bsn>" BSN "</bsn>",
                                           identity ? identity : "<bsn>" BSN "</bsn>");
    SCOPED_BUF struct buf encoded = { 0 };
    char file[UUID_SIZE];

    uuid_v4(file);
    base64_encode(text, strlen(text), &encoded);
    json_decref(ask(
        town, call_upload,
        json_pack("{s:s, s:i, s:s}", "file", file, "offset", 0, "data", buf_text(&encoded))));
    return town_ask(
        town, call_overdracht_send,
        json_pack("{s:s, s:s, s:s*}", "file", file, "to", to->code, "reply_to", reply_to),
        &fault);
}

void await(struct town *town, const char *table, const char *overdracht, const char *condition)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM %s WHERE %s = '%s' AND %s", table,
             strcmp(table, "overdracht") == 0 ? "id" : "overdracht", overdracht, condition);
    if (!town_wait(town, buf_text(&query), 1, SECONDS))
        fail_msg("%s: not so within %d seconds: %s", town->naam, SECONDS, buf_text(&query));
}

void await_state(struct town *town, const char *overdracht, const char *state,
                 const char *reden)
{
    SCOPED_BUF struct buf condition = { 0 };

    buf_addf(&condition, "state = '%s' AND reden = '%s'", state, reden);
    await(town, "overdracht", overdracht, buf_text(&condition));
}

/* In the store only, where couriers look; who comes in is looked up in memory. */
void hold(struct town *town)
{
    town_do(town, "UPDATE peer SET state = 'geschorst'");
}

void release(struct town *town)
{
    town_do(town, "UPDATE peer SET state = 'actief', next_try = 0");
    couriers_wake(town->gateway.couriers);
}

int64_t handovers(struct town *town)
{
    return town_count(town, "SELECT count(*) FROM overdracht WHERE bsn_index IS NOT NULL"
                            " OR vnummer_index IS NOT NULL");
}

/* --- once, and each time ----------------------------------------------------------------- */

int asking_fresh(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof(fault));
    for (size_t i = 0; i < COUNT; i++) {
        town_do(&TOWNS[i], "UPDATE outbox SET state = 'cancelled' WHERE state = 'queued'");
        town_do(&TOWNS[i], "UPDATE overdracht SET bsn_index = NULL, vnummer_index = NULL");
        release(&TOWNS[i]);
    }
    return 0;
}

int asking_start(void **state)
{
    (void)state;
    town_install();
    town_gather(TOWNS, COUNT, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        town_stop(&TOWNS[i]);
        town_start(&TOWNS[i]);
    }
    return 0;
}

int asking_stop(void **state)
{
    (void)state;
    hush_stop(&(struct buf){ 0 });
    town_scatter(TOWNS, COUNT);
    return 0;
}
