/* [mail] command: a program of the administrator's gets the whole mail, and whatever it does
 * with it, no reminder is lost, nothing waits for ever, and nobody is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/clock.h"
#include "gateway/helper.h"
#include "gateway/herinnering.h"
#include "gateway/notitie.h"
#include "gateway/overdracht.h"
#include "gateway/post.h"
#include "gateway/sql.h"
#include "gateway/taak.h"
#include "peers/file.h"
#include "tests/hostile/hush.h"
#include "tests/town.h"

#define FIRST "01900000-0000-7000-8000-000000000001"
#define SECOND "01900000-0000-7000-8000-000000000002"
#define BOUND_SECONDS 30 /* of mail.c */

static struct town town = {
    .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256
};
static struct helper *helper;
static char outside[] = "/tmp/estafette_post.XXXXXX";
static struct fault fault;

/* --- a command, and what it got -----------------------------------------------------------
 */

static const char *path_of(const char *name)
{
    static char path[80];

    snprintf(path, sizeof(path), "%s/%s", outside, name);
    return path;
}

/* `text` is what it does once the mail is a file of its own. */
static void set_command(const char *text)
{
    SCOPED_BUF struct buf script = { 0 };

    buf_addf(&script,
             "#!/bin/sh\nPATH=/usr/bin:/bin\nn=$(ls %s | grep -c mail)\n"
             "cat > %s/mail.$n\nprintf '%%s' \"$#\" > %s/words\n%s\n",
             outside, outside, outside, text);
    unlink(path_of("command"));
    assert_true(file_write(path_of("command"), 0700, script.data, script.size, &fault));
    snprintf(town.gateway.config.mail.command, sizeof(town.gateway.config.mail.command), "%s",
             path_of("command"));
}

static bool got(int n, struct buf *mail)
{
    char name[16];

    snprintf(name, sizeof(name), "mail.%d", n);
    return file_exists(path_of(name)) && file_read(path_of(name), 1 << 20, mail, &fault);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind;
    return place->level > 0 ? remove(path) : 0;
}

/* --- something to remind of ---------------------------------------------------------------
 */

struct adding {
    const char *id, *naam;
};

static bool add_work(sqlite3 *db, void *argument, struct fault *why)
{
    const struct adding *adding = argument;
    struct overdracht o = { .rol = ROL_ONTVANGER,
                            .state = OVERDRACHT_ONTVANGEN,
                            .gemeentecode = "0310",
                            .eigen_code = "0344" };
    struct persoon persoon = { .bsn = "999900031", .geboortedatum = "1996-05-30" };

    snprintf(o.id, sizeof(o.id), "%s", adding->id);
    snprintf(persoon.naam, sizeof(persoon.naam), "%s", adding->naam);
    return overdracht_add(db, town.gateway.keys, "test", &o, &persoon, why);
}

static void add(const char *id, const char *naam)
{
    struct adding adding = { id, naam };

    if (!store_run(town.gateway.store, add_work, &adding, &fault))
        fail_msg("%s", fault.text);
}

static void remind_and_post(void)
{
    if (!herinnering_run(&town.gateway, &fault) || !post_run(&town.gateway, &fault))
        fail_msg("%s", fault.text);
}

/* A quarter of an hour later. */
static void again(void)
{
    town.gateway.posted_ms = 0;
    remind_and_post();
}

static int64_t waiting(void)
{
    return town_count(&town, "SELECT count(*) FROM herinnering WHERE gemaild IS NULL");
}

static int open_town(void **state)
{
    struct config_mail *mail = &town.gateway.config.mail;

    (void)state;
    memset(&fault, 0, sizeof(fault));
    town.helper = helper;
    town_build(&town);
    town_open(&town);
    snprintf(mail->from, sizeof(mail->from), "estafette@oud.example");
    snprintf(mail->klantregisseur, sizeof(mail->klantregisseur), "regie@oud.example");
    set_command("exit 0");
    return 0;
}

static int close_town(void **state)
{
    (void)state;
    town_stop(&town);
    town_remove(&town);
    return nftw(outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
#define WITH_TOWN(test) cmocka_unit_test_setup_teardown(test, open_town, close_town)

/* --- it works -----------------------------------------------------------------------------
 */

static void the_command_gets_the_whole_mail_on_its_standard_input(void **state)
{
    SCOPED_BUF struct buf mail = { 0 }, words = { 0 }, second = { 0 };

    (void)state;
    add(FIRST, "Kanariepiet");
    add(SECOND, "Kanariepiet");
    remind_and_post();
    assert_true(got(0, &mail));
    const char *text = buf_text(&mail);
    assert_ptr_equal(text, strstr(text, "From: <estafette@oud.example>\r\n"
                                        "To: <regie@oud.example>\r\n"
                                        "Subject: Estafette 0344: 2 vragen aandacht, 0 te laat"
                                        "\r\nDate: "));
    assert_non_null(strstr(text, "Content-Type: text/plain; charset=utf-8\r\n"));
    assert_non_null(strstr(text, "\r\n\r\n* uiterlijk "));
    assert_non_null(
        strstr(text, "Er staat een dossier klaar: `estafette overdracht show " FIRST "`."));
    assert_non_null(strstr(text, "estafette overdracht show " SECOND "\r\n"));
    assert_non_null(strstr(text, "Alles wat nu aandacht vraagt: estafette overdracht list "
                                 "--attention\r\n"));
    assert_true(file_read(path_of("words"), 10, &words, &fault));
    assert_string_equal(buf_text(&words), "0"); /* no argument, which others could read */
    assert_int_equal(waiting(), 0);
    again();
    assert_false(got(1, &second));
}

static void who_runs_the_gateway_gets_a_call_of_its_own(void **state)
{
    SCOPED_BUF struct buf mail = { 0 };

    (void)state;
    snprintf(town.gateway.config.mail.beheer, sizeof(town.gateway.config.mail.beheer),
             "beheer@oud.example");
    town_do(&town, "INSERT INTO taak (soort, sleutel, created, uiterlijk)"
                   " VALUES ('geen-peer', 'x', 1, '2026-01-02')");
    remind_and_post();
    assert_true(got(0, &mail));
    assert_non_null(strstr(buf_text(&mail), "\r\nTo: <beheer@oud.example>\r\n"));
}

/* --- it does not --------------------------------------------------------------------------
 */

/* clang-format off */
static const struct {
    const char *what, *text, *says;
} FAILS[] = {
    { "an exit code", "exit 75", "the command ended with exit 75" },
    { "its own words, which may name somebody", "echo Kanariepiet >&2; exit 1",
      "the command ended with exit 1; it wrote to its standard error" },
    { "a signal", "kill -KILL $$", "the command was ended by signal 9" },
    { "an answer without end", "cat /dev/zero", "the command wrote more than 4096 bytes" },
};
/* clang-format on */

static void what_fails_is_tried_again_and_says_no_more_than_it_may(void **state)
{
    (void)state;
    add(FIRST, "Kanariepiet");
    assert_true(herinnering_run(&town.gateway, &fault));
    for (size_t i = 0; i < sizeof(FAILS) / sizeof(FAILS[0]); i++) {
        SCOPED_BUF struct buf log = { 0 };
        set_command(FAILS[i].text);
        hush_start();
        again();
        hush_stop(&log);
        assert_int_equal(waiting(), 1);
        if (!strstr(buf_text(&log), FAILS[i].says))
            fail_msg("%s: %s", FAILS[i].what, buf_text(&log));
        assert_null(strstr(buf_text(&log), "Kanariepiet"));
        assert_null(strstr(buf_text(&log), "oud.example"));
    }
    set_command("exit 0");
    remind_and_post(); /* a quarter of an hour has not passed */
    assert_int_equal(waiting(), 1);
    again();
    assert_int_equal(waiting(), 0);
}

static void a_command_that_may_not_be_run_loses_nothing(void **state)
{
    static const struct {
        mode_t mode; /* 0: it is not there */
        const char *says;
    } CASES[] = { { 0600, "not a program that we may run" },
                  { 0722, "others can change it" },
                  { 0720, "others can change it" },
                  { 0, "No such file" } };

    (void)state;
    add(FIRST, "Kanariepiet");
    assert_true(herinnering_run(&town.gateway, &fault));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf mail = { 0 }, log = { 0 };
        if (CASES[i].mode)
            assert_int_equal(chmod(path_of("command"), CASES[i].mode), 0);
        else
            assert_int_equal(unlink(path_of("command")), 0);
        hush_start();
        again();
        hush_stop(&log);
        assert_non_null(strstr(buf_text(&log), CASES[i].says));
        assert_false(got(0, &mail));
        assert_int_equal(waiting(), 1);
    }
}

static void without_its_helper_nothing_is_lost(void **state)
{
    SCOPED_BUF struct buf mail = { 0 };

    (void)state;
    add(FIRST, "Kanariepiet");
    town.gateway.helper = NULL;
    remind_and_post();
    assert_false(got(0, &mail));
    assert_int_equal(waiting(), 1);
    town.gateway.helper = helper;
    again();
    assert_true(got(0, &mail));
    assert_int_equal(waiting(), 0);
}

/* Half a minute, and whatever it started is gone with it. */
static void one_that_hangs_is_stopped_in_time(void **state)
{
    (void)state;
    add(FIRST, "Kanariepiet");
    set_command("trap '' TERM INT HUP\nsleep 600 &\nsleep 600");
    int64_t begun = clock_monotonic_ms();
    remind_and_post();
    assert_in_range(clock_monotonic_ms() - begun, BOUND_SECONDS * 1000,
                    BOUND_SECONDS * 1000 * 2);
    assert_int_equal(waiting(), 1);
    set_command("exit 0");
    again();
    assert_int_equal(waiting(), 0);
}

/* --- nobody is named ----------------------------------------------------------------------
 */

static const char *const NAMES[] = {
    "Kanarie\r\nBcc: dief@elders.example\r\n\r\n",
    "Kanarie\n.\nMAIL FROM:<dief@elders.example>",
    "Kanarie %s%s%s%n ID $(touch x) `touch x` ID",
    "Kanarie \xe2\x80\xae\xf0\x9f\x90\xa6",
    "* uiterlijk 2026-01-01 Kanarie",
};

static bool fill_work(sqlite3 *db, void *argument, struct fault *why)
{
    const char *naam = argument;
    const struct keys *keys = town.gateway.keys;
    const struct notitie notitie = { FIRST, naam, naam };

    for (int soort = 0; soort < TAAK_SOORTEN; soort++) {
        const struct taak_reden reden = { .soort = (enum taak_soort)soort,
                                          .overdracht = soort % 2 ? FIRST : NULL,
                                          .sleutel = "x",
                                          .tekst = naam };
        if (!taak_open(db, keys, &reden, NULL, why))
            return false;
    }
    return notitie_add(db, keys, "test", &notitie, why);
}

/* Names, notes and the texts of tasks are made to look like what a mail is made of. */
static void no_name_however_odd_is_mailed_or_kept_readable(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        SCOPED_BUF struct buf mail = { 0 }, log = { 0 };
        char name[16];
        if (i > 0)
            open_town(state);
        add(FIRST, NAMES[i]);
        assert_true(
            store_run(town.gateway.store, fill_work, (void *)(uintptr_t)NAMES[i], &fault));
        hush_start();
        remind_and_post();
        hush_stop(&log);
        snprintf(name, sizeof(name), "mail.0");
        assert_true(got(0, &mail));
        assert_non_null(strstr(buf_text(&mail), "vragen aandacht"));
        assert_null(strstr(buf_text(&mail), "Kanarie"));
        assert_null(strstr(buf_text(&mail), "elders.example"));
        assert_null(strstr(buf_text(&mail), "999900031"));
        assert_null(strstr(buf_text(&mail), "1996-05-30"));
        assert_null(strstr(buf_text(&log), "Kanarie"));
        assert_null(hush_broken(&log));
        assert_int_equal(town_count(&town, "SELECT count(*) FROM audit WHERE"
                                           " instr(action || object || detail, 'Kanarie')"),
                         0);
        assert_int_equal(town_count(&town, "SELECT count(*) FROM herinnering WHERE"
                                           " instr(overdracht || soort, 'Kanarie')"),
                         0);
        assert_null(hush_broken_in_store(&town));
        close_town(state);
    }
    open_town(state);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        WITH_TOWN(the_command_gets_the_whole_mail_on_its_standard_input),
        WITH_TOWN(who_runs_the_gateway_gets_a_call_of_its_own),
        WITH_TOWN(what_fails_is_tried_again_and_says_no_more_than_it_may),
        WITH_TOWN(a_command_that_may_not_be_run_loses_nothing),
        WITH_TOWN(without_its_helper_nothing_is_lost),
        WITH_TOWN(one_that_hangs_is_stopped_in_time),
        WITH_TOWN(no_name_however_odd_is_mailed_or_kept_readable),
    };

    if (!mkdtemp(outside) || !helper_start(&helper, &fault))
        return 1;
    town_install();
    int failed = cmocka_run_group_tests(TESTS, NULL, NULL);
    helper_stop(helper);
    (void)rmdir(outside);
    return failed;
}
