/* Workers: every job once, a full queue says so, destroy finishes what is queued. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/worker.h"

/* A door that jobs wait behind until the test opens it. */
static pthread_mutex_t LOCK = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t CHANGED = PTHREAD_COND_INITIALIZER;
static bool OPEN;
static int WAITING;
static atomic_int DONE;

static void count(void *argument)
{
    (void)argument;
    DONE++;
}

static void wait_for_the_door(void *argument)
{
    (void)argument;
    pthread_mutex_lock(&LOCK);
    WAITING++;
    pthread_cond_broadcast(&CHANGED);
    while (!OPEN)
        pthread_cond_wait(&CHANGED, &LOCK);
    pthread_mutex_unlock(&LOCK);
    DONE++;
}

static void until_waiting(int jobs)
{
    pthread_mutex_lock(&LOCK);
    while (WAITING < jobs)
        pthread_cond_wait(&CHANGED, &LOCK);
    pthread_mutex_unlock(&LOCK);
}

static void open_the_door(void)
{
    pthread_mutex_lock(&LOCK);
    OPEN = true;
    pthread_cond_broadcast(&CHANGED);
    pthread_mutex_unlock(&LOCK);
}

static int reset(void **state)
{
    (void)state;
    OPEN = false;
    WAITING = 0;
    DONE = 0;
    return 0;
}

static void jobs_queued_before_the_end_are_all_done(void **state)
{
    struct workers *workers = workers_create(3, 1000);

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_true(workers_submit(workers, count, NULL));
    workers_destroy(workers);
    assert_int_equal(DONE, 1000);
}

static void a_full_queue_takes_no_more_and_then_does_again(void **state)
{
    struct workers *workers = workers_create(1, 2);

    (void)state;
    assert_true(workers_submit(workers, wait_for_the_door, NULL));
    until_waiting(1);
    assert_true(workers_submit(workers, wait_for_the_door, NULL));
    assert_true(workers_submit(workers, wait_for_the_door, NULL));
    assert_false(workers_submit(workers, wait_for_the_door, NULL));
    open_the_door();
    until_waiting(2);
    assert_true(workers_submit(workers, wait_for_the_door, NULL));
    workers_destroy(workers);
    assert_int_equal(DONE, 4);
}

static void threads_work_beside_each_other(void **state)
{
    struct workers *workers = workers_create(2, 4);

    (void)state;
    assert_true(workers_submit(workers, wait_for_the_door, NULL));
    assert_true(workers_submit(workers, wait_for_the_door, NULL));
    until_waiting(2);
    open_the_door();
    workers_destroy(workers);
    assert_int_equal(DONE, 2);
}

static void look_at_the_mask(void *argument)
{
    sigset_t blocked;

    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    *(bool *)argument = sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGPIPE);
}

static void workers_take_no_signals_and_the_caller_still_does(void **state)
{
    struct workers *workers = workers_create(1, 1);
    bool in_worker = false, here = true;

    (void)state;
    assert_true(workers_submit(workers, look_at_the_mask, &in_worker));
    workers_destroy(workers);
    look_at_the_mask(&here);
    assert_true(in_worker);
    assert_false(here);
}

static void destroying_nothing_is_allowed(void **state)
{
    (void)state;
    workers_destroy(NULL);
    workers_destroy(workers_create(4, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(jobs_queued_before_the_end_are_all_done, reset),
        cmocka_unit_test_setup(a_full_queue_takes_no_more_and_then_does_again, reset),
        cmocka_unit_test_setup(threads_work_beside_each_other, reset),
        cmocka_unit_test_setup(workers_take_no_signals_and_the_caller_still_does, reset),
        cmocka_unit_test_setup(destroying_nothing_is_allowed, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
