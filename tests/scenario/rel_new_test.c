/* The municipality somebody moves to: whom it asks, what waits for a person, and what is held
 * against DUO. Each case of relocation.md is named where it is tried. */
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
#define ASKED "rol = 'ontvanger' AND state = 'verzocht'"
#define SIGNALLED "rol = 'ontvanger' AND state = 'gesignaleerd'"
#define ENDED "rol = 'ontvanger' AND state = 'verlopen'"
#define GIVEN "rol = 'verstrekker' AND state = 'gevraagd'"

#define REQUESTS                                                                              \
    "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"                  \
    " WHERE h.bsn_index = %s AND o.soort = 'dossierverzoek'"
#define OPEN_TASKS(soort)                                                                     \
    "SELECT count(*) FROM taak t JOIN overdracht h ON h.id = t.overdracht"                    \
    " WHERE h.bsn_index = %s AND t.done IS NULL AND t.soort = '" soort "'"
#define HANDLED "SELECT count(*) FROM notificatie WHERE bsn_index = %s AND handled IS NOT NULL"
#define QUERIES                                                                               \
    "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"                  \
    " WHERE h.bsn_index = %s AND o.peer IS NULL AND o.soort LIKE '%.lezen'"

#define PIP_OF(code, day)                                                                     \
    "{\"gemeentecode\":\"" code "\",\"geregistreerd\":\"" day                                 \
    "\",\"pip\":{\"dagtekeningPip\":"                                                         \
    "\"" day "\",\"leerroute\":\"Z\",\"niveau\":\"A2\"}}"
#define UREN_OF(code, day)                                                                    \
    "{\"gemeentecode\":\"" code "\",\"bekendTot\":\"" day "\",\"TaallesEnKnmInstelling\":{"   \
    "\"uren\":10,\"instellingsnummer\":\"0000000101\"}}"

static void assert_task(struct town *town, const char *overdracht, const char *says)
{
    SCOPED_MEM char *text = rel_taken(town, overdracht);

    if (!strstr(text, says))
        fail_msg("no task says \"%s\":\n%s", says, text);
}

/* --- whom to ask ------------------------------------------------------------------------- */

/* T-REL-1 is rel_move_test.c; here: all that day one can tell was asked for, once and in
 * order. */
static void all_queries_of_day_one_are_asked_once_and_in_order(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn,
              ASKED " AND gemeentecode = '0344' AND oorzaak = 'SS121'"
                    " AND vestiging <> ''");
    rel_await_count(AMERSFOORT, bsn, QUERIES " AND o.state = 'delivered'", 18);
    assert_int_equal(rel_count(AMERSFOORT, bsn, QUERIES), 18);
    assert_int_equal(rel_count(AMERSFOORT, bsn,
                               QUERIES " AND o.soort = 'pip.lezen' AND o.seq ="
                                       " (SELECT min(f.seq) FROM outbox f"
                                       "  WHERE f.overdracht = o.overdracht)"),
                     1);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 1);
}

/* T-REL-2 */
static void who_moved_back_is_not_asked_for(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "[" PIP_OF("0307", "2025-03-10") "]");
    rel_set(bsn, "uren", "-");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, ENDED " AND reden LIKE '%eigen gemeente%'");
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 0);
}

/* T-REL-2 */
static void who_moved_back_is_asked_for_in_between(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "[" PIP_OF("0307", "2025-03-10") "]");
    rel_set(bsn, "uren", "[" UREN_OF("0344", "2026-10-01") "]");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, ASKED " AND gemeentecode = '0344'");
    rel_await(UTRECHT, bsn, GIVEN);
}

/* T-REL-3 */
static void without_a_pip_the_one_that_registered_hours_is_asked(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "-");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, ASKED " AND gemeentecode = '0344' AND oorzaak = 'SS120'");
}

/* T-REL-4 */
static void nothing_known_is_a_task_and_no_request(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "-");
    rel_set(bsn, "uren", "-");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("wie-vragen"), 1);
    const char *id = rel_await(AMERSFOORT, bsn, SIGNALLED);
    assert_task(AMERSFOORT, id, "weet DUO niet");
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 0);
    json_decref(rel_ask(AMERSFOORT, call_overdracht_request,
                        json_pack("{s:s, s:s}", "gemeente", UTRECHT_CODE, "bsn", bsn)));
    mover_wake(&AMERSFOORT->gateway);
    rel_await(AMERSFOORT, bsn, ASKED);
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("wie-vragen"), 0);
}

/* Every handover ends in one outcome, also one that nobody has a dossier for. */
static void who_says_there_is_none_ends_it(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "-");
    rel_set(bsn, "uren", "-");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("wie-vragen"), 1);
    json_auto_t *result =
        rel_ask(AMERSFOORT, call_taak_list,
                json_pack("{s:s}", "id", rel_await(AMERSFOORT, bsn, SIGNALLED)));
    const json_t *taak = json_array_get(json_object_get(result, "taken"), 0);
    json_decref(rel_ask(AMERSFOORT, call_taak_done,
                        json_pack("{s:O}", "taak", json_object_get(taak, "taak"))));
    rel_await(AMERSFOORT, bsn, ENDED " AND reden LIKE '%wie de taak sloot%'");
}

/* Known from the BRP, before DUO says so: the same is read. */
static void who_asks_without_a_notification_reads_duo_too(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_say("misbehave delay 3600000");
    rel_say("move %s 0307 " MOVED, bsn);
    json_decref(rel_ask(AMERSFOORT, call_overdracht_request,
                        json_pack("{s:s, s:s}", "gemeente", UTRECHT_CODE, "bsn", bsn)));
    mover_wake(&AMERSFOORT->gateway);
    rel_await_count(AMERSFOORT, bsn, QUERIES " AND o.state = 'delivered'", 18);
    rel_say("clear");
}

static void hours_of_two_municipalities_are_a_choice_for_a_person(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "-");
    rel_set(bsn, "uren",
            "[" UREN_OF("0344", "2025-10-01") "," UREN_OF("0141", "2026-10-01") "]");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("wie-vragen"), 1);
    const char *id = rel_await(AMERSFOORT, bsn, SIGNALLED);
    assert_task(AMERSFOORT, id, "Utrecht (0344), Almelo (0141)");
}

static void the_municipality_in_between_is_asked_too(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "uren",
            "[" UREN_OF("0344", "2025-10-01") "," UREN_OF("0141", "2026-10-01") "]");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, ASKED " AND gemeentecode = '0344'");
    rel_await(AMERSFOORT, bsn, ASKED " AND gemeentecode = '0141'");
    rel_await(ALMELO, bsn, GIVEN);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 2);
}

/* T-REL-13: Ede would not do: Haarlemmerliede merged into Haarlemmermeer, which is nobody's
 * peer here. */
static void a_municipality_that_merged_is_asked_by_its_successor(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "[" PIP_OF("0393", "2025-03-10") "]");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("geen-peer"), 1);
    const char *id = rel_await(AMERSFOORT, bsn, SIGNALLED);
    assert_task(AMERSFOORT, id, "Haarlemmermeer (0394)");
}

/* A peer that is registered later is asked without anybody doing more. */
static void a_peer_that_comes_later_is_asked_by_itself(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    json_decref(rel_ask(AMERSFOORT, call_peer_state,
                        json_pack("{s:s, s:s}", "gemeente", "0141", "to", "geschorst")));
    rel_set(bsn, "pips", "[" PIP_OF("0141", "2025-03-10") "]");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("geen-peer"), 1);
    assert_task(AMERSFOORT, rel_await(AMERSFOORT, bsn, SIGNALLED), "Almelo (0141)");
    json_decref(rel_ask(AMERSFOORT, call_peer_state,
                        json_pack("{s:s, s:s}", "gemeente", "0141", "to", "actief")));
    rel_await(AMERSFOORT, bsn, ASKED " AND gemeentecode = '0141'");
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("geen-peer"), 0);
}

/* --- notifications ------------------------------------------------------------------------
 */

/* T-REL-5 */
static void a_notification_without_bsn_is_for_a_person(void **state)
{
    static const char *const HOW[] = { "only-vnummer", "no-person" };

    (void)state;
    for (size_t i = 0; i < sizeof(HOW) / sizeof(HOW[0]); i++) {
        const char *bsn = rel_person();
        int64_t before =
            town_count(AMERSFOORT, "SELECT count(*) FROM taak WHERE soort = 'notificatie'");
        rel_say("misbehave %s", HOW[i]);
        rel_move(bsn, AMERSFOORT_CODE);
        rel_say("clear");
        assert_true(town_wait(AMERSFOORT,
                              "SELECT count(*) FROM taak WHERE soort = 'notificatie'",
                              before + 1, 20));
        assert_int_equal(
            town_count(AMERSFOORT, "SELECT count(*) FROM notificatie WHERE handled IS NULL"),
            0);
        assert_int_equal(rel_count(AMERSFOORT, bsn, QUERIES), 0);
    }
}

/* T-REL-6 */
static void the_same_notification_twice_is_one_case(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_say("misbehave twice 3");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_say("clear");
    rel_await(AMERSFOORT, bsn, ASKED);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 1);
    assert_int_equal(
        rel_count(AMERSFOORT, bsn, "SELECT count(*) FROM notificatie WHERE bsn_index = %s"),
        1);
}

static void two_events_of_one_move_are_one_handover(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    rel_say("event %s SS139", bsn);
    rel_say("event %s SS120", bsn);
    standin_say(&rel_duo, "wait 20000");
    rel_await_count(AMERSFOORT, bsn, HANDLED, 3);
    rel_await(AMERSFOORT, bsn, ASKED);
    assert_int_equal(
        rel_count(AMERSFOORT, bsn, "SELECT count(*) FROM overdracht WHERE bsn_index = %s"), 1);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 1);
}

static void an_unknown_code_is_for_a_person(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_say("misbehave unknown-code");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_say("clear");
    rel_await_count(AMERSFOORT, bsn,
                    "SELECT count(*) FROM taak t JOIN notificatie n ON n.seq = t.notificatie"
                    " WHERE n.bsn_index = %s AND t.soort = 'notificatie'",
                    1);
    assert_int_equal(rel_count(AMERSFOORT, bsn, QUERIES), 0);
}

/* SS139 without a move: our own newcomer is nobody's dossier. */
static void a_newcomer_of_our_own_ends_without_a_task(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "-");
    rel_set(bsn, "uren", "-");
    rel_say("event %s SS139", bsn);
    standin_say(&rel_duo, "wait 20000");
    rel_await(UTRECHT, bsn, ENDED " AND oorzaak = 'SS139'");
    assert_int_equal(rel_count(UTRECHT, bsn, OPEN_TASKS("wie-vragen")), 0);
}

static void what_belongs_to_an_event_is_asked_again(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, ASKED);
    rel_say("event %s SS104", bsn);
    standin_say(&rel_duo, "wait 20000");
    rel_await_count(AMERSFOORT, bsn, QUERIES " AND o.soort = 'verlengingen.lezen'", 2);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 1);
}

/* --- DUO that does not answer as it should
 * --------------------------------------------------- */

/* DUO's scope may lag behind its own notification: 403 without a text is tried again. */
static void out_of_scope_is_waited_for(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_say("misbehave 403 for 12");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, ASKED);
    rel_say("clear");
    assert_true(rel_count(AMERSFOORT, bsn, QUERIES " AND o.attempts > 1") > 0);
}

/* T-REL-7: we are never let in: an end, a task, and no more tries. */
static void not_ours_at_duo_ends_as_a_task(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_say("misbehave 403");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await_count(AMERSFOORT, bsn, QUERIES " AND o.attempts > 0", 1);
    do /* the one that is being sent at this moment waits for the next round */
        town_do(AMERSFOORT, "UPDATE outbox SET expires = 1, next_try = 1 WHERE peer IS NULL"
                            " AND state = 'queued'");
    while (!town_wait(AMERSFOORT,
                      "SELECT count(*) FROM outbox WHERE peer IS NULL"
                      " AND state IN ('queued', 'sending')",
                      0, 2));
    rel_say("clear");
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("wie-vragen"), 1);
    assert_task(AMERSFOORT, rel_await(AMERSFOORT, bsn, SIGNALLED), "DUO gaf het PIP niet");
}

/* --- the dossier against DUO
 * ------------------------------------------------------------------ */

/* T-REL-14 */
static void duo_leads_where_the_dossier_says_otherwise(void **state)
{
    const char *bsn = rel_person();
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");

    (void)state;
    rel_set(bsn, "pips",
            "[{\"gemeentecode\":\"0344\",\"geregistreerd\":\"2025-03-11\",\"pip\":"
            "{\"dagtekeningPip\":\"2025-03-10\",\"leerroute\":\"B\",\"niveau\":\"A2\"}}]");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_answer(UTRECHT, rel_await(UTRECHT, bsn, GIVEN), AMERSFOORT_CODE, dossier);
    const char *id = rel_await(AMERSFOORT, bsn, RECEIVED);
    rel_await_count(AMERSFOORT, bsn,
                    "SELECT count(*) FROM audit a JOIN overdracht h ON h.id = a.object"
                    " WHERE h.bsn_index = %s AND a.action = 'vergeleken'",
                    1);
    assert_task(AMERSFOORT, id,
                "leerroute: het dossier zegt \"Z-route\", DUO zegt \"B1-route\"");
    rel_set(bsn, "pips", "[" PIP_OF("0344", "2025-03-10") "]");
    rel_say("event %s SS130", bsn);
    standin_say(&rel_duo, "wait 20000");
    rel_await_count(AMERSFOORT, bsn,
                    OPEN_TASKS("verschil") " AND t.sleutel IN (SELECT sleutel FROM taak"
                                           " WHERE done IS NOT NULL)",
                    0);
    rel_await_count(AMERSFOORT, bsn,
                    "SELECT count(*) > 0 FROM taak t JOIN overdracht h ON h.id = t.overdracht"
                    " WHERE h.bsn_index = %s AND t.soort = 'verschil'"
                    " AND t.done_by = 'estafetted'",
                    1);
}

/* T-REL-15 */
static void two_entries_of_hours_are_both_kept(void **state)
{
    const char *bsn = rel_person();
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");

    (void)state;
    rel_set(
        bsn, "uren",
        "[{\"gemeentecode\":\"0344\",\"bekendTot\":\"2026-10-01\",\"TaallesEnKnmInstelling\":"
        "{\"uren\":742,\"urenGeoorloofdVerzuim\":96,\"urenOngeoorloofdVerzuim\":4,"
        "\"instellingsnummer\":\"0000000101\"}},"
        "{\"gemeentecode\":\"0344\",\"bekendTot\":\"2026-10-01\",\"TaallesEnKnmInstelling\":"
        "{\"uren\":33,\"instellingsnummer\":\"0000000102\"}}]");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_answer(UTRECHT, rel_await(UTRECHT, bsn, GIVEN), AMERSFOORT_CODE, dossier);
    const char *id = rel_await(AMERSFOORT, bsn, RECEIVED);
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("verschil") " AND t.tekst_sealed IS NOT NULL",
                    1);
    assert_task(
        AMERSFOORT, id,
        "gemeente 0344, instelling 0000000102, gevolgde uren: het dossier zegt \"niets\","
        " DUO zegt \"33\"");
}

/* --- again
 * ------------------------------------------------------------------------------------- */

/* What a thread remembered would be gone: the store says it all. */
static void a_restart_goes_on_where_it_was(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_say("misbehave 503");
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, SIGNALLED);
    town_stop(AMERSFOORT);
    rel_say("clear");
    town_start(AMERSFOORT);
    rel_await(AMERSFOORT, bsn, ASKED);
    mover_wake(&AMERSFOORT->gateway);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 1);
    assert_int_equal(rel_count(AMERSFOORT, bsn, QUERIES), 18);
}

/* An event that nobody told of is found by the daily look. */
static void a_missed_event_becomes_a_task(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, ASKED);
    rel_await_count(AMERSFOORT, bsn, QUERIES " AND o.state = 'delivered'", 18);
    rel_await_count(AMERSFOORT, bsn,
                    "SELECT count(*) FROM audit a JOIN overdracht h ON h.id = a.object"
                    " WHERE h.bsn_index = %s AND a.action = 'gebeurtenissen'",
                    1);
    assert_int_equal(rel_count(AMERSFOORT, bsn, OPEN_TASKS("gemist")), 0); /* SS122 is not */
    rel_set(bsn, "gebeurtenissen",
            "[{\"id\":\"SS104\",\"omschrijving\":\"Verlengd\",\"datum\":\"2026-11-27\"}]");
    town_do(AMERSFOORT, "UPDATE outbox SET created = created - 90000"
                        " WHERE soort = 'gebeurtenissen.lezen'");
    mover_wake(&AMERSFOORT->gateway);
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS("gemist"), 1);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(all_queries_of_day_one_are_asked_once_and_in_order),
        cmocka_unit_test(who_moved_back_is_not_asked_for),
        cmocka_unit_test(who_moved_back_is_asked_for_in_between),
        cmocka_unit_test(without_a_pip_the_one_that_registered_hours_is_asked),
        cmocka_unit_test(nothing_known_is_a_task_and_no_request),
        cmocka_unit_test(who_says_there_is_none_ends_it),
        cmocka_unit_test(hours_of_two_municipalities_are_a_choice_for_a_person),
        cmocka_unit_test(the_municipality_in_between_is_asked_too),
        cmocka_unit_test(a_municipality_that_merged_is_asked_by_its_successor),
        cmocka_unit_test(a_peer_that_comes_later_is_asked_by_itself),
        cmocka_unit_test(a_notification_without_bsn_is_for_a_person),
        cmocka_unit_test(the_same_notification_twice_is_one_case),
        cmocka_unit_test(two_events_of_one_move_are_one_handover),
        cmocka_unit_test(an_unknown_code_is_for_a_person),
        cmocka_unit_test(a_newcomer_of_our_own_ends_without_a_task),
        cmocka_unit_test(what_belongs_to_an_event_is_asked_again),
        cmocka_unit_test(out_of_scope_is_waited_for),
        cmocka_unit_test(not_ours_at_duo_ends_as_a_task),
        cmocka_unit_test(duo_leads_where_the_dossier_says_otherwise),
        cmocka_unit_test(two_entries_of_hours_are_both_kept),
        cmocka_unit_test(a_restart_goes_on_where_it_was),
        cmocka_unit_test(a_missed_event_becomes_a_task),
        cmocka_unit_test(who_asks_without_a_notification_reads_duo_too),
    };

    return cmocka_run_group_tests(TESTS, rel_start, rel_stop);
}
