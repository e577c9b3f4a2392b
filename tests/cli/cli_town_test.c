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

#include "codecs/base64.h"
#include "codecs/digest.h"
#include "peers/file.h"
#include "tests/cli/command.h"
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
        cmocka_unit_test(both_sides_hold_the_same_proof),
        cmocka_unit_test(an_accepted_handover_ends_on_both_sides),
        cmocka_unit_test(a_document_goes_along_and_comes_out),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
