/* The same message again: one row, one receipt, for ever; another content under its id: a
 * refusal that does not touch it. And messages about a handover from who has no say in it. */
#include <pthread.h>
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
#include "codecs/xmldoc.h"
#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/sql.h"
#include "tests/hostile/post.h"
#include "tests/sample.h"

#define THREADS 16

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_RSA },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = "0141", .naam = "Ander", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1], *const ANDER = &TOWNS[2];
static char *DOSSIER;

/* How many rows of the table are about this message or handover. */
static int64_t count_of(struct town *town, const char *table, const char *column,
                        const char *id)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM %s WHERE %s = '%s'", table, column, id);
    return town_count(town, buf_text(&query));
}

static void start_dossier(struct post *post, struct town *from, struct town *to)
{
    post_start(post, from, to, SOORT_DOSSIER);
    post->dossier = DOSSIER;
}

static void assert_accepted(const struct post *post, const struct listen_answer *answer)
{
    struct receipt receipt;

    if (!post_receipt(post, answer, &receipt) || !receipt.aangenomen)
        fail_msg("%d %s", answer->status, buf_text(&answer->body));
    assert_true(digest_equal(&receipt.canoniek, &post->canonical));
}

static void assert_refused(const struct post *post, const struct listen_answer *answer,
                           const char *code, const char *says)
{
    struct receipt receipt;

    if (!post_receipt(post, answer, &receipt) || receipt.aangenomen)
        fail_msg("%s: %d %s", says, answer->status, buf_text(&answer->body));
    assert_string_equal(receipt.code, code);
    if (!strstr(receipt.tekst, says))
        fail_msg("not %s but %s", says, receipt.tekst);
}

static void assert_same(const struct listen_answer *a, const struct listen_answer *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->body.size, b->body.size);
    assert_memory_equal(a->body.data, b->body.data, a->body.size);
}

/* Hands it over and expects the answer that was given before. */
static void expect_again(const struct post *post, const struct listen_answer *first)
{
    struct listen_answer answer;

    post_hand(post, &answer);
    assert_same(&answer, first);
    buf_finish(&answer.body);
}

/* --- again ------------------------------------------------------------------------------- */

static void a_message_is_kept_once_with_its_receipt_and_audit(void **state)
{
    struct listen_answer first;
    struct post post;

    (void)state;
    start_dossier(&post, OUD, NIEUW);
    post_send(&post, &first);
    assert_accepted(&post, &first);
    int64_t audit = town_count(NIEUW, "SELECT count(*) FROM audit");
    for (int i = 0; i < 5; i++)
        expect_again(&post, &first);
    assert_int_equal(count_of(NIEUW, "inbox", "id", post.kop.bericht_id), 1);
    assert_int_equal(count_of(NIEUW, "overdracht", "id", post.kop.overdracht_id), 1);
    assert_int_equal(count_of(NIEUW, "audit", "object", post.kop.overdracht_id), 2);
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM audit"), audit);
    buf_finish(&first.body);
    post_finish(&post);
}

/* Other bytes on the wire, the same content: sealed anew, and signed anew (ECDSA gives another
 * value each time). */
static void what_is_sealed_or_signed_anew_is_still_the_same_message(void **state)
{
    struct listen_answer first;
    struct digest digest;
    struct post post;

    (void)state;
    start_dossier(&post, NIEUW, OUD);
    post_send(&post, &first);
    assert_accepted(&post, &first);
    digest = post.canonical;
    post_seal(&post);
    expect_again(&post, &first);
    post_pack(&post);
    assert_true(digest_equal(&digest, &post.canonical));
    expect_again(&post, &first);
    assert_int_equal(count_of(OUD, "inbox", "id", post.kop.bericht_id), 1);
    buf_finish(&first.body);
    post_finish(&post);
}

static void the_receipt_outlives_a_restart_and_the_message(void **state)
{
    const struct timespec pause = { .tv_nsec = 50000000 };
    struct listen_answer first;
    struct post post;

    (void)state;
    start_dossier(&post, NIEUW, ANDER);
    post.kop.geldig_tot = clock_now() + 2;
    post_send(&post, &first);
    assert_accepted(&post, &first);
    town_stop(ANDER);
    town_open(ANDER);
    while (clock_now() <= post.kop.geldig_tot)
        nanosleep(&pause, NULL);
    expect_again(&post, &first);
    assert_int_equal(count_of(ANDER, "inbox", "id", post.kop.bericht_id), 1);
    buf_finish(&first.body);
    post_finish(&post);
}

static void add_a_note(xmlDoc *doc)
{
    xmlNode *contact = xmldoc_at(message_content(doc), "persoon/contact/adres/straat");

    xmlNodeSetContent(contact, BAD_CAST "Anders");
}

static void other_content_under_a_known_id_is_refused_and_changes_nothing(void **state)
{
    struct listen_answer first, other, again;
    struct post post;

    (void)state;
    start_dossier(&post, OUD, NIEUW);
    post_send(&post, &first);
    assert_accepted(&post, &first);
    post.change = add_a_note;
    post_send(&post, &other);
    assert_refused(&post, &other, "conflict", "berichtId was used before for other content");
    post_hand(&post, &again);
    assert_refused(&post, &again, "conflict", "berichtId was used before");
    assert_int_equal(count_of(NIEUW, "inbox", "id", post.kop.bericht_id), 1);
    assert_int_equal(count_of(NIEUW, "inbox", "code", "conflict"), 0);
    assert_int_equal(
        count_of(NIEUW, "audit", "action = 'conflict' AND object", post.kop.overdracht_id), 2);
    post.change = NULL;
    post_pack(&post);
    expect_again(&post, &first);
    buf_finish(&first.body);
    buf_finish(&other.body);
    buf_finish(&again.body);
    post_finish(&post);
}

static void break_the_bsn(xmlDoc *doc)
{
    xmlNodeSetContent(xmldoc_at(message_content(doc), "persoon/bsn"), BAD_CAST "12345678x");
}

/* Put right means: another message, so another id. */
static void a_refused_id_cannot_be_put_right(void **state)
{
    struct listen_answer first, other;
    struct post post;

    (void)state;
    start_dossier(&post, OUD, NIEUW);
    post.change = break_the_bsn;
    post_send(&post, &first);
    assert_refused(&post, &first, "schema", "dossier/persoon/bsn");
    expect_again(&post, &first);
    post.change = NULL;
    post_send(&post, &other);
    assert_refused(&post, &other, "conflict", "berichtId was used before");
    uuid_v7(clock_now_ms(), post.kop.bericht_id);
    buf_finish(&other.body);
    post_send(&post, &other);
    assert_accepted(&post, &other);
    buf_finish(&first.body);
    buf_finish(&other.body);
    post_finish(&post);
}

static void two_senders_may_choose_the_same_id(void **state)
{
    struct listen_answer first, second;
    struct post one, two;

    (void)state;
    start_dossier(&one, OUD, NIEUW);
    start_dossier(&two, ANDER, NIEUW);
    memcpy(two.kop.bericht_id, one.kop.bericht_id, UUID_SIZE);
    post_send(&one, &first);
    post_send(&two, &second);
    assert_accepted(&one, &first);
    assert_accepted(&two, &second);
    assert_int_equal(count_of(NIEUW, "inbox", "id", one.kop.bericht_id), 2);
    buf_finish(&first.body);
    buf_finish(&second.body);
    post_finish(&one);
    post_finish(&two);
}

/* --- all at once ------------------------------------------------------------------------- */

struct racer {
    const struct post *post;
    pthread_barrier_t *start;
    struct listen_answer answer;
};

static void *race(void *argument)
{
    struct racer *racer = argument;

    pthread_barrier_wait(racer->start);
    post_hand(racer->post, &racer->answer);
    return NULL;
}

/* Racer i hands over posts[i % count]. */
static void run_race(const struct post *posts, size_t count, struct racer racers[THREADS])
{
    pthread_t threads[THREADS];
    pthread_barrier_t start;

    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){ .post = &posts[i % count], .start = &start };
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
}

static void finish_race(struct racer racers[THREADS])
{
    for (size_t i = 0; i < THREADS; i++)
        buf_finish(&racers[i].answer.body);
}

static void sixteen_at_once_give_one_row_and_one_receipt(void **state)
{
    struct racer racers[THREADS];
    struct post post;

    (void)state;
    start_dossier(&post, OUD, NIEUW);
    post_pack(&post);
    run_race(&post, 1, racers);
    assert_accepted(&post, &racers[0].answer);
    for (size_t i = 1; i < THREADS; i++)
        assert_same(&racers[0].answer, &racers[i].answer);
    assert_int_equal(count_of(NIEUW, "inbox", "id", post.kop.bericht_id), 1);
    assert_int_equal(count_of(NIEUW, "overdracht", "id", post.kop.overdracht_id), 1);
    assert_int_equal(count_of(NIEUW, "audit", "object", post.kop.overdracht_id), 2);
    finish_race(racers);
    post_finish(&post);
}

static void sixteen_refusals_at_once_are_one_too(void **state)
{
    struct racer racers[THREADS];
    struct post post;

    (void)state;
    start_dossier(&post, OUD, NIEUW);
    post.change = break_the_bsn;
    post_pack(&post);
    run_race(&post, 1, racers);
    assert_refused(&post, &racers[0].answer, "schema", "dossier/persoon/bsn");
    for (size_t i = 1; i < THREADS; i++)
        assert_same(&racers[0].answer, &racers[i].answer);
    assert_int_equal(count_of(NIEUW, "inbox", "id", post.kop.bericht_id), 1);
    finish_race(racers);
    post_finish(&post);
}

/* Whichever is first is the message; all others with its content get its receipt. */
static void of_two_contents_at_once_under_one_id_one_wins(void **state)
{
    struct racer racers[THREADS];
    struct post posts[2];
    int accepted[2] = { 0 };

    (void)state;
    start_dossier(&posts[0], OUD, NIEUW);
    posts[1] = posts[0];
    posts[1].change = add_a_note;
    post_pack(&posts[0]);
    post_pack(&posts[1]);
    run_race(posts, 2, racers);
    for (size_t i = 0; i < THREADS; i++) {
        struct receipt receipt;
        assert_true(post_receipt(racers[i].post, &racers[i].answer, &receipt));
        accepted[i % 2] += receipt.aangenomen;
        assert_string_equal(receipt.code, receipt.aangenomen ? "" : "conflict");
    }
    assert_int_equal(accepted[0] + accepted[1], THREADS / 2);
    assert_true(accepted[0] == 0 || accepted[1] == 0);
    assert_int_equal(count_of(NIEUW, "inbox", "id", posts[0].kop.bericht_id), 1);
    finish_race(racers);
    post_finish(&posts[0]);
    post_finish(&posts[1]);
}

/* --- who has no say ---------------------------------------------------------------------- */

static void expect_state(struct town *town, const char *overdracht, const char *expected)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM overdracht WHERE id = '%s' AND state = '%s'",
             overdracht, expected);
    if (town_count(town, buf_text(&query)) != 1)
        fail_msg("%s is not %s", overdracht, expected);
}

static void start_overname(struct post *post, struct town *from, struct town *to,
                           const char *overdracht)
{
    post_start(post, from, to, SOORT_OVERNAME);
    snprintf(post->kop.overdracht_id, UUID_SIZE, "%s", overdracht);
}

static void expect_overname(struct town *from, struct town *to, const char *overdracht,
                            const char *says)
{
    struct listen_answer answer;
    struct post post;

    start_overname(&post, from, to, overdracht);
    post_send(&post, &answer);
    if (says)
        assert_refused(&post, &answer, "toestand", says);
    else
        assert_accepted(&post, &answer);
    buf_finish(&answer.body);
    post_finish(&post);
}

static void only_who_got_the_dossier_takes_it_over_and_only_once(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    town_send(NIEUW, OUD, overdracht);
    expect_overname(ANDER, NIEUW, overdracht, "overdrachtId belongs to another handover");
    expect_state(NIEUW, overdracht, "verzonden");
    expect_overname(OUD, NIEUW, overdracht, NULL);
    expect_state(NIEUW, overdracht, "overgenomen");
    expect_overname(OUD, NIEUW, overdracht, "it cannot become overgenomen");
    expect_overname(ANDER, NIEUW, overdracht, "overdrachtId belongs to another handover");
    expect_state(NIEUW, overdracht, "overgenomen");
}

/* That is for the klantregisseur of the receiving municipality alone. */
static void who_gave_the_dossier_cannot_take_it_over_for_the_receiver(void **state)
{
    struct listen_answer answer;
    struct post post;

    (void)state;
    start_dossier(&post, OUD, NIEUW);
    post_send(&post, &answer);
    assert_accepted(&post, &answer);
    expect_overname(OUD, NIEUW, post.kop.overdracht_id,
                    "overname: this side received the dossier");
    expect_state(NIEUW, post.kop.overdracht_id, "ontvangen");
    buf_finish(&answer.body);
    post_finish(&post);
}

static void expect_dossier_refused(struct town *from, const char *overdracht, const char *says)
{
    struct listen_answer answer;
    struct post post;

    start_dossier(&post, from, NIEUW);
    snprintf(post.kop.overdracht_id, UUID_SIZE, "%s", overdracht);
    post_send(&post, &answer);
    assert_refused(&post, &answer, "toestand", says);
    buf_finish(&answer.body);
    post_finish(&post);
}

static void a_dossier_fits_only_a_handover_that_waits_for_it(void **state)
{
    struct listen_answer answer;
    struct post post;
    char sent[UUID_SIZE];

    (void)state;
    start_dossier(&post, OUD, NIEUW);
    post_send(&post, &answer);
    assert_accepted(&post, &answer);
    expect_dossier_refused(ANDER, post.kop.overdracht_id,
                           "overdrachtId belongs to another handover");
    expect_dossier_refused(OUD, post.kop.overdracht_id, "it cannot become ontvangen");
    town_send(NIEUW, OUD, sent);
    expect_dossier_refused(OUD, sent, "(verstrekker) is verzonden: it cannot become");
    expect_state(NIEUW, post.kop.overdracht_id, "ontvangen");
    expect_state(NIEUW, sent, "verzonden");
    buf_finish(&answer.body);
    post_finish(&post);
}

static bool verify_work(sqlite3 *db, void *argument, struct fault *why)
{
    return audit_verify(db, argument, why);
}

static void after_all_this_the_audit_trail_is_whole(void **state)
{
    struct fault fault = { 0 };
    int64_t count = 0;

    (void)state;
    if (!store_run(NIEUW->gateway.store, verify_work, &count, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(count, town_count(NIEUW, "SELECT count(*) FROM audit"));
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM pragma_integrity_check"
                                       " WHERE integrity_check <> 'ok'"),
                     0);
}

static int start(void **state)
{
    (void)state;
    town_install();
    DOSSIER = sample_dossier("gezinsmigrant.xml");
    town_gather(TOWNS, COUNT, COUNT);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    free(DOSSIER);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_kept_once_with_its_receipt_and_audit),
        cmocka_unit_test(what_is_sealed_or_signed_anew_is_still_the_same_message),
        cmocka_unit_test(the_receipt_outlives_a_restart_and_the_message),
        cmocka_unit_test(other_content_under_a_known_id_is_refused_and_changes_nothing),
        cmocka_unit_test(a_refused_id_cannot_be_put_right),
        cmocka_unit_test(two_senders_may_choose_the_same_id),
        cmocka_unit_test(sixteen_at_once_give_one_row_and_one_receipt),
        cmocka_unit_test(sixteen_refusals_at_once_are_one_too),
        cmocka_unit_test(of_two_contents_at_once_under_one_id_one_wins),
        cmocka_unit_test(only_who_got_the_dossier_takes_it_over_and_only_once),
        cmocka_unit_test(who_gave_the_dossier_cannot_take_it_over_for_the_receiver),
        cmocka_unit_test(a_dossier_fits_only_a_handover_that_waits_for_it),
        cmocka_unit_test(after_all_this_the_audit_trail_is_whole),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
