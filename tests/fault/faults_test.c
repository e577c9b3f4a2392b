/* A bad road and lying servers, one after the other: each message arrives, once, and until
 * then its row says what was wrong. Prints the table of what was tried. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/receipt.h"
#include "gateway/clock.h"
#include "gateway/exchange.h"
#include "tests/fault/liar.h"
#include "tests/fault/road.h"
#include "tests/fault/toll.h"
#include "tests/scenario/fake.h"

enum { SWALLOWED_MAX = 1 << 20 }; /* of an endless answer; the limit itself is 64 KiB */

static struct liar *LIAR;

static int64_t in_inbox(const char *overdracht)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM inbox WHERE overdracht = '%s'", overdracht);
    return town_count(&ROAD_TO, buf_text(&query));
}

/* The first attempts fail, and the row says so; nothing is settled by it. */
static void await_failure(const char *overdracht, const char *says)
{
    SCOPED_BUF struct buf condition = { 0 };

    buf_addf(
        &condition,
        "state = 'queued' AND attempts > 0 AND receipt IS NULL AND instr(reason, '%s') > 0",
        says);
    road_await(overdracht, buf_text(&condition));
}

/* The road is mended; the message goes over, and everything is as it should be. */
static void await_delivery(const char *overdracht, const char *fault)
{
    road_mend();
    road_point(NULL);
    road_retry(overdracht);
    road_await(overdracht, "state = 'delivered' AND reason = ''");
    toll_take(&ROAD_FROM, &ROAD_TO, fault, overdracht);
}

/* --- the road ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *what;
    struct proxy_script script;
    const char *says; /* NULL: it comes through all the same */
} ROADS[] = {
    { "reset at connect",        { .refuse = true },              "127.0.0.1" },
    { "black hole",              { .deaf = true },                "SSL connection timeout" },
    { "delay, 300 ms each way",  { .up.delay_ms = 300, .down.delay_ms = 300 }, NULL },
    { "throttled there, 1 byte/s", { .up.rate = 1 },              "SSL connection timeout" },
    { "throttled back, 1 byte/s", { .down.rate = 1 },             "SSL connection timeout" },
    { "half-open in the handshake", { .down.mute = 300 },         "SSL connection timeout" },
    { "half-open in the request", { .up.mute = 5000 },            "timed out" },
};
/* clang-format on */

static void a_bad_road_only_delays(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ROADS) / sizeof(ROADS[0]); i++) {
        char overdracht[UUID_SIZE];
        print_message("  %s\n", ROADS[i].what);
        proxy_drop(ROAD_PROXY);
        proxy_follow(ROAD_PROXY, &ROADS[i].script);
        town_send(&ROAD_FROM, &ROAD_TO, overdracht);
        if (ROADS[i].says)
            await_failure(overdracht, ROADS[i].says);
        else
            road_await(overdracht, "state = 'delivered' AND attempts = 1");
        assert_int_equal(in_inbox(overdracht), ROADS[i].says ? 0 : 1);
        await_delivery(overdracht, ROADS[i].what);
    }
}

/* How many bytes come back in one whole exchange; the last of them are the receipt. */
static long long measure_answer(void)
{
    char overdracht[UUID_SIZE];

    proxy_drop(ROAD_PROXY);
    proxy_count_anew(ROAD_PROXY);
    town_send(&ROAD_FROM, &ROAD_TO, overdracht);
    await_delivery(overdracht, "none");
    return proxy_counted(ROAD_PROXY).down;
}

/* The receiver has stored it and said so; the sender never hears, and repeats. */
static void a_lost_answer_makes_a_repeat_and_no_second_message(void **state)
{
    const long long answer = measure_answer() - 500;
    const struct {
        const char *what, *says;
        struct proxy_script script;
    } CASES[] = {
        { "answer lost, reset", "127.0.0.1", { .down.cut = answer, .reset = true } },
        { "answer lost, FIN", "127.0.0.1", { .down.cut = answer } },
        { "answer lost, silence", "timed out", { .down.mute = answer } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char overdracht[UUID_SIZE];
        print_message("  %s\n", CASES[i].what);
        proxy_drop(ROAD_PROXY);
        proxy_follow(ROAD_PROXY, &CASES[i].script);
        town_send(&ROAD_FROM, &ROAD_TO, overdracht);
        await_failure(overdracht, CASES[i].says);
        assert_int_equal(in_inbox(overdracht), 1);
        await_delivery(overdracht, CASES[i].what);
    }
}

struct posting {
    pthread_t thread;
    struct outbox_row *row;
    struct exchange exchange;
    struct fault fault;
    bool good;
};

static void *post(void *argument)
{
    struct posting *posting = argument;
    const struct deliver_settings settings = { 10000, 10000, RECEIPT_BYTES_MAX };
    SCOPED_PEER struct peer *peer = registry_by_oin(ROAD_FROM.gateway.registry, ROAD_TO.oin);
    struct deliver *deliver = deliver_create(&settings);

    posting->good = exchange_run(&ROAD_FROM.gateway, deliver, peer, posting->row,
                                 &posting->exchange, &posting->fault);
    deliver_destroy(deliver);
    return NULL;
}

struct finding {
    const char *overdracht;
    struct outbox_row row;
};

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct finding *finding = argument;
    bool found;

    return outbox_latest(db, finding->overdracht, "dossier", &finding->row, &found, fault)
           && found;
}

/* The courier's own attempts fail meanwhile: the road it knows is a black hole. */
static void posted_by_several_at_once_it_is_one_message(void **state)
{
    enum { AT_ONCE = 4 };
    char overdracht[UUID_SIZE];
    struct posting postings[AT_ONCE] = { 0 };
    struct finding finding = { .overdracht = overdracht };
    struct fault fault = { 0 };

    (void)state;
    proxy_drop(ROAD_PROXY);
    proxy_follow(ROAD_PROXY, &(struct proxy_script){ .deaf = true });
    town_send(&ROAD_FROM, &ROAD_TO, overdracht);
    await_failure(overdracht, "timeout");
    assert_true(store_run(ROAD_FROM.gateway.store, find_work, &finding, &fault));
    road_mend();
    for (size_t i = 0; i < AT_ONCE; i++) {
        postings[i].row = &finding.row;
        assert_int_equal(pthread_create(&postings[i].thread, NULL, post, &postings[i]), 0);
    }
    for (size_t i = 0; i < AT_ONCE; i++) {
        pthread_join(postings[i].thread, NULL);
        if (!postings[i].good)
            fail_msg("%s", postings[i].fault.text);
        assert_int_equal(postings[i].exchange.receipt_bytes.size,
                         postings[0].exchange.receipt_bytes.size);
        assert_memory_equal(postings[i].exchange.receipt_bytes.data,
                            postings[0].exchange.receipt_bytes.data,
                            postings[0].exchange.receipt_bytes.size);
    }
    for (size_t i = 0; i < AT_ONCE; i++)
        exchange_finish(&postings[i].exchange);
    outbox_row_finish(&finding.row);
    await_delivery(overdracht, "posted by four at once");
}

/* --- where the card points --------------------------------------------------------------- */

/* A port of ours that no SYN gets through to: its queue is full. */
struct jam {
    int ear, waiting[4], port;
};

static void jam_up(struct jam *jam)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };

    jam->ear = tlsend_listen(&jam->port);
    assert_int_equal(listen(jam->ear, 0), 0);
    at.sin_port = htons((uint16_t)jam->port);
    for (size_t i = 0; i < 4; i++) {
        jam->waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)!connect(jam->waiting[i], (struct sockaddr *)&at, sizeof(at));
    }
}

static void clear_jam(struct jam *jam)
{
    for (size_t i = 0; i < 4; i++)
        close(jam->waiting[i]);
    close(jam->ear);
}

static void a_card_that_points_nowhere_is_tried_until_a_new_one_comes(void **state)
{
    struct jam jam;
    int closed;
    char refused[64], unroutable[64], nameless[64];
    const struct {
        const char *what, *endpoint, *says;
    } CASES[] = {
        { "connection refused", refused, "connect" },
        { "unroutable", unroutable, "Timeout was reached" },
        { "a name that does not resolve", nameless, "bestaat-niet.invalid" },
    };

    (void)state;
    jam_up(&jam);
    close(tlsend_listen(&closed));
    snprintf(refused, sizeof(refused), "https://127.0.0.1:%d", closed);
    snprintf(unroutable, sizeof(unroutable), "https://127.0.0.1:%d", jam.port);
    snprintf(nameless, sizeof(nameless), "https://bestaat-niet.invalid:%d", ROAD_TO.port);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char overdracht[UUID_SIZE];
        print_message("  %s\n", CASES[i].what);
        road_point(CASES[i].endpoint);
        town_send(&ROAD_FROM, &ROAD_TO, overdracht);
        await_failure(overdracht, CASES[i].says);
        assert_int_equal(in_inbox(overdracht), 0);
        await_delivery(overdracht, CASES[i].what);
    }
    clear_jam(&jam);
}

/* --- what answers there ------------------------------------------------------------------ */

#define OK "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"

static int ELSEWHERE, ELSEWHERE_PORT; /* where redirects lead: nobody may ever come */

static void never_ends_its_body(struct tlsend *end)
{
    tlsend_say(end, OK "\r\n");
    while (tlsend_say(end, "<ontvangstbevestiging><ontvangstbevestiging>"))
        ;
}

static void never_ends_its_chunks(struct tlsend *end)
{
    tlsend_say(end, OK "Transfer-Encoding: chunked\r\n\r\n");
    while (tlsend_say(end, "20\r\n12345678123456781234567812345678\r\n"))
        ;
}

static void never_ends_its_header(struct tlsend *end)
{
    tlsend_say(end, OK);
    while (tlsend_say(end, "A: abcdefghijklmnopqrstuvwxyz\r\n"))
        ;
}

static void says_100_for_ever(struct tlsend *end)
{
    while (tlsend_say(end, "HTTP/1.1 100 Continue\r\n\r\n"))
        ;
}

static void stops_within_a_chunk(struct tlsend *end)
{
    SCOPED_BUF struct buf rest = { 0 };

    tlsend_say(end, OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhal");
    tlsend_read_to_end(end, &rest);
}

/* Nobody undoes the encoding, so that it does not matter what it would come to. */
static void sends_a_bomb(struct tlsend *end)
{
    static const unsigned char HEAD[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
    SCOPED_BUF struct buf bomb = { 0 };

    buf_addf(&bomb, OK "Content-Encoding: gzip\r\nContent-Length: 1034\r\n\r\n");
    buf_add(&bomb, HEAD, sizeof(HEAD));
    memset(buf_reserve(&bomb, 1024), 0, 1024);
    buf_grown(&bomb, 1024);
    tlsend_send(end, bomb.data, bomb.size);
}

static void redirect(struct tlsend *end, int status)
{
    SCOPED_BUF struct buf answer = { 0 };

    buf_addf(&answer,
             "HTTP/1.1 %d Elsewhere\r\nLocation: https://127.0.0.1:%d/v1/berichten\r\n"
             "Content-Length: 0\r\n\r\n",
             status, ELSEWHERE_PORT);
    tlsend_send(end, answer.data, answer.size);
}

static void says_301(struct tlsend *end)
{
    redirect(end, 301);
}

static void says_302(struct tlsend *end)
{
    redirect(end, 302);
}

static void says_307(struct tlsend *end)
{
    redirect(end, 307);
}

static void says_308(struct tlsend *end)
{
    redirect(end, 308);
}

static void speaks_http_09(struct tlsend *end)
{
    tlsend_say(end, "<html>ontvangen</html>");
}

static void talks_rubbish(struct tlsend *end)
{
    tlsend_say(end, "HTTP/1.1 2\xff\xff\r\n\x01\x02\r\n\r\n\x00\x01");
}

static void hangs_up(struct tlsend *end)
{
    (void)end;
}

/* clang-format off */
static const struct {
    const char *what;
    liar_answer *answer;
    const char *says;
} LIES[] = {
    { "hangs up after the request", hangs_up,              "127.0.0.1" },
    { "endless body",               never_ends_its_body,   "the answer is larger than 65536 bytes" },
    { "endless chunks",             never_ends_its_chunks, "the answer is larger than 65536 bytes" },
    { "endless header",             never_ends_its_header, "more than 16384 bytes of header" },
    { "endless 100 Continue",       says_100_for_ever,     "more than 16384 bytes of header" },
    { "silence within a chunk",     stops_within_a_chunk,  "timed out" },
    { "gzip bomb",                  sends_a_bomb,          "the answer is no receipt" },
    { "redirect 301",               says_301,              "HTTP 301" },
    { "redirect 302",               says_302,              "HTTP 302" },
    { "redirect 307",               says_307,              "HTTP 307" },
    { "redirect 308",               says_308,              "HTTP 308" },
    { "HTTP/0.9",                   speaks_http_09,        "HTTP/0.9" },
    { "rubbish",                    talks_rubbish,         "127.0.0.1" },
    { "plain HTTP, no TLS",         NULL,                  "127.0.0.1" },
};
/* clang-format on */

static void whatever_a_server_says_only_a_receipt_counts(void **state)
{
    (void)state;
    ELSEWHERE = tlsend_listen(&ELSEWHERE_PORT);
    for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
        char overdracht[UUID_SIZE];
        print_message("  %s\n", LIES[i].what);
        liar_tell(LIAR, LIES[i].answer);
        proxy_drop(ROAD_PROXY);
        proxy_lead_to(ROAD_PROXY, liar_port(LIAR));
        proxy_count_anew(ROAD_PROXY);
        town_send(&ROAD_FROM, &ROAD_TO, overdracht);
        await_failure(overdracht, LIES[i].says);
        struct proxy_count count = proxy_counted(ROAD_PROXY);
        assert_true(count.down < (long long)SWALLOWED_MAX * count.connections);
        await_delivery(overdracht, LIES[i].what);
    }
    struct pollfd visitor = { .fd = ELSEWHERE, .events = POLLIN };
    assert_int_equal(poll(&visitor, 1, 0), 0);
    close(ELSEWHERE);
}

static void of_another_message(struct forgery *forgery)
{
    uuid_v7(clock_now_ms(), forgery->receipt.bericht_id);
}

static void not_signed(struct buf *receipt)
{
    *strstr(buf_text(receipt), "<tijd>2") = ' ';
}

/* What a listener like ours could say: well-formed HTTP, and yet no receipt. */
static void a_receipt_must_be_about_this_message(void **state)
{
    static const struct lie CASES[] = {
        { .what = "receipt of another message",
          .status = 200,
          .spoil = of_another_message,
          .says = "the receipt is about another message" },
        { .what = "spoilt receipt",
          .status = 200,
          .after = not_signed,
          .says = "the answer is no receipt" },
        { .what = "stored, but answered 500",
          .status = 500,
          .keep = true,
          .says = "HTTP 500" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char overdracht[UUID_SIZE];
        print_message("  %s\n", CASES[i].what);
        proxy_drop(ROAD_PROXY);
        town_stop(&ROAD_TO);
        town_open(&ROAD_TO);
        struct fake *fake = fake_start(&ROAD_TO);
        fake_tell(fake, &CASES[i]);
        town_send(&ROAD_FROM, &ROAD_TO, overdracht);
        await_failure(overdracht, CASES[i].says);
        proxy_drop(ROAD_PROXY);
        fake_stop(fake);
        town_stop(&ROAD_TO);
        town_start(&ROAD_TO);
        await_delivery(overdracht, CASES[i].what);
    }
}

static int start(void **state)
{
    road_build(state);
    LIAR = liar_start(&ROAD_TO);
    return 0;
}

static int stop(void **state)
{
    liar_stop(LIAR);
    return road_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_road_only_delays),
        cmocka_unit_test(a_lost_answer_makes_a_repeat_and_no_second_message),
        cmocka_unit_test(posted_by_several_at_once_it_is_one_message),
        cmocka_unit_test(a_card_that_points_nowhere_is_tried_until_a_new_one_comes),
        cmocka_unit_test(whatever_a_server_says_only_a_receipt_counts),
        cmocka_unit_test(a_receipt_must_be_about_this_message),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
