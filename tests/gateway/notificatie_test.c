/* The rows of notifications: kept once, given back whole, and dealt with once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/notificatie.h"
#include "tests/town.h"

static struct town TOWN = {
    .oin = "00000099000000001000", .code = "0344", .naam = "Nieuw", .kind = PKI_P256
};

struct work {
    struct notificatie row;
    size_t unknown;
    bool repeat, found;
    char ids[256]; /* the last digits of those that were listed */
    const char *how;
};

static bool add_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct work *work = argument;

    return notificatie_add(db, TOWN.gateway.keys, &work->row, work->unknown, &work->repeat,
                           fault);
}

static bool get_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct work *work = argument;

    return notificatie_get(db, TOWN.gateway.keys, work->row.seq, &work->row, &work->found,
                           fault);
}

static void note(void *context, const struct notificatie *row)
{
    struct work *work = context;

    size_t size = strlen(work->ids);

    snprintf(work->ids + size, sizeof(work->ids) - size, "%s", row->id + 35);
}

static bool open_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return notificatie_open(db, TOWN.gateway.keys, note, argument, fault);
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return notificatie_list(db, TOWN.gateway.keys, 2, note, argument, fault);
}

static bool handle_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct work *work = argument;

    return notificatie_handle(db, "test", &work->row, NULL, work->how, fault);
}

static bool run(store_work *step, struct work *work, struct fault *fault)
{
    return store_run(TOWN.gateway.store, step, work, fault);
}

static void must(store_work *step, struct work *work)
{
    struct fault fault = { 0 };

    if (!run(step, work, &fault))
        fail_msg("%s", fault.text);
}

/* Number n; what it says is in its content only as far as `content` differs. */
static struct work notification(int n, int content)
{
    struct work work = { .row = { .bron = "00000099000000009000",
                                  .gebeurtenis = "SS121",
                                  .geregistreerd = "2026-11-23T18:05:00Z",
                                  .bsn = "999900031",
                                  .vnummer = "0000000012",
                                  .received = 1000 + n } };

    snprintf(work.row.id, sizeof(work.row.id), "0f8fad5b-d9cb-469f-a165-70867728950%c",
             (char)('0' + n));
    work.row.content.bytes[0] = (unsigned char)content;
    buf_add_text(&work.row.body, "{\"nieuw\":\"\xc3\xa9\"}");
    return work;
}

static void add(int n)
{
    struct work work = notification(n, n);

    must(add_work, &work);
    assert_false(work.repeat);
    notificatie_finish(&work.row);
}

static int start(void **state)
{
    (void)state;
    town_build(&TOWN);
    town_open(&TOWN);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(&TOWN, 1);
    return 0;
}

static void what_was_kept_comes_back_whole(void **state)
{
    struct work work = { .row = { .seq = 1 } };

    (void)state;
    add(1);
    must(get_work, &work);
    assert_true(work.found);
    assert_string_equal(work.row.bron, "00000099000000009000");
    assert_string_equal(work.row.id, "0f8fad5b-d9cb-469f-a165-708677289501");
    assert_string_equal(work.row.gebeurtenis, "SS121");
    assert_string_equal(work.row.geregistreerd, "2026-11-23T18:05:00Z");
    assert_string_equal(work.row.bsn, "999900031");
    assert_string_equal(work.row.vnummer, "0000000012");
    assert_string_equal(work.row.overdracht, "");
    assert_string_equal(buf_text(&work.row.body), "{\"nieuw\":\"\xc3\xa9\"}");
    assert_int_equal(work.row.received, 1001);
    assert_int_equal(work.row.handled, 0);
    notificatie_finish(&work.row);
    work.row.seq = 2;
    must(get_work, &work);
    assert_false(work.found);
}

static void without_numbers_there_is_nothing_to_look_up(void **state)
{
    struct work work = notification(1, 1), again = { .row = { .seq = 1 } };

    (void)state;
    work.row.bsn[0] = work.row.vnummer[0] = '\0';
    must(add_work, &work);
    notificatie_finish(&work.row);
    must(get_work, &again);
    assert_string_equal(again.row.bsn, "");
    assert_string_equal(again.row.vnummer, "");
    notificatie_finish(&again.row);
    assert_int_equal(town_count(&TOWN,
                                "SELECT count(*) FROM notificatie WHERE bsn_index IS NULL"
                                " AND vnummer_index IS NULL"),
                     1);
}

static void a_repeat_is_seen_and_other_content_is_refused(void **state)
{
    struct work same = notification(1, 1), other = notification(1, 2);
    struct work elsewhere = notification(1, 2);
    struct fault fault = { 0 };

    (void)state;
    add(1);
    must(add_work, &same);
    assert_true(same.repeat);
    assert_false(run(add_work, &other, &fault));
    assert_int_equal(fault.code, FAULT_CONFLICT);
    memcpy(elsewhere.row.bron, "00000099000000008000", OIN_SIZE);
    must(add_work, &elsewhere);
    assert_false(elsewhere.repeat);
    assert_int_equal(town_count(&TOWN, "SELECT count(*) FROM notificatie"), 2);
    assert_int_equal(
        town_count(&TOWN, "SELECT count(*) FROM audit WHERE action = 'notificatie'"), 2);
    notificatie_finish(&same.row);
    notificatie_finish(&other.row);
    notificatie_finish(&elsewhere.row);
}

static void the_oldest_open_one_comes_first_and_the_newest_heads_the_list(void **state)
{
    struct work open = { 0 }, list = { 0 };

    (void)state;
    for (int n = 1; n <= 3; n++)
        add(n);
    must(open_work, &open);
    assert_string_equal(open.ids, "123");
    must(list_work, &list);
    assert_string_equal(list.ids, "32");
}

static void what_was_dealt_with_is_open_no_more_and_not_dealt_with_again(void **state)
{
    struct work work = { .row = { .seq = 2, .id = "x" }, .how = "for a person" }, open = { 0 };
    struct fault fault = { 0 };

    (void)state;
    for (int n = 1; n <= 3; n++)
        add(n);
    must(handle_work, &work);
    must(open_work, &open);
    assert_string_equal(open.ids, "13");
    assert_false(run(handle_work, &work, &fault));
    assert_int_equal(fault.code, FAULT_STATE);
    assert_int_equal(town_count(&TOWN,
                                "SELECT count(*) FROM audit WHERE action = 'notificatie'"
                                " AND detail = 'handled: for a person'"),
                     1);
}

static void a_person_sealed_for_another_row_is_not_opened(void **state)
{
    struct work work = { .row = { .seq = 2 } };
    struct fault fault = { 0 };

    (void)state;
    add(1);
    add(2);
    town_do(&TOWN, "UPDATE notificatie SET persoon_sealed ="
                   " (SELECT persoon_sealed FROM notificatie WHERE seq = 1) WHERE seq = 2");
    assert_false(run(get_work, &work, &fault));
    assert_int_equal(fault.code, FAULT_STORE);
    notificatie_finish(&work.row);
}

int main(void)
{
#define ROWS(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        ROWS(what_was_kept_comes_back_whole),
        ROWS(without_numbers_there_is_nothing_to_look_up),
        ROWS(a_repeat_is_seen_and_other_content_is_refused),
        ROWS(the_oldest_open_one_comes_first_and_the_newest_heads_the_list),
        ROWS(what_was_dealt_with_is_open_no_more_and_not_dealt_with_again),
        ROWS(a_person_sealed_for_another_row_is_not_opened),
    };

    town_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
