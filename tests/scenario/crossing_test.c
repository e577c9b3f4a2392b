/* Two municipalities begin something at once, over real roads: one test for each row of "What
 * crosses" in docs/protocol.md, called as the row is, and the end that the row promises on
 * both sides. A row without a test fails, and a test without a row.
 *
 * (tests/gateway/overdracht_crossings_test.c plays every order, without roads.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/mover.h"
#include "gateway/sql.h"
#include "peers/file.h"
#include "tests/scenario/crossroads.h"

#define BOTH(overdracht, old, old_reden, new, new_reden)                                      \
    expect_both(NIEUW, overdracht, (struct stands){ old, old_reden },                         \
                (struct stands){ new, new_reden })

/* Both have something to say: who goes first is heard before the other speaks. */
static void cross(int first)
{
    goes(first == 0 ? OUD : NIEUW);
    goes(first == 0 ? NIEUW : OUD);
}

static void hold_both(void)
{
    hold(OUD);
    hold(NIEUW);
}

/* Either may go first: the test is played twice. */
#define EITHER_FIRST(state)                                                                   \
    for (int first = 0; first < 2 && crossroads_fresh(state) == 0; first++)

/* --- two that begin ---------------------------------------------------------------------- */

static void unasked_dossier_x_request(void **state)
{
    char unasked[UUID_SIZE], overdracht[UUID_SIZE];

    EITHER_FIRST(state)
    {
        hold_both();
        sends(NIEUW, unasked);
        asks_for(NIEUW, overdracht);
        cross(first);
        BOTH(overdracht, "bezorgd", "", "ontvangen", "");
        assert_int_equal(handovers(OUD), 1);
        assert_int_equal(handovers(NIEUW), 1);
    }
}

/* Of the first no receipt came, and its life is over; nobody can know that it arrived. */
static void request_x_request(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE];

    (void)state;
    deaf_begin(OUD);
    asks_for(NIEUW, first);
    await(OUD, "overdracht", first, "state = 'gevraagd'");
    await_tried(NIEUW, "dossierverzoek");
    expires(NIEUW);
    await(NIEUW, "overdracht", first, "state = 'verlopen' AND reden <> ''");
    deaf_end();
    ask_for_it(second);
    assert_string_not_equal(first, second);
    assert_int_equal(handovers(OUD), 1);
    await(NIEUW, "overdracht", first, "state = 'verlopen'");
}

static void a_second_dossier_x_the_first(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    hold(OUD);
    sends(NIEUW, overdracht);
    assert_null(send_sample(OUD, NIEUW, NULL, NULL));
    assert_non_null(strstr(fault.text, "a dossier of this person is on its way to them"));
    goes(OUD);
    BOTH(overdracht, "bezorgd", "", "ontvangen", "");
    assert_int_equal(handovers(NIEUW), 1);
}

static void verzoekafwijzing_x_dossier(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    ask_for_it(overdracht);
    hold(OUD);
    reject(OUD, overdracht, "onbekend", "");
    assert_null(send_sample(OUD, NIEUW, NULL, overdracht));
    assert_non_null(strstr(fault.text, "its refusal (onbekend) is under way"));
    goes(OUD);
    BOTH(overdracht, "afgewezen", "onbekend", "afgewezen", "onbekend");

    asking_fresh(state);
    ask_for_it(overdracht);
    hold(OUD);
    sends(NIEUW, overdracht);
    expect_no(OUD, call_overdracht_refuse, rejection(overdracht, "onbekend", "", ""),
              FAULT_STATE, "there is no request to refuse");
    goes(OUD);
    BOTH(overdracht, "bezorgd", "", "ontvangen", "");
}

/* --- a supplement ------------------------------------------------------------------------ */

static void overname_x_aanvulling(void **state)
{
    char overdracht[UUID_SIZE];

    EITHER_FIRST(state)
    {
        hand_in(overdracht);
        hold_both();
        supplements(overdracht);
        accepts(NIEUW, overdracht);
        cross(first);
        BOTH(overdracht, "overgenomen", "", "overgenomen", "");
        await(NIEUW, "taak", overdracht, "soort = 'aanvulling' AND done IS NULL");
    }
}

/* The code, the end there, the end here, and what both say behind the reason. */
static void weigering_meets_aanvulling(void **state, const char *code, const char *parts,
                                       struct stands old, struct stands new)
{
    char overdracht[UUID_SIZE];

    EITHER_FIRST(state)
    {
        hand_in(overdracht);
        hold_both();
        supplements(overdracht);
        refuses(overdracht, code, parts);
        cross(first);
        expect_both(NIEUW, overdracht, old, new);
        await(OUD, "outbox", overdracht,
              "soort = 'aanvulling' AND (state = 'refused' AND reason LIKE 'toestand: %')");
    }
}

static void weigering_x_aanvulling(void **state)
{
    weigering_meets_aanvulling(state, "dubbel", "", (struct stands){ "geweigerd", "dubbel%" },
                               (struct stands){ "geweigerd", "dubbel" });
}

static void onvolledig_x_aanvulling(void **state)
{
    weigering_meets_aanvulling(state, "onvolledig", "pip",
                               (struct stands){ "gevraagd", "onvolledig: pip%" },
                               (struct stands){ "verzocht", "onvolledig: pip" });
}

/* --- a dossier that is withdrawn --------------------------------------------------------- */

static void overname_x_intrekking(void **state)
{
    char overdracht[UUID_SIZE];

    EITHER_FIRST(state)
    {
        hand_in(overdracht);
        hold_both();
        withdraws(OUD, overdracht, "onjuist");
        accepts(NIEUW, overdracht);
        if (first == 1) {
            goes(NIEUW);
            await_state(OUD, overdracht, "overgenomen", "intrekking: onjuist");
            await_state(NIEUW, overdracht, "overgenomen", "");
        }
        cross(first);
        BOTH(overdracht, "ingetrokken", "onjuist", "ingetrokken", "onjuist");
        await(NIEUW, "outbox", overdracht,
              first == 0 ? "soort = 'overname' AND state = 'cancelled'"
                         : "soort = 'overname' AND state = 'delivered'");
    }
}

static void weigering_x_intrekking(void **state)
{
    static const char *const CODES[][2] = { { "dubbel", "" }, { "onvolledig", "pip" } };
    char overdracht[UUID_SIZE];

    for (size_t i = 0; i < 2; i++) {
        EITHER_FIRST(state)
        {
            hand_in(overdracht);
            hold_both();
            withdraws(OUD, overdracht, "onjuist");
            refuses(overdracht, CODES[i][0], CODES[i][1]);
            cross(first);
            BOTH(overdracht, "ingetrokken", "onjuist", "ingetrokken", "onjuist");
        }
    }
}

/* It was tried, so it may have arrived: it is withdrawn with a message, behind it. */
static void request_x_dossier_and_its_intrekking(void **state)
{
    char unasked[UUID_SIZE], overdracht[UUID_SIZE];

    (void)state;
    road_close(OUD);
    sends(NIEUW, unasked);
    await_tried(OUD, "dossier");
    withdraws(OUD, unasked, "verkeerde-ontvanger");
    asks_for(NIEUW, overdracht);
    await(OUD, "overdracht", overdracht, "state = 'verzonden'");
    road_open(OUD);
    BOTH(overdracht, "ingetrokken", "verkeerde-ontvanger", "ingetrokken",
         "verkeerde-ontvanger");
    assert_int_equal(handovers(NIEUW), 0); /* about nobody any more */
}

/* --- a request that is withdrawn --------------------------------------------------------- */

static void request_x_its_intrekking_in_one_lane(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    road_close(NIEUW);
    asks_for(NIEUW, overdracht);
    await_tried(NIEUW, "dossierverzoek");
    withdraws(NIEUW, overdracht, "geen-grondslag");
    await(NIEUW, "outbox", overdracht, "soort = 'intrekking' AND attempts = 0");
    road_open(NIEUW);
    BOTH(overdracht, "ingetrokken", "geen-grondslag", "ingetrokken", "geen-grondslag");
    await(OUD, "inbox", overdracht, "soort = 'dossierverzoek' AND code = ''");
}

static void intrekking_x_dossier_that_has_not_left(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    ask_for_it(overdracht);
    hold_both();
    sends(NIEUW, overdracht);
    withdraws(NIEUW, overdracht, "geen-grondslag");
    goes(NIEUW);
    await(OUD, "outbox", overdracht, "soort = 'dossier' AND state = 'cancelled'");
    goes(OUD);
    BOTH(overdracht, "ingetrokken", "geen-grondslag", "ingetrokken", "geen-grondslag");
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM inbox WHERE soort = 'dossier'"
                                       " AND overdracht IN (SELECT id FROM overdracht"
                                       "  WHERE bsn_index IS NOT NULL)"),
                     0);
}

static void intrekking_x_dossier_that_may_have_left(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    ask_for_it(overdracht);
    road_close(OUD);
    sends(NIEUW, overdracht);
    await_tried(OUD, "dossier");
    withdraws(NIEUW, overdracht, "geen-grondslag");
    await(NIEUW, "outbox", overdracht,
          "soort = 'intrekking' AND state = 'refused' AND reason LIKE 'toestand: %'");
    road_open(OUD);
    BOTH(overdracht, "bezorgd", "", "ontvangen", "");
}

/* While they may still be asked, the dossier waits at the door; what became of the request
 * tells whether it joins it. */
static void intrekking_x_unasked_dossier(void **state)
{
    char unasked[UUID_SIZE], overdracht[UUID_SIZE];

    for (int given_up = 0; given_up < 2 && crossroads_fresh(state) == 0; given_up++) {
        road_close(NIEUW);
        asks_for(NIEUW, overdracht);
        await_tried(NIEUW, "dossierverzoek");
        withdraws(NIEUW, overdracht, "geen-grondslag");
        sends(NIEUW, unasked);
        await_tried(OUD, "dossier");
        await(OUD, "outbox", unasked, "reason LIKE '%503%'");
        if (given_up) {
            expires(NIEUW);
            goes(OUD);
            BOTH(unasked, "bezorgd", "", "ontvangen", "");
            await(NIEUW, "overdracht", overdracht, "state = 'verlopen' AND reden <> ''");
        } else {
            road_open(NIEUW);
            BOTH(overdracht, "bezorgd", "", "ontvangen", "%");
        }
    }
}

/* They heard it, and know it or not: what they know decides. */
static void intrekking_x_verzoekafwijzing_that_arrives_first(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    ask_for_it(overdracht);
    hold_both();
    reject(OUD, overdracht, "onbekend", "");
    withdraws(NIEUW, overdracht, "geen-grondslag");
    cross(0);
    BOTH(overdracht, "afgewezen", "onbekend", "afgewezen", "onbekend%");
    await(NIEUW, "outbox", overdracht, "soort = 'intrekking' AND state = 'refused'");

    crossroads_fresh(state);
    ask_for_it(overdracht);
    road_close(NIEUW);
    withdraws(NIEUW, overdracht, "geen-grondslag");
    await_tried(NIEUW, "intrekking");
    deaf_begin(NIEUW);
    reject(OUD, overdracht, "onbekend", "");
    await(NIEUW, "overdracht", overdracht, "state = 'afgewezen'");
    await_tried(OUD, "verzoekafwijzing");
    hold(OUD); /* it does not come once more */
    deaf_end();
    road_open(NIEUW);
    BOTH(overdracht, "ingetrokken", "geen-grondslag", "ingetrokken", "geen-grondslag");
}

/* It is being sent: nobody can call it back, and nobody waits for it. */
static void intrekking_x_verzoekafwijzing_that_arrives_last(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    ask_for_it(overdracht);
    road_stall(OUD);
    reject(OUD, overdracht, "onbekend", "");
    await(OUD, "outbox", overdracht, "soort = 'verzoekafwijzing' AND state = 'sending'");
    withdraws(NIEUW, overdracht, "geen-grondslag");
    await(OUD, "overdracht", overdracht, "state = 'ingetrokken'");
    road_open(OUD);
    BOTH(overdracht, "ingetrokken", "geen-grondslag%", "ingetrokken", "geen-grondslag");
    await(OUD, "outbox", overdracht,
          "soort = 'verzoekafwijzing' AND state = 'refused' AND reason LIKE 'toestand: %'");
}

/* --- what is lost on its way ------------------------------------------------------------- */

struct reading {
    const char *query, *overdracht;
    struct buf bytes;
};

static bool read_work(sqlite3 *db, void *argument, struct fault *why)
{
    struct reading *reading = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, why, reading->query, "t", reading->overdracht)
        || !sql_row(stmt, &row, why))
        return false;
    sql_bytes(stmt, 0, &reading->bytes);
    return row;
}

static void read_receipt(struct town *town, struct reading *reading)
{
    assert_true(store_run(town->gateway.store, read_work, reading, &fault));
    assert_true(reading->bytes.size > 0);
}

static void a_receipt_that_is_lost(void **state)
{
    char overdracht[UUID_SIZE];
    struct reading given = { .query = "SELECT receipt FROM inbox WHERE overdracht = ?" };
    struct reading kept = { .query = "SELECT receipt FROM outbox WHERE overdracht = ?" };

    (void)state;
    deaf_begin(NIEUW);
    sends(NIEUW, overdracht);
    await(NIEUW, "overdracht", overdracht, "state = 'ontvangen'");
    await_tried(OUD, "dossier");
    given.overdracht = kept.overdracht = overdracht;
    read_receipt(NIEUW, &given);
    await_state(OUD, overdracht, "verzonden", "");
    deaf_end();
    goes(OUD);
    BOTH(overdracht, "bezorgd", "", "ontvangen", "");
    read_receipt(OUD, &kept);
    assert_int_equal(given.bytes.size, kept.bytes.size);
    assert_memory_equal(given.bytes.data, kept.bytes.data, kept.bytes.size);
    await(NIEUW, "inbox", overdracht, "1"); /* once */
    await(NIEUW, "(SELECT *, object AS overdracht FROM audit)", overdracht,
          "action = 'overdracht'");
    buf_finish(&given.bytes);
    buf_finish(&kept.bytes);
}

static void an_intrekking_without_confirmation(void **state)
{
    char overdracht[UUID_SIZE];

    for (int again = 0; again < 2 && crossroads_fresh(state) == 0; again++) {
        hand_in(overdracht);
        hold(NIEUW);
        withdraws(OUD, overdracht, "onjuist");
        await(NIEUW, "outbox", overdracht, "soort = 'intrekkingbevestiging'");
        await(OUD, "outbox", overdracht, "soort = 'intrekking' AND state = 'delivered'");
        await_state(OUD, overdracht, "bezorgd", "intrekking: onjuist");
        if (again == 0) { /* it expires: another is made by itself */
            expires(NIEUW);
            mover_wake(&NIEUW->gateway);
        } else { /* nobody knows any more that it was sent: somebody withdraws it once more */
            town_do(NIEUW, "UPDATE outbox SET state = 'cancelled' WHERE state = 'queued'");
            town_do(OUD, "UPDATE overdracht SET reden = '' WHERE state = 'bezorgd'");
            release(NIEUW);
            withdraws(OUD, overdracht, "onjuist");
        }
        release(NIEUW);
        BOTH(overdracht, "ingetrokken", "onjuist", "ingetrokken", "onjuist%");
    }
}

/* --- with a third ------------------------------------------------------------------------ */

static void two_municipalities_ask(void **state)
{
    char ours[UUID_SIZE], theirs[UUID_SIZE];

    EITHER_FIRST(state)
    {
        hold(NIEUW);
        hold(DERDE);
        asks_for(NIEUW, ours);
        asks_for(DERDE, theirs);
        goes(first == 0 ? NIEUW : DERDE);
        goes(first == 0 ? DERDE : NIEUW);
        BOTH(ours, "gevraagd", "", "verzocht", "");
        await_state(OUD, theirs, "gevraagd", "");
        hold(OUD);
        json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);
        assert_string_equal(text_of(sent, "overdracht"), ours);
        reject(OUD, theirs, "niet-bevoegd", "");
        goes(OUD);
        BOTH(ours, "bezorgd", "", "ontvangen", "");
        expect_both(DERDE, theirs, (struct stands){ "afgewezen", "niet-bevoegd" },
                    (struct stands){ "afgewezen", "niet-bevoegd" });
        assert_int_equal(handovers(OUD), 2);
    }
}

static void the_person_moves_on(void **state)
{
    char here[UUID_SIZE], there[UUID_SIZE], sent[UUID_SIZE];

    EITHER_FIRST(state)
    {
        hand_in(here);
        hold(NIEUW);
        hold(DERDE);
        refuses(here, "geen-inwoner", "");
        asks_for(DERDE, there);
        goes(first == 0 ? NIEUW : DERDE);
        goes(first == 0 ? DERDE : NIEUW);
        BOTH(here, "geweigerd", "geen-inwoner", "geweigerd", "geen-inwoner");
        await_state(OUD, there, "gevraagd", "");
        sends(DERDE, sent);
        assert_string_equal(sent, there);
        await_state(DERDE, there, "ontvangen", "");
        accepts(DERDE, there);
        expect_both(DERDE, there, (struct stands){ "overgenomen", "" },
                    (struct stands){ "overgenomen", "" });
        BOTH(here, "geweigerd", "geen-inwoner", "geweigerd", "geen-inwoner");
    }
}

/* --- the rows ---------------------------------------------------------------------------- */

#define ROW(name, test)                                                                       \
    {                                                                                         \
        name, test, crossroads_fresh, NULL, NULL                                              \
    }

/* clang-format off */
static const struct CMUnitTest ROWS[] = {
    ROW("unasked dossier x request", unasked_dossier_x_request),
    ROW("request x request (the first had ended at the asker)", request_x_request),
    ROW("a second dossier of that person while the first is `verzonden`",
        a_second_dossier_x_the_first),
    ROW("verzoekafwijzing x dossier", verzoekafwijzing_x_dossier),
    ROW("overname x aanvulling", overname_x_aanvulling),
    ROW("weigering (an end) x aanvulling", weigering_x_aanvulling),
    ROW("weigering as onvolledig x aanvulling", onvolledig_x_aanvulling),
    ROW("overname x intrekking of the dossier", overname_x_intrekking),
    ROW("weigering x intrekking of the dossier", weigering_x_intrekking),
    ROW("request x dossier and its intrekking", request_x_dossier_and_its_intrekking),
    ROW("request x intrekking of the request, in one lane",
        request_x_its_intrekking_in_one_lane),
    ROW("intrekking of the request x dossier that has not left",
        intrekking_x_dossier_that_has_not_left),
    ROW("intrekking of the request x dossier that may have left",
        intrekking_x_dossier_that_may_have_left),
    ROW("intrekking of the request x unasked dossier", intrekking_x_unasked_dossier),
    ROW("intrekking of the request x verzoekafwijzing that arrives first",
        intrekking_x_verzoekafwijzing_that_arrives_first),
    ROW("intrekking of the request x verzoekafwijzing that arrives last",
        intrekking_x_verzoekafwijzing_that_arrives_last),
    ROW("a receipt that is lost", a_receipt_that_is_lost),
    ROW("an intrekking of which no confirmation came", an_intrekking_without_confirmation),
    ROW("two municipalities ask for one person", two_municipalities_ask),
    ROW("the person moves on before the dossier was accepted", the_person_moves_on),
};
/* clang-format on */
#define ROW_COUNT (sizeof(ROWS) / sizeof(ROWS[0]))

/* The nth row of the table below that heading: its first column. False: there are no more. */
static bool nth_row(const char *page, size_t nth, char row[256])
{
    const char *at = strstr(page, "\n### What crosses\n");

    assert_non_null(at);
    at = strstr(at, "\n|---");
    assert_non_null(at);
    for (size_t i = 0; i <= nth && at; i++)
        at = strchr(at + 1, '\n');
    if (!at || strncmp(at, "\n| ", 3) != 0)
        return false;
    const char *end = strstr(at + 3, " |");
    assert_non_null(end);
    snprintf(row, 256, "%.*s", (int)(end - at - 3), at + 3);
    return true;
}

static void each_row_of_the_page_has_its_test(void **state)
{
    SCOPED_BUF struct buf page = { 0 };
    char row[256];
    size_t count = 0;

    (void)state;
    assert_true(file_read(SOURCE_DIR "/docs/protocol.md", 1u << 20, &page, &fault));
    for (; nth_row(buf_text(&page), count, row); count++) {
        if (count >= ROW_COUNT)
            fail_msg("no test: %s", row);
        assert_string_equal(row, ROWS[count].name);
    }
    assert_int_equal(count, ROW_COUNT);
}

int main(void)
{
    const struct CMUnitTest page[] = { cmocka_unit_test(each_row_of_the_page_has_its_test) };

    return cmocka_run_group_tests(page, NULL, NULL)
           + cmocka_run_group_tests(ROWS, crossroads_start, crossroads_stop);
}
