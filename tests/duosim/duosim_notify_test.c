/* Notifications: to whom, of what, once, until they are taken, and in what bad ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "tests/duosim/receiver.h"

#define PIP "{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\"}"
#define PIPS "[{\"gemeentecode\":\"0141\",\"geregistreerd\":\"2024-03-01\",\"pip\":" PIP "}]"

struct told {
    const char *gemeente, *code;
};

/* The commands, and who hears what, in this order. */
static const struct {
    const char *before, *command;
    struct told told[3];
} MOVES[] = {
    { "persons", "move " BSN " 0344", { { UTRECHT, "SS120" }, { ALMELO, "SS122" } } },
    { "set " BSN " pips " PIPS,
      "move " BSN " 0344",
      { { UTRECHT, "SS121" }, { ALMELO, "SS122" } } },
    { "coa " BSN " 0141", "move " BSN " 0141", { { ALMELO, "SS139" } } },
    { "coa " BSN " 0141", "move " BSN " 0344", { { UTRECHT, "SS120" }, { ALMELO, "SS122" } } },
    { "coa " BSN " 0141", "coa " BSN " 0344", { { UTRECHT, "SS120" }, { ALMELO, "SS122" } } },
    { "persons", "coa " BSN " 0141", { { 0 } } },
    { "persons", "abroad " BSN, { { ALMELO, "SS123" } } },
    { "persons", "event " BSN " SS199", { { ALMELO, "SS199" } } },
    { "persons", "event " BSN " SS102 0193", { { ZWOLLE, "SS102" } } },
};

static const char *member(const json_t *line, const char *name)
{
    return json_string_value(json_object_get(line, name));
}

static void a_move_tells_the_new_one_and_the_old_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(MOVES) / sizeof(MOVES[0]); i++) {
        asker_start(NULL);
        standin_say(&asker_duo, MOVES[i].before);
        standin_say(&asker_duo, MOVES[i].command);
        const char *at = standin_say(&asker_duo, "notifications");
        for (const struct told *told = MOVES[i].told; told->code; told++) {
            json_t *line = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);
            assert_string_equal(member(line, "gemeentecode"), told->gemeente);
            assert_string_equal(member(line, "gebeurtenisId"), told->code);
            at = strchr(at, '\n') + 1;
            json_decref(line);
        }
        assert_string_equal(at, ""); /* and nobody else */
        asker_stop(NULL);
    }
}

/* Starts with a receiver for Utrecht, says `first` and moves; returns what came. */
static json_t *play(const char *first, const int *statuses, size_t moves)
{
    struct receiver *receiver = receiver_start(UTRECHT, statuses);

    asker_start(NULL);
    standin_say(&asker_duo, first);
    for (size_t i = 0; i < moves; i++) {
        standin_say(&asker_duo, i % 2 ? "event " BSN " SS199 0344" : "move " BSN " 0344");
    }
    standin_say(&asker_duo, "wait 20000");
    json_t *got = receiver_got(receiver);
    asker_stop(NULL);
    receiver_stop(receiver);
    return got;
}

static void a_notification_is_as_duo_specifies_it_and_comes_once(void **state)
{
    const struct duo_shape *shape = duo_operation_named("notificatie.melden")->body;
    struct duo_findings findings = { 0 };
    struct fault fault = { 0 };

    (void)state;
    json_t *got = play("persons", NULL, 1);
    const json_t *body = json_object_get(json_array_get(got, 0), "body");
    assert_int_equal(json_array_size(got), 1);
    if (!duo_check(shape, body, &findings, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(findings.unknown, 0);
    assert_string_equal(receiver_says(got, 0, "path"), "/v1/notificaties");
    assert_string_equal(receiver_says(got, 0, "type"), "application/json");
    assert_string_equal(receiver_says(got, 0, "bron"), asker_duo.oin);
    assert_string_equal(receiver_says(got, 0, "doel"), "00000001002306608000");
    assert_string_equal(receiver_says(got, 0, "gebeurtenisId"), "SS120");
    assert_string_equal(receiver_says(got, 0, "bsn"), BSN);
    assert_memory_equal(receiver_says(got, 0, "registratieDatumTijd"), TODAY "T", 11);
    assert_int_equal(json_integer_value(json_object_get(body, "vNummer")), 2812345678LL);
    json_decref(got);
}

static void until_201_it_is_sent_again_under_the_same_id(void **state)
{
    static const int STATUSES[] = { 503, 500, 200, 403, 0 };

    (void)state;
    json_t *got = play("persons", STATUSES, 1);
    assert_int_equal(json_array_size(got), 5);
    for (size_t i = 1; i < 5; i++)
        assert_string_equal(receiver_says(got, i, "berichtId"),
                            receiver_says(got, 0, "berichtId"));
    json_decref(got);
}

static void twice_is_the_same_id_again(void **state)
{
    (void)state;
    json_t *got = play("misbehave twice 2 for 1", NULL, 2);
    assert_int_equal(json_array_size(got), 4);
    assert_string_equal(receiver_says(got, 1, "berichtId"),
                        receiver_says(got, 0, "berichtId"));
    assert_string_equal(receiver_says(got, 2, "berichtId"),
                        receiver_says(got, 0, "berichtId"));
    assert_string_not_equal(receiver_says(got, 3, "berichtId"),
                            receiver_says(got, 0, "berichtId"));
    json_decref(got);
}

static void reordered_the_later_one_comes_first(void **state)
{
    (void)state;
    json_t *got = play("misbehave reorder for 1", NULL, 2);
    assert_string_equal(receiver_says(got, 0, "gebeurtenisId"), "SS199");
    assert_string_equal(receiver_says(got, 1, "gebeurtenisId"), "SS120");
    json_decref(got);
}

static void delayed_it_comes_later_than_what_was_told_after_it(void **state)
{
    (void)state;
    json_t *got = play("misbehave delay 1500 for 1", NULL, 2);
    assert_string_equal(receiver_says(got, 0, "gebeurtenisId"), "SS199");
    assert_string_equal(receiver_says(got, 1, "gebeurtenisId"), "SS120");
    json_decref(got);
}

static void a_code_or_a_person_can_be_unknown(void **state)
{
    static const struct {
        const char *command, *code, *bsn;
        bool number;
    } CASES[] = {
        { "misbehave unknown-code", "ZZ999", BSN, true },
        { "misbehave no-person", "SS120", "", false },
        { "misbehave only-vnummer", "SS120", "", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        json_t *got = play(CASES[i].command, NULL, 1);
        const json_t *body = json_object_get(json_array_get(got, 0), "body");
        assert_string_equal(receiver_says(got, 0, "gebeurtenisId"), CASES[i].code);
        assert_string_equal(receiver_says(got, 0, "bsn"), CASES[i].bsn);
        assert_int_equal(json_object_get(body, "vNummer") != NULL, CASES[i].number);
        json_decref(got);
    }
}

static void what_was_not_taken_is_told_after_a_restart(void **state)
{
    struct receiver *receiver;

    (void)state;
    asker_start(NULL);
    for (size_t i = 0; i < asker_duo.settings.count; i++)
        asker_duo.settings.gemeenten[i].url[0] = '\0';
    standin_say(&asker_duo, "move " BSN " 0344");
    asker_stop(NULL);
    receiver = receiver_start(UTRECHT, NULL);
    standin_start(&asker_duo);
    standin_say(&asker_duo, "wait 20000");
    json_t *got = receiver_got(receiver);
    assert_int_equal(json_array_size(got), 1);
    json_decref(got);
    asker_stop(NULL);
    receiver_stop(receiver);
}

static void somebody_else_at_the_address_is_not_told(void **state)
{
    struct receiver *receiver = receiver_start(ZWOLLE, NULL);
    SCOPED_BUF struct buf says = { 0 };
    struct fault fault = { 0 };

    (void)state;
    /* Utrecht's address is Zwolle's. */
    memcpy(asker_duo.settings.gemeenten[1].url, asker_duo.settings.gemeenten[2].url,
           SIM_URL_SIZE);
    asker_start(NULL);
    standin_say(&asker_duo, "move " BSN " 0344");
    assert_false(sim_command(asker_duo.sim, "wait 500", &says, &fault));
    assert_int_equal(fault.code, FAULT_NEGATIVE);
    json_t *got = receiver_got(receiver);
    assert_int_equal(json_array_size(got), 0);
    json_decref(got);
    asker_stop(NULL);
    receiver_stop(receiver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_move_tells_the_new_one_and_the_old_one),
        cmocka_unit_test(a_notification_is_as_duo_specifies_it_and_comes_once),
        cmocka_unit_test(until_201_it_is_sent_again_under_the_same_id),
        cmocka_unit_test(twice_is_the_same_id_again),
        cmocka_unit_test(reordered_the_later_one_comes_first),
        cmocka_unit_test(delayed_it_comes_later_than_what_was_told_after_it),
        cmocka_unit_test(a_code_or_a_person_can_be_unknown),
        cmocka_unit_test(what_was_not_taken_is_told_after_a_restart),
        cmocka_unit_test(somebody_else_at_the_address_is_not_told),
    };

    return cmocka_run_group_tests(tests, asker_set_up, asker_tear_down);
}
