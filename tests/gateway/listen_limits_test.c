/* The listener's limits of time and number, and how it starts and stops. */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/gateway/listening.h"

/* -- limits ------------------------------------------------------------------------------- */

static void the_slow_are_cut_off(void **state)
{
    struct tlsend head = listening_dial(), body = listening_dial(), idle = listening_dial(),
                  mute = listening_dial();
    SCOPED_BUF struct buf answer = { 0 }, nothing = { 0 };
    int bare = tlsend_dial(listen_port(listening_now.listener));
    char byte;

    (void)state;
    assert_true(tlsend_say(&idle, GET "\r\n"));
    assert_true(tlsend_read_message(&idle, &answer));
    assert_true(tlsend_say(&head, "GET /a HTTP/1.1\r\nHo"));
    assert_true(tlsend_say(&body, POST "Content-Length: 5\r\n\r\nhel"));
    assert_true(recv(bare, &byte, 1, 0) <= 0); /* no handshake at all */
    assert_true(tlsend_read_to_end(&head, &nothing));
    assert_true(tlsend_read_to_end(&body, &nothing));
    assert_true(tlsend_read_to_end(&idle, &nothing));
    assert_true(tlsend_read_to_end(&mute, &nothing));
    assert_int_equal(nothing.size, 0);
    assert_int_equal(listening_now.handled, 1);
    close(bare);
    tlsend_close(&head);
    tlsend_close(&body);
    tlsend_close(&idle);
    tlsend_close(&mute);
}

/* A byte now and then does not put a deadline off. */
static void a_dripping_head_is_cut_off(void **state)
{
    struct tlsend end = listening_dial();
    struct pollfd ended = { .fd = end.fd, .events = POLLIN };
    struct timespec from, to;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_true(tlsend_say(&end, GET "A: "));
    for (int i = 0; i < 100 && poll(&ended, 1, 50) == 0; i++)
        tlsend_say(&end, "a");
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_true(ended.revents != 0);
    assert_true(to.tv_sec - from.tv_sec <= 3);
    tlsend_close(&end);
}

static void an_old_connection_gets_no_further_request(void **state)
{
    struct listen_settings settings = listening_settings();
    SCOPED_BUF struct buf answer = { 0 }, rest = { 0 };

    (void)state;
    settings.life_seconds = 1;
    listening_start_with(&settings, workers_create(1, 4));
    struct tlsend end = listening_dial();
    assert_true(tlsend_say(&end, GET "\r\n"));
    assert_true(tlsend_read_message(&end, &answer));
    assert_true(tlsend_read_to_end(&end, &rest)); /* long before its idle_seconds */
    assert_int_equal(rest.size, 0);
    tlsend_close(&end);
}

static void one_address_gets_no_more_than_its_share(void **state)
{
    struct listen_settings settings = listening_settings();
    struct tlsend ends[3];
    char byte;

    (void)state;
    settings.per_address_max = 3;
    listening_start_with(&settings, workers_create(1, 4));
    for (size_t i = 0; i < 3; i++)
        ends[i] = listening_dial();
    int fourth = tlsend_dial(listen_port(listening_now.listener));
    assert_true(recv(fourth, &byte, 1, 0) <= 0);
    close(fourth);
    assert_true(tlsend_say(&ends[2], GET "\r\n"));
    for (size_t i = 0; i < 3; i++)
        tlsend_close(&ends[i]);
}

static void busy_workers_make_503(void **state)
{
    struct listen_settings settings = listening_settings();
    struct tlsend ends[3];
    SCOPED_BUF struct buf answer = { 0 };

    (void)state;
    listening_start_with(&settings, workers_create(1, 1));
    for (size_t i = 0; i < 3; i++)
        ends[i] = listening_dial();
    assert_true(tlsend_say(&ends[0], "GET /door HTTP/1.1\r\nHost: x\r\n\r\n"));
    listening_await_door(1);
    /* One of these two is queued, the other refused; both are sent before either is read. */
    assert_true(tlsend_say(&ends[1], GET "Connection: close\r\n\r\n"));
    assert_true(tlsend_say(&ends[2], GET "Connection: close\r\n\r\n"));
    struct pollfd ready[] = { { .fd = ends[1].fd, .events = POLLIN },
                              { .fd = ends[2].fd, .events = POLLIN } };
    assert_true(poll(ready, 2, 10000) == 1);
    assert_true(tlsend_read_to_end(&ends[ready[0].revents ? 1 : 2], &answer));
    assert_int_equal(listening_status(&answer), 503);
    assert_non_null(strstr(buf_text(&answer), "Retry-After: 5\r\n"));
    listening_open_door();
    for (size_t i = 0; i < 3; i++)
        tlsend_close(&ends[i]);
}

/* -- start and stop ----------------------------------------------------------------------- */

static void *stop_in_a_thread(void *argument)
{
    listen_stop(argument);
    return NULL;
}

static void stopping_answers_what_is_running(void **state)
{
    struct listen_settings settings = listening_settings();
    SCOPED_BUF struct buf answer = { 0 }, nothing = { 0 };
    pthread_t stopper;

    (void)state;
    listening_start_with(&settings, workers_create(1, 4));
    struct tlsend busy = listening_dial(), idle = listening_dial();
    assert_true(tlsend_say(&busy, "GET /door HTTP/1.1\r\nHost: x\r\n\r\n"));
    listening_await_door(1);
    assert_int_equal(pthread_create(&stopper, NULL, stop_in_a_thread, listening_now.listener),
                     0);
    assert_true(tlsend_read_to_end(&idle, &nothing)); /* the listener is stopping now */
    listening_open_door();
    assert_true(tlsend_read_to_end(&busy, &answer));
    assert_int_equal(listening_status(&answer), 200);
    assert_non_null(strstr(buf_text(&answer), "Connection: close\r\n"));
    tlsend_close(&busy);
    tlsend_close(&idle);
    pthread_join(stopper, NULL);
    workers_destroy(listening_now.workers);
}

static void new_connections_use_the_new_tls(void **state)
{
    SCOPED_BUF struct buf answer = { 0 }, again = { 0 }, nothing = { 0 };
    X509_STORE *store = pki_store(&listening_now.other, 1);
    SSL_CTX *tls = tlsend_context(true, listening_now.server, pki_key(PKI_P256, 0), store);
    struct tlsend before = listening_dial(), after;

    (void)state;
    assert_true(tlsend_say(&before, GET "\r\n"));
    assert_true(tlsend_read_message(&before, &answer));
    listen_set_tls(listening_now.listener, tls);
    SSL_CTX_free(tls);
    X509_STORE_free(store);
    if (tlsend_connect(&after, listen_port(listening_now.listener), listening_now.good_client))
        tlsend_say(&after, GET "\r\n");
    assert_true(tlsend_read_to_end(&after, &nothing));
    assert_int_equal(nothing.size, 0);
    assert_true(tlsend_say(&before, GET "\r\n"));
    assert_true(tlsend_read_message(&before, &again));
    tlsend_close(&before);
    tlsend_close(&after);
}

static void an_address_that_cannot_be_used_is_told(void **state)
{
    char taken[64];
    const struct {
        const char *address, *says;
    } CASES[] = { { "localhost", "listen: localhost is not ADDRESS:PORT" },
                  { "192.0.2.1:8443", "192.0.2.1:8443: Cannot assign requested address" },
                  { taken, "Address already in use" } };
    struct listener *listener = NULL;

    (void)state;
    snprintf(taken, sizeof(taken), "127.0.0.1:%d", listen_port(listening_now.listener));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct listen_settings settings = listening_settings();
        struct fault fault = { 0 };
        settings.address = CASES[i].address;
        assert_false(listen_start(&settings, listening_now.server_tls, listening_now.workers,
                                  &listener, &fault));
        assert_int_equal(fault.code, FAULT_CONFIG);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("%s", fault.text);
    }
}

int main(void)
{
#define LISTENING(test) cmocka_unit_test_setup_teardown(test, listening_start, listening_stop)
#define IMPATIENT(test)                                                                       \
    cmocka_unit_test_setup_teardown(test, listening_start_impatient, listening_stop)
    const struct CMUnitTest tests[] = {
        IMPATIENT(the_slow_are_cut_off),
        IMPATIENT(a_dripping_head_is_cut_off),
        cmocka_unit_test_teardown(an_old_connection_gets_no_further_request, listening_stop),
        cmocka_unit_test_teardown(one_address_gets_no_more_than_its_share, listening_stop),
        cmocka_unit_test_teardown(busy_workers_make_503, listening_stop),
        cmocka_unit_test(stopping_answers_what_is_running),
        LISTENING(new_connections_use_the_new_tls),
        LISTENING(an_address_that_cannot_be_used_is_told),
    };

    return cmocka_run_group_tests(tests, listening_set_up, listening_tear_down);
}
