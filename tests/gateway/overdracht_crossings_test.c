/* Whatever two municipalities begin at once about one person, and in whatever order it
 * arrives, they end agreed. Two stores, the real meaning of every message, and every order
 * there is: a message is queued, taken up, judged at the other side, and settled here, and
 * between any two of these steps anything else may happen; a receipt may be lost, once, and
 * the life of a request or a dossier may end, once: then time passes, until all has ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"
#include "gateway/sql.h"
#include "tests/gateway/crossing.h"

/* --- every order --------------------------------------------------------------------- */

/* What was seen need not be looked at again: both stores, what is judged, and which came first
 * of requests and dossiers; how long ago means nothing. */
static void describe_side(enum side side, struct buf *text)
{
    static const char *const QUERIES[] = {
        "SELECT id || rol || state || reden FROM overdracht ORDER BY rowid",
        "SELECT id || overdracht || state || (attempts > 0) FROM outbox ORDER BY seq",
        "SELECT id || overdracht || code FROM inbox ORDER BY seq",
        "SELECT alias || overdracht FROM overdracht_alias ORDER BY alias",
    };

    for (size_t i = 0; i < sizeof(QUERIES) / sizeof(QUERIES[0]); i++) {
        SCOPED_SQL sqlite3_stmt *stmt = NULL;
        bool row;
        must(sql_query(dbs[side], &stmt, &fault, QUERIES[i], ""));
        while (sql_row(stmt, &row, &fault) && row)
            buf_addf(text, "%s|", sql_text(stmt, 0));
        buf_add_text(text, "#");
    }
}

static void describe_messages(struct buf *text)
{
    for (int i = 0; i < message_count; i++) {
        const struct message *m = &messages[i];
        buf_addf(text, "%d%d%d", (int)m->kop.soort, m->judged, m->good);
        for (int k = 0; k < message_count; k++)
            if (messages[k].judged && messages[k].kop.soort == SOORT_DOSSIER)
                buf_addf(text, "%c", messages[k].judged_at < m->made ? '<' : '>');
    }
}

#define SEEN_MAX (1u << 22)
static uint64_t *seen;
static size_t seen_count;

static bool seen_before(int acts_left, unsigned luck)
{
    SCOPED_BUF struct buf text = { 0 };
    uint64_t hash = 14695981039346656037u;

    describe_side(OLD, &text);
    describe_side(NEW, &text);
    describe_messages(&text);
    buf_addf(&text, "%d%u", acts_left, luck);
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ text.data[i]) * 1099511628211u;
    for (size_t at = hash % SEEN_MAX;; at = (at + 1) % SEEN_MAX) {
        if (seen[at] == hash)
            return true;
        if (seen[at])
            continue;
        assert_true(++seen_count < SEEN_MAX / 2);
        seen[at] = hash;
        return false;
    }
}

struct place {
    struct message messages[MESSAGES_MAX];
    int message_count, step;
    size_t trail;
};

static void mark(struct place *place)
{
    memcpy(place->messages, messages, sizeof(messages));
    place->message_count = message_count;
    place->step = step++;
    place->trail = strlen(trail);
    for (int side = OLD; side <= NEW; side++)
        assert_int_equal(sqlite3_exec(dbs[side], "SAVEPOINT place", NULL, NULL, NULL),
                         SQLITE_OK);
}

static void go_back(const struct place *place)
{
    for (int i = place->message_count; i < message_count; i++)
        xmldoc_release(&messages[i].content);
    memcpy(messages, place->messages, sizeof(messages));
    message_count = place->message_count;
    step = place->step;
    trail[place->trail] = '\0';
    for (int side = OLD; side <= NEW; side++)
        assert_int_equal(
            sqlite3_exec(dbs[side], "ROLLBACK TO place; RELEASE place", NULL, NULL, NULL),
            SQLITE_OK);
}

/* Only when something expired can they disagree meanwhile. */
static void expect_one_end(bool expired)
{
    struct place place;

    if (!expired) {
        expect_agreement();
        return;
    }
    mark(&place);
    time_passes();
    expect_agreement();
    go_back(&place);
}

static void explore(int acts_left, unsigned luck, bool expires)
{
    bool quiet = true;

    if (seen_before(acts_left, luck))
        return;
    for (int i = 0; i < HAPPEN_COUNT; i++) {
        struct place place;
        unsigned now = luck;
        mark(&place);
        if (happens(i, &now)) {
            quiet = false;
            explore(acts_left, now, expires);
        }
        go_back(&place);
    }
    if (quiet)
        expect_one_end(expires && !(luck & MAY_EXPIRE));
    for (size_t i = 0; i < ACT_COUNT && acts_left > 0; i++) {
        struct place place;
        mark(&place);
        leave_trail(ACTS[i].name, "");
        if (ACTS[i].run())
            explore(acts_left - 1, luck, expires);
        go_back(&place);
    }
}

/* --- where they begin ---------------------------------------------------------------- */

/* Everything under way arrives. */
static void come_to_rest(void)
{
    unsigned luck = 0;
    bool moved = true;

    while (moved) {
        moved = false;
        for (int i = 0; i < HAPPEN_COUNT; i++, step++)
            moved = happens(i, &luck) || moved;
    }
}

static void begin_at(bool (*const *acts)(void))
{
    for (; *acts; acts++) {
        assert_true((*acts)());
        come_to_rest();
    }
    expect_agreement();
}

static int open_both(void **state)
{
    for (int side = OLD; side <= NEW; side++) {
        if (open_db(state) != 0)
            return -1;
        dbs[side] = db;
    }
    seen = mem_alloc(SEEN_MAX * sizeof(*seen));
    seen_count = 0;
    message_count = step = 0;
    trail[0] = '\0';
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    for (int i = 0; i < message_count; i++)
        xmldoc_release(&messages[i].content);
    free(seen);
    return sqlite3_close(dbs[OLD]) + sqlite3_close(dbs[NEW]);
}

static void from(bool (*const *acts)(void), int more, bool expires)
{
    begin_at(acts);
    explore(more, expires ? MAY_LOSE | MAY_EXPIRE : MAY_LOSE, expires);
    print_message("%zu situations\n", seen_count);
    assert_true(seen_count > 100);
}

/* So many more acts: whoever begins further on has fewer left to explore in the time there is.
 */
#define FROM(more, ...) from((bool (*const[])(void)){ __VA_ARGS__ }, more, false)
#define FROM_UNTIL_IT_EXPIRES(more, ...)                                                      \
    from((bool (*const[])(void)){ __VA_ARGS__ }, more, true)

static void from_nothing_they_end_agreed(void **state)
{
    (void)state;
    FROM(3, NULL);
}

static void from_a_request_they_end_agreed(void **state)
{
    (void)state;
    FROM(3, asks, NULL);
}

static void from_a_dossier_they_end_agreed(void **state)
{
    (void)state;
    FROM(2, sends, NULL);
}

static void from_a_dossier_that_was_asked_for_they_end_agreed(void **state)
{
    (void)state;
    FROM(2, asks, sends, NULL);
}

static void from_a_dossier_that_was_returned_they_end_agreed(void **state)
{
    (void)state;
    FROM(2, sends, returns, NULL);
}

static void from_one_that_was_taken_over_they_end_agreed(void **state)
{
    (void)state;
    FROM(2, asks, sends, accepts, NULL);
}

static void from_one_that_was_refused_they_end_agreed(void **state)
{
    (void)state;
    FROM(2, sends, refuses, NULL);
}

static void from_a_supplement_they_end_agreed(void **state)
{
    (void)state;
    FROM(2, sends, supplements, NULL);
}

static void what_expired_ends_agreed(void **state)
{
    (void)state;
    FROM_UNTIL_IT_EXPIRES(2, NULL);
}

static void what_expired_after_a_request_ends_agreed(void **state)
{
    (void)state;
    FROM_UNTIL_IT_EXPIRES(3, asks, NULL);
}

static void what_expired_after_a_return_ends_agreed(void **state)
{
    (void)state;
    FROM_UNTIL_IT_EXPIRES(2, sends, returns, NULL);
}

static void every_end_was_reached(void **state)
{
    (void)state;
    expect_every_end();
}

#define BOTH(test) cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(from_nothing_they_end_agreed),
        BOTH(from_a_request_they_end_agreed),
        BOTH(from_a_dossier_they_end_agreed),
        BOTH(from_a_dossier_that_was_asked_for_they_end_agreed),
        BOTH(from_a_dossier_that_was_returned_they_end_agreed),
        BOTH(from_one_that_was_taken_over_they_end_agreed),
        BOTH(from_one_that_was_refused_they_end_agreed),
        BOTH(from_a_supplement_they_end_agreed),
        BOTH(what_expired_ends_agreed),
        BOTH(what_expired_after_a_request_ends_agreed),
        BOTH(what_expired_after_a_return_ends_agreed),
        cmocka_unit_test(every_end_was_reached),
    };
    return cmocka_run_group_tests(tests, handover_start, handover_stop);
}
