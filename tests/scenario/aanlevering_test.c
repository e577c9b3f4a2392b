/* A dossier that is asked for, supplied by our own system: from a folder, or by a command. */
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
#include "gateway/clock.h"
#include "gateway/helper.h"
#include "gateway/mover.h"
#include "gateway/supplier.h"
#include "peers/file.h"
#include "tests/hostile/hush.h"
#include "tests/sample.h"
#include "tests/scenario/asking.h"

#define CANARY "Kanariepiet"

static char outside[] = "/tmp/estafette_system.XXXXXX"; /* where the command lies */
static char config[256];

/* --- our own system ---------------------------------------------------------------------- */

static const char *at_home(const char *name)
{
    static char path[4][PATH_MAX];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], PATH_MAX, "%s/aanlevering/%s", OUD->folder, name);
    return path[turn];
}

static const char *at_command(const char *name)
{
    static char path[2][PATH_MAX];
    static int turn;

    turn = !turn;
    snprintf(path[turn], PATH_MAX, "%s/%s", outside, name);
    return path[turn];
}

/* The sample, with something in the place of something (NULL: as it is). */
static char *dossier(const char *what, const char *with)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");

    return what ? sample_replace(sample, what, with) : mem_copy(sample);
}

static void write_to(const char *path, const char *text, mode_t mode)
{
    char beside[PATH_MAX + 8];

    snprintf(beside, sizeof(beside), "%s.tmp", path);
    assert_true(file_write(beside, mode, text, strlen(text), &fault));
    assert_int_equal(rename(beside, path), 0);
}

static void drop(const char *name, const char *what, const char *with)
{
    SCOPED_MEM char *text = dossier(what, with);
    char file[80];

    snprintf(file, sizeof(file), "in/%s.xml", name);
    write_to(at_home(file), text, 0600);
}

/* The command writes this from now on, or does that instead. */
static void command_writes(const char *text)
{
    write_to(at_command("dossier.xml"), text, 0600);
    write_to(at_command("commando"),
             "#!/bin/sh\ncd \"${0%/*}\"\nread bsn; echo \"$bsn\" >> asked\n"
             "cat dossier.xml\n",
             0700);
}

static void command_does(const char *line)
{
    SCOPED_BUF struct buf text = { 0 };

    buf_addf(&text, "#!/bin/sh\ncd \"${0%%/*}\"\nread bsn; echo \"$bsn\" >> asked\n%s\n",
             line);
    write_to(at_command("commando"), buf_text(&text), 0700);
}

/* --- waiting ----------------------------------------------------------------------------- */

/* Until the query gives that, with the supplier woken meanwhile. */
static void await_count(const char *query, int64_t expected)
{
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;

    while (town_count(OUD, query) != expected) {
        if (clock_monotonic_ms() > until)
            fail_msg("not %lld within %d seconds: %s", (long long)expected, SECONDS, query);
        supplier_wake(&OUD->gateway);
        poll(NULL, 0, 50);
    }
}

static void await_file(const char *name)
{
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;

    while (!file_exists(at_home(name))) {
        if (clock_monotonic_ms() > until)
            fail_msg("not there within %d seconds: %s", SECONDS, name);
        supplier_wake(&OUD->gateway);
        poll(NULL, 0, 50);
    }
}

#define READY "SELECT count(*) FROM aanlevering WHERE state = 'klaar'"
#define WAITS "SELECT count(*) FROM aanlevering WHERE state = 'wacht'"
#define TASK(soort) "SELECT count(*) FROM taak WHERE done IS NULL AND soort = '" soort "'"

static void expect_text(const char *name, const char *says)
{
    SCOPED_BUF struct buf text = { 0 };

    await_file(name);
    assert_true(file_read(at_home(name), 4096, &text, &fault));
    if (!strstr(buf_text(&text), says))
        fail_msg("%s: %s", name, buf_text(&text));
    assert_null(strstr(buf_text(&text), BSN));
    assert_null(hush_broken(&text));
}

static void policy(const char *value)
{
    json_decref(ask(OUD, call_peer_set,
                    json_pack("{s:s, s:s}", "gemeente", NIEUW->code, "aanlevering", value)));
}

static json_t *release_it(const char *overdracht)
{
    return ask(OUD, call_overdracht_release, json_pack("{s:s}", "id", overdracht));
}

/* --- from the folder --------------------------------------------------------------------- */

static void what_is_left_in_the_folder_waits_until_a_person_releases_it(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    drop("zaak", NULL, NULL);
    await_count(READY, 1);
    await_count(TASK("klaar-om-te-versturen"), 1);
    expect_text("wacht/zaak.txt", overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    assert_null(hush_broken_in_store(OUD));
    json_auto_t *preview =
        ask(OUD, call_overdracht_release_preview, json_pack("{s:s}", "id", overdracht));
    assert_non_null(strstr(text_of(preview, "bericht"), BSN));
    assert_string_equal(text_of(json_object_get(preview, "ontvanger"), "oin"), NIEUW->oin);
    json_auto_t *sent = release_it(overdracht);
    assert_string_equal(text_of(sent, "overdracht"), overdracht);
    await_state(NIEUW, overdracht, "ontvangen", "");
    await_state(OUD, overdracht, "bezorgd", "");
    expect_text("verzonden/zaak.txt", "uitkomst: verzonden");
    await_count("SELECT count(*) FROM aanlevering WHERE dossier_sealed IS NOT NULL", 0);
    expect_no(OUD, call_overdracht_release, json_pack("{s:s}", "id", overdracht), FAULT_STATE,
              "no dossier is ready to be sent");
}

static void it_goes_by_itself_where_the_policy_says_so(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    drop("vanzelf", NULL, NULL);
    expect_text("verzonden/vanzelf.txt", overdracht);
    await_state(NIEUW, overdracht, "ontvangen", "");
    assert_int_equal(town_count(OUD, TASK("klaar-om-te-versturen")), 0);
}

static void nothing_goes_by_itself_while_something_is_open_at_duo(void **state)
{
    SCOPED_BUF struct buf task = { 0 };
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    buf_addf(&task,
             "INSERT INTO taak (overdracht, soort, created) VALUES"
             " ('%s', 'eerst-afhandelen', 1)",
             overdracht);
    town_do(OUD, buf_text(&task));
    drop("wacht-op-duo", NULL, NULL);
    await_file("wacht/wacht-op-duo.xml");
    for (int i = 0; i < 20; i++) {
        supplier_wake(&OUD->gateway);
        poll(NULL, 0, 20);
    }
    await_state(OUD, overdracht, "gevraagd", "");
    town_do(OUD,
            "UPDATE taak SET done = 2, done_by = 'uid 0' WHERE soort = 'eerst-afhandelen'");
    expect_text("verzonden/wacht-op-duo.txt", overdracht);
    await_state(NIEUW, overdracht, "ontvangen", "");
}

static const struct {
    const char *name, *what, *with, *says;
    bool asked;
} REFUSED[] = {
    { "geen-xml", "<dossier", "dossier", "waarom: ", true },
    { "geen-schema", "<bsn>" BSN "</bsn>", "<bsn>Kanariepiet</bsn>", "waarom: ", true },
    { "elf-proef", "<bsn>" BSN "</bsn>", "<bsn>999900032</bsn>", "waarom: ", true },
    { "een-ander", "<bsn>" BSN "</bsn>", "<bsn>999900043</bsn>",
      "er is geen open verzoek over deze persoon", true },
    { "niet-gevraagd", "</dossier>", "     </dossier>",
      "er is geen open verzoek over deze persoon", false },
    { "entiteit", "<dossier", "<!DOCTYPE x [<!ENTITY a SYSTEM \"/etc/passwd\">]><dossier",
      "waarom: ", true },
};

static void what_may_not_be_sent_is_refused_with_a_reason_and_without_a_name(void **state)
{
    char overdracht[UUID_SIZE], file[80];

    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        asking_fresh(state);
        if (REFUSED[i].asked) {
            request(NIEUW, OUD, overdracht);
            await_state(OUD, overdracht, "gevraagd", "");
        }
        drop(REFUSED[i].name, REFUSED[i].what, REFUSED[i].with);
        snprintf(file, sizeof(file), "geweigerd/%s.txt", REFUSED[i].name);
        expect_text(file, REFUSED[i].says);
        expect_text(file, "uitkomst: geweigerd");
        assert_int_equal(town_count(OUD, READY), 0);
    }
}

static void two_that_ask_at_once_are_for_a_person(void **state)
{
    char one[UUID_SIZE], other[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, one);
    request(DERDE, OUD, other);
    await_state(OUD, one, "gevraagd", "");
    await_state(OUD, other, "gevraagd", "");
    drop("twee", NULL, NULL);
    expect_text("geweigerd/twee.txt", "meer dan een gemeente vraagt dit dossier");
}

static void its_documents_go_along(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    assert_int_equal(mkdir(at_home("in/papier"), 0700), 0);
    write_to(at_home("in/papier/besluit.pdf"), "%PDF-1.7 een besluit", 0600);
    drop("papier", NULL, NULL);
    await_file("verzonden/papier.txt");
    await_file("verzonden/papier/besluit.pdf");
    await_state(NIEUW, overdracht, "ontvangen", "");
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM bijlage"), 1);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM bijlage b JOIN outbox o"
                                     " ON o.id = b.bericht"),
                     1);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM bijlage"), 1);
}

/* Stopped after the row was written and before the file was moved; or dropped twice. */
static void the_same_file_again_is_not_sent_again(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    drop("eens", "</dossier>", "\n</dossier>");
    await_file("verzonden/eens.txt");
    await_state(NIEUW, overdracht, "ontvangen", "");
    drop("nog-eens", "</dossier>", "\n</dossier>");
    expect_text("verzonden/nog-eens.txt", overdracht);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox WHERE soort = 'dossier'"
                                     " AND overdracht = (SELECT max(id) FROM overdracht)"),
                     1);
}

static void who_sends_by_hand_ends_what_was_ready(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    drop("te-laat", "</dossier>", " </dossier>");
    await_count(READY, 1);
    json_decref(send_sample(OUD, NIEUW, NULL, overdracht));
    await_state(NIEUW, overdracht, "ontvangen", "");
    await_count(READY, 0);
    expect_text("geweigerd/te-laat.txt", "er wordt niet meer om dit dossier gevraagd");
    mover_wake(&OUD->gateway);
    await_count(TASK("klaar-om-te-versturen"), 0); /* nothing is left to be done */
}

static void nothing_is_taken_about_somebody_on_the_block_list(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    request(NIEUW, OUD, overdracht);
    await_state(OUD, overdracht, "gevraagd", "");
    policy("ask");
    drop("geheim", "</dossier>", "  </dossier>");
    await_count(READY, 1);
    json_auto_t *block = ask(OUD, call_blokkade_add, json_pack("{s:s}", "bsn", BSN));
    await_state(NIEUW, overdracht, "afgewezen", "blokkade");
    expect_no(OUD, call_overdracht_release, json_pack("{s:s}", "id", overdracht), FAULT_STATE,
              "");
    await_count(READY, 0);
    json_decref(ask(OUD, call_blokkade_lift,
                    json_pack("{s:I}", "blokkade",
                              json_integer_value(json_object_get(block, "blokkade")))));
}

/* --- by the command ---------------------------------------------------------------------- */

static void the_command_is_asked_by_number_and_its_dossier_waits_or_goes(void **state)
{
    static const char *const POLICIES[] = { "ask", "auto" };
    SCOPED_BUF struct buf asked = { 0 };
    SCOPED_MEM char *text = dossier(NULL, NULL);
    char overdracht[UUID_SIZE];

    for (size_t i = 0; i < 2; i++) {
        asking_fresh(state);
        policy(POLICIES[i]);
        command_writes(text);
        request(NIEUW, OUD, overdracht);
        if (i == 0) {
            await_count(READY, 1);
            await_state(OUD, overdracht, "gevraagd", "");
            json_decref(release_it(overdracht));
        }
        await_state(NIEUW, overdracht, "ontvangen", "");
        unlink(at_command("commando"));
    }
    assert_true(file_read(at_command("asked"), 4096, &asked, &fault));
    assert_string_equal(buf_text(&asked), BSN "\n" BSN "\n");
}

static const struct {
    const char *what, *line, *reason;
} FAILS[] = {
    { "has none", "exit 3", "the command ended with exit 3" },
    { "complains", "echo " CANARY " " BSN " >&2; exit 1",
      "the command ended with exit 1; it wrote to its standard error" },
    { "says nothing", "exit 0", "the command wrote nothing" },
    { "writes no dossier", "echo " CANARY, "" },
    { "writes about another", "sed s/" BSN "/999900043/ dossier.xml", "" },
};

static void
what_the_command_does_not_give_is_asked_again_and_a_person_hears_of_it(void **state)
{
    SCOPED_BUF struct buf log = { 0 };
    SCOPED_MEM char *text = dossier(NULL, NULL);
    char overdracht[UUID_SIZE];

    write_to(at_command("dossier.xml"), text, 0600);
    hush_start();
    for (size_t i = 0; i < sizeof(FAILS) / sizeof(FAILS[0]); i++) {
        SCOPED_BUF struct buf condition = { 0 };
        asking_fresh(state);
        town_do(OUD, "UPDATE taak SET done = 1, done_by = 'test' WHERE done IS NULL");
        command_does(FAILS[i].line);
        request(NIEUW, OUD, overdracht);
        await_count(WAITS, 1);
        await_count(TASK("aanlevering-mislukt"), 1);
        buf_addf(&condition, "state = 'wacht' AND reason LIKE '%s%%'", FAILS[i].reason);
        await(OUD, "aanlevering", overdracht, buf_text(&condition));
        await_state(OUD, overdracht, "gevraagd", "");
        reject(OUD, overdracht, "geen-dossier", "");
        await_state(NIEUW, overdracht, "afgewezen", "geen-dossier");
        await_count(WAITS, 0);
    }
    unlink(at_command("commando"));
    hush_stop(&log);
    assert_null(strstr(buf_text(&log), CANARY));
    assert_null(strstr(buf_text(&log), BSN));
    assert_null(hush_broken_in_store(OUD));
}

static void a_command_that_has_it_later_is_enough(void **state)
{
    SCOPED_MEM char *text = dossier(NULL, NULL);
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    command_does("exit 75");
    request(NIEUW, OUD, overdracht);
    await_count(WAITS, 1);
    command_writes(text);
    await_count("SELECT count(*) FROM aanlevering WHERE state = 'wacht'", 0);
    await_state(NIEUW, overdracht, "ontvangen", "");
    unlink(at_command("commando"));
}

/* The same dossier would be refused again, and so for ever. */
static void what_was_not_enough_is_not_sent_again_by_itself(void **state)
{
    SCOPED_MEM char *text = dossier(NULL, NULL);
    SCOPED_BUF struct buf before = { 0 }, after = { 0 };
    char overdracht[UUID_SIZE];

    (void)state;
    policy("auto");
    command_writes(text);
    request(NIEUW, OUD, overdracht);
    await_state(NIEUW, overdracht, "ontvangen", "");
    assert_true(file_read(at_command("asked"), 4096, &before, &fault));
    json_decref(ask(NIEUW, call_overdracht_refuse,
                    json_pack("{s:s, s:s, s:s}", "id", overdracht, "code", "onvolledig",
                              "parts", "voortgang")));
    await(OUD, "overdracht", overdracht, "state = 'gevraagd'");
    for (int i = 0; i < 20; i++) {
        supplier_wake(&OUD->gateway);
        poll(NULL, 0, 20);
    }
    assert_true(file_read(at_command("asked"), 4096, &after, &fault));
    assert_string_equal(buf_text(&before), buf_text(&after));
    drop("beter", "</dossier>", "   </dossier>");
    await_state(NIEUW, overdracht, "ontvangen", "");
    unlink(at_command("commando"));
}

static int fresh(void **state)
{
    asking_fresh(state);
    unlink(at_command("commando"));
    town_do(OUD, "DELETE FROM blokkade");
    town_do(OUD,
            "UPDATE aanlevering SET state = 'vervallen' WHERE state IN ('wacht', 'klaar')");
    town_do(OUD, "UPDATE overdracht SET state = 'afgewezen' WHERE state = 'gevraagd'");
    town_do(OUD, "UPDATE taak SET done = 1, done_by = 'test' WHERE done IS NULL");
    policy("ask");
    return 0;
}
#define SUPPLIED(test) cmocka_unit_test_setup(test, fresh)

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPLIED(what_is_left_in_the_folder_waits_until_a_person_releases_it),
        SUPPLIED(it_goes_by_itself_where_the_policy_says_so),
        SUPPLIED(nothing_goes_by_itself_while_something_is_open_at_duo),
        SUPPLIED(what_may_not_be_sent_is_refused_with_a_reason_and_without_a_name),
        SUPPLIED(two_that_ask_at_once_are_for_a_person),
        SUPPLIED(its_documents_go_along),
        SUPPLIED(the_same_file_again_is_not_sent_again),
        SUPPLIED(who_sends_by_hand_ends_what_was_ready),
        SUPPLIED(nothing_is_taken_about_somebody_on_the_block_list),
        SUPPLIED(the_command_is_asked_by_number_and_its_dossier_waits_or_goes),
        SUPPLIED(what_the_command_does_not_give_is_asked_again_and_a_person_hears_of_it),
        SUPPLIED(a_command_that_has_it_later_is_enough),
        SUPPLIED(what_was_not_enough_is_not_sent_again_by_itself),
    };
    struct helper *helper;

    if (!mkdtemp(outside) || !helper_start(&helper, &fault))
        return 1;
    snprintf(config, sizeof(config), "[aanlevering]\ncommando = %s/commando\nseconden = 10\n",
             outside);
    OUD->duo = config;
    OUD->helper = helper;
    int failed = cmocka_run_group_tests(tests, asking_start, asking_stop);
    helper_stop(helper);
    nftw(outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return failed;
}
