/* The handover: every pair of states of both sides, who is found by what, what rests
 * unreadable, and what messages and their ends mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "tests/sample.h"
#include "tests/town.h"

extern const char schema_sql[], schema_2_sql[];

#define PEER "00000099000000002000"
#define OTHER "00000099000000003000"
#define FIRST "01900000-0000-7000-8000-000000000001"
#define SECOND "01900000-0000-7000-8000-000000000002"
#define THIRD "01911111-0000-7000-8000-000000000003"
#define MESSAGE "01a00000-0000-7000-8000-00000000000a"

static struct town TOWN = {
    .oin = "00000099000000001000", .code = "0344", .naam = "Wij", .kind = PKI_P256
};
static const struct keys *KEYS;
static xmlDoc *DOSSIER;
static sqlite3 *db;
static struct fault fault;

static int open_db(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof(fault));
    if (sqlite3_open(":memory:", &db) != SQLITE_OK
        || sqlite3_exec(db, schema_sql, NULL, NULL, NULL) != SQLITE_OK
        || sqlite3_exec(db, schema_2_sql, NULL, NULL, NULL) != SQLITE_OK)
        return -1;
    return sqlite3_exec(db,
                        "INSERT INTO peer (oin, state, card, added, changed) VALUES"
                        " ('" PEER "', 'actief', x'00', 1, 1),"
                        " ('" OTHER "', 'actief', x'00', 1, 1)",
                        NULL, NULL, NULL);
}

static int close_db(void **state)
{
    (void)state;
    return sqlite3_close(db);
}

static struct overdracht add(const char *id, enum rol rol, enum overdracht_state at)
{
    struct overdracht o = {
        .rol = rol, .state = at, .peer = PEER, .gemeentecode = "0310", .eigen_code = "0344"
    };

    snprintf(o.id, sizeof(o.id), "%s", id);
    if (!overdracht_add(db, KEYS, "test", &o, xmlDocGetRootElement(DOSSIER), &fault))
        fail_msg("%s", fault.text);
    return o;
}

static int64_t count(const char *query)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, &fault, query, "") || !sql_row(stmt, &row, &fault) || !row)
        fail_msg("%s: %s", query, fault.text);
    return sqlite3_column_int64(stmt, 0);
}

static void expect_state(const char *id, const char *name, const char *reden)
{
    struct overdracht o;
    bool found;

    assert_true(overdracht_get(db, KEYS, id, &o, &found, &fault) && found);
    assert_string_equal(overdracht_state_name(o.state), name);
    assert_string_equal(o.reden, reden);
}

/* --- states ------------------------------------------------------------------------------ */

/* Rows: from; columns: to, in the order of the enum: gesignaleerd, verzocht, ontvangen,
 * gevraagd, verzonden, bezorgd, overgenomen, geweigerd, afgewezen, ingetrokken, verlopen. */
/* clang-format off */
static const char *const MAY[ROLLEN][OVERDRACHT_STATES] = {
    [ROL_VERSTREKKER] = {
        /* gesignaleerd */ "...........",
        /* verzocht     */ "...........",
        /* ontvangen    */ "...........",
        /* gevraagd     */ "....x...xxx",
        /* verzonden    */ ".....xxx.xx",
        /* bezorgd      */ "...x..xx.xx",
        /* overgenomen  */ ".........x.",
        /* geweigerd    */ "...........",
        /* afgewezen    */ "...........",
        /* ingetrokken  */ "...........",
        /* verlopen     */ "...........",
    },
    [ROL_ONTVANGER] = {
        /* gesignaleerd */ ".xx.......x",
        /* verzocht     */ "..x.....xxx",
        /* ontvangen    */ ".x....xx.xx",
        /* gevraagd     */ "...........",
        /* verzonden    */ "...........",
        /* bezorgd      */ "...........",
        /* overgenomen  */ ".........x.",
        /* geweigerd    */ "...........",
        /* afgewezen    */ "...........",
        /* ingetrokken  */ "...........",
        /* verlopen     */ "...........",
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
                     28);
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
    assert_true(sql_do(db, &fault,
                       "INSERT INTO inbox (sender, id, overdracht, soort, code,"
                       " sealed_digest, canonical, receipt, received, signer, tls_client)"
                       " VALUES (?, ?, ?, 'dossier', '', x'00', x'00', x'00', 1, x'00',"
                       " x'00')",
                       "ttt", PEER, "01b00000-0000-7000-8000-00000000000b", SECOND));
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

/* --- what a message means ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *what;
    enum soort soort;
    const char *peer;          /* who sends it */
    enum rol rol;
    int at;                    /* where the handover stands; -1: there is none */
    const char *becomes;       /* NULL: refused */
    const char *says;
} MEANINGS[] = {
    { "dossier out of the blue", SOORT_DOSSIER, PEER, ROL_ONTVANGER, -1, "ontvangen", NULL },
    { "dossier that was asked for", SOORT_DOSSIER, PEER, ROL_ONTVANGER, OVERDRACHT_VERZOCHT, "ontvangen", NULL },
    { "dossier after a signal", SOORT_DOSSIER, PEER, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD, "ontvangen", NULL },
    { "second dossier", SOORT_DOSSIER, PEER, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, NULL, "it cannot become ontvangen" },
    { "dossier back to who gave it", SOORT_DOSSIER, PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, NULL, "it cannot become ontvangen" },
    { "dossier from another peer", SOORT_DOSSIER, OTHER, ROL_ONTVANGER, OVERDRACHT_VERZOCHT, NULL, "overdrachtId belongs to another handover" },
    { "overname of what was delivered", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, "overgenomen", NULL },
    { "overname before we saw the receipt", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN, "overgenomen", NULL },
    { "overname of what was asked for", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD, NULL, "it cannot become overgenomen" },
    { "overname twice", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN, NULL, "it cannot become overgenomen" },
    { "overname of what was withdrawn", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_INGETROKKEN, NULL, "it cannot become overgenomen" },
    { "overname from who gave it", SOORT_OVERNAME, PEER, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, NULL, "overname: this side received the dossier" },
    { "overname from another peer", SOORT_OVERNAME, OTHER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, NULL, "overdrachtId belongs to another handover" },
    { "overname of nothing", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, -1, NULL, "overname: no such handover here" },
    { "a later soort", SOORT_INTREKKING, PEER, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, NULL, "soort intrekking is not handled by this version" },
};
/* clang-format on */

static void try_meaning(size_t i)
{
    struct kop kop = { .soort = MEANINGS[i].soort,
                       .overdracht_id = FIRST,
                       .afzender = { .gemeentecode = "0310" },
                       .ontvanger = { .oin = "00000099000000001000",
                                      .gemeentecode = "0344" } };
    bool known = MEANINGS[i].at >= 0;

    snprintf(kop.afzender.oin, OIN_SIZE, "%s", MEANINGS[i].peer);
    if (known)
        add(FIRST, MEANINGS[i].rol, (enum overdracht_state)MEANINGS[i].at);
    bool good = overdracht_received(db, KEYS, &kop, xmlDocGetRootElement(DOSSIER), &fault);
    if (good != (MEANINGS[i].becomes != NULL))
        fail_msg("%s: %s", MEANINGS[i].what, good ? "accepted" : fault.text);
    if (!good) {
        assert_int_equal(fault.code, FAULT_STATE);
        if (!strstr(fault.text, MEANINGS[i].says))
            fail_msg("%s: %s", MEANINGS[i].what, fault.text);
    }
    if (good)
        expect_state(FIRST, MEANINGS[i].becomes, "");
    else if (known)
        expect_state(FIRST, overdracht_state_name((enum overdracht_state)MEANINGS[i].at), "");
    else
        assert_int_equal(count("SELECT count(*) FROM overdracht"), 0);
}

static void a_message_moves_only_the_handover_it_fits(void **state)
{
    for (size_t i = 0; i < sizeof(MEANINGS) / sizeof(MEANINGS[0]); i++) {
        try_meaning(i);
        assert_int_equal(close_db(state), 0);
        assert_int_equal(open_db(state), 0);
    }
}

static void a_ping_is_about_no_handover(void **state)
{
    struct kop kop = { .soort = SOORT_PING, .overdracht_id = FIRST, .afzender = { PEER, "" } };

    (void)state;
    assert_true(overdracht_received(db, KEYS, &kop, NULL, &fault));
    assert_int_equal(count("SELECT count(*) FROM overdracht"), 0);
}

/* --- what the end of our message means --------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *soort;
    enum rol rol;
    enum overdracht_state at;
    enum outbox_state end;
    const char *reason, *becomes, *reden;
} ENDS[] = {
    { "dossier",  ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   OUTBOX_DELIVERED, "",           "bezorgd",     "" },
    { "dossier",  ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN, OUTBOX_DELIVERED, "",           "overgenomen", "" },
    { "dossier",  ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   OUTBOX_REFUSED,   "schema: x",  "geweigerd",   "schema: x" },
    { "dossier",  ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   OUTBOX_EXPIRED,   "no answer",  "verlopen",    "no answer" },
    { "overname", ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN, OUTBOX_DELIVERED, "",           "overgenomen", "" },
    { "overname", ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN, OUTBOX_REFUSED,   "toestand: x", "overgenomen", "overname refused: toestand: x" },
    { "overname", ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN, OUTBOX_EXPIRED,   "no answer",  "overgenomen", "overname expired: no answer" },
};
/* clang-format on */

static void the_end_of_a_message_moves_the_handover_or_leaves_its_reason(void **state)
{
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++) {
        struct outbox_row row = { .id = MESSAGE, .overdracht = FIRST };
        snprintf(row.soort, sizeof(row.soort), "%s", ENDS[i].soort);
        add(FIRST, ENDS[i].rol, ENDS[i].at);
        if (!overdracht_settled(db, KEYS, &row, ENDS[i].end, ENDS[i].reason, &fault))
            fail_msg("%s", fault.text);
        expect_state(FIRST, ENDS[i].becomes, ENDS[i].reden);
        assert_int_equal(close_db(state), 0);
        assert_int_equal(open_db(state), 0);
    }
}

static void a_message_without_a_handover_is_our_own_mistake(void **state)
{
    struct outbox_row row = { .id = MESSAGE, .overdracht = FIRST, .soort = "dossier" };

    (void)state;
    assert_false(overdracht_settled(db, KEYS, &row, OUTBOX_DELIVERED, "", &fault));
    assert_int_equal(fault.code, FAULT_INTERNAL);
    assert_string_equal(fault.text, "message " MESSAGE " has no handover");
}

static int start(void **state)
{
    SCOPED_MEM char *text = sample_dossier("gezinsmigrant.xml");

    (void)state;
    town_install();
    town_build(&TOWN);
    town_open(&TOWN);
    KEYS = TOWN.gateway.keys;
    return xmldoc_parse(text, strlen(text), &DOSSIER, &fault) ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    xmldoc_release(&DOSSIER);
    town_stop(&TOWN);
    town_remove(&TOWN);
    return 0;
}

#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, open_db, close_db)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DB(every_pair_of_states_is_an_arrow_or_refused),
        WITH_DB(a_refused_move_says_where_it_stands),
        WITH_DB(a_handover_is_found_by_a_unique_beginning),
        WITH_DB(the_list_is_newest_first_and_knows_the_person),
        WITH_DB(who_it_is_rests_unreadable_and_bound_to_its_row),
        WITH_DB(a_message_moves_only_the_handover_it_fits),
        WITH_DB(a_ping_is_about_no_handover),
        WITH_DB(the_end_of_a_message_moves_the_handover_or_leaves_its_reason),
        WITH_DB(a_message_without_a_handover_is_our_own_mistake),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
