/* What a person reads of `overdracht list`: families together, and who must do what by when.
 * The daemon is a stand-in; what it answers is held to gateway/api.json elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pwd.h>
#include <unistd.h>

#include <cmocka.h>
#include <nng/nng.h>

#include "tests/cli/command.h"
#include "tests/stub.h"
#include "tools/cli/output.h"

#define FOLDER command_folder()
#define ID(n) "01a21647-0000-7000-8000-00000000000" n
#define PEER "\"peer\":{\"oin\":\"00000001009999999000\",\"naam\":\"Gemeente Almelo\"}"
#define ROW(n, naam, more)                                                                    \
    "{\"id\":\"" ID(                                                                          \
        n) "\",\"rol\":\"ontvanger\",\"state\":\"ontvangen\"," PEER ",\"naam\":"              \
           "\"" naam                                                                          \
           "\",\"geboortedatum\":\"1996-05-30\",\"changed\":\"2026-07-01T10:00:00Z\"" more    \
           "}"
#define OF(n) ",\"gezin\":\"" ID(n) "\""

static char SOCKET[64];

/* --- families ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct stub_answer FAMILIES[] = {
    { .name = "overdracht.list", .result = "{\"overdrachten\":["
        ROW("9", "Z. de Proef", OF("3")) "," ROW("7", "M. de Proef", OF("3") ",\"toegewezen\":\"jansen\"") ","
        ROW("3", "V. de Proef", OF("3")) "," ROW("8", "A. Alleen", ",\"toegewezen\":\"\"") ","
        ROW("6", "B. Bij\\u001b[2Jna", OF("2")) "," ROW("2", "C. \xc3\x91u\xc3\xb1" "es", OF("2")) ","
        ROW("1", "D. Deel", OF("0")) "]}" },
    { 0 },
};
static const char FAMILIES_READ[] =
    "   ID                                    STATE      PERSON        BORN        ROLE       PEER             ASSIGNED  CHANGED                   TASKS  REASON\n"
    "/  " ID("9") "  ontvangen  Z. de Proef   1996-05-30  ontvanger  Gemeente Almelo  -         2026-07-01 12:00:00 CEST  -      -\n"
    "|  " ID("7") "  ontvangen  M. de Proef   1996-05-30  ontvanger  Gemeente Almelo  jansen    2026-07-01 12:00:00 CEST  -      -\n"
    "\\  " ID("3") "  ontvangen  V. de Proef   1996-05-30  ontvanger  Gemeente Almelo  -         2026-07-01 12:00:00 CEST  -      -\n"
    "   " ID("8") "  ontvangen  A. Alleen     1996-05-30  ontvanger  Gemeente Almelo  -         2026-07-01 12:00:00 CEST  -      -\n"
    "/  " ID("6") "  ontvangen  B. Bij\xef\xbf\xbd[2Jna  1996-05-30  ontvanger  Gemeente Almelo  -         2026-07-01 12:00:00 CEST  -      -\n"
    "\\  " ID("2") "  ontvangen  C. \xc3\x91u\xc3\xb1" "es      1996-05-30  ontvanger  Gemeente Almelo  -         2026-07-01 12:00:00 CEST  -      -\n"
    "+  " ID("1") "  ontvangen  D. Deel       1996-05-30  ontvanger  Gemeente Almelo  -         2026-07-01 12:00:00 CEST  -      -\n";
/* clang-format on */

static void a_family_stands_in_a_bracket(void **state)
{
    struct stub *stub = stub_start(SOCKET, FAMILIES);

    (void)state;
    const struct command_result *got = command_run("-C %s/home overdracht list", FOLDER);
    assert_int_equal(got->exit, 0);
    assert_string_equal(got->out, FAMILIES_READ);
    stub_stop(stub);
}

/* The mark, which one it is, where it stands and who: 80 columns hold them, up to the birth
 * date. */
static void what_tells_them_apart_stands_within_80_columns(void **state)
{
    const char *born = strstr(FAMILIES_READ, "BORN");

    (void)state;
    assert_true(born && born - FAMILIES_READ + (long)strlen("1996-05-30") <= 80);
}

static void programs_get_the_answer_as_it_is(void **state)
{
    struct stub *stub = stub_start(SOCKET, FAMILIES);

    (void)state;
    assert_int_equal(command_run("-C %s/home --json overdracht list", FOLDER)->exit, 0);
    json_auto_t *answer = command_json();
    const json_t *first = json_array_get(json_object_get(answer, "overdrachten"), 0);
    assert_string_equal(output_text(first, "gezin"), ID("3"));
    assert_int_equal(json_object_size(first), 8); /* no bracket */
    stub_stop(stub);
}

/* --- which ------------------------------------------------------------------------------- */

static const char *own_name(void)
{
    const struct passwd *own = getpwuid(getuid());

    return own ? own->pw_name : "";
}

static void what_is_asked_is_what_was_said(void **state)
{
    const struct {
        const char *words, *user, *household, *attention;
    } CASES[] = {
        { "", "", "", "" },
        { " --mine", own_name(), "", "" },
        { " --attention --mine", own_name(), "", "ja" },
        { " --assigned de.vries", "de.vries", "", "" },
        { " --household 01a21647", "", "01a21647", "" },
        { " --household 01a21647 --attention --assigned x", "x", "01a21647", "ja" },
    };
    struct stub *stub = stub_start(SOCKET, FAMILIES);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        command_run("-C %s/home overdracht list%s", FOLDER, CASES[i].words);
        json_auto_t *with = stub_last(stub, "overdracht.list");
        assert_string_equal(output_text(with, "user"), CASES[i].user);
        assert_string_equal(output_text(with, "household"), CASES[i].household);
        assert_string_equal(output_text(with, "attention"), CASES[i].attention);
    }
    stub_stop(stub);
}

static void what_makes_no_sense_is_asked_of_nobody(void **state)
{
    static const struct {
        const char *words, *says;
    } CASES[] = {
        { "list --mine --assigned jansen", "--mine or the name of a user, not both" },
        { "list --assigned=", "--assigned needs a value" },
        { "list --household", "--household needs a value" },
        { "list jansen", "there are too many arguments" },
        { "assign 01a2 jansen --mine", "--mine or the name of a user, not both" },
    };
    struct stub *stub = stub_start(SOCKET, FAMILIES);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        command_expect(64, CASES[i].says, "-C %s/home overdracht %s", FOLDER, CASES[i].words);
    assert_int_equal(stub_count(stub, "overdracht.list"), 0);
    stub_stop(stub);
}

static void whoever_takes_it_over_is_told_from_whom(void **state)
{
    static const struct {
        struct stub_answer answers[2];
        const char *words, *user, *says;
    } CASES[] = {
        { { { .name = "overdracht.assign",
              .result = "{\"overdracht\":\"" ID("1") "\",\"toegewezen\":\"jansen\","
                                                     "\"was\":\"de.vries\"}" } },
          " jansen",
          "jansen",
          "Until now it was assigned to de.vries.\n" },
        { { { .name = "overdracht.assign",
              .result = "{\"overdracht\":\"" ID("1") "\",\"toegewezen\":\"\","
                                                     "\"was\":\"\"}" } },
          "",
          "",
          "Nobody sees to it now.\n" },
        { { { .name = "overdracht.assign",
              .result = "{\"overdracht\":\"" ID("1") "\",\"toegewezen\":\"jansen\","
                                                     "\"was\":\"jansen\"}" } },
          " jansen",
          "jansen",
          "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct stub *stub = stub_start(SOCKET, CASES[i].answers);
        const struct command_result *got =
            command_run("-C %s/home overdracht assign 01a2%s", FOLDER, CASES[i].words);
        assert_int_equal(got->exit, 0);
        assert_string_equal(got->err, CASES[i].says);
        json_auto_t *with = stub_last(stub, "overdracht.assign");
        assert_string_equal(output_text(with, "user"), CASES[i].user);
        stub_stop(stub);
    }
}

static void a_user_is_called_as_the_machine_calls_him(void **state)
{
    static const struct {
        const char *actor, *read;
    } CASES[] = {
        { "uid 0", "root" },
        { "uid 1 klantregisseur", "daemon klantregisseur" },
        { "uid 4242424242424242 klantregisseur", "uid 4242424242424242 klantregisseur" },
        { "uid 987654321", "uid 987654321" },
        { "uid x", "uid x" },
        { "uid ", "uid " },
        { "00000099000000001000", "00000099000000001000" },
        { "estafetted", "estafetted" },
        { "uid 0\x1b[2J", "root\xef\xbf\xbd[2J" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf text = { 0 };
        output_actor(CASES[i].actor, &text);
        assert_string_equal(buf_text(&text), CASES[i].read);
    }
}

/* --- what must be done ------------------------------------------------------------------- */

/* clang-format off */
#define ABOUT(n, naam) "\"overdracht\":\"" ID(n) "\",\"naam\":\"" naam "\"," PEER
static const struct stub_answer WAITING[] = {
    { .name = "overdracht.list", .result = "{\"overdrachten\":[],\"aandacht\":["
        "{" ABOUT("1", "A. de Proef") ",\"wat\":\"besluit-van-hen\",\"wie\":\"zij\",\"uiterlijk\":\"2026-11-20\",\"laat\":true,"
        "\"rol\":\"verstrekker\",\"state\":\"bezorgd\",\"toegewezen\":\"jansen\",\"doen\":\"De nieuwe gemeente heeft het dossier nog "
        "niet overgenomen of geweigerd. Bel haar contactpersoon (`estafette overdracht show " ID("1") "`).\"},"
        "{" ABOUT("2", "B. \xc3\x91u\xc3\xb1" "es") ",\"wat\":\"besluit-van-ons\",\"wie\":\"wij\",\"uiterlijk\":\"2026-12-01\",\"laat\":false,"
        "\"rol\":\"ontvanger\",\"state\":\"ontvangen\",\"toegewezen\":\"jansen\",\"doen\":\"Er staat een dossier klaar: `estafette "
        "overdracht show " ID("2") "`. Neem het over met `estafette overdracht accept " ID("2") "`, of weiger het met "
        "`estafette overdracht refuse " ID("2") "`.\"},"
        "{" ABOUT("3", "C. \\u001b[2J\\u202eProef") ",\"wat\":\"verschil\",\"wie\":\"wij\",\"uiterlijk\":\"2026-12-18\",\"laat\":false,"
        "\"rol\":\"ontvanger\",\"state\":\"overgenomen\",\"toegewezen\":\"\",\"taak\":12,\"doen\":\"DUO is leidend: ga uit van wat DUO "
        "zegt. Klopt dat niet, laat dan de gemeente die het meldde het bij DUO herstellen, of bel DUO.\"},"
        "{\"wat\":\"notificatie\",\"wie\":\"wij\",\"laat\":false,\"taak\":13,\"doen\":\"Bekijk de notificatie met `estafette duo "
        "notifications` en beslis wat er moet gebeuren; sluit daarna deze taak.\"}]}" },
    { 0 },
};
static const char WAITING_READ[] =
    "2026-11-20  TE LAAT  Gemeente Almelo  besluit-van-hen\n"
    "    A. de Proef, bezorgd, naar Gemeente Almelo\n"
    "    De nieuwe gemeente heeft het dossier nog niet overgenomen of geweigerd. Bel\n"
    "    haar contactpersoon\n"
    "    (`estafette overdracht show " ID("1") "`).\n"
    "\n"
    "2026-12-01  wij (jansen)  besluit-van-ons\n"
    "    B. \xc3\x91u\xc3\xb1" "es, ontvangen, van Gemeente Almelo\n"
    "    Er staat een dossier klaar:\n"
    "    `estafette overdracht show " ID("2") "`. Neem het\n"
    "    over met `estafette overdracht accept " ID("2") "`,\n"
    "    of weiger het met\n"
    "    `estafette overdracht refuse " ID("2") "`.\n"
    "\n"
    "2026-12-18  wij  verschil, taak 12\n"
    "    C. \xef\xbf\xbd[2J\xef\xbf\xbdProef, overgenomen, van Gemeente Almelo\n"
    "    DUO is leidend: ga uit van wat DUO zegt. Klopt dat niet, laat dan de\n"
    "    gemeente die het meldde het bij DUO herstellen, of bel DUO.\n"
    "    estafette overdracht tasks " ID("3") "\n"
    "\n"
    "zonder dag  wij  notificatie, taak 13\n"
    "    Bekijk de notificatie met `estafette duo notifications` en beslis wat er\n"
    "    moet gebeuren; sluit daarna deze taak.\n";
/* clang-format on */

static void who_must_do_what_by_when_is_read_in_whole_sentences(void **state)
{
    struct stub *stub = stub_start(SOCKET, WAITING);

    (void)state;
    const struct command_result *got =
        command_run("-C %s/home overdracht list --attention", FOLDER);
    assert_int_equal(got->exit, 0);
    assert_string_equal(got->out, WAITING_READ);
    assert_string_equal(got->err, "");
    for (const char *line = got->out; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 80 + 6); /* bytes: U+FFFD has three */
    stub_stop(stub);
}

static void where_nothing_waits_nothing_is_printed(void **state)
{
    static const struct stub_answer NOTHING[] = {
        { .name = "overdracht.list", .result = "{\"overdrachten\":[],\"aandacht\":[]}" },
        { 0 },
    };
    struct stub *stub = stub_start(SOCKET, NOTHING);

    (void)state;
    const struct command_result *got =
        command_run("-C %s/home overdracht list --attention", FOLDER);
    assert_int_equal(got->exit, 0);
    assert_string_equal(got->out, "");
    assert_string_equal(got->err, "nothing waits\n");
    stub_stop(stub);
}

static int begin(void **state)
{
    int failed = command_begin(state);

    snprintf(SOCKET, sizeof(SOCKET), "%s/home/run/control.sock", FOLDER);
    return failed;
}

static int end(void **state)
{
    nng_fini();
    return command_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_family_stands_in_a_bracket),
        cmocka_unit_test(what_tells_them_apart_stands_within_80_columns),
        cmocka_unit_test(programs_get_the_answer_as_it_is),
        cmocka_unit_test(what_is_asked_is_what_was_said),
        cmocka_unit_test(what_makes_no_sense_is_asked_of_nobody),
        cmocka_unit_test(whoever_takes_it_over_is_told_from_whom),
        cmocka_unit_test(a_user_is_called_as_the_machine_calls_him),
        cmocka_unit_test(who_must_do_what_by_when_is_read_in_whole_sentences),
        cmocka_unit_test(where_nothing_waits_nothing_is_printed),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
