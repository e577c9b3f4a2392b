/* A dead peer beside a busy one: what goes to the living is not held up by what waits for the
 * dead, and the dead is tried by its one clock, however much waits for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gateway/courier.h"
#include "tests/fault/road.h"
#include "tests/fault/toll.h"

enum { WAITING = 40, BUSY = 20 };

static struct town DEAD = {
    .oin = "00000099000000003000", .code = "0141", .naam = "Stil", .kind = PKI_P256
};
static struct proxy *HOLE;

#define OF_DEAD " FROM outbox WHERE peer = '00000099000000003000'"
#define FAILURES "SELECT failures FROM peer WHERE oin = '00000099000000003000'"

static void into_the_hole(struct card *card)
{
    snprintf(card->endpoint, sizeof(card->endpoint), "https://127.0.0.1:%d", proxy_port(HOLE));
}

/* Each attempt that ended has set the peer's clock once more; no more than per_peer run. */
static void assert_tried_by_one_clock(void)
{
    int64_t per_peer = ROAD_FROM.gateway.config.per_peer;
    int64_t failures = town_count(&ROAD_FROM, FAILURES);
    int64_t in_flight =
        town_count(&ROAD_FROM, "SELECT count(*)" OF_DEAD " AND state = 'sending'");
    int64_t tried = town_count(&ROAD_FROM, "SELECT sum(attempts)" OF_DEAD);

    assert_in_range(in_flight, 0, per_peer);
    assert_in_range(tried, failures, failures + 2 * per_peer);
}

static void the_living_get_theirs_and_the_dead_one_clock(void **state)
{
    char waiting[WAITING][UUID_SIZE], busy[BUSY][UUID_SIZE];

    (void)state;
    proxy_follow(HOLE, &(struct proxy_script){ .deaf = true });
    for (size_t i = 0; i < WAITING; i++)
        town_send(&ROAD_FROM, &DEAD, waiting[i]);
    assert_true(town_wait(&ROAD_FROM, "SELECT count(*) > 0" OF_DEAD " AND state = 'sending'",
                          1, ROAD_SECONDS));
    for (size_t i = 0; i < BUSY; i++) {
        town_send(&ROAD_FROM, &ROAD_TO, busy[i]);
        assert_tried_by_one_clock();
    }
    for (size_t i = 0; i < BUSY; i++) {
        road_await(busy[i], "state = 'delivered' AND attempts = 1");
        toll_take(&ROAD_FROM, &ROAD_TO, "a dead peer beside a busy one", busy[i]);
    }
    assert_tried_by_one_clock();
    assert_int_equal(town_count(&ROAD_FROM, "SELECT count(*)" OF_DEAD " AND attempts = 0") > 0,
                     1); /* some were never touched: two at a time, behind one clock */
    proxy_follow(HOLE, NULL);
    proxy_drop(HOLE);
    for (size_t i = 0; i < WAITING; i++) {
        road_retry(waiting[i]);
        road_await(waiting[i], "state = 'delivered'");
        toll_take(&ROAD_FROM, &DEAD, "dead, then back", waiting[i]);
    }
    assert_int_equal(town_count(&ROAD_FROM, FAILURES), 0);
}

static int start(void **state)
{
    road_build(state);
    town_build(&DEAD);
    town_trust(&DEAD, &ROAD_FROM);
    town_trust(&ROAD_FROM, &DEAD);
    town_start(&DEAD);
    HOLE = proxy_start(DEAD.port);
    town_know(&DEAD, &ROAD_FROM, PEER_ACTIEF);
    town_know_card(&ROAD_FROM, &DEAD, PEER_ACTIEF, into_the_hole);
    struct fault fault = { 0 };
    return gateway_reload(&ROAD_FROM.gateway, &fault) ? 0 : -1;
}

static int stop(void **state)
{
    proxy_stop(HOLE);
    road_remove(state);
    town_stop(&DEAD);
    town_remove(&DEAD);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_living_get_theirs_and_the_dead_one_clock),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
