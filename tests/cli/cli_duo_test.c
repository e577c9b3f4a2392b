/* The built estafette, a real gateway, and DUO by a script: asking, pulling, reporting, and
 * that a BSN is never an argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/courier.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/duo_stub.h"
#include "tools/cli/output.h"

#define BSN "999990019"
#define SECONDS 20

static struct town TOWN = {
    .oin = "00000099000000001000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256
};
static struct duo_stub *DUO;
static char PERSON[128], REPORT[128]; /* files for standard input */

#define H TOWN.gateway.home.path

static int start(void **state)
{
    (void)state;
    town_install();
    output_install();
    DUO = duo_stub_create();
    TOWN.duo = duo_stub_config(DUO);
    town_build(&TOWN);
    duo_stub_serve(DUO, &TOWN, NULL);
    town_start(&TOWN);
    snprintf(PERSON, sizeof(PERSON), "%s/person", TOWN.folder);
    snprintf(REPORT, sizeof(REPORT), "%s/report", TOWN.folder);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_stop(&TOWN);
    duo_stub_destroy(DUO);
    town_remove(&TOWN);
    return 0;
}

static void put(const char *file, const char *text)
{
    struct fault fault = { 0 };

    assert_true(file_write(file, 0600, text, strlen(text), &fault));
}

static void expect(const struct command_result *got, int exit, const char *out,
                   const char *err)
{
    if (got->exit != exit || !strstr(got->out, out) || !strstr(got->err, err))
        fail_msg("exit %d:\n%s%s", got->exit, got->out, got->err);
    assert_null(strstr(got->err, BSN));
}

static void a_question_is_answered_in_dutch_or_as_it_came(void **state)
{
    (void)state;
    put(PERSON, " " BSN "\r\n");
    duo_stub_say(DUO, 200, "[{\"bedrag\":250,\"datum\":\"2026-01-02\"}]");
    expect(command_run_with(PERSON, "-C %s duo ask boetes.lezen --bsn -", H), 0, "250", "");
    assert_true(duo_stub_says(DUO, 0, "GET /v1/personen/" BSN "/boetes HTTP/1.1\r\n"));
    expect(command_run_with(PERSON, "-C %s --json duo ask boetes.lezen --bsn -", H), 0,
           "\"uitkomst\": \"gelezen\"", "");
    json_auto_t *answer = command_json();
    assert_int_equal(json_array_size(json_object_get(answer, "answer")), 1);
    duo_stub_say(DUO, 200, "[{\"code\":\"A1\",\"omschrijving\":\"Ziekte\"}]");
    expect(command_run("-C %s duo ask verlengingsgronden.lezen", H), 0, "Ziekte", "");
    duo_stub_say(DUO, 404, NULL);
    expect(command_run_with(PERSON, "-C %s duo ask pip.lezen --bsn -", H), 0, "niets bekend",
           "");
}

static void a_no_is_shown_and_is_a_negative_answer(void **state)
{
    (void)state;
    put(PERSON, BSN "\n");
    duo_stub_say(DUO, 403, "[{\"fouttekst\":\"Geen toegang.\"}]");
    expect(command_run_with(PERSON, "-C %s duo ask pip.lezen --bsn -", H), 1, "Geen toegang.",
           "403: DUO says no");
    duo_stub_say(DUO, 403, NULL);
    expect(command_run_with(PERSON, "-C %s duo ask pip.lezen --bsn -", H), 1, "niet van ons",
           "403: not ours");
    duo_stub_say(DUO, 503, NULL);
    expect(command_run_with(PERSON, "-C %s duo ask pip.lezen --bsn -", H), 76, "",
           "DUO answered HTTP 503");
    assert_true(town_count(&TOWN, "SELECT count(*) FROM audit WHERE action = 'duo'"
                                  " AND actor LIKE 'uid %' AND detail = 'pip.lezen: HTTP 403'")
                == 2);
}

static void all_about_a_person_is_one_text(void **state)
{
    static const struct duo_stub_answer SCRIPT[] = {
        { .status = 200,
          .body = "{\"indicatorInburgeringsplicht\":true,\"begindatum\":"
                  "\"2025-03-04\"}" },
        { .status = 503 },
        { .status = 404 },
    };
    const struct command_result *got;

    (void)state;
    put(PERSON, BSN "\n");
    duo_stub_script(DUO, SCRIPT, 3);
    got = command_run_with(PERSON, "-C %s duo pull --bsn -", H);
    expect(got, 75, "4 maart 2025", "1 of 19 could not be read at DUO");
    expect(got, 75, "", "inburgeringsplicht-historie.lezen: DUO answered HTTP 503");
    assert_int_equal(duo_stub_heard(DUO), 19);
    duo_stub_script(DUO, SCRIPT, 1);
    got = command_run_with(PERSON,
                           "-C %s duo pull --bsn - --only inburgeringsplicht.lezen --xml", H);
    expect(got, 0, "<begindatum>2025-03-04</begindatum>", "");
    expect(command_run_with(
               PERSON, "-C %s --json duo pull --bsn - --only inburgeringsplicht.lezen", H),
           0, "\"gelezen\": \"<?xml", "");
    duo_stub_say(DUO, 403, NULL);
    expect(command_run_with(PERSON, "-C %s duo pull --bsn -", H), 1, "", "DUO says no");
}

static void a_report_goes_by_the_outbox(void **state)
{
    char id[UUID_SIZE];

    (void)state;
    put(PERSON, BSN "\n");
    put(REPORT, "{\"dagtekeningPip\":\"2026-01-02\",\"leerroute\":\"B\"}");
    duo_stub_say(DUO, 403, "[{\"fouttekst\":\"Mag niet.\"}]");
    expect(command_run_with(PERSON, "-C %s --json duo report pip.melden --bsn - --body %s", H,
                            REPORT),
           0, "bericht", "It is on its way");
    json_auto_t *reported = command_json();
    snprintf(id, sizeof(id), "%s", output_text(reported, "bericht"));
    assert_true(
        town_wait(&TOWN, "SELECT count(*) FROM outbox WHERE state = 'refused'", 1, SECONDS));
    assert_true(duo_stub_says(DUO, 0, "POST /v1/personen/" BSN "/PIP HTTP/1.1\r\n"));
    assert_true(duo_stub_says(
        DUO, 0, "\r\n\r\n{\"dagtekeningPip\":\"2026-01-02\",\"leerroute\":\"B\"}"));
    expect(command_run("-C %s outbox show %s", H, id), 0, "Mag niet.", "");
    expect(command_run("-C %s --json outbox show %s", H, id), 0, "\"status\": 403", "");
    expect(command_run("-C %s outbox list", H), 0, "DUO", "");
    /* both from standard input */
    put(PERSON, BSN "\n{\"datumEindgesprekMap\":\"2026-01-02\"}");
    duo_stub_say(DUO, 200, NULL);
    expect(command_run_with(PERSON, "-C %s duo report map.melden --bsn - --body -", H), 0, "",
           "It is on its way");
    assert_true(
        town_wait(&TOWN, "SELECT count(*) FROM outbox WHERE state = 'delivered'", 1, SECONDS));
    assert_true(duo_stub_says(DUO, 0, "\r\n\r\n{\"datumEindgesprekMap\":\"2026-01-02\"}"));
}

static void every_operation_is_listed(void **state)
{
    (void)state;
    expect(command_run("duo operations"), 0, "/personen/{bsn}/Inburgeringsaanbod/", "");
    expect(command_run("--json duo operations"), 0, "pip.melden", "");
    json_auto_t *all = command_json();
    assert_int_equal(json_array_size(json_object_get(all, "operations")), 38);
}

/* clang-format off */
static const struct {
    const char *words;
    int exit;
    const char *says;
} REFUSED[] = {
    { "duo ask pip.lezen --bsn 999990031",     64, "personal data is not taken from the command line" },
    { "duo pull --bsn 999990031",              64, "personal data is not taken from the command line" },
    { "duo ask pip.lezen",                     64, "pip.lezen: it needs --bsn" },
    { "duo ask instellingen.lezen --bsn -",    64, "instellingen.lezen: it does not take --bsn" },
    { "duo ask aanbod.melden --bsn - --instelling 1", 64, "aanbod.melden: it needs --body" },
    { "duo ask pip.lezen --bsn -",             64, "its path needs a right {bsn}" },
    { "duo ask pip.intrekken --bsn -",         64, "its path needs a right {bsn}" },
    { "duo ask rijbewijs.lezen --bsn -",       64, "rijbewijs.lezen: DUO has no such operation" },
    { "duo report notificatie.melden",         64, "notificatie.melden: DUO has no such operation" },
    { "duo pull --bsn - --only pip.melden",    64, "--only pip.melden: it reads nothing about a person" },
    { "duo report contactpersoon.intrekken --id 0",  64, "its path needs a right {id}" },
    { "duo report verlengingsgronden.lezen",   64, "verlengingsgronden.lezen only asks" },
    { "duo ask contactpersoon.intrekken --id 3", 64, "contactpersoon.intrekken changes something at DUO" },
};
/* clang-format on */

static void what_is_asked_wrongly_is_refused_and_leaves_nothing(void **state)
{
    (void)state;
    duo_stub_say(DUO, 200, "[]");
    put(PERSON, "999990018\n"); /* fails the 11-test */
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        const struct command_result *got =
            command_run_with(PERSON, "-C %s %s", H, REFUSED[i].words);
        if (got->exit != REFUSED[i].exit || !strstr(got->err, REFUSED[i].says))
            fail_msg("%s: exit %d\n%s", REFUSED[i].words, got->exit, got->err);
        assert_null(strstr(got->err, "999990018"));
        assert_null(strstr(got->err, "999990031"));
    }
    assert_int_equal(duo_stub_heard(DUO), 0);
}

static void a_body_that_duo_would_not_take_is_named_and_not_repeated(void **state)
{
    (void)state;
    put(PERSON, BSN "\n");
    put(REPORT, "{\"dagtekeningPip\":\"2026-02-30\",\"leerroute\":\"B\"}");
    expect(
        command_run_with(PERSON, "-C %s duo report pip.melden --bsn - --body %s", H, REPORT),
        65, "", "/dagtekeningPip");
    put(REPORT, "{\"dagtekeningPip\":");
    expect(
        command_run_with(PERSON, "-C %s duo report pip.melden --bsn - --body %s", H, REPORT),
        65, "", "");
}

/* Without a word read of DUO some of its rules can still be told from the report alone. */
static void what_duo_would_surely_refuse_does_not_go(void **state)
{
    (void)state;
    duo_stub_say(DUO, 201, NULL);
    put(PERSON, BSN "\n");
    put(REPORT, "{\"dagtekeningPip\":\"2026-01-02\",\"leerroute\":\"O\",\"niveau\":\"A2\"}");
    expect(
        command_run_with(PERSON, "-C %s duo report pip.melden --bsn - --body %s", H, REPORT),
        65, "", "PIP-6");
    put(REPORT, "{\"datumEindgesprekMap\":\"2999-01-02\"}");
    expect(
        command_run_with(PERSON, "-C %s duo report map.melden --bsn - --body %s", H, REPORT),
        65, "", "MAP-6");
    assert_int_equal(duo_stub_heard(DUO), 0);
}

static void the_doctor_says_whether_duo_is_there(void **state)
{
    (void)state;
    duo_stub_say(DUO, 200, "[]");
    expect(command_run("-C %s doctor", H), command_run("-C %s doctor", H)->exit, "duo.connect",
           "");
    expect(command_run("-C %s --json doctor", H), command_run("-C %s --json doctor", H)->exit,
           "answers, with its OIN; Inburgeringstermijn 1.0.0", "");
    duo_stub_say(DUO, 503, NULL);
    expect(command_run("-C %s --json doctor", H), 1, "DUO answered HTTP 503", "");
}

static void without_a_daemon_nothing_is_asked(void **state)
{
    (void)state;
    put(PERSON, BSN "\n");
    town_stop(&TOWN);
    expect(command_run_with(PERSON, "-C %s duo ask pip.lezen --bsn -", H), 69, "", "");
    expect(command_run_with(PERSON, "-C %s duo pull --bsn -", H), 69, "", "");
    town_start(&TOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_answered_in_dutch_or_as_it_came),
        cmocka_unit_test(a_no_is_shown_and_is_a_negative_answer),
        cmocka_unit_test(all_about_a_person_is_one_text),
        cmocka_unit_test(a_report_goes_by_the_outbox),
        cmocka_unit_test(every_operation_is_listed),
        cmocka_unit_test(what_is_asked_wrongly_is_refused_and_leaves_nothing),
        cmocka_unit_test(a_body_that_duo_would_not_take_is_named_and_not_repeated),
        cmocka_unit_test(what_duo_would_surely_refuse_does_not_go),
        cmocka_unit_test(the_doctor_says_whether_duo_is_there),
        cmocka_unit_test(without_a_daemon_nothing_is_asked),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
