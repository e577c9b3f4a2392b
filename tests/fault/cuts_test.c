/* The connection is cut after every so many bytes of one whole exchange, in either direction:
 * the message arrives, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/fault/road.h"
#include "tests/fault/toll.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STEP = 256, DOCUMENT_STEP = 400009 };
#else
enum { STEP = 64, DOCUMENT_STEP = 50021 };
#endif
enum { DOCUMENT_PIECE = 1 << 20, DOCUMENT_SIZE = 5 << 19 };

/* What one whole exchange comes to, with its handshake. */
static struct proxy_count measure(void)
{
    char overdracht[UUID_SIZE];

    proxy_drop(ROAD_PROXY);
    proxy_count_anew(ROAD_PROXY);
    town_send(&ROAD_FROM, &ROAD_TO, overdracht);
    road_await(overdracht, "state = 'delivered' AND attempts = 1");
    toll_take(&ROAD_FROM, &ROAD_TO, "none", overdracht);
    return proxy_counted(ROAD_PROXY);
}

static void cut(const struct proxy_script *script, const char *fault)
{
    char overdracht[UUID_SIZE];

    proxy_drop(ROAD_PROXY);
    proxy_follow(ROAD_PROXY, script);
    town_send(&ROAD_FROM, &ROAD_TO, overdracht);
    road_await(overdracht, "(state = 'delivered' OR (state = 'queued' AND attempts > 0))");
    road_mend();
    road_retry(overdracht);
    road_await(overdracht, "state = 'delivered'");
    toll_take(&ROAD_FROM, &ROAD_TO, fault, overdracht);
}

static void a_cut_anywhere_on_the_way_there_loses_and_doubles_nothing(void **state)
{
    static const char *const NAMES[] = { "cut on the way there, FIN",
                                         "cut on the way there, RST" };
    long long whole = measure().up;

    (void)state;
    assert_true(whole > 2000);
    for (long long at = STEP; at < whole; at += STEP) {
        int reset = (int)(at / STEP % 2);
        cut(&(struct proxy_script){ .up.cut = at, .reset = reset }, NAMES[reset]);
    }
}

static void a_cut_anywhere_on_the_way_back_loses_and_doubles_nothing(void **state)
{
    static const char *const NAMES[] = { "cut on the way back, FIN",
                                         "cut on the way back, RST" };
    long long whole = measure().down;

    (void)state;
    assert_true(whole > 2000);
    for (long long at = STEP; at < whole; at += STEP) {
        int reset = (int)(at / STEP % 2);
        cut(&(struct proxy_script){ .down.cut = at, .reset = reset }, NAMES[reset]);
    }
}

/* A document of three pieces, cut every so many bytes: what the other side holds is not sent
 * again, and the message comes when all of it is there. */
static void a_document_goes_on_where_it_was_cut(void **state)
{
    static const char *const NAMES[] = { "cut in a document, FIN", "cut in a document, RST" };
    struct proxy_count honest, all = { 0 };
    char overdracht[UUID_SIZE];
    int cuts = 0;

    (void)state;
    proxy_drop(ROAD_PROXY);
    proxy_count_anew(ROAD_PROXY);
    town_send_document(&ROAD_FROM, &ROAD_TO, DOCUMENT_SIZE, overdracht);
    road_await(overdracht, "state = 'delivered' AND attempts = 1");
    honest = proxy_counted(ROAD_PROXY);
    for (long long at = DOCUMENT_STEP; at < honest.up; at += DOCUMENT_STEP, cuts++) {
        int reset = cuts % 2;
        const struct proxy_script script = { .up.cut = at, .reset = reset };
        proxy_drop(ROAD_PROXY);
        proxy_count_anew(ROAD_PROXY);
        proxy_follow(ROAD_PROXY, &script);
        town_send_document(&ROAD_FROM, &ROAD_TO, DOCUMENT_SIZE, overdracht);
        road_await(overdracht, "attempts > 0 AND state <> 'sending'");
        road_mend();
        road_retry(overdracht);
        road_await(overdracht, "state = 'delivered'");
        toll_take(&ROAD_FROM, &ROAD_TO, NAMES[reset], overdracht);
        all.up += proxy_counted(ROAD_PROXY).up;
    }
    /* Of each cut, less than a piece and a handshake or two went twice. */
    assert_true(all.up < cuts * (honest.up + DOCUMENT_PIECE + 65536));
    assert_true(town_count(&ROAD_TO, "SELECT count(*) FROM bijlage") == cuts + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_anywhere_on_the_way_there_loses_and_doubles_nothing),
        cmocka_unit_test(a_cut_anywhere_on_the_way_back_loses_and_doubles_nothing),
        cmocka_unit_test(a_document_goes_on_where_it_was_cut),
    };

    return cmocka_run_group_tests(tests, road_build, road_remove);
}
