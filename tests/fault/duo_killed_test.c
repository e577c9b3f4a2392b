/* A real daemon and DUO: killed between sending and settling, with DUO away, and what its log
 * says of anybody, which is nothing. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/duo_letter.h"
#include "tests/duo_stub.h"
#include "tests/fault/child.h"

#define BSN "999990019"
#define BODY "{\"datumEindgesprekMap\":\"2026-01-02\"}"

static struct town TOWN = { .oin = "00000099000000001000",
                            .code = "0344",
                            .naam = "Utrecht",
                            .kind = PKI_P256,
                            .level = "debug",
                            .total_seconds = 30 };
static struct duo_stub *DUO;
static char ID[UUID_SIZE];

static bool queue_work(sqlite3 *db, void *argument, struct fault *fault)
{
    json_auto_t *body = json_loads(BODY, 0, NULL);
    const struct duo_letter letter = { .operation = duo_operation_named("map.melden"),
                                       .address = { .bsn = BSN },
                                       .body = body };

    return duo_queue(db, argument, "test", &letter, ID, fault);
}

static int start(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    town_install();
    DUO = duo_stub_create();
    TOWN.duo = duo_stub_config(DUO);
    town_build(&TOWN);
    duo_stub_serve(DUO, &TOWN, NULL);
    town_open(&TOWN);
    bool good = store_run(TOWN.gateway.store, queue_work, &TOWN.gateway, &fault);
    town_stop(&TOWN);
    return good ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    duo_stub_destroy(DUO);
    town_remove(&TOWN);
    return 0;
}

static bool heard(int count)
{
    const struct timespec pause = { .tv_nsec = 5000000 };

    for (int64_t until = clock_monotonic_ms() + 20000; duo_stub_heard(DUO) < count;) {
        if (clock_monotonic_ms() > until)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

static void expect_no_canary(const struct child *child)
{
    SCOPED_BUF struct buf log = { 0 };

    child_log(child, &log);
    assert_true(log.size > 0);
    assert_null(strstr(buf_text(&log), BSN));
    assert_null(strstr(buf_text(&log), "personen"));
    assert_null(strstr(buf_text(&log), "Canarius"));
    assert_null(strstr(buf_text(&log), "2026-01-02"));
}

static void what_was_sent_and_not_settled_is_sent_again_the_same(void **state)
{
    static const struct duo_stub_answer SCRIPT[] = {
        { .never = true }, /* DUO has it, and we do not know */
        { .status = 403,
          .body = "[{\"fouttekst\":\"Burger Canarius mag niet.\"}]",
          .version = "" },
        { .status = 403, .body = "[{\"fouttekst\":\"Burger Canarius mag niet.\"}]" },
    };
    struct child child = { .town = &TOWN };
    SCOPED_BUF struct buf first = { 0 };
    char line[160];

    (void)state;
    duo_stub_script(DUO, SCRIPT, 3);
    assert_true(child_listens(&child));
    assert_true(heard(1));
    expect_no_canary(&child);
    child_end(&child, SIGKILL);
    assert_true(child_listens(&child));
    assert_true(heard(3));
    snprintf(line, sizeof(line), "bericht=%s to=DUO soort=map.melden attempt=3", ID);
    assert_true(child_says(&child, line, 1, 20));
    assert_true(child_says(&child, "status=refused (HTTP 403, API-Version 1.0.0)", 1, 20));
    expect_no_canary(&child);
    assert_true(child_end(&child, SIGTERM));
    duo_stub_request(DUO, 0, &first);
    assert_non_null(strstr(buf_text(&first), ID));
    for (int i = 1; i < 3; i++) {
        SCOPED_BUF struct buf again = { 0 };
        duo_stub_request(DUO, i, &again);
        assert_string_equal(buf_text(&again), buf_text(&first));
    }
}

/* Nobody listens there: port 1 of the loopback. */
static void duo_away_sets_one_clock_and_costs_one_try_at_a_time(void **state)
{
    struct town away = { .oin = "00000099000000002000",
                         .code = "0344",
                         .naam = "Utrecht",
                         .kind = PKI_P256,
                         .duo = "[duo]\noin = " DUO_OIN "\nbase = https://127.0.0.1:1\n" };

    (void)state;
    town_build(&away);
    town_start(&away);
    struct fault fault = { 0 };
    assert_true(store_run(away.gateway.store, queue_work, &away.gateway, &fault));
    assert_true(store_run(away.gateway.store, queue_work, &away.gateway, &fault));
    couriers_wake(away.gateway.couriers);
    assert_true(town_wait(&away, "SELECT failures > 1 FROM duo_clock", 1, 20));
    assert_int_equal(
        town_count(&away, "SELECT count(*) FROM outbox WHERE state = 'delivered'"), 0);
    assert_true(town_count(&away, "SELECT next_try > 0 FROM duo_clock"));
    assert_true(town_wait(&away,
                          "SELECT count(*) > 0 FROM outbox WHERE reason LIKE"
                          " 'https://127.0.0.1:1: %'",
                          1, 10));
    town_stop(&away);
    town_remove(&away);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_and_not_settled_is_sent_again_the_same),
        cmocka_unit_test(duo_away_sets_one_clock_and_costs_one_try_at_a_time),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
