/* Whole gateways on the loopback: what goes over, what waits, and what does not count. Only a
 * signed receipt settles a message; everything else is tried again, and says why. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/inbox.h"
#include "gateway/outbox.h"
#include "tests/scenario/fake.h"

#define SECONDS 30 /* longest wait for anything: a limit, not a pause */

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_RSA },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = "0141", .naam = "Ander", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1], *const ANDER = &TOWNS[2];

/* --- looking ----------------------------------------------------------------------------- */

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

/* Waits until the one row about this handover is so ("state = 'delivered'"). */
static void await(struct town *town, const char *table, const char *overdracht,
                  const char *condition)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM %s WHERE %s = '%s' AND %s", table,
             strcmp(table, "overdracht") == 0 ? "id" : "overdracht", overdracht, condition);
    if (!town_wait(town, buf_text(&query), 1, SECONDS))
        fail_msg("%s: not so within %d seconds: %s", town->naam, SECONDS, buf_text(&query));
}

static int64_t number(struct town *town, const char *what, const char *overdracht)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT %s FROM outbox WHERE overdracht = '%s'", what, overdracht);
    return town_count(town, buf_text(&query));
}

struct looking {
    const char *overdracht, *soort;
    struct outbox_row outbox;
    struct inbox_row inbox;
    bool found;
};

static bool look_outbox(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;

    return outbox_latest(db, l->overdracht, l->soort, &l->outbox, &l->found, fault);
}

static bool look_inbox(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;

    return inbox_latest(db, l->overdracht, l->soort, &l->inbox, &l->found, fault);
}

/* Both ends hold the same receipt and the same sealed bytes. */
static void assert_both_hold_the_proof(struct town *from, struct town *to,
                                       const char *overdracht, const char *soort)
{
    struct looking l = { .overdracht = overdracht, .soort = soort };
    struct fault fault = { 0 };

    assert_true(store_run(from->gateway.store, look_outbox, &l, &fault) && l.found);
    assert_true(store_run(to->gateway.store, look_inbox, &l, &fault) && l.found);
    assert_string_equal(l.outbox.id, l.inbox.id);
    assert_true(l.outbox.receipt.size > 0 && l.inbox.sealed.size > 0);
    assert_int_equal(l.outbox.receipt.size, l.inbox.receipt.size);
    assert_memory_equal(l.outbox.receipt.data, l.inbox.receipt.data, l.inbox.receipt.size);
    assert_int_equal(l.outbox.sealed.size, l.inbox.sealed.size);
    assert_memory_equal(l.outbox.sealed.data, l.inbox.sealed.data, l.inbox.sealed.size);
    assert_true(digest_equal(&l.outbox.canonical, &l.inbox.canonical));
    outbox_row_finish(&l.outbox);
    inbox_row_finish(&l.inbox);
}

/* Changes the store behind the daemon's back, then rings its couriers. */
static void change(struct town *town, const char *overdracht, const char *what)
{
    SCOPED_BUF struct buf text = { 0 };

    buf_addf(&text, "UPDATE outbox SET %s WHERE overdracht = '%s' AND state = 'queued'", what,
             overdracht);
    town_do(town, buf_text(&text));
    couriers_wake(town->gateway.couriers);
}

/* --- over -------------------------------------------------------------------------------- */

static void a_dossier_goes_over_and_both_hold_the_proof(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    start_real(OUD);
    start_real(NIEUW);
    town_send(OUD, NIEUW, overdracht);
    await(OUD, "outbox", overdracht, "state = 'delivered' AND attempts = 1 AND reason = ''");
    await(OUD, "overdracht", overdracht, "rol = 'verstrekker' AND state = 'bezorgd'");
    await(NIEUW, "overdracht", overdracht, "rol = 'ontvanger' AND state = 'ontvangen'");
    assert_both_hold_the_proof(OUD, NIEUW, overdracht, "dossier");
}

static void what_is_accepted_is_taken_over_on_both_sides(void **state)
{
    char overdracht[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    start_real(OUD);
    start_real(NIEUW);
    town_send(OUD, NIEUW, overdracht);
    await(NIEUW, "overdracht", overdracht, "state = 'ontvangen'");
    json_auto_t *result =
        town_ask(NIEUW, call_overdracht_accept, json_pack("{s:s}", "id", overdracht), &fault);
    if (!result)
        fail_msg("%s", fault.text);
    await(NIEUW, "overdracht", overdracht, "state = 'overgenomen'");
    await(NIEUW, "outbox", overdracht, "soort = 'overname' AND state = 'delivered'");
    await(OUD, "overdracht", overdracht, "state = 'overgenomen'");
    assert_both_hold_the_proof(NIEUW, OUD, overdracht, "overname");
}

/* --- not over yet ------------------------------------------------------------------------ */

static void when_the_peer_is_back_it_goes_by_itself(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    start_real(OUD);
    stop_real(NIEUW);
    town_send(OUD, NIEUW, overdracht);
    await(OUD, "outbox", overdracht,
          "state = 'queued' AND attempts > 0 AND reason LIKE '%onnect%'");
    assert_int_not_equal(
        town_count(OUD, "SELECT failures FROM peer WHERE oin = '00000099000000002000'"), 0);
    start_real(NIEUW);
    await(OUD, "outbox", overdracht, "state = 'delivered'");
    assert_int_equal(
        town_count(OUD, "SELECT failures FROM peer WHERE oin = '00000099000000002000'"), 0);
    assert_both_hold_the_proof(OUD, NIEUW, overdracht, "dossier");
}

static void of_another_message(struct forgery *forgery)
{
    uuid_v7(clock_now_ms(), forgery->receipt.bericht_id);
}

static void of_another_sender(struct forgery *forgery)
{
    snprintf(forgery->receipt.afzender, OIN_SIZE, "%s", ANDER->oin);
}

static void of_another_receiver(struct forgery *forgery)
{
    snprintf(forgery->receipt.ontvanger, OIN_SIZE, "%s", ANDER->oin);
}

static void of_other_content(struct forgery *forgery)
{
    forgery->receipt.canoniek.bytes[31] ^= 1;
}

static void of_other_bytes(struct forgery *forgery)
{
    forgery->receipt.verzegeld.bytes[0] ^= 1;
}

static void signed_by_another(struct forgery *forgery)
{
    forgery->key = keys_get(ANDER->gateway.keys, PURPOSE_ONDERTEKENEN);
    forgery->certificate = keys_certificate(ANDER->gateway.keys, PURPOSE_ONDERTEKENEN);
}

static void signed_for_tls(struct forgery *forgery)
{
    forgery->key = keys_get(NIEUW->gateway.keys, PURPOSE_TLS_SERVER);
    forgery->certificate = keys_certificate(NIEUW->gateway.keys, PURPOSE_TLS_SERVER);
}

static void refused_by_another(struct forgery *forgery)
{
    signed_by_another(forgery);
    forgery->receipt.aangenomen = false;
    snprintf(forgery->receipt.code, sizeof(forgery->receipt.code), "schema");
    snprintf(forgery->receipt.tekst, sizeof(forgery->receipt.tekst), "nee");
}

static void cut_short(struct buf *receipt)
{
    receipt->size -= 20;
}

static void without_signature(struct buf *receipt)
{
    SCOPED_BUF struct buf bare = { 0 };
    const char *text = buf_text(receipt), *signature = strstr(text, "<Signature");

    buf_addf(&bare, "%.*s</ontvangstbevestiging>", (int)(signature - text), text);
    buf_take(receipt, &bare);
}

static void turned_over(struct buf *receipt)
{
    memcpy(strstr(buf_text(receipt), "<tijd>2") + 6, "3", 1);
}

static void far_too_long(struct buf *receipt)
{
    memset(buf_reserve(receipt, 1u << 20), ' ', 1u << 20);
    buf_grown(receipt, 1u << 20);
}

#define PROBLEM(type)                                                                         \
    "<problem xmlns=\"urn:ietf:rfc:7807\"><type>" type "</type><title>Niet nu</title>"        \
    "<status>503</status></problem>"

/* clang-format off */
static const struct lie LIES[] = {
    { .what = "nothing",                .status = 200,                              .says = "the answer is no receipt" },
    { .what = "rubbish",                .status = 200, .type = "text/html", .body = "<html>Welkom</html>", .says = "the answer is no receipt" },
    { .what = "no XML",                 .status = 200, .type = "application/xml", .body = "aangenomen", .says = "the answer is no receipt" },
    { .what = "thanks",                 .status = 202, .type = "application/json", .body = "{\"ok\":true}", .says = "the peer answered HTTP 202 without a receipt" },
    { .what = "busy",                   .status = 503,                              .says = "the peer answered HTTP 503 without a receipt" },
    { .what = "a problem of ours",      .status = 503, .type = "application/problem+xml", .body = PROBLEM("urn:nl:estafette:problem:klok"), .says = "the peer answered HTTP 503 (klok) without a receipt" },
    { .what = "... with parameters",    .status = 400, .type = "application/problem+xml; charset=utf-8", .body = PROBLEM("urn:nl:estafette:problem:bijlage-ontbreekt"), .says = "the peer answered HTTP 400 (bijlage-ontbreekt) without a receipt" },
    { .what = "... of another kind",    .status = 503, .type = "application/problem+xml", .body = PROBLEM("about:blank"), .says = "the peer answered HTTP 503 without a receipt" },
    { .what = "... with capitals",      .status = 503, .type = "application/problem+xml", .body = PROBLEM("urn:nl:estafette:problem:KLOK"), .says = "the peer answered HTTP 503 without a receipt" },
    { .what = "... without a name",     .status = 503, .type = "application/problem+xml", .body = PROBLEM("urn:nl:estafette:problem:"), .says = "the peer answered HTTP 503 without a receipt" },
    { .what = "... of 41 letters",      .status = 503, .type = "application/problem+xml", .body = PROBLEM("urn:nl:estafette:problem:abcdefghijklmnopqrstuvwxyzabcdefghijklmno"), .says = "the peer answered HTTP 503 without a receipt" },
    { .what = "... as other media",     .status = 503, .type = "application/problem+xmlx", .body = PROBLEM("urn:nl:estafette:problem:klok"), .says = "the peer answered HTTP 503 without a receipt" },
    { .what = "... of other XML",       .status = 503, .type = "application/problem+xml", .body = "<problem><type>urn:nl:estafette:problem:klok</type></problem>", .says = "the peer answered HTTP 503 without a receipt" },
    { .what = "... no XML at all",      .status = 503, .type = "application/problem+xml", .body = "urn:nl:estafette:problem:klok", .says = "the peer answered HTTP 503 without a receipt" },
    { .what = "not you",                .status = 400, .type = "text/plain", .body = "nee", .says = "the peer answered HTTP 400 without a receipt" },
    { .what = "another message",        .status = 200, .spoil = of_another_message,  .says = "the receipt is about another message" },
    { .what = "another sender",         .status = 200, .spoil = of_another_sender,   .says = "the receipt names other organisations" },
    { .what = "another receiver",       .status = 200, .spoil = of_another_receiver, .says = "the receipt names other organisations" },
    { .what = "other content",          .status = 200, .spoil = of_other_content,    .says = "the receipt is about other content" },
    { .what = "other bytes",            .status = 200, .spoil = of_other_bytes,      .says = "the receipt names sealed bytes we never sent" },
    { .what = "signed by another",      .status = 200, .spoil = signed_by_another,   .says = "the answer is no receipt" },
    { .what = "signed for TLS",         .status = 200, .spoil = signed_for_tls,      .says = "the answer is no receipt" },
    { .what = "refused by another",     .status = 200, .spoil = refused_by_another,  .says = "the answer is no receipt" },
    { .what = "a receipt under 201",    .status = 201, .after = turned_over,         .says = "the peer answered HTTP 201 without a receipt" },
    { .what = "cut short",              .status = 200, .after = cut_short,           .says = "the answer is no receipt" },
    { .what = "unsigned",               .status = 200, .after = without_signature,   .says = "the answer is no receipt" },
    { .what = "changed after signing",  .status = 200, .after = turned_over,         .says = "the answer is no receipt" },
    { .what = "a megabyte",             .status = 200, .after = far_too_long,        .says = "65536" },
    { .what = "kept, but not answered", .status = 500, .keep = true,                 .says = "the peer answered HTTP 500 without a receipt" },
};
/* clang-format on */

/* One message, one lie after the other; rows are told apart by how often it was tried. */
static void whatever_else_comes_back_it_is_tried_again_and_says_why(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    start_real(OUD);
    stop_real(NIEUW);
    struct fake *fake = fake_start(NIEUW);
    town_send(OUD, NIEUW, overdracht);
    for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
        SCOPED_BUF struct buf expected = { 0 };
        print_message("  %s\n", LIES[i].what);
        fake_tell(fake, &LIES[i]);
        int64_t attempts = number(OUD, "attempts", overdracht);
        buf_addf(&expected,
                 "state = 'queued' AND receipt IS NULL AND settled IS NULL"
                 " AND attempts > %lld AND instr(reason, '%s') > 0",
                 (long long)attempts, LIES[i].says);
        change(OUD, overdracht, "next_try = 0, reason = ''");
        await(OUD, "outbox", overdracht, buf_text(&expected));
        await(OUD, "overdracht", overdracht, "state = 'verzonden'");
    }
    fake_stop(fake);
    start_real(NIEUW);
    await(OUD, "outbox", overdracht, "state = 'delivered' AND reason = ''");
    await(OUD, "overdracht", overdracht, "state = 'bezorgd'");
    assert_both_hold_the_proof(OUD, NIEUW, overdracht, "dossier");
}

/* Whoever sits on the peer's address with a good certificate of another organisation. */
static void nothing_is_sent_to_another_organisation_at_that_address(void **state)
{
    char overdracht[UUID_SIZE], address[128];

    (void)state;
    start_real(OUD);
    stop_real(NIEUW);
    stop_real(ANDER);
    snprintf(address, sizeof(address), "%s", ANDER->gateway.config.address);
    memcpy(ANDER->gateway.config.address, NIEUW->gateway.config.address, sizeof(address));
    struct fake *fake = fake_start(ANDER);
    town_send(OUD, NIEUW, overdracht);
    await(OUD, "outbox", overdracht,
          "state = 'queued' AND attempts > 0 AND instr(reason, 'shows ') > 0");
    fake_stop(fake);
    memcpy(ANDER->gateway.config.address, address, sizeof(address));
    start_real(NIEUW);
    await(OUD, "outbox", overdracht, "state = 'delivered'");
}

/* --- other ends -------------------------------------------------------------------------- */

static void with_a_reason(struct forgery *forgery)
{
    forgery->receipt.aangenomen = false;
    snprintf(forgery->receipt.code, sizeof(forgery->receipt.code), "schema");
    snprintf(forgery->receipt.tekst, sizeof(forgery->receipt.tekst),
             "line 9: dossier/persoon/cohort: is not one of 'Wi2007'");
}

static void a_signed_refusal_ends_it_with_its_reason(void **state)
{
    static const struct lie REFUSAL = { .status = 200, .spoil = with_a_reason };
    char overdracht[UUID_SIZE];

    (void)state;
    start_real(OUD);
    stop_real(NIEUW);
    struct fake *fake = fake_start(NIEUW);
    fake_tell(fake, &REFUSAL);
    town_send(OUD, NIEUW, overdracht);
    await(OUD, "outbox", overdracht,
          "state = 'refused' AND attempts = 1 AND length(receipt) > 0 AND settled > 0 AND"
          " reason = 'schema: line 9: dossier/persoon/cohort: is not one of ''Wi2007'''");
    await(OUD, "overdracht", overdracht,
          "state = 'geweigerd' AND"
          " reden = 'schema: line 9: dossier/persoon/cohort: is not one of ''Wi2007'''");
    fake_stop(fake);
}

static void a_suspended_peer_gets_nothing_until_it_is_active_again(void **state)
{
    char waiting[UUID_SIZE], other[UUID_SIZE];

    (void)state;
    start_real(OUD);
    start_real(NIEUW);
    start_real(ANDER);
    town_know(OUD, NIEUW, PEER_GESCHORST);
    town_send(OUD, NIEUW, waiting);
    town_send(OUD, ANDER, other);
    await(OUD, "outbox", other, "state = 'delivered'");
    await(OUD, "outbox", waiting, "state = 'queued' AND attempts = 0");
    town_know(OUD, NIEUW, PEER_ACTIEF);
    couriers_wake(OUD->gateway.couriers);
    await(OUD, "outbox", waiting, "state = 'delivered' AND attempts = 1");
}

static void what_is_not_delivered_in_time_expires_and_says_what_was_wrong(void **state)
{
    char tried[UUID_SIZE], untried[UUID_SIZE];

    (void)state;
    start_real(OUD);
    stop_real(NIEUW);
    town_send(OUD, NIEUW, tried);
    await(OUD, "outbox", tried, "attempts > 0 AND state = 'queued'");
    change(OUD, tried, "expires = 1");
    await(OUD, "outbox", tried, "state = 'expired' AND settled > 0 AND reason <> ''");
    await(OUD, "overdracht", tried, "state = 'verlopen' AND reden LIKE '%onnect%'");
    town_know(OUD, NIEUW, PEER_GESCHORST);
    town_send(OUD, NIEUW, untried);
    change(OUD, untried, "expires = 1");
    await(OUD, "outbox", untried,
          "state = 'expired' AND attempts = 0"
          " AND reason = 'it was never tried: was the peer active?'");
    await(OUD, "overdracht", untried,
          "state = 'verlopen' AND reden = 'it was never tried: was the peer active?'");
    town_know(OUD, NIEUW, PEER_ACTIEF);
}

/* Takes connections and says nothing, so that every attempt lasts until its deadline. */
static int deaf_ear(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 64), 0);
    return fd;
}

static void a_deaf_peer_does_not_hold_up_the_others(void **state)
{
    enum { DEAF = 8, GOOD = 3 };
    char deaf[DEAF][UUID_SIZE], good[GOOD][UUID_SIZE];
    int64_t tried = 0;

    (void)state;
    start_real(OUD);
    start_real(ANDER);
    stop_real(NIEUW);
    int ear = deaf_ear(NIEUW->port);
    for (size_t i = 0; i < DEAF; i++)
        town_send(OUD, NIEUW, deaf[i]);
    for (size_t i = 0; i < GOOD; i++)
        town_send(OUD, ANDER, good[i]);
    for (size_t i = 0; i < GOOD; i++)
        await(OUD, "outbox", good[i], "state = 'delivered' AND attempts = 1");
    for (size_t i = 0; i < DEAF; i++)
        tried += number(OUD, "attempts", deaf[i]);
    assert_in_range(tried, 1, DEAF - 1);
    close(ear);
    start_real(NIEUW);
    for (size_t i = 0; i < DEAF; i++)
        await(OUD, "outbox", deaf[i], "state = 'delivered'");
}

static int start(void **state)
{
    (void)state;
    town_install();
    town_gather(TOWNS, COUNT, COUNT);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dossier_goes_over_and_both_hold_the_proof),
        cmocka_unit_test(what_is_accepted_is_taken_over_on_both_sides),
        cmocka_unit_test(when_the_peer_is_back_it_goes_by_itself),
        cmocka_unit_test(whatever_else_comes_back_it_is_tried_again_and_says_why),
        cmocka_unit_test(nothing_is_sent_to_another_organisation_at_that_address),
        cmocka_unit_test(a_signed_refusal_ends_it_with_its_reason),
        cmocka_unit_test(a_suspended_peer_gets_nothing_until_it_is_active_again),
        cmocka_unit_test(what_is_not_delivered_in_time_expires_and_says_what_was_wrong),
        cmocka_unit_test(a_deaf_peer_does_not_hold_up_the_others),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
