/* month -- a month of handovers between five municipalities and DUO's stand-in, by a clock
 * that leaps: people move, move on and move back, dossiers cross, answers are lost, DUO has
 * its days. Behind it every handover must have ended, the same on both sides, with a reason.
 *
 * usage: month [--full | --people N] [--seed S] [--log FILE]
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codecs/datum.h"
#include "codecs/werkdag.h"
#include "gateway/clock.h"
#include "tests/month/desk.h"
#include "tests/month/floor.h"
#include "tests/month/ledger.h"
#include "tests/month/plan.h"
#include "tests/month/region.h"
#include "tests/month/supply.h"
#include "tests/month/trouble.h"
#include "tests/month/watch.h"

#define PEOPLE 48        /* each story once, and some twice */
#define FULL 900         /* about two thousand handovers, both sides counted */
#define LONGEST_DAYS 210 /* until all must have ended */
#define QUIET_DAY 49     /* a Monday: from here on a week at a time */

/* Hours after LEAP_START's (seven in the morning, UTC). */
static const int PARTS[] = { 0, 3, 8 };
#define PARTS_COUNT (sizeof(PARTS) / sizeof(PARTS[0]))

struct order {
    size_t people;
    uint64_t seed;
    const char *log; /* NULL: it is not kept */
};

static bool read_order(int argc, char **argv, struct order *order)
{
    static const struct option OPTIONS[] = { { "people", required_argument, NULL, 'n' },
                                             { "full", no_argument, NULL, 'f' },
                                             { "seed", required_argument, NULL, 's' },
                                             { "log", required_argument, NULL, 'l' },
                                             { NULL, 0, NULL, 0 } };
    int option;

    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        unsigned long number = optarg ? strtoul(optarg, NULL, 10) : 0;
        if (option == 'n')
            order->people = number;
        else if (option == 'f')
            order->people = FULL;
        else if (option == 's')
            order->seed = number;
        else if (option == 'l')
            order->log = optarg;
        else
            return false;
    }
    return optind == argc && order->people > 0 && order->people <= PEOPLE_MAX;
}

/* --- the log -------------------------------------------------------------------------------
 */

/* All towns write to the same; it is read when all is over. */
static int catch_log(const char *kept)
{
    char path[] = "/tmp/estafette_month.XXXXXX";
    int file = kept ? open(kept, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : mkstemp(path);

    if (file < 0 || dup2(file, STDERR_FILENO) < 0)
        abort();
    if (!kept)
        unlink(path);
    return file;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* A BSN of ours, standing by itself: in a UUID or a digest it is chance. */
static size_t count_canaries(const char *line)
{
    size_t found = 0;

    for (const char *at = strstr(line, "9999"); at; at = strstr(at + 1, "9999"))
        found += strspn(at, "0123456789") == 9 && !is_word(at[9])
                 && (at == line || !is_word(at[-1]));
    return found;
}

static size_t check_log(int file)
{
    size_t wrong = 0, lines = 0;
    char line[4096];

    FILE *log = fdopen(file, "r");
    rewind(log);
    while (fgets(line, sizeof(line), log)) {
        lines++;
        if (count_canaries(line) == 0)
            continue;
        wrong++;
        printf("  WRONG the log holds a BSN: line %zu\n", lines);
    }
    printf("%zu lines of log\n", lines);
    fclose(log);
    return wrong;
}

/* --- the month ------------------------------------------------------------------------------
 */

static bool is_working_day(int day)
{
    long day_1970 = datum_day("1970-01-01") + LEAP_START / LEAP_DAY;

    return werkdag_is(day_1970 + day);
}

static void live_through(int day, size_t part)
{
    region_leap(LEAP_START + (time_t)day * LEAP_DAY + PARTS[part] * 3600L);
    region_settle();
    if (part == 0) {
        trouble_day(day);
        plan_day(day);
        supply_fill();
    } else {
        desk_works();
        supply_fill();
    }
    region_settle();
}

static int live(size_t *wrong)
{
    int day = 0;

    for (; day < LONGEST_DAYS; day += day < QUIET_DAY ? 1 : 7) {
        int64_t before = clock_monotonic_ms();
        for (size_t part = 0; part < (is_working_day(day) ? PARTS_COUNT : 1); part++)
            live_through(day, part);
        size_t open = ledger_open();
        printf("day %3d: %zu open, %lld ms\n", day, open,
               (long long)(clock_monotonic_ms() - before));
        fflush(stdout);
        *wrong += watch_evening();
        if (day > PLAN_DAYS + 10 && open == 0)
            break;
    }
    return day;
}

static void tell_faults(void)
{
    const char *what;
    json_t *times;

    printf("\nrefused at a desk:\n");
    json_object_foreach ((json_t *)desk_faults(), what, times)
        printf("%6lld  %s\n", (long long)json_integer_value(times), what);
}

static void tell(const struct order *order, int days, int64_t ms)
{
    struct trouble_count trouble = trouble_counted();
    double least = floor_message_ms() * (double)ledger_messages();

    ledger_report();
    watch_report();
    tell_faults();
    printf(
        "\n%zu people, seed %llu: %zu handovers (both sides counted), %zu messages in %d days"
        " of the month and %.1f s: %.1f handovers/s\n",
        order->people, (unsigned long long)order->seed, ledger_handovers(), ledger_messages(),
        days, (double)ms / 1000, (double)ledger_handovers() * 1000 / (double)ms);
    printf("signing, sealing and opening the messages alone takes %.1f s of it (1 : %.0f)\n",
           least / 1000, (double)ms / least);
    printf("of messages %lld were heard, %lld were not, of %lld the receipt was lost\n",
           (long long)trouble.heard, (long long)trouble.unheard, (long long)trouble.lost);
}

int main(int argc, char **argv)
{
    struct order order = { PEOPLE, 1, NULL };

    if (!read_order(argc, argv, &order)) {
        fprintf(stderr, "usage: month [--full | --people N] [--seed S] [--log FILE]\n");
        return 64;
    }
    int log = catch_log(order.log);
    supply_begin();
    region_start();
    people_make(order.people, order.seed);
    plan_make(order.seed);
    desk_open(order.seed);
    trouble_start(order.seed);
    int64_t before = clock_monotonic_ms();
    size_t wrong = 0;
    int days = live(&wrong);
    int64_t ms = clock_monotonic_ms() - before;
    tell(&order, days, ms);
    wrong += ledger_check();
    region_stop();
    supply_end();
    desk_close();
    wrong += check_log(log);
    printf("%s: %zu wrong\n", wrong ? "FAILED" : "OK", wrong);
    return wrong > 0;
}
