/* A certificate is renewed while messages wait, or after they came: nothing is lost, nothing
 * goes twice, and what rests stays readable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/inbox.h"
#include "gateway/sql.h"
#include "tests/scenario/fake.h"

#define SECONDS 30             /* longest wait for anything: a limit, not a pause */
#define WAITING 3              /* the first with a document beside it */
#define DOCUMENT_BYTES 3000000 /* three pieces */
#define SHORT_SECONDS 4        /* how long the certificate that expires lasts */

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1];

static char sent[WAITING][UUID_SIZE]; /* handovers */

static int gather(void **state)
{
    (void)state;
    town_gather(TOWNS, COUNT, COUNT);
    return 0;
}

static int scatter(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    return 0;
}

static void start_real(struct town *town)
{
    town_stop(town);
    town_start(town);
}

static void stop_real(struct town *town)
{
    town_stop(town);
    town_open(town);
}

static void await(struct town *town, int64_t expected, const char *query)
{
    if (!town_wait(town, query, expected, SECONDS))
        fail_msg("%s: not %lld within %d seconds: %s", town->naam, (long long)expected,
                 SECONDS, query);
}

static void fingerprint_of(const struct town *town, enum purpose purpose, struct digest *print)
{
    certificate_fingerprint(keys_certificate(town->gateway.keys, purpose), print);
}

/* The peer is down; what is sent to it is tried at least once each. */
static void let_messages_wait(void)
{
    start_real(OUD);
    stop_real(NIEUW);
    town_send_document(OUD, NIEUW, DOCUMENT_BYTES, sent[0]);
    for (int i = 1; i < WAITING; i++)
        town_send(OUD, NIEUW, sent[i]);
    await(OUD, 1,
          "SELECT count(*) > 0 FROM outbox WHERE state = 'queued' AND attempts > 0"
          " AND reason LIKE '%onnect%'");
}

static void renew(struct town *town, const enum purpose *purposes, size_t count)
{
    town_stop(town);
    for (size_t i = 0; i < count; i++)
        town_renew(town, purposes[i], 0);
    town_open(town);
}

/* What our signature is made with, and what TLS shows. */
static void renew_signing(void)
{
    static const enum purpose PURPOSES_OF_OURS[] = { PURPOSE_TLS_SERVER,
                                                     PURPOSE_ONDERTEKENEN };
    struct digest before, after;

    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &before);
    renew(OUD, PURPOSES_OF_OURS, 2);
    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &after);
    assert_false(digest_equal(&before, &after));
    town_know(NIEUW, OUD, PEER_ACTIEF);
}

struct looking {
    const char *overdracht;
    struct outbox_row outbox;
    struct inbox_row inbox;
    bool found;
};

static bool look_outbox(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;

    return outbox_latest(db, l->overdracht, "dossier", &l->outbox, &l->found, fault);
}

static bool look_inbox(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;

    return inbox_latest(db, l->overdracht, "dossier", &l->inbox, &l->found, fault);
}

static void look(const char *overdracht, struct looking *l)
{
    struct fault fault = { 0 };

    *l = (struct looking){ .overdracht = overdracht };
    assert_true(store_run(OUD->gateway.store, look_outbox, l, &fault) && l->found);
    assert_true(store_run(NIEUW->gateway.store, look_inbox, l, &fault) && l->found);
}

static void look_away(struct looking *l)
{
    outbox_row_finish(&l->outbox);
    inbox_row_finish(&l->inbox);
}

/* Each waiting one is there once, under that signature, and both hold the same receipt. */
static void assert_all_over(const struct digest *signer, bool same_bytes)
{
    struct looking l;

    await(OUD, 0, "SELECT count(*) FROM outbox WHERE state <> 'delivered'");
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM inbox"),
                     town_count(OUD, "SELECT count(*) FROM outbox"));
    for (int i = 0; i < WAITING; i++) {
        look(sent[i], &l);
        assert_true(digest_equal(&l.inbox.signer, signer));
        assert_true(digest_equal(&l.inbox.canonical, &l.outbox.canonical));
        assert_int_equal(l.inbox.receipt.size, l.outbox.receipt.size);
        assert_memory_equal(l.inbox.receipt.data, l.outbox.receipt.data, l.inbox.receipt.size);
        assert_int_equal(
            l.inbox.sealed.size == l.outbox.sealed.size
                && memcmp(l.inbox.sealed.data, l.outbox.sealed.data, l.inbox.sealed.size) == 0,
            same_bytes);
        look_away(&l);
    }
}

static void what_waits_over_our_renewal_goes_once_under_the_new_certificate(void **state)
{
    struct digest signer;

    (void)state;
    let_messages_wait();
    renew_signing();
    start_real(OUD);
    start_real(NIEUW);
    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &signer);
    assert_all_over(&signer, true);
    assert_int_equal(
        town_count(OUD, "SELECT count(*) FROM audit WHERE detail LIKE '%sealed anew'"),
        WAITING);
}

/* In between the peer refuses what the old certificate signs: it has expired. */
static void what_waits_while_our_certificate_expires_goes_after_its_renewal(void **state)
{
    time_t until = clock_now() + SHORT_SECONDS;
    struct digest signer;

    (void)state;
    start_real(OUD);
    town_stop(OUD);
    town_renew(OUD, PURPOSE_ONDERTEKENEN, until);
    town_renew(OUD, PURPOSE_TLS_SERVER, until);
    town_open(OUD);
    town_know(NIEUW, OUD, PEER_ACTIEF);
    let_messages_wait();
    while (clock_now() <= until)
        nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
    start_real(NIEUW);
    await(OUD, 1,
          "SELECT count(*) > 0 FROM outbox WHERE reason NOT LIKE '%onnect to%'"
          " AND reason <> '' AND state = 'queued'");
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM inbox"), 0);
    stop_real(NIEUW);
    renew_signing();
    start_real(OUD);
    start_real(NIEUW);
    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &signer);
    assert_all_over(&signer, true);
}

static void what_waits_over_the_peers_renewal_is_sealed_for_its_new_certificate(void **state)
{
    static const enum purpose THEIRS[] = { PURPOSE_VERZEGELEN };
    struct digest signer, sealed_for;
    struct looking l;

    (void)state;
    let_messages_wait();
    renew(NIEUW, THEIRS, 1);
    town_know(OUD, NIEUW, PEER_ACTIEF);
    start_real(NIEUW);
    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &signer);
    fingerprint_of(NIEUW, PURPOSE_VERZEGELEN, &sealed_for);
    assert_all_over(&signer, true);
    for (int i = 0; i < WAITING; i++) {
        look(sent[i], &l);
        assert_true(digest_equal(&l.outbox.sealed_for, &sealed_for));
        look_away(&l);
    }
}

/* Received under the old signature, the receipt lost; the repeat is the same message. */
static void a_repeat_under_the_new_signature_gets_the_stored_receipt(void **state)
{
    static const struct lie LOST = { .status = 500, .keep = true };
    struct digest before;

    (void)state;
    start_real(OUD);
    stop_real(NIEUW);
    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &before);
    struct fake *fake = fake_start(NIEUW);
    fake_tell(fake, &LOST);
    for (int i = 0; i < WAITING; i++)
        town_send(OUD, NIEUW, sent[i]);
    await(NIEUW, WAITING, "SELECT count(*) FROM inbox");
    await(OUD, WAITING, "SELECT count(*) FROM outbox WHERE reason LIKE '%HTTP 500%'");
    renew_signing();
    start_real(OUD);
    fake_stop(fake);
    start_real(NIEUW);
    assert_all_over(&before, false);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox_sent"), 2 * WAITING);
}

static bool forget_work(sqlite3 *db, void *argument, struct fault *fault)
{
    (void)argument;
    return sql_do(db, fault, "UPDATE outbox SET signer = NULL, sealed_for = NULL", "");
}

static void what_an_older_version_left_waiting_is_signed_anew_too(void **state)
{
    struct fault fault = { 0 };
    struct digest signer;

    (void)state;
    let_messages_wait();
    assert_true(store_run(OUD->gateway.store, forget_work, NULL, &fault));
    start_real(NIEUW);
    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &signer);
    assert_all_over(&signer, true);
}

/* The dossier as `dossier show ID` fetches it; its size. */
static int64_t read_dossier(struct town *town, const char *overdracht)
{
    struct call call = { .gateway = &town->gateway,
                         .actor = "test",
                         .arguments = json_pack("{s:s, s:s, s:i}", "id", overdracht, "what",
                                                "dossier", "offset", 0),
                         .result = json_object() };
    struct fault fault = { 0 };

    if (!call_overdracht_file(&call, &fault))
        fail_msg("%s", fault.text);
    int64_t size = json_integer_value(json_object_get(call.result, "size"));
    json_decref(call.arguments);
    json_decref(call.result);
    return size;
}

/* What both sides show of the receipt: its outcome, and who signed it. */
static void assert_receipt_reads(struct town *town, const char *overdracht)
{
    struct call call = { .gateway = &town->gateway,
                         .actor = "test",
                         .arguments = json_pack("{s:s}", "id", overdracht),
                         .result = json_object() };
    struct fault fault = { 0 };

    if (!call_overdracht_show(&call, &fault))
        fail_msg("%s", fault.text);
    json_t *receipt = json_object_get(
        json_array_get(json_object_get(call.result, "messages"), 0), "ontvangstbevestiging");
    assert_string_equal(json_string_value(json_object_get(receipt, "uitkomst")), "aangenomen");
    assert_int_equal(json_string_length(json_object_get(receipt, "ondertekenaar")), 64);
    json_decref(call.arguments);
    json_decref(call.result);
}

static void old_receipts_read_after_either_side_renewed(void **state)
{
    static const enum purpose SIGNING[] = { PURPOSE_ONDERTEKENEN };
    struct digest signer;

    (void)state;
    let_messages_wait();
    start_real(NIEUW);
    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &signer);
    assert_all_over(&signer, true);
    renew(NIEUW, SIGNING, 1);
    town_know(OUD, NIEUW, PEER_ACTIEF);
    assert_receipt_reads(NIEUW, sent[0]);
    assert_receipt_reads(OUD, sent[0]);
}

static void what_came_before_our_renewal_stays_readable_and_old_seals_open(void **state)
{
    static const enum purpose OURS[] = { PURPOSE_VERZEGELEN };
    struct digest signer;

    (void)state;
    let_messages_wait();
    start_real(NIEUW);
    fingerprint_of(OUD, PURPOSE_ONDERTEKENEN, &signer);
    assert_all_over(&signer, true);
    int64_t size = read_dossier(NIEUW, sent[0]);
    renew(NIEUW, OURS, 1);
    assert_true(size > 0);
    assert_int_equal(read_dossier(NIEUW, sent[0]), size);
    renew(OUD, OURS, 1);
    assert_int_equal(read_dossier(OUD, sent[0]), size);
    start_real(OUD);
    start_real(NIEUW); /* OUD still has its old card */
    for (int i = 0; i < WAITING; i++)
        town_send(OUD, NIEUW, sent[i]);
    assert_all_over(&signer, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, gather, scatter)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_waits_over_our_renewal_goes_once_under_the_new_certificate),
        TEST(what_waits_while_our_certificate_expires_goes_after_its_renewal),
        TEST(what_waits_over_the_peers_renewal_is_sealed_for_its_new_certificate),
        TEST(a_repeat_under_the_new_signature_gets_the_stored_receipt),
        TEST(what_an_older_version_left_waiting_is_signed_anew_too),
        TEST(old_receipts_read_after_either_side_renewed),
        TEST(what_came_before_our_renewal_stays_readable_and_old_seals_open),
    };

    town_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
