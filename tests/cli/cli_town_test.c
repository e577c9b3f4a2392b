/* The built estafette and two real gateways: from two cards to a dossier that was taken over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/digest.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/sample.h"
#include "tests/town.h"
#include "tools/cli/output.h"

#define DOSSIER SOURCE_DIR "/tests/golden/dossiers/gezinsmigrant.xml"
#define SECONDS 20

static struct town ALMELO = {
    .oin = "00000001001234567000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static struct town UTRECHT = {
    .oin = "00000001009999999000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256
};
static char ID[UUID_SIZE];

#define A ALMELO.gateway.home.path
#define U UTRECHT.gateway.home.path

/* The card goes to a file of the other; the fingerprint is what the telephone says. */
static void meet(const struct town *us, const struct town *them)
{
    const char *home = them->gateway.home.path;
    char file[128], fingerprint[DIGEST_HEX];

    snprintf(file, sizeof(file), "%s/card.xml", us->folder);
    command_expect(0, "fingerprint: ", "-C %s --json peer card --out %s", home, file);
    json_auto_t *card = command_json();
    snprintf(fingerprint, sizeof(fingerprint), "%s", output_text(card, "fingerprint"));
    const struct command_result *got =
        command_run("-C %s --json peer add %s", us->gateway.home.path, file);
    assert_int_equal(got->exit, 64);
    json_auto_t *shown = command_json();
    assert_string_equal(output_text(shown, "fingerprint"), fingerprint);
    assert_string_equal(output_text(shown, "oin"), them->oin);
    command_expect(76, "not that of this card", "-C %s peer add %s --fingerprint %064d",
                   us->gateway.home.path, file, 0);
    command_expect(0, "Next: estafette peer ping", "-C %s peer add %s --fingerprint %s",
                   us->gateway.home.path, file, fingerprint);
}

static void peers_meet_by_card_and_fingerprint(void **state)
{
    (void)state;
    meet(&ALMELO, &UTRECHT);
    command_expect(1, "no peer fits", "-C %s overdracht send " DOSSIER " --to 0599", A);
    meet(&UTRECHT, &ALMELO);
    command_expect(0, "", "-C %s peer ping 0344", A);
    command_expect(0, "", "-C %s peer ping Almelo", U);
    const struct command_result *got = command_run("-C %s peer list", A);
    assert_non_null(strstr(got->out, "Utrecht"));
    assert_non_null(strstr(got->out, "actief"));
    assert_int_equal(command_run("-C %s peer show utrecht", A)->exit, 0);
    command_expect(1, "", "-C %s peer show Nergens", A);
}

/* What a run said on standard output must hold this. */
static void expect_out(const struct command_result *got, const char *says)
{
    if (got->exit != 0 || !strstr(got->out, says))
        fail_msg("expected \"%s\":\n%s%s", says, got->out, got->err);
}

static void a_dossier_is_sent_and_received(void **state)
{
    (void)state;
    const struct command_result *got =
        command_run("-C %s --json overdracht send " DOSSIER " --to Utrecht --from 0141", A);
    if (got->exit != 0)
        fail_msg("%s", got->err);
    json_auto_t *sent = command_json();
    snprintf(ID, sizeof(ID), "%s", output_text(sent, "overdracht"));
    assert_string_equal(output_text(sent, "ontvanger.gemeentecode"), "0344");
    assert_true(town_wait(&ALMELO, "SELECT count(*) FROM overdracht WHERE state = 'bezorgd'",
                          1, SECONDS));
    assert_non_null(strstr(command_run("-C %s overdracht list", U)->out, ID));
    assert_non_null(strstr(command_run("-C %s dossier show %.23s", U, ID)->out, "PERSOON"));
    assert_non_null(strstr(command_run("-C %s outbox list", A)->out, "delivered"));
}

/* Who reads it also learns whom it came from, and whom to call; who sent it, where it went. */
static void a_page_tells_where_it_came_from(void **state)
{
    (void)state;
    const struct command_result *got = command_run("-C %s dossier show %s --html", U, ID);
    assert_int_equal(got->exit, 0);
    expect_out(got, "<bdi>Ontvangen van Almelo</bdi> op ");
    expect_out(got, "(gemeentecode 0141)");
    expect_out(command_run("-C %s dossier show %s", U, ID), "Ontvangen van Almelo op ");
    expect_out(command_run("-C %s dossier show %s", A, ID), "Verstuurd naar Utrecht op ");
}

static void both_sides_hold_the_same_proof(void **state)
{
    SCOPED_BUF struct buf bericht = { 0 };
    struct fault fault = { 0 };
    struct digest digest;
    char path[256], hex[DIGEST_HEX];

    (void)state;
    assert_int_equal(command_run("-C %s --json overdracht show %s", A, ID)->exit, 0);
    json_auto_t *shown = command_json();
    const json_t *message = json_array_get(json_object_get(shown, "messages"), 0);
    assert_string_equal(output_text(message, "ontvangstbevestiging.uitkomst"), "aangenomen");
    command_expect(0, "", "-C %s overdracht save %s --out %s/proof", U, ID, UTRECHT.folder);
    snprintf(path, sizeof(path), "%s/proof/bericht.xml", UTRECHT.folder);
    assert_true(file_read(path, 1 << 20, &bericht, &fault));
    digest_of(bericht.data, bericht.size, &digest);
    digest_hex(&digest, hex);
    assert_string_equal(output_text(message, "canoniek"), hex);
    command_expect(0, "", "dossier check %s/proof/dossier.xml", UTRECHT.folder);
    snprintf(path, sizeof(path), "%s/proof/ontvangstbevestiging.xml", UTRECHT.folder);
    assert_true(file_exists(path));
    snprintf(path, sizeof(path), "%s/proof/dossier.html", UTRECHT.folder);
    assert_true(file_exists(path));
}

/* A caseworker sends the decision along; the other side has it as a file. */
static void a_document_goes_along_and_comes_out(void **state)
{
    SCOPED_BUF struct buf came = { 0 };
    struct fault fault = { 0 };
    char file[128], path[160];
    static const char PDF[] = "%PDF-1.4 a decision";

    (void)state;
    snprintf(file, sizeof(file), "%s/besluit.pdf", ALMELO.folder);
    assert_true(file_write(file, 0600, PDF, sizeof(PDF), &fault));
    command_expect(0, "Nothing was sent",
                   "-C %s overdracht send " DOSSIER " --to Utrecht --dry-run --document %s", A,
                   file);
    const struct command_result *got = command_run(
        "-C %s --json overdracht send " DOSSIER " --to Utrecht --document %s", A, file);
    if (got->exit != 0)
        fail_msg("%s", got->err);
    json_auto_t *sent = command_json();
    assert_true(town_wait(&ALMELO, "SELECT count(*) FROM overdracht WHERE state = 'bezorgd'",
                          1, SECONDS));
    command_expect(0, "", "-C %s overdracht save %s --out %s/with", U,
                   output_text(sent, "overdracht"), UTRECHT.folder);
    snprintf(path, sizeof(path), "%s/with/document-bijlage-1.pdf", UTRECHT.folder);
    assert_true(file_read(path, 1000, &came, &fault));
    assert_int_equal(came.size, sizeof(PDF));
    assert_memory_equal(came.data, PDF, sizeof(PDF));
    /* Nor does a comparison show the key that opens it. */
    got = command_run("-C %s dossier diff " DOSSIER " %s", U, output_text(sent, "overdracht"));
    assert_int_equal(got->exit, 1);
    assert_non_null(strstr(got->out, "besluit.pdf"));
    assert_null(strcasestr(got->out, "sleutel"));
    command_expect(74, "is there already", "-C %s overdracht save %s --out %s/with", U,
                   output_text(sent, "overdracht"), UTRECHT.folder);
    command_expect(66, "No such file",
                   "-C %s overdracht send " DOSSIER " --to Utrecht --document %s.not", A,
                   file);
    command_expect(65, "not a PDF, JPEG, PNG or TIFF by its content",
                   "-C %s overdracht send " DOSSIER " --to Utrecht --document " DOSSIER, A);
    command_expect(65, "is named but not sent along",
                   "-C %s overdracht send " SOURCE_DIR
                   "/tests/golden/dossiers/asielstatushouder.xml --to Utrecht",
                   A);
}

static void an_accepted_handover_ends_on_both_sides(void **state)
{
    (void)state;
    command_expect(1, "nothing to accept", "-C %s overdracht accept %s", A, ID);
    command_expect(0, "", "-C %s overdracht accept %s", U, ID);
    assert_true(town_wait(
        &ALMELO, "SELECT count(*) FROM overdracht WHERE state = 'overgenomen'", 1, SECONDS));
    command_expect(1, "nothing to accept", "-C %s overdracht accept %s", U, ID);
    const struct command_result *got = command_run("-C %s overdracht show %s", A, ID);
    assert_non_null(strstr(got->out, "overgenomen"));
    assert_non_null(strstr(got->out, "Course\n"));
    assert_non_null(strstr(command_run("-C %s status", A)->out, "verstrekker overgenomen 1"));
    command_expect(1, "", "-C %s outbox retry 0000", A);
}

/* --- refused ---------------------------------------------------------------------------- */

static void expect_states(const char *almelo, const char *utrecht)
{
    SCOPED_BUF struct buf theirs = { 0 }, ours = { 0 };

    buf_addf(&ours, "SELECT count(*) FROM overdracht WHERE id = '%s' AND state = '%s'", ID,
             almelo);
    buf_addf(&theirs, "SELECT count(*) FROM overdracht WHERE id = '%s' AND state = '%s'", ID,
             utrecht);
    assert_true(town_wait(&ALMELO, buf_text(&ours), 1, SECONDS));
    assert_true(town_wait(&UTRECHT, buf_text(&theirs), 1, SECONDS));
}

static void send_new(void)
{
    const struct command_result *got =
        command_run("-C %s --json overdracht send " DOSSIER " --to Utrecht", A);

    if (got->exit != 0)
        fail_msg("%s", got->err);
    json_auto_t *sent = command_json();
    snprintf(ID, sizeof(ID), "%s", output_text(sent, "overdracht"));
    expect_states("bezorgd", "ontvangen");
}

static void a_refused_dossier_tells_both_sides_why(void **state)
{
    static const char TEXT[] = "Kanarie woont in Zwolle.\r\nBel ons.\n";
    char path[128];
    struct fault fault;

    (void)state;
    send_new();
    snprintf(path, sizeof(path), "%s/text", UTRECHT.folder);
    assert_true(file_write(path, 0600, TEXT, strlen(TEXT), &fault));
    command_expect(1, "nothing to refuse", "-C %s overdracht refuse %s --code dubbel", A, ID);
    const struct command_result *got = command_run_with(
        path, "-C %s overdracht refuse %s --code geen-inwoner --text -", U, ID);
    expect_out(got, "state            geweigerd\nreason           geen-inwoner\n");
    assert_non_null(strstr(got->err, "Almelo is told. This handover has ended here.\n"));
    expect_states("geweigerd", "geweigerd");
    got = command_run("-C %s overdracht show %s", A, ID);
    expect_out(got, "\nRefused by them\nmessage          ");
    expect_out(got,
               "code             geen-inwoner\nmeaning          De persoon woont niet in ");
    expect_out(got, "\ntext\n  Kanarie woont in Zwolle.\n  Bel ons.\n\nProof\n");
    expect_out(command_run("-C %s overdracht show %s", U, ID), "\nRefused by us\n");
    got = command_run("-C %s overdracht list", A);
    expect_out(got, "geen-inwoner");
    assert_null(strstr(got->out, "Kanarie"));
    command_expect(1, "nothing to refuse", "-C %s overdracht refuse %s --code dubbel", U, ID);
}

/* The same dossier with something changed, as a file. */
static const char *dossier_with(const char *from, const char *to)
{
    static char path[128];
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(sample, from, to);
    struct fault fault;

    snprintf(path, sizeof(path), "%s/another.xml", ALMELO.folder);
    assert_true(file_write(path, 0600, text, strlen(text), &fault));
    return path;
}

static void what_lacks_is_asked_for_and_comes_again(void **state)
{
    (void)state;
    send_new();
    command_expect(0, "Almelo is asked to send the dossier again",
                   "-C %s overdracht refuse %s --code onvolledig --part pip --part voortgang",
                   U, ID);
    expect_states("gevraagd", "verzocht");
    expect_out(command_run("-C %s overdracht list", A), "onvolledig: pip, voortgang");
    command_expect(0, "Next: estafette overdracht send FILE --to 0344 --reply-to ",
                   "-C %s overdracht show %s", A, ID);
    command_expect(1, "no dossier is asked for there",
                   "-C %s overdracht send " DOSSIER " --to 0141 --reply-to %s", U, ID);
    command_expect(1, "is not about the person of handover",
                   "-C %s overdracht send %s --to 0344 --reply-to %s", A,
                   dossier_with("999900031", "999900043"), ID);
    command_expect(0, "On its way",
                   "-C %s overdracht send " DOSSIER " --to 0344 --reply-to %s", A, ID);
    expect_states("bezorgd", "ontvangen");
    expect_out(command_run("-C %s dossier show %s", U, ID), "PERSOON");
    command_expect(0, "", "-C %s overdracht accept %s", U, ID);
    expect_states("overgenomen", "overgenomen");
}

static void what_is_asked_for_is_seen_put_off_and_given(void **state)
{
    static const char NUMBER[] = "999900043\n";
    static const char REQUEST[] = "-C %s --json overdracht request --bsn - --from Almelo"
                                  " --reason SS121 --settled 2026-11-02 --pip nee";
    char path[128];
    struct fault fault;

    (void)state;
    snprintf(path, sizeof(path), "%s/bsn", UTRECHT.folder);
    assert_true(file_write(path, 0600, NUMBER, strlen(NUMBER), &fault));
    const struct command_result *got = command_run_with(path, REQUEST, U);
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->err, "Asked. Follow it: estafette overdracht show "));
    json_auto_t *asked = command_json();
    snprintf(ID, sizeof(ID), "%s", output_text(asked, "overdracht"));
    expect_states("gevraagd", "verzocht");
    got = command_run_with(path, REQUEST, U);
    assert_non_null(strstr(got->err, "It had been asked already: nothing was sent.\n"));
    got = command_run("-C %s overdracht show %s", A, ID);
    expect_out(got, "\nAsked by them\nmessage          ");
    expect_out(got, "\nBSN              999900043\nground           SS121\n");
    expect_out(got, "\nsettled          2026-11-02\nhas a PIP        nee\n");
    assert_non_null(strstr(got->err, "  or: estafette overdracht refuse "));
    assert_null(strstr(command_run("-C %s overdracht list", A)->out, "999900043"));
    command_expect(0, "The dossier is still asked for.",
                   "-C %s overdracht refuse %s --code in-behandeling --expected 2026-12-01", A,
                   ID);
    command_expect(1, "nothing to accept", "-C %s overdracht accept %s", U, ID);
    command_expect(0, "On its way", "-C %s overdracht send %s --to 0344", A,
                   dossier_with("999900031", "999900043"));
    expect_states("bezorgd", "ontvangen");
    command_expect(0, "", "-C %s overdracht accept %s", U, ID);
    expect_states("overgenomen", "overgenomen");
}

/* A conversation was had by both; what is noted of it is each one's own. */
static void a_conversation_leaves_only_when_it_is_shared(void **state)
{
    static const char TEXT[] = "mevrouw Kanarie, Utrecht\nZij belt op dinsdag.\n";
    char path[128];
    struct fault fault;

    (void)state;
    snprintf(path, sizeof(path), "%s/gesprek", UTRECHT.folder);
    assert_true(file_write(path, 0600, TEXT, strlen(TEXT), &fault));
    send_new();
    expect_out(command_run_with(path, "-C %s overdracht note %s --talk --text -", A, ID),
               "kind             warm-gesprek\n");
    expect_out(command_run("-C %s overdracht show %s", A, ID), "  Zij belt op dinsdag.\n");
    assert_null(strstr(command_run("-C %s overdracht show %s", U, ID)->out, "dinsdag"));
    const struct command_result *got =
        command_run_with(path, "-C %s overdracht note %s --talk --share --text -", A, ID);
    expect_out(got, "shared in        ");
    assert_non_null(
        strstr(got->err, "Utrecht gets the dossier with this conversation in it."));
    assert_true(town_wait(&UTRECHT,
                          "SELECT count(*) FROM inbox WHERE soort = 'aanvulling'"
                          " AND code = ''",
                          1, SECONDS));
    expect_out(command_run("-C %s dossier show %s", U, ID), "Zij belt op dinsdag.");
    expect_out(command_run("-C %s overdracht show %s", U, ID), "mevrouw Kanarie, Utrecht");
    assert_int_equal(town_count(&UTRECHT, "SELECT count(*) FROM notitie"), 0);
    got = command_run_with(path, "-C %s overdracht note %s --talk --share --text -", U, ID);
    assert_int_equal(got->exit, 1);
    assert_non_null(strstr(got->err, "nothing was noted: leave out --share"));
    assert_int_equal(town_count(&UTRECHT, "SELECT count(*) FROM notitie"), 0);
    command_expect(0, "", "-C %s overdracht accept %s", U, ID);
    expect_states("overgenomen", "overgenomen");
}

static void a_number_that_is_none_is_not_repeated(void **state)
{
    char path[128];
    struct fault fault;

    (void)state;
    snprintf(path, sizeof(path), "%s/bsn", UTRECHT.folder);
    assert_true(file_write(path, 0600, "999900044\n", 10, &fault));
    const struct command_result *got =
        command_run_with(path, "-C %s overdracht request --bsn - --from Almelo", U);
    assert_int_equal(got->exit, 64);
    assert_non_null(strstr(got->err, "fails the 11-test"));
    assert_null(strstr(got->err, "999900044"));
    assert_true(file_write(path, 0600, "999900043\nen nog wat\n", 21, &fault));
    got = command_run_with(path, "-C %s overdracht request --bsn - --from Almelo", U);
    assert_int_equal(got->exit, 64);
    assert_non_null(strstr(got->err, "standard input: more than was asked for"));
    expect_out(command_run("gemeente list weesp"), "0457  Weesp  0363       Amsterdam");
    command_expect(1, "no gemeente fits", "gemeente list nergenshuizen");
}

/* Whatever a later minor version of the dossier adds, this one hands on as it is. */
static void what_a_later_version_adds_comes_out_as_it_went_in(void **state)
{
    static const char LATER[] = "<later><v:buddy xmlns:v=\"urn:nl:estafette:dossier:1.1\" "
                                "sinds=\"2026\">Kanarie <v:x></v:x> &amp;</v:buddy></later>";
    static const char *const FILES[] = { "bericht", "dossier" };
    SCOPED_BUF struct buf to = { 0 };

    (void)state;
    buf_addf(&to, "%s</voortgang>", LATER);
    const struct command_result *got =
        command_run("-C %s --json overdracht send %s --to Utrecht", A,
                    dossier_with("</voortgang>", buf_text(&to)));
    assert_int_equal(got->exit, 0);
    json_auto_t *sent = command_json();
    snprintf(ID, sizeof(ID), "%s", output_text(sent, "overdracht"));
    expect_states("bezorgd", "ontvangen");
    expect_out(command_run("-C %s dossier show %s", U, ID), "Kanarie &");
    command_expect(0, "", "-C %s overdracht save %s --out %s/later", U, ID, UTRECHT.folder);
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        SCOPED_BUF struct buf came = { 0 };
        struct fault fault;
        char path[128];
        snprintf(path, sizeof(path), "%s/later/%s.xml", UTRECHT.folder, FILES[i]);
        assert_true(file_read(path, 1 << 20, &came, &fault));
        /* An empty element is written shorter in the file that is not signed. */
        SCOPED_MEM char *shorter = sample_replace(LATER, "<v:x></v:x>", "<v:x/>");
        assert_non_null(strstr(buf_text(&came), i == 0 ? LATER : shorter));
    }
    command_expect(0, "", "-C %s overdracht accept %s", U, ID);
    expect_states("overgenomen", "overgenomen");
}

static void what_waits_can_be_cancelled(void **state)
{
    (void)state;
    town_stop(&UTRECHT);
    town_open(&UTRECHT);
    const struct command_result *got =
        command_run("-C %s --json overdracht send " DOSSIER " --to Utrecht", A);
    assert_int_equal(got->exit, 0);
    json_auto_t *sent = command_json();
    snprintf(ID, sizeof(ID), "%s", output_text(sent, "overdracht"));
    assert_true(town_wait(
        &ALMELO, "SELECT count(*) FROM outbox WHERE state = 'queued' AND attempts > 0", 1,
        SECONDS));
    town_do(&ALMELO, "UPDATE outbox SET next_try = 9000000000 WHERE state = 'queued'");
    command_expect(0, "may have arrived without our knowing.\n  what to do: ask Utrecht",
                   "-C %s outbox cancel %s", A, output_text(sent, "bericht"));
    command_expect(1, "there is nothing to cancel", "-C %s outbox cancel %s", A,
                   output_text(sent, "bericht"));
    expect_out(command_run("-C %s outbox list", A), "cancelled by an operator");
    expect_out(command_run("-C %s overdracht show %s", A, ID),
               "state            ingetrokken\n");
}

static int start(void **state)
{
    (void)state;
    town_install();
    output_install();
    town_build(&ALMELO);
    town_build(&UTRECHT);
    town_trust(&ALMELO, &UTRECHT);
    town_trust(&UTRECHT, &ALMELO);
    town_start(&ALMELO);
    town_start(&UTRECHT);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_stop(&UTRECHT);
    town_stop(&ALMELO);
    town_remove(&UTRECHT);
    town_remove(&ALMELO);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_meet_by_card_and_fingerprint),
        cmocka_unit_test(a_dossier_is_sent_and_received),
        cmocka_unit_test(a_page_tells_where_it_came_from),
        cmocka_unit_test(both_sides_hold_the_same_proof),
        cmocka_unit_test(an_accepted_handover_ends_on_both_sides),
        cmocka_unit_test(a_document_goes_along_and_comes_out),
        cmocka_unit_test(a_refused_dossier_tells_both_sides_why),
        cmocka_unit_test(what_lacks_is_asked_for_and_comes_again),
        cmocka_unit_test(what_is_asked_for_is_seen_put_off_and_given),
        cmocka_unit_test(a_conversation_leaves_only_when_it_is_shared),
        cmocka_unit_test(a_number_that_is_none_is_not_repeated),
        cmocka_unit_test(what_a_later_version_adds_comes_out_as_it_went_in),
        cmocka_unit_test(what_waits_can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
