/* A CRL past its nextUpdate, on either side: nothing goes over, nothing is lost, and the
 * reason says which CRL it is. What a CRL calls revoked is refused, also on an open
 * connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "codecs/certificate.h"
#include "gateway/deliver.h"
#include "tests/fault/road.h"
#include "tests/fault/toll.h"
#include "tests/hostile/hush.h"
#include "tests/tlsend.h"

enum { LIFE_SECONDS = 6 }; /* of a CRL that is to become stale: enough for two requests */

#define GET "GET /v1/kaart HTTP/1.1\r\nHost: x\r\n\r\n"

/* --- the CRL of `issuer`, as `town` has it -------------------------------------------------
 */

static void install(struct town *town, struct town *issuer, X509 *revoked, time_t until)
{
    char path[PATH_MAX];
    struct fault fault = { 0 };
    X509_CRL *crl =
        pki_crl(issuer->pki, &revoked, revoked ? 1 : 0, until ? until - 3600 : 0, until);

    pki_install_crl(issuer->pki, crl, home_path(&town->gateway.home, "trust", path));
    X509_CRL_free(crl);
    if (!gateway_reload(&town->gateway, &fault))
        fail_msg("%s", fault.text);
}

static void make_stale(struct town *town, struct town *issuer)
{
    install(town, issuer, NULL, time(NULL) - 60);
}

static void make_fresh(struct town *town, struct town *issuer)
{
    install(town, issuer, NULL, 0);
}

static X509 *client_of(struct town *town)
{
    return keys_certificate(town->gateway.keys, PURPOSE_TLS_CLIENT);
}

/* --- stale ------------------------------------------------------------------------------- */

static void await_failure(const char *overdracht, const char *says)
{
    SCOPED_BUF struct buf condition = { 0 };

    buf_addf(&condition, "state = 'queued' AND attempts > 0 AND instr(reason, '%s') > 0",
             says);
    road_await(overdracht, buf_text(&condition));
    assert_int_equal(
        town_count(&ROAD_TO, "SELECT count(*) FROM inbox"),
        town_count(&ROAD_FROM, "SELECT count(*) FROM outbox WHERE state = 'delivered'"));
}

static void await_delivery(const char *overdracht, const char *fault)
{
    road_retry(overdracht);
    road_await(overdracht, "state = 'delivered' AND reason = ''");
    toll_take(&ROAD_FROM, &ROAD_TO, fault, overdracht);
}

static void stale_at_the_receiver_it_waits_and_hears_503(void **state)
{
    char overdracht[UUID_SIZE];
    SCOPED_BUF struct buf log = { 0 };

    (void)state;
    make_stale(&ROAD_TO, &ROAD_FROM);
    hush_start();
    town_send(&ROAD_FROM, &ROAD_TO, overdracht);
    await_failure(overdracht, "HTTP 503");
    make_fresh(&ROAD_TO, &ROAD_FROM);
    hush_stop(&log);
    assert_non_null(strstr(buf_text(&log), " warning refused from="));
    assert_non_null(strstr(buf_text(&log), "status=503 (temporary: the CRL of CN=Oud"));
    await_delivery(overdracht, "CRL stale at the receiver");
}

/* Nothing is sent: not a connection gets further than the handshake. */
static void stale_at_the_sender_nothing_is_sent_until_it_is_fresh(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    proxy_count_anew(ROAD_PROXY);
    make_stale(&ROAD_FROM, &ROAD_TO);
    town_send(&ROAD_FROM, &ROAD_TO, overdracht);
    await_failure(overdracht, "certificate: CRL has expired");
    struct proxy_count count = proxy_counted(ROAD_PROXY);
    assert_true(count.connections > 0 && count.up < 1500LL * count.connections);
    make_fresh(&ROAD_FROM, &ROAD_TO);
    await_delivery(overdracht, "CRL stale at the sender");
}

static bool fetch_card(struct deliver *deliver, struct fault *fault)
{
    SCOPED_PEER struct peer *peer = registry_by_oin(ROAD_FROM.gateway.registry, ROAD_TO.oin);
    SCOPED_TRUST struct trust *trust = gateway_trust(&ROAD_FROM.gateway);
    const struct deliver_request request = {
        .peer = peer, .method = "GET", .path = "/v1/kaart", .bron = ROAD_FROM.oin
    };
    struct deliver_answer answer = { 0 };
    bool good = deliver_send(deliver, &request, ROAD_FROM.gateway.keys, trust, &answer, fault);

    deliver_answer_finish(&answer);
    return good;
}

/* Time alone does it: no reload closes the connection that the first request left open. */
static void a_kept_connection_is_not_used_behind_a_crl_that_became_stale(void **state)
{
    const struct deliver_settings settings = { 5000, 5000, 65536 };
    const struct timespec pause = { .tv_nsec = 50000000 };
    struct deliver *deliver = deliver_create(&settings);
    struct fault fault = { 0 };
    time_t until = time(NULL) + LIFE_SECONDS;

    (void)state;
    install(&ROAD_FROM, &ROAD_TO, NULL, until);
    proxy_count_anew(ROAD_PROXY);
    for (int i = 0; i < 2; i++)
        if (!fetch_card(deliver, &fault))
            fail_msg("%s", fault.text);
    assert_int_equal(proxy_counted(ROAD_PROXY).connections, 1);
    while (time(NULL) <= until)
        nanosleep(&pause, NULL);
    assert_false(fetch_card(deliver, &fault));
    assert_non_null(strstr(fault.text, "certificate: CRL has expired"));
    make_fresh(&ROAD_FROM, &ROAD_TO);
    assert_true(fetch_card(deliver, &fault));
    deliver_destroy(deliver);
}

/* --- on the wire ------------------------------------------------------------------------- */

static SSL_CTX *tls_of(struct town *town)
{
    return tlsend_context(false, client_of(town),
                          keys_get(town->gateway.keys, PURPOSE_TLS_CLIENT), NULL);
}

static int ask(struct tlsend *end, const char *expected)
{
    SCOPED_BUF struct buf answer = { 0 };

    if (!tlsend_say(end, GET) || !tlsend_read_message(end, &answer))
        return 0;
    if (!strstr(buf_text(&answer), expected))
        fail_msg("%s", buf_text(&answer));
    return (int)strtol(buf_text(&answer) + strlen("HTTP/1.1 "), NULL, 10);
}

static void behind_a_stale_crl_the_handshake_goes_on_and_503_says_when(void **state)
{
    SSL_CTX *tls = tls_of(&ROAD_FROM);

    (void)state;
    make_stale(&ROAD_TO, &ROAD_FROM);
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct tlsend end;
        SSL_CTX_set_max_proto_version(tls, version);
        assert_true(tlsend_connect(&end, ROAD_TO.port, tls));
        assert_int_equal(ask(&end, "Retry-After: "), 503);
        tlsend_close(&end);
    }
    make_fresh(&ROAD_TO, &ROAD_FROM);
    SSL_CTX_free(tls);
}

/* Under a connection that stays open: a CRL that grows stale, a fresh one, a revocation. */
static void an_open_connection_is_judged_at_each_request(void **state)
{
    SSL_CTX *tls = tls_of(&ROAD_FROM);
    struct tlsend end, other, late;

    (void)state;
    assert_true(tlsend_connect(&end, ROAD_TO.port, tls));
    assert_true(tlsend_connect(&other, ROAD_TO.port, tls));
    assert_int_equal(ask(&end, "peerkaart"), 200);
    assert_int_equal(ask(&other, "peerkaart"), 200);
    make_stale(&ROAD_TO, &ROAD_FROM);
    assert_int_equal(ask(&other, "Retry-After: "), 503);
    make_fresh(&ROAD_TO, &ROAD_FROM);
    assert_int_equal(ask(&end, "peerkaart"), 200);
    install(&ROAD_TO, &ROAD_FROM, client_of(&ROAD_FROM), 0);
    assert_int_equal(ask(&end, "Connection: close"), 400);
    if (tlsend_connect(&late, ROAD_TO.port, tls))
        assert_int_equal(ask(&late, ""), 0);
    tlsend_close(&end);
    tlsend_close(&other);
    tlsend_close(&late);
    make_fresh(&ROAD_TO, &ROAD_FROM);
    SSL_CTX_free(tls);
}

/* A stale CRL that names it is enough to refuse it, in the handshake. */
static void revoked_is_refused_also_by_a_stale_crl(void **state)
{
    SSL_CTX *tls = tls_of(&ROAD_FROM);

    (void)state;
    install(&ROAD_TO, &ROAD_FROM, client_of(&ROAD_FROM), time(NULL) - 60);
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct tlsend end;
        SSL_CTX_set_max_proto_version(tls, version);
        if (tlsend_connect(&end, ROAD_TO.port, tls))
            assert_int_equal(ask(&end, ""), 0);
        tlsend_close(&end);
    }
    make_fresh(&ROAD_TO, &ROAD_FROM);
    SSL_CTX_free(tls);
}

static void a_revoked_sender_is_not_heard_until_it_has_a_new_certificate(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    install(&ROAD_TO, &ROAD_FROM, client_of(&ROAD_FROM), 0);
    town_send(&ROAD_FROM, &ROAD_TO, overdracht);
    await_failure(overdracht, "refuses our TLS: certificate revoked");
    make_fresh(&ROAD_TO, &ROAD_FROM); /* stands for the new certificate */
    await_delivery(overdracht, "revoked, then good again");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stale_at_the_receiver_it_waits_and_hears_503),
        cmocka_unit_test(stale_at_the_sender_nothing_is_sent_until_it_is_fresh),
        cmocka_unit_test(a_kept_connection_is_not_used_behind_a_crl_that_became_stale),
        cmocka_unit_test(behind_a_stale_crl_the_handshake_goes_on_and_503_says_when),
        cmocka_unit_test(an_open_connection_is_judged_at_each_request),
        cmocka_unit_test(revoked_is_refused_also_by_a_stale_crl),
        cmocka_unit_test(a_revoked_sender_is_not_heard_until_it_has_a_new_certificate),
    };

    return cmocka_run_group_tests(tests, road_build, road_remove);
}
