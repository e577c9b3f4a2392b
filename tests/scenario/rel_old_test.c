/* The municipality that is left: what it must settle with DUO before its dossier goes, whoever
 * tells it first, and until when it may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/mover.h"
#include "tests/scenario/rel.h"

#define RECEIVED "rol = 'ontvanger' AND state = 'ontvangen'"
#define GIVEN "rol = 'verstrekker' AND state = 'gevraagd'"

#define SETTLE                                                                                \
    "SELECT count(*) FROM taak t LEFT JOIN overdracht h ON h.id = t.overdracht"               \
    " LEFT JOIN notificatie n ON n.seq = t.notificatie WHERE t.soort = 'eerst-afhandelen'"    \
    " AND coalesce(h.bsn_index, n.bsn_index) = %s"
#define QUERIES                                                                               \
    "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"                  \
    " WHERE h.bsn_index = %s AND o.peer IS NULL AND o.soort LIKE '%.lezen'"
#define REPORTS                                                                               \
    "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"                  \
    " WHERE h.bsn_index = %s AND o.peer IS NULL AND o.soort NOT LIKE '%.lezen'"

static void assert_task(struct town *town, const char *overdracht, const char *says)
{
    SCOPED_MEM char *text = rel_taken(town, overdracht);

    if (!strstr(text, says))
        fail_msg("no task says \"%s\":\n%s", says, text);
}

/* --- the list ---------------------------------------------------------------------------- */

/* SS122 and the request come in any order: one taak, in the handover. */
static void departure_and_request_open_one_task(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    const char *id = rel_await(UTRECHT, bsn, GIVEN);
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.overdracht IS NOT NULL", 1);
    rel_await_count(UTRECHT, bsn,
                    "SELECT count(*) FROM notificatie WHERE bsn_index = %s"
                    " AND gebeurtenis = 'SS122' AND handled IS NOT NULL",
                    1);
    mover_wake(&UTRECHT->gateway);
    assert_int_equal(rel_count(UTRECHT, bsn, SETTLE), 1);
    assert_task(UTRECHT, id, "de laatste uren");
}

static void departure_alone_is_a_task_that_the_request_takes_over(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_say("event %s SS122", bsn); /* DUO's signal, before BRP and before any request */
    standin_say(&rel_duo, "wait 20000");
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.overdracht IS NULL AND t.done IS NULL", 1);
    json_decref(rel_ask(
        AMERSFOORT, call_overdracht_request,
        json_pack("{s:s, s:s, s:s}", "gemeente", UTRECHT_CODE, "bsn", bsn, "settled", MOVED)));
    const char *id = rel_await(UTRECHT, bsn, GIVEN);
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.overdracht IS NOT NULL", 1);
    assert_int_equal(rel_count(UTRECHT, bsn, SETTLE), 1);
    assert_task(UTRECHT, id, "uren tot " MOVED);
}

static void a_request_without_departure_is_a_task_too(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    json_decref(rel_ask(AMERSFOORT, call_overdracht_request,
                        json_pack("{s:s, s:s}", "gemeente", UTRECHT_CODE, "bsn", bsn)));
    rel_await(UTRECHT, bsn, GIVEN);
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.done IS NULL", 1);
}

static void who_sends_is_warned_while_it_is_open(void **state)
{
    const char *bsn = rel_person();
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");
    char file[UUID_SIZE];

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    const char *id = rel_await(UTRECHT, bsn, GIVEN);
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.overdracht IS NOT NULL", 1);
    rel_upload(UTRECHT, dossier, file);
    json_auto_t *preview =
        rel_ask(UTRECHT, call_overdracht_preview,
                json_pack("{s:s, s:s, s:s}", "file", file, "to", "0307", "reply_to", id));
    assert_int_equal(json_array_size(json_object_get(preview, "taken")), 1);
    const json_t *taak = json_array_get(json_object_get(preview, "taken"), 0);
    json_decref(rel_ask(UTRECHT, call_taak_done,
                        json_pack("{s:O}", "taak", json_object_get(taak, "taak"))));
    rel_upload(UTRECHT, dossier, file);
    json_auto_t *again =
        rel_ask(UTRECHT, call_overdracht_preview,
                json_pack("{s:s, s:s, s:s}", "file", file, "to", "0307", "reply_to", id));
    assert_int_equal(json_array_size(json_object_get(again, "taken")), 0);
}

/* T-REL-8: which day depends on the setting; DUO's own date counts here. */
static void the_new_pip_tells_until_when_we_may(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    const char *id = rel_await(UTRECHT, bsn, GIVEN);
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.done IS NULL", 1);
    rel_set(bsn, "pips",
            "[{\"gemeentecode\":\"0344\",\"geregistreerd\":\"2025-03-10\",\"pip\":"
            "{\"dagtekeningPip\":\"2025-03-10\",\"leerroute\":\"Z\"}},"
            "{\"gemeentecode\":\"0307\",\"geregistreerd\":\"2026-11-24\",\"pip\":"
            "{\"dagtekeningPip\":\"2026-11-23\",\"leerroute\":\"Z\"}}]");
    town_do(UTRECHT, "UPDATE outbox SET created = created - 90000 WHERE soort = 'pip.lezen'");
    mover_wake(&UTRECHT->gateway);
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.uiterlijk = '2026-12-22'", 1);
    assert_task(UTRECHT, id, "na 2026-12-22 geeft DUO ons geen antwoord meer");
}

/* --- what is settled ----------------------------------------------------------------------
 */

static void all_that_is_open_goes_to_duo_before_the_dossier(void **state)
{
    const char *bsn = rel_person();
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");
    char file[UUID_SIZE];

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    const char *id = rel_await(UTRECHT, bsn, GIVEN);
    rel_set(bsn, "map", "-");
    rel_set(bsn, "pvt", "-");
    rel_set(bsn, "aanbod",
            "[{\"gemeentecode\":\"0344\",\"instellingsnummer\":\"0000000101\","
            "\"datumInburgeringsaanbod\":\"2025-06-19\",\"verwachteStartdatumOpleiding\":"
            "\"2025-08-28\",\"indicatorAlfabetiseringsonderwijs\":\"A\"}]");
    rel_upload(UTRECHT, dossier, file);
    json_auto_t *result =
        rel_ask(UTRECHT, call_duo_push, json_pack("{s:s, s:s}", "id", id, "file", file));
    char *text = json_dumps(result, JSON_COMPACT);
    assert_true(json_array_size(json_object_get(result, "meldingen")) >= 5);
    free(text);
    rel_await_count(UTRECHT, bsn, REPORTS " AND o.state IN ('queued', 'sending')", 0);
    rel_await_count(UTRECHT, bsn,
                    REPORTS " AND o.soort IN ('map.melden', 'pvt.melden')"
                            " AND o.state = 'delivered'",
                    2);
    rel_say("show %s map", bsn);
    assert_non_null(strstr(rel_duo.said, "2026-03-20"));
}

/* What DUO refuses is a taak with its words, and what stood behind it is not sent. */
static void what_duo_refuses_is_a_task_with_its_words(void **state)
{
    const char *bsn = rel_person();
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");
    char file[UUID_SIZE];

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    const char *id = rel_await(UTRECHT, bsn, GIVEN);
    rel_set(bsn, "inburgeringstermijn",
            "{\"startdatum\":\"2026-06-06\",\"einddatum\":\"2029-06-06\"}"); /* MAP-4 */
    rel_upload(UTRECHT, dossier, file);
    json_decref(rel_ask(UTRECHT, call_duo_push,
                        json_pack("{s:s, s:s, s:s}", "id", id, "file", file, "only", "map")));
    rel_await_count(UTRECHT, bsn, REPORTS " AND o.state = 'refused'", 1);
    rel_await_count(UTRECHT, bsn,
                    "SELECT count(*) FROM taak t JOIN overdracht h ON h.id = t.overdracht"
                    " WHERE h.bsn_index = %s AND t.soort = 'duo-geweigerd'",
                    1);
    assert_task(UTRECHT, id, "DUO nam map.melden niet aan (403)");
}

/* T-REL-11: after the new PIP MAP is not ours to tell any more; that is known beforehand. */
static void after_the_new_pip_map_stays_here(void **state)
{
    const char *bsn = rel_person();
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");
    char file[UUID_SIZE];

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    const char *id = rel_await(UTRECHT, bsn, GIVEN);
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.done IS NULL", 1);
    rel_set(bsn, "pips",
            "[{\"gemeentecode\":\"0344\",\"geregistreerd\":\"2025-03-10\",\"pip\":"
            "{\"dagtekeningPip\":\"2025-03-10\",\"leerroute\":\"Z\"}},"
            "{\"gemeentecode\":\"0307\",\"geregistreerd\":\"2026-11-24\",\"pip\":"
            "{\"dagtekeningPip\":\"2026-11-23\",\"leerroute\":\"Z\"}}]");
    town_do(UTRECHT, "UPDATE outbox SET created = created - 90000 WHERE soort = 'pip.lezen'");
    mover_wake(&UTRECHT->gateway);
    rel_await_count(UTRECHT, bsn, SETTLE " AND t.uiterlijk = '2026-12-22'", 1);
    rel_upload(UTRECHT, dossier, file);
    json_auto_t *result =
        rel_ask(UTRECHT, call_duo_push,
                json_pack("{s:s, s:s, s:s}", "id", id, "file", file, "only", "map"));
    SCOPED_MEM char *text = json_dumps(result, JSON_COMPACT);
    assert_non_null(strstr(text, "tegengehouden"));
    assert_non_null(strstr(text, "MAP-2"));
    assert_int_equal(rel_count(UTRECHT, bsn, REPORTS), 0);
}

/* The one that is being sent at this moment waits for the next round. */
static void expire_all(struct town *town)
{
    do
        town_do(town, "UPDATE outbox SET expires = 1, next_try = 1, created = 1"
                      " WHERE peer IS NULL AND state = 'queued'");
    while (!town_wait(town,
                      "SELECT count(*) FROM outbox WHERE peer IS NULL"
                      " AND state IN ('queued', 'sending')",
                      0, 2));
}

/* The mover looks when it starts; stopping waits for that. */
static void restart(struct town *town)
{
    town_stop(town);
    town_start(town);
}

/* T-REL-7: without a PIP of our own DUO answers us no more after the move; no endless tries.
 */
static void who_has_no_pip_there_is_let_go(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "-");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(UTRECHT, bsn, GIVEN);
    rel_await_count(UTRECHT, bsn, QUERIES " AND o.soort = 'pip.lezen' AND o.attempts > 0", 1);
    expire_all(UTRECHT);
    restart(UTRECHT); /* what the mover was about to ask meanwhile is asked */
    expire_all(UTRECHT);
    int64_t asked = rel_count(UTRECHT, bsn, QUERIES);
    restart(UTRECHT);
    restart(UTRECHT);
    assert_true(asked > 0);
    assert_int_equal(rel_count(UTRECHT, bsn, QUERIES), asked);
}

/* --- onwards
 * ---------------------------------------------------------------------------------- */

/* The person moves on before the dossier was accepted: who asked is told, and the third asks
 * where the PIP is. */
static void who_moves_on_before_acceptance_is_asked_for_again(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(UTRECHT, bsn, GIVEN " AND gemeentecode = '0307'");
    rel_move(bsn, ALMELO_CODE);
    rel_await(ALMELO, bsn,
              "rol = 'ontvanger' AND state = 'verzocht' AND gemeentecode = '0344'");
    rel_await(UTRECHT, bsn, GIVEN " AND gemeentecode = '0141'");
    rel_await_count(AMERSFOORT, bsn,
                    "SELECT count(*) FROM taak t JOIN overdracht h ON h.id = t.overdracht"
                    " WHERE h.bsn_index = %s AND t.soort = 'notificatie'",
                    1);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(departure_and_request_open_one_task),
        cmocka_unit_test(departure_alone_is_a_task_that_the_request_takes_over),
        cmocka_unit_test(a_request_without_departure_is_a_task_too),
        cmocka_unit_test(who_sends_is_warned_while_it_is_open),
        cmocka_unit_test(the_new_pip_tells_until_when_we_may),
        cmocka_unit_test(all_that_is_open_goes_to_duo_before_the_dossier),
        cmocka_unit_test(what_duo_refuses_is_a_task_with_its_words),
        cmocka_unit_test(after_the_new_pip_map_stays_here),
        cmocka_unit_test(who_has_no_pip_there_is_let_go),
        cmocka_unit_test(who_moves_on_before_acceptance_is_asked_for_again),
    };

    return cmocka_run_group_tests(TESTS, rel_start, rel_stop);
}
