/* Nothing waits unseen: each stand, and each taak, shows to somebody in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/datum.h"
#include "gateway/aandacht.h"
#include "gateway/clock.h"
#include "gateway/herinnering.h"
#include "gateway/sql.h"
#include "gateway/taak.h"
#include "tests/gateway/handover.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define DAY 86400L

struct seen {
    int count, late;
    struct aandacht first, last;
};

static void see(void *context, const struct aandacht *item)
{
    struct seen *seen = context;

    if (seen->count == 0)
        seen->first = *item;
    seen->last = *item;
    seen->count++;
    seen->late += item->laat;
    assert_true(seen->count == 1 || item->dag == 0 || item->dag >= seen->first.dag);
    assert_non_null(item->doen);
    assert_true(strlen(item->doen) > 20);
}

static struct seen look(time_t now)
{
    struct seen seen = { 0 };

    if (!aandacht_list(db, now, see, &seen, &fault))
        fail_msg("%s", fault.text);
    return seen;
}

/* --- each stand ------------------------------------------------------------------------- */

static void what_is_ours_shows_at_once(void **state)
{
    /* clang-format off */
    static const struct {
        enum rol rol;
        enum overdracht_state at;
        const char *wat;
    } CASES[] = {
        { ROL_ONTVANGER,   OVERDRACHT_GESIGNALEERD, "niemand-gevraagd" },
        { ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,    "besluit-van-ons" },
        { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,     "antwoord-van-ons" },
    };
    /* clang-format on */

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        assert_true(sql_do(db, &fault, "UPDATE overdracht SET rol = ?, state = ?", "tt",
                           rol_name(CASES[i].rol), overdracht_state_name(CASES[i].at)));
        struct seen seen = look(clock_now());
        assert_int_equal(seen.count, 1);
        assert_string_equal(seen.first.wat, CASES[i].wat);
        assert_string_equal(seen.first.overdracht, FIRST);
        assert_int_equal(seen.first.wie, TERMIJN_WIJ);
        assert_false(seen.first.laat);
        assert_int_equal(look(clock_now() + 15 * DAY).late, 1);
    }
}

static void what_is_theirs_shows_when_they_are_late(void **state)
{
    /* clang-format off */
    static const struct {
        enum rol rol;
        enum overdracht_state at;
        const char *waits; /* a message of ours that is under way */
        const char *wat;
        enum termijn_wie wie;
    } CASES[] = {
        { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,  NULL,               "antwoord-van-hen",   TERMIJN_ZIJ },
        { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,  "dossierverzoek",   "verzoek-bezorgen",   TERMIJN_ZIJ },
        { ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,  "weigering",        "verzoek-bezorgen",   TERMIJN_ZIJ },
        { ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,  "verzoekafwijzing", "afwijzing-bezorgen", TERMIJN_ZIJ },
        { ROL_VERSTREKKER, OVERDRACHT_VERZONDEN, "dossier",          "dossier-bezorgen",   TERMIJN_ZIJ },
        { ROL_VERSTREKKER, OVERDRACHT_BEZORGD,   NULL,               "besluit-van-hen",    TERMIJN_ZIJ },
    };
    /* clang-format on */

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        assert_true(sql_do(db, &fault, "DELETE FROM outbox", ""));
        assert_true(sql_do(db, &fault, "UPDATE overdracht SET rol = ?, state = ?", "tt",
                           rol_name(CASES[i].rol), overdracht_state_name(CASES[i].at)));
        if (CASES[i].waits)
            queue(MESSAGE, CASES[i].waits);
        assert_int_equal(look(clock_now()).count, 0);
        struct seen seen = look(clock_now() + 15 * DAY);
        assert_int_equal(seen.count, 1);
        assert_int_equal(seen.late, 1);
        assert_string_equal(seen.first.wat, CASES[i].wat);
        assert_int_equal(seen.first.wie, CASES[i].wie);
    }
}

static void every_stand_shows_within_three_weeks_or_has_ended(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    for (int rol = 0; rol < ROLLEN; rol++)
        for (int at = 0; at < OVERDRACHT_STATES; at++) {
            bool exists = false;
            for (int to = 0; to < OVERDRACHT_STATES; to++)
                exists = exists
                         || overdracht_arrow((enum rol)rol, (enum overdracht_state)at,
                                             (enum overdracht_state)to);
            assert_true(sql_do(db, &fault, "UPDATE overdracht SET rol = ?, state = ?", "tt",
                               rol_name((enum rol)rol),
                               overdracht_state_name((enum overdracht_state)at)));
            assert_int_equal(look(clock_now() + 21 * DAY).late,
                             exists && at < OVERDRACHT_OVERGENOMEN);
        }
}

static void duo_shows_when_it_is_late(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD);
    assert_true(sql_do(db, &fault,
                       "INSERT INTO outbox (id, overdracht, soort, state, settled_by, sealed,"
                       " canonical, created, expires, next_try) VALUES"
                       " (?, ?, 'pip.lezen', 'queued', 'status', x'00', x'00', 1, 2, 1)",
                       "tt", MESSAGE, FIRST));
    assert_int_equal(look(clock_now()).count, 0);
    struct seen seen = look(clock_now() + 10 * DAY);
    assert_string_equal(seen.first.wat, "antwoord-duo");
    assert_int_equal(seen.first.wie, TERMIJN_DUO);
}

static void a_promise_is_ours_or_theirs_until_that_day(void **state)
{
    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD);
    assert_true(sql_do(db, &fault,
                       "UPDATE overdracht SET verwacht = '2099-01-05',"
                       " reden = 'in-behandeling: 2099-01-05'",
                       ""));
    queue(MESSAGE, "verzoekafwijzing"); /* that says so: the dossier stays ours to send */
    assert_string_equal(look(clock_now()).first.wat, "belofte-van-ons");
    assert_int_equal(look(clock_now()).first.dag, datum_day("2099-01-05"));
    assert_true(sql_do(db, &fault, "DELETE FROM outbox", ""));
    assert_true(
        sql_do(db, &fault, "UPDATE overdracht SET rol = 'ontvanger', state = 'verzocht'", ""));
    assert_int_equal(look(clock_now() + 30 * DAY).count, 0);
}

/* --- tasks ------------------------------------------------------------------------------ */

static void each_kind_of_task_shows_as_long_as_it_is_open(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_OVERGENOMEN);
    for (int soort = 0; soort < TAAK_SOORTEN; soort++) {
        const struct taak_reden r = { .soort = (enum taak_soort)soort,
                                      .overdracht = soort % 2 ? FIRST : NULL,
                                      .sleutel = "x",
                                      .tekst = CANARY };
        assert_true(taak_open(db, KEYS, &r, NULL, &fault));
        struct seen seen = look(clock_now());
        assert_int_equal(seen.count, 1);
        assert_string_equal(seen.first.wat, taak_soort_name(r.soort));
        assert_string_equal(seen.first.overdracht, soort % 2 ? FIRST : "");
        assert_int_equal(look(clock_now() + 60 * DAY).late, 1);
        assert_true(taak_done(db, "uid 1000", seen.first.taak, &fault));
        assert_int_equal(look(clock_now()).count, 0);
    }
}

static void a_task_that_says_whom_to_ask_speaks_for_its_handover(void **state)
{
    const struct taak_reden r = {
        .soort = TAAK_WIE_VRAGEN, .overdracht = FIRST, .sleutel = "x", .tekst = CANARY
    };

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD);
    assert_true(taak_open(db, KEYS, &r, NULL, &fault));
    struct seen seen = look(clock_now());
    assert_int_equal(seen.count, 1);
    assert_true(seen.first.taak > 0);
}

static void the_latest_comes_first_and_nothing_is_there_when_nothing_is(void **state)
{
    const struct taak_reden r = { .soort = TAAK_VERSCHIL,
                                  .overdracht = FIRST,
                                  .sleutel = "x",
                                  .tekst = CANARY,
                                  .uiterlijk = "2020-01-01" };

    (void)state;
    assert_int_equal(look(clock_now()).count, 0);
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    add(SECOND, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD);
    assert_true(taak_open(db, KEYS, &r, NULL, &fault));
    struct seen seen = look(clock_now());
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.late, 1);
    assert_string_equal(seen.first.wat, "verschil");
    int late;
    assert_true(aandacht_laat(db, clock_now(), &late, &fault));
    assert_int_equal(late, 1);
}

/* --- reminders -------------------------------------------------------------------------- */

static size_t remind(time_t now)
{
    json_auto_t *told = json_array();

    if (!herinnering_now(db, now, told, &fault))
        fail_msg("%s", fault.text);
    return json_array_size(told);
}

static time_t on_the_last_day(void)
{
    time_t now = clock_now();

    while (!look(now).first.vandaag)
        now += DAY;
    return now;
}

static void each_stage_of_a_day_reminds_once(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    time_t last = on_the_last_day();
    assert_int_equal(remind(clock_now()), 1);
    assert_int_equal(remind(clock_now()), 0);
    assert_int_equal(remind(last), 1);
    assert_int_equal(remind(last), 0);
    assert_int_equal(remind(last + DAY), 1);
    assert_int_equal(remind(last + 9 * DAY), 0);
    assert_int_equal(count("SELECT count(*) FROM audit WHERE action = 'herinnering'"
                           " AND object = '" FIRST "'"),
                     3);
    assert_int_equal(count("SELECT count(*) FROM herinnering WHERE soort IN"
                           " ('besluit-van-ons/nieuw', 'besluit-van-ons/laatste-dag',"
                           "  'besluit-van-ons/te-laat')"),
                     3);
}

static void another_day_reminds_anew(void **state)
{
    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD);
    assert_int_equal(remind(clock_now()), 1);
    assert_true(sql_do(db, &fault, "UPDATE overdracht SET verwacht = '2099-01-05'", ""));
    assert_int_equal(remind(clock_now()), 1);
    assert_true(sql_do(db, &fault, "UPDATE overdracht SET verwacht = '2099-02-05'", ""));
    assert_int_equal(remind(clock_now()), 1);
}

static void who_waits_is_not_reminded_before_the_other_is_late(void **state)
{
    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_BEZORGD);
    assert_int_equal(remind(clock_now()), 0);
    assert_int_equal(remind(clock_now() + 15 * DAY), 1);
}

static void what_is_of_no_handover_reminds_too(void **state)
{
    const struct taak_reden r = { .soort = TAAK_NOTIFICATIE, .sleutel = "x", .tekst = CANARY };

    (void)state;
    assert_true(taak_open(db, KEYS, &r, NULL, &fault));
    assert_int_equal(remind(clock_now()), 1);
    assert_int_equal(count("SELECT count(*) FROM herinnering WHERE overdracht = ''"
                           " AND soort = 'notificatie#1/nieuw'"),
                     1);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        WITH_DB(what_is_ours_shows_at_once),
        WITH_DB(what_is_theirs_shows_when_they_are_late),
        WITH_DB(every_stand_shows_within_three_weeks_or_has_ended),
        WITH_DB(duo_shows_when_it_is_late),
        WITH_DB(a_promise_is_ours_or_theirs_until_that_day),
        WITH_DB(each_kind_of_task_shows_as_long_as_it_is_open),
        WITH_DB(a_task_that_says_whom_to_ask_speaks_for_its_handover),
        WITH_DB(the_latest_comes_first_and_nothing_is_there_when_nothing_is),
        WITH_DB(each_stage_of_a_day_reminds_once),
        WITH_DB(another_day_reminds_anew),
        WITH_DB(who_waits_is_not_reminded_before_the_other_is_late),
        WITH_DB(what_is_of_no_handover_reminds_too),
    };

    return cmocka_run_group_tests(TESTS, handover_start, handover_stop);
}
