/* Whom a message is for when municipalities have merged: what begins goes to the successor,
 * what has begun goes on where it began. (Weesp went on in Amsterdam on 2022-03-24.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/address.h"
#include "gateway/opvolger.h"
#include "tests/town.h"

enum { UTRECHT, AMSTERDAM, WEESP, TOWNS };
static struct town towns[TOWNS] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0363", .naam = "Amsterdam", .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = "0457", .naam = "Weesp", .kind = PKI_P256 },
};

static int gather(void **state)
{
    (void)state;
    town_install();
    town_gather(towns, TOWNS, TOWNS);
    return 0;
}

static int scatter(void **state)
{
    (void)state;
    town_scatter(towns, TOWNS);
    return 0;
}

/* "": nobody; the fault says why. */
static const char *found(int town, const char *to, struct fault *fault)
{
    static char oin[OIN_SIZE];
    SCOPED_ADDRESS struct address address = { 0 };

    oin[0] = '\0';
    if (address_find(&towns[town].gateway, to, "", SOORT_DOSSIER, &address, fault))
        snprintf(oin, sizeof(oin), "%s", address.peer->card.oin);
    return oin;
}

static void what_begins_is_for_the_successor(void **state)
{
    static const char *const NAMES[] = { "0363", "Amsterdam", "0457", "Weesp" };
    struct fault fault = { 0 };

    (void)state;
    assert_string_equal(opvolger_now("0457"), "0363");
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        assert_string_equal(found(UTRECHT, NAMES[i], &fault), towns[AMSTERDAM].oin);
    assert_string_equal(found(UTRECHT, towns[WEESP].oin, &fault), towns[WEESP].oin);
}

static void who_took_its_place_asks_nothing_of_it(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    assert_string_equal(found(AMSTERDAM, "0457", &fault), "");
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_non_null(strstr(fault.text, "is ourselves"));
}

static void what_has_begun_goes_on_where_it_began(void **state)
{
    static const int FROM[] = { UTRECHT, AMSTERDAM };
    struct overdracht o = { .gemeentecode = "0457" };

    (void)state;
    memcpy(o.peer, towns[WEESP].oin, sizeof(o.peer));
    for (size_t i = 0; i < sizeof(FROM) / sizeof(FROM[0]); i++) {
        SCOPED_ADDRESS struct address address = { 0 };
        struct fault fault = { 0 };
        memcpy(o.eigen_code, towns[FROM[i]].code, sizeof(o.eigen_code));
        assert_true(address_of(&towns[FROM[i]].gateway, &o, SOORT_DOSSIER, &address, &fault));
        assert_string_equal(address.peer->card.oin, towns[WEESP].oin);
        assert_string_equal(address.theirs, "0457");
        assert_string_equal(address.ours, towns[FROM[i]].code);
    }
}

static void a_handover_with_nobody_we_know_goes_nowhere(void **state)
{
    SCOPED_ADDRESS struct address address = { 0 };
    struct overdracht o = { .peer = "00000099000000009000", .gemeentecode = "0457" };
    struct fault fault = { 0 };

    (void)state;
    assert_false(address_of(&towns[UTRECHT].gateway, &o, SOORT_DOSSIER, &address, &fault));
    assert_int_equal(fault.code, FAULT_IDENTITY);
}

static void without_its_successor_the_old_one_is_asked(void **state)
{
    struct registry *none = registry_create();
    struct fault fault = { 0 };

    (void)state;
    registry_swap(towns[UTRECHT].gateway.registry, none);
    registry_destroy(none);
    town_know(&towns[UTRECHT], &towns[WEESP], PEER_ACTIEF);
    assert_string_equal(found(UTRECHT, "0457", &fault), towns[WEESP].oin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_begins_is_for_the_successor),
        cmocka_unit_test(who_took_its_place_asks_nothing_of_it),
        cmocka_unit_test(what_has_begun_goes_on_where_it_began),
        cmocka_unit_test(a_handover_with_nobody_we_know_goes_nowhere),
        cmocka_unit_test(without_its_successor_the_old_one_is_asked),
    };

    return cmocka_run_group_tests(tests, gather, scatter);
}
