/* The outbox: every pair of states, who is claimed when, and what the end of one does to
 * others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/audit.h"
#include "gateway/outbox.h"
#include "gateway/retry.h"
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

static void add(const char *id, const char *overdracht, const char *peer, int64_t expires)
{
    struct outbox_row row = { .expires = expires };

    snprintf(row.id, sizeof(row.id), "%s", id);
    snprintf(row.overdracht, sizeof(row.overdracht), "%s", overdracht);
    snprintf(row.soort, sizeof(row.soort), "dossier");
    snprintf(row.peer, sizeof(row.peer), "%s", peer);
    buf_add_text(&row.sealed, id);
    if (!outbox_add(db, "test", &row, &fault))
        fail_msg("%s", fault.text);
    outbox_row_finish(&row);
    assert_true(sql_do(db, &fault, "UPDATE outbox SET next_try = 0, created = 0", ""));
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

static enum outbox_state state_of(const char *id)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    if (!outbox_find(db, id, &row, &fault))
        fail_msg("%s", fault.text);
    return row.state;
}

static void every_pair_of_states_is_an_arrow_or_refused(void **state)
{
    static const struct {
        enum outbox_state from, to;
    } ARROWS[] = {
        { OUTBOX_QUEUED, OUTBOX_SENDING },    { OUTBOX_QUEUED, OUTBOX_EXPIRED },
        { OUTBOX_QUEUED, OUTBOX_CANCELLED },  { OUTBOX_SENDING, OUTBOX_QUEUED },
        { OUTBOX_SENDING, OUTBOX_DELIVERED }, { OUTBOX_SENDING, OUTBOX_REFUSED },
    };
    struct outbox_row row = { .seq = 1 };
    int arrows = 0;

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    snprintf(row.id, sizeof(row.id), "m111");
    for (int from = 0; from < OUTBOX_STATES; from++)
        for (int to = 0; to < OUTBOX_STATES; to++) {
            bool expected = false;
            for (size_t i = 0; i < sizeof(ARROWS) / sizeof(ARROWS[0]); i++)
                expected =
                    expected || ((int)ARROWS[i].from == from && (int)ARROWS[i].to == to);
            assert_true(sql_do(db, &fault, "UPDATE outbox SET state = ?", "t",
                               outbox_state_name((enum outbox_state)from)));
            assert_int_equal(outbox_move(db, "test", &row, (enum outbox_state)from,
                                         (enum outbox_state)to, &fault),
                             expected);
            arrows += expected;
        }
    assert_int_equal(arrows, 6);
}

static void a_row_is_not_moved_from_a_state_it_is_not_in(void **state)
{
    struct outbox_row row = { .seq = 1, .id = "m111" };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    assert_true(outbox_move(db, "test", &row, OUTBOX_QUEUED, OUTBOX_SENDING, &fault));
    assert_false(outbox_move(db, "test", &row, OUTBOX_QUEUED, OUTBOX_SENDING, &fault));
    assert_int_equal(fault.code, FAULT_STATE);
    assert_string_equal(fault.text, "message m111 is not queued");
}

static void a_message_is_claimed_once(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    assert_string_equal(claim(&row), "m111");
    assert_string_equal(buf_text(&row.sealed), "m111");
    assert_string_equal(claim(&row), "");
}

static void of_one_handover_the_oldest_goes_first_and_the_rest_waits(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 }, none = { 0 };
    const struct buf receipt = { 0 };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    add("m222", "h1", PEER, NOW + 10);
    add("m333", "h2", PEER, NOW + 10);
    assert_string_equal(claim(&row), "m111");
    assert_string_equal(claim(&none), "m333");
    assert_string_equal(claim(&none), "");
    assert_true(outbox_settle(db, &row, OUTBOX_DELIVERED, "", &receipt, &fault));
    assert_string_equal(claim(&none), "m222");
}

static void a_peer_has_at_most_so_many_in_flight(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    (void)state;
    set_sql("INSERT INTO overdracht (id, rol, state, peer, gemeentecode, eigen_code,"
            " persoon_sealed, created, changed) SELECT 'h4', rol, state, peer, gemeentecode,"
            " eigen_code, persoon_sealed, 1, 1 FROM overdracht WHERE id = 'h1'");
    add("m111", "h1", PEER, NOW + 10);
    add("m222", "h2", PEER, NOW + 10);
    add("m444", "h4", PEER, NOW + 10);
    add("m333", "h3", OTHER, NOW + 10);
    assert_string_equal(claim(&row), "m111");
    assert_string_equal(claim(&row), "m222");
    assert_string_equal(claim(&row), "m333"); /* the busy peer does not starve another */
    assert_string_equal(claim(&row), "");
}

static void nothing_is_claimed_for(const char *what, const char *sql)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    set_sql("UPDATE outbox SET state = 'queued', next_try = 0, expires = 1800000010");
    set_sql("UPDATE peer SET state = 'actief', next_try = 0");
    set_sql(sql);
    if (*claim(&row))
        fail_msg("claimed: %s", what);
}

static void nothing_is_claimed_that_may_not_go_now(void **state)
{
    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    nothing_is_claimed_for("suspended peer", "UPDATE peer SET state = 'geschorst'");
    nothing_is_claimed_for("proposed peer", "UPDATE peer SET state = 'voorgesteld'");
    nothing_is_claimed_for("removed peer", "UPDATE peer SET state = 'verwijderd'");
    nothing_is_claimed_for("the row's clock", "UPDATE outbox SET next_try = 1800000001");
    nothing_is_claimed_for("the peer's clock", "UPDATE peer SET next_try = 1800000001");
    nothing_is_claimed_for("expired", "UPDATE outbox SET expires = 1800000000");
    nothing_is_claimed_for("settled", "UPDATE outbox SET state = 'delivered'");
}

static void when_nothing_is_due_it_tells_when_something_may_be(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    int64_t next;

    (void)state;
    assert_true(outbox_claim(db, NOW, CAP, &row, &next, &fault));
    assert_int_equal(next, 0);
    add("m111", "h1", PEER, NOW + 100);
    set_sql("UPDATE outbox SET next_try = 1800000030");
    assert_true(outbox_claim(db, NOW, CAP, &row, &next, &fault));
    assert_int_equal(next, NOW + 30);
    set_sql("UPDATE peer SET next_try = 1800000040");
    assert_true(outbox_claim(db, NOW, CAP, &row, &next, &fault));
    assert_int_equal(next, NOW + 40);
}

static void the_next_try_that_is_shown_is_the_one_that_will_happen(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    (void)state;
    add("m111", "h1", PEER, NOW + 100);
    set_sql("UPDATE outbox SET next_try = 1800000030");
    assert_true(outbox_find(db, "m111", &row, &fault));
    assert_int_equal(row.next_try, NOW + 30);
    set_sql("UPDATE peer SET next_try = 1800000040");
    assert_true(outbox_find(db, "m111", &row, &fault));
    assert_int_equal(row.next_try, NOW + 40);
}

static void what_waits_behind_a_message_is_cancelled_oldest_first(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 }, next = { 0 };
    const struct buf receipt = { 0 };
    bool found;

    (void)state;
    add("m000", "h1", PEER, NOW + 10);
    set_sql("UPDATE outbox SET state = 'delivered'");
    add("m111", "h1", PEER, NOW + 10);
    add("m222", "h1", PEER, NOW + 10);
    add("m333", "h2", PEER, NOW + 10);
    add("m444", "h1", PEER, NOW + 10);
    assert_string_equal(claim(&row), "m111");
    assert_true(outbox_settle(db, &row, OUTBOX_REFUSED, "schema: x", &receipt, &fault));
    assert_true(outbox_cancel_next(db, &row, "daarom", &next, &found, &fault) && found);
    assert_string_equal(next.id, "m222");
    assert_true(outbox_cancel_next(db, &row, "daarom", &next, &found, &fault) && found);
    assert_string_equal(next.id, "m444");
    assert_true(outbox_cancel_next(db, &row, "daarom", &next, &found, &fault) && !found);
    assert_int_equal(state_of("m000"), OUTBOX_DELIVERED);
    assert_int_equal(state_of("m111"), OUTBOX_REFUSED);
    assert_int_equal(state_of("m222"), OUTBOX_CANCELLED);
    assert_int_equal(state_of("m333"), OUTBOX_QUEUED);
    assert_int_equal(state_of("m444"), OUTBOX_CANCELLED);
    assert_true(outbox_find(db, "m444", &next, &fault));
    assert_string_equal(next.reason, "daarom");
    assert_true(next.settled > 0);
}

static void what_is_past_its_time_expires(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found;

    (void)state;
    add("m111", "h1", PEER, NOW);
    assert_true(outbox_expire(db, NOW - 1, &row, &found, &fault));
    assert_false(found);
    assert_true(outbox_expire(db, NOW, &row, &found, &fault));
    assert_true(found);
    assert_int_equal(state_of("m111"), OUTBOX_EXPIRED);
    assert_true(outbox_expire(db, NOW, &row, &found, &fault));
    assert_false(found);
}

static void only_what_waits_is_cancelled(void **state)
{
    static const struct {
        enum outbox_state at;
        enum fault_code code;
        const char *says;
    } CASES[OUTBOX_STATES] = {
        { OUTBOX_QUEUED, FAULT_NONE, "" },
        { OUTBOX_SENDING, FAULT_TEMPORARY,
          "message m111 is being sent at this moment; try again" },
        { OUTBOX_DELIVERED, FAULT_STATE,
          "message m111 is delivered: there is nothing to cancel" },
        { OUTBOX_REFUSED, FAULT_STATE, "message m111 is refused: there is nothing to cancel" },
        { OUTBOX_EXPIRED, FAULT_STATE, "message m111 is expired: there is nothing to cancel" },
        { OUTBOX_CANCELLED, FAULT_STATE,
          "message m111 is cancelled: there is nothing to cancel" },
    };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    for (size_t i = 0; i < OUTBOX_STATES; i++) {
        SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
        bool may = CASES[i].code == FAULT_NONE;
        assert_true(sql_do(db, &fault, "UPDATE outbox SET reason = '', state = ?", "t",
                           outbox_state_name(CASES[i].at)));
        assert_true(outbox_find(db, "m111", &row, &fault));
        assert_int_equal(outbox_cancel(db, "uid 0", &row, "daarom", &fault), may);
        assert_int_equal(state_of("m111"), may ? OUTBOX_CANCELLED : CASES[i].at);
        if (may)
            continue;
        assert_int_equal(fault.code, CASES[i].code);
        assert_string_equal(fault.text, CASES[i].says);
    }
    assert_int_equal(count("SELECT count(*) FROM audit WHERE actor = 'uid 0'"), 1);
}

/* Somebody looked, and a courier took it since. */
static void what_was_claimed_since_is_not_cancelled(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row seen = { 0 }, row = { 0 };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    assert_true(outbox_find(db, "m111", &seen, &fault));
    assert_string_equal(claim(&row), "m111");
    assert_false(outbox_cancel(db, "uid 0", &seen, "daarom", &fault));
    assert_int_equal(state_of("m111"), OUTBOX_SENDING);
}

static void after_a_crash_what_was_being_sent_is_queued_again(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    assert_string_equal(claim(&row), "m111");
    assert_true(outbox_recover(db, &fault));
    assert_int_equal(state_of("m111"), OUTBOX_QUEUED);
}

static void only_bytes_that_were_sent_count_as_sent(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    struct digest sent, other;
    bool was;

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    assert_string_equal(claim(&row), "m111");
    digest_of("a", 1, &sent);
    digest_of("b", 1, &other);
    assert_true(outbox_sent(db, &row, &sent, &fault));
    assert_true(outbox_was_sent(db, &row, &sent, &was, &fault) && was);
    assert_true(outbox_was_sent(db, &row, &other, &was, &fault) && !was);
}

static void what_was_signed_anew_is_what_is_kept(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 }, stored = { 0 };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    assert_string_equal(claim(&row), "m111");
    buf_finish(&row.sealed);
    buf_add_text(&row.sealed, "sealed again");
    digest_of("a", 1, &row.signer);
    digest_of("b", 1, &row.sealed_for);
    assert_true(outbox_renew(db, &row, &fault));
    assert_true(outbox_find(db, "m111", &stored, &fault));
    assert_string_equal(buf_text(&stored.sealed), "sealed again");
    assert_true(digest_equal(&stored.signer, &row.signer));
    assert_true(digest_equal(&stored.sealed_for, &row.sealed_for));
    assert_int_equal(stored.attempts, 1);
}

static void what_waits_too_long_is_tried_now(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    set_sql("UPDATE outbox SET next_try = 1800000060");
    set_sql("UPDATE peer SET next_try = 1831536000"); /* from a clock a year ahead */
    assert_true(outbox_hasten(db, NOW, 60, &fault));
    assert_string_equal(claim(&row), ""); /* the row's own clock is within bounds */
    assert_true(outbox_hasten(db, NOW, 59, &fault));
    assert_string_equal(claim(&row), "m111");
}

static void trying_again_clears_the_clocks_but_not_an_end(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    set_sql("UPDATE outbox SET next_try = 1900000000");
    set_sql("UPDATE peer SET next_try = 1900000000");
    assert_true(outbox_find(db, "m111", &row, &fault));
    assert_true(outbox_retry(db, "uid 0", &row, &fault));
    assert_string_equal(claim(&row), "m111");
    row.state = OUTBOX_DELIVERED;
    assert_false(outbox_retry(db, "uid 0", &row, &fault));
    assert_string_equal(fault.text,
                        "message m111 is delivered: there is nothing to try again");
}

static void a_message_is_found_by_a_beginning_that_fits_only_it(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    (void)state;
    add("aaaa-1", "h1", PEER, NOW + 10);
    add("aaaa-2", "h1", PEER, NOW + 10);
    assert_true(outbox_find(db, "aaaa-1", &row, &fault));
    assert_false(outbox_find(db, "aaaa", &row, &fault));
    assert_string_equal(fault.text, "aaaa fits more than one message");
    assert_false(outbox_find(db, "bbbb", &row, &fault));
    assert_int_equal(fault.code, FAULT_UNKNOWN);
    assert_false(outbox_find(db, "aaa", &row, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_false(outbox_find(db, "%%%%", &row, &fault)); /* no wildcards */
}

static void each_move_is_an_audit_row(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    int64_t rows;

    (void)state;
    add("m111", "h1", PEER, NOW + 10);
    assert_string_equal(claim(&row), "m111");
    assert_true(outbox_again(db, &row, "no answer", NOW + 5, &fault));
    assert_true(audit_verify(db, &rows, &fault));
    assert_int_equal(rows, 3);
}

static void waiting_doubles_and_then_stays_at_the_longest(void **state)
{
    static const struct {
        int attempts;
        int64_t longest;
    } CASES[] = { { 0, 5 }, { 1, 5 }, { 2, 10 }, { 10, 2560 }, { 11, 3600 }, { 1000, 3600 } };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int64_t most = 0;
        for (uint32_t random = 0; random < 20000; random++) {
            int64_t wait = retry_wait(CASES[i].attempts, 5, 3600, random);
            assert_in_range(wait, 1, CASES[i].longest);
            most = wait > most ? wait : most;
        }
        assert_int_equal(most, CASES[i].longest);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_db, close_db)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_pair_of_states_is_an_arrow_or_refused),
        TEST(a_row_is_not_moved_from_a_state_it_is_not_in),
        TEST(a_message_is_claimed_once),
        TEST(of_one_handover_the_oldest_goes_first_and_the_rest_waits),
        TEST(a_peer_has_at_most_so_many_in_flight),

        TEST(nothing_is_claimed_that_may_not_go_now),
        TEST(when_nothing_is_due_it_tells_when_something_may_be),
        TEST(the_next_try_that_is_shown_is_the_one_that_will_happen),
        TEST(what_waits_behind_a_message_is_cancelled_oldest_first),
        TEST(what_is_past_its_time_expires),
        TEST(only_what_waits_is_cancelled),
        TEST(what_was_claimed_since_is_not_cancelled),
        TEST(after_a_crash_what_was_being_sent_is_queued_again),
        TEST(only_bytes_that_were_sent_count_as_sent),
        TEST(what_was_signed_anew_is_what_is_kept),
        TEST(what_waits_too_long_is_tried_now),
        TEST(trying_again_clears_the_clocks_but_not_an_end),
        TEST(a_message_is_found_by_a_beginning_that_fits_only_it),
        TEST(each_move_is_an_audit_row),
        cmocka_unit_test(waiting_doubles_and_then_stays_at_the_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
