/* How long the municipality that was left may still ask DUO, where the month counts from the
 * day on which DUO got the new PIP ([duo] toegang_vanaf = registratie). DUO does not tell that
 * day: our own looks do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/mover.h"
#include "tests/scenario/rel.h"

#define GIVEN "rol = 'verstrekker' AND state = 'gevraagd'"
#define SETTLE                                                                                \
    "SELECT count(*) FROM taak t JOIN overdracht h ON h.id = t.overdracht"                    \
    " WHERE t.soort = 'eerst-afhandelen' AND h.bsn_index = %s"
#define LOOKED                                                                                \
    "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"                  \
    " WHERE h.bsn_index = %s AND o.soort = 'pip.lezen' AND o.state = 'delivered'"

/* We looked on one day, and later there was a PIP of theirs, signed on another. */
static const struct {
    const char *what, *looked, *dagtekening, *uiterlijk;
} CASES[] = {
    { "registered after it was signed", "2026-11-24", "2026-11-20", "2026-12-23" },
    { "not looked since it was signed", "2026-11-18", "2026-11-20", "2026-12-19" },
    { "signed today", "2026-11-25", "2026-11-26", "2026-12-25" },
};

static void a_pip_that_was_not_there_yet_was_registered_no_sooner(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const char *bsn = rel_person();
        SCOPED_BUF struct buf statement = { 0 }, query = { 0 };
        char pips[400];
        rel_move(bsn, AMERSFOORT_CODE);
        rel_await(UTRECHT, bsn, GIVEN);
        rel_await_count(UTRECHT, bsn, SETTLE " AND t.done IS NULL", 1);
        rel_await_count(UTRECHT, bsn, LOOKED, 1);
        buf_addf(&statement,
                 "UPDATE outbox SET settled = unixepoch('%s'), created = created - 90000"
                 " WHERE soort = 'pip.lezen' AND state = 'delivered'",
                 CASES[i].looked);
        town_do(UTRECHT, buf_text(&statement));
        snprintf(pips, sizeof(pips),
                 "[{\"gemeentecode\":\"0344\",\"geregistreerd\":\"2025-03-10\",\"pip\":"
                 "{\"dagtekeningPip\":\"2025-03-10\",\"leerroute\":\"Z\"}},"
                 "{\"gemeentecode\":\"0307\",\"geregistreerd\":\"2026-11-26\",\"pip\":"
                 "{\"dagtekeningPip\":\"%s\",\"leerroute\":\"Z\"}}]",
                 CASES[i].dagtekening);
        rel_set(bsn, "pips", pips);
        mover_wake(&UTRECHT->gateway);
        rel_await_count(UTRECHT, bsn, LOOKED, 2);
        buf_add_text(&query, SETTLE);
        buf_addf(&query, " AND t.uiterlijk = '%s'", CASES[i].uiterlijk);
        rel_await_count(UTRECHT, bsn, buf_text(&query), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pip_that_was_not_there_yet_was_registered_no_sooner),
    };

    rel_settings = "[duo]\ntoegang_vanaf = registratie\n";
    return cmocka_run_group_tests(tests, rel_start, rel_stop);
}
