/* Daemons whose clock is wrong from the start, or set while messages wait, by an hour, days or
 * a year, on either side: nothing is lost, nothing expires, nothing is refused; when the clock
 * is right again everything arrives, once. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "tests/fault/child.h"

#define SECONDS 60 /* a limit, not a pause */
#define MESSAGES 4
#define HOUR 3600L
#define DAY 86400L
#define YEAR (366 * DAY)

static struct town TOWNS[] = {
    { .oin = "00000099000000001000",
      .code = "0344",
      .naam = "Oud",
      .kind = PKI_P256,
      .level = "info" },
    { .oin = "00000099000000002000",
      .code = "0310",
      .naam = "Nieuw",
      .kind = PKI_P256,
      .level = "info" },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
enum { OUD, NIEUW };

static int64_t *skew[COUNT]; /* seconds each clock is wrong by */
static char files[COUNT][96];

static int gather(void **state)
{
    (void)state;
    town_gather(TOWNS, COUNT, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(files[i], sizeof(files[i]), "%s/skew", TOWNS[i].folder);
        int fd = open(files[i], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0 && ftruncate(fd, sizeof(int64_t)) == 0);
        skew[i] = mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        assert_true(skew[i] != MAP_FAILED);
        close(fd);
    }
    return 0;
}

static int scatter(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        munmap(skew[i], sizeof(int64_t));
    return 0;
}

/* clang-format off */
static const struct wrong {
    const char *what;
    int who;
    bool running; /* set while it runs; else wrong at start */
    int64_t seconds;
    bool doubt;   /* it must notice */
    bool waits;   /* the messages have expired by it: not one is tried */
} CASES[] = {
    { "sender, an hour back at start",      OUD,   false, -HOUR,    true, false },
    { "sender, a year back at start",       OUD,   false, -YEAR,    true, false },
    { "sender, three days ahead at start",  OUD,   false, 3 * DAY,  true,  true },
    { "sender, a year ahead at start",      OUD,   false, YEAR,     true,  true },
    { "sender, an hour back",               OUD,   true,  -HOUR,    true, false },
    { "sender, an hour ahead",              OUD,   true,  HOUR,     true, false },
    { "sender, three days ahead",           OUD,   true,  3 * DAY,  true,  true },
    { "sender, a year ahead",               OUD,   true,  YEAR,     true,  true },
    { "receiver, an hour back at start",    NIEUW, false, -HOUR,    true, false },
    { "receiver, a year ahead at start",    NIEUW, false, YEAR,     false, false },
    { "receiver, an hour back",             NIEUW, true,  -HOUR,    true, false },
    { "receiver, three days ahead",         NIEUW, true,  3 * DAY,  true, false },
    { "receiver, a year ahead",             NIEUW, true,  YEAR,     true, false },
};
/* clang-format on */

static struct child children[COUNT];

static void start(int who)
{
    children[who] =
        (struct child){ .town = &TOWNS[who], .preload = SKEW_SO, .skew = files[who] };
    if (!child_listens(&children[who]))
        fail_msg("%s does not start", TOWNS[who].naam);
}

static void await(int who, const char *word, int times)
{
    SCOPED_BUF struct buf log = { 0 };

    if (child_says(&children[who], word, times, SECONDS))
        return;
    child_log(&children[who], &log);
    fail_msg("%s does not say so: %s\n%s", TOWNS[who].naam, word, buf_text(&log));
}

/* The one whose clock is wrong first, so that it is before a message comes. */
static void go_wrong(const struct wrong *wrong)
{
    if (!wrong->running)
        *skew[wrong->who] = wrong->seconds;
    start(wrong->who);
    if (wrong->running) {
        if (wrong->who == OUD)
            await(OUD, "attempt=", 1); /* it knows what it waits for */
        *skew[wrong->who] = wrong->seconds;
    }
    if (wrong->doubt)
        await(wrong->who, "alarm=klok", 1);
    start(1 - wrong->who);
    if (!wrong->waits)
        await(OUD, "attempt=", 1);
}

/* All have arrived; how many went wrong. */
static void verify(const struct wrong *wrong, int64_t sent, int64_t before)
{
    int64_t delivered, received, expired, refused;

    for (size_t i = 0; i < COUNT; i++) {
        assert_true(child_end(&children[i], SIGTERM));
        town_open(&TOWNS[i]);
    }
    delivered =
        town_count(&TOWNS[OUD], "SELECT count(*) FROM outbox WHERE state = 'delivered'");
    expired = town_count(&TOWNS[OUD], "SELECT count(*) FROM outbox WHERE state = 'expired'");
    refused = town_count(&TOWNS[NIEUW], "SELECT count(*) FROM inbox WHERE code <> ''");
    received = town_count(&TOWNS[NIEUW], "SELECT count(DISTINCT canonical) FROM inbox");
    print_message("  %-34s lost=%lld expired=%lld refused=%lld, %lld ms\n", wrong->what,
                  (long long)(sent - received), (long long)expired, (long long)refused,
                  (long long)(clock_monotonic_ms() - before));
    assert_int_equal(delivered, sent);
    assert_int_equal(received, sent);
    assert_int_equal(town_count(&TOWNS[NIEUW], "SELECT count(*) FROM inbox"), sent);
}

static void run_case(const struct wrong *wrong)
{
    char overdracht[UUID_SIZE];
    int64_t before = clock_monotonic_ms();

    for (int i = 0; i < MESSAGES; i++)
        town_send(&TOWNS[OUD], &TOWNS[NIEUW], overdracht);
    int64_t sent = town_count(&TOWNS[OUD], "SELECT count(*) FROM outbox");
    for (size_t i = 0; i < COUNT; i++)
        town_stop(&TOWNS[i]);
    go_wrong(wrong);
    *skew[wrong->who] = 0;
    await(OUD, "status=delivered", MESSAGES);
    verify(wrong, sent, before);
}

static void whatever_the_clock_does_everything_arrives_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        run_case(&CASES[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_clock_does_everything_arrives_once),
    };

    town_install();
    return cmocka_run_group_tests(tests, gather, scatter);
}
