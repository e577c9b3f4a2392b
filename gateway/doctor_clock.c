/* doctor_clock -- is it as late as we think? By the kernel, our certificates, what was
 * recorded before, and what peers signed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

#include "codecs/moment.h"
#include "codecs/receipt.h"
#include "gateway/clock.h"
#include "gateway/doctor.h"
#include "gateway/sql.h"

#define SLACK (5 * 60L)

static const char SET_THE_CLOCK[] =
    "look with timedatectl, set the clock, and let chrony or systemd-timesyncd keep it";

void doctor_clock_kernel(struct doctor *doctor)
{
    struct timex kernel = { 0 };
    int state = adjtimex(&kernel);

    if (state < 0)
        doctor_skip(doctor, "", strerror(errno));
    else if (state == TIME_ERROR || (kernel.status & STA_UNSYNC))
        doctor_warn(doctor, "", "install and start chrony or systemd-timesyncd",
                    "nothing keeps the clock synchronised, says the kernel");
    else
        doctor_ok(doctor, "", "synchronised");
}

void doctor_clock_certificates(struct doctor *doctor)
{
    int present = 0, future = 0;
    time_t from, now = clock_now();

    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        const X509 *certificate = doctor->certificate[purpose];
        if (!certificate || !certificate_time(X509_get0_notBefore(certificate), &from))
            continue;
        present++;
        future += from > now;
    }
    if (present == 0)
        doctor_skip(doctor, "", "see certificate.file");
    else if (future == present)
        doctor_fail(doctor, "", SET_THE_CLOCK,
                    "all our certificates begin in the future: the clock is behind");
    else
        doctor_ok(doctor, "", "agree with the clock");
}

/* --- receipts -------------------------------------------------------------------------- */

/* The last receipt of a peer. */
struct last {
    const char *oin, *naam;
    time_t tijd;    /* theirs */
    time_t settled; /* when we had it */
    int64_t attempts;
};
typedef void each_last(struct doctor *doctor, void *context, const struct last *last);

static void read_last(struct doctor *doctor, sqlite3_stmt *stmt, each_last *each,
                      void *context)
{
    SCOPED_PEER struct peer *peer =
        registry_by_oin(doctor->gateway->registry, sql_text(stmt, 0));
    SCOPED_BUF struct buf bytes = { 0 };
    struct receipt receipt;
    struct fault ignored = { 0 };

    if (!peer)
        return;
    sql_bytes(stmt, 1, &bytes);
    /* A receipt that was signed with a certificate of an earlier card says nothing here. */
    if (!receipt_read(bytes.data, bytes.size, peer->card.certificates[PURPOSE_ONDERTEKENEN],
                      &receipt, NULL, &ignored))
        return;
    const struct last last = { .oin = peer->card.oin,
                               .naam = peer->card.naam,
                               .tijd = receipt.tijd,
                               .settled = sqlite3_column_int64(stmt, 2),
                               .attempts = sqlite3_column_int64(stmt, 3) };
    each(doctor, context, &last);
}

static bool last_receipts(struct doctor *doctor, each_last *each, void *context,
                          struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(doctor->db, &stmt, fault,
                   "SELECT peer, receipt, max(settled), attempts FROM outbox"
                   " WHERE receipt IS NOT NULL GROUP BY peer",
                   ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        read_last(doctor, stmt, each, context);
    }
    return false;
}

/* A repeat gets the first receipt again, so an old time is odd only after a single attempt. */
static void compare_last(struct doctor *doctor, void *context, const struct last *last)
{
    long ahead = last->tijd - last->settled;

    (void)context;
    if (ahead > SLACK || (last->attempts <= 1 && ahead < -SLACK))
        doctor_warn(doctor, last->naam,
                    "compare both clocks with a third (timedatectl); tell their administrator",
                    "the clock in its last receipt was %ld minutes %s ours", labs(ahead) / 60,
                    ahead > 0 ? "ahead of" : "behind");
}

void doctor_clock_receipts(struct doctor *doctor)
{
    struct fault fault = { 0 };

    if (!doctor_reads(doctor))
        return;
    if (!last_receipts(doctor, compare_last, NULL, &fault))
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    if (doctor->said == 0)
        doctor_ok(doctor, "", "agree with our clock");
}

/* --- what was recorded ----------------------------------------------------------------- */

struct newest {
    int64_t at;
    const char *what;
};

static void take_newer(struct newest *newest, int64_t at, const char *what)
{
    if (at > newest->at)
        *newest = (struct newest){ at, what };
}

static void take_last(struct doctor *doctor, void *context, const struct last *last)
{
    (void)doctor;
    take_newer(context, last->tijd, "the receipt of a peer");
}

static bool find_newest(struct doctor *doctor, struct newest *newest, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(doctor->db, &stmt, fault,
                   "SELECT (SELECT max(at) FROM audit), (SELECT max(received) FROM inbox)", "")
        || !sql_row(stmt, &row, fault))
        return false;
    take_newer(newest, sqlite3_column_int64(stmt, 0), "a row of the audit");
    take_newer(newest, sqlite3_column_int64(stmt, 1), "a message that was received");
    return last_receipts(doctor, take_last, newest, fault);
}

void doctor_clock_store(struct doctor *doctor)
{
    struct newest newest = { 0 };
    char moment[MOMENT_SIZE];
    struct fault fault = { 0 };

    if (!doctor_reads(doctor))
        return;
    if (!find_newest(doctor, &newest, &fault)) {
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
        return;
    }
    moment_format(newest.at, moment);
    if (newest.at > clock_now() + SLACK)
        doctor_fail(doctor, "", SET_THE_CLOCK, "the clock is behind: %s is of %s", newest.what,
                    moment);
    else
        doctor_ok(doctor, "", "not before what was recorded");
}
