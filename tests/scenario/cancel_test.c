/* Withdrawing what waits: one message and what stands behind it, never one in flight; and of a
 * handover there is never more than one in flight, however many couriers want it. */
#include <arpa/inet.h>
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
#include "gateway/courier.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "tests/scenario/fake.h"

#define SECONDS 30 /* longest wait for anything: a limit, not a pause */

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1];
static struct fault fault;

static json_t *ask(call_handler *handler, const char *id)
{
    json_t *result = town_ask(OUD, handler, json_pack("{s:s}", "id", id), &fault);

    if (!result)
        fail_msg("%s", fault.text);
    return result;
}

static void expect_no_cancel(const char *id, enum fault_code code, const char *says)
{
    json_auto_t *result =
        town_ask(OUD, call_outbox_cancel, json_pack("{s:s}", "id", id), &fault);

    if (result || fault.code != code || !strstr(fault.text, says))
        fail_msg("expected \"%s\", got \"%s\"", says, result ? "a result" : fault.text);
}

/* Waits until the one row with this id is so. */
static void await(const char *table, const char *id, const char *condition)
{
    SCOPED_BUF struct buf text = { 0 };

    buf_addf(&text, "SELECT count(*) FROM %s WHERE id = '%s' AND %s", table, id, condition);
    if (!town_wait(OUD, buf_text(&text), 1, SECONDS))
        fail_msg("not so within %d seconds: %s", SECONDS, buf_text(&text));
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* A message behind the dossier of a handover; what it says does not matter here. */
static void queue_behind(const char *overdracht, char id[UUID_SIZE])
{
    const struct letter letter = { .soort = SOORT_OVERNAME, .overdracht_id = overdracht };

    town_queue(OUD, NIEUW, &letter, id);
}

/* The one message of a new handover, queued for a peer that is not there. */
static void queue_dossier(char overdracht[UUID_SIZE], char id[UUID_SIZE])
{
    town_send(OUD, NIEUW, overdracht);
    json_auto_t *show = ask(call_overdracht_show, overdracht);
    snprintf(id, UUID_SIZE, "%s",
             text_of(json_array_get(json_object_get(show, "messages"), 0), "id"));
}

static void stop_peer(void)
{
    town_stop(NIEUW);
    town_open(NIEUW);
}

static void start_peer(void)
{
    town_stop(NIEUW);
    town_start(NIEUW);
}

/* --- one message ------------------------------------------------------------------------- */

static void what_waits_is_withdrawn_and_the_handover_knows(void **state)
{
    char overdracht[UUID_SIZE], id[UUID_SIZE];

    (void)state;
    stop_peer();
    town_know(OUD, NIEUW, PEER_GESCHORST); /* so that it is never tried */
    queue_dossier(overdracht, id);
    json_auto_t *result = ask(call_outbox_cancel, id);
    assert_string_equal(text_of(result, "state"), "cancelled");
    assert_string_equal(text_of(result, "overdracht"), overdracht);
    assert_int_equal(json_integer_value(json_object_get(result, "attempts")), 0);
    await("outbox", id,
          "state = 'cancelled' AND settled > 0"
          " AND reason = 'cancelled by an operator'");
    await("overdracht", overdracht,
          "state = 'ingetrokken'"
          " AND reden = 'cancelled by an operator'");
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM audit WHERE actor = 'test'"
                                     " AND detail LIKE '% queued -> cancelled'"),
                     1);
    expect_no_cancel(id, FAULT_STATE, "is cancelled: there is nothing to cancel");
    expect_no_cancel("ffff", FAULT_UNKNOWN, "no message ffff in the outbox");
    town_know(OUD, NIEUW, PEER_ACTIEF);
    start_peer();
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM inbox"), 0);
}

static void what_was_tried_says_how_often(void **state)
{
    char overdracht[UUID_SIZE], id[UUID_SIZE];

    (void)state;
    stop_peer();
    queue_dossier(overdracht, id);
    await("outbox", id, "state = 'queued' AND attempts > 0");
    town_do(OUD, "UPDATE outbox SET next_try = 9000000000 WHERE state = 'queued'");
    json_auto_t *result = ask(call_outbox_cancel, id);
    assert_true(json_integer_value(json_object_get(result, "attempts")) > 0);
}

/* Takes connections and says nothing, so that an attempt lasts. */
static int deaf_ear(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 64), 0);
    return fd;
}

static void what_is_in_flight_is_not_withdrawn(void **state)
{
    char overdracht[UUID_SIZE], id[UUID_SIZE];

    (void)state;
    stop_peer();
    town_do(OUD, "UPDATE peer SET next_try = 0, failures = 0");
    int ear = deaf_ear(NIEUW->port);
    queue_dossier(overdracht, id);
    await("outbox", id, "state = 'sending'");
    expect_no_cancel(id, FAULT_TEMPORARY, "is being sent at this moment; try again");
    await("overdracht", overdracht, "state = 'verzonden'");
    close(ear);
    start_peer();
    await("outbox", id, "state = 'delivered'");
    expect_no_cancel(id, FAULT_STATE, "is delivered: there is nothing to cancel");
}

/* --- those behind it --------------------------------------------------------------------- */

static void refuse_it(struct forgery *forgery)
{
    forgery->receipt.aangenomen = false;
    snprintf(forgery->receipt.code, sizeof(forgery->receipt.code), "regel");
    snprintf(forgery->receipt.tekst, sizeof(forgery->receipt.tekst), "dossier/pip: leeg");
}

/* How the first of three ends, and what is then read of the others. */
static void by_receipt(const char *id)
{
    static const struct lie REFUSAL = { .status = 200, .spoil = refuse_it };
    struct fake *fake = fake_start(NIEUW);

    fake_tell(fake, &REFUSAL);
    town_do(OUD, "UPDATE peer SET next_try = 0, failures = 0");
    town_do(OUD, "UPDATE outbox SET next_try = 0 WHERE state = 'queued'");
    couriers_wake(OUD->gateway.couriers);
    await("outbox", id, "state = 'refused'");
    fake_stop(fake);
}

static void by_time(const char *id)
{
    SCOPED_BUF struct buf text = { 0 };

    buf_addf(&text, "UPDATE outbox SET expires = 1, reason = 'geen antwoord' WHERE id = '%s'",
             id);
    town_do(OUD, buf_text(&text));
    couriers_wake(OUD->gateway.couriers);
    await("outbox", id, "state = 'expired'");
}

static void by_operator(const char *id)
{
    json_decref(ask(call_outbox_cancel, id));
}

static void what_stands_behind_a_message_ends_with_its_reason(void **state)
{
    static const struct {
        void (*end)(const char *id);
        const char *how, *state, *betekenis;
    } CASES[] = {
        { by_receipt, "was refused: regel: dossier/pip: leeg", "geweigerd", "regel" },
        { by_time, "expired: geen antwoord", "verlopen", NULL },
        { by_operator, "was cancelled: cancelled by an operator", "ingetrokken", NULL },
    };

    (void)state;
    stop_peer();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char overdracht[UUID_SIZE], id[UUID_SIZE], behind[2][UUID_SIZE], why[200];
        town_do(OUD, "UPDATE peer SET next_try = 9000000000");
        queue_dossier(overdracht, id);
        queue_behind(overdracht, behind[0]);
        queue_behind(overdracht, behind[1]);
        CASES[i].end(id);
        snprintf(why, sizeof(why), "the message before it, %s, %s", id, CASES[i].how);
        for (size_t b = 0; b < 2; b++) {
            json_auto_t *show = ask(call_outbox_show, behind[b]);
            assert_string_equal(text_of(show, "state"), "cancelled");
            assert_string_equal(text_of(show, "reason"), why);
        }
        json_auto_t *show = ask(call_outbox_show, id);
        assert_string_equal(text_of(show, "betekenis"),
                            CASES[i].betekenis ? receipt_meaning(CASES[i].betekenis) : "");
        json_auto_t *handover = ask(call_overdracht_show, overdracht);
        assert_string_equal(text_of(handover, "state"), CASES[i].state);
    }
}

static void only_what_stands_behind_is_withdrawn_with_it(void **state)
{
    char overdracht[UUID_SIZE], id[UUID_SIZE], middle[UUID_SIZE], last[UUID_SIZE];

    (void)state;
    town_do(OUD, "UPDATE peer SET next_try = 9000000000");
    queue_dossier(overdracht, id);
    queue_behind(overdracht, middle);
    queue_behind(overdracht, last);
    json_decref(ask(call_outbox_cancel, middle));
    await("outbox", id, "state = 'queued'");
    await("outbox", last, "state = 'cancelled'");
    await("overdracht", overdracht, "state = 'verzonden'");
    json_decref(ask(call_outbox_cancel, id));
}

/* --- one in flight ----------------------------------------------------------------------- */

enum { RACERS = 8, HANDOVERS = 3, MESSAGES = 30 };

struct racer {
    pthread_t thread;
    int64_t claimed;
    bool failed, doubled, disorder;
};

struct round {
    struct racer *racer;
    struct outbox_row row;
    bool done; /* nothing is open any more */
};

static bool count_open(sqlite3 *db, struct round *round, struct fault *why)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found;

    if (!sql_query(db, &stmt, why,
                   "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')", "")
        || !sql_row(stmt, &found, why))
        return false;
    round->done = sqlite3_column_int(stmt, 0) == 0;
    return true;
}

/* Takes one as a courier does, and looks whether it is alone and the oldest of its handover.
 */
static bool claim_work(sqlite3 *db, void *argument, struct fault *why)
{
    struct round *round = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    int64_t next;
    bool found;

    if (!outbox_claim(db, clock_now(), (struct outbox_cap){ 16, 16 }, &round->row, &next, why))
        return false;
    if (!round->row.seq)
        return count_open(db, round, why);
    if (!sql_query(db, &stmt, why,
                   "SELECT (SELECT count(*) FROM outbox WHERE overdracht = ?1"
                   "  AND state = 'sending'),"
                   " (SELECT count(*) FROM outbox WHERE overdracht = ?1 AND seq < ?2"
                   "  AND state IN ('queued', 'sending'))",
                   "ti", round->row.overdracht, round->row.seq)
        || !sql_row(stmt, &found, why))
        return false;
    round->racer->doubled |= sqlite3_column_int(stmt, 0) != 1;
    round->racer->disorder |= sqlite3_column_int(stmt, 1) != 0;
    return true;
}

/* Every third is put back once, as after a failure: it must stay in front. */
static bool end_work(sqlite3 *db, void *argument, struct fault *why)
{
    static const struct buf RECEIPT = { 0 };
    struct round *round = argument;
    struct racer *racer = round->racer;

    if (racer->claimed++ % 3 == 0)
        return outbox_again(db, &round->row, "nog eens", clock_now(), why);
    return outbox_settle(db, &round->row, OUTBOX_DELIVERED, "", &RECEIPT, why);
}

static void *race(void *argument)
{
    struct racer *racer = argument;
    int64_t until = clock_monotonic_ms() + SECONDS * 1000LL;
    bool done = false;

    while (!done && clock_monotonic_ms() < until) {
        struct round round = { .racer = racer };
        struct fault why = { 0 };
        bool good = store_run(OUD->gateway.store, claim_work, &round, &why);
        if (good && round.row.seq)
            good = store_run(OUD->gateway.store, end_work, &round, &why);
        outbox_row_finish(&round.row);
        racer->failed |= !good;
        done = round.done || !good;
    }
    return NULL;
}

static void of_one_handover_never_two_are_in_flight(void **state)
{
    struct racer racers[RACERS] = { 0 };
    char overdracht[HANDOVERS][UUID_SIZE], id[UUID_SIZE];
    int64_t claimed = 0;

    (void)state;
    town_stop(OUD);
    town_open(OUD); /* without couriers of its own */
    town_do(OUD, "UPDATE peer SET next_try = 0");
    for (int h = 0; h < HANDOVERS; h++)
        town_send(OUD, NIEUW, overdracht[h]);
    for (int m = 0; m < HANDOVERS * MESSAGES; m++)
        queue_behind(overdracht[m % HANDOVERS], id);
    for (int i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    for (int i = 0; i < RACERS; i++) {
        pthread_join(racers[i].thread, NULL);
        assert_false(racers[i].failed);
        assert_false(racers[i].doubled);
        assert_false(racers[i].disorder);
        claimed += racers[i].claimed;
    }
    assert_in_range(claimed, HANDOVERS * (MESSAGES + 1), 1000);
    assert_int_equal(
        town_count(OUD, "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')"),
        0);
}

static int start(void **state)
{
    (void)state;
    town_install();
    town_gather(TOWNS, COUNT, COUNT);
    town_stop(OUD);
    town_start(OUD);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_is_withdrawn_and_the_handover_knows),
        cmocka_unit_test(what_was_tried_says_how_often),
        cmocka_unit_test(what_is_in_flight_is_not_withdrawn),
        cmocka_unit_test(what_stands_behind_a_message_ends_with_its_reason),
        cmocka_unit_test(only_what_stands_behind_is_withdrawn_with_it),
        cmocka_unit_test(of_one_handover_never_two_are_in_flight),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
