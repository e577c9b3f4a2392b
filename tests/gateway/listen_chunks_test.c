/* A listener that takes chunks, as DUO's does: what it reads, and that nothing hides behind
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "peers/file.h"
#include "tests/gateway/listening.h"

#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define FIELDS "API-Version: 1.8.0\r\n"

static void say_little(int status, struct listen_answer *answer)
{
    if (status != 503)
        return;
    answer->content_type = "application/json";
    buf_add_text(&answer->body, "{}");
}

static int start(void **state)
{
    struct listen_settings settings = listening_settings();

    (void)state;
    settings.allowed = HTTP_CHUNKS | HTTP_DELETE;
    settings.fields = FIELDS;
    settings.refuse = say_little;
    settings.body_seconds = 1;
    listening_start_with(&settings, workers_create(2, 64));
    return 0;
}

/* clang-format off */
static const struct {
    const char *what, *request;
    int status;
    const char *says;
} CASES[] = {
    { "chunks",        CHUNKED "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",                200, "\r\n\r\n/a 5" },
    { "no bytes",      CHUNKED "0\r\n\r\n",                                       200, "\r\n\r\n/a 0" },
    { "a length",      POST "Content-Length: 5\r\n\r\nhello",                     200, "\r\n\r\n/a 5" },
    { "both",          POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, FIELDS },
    { "an extension",  CHUNKED "5;a=b\r\nhello\r\n0\r\n\r\n",                     400, FIELDS },
    { "a trailer",     CHUNKED "0\r\nA: b\r\n\r\n",                               400, FIELDS },
    { "too large",     CHUNKED "f4241\r\n",                                       413, FIELDS },
    { "no route",      "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n",                   404, FIELDS },
    { "gzip",          POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",  501, FIELDS },
    { "a stranger",    POST "bron: stranger\r\nTransfer-Encoding: chunked\r\n\r\n", 403, FIELDS },
};
/* clang-format on */

static void each_gets_its_answer_with_the_fields_of_the_listener(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct tlsend end = listening_dial();
        SCOPED_BUF struct buf answer = { 0 };
        assert_true(tlsend_say(&end, CASES[i].request));
        assert_true(tlsend_read_message(&end, &answer));
        tlsend_close(&end);
        if (listening_status(&answer) != CASES[i].status
            || !strstr(buf_text(&answer), CASES[i].says) || !strstr(buf_text(&answer), FIELDS)
            || strstr(buf_text(&answer), "<problem"))
            fail_msg("%s: %s", CASES[i].what, buf_text(&answer));
    }
}

static void chunks_in_single_bytes_are_the_same_body(void **state)
{
    static const char REQUEST[] = CHUNKED "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    struct tlsend end = listening_dial();

    (void)state;
    for (int round = 0; round < 2; round++) {
        SCOPED_BUF struct buf answer = { 0 };
        for (size_t i = 0; i < sizeof(REQUEST) - 1; i++)
            assert_true(tlsend_send(&end, REQUEST + i, 1));
        assert_true(tlsend_read_message(&end, &answer));
        assert_non_null(strstr(buf_text(&answer), "\r\n\r\n/a 5"));
    }
    tlsend_close(&end);
}

static void a_large_body_comes_whole_in_chunks(void **state)
{
    SCOPED_BUF struct buf request = { 0 }, answer = { 0 };
    struct tlsend end = listening_dial();

    (void)state;
    buf_add_text(&request, CHUNKED);
    for (int i = 0; i < 100; i++) {
        buf_add_text(&request, "2710\r\n"); /* 10,000 */
        memset(buf_reserve(&request, 10000), 'x', 10000);
        buf_grown(&request, 10000);
        buf_add_text(&request, "\r\n");
    }
    buf_add_text(&request, "0\r\n\r\n");
    assert_true(tlsend_send(&end, request.data, request.size));
    assert_true(tlsend_read_message(&end, &answer));
    assert_non_null(strstr(buf_text(&answer), "/a 1000000"));
    tlsend_close(&end);
}

static void bytes_behind_the_last_chunk_get_no_second_answer(void **state)
{
    static const char REQUEST[] = CHUNKED "5\r\nhello\r\n0\r\n\r\n"
                                          "GET /evil HTTP/1.1\r\nHost: x\r\n\r\n";
    SCOPED_BUF struct buf answer = { 0 };

    (void)state;
    assert_int_equal(listening_tell(REQUEST, sizeof(REQUEST) - 1, &answer), 200);
    assert_int_equal(listening_answers(&answer), 1);
    assert_non_null(strstr(buf_text(&answer), "Connection: close\r\n"));
    assert_int_equal(listening_now.handled, 1);
}

static void chunks_that_never_end_end_at_the_deadline(void **state)
{
    SCOPED_BUF struct buf answer = { 0 };

    (void)state;
    assert_int_equal(listening_tell(CHUNKED "5\r\nhel", strlen(CHUNKED "5\r\nhel"), &answer),
                     0);
    assert_int_equal(listening_now.handled, 0);
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
#define CHUNKS(test) cmocka_unit_test_setup_teardown(test, start, listening_stop)
    const struct CMUnitTest tests[] = {
        CHUNKS(each_gets_its_answer_with_the_fields_of_the_listener),
        CHUNKS(chunks_in_single_bytes_are_the_same_body),
        CHUNKS(a_large_body_comes_whole_in_chunks),
        CHUNKS(bytes_behind_the_last_chunk_get_no_second_answer),
        CHUNKS(chunks_that_never_end_end_at_the_deadline),
        CHUNKS(no_file_of_the_corpus_gets_a_second_answer),
    };

    return cmocka_run_group_tests(tests, listening_set_up, listening_tear_down);
}
