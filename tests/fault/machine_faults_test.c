/* Each system call by which a daemon keeps what it must not lose, made to fail or to be its
 * last, now here, now there, at the sender and at the receiver, while messages flow. After
 * each fault the daemon is started again without it, and then: every request that was made is
 * there exactly once, delivered exactly once; both databases are whole, both audit chains
 * hold.
 *
 * A few lanes, each with two towns of its own, share the cases. strace makes the faults
 * (-e inject), as a grandchild (-D), so that the daemon is ours to end. With an argument only
 * every so many'th case is tried.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/audit.h"
#include "gateway/clock.h"
#include "peers/file.h"
#include "tests/fault/ask.h"
#include "tests/fault/child.h"

#define LANES 3
#define WINDOW_MS                                                                             \
    1200 /* how long a fault lasts at most: no pause, it ends when all is done                \
          */
#define PATIENCE_MS 30000
#define REQUESTS 5 /* per case */
#define DOCUMENT_BYTES 2500000
#define WHEN_MAX 10
#define WHEN_SIZE 8

/* clang-format off */
static const struct row {
    const char *call, *fault;
    const char *when; /* the nth call of a thread; n+: it and all after it, n+2: every other */
    bool document;    /* a message with one beside it waits as well */
} ROWS[] = {
    { "pwrite64",      "error=ENOSPC", "1 2 5 9 14 20 31 3+ 12+ 7+3", false },
    { "pwrite64",      "error=EIO",    "1 3 8 16 27 5+ 15+", false },
    { "pwrite64",      "error=EROFS",  "2 11 1+", false },
    { "pwrite64",      "error=EINTR",  "1 4 9 2+2", false },
    { "fdatasync",     "error=EIO",    "1 2 3 4 5 7 2+ 4+ 1+2", false },
    { "fdatasync",     "error=ENOSPC", "1 2 3 5 6 3+", false },
    { "openat",        "error=EMFILE", "20 40 50 60 45+", false },
    { "openat",        "error=EIO",    "30 45 55 40+", false },
    { "unlink",        "error=EIO",    "1 1+", false },
    { "pread64",       "error=EIO",    "1 3 6 10 8+", false },
    { "fsync",         "error=EIO",    "1 1+", true },
    { "rename",        "error=EIO",    "1 1+", true },
    { "pwrite64",      "error=ENOSPC", "2 6 10+", true },
    { "fsync",         "signal=KILL",  "1 2", true },
    { "rename",        "signal=KILL",  "1", true },
    { "pwrite64",      "signal=KILL",  "3 6 9", true },
    { "pread64",       "signal=KILL",  "12 16 20", true },
    { "pwrite64",      "signal=KILL",  "1 2 4 7 11 16 22 29 37 45", false },
    { "fdatasync",     "signal=KILL",  "1 2 3 4 5 6 7 8 9", false },
    { "openat",        "signal=KILL",  "25 45 55", false },
    { "unlink",        "signal=KILL",  "1 2", false },
    { "read",          "signal=KILL",  "15 40 50 60", false },
    { "write",         "signal=KILL",  "1 2 3 4 6", false },
    { "sendto",        "signal=KILL",  "1 2", false },
    { "close",         "signal=KILL",  "30 60 75", false },
};
/* clang-format on */
#define ROW_COUNT (sizeof(ROWS) / sizeof(ROWS[0]))

enum { SENDER, RECEIVER, ROLES };
static const char *const ROLE[ROLES] = { "sender", "receiver" };

/* Shared by the lanes. */
static struct tally {
    int tried, survived, struck, lost, doubled, replayed;
    char why[400]; /* the first that did not survive */
} (*TALLY)[ROLES];

static int STRIDE = 1;

/* --- a lane ------------------------------------------------------------------------------ */

static struct town TOWNS[ROLES] = {
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

static struct child children[ROLES];
static int64_t total; /* requests made in this lane */

/* Other lanes count too. */
static void add(int *sum, int more)
{
    __atomic_add_fetch(sum, more, __ATOMIC_RELAXED);
}

static bool says_no(struct tally *tally, const char *when, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool says_no(struct tally *tally, const char *when, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (!tally->why[0])
        snprintf(tally->why, sizeof(tally->why), "when=%s: %s", when, text);
    return false;
}

static void open_towns(void)
{
    town_install();
    town_gather(TOWNS, ROLES, ROLES);
    for (int role = 0; role < ROLES; role++) {
        town_stop(&TOWNS[role]);
        children[role] = (struct child){ .town = &TOWNS[role] };
    }
}

static bool whole(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    struct fault fault = { 0 };
    int64_t rows;

    bool good = sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL) == SQLITE_OK
                && sqlite3_step(stmt) == SQLITE_ROW
                && strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    sqlite3_finalize(stmt);
    return good && audit_verify(db, &rows, &fault);
}

/* Looks at the store of a daemon that is gone. */
static bool store_is_whole(const struct town *town)
{
    char path[128];
    sqlite3 *db = NULL;

    snprintf(path, sizeof(path), "%s/store/estafette.db", town->folder);
    bool good =
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && whole(db);
    sqlite3_close(db);
    return good;
}

static bool within(int64_t since_ms, int64_t limit_ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    return clock_monotonic_ms() - since_ms < limit_ms;
}

static void start_victim(int role, const char *call, const char *inject)
{
    char trace[64], path[128];
    const char *const before[] = { "strace", "-D",  "-f", "-qq",  "-o", path,
                                   "-e",     trace, "-e", inject, NULL };

    snprintf(trace, sizeof(trace), "trace=%s", call);
    snprintf(path, sizeof(path), "%s/trace", TOWNS[role].folder);
    children[role].before = before;
    child_start(&children[role]);
    children[role].before = NULL;
    (void)child_says(&children[role], "listens on", 1, 3); /* it may be struck before that */
}

/* Whether the fault really happened. */
static bool was_struck(int role)
{
    SCOPED_BUF struct buf trace = { 0 };
    struct fault fault = { 0 };
    char path[128];

    snprintf(path, sizeof(path), "%s/trace", TOWNS[role].folder);
    return child_gone(&children[role])
           || (file_read(path, 64u << 20, &trace, &fault)
               && strstr(buf_text(&trace), "INJECTED"));
}

/* Makes the requests, and lets what comes of them happen for a while. */
static void let_it_happen(int victim, int waiting, char ids[REQUESTS][UUID_SIZE],
                          bool made[REQUESTS])
{
    int64_t since = clock_monotonic_ms();
    int before = child_count(&children[SENDER], "status=delivered");

    for (int i = 0; i < REQUESTS; i++) {
        uuid_v7(clock_now_ms(), ids[i]);
        made[i] = !child_gone(&children[SENDER])
                  && ask_to_send(&TOWNS[SENDER], &TOWNS[RECEIVER], ids[i]);
    }
    while (within(since, WINDOW_MS) && !child_gone(&children[victim])
           && child_count(&children[SENDER], "status=delivered") < before + REQUESTS + waiting)
        ;
}

static bool repeat_requests(char ids[REQUESTS][UUID_SIZE], const bool made[REQUESTS])
{
    for (int i = 0; i < REQUESTS; i++) {
        bool done = made[i];
        int64_t since = clock_monotonic_ms();
        while (!done && within(since, PATIENCE_MS))
            done = ask_to_send(&TOWNS[SENDER], &TOWNS[RECEIVER], ids[i]);
        if (!done)
            return false;
    }
    return true;
}

static bool all_over(void)
{
    int64_t since = clock_monotonic_ms();

    while (within(since, PATIENCE_MS))
        if (ask_count(&TOWNS[SENDER], "outbox", "delivered") == total)
            break;
    return ask_count(&TOWNS[SENDER], "outbox", NULL) == total
           && ask_count(&TOWNS[SENDER], "outbox", "delivered") == total
           && ask_count(&TOWNS[SENDER], "overdrachten", "verstrekker bezorgd") == total
           && ask_count(&TOWNS[RECEIVER], "overdrachten", "ontvanger ontvangen") == total;
}

static bool judge(struct tally *tally, int victim, const char *when,
                  char ids[REQUESTS][UUID_SIZE], const bool made[REQUESTS])
{
    char why[200];

    if (!store_is_whole(&TOWNS[victim]))
        return says_no(tally, when, "the store is not whole");
    if (!child_listens(&children[victim]))
        return says_no(tally, when, "it does not start again");
    if (!repeat_requests(ids, made))
        return says_no(tally, when, "a request is not answered");
    if (all_over())
        return true;
    int64_t there = ask_count(&TOWNS[RECEIVER], "overdrachten", "ontvanger ontvangen");
    add(&tally->lost, there < total ? (int)(total - there) : 0);
    add(&tally->doubled, there > total ? (int)(there - total) : 0);
    ask_why(&TOWNS[SENDER], why);
    return says_no(
        tally, when, "of %lld: %lld delivered, %lld received (%s)", (long long)total,
        (long long)ask_count(&TOWNS[SENDER], "outbox", "delivered"), (long long)there, why);
}

/* Straight into the store of the sender, which does not run then. */
static void queue_document(void)
{
    char overdracht[UUID_SIZE];

    child_end(&children[SENDER], SIGTERM);
    town_open(&TOWNS[SENDER]);
    town_send_document(&TOWNS[SENDER], &TOWNS[RECEIVER], DOCUMENT_BYTES, overdracht);
    town_stop(&TOWNS[SENDER]);
    total++;
}

/* Before it the daemons run, and after it they do. False: it went wrong, and what comes after
 * it in this lane would tell nothing. */
static bool run_case(size_t row, int victim, const char *when)
{
    struct tally *tally = &TALLY[row][victim];
    struct child *child = &children[victim];
    char inject[96], ids[REQUESTS][UUID_SIZE];
    bool made[REQUESTS];

    snprintf(inject, sizeof(inject), "inject=%s:%s:when=%s", ROWS[row].call, ROWS[row].fault,
             when);
    child_end(child, SIGKILL);
    if (ROWS[row].document)
        queue_document();
    start_victim(victim, ROWS[row].call, inject);
    if (ROWS[row].document)
        (void)child_listens(&children[SENDER]);
    let_it_happen(victim, ROWS[row].document, ids, made);
    total += REQUESTS;
    add(&tally->struck, was_struck(victim));
    add(&tally->replayed, child_count(child, "(again)"));
    child_end(child, SIGKILL);
    bool good = judge(tally, victim, when, ids, made);
    add(&tally->tried, 1);
    add(&tally->survived, good);
    if (victim == RECEIVER) /* the sender repeats what it was not answered */
        add(&tally->replayed, child_count(child, "(again)"));
    return good;
}

/* Every LANES'th case of this row, of every STRIDE'th. */
static bool run_row(size_t row, int victim, int lane, int *count)
{
    char copy[96], *rest = copy, *when;
    bool good = true;

    if (ROWS[row].document && victim == SENDER)
        return true; /* its file lies there already */
    snprintf(copy, sizeof(copy), "%s", ROWS[row].when);
    while (good && (when = strsep(&rest, " ")))
        if (++*count % STRIDE == 0 && *count / STRIDE % LANES == lane)
            good = run_case(row, victim, when);
    return good;
}

static void run_lane(int lane)
{
    int count = 0;
    bool good = true;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    open_towns();
    for (int role = 0; role < ROLES; role++)
        if (!child_listens(&children[role]))
            abort();
    for (size_t row = 0; row < ROW_COUNT && good; row++)
        for (int victim = 0; victim < ROLES && good; victim++)
            good = run_row(row, victim, lane, &count);
    for (int role = 0; role < ROLES; role++) {
        child_end(&children[role], SIGTERM);
        town_remove(&TOWNS[role]);
    }
}

/* --- all lanes --------------------------------------------------------------------------- */

static void print_row(size_t row, int victim, struct tally *sum)
{
    const struct tally *tally = &TALLY[row][victim];

    sum->tried += tally->tried;
    sum->survived += tally->survived;
    sum->struck += tally->struck;
    sum->lost += tally->lost;
    sum->doubled += tally->doubled;
    sum->replayed += tally->replayed;
    if (!tally->tried)
        return;
    print_message(
        "%-9s %-12s %-9s %s tried=%-3d struck=%-3d survived=%-3d lost=%d doubled=%d %s\n",
        ROWS[row].call, ROWS[row].fault, ROLE[victim],
        ROWS[row].document ? "document" : "        ", tally->tried, tally->struck,
        tally->survived, tally->lost, tally->doubled, tally->why);
}

static void nothing_is_lost_or_doubled_whatever_fails(void **state)
{
    struct tally sum = { 0 };
    pid_t lanes[LANES];

    (void)state;
    for (int lane = 0; lane < LANES; lane++)
        if ((lanes[lane] = fork()) == 0) {
            run_lane(lane);
            _exit(0);
        }
    int broken = 0, status;
    for (int lane = 0; lane < LANES; lane++)
        broken += waitpid(lanes[lane], &status, 0) != lanes[lane] || status != 0;
    for (size_t row = 0; row < ROW_COUNT; row++)
        for (int victim = 0; victim < ROLES; victim++)
            print_row(row, victim, &sum);
    print_message("faults tried=%d struck=%d survived=%d lost=%d doubled=%d (repeats "
                  "recognised: %d)\n",
                  sum.tried, sum.struck, sum.survived, sum.lost, sum.doubled, sum.replayed);
    assert_int_equal(broken, 0);
    assert_true(sum.struck * 10 >= sum.tried * 7); /* the others ended before the nth call */
    assert_int_equal(sum.survived, sum.tried);
}

static bool can_trace(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        execlp("strace", "strace", "-D", "-f", "-qq", "-o", "/dev/null", "true", (char *)NULL);
        _exit(127);
    }
    return waitpid(child, &status, 0) == child && status == 0;
}

static int share(void **state)
{
    (void)state;
    TALLY = mmap(NULL, sizeof(*TALLY) * ROW_COUNT, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return TALLY == MAP_FAILED ? -1 : 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_doubled_whatever_fails),
    };

    if (!can_trace()) {
        printf("SKIPPED: strace is not there, or may not trace here\n");
        return 0;
    }
    if (argc > 1)
        STRIDE = (int)strtol(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, share, NULL);
}
