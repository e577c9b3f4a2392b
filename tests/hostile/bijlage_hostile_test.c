/* Documents brought by hand: messages without them, requests that are not right, and what no
 * message came for. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"
#include "gateway/bijlage_store.h"
#include "gateway/clock.h"
#include "gateway/sweep.h"
#include "tests/hostile/parcel.h"
#include "tests/hostile/post.h"
#include "tests/sample.h"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = "0141", .naam = "Ander", .kind = PKI_P256 },
};
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1], *const ANDER = &TOWNS[2];
static unsigned char BYTES[1 << 20];

static int put(struct town *from, const char *name, const char *range, size_t size)
{
    const struct parcel_piece piece = { name, range, BYTES, size };

    return parcel_put(NIEUW, from, &piece);
}

/* --- messages ---------------------------------------------------------------------------- */

static int64_t stored(void)
{
    return town_count(NIEUW, "SELECT count(*) FROM inbox");
}

static void without_its_document_nothing_is_stored_until_it_comes(void **state)
{
    struct parcel parcel = { 0 };
    struct post post;
    struct listen_answer answer;
    struct receipt receipt;
    int64_t before = stored();

    (void)state;
    parcel_pack(&parcel);
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = buf_text(&parcel.text);
    post_send(&post, &answer);
    assert_int_equal(answer.status, 409);
    assert_non_null(strstr(buf_text(&answer.body),
                           "<type>urn:nl:estafette:problem:bijlage-ontbreekt</type>"));
    assert_int_equal(stored(), before);
    buf_finish(&answer.body);
    parcel_put_all(NIEUW, OUD, &parcel);
    post_hand(&post, &answer);
    assert_true(post_receipt(&post, &answer, &receipt) && receipt.aangenomen);
    assert_int_equal(stored(), before + 1);
    buf_finish(&answer.body);
    post_finish(&post);
    buf_finish(&parcel.text);
}

static void a_document_that_is_something_else_is_refused_for_ever(void **state)
{
    unsigned char html[PARCEL_SIZE] = "<html><script>";
    struct parcel parcel = { 0 };
    struct post post;
    struct listen_answer answer;
    struct receipt receipt;

    (void)state;
    parcel_pack_bytes(&parcel, html, "application/pdf");
    parcel_put_all(NIEUW, OUD, &parcel);
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = buf_text(&parcel.text);
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            post_send(&post, &answer);
        else
            post_hand(&post, &answer);
        assert_true(post_receipt(&post, &answer, &receipt));
        assert_false(receipt.aangenomen);
        assert_string_equal(receipt.code, "bijlage");
        assert_non_null(strstr(receipt.tekst, "bijlage-1"));
        buf_finish(&answer.body);
    }
    post_finish(&post);
    buf_finish(&parcel.text);
}

static void a_dossier_that_names_what_it_does_not_bring_is_refused(void **state)
{
    SCOPED_MEM char *text = sample_dossier("asielstatushouder.xml");
    struct post post;
    struct listen_answer answer;
    struct receipt receipt;

    (void)state;
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = text;
    post_send(&post, &answer);
    assert_true(post_receipt(&post, &answer, &receipt));
    assert_string_equal(receipt.code, "regel");
    assert_non_null(strstr(receipt.tekst, "document-meegestuurd"));
    buf_finish(&answer.body);
    post_finish(&post);
}

/* --- requests --------------------------------------------------------------- */

static void a_request_that_is_not_right_changes_nothing(void **state)
{
    static const char NAME[] =
        "00000000000000000000000000000000000000000000000000000000000000aa";
    static const struct {
        const char *name, *range;
        size_t size;
        int status;
    } CASES[] = {
        { NAME, "bytes 0-9/100", 10, 202 }, /* the only one that is */
        { NAME, "", 10, 400 },
        { NAME, "bytes 0-9", 10, 400 },
        { NAME, "bytes 0-9/*", 10, 400 },
        { NAME, "bytes */100", 10, 400 },
        { NAME, "bytes=10-19/100", 10, 400 },
        { NAME, "bytes 10-19/100 ", 10, 400 },
        { NAME, "bytes 10-18/100", 10, 400 },
        { NAME, "bytes 10-20/100", 10, 400 },
        { NAME, "bytes 19-10/100", 10, 400 },
        { NAME, "bytes 10-19/15", 10, 400 },
        { NAME, "bytes -1-8/100", 10, 400 },
        { NAME, "bytes +10-19/100", 10, 400 },
        { NAME, "bytes 10-9/100", 0, 400 },
        { NAME, "bytes 18446744073709551626-18446744073709551635/100", 10, 400 },
        { NAME, "bytes 0-9/100", 10, 409 },
        { NAME, "bytes 20-29/100", 10, 409 },
        { NAME, "bytes 10-19/999999999999", 10, 413 },
        { "..", "bytes 10-19/100", 10, 400 },
        { "AA", "bytes 10-19/100", 10, 400 },
        { "", "bytes 10-19/100", 10, 400 },
    };
    int files = parcel_count(NIEUW, OUD).files;

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int status = put(OUD, CASES[i].name, CASES[i].range, CASES[i].size);
        if (status != CASES[i].status)
            fail_msg("%s: %d", CASES[i].range, status);
    }
    assert_int_equal(parcel_head(NIEUW, OUD, NAME), 10);
    assert_int_equal(parcel_count(NIEUW, OUD).files, files + 1);
}

static void nobody_sees_what_another_sent(void **state)
{
    struct parcel parcel = { 0 };

    (void)state;
    parcel_pack(&parcel);
    parcel_put_all(NIEUW, OUD, &parcel);
    assert_int_equal(parcel_head(NIEUW, OUD, parcel.name), sizeof(parcel.cipher));
    assert_int_equal(parcel_head(NIEUW, ANDER, parcel.name), 0);
    buf_finish(&parcel.text);
}

static void only_an_active_peer_may_bring_documents(void **state)
{
    static const enum peer_state STATES[] = { PEER_VOORGESTELD, PEER_GESCHORST };
    static const char NAME[] =
        "00000000000000000000000000000000000000000000000000000000000000bb";

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        town_know(NIEUW, ANDER, STATES[i]);
        assert_int_equal(put(ANDER, NAME, "bytes 0-9/100", 10), 400);
        assert_int_equal(parcel_head(NIEUW, ANDER, NAME), SIZE_MAX);
    }
    town_know(NIEUW, ANDER, PEER_ACTIEF);
    assert_int_equal(put(ANDER, NAME, "bytes 0-9/100", 10), 202);
}

static void what_waits_for_a_message_has_a_quota(void **state)
{
    static const char NAME[] =
        "00000000000000000000000000000000000000000000000000000000000000cc";
    char range[64];

    (void)state;
    NIEUW->gateway.config.waiting_mib = 1;
    snprintf(range, sizeof(range), "bytes 0-%u/%u", 900000 - 1, 2000000);
    assert_int_equal(put(ANDER, NAME, range, 900000), 202);
    snprintf(range, sizeof(range), "bytes %u-%u/%u", 900000, 1800000 - 1, 2000000);
    assert_int_equal(put(ANDER, NAME, range, 900000), 429);
    NIEUW->gateway.config.waiting_mib = 2;
    assert_int_equal(put(ANDER, NAME, range, 900000), 202);
    NIEUW->gateway.config.waiting_mib = 1000;
}

/* --- sweeping ---------------------------------------------------------------------------- */

static void make_old(struct town *town, const struct town *owner, const char *name)
{
    const struct timespec old[2] = { { .tv_sec = clock_now() - 2 * 86400L },
                                     { .tv_sec = clock_now() - 2 * 86400L } };
    char path[PATH_MAX];

    parcel_path(town, owner, name, path);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
}

static bool missing_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct bijlage_owner owner = { OUD->oin, "bericht", "overdracht" };

    return bijlage_store_add(db, &NIEUW->gateway.home, &owner, argument, fault);
}

static void what_no_message_came_for_goes_after_a_day(void **state)
{
    struct parcel old = { 0 }, asked = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };
    int removed = 0, before = parcel_count(NIEUW, OUD).files;
    int64_t rows = town_count(NIEUW, "SELECT count(*) FROM bijlage");

    (void)state;
    parcel_pack(&old);
    parcel_pack(&asked);
    parcel_put_all(NIEUW, OUD, &old);
    parcel_put_all(NIEUW, OUD, &asked);
    make_old(NIEUW, OUD, old.name);
    make_old(NIEUW, OUD, asked.name);
    assert_int_equal(parcel_head(NIEUW, OUD, asked.name),
                     sizeof(asked.cipher)); /* young again */
    assert_true(
        sweep_run(&NIEUW->gateway, clock_now() - SWEEP_AFTER_SECONDS, &removed, &fault));
    assert_int_equal(removed, 1);
    assert_int_equal(parcel_head(NIEUW, OUD, old.name), 0);
    assert_int_equal(parcel_head(NIEUW, OUD, asked.name), sizeof(asked.cipher));
    /* A message that comes a moment too late is not acknowledged without it. */
    assert_true(xmldoc_parse(old.text.data, old.text.size, &doc, &fault));
    assert_false(
        store_run(NIEUW->gateway.store, missing_work, xmlDocGetRootElement(doc), &fault));
    assert_int_equal(fault.code, FAULT_MISSING);
    assert_int_equal(parcel_count(NIEUW, OUD).files, before + 1);
    /* However old: what a message named stays. */
    assert_true(sweep_run(&NIEUW->gateway, clock_now() + 86400, &removed, &fault));
    assert_int_equal(parcel_count(NIEUW, OUD).files, rows);
    buf_finish(&old.text);
    buf_finish(&asked.text);
}
static int start(void **state)
{
    (void)state;
    town_install();
    town_gather(TOWNS, 3, 3);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, 3);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_its_document_nothing_is_stored_until_it_comes),
        cmocka_unit_test(a_document_that_is_something_else_is_refused_for_ever),
        cmocka_unit_test(a_dossier_that_names_what_it_does_not_bring_is_refused),
        cmocka_unit_test(a_request_that_is_not_right_changes_nothing),
        cmocka_unit_test(nobody_sees_what_another_sent),
        cmocka_unit_test(only_an_active_peer_may_bring_documents),
        cmocka_unit_test(what_waits_for_a_message_has_a_quota),
        cmocka_unit_test(what_no_message_came_for_goes_after_a_day),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
