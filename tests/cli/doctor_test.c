/* `estafette doctor` on homes that are well: all is said to be, with and without the daemon,
 * nothing is changed by it, and nobody waits for it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "gateway/clock.h"
#include "gateway/doctor.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/town.h"
#include "tools/cli/client.h"
#include "tools/cli/output.h"

static struct town almelo = {
    .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static struct town utrecht = {
    .oin = "00000099000000002000", .code = "0344", .naam = "Utrecht", .kind = PKI_RSA
};
static struct town zwolle = {
    .oin = "00000099000000003000", .code = "0193", .naam = "Zwolle", .kind = PKI_P256
};
static struct fault fault;

#define A almelo.gateway.home.path

/* What may be amiss with the machine that runs the tests. */
static bool is_of_this_machine(const char *id)
{
    return strcmp(id, "clock.kernel") == 0 || strcmp(id, "home.space") == 0;
}

/* Every check has spoken, and said OK, but those. */
static void expect_well(const json_t *report, const char *warns)
{
    const json_t *checks = json_object_get(report, "checks");
    size_t i;
    json_t *check;

    json_array_foreach (checks, i, check) {
        const char *id = output_text(check, "id");
        if (strcmp(output_text(check, "verdict"), "OK") != 0 && !is_of_this_machine(id)
            && !strstr(warns, id))
            fail_msg("%s: %s: %s", id, output_text(check, "verdict"),
                     output_text(check, "why"));
    }
    for (const struct doctor_row *row = DOCTOR_CHECKS; row->id; row++) {
        bool spoken = false;
        json_array_foreach (checks, i, check)
            spoken = spoken || strcmp(output_text(check, "id"), row->id) == 0;
        if (!spoken)
            fail_msg("%s says nothing", row->id);
    }
}

static void a_healthy_home_is_well_with_its_daemon(void **state)
{
    (void)state;
    const struct command_result *got = command_run("-C %s --json doctor", A);
    assert_int_equal(got->exit, 0);
    json_auto_t *report = command_json();
    expect_well(report, "");
    assert_int_equal(json_integer_value(json_object_get(report, "fail")), 0);
    assert_true(json_integer_value(json_object_get(report, "ok")) > 40);
}

static void people_get_a_line_each_and_a_sum(void **state)
{
    (void)state;
    const struct command_result *got = command_run("-C %s doctor 0344", A);
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "OK    peer.ping            Utrecht: a valid receipt"));
    assert_null(strstr(got->out, "Zwolle: voorgesteld"));
    assert_non_null(strstr(got->err, " OK, "));
    assert_non_null(strstr(got->err, " 0 FAIL"));
    got = command_run("-C %s doctor Nergens", A);
    assert_int_equal(got->exit, 1);
    assert_non_null(strstr(got->out, "FAIL  peer.state           Nergens: no peer fits"));
}

static void a_proposed_peer_stays_proposed(void **state)
{
    static const char PROPOSED[] = "SELECT count(*) FROM peer WHERE state = 'voorgesteld' AND "
                                   "oin = '00000099000000003000'";
    int64_t before = town_count(&almelo, "SELECT count(*) FROM audit");

    (void)state;
    const struct command_result *got = command_run("-C %s doctor Zwolle", A);
    assert_non_null(strstr(got->out, "WARN  peer.state           Zwolle: voorgesteld"));
    assert_non_null(strstr(got->out, "OK    peer.ping            Zwolle: a valid receipt"));
    assert_int_equal(town_count(&almelo, PROPOSED), 1);
    assert_int_equal(town_count(&almelo, "SELECT count(*) FROM audit"), before);
}

/* --- a peer that takes connections and says nothing ----------------------------------------
 */

static int silent_port;

static void be_silent(struct card *card)
{
    snprintf(card->endpoint, sizeof(card->endpoint), "https://127.0.0.1:%d", silent_port);
}

static int listen_silently(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    silent_port = ntohs(address.sin_port);
    return fd;
}

static struct client *client_of(const struct town *town)
{
    struct client *client = NULL;
    char url[128];

    assert_true(
        config_socket(&town->gateway.config, &town->gateway.home, "control", url, &fault));
    assert_true(client_connect(url, town->folder, &client, &fault));
    return client;
}

static void *examine_utrecht(void *argument)
{
    json_t **answer = argument;
    SCOPED_CLIENT struct client *client = client_of(&almelo);
    struct fault why = { 0 };

    if (!client_ask(client, "doctor", json_pack("{s:s}", "gemeente", "0344"), CLIENT_SOON,
                    answer, &why))
        *answer = NULL;
    return NULL;
}

static void nobody_waits_for_a_peer_that_is_silent(void **state)
{
    const struct timespec pause = { .tv_nsec = 300000000 };
    json_auto_t *status = NULL;
    json_t *answer = NULL, *other = NULL;
    pthread_t thread;
    int fd = listen_silently();

    (void)state;
    town_know_card(&almelo, &utrecht, PEER_ACTIEF, be_silent);
    assert_int_equal(pthread_create(&thread, NULL, examine_utrecht, &answer), 0);
    nanosleep(&pause, NULL);
    SCOPED_CLIENT struct client *client = client_of(&almelo);
    int64_t before = clock_monotonic_ms();
    assert_false(client_ask(client, "doctor", json_pack("{s:s}", "gemeente", "Zwolle"),
                            CLIENT_SOON, &other, &fault));
    assert_int_equal(fault.code, FAULT_TEMPORARY);
    assert_true(client_ask(client, "status", NULL, CLIENT_SOON, &status, &fault));
    assert_true(clock_monotonic_ms() - before < 1000);
    pthread_join(thread, NULL);
    assert_true(clock_monotonic_ms() - before < 10000);
    assert_non_null(answer);
    json_decref(answer);
    const struct command_result *got = command_run("-C %s doctor 0344", A);
    assert_int_equal(got->exit, 1);
    assert_non_null(strstr(got->out, "FAIL  peer.tls             Utrecht"));
    assert_non_null(strstr(got->out, "WARN  peer.ping            Utrecht: not checked"));
    town_know(&almelo, &utrecht, PEER_ACTIEF);
    close(fd);
}

/* --- the rest ------------------------------------------------------------------------------
 */

static void an_installed_certificate_that_the_daemon_does_not_use_is_noticed(void **state)
{
    SCOPED_BUF struct buf before = { 0 }, after = { 0 };
    char path[PATH_MAX];

    (void)state;
    home_path(&almelo.gateway.home, "certificates/tls-server.pem", path);
    assert_true(file_read(path, 65536, &before, &fault));
    certificate_to_pem(keys_certificate(almelo.gateway.keys, PURPOSE_ONDERTEKENEN), &after);
    assert_true(file_write(path, 0600, after.data, after.size, &fault));
    const struct command_result *got = command_run("-C %s doctor 0344", A);
    assert_non_null(
        strstr(got->out, "shows another certificate than the one that is installed"));
    assert_non_null(strstr(got->out, "-> restart the daemon"));
    assert_true(file_write(path, 0600, before.data, before.size, &fault));
}

/* As when a timer copies it there without telling. */
static void a_crl_that_the_daemon_has_not_read_is_noticed(void **state)
{
    char path[PATH_MAX];

    (void)state;
    X509_CRL *crl = pki_crl(utrecht.pki, NULL, 0, 0, 0);
    pki_install_crl(utrecht.pki, crl, home_path(&almelo.gateway.home, "trust", path));
    X509_CRL_free(crl);
    const struct command_result *got = command_run("-C %s doctor 0344", A);
    assert_int_equal(got->exit, 1);
    assert_non_null(strstr(got->out, "FAIL  daemon.trust"));
    assert_true(gateway_reload(&almelo.gateway, &fault));
    assert_int_equal(command_run("-C %s doctor 0344", A)->exit, 0);
}

/* While the daemon runs, a configuration that broke since does not hide the rest. */
static void a_broken_configuration_does_not_hide_the_daemon(void **state)
{
    SCOPED_BUF struct buf ini = { 0 }, broken = { 0 };
    char path[PATH_MAX];

    (void)state;
    home_path(&almelo.gateway.home, "estafette.ini", path);
    assert_true(file_read(path, 65536, &ini, &fault));
    buf_addf(&broken, "[nergens]\nis = niets\n%s", buf_text(&ini));
    assert_true(file_write(path, 0600, broken.data, broken.size, &fault));
    const struct command_result *got = command_run("-C %s doctor 0344", A);
    assert_non_null(
        strstr(got->out, "estafette.ini:2: [nergens] is: there is no such setting"));
    assert_non_null(strstr(got->out, "OK    daemon.answers"));
    assert_non_null(strstr(got->out, "WARN  daemon.config"));
    assert_non_null(strstr(got->out, "OK    peer.ping"));
    assert_true(file_write(path, 0600, ini.data, ini.size, &fault));
}

static void a_healthy_home_is_well_without_its_daemon(void **state)
{
    (void)state;
    town_stop(&almelo);
    const struct command_result *got = command_run("-C %s --json doctor Utrecht", A);
    assert_int_equal(got->exit, 0);
    json_auto_t *report = command_json();
    expect_well(report, "daemon.answers");
    town_start(&almelo);
}

static void the_operations_page_lists_every_check(void **state)
{
    SCOPED_BUF struct buf page = { 0 };

    (void)state;
    assert_true(file_read(SOURCE_DIR "/docs/operations.md", 1 << 20, &page, &fault));
    for (const struct doctor_row *row = DOCTOR_CHECKS; row->id; row++) {
        char line[200];
        snprintf(line, sizeof(line), "| `%s` | %s |", row->id, row->about);
        if (!strstr(buf_text(&page), line))
            fail_msg("docs/operations.md has no line\n%s", line);
    }
}

static void meet(struct town *one, struct town *other, enum peer_state state)
{
    town_know(one, other, state);
    town_know(other, one, PEER_ACTIEF);
}

static int start(void **state)
{
    struct town *const towns[] = { &almelo, &utrecht, &zwolle };

    (void)state;
    umask(077);
    output_install();
    for (size_t i = 0; i < 3; i++)
        town_build(towns[i]);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            town_trust(towns[i], towns[j]);
    for (size_t i = 0; i < 3; i++)
        town_start(towns[i]);
    meet(&almelo, &utrecht, PEER_ACTIEF);
    return 0;
}

static int acquaint_zwolle(void **state)
{
    (void)state;
    meet(&almelo, &zwolle, PEER_VOORGESTELD);
    return 0;
}

static int stop(void **state)
{
    struct town *const towns[] = { &almelo, &utrecht, &zwolle };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        town_stop(towns[i]);
        town_remove(towns[i]);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_home_is_well_with_its_daemon),
        cmocka_unit_test_setup(people_get_a_line_each_and_a_sum, acquaint_zwolle),
        cmocka_unit_test(a_proposed_peer_stays_proposed),
        cmocka_unit_test(nobody_waits_for_a_peer_that_is_silent),
        cmocka_unit_test(an_installed_certificate_that_the_daemon_does_not_use_is_noticed),
        cmocka_unit_test(a_crl_that_the_daemon_has_not_read_is_noticed),
        cmocka_unit_test(a_broken_configuration_does_not_hide_the_daemon),
        cmocka_unit_test(a_healthy_home_is_well_without_its_daemon),
        cmocka_unit_test(the_operations_page_lists_every_check),
    };

    town_install();
    return cmocka_run_group_tests(tests, start, stop);
}
