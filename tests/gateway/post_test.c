/* The mail about what must be done: all in one, a quarter of an hour apart, never lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "gateway/deliver.h"
#include "gateway/herinnering.h"
#include "gateway/overdracht.h"
#include "gateway/post.h"
#include "gateway/sql.h"
#include "gateway/taak.h"
#include "tests/gateway/postbus.h"
#include "tests/town.h"

#define FIRST "01900000-0000-7000-8000-000000000001"
#define SECOND "01900000-0000-7000-8000-000000000002"

static struct town town = {
    .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256
};
static struct postbus *postbus;

/* --- a town with something to do -------------------------------------------------------- */

static bool run_text(sqlite3 *db, void *argument, struct fault *fault)
{
    return sql_do(db, fault, argument, "");
}

static void run(const char *text)
{
    struct fault fault = { 0 };
    char copy[600];

    snprintf(copy, sizeof(copy), "%s", text);
    if (!store_run(town.gateway.store, run_text, copy, &fault))
        fail_msg("%s", fault.text);
}

static bool add_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct overdracht o = { .rol = ROL_ONTVANGER,
                            .state = OVERDRACHT_ONTVANGEN,
                            .gemeentecode = "0310",
                            .eigen_code = "0344" };
    struct persoon persoon = { .naam = "Kanariepiet" };

    snprintf(o.id, sizeof(o.id), "%s", (const char *)argument);
    return overdracht_add(db, town.gateway.keys, "test", &o, &persoon, fault);
}

static void add(const char *id)
{
    struct fault fault = { 0 };

    if (!store_run(town.gateway.store, add_work, (void *)(uintptr_t)id, &fault))
        fail_msg("%s", fault.text);
}

static bool open_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct taak_reden reden = {
        .soort = TAAK_GEEN_PEER, .overdracht = FIRST, .sleutel = "0310", .tekst = "Kanariepiet"
    };

    (void)argument;
    return taak_open(db, town.gateway.keys, &reden, NULL, fault);
}

static void remind_and_post(void)
{
    struct fault fault = { 0 };

    if (!herinnering_run(&town.gateway, &fault) || !post_run(&town.gateway, &fault))
        fail_msg("%s", fault.text);
}

static void a_quarter_later(void)
{
    town.gateway.posted_ms = 0;
    run("UPDATE herinnering SET gemaild = gemaild - 900 WHERE gemaild > 0");
}

static int count_heard(const char *words)
{
    SCOPED_BUF struct buf text = { 0 };
    int count = 0;

    postbus_heard(postbus, &text);
    for (const char *at = buf_text(&text); (at = strstr(at, words)); at++)
        count++;
    return count;
}

static int open_town(void **state)
{
    struct config_mail *mail = &town.gateway.config.mail;

    (void)state;
    town_build(&town);
    town_open(&town);
    postbus = postbus_start(POSTBUS_TLS, "IP:127.0.0.1");
    snprintf(mail->smtp, sizeof(mail->smtp), "smtps://127.0.0.1:%d", postbus_port(postbus));
    snprintf(mail->ca, sizeof(mail->ca), "%s", postbus_ca(postbus));
    snprintf(mail->from, sizeof(mail->from), "estafette@oud.example");
    snprintf(mail->klantregisseur, sizeof(mail->klantregisseur), "regie@oud.example");
    return 0;
}

static int close_town(void **state)
{
    (void)state;
    postbus_stop(postbus);
    town_stop(&town);
    town_remove(&town);
    return 0;
}
#define WITH_TOWN(test) cmocka_unit_test_setup_teardown(test, open_town, close_town)

/* --- one mail --------------------------------------------------------------------------- */

static void all_that_is_due_goes_in_one_mail_without_a_name(void **state)
{
    (void)state;
    add(FIRST);
    add(SECOND);
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 1);
    assert_int_equal(count_heard("Subject: Estafette 0344: 2 vragen aandacht, 0 te laat"), 1);
    assert_int_equal(count_heard("estafette overdracht show " FIRST "\r\n"), 1);
    assert_int_equal(count_heard("estafette overdracht show " SECOND "\r\n"), 1);
    assert_int_equal(count_heard("Er staat een dossier klaar"), 2);
    assert_int_equal(count_heard("Kanariepiet"), 0);
}

static void nothing_due_is_no_mail(void **state)
{
    (void)state;
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 0);
}

static void the_next_mail_waits_a_quarter_of_an_hour(void **state)
{
    (void)state;
    add(FIRST);
    remind_and_post();
    add(SECOND);
    remind_and_post();
    town.gateway.posted_ms = 0; /* a restart does not shorten it */
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 1);
    a_quarter_later();
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 2);
    assert_int_equal(count_heard("estafette overdracht show " FIRST "\r\n"), 1);
    a_quarter_later();
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 2);
}

static void a_mail_that_failed_is_tried_again_not_at_once(void **state)
{
    (void)state;
    postbus_refuse(postbus, true);
    add(FIRST);
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 0);
    postbus_refuse(postbus, false);
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 0);
    a_quarter_later();
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 1);
}

static void what_was_done_meanwhile_is_left_out(void **state)
{
    (void)state;
    postbus_refuse(postbus, true);
    add(FIRST);
    add(SECOND);
    remind_and_post();
    postbus_refuse(postbus, false);
    run("UPDATE overdracht SET state = 'overgenomen' WHERE id = '" FIRST "'");
    a_quarter_later();
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 1);
    assert_int_equal(count_heard("estafette overdracht show " FIRST "\r\n"), 0);
    assert_int_equal(count_heard("estafette overdracht show " SECOND "\r\n"), 1);
}

static void who_runs_the_gateway_has_a_mail_of_his_own_if_he_has_an_address(void **state)
{
    static const struct {
        const char *beheer;
        int mails;
    } CASES[] = { { "beheer@oud.example", 2 }, { "regie@oud.example", 1 }, { "", 1 } };

    (void)state;
    add(FIRST);
    struct fault fault = { 0 };
    assert_true(store_run(town.gateway.store, open_work, NULL, &fault));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int before = postbus_count(postbus);
        snprintf(town.gateway.config.mail.beheer, sizeof(town.gateway.config.mail.beheer),
                 "%s", CASES[i].beheer);
        run("DELETE FROM herinnering");
        town.gateway.posted_ms = 0;
        remind_and_post();
        assert_int_equal(postbus_count(postbus) - before, CASES[i].mails);
    }
    assert_int_equal(count_heard("RCPT TO:<beheer@oud.example>"), 1);
}

static void what_ended_by_the_clock_is_told(void **state)
{
    (void)state;
    add(FIRST);
    run("UPDATE overdracht SET state = 'verlopen'");
    run("INSERT INTO herinnering (overdracht, soort, uiterlijk, at)"
        " VALUES ('" FIRST "', 'antwoord-van-hen/verlopen', '2026-11-30', 1)");
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 1);
    assert_int_equal(count_heard("* verlopen: het verzoek is niet beantwoord"), 1);
}

static void without_settings_nothing_piles_up(void **state)
{
    (void)state;
    town.gateway.config.mail.smtp[0] = '\0';
    add(FIRST);
    remind_and_post();
    snprintf(town.gateway.config.mail.smtp, sizeof(town.gateway.config.mail.smtp),
             "smtps://127.0.0.1:%d", postbus_port(postbus));
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 0);
}

static void with_the_clock_in_doubt_nobody_is_reminded(void **state)
{
    struct doubt *doubt = &town.gateway.doubt;

    (void)state;
    add(FIRST);
    doubt_look(doubt, clock_now_ms() + 86400000, clock_boot_ms());
    remind_and_post();
    assert_int_equal(postbus_count(postbus), 0);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        WITH_TOWN(all_that_is_due_goes_in_one_mail_without_a_name),
        WITH_TOWN(nothing_due_is_no_mail),
        WITH_TOWN(the_next_mail_waits_a_quarter_of_an_hour),
        WITH_TOWN(a_mail_that_failed_is_tried_again_not_at_once),
        WITH_TOWN(what_was_done_meanwhile_is_left_out),
        WITH_TOWN(who_runs_the_gateway_has_a_mail_of_his_own_if_he_has_an_address),
        WITH_TOWN(what_ended_by_the_clock_is_told),
        WITH_TOWN(without_settings_nothing_piles_up),
        WITH_TOWN(with_the_clock_in_doubt_nobody_is_reminded),
    };

    town_install();
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
