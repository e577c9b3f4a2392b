/* Somebody is put on the block list at the worst moment, once for each way on which a dossier
 * leaves: by hand, from the folder, by the command, by itself, as a supplement; while it
 * waits, while it is on the road, and when it has gone. And what comes in about him. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "gateway/blokkade_wacht.h"
#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/helper.h"
#include "gateway/supplier.h"
#include "peers/file.h"
#include "tests/hostile/hush.h"
#include "tests/sample.h"
#include "tests/scenario/asking.h"

#define BLOCKED "this person is on the block list: nothing is sent"
#define NUMBER "+31 6 00000001"

#define LEFT                                                                                  \
    "SELECT count(*) FROM outbox o JOIN outbox_sent s ON s.outbox = o.seq"                    \
    " WHERE o.soort IN ('dossier', 'aanvulling')"
#define READY "SELECT count(*) FROM aanlevering WHERE state = 'klaar'"
#define GONE_TASK                                                                             \
    "SELECT count(*) FROM taak WHERE done IS NULL AND soort = 'blokkade-verzonden'"

static char outside[] = "/tmp/estafette_system.XXXXXX";
static char config[2][400]; /* of OUD; of NIEUW */

/* --- moving about ------------------------------------------------------------------------ */

static const char *in(const char *folder, const char *name)
{
    static char path[4][PATH_MAX];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], PATH_MAX, "%s/%s", folder, name);
    return path[turn];
}

static void write_to(const char *path, const char *text, mode_t mode)
{
    char beside[PATH_MAX + 8];

    snprintf(beside, sizeof(beside), "%s.tmp", path);
    assert_true(file_write(beside, mode, text, strlen(text), &fault));
    assert_int_equal(rename(beside, path), 0);
}

static void drop(const char *name)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    char file[80];

    snprintf(file, sizeof(file), "aanlevering/in/%s.xml", name);
    write_to(in(OUD->folder, file), sample, 0600);
}

static void await_file(const char *path)
{
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;

    while (!file_exists(path)) {
        if (clock_monotonic_ms() > until)
            fail_msg("not there within %d seconds: %s", SECONDS, path);
        supplier_wake(&OUD->gateway);
        poll(NULL, 0, 20);
    }
}

static void policy(const char *value)
{
    json_decref(ask(OUD, call_peer_set,
                    json_pack("{s:s, s:s}", "gemeente", NIEUW->code, "aanlevering", value)));
}

static int64_t block(struct town *town)
{
    json_auto_t *result = ask(town, call_blokkade_add, json_pack("{s:s}", "bsn", BSN));

    return json_integer_value(json_object_get(result, "blokkade"));
}

/* Behind the back of what follows by itself: only what looks at each step stands in the way.
 */
static void block_quietly(struct town *town)
{
    (void)block(town);
    town_do(town, "UPDATE outbox SET state = 'cancelled' WHERE state = 'queued'"
                  " AND soort = 'verzoekafwijzing'");
    town_do(town, "UPDATE overdracht SET reden = '' WHERE state = 'gevraagd'");
}

static void asked(char overdracht[UUID_SIZE])
{
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
}

/* Nothing about him has left since the test began, and nothing does now. */
static int64_t left_before;

static void nothing_left(void)
{
    for (int i = 0; i < 10; i++) {
        supplier_wake(&OUD->gateway);
        couriers_wake(OUD->gateway.couriers);
        poll(NULL, 0, 20);
    }
    assert_int_equal(town_count(OUD, LEFT), left_before);
}

/* --- by hand ----------------------------------------------------------------------------- */

static void who_answers_by_hand_cannot(void **state)
{
    char overdracht[UUID_SIZE];
    struct fault none;

    (void)state;
    asked(overdracht);
    hold(OUD); /* what follows by itself would end the handover */
    block_quietly(OUD);
    assert_null(send_sample(OUD, NIEUW, NULL, overdracht));
    assert_int_equal(fault.code, FAULT_PERMISSION);
    assert_string_equal(fault.text, BLOCKED);
    nothing_left();
    assert_true(blokkade_wacht(&OUD->gateway, &none));
    release(OUD);
    await_state(NIEUW, overdracht, "afgewezen", "blokkade");
}

/* --- from the folder --------------------------------------------------------------------- */

/* What is written beside the dossier does not tell why: it can be read there. */
static void the_folder_takes_nothing_and_says_no_more_than_it_may(void **state)
{
    SCOPED_BUF struct buf text = { 0 };
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    asked(overdracht);
    hold(OUD);
    block_quietly(OUD);
    drop("geheim");
    const char *told = in(OUD->folder, "aanlevering/geweigerd/geheim.txt");
    await_file(told);
    assert_true(file_read(told, 4096, &text, &fault));
    assert_non_null(strstr(buf_text(&text), "vraag het de klantregisseur"));
    assert_null(strstr(buf_text(&text), "block"));
    assert_null(strstr(buf_text(&text), "blokkade"));
    assert_int_equal(town_count(OUD, READY), 0);
    nothing_left();
}

/* --- by the command ---------------------------------------------------------------------- */

static void the_command_is_not_even_asked(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    asked(overdracht);
    hold(OUD);
    block_quietly(OUD);
    write_to(in(outside, "commando"), "#!/bin/sh\ncd \"${0%/*}\"; read bsn; echo x >> asked\n",
             0700);
    nothing_left();
    assert_false(file_exists(in(outside, "asked")));
}

/* It may take a minute: what it brings then is looked at then. */
static void what_the_command_brings_too_late_is_not_taken(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    write_to(in(outside, "dossier.xml"), sample, 0600);
    write_to(in(outside, "commando"),
             "#!/bin/sh\ncd \"${0%/*}\"; read bsn; echo x > asked\n"
             "while ! test -e go; do sleep 0.02; done; cat dossier.xml; echo x > done\n",
             0700);
    asked(overdracht);
    await_file(in(outside, "asked"));
    hold(OUD);
    block_quietly(OUD);
    write_to(in(outside, "go"), "x", 0600);
    await_file(in(outside, "done"));
    await(OUD, "aanlevering", overdracht, "state = 'wacht' AND reason LIKE '%block list%'");
    assert_int_equal(town_count(OUD, READY), 0);
    nothing_left();
}

/* --- by itself --------------------------------------------------------------------------- */

static void what_waits_for_duo_does_not_go_by_itself_any_more(void **state)
{
    SCOPED_BUF struct buf task = { 0 };
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    asked(overdracht);
    buf_addf(&task,
             "INSERT INTO taak (overdracht, soort, created) VALUES"
             " ('%s', 'eerst-afhandelen', 1)",
             overdracht);
    town_do(OUD, buf_text(&task));
    drop("wacht");
    await_file(in(OUD->folder, "aanlevering/wacht/wacht.txt"));
    hold(OUD);
    block_quietly(OUD);
    town_do(OUD, "UPDATE taak SET done = 2 WHERE soort = 'eerst-afhandelen'");
    nothing_left();
    await(OUD, "aanlevering", overdracht, "state = 'klaar'");
    expect_no(OUD, call_overdracht_release, json_pack("{s:s}", "id", overdracht),
              FAULT_PERMISSION, BLOCKED);
}

/* --- as a supplement --------------------------------------------------------------------- */

static json_t *supplement(const char *overdracht)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(sample, NUMBER, "+31 6 00000099");
    SCOPED_BUF struct buf encoded = { 0 };
    char file[UUID_SIZE];

    uuid_v4(file);
    base64_encode(text, strlen(text), &encoded);
    json_decref(ask(
        OUD, call_upload,
        json_pack("{s:s, s:i, s:s}", "file", file, "offset", 0, "data", buf_text(&encoded))));
    return json_pack("{s:s, s:s, s:s}", "id", overdracht, "file", file, "text", "nieuw");
}

static void handed_over(char overdracht[UUID_SIZE])
{
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);

    snprintf(overdracht, UUID_SIZE, "%s", text_of(sent, "overdracht"));
    await_state(OUD, overdracht, "bezorgd", "");
    left_before = town_count(OUD, LEFT);
}

static void who_was_blocked_since_is_not_supplemented(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    handed_over(overdracht);
    (void)block(OUD);
    expect_no(OUD, call_overdracht_supplement, supplement(overdracht), FAULT_PERMISSION,
              BLOCKED);
    nothing_left();
}

static void a_supplement_that_waits_is_stopped(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    handed_over(overdracht);
    hold(OUD);
    json_decref(ask(OUD, call_overdracht_supplement, supplement(overdracht)));
    (void)block(OUD);
    await(OUD, "outbox", overdracht, "soort = 'aanvulling' AND state = 'cancelled'");
    release(OUD);
    nothing_left();
    await(OUD, "overdracht", overdracht, "state = 'bezorgd'");
}

/* --- in the outbox ----------------------------------------------------------------------- */

/* The row is queued and its peer is there; nobody has cancelled it yet. */
static void no_courier_takes_what_nobody_has_stopped_yet(void **state)
{
    struct fault none;

    (void)state;
    hold(OUD);
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);
    const char *overdracht = text_of(sent, "overdracht");
    town_do(OUD, "UPDATE outbox SET state = 'sending' WHERE state = 'queued'");
    (void)block(OUD);
    await(OUD, "outbox", overdracht, "state = 'sending'"); /* a courier has it */
    town_do(OUD, "UPDATE peer SET state = 'actief', next_try = 0");
    town_do(OUD, "UPDATE outbox SET state = 'queued', next_try = 0 WHERE state = 'sending'");
    nothing_left(); /* it came back, and is found again: */
    assert_true(blokkade_wacht(&OUD->gateway, &none));
    await(OUD, "outbox", overdracht, "state = 'cancelled'");
    await(OUD, "overdracht", overdracht, "state = 'ingetrokken'");
    assert_int_equal(handovers(NIEUW), 0);
}

/* One that was tried may have arrived, one that is on the road does: somebody must call. */
static void what_was_tried_or_has_gone_is_a_task_to_call(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    hold(OUD);
    json_auto_t *tried = send_sample(OUD, NIEUW, NULL, NULL);
    town_do(OUD, "UPDATE outbox SET attempts = 1 WHERE state = 'queued'");
    int64_t seq = block(OUD);
    await(OUD, "outbox", text_of(tried, "overdracht"), "state = 'cancelled'");
    await(OUD, "taak", text_of(tried, "overdracht"), "soort = 'blokkade-verzonden'");
    json_decref(ask(OUD, call_blokkade_lift, json_pack("{s:I}", "blokkade", seq)));
    town_do(OUD, "UPDATE taak SET done = 1, done_by = 'test'");
    release(OUD);
    handed_over(overdracht);
    (void)block(OUD);
    await(OUD, "taak", overdracht, "soort = 'blokkade-verzonden' AND done IS NULL");
    json_auto_t *tasks = ask(OUD, call_taak_list, json_pack("{s:s}", "id", overdracht));
    const json_t *taak = json_array_get(json_object_get(tasks, "taken"), 0);
    assert_non_null(strstr(text_of(taak, "tekst"), "een blokkade haalt het niet terug"));
    assert_non_null(strstr(text_of(taak, "doen"), "overdracht withdraw"));
}

/* It would tell where he went. */
static void another_answer_that_waits_becomes_that_they_must_call(void **state)
{
    static const char *const CODES[][2] = { { "verhuisd", "0363" },
                                            { "onbekend", "" },
                                            { "in-behandeling", "2027-01-01" } };
    char overdracht[UUID_SIZE];

    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++) {
        asking_fresh(state);
        town_do(OUD, "DELETE FROM blokkade");
        asked(overdracht);
        hold(OUD);
        reject(OUD, overdracht, CODES[i][0], CODES[i][1]);
        (void)block(OUD);
        release(OUD);
        await_state(NIEUW, overdracht, "afgewezen", "blokkade");
        assert_int_equal(
            town_count(NIEUW, "SELECT count(*) FROM overdracht WHERE reden LIKE 'verhuisd%'"
                              " OR oorzaak = 'doorverwijzing'"),
            0);
    }
}

/* --- what comes in ----------------------------------------------------------------------- */

/* A block is about giving out. Our own system gets what is ours; a task says to call first. */
static void a_dossier_that_comes_is_delivered_and_flagged(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    (void)block(NIEUW);
    handed_over(overdracht);
    await_state(NIEUW, overdracht, "ontvangen", "");
    await(NIEUW, "aflevering", overdracht, "state = 'afgeleverd'");
    await(NIEUW, "taak", overdracht, "soort = 'blokkade' AND done IS NULL");
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM outbox"
                                       " WHERE state <> 'cancelled' AND overdracht ="
                                       " (SELECT max(id) FROM overdracht)"),
                     0);
}

/* --- the world --------------------------------------------------------------------------- */

static int fresh(void **state)
{
    static const char *const FILES[] = { "commando", "asked", "go", "done", "dossier.xml" };

    asking_fresh(state);
    release(OUD);
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++)
        unlink(in(outside, FILES[i]));
    town_do(OUD, "DELETE FROM blokkade");
    town_do(NIEUW, "DELETE FROM blokkade");
    town_do(OUD, "UPDATE aanlevering SET state = 'vervallen'"
                 " WHERE state IN ('wacht', 'klaar')");
    town_do(OUD, "UPDATE overdracht SET state = 'afgewezen' WHERE state = 'gevraagd'");
    town_do(OUD, "UPDATE taak SET done = 1, done_by = 'test' WHERE done IS NULL");
    policy("ask");
    left_before = town_count(OUD, LEFT);
    return 0;
}
#define BLOCKING(test) cmocka_unit_test_setup(test, fresh)

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BLOCKING(who_answers_by_hand_cannot),
        BLOCKING(the_folder_takes_nothing_and_says_no_more_than_it_may),
        BLOCKING(the_command_is_not_even_asked),
        BLOCKING(what_the_command_brings_too_late_is_not_taken),
        BLOCKING(what_waits_for_duo_does_not_go_by_itself_any_more),
        BLOCKING(who_was_blocked_since_is_not_supplemented),
        BLOCKING(a_supplement_that_waits_is_stopped),
        BLOCKING(no_courier_takes_what_nobody_has_stopped_yet),
        BLOCKING(what_was_tried_or_has_gone_is_a_task_to_call),
        BLOCKING(another_answer_that_waits_becomes_that_they_must_call),
        BLOCKING(a_dossier_that_comes_is_delivered_and_flagged),
    };
    struct helper *helper;

    if (!mkdtemp(outside) || !helper_start(&helper, &fault))
        return 1;
    snprintf(config[0], sizeof(config[0]),
             "[aanlevering]\ncommando = %s/commando\nseconden = 20\n", outside);
    snprintf(config[1], sizeof(config[1]), "[aflevering]\nmap = levering\n");
    OUD->duo = config[0];
    OUD->helper = helper;
    NIEUW->duo = config[1];
    int failed = cmocka_run_group_tests(tests, asking_start, asking_stop);
    helper_stop(helper);
    nftw(outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return failed;
}
