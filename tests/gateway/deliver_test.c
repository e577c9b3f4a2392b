/* Delivering to a peer that behaves, to one that does not, and to somebody else. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/deliver.h"
#include "tests/gateway/house.h"
#include "tests/tlsend.h"

#define OUR_OIN "00000001001234567000"
#define PEER_OIN "00000001003214345000"

enum { ANSWER_MAX = 100000 };

static struct house *HOUSE; /* our keys and trust */
static struct pki *OTHER_PKI;
static X509 *PEER_CERTIFICATE, *NEIGHBOUR, *STRANGER;
static X509_STORE *STORE, *OTHER_STORE;

/* -- the peer: two threads, so that a new connection need not wait for the old one ---------
 */

typedef void behaviour(struct tlsend *end);

static struct {
    int fd, port;
    SSL_CTX *tls;
    behaviour *behave; /* NULL: not even TLS */
    pthread_t threads[2];
    atomic_int connections, requests, bytes;
} PEER;

static bool hear_request(struct tlsend *end)
{
    SCOPED_BUF struct buf request = { 0 };
    bool whole = tlsend_read_message(end, &request);

    PEER.bytes += (int)request.size;
    PEER.requests += whole;
    return whole;
}

static void answers(struct tlsend *end)
{
    while (hear_request(end))
        tlsend_say(end, "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
                        "Content-Length: 9\r\n\r\n<receipt>");
}

static void answers_once(struct tlsend *end)
{
    if (hear_request(end))
        tlsend_say(end, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

static void talks_rubbish(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "220 mail.example ESMTP\r\n");
}

static void says_nothing(struct tlsend *end)
{
    hear_request(end);
}

static void waits_for_ever(struct tlsend *end)
{
    SCOPED_BUF struct buf rest = { 0 };

    hear_request(end);
    tlsend_read_to_end(end, &rest);
}

static void never_ends_its_body(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (tlsend_say(end, "8\r\nabcdefgh\r\n"))
        ;
}

static void promises_too_much(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n");
    while (tlsend_say(end, "abcdefghijklmnopqrstuvwxyz"))
        ;
}

static void never_ends_its_header(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 200 OK\r\n");
    while (tlsend_say(end, "A: abcdefghijklmnopqrstuvwxyz\r\n"))
        ;
}

static void says_100_for_ever(struct tlsend *end)
{
    hear_request(end);
    while (tlsend_say(end, "HTTP/1.1 100 Continue\r\n\r\n"))
        ;
}

static void stops_halfway(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
}

static void redirects(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\n"
                    "Content-Length: 0\r\n\r\n");
}

static void says_only_200(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void refuses(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
}

static void encodes(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\n"
                    "no zip");
}

static void declares_a_length(struct tlsend *end)
{
    hear_request(end);
    tlsend_say(end, "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n");
}

/* Reading to the end lets an alert arrive before the reset that closing may send. */
static void hear_out(int fd)
{
    char byte;

    shutdown(fd, SHUT_WR);
    while (recv(fd, &byte, 1, 0) > 0)
        ;
}

static void serve(int fd)
{
    struct tlsend end;
    char byte;

    if (!PEER.behave) {
        while (recv(fd, &byte, 1, 0) > 0)
            ;
        close(fd);
        return;
    }
    if (tlsend_accept(&end, fd, PEER.tls))
        PEER.behave(&end);
    else
        hear_out(fd);
    tlsend_close(&end);
}

static void *be_the_peer(void *unused)
{
    int fd;

    (void)unused;
    while ((fd = accept(PEER.fd, NULL, NULL)) >= 0) {
        PEER.connections++;
        serve(fd);
    }
    return NULL;
}

static void start_peer(X509 *certificate, X509_STORE *store, behaviour *behave)
{
    PEER.fd = tlsend_listen(&PEER.port);
    PEER.tls = tlsend_context(true, certificate, pki_key(PKI_P256, 1), store);
    PEER.behave = behave;
    PEER.connections = PEER.requests = PEER.bytes = 0;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&PEER.threads[i], NULL, be_the_peer, NULL), 0);
}

static void stop_peer(void)
{
    shutdown(PEER.fd, SHUT_RDWR);
    for (size_t i = 0; i < 2; i++)
        pthread_join(PEER.threads[i], NULL);
    close(PEER.fd);
    SSL_CTX_free(PEER.tls);
}

/* -- us ----------------------------------------------------------------------------------- */

static const struct deliver_settings PATIENT = { 5000, 30000, ANSWER_MAX };
static const struct deliver_settings IMPATIENT = { 500, 500, ANSWER_MAX };

static struct peer *peer_at(const char *host, int port)
{
    static struct peer peer;

    peer = (struct peer){ .state = PEER_ACTIEF };
    snprintf(peer.card.oin, sizeof(peer.card.oin), "%s", PEER_OIN);
    snprintf(peer.card.endpoint, sizeof(peer.card.endpoint), "https://%s:%d", host, port);
    peer.card.certificates[PURPOSE_TLS_SERVER] = sk_X509_new_null();
    sk_X509_push(peer.card.certificates[PURPOSE_TLS_SERVER], PEER_CERTIFICATE);
    return &peer;
}

static void forget_peer(struct peer *peer)
{
    sk_X509_free(peer->card.certificates[PURPOSE_TLS_SERVER]);
}

static bool send_with(struct deliver *deliver, const struct peer *peer, const char *method,
                      struct deliver_answer *answer, struct fault *fault)
{
    const struct deliver_request request = {
        .peer = peer,
        .method = method,
        .path = "/v1/berichten",
        .content_type = "application/pkcs7-mime",
        .bron = OUR_OIN,
        .doel = PEER_OIN,
        .bericht_id = "01928e7c-0000-7000-8000-000000000001",
        .body = "sealed bytes",
        .size = 12,
    };

    return deliver_send(deliver, &request, house_keys(HOUSE), house_trust(HOUSE), answer,
                        fault);
}

static int set_up(void **state)
{
    struct pki_leaf leaf = { .oin = PEER_OIN, .purpose = PURPOSE_TLS_SERVER };

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    deliver_install();
    HOUSE = house_create(OUR_OIN);
    OTHER_PKI = pki_create(PKI_P256, "Somebody else's");
    leaf.key = pki_key(PKI_P256, 1);
    PEER_CERTIFICATE = pki_issue(house_pki(HOUSE), &leaf);
    NEIGHBOUR = pki_issue(house_pki(HOUSE), &leaf); /* good, the same OIN, not on the card */
    STRANGER = pki_issue(OTHER_PKI, &leaf);
    struct pki *ours = house_pki(HOUSE);
    STORE = pki_store(&ours, 1);
    OTHER_STORE = pki_store(&OTHER_PKI, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    X509_STORE_free(STORE);
    X509_STORE_free(OTHER_STORE);
    X509_free(PEER_CERTIFICATE);
    X509_free(NEIGHBOUR);
    X509_free(STRANGER);
    pki_destroy(OTHER_PKI);
    house_destroy(HOUSE);
    return 0;
}

/* -- what is an answer -------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *what;
    behaviour *behave;
    const char *method;
    int status;
    const char *body;
    long long length;
} ANSWERS[] = {
    { "a good answer",           answers,           "POST", 200, "<receipt>", 9 },
    { "to a PUT",                answers,           "PUT",  200, "<receipt>", 9 },
    { "to a GET",                answers,           "GET",  200, "<receipt>", 9 },
    { "to a HEAD",               declares_a_length, "HEAD", 200, "",          1048576 },
    { "200 and nothing else",    says_only_200,     "POST", 200, "",          0 },
    { "a redirect, not followed", redirects,        "POST", 302, "",          0 },
    { "busy",                    refuses,           "POST", 503, "busy",      4 },
    { "an encoding, not undone", encodes,           "POST", 200, "no zip",    6 },
};
/* clang-format on */

static void whatever_http_says_is_an_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ANSWERS) / sizeof(ANSWERS[0]); i++) {
        struct deliver *deliver = deliver_create(&PATIENT);
        struct deliver_answer answer;
        struct fault fault = { 0 };
        start_peer(PEER_CERTIFICATE, STORE, ANSWERS[i].behave);
        struct peer *peer = peer_at("127.0.0.1", PEER.port);
        if (!send_with(deliver, peer, ANSWERS[i].method, &answer, &fault))
            fail_msg("%s: %s", ANSWERS[i].what, fault.text);
        assert_int_equal(answer.status, ANSWERS[i].status);
        assert_string_equal(buf_text(&answer.body), ANSWERS[i].body);
        assert_int_equal(answer.content_length, ANSWERS[i].length);
        assert_true(answer.connected);
        deliver_answer_finish(&answer);
        deliver_destroy(deliver);
        stop_peer();
        forget_peer(peer);
        assert_int_equal(PEER.connections, 1);
        assert_int_equal(PEER.requests, 1);
    }
}

static void a_name_in_the_url_need_not_be_in_the_certificate(void **state)
{
    struct pki_leaf leaf = { .oin = PEER_OIN,
                             .purpose = PURPOSE_TLS_SERVER,
                             .key = pki_key(PKI_P256, 1),
                             .host = "DNS:elsewhere.example" };
    struct deliver *deliver = deliver_create(&PATIENT);
    struct deliver_answer answer;
    struct fault fault = { 0 };
    X509 *certificate = pki_issue(house_pki(HOUSE), &leaf);

    (void)state;
    start_peer(certificate, STORE, answers);
    struct peer *peer = peer_at("localhost", PEER.port);
    sk_X509_push(peer->card.certificates[PURPOSE_TLS_SERVER], certificate);
    if (!send_with(deliver, peer, "POST", &answer, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(answer.content_type, "application/xml");
    deliver_answer_finish(&answer);
    deliver_destroy(deliver);
    stop_peer();
    forget_peer(peer);
    X509_free(certificate);
}

/* -- what is not -------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *what;
    behaviour *behave;
    const struct deliver_settings *settings;
    enum fault_code code;
    const char *says;
} FAULTS[] = {
    { "rubbish",          talks_rubbish,         &PATIENT,   FAULT_ANSWER, "HTTP/0.9" },
    { "nothing",          says_nothing,          &PATIENT,   FAULT_ANSWER, "Empty reply" },
    { "half an answer",   stops_halfway,         &PATIENT,   FAULT_ANSWER, "bytes remaining" },
    { "an endless body",  never_ends_its_body,   &PATIENT,   FAULT_ANSWER,
      "the answer is larger than 100000 bytes" },
    { "a large body",     promises_too_much,     &PATIENT,   FAULT_ANSWER,
      "the answer is larger than 100000 bytes" },
    { "endless header",   never_ends_its_header, &PATIENT,   FAULT_ANSWER,
      "the answer has more than 16384 bytes of header" },
    { "endless 100",      says_100_for_ever,     &PATIENT,   FAULT_ANSWER,
      "the answer has more than 16384 bytes of header" },
    { "silence",          waits_for_ever,        &IMPATIENT, FAULT_ANSWER, "timed out" },
    { "not even TLS",     NULL,                  &IMPATIENT, FAULT_UNREACHABLE, "timed out" },
};
/* clang-format on */

static void what_is_no_answer_is_a_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(FAULTS) / sizeof(FAULTS[0]); i++) {
        struct deliver *deliver = deliver_create(FAULTS[i].settings);
        struct deliver_answer answer;
        struct fault fault = { 0 };
        start_peer(PEER_CERTIFICATE, STORE, FAULTS[i].behave);
        struct peer *peer = peer_at("127.0.0.1", PEER.port);
        assert_false(send_with(deliver, peer, "POST", &answer, &fault));
        if (fault.code != FAULTS[i].code || !strcasestr(fault.text, FAULTS[i].says))
            fail_msg("%s: %s: %s", FAULTS[i].what, fault_name(fault.code), fault.text);
        assert_int_equal(answer.connected, FAULTS[i].code == FAULT_ANSWER);
        assert_true(answer.body.size <= ANSWER_MAX);
        deliver_answer_finish(&answer);
        deliver_destroy(deliver);
        stop_peer();
        forget_peer(peer);
    }
}

static void nobody_there_is_unreachable(void **state)
{
    static const struct {
        const char *host, *says;
    } CASES[] = { { "127.0.0.1", "Couldn't connect" },
                  { "169.254.169.254", "is a link-local address" },
                  { "[fe80::1]", "is a link-local address" } };
    int port;

    (void)state;
    close(tlsend_listen(&port)); /* a port that nobody listens on */
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct deliver *deliver = deliver_create(&IMPATIENT);
        struct deliver_answer answer;
        struct fault fault = { 0 };
        struct peer *peer = peer_at(CASES[i].host, port);
        assert_false(send_with(deliver, peer, "POST", &answer, &fault));
        assert_int_equal(fault.code, FAULT_UNREACHABLE);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("%s: %s", CASES[i].host, fault.text);
        assert_false(answer.connected);
        deliver_destroy(deliver);
        forget_peer(peer);
    }
}

static void not_a_byte_goes_to_somebody_else(void **state)
{
    const struct {
        const char *what;
        X509 *certificate;
        X509_STORE *store;
        const char *oin;
        enum fault_code code;
        const char *says;
    } CASES[] = {
        { "not on the card", NEIGHBOUR, STORE, PEER_OIN, FAULT_IDENTITY,
          "shows a certificate that is not on the card of " PEER_OIN },
        { "other authority", STRANGER, STORE, PEER_OIN, FAULT_UNREACHABLE, "certificate: " },
        { "other OIN", PEER_CERTIFICATE, STORE, "00000001009999999000", FAULT_IDENTITY,
          "shows the OIN " PEER_OIN " instead of 00000001009999999000" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct deliver *deliver = deliver_create(&PATIENT);
        struct deliver_answer answer;
        struct fault fault = { 0 };
        start_peer(CASES[i].certificate, CASES[i].store, answers);
        struct peer *peer = peer_at("127.0.0.1", PEER.port);
        snprintf(peer->card.oin, sizeof(peer->card.oin), "%s", CASES[i].oin);
        assert_false(send_with(deliver, peer, "POST", &answer, &fault));
        if (fault.code != CASES[i].code || !strstr(fault.text, CASES[i].says))
            fail_msg("%s: %s: %s", CASES[i].what, fault_name(fault.code), fault.text);
        assert_false(answer.connected);
        deliver_destroy(deliver);
        stop_peer();
        forget_peer(peer);
        assert_int_equal(PEER.bytes, 0);
    }
}

static void a_peer_that_refuses_our_certificate_says_so(void **state)
{
    (void)state;
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct deliver *deliver = deliver_create(&PATIENT);
        struct deliver_answer answer;
        struct fault fault = { 0 };
        start_peer(PEER_CERTIFICATE, OTHER_STORE, answers);
        SSL_CTX_set_max_proto_version(PEER.tls, version);
        struct peer *peer = peer_at("127.0.0.1", PEER.port);
        assert_false(send_with(deliver, peer, "POST", &answer, &fault));
        if (fault.code != FAULT_UNREACHABLE
            || !strstr(fault.text, "refuses our TLS: unknown CA"))
            fail_msg("%s: %s", fault_name(fault.code), fault.text);
        assert_false(answer.connected);
        deliver_destroy(deliver);
        stop_peer();
        forget_peer(peer);
        assert_int_equal(PEER.requests, 0);
    }
}

static void a_peer_with_old_tls_is_unreachable(void **state)
{
    struct deliver *deliver = deliver_create(&PATIENT);
    struct deliver_answer answer;
    struct fault fault = { 0 };

    (void)state;
    start_peer(PEER_CERTIFICATE, STORE, answers);
    SSL_CTX_set_security_level(PEER.tls, 0);
    SSL_CTX_set_min_proto_version(PEER.tls, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(PEER.tls, TLS1_1_VERSION);
    struct peer *peer = peer_at("127.0.0.1", PEER.port);
    assert_false(send_with(deliver, peer, "POST", &answer, &fault));
    assert_int_equal(fault.code, FAULT_UNREACHABLE);
    assert_non_null(strstr(fault.text, "protocol version"));
    deliver_destroy(deliver);
    stop_peer();
    forget_peer(peer);
    assert_int_equal(PEER.bytes, 0);
}

/* -- kept connections --------------------------------------------------------------------- */

static void send_well(struct deliver *deliver, const struct peer *peer)
{
    struct deliver_answer answer;
    struct fault fault = { 0 };

    if (!send_with(deliver, peer, "POST", &answer, &fault))
        fail_msg("%s", fault.text);
    assert_true(answer.connected);
    deliver_answer_finish(&answer);
}

static void a_connection_is_kept(void **state)
{
    struct deliver *deliver = deliver_create(&PATIENT);

    (void)state;
    start_peer(PEER_CERTIFICATE, STORE, answers);
    struct peer *peer = peer_at("127.0.0.1", PEER.port);
    for (int i = 0; i < 3; i++)
        send_well(deliver, peer);
    deliver_destroy(deliver);
    stop_peer();
    forget_peer(peer);
    assert_int_equal(PEER.connections, 1);
    assert_int_equal(PEER.requests, 3);
}

static void a_changed_card_is_checked_before_the_next_byte(void **state)
{
    struct deliver *deliver = deliver_create(&PATIENT);
    struct deliver_answer answer;
    struct fault fault = { 0 };

    (void)state;
    start_peer(PEER_CERTIFICATE, STORE, answers);
    struct peer *peer = peer_at("127.0.0.1", PEER.port);
    send_well(deliver, peer);
    int bytes = PEER.bytes;
    peer->fingerprint.bytes[0]++;
    sk_X509_set(peer->card.certificates[PURPOSE_TLS_SERVER], 0, NEIGHBOUR);
    assert_false(send_with(deliver, peer, "POST", &answer, &fault));
    assert_int_equal(fault.code, FAULT_IDENTITY);
    assert_int_equal(PEER.bytes, bytes);
    assert_int_equal(PEER.connections, 2);
    deliver_destroy(deliver);
    stop_peer();
    forget_peer(peer);
}

static void a_connection_that_was_closed_is_made_anew(void **state)
{
    struct deliver *deliver = deliver_create(&PATIENT);

    (void)state;
    start_peer(PEER_CERTIFICATE, STORE, answers_once);
    struct peer *peer = peer_at("127.0.0.1", PEER.port);
    for (int i = 0; i < 3; i++)
        send_well(deliver, peer);
    deliver_destroy(deliver);
    stop_peer();
    forget_peer(peer);
    assert_int_equal(PEER.requests, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_http_says_is_an_answer),
        cmocka_unit_test(a_name_in_the_url_need_not_be_in_the_certificate),
        cmocka_unit_test(what_is_no_answer_is_a_fault),
        cmocka_unit_test(nobody_there_is_unreachable),
        cmocka_unit_test(not_a_byte_goes_to_somebody_else),
        cmocka_unit_test(a_peer_that_refuses_our_certificate_says_so),
        cmocka_unit_test(a_peer_with_old_tls_is_unreachable),
        cmocka_unit_test(a_connection_is_kept),
        cmocka_unit_test(a_changed_card_is_checked_before_the_next_byte),
        cmocka_unit_test(a_connection_that_was_closed_is_made_anew),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
