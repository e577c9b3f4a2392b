/* The strict head reader: what it lets through, what it refuses and with which status. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "gateway/http.h"
#include "peers/file.h"

#define POST "POST /a HTTP/1.1\r\nHost: x\r\n"
#define GET "GET /a HTTP/1.1\r\nHost: x\r\n"
#define TEN(x) x x x x x x x x x x

enum { NEEDS_MORE = 1 };

static unsigned ALLOWED; /* beyond what every listener allows; 0 again after each test */

/* The verdict, after making sure that every way to cut the bytes in two gives the same. */
static int verdict_on(const char *bytes, size_t size, struct http_head *head)
{
    size_t used, ignored;
    struct http_head cut;
    int whole = http_head_read(bytes, size, ALLOWED, head, &used);

    for (size_t n = 0; n < size; n++) {
        int verdict = http_head_read(bytes, n, ALLOWED, &cut, &ignored);
        if (verdict != NEEDS_MORE && verdict != whole)
            fail_msg("%d after %zu of %zu bytes, %d after all", verdict, n, size, whole);
        if (whole == 0 && (verdict == 0) != (n >= used))
            fail_msg("%d after %zu bytes, the head is %zu long", verdict, n, used);
    }
    return whole;
}

static int verdict(const char *text)
{
    struct http_head head;

    return verdict_on(text, strlen(text), &head);
}

static void a_good_head_is_read(void **state)
{
    static const char HEAD[] = "POST /v1/berichten HTTP/1.1\r\n"
                               "host: utrecht.example:8443\r\n"
                               "Content-Type: application/pkcs7-mime\r\n"
                               "bron: 00000001003214345000\r\n"
                               "DOEL:\t00000001001234567000 \r\n"
                               "berichtId: 0192\r\n"
                               "traceparent: 00-a-b-01\r\n"
                               "Content-Range: bytes 0-4/5\r\n"
                               "X-Anything: (at all), \"quoted\"\r\n"
                               "Connection: keep-alive, Close\r\n"
                               "Content-Length: 00000005\r\n"
                               "\r\nhelloGET";
    struct http_head head;
    size_t used;

    (void)state;
    assert_int_equal(http_head_read(HEAD, sizeof(HEAD) - 1, 0, &head, &used), 0);
    assert_int_equal(used, sizeof(HEAD) - 1 - strlen("helloGET"));
    assert_string_equal(head.method, "POST");
    assert_string_equal(head.path, "/v1/berichten");
    assert_string_equal(head.content_type, "application/pkcs7-mime");
    assert_string_equal(head.bron, "00000001003214345000");
    assert_string_equal(head.doel, "00000001001234567000");
    assert_string_equal(head.bericht_id, "0192");
    assert_string_equal(head.traceparent, "00-a-b-01");
    assert_string_equal(head.content_range, "bytes 0-4/5");
    assert_int_equal(head.content_length, 5);
    assert_true(head.has_length);
    assert_true(head.closes);
    assert_int_equal(verdict_on(HEAD, sizeof(HEAD) - 1, &head), 0);
}

static void what_is_absent_is_empty(void **state)
{
    struct http_head head;

    (void)state;
    memset(&head, 'x', sizeof(head));
    assert_int_equal(verdict_on(GET "\r\n", strlen(GET "\r\n"), &head), 0);
    assert_string_equal(head.content_type, "");
    assert_string_equal(head.bericht_id, "");
    assert_false(head.has_length);
    assert_false(head.closes);
    assert_int_equal(head.content_length, 0);
}

static void good_heads_are_let_through(void **state)
{
    static const char *const HEADS[] = {
        GET "\r\n",
        "HEAD /v1/bijlagen/0f HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n",
        "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        POST "Content-Length: 99999999\r\n\r\n",
        GET "Content-Length: 0\r\n\r\n",
        GET "Empty:\r\n\r\n",
        GET "Accept: */*\r\nUser-Agent: curl/7.88.1\r\n\r\n",
        "GET /a.b-c_d~e HTTP/1.1\r\nhOsT:x\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(HEADS) / sizeof(HEADS[0]); i++)
        if (verdict(HEADS[i]) != 0)
            fail_msg("refused with %d: %s", verdict(HEADS[i]), HEADS[i]);
}

/* clang-format off */
static const struct {
    const char *what, *head;
    int status;
} BAD[] = {
    { "empty line first",         "\r\n" GET "\r\n",                                  400 },
    { "bare LF",                  "GET /a HTTP/1.1\nHost: x\n\n",                     400 },
    { "bare LF in a field",       GET "A: b\n\r\n",                                   400 },
    { "bare CR",                  GET "A: b\rB: c\r\n\r\n",                           400 },
    { "CR CR LF",                 GET "A: b\r\r\n\r\n",                               400 },
    { "control character",        GET "A: \x01\r\n\r\n",                              400 },
    { "DEL",                      GET "A: \x7f\r\n\r\n",                              400 },
    { "above ASCII",              GET "A: \xc3\xa9\r\n\r\n",                          400 },
    { "TLS hello",                "\x16\x03\x01\x02",                                 400 },
    { "HTTP/1.0",                 "GET /a HTTP/1.0\r\nHost: x\r\n\r\n",               505 },
    { "HTTP/2 preface",           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                 505 },
    { "HTTP/1.1x",                "GET /a HTTP/1.1x\r\nHost: x\r\n\r\n",              400 },
    { "http in lower case",       "GET /a http/1.1\r\nHost: x\r\n\r\n",               400 },
    { "no version",               "GET /a\r\nHost: x\r\n\r\n",                        400 },
    { "two spaces",               "GET  /a HTTP/1.1\r\nHost: x\r\n\r\n",              400 },
    { "space behind the version", "GET /a HTTP/1.1 \r\nHost: x\r\n\r\n",              400 },
    { "tab for a space",          "GET\t/a HTTP/1.1\r\nHost: x\r\n\r\n",              400 },
    { "unknown method",           "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n",            501 },
    { "method in lower case",     "get /a HTTP/1.1\r\nHost: x\r\n\r\n",               501 },
    { "no token for a method",    "G(T /a HTTP/1.1\r\nHost: x\r\n\r\n",               400 },
    { "absolute-form",            "GET https://x/a HTTP/1.1\r\nHost: x\r\n\r\n",      400 },
    { "authority-form",           "GET x:443 HTTP/1.1\r\nHost: x\r\n\r\n",            400 },
    { "asterisk-form",            "GET * HTTP/1.1\r\nHost: x\r\n\r\n",                400 },
    { "dot dot",                  "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n",          400 },
    { "percent",                  "GET /%61 HTTP/1.1\r\nHost: x\r\n\r\n",             400 },
    { "query",                    "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n",             400 },
    { "fragment",                 "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",             400 },
    { "backslash",                "GET /a\\b HTTP/1.1\r\nHost: x\r\n\r\n",            400 },
    { "no Host",                  "GET /a HTTP/1.1\r\n\r\n",                          400 },
    { "empty Host",               "GET /a HTTP/1.1\r\nHost:\r\n\r\n",                 400 },
    { "Host with a path",         "GET /a HTTP/1.1\r\nHost: x/y\r\n\r\n",             400 },
    { "Host twice",               GET "host: x\r\n\r\n",                              400 },
    { "length twice",             POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400 },
    { "length as a list",         POST "Content-Length: 5, 5\r\n\r\n",                400 },
    { "length negative",          POST "Content-Length: -1\r\n\r\n",                  400 },
    { "length with an inner space", POST "Content-Length: 1 0\r\n\r\n",               400 },
    { "length too large",         POST "Content-Length: 100000000\r\n\r\n",           413 },
    { "length beyond 64 bits",    POST "Content-Length: 18446744073709551621\r\n\r\n", 413 },
    { "POST without length",      POST "\r\n",                                        411 },
    { "chunked",                  POST "Transfer-Encoding: chunked\r\n\r\n",          411 },
    { "coding and length",     POST "Content-Length: 5\r\nTransfer-Encoding: x\r\n\r\n", 411 },
    { "coding, odd case",         POST "tRANSFER-eNCODING:\r\n\r\n",                  411 },
    { "expectation",              POST "Expect: 100-continue\r\n\r\n",                417 },
    { "space before the colon",   GET "A : b\r\n\r\n",                                400 },
    { "tab before the colon",     GET "Content-Length\t: 5\r\n\r\n",                  400 },
    { "obs-fold",                 GET "A: b\r\n c\r\n\r\n",                           400 },
    { "obs-fold with a tab",      GET "A: b\r\n\tc\r\n\r\n",                          400 },
    { "no colon",                 GET "Abc\r\n\r\n",                                  400 },
    { "no name",                  GET ": b\r\n\r\n",                                  400 },
    { "known field twice",        GET "bron: 1\r\nBron: 2\r\n\r\n",                   400 },
    { "known field too long",     GET "doel: " TEN(TEN("123456")) "\r\n\r\n",         431 },
    { "path too long",  "GET /" TEN(TEN("abc")) " HTTP/1.1\r\nHost: x\r\n\r\n",       414 },
    { "65 fields",    GET TEN("A:b\r\nA:b\r\nA:b\r\nA:b\r\nA:b\r\nA:b\r\n")
                   "A:b\r\nA:b\r\nA:b\r\nA:b\r\n\r\n",                                431 },
};
/* clang-format on */

static void bad_heads_are_refused_with_their_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (verdict(BAD[i].head) != BAD[i].status)
            fail_msg("%s: %d, not %d", BAD[i].what, verdict(BAD[i].head), BAD[i].status);
}

/* clang-format off */
static const struct {
    const char *what, *head;
    unsigned allowed;
    int status;
} ALLOWANCES[] = {
    { "chunks",                  POST "Transfer-Encoding: chunked\r\n\r\n",             HTTP_CHUNKS, 0 },
    { "a name in another case",  POST "transfer-encoding:chunked \r\n\r\n",             HTTP_CHUNKS, 0 },
    { "a length all the same",   POST "Content-Length: 5\r\n\r\n",                      HTTP_CHUNKS, 0 },
    { "chunks and a length",     POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", HTTP_CHUNKS, 400 },
    { "a length and chunks",     POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_CHUNKS, 400 },
    { "chunks and length 0",     POST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_CHUNKS, 400 },
    { "chunks twice",            POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_CHUNKS, 400 },
    { "chunks in a list, twice", POST "Transfer-Encoding: chunked, chunked\r\n\r\n",    HTTP_CHUNKS, 501 },
    { "upper case",              POST "Transfer-Encoding: Chunked\r\n\r\n",             HTTP_CHUNKS, 501 },
    { "another coding before",   POST "Transfer-Encoding: gzip, chunked\r\n\r\n",       HTTP_CHUNKS, 501 },
    { "another coding behind",   POST "Transfer-Encoding: chunked, identity\r\n\r\n",   HTTP_CHUNKS, 501 },
    { "identity",                POST "Transfer-Encoding: identity\r\n\r\n",            HTTP_CHUNKS, 501 },
    { "xchunked",                POST "Transfer-Encoding: xchunked\r\n\r\n",            HTTP_CHUNKS, 501 },
    { "a parameter",             POST "Transfer-Encoding: chunked;q=1\r\n\r\n",         HTTP_CHUNKS, 501 },
    { "quoted",                  POST "Transfer-Encoding: \"chunked\"\r\n\r\n",       HTTP_CHUNKS, 501 },
    { "empty",                   POST "Transfer-Encoding:\r\n\r\n",                     HTTP_CHUNKS, 501 },
    { "a tab before it",         POST "Transfer-Encoding:\tchunked\r\n\r\n",           HTTP_CHUNKS, 400 },
    { "a tab behind it",         POST "Transfer-Encoding: chunked\t\r\n\r\n",          HTTP_CHUNKS, 400 },
    { "a GET in chunks",         GET "Transfer-Encoding: chunked\r\n\r\n",              HTTP_CHUNKS, 400 },
    { "neither",                 POST "\r\n",                                            HTTP_CHUNKS, 411 },
    { "DELETE where it may",     "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n",               HTTP_DELETE, 0 },
    { "DELETE where it may not", "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n",               HTTP_CHUNKS, 501 },
    { "DELETE in chunks", "DELETE /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                                                                          HTTP_CHUNKS | HTTP_DELETE, 400 },
    { "delete in lower case",    "delete /a HTTP/1.1\r\nHost: x\r\n\r\n",               HTTP_DELETE, 501 },
};
/* clang-format on */

static void what_a_listener_allows_is_allowed_and_nothing_beside_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ALLOWANCES) / sizeof(ALLOWANCES[0]); i++) {
        ALLOWED = ALLOWANCES[i].allowed;
        int status = verdict(ALLOWANCES[i].head);
        ALLOWED = 0;
        if (status != ALLOWANCES[i].status)
            fail_msg("%s: %d, not %d", ALLOWANCES[i].what, status, ALLOWANCES[i].status);
    }
}

static void a_chunked_head_says_so_and_has_no_length(void **state)
{
    struct http_head head;

    (void)state;
    ALLOWED = HTTP_CHUNKS;
    assert_int_equal(verdict_on(ALLOWANCES[0].head, strlen(ALLOWANCES[0].head), &head), 0);
    ALLOWED = 0;
    assert_true(head.chunked);
    assert_false(head.has_length);
    assert_int_equal(head.content_length, 0);
}

static void a_nul_is_refused_wherever_it_stands(void **state)
{
    static const char HEAD[] = POST "Content-Length: 5\r\nbron: 1\r\n\r\n";
    char bytes[sizeof(HEAD)];
    struct http_head head;

    (void)state;
    for (size_t i = 0; i < sizeof(HEAD) - 1; i++) {
        memcpy(bytes, HEAD, sizeof(HEAD));
        bytes[i] = '\0';
        assert_int_equal(verdict_on(bytes, sizeof(HEAD) - 1, &head), 400);
    }
}

static void sixty_four_fields_are_allowed(void **state)
{
    struct http_head head;
    SCOPED_BUF struct buf bytes = { 0 };

    (void)state;
    buf_add_text(&bytes, GET);
    for (int i = 1; i < HTTP_LINES_MAX; i++)
        buf_add_text(&bytes, "A:b\r\n");
    buf_add_text(&bytes, "\r\n");
    assert_int_equal(verdict_on(buf_text(&bytes), bytes.size, &head), 0);
}

static void an_endless_line_ends_at_the_limit(void **state)
{
    static const struct {
        const char *start;
        int status;
    } CASES[] = { { "GET /", 414 }, { GET "A: ", 431 }, { GET "A: b\r\nB", 431 } };
    size_t used;
    struct http_head head;

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf bytes = { 0 };
        buf_add_text(&bytes, CASES[i].start);
        while (bytes.size < HTTP_HEAD_MAX + 10)
            buf_add_text(&bytes, "a");
        for (size_t n = HTTP_HEAD_MAX - 10; n < bytes.size; n++)
            assert_int_equal(http_head_read(buf_text(&bytes), n, 0, &head, &used),
                             n < HTTP_HEAD_MAX ? NEEDS_MORE : CASES[i].status);
    }
}

static void every_status_we_refuse_with_has_a_reason(void **state)
{
    static const int STATUSES[] = { 400, 403, 404, 411, 413, 414, 417, 431, 501, 503, 505 };

    (void)state;
    for (size_t i = 0; i < sizeof(STATUSES) / sizeof(STATUSES[0]); i++)
        assert_string_not_equal(http_reason(STATUSES[i]), "");
    assert_string_equal(http_reason(299), "");
}

static const char *corpus(char path[4096])
{
    const char *root = getenv("ESTAFETTE_CORPUS");

    snprintf(path, 4096, "%s/http-raw", root ? root : SOURCE_DIR "/../shared/corpus");
    return path;
}

static bool judge_file(void *context, const char *path, struct fault *fault)
{
    size_t *count = context;
    struct http_head head;
    SCOPED_BUF struct buf bytes = { 0 };

    if (!file_read(path, 1 << 20, &bytes, fault))
        return false;
    /* The splits of what lies beyond the limit say nothing new. */
    size_t size = bytes.size < HTTP_HEAD_MAX + 1 ? bytes.size : HTTP_HEAD_MAX + 1;
    int status = size < 4096
                     ? verdict_on(buf_text(&bytes), size, &head)
                     : http_head_read(buf_text(&bytes), size, 0, &head, &(size_t){ 0 });
    /* Two requests at once: the first is good, and the listener closes behind it. */
    int expected_good = strstr(path, "46-pipelined") != NULL;
    if (expected_good != (status == 0) || status == NEEDS_MORE)
        fail_msg("%s: %d", path, status);
    ++*count;
    return true;
}

static void no_file_of_the_corpus_passes(void **state)
{
    char path[4096];
    size_t count = 0;
    struct fault fault = { 0 };

    (void)state;
    if (!file_exists(corpus(path))) {
        fprintf(stderr, "SKIPPED: corpus of raw requests not found: %s\n", path);
        skip();
    }
    if (!file_list(path, ".req", judge_file, &count, &fault))
        fail_msg("%s", fault.text);
    assert_true(count > 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_head_is_read),
        cmocka_unit_test(what_is_absent_is_empty),
        cmocka_unit_test(good_heads_are_let_through),
        cmocka_unit_test(bad_heads_are_refused_with_their_status),
        cmocka_unit_test(what_a_listener_allows_is_allowed_and_nothing_beside_it),
        cmocka_unit_test(a_chunked_head_says_so_and_has_no_length),
        cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
        cmocka_unit_test(sixty_four_fields_are_allowed),
        cmocka_unit_test(an_endless_line_ends_at_the_limit),
        cmocka_unit_test(every_status_we_refuse_with_has_a_reason),
        cmocka_unit_test(no_file_of_the_corpus_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
