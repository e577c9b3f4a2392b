/* The outbox: what goes to DUO has a lane, a cap and a clock of its own, and its end touches
 * nobody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/duo_clock.h"
#include "gateway/outbox.h"
#include "gateway/sql.h"

extern const char schema_sql[], schema_2_sql[], schema_3_sql[], schema_4_sql[];

#define PEER "00000099000000001000"
#define OTHER "00000099000000002000"
#define NOW 1800000000
#define CAP ((struct outbox_cap){ 2, 2 })

static sqlite3 *db;
static struct fault fault;

static int open_db(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof(fault));
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        return -1;
    if (sqlite3_exec(db, schema_sql, NULL, NULL, NULL) != SQLITE_OK
        || sqlite3_exec(db, schema_2_sql, NULL, NULL, NULL) != SQLITE_OK
        || sqlite3_exec(db, schema_3_sql, NULL, NULL, NULL) != SQLITE_OK
        || sqlite3_exec(db, schema_4_sql, NULL, NULL, NULL) != SQLITE_OK)
        return -1;
    return sqlite3_exec(
        db,
        "INSERT INTO peer (oin, state, card, added, changed) VALUES"
        " ('" PEER "', 'actief', x'00', 1, 1), ('" OTHER "', 'actief', x'00', 1, 1);"
        "INSERT INTO overdracht (id, rol, state, peer, gemeentecode, eigen_code,"
        " persoon_sealed, created, changed) VALUES"
        " ('h1', 'verstrekker', 'verzonden', '" PEER "', '0344', '0141', x'00', 1, 1),"
        " ('h2', 'verstrekker', 'verzonden', '" PEER "', '0344', '0141', x'00', 1, 1),"
        " ('h3', 'verstrekker', 'verzonden', '" OTHER "', '0344', '0141', x'00', 1, 1)",
        NULL, NULL, NULL);
}

static int close_db(void **state)
{
    (void)state;
    return sqlite3_close(db);
}

static void add_soort(const char *id, const char *overdracht, const char *peer,
                      const char *soort)
{
    struct outbox_row row = { .expires = NOW + 10 };

    snprintf(row.id, sizeof(row.id), "%s", id);
    snprintf(row.overdracht, sizeof(row.overdracht), "%s", overdracht);
    snprintf(row.soort, sizeof(row.soort), "%s", soort);
    snprintf(row.peer, sizeof(row.peer), "%s", peer);
    buf_add_text(&row.sealed, id);
    if (!outbox_add(db, "test", &row, &fault))
        fail_msg("%s", fault.text);
    outbox_row_finish(&row);
    assert_true(sql_do(db, &fault, "UPDATE outbox SET next_try = 0, created = 0", ""));
}

static void add(const char *id, const char *overdracht)
{
    add_soort(id, overdracht, PEER, "dossier");
}

static void add_duo(const char *id, const char *overdracht, const char *operation)
{
    add_soort(id, overdracht, "", operation);
}

static void set_sql(const char *text)
{
    assert_true(sql_do(db, &fault, text, ""));
}

static int64_t count(const char *query)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, &fault, query, "") || !sql_row(stmt, &row, &fault) || !row)
        fail_msg("%s: %s", query, fault.text);
    return sqlite3_column_int64(stmt, 0);
}

/* The id that is claimed now; "" when nothing is due. The row stays claimed. */
static const char *claim(struct outbox_row *row)
{
    int64_t next;

    if (!outbox_claim(db, NOW, CAP, row, &next, &fault))
        fail_msg("%s", fault.text);
    return row->seq ? row->id : "";
}

static void what_goes_to_duo_is_a_lane_of_its_own(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 }, none = { 0 };
    const struct buf answer = { 0 };

    (void)state;
    add("m111", "h1");
    add_duo("d111", "h1", "pip.lezen");
    add_duo("d222", "h1", "pip.melden");
    add("m222", "h1");
    assert_string_equal(claim(&none), "m111");
    assert_string_equal(claim(&row), "d111"); /* the peer's row does not stop it */
    assert_string_equal(row.peer, "");
    assert_string_equal(row.settled_by, "status");
    assert_string_equal(claim(&none), "");
    assert_true(outbox_settle(db, &row, OUTBOX_DELIVERED, "", &answer, &fault));
    assert_int_equal(count("SELECT count(*) FROM audit WHERE actor = 'DUO'"), 1);
    assert_string_equal(claim(&none), "d222");
    assert_string_equal(claim(&none), "");
}

static void duo_has_a_cap_and_a_clock_of_its_own(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    int failures;
    int64_t next;

    (void)state;
    add_duo("d111", "", "pip.lezen"); /* outside a handover nobody waits for another */
    add_duo("d222", "", "pip.lezen");
    add_duo("d333", "h1", "pip.lezen");
    add("m111", "h1");
    assert_true(duo_clock_set(db, 3, NOW + 5, &fault));
    assert_true(duo_clock_read(db, &failures, &next, &fault));
    assert_int_equal(failures, 3);
    assert_string_equal(claim(&row), "m111");
    assert_true(outbox_claim(db, NOW, CAP, &row, &next, &fault));
    assert_int_equal(row.seq, 0);
    assert_int_equal(next, NOW + 5);
    assert_true(outbox_find(db, "d111", &row, &fault));
    assert_int_equal(row.next_try, NOW + 5);
    assert_true(outbox_retry(db, "uid 0", &row, &fault));
    assert_string_equal(claim(&row), "d111");
    assert_string_equal(row.overdracht, "");
    assert_string_equal(claim(&row), "d222");
    assert_string_equal(claim(&row), ""); /* two are in flight */
    set_sql("UPDATE outbox SET state = 'delivered' WHERE id = 'd111'");
    assert_string_equal(claim(&row), "d333");
}

/* clang-format off */
static const struct {
    const char *ended, *cancelled; /* behind it: a report, a query, a report, the peer's row */
} BEHIND[] = {
    { "pip.melden", "d222 d444 " },
    { "pip.lezen",  "" },
};
/* clang-format on */

static void behind_a_report_that_failed_only_reports_are_cancelled(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(BEHIND) / sizeof(BEHIND[0]); i++) {
        SCOPED_OUTBOX_ROW struct outbox_row row = { 0 }, next = { 0 };
        SCOPED_BUF struct buf cancelled = { 0 };
        bool found = true;

        set_sql("DELETE FROM outbox");
        add_duo("d111", "h1", BEHIND[i].ended);
        add_duo("d222", "h1", "map.melden");
        add_duo("d333", "h1", "map.lezen");
        add_duo("d444", "h1", "contactpersoon.koppelen");
        add("m555", "h1");
        assert_true(outbox_find(db, "d111", &row, &fault));
        while (found) {
            assert_true(outbox_cancel_next(db, &row, "daarom", &next, &found, &fault));
            if (found)
                buf_addf(&cancelled, "%s ", next.id);
        }
        assert_string_equal(buf_text(&cancelled), BEHIND[i].cancelled);
    }
}

static void behind_a_message_that_failed_what_goes_to_duo_goes_on(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 }, next = { 0 };
    bool found;

    (void)state;
    add("m111", "h1");
    add_duo("d222", "h1", "map.melden");
    assert_true(outbox_find(db, "m111", &row, &fault));
    assert_true(outbox_cancel_next(db, &row, "daarom", &next, &found, &fault));
    assert_false(found);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_db, close_db)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_goes_to_duo_is_a_lane_of_its_own),
        TEST(duo_has_a_cap_and_a_clock_of_its_own),
        TEST(behind_a_report_that_failed_only_reports_are_cancelled),
        TEST(behind_a_message_that_failed_what_goes_to_duo_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
