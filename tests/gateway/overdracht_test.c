/* The handover: every pair of states of both sides, who is found by what, and what rests
 * unreadable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/sql.h"
#include "tests/gateway/handover.h"

/* --- states ------------------------------------------------------------------------------ */

/* Rows: from; columns: to, in the order of the enum: gesignaleerd, verzocht, ontvangen,
 * gevraagd, verzonden, bezorgd, overgenomen, geweigerd, afgewezen, ingetrokken, verlopen. */
/* clang-format off */
static const char *const MAY[ROLLEN][OVERDRACHT_STATES] = {
    [ROL_VERSTREKKER] = {
        /* gesignaleerd */ "...........",
        /* verzocht     */ "...........",
        /* ontvangen    */ "...........",
        /* gevraagd     */ "....x.xxxxx",
        /* verzonden    */ "...x.xxx.xx",
        /* bezorgd      */ "...x..xx.xx",
        /* overgenomen  */ ".........x.",
        /* geweigerd    */ ".........x.",
        /* afgewezen    */ ".........x.",
        /* ingetrokken  */ "...........",
        /* verlopen     */ "...x..xx.x.",
    },
    [ROL_ONTVANGER] = {
        /* gesignaleerd */ ".xx.......x",
        /* verzocht     */ "..x.....xxx",
        /* ontvangen    */ ".x....xx.xx",
        /* gevraagd     */ "...........",
        /* verzonden    */ "...........",
        /* bezorgd      */ "...........",
        /* overgenomen  */ ".........x.",
        /* geweigerd    */ ".........x.",
        /* afgewezen    */ ".........x.",
        /* ingetrokken  */ "...........",
        /* verlopen     */ "..x.....xx.",
    },
};
/* clang-format on */

static void try_arrow(enum rol rol, enum overdracht_state from, enum overdracht_state to)
{
    bool may = MAY[rol][from][to] == 'x';
    struct overdracht o = { .id = FIRST, .rol = rol, .state = from };

    assert_true(sql_do(db, &fault, "UPDATE overdracht SET state = ?, rol = ?", "tt",
                       overdracht_state_name(from), rol_name(rol)));
    assert_int_equal(overdracht_arrow(rol, from, to), may);
    if (overdracht_move(db, "test", &o, to, "omdat", &fault) != may)
        fail_msg("%s: %s -> %s", rol_name(rol), overdracht_state_name(from),
                 overdracht_state_name(to));
    expect_state(FIRST, overdracht_state_name(may ? to : from), may ? "omdat" : "");
    assert_int_equal(o.state, may ? to : from);
    assert_string_equal(o.reden, may ? "omdat" : "");
    assert_true(sql_do(db, &fault, "UPDATE overdracht SET reden = ''", ""));
}

static void every_pair_of_states_is_an_arrow_or_refused(void **state)
{
    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD);
    for (int i = 0; i < ROLLEN * OVERDRACHT_STATES * OVERDRACHT_STATES; i++)
        try_arrow((enum rol)(i / (OVERDRACHT_STATES * OVERDRACHT_STATES)),
                  (enum overdracht_state)(i / OVERDRACHT_STATES % OVERDRACHT_STATES),
                  (enum overdracht_state)(i % OVERDRACHT_STATES));
    assert_int_equal(count("SELECT count(*) FROM audit WHERE detail LIKE '% -> %: omdat'"),
                     42);
}

static void a_refused_move_says_where_it_stands(void **state)
{
    struct overdracht o = add(FIRST, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);

    (void)state;
    assert_false(overdracht_move(db, "test", &o, OVERDRACHT_BEZORGD, "", &fault));
    assert_int_equal(fault.code, FAULT_STATE);
    assert_string_equal(fault.text, "handover " FIRST
                                    " (ontvanger) is ontvangen: it cannot become bezorgd");
    o.state = OVERDRACHT_VERZOCHT; /* as somebody remembers it who looked long ago */
    assert_false(overdracht_move(db, "test", &o, OVERDRACHT_VERLOPEN, "", &fault));
    assert_string_equal(fault.text, "handover " FIRST " is no longer verzocht");
    expect_state(FIRST, "ontvangen", "");
}

/* --- finding and resting ----------------------------------------------------------------- */

static void add_messages(void)
{
    assert_true(sql_do(db, &fault,
                       "INSERT INTO outbox (id, overdracht, soort, peer, state, settled_by,"
                       " sealed, canonical, created, expires, next_try) VALUES"
                       " (?, ?, 'dossier', ?, 'queued', 'receipt', x'00', x'00', 1, 2, 1)",
                       "ttt", MESSAGE, THIRD, PEER));
    receive("dossier", SECOND);
}

static void a_handover_is_found_by_a_unique_beginning(void **state)
{
    static const struct {
        const char *id, *found, *says;
        enum fault_code code;
    } CASES[] = {
        { FIRST, FIRST, NULL, FAULT_NONE },
        { "01911", THIRD, NULL, FAULT_NONE },
        { "01a0", THIRD, NULL, FAULT_NONE },
        { MESSAGE, THIRD, NULL, FAULT_NONE },
        { "01b0", SECOND, NULL, FAULT_NONE },
        { "0190", NULL, "0190 fits more than one handover", FAULT_UNKNOWN },
        { "0199", NULL, "no handover 0199", FAULT_UNKNOWN },
        { FIRST "0", NULL, "no handover " FIRST "0", FAULT_UNKNOWN },
        { "019", NULL, "an id needs at least 4 characters", FAULT_USAGE },
        { "", NULL, "an id needs at least 4 characters", FAULT_USAGE },
        { "____", NULL, "no handover ____", FAULT_UNKNOWN },
        { "%%%%", NULL, "no handover %%%%", FAULT_UNKNOWN },
        { "' OR ''='", NULL, "no handover ' OR ''='", FAULT_UNKNOWN },
    };

    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    add(SECOND, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    add(THIRD, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    add_messages();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct overdracht o;
        bool good = overdracht_find(db, KEYS, CASES[i].id, &o, &fault);
        assert_int_equal(good, CASES[i].found != NULL);
        if (good) {
            assert_string_equal(o.id, CASES[i].found);
            continue;
        }
        assert_int_equal(fault.code, CASES[i].code);
        assert_string_equal(fault.text, CASES[i].says);
    }
}

static void remember(void *context, const struct overdracht *o)
{
    buf_addf(context, "%.4s %s %s;", o->id + 32, o->naam, o->geboortedatum);
}

static void the_list_is_newest_first_and_knows_the_person(void **state)
{
    SCOPED_BUF struct buf list = { 0 };

    (void)state;
    add(SECOND, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN);
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    assert_true(overdracht_list(db, KEYS, remember, &list, &fault));
    assert_string_equal(buf_text(&list), "0002 A.C. van der Proefpersoon-Ñuñes 1996-05-30;"
                                         "0001 A.C. van der Proefpersoon-Ñuñes "
                                         "1996-05-30;");
}

static void who_it_is_rests_unreadable_and_bound_to_its_row(void **state)
{
    struct overdracht o;
    bool found;

    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    add(SECOND, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    assert_int_equal(count("SELECT count(*) FROM overdracht"
                           " WHERE instr(persoon_sealed, CAST('Proef' AS BLOB)) > 0"
                           " OR instr(persoon_sealed, CAST('1996' AS BLOB)) > 0"
                           " OR instr(bsn_index, CAST('99990' AS BLOB)) > 0"),
                     0);
    assert_int_equal(count("SELECT count(DISTINCT persoon_sealed) FROM overdracht"), 2);
    assert_int_equal(count("SELECT count(DISTINCT bsn_index) FROM overdracht"), 1);
    assert_int_equal(count("SELECT length(bsn_index) FROM overdracht LIMIT 1"), 32);
    assert_true(sql_do(db, &fault,
                       "UPDATE overdracht SET persoon_sealed = (SELECT persoon_sealed FROM"
                       " overdracht WHERE id = ?) WHERE id = ?",
                       "tt", FIRST, SECOND));
    assert_true(overdracht_get(db, KEYS, FIRST, &o, &found, &fault) && found);
    assert_false(overdracht_get(db, KEYS, SECOND, &o, &found, &fault));
    assert_int_equal(fault.code, FAULT_STORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DB(every_pair_of_states_is_an_arrow_or_refused),
        WITH_DB(a_refused_move_says_where_it_stands),
        WITH_DB(a_handover_is_found_by_a_unique_beginning),
        WITH_DB(the_list_is_newest_first_and_knows_the_person),
        WITH_DB(who_it_is_rests_unreadable_and_bound_to_its_row),
    };

    return cmocka_run_group_tests(tests, handover_start, handover_stop);
}
