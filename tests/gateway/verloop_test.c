/* What waits too long ends; what a message still decides does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "gateway/onbezorgd.h"
#include "gateway/pip_taak.h"
#include "gateway/sql.h"
#include "gateway/taak.h"
#include "gateway/verloop.h"
#include "tests/gateway/handover.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define DAY 86400L

static int end_at(long days)
{
    int ended;

    if (!verloop_now(db, KEYS, clock_now() + days * DAY, &ended, &fault))
        fail_msg("%s", fault.text);
    return ended;
}

static void place(enum rol rol, enum overdracht_state at)
{
    assert_true(sql_do(db, &fault, "DELETE FROM outbox", ""));
    assert_true(sql_do(db, &fault, "DELETE FROM herinnering", ""));
    assert_true(sql_do(db, &fault, "UPDATE overdracht SET rol = ?, state = ?, reden = ''",
                       "tt", rol_name(rol), overdracht_state_name(at)));
}

static void nobody_waits_for_ever(void **state)
{
    /* clang-format off */
    static const struct {
        enum rol rol;
        enum overdracht_state at;
        int stays, ends; /* days */
        const char *reden;
    } CASES[] = {
        { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,      41,  43, "het verzoek is niet beantwoord" },
        { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,      71,  73, "het verzoek is niet beantwoord" },
        { ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,     90,  92, "over het dossier is niet beslist" },
        { ROL_VERSTREKKER, OVERDRACHT_BEZORGD,      120, 122, "over het dossier is niet beslist" },
        { ROL_ONTVANGER,   OVERDRACHT_GESIGNALEERD, 181, 183,
          "in een half jaar is niemand om het dossier gevraagd" },
    };
    /* clang-format on */

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        place(CASES[i].rol, CASES[i].at);
        assert_int_equal(end_at(CASES[i].stays), 0);
        expect_state(FIRST, overdracht_state_name(CASES[i].at), "");
        assert_int_equal(end_at(CASES[i].ends), 1);
        expect_state(FIRST, "verlopen", CASES[i].reden);
        assert_int_equal(count("SELECT count(*) FROM herinnering"
                               " WHERE soort LIKE '%/verlopen'"),
                         1);
        assert_int_equal(end_at(CASES[i].ends), 0);
    }
}

static void what_a_message_still_decides_does_not_end_by_the_clock(void **state)
{
    /* clang-format off */
    static const struct {
        enum rol rol;
        enum overdracht_state at;
        const char *waits;
    } CASES[] = {
        { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,  "dossierverzoek" },
        { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,  "weigering" },
        { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,  "verzoekafwijzing" },
        { ROL_VERSTREKKER, OVERDRACHT_VERZONDEN, "dossier" },
    };
    /* clang-format on */

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        place(CASES[i].rol, CASES[i].at);
        queue(MESSAGE, CASES[i].waits);
        assert_int_equal(end_at(1000), 0);
    }
}

static void an_end_is_not_ended_again(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    for (int at = OVERDRACHT_OVERGENOMEN; at < OVERDRACHT_STATES; at++) {
        place(ROL_ONTVANGER, (enum overdracht_state)at);
        assert_int_equal(end_at(1000), 0);
        expect_state(FIRST, overdracht_state_name((enum overdracht_state)at), "");
    }
}

static void who_says_that_nobody_is_to_be_asked_ends_it(void **state)
{
    const struct taak_reden r = {
        .soort = TAAK_WIE_VRAGEN, .overdracht = FIRST, .sleutel = "x", .tekst = CANARY
    };

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD);
    assert_true(taak_open(db, KEYS, &r, NULL, &fault));
    assert_int_equal(end_at(0), 0);
    assert_true(taak_done(db, "uid 1000", 1, &fault));
    assert_int_equal(end_at(0), 1);
    expect_state(FIRST, "verlopen", "er is geen dossier te vragen, zei wie de taak sloot");
}

/* --- what never arrived ----------------------------------------------------------------- */

static void settle(const char *soort, const char *end)
{
    queue(MESSAGE, soort);
    assert_true(sql_do(db, &fault, "UPDATE outbox SET state = ?, reason = 'toestand: te laat'",
                       "t", end));
}

static void a_decision_that_never_arrived_is_somebodys_task(void **state)
{
    /* clang-format off */
    static const struct {
        enum rol rol;
        const char *soort, *end;
        enum overdracht_state at;
        int tasks;
    } CASES[] = {
        { ROL_ONTVANGER,   "overname",         "expired",   OVERDRACHT_OVERGENOMEN, 1 },
        { ROL_ONTVANGER,   "overname",         "refused",   OVERDRACHT_OVERGENOMEN, 1 },
        { ROL_ONTVANGER,   "overname",         "delivered", OVERDRACHT_OVERGENOMEN, 0 },
        { ROL_ONTVANGER,   "overname",         "refused",   OVERDRACHT_INGETROKKEN, 0 },
        { ROL_ONTVANGER,   "weigering",        "expired",   OVERDRACHT_GEWEIGERD,   1 },
        { ROL_ONTVANGER,   "weigering",        "expired",   OVERDRACHT_ONTVANGEN,   0 },
        { ROL_VERSTREKKER, "verzoekafwijzing", "expired",   OVERDRACHT_GEVRAAGD,    0 },
        { ROL_VERSTREKKER, "dossier",          "expired",   OVERDRACHT_GEVRAAGD,    0 },
        { ROL_VERSTREKKER, "aanvulling",       "expired",   OVERDRACHT_OVERGENOMEN, 1 },
        { ROL_VERSTREKKER, "aanvulling",       "refused",   OVERDRACHT_INGETROKKEN, 0 },
        { ROL_VERSTREKKER, "intrekking",       "expired",   OVERDRACHT_OVERGENOMEN, 1 },
        { ROL_VERSTREKKER, "intrekking",       "refused",   OVERDRACHT_BEZORGD,     1 },
        { ROL_ONTVANGER,   "intrekking",       "refused",   OVERDRACHT_VERZOCHT,    0 },
        { ROL_ONTVANGER,   "intrekkingbevestiging", "expired", OVERDRACHT_INGETROKKEN, 1 },
    };
    /* clang-format on */

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        assert_true(sql_do(db, &fault, "DELETE FROM taak", ""));
        place(CASES[i].rol, CASES[i].at);
        settle(CASES[i].soort, CASES[i].end);
        assert_true(onbezorgd_now(db, KEYS, clock_now(), &fault));
        assert_true(onbezorgd_now(db, KEYS, clock_now(), &fault));
        if (count("SELECT count(*) FROM taak") != CASES[i].tasks)
            fail_msg("case %zu", i);
    }
}

/* Until then the handover is where it was, and the reason tells. */
static void a_withdrawal_that_is_not_confirmed_is_somebodys_task(void **state)
{
    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN);
    queue(MESSAGE, "intrekking");
    assert_true(sql_do(db, &fault, "UPDATE outbox SET state = 'delivered', settled = ?", "i",
                       (int64_t)clock_now()));
    assert_true(onbezorgd_now(db, KEYS, clock_now(), &fault));
    assert_int_equal(count("SELECT count(*) FROM taak"), 0);
    assert_true(onbezorgd_now(db, KEYS, clock_now() + 15 * DAY, &fault));
    assert_true(onbezorgd_now(db, KEYS, clock_now() + 16 * DAY, &fault));
    assert_int_equal(count("SELECT count(*) FROM taak WHERE soort = 'bevestiging'"), 1);
    receive("intrekkingbevestiging", FIRST);
    assert_true(taak_tidy(db, &fault));
    assert_int_equal(count("SELECT count(*) FROM taak WHERE done IS NULL"), 0);
}

/* --- the PIP ---------------------------------------------------------------------------- */

static void ten_weeks_from_settlement_are_somebodys_task_near_their_end(void **state)
{
    static const time_t SETTLED = 1790000000; /* 2026-09-21 */

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_OVERGENOMEN);
    assert_true(sql_do(db, &fault,
                       "UPDATE overdracht SET vestiging = '2026-09-21', created = ?", "i",
                       (int64_t)SETTLED));
    assert_true(pip_taak_now(db, KEYS, 10, SETTLED + 48 * DAY, &fault));
    assert_int_equal(count("SELECT count(*) FROM taak"), 0);
    assert_true(pip_taak_now(db, KEYS, 10, SETTLED + 49 * DAY, &fault));
    assert_true(pip_taak_now(db, KEYS, 10, SETTLED + 60 * DAY, &fault));
    assert_int_equal(count("SELECT count(*) FROM taak WHERE soort = 'pip'"
                           " AND uiterlijk = '2026-11-30'"),
                     1);
    assert_true(taak_tidy(db, &fault));
    assert_int_equal(count("SELECT count(*) FROM taak WHERE done IS NULL"), 1);
    assert_true(sql_do(db, &fault,
                       "INSERT INTO outbox (id, overdracht, soort, state, settled_by, sealed,"
                       " canonical, created, expires, next_try, settled) VALUES (?, ?,"
                       " 'pip.melden', 'delivered', 'status', x'00', x'00', 1, 2, 1, ?)",
                       "tti", MESSAGE, FIRST, (int64_t)SETTLED + DAY));
    assert_true(taak_tidy(db, &fault));
    assert_int_equal(count("SELECT count(*) FROM taak WHERE done IS NULL"), 0);
}

static void the_ten_weeks_are_nobodys_task_elsewhere(void **state)
{
    /* clang-format off */
    static const struct {
        enum rol rol;
        enum overdracht_state at;
        const char *vestiging;
    } CASES[] = {
        { ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN, "2026-09-21" },
        { ROL_ONTVANGER,   OVERDRACHT_GEWEIGERD,   "2026-09-21" },
        { ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN, "" },
    };
    /* clang-format on */

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_OVERGENOMEN);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        place(CASES[i].rol, CASES[i].at);
        assert_true(sql_do(db, &fault, "UPDATE overdracht SET vestiging = ?, created = ?",
                           "ti", CASES[i].vestiging, (int64_t)1790000000));
        assert_true(pip_taak_now(db, KEYS, 10, 1790000000 + 69 * DAY, &fault));
        assert_int_equal(count("SELECT count(*) FROM taak"), 0);
    }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        WITH_DB(nobody_waits_for_ever),
        WITH_DB(what_a_message_still_decides_does_not_end_by_the_clock),
        WITH_DB(an_end_is_not_ended_again),
        WITH_DB(who_says_that_nobody_is_to_be_asked_ends_it),
        WITH_DB(a_decision_that_never_arrived_is_somebodys_task),
        WITH_DB(a_withdrawal_that_is_not_confirmed_is_somebodys_task),
        WITH_DB(ten_weeks_from_settlement_are_somebodys_task_near_their_end),
        WITH_DB(the_ten_weeks_are_nobodys_task_elsewhere),
    };

    return cmocka_run_group_tests(TESTS, handover_start, handover_stop);
}
