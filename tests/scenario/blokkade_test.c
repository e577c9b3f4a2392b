/* Somebody of whom nothing is handed over by this road: whoever asks hears that he must call,
 * nothing leaves, and what comes is flagged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/blokkade_wacht.h"
#include "gateway/clock.h"
#include "gateway/mover.h"
#include "tests/hostile/hush.h"
#include "tests/scenario/asking.h"

#define CANARY "Kanariepiet woont op een geheim adres"
#define STRANGER "999900043" /* nobody here knows that number */

static int64_t put(struct town *town, const char *name, const char *number)
{
    json_auto_t *result =
        ask(town, call_blokkade_add, json_pack("{s:s, s:s}", name, number, "text", CANARY));

    return json_integer_value(json_object_get(result, "blokkade"));
}

static void lift(struct town *town, int64_t seq)
{
    json_decref(ask(town, call_blokkade_lift, json_pack("{s:I}", "blokkade", seq)));
}

static int fresh(void **state)
{
    asking_fresh(state);
    town_do(OUD, "DELETE FROM blokkade");
    town_do(NIEUW, "DELETE FROM blokkade");
    return 0;
}
#define UNBLOCKED(test) cmocka_unit_test_setup(test, fresh)

static int64_t looks(struct town *town, const char *detail)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM audit WHERE action = 'blokkade' AND detail = '%s'",
             detail);
    return town_count(town, buf_text(&query));
}

/* --- asked about ------------------------------------------------------------------------- */

static void who_asks_is_told_to_call_at_once_and_nothing_else(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    int64_t before = looks(OUD, "gekeken voor een verzoek: geblokkeerd");
    put(OUD, "bsn", BSN);
    request(NIEUW, OUD, overdracht);
    await_state(NIEUW, overdracht, "afgewezen", "blokkade");
    await_state(OUD, overdracht, "afgewezen", "blokkade");
    json_auto_t *show = ask(NIEUW, call_overdracht_show, json_pack("{s:s}", "id", overdracht));
    const json_t *messages = json_object_get(show, "messages");
    const json_t *said = NULL;
    for (size_t i = 0; i < json_array_size(messages) && !said; i++)
        said = json_object_get(json_array_get(messages, i), "afwijzing");
    assert_string_equal(text_of(said, "code"), "blokkade");
    assert_string_equal(text_of(said, "toelichting"), "");
    assert_string_equal(text_of(said, "gemeentecode"), "");
    assert_string_equal(text_of(said, "verwachtOp"), "");
    assert_int_equal(looks(OUD, "gekeken voor een verzoek: geblokkeerd"), before + 1);
}

/* Not even that somebody is known here. */
static void the_answer_is_the_same_whether_there_is_anything_or_not(void **state)
{
    (void)state;
    put(OUD, "bsn", STRANGER);
    json_auto_t *asked = ask(NIEUW, call_overdracht_request,
                             json_pack("{s:s, s:s}", "gemeente", OUD->code, "bsn", STRANGER));
    await_state(NIEUW, text_of(asked, "overdracht"), "afgewezen", "blokkade");
}

static void a_request_that_was_open_already_is_answered_when_the_block_comes(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    put(OUD, "bsn", BSN);
    await_state(NIEUW, overdracht, "afgewezen", "blokkade");
}

static void no_other_refusal_is_said_of_somebody_on_the_list(void **state)
{
    static const char *const CODES[][2] = {
        { "verhuisd", "0363" },
        { "onbekend", "" },
        { "geen-dossier", "" },
        { "niet-bevoegd", "" },
        { "in-behandeling", "2027-01-01" },
    };
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    town_do(OUD, "UPDATE peer SET state = 'geschorst'"); /* the answer waits */
    put(OUD, "bsn", BSN);
    town_do(OUD, "UPDATE outbox SET state = 'cancelled' WHERE state = 'queued'");
    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++)
        expect_no(OUD, call_overdracht_refuse,
                  rejection(overdracht, CODES[i][0], CODES[i][1], ""), FAULT_PERMISSION,
                  "this person is on the block list: nothing is sent");
    reject(OUD, overdracht, "blokkade", "");
    release(OUD);
    await_state(NIEUW, overdracht, "afgewezen", "blokkade");
}

static void who_is_not_on_the_list_is_answered_by_a_person_as_ever(void **state)
{
    char overdracht[UUID_SIZE];
    struct fault why = { 0 };

    (void)state;
    put(OUD, "bsn", STRANGER);
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    assert_true(blokkade_wacht(&OUD->gateway, &why));
    await_state(OUD, overdracht, "gevraagd", "");
    json_decref(send_sample(OUD, NIEUW, NULL, overdracht));
    await_state(NIEUW, overdracht, "ontvangen", "");
}

/* --- sending ----------------------------------------------------------------------------- */

static void nothing_is_sent_asked_or_unasked_until_the_block_is_lifted(void **state)
{
    json_t *sent;

    (void)state;
    int64_t seq = put(OUD, "bsn", BSN);
    assert_null(sent = send_sample(OUD, NIEUW, NULL, NULL));
    assert_int_equal(fault.code, FAULT_PERMISSION);
    assert_int_equal(fault_exit_code(&fault), 77);
    assert_null(strstr(fault.text, BSN));
    assert_int_equal(handovers(OUD), 0);
    assert_true(looks(OUD, "gekeken voor dossier: geblokkeerd") >= 1);
    lift(OUD, seq);
    json_auto_t *gone = send_sample(OUD, NIEUW, NULL, NULL);
    await_state(NIEUW, text_of(gone, "overdracht"), "ontvangen", "");
    expect_no(OUD, call_blokkade_lift, json_pack("{s:I}", "blokkade", seq), FAULT_STATE,
              "was lifted before");
}

/* On the list by one number, known by the other: an earlier handover knows both. */
static void a_number_that_only_an_earlier_handover_knows_counts(void **state)
{
    (void)state;
    json_decref(
        send_sample(OUD, NIEUW, "<bsn>" BSN "</bsn><vnummer>" VNUMMER "</vnummer>", NULL));
    put(OUD, "vnummer", VNUMMER);
    assert_null(send_sample(OUD, DERDE, NULL, NULL));
    assert_int_equal(fault.code, FAULT_PERMISSION);
}

static void after_its_last_day_a_block_no_longer_counts(void **state)
{
    json_t *sent;

    (void)state;
    put(OUD, "bsn", BSN);
    town_do(OUD, "UPDATE blokkade SET until = date('now')");
    assert_null(sent = send_sample(OUD, NIEUW, NULL, NULL));
    town_do(OUD, "UPDATE blokkade SET until = date('now', '-1 day')");
    assert_non_null(sent = send_sample(OUD, NIEUW, NULL, NULL));
    await_state(NIEUW, text_of(sent, "overdracht"), "ontvangen", "");
    json_decref(sent);
}

static void what_waits_to_leave_is_stopped_when_the_block_comes(void **state)
{
    char asked[UUID_SIZE];

    (void)state;
    hold(OUD);
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);
    hold(OUD);
    json_auto_t *also = asks(OUD, DERDE->code);
    snprintf(asked, sizeof(asked), "%s", text_of(also, "overdracht"));
    put(OUD, "bsn", BSN);
    await(OUD, "outbox", text_of(sent, "overdracht"), "state = 'cancelled'");
    await(OUD, "outbox", asked, "state = 'cancelled'");
    await(OUD, "overdracht", text_of(sent, "overdracht"), "state = 'ingetrokken'");
    release(OUD);
    assert_int_equal(handovers(NIEUW), 0);
}

/* --- receiving --------------------------------------------------------------------------- */

static void a_dossier_that_comes_is_flagged_and_nobody_is_asked(void **state)
{
    (void)state;
    put(NIEUW, "bsn", BSN);
    expect_no(NIEUW, call_overdracht_request,
              json_pack("{s:s, s:s}", "gemeente", OUD->code, "bsn", BSN), FAULT_PERMISSION,
              "this person is on the block list: nothing is sent");
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);
    const char *overdracht = text_of(sent, "overdracht");
    await_state(NIEUW, overdracht, "ontvangen", "");
    await(NIEUW, "taak", overdracht, "soort = 'blokkade' AND sleutel = 'ontvangen'");
    json_auto_t *tasks = ask(NIEUW, call_taak_list, json_pack("{s:s}", "id", overdracht));
    const json_t *taak = json_array_get(json_object_get(tasks, "taken"), 0);
    assert_non_null(strstr(text_of(taak, "tekst"), "geldt hier een blokkade"));
    mover_wake(&NIEUW->gateway);
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM taak WHERE soort = 'blokkade'"
                                       " AND done IS NULL"),
                     1);
}

/* --- the list ---------------------------------------------------------------------------- */

static const struct {
    const char *name, *number, *until;
    enum fault_code code;
    const char *says;
} CASES[] = {
    { "bsn", "", "", FAULT_USAGE, "bsn or vnummer is missing" },
    { "bsn", "999900032", "", FAULT_USAGE, "bsn: is not a BSN" },
    { "bsn", "9999000310", "", FAULT_USAGE, "bsn: is too long" },
    { "vnummer", "12345", "", FAULT_USAGE, "vnummer: is not ten digits" },
    { "bsn", BSN, "morgen", FAULT_USAGE, "until: is not a date" },
    { "bsn", BSN, "2026-13-01", FAULT_USAGE, "until: is not a date" },
    { "bsn", BSN, "2027-01", FAULT_USAGE, "until: is not a date" },
    { "bsn", BSN, "2020-01-01", FAULT_USAGE, "until: lies in the past" },
};

static void what_cannot_be_on_the_list_is_refused_without_the_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        expect_no(
            OUD, call_blokkade_add,
            json_pack("{s:s, s:s}", CASES[i].name, CASES[i].number, "until", CASES[i].until),
            CASES[i].code, CASES[i].says);
        assert_true(!*CASES[i].number || !strstr(fault.text, CASES[i].number));
    }
    put(OUD, "bsn", BSN);
    expect_no(OUD, call_blokkade_add, json_pack("{s:s}", "bsn", BSN), FAULT_STATE,
              "is on the block list already");
    expect_no(OUD, call_blokkade_lift, json_pack("{s:i}", "blokkade", 999999), FAULT_UNKNOWN,
              "no block 999999");
}

static void the_list_tells_who_and_why_to_who_may_and_each_look_is_on_record(void **state)
{
    (void)state;
    int64_t before = looks(OUD, "lijst gelezen"), seq = put(OUD, "bsn", BSN);
    json_auto_t *list = ask(OUD, call_blokkade_list, json_object());
    const json_t *one = json_array_get(json_object_get(list, "blokkades"), 0);
    assert_string_equal(text_of(one, "bsn"), BSN);
    assert_string_equal(text_of(one, "tekst"), CANARY);
    assert_string_equal(text_of(one, "geldt"), "ja");
    assert_int_equal(looks(OUD, "lijst gelezen"), before + 1);
    lift(OUD, seq);
    json_auto_t *none = ask(OUD, call_blokkade_list, json_object());
    assert_int_equal(json_array_size(json_object_get(none, "blokkades")), 0);
    json_auto_t *all = ask(OUD, call_blokkade_list, json_pack("{s:s}", "all", "ja"));
    one = json_array_get(json_object_get(all, "blokkades"), 0);
    assert_string_equal(text_of(one, "geldt"), "nee");
    assert_string_not_equal(text_of(one, "lifted_by"), "");
}

static void who_and_why_rest_sealed_and_are_in_no_log(void **state)
{
    SCOPED_BUF struct buf log = { 0 };
    char overdracht[UUID_SIZE];

    (void)state;
    hush_start();
    put(OUD, "bsn", BSN);
    request(NIEUW, OUD, overdracht);
    await_state(NIEUW, overdracht, "afgewezen", "blokkade");
    assert_null(send_sample(OUD, NIEUW, NULL, NULL));
    hush_stop(&log);
    assert_null(strstr(buf_text(&log), BSN));
    assert_null(strstr(buf_text(&log), "Kanarie"));
    assert_null(hush_broken(&log));
    assert_null(hush_broken_in_store(OUD));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNBLOCKED(who_and_why_rest_sealed_and_are_in_no_log),
        UNBLOCKED(who_asks_is_told_to_call_at_once_and_nothing_else),
        UNBLOCKED(the_answer_is_the_same_whether_there_is_anything_or_not),
        UNBLOCKED(a_request_that_was_open_already_is_answered_when_the_block_comes),
        UNBLOCKED(no_other_refusal_is_said_of_somebody_on_the_list),
        UNBLOCKED(who_is_not_on_the_list_is_answered_by_a_person_as_ever),
        UNBLOCKED(nothing_is_sent_asked_or_unasked_until_the_block_is_lifted),
        UNBLOCKED(a_number_that_only_an_earlier_handover_knows_counts),
        UNBLOCKED(after_its_last_day_a_block_no_longer_counts),
        UNBLOCKED(what_waits_to_leave_is_stopped_when_the_block_comes),
        UNBLOCKED(a_dossier_that_comes_is_flagged_and_nobody_is_asked),
        UNBLOCKED(what_cannot_be_on_the_list_is_refused_without_the_number),
        UNBLOCKED(the_list_tells_who_and_why_to_who_may_and_each_look_is_on_record),
    };

    return cmocka_run_group_tests(tests, asking_start, asking_stop);
}
