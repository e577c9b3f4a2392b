/* Every code of the closed lists, between municipalities that run: where it leaves both sides,
 * what `show` tells about it, and what the list of what must be done asks of whom. The tables
 * are held to the codecs' own lists: a new code without a row fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/afwijzing.h"
#include "codecs/base/mem.h"
#include "codecs/intrekking.h"
#include "codecs/weigering.h"
#include "tests/scenario/crossroads.h"

#define TEXT "Woorden"

/* Where it leaves one side; what must be done there ("": nothing), and by when ("": whenever).
 */
struct leaves {
    const char *state, *reden, *wat, *uiterlijk;
};

/* --- looking ----------------------------------------------------------------------------- */

/* The words of that kind of message as `show` has them (borrowed from *show); NULL: none. */
static const json_t *said(struct town *town, const char *overdracht, const char *member,
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

static void expect_said(struct town *town, const char *overdracht, const char *member,
                        const char *code, const char *meaning)
{
    json_auto_t *show = NULL;
    const json_t *words = said(town, overdracht, member, &show);

    assert_non_null(words);
    assert_string_equal(text_of(words, "code"), code);
    assert_string_equal(text_of(words, "betekenis"), meaning);
}

/* What is to be done in that handover, of the whole list. */
static void expect_attention(struct town *town, const char *overdracht,
                             const struct leaves *leaves)
{
    json_auto_t *list = ask(town, call_overdracht_list, json_pack("{s:s}", "attention", "ja"));
    const json_t *items = json_object_get(list, "aandacht");
    size_t found = 0;

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        if (strcmp(text_of(item, "overdracht"), overdracht) != 0)
            continue;
        found++;
        if (strcmp(text_of(item, "wat"), leaves->wat) != 0)
            fail_msg("%s (%s): %s is to be done", town->naam, leaves->reden,
                     text_of(item, "wat"));
        assert_string_equal(text_of(item, "wie"), "wij");
        assert_string_not_equal(text_of(item, "doen"), "");
        if (*leaves->uiterlijk)
            assert_string_equal(text_of(item, "uiterlijk"), leaves->uiterlijk);
    }
    if (found != (*leaves->wat ? 1u : 0u))
        fail_msg("%s (%s): %zu things are to be done", town->naam, leaves->reden, found);
}

static void expect_left(struct town *other, const char *overdracht, const struct leaves *old,
                        const struct leaves *new)
{
    expect_both(other, overdracht, (struct stands){ old->state, old->reden },
                (struct stands){ new->state, new->reden });
    rests(OUD);
    rests(other);
    expect_attention(OUD, overdracht, old);
    expect_attention(other, overdracht, new);
}

/* --- a request that is refused ----------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *code, *brings;
    struct leaves old, new;
} AFWIJZINGEN[] = {
    { "onbekend", "", { "afgewezen", "onbekend", "", "" },
                      { "afgewezen", "onbekend", "niet-gekregen", "" } },
    { "verhuisd", "0363", { "afgewezen", "verhuisd: 0363", "", "" },
                          { "afgewezen", "verhuisd: 0363", "", "" } },
    { "geen-dossier", "", { "afgewezen", "geen-dossier", "", "" },
                          { "afgewezen", "geen-dossier", "niet-gekregen", "" } },
    { "niet-bevoegd", "", { "afgewezen", "niet-bevoegd", "", "" },
                          { "afgewezen", "niet-bevoegd", "niet-gekregen", "" } },
    { "blokkade", "", { "afgewezen", "blokkade", "", "" },
                      { "afgewezen", "blokkade", "niet-gekregen", "" } },
    { "in-behandeling", "2099-12-31",
      { "gevraagd", "in-behandeling: 2099-12-31", "belofte-van-ons", "2099-12-31" },
      { "verzocht", "in-behandeling: 2099-12-31", "", "" } },
};
/* clang-format on */

/* Of somebody on a block list nothing is told, in no field, but whom to call. */
static void expect_nothing_but_whom_to_call(const char *overdracht)
{
    static const char *const MEMBERS[] = { "toelichting", "gemeentecode", "gemeente",
                                           "verwachtOp" };
    json_auto_t *show = NULL;
    const json_t *words = said(NIEUW, overdracht, "afwijzing", &show);

    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++)
        assert_string_equal(text_of(words, MEMBERS[i]), "");
    assert_non_null(strstr(text_of(words, "betekenis"), "belt de contactpersoon"));
}

/* Asked on by itself, in a handover of its own; back where it came from it is not. */
static void expect_asked_on(const char *before)
{
    SCOPED_BUF struct buf after = { 0 };
    json_t *refused;

    buf_addf(&after, "SELECT count(*) FROM overdracht WHERE na = '%s' AND state = 'verzocht'",
             before);
    assert_true(town_wait(NIEUW, buf_text(&after), 1, SECONDS));
    assert_true(town_wait(DERDE,
                          "SELECT count(*) FROM overdracht WHERE state = 'gevraagd'"
                          " AND bsn_index IS NOT NULL",
                          1, SECONDS));
    json_auto_t *list = ask(DERDE, call_overdracht_list, json_object());
    const json_t *first = json_array_get(json_object_get(list, "overdrachten"), 0);
    expect_attention(DERDE, text_of(first, "id"),
                     &(struct leaves){ "gevraagd", "", "antwoord-van-ons", "" });
    refused = ask(DERDE, call_overdracht_refuse,
                  rejection(text_of(first, "id"), "verhuisd", OUD->code, ""));
    json_decref(refused);
    await(NIEUW, "overdracht", text_of(first, "id"),
          "state = 'afgewezen' AND reden LIKE '%the search goes in a circle'");
    assert_int_equal(handovers(OUD), 1);
}

static void reject_with(size_t i)
{
    const struct afwijzing_code *code = &AFWIJZING_CODES[i];
    char overdracht[UUID_SIZE];

    assert_string_equal(AFWIJZINGEN[i].code, code->name);
    asks_for(NIEUW, overdracht);
    expect_left(NIEUW, overdracht, &(struct leaves){ "gevraagd", "", "antwoord-van-ons", "" },
                &(struct leaves){ "verzocht", "", "", "" });
    json_decref(ask(OUD, call_overdracht_refuse,
                    rejection(overdracht, code->name, AFWIJZINGEN[i].brings,
                              code->brings == AFWIJZING_BARE ? "" : TEXT)));
    if (code->brings == AFWIJZING_GEMEENTE)
        expect_asked_on(overdracht);
    expect_left(NIEUW, overdracht, &AFWIJZINGEN[i].old, &AFWIJZINGEN[i].new);
    expect_said(OUD, overdracht, "afwijzing", code->name, code->meaning);
    expect_said(NIEUW, overdracht, "afwijzing", code->name, code->meaning);
    if (code->brings == AFWIJZING_BARE)
        expect_nothing_but_whom_to_call(overdracht);
}

static void each_refusal_of_a_request(void **state)
{
    size_t count = sizeof(AFWIJZINGEN) / sizeof(AFWIJZINGEN[0]);

    for (size_t i = 0; i < count; i++) {
        crossroads_fresh(state);
        reject_with(i);
    }
    assert_null(AFWIJZING_CODES[count].name);
}

/* --- a dossier that is refused ----------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *code, *parts;
    struct leaves old, new;
} WEIGERINGEN[] = {
    { "verkeerde-persoon", "", { "geweigerd", "verkeerde-persoon", "niet-overgenomen", "" },
                               { "geweigerd", "verkeerde-persoon", "", "" } },
    { "geen-inwoner", "", { "geweigerd", "geen-inwoner", "niet-overgenomen", "" },
                          { "geweigerd", "geen-inwoner", "", "" } },
    { "onvolledig", "pip duo",
      { "gevraagd", "onvolledig: pip, duo", "antwoord-van-ons", "" },
      { "verzocht", "onvolledig: pip, duo", "", "" } },
    { "onleesbaar-document", "",
      { "geweigerd", "onleesbaar-document", "niet-overgenomen", "" },
      { "geweigerd", "onleesbaar-document", "", "" } },
    { "dubbel", "", { "geweigerd", "dubbel", "", "" }, { "geweigerd", "dubbel", "", "" } },
    { "anders", "", { "geweigerd", "anders", "niet-overgenomen", "" },
                    { "geweigerd", "anders", "", "" } },
};
/* clang-format on */

/* Which parts is said to both, and the new dossier comes in the same handover. */
static void send_again(const char *overdracht)
{
    char again[UUID_SIZE];
    json_auto_t *show = NULL;
    const json_t *words = said(OUD, overdracht, "weigering", &show);

    assert_int_equal(json_array_size(json_object_get(words, "onderdelen")), 2);
    sends(NIEUW, again);
    assert_string_equal(again, overdracht);
    expect_left(NIEUW, overdracht, &(struct leaves){ "bezorgd", "", "", "" },
                &(struct leaves){ "ontvangen", "", "besluit-van-ons", "" });
    accepts(NIEUW, overdracht);
    expect_left(NIEUW, overdracht, &(struct leaves){ "overgenomen", "", "", "" },
                &(struct leaves){ "overgenomen", "", "", "" });
}

static void refuse_with(size_t i)
{
    const struct weigering_code *code = &WEIGERING_CODES[i];
    char overdracht[UUID_SIZE];

    assert_string_equal(WEIGERINGEN[i].code, code->name);
    sends(NIEUW, overdracht);
    expect_left(NIEUW, overdracht, &(struct leaves){ "bezorgd", "", "", "" },
                &(struct leaves){ "ontvangen", "", "besluit-van-ons", "" });
    json_decref(ask(NIEUW, call_overdracht_refuse,
                    json_pack("{s:s, s:s, s:s, s:s}", "id", overdracht, "code", code->name,
                              "parts", WEIGERINGEN[i].parts, "text", TEXT)));
    expect_left(NIEUW, overdracht, &WEIGERINGEN[i].old, &WEIGERINGEN[i].new);
    expect_said(OUD, overdracht, "weigering", code->name, code->meaning);
    expect_said(NIEUW, overdracht, "weigering", code->name, code->meaning);
    if (code->needs_parts)
        send_again(overdracht);
}

static void each_refusal_of_a_dossier(void **state)
{
    size_t count = sizeof(WEIGERINGEN) / sizeof(WEIGERINGEN[0]);

    for (size_t i = 0; i < count; i++) {
        crossroads_fresh(state);
        refuse_with(i);
    }
    assert_null(WEIGERING_CODES[count].name);
}

/* --- a withdrawal ------------------------------------------------------------------------ */

static const char *const INTREKKINGEN[] = { "verkeerde-persoon", "verkeerde-ontvanger",
                                            "geen-grondslag", "onjuist", "anders" };

static void withdraw_with(const struct intrekking_code *code, bool request)
{
    char overdracht[UUID_SIZE];
    struct town *who = request ? NIEUW : OUD;
    const struct leaves done = { "ingetrokken", code->name, "", "" };
    const struct leaves clear = { "ingetrokken", code->name, "intrekking", "" };

    if (request)
        ask_for_it(overdracht);
    else
        hand_in(overdracht);
    json_decref(ask(who, call_overdracht_withdraw,
                    json_pack("{s:s, s:s, s:s}", "id", overdracht, "code", code->name, "text",
                              code->needs_text ? TEXT : "")));
    expect_left(NIEUW, overdracht, &done, request ? &done : &clear);
    expect_said(who, overdracht, "intrekking", code->name, code->meaning);
    if (request)
        expect_said(OUD, overdracht, "intrekking", code->name, code->meaning);
    assert_int_equal(handovers(NIEUW), request ? 1 : 0); /* what came is deleted */
}

static void each_withdrawal_of_both_kinds(void **state)
{
    size_t count = sizeof(INTREKKINGEN) / sizeof(INTREKKINGEN[0]);

    for (size_t i = 0; i < 2 * count; i++) {
        crossroads_fresh(state);
        assert_string_equal(INTREKKINGEN[i / 2], INTREKKING_CODES[i / 2].name);
        withdraw_with(&INTREKKING_CODES[i / 2], i % 2 == 1);
    }
    assert_null(INTREKKING_CODES[count].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_refusal_of_a_request),
        cmocka_unit_test(each_refusal_of_a_dossier),
        cmocka_unit_test(each_withdrawal_of_both_kinds),
    };

    return cmocka_run_group_tests(tests, crossroads_start, crossroads_stop);
}
