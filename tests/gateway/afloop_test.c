/* What came to nothing is a task of a person here; what goes on by itself, what was decided
 * here and what lost nothing is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/afloop.h"
#include "gateway/clock.h"
#include "gateway/sql.h"
#include "gateway/taak.h"
#include "tests/gateway/handover.h"

#define OPEN "SELECT count(*) FROM taak WHERE done IS NULL"
#define GOT "niet-gekregen"
#define TAKEN "niet-overgenomen"

static void look(void)
{
    if (!afloop_now(db, KEYS, clock_now(), &fault) || !taak_tidy(db, &fault))
        fail_msg("%s", fault.text);
}

static void ends(const char *id, const char *state, const char *reden)
{
    assert_true(sql_do(db, &fault, "UPDATE overdracht SET state = ?, reden = ? WHERE id = ?",
                       "ttt", state, reden, id));
}

static void collect(void *context, const struct taak *taak)
{
    struct taak *found = context;

    *found = *taak;
    found->tekst = (struct buf){ 0 };
    buf_add_text(&found->tekst, buf_text(&taak->tekst));
}

/* "": none is open; else its kind, and words that are in its text. */
static void expect(const char *id, const char *kind, const char *words)
{
    struct taak taak = { 0 };

    look();
    assert_true(taak_list(db, KEYS, id, collect, &taak, &fault));
    bool open = taak.seq != 0 && taak.done == 0;
    if (strcmp(open ? taak_soort_name(taak.soort) : "", kind) != 0)
        fail_msg("%s is open", open ? taak_soort_name(taak.soort) : "nothing");
    if (open && !strstr(buf_text(&taak.tekst), words))
        fail_msg("\"%s\" says nothing of \"%s\"", buf_text(&taak.tekst), words);
    buf_finish(&taak.tekst);
}

static void each_end_is_for_a_person_or_not(void **state)
{
    /* clang-format off */
    static const struct {
        enum rol rol;
        const char *state, *reden, *kind, *words;
    } CASES[] = {
        { ROL_ONTVANGER,   "afgewezen", "onbekend",          GOT, "niet bekend" },
        { ROL_ONTVANGER,   "afgewezen", "geen-dossier",      GOT, "(geen-dossier)" },
        { ROL_ONTVANGER,   "afgewezen", "blokkade",          GOT, "belt de contactpersoon" },
        { ROL_ONTVANGER,   "afgewezen", "schema: regel 3",   GOT, "schema: regel 3" },
        { ROL_ONTVANGER,   "afgewezen", "verhuisd: 0363",    "",  "" },
        { ROL_ONTVANGER,   "afgewezen", "verhuisd: 0363; not asked on: circle", GOT, "verhuisd" },
        { ROL_ONTVANGER,   "verlopen",  "niet beantwoord",   GOT, "termijn is voorbij" },
        { ROL_ONTVANGER,   "verzocht",  "",                  "",  "" },
        { ROL_ONTVANGER,   "geweigerd", "verkeerde-persoon", "",  "" },
        { ROL_ONTVANGER,   "ingetrokken", "onjuist",         "",  "" },
        { ROL_ONTVANGER,   "overgenomen", "",                "",  "" },
        { ROL_VERSTREKKER, "geweigerd", "verkeerde-persoon", TAKEN, "datalek" },
        { ROL_VERSTREKKER, "geweigerd", "geen-inwoner",      TAKEN, "(geen-inwoner)" },
        { ROL_VERSTREKKER, "geweigerd", "regel: R-12",       TAKEN, "regel: R-12" },
        { ROL_VERSTREKKER, "geweigerd", "dubbel",            "",  "" },
        { ROL_VERSTREKKER, "gevraagd",  "onvolledig: pip",   "",  "" },
        { ROL_VERSTREKKER, "afgewezen", "onbekend",          "",  "" },
        { ROL_VERSTREKKER, "verlopen",  "niet beantwoord",   "",  "" },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        close_db(NULL);
        open_db(NULL);
        print_message("%s %s (%s)\n", rol_name(CASES[i].rol), CASES[i].state, CASES[i].reden);
        add(FIRST, CASES[i].rol, OVERDRACHT_GESIGNALEERD);
        ends(FIRST, CASES[i].state, CASES[i].reden);
        expect(FIRST, CASES[i].kind, CASES[i].words);
    }
}

static void what_never_arrived_is_seen_and_what_arrived_is_not(void **state)
{
    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    queue(MESSAGE, "dossier");
    ends(FIRST, "verlopen", "not delivered");
    expect(FIRST, "", "");
    assert_true(sql_do(db, &fault, "UPDATE outbox SET state = 'expired'", ""));
    expect(FIRST, TAKEN, "nooit aangekomen");
}

/* Sent in vain at first, and again; that one came, and nobody decided upon it. */
static void what_arrived_at_last_did_arrive(void **state)
{
    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    queue(MESSAGE, "dossier");
    assert_true(sql_do(db, &fault, "UPDATE outbox SET state = 'expired'", ""));
    queue(LATER, "dossier");
    assert_true(
        sql_do(db, &fault, "UPDATE outbox SET state = 'delivered' WHERE id = ?", "t", LATER));
    ends(FIRST, "verlopen", "over het dossier is niet beslist");
    expect(FIRST, "", "");
}

static void a_dossier_that_came_is_not_missed(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    receive("dossier", FIRST);
    ends(FIRST, "verlopen", "over het dossier is niet beslist");
    expect(FIRST, "", "");
}

static void it_goes_when_it_goes_on_elsewhere(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    ends(FIRST, "afgewezen", "onbekend");
    expect(FIRST, GOT, "onbekend");
    add(SECOND, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    expect(FIRST, "", "");
    expect(SECOND, "", "");
    ends(SECOND, "afgewezen", "geen-dossier");
    expect(SECOND, GOT, "geen-dossier");
    expect(FIRST, "", "");
}

/* An old one that went well long ago says nothing of this one. */
static void another_that_ended_before_hides_nothing(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_OVERGENOMEN);
    add(SECOND, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    ends(SECOND, "afgewezen", "onbekend");
    expect(SECOND, GOT, "onbekend");
}

static void one_the_other_way_hides_nothing(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    ends(FIRST, "afgewezen", "onbekend");
    add(SECOND, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD);
    expect(FIRST, GOT, "onbekend");
}

/* It may be a leak of data: sending another dossier does not undo it. */
static void a_wrong_person_is_closed_by_a_person_only(void **state)
{
    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_BEZORGD);
    ends(FIRST, "geweigerd", "verkeerde-persoon");
    expect(FIRST, TAKEN, "datalek");
    add(SECOND, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    expect(FIRST, TAKEN, "datalek");
    assert_true(taak_done(db, "uid 1000", 1, &fault));
    expect(FIRST, "", "");
}

static void an_answer_that_comes_after_all_closes_it(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    ends(FIRST, "verlopen", "niet beantwoord");
    expect(FIRST, GOT, "");
    ends(FIRST, "ontvangen", "");
    expect(FIRST, "", "");
}

/* What a person closed stays closed, and what ended long ago is not brought up again. */
static void it_is_told_once_and_not_of_long_ago(void **state)
{
    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    ends(FIRST, "afgewezen", "onbekend");
    expect(FIRST, GOT, "");
    assert_true(taak_done(db, "uid 1000", 1, &fault));
    expect(FIRST, "", "");
    assert_true(sql_do(db, &fault, "DELETE FROM taak", ""));
    assert_true(sql_do(db, &fault, "UPDATE overdracht SET sinds = sinds - 15 * 86400", ""));
    look();
    assert_int_equal(count(OPEN), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DB(each_end_is_for_a_person_or_not),
        WITH_DB(what_never_arrived_is_seen_and_what_arrived_is_not),
        WITH_DB(what_arrived_at_last_did_arrive),
        WITH_DB(a_dossier_that_came_is_not_missed),
        WITH_DB(it_goes_when_it_goes_on_elsewhere),
        WITH_DB(another_that_ended_before_hides_nothing),
        WITH_DB(one_the_other_way_hides_nothing),
        WITH_DB(a_wrong_person_is_closed_by_a_person_only),
        WITH_DB(an_answer_that_comes_after_all_closes_it),
        WITH_DB(it_is_told_once_and_not_of_long_ago),
    };

    return cmocka_run_group_tests(tests, handover_start, handover_stop);
}
