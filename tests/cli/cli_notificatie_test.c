/* The built estafette about DUO: its trust, what doctor and alarms say of it, and what it
 * notified; and that a client system hears of a notification. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <nng/nng.h>
#include <nng/protocol/pubsub0/sub.h>

#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/hostile/melder.h"
#include "tools/cli/output.h"

#define T melder_now.town.gateway.home.path
#define MOMENT "\"registratieDatumTijd\":\"2026-11-23T18:05:00Z\""

static void notify(const char *body)
{
    struct melding melding = melder_good();

    melding.body = body;
    assert_int_equal(melder_send(&melding), 201);
}

static void expect_out(const struct command_result *got, const char *says)
{
    if (got->exit != 0 || !strstr(got->out, says))
        fail_msg("expected \"%s\":\n%s%s", says, got->out, got->err);
}

/* --- notifications --------------------------------------------------------------------- */

static void nothing_was_notified_yet(void **state)
{
    (void)state;
    expect_out(command_run("-C %s status", T), "DUO notifies on  ");
    command_expect(0, "none", "-C %s duo notifications", T);
    command_expect(64, "either --open or --all", "-C %s duo notifications --open --all", T);
    command_expect(64, "", "-C %s duo notifications SS121", T);
}

static void a_caseworker_reads_in_dutch_what_happened_to_whom(void **state)
{
    (void)state;
    notify("{" MOMENT ",\"gebeurtenisId\":\"SS121\",\"bsn\":\"999900031\"}");
    notify("{" MOMENT ",\"gebeurtenisId\":\"SS199\",\"vNummer\":12}");
    notify("{" MOMENT ",\"gebeurtenisId\":\"ZZ9\"}");
    const struct command_result *got = command_run("-C %s duo notifications", T);
    expect_out(got, "BETEKENIS");
    expect_out(got, "er is een PIP van een vorige gemeente");
    expect_out(got, "999900031");
    expect_out(got, "0000000012");
    expect_out(got, "Deze code is hier niet bekend");
    assert_true(strstr(got->out, "ZZ9") < strstr(got->out, "SS121")); /* newest first */
}

static void a_program_reads_it_as_json(void **state)
{
    (void)state;
    notify("{" MOMENT ",\"gebeurtenisId\":\"SS121\",\"bsn\":\"999900031\"}");
    assert_int_equal(command_run("-C %s --json duo notifications --all", T)->exit, 0);
    json_auto_t *answer = command_json();
    const json_t *row = json_array_get(json_object_get(answer, "notificaties"), 0);
    assert_string_equal(output_text(row, "gebeurtenis"), "SS121");
    assert_string_equal(output_text(row, "soort"), "verhuizing");
    assert_string_equal(output_text(row, "geregistreerd"), "2026-11-23T18:05:00Z");
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(row, "raadplegen"), 0)), "pip.lezen");
    assert_null(json_object_get(row, "vnummer"));
    assert_null(json_object_get(row, "body"));
}

static void what_was_dealt_with_is_not_among_the_open(void **state)
{
    (void)state;
    notify("{" MOMENT ",\"gebeurtenisId\":\"SS102\"}");
    notify("{" MOMENT ",\"gebeurtenisId\":\"SS104\"}");
    town_do(&melder_now.town,
            "UPDATE notificatie SET handled = 1 WHERE gebeurtenis = 'SS102'");
    const struct command_result *got = command_run("-C %s --json duo notifications --open", T);
    assert_int_equal(got->exit, 0);
    assert_null(strstr(got->out, "SS102"));
    assert_int_equal(command_run("-C %s --json duo notifications", T)->exit, 0);
    json_auto_t *answer = command_json();
    assert_int_equal(json_array_size(json_object_get(answer, "notificaties")), 2);
}

static void a_client_system_hears_the_id_and_nothing_more(void **state)
{
    struct fault fault = { 0 };
    struct melding melding = melder_good();
    nng_socket socket;
    char url[128], *text = NULL;
    size_t size = 0;
    bool heard = false;

    (void)state;
    assert_true(config_socket(&melder_now.town.gateway.config, &melder_now.town.gateway.home,
                              "events", url, &fault));
    assert_int_equal(nng_sub0_open(&socket), 0);
    nng_socket_set(socket, NNG_OPT_SUB_SUBSCRIBE, "", 0);
    nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, 200);
    assert_int_equal(nng_dial(socket, url, NULL, 0), 0);
    for (int tries = 0; !heard && tries < 50; tries++) { /* the pipe may not be there yet */
        char id[UUID_SIZE];
        uuid_v4(id);
        melding.id = id;
        assert_int_equal(melder_send(&melding), 201);
        while (nng_recv(socket, &text, &size, NNG_FLAG_ALLOC) == 0) {
            heard = heard
                    || (memmem(text, size, "\"kind\":\"notificatie\"", 20) != NULL
                        && memmem(text, size, id, strlen(id)) != NULL);
            assert_null(memmem(text, size, "999900031", 9));
            nng_free(text, size);
        }
    }
    assert_true(heard);
    nng_close(socket);
}

/* --- trust ----------------------------------------------------------------------------- */

static void put_root(const char *name)
{
    SCOPED_BUF struct buf pem = { 0 };
    struct fault fault = { 0 };
    char path[PATH_MAX];

    certificate_to_pem(pki_root(melder_now.duo), &pem);
    snprintf(path, sizeof(path), "%s/%s", melder_now.town.folder, name);
    assert_true(file_write(path, 0600, pem.data, pem.size, &fault));
}

static void duo_has_a_trust_of_its_own(void **state)
{
    (void)state;
    put_root("duo.pem");
    expect_out(command_run("-C %s trust list --duo", T), "DUO");
    assert_null(strstr(command_run("-C %s trust list", T)->out, "CN=DUO"));
    command_expect(0, "", "-C %s trust add %s/duo.pem --duo", T, T);
    assert_null(strstr(command_run("-C %s trust list", T)->out, "CN=DUO"));
    command_expect(76, "no intermediate", "-C %s trust add %s/duo.pem --duo --intermediate", T,
                   T);
    command_expect(66, "", "-C %s trust crl %s/nowhere --duo", T, T);
}

/* --- doctor and alarms ----------------------------------------------------------------- */

static void set_crl(time_t until)
{
    X509_CRL *crl = pki_crl(melder_now.duo, NULL, 0, time(NULL) - 86400, until);
    char path[PATH_MAX];

    pki_install_crl(melder_now.duo, crl,
                    home_path(&melder_now.town.gateway.home, "duo-trust", path));
    X509_CRL_free(crl);
}

static void reload(void)
{
    struct fault fault = { 0 };

    assert_true(gateway_reload(&melder_now.town.gateway, &fault));
}

static void doctor_and_status_tell_when_the_crl_of_duo_ages(void **state)
{
    static const struct {
        long until; /* seconds from now */
        const char *doctor, *alarm;
    } CASES[] = {
        { 6L * 86400, "OK    duo.crl ", NULL },
        { 3600, "WARN  duo.crl ", "duo-crl:" },
        { -7200, "FAIL  duo.crl ", "duo-crl:" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        set_crl(time(NULL) + CASES[i].until);
        reload();
        const struct command_result *got = command_run("-C %s doctor", T);
        if (!strstr(got->out, CASES[i].doctor)) /* duo.connect fails: nobody is there */
            fail_msg("%ld: %d\n%s", CASES[i].until, got->exit, got->out);
        got = command_run("-C %s status", T);
        if (CASES[i].alarm ? !strstr(got->out, CASES[i].alarm)
                           : !!strstr(got->out, "duo-crl:"))
            fail_msg("%ld:\n%s", CASES[i].until, got->out);
    }
    set_crl(time(NULL) + 6L * 86400);
    reload();
}

static void without_an_anchor_duo_is_not_known(void **state)
{
    char folder[PATH_MAX], aside[PATH_MAX];

    (void)state;
    home_path(&melder_now.town.gateway.home, "duo-trust", folder);
    home_path(&melder_now.town.gateway.home, "run/aside", aside);
    assert_int_equal(rename(folder, aside), 0);
    const struct command_result *got = command_run("-C %s doctor", T);
    assert_non_null(strstr(got->out, "FAIL  duo.trust "));
    assert_int_equal(rename(aside, folder), 0);
    got = command_run("-C %s doctor", T);
    assert_non_null(strstr(got->out, "OK    duo.trust "));
}

int main(void)
{
#define MELDER(test) cmocka_unit_test_setup(test, melder_forget)
    const struct CMUnitTest tests[] = {
        MELDER(nothing_was_notified_yet),
        MELDER(a_caseworker_reads_in_dutch_what_happened_to_whom),
        MELDER(a_program_reads_it_as_json),
        MELDER(what_was_dealt_with_is_not_among_the_open),
        MELDER(a_client_system_hears_the_id_and_nothing_more),
        MELDER(duo_has_a_trust_of_its_own),
        MELDER(doctor_and_status_tell_when_the_crl_of_duo_ages),
        MELDER(without_an_anchor_duo_is_not_known),
    };

    return cmocka_run_group_tests(tests, melder_set_up, melder_tear_down);
}
