/* The clock: when it is in doubt, for how long, and who hears of a jump. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/doubt.h"
#include "gateway/sql.h"

extern const char schema_sql[], schema_2_sql[], schema_3_sql[], schema_4_sql[];

static struct doubt doubt;
static struct fault fault;

static int start(void **state)
{
    (void)state;
    doubt_init(&doubt);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    doubt_finish(&doubt);
    return 0;
}

/* As if the wall clock stood so far from where it is. */
static void set_clock(int64_t seconds)
{
    doubt_look(&doubt, clock_now_ms() + seconds * 1000, clock_boot_ms());
}

static void a_clock_that_runs_is_believed(void **state)
{
    char why[DOUBT_TEXT_MAX];

    (void)state;
    assert_false(doubt_now(&doubt));
    assert_false(doubt_jumped(&doubt));
    assert_false(doubt_why(&doubt, why));
}

static void small_corrections_are_no_jump(void **state)
{
    (void)state;
    for (int seconds = 0; seconds <= 590; seconds += 59)
        set_clock(seconds);
    for (int seconds = 590; seconds >= 0; seconds -= 59)
        set_clock(seconds);
    assert_false(doubt_jumped(&doubt));
    assert_false(doubt_now(&doubt));
}

static void a_jump_either_way_is_told_once_and_doubted_an_hour(void **state)
{
    static const struct {
        int64_t seconds;
        const char *says;
    } CASES[] = { { 3600, "the clock jumped by +3600 seconds" },
                  { -31536000, "the clock jumped by -31536000 seconds" } };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char why[DOUBT_TEXT_MAX];
        stop(NULL), start(NULL);
        set_clock(CASES[i].seconds);
        assert_string_equal(doubt.why, CASES[i].says);
        assert_in_range(doubt.until_ms - clock_boot_ms(), 3590000, 3600000);
        set_clock(0); /* set right: another jump, no second telling */
        assert_true(doubt_jumped(&doubt));
        assert_false(doubt_jumped(&doubt));
        assert_true(doubt_now(&doubt));
        assert_true(doubt_why(&doubt, why));
        doubt.until_ms = clock_boot_ms();
        assert_false(doubt_now(&doubt));
        assert_false(doubt_why(&doubt, why));
    }
}

static void add_history(sqlite3 *db, int64_t seconds_ago, bool waiting)
{
    assert_true(audit_add(db, "test", "test", "test", &fault, "a row"));
    assert_true(sql_do(db, &fault, "UPDATE audit SET at = ?", "i",
                       (int64_t)clock_now() - seconds_ago));
    if (waiting)
        assert_true(
            sql_do(db, &fault,
                   "INSERT INTO outbox (id, overdracht, soort, peer, state, settled_by,"
                   " sealed, canonical, created, expires, next_try) VALUES ('m', 'h',"
                   " 'dossier', 'p', 'queued', 'receipt', x'00', x'00', 1, 1, 1)",
                   ""));
}

static void at_start_the_newest_audit_row_tells(void **state)
{
    static const struct {
        int64_t ago;
        bool waiting, doubtful;
    } CASES[] = {
        { 60, true, false },        { -290, true, false },    { -310, false, true },
        { -310, true, true },       { 172700, true, false },  { 172900, true, true },
        { 172900, false, false },   { -172900, false, true }, { 31536000, true, true },
        { 31536000, false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        sqlite3 *db;
        stop(NULL), start(NULL);
        assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, schema_sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, schema_2_sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, schema_3_sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, schema_4_sql, NULL, NULL, NULL), SQLITE_OK);
        assert_true(doubt_compare(db, &doubt, &fault)); /* an empty store says nothing */
        assert_false(doubt_now(&doubt));
        add_history(db, CASES[i].ago, CASES[i].waiting);
        assert_true(doubt_compare(db, &doubt, &fault));
        if (doubt_now(&doubt) != CASES[i].doubtful)
            fail_msg("case %zu: %s", i, doubt.why);
        assert_false(doubt_jumped(&doubt));
        sqlite3_close(db);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_clock_that_runs_is_believed),
        TEST(small_corrections_are_no_jump),
        TEST(a_jump_either_way_is_told_once_and_doubted_an_hour),
        TEST(at_start_the_newest_audit_row_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
