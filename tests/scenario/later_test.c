/* After a dossier was sent: what was learned later follows it, what was sent in error is taken
 * back; a request too. Two municipalities in one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "tests/sample.h"
#include "tests/scenario/asking.h"

#define CANARY "Kanariepiet"
#define NUMBER "+31 6 00000001"
#define OTHER_NUMBER "+31 6 00000099"

static void accept_it(const char *overdracht)
{
    json_decref(ask(NIEUW, call_overdracht_accept, json_pack("{s:s}", "id", overdracht)));
}

static void send_it(char overdracht[UUID_SIZE])
{
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);

    if (!sent)
        fail_msg("%s", fault.text);
    snprintf(overdracht, UUID_SIZE, "%s", text_of(sent, "overdracht"));
    await_state(OUD, overdracht, "bezorgd", "");
    await(NIEUW, "overdracht", overdracht, "state = 'ontvangen'");
}

/* The sample with another telephone number. */
static json_t *supplement(const char *overdracht, const char *number, const char *parts)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(sample, NUMBER, number);
    SCOPED_BUF struct buf encoded = { 0 };
    char file[UUID_SIZE];

    uuid_v4(file);
    base64_encode(text, strlen(text), &encoded);
    json_decref(ask(
        OUD, call_upload,
        json_pack("{s:s, s:i, s:s}", "file", file, "offset", 0, "data", buf_text(&encoded))));
    return json_pack("{s:s, s:s, s:s, s:s}", "id", overdracht, "file", file, "parts", parts,
                     "text", CANARY);
}

static json_t *withdrawal(const char *overdracht, const char *code, const char *text)
{
    return json_pack("{s:s, s:s, s:s}", "id", overdracht, "code", code, "text", text);
}

static const json_t *message_of(const json_t *show, const char *soort)
{
    const json_t *messages = json_object_get(show, "messages");

    for (size_t i = 0; i < json_array_size(messages); i++)
        if (strcmp(text_of(json_array_get(messages, i), "soort"), soort) == 0)
            return json_array_get(messages, i);
    fail_msg("no %s", soort);
    return NULL;
}

/* The words of the message, and what differs, at either side. */
static void shows_the_difference(struct town *town, const char *overdracht)
{
    json_auto_t *show = ask(town, call_overdracht_show, json_pack("{s:s}", "id", overdracht));
    const json_t *message = message_of(show, "aanvulling");
    const json_t *said = json_object_get(message, "aanvulling");
    const json_t *lines = json_object_get(message, "verschil");

    assert_string_equal(text_of(said, "toelichting"), CANARY);
    assert_int_equal(json_array_size(lines), 2); /* one is new, one is gone */
    assert_string_equal(text_of(json_array_get(lines, 0), "onderdeel"), "persoon");
    assert_string_equal(text_of(json_array_get(lines, 0), "naar"), OTHER_NUMBER);
    assert_string_equal(text_of(json_array_get(lines, 1), "van"), NUMBER);
}

/* --- supplements ------------------------------------------------------------------------- */

static void what_is_learned_later_follows_what_was_taken_over(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    send_it(overdracht);
    accept_it(overdracht);
    await_state(OUD, overdracht, "overgenomen", "");
    json_auto_t *sent =
        ask(OUD, call_overdracht_supplement, supplement(overdracht, OTHER_NUMBER, ""));
    assert_string_equal(text_of(sent, "onderdelen"), "persoon");
    assert_string_equal(text_of(sent, "state"), "overgenomen");
    await(OUD, "outbox", overdracht, "soort = 'aanvulling' AND state = 'delivered'");
    await_state(NIEUW, overdracht, "overgenomen", "");
    await(NIEUW, "taak", overdracht, "soort = 'aanvulling' AND done IS NULL");
    shows_the_difference(NIEUW, overdracht);
    shows_the_difference(OUD, overdracht);
    json_auto_t *file =
        ask(NIEUW, call_overdracht_file,
            json_pack("{s:s, s:s, s:i}", "id", overdracht, "what", "dossier", "offset", 0));
    SCOPED_BUF struct buf xml = { 0 };
    assert_true(base64_decode(text_of(file, "data"), &xml, &fault));
    assert_non_null(strstr(buf_text(&xml), OTHER_NUMBER));
}

static void a_supplement_says_what_is_new_or_is_not_sent(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    send_it(overdracht);
    expect_no(OUD, call_overdracht_supplement, supplement(overdracht, NUMBER, ""), FAULT_USAGE,
              "nothing in this dossier is new");
    expect_no(OUD, call_overdracht_supplement, supplement(overdracht, OTHER_NUMBER, CANARY),
              FAULT_USAGE, "part: is none of");
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox WHERE soort = 'aanvulling'"
                                     " AND state = 'queued'"),
                     0);
}

static void a_dossier_with_its_supplement_is_judged_as_one(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    send_it(overdracht);
    json_decref(
        ask(OUD, call_overdracht_supplement, supplement(overdracht, OTHER_NUMBER, "persoon")));
    await(NIEUW, "inbox", overdracht, "soort = 'aanvulling' AND code = ''");
    json_decref(ask(
        NIEUW, call_overdracht_refuse,
        json_pack("{s:s, s:s, s:s}", "id", overdracht, "code", "onvolledig", "parts", "pip")));
    await_state(OUD, overdracht, "gevraagd", "onvolledig: pip");
    expect_no(OUD, call_overdracht_supplement, supplement(overdracht, NUMBER, "pip"),
              FAULT_STATE, "there is no dossier to supplement");
    json_auto_t *again = send_sample(OUD, NIEUW, NULL, NULL);
    assert_string_equal(text_of(again, "overdracht"), overdracht);
    await_state(NIEUW, overdracht, "ontvangen", "");
}

/* --- withdrawals ------------------------------------------------------------------------- */

/* Ids, digests, receipts and audit; nobody and nothing else. */
static void expect_wiped(const char *overdracht)
{
    await(NIEUW, "overdracht", overdracht,
          "state = 'ingetrokken' AND bsn_index IS NULL AND vnummer_index IS NULL");
    SCOPED_BUF struct buf query = { 0 };
    buf_addf(&query,
             "SELECT (SELECT count(*) FROM inbox WHERE overdracht = '%s'"
             "  AND length(sealed) > 0)"
             " + (SELECT count(*) FROM outbox WHERE overdracht = '%s' AND length(sealed) > 0"
             "  AND soort <> 'intrekkingbevestiging')"
             " + (SELECT count(*) FROM bijlage WHERE overdracht = '%s')",
             overdracht, overdracht, overdracht);
    if (!town_wait(NIEUW, buf_text(&query), 0, SECONDS))
        fail_msg("something readable is left");
    json_auto_t *show = ask(NIEUW, call_overdracht_show, json_pack("{s:s}", "id", overdracht));
    assert_string_equal(text_of(show, "naam"), "");
    assert_string_equal(text_of(show, "geboortedatum"), "");
    const json_t *dossier = message_of(show, "dossier");
    assert_int_equal(strlen(text_of(dossier, "canoniek")), 64);
    expect_no(NIEUW, call_overdracht_file,
              json_pack("{s:s, s:s, s:i}", "id", overdracht, "what", "dossier", "offset", 0),
              FAULT_STATE, "was withdrawn");
}

static void what_was_sent_in_error_is_deleted_and_that_is_confirmed(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    send_it(overdracht);
    accept_it(overdracht);
    await_state(OUD, overdracht, "overgenomen", "");
    json_auto_t *dry = ask(OUD, call_overdracht_withdraw_preview,
                           withdrawal(overdracht, "verkeerde-persoon", ""));
    assert_string_equal(text_of(dry, "wijze"), "bericht");
    await_state(OUD, overdracht, "overgenomen", "");
    json_decref(ask(OUD, call_overdracht_withdraw,
                    withdrawal(overdracht, "verkeerde-persoon", CANARY)));
    await_state(OUD, overdracht, "ingetrokken", "verkeerde-persoon");
    await_state(NIEUW, overdracht, "ingetrokken", "verkeerde-persoon");
    expect_wiped(overdracht);
    await(NIEUW, "outbox", overdracht,
          "soort = 'intrekkingbevestiging' AND state = 'delivered'");
    json_auto_t *show = ask(OUD, call_overdracht_show, json_pack("{s:s}", "id", overdracht));
    assert_string_equal(
        text_of(json_object_get(message_of(show, "intrekking"), "intrekking"), "toelichting"),
        CANARY);
    assert_string_not_equal(
        text_of(json_object_get(message_of(show, "intrekkingbevestiging"), "bevestiging"),
                "verwijderdOp"),
        "");
    expect_no(OUD, call_overdracht_withdraw, withdrawal(overdracht, "onjuist", ""),
              FAULT_STATE, "there is nothing to withdraw");
}

/* The words are a person's to read, until that has cleared away the rest. */
static void who_must_clear_away_copies_is_told_why(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    send_it(overdracht);
    json_decref(ask(OUD, call_overdracht_withdraw, withdrawal(overdracht, "anders", CANARY)));
    await_state(OUD, overdracht, "ingetrokken", "anders");
    await(NIEUW, "taak", overdracht, "soort = 'intrekking' AND done IS NULL");
    json_auto_t *tasks = ask(NIEUW, call_taak_list, json_pack("{s:s}", "id", overdracht));
    const json_t *task = json_array_get(json_object_get(tasks, "taken"), 0);
    assert_non_null(strstr(text_of(task, "tekst"), CANARY));
    json_decref(
        ask(NIEUW, call_taak_done, json_pack("{s:O}", "taak", json_object_get(task, "taak"))));
    await(NIEUW, "taak", overdracht, "soort = 'intrekking' AND tekst_sealed IS NULL");
    json_auto_t *after = ask(NIEUW, call_taak_list, json_pack("{s:s}", "id", overdracht));
    task = json_array_get(json_object_get(after, "taken"), 0);
    assert_string_equal(text_of(task, "tekst"), "");
}

static void what_has_not_left_is_cancelled(void **state)
{
    (void)state;
    hold(OUD);
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);
    const char *overdracht = text_of(sent, "overdracht");
    json_auto_t *done =
        ask(OUD, call_overdracht_withdraw, withdrawal(overdracht, "onjuist", ""));
    assert_string_equal(text_of(done, "wijze"), "geannuleerd");
    await_state(OUD, overdracht, "ingetrokken", "onjuist");
    release(OUD);
    assert_int_equal(handovers(NIEUW), 0);
}

static void a_request_is_taken_back_while_nothing_came(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    await(NIEUW, "outbox", overdracht, "soort = 'dossierverzoek' AND state = 'delivered'");
    json_decref(
        ask(NIEUW, call_overdracht_withdraw, withdrawal(overdracht, "geen-grondslag", "")));
    await_state(NIEUW, overdracht, "ingetrokken", "geen-grondslag");
    await_state(OUD, overdracht, "ingetrokken", "geen-grondslag");
    expect_no(OUD, call_overdracht_refuse, rejection(overdracht, "onbekend", "", ""),
              FAULT_STATE, "there is no request to refuse");
}

static void a_request_that_was_answered_is_not_taken_back(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    hold(NIEUW);
    json_auto_t *asked = asks(NIEUW, OUD->code);
    snprintf(overdracht, sizeof(overdracht), "%s", text_of(asked, "overdracht"));
    release(NIEUW);
    await(OUD, "overdracht", overdracht, "state = 'gevraagd'");
    await(NIEUW, "outbox", overdracht, "state = 'delivered'");
    json_decref(send_sample(OUD, NIEUW, NULL, NULL));
    await_state(NIEUW, overdracht, "ontvangen", "");
    expect_no(NIEUW, call_overdracht_withdraw, withdrawal(overdracht, "geen-grondslag", ""),
              FAULT_STATE, "there is nothing to withdraw");
    accept_it(overdracht);
    await_state(OUD, overdracht, "overgenomen", "");
}

static void a_withdrawal_needs_a_code_and_something_to_withdraw(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    expect_no(OUD, call_overdracht_withdraw, withdrawal(overdracht, "onjuist", ""),
              FAULT_STATE, "there is nothing to withdraw");
    expect_no(NIEUW, call_overdracht_withdraw, withdrawal(overdracht, CANARY, ""), FAULT_USAGE,
              "code: is none of");
    expect_no(NIEUW, call_overdracht_withdraw, withdrawal(overdracht, "anders", ""),
              FAULT_USAGE, "code anders needs a text");
    expect_no(NIEUW, call_overdracht_withdraw, withdrawal("0000", "onjuist", ""),
              FAULT_UNKNOWN, "no handover");
}

/* --- the forward pointer ----------------------------------------------------------------- */

static void who_was_taken_over_elsewhere_is_pointed_at_by_itself(void **state)
{
    char taken[UUID_SIZE];

    (void)state;
    send_it(taken);
    accept_it(taken);
    await_state(OUD, taken, "overgenomen", "");
    json_auto_t *asked = asks(DERDE, OUD->code);
    await_state(DERDE, text_of(asked, "overdracht"), "afgewezen", "verhuisd: 0310");
    await_state(OUD, text_of(asked, "overdracht"), "afgewezen", "verhuisd: 0310");
}

/* Refused there, or asked for again by who took it over: a person must look. */
static void who_was_not_taken_over_elsewhere_waits_for_a_person(void **state)
{
    char refused[UUID_SIZE], again[UUID_SIZE];

    (void)state;
    send_it(refused);
    json_decref(ask(NIEUW, call_overdracht_refuse,
                    json_pack("{s:s, s:s}", "id", refused, "code", "geen-inwoner")));
    await_state(OUD, refused, "geweigerd", "geen-inwoner");
    json_auto_t *asked = asks(DERDE, OUD->code);
    await_state(OUD, text_of(asked, "overdracht"), "gevraagd", "");
    asking_fresh(NULL);
    send_it(again);
    accept_it(again);
    await_state(OUD, again, "overgenomen", "");
    await(NIEUW, "outbox", again, "soort = 'overname' AND state = 'delivered'");
    json_auto_t *once_more = asks(NIEUW, OUD->code);
    await_state(OUD, text_of(once_more, "overdracht"), "gevraagd", "");
    reject(OUD, text_of(once_more, "overdracht"), "geen-dossier", "");
    await_state(OUD, text_of(asked, "overdracht"), "gevraagd", "");
}

/* --- in the house ------------------------------------------------------------------------ */

static void a_note_rests_sealed_and_is_not_exchanged(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    send_it(overdracht);
    json_decref(ask(NIEUW, call_overdracht_note,
                    json_pack("{s:s, s:s, s:s}", "id", overdracht, "text", CANARY, "met",
                              "mevrouw De Vries")));
    json_decref(ask(NIEUW, call_overdracht_assign,
                    json_pack("{s:s, s:s}", "id", overdracht, "user", "jansen")));
    json_auto_t *show = ask(NIEUW, call_overdracht_show, json_pack("{s:s}", "id", overdracht));
    const json_t *note = json_array_get(json_object_get(show, "notities"), 0);
    assert_string_equal(text_of(note, "tekst"), CANARY);
    assert_string_equal(text_of(note, "met"), "mevrouw De Vries");
    assert_string_equal(text_of(note, "soort"), "warm-gesprek");
    assert_string_equal(text_of(show, "toegewezen"), "jansen");
    assert_int_equal(town_count(NIEUW,
                                "SELECT count(*) FROM notitie"
                                " WHERE instr(tekst_sealed, CAST('" CANARY "' AS BLOB)) > 0"),
                     0);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM notitie"), 0);
    expect_no(NIEUW, call_overdracht_note,
              json_pack("{s:s, s:s}", "id", overdracht, "text", " "), FAULT_USAGE,
              "a note needs a text");
    expect_no(NIEUW, call_overdracht_assign,
              json_pack("{s:s, s:s}", "id", overdracht, "user", "Jan de Vries"), FAULT_USAGE,
              "user: letters, digits");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(what_is_learned_later_follows_what_was_taken_over),
        FRESH(a_supplement_says_what_is_new_or_is_not_sent),
        FRESH(a_dossier_with_its_supplement_is_judged_as_one),
        FRESH(what_was_sent_in_error_is_deleted_and_that_is_confirmed),
        FRESH(who_must_clear_away_copies_is_told_why),
        FRESH(what_has_not_left_is_cancelled),
        FRESH(a_request_is_taken_back_while_nothing_came),
        FRESH(a_request_that_was_answered_is_not_taken_back),
        FRESH(a_withdrawal_needs_a_code_and_something_to_withdraw),
        FRESH(a_note_rests_sealed_and_is_not_exchanged),
        FRESH(who_was_taken_over_elsewhere_is_pointed_at_by_itself),
        FRESH(who_was_not_taken_over_elsewhere_waits_for_a_person),
    };

    return cmocka_run_group_tests(tests, asking_start, asking_stop);
}
