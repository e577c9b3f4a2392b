/* SIGHUP and `reload` while messages flow: the log level, the peers and the trust are read
 * anew, nothing is lost, and a file that cannot be read changes nothing and is named. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/call.h"
#include "gateway/peer_store.h"
#include "peers/file.h"
#include "tests/fault/child.h"

#define SECONDS 60 /* a limit, not a pause */
#define MESSAGES 30

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1];

static int gather(void **state)
{
    (void)state;
    town_gather(TOWNS, COUNT, COUNT);
    return 0;
}

static int scatter(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    return 0;
}

/* Puts one text of the town's estafette.ini in the place of another. */
static void edit(struct town *town, const char *from, const char *to)
{
    SCOPED_BUF struct buf before = { 0 }, after = { 0 };
    char path[PATH_MAX];
    struct fault fault = { 0 };

    home_path(&town->gateway.home, "estafette.ini", path);
    assert_true(file_read(path, 65536, &before, &fault));
    const char *text = buf_text(&before), *at = strstr(text, from);
    assert_non_null(at);
    buf_addf(&after, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_true(file_write(path, 0600, after.data, after.size, &fault));
}

static void hup(struct child *child, const char *says, int times)
{
    kill(child->pid, SIGHUP);
    if (!child_says(child, says, times, SECONDS))
        fail_msg("the log does not say: %s", says);
}

static void queue_messages(void)
{
    char overdracht[UUID_SIZE];

    for (int i = 0; i < MESSAGES; i++)
        town_send(OUD, NIEUW, overdracht);
}

static void the_level_changes_while_messages_flow_and_none_is_lost(void **state)
{
    struct child sender = { .town = OUD };

    (void)state;
    queue_messages();
    town_stop(OUD);
    edit(OUD, "level = error", "level = info");
    town_stop(NIEUW);
    town_start(NIEUW);
    assert_true(child_listens(&sender));
    for (int i = 1; i <= 5; i++) {
        edit(OUD, "level = info", "level = debug");
        hup(&sender, "level = debug", i);
        edit(OUD, "level = debug", "level = info");
        hup(&sender, "level = info", i);
    }
    assert_true(child_says(&sender, "status=delivered", MESSAGES, SECONDS));
    edit(OUD, "level = info", "level = error");
    hup(&sender, "trust read from", 12); /* the line that tells of it is not shown any more */
    edit(OUD, "level = error", "level = lots");
    hup(&sender, "error   estafette.ini not read anew, the old stays: ", 1);
    hup(&sender, "level: error, warning, info or debug", 2);
    int attempts = child_count(&sender, "attempt=");
    assert_true(child_end(&sender, SIGTERM));
    edit(OUD, "level = lots", "level = error");
    town_open(OUD);
    assert_int_equal(attempts, town_count(OUD, "SELECT sum(attempts) FROM outbox"));
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox WHERE state = 'delivered'"),
                     MESSAGES);
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM inbox"), MESSAGES);
}

static void other_settings_wait_for_a_restart_and_are_named(void **state)
{
    struct child child = { .town = OUD };

    (void)state;
    town_stop(OUD);
    edit(OUD, "level = error", "level = info");
    assert_true(child_listens(&child));
    edit(OUD, "total_seconds = 10", "total_seconds = 20");
    kill(child.pid, SIGHUP);
    assert_true(child_says(&child, "[deliver] total_seconds was changed: that takes a restart",
                           1, SECONDS));
    assert_int_equal(child_count(&child, "takes a restart"), 1);
    assert_true(child_end(&child, SIGTERM));
    town_open(OUD);
}

static bool suspend_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return peer_store_move(db, "test", argument, PEER_GESCHORST, fault);
}

/* The result of the request; the caller's. */
static json_t *reload(struct town *town, bool good)
{
    struct call call = { .gateway = &town->gateway,
                         .actor = "test",
                         .arguments = json_object(),
                         .result = json_object() };
    struct fault fault = { 0 };

    assert_int_equal(call_reload(&call, &fault), good);
    if (!good)
        assert_int_equal(fault.code, FAULT_CONFIG);
    json_decref(call.arguments);
    return call.result;
}

/* Somebody edited the store, as a restored backup would. */
static void peers_are_read_from_the_store(void **state)
{
    SCOPED_PEER struct peer *before = registry_by_oin(OUD->gateway.registry, NIEUW->oin);
    struct fault fault = { 0 };

    (void)state;
    town_stop(OUD);
    town_start(OUD);
    assert_true(store_run(OUD->gateway.store, suspend_work, before, &fault));
    json_t *result = reload(OUD, true);
    assert_int_equal(json_integer_value(json_object_get(result, "peers")), 1);
    assert_int_equal(json_integer_value(json_object_get(result, "anchor")), 2);
    assert_string_equal(json_string_value(json_object_get(result, "level")), "error");
    json_decref(result);
    struct peer *after = registry_by_oin(OUD->gateway.registry, NIEUW->oin);
    assert_int_equal(after->state, PEER_GESCHORST);
    peer_release(&after);
}

static void what_cannot_be_read_leaves_the_old_and_the_rest_is_read(void **state)
{
    char path[PATH_MAX];
    struct fault fault = { 0 };

    (void)state;
    edit(OUD, "level = error", "level = warning");
    home_path(&OUD->gateway.home, "trust/anchors/rubbish.pem", path);
    assert_true(file_write(path, 0600, "x", 1, &fault));
    json_decref(reload(OUD, false));
    SCOPED_TRUST struct trust *trust = gateway_trust(&OUD->gateway);
    assert_non_null(trust);
    assert_int_equal(remove(path), 0);
    json_t *result = reload(OUD, true);
    assert_string_equal(json_string_value(json_object_get(result, "level")), "warning");
    json_decref(result);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, gather, scatter)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_level_changes_while_messages_flow_and_none_is_lost),
        TEST(other_settings_wait_for_a_restart_and_are_named),
        TEST(peers_are_read_from_the_store),
        TEST(what_cannot_be_read_leaves_the_old_and_the_rest_is_read),
    };

    town_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
