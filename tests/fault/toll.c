/* toll -- see toll.h. */
#include "tests/fault/toll.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/receipt.h"
#include "gateway/audit.h"
#include "gateway/inbox.h"
#include "gateway/outbox.h"

enum { FAULTS_MAX = 64 };

struct tally {
    const char *fault;
    int tried, survived, lost, doubled;
};

static struct tally TALLIES[FAULTS_MAX];
static size_t TALLY_COUNT;

static struct tally *tally_of(const char *fault)
{
    for (size_t i = 0; i < TALLY_COUNT; i++)
        if (strcmp(TALLIES[i].fault, fault) == 0)
            return &TALLIES[i];
    assert_true(TALLY_COUNT < FAULTS_MAX);
    TALLIES[TALLY_COUNT] = (struct tally){ .fault = fault };
    return &TALLIES[TALLY_COUNT++];
}

struct ends {
    const char *overdracht;
    struct outbox_row outbox;
    struct inbox_row inbox;
    bool found;
    int64_t rows;
};

static bool look_outbox(sqlite3 *db, void *argument, struct fault *fault)
{
    struct ends *ends = argument;

    return outbox_latest(db, ends->overdracht, "dossier", &ends->outbox, &ends->found, fault);
}

static bool look_inbox(sqlite3 *db, void *argument, struct fault *fault)
{
    struct ends *ends = argument;

    return inbox_latest(db, ends->overdracht, "dossier", &ends->inbox, &ends->found, fault);
}

static bool chain_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct ends *ends = argument;

    return audit_verify(db, &ends->rows, fault);
}

static int64_t received(struct town *to, const char *overdracht)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM inbox WHERE overdracht = '%s' AND code = ''",
             overdracht);
    return town_count(to, buf_text(&query));
}

static bool receipt_names(struct town *from, struct town *to, const struct outbox_row *row,
                          struct fault *fault)
{
    SCOPED_PEER struct peer *peer = registry_by_oin(from->gateway.registry, to->oin);
    struct receipt receipt;
    X509 *signer;

    return receipt_read(row->receipt.data, row->receipt.size,
                        peer->card.certificates[PURPOSE_ONDERTEKENEN], &receipt, &signer,
                        fault)
           && ((receipt.aangenomen && strcmp(receipt.bericht_id, row->id) == 0
                && digest_equal(&receipt.canoniek, &row->canonical))
               || fault_set(fault, FAULT_ANSWER, "the receipt is about something else"));
}

static bool is_same(const struct buf *a, const struct buf *b, const char *what,
                    struct fault *fault)
{
    return (a->size > 0 && a->size == b->size && memcmp(a->data, b->data, a->size) == 0)
           || fault_set(fault, FAULT_NEGATIVE, "%s: not the same on both sides", what);
}

static bool ends_agree(struct town *from, struct town *to, struct ends *ends,
                       struct fault *fault)
{
    if (!store_run(from->gateway.store, look_outbox, ends, fault) || !ends->found
        || ends->outbox.state != OUTBOX_DELIVERED)
        return fault_set(fault, FAULT_NEGATIVE, "not delivered");
    if (!store_run(to->gateway.store, look_inbox, ends, fault) || !ends->found)
        return fault_set(fault, FAULT_NEGATIVE, "not in the inbox");
    if (strcmp(ends->outbox.id, ends->inbox.id) != 0)
        return fault_set(fault, FAULT_NEGATIVE, "another id was received");
    return is_same(&ends->outbox.receipt, &ends->inbox.receipt, "receipt", fault)
           && is_same(&ends->outbox.sealed, &ends->inbox.sealed, "sealed bytes", fault)
           && receipt_names(from, to, &ends->outbox, fault);
}

static bool books_balance(struct town *from, struct town *to, struct ends *ends,
                          struct fault *fault)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query,
             "SELECT count(*) FROM outbox WHERE state = 'sending' AND overdracht = '%s'",
             ends->overdracht);
    if (town_count(from, buf_text(&query)) != 0)
        return fault_set(fault, FAULT_NEGATIVE, "left in `sending`");
    return store_run(from->gateway.store, chain_work, ends, fault)
           && store_run(to->gateway.store, chain_work, ends, fault);
}

void toll_take(struct town *from, struct town *to, const char *fault, const char *overdracht)
{
    struct tally *tally = tally_of(fault);
    struct ends ends = { .overdracht = overdracht };
    struct fault why = { 0 };
    int64_t count = received(to, overdracht);

    tally->tried++;
    tally->lost += count == 0;
    tally->doubled += count > 1;
    bool good = ends_agree(from, to, &ends, &why) && books_balance(from, to, &ends, &why)
                && (count == 1 || fault_set(&why, FAULT_NEGATIVE, "received more than once"));
    tally->survived += good;
    outbox_row_finish(&ends.outbox);
    inbox_row_finish(&ends.inbox);
    if (!good)
        fail_msg("%s: %s", fault, why.text);
}

void toll_print(void)
{
    struct tally sum = { 0 };

    printf("%-52s %6s %9s %5s %8s\n", "fault", "tried", "survived", "lost", "doubled");
    for (size_t i = 0; i < TALLY_COUNT; i++) {
        const struct tally *t = &TALLIES[i];
        printf("%-52s %6d %9d %5d %8d\n", t->fault, t->tried, t->survived, t->lost,
               t->doubled);
        sum.tried += t->tried;
        sum.survived += t->survived;
        sum.lost += t->lost;
        sum.doubled += t->doubled;
    }
    printf("faults tried=%d survived=%d lost=%d doubled=%d\n", sum.tried, sum.survived,
           sum.lost, sum.doubled);
}
