/* The work list: one open taak for one thing, closed by a person for good or by itself when
 * the cause is gone, and nothing readable in the store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/sql.h"
#include "gateway/taak.h"
#include "tests/gateway/handover.h"

static struct taak_reden reden(enum taak_soort soort, const char *sleutel, const char *tekst)
{
    return (struct taak_reden){
        .soort = soort, .overdracht = FIRST, .sleutel = sleutel, .tekst = tekst
    };
}

static bool opens(const struct taak_reden *r)
{
    bool opened;

    if (!taak_open(db, KEYS, r, &opened, &fault))
        fail_msg("%s", fault.text);
    return opened;
}

static void same_thing_is_one_open_task(void **state)
{
    struct taak_reden first = reden(TAAK_WIE_VRAGEN, "niets-bekend", CANARY);
    struct taak_reden other = reden(TAAK_WIE_VRAGEN, "meer-dan-een", CANARY);

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD);
    assert_true(opens(&first));
    assert_false(opens(&first));
    assert_true(opens(&other));
    assert_int_equal(count("SELECT count(*) FROM taak WHERE done IS NULL"), 2);
    assert_int_equal(count("SELECT count(*) FROM taak WHERE uiterlijk LIKE '20__-__-__'"), 2);
}

static void what_a_person_closed_is_not_opened_again(void **state)
{
    struct taak_reden r = reden(TAAK_GEEN_PEER, "0307", CANARY);

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD);
    assert_true(opens(&r));
    assert_true(taak_done(db, "uid 1000", 1, &fault));
    assert_false(opens(&r));
    assert_false(taak_done(db, "uid 1000", 1, &fault));
    assert_int_equal(fault.code, FAULT_STATE);
    assert_false(taak_done(db, "uid 1000", 99, &fault));
    assert_int_equal(fault.code, FAULT_UNKNOWN);
}

static void what_lost_its_cause_closes_by_itself_and_may_come_back(void **state)
{
    struct taak_reden r = reden(TAAK_VERSCHIL, "aa", CANARY);
    json_auto_t *kept = json_pack("[s]", "aa"), *other = json_pack("[s]", "bb");

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    assert_true(opens(&r));
    assert_true(taak_keep(db, FIRST, TAAK_VERSCHIL, kept, &fault));
    assert_int_equal(count("SELECT count(*) FROM taak WHERE done IS NULL"), 1);
    assert_true(taak_keep(db, FIRST, TAAK_VERSCHIL, other, &fault));
    assert_int_equal(count("SELECT count(*) FROM taak WHERE done IS NULL"), 0);
    assert_true(opens(&r));
}

static void a_task_goes_with_where_its_handover_stands(void **state)
{
    /* clang-format off */
    static const struct {
        enum taak_soort soort;
        enum rol rol;
        enum overdracht_state at;
        bool stays;
    } CASES[] = {
        { TAAK_WIE_VRAGEN,       ROL_ONTVANGER,   OVERDRACHT_GESIGNALEERD, true },
        { TAAK_WIE_VRAGEN,       ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,     false },
        { TAAK_GEEN_PEER,        ROL_ONTVANGER,   OVERDRACHT_GESIGNALEERD, true },
        { TAAK_GEEN_PEER,        ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,    false },
        { TAAK_VERSCHIL,         ROL_ONTVANGER,   OVERDRACHT_ONTVANGEN,    true },
        { TAAK_VERSCHIL,         ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN,  true },
        { TAAK_VERSCHIL,         ROL_ONTVANGER,   OVERDRACHT_GEWEIGERD,    false },
        { TAAK_EERST_AFHANDELEN, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,     true },
        { TAAK_EERST_AFHANDELEN, ROL_VERSTREKKER, OVERDRACHT_BEZORGD,      true },
        { TAAK_EERST_AFHANDELEN, ROL_VERSTREKKER, OVERDRACHT_AFGEWEZEN,    false },
        { TAAK_NOTIFICATIE,      ROL_ONTVANGER,   OVERDRACHT_VERLOPEN,     true },
    };
    /* clang-format on */

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct taak_reden r = reden(CASES[i].soort, "x", "y");
        assert_true(sql_do(db, &fault, "DELETE FROM taak", ""));
        assert_true(sql_do(db, &fault, "UPDATE overdracht SET rol = ?, state = ?", "tt",
                           rol_name(CASES[i].rol), overdracht_state_name(CASES[i].at)));
        assert_true(opens(&r));
        assert_true(taak_tidy(db, &fault));
        if (count("SELECT count(*) FROM taak WHERE done IS NULL") != CASES[i].stays)
            fail_msg("case %zu", i);
    }
}

static void collect(void *context, const struct taak *taak)
{
    char *text = context;

    assert_string_equal(taak_soort_name(taak->soort), "verschil");
    assert_true(strlen(taak_soort_doen(taak->soort)) > 20);
    assert_string_equal(taak->overdracht, FIRST);
    snprintf(text, 64, "%s", buf_text(&taak->tekst));
}

static void the_newest_words_are_read_back_and_rest_sealed(void **state)
{
    struct taak_reden r = reden(TAAK_VERSCHIL, "aa", "oud"), newer = r;
    char text[64] = "";

    (void)state;
    newer.tekst = CANARY;
    newer.uiterlijk = "2027-01-15";
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    assert_true(opens(&r));
    assert_false(opens(&newer));
    assert_true(taak_list(db, KEYS, FIRST, collect, text, &fault));
    assert_string_equal(text, CANARY);
    assert_int_equal(count("SELECT count(*) FROM taak WHERE uiterlijk = '2027-01-15'"), 1);
    assert_int_equal(count("SELECT count(*) FROM taak"
                           " WHERE instr(tekst_sealed, CAST('" CANARY "' AS BLOB)) > 0"),
                     0);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        WITH_DB(same_thing_is_one_open_task),
        WITH_DB(what_a_person_closed_is_not_opened_again),
        WITH_DB(what_lost_its_cause_closes_by_itself_and_may_come_back),
        WITH_DB(a_task_goes_with_where_its_handover_stands),
        WITH_DB(the_newest_words_are_read_back_and_rest_sealed),
    };

    return cmocka_run_group_tests(TESTS, handover_start, handover_stop);
}
