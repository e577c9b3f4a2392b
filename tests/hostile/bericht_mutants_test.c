/* One byte changed: in the sealed bytes of a message, in the signed document inside, in a
 * receipt. What is still believed must say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/receipt.h"
#include "gateway/clock.h"
#include "tests/hostile/post.h"
#include "tests/sample.h"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_RSA },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1];
static char *DOSSIER;

struct tally {
    size_t tried, same, first, last; /* first and last byte whose change was no change */
};

static void report(const char *what, const struct tally *tally, int64_t since)
{
    print_message("%-8s %5zu mutants, %3zu the same message, %lld ms\n", what, tally->tried,
                  tally->same, (long long)(clock_monotonic_ms() - since));
}

static void count(struct tally *tally, size_t at)
{
    tally->first = tally->same++ ? tally->first : at;
    tally->last = at;
}

static void flip(struct buf *bytes, size_t at)
{
    bytes->data[at] ^= (unsigned char)(1 << at % 8);
}

/* Neither refused with a receipt nor accepted as anything but what was sent. */
static void hand_mutant(const struct post *post, size_t at, struct tally *tally)
{
    struct listen_answer answer;
    struct receipt receipt;

    post_hand(post, &answer);
    tally->tried++;
    if (answer.status == 200) {
        if (!post_receipt(post, &answer, &receipt) || !receipt.aangenomen
            || !digest_equal(&receipt.canoniek, &post->canonical))
            fail_msg("byte %zu: %s", at, buf_text(&answer.body));
        count(tally, at);
    }
    buf_finish(&answer.body);
}

static void start_dossier(struct post *post, struct town *from, struct town *to)
{
    post_start(post, from, to, SOORT_DOSSIER);
    post->dossier = DOSSIER;
    post_pack(post);
}

/* --- sealed ------------------------------------------------------------------------------ */

static void flip_sealed(struct town *from, struct town *to, size_t step, struct tally *tally)
{
    int64_t since = clock_monotonic_ms();
    struct post post;

    start_dossier(&post, from, to);
    for (size_t at = 0; at < post.sealed.size; at += step) {
        flip(&post.sealed, at);
        hand_mutant(&post, at, tally);
        flip(&post.sealed, at);
    }
    report("sealed", tally, since);
    post_finish(&post);
}

/* AES-GCM covers the content and not the list of recipients (RFC 5084): with the entry of the
 * sender spoiled, or what the receiver is called, the receiver still opens the same content,
 * and the receipt names the bytes that came. Everything else counts. */
static void a_byte_of_the_envelope_changed_is_refused_or_only_of_its_address(void **state)
{
    struct tally rsa = { 0 }, ec = { 0 };

    (void)state;
    flip_sealed(OUD, NIEUW, 1, &rsa);
    assert_in_range(rsa.same, 384, 460); /* the key of RSA-3072, and a few of its names */
    assert_in_range(rsa.last - rsa.first, 384, 700);
    flip_sealed(NIEUW, OUD, 7, &ec);
    assert_in_range(ec.same, 1, 40);
    assert_in_range(ec.last - ec.first, 1, 700);
}

/* --- signed ------------------------------------------------------------------------------ */

static void flip_signed(struct town *from, struct town *to, size_t step)
{
    int64_t since = clock_monotonic_ms();
    struct tally tally = { 0 };
    struct post post;

    start_dossier(&post, from, to);
    for (size_t at = 0; at < post.xml.size; at += step) {
        flip(&post.xml, at);
        post_seal(&post);
        hand_mutant(&post, at, &tally);
        flip(&post.xml, at);
    }
    report("signed", &tally, since);
    assert_true(tally.same <= tally.tried / 50); /* white space in base64, and the like */
    post_finish(&post);
}

static void
a_byte_of_the_document_changed_and_sealed_again_is_refused_or_the_same(void **state)
{
    (void)state;
    flip_signed(OUD, NIEUW, 2);
    flip_signed(NIEUW, OUD, 13);
}

/* --- receipts ---------------------------------------------------------------------------- */

static bool same_receipt(const struct receipt *a, const struct receipt *b)
{
    return strcmp(a->bericht_id, b->bericht_id) == 0 && strcmp(a->afzender, b->afzender) == 0
           && strcmp(a->ontvanger, b->ontvanger) == 0
           && digest_equal(&a->verzegeld, &b->verzegeld)
           && digest_equal(&a->canoniek, &b->canoniek) && a->aangenomen == b->aangenomen
           && strcmp(a->code, b->code) == 0 && strcmp(a->tekst, b->tekst) == 0
           && a->tijd == b->tijd;
}

static void flip_receipt(const struct buf *bytes, const STACK_OF(X509) * registered,
                         struct tally *tally)
{
    SCOPED_BUF struct buf mutant = { 0 };
    struct receipt first, read;
    struct fault fault = { 0 };

    assert_true(receipt_read(bytes->data, bytes->size, registered, &first, NULL, &fault));
    buf_add(&mutant, bytes->data, bytes->size);
    for (size_t at = 0; at < mutant.size; at++) {
        flip(&mutant, at);
        tally->tried++;
        if (!receipt_read(mutant.data, mutant.size, registered, &read, NULL, &fault))
            assert_int_equal(fault.code, FAULT_ANSWER);
        else if (!same_receipt(&first, &read))
            fail_msg("byte %zu: another receipt", at);
        else
            count(tally, at);
        flip(&mutant, at);
    }
}

static void a_byte_of_a_receipt_changed_is_no_receipt_or_the_same(void **state)
{
    static const struct {
        struct town *from, *to;
        time_t age; /* too old: refused */
    } CASES[] = { { &TOWNS[0], &TOWNS[1], 0 }, { &TOWNS[1], &TOWNS[0], 90000 } };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        STACK_OF(X509) *registered = sk_X509_new_null();
        int64_t since = clock_monotonic_ms();
        struct listen_answer answer;
        struct tally tally = { 0 };
        struct post post;
        post_start(&post, CASES[i].from, CASES[i].to, SOORT_PING);
        post.kop.gemaakt -= CASES[i].age;
        post.kop.geldig_tot -= CASES[i].age;
        post_send(&post, &answer);
        sk_X509_push(registered,
                     keys_certificate(CASES[i].to->gateway.keys, PURPOSE_ONDERTEKENEN));
        flip_receipt(&answer.body, registered, &tally);
        report("receipt", &tally, since);
        sk_X509_free(registered);
        buf_finish(&answer.body);
        post_finish(&post);
    }
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
        cmocka_unit_test(a_byte_of_the_envelope_changed_is_refused_or_only_of_its_address),
        cmocka_unit_test(
            a_byte_of_the_document_changed_and_sealed_again_is_refused_or_the_same),
        cmocka_unit_test(a_byte_of_a_receipt_changed_is_no_receipt_or_the_same),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
