/* A dossier that is asked for: it comes, or the refusal says why not, and both sides end
 * agreed; what was asked is read only by who looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>

#include "codecs/afwijzing.h"
#include "codecs/dossierverzoek.h"
#include "codecs/xmldoc.h"
#include "gateway/courier.h"
#include "peers/file.h"
#include "tests/hostile/hush.h"
#include "tests/scenario/asking.h"

#define CANARY "Kanariepiet zegt: bel 06-99900031"
#define OTHER_BSN "999900043" /* whose dossier nobody ever had */

/* What the message of that kind says, of `overdracht.show`; borrowed from *show. */
static const json_t *shown(struct town *town, const char *overdracht, const char *member,
                           json_t **show)
{
    *show = ask(town, call_overdracht_show, json_pack("{s:s}", "id", overdracht));
    const json_t *messages = json_object_get(*show, "messages");
    for (size_t i = 0; i < json_array_size(messages); i++) {
        const json_t *found = json_object_get(json_array_get(messages, i), member);
        if (found)
            return found;
    }
    return NULL;
}

/* --- asked and given --------------------------------------------------------------------- */

static void what_is_asked_for_is_given_and_taken_over(void **state)
{
    char overdracht[UUID_SIZE];
    json_auto_t *show = NULL;

    (void)state;
    request(NIEUW, OUD, overdracht);
    await_state(NIEUW, overdracht, "verzocht", "");
    await(OUD, "overdracht", overdracht,
          "state = 'gevraagd' AND rol = 'verstrekker' AND gemeentecode = '0310'"
          " AND eigen_code = '0344' AND oorzaak = 'SS121' AND vestiging = '2026-11-02'");
    const json_t *verzoek = shown(OUD, overdracht, "verzoek", &show);
    assert_string_equal(text_of(verzoek, "bsn"), BSN);
    assert_string_equal(text_of(verzoek, "grond"), "SS121");
    assert_string_equal(text_of(verzoek, "betekenis"), dossierverzoek_grond("SS121")->meaning);
    assert_string_equal(text_of(verzoek, "vestiging"), "2026-11-02");
    assert_string_equal(text_of(verzoek, "pip"), "nee");
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, overdracht);
    assert_string_equal(text_of(sent, "overdracht"), overdracht);
    await_state(OUD, overdracht, "bezorgd", "");
    await_state(NIEUW, overdracht, "ontvangen", "");
    json_decref(ask(NIEUW, call_overdracht_accept, json_pack("{s:s}", "id", overdracht)));
    await_state(NIEUW, overdracht, "overgenomen", "");
    await_state(OUD, overdracht, "overgenomen", "");
    assert_int_equal(handovers(OUD), 1);
    assert_int_equal(handovers(NIEUW), 1);
}

/* The caseworker need not know that it was asked for. */
static void a_dossier_without_reply_to_answers_what_is_asked(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    json_auto_t *sent = send_sample(OUD, NIEUW, NULL, NULL);
    assert_string_equal(text_of(sent, "overdracht"), overdracht);
    await_state(NIEUW, overdracht, "ontvangen", "");
    await_state(OUD, overdracht, "bezorgd", "");
    json_auto_t *other = send_sample(OUD, DERDE, NULL, NULL);
    assert_string_not_equal(text_of(other, "overdracht"), overdracht);
}

static void who_has_a_v_nummer_only_is_found_by_it(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    json_auto_t *asked = ask(NIEUW, call_overdracht_request,
                             json_pack("{s:s, s:s, s:s}", "gemeente", OUD->code, "vnummer",
                                       VNUMMER, "reason", "COA"));
    snprintf(overdracht, sizeof(overdracht), "%s", text_of(asked, "overdracht"));
    await_state(OUD, overdracht, "gevraagd", "");
    json_auto_t *sent =
        send_sample(OUD, NIEUW, "<bsn>" BSN "</bsn><vnummer>" VNUMMER "</vnummer>", NULL);
    assert_string_equal(text_of(sent, "overdracht"), overdracht);
    await(NIEUW, "overdracht", overdracht, "state = 'ontvangen' AND bsn_index IS NOT NULL");
    await_state(OUD, overdracht, "bezorgd", "");
}

/* T-REL-13: Weesp went to Amsterdam in 2022. */
static void a_municipality_that_merged_is_asked_at_its_successor(void **state)
{
    static const char *const NAMES[] = { "0457", "Weesp", "0363", "Amsterdam", "Derde" };

    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        asking_fresh(state);
        json_auto_t *asked = asks(NIEUW, NAMES[i]);
        assert_string_equal(text_of(asked, "gemeentecode"), "0363");
        assert_string_equal(text_of(json_object_get(asked, "peer"), "oin"), DERDE->oin);
        await_state(DERDE, text_of(asked, "overdracht"), "gevraagd", "");
    }
}

static void who_moved_back_is_asked_for_where_they_went(void **state)
{
    char there[UUID_SIZE], back[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, there);
    json_decref(send_sample(OUD, NIEUW, NULL, NULL));
    await_state(NIEUW, there, "ontvangen", "");
    json_decref(ask(NIEUW, call_overdracht_accept, json_pack("{s:s}", "id", there)));
    await_state(OUD, there, "overgenomen", "");
    request(OUD, NIEUW, back);
    json_decref(send_sample(NIEUW, OUD, NULL, NULL));
    await_state(OUD, back, "ontvangen", "");
    await_state(NIEUW, back, "bezorgd", "");
    await_state(OUD, there, "overgenomen", "");
    await_state(NIEUW, there, "overgenomen", "");
}

/* --- refused ----------------------------------------------------------------------------- */

static const struct {
    const char *code, *brings, *reden, *asker;
} CODES[] = {
    { "onbekend", "", "onbekend", "onbekend" },
    { "verhuisd", "0999", "verhuisd: 0999",
      "verhuisd: 0999; not asked on: no peer fits ''0999''" },
    { "geen-dossier", "", "geen-dossier", "geen-dossier" },
    { "niet-bevoegd", "", "niet-bevoegd", "niet-bevoegd" },
    { "blokkade", "", "blokkade", "blokkade" },
    { "in-behandeling", "2026-12-01", "in-behandeling: 2026-12-01",
      "in-behandeling: 2026-12-01" },
};

static void try_code(size_t i)
{
    const struct afwijzing_code *code = afwijzing_code(CODES[i].code);
    struct town *const both[] = { OUD, NIEUW };
    char overdracht[UUID_SIZE];

    request(NIEUW, OUD, overdracht);
    json_decref(ask(OUD, call_overdracht_refuse,
                    rejection(overdracht, CODES[i].code, CODES[i].brings,
                              code->brings == AFWIJZING_BARE ? "" : "Waarom\r\n")));
    await_state(OUD, overdracht, afwijzing_ends(code) ? "afgewezen" : "gevraagd",
                CODES[i].reden);
    await_state(NIEUW, overdracht, afwijzing_ends(code) ? "afgewezen" : "verzocht",
                CODES[i].asker);
    for (size_t b = 0; b < 2; b++) {
        json_auto_t *show = NULL;
        const json_t *said = shown(both[b], overdracht, "afwijzing", &show);
        assert_string_equal(text_of(said, "code"), CODES[i].code);
        assert_string_equal(text_of(said, "betekenis"), code->meaning);
        assert_string_equal(text_of(said, "toelichting"),
                            code->brings == AFWIJZING_BARE ? "" : "Waarom");
    }
}

static void with_each_code_both_sides_end_agreed(void **state)
{
    size_t count = 0;

    while (AFWIJZING_CODES[count].name)
        count++;
    assert_int_equal(count, sizeof(CODES) / sizeof(CODES[0]));
    for (size_t i = 0; i < count; i++) {
        asking_fresh(state);
        assert_string_equal(AFWIJZING_CODES[i].name, CODES[i].code);
        try_code(i);
    }
}

static void what_is_under_way_still_comes_and_may_be_refused_later(void **state)
{
    char overdracht[UUID_SIZE];

    for (int round = 0; round < 2; round++) {
        asking_fresh(state);
        request(NIEUW, OUD, overdracht);
        reject(OUD, overdracht, "in-behandeling", "2026-12-01");
        reject(OUD, overdracht, "in-behandeling", "2026-12-24");
        await_state(NIEUW, overdracht, "verzocht", "in-behandeling: 2026-12-24");
        await_state(OUD, overdracht, "gevraagd", "in-behandeling: 2026-12-24");
        if (round == 0)
            json_decref(send_sample(OUD, NIEUW, NULL, NULL));
        else
            reject(OUD, overdracht, "geen-dossier", "");
        await_state(NIEUW, overdracht, round == 0 ? "ontvangen" : "afgewezen",
                    round == 0 ? "" : "geen-dossier");
        await_state(OUD, overdracht, round == 0 ? "bezorgd" : "afgewezen",
                    round == 0 ? "" : "geen-dossier");
    }
}

/* A refusal counts when it has come: until then it is still asked for, but not answered twice.
 */
static void a_refusal_that_waits_is_neither_doubled_nor_crossed(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    hold(OUD);
    json_auto_t *said =
        ask(OUD, call_overdracht_refuse, rejection(overdracht, "onbekend", "", ""));
    await_state(OUD, overdracht, "gevraagd", "onbekend");
    expect_no(OUD, call_overdracht_refuse, rejection(overdracht, "geen-dossier", "", ""),
              FAULT_STATE, "its refusal (onbekend) is under way");
    assert_null(send_sample(OUD, NIEUW, NULL, NULL));
    assert_non_null(strstr(fault.text, "its refusal (onbekend) is under way"));
    json_decref(
        ask(OUD, call_outbox_cancel, json_pack("{s:s}", "id", text_of(said, "bericht"))));
    await(OUD, "overdracht", overdracht,
          "state = 'gevraagd' AND reden LIKE 'onbekend; verzoekafwijzing cancelled: %'");
    await_state(NIEUW, overdracht, "verzocht", "");
    json_decref(send_sample(OUD, NIEUW, NULL, NULL));
    release(OUD);
    await_state(NIEUW, overdracht, "ontvangen", "");
    await_state(OUD, overdracht, "bezorgd", "");
}

static void what_is_no_refusal_changes_nothing(void **state)
{
    static const struct {
        const char *code, *brings, *text, *says;
    } CASES[] = {
        { "zomaar", "", "", "code: is none of " },
        { "dubbel", "", "", "there is nothing to refuse" },
        { "verhuisd", "", "", "code verhuisd needs a gemeentecode" },
        { "verhuisd", "Nergenshuizen", "", "gemeentecode: is not four digits" },
        { "onbekend", "0363", "", "a gemeentecode does not belong to code onbekend" },
        { "in-behandeling", "", "", "code in-behandeling needs a date" },
        { "in-behandeling", "2026-13-01", "", "expected: is not a date" },
        { "geen-dossier", "2026-12-01", "", "a date does not belong to code geen-dossier" },
        { "blokkade", "", "omdat", "code blokkade goes without a text" },
    };
    char overdracht[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    int64_t rows = town_count(OUD, "SELECT count(*) FROM outbox");
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        json_auto_t *result = town_ask(
            OUD, call_overdracht_refuse,
            rejection(overdracht, CASES[i].code, CASES[i].brings, CASES[i].text), &fault);
        if (result || !strstr(fault.text, CASES[i].says))
            fail_msg("%s: %s", CASES[i].code, result ? "accepted" : fault.text);
    }
    expect_no(NIEUW, call_overdracht_refuse, rejection(overdracht, "onbekend", "", ""),
              FAULT_STATE, "(ontvanger) is verzocht: there is no request to refuse");
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox"), rows);
    await_state(OUD, overdracht, "gevraagd", "");
    reject(OUD, overdracht, "onbekend", "");
    await_state(OUD, overdracht, "afgewezen", "onbekend");
    expect_no(OUD, call_overdracht_refuse, rejection(overdracht, "onbekend", "", ""),
              FAULT_STATE, "(verstrekker) is afgewezen: there is no request to refuse");
}

/* --- not asked --------------------------------------------------------------------------- */

static void what_is_no_request_is_not_made(void **state)
{
    static const struct {
        const char *gemeente, *bsn, *vnummer, *reason, *settled, *says;
        enum fault_code code;
    } CASES[] = {
        { "0310", BSN, "", "", "", "0310 is ourselves", FAULT_USAGE },
        { "De Bilt", BSN, "", "", "", "De Bilt is ourselves", FAULT_USAGE },
        { "00000099000000002000", BSN, "", "", "", "is ourselves", FAULT_USAGE },
        { "0999", BSN, "", "", "", "no peer fits '0999'", FAULT_UNKNOWN },
        { "0344", "", "", "", "", "bsn or vnummer is missing", FAULT_USAGE },
        { "0344", "999900032", "", "", "", "fails the 11-test", FAULT_USAGE },
        { "0344", "99990003", "", "", "", "bsn: is not nine digits", FAULT_USAGE },
        { "0344", "9999000310", "", "", "", "bsn: is too long", FAULT_USAGE },
        { "0344", "", "123", "", "", "vnummer: is not ten digits", FAULT_USAGE },
        { "0344", "", "00999912345", "", "", "vnummer: is too long", FAULT_USAGE },
        { "0344", BSN, "", "SS122", "", "SS122 is no ground for a request", FAULT_USAGE },
        { "0344", BSN, "", "anders", "", "reason anders needs a text", FAULT_USAGE },
        { "0344", BSN, "", "", "2-11-2026", "settled: is not a date", FAULT_USAGE },
        { "0344", BSN, "", "", "2026-02-30", "settled: is not a date", FAULT_USAGE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        expect_no(NIEUW, call_overdracht_request,
                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "gemeente", CASES[i].gemeente, "bsn",
                            CASES[i].bsn, "vnummer", CASES[i].vnummer, "reason",
                            CASES[i].reason, "settled", CASES[i].settled),
                  CASES[i].code, CASES[i].says);
        assert_null(strstr(fault.text, "99990003"));
    }
    assert_int_equal(handovers(NIEUW), 0);
}

/* --- how our own request ends ------------------------------------------------------------ */

static void a_request_that_never_left_ends_as_it_ended(void **state)
{
    static const struct {
        bool expire;
        const char *state, *reden;
    } CASES[] = {
        { true, "verlopen", "it was never tried: was the peer active?" },
        { false, "ingetrokken", "cancelled by an operator" },
    };

    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        asking_fresh(state);
        hold(NIEUW);
        json_auto_t *asked = asks(NIEUW, OUD->code);
        if (CASES[i].expire) {
            town_do(NIEUW, "UPDATE outbox SET expires = 1 WHERE state = 'queued'");
            couriers_wake(NIEUW->gateway.couriers);
        } else {
            json_decref(ask(NIEUW, call_outbox_cancel,
                            json_pack("{s:s}", "id", text_of(asked, "bericht"))));
        }
        await_state(NIEUW, text_of(asked, "overdracht"), CASES[i].state, CASES[i].reden);
        assert_int_equal(handovers(OUD), 0);
    }
}

/* What they have ended is not asked for under the same id. */
static void a_request_that_does_not_fit_there_is_refused_and_ends(void **state)
{
    SCOPED_DOSSIERVERZOEK struct dossierverzoek inhoud = { .bsn = BSN,
                                                           .grond =
                                                               dossierverzoek_grond("BRP") };
    SCOPED_XMLDOC xmlDoc *content = dossierverzoek_build(&inhoud);
    SCOPED_BUF struct buf back = { 0 };
    char overdracht[UUID_SIZE], id[UUID_SIZE];

    (void)state;
    request(NIEUW, OUD, overdracht);
    reject(OUD, overdracht, "onbekend", "");
    await_state(OUD, overdracht, "afgewezen", "onbekend");
    buf_addf(&back, "UPDATE overdracht SET state = 'verzocht', reden = '' WHERE id = '%s'",
             overdracht);
    town_do(NIEUW, buf_text(&back));
    const struct letter letter = { .soort = SOORT_DOSSIERVERZOEK,
                                   .overdracht_id = overdracht,
                                   .content = xmlDocGetRootElement(content) };
    town_queue(NIEUW, OUD, &letter, id);
    await(NIEUW, "outbox", overdracht,
          "soort = 'dossierverzoek' AND state = 'refused' AND reason LIKE 'toestand: %'");
    await(NIEUW, "overdracht", overdracht,
          "state = 'afgewezen' AND reden LIKE 'toestand: handover %'");
    await_state(OUD, overdracht, "afgewezen", "onbekend");
}

/* --- what is said stays inside ----------------------------------------------------------- */

static int files, hits;

static int look(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    SCOPED_BUF struct buf content = { 0 };

    (void)status, (void)place;
    if (kind != FTW_F || !file_read(path, 64u << 20, &content, &fault))
        return 0;
    files++;
    if (memmem(content.data, content.size, "Kanarie", 7)
        || memmem(content.data, content.size, OTHER_BSN, 9)
        || memmem(content.data, content.size, VNUMMER, 10)) {
        print_error("%s holds the canary\n", path);
        hits++;
    }
    return 0;
}

static void who_and_why_are_nowhere_to_be_found(void **state)
{
    SCOPED_BUF struct buf log = { 0 };
    struct town *const both[] = { OUD, NIEUW };

    (void)state;
    hush_start();
    json_auto_t *asked =
        ask(NIEUW, call_overdracht_request,
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "gemeente", OUD->code, "bsn", OTHER_BSN,
                      "vnummer", VNUMMER, "reason", "anders", "text", CANARY));
    const char *overdracht = text_of(asked, "overdracht");
    await_state(OUD, overdracht, "gevraagd", "");
    json_decref(
        ask(OUD, call_overdracht_refuse, rejection(overdracht, "geen-dossier", "", CANARY)));
    await_state(NIEUW, overdracht, "afgewezen", "geen-dossier");
    await_state(OUD, overdracht, "afgewezen", "geen-dossier");
    for (size_t i = 0; i < 2; i++) {
        json_auto_t *show = NULL, *again = NULL;
        assert_string_equal(
            text_of(shown(both[i], overdracht, "verzoek", &show), "toelichting"), CANARY);
        assert_string_equal(
            text_of(shown(both[i], overdracht, "afwijzing", &again), "toelichting"), CANARY);
        assert_int_equal(town_count(both[i],
                                    "SELECT count(*) FROM audit WHERE action = 'read'"
                                    " AND detail = 'verzoek' AND object = (SELECT max(id)"
                                    " FROM overdracht)"),
                         2);
        nftw(both[i]->folder, look, 16, FTW_PHYS);
    }
    hush_stop(&log);
    assert_non_null(strstr(buf_text(&log), "soort=dossierverzoek"));
    assert_null(strstr(buf_text(&log), "Kanarie"));
    assert_null(strstr(buf_text(&log), OTHER_BSN));
    assert_null(strstr(buf_text(&log), VNUMMER));
    assert_true(files > 20);
    assert_int_equal(hits, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(who_and_why_are_nowhere_to_be_found),
        FRESH(what_is_asked_for_is_given_and_taken_over),
        FRESH(a_dossier_without_reply_to_answers_what_is_asked),
        FRESH(who_has_a_v_nummer_only_is_found_by_it),
        FRESH(a_municipality_that_merged_is_asked_at_its_successor),
        FRESH(who_moved_back_is_asked_for_where_they_went),
        FRESH(with_each_code_both_sides_end_agreed),
        FRESH(what_is_under_way_still_comes_and_may_be_refused_later),
        FRESH(a_refusal_that_waits_is_neither_doubled_nor_crossed),
        FRESH(what_is_no_refusal_changes_nothing),
        FRESH(what_is_no_request_is_not_made),
        FRESH(a_request_that_never_left_ends_as_it_ended),
        FRESH(a_request_that_does_not_fit_there_is_refused_and_ends),
    };

    return cmocka_run_group_tests(tests, asking_start, asking_stop);
}
