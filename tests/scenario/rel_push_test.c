/* What the new municipality reports to DUO: made from the dossier, held against DUO's rules
 * before it goes, once, and in one decision with the takeover. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/mover.h"
#include "tests/sample.h"
#include "tests/scenario/rel.h"

#define RECEIVED "rol = 'ontvanger' AND state = 'ontvangen'"
#define TAKEN "rol = 'ontvanger' AND state = 'overgenomen'"
#define GIVEN "rol = 'verstrekker' AND state = 'gevraagd'"
#define REPORTS                                                                               \
    "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"                  \
    " WHERE h.bsn_index = %s AND o.peer IS NULL AND o.soort NOT LIKE '%.lezen'"
#define WAITING " AND o.state IN ('queued', 'sending')"

/* Amersfoort has asked (as a person would, so that the day of settlement is known) and has the
 * dossier of Utrecht with one thing changed. */
static const char *received(const char *bsn, const char *from, const char *to)
{
    SCOPED_MEM char *dossier = rel_dossier(bsn, from, to);

    rel_move(bsn, AMERSFOORT_CODE);
    rel_answer(UTRECHT, rel_await(UTRECHT, bsn, GIVEN), AMERSFOORT_CODE, dossier);
    const char *id = rel_await(AMERSFOORT, bsn, RECEIVED);
    rel_await_count(
        AMERSFOORT, bsn,
        "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"
        " WHERE h.bsn_index = %s AND o.soort LIKE '%.lezen' AND o.state = 'delivered'",
        18);
    return id;
}

/* As text; the caller's. */
static char *pushed(call_handler *handler, const char *id, const char *dagtekening,
                    const char *only)
{
    json_auto_t *result = rel_ask(
        AMERSFOORT, handler,
        json_pack("{s:s, s:s*, s:s*}", "id", id, "dagtekening", dagtekening, "only", only));

    return json_dumps(json_object_get(result, "meldingen"), JSON_COMPACT);
}

static void settle(const char *bsn, const char *day)
{
    SCOPED_BUF struct buf text = { 0 };

    (void)bsn;
    buf_addf(&text, "UPDATE overdracht SET vestiging = '%s' WHERE rol = 'ontvanger'", day);
    town_do(AMERSFOORT, buf_text(&text));
}

/* --- before it goes ------------------------------------------------------------------------
 */

/* T-REL-9 */
static void a_pip_from_before_the_settlement_stays_here(void **state)
{
    const char *bsn = rel_person();
    const char *id = received(bsn, "", "");

    (void)state;
    settle(bsn, MOVED);
    SCOPED_MEM char *early = pushed(call_duo_push, id, "2026-11-19", "pip");
    assert_non_null(strstr(early, "tegengehouden"));
    assert_non_null(strstr(early, "PIP-5"));
    assert_int_equal(rel_count(AMERSFOORT, bsn, REPORTS), 0);
    SCOPED_MEM char *good = pushed(call_duo_push, id, MOVED, "pip");
    assert_non_null(strstr(good, "in de uitbak"));
    rel_await_count(AMERSFOORT, bsn, REPORTS " AND o.state = 'delivered'", 1);
}

/* T-REL-10: A2 on the B1-route is for who had a PIP before. */
static void scaled_down_is_only_for_who_had_a_pip_before(void **state)
{
    static const struct {
        bool had;
        const char *says;
    } CASES[] = { { true, "in de uitbak" }, { false, "tegengehouden" } };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const char *bsn = rel_person();
        SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");
        if (!CASES[i].had)
            rel_set(bsn, "pips", "-");
        const char *id = received(bsn, "", "");
        /* our own plan, in a dossier of our own */
        SCOPED_MEM char *own = mem_copy(dossier);
        SCOPED_MEM char *scaled = sample_replace(
            own,
            "<dagtekening>2025-03-10</dagtekening>\n      <gemeentecode>0344</gemeentecode>",
            "<dagtekening>2026-11-26</dagtekening>\n      <gemeentecode>0307</gemeentecode>");
        SCOPED_MEM char *route = sample_replace(
            scaled,
            "<kenmerk>UTR-PIP-2025-0119</kenmerk>\n      <leerroute>Z-route</leerroute>",
            "<kenmerk>AMF-1</kenmerk>\n      <leerroute>B1-route</leerroute>");
        char file[UUID_SIZE];
        const char *whole = CASES[i].had ? route : NULL;
        SCOPED_MEM char *alone = NULL;
        if (!whole) { /* without the earlier version: there never was one */
            char *first = strstr(route, "<versie>"), *second = strstr(first + 1, "<versie>");
            assert_non_null(second);
            SCOPED_BUF struct buf cut = { 0 };
            buf_add(&cut, route, (size_t)(first - route));
            buf_add_text(&cut, second);
            alone = mem_copy(buf_text(&cut));
            whole = alone;
        }
        rel_upload(AMERSFOORT, whole, file);
        json_auto_t *result =
            rel_ask(AMERSFOORT, call_duo_push,
                    json_pack("{s:s, s:s, s:s}", "id", id, "file", file, "only", "pip"));
        SCOPED_MEM char *text = json_dumps(result, JSON_COMPACT);
        if (!strstr(text, CASES[i].says) || (!CASES[i].had && !strstr(text, "PIP-8")))
            fail_msg("case %zu: %s", i, text);
    }
}

/* T-REL-12: the date that Utrecht delivered is Utrecht's; known here before DUO says so. */
static void a_map_date_of_the_former_municipality_is_not_ours(void **state)
{
    const char *bsn = rel_person();
    const char *id = received(bsn, "", "");

    (void)state;
    json_decref(rel_ask(AMERSFOORT, call_overdracht_accept,
                        json_pack("{s:s, s:s}", "id", id, "push", "ja")));
    rel_await_count(AMERSFOORT, bsn,
                    REPORTS " AND o.soort = 'pip.melden'"
                            " AND o.state = 'delivered'",
                    1);
    SCOPED_MEM char *theirs = pushed(call_duo_push_preview, id, NULL, NULL);
    assert_null(strstr(theirs, "map.melden")); /* what DUO has needs no telling */
    SCOPED_MEM char *own = rel_dossier(bsn, "<datumBehaald>2026-03-20</datumBehaald>",
                                       "<datumBehaald>2026-04-02</datumBehaald>");
    char file[UUID_SIZE];
    rel_upload(AMERSFOORT, own, file);
    json_auto_t *result =
        rel_ask(AMERSFOORT, call_duo_push,
                json_pack("{s:s, s:s, s:s}", "id", id, "file", file, "only", "map"));
    SCOPED_MEM char *text = json_dumps(result, JSON_COMPACT);
    if (!strstr(text, "tegengehouden") || !strstr(text, "MAP-1"))
        fail_msg("%s", text);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REPORTS " AND o.soort = 'map.melden'"), 0);
}

/* --- going ----------------------------------------------------------------------------------
 */

static void a_dry_run_shows_all_and_sends_nothing(void **state)
{
    const char *bsn = rel_person();
    const char *id = received(bsn, "", "");

    (void)state;
    SCOPED_MEM char *text = pushed(call_duo_push_preview, id, NULL, NULL);
    assert_non_null(strstr(text, "\"leerroute\":\"Z\""));
    assert_non_null(strstr(text, "\"onderwerp\":\"contactpersoon\""));
    assert_non_null(strstr(text, "gereed"));
    assert_int_equal(rel_count(AMERSFOORT, bsn, REPORTS), 0);
}

static void the_same_is_not_reported_twice(void **state)
{
    const char *bsn = rel_person();
    const char *id = received(bsn, "", "");

    (void)state;
    SCOPED_MEM char *first = pushed(call_duo_push, id, NULL, "pip");
    SCOPED_MEM char *waiting = pushed(call_duo_push, id, NULL, "pip");
    rel_await_count(AMERSFOORT, bsn, REPORTS " AND o.state = 'delivered'", 1);
    SCOPED_MEM char *delivered = pushed(call_duo_push, id, NULL, "pip");
    assert_non_null(strstr(first, "in de uitbak"));
    assert_non_null(strstr(waiting, "al gemeld"));
    assert_non_null(strstr(delivered, "al gemeld"));
    assert_int_equal(rel_count(AMERSFOORT, bsn, REPORTS), 1);
}

/* The number DUO gave for our contact person serves for everybody after. */
static void a_contact_person_is_told_once_and_coupled_each_time(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const char *bsn = rel_person();
        const char *id = received(bsn, "", "");
        free(pushed(call_duo_push, id, NULL, "contactpersoon"));
        rel_await_count(AMERSFOORT, bsn,
                        REPORTS " AND o.soort = 'contactpersoon.koppelen'"
                                " AND o.state = 'delivered'",
                        1);
        rel_say("show %s contactpersoon", bsn);
        assert_null(strstr(rel_duo.said, "null"));
    }
    assert_int_equal(town_count(AMERSFOORT, "SELECT count(*) FROM outbox"
                                            " WHERE soort = 'contactpersoon.melden'"),
                     1);
}

/* --- one decision
 * ------------------------------------------------------------------------------ */

static void what_duo_would_refuse_is_not_taken_over_either(void **state)
{
    const char *bsn = rel_person();
    const char *id = received(bsn, "", "");
    struct fault fault = { 0 };

    (void)state;
    settle(bsn, MOVED);
    assert_null(town_ask(
        AMERSFOORT, call_overdracht_accept,
        json_pack("{s:s, s:s, s:s}", "id", id, "push", "ja", "dagtekening", "2026-11-19"),
        &fault));
    assert_int_equal(fault.code, FAULT_RULE);
    assert_non_null(strstr(fault.text, "nothing was done"));
    rel_await(AMERSFOORT, bsn, RECEIVED);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REPORTS), 0);
}

static void what_went_and_what_came_stays_visible(void **state)
{
    const char *bsn = rel_person();
    const char *id = received(bsn, "", "");

    (void)state;
    json_decref(rel_ask(AMERSFOORT, call_overdracht_accept,
                        json_pack("{s:s, s:s}", "id", id, "push", "ja")));
    rel_await(AMERSFOORT, bsn, TAKEN);
    rel_await_count(AMERSFOORT, bsn,
                    REPORTS " AND o.state = 'delivered'"
                            " AND o.soort = 'pip.melden'",
                    1);
    json_auto_t *shown =
        rel_ask(AMERSFOORT, call_overdracht_show, json_pack("{s:s}", "id", id));
    SCOPED_MEM char *text = json_dumps(json_object_get(shown, "duo"), JSON_COMPACT);
    assert_non_null(strstr(text, "\"verzonden\":{\"dagtekeningPip\":"));
    assert_non_null(strstr(text, "\"status\":201"));
    assert_non_null(strstr(text, "\"antwoord\":{\"gemeentecode\":\"0344\""));
    SCOPED_BUF struct buf query = { 0 };
    buf_addf(&query,
             "SELECT count(*) FROM audit WHERE object = '%s' AND action = 'read'"
             " AND detail = 'duo'",
             id);
    assert_int_equal(town_count(AMERSFOORT, buf_text(&query)), 1);
}

/* Nobody who reads the store finds out whom it is about. */
static void nothing_of_it_rests_readable(void **state)
{
    const char *bsn = rel_person();
    const char *id =
        received(bsn, "<leerroute>Z-route</leerroute>", "<leerroute>Z-route</leerroute>");
    SCOPED_BUF struct buf query = { 0 };

    (void)state;
    json_decref(rel_ask(AMERSFOORT, call_overdracht_accept,
                        json_pack("{s:s, s:s}", "id", id, "push", "ja")));
    rel_await(AMERSFOORT, bsn, TAKEN);
    buf_addf(&query,
             "SELECT (SELECT count(*) FROM outbox WHERE instr(sealed, CAST('%s' AS BLOB)) > 0"
             "  OR instr(coalesce(receipt, x''), CAST('%s' AS BLOB)) > 0)"
             " + (SELECT count(*) FROM taak"
             "  WHERE instr(tekst_sealed, CAST('%s' AS BLOB)) > 0)"
             " + (SELECT count(*) FROM request WHERE instr(reply, '%s') > 0"
             "  OR instr(reply, 'dagtekeningPip') > 0)"
             " + (SELECT count(*) FROM audit WHERE instr(detail, '%s') > 0)",
             bsn, bsn, bsn, bsn, bsn);
    assert_int_equal(town_count(AMERSFOORT, buf_text(&query)), 0);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_pip_from_before_the_settlement_stays_here),
        cmocka_unit_test(scaled_down_is_only_for_who_had_a_pip_before),
        cmocka_unit_test(a_map_date_of_the_former_municipality_is_not_ours),
        cmocka_unit_test(a_dry_run_shows_all_and_sends_nothing),
        cmocka_unit_test(the_same_is_not_reported_twice),
        cmocka_unit_test(a_contact_person_is_told_once_and_coupled_each_time),
        cmocka_unit_test(what_duo_would_refuse_is_not_taken_over_either),
        cmocka_unit_test(what_went_and_what_came_stays_visible),
        cmocka_unit_test(nothing_of_it_rests_readable),
    };

    return cmocka_run_group_tests(TESTS, rel_start, rel_stop);
}
