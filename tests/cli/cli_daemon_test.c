/* The built estafette with a daemon: a stand-in that answers as gateway/control.h promises. */
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
#include <nng/nng.h>

#include "codecs/base/mem.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/pki.h"
#include "tests/stub.h"
#include "tools/cli/output.h"

#define ID "0193e2b4-0000-7000-8000-000000000001"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEARD_16 "01234567-89AB:CDEF"
#define HEARD HEARD_16 HEARD_16 HEARD_16 HEARD_16
#define GROUPS                                                                                \
    "0123 4567 89ab cdef 0123 4567 89ab cdef 0123 4567 89ab cdef 0123 4567 89ab cdef"
#define PEER "\"peer\":{\"oin\":\"00000001009999999000\",\"naam\":\"Amers\\u001b[2Jfoort\"}"
#define OUTBOX                                                                                \
    "{\"id\":\"" ID "\",\"overdracht\":\"" ID "\",\"soort\":\"dossier\"," PEER                \
    ",\"state\":\"queued\",\"attempts\":3,\"next_try\":\"2026-11-23T18:05:00Z\","             \
    "\"reason\":\"connection refused\",\"receipt\":\"<a>\\n<b/></a>\"}"
#define REFUSED_ROW                                                                           \
    "{\"id\":\"" ID "\",\"soort\":\"dossier\"," PEER                                          \
    ",\"state\":\"refused\",\"attempts\":1,\"reason\":\"regel: pip\",\"betekenis\":\"Doe "    \
    "dit.\"}"
#define WEIGERING                                                                             \
    "{\"code\":\"onvolledig\",\"betekenis\":\"Er mist "                                       \
    "iets.\",\"onderdelen\":[\"pip\",\"duo\"],"                                               \
    "\"toelichting\":\"Zie \\u001b[2Jbrief\\nCourse\"}"
#define HANDOVER                                                                              \
    "\"id\":\"" ID "\",\"rol\":\"ontvanger\",\"state\":\"ontvangen\"," PEER                   \
    ",\"naam\":\"A. Proef\",\"changed\":\"2026-07-01T10:00:00Z\""

#define FOLDER command_folder()

static char SOCKET[64];

/* clang-format off */
static const struct stub_answer ANSWERS[] = {
    { .name = "status", .result =
        "{\"version\":\"0.1.0\",\"naam\":\"Utrecht\",\"listening\":8443,"
        "\"outbox\":{\"queued\":2},\"peers\":{},\"certificates\":"
        "[{\"doel\":\"ondertekenen\",\"tot\":\"2027-01-01T00:00:00Z\",\"dagen\":38}]}" },
    { .name = "reload", .result = "{\"anchor\":1}" },
    { .name = "peer.card", .result =
        "{\"card\":\"PGNhcmQvPg==\",\"fingerprint\":\"" HEX "\","
        "\"geldig_tot\":\"2027-01-01T00:00:00Z\"}" },
    { .name = "peer.add", .result =
        "{\"oin\":\"00000001009999999000\",\"naam\":\"Amersfoort\","
        "\"state\":\"voorgesteld\",\"fingerprint\":\"" HEX "\"}" },
    { .name = "peer.list", .result = "{\"peers\":[{\"oin\":\"00000001009999999000\","
        "\"naam\":\"A\\u202eB\","
        "\"gemeentecodes\":[\"0307\",\"0308\"],\"state\":\"actief\"}]}" },
    { .name = "peer.show", .result = "{\"naam\":\"Amersfoort\",\"fingerprint\":\"" HEX "\","
        "\"certificates\":[{\"doel\":\"tls-server\",\"sleutel\":\"RSA-3072\"}]}" },
    { .name = "peer.ping", .fault = "{\"code\":\"unreachable\","
        "\"text\":\"connection refused\","
        "\"action\":\"check the network\"}" },
    { .name = "peer.state", .result = "{\"naam\":\"Amersfoort\",\"state\":\"geschorst\"}" },
    { .name = "overdracht.list", .result = "{\"overdrachten\":[{" HANDOVER "}]}" },
    { .name = "overdracht.show", .result = "{" HANDOVER ","
        "\"messages\":[{\"richting\":\"in\",\"id\":\"" ID "\","
        "\"soort\":\"dossier\",\"canoniek\":\"" HEX "\","
        "\"ontvangstbevestiging\":{\"uitkomst\":\"aangenomen\"}},"
        "{\"richting\":\"uit\",\"soort\":\"weigering\",\"weigering\":" WEIGERING "}],"
        "\"audit\":[{\"seq\":7,\"at\":\"2026-07-01T10:00:00Z\",\"actor\":\"uid 0\","
        "\"action\":\"received\"}]}" },
    { .name = "overdracht.accept", .fault = "{\"code\":\"state\","
        "\"text\":\"handover is overgenomen\",\"action\":\"\"}" },
    { .name = "overdracht.refuse", .result = "{\"overdracht\":\"" ID "\",\"state\":\"geweigerd\","
        "\"reden\":\"dubbel\",\"bericht\":\"" ID "\"," PEER "}" },
    { .name = "overdracht.request", .result = "{\"overdracht\":\"" ID "\",\"state\":\"verzocht\","
        "\"bericht\":\"\"," PEER "}" },
    { .name = "overdracht.file", .result = "{\"data\":\"PGEvPg==\",\"size\":4}" },
    { .name = "outbox.cancel", .result = "{\"id\":\"" ID "\",\"state\":\"cancelled\","
        "\"attempts\":2,\"overdracht\":\"" ID "\"," PEER "}" },
    { .name = "outbox.list", .result =
        "{\"outbox\":[" OUTBOX "," REFUSED_ROW "," REFUSED_ROW "]}" },
    { .name = "outbox.show", .result = OUTBOX },
    { .name = "outbox.retry", .result = "{\"id\":\"" ID "\",\"state\":\"queued\"}" },
    { 0 },
};
static const struct stub_answer EMPTY[] = {
    { .name = "outbox.list", .result = "{\"outbox\":[]}" },
    { .name = "overdracht.file", .fault = "{\"code\":\"unknown\","
        "\"text\":\"no handover\"}" },
    { .name = "reload", .fault = "{\"code\":\"config\",\"text\":\"trust/anchors/x\"}" },
    { 0 },
};
/* clang-format on */

static void verbs_print_what_the_daemon_answers(void **state)
{
    static const struct {
        const char *line;
        int exit;
        const char *out, *err;
    } CASES[] = {
        { "status", 0, "outbox           queued 2\n", "" },
        { "status", 0, "ondertekenen  2027-01-01 01:00:00 CET  38\n", "" },
        { "peer card", 0, "<card/>", "fingerprint: " GROUPS "\n" },
        { "peer list", 0, "0307, 0308", "" },
        { "peer list", 0,
          "A\xef\xbf\xbd"
          "B",
          "" },
        { "peer show 0307", 0, "fingerprint      " GROUPS "\n", "" },
        { "peer show 0307", 0, "tls-server   RSA-3072", "" },
        { "peer ping 0307", 69, "", "connection refused\n  what to do: check the network\n" },
        { "peer suspend 0307", 0, "geschorst", "" },
        { "overdracht list", 0, "A. Proef", "" },
        { "overdracht show 0193", 0, "changed          2026-07-01 12:00:00 CEST\n", "" },
        { "overdracht show 0193", 0, "Proof\nmessage          " ID "\n", "" },
        { "overdracht show 0193", 0, "receipt          aangenomen\n", "" },
        { "overdracht show 0193", 0, "Course\nSEQ", "" },
        { "overdracht show 0193", 0, "  root  received", "" }, /* uid 0 */
        { "overdracht refuse 0193", 64, "", "see estafette overdracht refuse --help\n" },
        { "overdracht accept 0193", 1, "", "handover is overgenomen" },
        { "outbox list", 0, "2026-11-23 19:05:00 CET  connection refused\n", "" },
        { "outbox list", 0, "Amers\xef\xbf\xbd[2Jfoort", "" },
        { "outbox show 0193", 0, "\nreceipt\n<a>\n<b/></a>\n", "" },
        { "outbox retry 0193", 0, "state            queued\n", "" },
        { "outbox list", 0, "regel: pip\n\nregel: Doe dit.\n", "" },
        { "outbox cancel 0193", 0, "state            cancelled\n",
          "It was tried 2 times, and may have arrived without our knowing.\n"
          "  what to do: ask Amers\xef\xbf\xbd[2Jfoort whether they have it" },
        { "overdracht show 0193", 0,
          "\nRefused by us\ncode             onvolledig\nmeaning          Er mist iets.\n"
          "parts            pip, duo\ntext\n  Zie \xef\xbf\xbd[2Jbrief\n  Course\n",
          "" },
        { "overdracht refuse 0193 --code dubbel", 0, "reason           dubbel\n",
          "Amers\xef\xbf\xbd[2Jfoort is told. This handover has ended here.\n" },
        { "overdracht refuse 0193 --code onbekend", 0, "",
          "foort is told. The handover ends here when they have received it.\n" },
        { "overdracht refuse 0193 --code in-behandeling --expected 2026-12-01", 0, "",
          "foort is told. The dossier is still asked for.\n" },
        { "overdracht request --bsn - --from 0307", 0, "state            verzocht\n",
          "It had been asked already: nothing was sent.\n" },
        { "overdracht refuse 0193 --code onvolledig --part pip --part duo", 0, "",
          "Amers\xef\xbf\xbd[2Jfoort is asked to send the dossier again" },
    };
    struct stub *stub = stub_start(SOCKET, ANSWERS);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct command_result *got = command_run("-C %s/home %s", FOLDER, CASES[i].line);
        if (got->exit != CASES[i].exit || !strstr(got->out, CASES[i].out)
            || !strstr(got->err, CASES[i].err) || strchr(got->out, '\x1b'))
            fail_msg("%s: %d\n%s%s", CASES[i].line, got->exit, got->out, got->err);
    }
    stub_stop(stub);
}

static void with_json_the_answer_comes_through_whole(void **state)
{
    static const char *const LINES[] = {
        "status",
        "peer card",
        "peer list",
        "peer show x",
        "peer suspend x",
        "overdracht list",
        "overdracht show 0193",
        "outbox list",
        "outbox show 0193",
        "outbox retry 0193",
    };
    struct stub *stub = stub_start(SOCKET, ANSWERS);

    (void)state;
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        assert_int_equal(command_run("--json -C %s/home %s", FOLDER, LINES[i])->exit, 0);
        json_auto_t *value = command_json();
        assert_true(json_object_size(value) > 0);
    }
    command_run("--json -C %s/home outbox show 0193", FOLDER);
    json_auto_t *value = command_json();
    assert_string_equal(output_text(value, "next_try"), "2026-11-23T18:05:00Z");
    stub_stop(stub);
}

static void an_empty_list_says_none(void **state)
{
    struct stub *stub = stub_start(SOCKET, EMPTY);

    (void)state;
    const struct command_result *got = command_run("-C %s/home outbox list", FOLDER);
    assert_int_equal(got->exit, 0);
    assert_string_equal(got->out, "");
    assert_string_equal(got->err, "none\n");
    stub_stop(stub);
}

static void the_verbs_of_standing_ask_for_their_state(void **state)
{
    static const struct {
        const char *verb, *to;
    } CASES[] = { { "suspend", "geschorst" },
                  { "activate", "actief" },
                  { "remove", "verwijderd" } };
    struct stub *stub = stub_start(SOCKET, ANSWERS);

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        command_expect(0, "", "-C %s/home peer %s 0307", FOLDER, CASES[i].verb);
        json_auto_t *with = stub_last(stub, "peer.state");
        assert_string_equal(output_text(with, "to"), CASES[i].to);
        assert_string_equal(output_text(with, "gemeente"), "0307");
    }
    stub_stop(stub);
}

static void a_card_goes_to_a_new_file_only(void **state)
{
    SCOPED_BUF struct buf card = { 0 };
    struct fault fault = { 0 };
    char path[128];
    struct stub *stub = stub_start(SOCKET, ANSWERS);

    (void)state;
    snprintf(path, sizeof(path), "%s/card.xml", FOLDER);
    command_expect(0, "fingerprint: " GROUPS, "-C %s/home peer card --out %s", FOLDER, path);
    assert_true(file_read(path, 100, &card, &fault));
    assert_string_equal(buf_text(&card), "<card/>");
    command_expect(74, "File exists", "-C %s/home peer card --out %s", FOLDER, path);
    stub_stop(stub);
}

static void a_card_is_added_with_the_fingerprint_as_it_was_heard(void **state)
{
    char path[128];
    struct stub *stub = stub_start(SOCKET, ANSWERS);
    struct fault fault = { 0 };

    (void)state;
    snprintf(path, sizeof(path), "%s/theirs.xml", FOLDER);
    assert_true(file_write(path, 0600, "<card/>", 7, &fault));
    command_expect(64, "not 64 hexadecimal digits",
                   "-C %s/home peer add %s --fingerprint 0123", FOLDER, path);
    assert_int_equal(stub_count(stub, "peer.add"), 0);
    command_expect(0, "Next: estafette peer ping 00000001009999999000",
                   "-C %s/home peer add %s --fingerprint " HEARD, FOLDER, path);
    json_auto_t *with = stub_last(stub, "peer.add");
    assert_string_equal(output_text(with, "fingerprint"), HEX);
    assert_string_equal(output_text(with, "card"), "PGNhcmQvPg==");
    command_expect(76, "theirs.xml: ", "-C %s/home peer add %s", FOLDER, path);
    assert_int_equal(stub_count(stub, "peer.add"), 1);
    stub_stop(stub);
}

static void a_handover_is_saved_and_never_over_what_is_there(void **state)
{
    static const char *const FILES[] = { "bericht.xml", "dossier.xml", "bericht.p7m",
                                         "ontvangstbevestiging.xml" };
    struct stub *stub = stub_start(SOCKET, ANSWERS);

    (void)state;
    const struct command_result *got =
        command_run("-C %s/home overdracht save 0193 --out %s/saved", FOLDER, FOLDER);
    assert_int_equal(got->exit, 0);
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        char path[128];
        struct stat status;
        snprintf(path, sizeof(path), "%s/saved/%s", FOLDER, FILES[i]);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
        assert_non_null(strstr(got->out, path));
    }
    assert_non_null(strstr(got->err, "dossier.html is left out: "));
    command_expect(74, "bericht.xml is there already",
                   "-C %s/home overdracht save 0193 --out %s/saved", FOLDER, FOLDER);
    assert_int_equal(stub_count(stub, "overdracht.file"), 4); /* nothing was fetched again */
    stub_stop(stub);
}

static void without_a_receipt_the_rest_is_saved(void **state)
{
    static const struct stub_answer NOTHING[] = {
        { .name = "overdracht.file",
          .fault = "{\"code\":\"state\",\"text\":\"no dossier yet\"}" },
        { 0 }
    };
    struct stub *stub = stub_start(SOCKET, NOTHING);
    char path[128];

    (void)state;
    snprintf(path, sizeof(path), "%s/none/bericht.xml", FOLDER);
    command_expect(1, "no dossier yet", "-C %s/home overdracht save 0193 --out %s/none",
                   FOLDER, FOLDER);
    assert_false(file_exists(path));
    stub_stop(stub);
    stub = stub_start(SOCKET, EMPTY);
    command_expect(1, "no handover", "-C %s/home overdracht save 0193 --out %s/none", FOLDER,
                   FOLDER);
    command_expect(1, "no handover", "-C %s/home dossier show 0193e2b4", FOLDER);
    stub_stop(stub);
}

static void a_running_daemon_is_told_of_new_trust(void **state)
{
    struct pki *authority = pki_create(PKI_P256, "Root");
    SCOPED_BUF struct buf pem = { 0 };
    struct fault fault = { 0 };
    char path[128];

    (void)state;
    certificate_to_pem(pki_root(authority), &pem);
    pki_destroy(authority);
    snprintf(path, sizeof(path), "%s/root.pem", FOLDER);
    assert_true(file_write(path, 0600, pem.data, pem.size, &fault));
    struct stub *stub = stub_start(SOCKET, ANSWERS);
    command_expect(0, "the running daemon has read it", "-C %s/home trust add %s", FOLDER,
                   path);
    assert_int_equal(stub_count(stub, "reload"), 1);
    stub_stop(stub);
    stub = stub_start(SOCKET, EMPTY);
    command_expect(0, "could not read it; restart it: trust/anchors/x",
                   "-C %s/home trust add %s", FOLDER, path);
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
        cmocka_unit_test(verbs_print_what_the_daemon_answers),
        cmocka_unit_test(with_json_the_answer_comes_through_whole),
        cmocka_unit_test(an_empty_list_says_none),
        cmocka_unit_test(the_verbs_of_standing_ask_for_their_state),
        cmocka_unit_test(a_card_goes_to_a_new_file_only),
        cmocka_unit_test(a_card_is_added_with_the_fingerprint_as_it_was_heard),
        cmocka_unit_test(a_handover_is_saved_and_never_over_what_is_there),
        cmocka_unit_test(without_a_receipt_the_rest_is_saved),
        cmocka_unit_test(a_running_daemon_is_told_of_new_trust),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
