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

/* Runs a schema of the sources, as an older program did. */
static void run_schema(sqlite3 *db, const char *file)
{
    SCOPED_BUF struct buf schema = { 0 };
    struct fault fault = { 0 };
    char sql[PATH_MAX];

    snprintf(sql, sizeof(sql), "%s/gateway/%s", sample_source(), file);
    assert_true(file_read(sql, 1 << 20, &schema, &fault));
    assert_int_equal(sqlite3_exec(db, buf_text(&schema), NULL, NULL, NULL), SQLITE_OK);
}

/* What an older program left: a peer, a handover, and a message on its way. */
static void leave_version(int version, const char *more)
{
    static const char *const SCHEMAS[] = { "schema.sql", "schema-2.sql", "schema-3.sql" };
    char pragma[64];
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (int i = 0; i < version; i++)
        run_schema(db, SCHEMAS[i]);
    snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", version);
    assert_int_equal(sqlite3_exec(db, pragma, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "INSERT INTO peer (oin, state, card, added, changed)"
                     " VALUES ('1', 'actief', x'00', 0, 0);"
                     "INSERT INTO overdracht (id, rol, state, peer, gemeentecode, eigen_code,"
                     " persoon_sealed, bsn_index, reden, created, changed)"
                     " VALUES ('o', 'verstrekker', 'verzonden', '1', '0', '0', x'01', x'02',"
                     " 'why', 3, 4);"
                     "INSERT INTO outbox (id, overdracht, soort, peer, state, settled_by,"
                     " sealed, canonical, created, expires, next_try) VALUES ('b', 'o',"
                     " 'dossier', '1', 'queued', 'receipt', x'00', x'00', 0, 1, 0);"
                     "INSERT INTO outbox_sent (outbox, sealed) VALUES (1, x'05')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, more, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static bool read_one(sqlite3 *db, void *argument, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    const char **query = argument;
    bool found;

    if (!sql_query(db, &stmt, fault, *query, "") || !sql_row(stmt, &found, fault))
        return false;
    return found || fault_set(fault, FAULT_UNKNOWN, "nothing");
}

static void assert_row(struct store *store, const char *query)
{
    struct fault fault = { 0 };

    if (!store_run(store, read_one, &query, &fault))
        fail_msg("%s: %s", query, fault.text);
}

static void a_database_of_an_older_program_is_brought_up_to_date(void **state)
{
    (void)state;
    leave_version(1, "");
    for (int i = 0; i < 2; i++) { /* and opened again, nothing happens any more */
        struct store *store = open_store();
        assert_row(store, "SELECT 1 FROM outbox WHERE id = 'b' AND signer IS NULL"
                          " AND (SELECT count(*) FROM bijlage) = 0");
        store_close(store);
    }
}

/* clang-format off */
static const struct {
    const char *query;
} KEPT[] = {
    { "SELECT 1 FROM overdracht WHERE id = 'o' AND rol = 'verstrekker' AND state = 'verzonden'"
    " AND peer = '1' AND persoon_sealed = x'01' AND bsn_index = x'02' AND reden = 'why'"
    " AND created = 3 AND changed = 4 AND oorzaak = '' AND vestiging = ''" },
    { "SELECT 1 FROM outbox WHERE seq = 1 AND id = 'b' AND overdracht = 'o' AND peer = '1'"
    " AND signer = x'06' AND sealed_for = x'07' AND receipt = x'08' AND attempts = 9" },
    { "SELECT 1 FROM outbox_sent WHERE outbox = 1 AND sealed = x'05'" },
    { "SELECT 1 FROM bijlage WHERE overdracht = 'o'" },
    { "SELECT 1 FROM duo_clock WHERE failures = 0 AND next_try = 0" },
};
static const struct {
    const char *what, *sql;
    bool good;
} PUT[] = {
    { "a handover without a peer",
      "INSERT INTO overdracht (id, rol, state, gemeentecode, eigen_code, persoon_sealed, created,"
      " changed) VALUES ('n', 'ontvanger', 'gesignaleerd', '', '0', x'00', 0, 0)", true },
    { "a row for DUO outside a handover",
      "INSERT INTO outbox (id, soort, state, settled_by, sealed, canonical, created, expires,"
      " next_try) VALUES ('q', 'pip.lezen', 'queued', 'status', x'00', x'00', 0, 1, 0)", true },
    { "a row for nobody that waits for a receipt",
      "INSERT INTO outbox (id, soort, state, settled_by, sealed, canonical, created, expires,"
      " next_try) VALUES ('r', 'dossier', 'queued', 'receipt', x'00', x'00', 0, 1, 0)", false },
    { "a row of a handover that is not there",
      "INSERT INTO outbox (id, overdracht, soort, state, settled_by, sealed, canonical, created,"
      " expires, next_try) VALUES ('s', 'x', 'pip.lezen', 'queued', 'status', x'00', x'00', 0, 1,"
      " 0)", false },
    { "a second clock", "INSERT INTO duo_clock (one, failures, next_try) VALUES (2, 0, 0)", false },
    { "a task", "INSERT INTO taak (overdracht, soort, created) VALUES ('o', 'pip', 0)", true },
    { "the same task twice", "INSERT INTO taak (overdracht, soort, created) VALUES ('o', 'pip', 1)", false },
    { "a task that was done", "UPDATE taak SET done = 1", true },
    { "and again", "INSERT INTO taak (overdracht, soort, created) VALUES ('o', 'pip', 2)", true },
};
/* clang-format on */

static bool run_sql(sqlite3 *db, void *argument, struct fault *fault)
{
    return sql_do(db, fault, argument, "");
}

static void version_2_with_rows_keeps_them(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    leave_version(2, "UPDATE outbox SET signer = x'06', sealed_for = x'07', receipt = x'08',"
                     " attempts = 9; INSERT INTO bijlage (eigenaar, bericht, sha256, omvang,"
                     " overdracht) VALUES ('1', 'b', 'f', 1, 'o')");
    struct store *store = open_store();
    for (size_t i = 0; i < sizeof(KEPT) / sizeof(KEPT[0]); i++)
        assert_row(store, KEPT[i].query);
    for (size_t i = 0; i < sizeof(PUT) / sizeof(PUT[0]); i++)
        if (store_run(store, run_sql, (void *)(uintptr_t)PUT[i].sql, &fault) != PUT[i].good)
            fail_msg("%s: %s", PUT[i].what, PUT[i].good ? fault.text : "taken");
    store_close(store);
}

/* clang-format off */
static const struct {
    const char *query;
} KEPT_4[] = {
    { "SELECT 1 FROM overdracht WHERE id = 'o' AND state = 'verzonden' AND peer = '1'"
      " AND oorzaak = 'SS121' AND na IS NULL AND verwacht = '' AND toegewezen = ''" },
    { "SELECT 1 FROM overdracht WHERE id = 'p' AND na = 'o'" },
    { "SELECT 1 FROM overdracht_alias WHERE alias = 'a' AND overdracht = 'o'" },
    { "SELECT 1 FROM taak WHERE overdracht = 'o' AND soort = 'pip' AND tekst_sealed = x'09'" },
    { "SELECT 1 FROM outbox WHERE seq = 1 AND id = 'b' AND overdracht = 'o'" },
};
static const struct {
    const char *what, *sql;
    bool good;
} PUT_4[] = {
    { "a note", "INSERT INTO notitie (overdracht, at, actor, soort, tekst_sealed)"
      " VALUES ('o', 0, 'a', 'warm-gesprek', x'00')", true },
    { "a note of another kind", "INSERT INTO notitie (overdracht, at, actor, soort, tekst_sealed)"
      " VALUES ('o', 0, 'a', 'praatje', x'00')", false },
    { "a note about nothing", "INSERT INTO notitie (overdracht, at, actor, soort, tekst_sealed)"
      " VALUES ('x', 0, 'a', 'notitie', x'00')", false },
    { "a delivery", "INSERT INTO aflevering (overdracht, bericht, state, next_try, at)"
      " VALUES ('o', 'b', 'klaar', 0, 0)", true },
    { "the same delivery twice", "INSERT INTO aflevering (overdracht, bericht, state, next_try, at)"
      " VALUES ('o', 'b', 'klaar', 0, 0)", false },
    { "a supply from nowhere", "INSERT INTO aanlevering (id, overdracht, bron, state, next_try, at)"
      " VALUES ('a', 'o', 'lucht', 'klaar', 0, 0)", false },
    { "a supply", "INSERT INTO aanlevering (id, overdracht, bron, state, next_try, at)"
      " VALUES ('a', 'o', 'map', 'klaar', 0, 0)", true },
    { "a supply in no state", "INSERT INTO aanlevering (id, overdracht, bron, state, next_try,"
      " at) VALUES ('b', 'o', 'map', '', 0, 0)", false },
    { "a reminder", "INSERT INTO herinnering (overdracht, soort, uiterlijk, at)"
      " VALUES ('o', 'verzocht', '2026-12-01', 0)", true },
    { "the same reminder twice", "INSERT INTO herinnering (overdracht, soort, uiterlijk, at)"
      " VALUES ('o', 'verzocht', '2026-12-01', 1)", false },
    { "somebody of the household", "INSERT INTO huisgenoot (overdracht, persoon_index)"
      " VALUES ('o', x'02')", true },
    { "a block", "INSERT INTO blokkade (bsn_index, persoon_sealed, reden_sealed, since, by_whom)"
      " VALUES (x'02', x'00', x'00', 0, 'a')", true },
};
/* clang-format on */

static void version_3_with_rows_becomes_version_4_with_the_same_rows(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    leave_version(
        3,
        "UPDATE overdracht SET oorzaak = 'SS121';"
        "INSERT INTO overdracht (id, rol, state, gemeentecode, eigen_code, persoon_sealed,"
        " created, changed, na) VALUES ('p', 'ontvanger', 'gesignaleerd', '', '0', x'00', 0,"
        " 0, 'o'); INSERT INTO overdracht_alias (alias, overdracht) VALUES ('a', 'o');"
        "INSERT INTO taak (overdracht, soort, tekst_sealed, created)"
        " VALUES ('o', 'pip', x'09', 0)");
    struct store *store = open_store();
    for (size_t i = 0; i < sizeof(KEPT_4) / sizeof(KEPT_4[0]); i++)
        assert_row(store, KEPT_4[i].query);
    for (size_t i = 0; i < sizeof(PUT_4) / sizeof(PUT_4[0]); i++)
        if (store_run(store, run_sql, (void *)(uintptr_t)PUT_4[i].sql, &fault)
            != PUT_4[i].good)
            fail_msg("%s: %s", PUT_4[i].what, PUT_4[i].good ? fault.text : "taken");
    store_close(store);
}

static void an_upgrade_that_leaves_a_row_without_its_other_half_is_taken_back(void **state)
{
    struct store *store = NULL;
    struct fault fault = { 0 };

    (void)state;
    leave_version(2, "UPDATE outbox SET overdracht = 'gone'");
    for (int i = 0; i < 2; i++) { /* nothing was changed: the second time it says the same */
        assert_false(store_open(path, &store, &fault));
        assert_int_equal(fault.code, FAULT_STORE);
        assert_non_null(strstr(fault.text, "outbox refers to nothing"));
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
        TEST(version_2_with_rows_keeps_them),
        TEST(version_3_with_rows_becomes_version_4_with_the_same_rows),
        TEST(an_upgrade_that_leaves_a_row_without_its_other_half_is_taken_back),
        TEST(a_file_that_is_no_database_is_refused),
        TEST(only_the_owner_may_read_the_database),
        TEST(an_audit_row_that_was_touched_breaks_the_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
