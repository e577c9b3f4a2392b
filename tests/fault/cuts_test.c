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
enum { STEP = 256 };
#else
enum { STEP = 64 };
#endif

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_anywhere_on_the_way_there_loses_and_doubles_nothing),
        cmocka_unit_test(a_cut_anywhere_on_the_way_back_loses_and_doubles_nothing),
    };

    return cmocka_run_group_tests(tests, road_build, road_remove);
}
