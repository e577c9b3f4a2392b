/* Alarms: what is told, when again, and that status lists it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/alarm.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/sql.h"
#include "tests/hostile/hush.h"
#include "tests/town.h"

#define DAY 86400L

static struct town town = { .oin = "00000099000000001000",
                            .code = "0344",
                            .naam = "Oud",
                            .kind = PKI_P256,
                            .level = "warning" };

static int build(void **state)
{
    (void)state;
    town_build(&town);
    return 0;
}

static int drop(void **state)
{
    SCOPED_BUF struct buf log = { 0 };

    (void)state;
    hush_stop(&log);
    town_remove(&town);
    return 0;
}

/* Whether status has this alarm, saying so. */
static bool status_has(const char *id, const char *says)
{
    struct call call = { .gateway = &town.gateway, .result = json_object() };
    struct fault fault = { 0 };
    json_t *alarm;
    size_t i;
    bool has = false;

    assert_true(call_status(&call, &fault));
    json_array_foreach (json_object_get(call.result, "alarms"), i, alarm)
        has = has
              || (strcmp(json_string_value(json_object_get(alarm, "id")), id) == 0
                  && strstr(json_string_value(json_object_get(alarm, "text")), says));
    json_decref(call.result);
    return has;
}

static int count_of(const struct buf *log, const char *word)
{
    int count = 0;

    for (const char *at = buf_text(log); (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}

static void a_certificate_is_told_of_at_each_step_of_its_last_month(void **state)
{
    static const struct {
        long left;
        const char *says; /* NULL: nothing */
    } CASES[] = {
        { 31 * DAY, NULL },
        { 29 * DAY, "our certificate for ondertekenen ends within 30 days (" },
        { 13 * DAY, "our certificate for ondertekenen ends within 14 days (" },
        { 6 * DAY, "our certificate for ondertekenen ends within 7 days (" },
        { DAY - 60, "our certificate for ondertekenen ends within 1 day (" },
        { -60, "our certificate for ondertekenen has expired (" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        town_renew(&town, PURPOSE_ONDERTEKENEN, clock_now() + CASES[i].left);
        town_start(&town);
        assert_int_equal(
            status_has("certificaat:ondertekenen", CASES[i].says ? CASES[i].says : ""),
            CASES[i].says != NULL);
        assert_false(status_has("certificaat:verzegelen", ""));
        assert_false(status_has("certificaat:tls-client", "")); /* tls-server serves as one */
        town_stop(&town);
    }
}

static void install_crl(long from, long until)
{
    char path[PATH_MAX];
    time_t now = clock_now();
    X509_CRL *crl = pki_crl(town.pki, NULL, 0, now + from, now + until);

    pki_install_crl(town.pki, crl, home_path(&town.gateway.home, "trust", path));
    X509_CRL_free(crl);
}

static void a_crl_is_told_of_past_half_its_life_and_when_stale(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    install_crl(-3 * DAY, 4 * DAY);
    town_start(&town);
    assert_false(status_has("crl:CN=Oud", ""));
    install_crl(-4 * DAY, 3 * DAY);
    assert_true(gateway_reload(&town.gateway, &fault));
    assert_true(
        status_has("crl:CN=Oud", "the CRL of CN=Oud is past half of its life (until "));
    install_crl(-4 * DAY, -60);
    assert_true(gateway_reload(&town.gateway, &fault));
    assert_true(status_has("crl:CN=Oud", "the CRL of CN=Oud is stale since "));
    install_crl(-60, DAY);
    assert_true(gateway_reload(&town.gateway, &fault));
    assert_false(status_has("crl:CN=Oud", ""));
    town_stop(&town);
}

static bool late_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return sql_do(db, fault,
                  "INSERT INTO taak (soort, sleutel, tekst_sealed, uiterlijk, created)"
                  " VALUES ('gemist', ?1, x'00', ?1, 1)",
                  "t", argument);
}

static void what_somebody_should_have_done_is_an_alarm(void **state)
{
    static const struct {
        const char *uiterlijk;
        bool alarms;
    } CASES[] = { { "2099-01-01", false }, { "2020-01-01", true } };

    (void)state;
    town_start(&town);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        char day[11];
        snprintf(day, sizeof(day), "%s", CASES[i].uiterlijk);
        assert_true(store_run(town.gateway.store, late_work, day, &fault));
        alarms_tend(town.gateway.alarms, &town.gateway, true);
        assert_int_equal(status_has("termijn", "list --attention"), CASES[i].alarms);
    }
    town_stop(&town);
}

static void the_same_alarm_is_told_once_and_another_text_at_once(void **state)
{
    SCOPED_BUF struct buf log = { 0 };
    struct doubt *doubt = &town.gateway.doubt;

    (void)state;
    hush_start();
    town_start(&town);
    doubt_look(doubt, clock_now_ms() + 3600000,
               clock_boot_ms()); /* and back at the next look */
    for (int i = 0; i < 3; i++)
        gateway_tend(&town.gateway);
    assert_true(status_has("klok", "the clock jumped by -3600 seconds: for an hour"));
    doubt_look(doubt, clock_now_ms() - 7200000, clock_boot_ms());
    for (int i = 0; i < 3; i++)
        gateway_tend(&town.gateway);
    assert_true(status_has("klok", "the clock jumped by +7200 seconds: for an hour"));
    doubt->until_ms = 0;
    alarms_tend(town.gateway.alarms, &town.gateway, true);
    assert_false(status_has("klok", ""));
    town_stop(&town);
    hush_stop(&log);
    assert_int_equal(count_of(&log, "alarm=klok the clock jumped by "), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, build, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_certificate_is_told_of_at_each_step_of_its_last_month),
        TEST(a_crl_is_told_of_past_half_its_life_and_when_stale),
        TEST(what_somebody_should_have_done_is_an_alarm),
        TEST(the_same_alarm_is_told_once_and_another_text_at_once),
    };

    town_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
