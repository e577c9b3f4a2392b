/* Adding a peer and moving it: what an administrator may do, and what is refused before
 * anything is stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base64.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "tests/town.h"

static struct town almelo = {
    .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static struct town utrecht = {
    .oin = "00000099000000002000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256
};
static struct town stranger = {
    .oin = "00000099000000003000", .code = "0363", .naam = "Vreemd", .kind = PKI_P256
};
static struct fault fault;

static int build(void **state)
{
    (void)state;
    town_build(&almelo);
    town_build(&utrecht);
    town_build(&stranger);
    town_trust(&almelo, &utrecht); /* not the stranger */
    town_start(&almelo);
    town_open(&utrecht);
    town_open(&stranger);
    return 0;
}

static int demolish(void **state)
{
    struct town *const towns[] = { &almelo, &utrecht, &stranger };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        town_stop(towns[i]);
        town_remove(towns[i]);
    }
    return 0;
}

/* Runs a request of almelo's as the local bus would; takes the arguments over. */
static bool ask(call_handler *handler, json_t *arguments, char state[32])
{
    struct call call = { .gateway = &almelo.gateway,
                         .actor = "test",
                         .arguments = arguments,
                         .result = json_object() };

    uuid_v4(call.id);
    memset(&fault, 0, sizeof(fault));
    bool good = handler(&call, &fault);
    const char *now = json_string_value(json_object_get(call.result, "state"));
    snprintf(state, 32, "%s", good && now ? now : "");
    json_decref(call.arguments);
    json_decref(call.result);
    return good;
}

static bool add(struct town *from, void (*change)(struct card *), const char *fingerprint,
                char state[32])
{
    SCOPED_BUF struct buf card = { 0 };
    SCOPED_BUF struct buf text = { 0 };
    struct digest right;
    char hex[DIGEST_HEX];

    town_card(from, change, &card, &right);
    digest_hex(&right, hex);
    base64_encode(card.data, card.size, &text);
    return ask(call_peer_add,
               json_pack("{s:s, s:s}", "card", buf_text(&text), "fingerprint",
                         fingerprint ? fingerprint : hex),
               state);
}

static bool move(const char *to, char state[32])
{
    return ask(call_peer_state, json_pack("{s:s, s:s}", "gemeente", "Utrecht", "to", to),
               state);
}

static void for_production(struct card *card)
{
    card->omgeving = OMGEVING_PRODUCTIE;
}

static void until_yesterday(struct card *card)
{
    card->geldig_van = clock_now() - 2L * 86400;
    card->geldig_tot = clock_now() - 86400;
}

static void from_tomorrow(struct card *card)
{
    card->geldig_van = clock_now() + 86400;
}

static void a_card_that_may_not_be_used_is_refused_and_not_kept(void **state)
{
    static const char WRONG[] = "00000000000000000000000000000000"
                                "00000000000000000000000000000000";
    static const struct {
        struct town *from;
        void (*change)(struct card *);
        const char *fingerprint, *says;
    } CASES[] = {
        { &utrecht, for_production, NULL,
          "the card is of omgeving productie, this home is test" },
        { &utrecht, NULL, WRONG, "the fingerprint is not that of this card" },
        { &utrecht, NULL, "98bc", "the fingerprint is not 64 hexadecimal digits" },
        { &utrecht, until_yesterday, NULL, "the peerkaart is not valid at this time" },
        { &utrecht, from_tomorrow, NULL, "the peerkaart is not valid at this time" },
        { &almelo, NULL, NULL, "this is our own card" },
        { &stranger, NULL, NULL, "certificate" },
    };
    char now[32];

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        if (add(CASES[i].from, CASES[i].change, CASES[i].fingerprint, now))
            fail_msg("accepted, but: %s", CASES[i].says);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("expected '%s', got '%s'", CASES[i].says, fault.text);
    }
    assert_int_equal(town_count(&almelo, "SELECT count(*) FROM peer"), 0);
}

static void a_good_card_makes_a_proposed_peer_and_a_new_one_keeps_its_standing(void **state)
{
    char now[32];

    (void)state;
    assert_true(add(&utrecht, NULL, NULL, now));
    assert_string_equal(now, "voorgesteld");
    assert_true(move("actief", now));
    assert_string_equal(now, "actief");
    assert_true(add(&utrecht, NULL, NULL, now));
    assert_string_equal(now, "actief");
}

static void standing_moves_along_its_arrows_only(void **state)
{
    static const struct {
        const char *to;
        bool allowed;
    } STEPS[] = {
        { "voorgesteld", false }, { "geschorst", true }, { "voorgesteld", false },
        { "actief", true },       { "geschorst", true }, { "nergens", false },
        { "verwijderd", true },   { "actief", false }, /* it is no longer there */
    };
    char now[32];

    (void)state;
    for (size_t i = 0; i < sizeof(STEPS) / sizeof(STEPS[0]); i++)
        if (move(STEPS[i].to, now) != STEPS[i].allowed)
            fail_msg("step %zu to %s: %s", i, STEPS[i].to, fault.text);
    assert_true(add(&utrecht, NULL, NULL, now));
    assert_string_equal(now, "voorgesteld"); /* once removed, it starts anew */
}

/* The daemon of utrecht does not run, so what is sent to it waits. */
static void what_waits_for_a_removed_peer_is_withdrawn_with_that_reason(void **state)
{
    char now[32], overdracht[UUID_SIZE];

    (void)state;
    assert_true(add(&utrecht, NULL, NULL, now));
    if (strcmp(now, "actief") != 0)
        assert_true(move("actief", now));
    assert_true(move("geschorst", now)); /* so that no courier has it in hand */
    town_send(&almelo, &utrecht, overdracht);
    assert_true(move("verwijderd", now));
    assert_int_equal(town_count(&almelo,
                                "SELECT count(*) FROM outbox WHERE state = 'cancelled'"
                                " AND reason = 'the peer was removed'"),
                     1);
    assert_int_equal(town_count(&almelo,
                                "SELECT count(*) FROM overdracht WHERE state = 'ingetrokken'"
                                " AND reden = 'the peer was removed'"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_that_may_not_be_used_is_refused_and_not_kept),
        cmocka_unit_test(a_good_card_makes_a_proposed_peer_and_a_new_one_keeps_its_standing),
        cmocka_unit_test(standing_moves_along_its_arrows_only),
        cmocka_unit_test(what_waits_for_a_removed_peer_is_withdrawn_with_that_reason),
    };

    town_install();
    return cmocka_run_group_tests(tests, build, demolish);
}
