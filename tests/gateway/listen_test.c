/* The listener over real TLS on the loopback: who gets in, what gets which answer. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peers/file.h"
#include "tests/gateway/listening.h"

/* -- good requests ------------------------------------------------------------------------ */

static void a_good_request_is_answered(void **state)
{
    static const char REQUEST[] = POST "Content-Length: 5\r\nConnection: close\r\n\r\nhello";
    SCOPED_BUF struct buf answer = { 0 };

    (void)state;
    assert_int_equal(listening_tell(REQUEST, sizeof(REQUEST) - 1, &answer), 200);
    assert_non_null(strstr(buf_text(&answer), "Content-Length: 4\r\n"));
    assert_non_null(strstr(buf_text(&answer), "Content-Type: text/plain\r\n"));
    assert_non_null(strstr(buf_text(&answer), "Connection: close\r\n"));
    assert_non_null(strstr(buf_text(&answer), "Date: "));
    assert_non_null(strstr(buf_text(&answer), "\r\n\r\n/a 5"));
}

static void many_requests_share_a_connection(void **state)
{
    struct tlsend end = listening_dial();

    (void)state;
    for (int i = 0; i < 20; i++) {
        SCOPED_BUF struct buf answer = { 0 };
        assert_true(tlsend_say(&end, POST "Content-Length: 5\r\n\r\nhello"));
        assert_true(tlsend_read_message(&end, &answer));
        assert_int_equal(listening_status(&answer), 200);
        assert_null(strstr(buf_text(&answer), "Connection:"));
    }
    tlsend_close(&end);
    assert_int_equal(listening_now.handled, 20);
    assert_int_equal(listening_now.admitted, 20);
}

static void a_request_in_single_bytes_is_the_same_request(void **state)
{
    static const char REQUEST[] = POST "Content-Length: 5\r\n\r\nhello";
    struct tlsend end = listening_dial();
    SCOPED_BUF struct buf answer = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(REQUEST) - 1; i++)
        assert_true(tlsend_send(&end, REQUEST + i, 1));
    assert_true(tlsend_read_message(&end, &answer));
    assert_non_null(strstr(buf_text(&answer), "/a 5"));
    tlsend_close(&end);
}

static void a_large_body_and_a_large_answer_come_whole(void **state)
{
    struct tlsend end = listening_dial();
    SCOPED_BUF struct buf request = { 0 }, answer = { 0 }, large = { 0 };

    (void)state;
    buf_addf(&request, POST "Content-Length: %d\r\n\r\n", BODY_MAX);
    while (request.size < BODY_MAX + 60)
        buf_add_text(&request, "0123456789");
    request.size =
        (size_t)(strstr(buf_text(&request), "\r\n\r\n") - buf_text(&request)) + 4 + BODY_MAX;
    assert_true(tlsend_send(&end, request.data, request.size));
    assert_true(tlsend_read_message(&end, &answer));
    assert_non_null(strstr(buf_text(&answer), "/a 1000000"));
    assert_true(tlsend_say(&end, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert_true(tlsend_read_message(&end, &large));
    assert_true(large.size > 5000000);
    tlsend_close(&end);
}

static void head_declares_a_length_and_sends_no_body(void **state)
{
    struct tlsend end = listening_dial();
    SCOPED_BUF struct buf answer = { 0 }, next = { 0 };

    (void)state;
    assert_true(tlsend_say(&end, "HEAD /held/0f HTTP/1.1\r\nHost: x\r\n\r\n"));
    while (!strstr(buf_text(&answer), "\r\n\r\n"))
        assert_true(tlsend_read(&end, answer.size + 1, &answer));
    assert_non_null(strstr(buf_text(&answer), "Content-Length: 1048576\r\n"));
    assert_true(tlsend_say(&end, GET "\r\n"));
    assert_true(tlsend_read_message(&end, &next));
    assert_int_equal(listening_status(&next), 200);
    tlsend_close(&end);
}

static void *be_a_client(void *argument)
{
    atomic_int *good = argument;
    struct tlsend end;

    if (!tlsend_connect(&end, listen_port(listening_now.listener), listening_now.good_client))
        return NULL;
    for (int i = 0; i < 20; i++) {
        SCOPED_BUF struct buf answer = { 0 };
        *good += tlsend_say(&end, POST "Content-Length: 5\r\n\r\nhello")
                 && tlsend_read_message(&end, &answer) && listening_status(&answer) == 200;
    }
    tlsend_close(&end);
    return NULL;
}

static void eight_clients_are_served_beside_each_other(void **state)
{
    pthread_t clients[8];
    atomic_int good = 0;

    (void)state;
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&clients[i], NULL, be_a_client, &good), 0);
    for (size_t i = 0; i < 8; i++)
        pthread_join(clients[i], NULL);
    assert_int_equal(good, 160);
}

/* -- refusals ----------------------------------------------------------------------------- */

static void nobody_gets_an_answer_without_a_good_certificate(void **state)
{
    SSL_CTX *const strangers[] = { listening_now.naked_client, listening_now.foreign_client };

    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
            struct tlsend end;
            SCOPED_BUF struct buf answer = { 0 };
            SSL_CTX_set_max_proto_version(strangers[i], version);
            if (tlsend_connect(&end, listen_port(listening_now.listener), strangers[i]))
                tlsend_say(&end, GET "\r\n");
            assert_true(tlsend_read_to_end(&end, &answer));
            assert_int_equal(answer.size, 0);
            tlsend_close(&end);
        }
    assert_int_equal(listening_now.admitted, 0);
}

static void plain_http_gets_no_answer(void **state)
{
    int fd = tlsend_dial(listen_port(listening_now.listener));
    char bytes[512] = "";

    (void)state;
    assert_true(send(fd, GET "\r\n", strlen(GET "\r\n"), 0) > 0);
    ssize_t got = recv(fd, bytes, sizeof(bytes) - 1, 0);
    assert_true(got <= 0 || memcmp(bytes, "HTTP", 4) != 0);
    close(fd);
    assert_int_equal(listening_now.admitted, 0);
}

/* clang-format off */
static const struct {
    const char *what;
    int status;
    const char *says, *request;
} REFUSED[] = {
    { "stranger", 403, "not you", POST "bron: stranger\r\nContent-Length: 5\r\n\r\n" },
    { "stranger, no such path", 403, "not you",
      "GET /b HTTP/1.1\r\nHost: x\r\nbron: stranger\r\n\r\n" },
    { "no such path", 404, "<title>Not Found</title><status>404</status>",
      "GET /b HTTP/1.1\r\nHost: x\r\n\r\n" },
    { "method not of that path", 404, "<title>Not Found</title>",
      "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n" },
    { "half a prefix", 404, "<problem", "GET /hel HTTP/1.1\r\nHost: x\r\n\r\n" },
    { "too large", 413, "<title>Content Too Large</title>",
      POST "Content-Length: 1000001\r\n\r\n" },
    { "body where none belongs", 413, "<problem", GET "Content-Length: 1\r\n\r\n" },
    { "chunked", 411, "<problem", POST "Transfer-Encoding: chunked\r\n\r\n" },
    { "expectation", 417, "<problem",
      POST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n" },
    { "no length", 411, "<problem", POST "\r\n" },
    { "bare LF", 400, "<problem", "GET /a HTTP/1.1\nHost: x\n\n" },
    { "an error of the handler", 409, "\r\n\r\n",
      "POST /bad HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n" },
};
/* clang-format on */

/* The length announces a body that is never sent: the answer must come all the same. */
static void refusals_come_before_the_body_and_close(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        SCOPED_BUF struct buf answer = { 0 };
        int status = listening_tell(REFUSED[i].request, strlen(REFUSED[i].request), &answer);
        if (status != REFUSED[i].status || !strstr(buf_text(&answer), REFUSED[i].says)
            || !strstr(buf_text(&answer), "Connection: close\r\n")
            || !strstr(buf_text(&answer), "Content-Length: "))
            fail_msg("%s: %s", REFUSED[i].what, buf_text(&answer));
    }
    assert_int_equal(listening_now.handled, 0);
}

static void a_refusal_arrives_though_the_body_was_on_its_way(void **state)
{
    SCOPED_BUF struct buf request = { 0 }, answer = { 0 };

    (void)state;
    buf_add_text(&request, POST "Content-Length: 1000001\r\n\r\n");
    memset(buf_reserve(&request, 1000001), 'x', 1000001);
    buf_grown(&request, 1000001);
    assert_int_equal(listening_tell(request.data, request.size, &answer), 413);
    assert_int_equal(listening_answers(&answer), 1);
}

static void bytes_behind_a_request_get_no_second_answer(void **state)
{
    static const char REQUESTS[] = POST "Content-Length: 5\r\n\r\nhello"
                                        "GET /evil HTTP/1.1\r\nHost: x\r\n\r\n";
    SCOPED_BUF struct buf answer = { 0 };

    (void)state;
    assert_int_equal(listening_tell(REQUESTS, sizeof(REQUESTS) - 1, &answer), 200);
    assert_int_equal(listening_answers(&answer), 1);
    assert_non_null(strstr(buf_text(&answer), "Connection: close\r\n"));
    assert_int_equal(listening_now.handled, 1);
}

static void bytes_sent_while_we_work_get_no_second_answer(void **state)
{
    struct tlsend end = listening_dial();
    SCOPED_BUF struct buf answer = { 0 };

    (void)state;
    assert_true(tlsend_say(&end, "GET /door HTTP/1.1\r\nHost: x\r\n\r\n"));
    listening_await_door(1);
    assert_true(tlsend_say(&end, "GET /evil HTTP/1.1\r\nHost: x\r\n\r\n"));
    listening_open_door();
    assert_true(tlsend_read_to_end(&end, &answer));
    assert_int_equal(listening_answers(&answer), 1);
    assert_int_equal(listening_now.handled, 1);
    tlsend_close(&end);
}

static bool send_file(void *context, const char *path, struct fault *fault)
{
    size_t *count = context;
    SCOPED_BUF struct buf bytes = { 0 }, answer = { 0 };

    if (!file_read(path, 1 << 20, &bytes, fault))
        return false;
    int status = listening_tell(bytes.data, bytes.size, &answer);
    bool pipelined = strstr(path, "46-pipelined") != NULL;
    if (listening_answers(&answer) > 1 || strstr(buf_text(&answer), "/evil")
        || (pipelined ? status != 200 : status != 0 && status < 400))
        fail_msg("%s: %s", path, buf_text(&answer));
    ++*count;
    return true;
}

static void no_file_of_the_corpus_gets_a_second_answer(void **state)
{
    const char *root = getenv("ESTAFETTE_CORPUS");
    char path[4096];
    size_t count = 0;
    struct fault fault = { 0 };

    (void)state;
    snprintf(path, sizeof(path), "%s/http-raw", root ? root : SOURCE_DIR "/../shared/corpus");
    if (!file_exists(path)) {
        fprintf(stderr, "SKIPPED: corpus of raw requests not found: %s\n", path);
        skip();
    }
    if (!file_list(path, ".req", send_file, &count, &fault))
        fail_msg("%s", fault.text);
    assert_true(count > 25);
    assert_int_equal(listening_now.handled, 1);
}

int main(void)
{
#define LISTENING(test) cmocka_unit_test_setup_teardown(test, listening_start, listening_stop)
    const struct CMUnitTest tests[] = {
        LISTENING(a_good_request_is_answered),
        LISTENING(many_requests_share_a_connection),
        LISTENING(a_request_in_single_bytes_is_the_same_request),
        LISTENING(a_large_body_and_a_large_answer_come_whole),
        LISTENING(head_declares_a_length_and_sends_no_body),
        LISTENING(eight_clients_are_served_beside_each_other),
        LISTENING(nobody_gets_an_answer_without_a_good_certificate),
        LISTENING(plain_http_gets_no_answer),
        LISTENING(refusals_come_before_the_body_and_close),
        LISTENING(a_refusal_arrives_though_the_body_was_on_its_way),
        LISTENING(bytes_behind_a_request_get_no_second_answer),
        LISTENING(bytes_sent_while_we_work_get_no_second_answer),
        LISTENING(no_file_of_the_corpus_gets_a_second_answer),
    };

    return cmocka_run_group_tests(tests, listening_set_up, listening_tear_down);
}
