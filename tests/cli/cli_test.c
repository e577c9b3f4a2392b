/* The built estafette where no daemon is needed: what it refuses and how, and dossiers in
 * files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/rules.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/sample.h"
#include "tools/cli/output.h"

#define FOLDER command_folder()
#define GOLDEN SOURCE_DIR "/tests/golden/dossiers/"
#define SEND_GOLDEN ("overdracht send " GOLDEN "gezinsmigrant.xml --to 0307")

/* --- the command line ---------------------------------------------------------------- */

static void mistakes_end_with_64_and_say_what_to_do(void **state)
{
    static const struct {
        const char *line, *says;
    } CASES[] = {
        { "", "which command?" },
        { "per list", "did you mean 'peer'?" },
        { "peer", "what shall be done?" },
        { "peer lst", "did you mean 'list'?" },
        { "peer show", "an argument is missing; usage: estafette peer show GEMEENTE" },
        { "peer list x", "too many arguments" },
        { "outbox retry", "usage: estafette outbox retry ID" },
        { "overdracht send x.xml --two 0344", "did you mean '--to'?" },
        { "overdracht send x.xml", "--to GEMEENTE is missing" },
        { "overdracht save 0193", "--out DIR is missing" },
        { "overdracht refuse 0193", "--code CODE is missing" },
        { "overdracht refuse 0193 --code onvoledig", "did you mean 'onvolledig'?" },
        { "overdracht refuse 0193 --code x",
          "--code 'x' is none of: verkeerde-persoon geen-inwoner onvolledig "
          "onleesbaar-document dubbel anders onbekend verhuisd geen-dossier niet-bevoegd "
          "blokkade in-behandeling\n" },
        { "overdracht refuse 0193 --code onvolledig", "--part is missing" },
        { "overdracht refuse 0193 --code onvolledig --part PIP",
          "--part 'PIP' is none of: persoon intake pip voortgang" },
        { "overdracht refuse 0193 --code dubbel --part pip",
          "--part does not belong to code dubbel" },
        { "overdracht refuse 0193 --code anders", "code anders: --text - is missing" },
        { "overdracht refuse 0193 --code anders --text Kanarie",
          "--text: personal data is not taken from the command line" },
        { "overdracht refuse 0193 --code dubbel --text=Kanarie",
          "give --text - and the text" },
        { "overdracht refuse 0193 --code verhuisd", "code verhuisd: --to is missing" },
        { "overdracht refuse 0193 --code in-behandeling",
          "code in-behandeling: --expected is missing" },
        { "overdracht refuse 0193 --code onbekend --to 0344",
          "--to does not belong to code onbekend" },
        { "overdracht refuse 0193 --code dubbel --expected 2026-12-01",
          "--expected does not belong to code dubbel" },
        { "overdracht refuse 0193 --code blokkade --part pip",
          "--part does not belong to that code" },
        { "overdracht request", "--bsn - or --vnummer - is missing" },
        { "overdracht request --bsn -", "--from GEMEENTE is missing" },
        { "overdracht request --bsn 999900031 --from 0344",
          "--bsn: personal data is not taken from the command line" },
        { "overdracht request --bsn - --vnummer 0099991234 --from 0344",
          "--vnummer: personal data is not taken from the command line" },
        { "overdracht request --bsn - --from 0344 --reason SS12", "did you mean 'SS12" },
        { "overdracht request --bsn - --from 0344 --pip misschien", "--pip is ja or nee" },
        { "gemeente list x y", "too many arguments" },
        { "overdracht list --bsn=123456782", "unknown option --bsn" },
        { "certificate request signing", "unknown purpose 'signing'" },
        { "init", "--oin is missing" },
        { "init --oin " COMMAND_OIN, "--naam is missing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        command_expect(64, CASES[i].says, "%s", CASES[i].line);
        command_expect(64, "what to do: ", "%s", CASES[i].line);
    }
}

static void nothing_goes_to_stdout_when_it_fails(void **state)
{
    (void)state;
    const struct command_result *got = command_run("peer lst");
    assert_string_equal(got->out, "");
    assert_null(strstr(command_run("overdracht list --bsn=123456782")->err, "123456782"));
    got = command_run("overdracht refuse 0193 --code anders --text=Kanarie");
    assert_null(strstr(got->err, "Kanarie"));
}

static void a_failure_with_json_is_one_object(void **state)
{
    json_error_t error;

    (void)state;
    const struct command_result *got = command_run("--json dossier check /nowhere.xml");
    assert_int_equal(got->exit, 66);
    assert_string_equal(got->out, "");
    json_auto_t *object = json_loads(got->err, 0, &error);
    assert_non_null(object);
    assert_string_equal(output_text(object, "code"), "input");
    assert_non_null(strstr(output_text(object, "text"), "/nowhere.xml: No such file"));
    assert_true(output_text(object, "action")[0]);
    assert_int_equal(json_object_size(object), 3);
}

static void every_verb_explains_itself_with_an_example(void **state)
{
    char all[COMMAND_TEXT_MAX], *rest = all, *line;
    int count = 0;

    (void)state;
    snprintf(all, sizeof(all), "%s", command_run("--help")->out);
    while ((line = strsep(&rest, "\n"))) {
        char noun[32], verb[32];
        int words = sscanf(line, "  estafette %31[a-z] %31[a-z]", noun, verb);
        if (words < 1)
            continue;
        const struct command_result *got =
            command_run("%s %s%s--help", noun, words == 2 ? verb : "", words == 2 ? " " : "");
        assert_int_equal(got->exit, 0);
        assert_string_equal(got->err, "");
        if (!strstr(got->out, "\nExamples:\n  ") || !strstr(got->out, noun))
            fail_msg("%s: %s", line, got->out);
        count++;
    }
    assert_in_range(count, 23, 100);
}

/* Help, faults and the schema have the codes from one list. */
static void the_help_of_refuse_explains_each_code_in_dutch(void **state)
{
    SCOPED_MEM char *codes = sample_enumerations("bericht.xsd", "weigering");
    char *rest = codes, *code;

    (void)state;
    const char *help = command_run("overdracht refuse --help")->out;
    while ((code = strsep(&rest, " ")) && *code) {
        SCOPED_BUF struct buf line = { 0 };
        buf_addf(&line, "\n  %s\n      ", code);
        const char *at = strstr(help, buf_text(&line));
        if (!at)
            fail_msg("%s is not explained:\n%s", code, help);
    }
    assert_non_null(
        strstr(help, "\n  persoon intake pip voortgang handhaving duo documenten\n"));
}

static void a_text_that_is_no_text_is_refused_before_anything_is_asked(void **state)
{
    static const char *const TEXTS[] = { "Kanarie\xff", "Kanarie\xc3", "Kan\0arie" };
    static const size_t SIZES[] = { 8, 8, 8 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        command_put("text", TEXTS[i], SIZES[i]);
        const struct command_result *got = command_run_with(
            command_path("text"), "-C %s/home overdracht refuse 0193 --code anders --text -",
            FOLDER);
        assert_int_equal(got->exit, 64);
        assert_non_null(strstr(got->err, "--text: standard input is not UTF-8 text"));
        assert_null(strstr(got->err, "Kan"));
    }
}

static void version_and_help_need_no_home(void **state)
{
    (void)state;
    assert_int_equal(command_run("--version -C /nowhere")->exit, 0);
    assert_int_equal(strncmp(command_run("--version")->out, "estafette 0.", 12), 0);
    assert_non_null(strstr(command_run("help")->err, "unknown command"));
}

static void a_full_disk_is_not_success(void **state)
{
    (void)state;
    const struct command_result *got =
        command_run_to("/dev/full", "dossier show " GOLDEN "gezinsmigrant.xml");
    assert_int_equal(got->exit, 74);
    assert_non_null(strstr(got->err, "standard output: No space left"));
}

static void files_that_are_not_there_end_with_66(void **state)
{
    static const char *const LINES[] = {
        "dossier check /nowhere.xml",
        "dossier show /nowhere.xml",
        "overdracht send /nowhere.xml --to 0344",
        "peer add /nowhere.xml",
        "-C %s/home trust add /nowhere.pem",
        "-C %s/home trust crl /nowhere.crl",
        "-C %s/home certificate install /nowhere.pem",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        char line[256];
        const char *marker = strstr(LINES[i], "%s");
        snprintf(line, sizeof(line), "%.*s%s%s", marker ? (int)(marker - LINES[i]) : 0,
                 LINES[i], marker ? FOLDER : "", marker ? marker + 2 : LINES[i]);
        command_expect(66, "/nowhere.", "%s", line);
    }
}

static void without_a_daemon_it_says_how_to_start_one(void **state)
{
    static const char *const LINES[] = {
        "status",
        "peer list",
        "peer card",
        "peer show 0307",
        "peer ping 0307",
        "peer suspend 0307",
        "outbox list",
        "outbox show 0193",
        "overdracht list",
        "overdracht accept 0193",
        "dossier show 0193e2b4",
        SEND_GOLDEN,
    };
    char start[128];

    (void)state;
    snprintf(start, sizeof(start), "start it: estafetted -C %s/home", FOLDER);
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        command_expect(69, "the daemon is not running", "-C %s/home %s", FOLDER, LINES[i]);
        command_expect(69, start, "-C %s/home %s", FOLDER, LINES[i]);
    }
}

static void a_home_that_is_not_in_order_ends_with_78(void **state)
{
    (void)state;
    command_expect(78, "No such file", "-C /nowhere status");
    mkdir(command_path("open"), 0777);
    chmod(command_path("open"), 0755);
    command_expect(78, "open to others", "-C %s/open certificate list", FOLDER);
    mkdir(command_path("empty"), 0700);
    command_expect(78, "estafette.ini: there is no such file", "-C %s/empty status", FOLDER);
}

/* --- dossiers ------------------------------------------------------------------------ */

static void golden_dossiers_are_ok(void **state)
{
    (void)state;
    const struct command_result *got =
        command_run("dossier check " GOLDEN "gezinsmigrant.xml");
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "gezinsmigrant.xml: OK\n"));
    got = command_run_with(GOLDEN "asielstatushouder.xml", "--json dossier check -");
    assert_int_equal(got->exit, 0);
    json_auto_t *value = command_json();
    assert_true(json_is_true(json_object_get(value, "ok")));
    assert_int_equal(json_array_size(json_object_get(value, "findings")), 0);
}

static void broken_dossiers_are_told_by_file_line_and_rule(void **state)
{
    static const struct {
        const char *from, *to, *says;
    } CASES[] = {
        { "<bsn>999900031</bsn>", "<bsn>999900032</bsn>", ": elfproef: " },
        { "<bsn>999900031</bsn>", "<bsn>x</bsn>", ": schema: " },
        { "<cohort>Wi2021</cohort>", "<cohort>Wi1999</cohort>", "dossier/persoon/cohort" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *golden = sample_dossier("gezinsmigrant.xml");
        SCOPED_MEM char *text = sample_replace(golden, CASES[i].from, CASES[i].to);
        command_put("broken.xml", text, strlen(text));
        const struct command_result *got = command_run("dossier check %s/broken.xml", FOLDER);
        assert_int_equal(got->exit, 65);
        assert_non_null(strstr(got->out, "broken.xml:"));
        if (!strstr(got->out, CASES[i].says))
            fail_msg("%s", got->out);
        assert_null(strstr(got->out, ": OK"));
        assert_null(strstr(got->err, "99990003"));
        got =
            command_run("overdracht send %s/broken.xml --to 0307 -C %s/home", FOLDER, FOLDER);
        assert_int_equal(got->exit, 65); /* before any daemon is asked */
        assert_non_null(strstr(got->err, "nothing was sent"));
        assert_non_null(strstr(got->err, "broken.xml:"));
    }
}

static void what_is_no_dossier_is_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } CASES[] = {
        { "", "junk.xml: " },
        { "hello", "junk.xml: " },
        { "<!DOCTYPE x><x/>", "junk.xml: line 1" },
        { "<x/>", "junk.xml" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        command_put("junk.xml", CASES[i].text, strlen(CASES[i].text));
        command_expect(65, CASES[i].says, "dossier check %s/junk.xml", FOLDER);
        command_expect(65, "", "dossier show %s/junk.xml", FOLDER);
    }
}

static void findings_are_json_on_stdout(void **state)
{
    SCOPED_MEM char *golden = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text =
        sample_replace(golden, "<bsn>999900031</bsn>", "<bsn>999900032</bsn>");

    (void)state;
    command_put("broken.xml", text, strlen(text));
    assert_int_equal(command_run("--json dossier check %s/broken.xml", FOLDER)->exit, 65);
    json_auto_t *value = command_json();
    const json_t *finding = json_array_get(json_object_get(value, "findings"), 0);
    assert_true(json_is_false(json_object_get(value, "ok")));
    assert_true(json_integer_value(json_object_get(finding, "line")) > 0);
    assert_non_null(strstr(output_text(finding, "path"), "bsn"));
    assert_true(output_text(finding, "says")[0]);
}

static void put_sample(const char *name, const char *from, const char *to)
{
    SCOPED_MEM char *golden = sample_dossier("asielstatushouder.xml");
    SCOPED_MEM char *text = sample_replace(golden, from, to);

    command_put(name, text, strlen(text));
}

static void a_warning_is_told_and_refuses_nothing(void **state)
{
    (void)state;
    put_sample("warns.xml", "<uren>12</uren>", "<uren>10</uren>");
    const struct command_result *got = command_run("dossier check %s/warns.xml", FOLDER);
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "warns.xml:216: dossier/voortgang/pvt/uren: pvt-uren: "
                                     "let op: minder uren dan het PVT ten minste duurt; "
                                     "controleer de uren\n"));
    assert_non_null(strstr(got->out, "warns.xml: OK, with warnings\n"));
    got = command_run("--json dossier check %s/warns.xml", FOLDER);
    assert_int_equal(got->exit, 0);
    json_auto_t *value = command_json();
    const json_t *finding = json_array_get(json_object_get(value, "findings"), 0);
    assert_true(json_is_true(json_object_get(value, "ok")));
    assert_string_equal(output_text(finding, "severity"), "warn");
    assert_string_equal(output_text(finding, "says"), "fewer hours than PVT takes at least");
    assert_string_equal(output_text(finding, "action"), "check the hours");
    assert_string_equal(output_text(finding, "doen"), "controleer de uren");
    assert_true(output_text(finding, "tekst")[0] && output_text(finding, "source")[0]);
}

static void a_refusal_says_what_to_do(void **state)
{
    (void)state;
    put_sample("fine.xml", "<totaal>400.00", "<totaal>40.00");
    const struct command_result *got = command_run("dossier check %s/fine.xml", FOLDER);
    assert_int_equal(got->exit, 65);
    assert_non_null(strstr(got->out, "dossier/handhaving/boetetotaal/totaal: boete-totaal: "
                                     "weigert: is niet de som van de boetes die tellen; "));
    assert_non_null(strstr(got->err, "(rule boete-totaal)"));
    assert_non_null(strstr(got->err, "what to do: add up the fines anew"));
    assert_null(strstr(got->out, "400"));
    assert_null(strstr(got->err, "400"));
}

/* By default the law's; a home may set others. */
static void the_amounts_are_those_of_the_home(void **state)
{
    static const char SET[] = "\n[regels]\nboete_pip = 399\n";
    SCOPED_BUF struct buf ini = { 0 };
    struct fault fault;

    (void)state;
    assert_true(file_read(command_path("home/estafette.ini"), 65536, &ini, &fault));
    command_expect(0, "", "-C %s/home dossier check " GOLDEN "asielstatushouder.xml", FOLDER);
    buf_add_text(&ini, SET);
    mkdir(command_path("other"), 0700);
    command_put("other/estafette.ini", ini.data, ini.size);
    command_expect(65, "(rule boete-pip)",
                   "-C %s/other dossier check " GOLDEN "asielstatushouder.xml", FOLDER);
    command_put("other/estafette.ini", "rubbish", 7);
    command_expect(0, "the law's own amounts and terms are used: ",
                   "-C %s/other dossier check " GOLDEN "asielstatushouder.xml", FOLDER);
}

static void the_rules_are_listed(void **state)
{
    (void)state;
    const struct command_result *got = command_run("dossier rules");
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "\nelfproef "));
    got = command_run("dossier rules boete-totaal");
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "is niet de som van de boetes die tellen\n"));
    assert_non_null(strstr(got->out, "HH-NDUO-01"));
    command_expect(1, "there is no rule no-such", "dossier rules no-such");
    assert_int_equal(command_run("--json dossier rules")->exit, 0);
    json_auto_t *value = command_json();
    const json_t *rows = json_object_get(value, "rules");
    assert_int_equal(json_array_size(rows), rules_count());
    assert_string_equal(output_text(json_array_get(rows, 0), "rule"), rules_row(0)->id);
}

static void a_dossier_is_shown_as_a_page(void **state)
{
    (void)state;
    const struct command_result *got = command_run("dossier show " GOLDEN "gezinsmigrant.xml");
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "INBURGERINGSDOSSIER"));
    assert_null(strchr(got->out, '\x1b'));
}

static void a_dossier_is_a_page_for_a_browser(void **state)
{
    char path[160];
    struct stat status;
    SCOPED_BUF struct buf page = { 0 };
    struct fault fault = { 0 };

    (void)state;
    const struct command_result *got =
        command_run("dossier show " GOLDEN "gezinsmigrant.xml --html");
    assert_int_equal(got->exit, 0);
    assert_ptr_equal(strstr(got->out, "<!DOCTYPE html>\n<html lang=\"nl\">"), got->out);
    snprintf(path, sizeof(path), "%s/dossier.html", FOLDER);
    got = command_run("dossier show " GOLDEN "gezinsmigrant.xml --html --out %s", path);
    assert_int_equal(got->exit, 0);
    assert_string_equal(got->out, "");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(file_read(path, 1 << 20, &page, &fault));
    assert_non_null(strstr(buf_text(&page), "<h1>"));
    command_expect(74, "nothing is overwritten",
                   "dossier show " GOLDEN "gezinsmigrant.xml --html --out %s", path);
    got = command_run("--json dossier show " GOLDEN "gezinsmigrant.xml --html");
    json_auto_t *value = command_json();
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(output_text(value, "html"), "<h1>"));
}

static void equal_dossiers_differ_in_nothing(void **state)
{
    (void)state;
    const struct command_result *got =
        command_run("dossier diff " GOLDEN "gezinsmigrant.xml " GOLDEN "gezinsmigrant.xml");
    assert_int_equal(got->exit, 0);
    assert_string_equal(got->out, "De dossiers zijn gelijk.\n");
    got = command_run("dossier diff --duo " GOLDEN "gezinsmigrant.xml");
    assert_int_equal(got->exit, 0);
    assert_string_equal(got->out, "Het dossier en DUO zeggen hetzelfde.\n");
}

static void differences_are_lines_or_json_and_exit_1(void **state)
{
    SCOPED_MEM char *golden = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(golden, "<niveau>B1<", "<niveau>A2<");

    (void)state;
    command_put("new.xml", text, strlen(text));
    const struct command_result *got =
        command_run("dossier diff " GOLDEN "gezinsmigrant.xml %s/new.xml", FOLDER);
    assert_int_equal(got->exit, 1);
    assert_string_equal(got->out,
                        "PIP\n  gewijzigd  versie 2025-08-25 0307, niveau: B1 -> A2\n");
    assert_non_null(strstr(got->err, "1 difference\n"));
    got = command_run("--json dossier diff " GOLDEN "gezinsmigrant.xml %s/new.xml", FOLDER);
    assert_int_equal(got->exit, 1);
    json_auto_t *value = command_json();
    const json_t *first = json_array_get(value, 0);
    assert_int_equal(json_array_size(value), 1);
    assert_string_equal(output_text(first, "part"), "pip");
    assert_string_equal(output_text(first, "path"), "pip/versie[2025-08-25 0307]/niveau");
    assert_string_equal(output_text(first, "what"), "gewijzigd");
    assert_string_equal(output_text(first, "van"), "B1");
    assert_string_equal(output_text(first, "naar"), "A2");
}

static void what_cannot_be_compared_says_why(void **state)
{
    SCOPED_MEM char *golden = sample_dossier("gezinsmigrant.xml");
    const char *duo = strstr(golden, "<duo "), *end = strstr(golden, "</duo>");
    SCOPED_BUF struct buf text = { 0 };

    (void)state;
    buf_add(&text, golden, (size_t)(duo - golden));
    buf_addf(&text, "<duo status=\"leeg\"/>%s", end + strlen("</duo>"));
    command_put("new.xml", text.data, text.size);
    command_expect(66, "holds nothing that was read at DUO", "dossier diff --duo %s/new.xml",
                   FOLDER);
    command_expect(64, "which two dossiers?", "dossier diff %s/new.xml", FOLDER);
    command_expect(64, "--duo takes one dossier", "dossier diff --duo a b");
    command_expect(66, "/nowhere.xml", "dossier diff %s/new.xml /nowhere.xml", FOLDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_end_with_64_and_say_what_to_do),
        cmocka_unit_test(nothing_goes_to_stdout_when_it_fails),
        cmocka_unit_test(a_failure_with_json_is_one_object),
        cmocka_unit_test(every_verb_explains_itself_with_an_example),
        cmocka_unit_test(the_help_of_refuse_explains_each_code_in_dutch),
        cmocka_unit_test(a_text_that_is_no_text_is_refused_before_anything_is_asked),
        cmocka_unit_test(version_and_help_need_no_home),
        cmocka_unit_test(a_full_disk_is_not_success),
        cmocka_unit_test(files_that_are_not_there_end_with_66),
        cmocka_unit_test(without_a_daemon_it_says_how_to_start_one),
        cmocka_unit_test(a_home_that_is_not_in_order_ends_with_78),
        cmocka_unit_test(golden_dossiers_are_ok),
        cmocka_unit_test(broken_dossiers_are_told_by_file_line_and_rule),
        cmocka_unit_test(what_is_no_dossier_is_refused),
        cmocka_unit_test(findings_are_json_on_stdout),
        cmocka_unit_test(a_warning_is_told_and_refuses_nothing),
        cmocka_unit_test(a_refusal_says_what_to_do),
        cmocka_unit_test(the_amounts_are_those_of_the_home),
        cmocka_unit_test(the_rules_are_listed),
        cmocka_unit_test(a_dossier_is_shown_as_a_page),
        cmocka_unit_test(a_dossier_is_a_page_for_a_browser),
        cmocka_unit_test(equal_dossiers_differ_in_nothing),
        cmocka_unit_test(differences_are_lines_or_json_and_exit_1),
        cmocka_unit_test(what_cannot_be_compared_says_why),
    };

    return cmocka_run_group_tests(tests, command_begin, command_end);
}
