/* The registry: one peer, one answer; never a guess. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "peers/registry.h"
#include "tests/cards.h"

static struct pki *pki;

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    pki = pki_create(PKI_P256, "registry");
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    pki_destroy(pki);
    schema_uninstall();
    return 0;
}

static void put(struct registry *registry, const char *oin, const char *naam, const char *code,
                enum peer_state state)
{
    SCOPED_PEER struct peer *peer = cards_peer(pki, oin, naam, code, state);

    registry_put(registry, peer);
}

static struct registry *three(void)
{
    struct registry *registry = registry_create();

    put(registry, CARDS_OIN_3, "Zeist", "0355", PEER_ACTIEF);
    put(registry, CARDS_OIN_1, "Utrecht", "0344", PEER_ACTIEF);
    put(registry, CARDS_OIN_2, "amersfoort", "0307", PEER_VOORGESTELD);
    return registry;
}

static void release(struct registry **registry)
{
    registry_destroy(*registry);
}
#define SCOPED_REGISTRY __attribute__((cleanup(release)))

static void a_peer_is_found_by_code_oin_or_name(void **state)
{
    static const struct {
        const char *gemeente, *oin;
    } CASES[] = {
        { "0344", CARDS_OIN_1 },       { CARDS_OIN_2, CARDS_OIN_2 },
        { "Zeist", CARDS_OIN_3 },      { "UTRECHT", CARDS_OIN_1 },
        { "Amersfoort", CARDS_OIN_2 }, { "0457", CARDS_OIN_3 },
        { "0363", CARDS_OIN_3 },       { "Weesp", CARDS_OIN_3 },
        { "amsterdam", CARDS_OIN_3 },
    };
    SCOPED_REGISTRY struct registry *registry = three();

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_PEER struct peer *peer = NULL;
        struct fault fault = { 0 };
        if (i == 5) /* Weesp became a part of Amsterdam: T-REL-13 */
            put(registry, CARDS_OIN_3, "Stad", "0363", PEER_ACTIEF);
        assert_true(registry_find(registry, CASES[i].gemeente, &peer, &fault));
        assert_string_equal(peer->card.oin, CASES[i].oin);
    }
}

static void what_does_not_fit_is_unknown(void **state)
{
    static const char *const CASES[] = {
        "", "0345", "Utrech", "Utrecht ", "00000099000000009000", "344", "*", "%s%n",
    };
    SCOPED_REGISTRY struct registry *registry = three();

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct peer *peer = NULL;
        struct fault fault = { 0 };
        assert_false(registry_find(registry, CASES[i], &peer, &fault));
        assert_null(peer);
        assert_int_equal(fault.code, FAULT_UNKNOWN);
        assert_non_null(strstr(fault.text, "no peer fits"));
    }
    assert_null(registry_by_oin(registry, "00000099000000009000"));
    assert_null(registry_by_oin(registry, "0344"));
}

static void what_fits_two_is_not_guessed(void **state)
{
    static const char *const CASES[] = { "Utrecht", "0344" };
    SCOPED_REGISTRY struct registry *registry = three();

    (void)state;
    put(registry, CARDS_OIN_3, "UTRECHT", "0344", PEER_ACTIEF);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct peer *peer = NULL;
        struct fault fault = { 0 };
        assert_false(registry_find(registry, CASES[i], &peer, &fault));
        assert_null(peer);
        assert_int_equal(fault.code, FAULT_UNKNOWN);
        assert_non_null(strstr(fault.text, "Utrecht (" CARDS_OIN_1 ")"));
        assert_non_null(strstr(fault.text, "UTRECHT (" CARDS_OIN_3 ")"));
    }
}

static void a_new_card_replaces_the_old_one(void **state)
{
    SCOPED_REGISTRY struct registry *registry = three();
    SCOPED_PEER struct peer *before = registry_by_oin(registry, CARDS_OIN_1);
    struct peer *peer = NULL;
    struct fault fault = { 0 };

    (void)state;
    put(registry, CARDS_OIN_1, "Nieuwegein", "0356", PEER_GESCHORST);
    SCOPED_PEER struct peer *after = registry_by_oin(registry, CARDS_OIN_1);
    assert_string_equal(after->card.naam, "Nieuwegein");
    assert_int_equal(after->state, PEER_GESCHORST);
    assert_string_equal(before->card.naam, "Utrecht"); /* still held by us */
    assert_false(registry_find(registry, "0344", &peer, &fault));
}

static void a_removed_peer_leaves(void **state)
{
    SCOPED_REGISTRY struct registry *registry = three();

    (void)state;
    put(registry, CARDS_OIN_1, "Utrecht", "0344", PEER_VERWIJDERD);
    assert_null(registry_by_oin(registry, CARDS_OIN_1));
    put(registry, CARDS_OIN_1, "Utrecht", "0344", PEER_VERWIJDERD); /* was not there */
    assert_null(registry_by_oin(registry, CARDS_OIN_1));
}

static void add_name(void *context, const struct peer *peer)
{
    buf_addf(context, "%s ", peer->card.naam);
}

static void the_list_is_by_name(void **state)
{
    SCOPED_REGISTRY struct registry *registry = three(), *empty = registry_create();
    SCOPED_BUF struct buf names = { 0 };

    (void)state;
    registry_list(empty, add_name, &names);
    assert_string_equal(buf_text(&names), "");
    registry_list(registry, add_name, &names);
    assert_string_equal(buf_text(&names), "amersfoort Utrecht Zeist ");
}

static void remove_it(void *context, const struct peer *peer)
{
    put(context, peer->card.oin, peer->card.naam, "0344", PEER_VERWIJDERD);
}

static void who_lists_may_change_the_registry(void **state)
{
    SCOPED_REGISTRY struct registry *registry = three();
    SCOPED_BUF struct buf names = { 0 };

    (void)state;
    registry_list(registry, remove_it, registry);
    registry_list(registry, add_name, &names);
    assert_string_equal(buf_text(&names), "");
}

struct race {
    struct registry *registry;
    struct peer *peer;
};

static void *look_up_often(void *context)
{
    struct race *race = context;

    for (int i = 0; i < 2000; i++) {
        SCOPED_PEER struct peer *found = registry_by_oin(race->registry, CARDS_OIN_1);
        if (!found || strcmp(found->card.naam, "Utrecht") != 0)
            return context;
        registry_put(race->registry, race->peer);
    }
    return NULL;
}

static void threads_look_up_while_others_replace(void **state)
{
    SCOPED_REGISTRY struct registry *registry = three();
    SCOPED_PEER struct peer *peer =
        cards_peer(pki, CARDS_OIN_1, "Utrecht", "0344", PEER_ACTIEF);
    struct race race = { registry, peer };
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up_often, &race), 0);
    for (int i = 0; i < 4; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_is_found_by_code_oin_or_name),
        cmocka_unit_test(what_does_not_fit_is_unknown),
        cmocka_unit_test(what_fits_two_is_not_guessed),
        cmocka_unit_test(a_new_card_replaces_the_old_one),
        cmocka_unit_test(a_removed_peer_leaves),
        cmocka_unit_test(the_list_is_by_name),
        cmocka_unit_test(who_lists_may_change_the_registry),
        cmocka_unit_test(threads_look_up_while_others_replace),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
