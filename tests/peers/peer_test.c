/* Peers: where they stand, what they may, and that they live as long as somebody holds them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/cards.h"

static struct pki *pki;

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    pki = pki_create(PKI_P256, "peers");
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    pki_destroy(pki);
    schema_uninstall();
    return 0;
}

static struct peer *utrecht(enum peer_state state)
{
    return cards_peer(pki, CARDS_OIN_1, "Utrecht", "0344", state);
}

static void the_arrows_are_these_and_no_others(void **state)
{
    static const char *const ARROWS[] = {
        "voorgesteld actief", "voorgesteld verwijderd", "actief geschorst",
        "geschorst actief",   "geschorst verwijderd",
    };
    int count = 0;

    (void)state;
    for (int from = 0; from < PEER_STATES; from++)
        for (int to = 0; to < PEER_STATES; to++)
            count += peer_state_arrow((enum peer_state)from, (enum peer_state)to);
    assert_int_equal(count, sizeof(ARROWS) / sizeof(ARROWS[0]));
    for (size_t i = 0; i < sizeof(ARROWS) / sizeof(ARROWS[0]); i++) {
        enum peer_state from, to;
        SCOPED_MEM char *first = mem_copy(ARROWS[i]);
        char *second = strchr(first, ' ');
        *second++ = '\0';
        assert_true(peer_state_from_name(first, &from));
        assert_true(peer_state_from_name(second, &to));
        assert_true(peer_state_arrow(from, to));
    }
}

static void names_read_back_and_others_do_not(void **state)
{
    enum peer_state found_state;
    enum omgeving omgeving;

    (void)state;
    for (int i = 0; i < PEER_STATES; i++) {
        assert_true(peer_state_from_name(peer_state_name((enum peer_state)i), &found_state));
        assert_int_equal(found_state, i);
    }
    for (int i = 0; i < OMGEVINGEN; i++) {
        assert_true(omgeving_from_name(omgeving_name((enum omgeving)i), &omgeving));
        assert_int_equal(omgeving, i);
    }
    assert_false(peer_state_from_name("Actief", &found_state));
    assert_false(omgeving_from_name("acceptatie", &omgeving));
    assert_false(omgeving_from_name("", &omgeving));
}

static void only_an_active_peer_gets_dossiers_and_a_proposed_one_a_ping(void **state)
{
    static const struct {
        enum peer_state state;
        enum soort soort;
        bool may;
    } CASES[] = {
        { PEER_ACTIEF, SOORT_DOSSIER, true },
        { PEER_ACTIEF, SOORT_PING, true },
        { PEER_VOORGESTELD, SOORT_PING, true },
        { PEER_VOORGESTELD, SOORT_DOSSIER, false },
        { PEER_VOORGESTELD, SOORT_DOSSIERVERZOEK, false },
        { PEER_GESCHORST, SOORT_PING, false },
        { PEER_GESCHORST, SOORT_DOSSIER, false },
        { PEER_VERWIJDERD, SOORT_PING, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_PEER struct peer *peer = utrecht(CASES[i].state);
        struct fault fault = { 0 };
        assert_int_equal(peer_may(peer, CASES[i].soort, time(NULL), &fault), CASES[i].may);
        if (!CASES[i].may) {
            assert_int_equal(fault.code, FAULT_IDENTITY);
            assert_non_null(strstr(fault.text, peer_state_name(CASES[i].state)));
        }
    }
}

static void a_card_counts_from_its_first_to_before_its_last_second(void **state)
{
    SCOPED_PEER struct peer *peer = utrecht(PEER_ACTIEF);
    const time_t van = peer->card.geldig_van, tot = peer->card.geldig_tot;
    const struct {
        time_t at;
        bool may;
    } CASES[] = { { van - 1, false }, { van, true }, { tot - 1, true }, { tot, false } };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        assert_int_equal(peer_may(peer, SOORT_DOSSIER, CASES[i].at, &fault), CASES[i].may);
        assert_int_equal(fault.code, CASES[i].may ? FAULT_NONE : FAULT_EXPIRED);
    }
}

static void a_certificate_counts_for_its_purpose_only(void **state)
{
    SCOPED_PEER struct peer *peer = utrecht(PEER_ACTIEF);
    X509 *listed = sk_X509_value(peer->card.certificates[PURPOSE_TLS_CLIENT], 0);
    SCOPED_X509 X509 *same_key = cards_certificate(pki, CARDS_OIN_1, PURPOSE_TLS_CLIENT);

    (void)state;
    assert_true(peer_has(peer, PURPOSE_TLS_CLIENT, listed));
    assert_false(peer_has(peer, PURPOSE_TLS_SERVER, listed));
    assert_false(peer_has(peer, PURPOSE_ONDERTEKENEN, listed));
    assert_false(peer_has(peer, PURPOSE_TLS_CLIENT, same_key));
}

static void a_peer_serves_the_codes_on_its_card(void **state)
{
    SCOPED_PEER struct peer *peer = utrecht(PEER_ACTIEF);

    (void)state;
    assert_true(peer_serves(peer, "0344"));
    assert_false(peer_serves(peer, "0345"));
    assert_false(peer_serves(peer, ""));
    assert_false(peer_serves(peer, "03440"));
}

static void a_peer_lives_as_long_as_somebody_holds_it(void **state)
{
    struct peer *peer = utrecht(PEER_ACTIEF), *again = peer_retain(peer);

    (void)state;
    assert_ptr_equal(peer, again);
    peer_release(&peer);
    assert_null(peer);
    assert_string_equal(again->card.naam, "Utrecht");
    peer_release(&again);
    peer_release(&again); /* NULL by now: nothing happens */
}

static void no_card_no_peer(void **state)
{
    static const char *const CASES[] = { "", "<peerkaart/>", "geen kaart" };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct peer *peer = NULL;
        struct fault fault = { 0 };
        assert_false(peer_create(CASES[i], strlen(CASES[i]), PEER_VOORGESTELD, &peer, &fault));
        assert_null(peer);
        assert_true(strlen(fault.text) > 0);
    }
}

static void a_peer_keeps_its_card_as_received(void **state)
{
    struct card card = cards_make(pki, CARDS_OIN_1, "Utrecht", "0344");
    SCOPED_BUF struct buf xml = { 0 };
    struct fault fault = { 0 };
    SCOPED_PEER struct peer *peer = NULL;

    (void)state;
    cards_sign(&card, &xml);
    card_finish(&card);
    assert_true(peer_create(xml.data, xml.size, PEER_VOORGESTELD, &peer, &fault));
    assert_int_equal(peer->signed_card.size, xml.size);
    assert_memory_equal(peer->signed_card.data, xml.data, xml.size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_arrows_are_these_and_no_others),
        cmocka_unit_test(names_read_back_and_others_do_not),
        cmocka_unit_test(only_an_active_peer_gets_dossiers_and_a_proposed_one_a_ping),
        cmocka_unit_test(a_card_counts_from_its_first_to_before_its_last_second),
        cmocka_unit_test(a_certificate_counts_for_its_purpose_only),
        cmocka_unit_test(a_peer_serves_the_codes_on_its_card),
        cmocka_unit_test(a_peer_lives_as_long_as_somebody_holds_it),
        cmocka_unit_test(no_card_no_peer),
        cmocka_unit_test(a_peer_keeps_its_card_as_received),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
