/* A received dossier goes into our own system: whole or not at all, once, also when we are
 * stopped at any step; and what is withdrawn later is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <ftw.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/aflevering_run.h"
#include "gateway/alarm.h"
#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/helper.h"
#include "peers/file.h"
#include "tests/hostile/hush.h"
#include "tests/town.h"

#define SECONDS 30 /* longest wait for anything: a limit, not a pause */

static struct town almelo = {
    .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static struct town utrecht = {
    .oin = "00000099000000002000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256
};
static struct helper *helper;
static char outside[] = "/tmp/estafette_system.XXXXXX";
static char command[512];
static struct fault fault;

/* --- what lies there --------------------------------------------------------------------- */

static const char *at(const char *name)
{
    static char path[4][PATH_MAX];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], PATH_MAX, "%s/levering/%s", utrecht.folder, name);
    return path[turn];
}

/* How many entries that do not begin with a dot; `last` is one of them. */
static int delivered(char last[NAME_MAX + 1])
{
    DIR *entries = opendir(at(""));
    const struct dirent *entry;
    int count = 0;

    while (entries && (entry = readdir(entries)))
        if (entry->d_name[0] != '.') {
            count++;
            snprintf(last, NAME_MAX + 1, "%s", entry->d_name);
        }
    if (entries)
        closedir(entries);
    return count;
}

static void expect_whole(const char *folder)
{
    static const char *const PARTS[] = { "bericht.xml", "dossier.xml", "bericht.p7m",
                                         "ontvangstbevestiging.xml", "dossier.html" };
    char name[2 * NAME_MAX];

    for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
        snprintf(name, sizeof(name), "%s/%s", folder, PARTS[i]);
        if (!file_exists(at(name)))
            fail_msg("%s is not there", name);
    }
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

/* --- two towns, the second with its own system ------------------------------------------- */

static void build(const char *config, const char *setting)
{
    snprintf(command, sizeof(command), "[aflevering]\n%s = %s\nseconden = 5\n", config,
             setting);
    utrecht.duo = command;
    utrecht.helper = NULL; /* a town that stops interrupts it, for ever */
    town_build(&almelo);
    town_build(&utrecht);
    town_trust(&almelo, &utrecht);
    town_trust(&utrecht, &almelo);
    town_open(&almelo);
    town_open(&utrecht);
    town_know(&almelo, &utrecht, PEER_ACTIEF);
    town_know(&utrecht, &almelo, PEER_ACTIEF);
}

static void start_both(void)
{
    town_stop(&almelo);
    town_stop(&utrecht);
    town_start(&almelo);
    town_start(&utrecht);
}

static void scatter(void)
{
    town_stop(&almelo);
    town_stop(&utrecht);
    town_remove(&almelo);
    town_remove(&utrecht);
}

#define DELIVERED "SELECT count(*) FROM aflevering WHERE state = 'afgeleverd'"

/* --- into a folder ----------------------------------------------------------------------- */

static void a_received_dossier_lies_whole_in_the_folder_once(void **state)
{
    char overdracht[UUID_SIZE], name[NAME_MAX + 1], file[2 * NAME_MAX];
    SCOPED_BUF struct buf content = { 0 };
    struct stat status;

    (void)state;
    build("map", "levering");
    start_both();
    town_send_document(&almelo, &utrecht, 3 << 20, overdracht);
    couriers_wake(almelo.gateway.couriers);
    assert_true(town_wait(&utrecht, DELIVERED, 1, SECONDS));
    assert_int_equal(delivered(name), 1);
    expect_whole(name);
    snprintf(file, sizeof(file), "%s/dossier.xml", name);
    assert_true(file_read(at(file), 1 << 20, &content, &fault));
    assert_non_null(strstr(buf_text(&content), "<bsn>"));
    json_auto_t *show =
        town_ask(&utrecht, call_overdracht_show, json_pack("{s:s}", "id", overdracht), &fault);
    const json_t *row = json_array_get(json_object_get(show, "aflevering"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "state")), "afgeleverd");
    assert_int_equal(stat(at(name), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_null(hush_broken_in_store(&utrecht));
    scatter();
}

static bool run(void)
{
    memset(&fault, 0, sizeof(fault));
    return aflevering_run(&utrecht.gateway, &fault);
}

static char given[UUID_SIZE];

/* A dossier is here, the thread that delivers is not: Utrecht is open, not started. */
static void receive_one(const char *config, const char *setting)
{
    build(config, setting);
    start_both();
    town_send(&almelo, &utrecht, given);
    couriers_wake(almelo.gateway.couriers);
    assert_true(town_wait(&utrecht, "SELECT count(*) FROM aflevering", 1, SECONDS));
    town_stop(&utrecht);
    utrecht.helper = helper;
    town_open(&utrecht);
}

/* A daemon that is killed leaves what it had done so far: each is a place to go on from. */
static void stopped_at_any_step_it_still_arrives_whole_and_once(void **state)
{
    char name[NAME_MAX + 1], beside[2 * NAME_MAX], file[4 * NAME_MAX];

    (void)state;
    receive_one("map", "levering");
    for (int step = 0; step < 4; step++) {
        assert_true(delivered(name) <= 1);
        if (step > 0 && step < 3)
            nftw(at(name), remove_one, 16, FTW_DEPTH | FTW_PHYS);
        if (step == 1 || step == 2) { /* while it was being written */
            snprintf(beside, sizeof(beside), ".%s.deel", name);
            assert_int_equal(mkdir(at(beside), 0700), 0);
            snprintf(file, sizeof(file), "%s/bericht.xml", beside);
            if (step == 2)
                assert_true(file_write(at(file), 0600, "half", 4, &fault));
        } /* step 3: after the rename, before the row */
        town_do(&utrecht, "UPDATE aflevering SET state = 'klaar', next_try = 0");
        assert_true(run());
        assert_int_equal(delivered(name), 1);
        expect_whole(name);
        snprintf(beside, sizeof(beside), ".%s.deel", name);
        assert_false(file_exists(at(beside)));
        assert_int_equal(town_count(&utrecht, DELIVERED), 1);
    }
    assert_true(run());
    assert_int_equal(delivered(name), 1);
    scatter();
}

static void break_link(void)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/levering", utrecht.folder);
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(symlink("/tmp", path), 0);
}

static void break_open(void)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/levering", utrecht.folder);
    unlink(path);
    (void)!mkdir(path, 0700);
    chmod(path, 0777);
}

static void look_for(void *context, const char *id, const char *text)
{
    (void)text;
    *(int *)context += strcmp(id, "aflevering") == 0;
}

/* Not in the first hour. */
static void expect_alarm(void)
{
    struct alarms *alarms = alarms_create();
    int found = 0;

    alarms_tend(alarms, &utrecht.gateway, true);
    alarms_list(alarms, look_for, &found);
    assert_int_equal(found, 0);
    town_do(&utrecht, "UPDATE aflevering SET at = at - 7200");
    alarms_tend(alarms, &utrecht.gateway, true);
    alarms_list(alarms, look_for, &found);
    assert_int_equal(found, 1);
    alarms_destroy(alarms);
}

static void what_cannot_be_delivered_is_tried_again_and_people_hear_of_it(void **state)
{
    static void (*const BREAK[])(void) = { break_link, break_open };
    char path[PATH_MAX], name[NAME_MAX + 1];

    (void)state;
    receive_one("map", "levering");
    snprintf(path, sizeof(path), "%s/levering", utrecht.folder);
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    for (size_t i = 0; i < 4; i++) {
        BREAK[i % 2]();
        town_do(&utrecht, "UPDATE aflevering SET state = 'klaar', next_try = 0");
        assert_true(run());
        assert_int_equal(town_count(&utrecht, DELIVERED), 0);
    }
    assert_int_equal(town_count(&utrecht, "SELECT count(*) FROM taak WHERE done IS NULL"
                                          " AND soort = 'aflevering-mislukt'"),
                     1);
    assert_int_equal(town_count(&utrecht, "SELECT count(*) FROM aflevering WHERE"
                                          " attempts >= 4 AND reason <> ''"
                                          " AND next_try > 0"),
                     1);
    expect_alarm();
    chmod(path, 0700);
    town_do(&utrecht, "UPDATE aflevering SET next_try = 0");
    assert_true(run());
    assert_int_equal(delivered(name), 1);
    expect_whole(name);
    scatter();
}

static void
what_is_withdrawn_later_is_told_and_what_was_not_there_yet_never_comes(void **state)
{
    SCOPED_BUF struct buf text = { 0 };
    char name[NAME_MAX + 1], file[2 * NAME_MAX];

    (void)state;
    receive_one("map", "levering");
    town_do(&utrecht, "UPDATE aflevering SET state = 'klaar', next_try = 0");
    assert_true(run());
    assert_int_equal(delivered(name), 1);
    town_do(&utrecht, "UPDATE overdracht SET state = 'ingetrokken'");
    assert_true(run());
    assert_int_equal(delivered(name), 2);
    nftw(at(name), remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (strncmp(name, "ingetrokken-", 12) == 0) {
        town_do(&utrecht, "UPDATE aflevering SET state = 'klaar', next_try = 0"
                          " WHERE bericht = 'ingetrokken'");
        assert_true(run());
    }
    snprintf(file, sizeof(file), "ingetrokken-2/ingetrokken.txt");
    assert_true(file_read(at(file), 4096, &text, &fault));
    assert_non_null(strstr(buf_text(&text), given));
    assert_non_null(strstr(buf_text(&text), "bericht: "));
    assert_null(hush_broken(&text));
    int before = delivered(name);
    assert_true(run());
    assert_int_equal(delivered(name), before);
    town_do(&utrecht, "UPDATE aflevering SET state = 'klaar' WHERE bericht <> 'ingetrokken'");
    assert_true(run());
    assert_int_equal(town_count(&utrecht, "SELECT count(*) FROM aflevering"
                                          " WHERE state = 'mislukt'"),
                     1);
    scatter();
}

/* --- to a command ------------------------------------------------------------------------ */

static void a_command_gets_the_dossier_and_the_ids_until_it_has_it(void **state)
{
    SCOPED_BUF struct buf taken = { 0 }, ids = { 0 };
    char script[128], file[160], line[400];

    (void)state;
    snprintf(script, sizeof(script), "%s/neem", outside);
    receive_one("commando", script);
    town_do(&utrecht, "UPDATE aflevering SET state = 'klaar', next_try = 0");
    assert_true(run()); /* there is no such program */
    assert_int_equal(town_count(&utrecht, DELIVERED), 0);
    snprintf(line, sizeof(line), "#!/bin/sh\ncat > %s/dossier; exit 7\n", outside);
    assert_true(file_write(script, 0700, line, strlen(line), &fault));
    town_do(&utrecht, "UPDATE aflevering SET next_try = 0");
    assert_true(run());
    assert_int_equal(town_count(&utrecht, "SELECT count(*) FROM aflevering WHERE"
                                          " reason = 'the command ended with exit 7'"),
                     1);
    snprintf(line, sizeof(line), "#!/bin/sh\ncat > %s/dossier; echo \"$1 $2\" > %s/ids\n",
             outside, outside);
    assert_true(file_write(script, 0700, line, strlen(line), &fault));
    town_do(&utrecht, "UPDATE aflevering SET next_try = 0");
    assert_true(run());
    assert_int_equal(town_count(&utrecht, DELIVERED), 1);
    snprintf(file, sizeof(file), "%s/dossier", outside);
    assert_true(file_read(file, 1 << 20, &taken, &fault));
    assert_non_null(strstr(buf_text(&taken), "<bsn>"));
    snprintf(file, sizeof(file), "%s/ids", outside);
    assert_true(file_read(file, 400, &ids, &fault));
    assert_memory_equal(buf_text(&ids), given, UUID_SIZE - 1);
    scatter();
}

/* --- not configured ---------------------------------------------------------------------- */

static void without_a_setting_nothing_waits_and_nothing_is_written(void **state)
{
    (void)state;
    build("map", "");
    start_both();
    town_send(&almelo, &utrecht, given);
    couriers_wake(almelo.gateway.couriers);
    assert_true(town_wait(&utrecht, "SELECT count(*) FROM inbox", 1, SECONDS));
    assert_int_equal(town_count(&utrecht, "SELECT count(*) FROM aflevering"), 0);
    scatter();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_received_dossier_lies_whole_in_the_folder_once),
        cmocka_unit_test(stopped_at_any_step_it_still_arrives_whole_and_once),
        cmocka_unit_test(what_cannot_be_delivered_is_tried_again_and_people_hear_of_it),
        cmocka_unit_test(
            what_is_withdrawn_later_is_told_and_what_was_not_there_yet_never_comes),
        cmocka_unit_test(a_command_gets_the_dossier_and_the_ids_until_it_has_it),
        cmocka_unit_test(without_a_setting_nothing_waits_and_nothing_is_written),
    };

    if (!mkdtemp(outside) || !helper_start(&helper, &fault))
        return 1;
    town_install();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    helper_stop(helper);
    nftw(outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return failed;
}
