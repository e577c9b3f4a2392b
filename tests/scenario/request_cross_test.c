/* Requests that meet something: a dossier that crosses them, another request, a refusal that
 * sends them on. However it goes, there is one handover and both sides know where it stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "gateway/courier.h"
#include "gateway/overdracht.h"
#include "gateway/verzoek.h"
#include "tests/scenario/asking.h"

static void accept_it(struct town *town, const char *overdracht)
{
    json_decref(ask(town, call_overdracht_accept, json_pack("{s:s}", "id", overdracht)));
}

/* One handover on either side, under this id, taken over on both. */
static void end_agreed(const char *overdracht)
{
    accept_it(NIEUW, overdracht);
    await_state(NIEUW, overdracht, "overgenomen", "");
    await_state(OUD, overdracht, "overgenomen", "");
    await(NIEUW, "outbox", overdracht, "soort = 'overname' AND state = 'delivered'");
    assert_int_equal(handovers(OUD), 1);
    assert_int_equal(handovers(NIEUW), 1);
}

/* An unasked dossier; its own id is copied. */
static void send_unasked(char overdracht[UUID_SIZE])
{
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);

    if (!sent)
        fail_msg("%s", fault.text);
    snprintf(overdracht, UUID_SIZE, "%s", text_of(sent, "overdracht"));
}

/* Both names lead to it, at either side. */
static void expect_one(struct town *town, const char *name, const char *overdracht)
{
    json_auto_t *show = ask(town, call_overdracht_show, json_pack("{s:s}", "id", name));

    assert_string_equal(text_of(show, "id"), overdracht);
}

/* --- a dossier that crosses -------------------------------------------------------------- */

static void a_request_reaches_them_before_their_dossier_reaches_us(void **state)
{
    char unasked[UUID_SIZE], overdracht[UUID_SIZE];

    (void)state;
    hold(OUD);
    send_unasked(unasked);
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "verzonden", "");
    await_state(NIEUW, overdracht, "verzocht", "");
    release(OUD);
    await_state(OUD, overdracht, "bezorgd", "");
    await_state(NIEUW, overdracht, "ontvangen", "");
    expect_one(OUD, unasked, overdracht);
    expect_one(NIEUW, unasked, overdracht);
    end_agreed(overdracht);
}

static void their_dossier_reaches_us_before_our_request_leaves(void **state)
{
    char unasked[UUID_SIZE], overdracht[UUID_SIZE];

    (void)state;
    hold(NIEUW);
    json_auto_t *asked = asks(NIEUW, OUD->code);
    snprintf(overdracht, sizeof(overdracht), "%s", text_of(asked, "overdracht"));
    send_unasked(unasked);
    await_state(OUD, unasked, "bezorgd", "");
    await_state(NIEUW, overdracht, "ontvangen", "");
    release(NIEUW);
    await_state(OUD, overdracht, "bezorgd", "");
    expect_one(OUD, unasked, overdracht);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM audit WHERE action = 'overdracht'"
                                     " AND detail LIKE 'goes on as %'"),
                     2); /* once more, in the test before */
    end_agreed(overdracht);
}

static void a_request_that_its_dossier_overtook_may_stay_away(void **state)
{
    char unasked[UUID_SIZE], overdracht[UUID_SIZE];

    (void)state;
    hold(NIEUW);
    json_auto_t *asked = asks(NIEUW, OUD->code);
    snprintf(overdracht, sizeof(overdracht), "%s", text_of(asked, "overdracht"));
    send_unasked(unasked);
    await_state(NIEUW, overdracht, "ontvangen", "");
    await_state(OUD, unasked, "bezorgd", "");
    json_decref(
        ask(NIEUW, call_outbox_cancel, json_pack("{s:s}", "id", text_of(asked, "bericht"))));
    await(NIEUW, "overdracht", overdracht,
          "state = 'ontvangen' AND reden LIKE 'dossierverzoek cancelled: %'");
    release(NIEUW);
    end_agreed(overdracht);
    expect_one(OUD, unasked, overdracht);
}

static void what_crossed_can_be_returned_and_sent_again(void **state)
{
    char unasked[UUID_SIZE], overdracht[UUID_SIZE];

    (void)state;
    hold(OUD);
    send_unasked(unasked);
    request(NIEUW, OUD, overdracht);
    release(OUD);
    await_state(NIEUW, overdracht, "ontvangen", "");
    json_decref(ask(
        NIEUW, call_overdracht_refuse,
        json_pack("{s:s, s:s, s:s}", "id", overdracht, "code", "onvolledig", "parts", "pip")));
    await_state(OUD, overdracht, "gevraagd", "onvolledig: pip");
    json_auto_t *again = send_sample(OUD, NIEUW, NULL, NULL);
    assert_string_equal(text_of(again, "overdracht"), overdracht);
    await_state(NIEUW, overdracht, "ontvangen", "");
    end_agreed(overdracht);
}

/* It is about somebody else: two handovers, and the request stays open. */
static void the_dossier_of_somebody_else_does_not_join(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    json_auto_t *sent = send_sample(OUD, NIEUW, "<bsn>999900043</bsn>", NULL);
    assert_string_not_equal(text_of(sent, "overdracht"), overdracht);
    await_state(NIEUW, text_of(sent, "overdracht"), "ontvangen", "");
    await_state(NIEUW, overdracht, "verzocht", "");
    await_state(OUD, overdracht, "gevraagd", "");
    json_auto_t *third = send_sample(DERDE, NIEUW, NULL, NULL);
    await_state(NIEUW, text_of(third, "overdracht"), "ontvangen", "");
    await_state(NIEUW, overdracht, "verzocht", "");
}

/* Nobody was asked yet: the handover is called as the dossier calls it. */
static bool signal_work(sqlite3 *db, void *argument, struct fault *why)
{
    struct overdracht *o = argument;
    const struct persoon persoon = { .bsn = BSN };

    uuid_v7(1700000000000, o->id);
    o->rol = ROL_ONTVANGER;
    o->state = OVERDRACHT_GESIGNALEERD;
    snprintf(o->eigen_code, sizeof(o->eigen_code), "0310");
    snprintf(o->oorzaak, sizeof(o->oorzaak), "SS120");
    snprintf(o->vestiging, sizeof(o->vestiging), "2026-11-03");
    return overdracht_add(db, NIEUW->gateway.keys, "test", o, &persoon, why);
}

static void an_unasked_dossier_is_what_was_signalled(void **state)
{
    struct overdracht o = { 0 };
    char unasked[UUID_SIZE];

    (void)state;
    assert_true(store_run(NIEUW->gateway.store, signal_work, &o, &fault));
    send_unasked(unasked);
    await(NIEUW, "overdracht", unasked, "state = 'ontvangen' AND oorzaak = 'SS120'");
    expect_one(NIEUW, o.id, unasked);
    end_agreed(unasked);
}

static void what_was_signalled_asks_under_its_own_id(void **state)
{
    struct overdracht o = { 0 };
    char overdracht[UUID_SIZE];
    struct verzoek verzoek = { .to = "0344", .gesignaleerd = o.id };

    (void)state;
    assert_true(store_run(NIEUW->gateway.store, signal_work, &o, &fault));
    for (int round = 0; round < 2; round++) {
        assert_true(verzoek_send(&NIEUW->gateway, "test", &verzoek, overdracht, &fault));
        assert_string_equal(overdracht, o.id);
    }
    await(OUD, "overdracht", o.id,
          "state = 'gevraagd' AND oorzaak = 'SS120' AND vestiging = '2026-11-03'");
    await_state(NIEUW, o.id, "verzocht", "");
    await(NIEUW, "outbox", o.id, "soort = 'dossierverzoek'");
    verzoek.to = "0363";
    assert_false(verzoek_send(&NIEUW->gateway, "test", &verzoek, overdracht, &fault));
    assert_int_equal(fault.code, FAULT_STATE);
    json_decref(send_sample(OUD, NIEUW, NULL, NULL));
    await_state(NIEUW, o.id, "ontvangen", "");
    end_agreed(o.id);
}

/* --- asked more than once ---------------------------------------------------------------- */

static void asked_twice_it_is_one_handover_and_one_message(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    for (int round = 0; round < 2; round++) {
        json_auto_t *again = asks(NIEUW, OUD->naam);
        assert_string_equal(text_of(again, "overdracht"), overdracht);
        assert_string_equal(text_of(again, "bericht"), "");
        assert_string_equal(text_of(again, "state"), round == 0 ? "verzocht" : "ontvangen");
        await(NIEUW, "outbox", overdracht, "soort = 'dossierverzoek'");
        if (round == 0)
            json_decref(send_sample(OUD, NIEUW, NULL, NULL));
        await_state(NIEUW, overdracht, "ontvangen", "");
    }
    end_agreed(overdracht);
}

/* Ours ended (it expired, though it had come): who asks again does so under another id. */
static void forget(const char *overdracht)
{
    SCOPED_BUF struct buf text = { 0 };

    buf_addf(&text, "UPDATE overdracht SET state = 'verlopen', reden = 'test' WHERE id = '%s'",
             overdracht);
    town_do(NIEUW, buf_text(&text));
}

static void of_two_requests_the_newest_counts(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, first);
    forget(first);
    request(NIEUW, OUD, second);
    assert_string_not_equal(first, second);
    await_state(OUD, second, "gevraagd", "");
    assert_int_equal(handovers(OUD), 1);
    expect_one(OUD, first, second);
    json_decref(send_sample(OUD, NIEUW, NULL, NULL));
    await_state(NIEUW, second, "ontvangen", "");
    await_state(NIEUW, first, "verlopen", "test");
    accept_it(NIEUW, second);
    await_state(OUD, second, "overgenomen", "");
    await_state(NIEUW, second, "overgenomen", "");
}

/* The answer to the first is on its way when the second is made. */
static void an_answer_to_the_first_request_counts_for_the_second(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, first);
    hold(OUD);
    json_decref(send_sample(OUD, NIEUW, NULL, first));
    forget(first);
    request(NIEUW, OUD, second);
    await_state(OUD, second, "verzonden", "");
    release(OUD);
    await_state(NIEUW, second, "ontvangen", "");
    await_state(OUD, second, "bezorgd", "");
    await_state(NIEUW, first, "verlopen", "test");
    accept_it(NIEUW, second);
    await_state(OUD, second, "overgenomen", "");
}

/* What they had before they asked is not what they ask for. */
static void a_new_request_after_a_dossier_is_a_new_handover(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, first);
    json_decref(send_sample(OUD, NIEUW, NULL, NULL));
    await_state(OUD, first, "bezorgd", "");
    await_state(NIEUW, first, "ontvangen", "");
    hold(NIEUW);
    accept_it(NIEUW, first);
    expect_no(NIEUW, call_overdracht_request,
              json_pack("{s:s, s:s}", "gemeente", OUD->code, "bsn", BSN), FAULT_TEMPORARY,
              "is still on its way to them");
    release(NIEUW);
    await_state(OUD, first, "overgenomen", "");
    await(NIEUW, "outbox", first, "soort = 'overname' AND state = 'delivered'");
    request(NIEUW, OUD, second);
    assert_string_not_equal(first, second);
    await_state(OUD, second, "gevraagd", "");
    await_state(OUD, first, "overgenomen", "");
}

/* They refuse under the first id while we ask under the second: the first was given up here,
 * and is answered after all. */
static void a_refusal_that_crosses_a_second_request_ends_the_first_only(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, first);
    hold(OUD);
    reject(OUD, first, "onbekend", "");
    forget(first);
    request(NIEUW, OUD, second);
    await_state(OUD, second, "gevraagd", "");
    release(OUD);
    await_state(OUD, first, "afgewezen", "onbekend");
    await_state(NIEUW, first, "afgewezen", "onbekend");
    await_state(NIEUW, second, "verzocht", "");
    await_state(OUD, second, "gevraagd", "");
}

/* --- sent on ----------------------------------------------------------------------------- */

/* The handover that was asked on after `before`, once it is asked. */
static void next_of(const char *before, char overdracht[UUID_SIZE])
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM overdracht WHERE na = '%s'", before);
    if (!town_wait(NIEUW, buf_text(&query), 1, SECONDS))
        fail_msg("it was not asked on");
    json_auto_t *all = ask(NIEUW, call_overdracht_list, json_object());
    const json_t *list = json_object_get(all, "overdrachten");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_of(json_array_get(list, i), "na"), before) == 0)
            snprintf(overdracht, UUID_SIZE, "%s", text_of(json_array_get(list, i), "id"));
}

static void who_moved_on_is_asked_for_there_by_itself(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, first);
    reject(OUD, first, "verhuisd", "Weesp"); /* which is Amsterdam now */
    await_state(OUD, first, "afgewezen", "verhuisd: 0363");
    await_state(NIEUW, first, "afgewezen", "verhuisd: 0363");
    next_of(first, second);
    await(DERDE, "overdracht", second,
          "state = 'gevraagd' AND oorzaak = 'SS121' AND vestiging = '2026-11-02'");
    await_state(NIEUW, second, "verzocht", "");
    verzoek_go_on(&NIEUW->gateway); /* once is enough */
    assert_int_equal(handovers(NIEUW), 2);
    json_decref(send_sample(DERDE, NIEUW, NULL, NULL));
    await_state(NIEUW, second, "ontvangen", "");
    await_state(DERDE, second, "bezorgd", "");
    await_state(NIEUW, first, "afgewezen", "verhuisd: 0363");
}

static void a_search_does_not_go_in_a_circle(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, first);
    reject(OUD, first, "verhuisd", "0363");
    await_state(NIEUW, first, "afgewezen", "verhuisd: 0363");
    next_of(first, second);
    await_state(DERDE, second, "gevraagd", "");
    reject(DERDE, second, "verhuisd", "0344");
    await_state(NIEUW, second, "afgewezen",
                "verhuisd: 0344; not asked on: 0344 was asked before, the search goes in a "
                "circle");
    await_state(DERDE, second, "afgewezen", "verhuisd: 0344");
    assert_int_equal(handovers(NIEUW), 2);
    assert_int_equal(handovers(OUD), 1);
}

static void we_do_not_ask_ourselves(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    reject(OUD, overdracht, "verhuisd", "0310");
    await_state(NIEUW, overdracht, "afgewezen",
                "verhuisd: 0310; not asked on: 0310 is ourselves: it needs no message");
    await_state(OUD, overdracht, "afgewezen", "verhuisd: 0310");
}

static void where_it_was_asked_already_it_is_not_asked_twice(void **state)
{
    char first[UUID_SIZE], other[UUID_SIZE], says[128];

    (void)state;
    request(NIEUW, DERDE, other);
    request(NIEUW, OUD, first);
    reject(OUD, first, "verhuisd", "0363");
    snprintf(says, sizeof(says), "verhuisd: 0363; asked there already: handover %s", other);
    await_state(NIEUW, first, "afgewezen", says);
    await_state(NIEUW, other, "verzocht", "");
    assert_int_equal(handovers(DERDE), 1);
}

/* Stopped between the refusal and the next request: nothing is lost. */
static void after_a_restart_it_is_asked_on_all_the_same(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE];
    SCOPED_BUF struct buf text = { 0 };

    (void)state;
    request(NIEUW, OUD, first);
    buf_addf(&text,
             "UPDATE overdracht SET state = 'afgewezen', reden = 'verhuisd: 0363'"
             " WHERE id = '%s'",
             first);
    town_do(NIEUW, buf_text(&text));
    town_stop(NIEUW);
    town_start(NIEUW);
    gateway_tend(&NIEUW->gateway);
    next_of(first, second);
    await_state(DERDE, second, "gevraagd", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(a_request_reaches_them_before_their_dossier_reaches_us),
        FRESH(their_dossier_reaches_us_before_our_request_leaves),
        FRESH(a_request_that_its_dossier_overtook_may_stay_away),
        FRESH(what_crossed_can_be_returned_and_sent_again),
        FRESH(the_dossier_of_somebody_else_does_not_join),
        FRESH(an_unasked_dossier_is_what_was_signalled),
        FRESH(what_was_signalled_asks_under_its_own_id),
        FRESH(asked_twice_it_is_one_handover_and_one_message),
        FRESH(of_two_requests_the_newest_counts),
        FRESH(an_answer_to_the_first_request_counts_for_the_second),
        FRESH(a_new_request_after_a_dossier_is_a_new_handover),
        FRESH(a_refusal_that_crosses_a_second_request_ends_the_first_only),
        FRESH(who_moved_on_is_asked_for_there_by_itself),
        FRESH(a_search_does_not_go_in_a_circle),
        FRESH(we_do_not_ask_ourselves),
        FRESH(where_it_was_asked_already_it_is_not_asked_twice),
        FRESH(after_a_restart_it_is_asked_on_all_the_same),
    };

    return cmocka_run_group_tests(tests, asking_start, asking_stop);
}
