/* What nobody does ends all the same: on both sides, without a message, each in its own time,
 * and with a reason. Two municipalities that run, and a clock that leaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/courier.h"
#include "gateway/mover.h"
#include "tests/month/leap.h"
#include "tests/scenario/crossroads.h"

/* Nobody fetches CRLs here, and they must last. */
static int start(void **state)
{
    struct town *const all[] = { OUD, NIEUW, DERDE };
    char path[PATH_MAX];

    crossroads_start(state);
    for (size_t i = 0; i < 9; i++) {
        X509_CRL *crl = pki_crl(all[i % 3]->pki, NULL, 0, 0, LEAP_START + 900L * LEAP_DAY);
        pki_install_crl(all[i % 3]->pki, crl,
                        home_path(&all[i / 3]->gateway.home, "trust", path));
        X509_CRL_free(crl);
    }
    for (size_t i = 0; i < 3; i++) {
        town_stop(all[i]);
        town_start(all[i]);
    }
    return 0;
}

static void pass(int days)
{
    struct town *const both[] = { OUD, NIEUW };

    leap_by((int64_t)days * LEAP_DAY);
    for (size_t i = 0; i < 2; i++) {
        gateway_tend(&both[i]->gateway);
        couriers_wake(both[i]->gateway.couriers);
        mover_wake(&both[i]->gateway);
    }
}

static void settle(void)
{
    rests(OUD);
    rests(NIEUW);
}

/* What is to be done in that handover; "": nothing. (But for the PIP, of which DUO would say
 * that it is there.) */
static void expect_todo(struct town *town, const char *overdracht, const char *wat,
                        const char *wie)
{
    json_auto_t *list = ask(town, call_overdracht_list, json_pack("{s:s}", "attention", "ja"));
    const json_t *items = json_object_get(list, "aandacht"), *found = NULL;

    for (size_t i = 0; i < json_array_size(items); i++)
        if (strcmp(text_of(json_array_get(items, i), "overdracht"), overdracht) == 0
            && strcmp(text_of(json_array_get(items, i), "wat"), "pip") != 0)
            found = json_array_get(items, i);
    assert_string_equal(text_of(found, "wat"), wat);
    assert_string_equal(text_of(found, "wie"), wie);
    assert_true(!found || strcmp(wie, "zij") != 0
                || json_is_true(json_object_get(found, "laat")));
}

/* Days after the question or the dossier came: who must act ends, and who waits. */
struct wait {
    const char *old, *new;    /* where both stand until then */
    const char *standing;     /* the reason meanwhile */
    const char *acts, *waits; /* what is to be done, by who must act and by who waits */
    bool old_acts;
    int act_days, wait_days;
    const char *reden, *left; /* why it ended, and what is left to be done at NEW */
};

static void expect_waiting(const char *overdracht, const struct wait *wait)
{
    settle();
    await_state(OUD, overdracht, wait->old, wait->standing);
    await_state(NIEUW, overdracht, wait->new, wait->standing);
}

static void wait_in_vain(const char *overdracht, const struct wait *wait)
{
    struct town *acts = wait->old_acts ? OUD : NIEUW, *waits = wait->old_acts ? NIEUW : OUD;

    expect_todo(acts, overdracht, wait->acts, "wij");
    expect_todo(waits, overdracht, "", "");
    pass(wait->act_days - 1);
    expect_waiting(overdracht, wait);
    expect_todo(acts, overdracht, wait->acts, "wij");
    expect_todo(waits, overdracht, wait->waits, "zij");
    pass(1);
    await_state(acts, overdracht, "verlopen", wait->reden);
    expect_todo(acts, overdracht, "", "");
    pass(wait->wait_days - wait->act_days - 1);
    settle();
    await_state(waits, overdracht, wait->old_acts ? wait->new : wait->old, wait->standing);
    pass(1);
    await_state(waits, overdracht, "verlopen", wait->reden);
    await_state(acts, overdracht, "verlopen", wait->reden);
    settle();
    expect_todo(OUD, overdracht, "", "");
    expect_todo(NIEUW, overdracht, wait->left, *wait->left ? "wij" : "");
}

/* --- three that end ---------------------------------------------------------------------- */

static void a_request_that_nobody_answers_ends(void **state)
{
    char overdracht[UUID_SIZE];
    static const struct wait WAIT = { "gevraagd",
                                      "verzocht",
                                      "",
                                      "antwoord-van-ons",
                                      "antwoord-van-hen",
                                      true,
                                      42,
                                      72,
                                      "het verzoek is niet beantwoord",
                                      "niet-gekregen" };

    (void)state;
    ask_for_it(overdracht);
    wait_in_vain(overdracht, &WAIT);
}

static void a_dossier_that_nobody_decides_upon_ends(void **state)
{
    char overdracht[UUID_SIZE];
    static const struct wait WAIT = { "bezorgd",
                                      "ontvangen",
                                      "",
                                      "besluit-van-ons",
                                      "besluit-van-hen",
                                      false,
                                      91,
                                      121,
                                      "over het dossier is niet beslist",
                                      "" };

    (void)state;
    hand_in(overdracht);
    wait_in_vain(overdracht, &WAIT);
}

/* Twenty-eight days behind the day that was promised; here that is midnight, a bit sooner. */
static void a_promise_that_is_not_kept_ends(void **state)
{
    char overdracht[UUID_SIZE], day[16], reden[64];
    time_t promised = time(NULL) + 40L * LEAP_DAY;
    struct tm parts;

    (void)state;
    gmtime_r(&promised, &parts);
    strftime(day, sizeof(day), "%F", &parts);
    snprintf(reden, sizeof(reden), "in-behandeling: %s", day);
    ask_for_it(overdracht);
    reject(OUD, overdracht, "in-behandeling", day);
    await_state(NIEUW, overdracht, "verzocht", reden);
    await_state(OUD, overdracht, "gevraagd", reden);
    pass(60);
    expect_todo(OUD, overdracht, "belofte-van-ons", "wij");
    expect_todo(NIEUW, overdracht, "belofte-van-hen", "zij");
    pass(9);
    await(OUD, "overdracht", overdracht,
          "state = 'verlopen' AND reden LIKE 'het beloofde dossier is niet gestuurd%'");
    settle();
    await_state(NIEUW, overdracht, "verzocht", reden);
    pass(30);
    await(NIEUW, "overdracht", overdracht,
          "state = 'verlopen' AND reden LIKE 'het beloofde dossier is niet gekomen%'");
}

/* --- and one that does not --------------------------------------------------------------- */

/* Nobody may think that it is gone: after three working days a person calls. */
static void a_withdrawal_that_is_not_confirmed_is_seen(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    hand_in(overdracht);
    accepts(NIEUW, overdracht);
    await_state(OUD, overdracht, "overgenomen", "");
    hold(NIEUW);
    withdraws(OUD, overdracht, "onjuist");
    await(OUD, "outbox", overdracht, "soort = 'intrekking' AND state = 'delivered'");
    settle();
    expect_todo(OUD, overdracht, "", "");
    pass(7);
    await(OUD, "taak", overdracht, "soort = 'bevestiging' AND done IS NULL");
    expect_todo(OUD, overdracht, "bevestiging", "wij");
    goes(NIEUW);
    await_state(OUD, overdracht, "ingetrokken", "onjuist");
    await(OUD, "taak", overdracht, "soort = 'bevestiging' AND done IS NOT NULL");
}

/* --- what breaks the silence ------------------------------------------------------------- */

#define BOTH(overdracht, old, new, reden)                                                     \
    expect_both(NIEUW, overdracht, (struct stands){ old, reden },                             \
                (struct stands){ new, reden })

/* It came, and no receipt did: that they judge it proves it. */
static void come_unheard(char overdracht[UUID_SIZE])
{
    deaf_begin(NIEUW);
    sends(NIEUW, overdracht);
    await(NIEUW, "overdracht", overdracht, "state = 'ontvangen'");
    await_tried(OUD, "dossier");
    expires(OUD);
    await(OUD, "overdracht", overdracht, "state = 'verlopen' AND reden <> ''");
    deaf_end();
}

static void a_dossier_of_which_no_receipt_came_can_be_judged(void **state)
{
    char overdracht[UUID_SIZE];

    come_unheard(overdracht);
    accepts(NIEUW, overdracht);
    BOTH(overdracht, "overgenomen", "overgenomen", "");

    crossroads_fresh(state);
    come_unheard(overdracht);
    refuses(overdracht, "dubbel", "");
    BOTH(overdracht, "geweigerd", "geweigerd", "dubbel");

    crossroads_fresh(state);
    come_unheard(overdracht);
    refuses(overdracht, "onvolledig", "pip");
    BOTH(overdracht, "gevraagd", "verzocht", "onvolledig: pip");
    sends(NIEUW, overdracht);
    BOTH(overdracht, "bezorgd", "ontvangen", "");
}

/* The request came, and no receipt did: who gave it up is answered all the same. */
static void a_request_that_was_given_up_can_be_answered(void **state)
{
    char overdracht[UUID_SIZE], answer[UUID_SIZE];

    for (int given = 0; given < 2 && crossroads_fresh(state) == 0; given++) {
        deaf_begin(OUD);
        asks_for(NIEUW, overdracht);
        await(OUD, "overdracht", overdracht, "state = 'gevraagd'");
        await_tried(NIEUW, "dossierverzoek");
        expires(NIEUW);
        await(NIEUW, "overdracht", overdracht, "state = 'verlopen' AND reden <> ''");
        deaf_end();
        if (given) {
            sends(NIEUW, answer);
            assert_string_equal(answer, overdracht);
            BOTH(overdracht, "bezorgd", "ontvangen", "");
            expect_todo(NIEUW, overdracht, "besluit-van-ons", "wij");
        } else {
            reject(OUD, overdracht, "geen-dossier", "");
            BOTH(overdracht, "afgewezen", "afgewezen", "geen-dossier");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(a_dossier_of_which_no_receipt_came_can_be_judged),
        FRESH(a_request_that_was_given_up_can_be_answered),
        FRESH(a_withdrawal_that_is_not_confirmed_is_seen),
        FRESH(a_request_that_nobody_answers_ends),
        FRESH(a_promise_that_is_not_kept_ends),
        FRESH(a_dossier_that_nobody_decides_upon_ends),
    };

    return cmocka_run_group_tests(tests, start, crossroads_stop);
}
