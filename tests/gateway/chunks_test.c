/* A body in chunks: what is read, what is refused, and that the cuts of the network do not
 * count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "gateway/chunks.h"

enum { NEEDS_MORE = 1, MOST = 20 };

struct outcome {
    int verdict;
    size_t used;
    char body[64];
};

/* In pieces of that many bytes. */
static struct outcome read_in_pieces(const char *text, size_t size, size_t piece)
{
    struct chunks chunks = { .most = MOST };
    struct outcome outcome = { .verdict = NEEDS_MORE };
    SCOPED_BUF struct buf body = { 0 };
    size_t used;

    while (outcome.used < size && outcome.verdict == NEEDS_MORE) {
        size_t rest = size - outcome.used;
        outcome.verdict = chunks_read(&chunks, text + outcome.used,
                                      rest < piece ? rest : piece, &body, &used);
        outcome.used += used;
    }
    assert_true(body.size <= MOST);
    snprintf(outcome.body, sizeof(outcome.body), "%s", buf_text(&body));
    return outcome;
}

static struct outcome read_every_way(const char *text, size_t size)
{
    struct outcome whole = read_in_pieces(text, size, size);

    for (size_t piece = 1; piece < size; piece++) {
        struct outcome cut = read_in_pieces(text, size, piece);
        if (cut.verdict != whole.verdict || cut.used != whole.used
            || strcmp(cut.body, whole.body) != 0)
            fail_msg("in pieces of %zu: %d \"%s\", at once: %d \"%s\"", piece, cut.verdict,
                     cut.body, whole.verdict, whole.body);
    }
    return whole;
}

/* clang-format off */
static const struct {
    const char *what, *text, *body;
} GOOD[] = {
    { "one chunk",            "5\r\nhello\r\n0\r\n\r\n",                        "hello" },
    { "two chunks",           "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",               "hello" },
    { "no chunk",             "0\r\n\r\n",                                      "" },
    { "lower case digits",    "a\r\n0123456789\r\n0\r\n\r\n",                   "0123456789" },
    { "upper case digits",    "A\r\n0123456789\r\n0\r\n\r\n",                   "0123456789" },
    { "leading zeros",        "00000005\r\nhello\r\n00\r\n\r\n",                "hello" },
    { "exactly the most",     "14\r\n01234567890123456789\r\n0\r\n\r\n",        "01234567890123456789" },
    { "a chunk of CR LF",     "4\r\n\r\n\r\n\r\n0\r\n\r\n",                     "\r\n\r\n" },
    { "a chunk like an end",  "5\r\n0\r\n\r\n\r\n0\r\n\r\n",                    "0\r\n\r\n" },
};

static const struct {
    const char *what, *text;
    int verdict;
} BAD[] = {
    { "no digit",             "\r\nhello\r\n0\r\n\r\n",                         400 },
    { "no hexadecimal digit", "g\r\n",                                          400 },
    { "0x",                   "0x5\r\nhello\r\n0\r\n\r\n",                      400 },
    { "a plus",               "+5\r\nhello\r\n0\r\n\r\n",                       400 },
    { "a minus",              "-5\r\nhello\r\n0\r\n\r\n",                       400 },
    { "space before",         " 5\r\nhello\r\n0\r\n\r\n",                       400 },
    { "space behind",         "5 \r\nhello\r\n0\r\n\r\n",                       400 },
    { "tab behind",           "5\t\r\nhello\r\n0\r\n\r\n",                      400 },
    { "underscore",           "1_0\r\n",                                        400 },
    { "comma",                "5,5\r\n",                                        400 },
    { "an extension",         "5;a=b\r\nhello\r\n0\r\n\r\n",                    400 },
    { "an extension at the end", "5\r\nhello\r\n0;a\r\n\r\n",                   400 },
    { "a quoted extension",   "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n",             400 },
    { "LF alone",             "5\nhello\r\n0\r\n\r\n",                          400 },
    { "CR alone",             "5\rhello\r\n0\r\n\r\n",                          400 },
    { "CR CR LF",             "5\r\r\nhello\r\n0\r\n\r\n",                      400 },
    { "LF behind the data",   "5\r\nhello\n0\r\n\r\n",                          400 },
    { "more data than said",  "5\r\nhelloXX0\r\n\r\n",                          400 },
    { "less data than said",  "6\r\nhello\r\n0\r\n\r\n",                        400 },
    { "a trailer",            "5\r\nhello\r\n0\r\nA: b\r\n\r\n",                400 },
    { "a length as trailer",  "5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n",  400 },
    { "a bare last LF",       "0\r\n\n",                                        400 },
    { "one byte too many",    "15\r\n",                                         413 },
    { "too many in two",      "14\r\n01234567890123456789\r\n1\r\n",            413 },
    { "32 bits",              "ffffffff\r\n",                                   413 },
    { "nine digits",          "000000005\r\nhello\r\n0\r\n\r\n",                400 },
    { "64 bits and one",      "10000000000000005\r\nhello\r\n0\r\n\r\n",        400 },
};
/* clang-format on */

static void good_bodies_are_read_to_their_last_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        struct outcome outcome = read_every_way(GOOD[i].text, strlen(GOOD[i].text));
        if (outcome.verdict != 0 || outcome.used != strlen(GOOD[i].text)
            || strcmp(outcome.body, GOOD[i].body) != 0)
            fail_msg("%s: %d \"%s\"", GOOD[i].what, outcome.verdict, outcome.body);
    }
}

static void bad_bodies_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct outcome outcome = read_every_way(BAD[i].text, strlen(BAD[i].text));
        if (outcome.verdict != BAD[i].verdict)
            fail_msg("%s: %d \"%s\"", BAD[i].what, outcome.verdict, outcome.body);
    }
}

static void a_body_that_is_not_there_yet_is_waited_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
        for (size_t n = 1; n < strlen(GOOD[i].text); n++)
            assert_int_equal(read_in_pieces(GOOD[i].text, n, n).verdict, NEEDS_MORE);
}

static void what_comes_behind_the_end_is_not_touched(void **state)
{
    static const char TEXT[] = "5\r\nhello\r\n0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n";
    struct outcome outcome = read_every_way(TEXT, strlen(TEXT));

    (void)state;
    assert_int_equal(outcome.verdict, 0);
    assert_int_equal(outcome.used, strlen("5\r\nhello\r\n0\r\n\r\n"));
    assert_string_equal(outcome.body, "hello");
}

static void a_nul_counts_only_as_data(void **state)
{
    static const char INSIDE[] = "3\r\na\0b\r\n0\r\n\r\n",
                      OUTSIDE[] = "3\0\r\nabc\r\n0\r\n\r\n";

    (void)state;
    assert_int_equal(read_every_way(INSIDE, sizeof(INSIDE) - 1).verdict, 0);
    assert_int_equal(read_every_way(OUTSIDE, sizeof(OUTSIDE) - 1).verdict, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_bodies_are_read_to_their_last_byte),
        cmocka_unit_test(bad_bodies_are_refused),
        cmocka_unit_test(a_body_that_is_not_there_yet_is_waited_for),
        cmocka_unit_test(what_comes_behind_the_end_is_not_touched),
        cmocka_unit_test(a_nul_counts_only_as_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
