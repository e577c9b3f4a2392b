/* A dossier that is not taken over: both sides agree on what became of it and why, what is
 * returned can come again, and the words in which it was refused are read only by who asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/weigering.h"
#include "codecs/xmldoc.h"
#include "gateway/courier.h"
#include "peers/file.h"
#include "codecs/receipt.h"
#include "tests/hostile/hush.h"
#include "tests/sample.h"
#include "tests/scenario/fake.h"

#define SECONDS 30 /* longest wait for anything: a limit, not a pause */
#define CANARY "Kanariepiet zegt: bel 06-99900031"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = "0141", .naam = "Ander", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1], *const ANDER = &TOWNS[2];
static struct fault fault;

/* --- asking and looking ------------------------------------------------------------------ */

/* What must go well; the caller's. */
static json_t *ask(struct town *town, call_handler *handler, json_t *arguments)
{
    json_t *result = town_ask(town, handler, arguments, &fault);

    if (!result)
        fail_msg("%s: %s", town->naam, fault.text);
    return result;
}

static void expect_no(struct town *town, call_handler *handler, json_t *arguments,
                      enum fault_code code, const char *says)
{
    json_auto_t *result = town_ask(town, handler, arguments, &fault);

    if (result || fault.code != code || !strstr(fault.text, says))
        fail_msg("expected \"%s\", got \"%s\"", says, result ? "a result" : fault.text);
}

static json_t *refusal(const char *id, const char *code, const char *parts, const char *text)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "id", id, "code", code, "parts", parts, "text",
                     text);
}

static void await(struct town *town, const char *table, const char *overdracht,
                  const char *condition)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM %s WHERE %s = '%s' AND %s", table,
             strcmp(table, "overdracht") == 0 ? "id" : "overdracht", overdracht, condition);
    if (!town_wait(town, buf_text(&query), 1, SECONDS))
        fail_msg("%s: not so within %d seconds: %s", town->naam, SECONDS, buf_text(&query));
}

static void await_state(struct town *town, const char *overdracht, const char *state,
                        const char *reden)
{
    SCOPED_BUF struct buf condition = { 0 };

    buf_addf(&condition, "state = '%s' AND reden = '%s'", state, reden);
    await(town, "overdracht", overdracht, buf_text(&condition));
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* The nth message that holds a weigering, of `overdracht.show`; borrowed. */
static const json_t *shown_refusal(const json_t *show, size_t nth)
{
    const json_t *messages = json_object_get(show, "messages");

    for (size_t i = 0; i < json_array_size(messages); i++) {
        const json_t *found = json_object_get(json_array_get(messages, i), "weigering");
        if (found && nth-- == 0)
            return found;
    }
    return NULL;
}

/* Sends the sample with one text replaced, through the requests a client makes. */
static json_t *send_to(const char *peer, const char *from, const char *to,
                       const char *reply_to)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(sample, from, to);
    SCOPED_BUF struct buf encoded = { 0 };
    char file[UUID_SIZE];

    uuid_v4(file);
    base64_encode(text, strlen(text), &encoded);
    json_decref(ask(
        OUD, call_upload,
        json_pack("{s:s, s:i, s:s}", "file", file, "offset", 0, "data", buf_text(&encoded))));
    return town_ask(
        OUD, call_overdracht_send,
        json_pack("{s:s, s:s, s:s*}", "file", file, "to", peer, "reply_to", reply_to), &fault);
}

static json_t *send_changed(const char *from, const char *to, const char *reply_to)
{
    return send_to(NIEUW->code, from, to, reply_to);
}

/* A dossier of OUD that has come to NIEUW. */
static void hand_in(char overdracht[UUID_SIZE])
{
    town_send(OUD, NIEUW, overdracht);
    await(NIEUW, "overdracht", overdracht, "state = 'ontvangen'");
}

/* --- each code --------------------------------------------------------------------------- */

static void try_code(const struct weigering_code *code)
{
    const char *parts = code->needs_parts ? "duo pip" : "";
    char overdracht[UUID_SIZE], reden[64];
    struct town *const both[] = { OUD, NIEUW };

    hand_in(overdracht);
    json_auto_t *result = ask(NIEUW, call_overdracht_refuse,
                              refusal(overdracht, code->name, parts, "Waarom\r\n"));
    snprintf(reden, sizeof(reden), "%s%s", code->name, code->needs_parts ? ": pip, duo" : "");
    assert_string_equal(text_of(result, "state"),
                        code->needs_parts ? "verzocht" : "geweigerd");
    assert_string_equal(text_of(result, "reden"), reden);
    assert_string_equal(text_of(json_object_get(result, "peer"), "naam"), "Oud");
    await_state(NIEUW, overdracht, code->needs_parts ? "verzocht" : "geweigerd", reden);
    await_state(OUD, overdracht, code->needs_parts ? "gevraagd" : "geweigerd", reden);
    await(NIEUW, "outbox", overdracht, "soort = 'weigering' AND state = 'delivered'");
    for (size_t i = 0; i < 2; i++) {
        json_auto_t *show =
            ask(both[i], call_overdracht_show, json_pack("{s:s}", "id", overdracht));
        const json_t *shown = shown_refusal(show, 0);
        assert_string_equal(text_of(shown, "code"), code->name);
        assert_string_equal(text_of(shown, "betekenis"), code->meaning);
        assert_string_equal(text_of(shown, "toelichting"), "Waarom");
        assert_int_equal(json_array_size(json_object_get(shown, "onderdelen")),
                         code->needs_parts ? 2 : 0);
        assert_null(shown_refusal(show, 1));
    }
}

static void with_each_code_both_sides_end_agreed(void **state)
{
    (void)state;
    for (const struct weigering_code *code = WEIGERING_CODES; code->name; code++)
        try_code(code);
}

static void what_is_no_refusal_changes_nothing(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    hand_in(overdracht);
    expect_no(NIEUW, call_overdracht_refuse, refusal(overdracht, "zomaar", "", ""),
              FAULT_USAGE, "code: is none of verkeerde-persoon, ");
    expect_no(NIEUW, call_overdracht_refuse, refusal(overdracht, "onvolledig", "", ""),
              FAULT_USAGE, "code onvolledig needs at least one part");
    expect_no(NIEUW, call_overdracht_refuse, refusal(overdracht, "anders", "", " \n"),
              FAULT_USAGE, "code anders needs a text");
    expect_no(NIEUW, call_overdracht_refuse, refusal("ffff", "dubbel", "", ""), FAULT_UNKNOWN,
              "no handover ffff");
    expect_no(OUD, call_overdracht_refuse, refusal(overdracht, "dubbel", "", ""), FAULT_STATE,
              "there is nothing to refuse");
    await_state(NIEUW, overdracht, "ontvangen", "");
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox WHERE soort = 'weigering'"),
                     0);
    json_decref(ask(NIEUW, call_overdracht_refuse, refusal(overdracht, "dubbel", "", "")));
    expect_no(NIEUW, call_overdracht_refuse, refusal(overdracht, "dubbel", "", ""),
              FAULT_STATE, "(ontvanger) is geweigerd: there is nothing to refuse");
    expect_no(NIEUW, call_overdracht_accept, json_pack("{s:s}", "id", overdracht), FAULT_STATE,
              "(ontvanger) is geweigerd: there is nothing to accept");
    await_state(OUD, overdracht, "geweigerd", "dubbel");
}

/* --- returned, and sent again ------------------------------------------------------------ */

static void expect_dossier_with(struct town *town, const char *overdracht, const char *word)
{
    SCOPED_BUF struct buf content = { 0 };
    json_auto_t *piece =
        ask(town, call_overdracht_file,
            json_pack("{s:s, s:s, s:i}", "id", overdracht, "what", "dossier", "offset", 0));

    assert_true(base64_decode(text_of(piece, "data"), &content, &fault));
    if (!strstr(buf_text(&content), word))
        fail_msg("%s: the dossier has no %s", town->naam, word);
}

static void what_was_returned_is_sent_again_and_taken_over(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    hand_in(overdracht);
    for (int round = 0; round < 2; round++) {
        const char *name = round == 0 ? "Eerstekeer" : "Tweedekeer";
        json_decref(ask(NIEUW, call_overdracht_refuse,
                        refusal(overdracht, "onvolledig", "pip", name)));
        await_state(OUD, overdracht, "gevraagd", "onvolledig: pip");
        json_auto_t *sent = send_changed("Proefpersoon", name, overdracht);
        if (!sent)
            fail_msg("%s", fault.text);
        assert_string_equal(text_of(sent, "overdracht"), overdracht);
        await_state(OUD, overdracht, "bezorgd", "");
        await_state(NIEUW, overdracht, "ontvangen", "");
        expect_dossier_with(NIEUW, overdracht, name);
        expect_dossier_with(OUD, overdracht, name);
    }
    json_decref(ask(NIEUW, call_overdracht_accept, json_pack("{s:s}", "id", overdracht)));
    await_state(NIEUW, overdracht, "overgenomen", "");
    await_state(OUD, overdracht, "overgenomen", "");
    json_auto_t *show = ask(OUD, call_overdracht_show, json_pack("{s:s}", "id", overdracht));
    assert_non_null(strstr(text_of(show, "naam"), "Tweedekeer"));
    assert_non_null(shown_refusal(show, 1));
    await(OUD, "inbox", overdracht, "soort = 'overname' AND code = ''");
    /* one handover, six messages: three dossiers, two refusals, one overname */
    assert_int_equal(json_array_size(json_object_get(show, "messages")), 6);
}

/* What the messages say they answer: a refusal the dossier, the new dossier the refusal. */
static void each_answer_names_what_it_answers(void **state)
{
    SCOPED_BUF struct buf content = { 0 };
    char overdracht[UUID_SIZE], asking[UUID_SIZE + 32];

    (void)state;
    hand_in(overdracht);
    json_auto_t *refused =
        ask(NIEUW, call_overdracht_refuse, refusal(overdracht, "onvolledig", "pip", ""));
    await_state(OUD, overdracht, "gevraagd", "onvolledig: pip");
    /* found by the id of the refusal too */
    json_decref(send_changed("Proefpersoon", "Nogeens", text_of(refused, "bericht")));
    await_state(NIEUW, overdracht, "ontvangen", "");
    json_auto_t *piece =
        ask(NIEUW, call_overdracht_file,
            json_pack("{s:s, s:s, s:i}", "id", overdracht, "what", "bericht", "offset", 0));
    assert_true(base64_decode(text_of(piece, "data"), &content, &fault));
    snprintf(asking, sizeof(asking), "<antwoordOp>%s</antwoordOp>",
             text_of(refused, "bericht"));
    assert_non_null(strstr(buf_text(&content), asking));
}

static void only_what_was_asked_for_is_answered(void **state)
{
    char overdracht[UUID_SIZE];

    (void)state;
    hand_in(overdracht);
    await_state(OUD, overdracht, "bezorgd", "");
    assert_null(send_changed("Proefpersoon", "Ander", overdracht));
    assert_string_equal(strstr(fault.text, "(verstrekker)"),
                        "(verstrekker) is bezorgd: no dossier is asked for there");
    json_decref(
        ask(NIEUW, call_overdracht_refuse, refusal(overdracht, "onvolledig", "duo", "")));
    await_state(OUD, overdracht, "gevraagd", "onvolledig: duo");
    int64_t rows = town_count(OUD, "SELECT count(*) FROM outbox");
    assert_null(send_changed("<bsn>999900031</bsn>", "<bsn>999900043</bsn>", overdracht));
    assert_int_equal(fault.code, FAULT_STATE);
    assert_non_null(strstr(fault.text, "is not about the person of handover"));
    assert_null(strstr(fault.text, "9999000"));
    assert_null(send_to(ANDER->code, "Proefpersoon", "Ander", overdracht));
    assert_int_equal(fault.code, FAULT_STATE);
    assert_non_null(strstr(fault.text, "is with 0310 (00000099000000002000), not with 0141"));
    assert_null(send_changed("Proefpersoon", "Ander", "ffff"));
    assert_int_equal(fault.code, FAULT_UNKNOWN);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox"), rows);
    await_state(OUD, overdracht, "gevraagd", "onvolledig: duo");
}

/* What the other side refuses at its door it still asks for. */
static void a_second_dossier_that_is_refused_by_receipt_is_still_asked_for(void **state)
{
    char overdracht[UUID_SIZE], id[UUID_SIZE];
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(sample, "999900031", "999900043");
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    (void)state;
    hand_in(overdracht);
    json_decref(
        ask(NIEUW, call_overdracht_refuse, refusal(overdracht, "onvolledig", "duo", "")));
    await_state(OUD, overdracht, "gevraagd", "onvolledig: duo");
    /* about somebody else, past our own check */
    assert_true(xmldoc_parse(text, strlen(text), &doc, &fault));
    const struct letter letter = { .soort = SOORT_DOSSIER,
                                   .overdracht_id = overdracht,
                                   .content = xmlDocGetRootElement(doc) };
    SCOPED_BUF struct buf moved = { 0 };
    buf_addf(&moved, "UPDATE overdracht SET state = 'verzonden' WHERE id = '%s'", overdracht);
    town_do(OUD, buf_text(&moved));
    town_queue(OUD, NIEUW, &letter, id);
    await(OUD, "outbox", overdracht,
          "state = 'refused' AND reason LIKE 'toestand: this is not%'");
    await(OUD, "overdracht", overdracht,
          "state = 'gevraagd' AND reden LIKE 'toestand: this%'");
    await_state(NIEUW, overdracht, "verzocht", "onvolledig: duo");
    json_auto_t *sent = send_changed("Proefpersoon", "Goed", overdracht);
    assert_non_null(sent);
    await_state(NIEUW, overdracht, "ontvangen", "");
}

/* The dossier came and was refused, but its receipt was lost on the way. */
static void a_refusal_may_overtake_the_receipt(void **state)
{
    static const struct lie LOST = { .status = 500, .keep = true };
    char overdracht[UUID_SIZE];

    (void)state;
    town_stop(NIEUW);
    town_open(NIEUW);
    struct fake *fake = fake_start(NIEUW);
    fake_tell(fake, &LOST);
    town_send(OUD, NIEUW, overdracht);
    await(NIEUW, "overdracht", overdracht, "state = 'ontvangen'");
    await(OUD, "outbox", overdracht, "state = 'queued' AND attempts > 0");
    town_do(OUD, "UPDATE outbox SET next_try = 9000000000 WHERE state = 'queued'");
    fake_stop(fake);
    town_stop(NIEUW);
    town_start(NIEUW);
    json_decref(
        ask(NIEUW, call_overdracht_refuse, refusal(overdracht, "onvolledig", "pip", "")));
    await_state(OUD, overdracht, "gevraagd", "onvolledig: pip");
    await(OUD, "outbox", overdracht, "state = 'queued'");
    json_decref(send_changed("Proefpersoon", "Tweede", overdracht));
    await_state(OUD, overdracht, "verzonden", "");
    /* the first goes first, and its receipt says nothing of the second */
    await(OUD, "outbox", overdracht, "attempts = 0 AND state = 'queued'");
    town_do(OUD, "UPDATE outbox SET next_try = 0");
    couriers_wake(OUD->gateway.couriers);
    await_state(OUD, overdracht, "bezorgd", "");
    await_state(NIEUW, overdracht, "ontvangen", "");
    expect_dossier_with(NIEUW, overdracht, "Tweede");
    assert_int_equal(
        town_count(OUD,
                   "SELECT count(*) FROM outbox WHERE state NOT IN ('delivered', 'refused')"),
        0);
}

/* --- refusals that do not fit ------------------------------------------------------------ */

/* A weigering that the daemon itself would not send. */
static void queue_refusal(struct town *from, struct town *to, const char *overdracht,
                          const char *answers)
{
    SCOPED_WEIGERING struct weigering weigering = { 0 };
    char id[UUID_SIZE];

    assert_true(weigering_parse("dubbel", "", "", &weigering, &fault));
    SCOPED_XMLDOC xmlDoc *content = weigering_build(&weigering);
    const struct letter letter = { .soort = SOORT_WEIGERING,
                                   .overdracht_id = overdracht,
                                   .antwoord_op = answers,
                                   .content = xmlDocGetRootElement(content) };
    town_queue(from, to, &letter, id);
}

static void message_id(struct town *town, const char *overdracht, char id[UUID_SIZE])
{
    json_auto_t *show = ask(town, call_overdracht_show, json_pack("{s:s}", "id", overdracht));
    const json_t *message = json_array_get(json_object_get(show, "messages"), 0);

    snprintf(id, UUID_SIZE, "%s", text_of(message, "id"));
}

static void a_refusal_that_crosses_a_taking_over_changes_nothing(void **state)
{
    char overdracht[UUID_SIZE], dossier[UUID_SIZE];

    (void)state;
    hand_in(overdracht);
    message_id(NIEUW, overdracht, dossier);
    json_decref(ask(NIEUW, call_overdracht_accept, json_pack("{s:s}", "id", overdracht)));
    expect_no(NIEUW, call_overdracht_refuse, refusal(overdracht, "dubbel", "", ""),
              FAULT_STATE, "(ontvanger) is overgenomen: there is nothing to refuse");
    queue_refusal(NIEUW, OUD, overdracht, dossier);
    await(NIEUW, "outbox", overdracht,
          "soort = 'weigering' AND state = 'refused' AND reason LIKE 'toestand: handover %'");
    await_state(OUD, overdracht, "overgenomen", "");
    await(OUD, "inbox", overdracht, "soort = 'weigering' AND code = 'toestand'");
    await(NIEUW, "overdracht", overdracht,
          "state = 'overgenomen' AND reden LIKE 'weigering refused: toestand: %'");
    json_auto_t *listed = ask(NIEUW, call_outbox_list, json_object());
    const json_t *newest = json_array_get(json_object_get(listed, "outbox"), 0);
    assert_string_equal(text_of(newest, "betekenis"), receipt_meaning("toestand"));
}

static void who_gave_the_dossier_cannot_refuse_it_for_the_other(void **state)
{
    char overdracht[UUID_SIZE], dossier[UUID_SIZE];

    (void)state;
    hand_in(overdracht);
    await_state(OUD, overdracht, "bezorgd", "");
    message_id(OUD, overdracht, dossier);
    queue_refusal(OUD, NIEUW, overdracht, dossier);
    await(OUD, "outbox", overdracht,
          "soort = 'weigering' AND state = 'refused'"
          " AND reason = 'toestand: weigering: this side received the dossier'");
    await_state(NIEUW, overdracht, "ontvangen", "");
    await(OUD, "overdracht", overdracht, "state = 'bezorgd'");
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
    if (memmem(content.data, content.size, "Kanarie", 7)) {
        print_error("%s holds the canary\n", path);
        hits++;
    }
    return 0;
}

static void the_words_of_a_refusal_are_nowhere_to_be_found(void **state)
{
    static const char *const QUERIES[] = {
        "SELECT count(*) FROM audit WHERE instr(detail, 'Kanarie')",
        "SELECT count(*) FROM overdracht WHERE instr(reden, 'Kanarie')",
        "SELECT count(*) FROM outbox WHERE instr(reason, 'Kanarie')",
        "SELECT count(*) FROM request WHERE instr(reply, 'Kanarie')",
    };
    SCOPED_BUF struct buf log = { 0 };
    char overdracht[UUID_SIZE];
    struct town *const both[] = { OUD, NIEUW };

    (void)state;
    hand_in(overdracht);
    hush_start();
    json_decref(ask(NIEUW, call_overdracht_refuse, refusal(overdracht, "anders", "", CANARY)));
    await_state(OUD, overdracht, "geweigerd", "anders");
    await(NIEUW, "outbox", overdracht, "soort = 'weigering' AND state = 'delivered'");
    for (size_t i = 0; i < 2; i++) {
        json_auto_t *show =
            ask(both[i], call_overdracht_show, json_pack("{s:s}", "id", overdracht));
        assert_string_equal(text_of(shown_refusal(show, 0), "toelichting"), CANARY);
        await(both[i], "(SELECT *, object AS overdracht FROM audit)", overdracht,
              "action = 'read' AND detail = 'weigering'");
        for (size_t q = 0; q < sizeof(QUERIES) / sizeof(QUERIES[0]); q++)
            assert_int_equal(town_count(both[i], QUERIES[q]), 0);
        nftw(both[i]->folder, look, 16, FTW_PHYS);
    }
    hush_stop(&log);
    assert_non_null(strstr(buf_text(&log), "soort=weigering"));
    assert_null(strstr(buf_text(&log), "Kanarie"));
    assert_true(files > 20);
    assert_int_equal(hits, 0);
}

static int start(void **state)
{
    (void)state;
    town_install();
    town_gather(TOWNS, COUNT, COUNT);
    for (size_t i = 0; i < 2; i++) {
        town_stop(&TOWNS[i]);
        town_start(&TOWNS[i]);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    hush_stop(&(struct buf){ 0 });
    town_scatter(TOWNS, COUNT);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_refusal_changes_nothing),
        cmocka_unit_test(with_each_code_both_sides_end_agreed),
        cmocka_unit_test(what_was_returned_is_sent_again_and_taken_over),
        cmocka_unit_test(each_answer_names_what_it_answers),
        cmocka_unit_test(only_what_was_asked_for_is_answered),
        cmocka_unit_test(a_second_dossier_that_is_refused_by_receipt_is_still_asked_for),
        cmocka_unit_test(a_refusal_may_overtake_the_receipt),
        cmocka_unit_test(a_refusal_that_crosses_a_taking_over_changes_nothing),
        cmocka_unit_test(who_gave_the_dossier_cannot_refuse_it_for_the_other),
        cmocka_unit_test(the_words_of_a_refusal_are_nowhere_to_be_found),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
