/* Bells and rounds: no ring is missed, a step that fails keeps nobody else from going, and who
 * stops is waited for. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/bell.h"
#include "gateway/clock.h"
#include "gateway/rounds.h"

#define LONG 3600 /* seconds: whoever waits that long was not woken */

static atomic_int FIRST, SECOND;
static atomic_bool FAILS;

static bool first(struct gateway *gateway, struct fault *fault)
{
    (void)gateway;
    FIRST++;
    return !FAILS || fault_set(fault, FAULT_TEMPORARY, "not today");
}

static bool second(struct gateway *gateway, struct fault *fault)
{
    (void)gateway, (void)fault;
    SECOND++;
    return true;
}

static const struct round_step STEPS[] = { { "the first", first }, { "the second", second } };
static const struct round_plan PLAN = {
    .who = "test", .seconds = LONG, .steps = STEPS, .count = 2
};

static int reset(void **state)
{
    (void)state;
    FIRST = SECOND = 0;
    FAILS = false;
    return 0;
}

static struct rounds *started(void)
{
    struct fault fault = { 0 };
    struct rounds *rounds = rounds_create(NULL, &PLAN);

    assert_true(rounds_start(rounds, &fault));
    return rounds;
}

/* A round began after the last ring, and has ended. */
static void until_it_rests(struct rounds *rounds)
{
    int64_t until = clock_monotonic_ms() + 60000;

    while (!rounds_rest(rounds))
        assert_true(clock_monotonic_ms() < until);
}

static void stop(struct rounds *rounds)
{
    rounds_stop(rounds);
    rounds_destroy(rounds);
}

static void a_ring_before_the_wait_is_not_missed(void **state)
{
    struct bell bell;

    (void)state;
    bell_init(&bell);
    unsigned heard = bell_count(&bell);
    bell_ring(&bell);
    assert_true(bell_wait(&bell, heard, LONG));
    bell_finish(&bell);
}

static void a_wait_ends_when_its_time_is_over(void **state)
{
    struct bell bell;
    int64_t before = clock_monotonic_ms();

    (void)state;
    bell_init(&bell);
    assert_true(bell_wait(&bell, bell_count(&bell), 1));
    assert_in_range(clock_monotonic_ms() - before, 990, 60000);
    bell_finish(&bell);
}

static void nobody_waits_at_a_bell_that_was_stopped(void **state)
{
    struct bell bell;

    (void)state;
    bell_init(&bell);
    assert_false(bell_stopped(&bell));
    bell_stop(&bell);
    assert_true(bell_stopped(&bell));
    assert_false(bell_wait(&bell, bell_count(&bell), LONG));
    bell_ring(&bell);
    assert_false(bell_wait(&bell, bell_count(&bell), LONG));
    bell_finish(&bell);
}

static void the_first_round_comes_without_a_ring(void **state)
{
    struct rounds *rounds = started();

    (void)state;
    until_it_rests(rounds);
    assert_int_equal(FIRST, 1);
    assert_int_equal(SECOND, 1);
    stop(rounds);
}

static void every_ring_is_followed_by_a_whole_round(void **state)
{
    struct rounds *rounds = started();

    (void)state;
    for (int i = 0; i < 200; i++) {
        until_it_rests(rounds);
        int before = SECOND;
        rounds_wake(rounds);
        until_it_rests(rounds);
        assert_int_equal(SECOND, before + 1);
    }
    stop(rounds);
}

static void a_ring_before_the_start_is_no_fault(void **state)
{
    struct fault fault = { 0 };
    struct rounds *rounds = rounds_create(NULL, &PLAN);

    (void)state;
    rounds_wake(rounds);
    assert_false(rounds_rest(rounds));
    assert_true(rounds_start(rounds, &fault));
    until_it_rests(rounds);
    assert_int_equal(FIRST, 1);
    stop(rounds);
}

static void a_step_that_fails_keeps_nobody_else(void **state)
{
    FAILS = true;
    struct rounds *rounds = started();

    (void)state;
    until_it_rests(rounds);
    rounds_wake(rounds);
    until_it_rests(rounds);
    assert_int_equal(FIRST, 2);
    assert_int_equal(SECOND, 2);
    stop(rounds);
}

/* What the log says while `rounds` goes round so many times more. */
static size_t said(struct rounds *rounds, int times)
{
    int old = dup(STDERR_FILENO), log = memfd_create("log", MFD_CLOEXEC);

    dup2(log, STDERR_FILENO);
    for (int i = 0; i < times; i++) {
        rounds_wake(rounds);
        until_it_rests(rounds);
    }
    dup2(old, STDERR_FILENO);
    off_t size = lseek(log, 0, SEEK_END);
    close(log);
    close(old);
    return (size_t)size;
}

static void the_same_fault_at_every_round_is_told_once(void **state)
{
    struct rounds *rounds = started();

    (void)state;
    until_it_rests(rounds);
    FAILS = true;
    assert_int_not_equal(said(rounds, 1), 0);
    assert_int_equal(said(rounds, 5), 0);
    FAILS = false;
    assert_int_equal(said(rounds, 1), 0);
    FAILS = true;
    assert_int_not_equal(said(rounds, 1), 0);
    stop(rounds);
}

static void nothing_begins_after_the_end_and_rings_are_harmless(void **state)
{
    struct rounds *rounds = started();

    (void)state;
    until_it_rests(rounds);
    rounds_end(rounds);
    rounds_wake(rounds);
    rounds_stop(rounds);
    rounds_stop(rounds);
    rounds_wake(rounds);
    assert_int_equal(FIRST, 1);
    rounds_destroy(rounds);
}

static void without_rounds_nothing_happens(void **state)
{
    (void)state;
    rounds_wake(NULL);
    assert_true(rounds_rest(NULL));
    rounds_end(NULL);
    rounds_stop(NULL);
    rounds_destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_ring_before_the_wait_is_not_missed),
        TEST(a_wait_ends_when_its_time_is_over),
        TEST(nobody_waits_at_a_bell_that_was_stopped),
        TEST(the_first_round_comes_without_a_ring),
        TEST(every_ring_is_followed_by_a_whole_round),
        TEST(a_ring_before_the_start_is_no_fault),
        TEST(a_step_that_fails_keeps_nobody_else),
        TEST(the_same_fault_at_every_round_is_told_once),
        TEST(nothing_begins_after_the_end_and_rings_are_harmless),
        TEST(without_rounds_nothing_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
