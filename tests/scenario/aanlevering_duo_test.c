/* What may go by itself while something must still be settled with DUO: nothing, or all the
 * same ([aanlevering] wacht_op_duo). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/clock.h"
#include "gateway/supplier.h"
#include "peers/file.h"
#include "tests/scenario/rel.h"

#define SECONDS 30 /* longest wait for anything: a limit, not a pause */
#define GIVEN "rol = 'verstrekker' AND state = 'gevraagd'"
#define OPEN                                                                                  \
    "SELECT count(*) FROM taak t JOIN overdracht h ON h.id = t.overdracht"                    \
    " WHERE t.soort = 'eerst-afhandelen' AND t.done IS NULL AND h.bsn_index = %s"
#define READY                                                                                 \
    "SELECT count(*) FROM aanlevering a JOIN overdracht h ON h.id = a.overdracht"             \
    " WHERE a.state = 'klaar' AND h.bsn_index = %s"
#define SENT                                                                                  \
    "SELECT count(*) FROM aanlevering a JOIN overdracht h ON h.id = a.overdracht"             \
    " WHERE a.state = 'verzonden' AND h.bsn_index = %s"

static void drop(const char *bsn, const char *name)
{
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");
    char path[PATH_MAX], beside[PATH_MAX + 8];
    struct fault fault;

    snprintf(path, sizeof(path), "%s/aanlevering/in/%s.xml", UTRECHT->folder, name);
    snprintf(beside, sizeof(beside), "%s.tmp", path);
    assert_true(file_write(beside, 0600, dossier, strlen(dossier), &fault));
    assert_int_equal(rename(beside, path), 0);
}

static void await_supplied(const char *bsn, const char *query)
{
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;

    while (rel_count(UTRECHT, bsn, query) != 1) {
        if (clock_monotonic_ms() > until)
            fail_msg("not so within %d seconds: %s", SECONDS, query);
        supplier_wake(&UTRECHT->gateway);
        poll(NULL, 0, 20);
    }
}

/* Asked for, with the policy that it goes by itself, and something is open at DUO. */
static const char *asked(void)
{
    const char *bsn = rel_person();

    json_decref(
        rel_ask(UTRECHT, call_peer_set,
                json_pack("{s:s, s:s}", "gemeente", AMERSFOORT_CODE, "aanlevering", "auto")));
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(UTRECHT, bsn, GIVEN);
    rel_await_count(UTRECHT, bsn, OPEN, 1);
    return bsn;
}

static void with_ja_it_waits_until_somebody_has_settled_it(void **state)
{
    const char *bsn = asked();

    (void)state;
    drop(bsn, "wacht");
    await_supplied(bsn, READY);
    for (int i = 0; i < 20; i++) {
        supplier_wake(&UTRECHT->gateway);
        poll(NULL, 0, 20);
    }
    rel_await(UTRECHT, bsn, GIVEN);
    town_do(UTRECHT, "UPDATE taak SET done = 2, done_by = 'uid 0'"
                     " WHERE soort = 'eerst-afhandelen'");
    await_supplied(bsn, SENT);
    rel_await(AMERSFOORT, bsn, "state = 'ontvangen'");
}

static void with_nee_it_goes_and_what_is_open_stays_open(void **state)
{
    const char *bsn = asked();

    (void)state;
    drop(bsn, "gaat");
    await_supplied(bsn, SENT);
    rel_await(AMERSFOORT, bsn, "state = 'ontvangen'");
    assert_int_equal(rel_count(UTRECHT, bsn, OPEN), 1);
}

int main(void)
{
    const struct CMUnitTest ja[] = {
        cmocka_unit_test(with_ja_it_waits_until_somebody_has_settled_it),
    };
    const struct CMUnitTest nee[] = {
        cmocka_unit_test(with_nee_it_goes_and_what_is_open_stays_open),
    };
    int failed = cmocka_run_group_tests(ja, rel_start, rel_stop);

    rel_settings = "[aanlevering]\nwacht_op_duo = nee\n";
    return failed + cmocka_run_group_tests(nee, rel_start, rel_stop);
}
