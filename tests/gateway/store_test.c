/* The store: one thread, one transaction for what queued up, nothing told before it is on
 * disk. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/audit.h"
#include "gateway/sql.h"
#include "gateway/store.h"
#include "peers/file.h"
#include "tests/sample.h"

static char folder[64], path[96];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/store_test.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/estafette.db", folder);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const SUFFIXES[] = { "", "-wal", "-shm", "-journal" };
    char file[128];

    (void)state;
    for (size_t i = 0; i < sizeof(SUFFIXES) / sizeof(SUFFIXES[0]); i++) {
        snprintf(file, sizeof(file), "%s%s", path, SUFFIXES[i]);
        unlink(file);
    }
    return rmdir(folder);
}

static struct store *open_store(void)
{
    struct store *store = NULL;
    struct fault fault = { 0 };

    if (!store_open(path, &store, &fault))
        fail_msg("%s", fault.text);
    return store;
}

static bool add_row(sqlite3 *db, void *argument, struct fault *fault)
{
    return audit_add(db, "test", "add", argument, fault, "row");
}

static bool add_row_then_fail(sqlite3 *db, void *argument, struct fault *fault)
{
    return add_row(db, argument, fault) && fault_set(fault, FAULT_STATE, "changed my mind");
}

static bool count_rows(sqlite3 *db, void *argument, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, "SELECT count(*) FROM audit", "")
        || !sql_row(stmt, &row, fault))
        return false;
    *(int64_t *)argument = sqlite3_column_int64(stmt, 0);
    return true;
}

static int64_t rows_in(struct store *store)
{
    struct fault fault = { 0 };
    int64_t rows = -1;

    assert_true(store_run(store, count_rows, &rows, &fault));
    return rows;
}

static void work_that_fails_takes_back_only_itself(void **state)
{
    struct store *store = open_store();
    struct fault fault = { 0 };

    (void)state;
    assert_true(store_run(store, add_row, "a", &fault));
    assert_false(store_run(store, add_row_then_fail, "b", &fault));
    assert_string_equal(fault.text, "changed my mind");
    assert_true(store_run(store, add_row, "c", &fault));
    assert_int_equal(rows_in(store), 2);
    store_close(store);
}

static void what_was_done_is_there_after_reopening(void **state)
{
    struct store *store = open_store();
    struct fault fault = { 0 };

    (void)state;
    assert_true(store_run(store, add_row, "a", &fault));
    store_close(store);
    store = open_store();
    assert_int_equal(rows_in(store), 1);
    store_close(store);
}

/* The child dies without any clean-up right after it was told "done". */
static void what_was_told_done_survives_a_killed_process(void **state)
{
    int status;

    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct fault fault = { 0 };
        struct store *store = NULL;
        if (store_open(path, &store, &fault))
            for (int i = 0; i < 20; i++)
                if (!store_run(store, add_row, "x", &fault))
                    _exit(1);
        kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    struct store *store = open_store();
    assert_int_equal(rows_in(store), 20);
    store_close(store);
}

static void *add_many(void *argument)
{
    struct fault fault = { 0 };

    for (int i = 0; i < 50; i++)
        if (!store_run(argument, add_row, "t", &fault))
            return argument;
    return NULL;
}

static void many_threads_share_the_one_connection(void **state)
{
    struct store *store = open_store();
    pthread_t threads[8];
    void *failed;

    (void)state;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, store), 0);
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(rows_in(store), 400);
    store_close(store);
}

static void a_second_daemon_on_the_home_is_refused(void **state)
{
    struct store *store = open_store();
    struct fault fault = { 0 };
    int status;

    (void)state;
    pid_t child = fork(); /* locks are per process */
    if (child == 0) {
        struct store *second = NULL;
        bool opened = store_open(path, &second, &fault);
        _exit(!opened && fault.code == FAULT_STATE && strstr(fault.text, "another daemon")
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    store_close(store);
}

static bool raise_version(sqlite3 *db, void *argument, struct fault *fault)
{
    (void)argument;
    return sql_do(db, fault, "PRAGMA user_version = 99", "");
}

static void a_database_of_a_newer_program_is_refused(void **state)
{
    struct store *store = open_store();
    struct fault fault = { 0 };

    (void)state;
    assert_true(store_run(store, raise_version, NULL, &fault));
    store_close(store);
    assert_false(store_open(path, &store, &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
    assert_non_null(strstr(fault.text, "schema version 99"));
}

/* What version 1 of the program left: its schema, a peer, and a message on its way. */
static void leave_version_1(void)
{
    SCOPED_BUF struct buf schema = { 0 };
    struct fault fault = { 0 };
    char sql[PATH_MAX];
    sqlite3 *db = NULL;

    snprintf(sql, sizeof(sql), "%s/gateway/schema.sql", sample_source());
    assert_true(file_read(sql, 1 << 20, &schema, &fault));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, buf_text(&schema), NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "PRAGMA user_version = 1;"
                     "INSERT INTO peer (oin, state, card, added, changed)"
                     " VALUES ('1', 'actief', x'00', 0, 0);"
                     "INSERT INTO overdracht (id, rol, state, peer, gemeentecode, eigen_code,"
                     " persoon_sealed, created, changed)"
                     " VALUES ('o', 'verstrekker', 'verzonden', '1', '0', '0', x'00', 0, 0);"
                     "INSERT INTO outbox (id, overdracht, soort, peer, state, settled_by,"
                     " sealed, canonical, created, expires, next_try) VALUES ('b', 'o',"
                     " 'dossier', '1', 'queued', 'receipt', x'00', x'00', 0, 1, 0)",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static bool read_upgraded(sqlite3 *db, void *argument, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT 1 FROM outbox WHERE id = 'b' AND signer IS NULL"
                     " AND (SELECT count(*) FROM bijlage) = 0",
                     "")
           && sql_row(stmt, argument, fault);
}

static void a_database_of_an_older_program_is_brought_up_to_date(void **state)
{
    struct fault fault = { 0 };
    bool found = false;

    (void)state;
    leave_version_1();
    for (int i = 0; i < 2; i++) { /* and opened again, nothing happens any more */
        struct store *store = open_store();
        assert_true(store_run(store, read_upgraded, &found, &fault));
        assert_true(found);
        store_close(store);
    }
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    FILE *file = fopen(path, "w");
    struct store *store = NULL;
    struct fault fault = { 0 };

    (void)state;
    fputs("this is not a database, but it is long enough to look at. ", file);
    for (int i = 0; i < 100; i++)
        fputs("really not. ", file);
    fclose(file);
    assert_false(store_open(path, &store, &fault));
    assert_int_equal(fault.code, FAULT_STORE);
}

static void only_the_owner_may_read_the_database(void **state)
{
    struct store *store = open_store();
    struct stat status;

    (void)state;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    store_close(store);
}

static bool verify_chain(sqlite3 *db, void *argument, struct fault *fault)
{
    return audit_verify(db, argument, fault);
}

static bool run_sql(sqlite3 *db, void *argument, struct fault *fault)
{
    return sql_do(db, fault, argument, "");
}

static void an_audit_row_that_was_touched_breaks_the_chain(void **state)
{
    static const struct {
        const char *what, *sql;
        int64_t row;
    } CASES[] = {
        { "detail changed", "UPDATE audit SET detail = 'other' WHERE seq = 3", 3 },
        { "actor changed", "UPDATE audit SET actor = 'x' WHERE seq = 1", 1 },
        { "time changed", "UPDATE audit SET at = at + 1 WHERE seq = 5", 5 },
        { "row removed", "DELETE FROM audit WHERE seq = 2", 2 },
        { "row moved", "UPDATE audit SET seq = 9 WHERE seq = 5", 5 },
    };
    struct fault fault = { 0 };
    int64_t rows = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct store *store = open_store();
        for (int n = 0; n < 5; n++)
            assert_true(store_run(store, add_row, "a", &fault));
        assert_true(store_run(store, verify_chain, &rows, &fault));
        assert_int_equal(rows, 5);
        assert_true(store_run(store, run_sql, (void *)(uintptr_t)CASES[i].sql, &fault));
        if (store_run(store, verify_chain, &rows, &fault))
            fail_msg("not noticed: %s", CASES[i].what);
        assert_int_equal(rows, CASES[i].row);
        assert_non_null(strstr(fault.text, "does not fit the chain"));
        store_close(store);
        remove_folder(NULL);
        make_folder(NULL);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(work_that_fails_takes_back_only_itself),
        TEST(what_was_done_is_there_after_reopening),
        TEST(what_was_told_done_survives_a_killed_process),
        TEST(many_threads_share_the_one_connection),
        TEST(a_second_daemon_on_the_home_is_refused),
        TEST(a_database_of_a_newer_program_is_refused),
        TEST(a_database_of_an_older_program_is_brought_up_to_date),
        TEST(a_file_that_is_no_database_is_refused),
        TEST(only_the_owner_may_read_the_database),
        TEST(an_audit_row_that_was_touched_breaks_the_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
