/* Messages of which one thing shows that they are not from whom they say, not for us, or not
 * to be heard now, put straight to the handler: one answer for every cause, nothing kept,
 * nothing about a person said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/xmldoc.h"
#include "gateway/clock.h"
#include "tests/hostile/hush.h"
#include "tests/hostile/post.h"
#include "tests/sample.h"

/* The first three know each other; the last is trusted by certificate and nothing more. */
static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_RSA },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = "0141", .naam = "Ander", .kind = PKI_P256 },
    { .oin = "00000099000000004000", .code = "0518", .naam = "Vreemd", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1], *const ANDER = &TOWNS[2],
                          *const VREEMD = &TOWNS[3];
static char *DOSSIER;

/* Every answer that was given. */
static struct buf HEARD;

static void hear(struct listen_answer *answer)
{
    buf_add(&HEARD, answer->body.data, answer->body.size);
    buf_finish(&answer->body);
}

static X509 *certificate(const struct town *town, enum purpose purpose)
{
    return keys_certificate(town->gateway.keys, purpose);
}

/* --- before it is known who speaks ------------------------------------------------------- */

static void nobody_signs(struct post *post)
{
    post->key = NULL;
}

static void a_registered_peer_signs_for_another(struct post *post)
{
    post_sign_as(post, ANDER);
}

static void an_unregistered_key_signs(struct post *post)
{
    post_sign_as(post, VREEMD);
}

static void the_receiver_itself_signed(struct post *post)
{
    post_sign_as(post, post->receiver);
}

static void the_tls_key_signs(struct post *post)
{
    struct town *writer = post->receiver == OUD ? NIEUW : OUD;

    post->key = keys_get(writer->gateway.keys, PURPOSE_TLS_CLIENT);
    post->signer = certificate(writer, PURPOSE_TLS_CLIENT);
}

static void another_peer_brings_it(struct post *post)
{
    post->client = certificate(ANDER, PURPOSE_TLS_CLIENT);
}

static void a_stranger_brings_it(struct post *post)
{
    post->client = certificate(VREEMD, PURPOSE_TLS_CLIENT);
}

static void it_comes_with_the_signing_certificate(struct post *post)
{
    post->client = post->signer;
}

static void the_header_names_another_sender(struct post *post)
{
    snprintf(post->kop.afzender.oin, OIN_SIZE, "%s", ANDER->oin);
}

static void another_peer_names_the_writer(struct post *post)
{
    post_sign_as(post, ANDER);
    post->client = certificate(ANDER, PURPOSE_TLS_CLIENT);
}

static void the_header_names_a_gemeente_of_another(struct post *post)
{
    snprintf(post->kop.afzender.gemeentecode, GEMEENTECODE_SIZE, "%s", ANDER->code);
}

static void bron_differs(struct post *post)
{
    post->bron = ANDER->oin;
}

static void bron_is_missing(struct post *post)
{
    post->bron = "";
}

static void doel_differs(struct post *post)
{
    post->doel = ANDER->oin;
}

static void bericht_id_differs(struct post *post)
{
    post->bericht_id = post->kop.overdracht_id;
    uuid_v7(clock_now_ms(), post->kop.bericht_id);
}

static void bericht_id_is_missing(struct post *post)
{
    post->bericht_id = "";
}

static void it_is_for_another_oin(struct post *post)
{
    snprintf(post->kop.ontvanger.oin, OIN_SIZE, "%s", ANDER->oin);
}

static void it_is_for_another_but_doel_is_ours(struct post *post)
{
    post->doel = post->receiver->oin;
    it_is_for_another_oin(post);
}

static void it_is_for_a_gemeente_that_is_not_ours(struct post *post)
{
    snprintf(post->kop.ontvanger.gemeentecode, GEMEENTECODE_SIZE, "%s", ANDER->code);
}

/* A dishonest receiver seals what it got, rightly signed for it, anew and passes it on. */
static void it_was_meant_for_another_and_sealed_again(struct post *post)
{
    snprintf(post->kop.ontvanger.oin, OIN_SIZE, "%s", ANDER->oin);
    snprintf(post->kop.ontvanger.gemeentecode, GEMEENTECODE_SIZE, "%s", ANDER->code);
    post->sealed_by = certificate(ANDER, PURPOSE_VERZEGELEN);
    post->client = certificate(ANDER, PURPOSE_TLS_CLIENT);
    post->doel = post->receiver->oin;
}

static void a_stranger_wrote_and_sealed_it(struct post *post)
{
    struct town *receiver = post->receiver;

    post_finish(post);
    post_start(post, VREEMD, receiver, SOORT_DOSSIER);
    post->dossier = DOSSIER;
}

static void a_stranger_seals_under_a_peers_name(struct post *post)
{
    post_sign_as(post, VREEMD);
    post->sealed_by = certificate(VREEMD, PURPOSE_VERZEGELEN);
}

static void it_is_sealed_for_another(struct post *post)
{
    post->sealed_for = certificate(ANDER, PURPOSE_VERZEGELEN);
}

/* What stands in `post->change` is signed by the right peer. */
static void drop_kop(xmlDoc *doc)
{
    xmlNode *kop = xmlFirstElementChild(xmlDocGetRootElement(doc));

    xmlUnlinkNode(kop);
    xmlFreeNode(kop);
}

static void set_text(xmlDoc *doc, const char *path, const char *text)
{
    xmlNode *node = xmldoc_at(xmlDocGetRootElement(doc), path);

    xmlNodeSetContent(node, BAD_CAST text);
}

static void write_a_local_time(xmlDoc *doc)
{
    set_text(doc, "kop/gemaakt", "2026-11-23T18:05:00+01:00");
}

static void write_an_unknown_soort(xmlDoc *doc)
{
    set_text(doc, "kop/soort", "doorsturen");
}

static void write_an_id_in_capitals(xmlDoc *doc)
{
    set_text(doc, "kop/berichtId", "0192C000-0000-7000-8000-00000000000A");
}

static void write_another_version(xmlDoc *doc)
{
    set_text(doc, "kop/versie", "2.0");
}

static void second_sender(xmlDoc *doc)
{
    xmlNode *oin = xmldoc_at(xmlDocGetRootElement(doc), "kop/afzender/oin");

    xmlAddNextSibling(oin, xmlCopyNode(oin, 1));
}

static void rename_the_root(xmlDoc *doc)
{
    xmlNodeSetName(xmlDocGetRootElement(doc), BAD_CAST "brief");
}

/* clang-format off */
static const struct {
    const char *what;
    void (*wrong)(struct post *post);
    void (*change)(xmlDoc *doc);
} STRANGE[] = {
    { "unsigned",                             nobody_signs, NULL },
    { "signed by another registered peer",    a_registered_peer_signs_for_another, NULL },
    { "signed by an unregistered key",        an_unregistered_key_signs, NULL },
    { "signed by the receiver",               the_receiver_itself_signed, NULL },
    { "signed with the key for TLS",          the_tls_key_signs, NULL },
    { "brought by another peer",              another_peer_brings_it, NULL },
    { "brought by a stranger",                a_stranger_brings_it, NULL },
    { "brought with the signing certificate", it_comes_with_the_signing_certificate, NULL },
    { "header with another OIN",              the_header_names_another_sender, NULL },
    { "another peer in the writer's name",    another_peer_names_the_writer, NULL },
    { "header with another's gemeentecode",   the_header_names_a_gemeente_of_another, NULL },
    { "bron differs",                         bron_differs, NULL },
    { "bron is missing",                      bron_is_missing, NULL },
    { "doel differs",                         doel_differs, NULL },
    { "berichtId differs",                    bericht_id_differs, NULL },
    { "berichtId is missing",                 bericht_id_is_missing, NULL },
    { "recipient with another OIN",           it_is_for_another_oin, NULL },
    { "recipient differs, doel is ours",      it_is_for_another_but_doel_is_ours, NULL },
    { "recipient with another gemeentecode",  it_is_for_a_gemeente_that_is_not_ours, NULL },
    { "meant for another, sealed again",      it_was_meant_for_another_and_sealed_again, NULL },
    { "written and sealed by a stranger",     a_stranger_wrote_and_sealed_it, NULL },
    { "sealed by a stranger in a peer's name", a_stranger_seals_under_a_peers_name, NULL },
    { "sealed for another",                   it_is_sealed_for_another, NULL },
    { "no header",                            NULL, drop_kop },
    { "two senders in the header",            NULL, second_sender },
    { "a time that is not UTC",               NULL, write_a_local_time },
    { "an unknown soort",                     NULL, write_an_unknown_soort },
    { "an id in capitals",                    NULL, write_an_id_in_capitals },
    { "another version",                      NULL, write_another_version },
    { "another root",                         NULL, rename_the_root },
};
/* clang-format on */

static const char PROBLEM[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<problem xmlns=\"urn:ietf:rfc:7807\"><title>Verzoek niet aanvaard</title>"
    "<status>400</status></problem>\n";

static void assert_the_one_problem(const struct listen_answer *answer, const char *what)
{
    if (answer->status != 400 || strcmp(buf_text(&answer->body), PROBLEM) != 0)
        fail_msg("%s: %d %s", what, answer->status, buf_text(&answer->body));
    assert_string_equal(answer->content_type, "application/problem+xml");
    assert_int_equal(answer->body.size, sizeof(PROBLEM) - 1);
    assert_int_equal(answer->retry_after, 0);
    assert_true(answer->close);
}

static int64_t rows(struct town *town)
{
    return town_count(town, "SELECT (SELECT count(*) FROM inbox)"
                            " + (SELECT count(*) FROM overdracht)"
                            " + (SELECT count(*) FROM audit)");
}

static void try_all_strange(struct town *from, struct town *to)
{
    int64_t before = rows(to);

    for (size_t i = 0; i < sizeof(STRANGE) / sizeof(STRANGE[0]); i++) {
        struct listen_answer answer;
        struct post post;
        post_start(&post, from, to, SOORT_DOSSIER);
        post.dossier = DOSSIER;
        post.change = STRANGE[i].change;
        if (STRANGE[i].wrong)
            STRANGE[i].wrong(&post);
        post_send(&post, &answer);
        assert_the_one_problem(&answer, STRANGE[i].what);
        hear(&answer);
        post_finish(&post);
    }
    assert_int_equal(rows(to), before);
}

static void who_is_not_whom_he_says_gets_one_answer_and_leaves_nothing(void **state)
{
    (void)state;
    try_all_strange(OUD, NIEUW);
    try_all_strange(NIEUW, OUD);
}

static void what_is_no_sealed_message_gets_the_same_answer(void **state)
{
    struct listen_answer answer;
    struct post post;

    (void)state;
    post_start(&post, OUD, NIEUW, SOORT_PING);
    post_pack(&post);
    SCOPED_BUF struct buf sealed = { 0 };
    buf_add(&sealed, post.sealed.data, post.sealed.size);
    const struct {
        const char *what;
        const void *bytes;
        size_t size;
    } CASES[] = {
        { "nothing", "", 0 },
        { "one byte", "0", 1 },
        { "the signed document in clear", post.xml.data, post.xml.size },
        { "JSON", "{}", 2 },
        { "half of it", sealed.data, sealed.size / 2 },
        { "all but one byte", sealed.data, sealed.size - 1 },
        { "one byte less in front", sealed.data + 1, sealed.size - 1 },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        buf_clear(&post.sealed);
        buf_add(&post.sealed, CASES[i].bytes, CASES[i].size);
        post_hand(&post, &answer);
        assert_the_one_problem(&answer, CASES[i].what);
        hear(&answer);
    }
    post_finish(&post);
}

static void in_base64(X509 *x509, struct buf *text)
{
    SCOPED_BUF struct buf der = { 0 };

    certificate_to_der(x509, &der);
    base64_encode(der.data, der.size, text);
}

/* What was signed with one key is shown with the certificate of another. */
static void the_right_certificate_over_another_key_proves_nothing(void **state)
{
    SCOPED_BUF struct buf theirs = { 0 }, ours = { 0 };
    struct listen_answer answer;
    struct post post;

    (void)state;
    post_start(&post, NIEUW, OUD, SOORT_PING);
    in_base64(certificate(ANDER, PURPOSE_ONDERTEKENEN), &theirs);
    in_base64(certificate(NIEUW, PURPOSE_ONDERTEKENEN), &ours);
    post_sign_as(&post, ANDER);
    post_pack(&post);
    SCOPED_MEM char *text =
        sample_replace(buf_text(&post.xml), buf_text(&theirs), buf_text(&ours));
    buf_clear(&post.xml);
    buf_add_text(&post.xml, text);
    post_seal(&post);
    post_hand(&post, &answer);
    assert_the_one_problem(&answer, "another key");
    hear(&answer);
    post_finish(&post);
}

/* --- where the peer stands --------------------------------------------------------------- */

static void make_old(struct card *card)
{
    card->geldig_van = clock_now() - 7200;
    card->geldig_tot = clock_now() - 3600;
}

static void make_future(struct card *card)
{
    card->geldig_van = clock_now() + 3600;
}

/* clang-format off */
static const struct {
    const char *what;
    enum peer_state state;
    void (*change)(struct card *card);
    bool ping, dossier;
} STANDINGS[] = {
    { "active",              PEER_ACTIEF,      NULL,        true,  true },
    { "proposed",            PEER_VOORGESTELD, NULL,        true,  false },
    { "suspended",           PEER_GESCHORST,   NULL,        false, false },
    { "removed",             PEER_VERWIJDERD,  NULL,        false, false },
    { "card is over",        PEER_ACTIEF,      make_old,    false, false },
    { "card is not yet valid", PEER_ACTIEF,    make_future, false, false },
    { "proposed, card over", PEER_VOORGESTELD, make_old,    false, false },
};
/* clang-format on */

static void send_one(enum soort soort, bool welcome, const char *what)
{
    struct listen_answer answer;
    struct receipt receipt;
    struct post post;

    post_start(&post, OUD, NIEUW, soort);
    post.dossier = soort == SOORT_DOSSIER ? DOSSIER : NULL;
    post_send(&post, &answer);
    if (!welcome)
        assert_the_one_problem(&answer, what);
    else if (!post_receipt(&post, &answer, &receipt) || !receipt.aangenomen)
        fail_msg("%s: %d %s", what, answer.status, buf_text(&answer.body));
    hear(&answer);
    post_finish(&post);
}

static void only_an_active_peer_is_heard_and_a_proposed_one_may_ping(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(STANDINGS) / sizeof(STANDINGS[0]); i++) {
        town_know_card(NIEUW, OUD, STANDINGS[i].state, STANDINGS[i].change);
        send_one(SOORT_PING, STANDINGS[i].ping, STANDINGS[i].what);
        send_one(SOORT_DOSSIER, STANDINGS[i].dossier, STANDINGS[i].what);
    }
    town_know(NIEUW, OUD, PEER_ACTIEF);
    send_one(SOORT_DOSSIER, true, "active again");
}

static void a_ping_does_not_activate_who_sent_it(void **state)
{
    (void)state;
    town_know(NIEUW, OUD, PEER_VOORGESTELD);
    send_one(SOORT_PING, true, "proposed");
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM peer WHERE state = 'voorgesteld'"
                                       " AND oin = '00000099000000001000'"),
                     1);
    send_one(SOORT_DOSSIER, false, "proposed, after its ping");
    town_know(NIEUW, OUD, PEER_ACTIEF);
}

static void install_crl(time_t this_update, time_t next_update, enum purpose revoked, bool any)
{
    X509 *certificates[1] = { certificate(OUD, revoked) };
    X509_CRL *crl = pki_crl(OUD->pki, certificates, any, this_update, next_update);
    struct fault fault = { 0 };
    char path[PATH_MAX];

    pki_install_crl(OUD->pki, crl, home_path(&NIEUW->gateway.home, "trust", path));
    X509_CRL_free(crl);
    if (!gateway_reload(&NIEUW->gateway, &fault))
        fail_msg("%s", fault.text);
}

static void a_revoked_certificate_is_refused_from_the_next_crl_on(void **state)
{
    (void)state;
    send_one(SOORT_DOSSIER, true, "not revoked");
    install_crl(0, 0, PURPOSE_ONDERTEKENEN, true);
    send_one(SOORT_DOSSIER, false, "signing certificate revoked");
    install_crl(0, 0, PURPOSE_TLS_CLIENT, true);
    send_one(SOORT_DOSSIER, false, "TLS certificate revoked");
    install_crl(0, 0, PURPOSE_TLS_CLIENT, false);
    send_one(SOORT_DOSSIER, true, "no longer revoked");
}

static void with_a_stale_crl_nothing_is_decided(void **state)
{
    struct listen_answer answer;
    struct post post;
    time_t now = clock_now();
    int64_t before = rows(NIEUW);

    (void)state;
    install_crl(now - 7200, now - 3600, PURPOSE_ONDERTEKENEN, false);
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = DOSSIER;
    post_send(&post, &answer);
    assert_int_equal(answer.status, 503);
    assert_int_equal(answer.retry_after, 30);
    assert_string_equal(answer.content_type, "application/problem+xml");
    assert_non_null(strstr(buf_text(&answer.body), "Tijdelijk niet beschikbaar"));
    hear(&answer);
    assert_int_equal(rows(NIEUW), before);
    install_crl(0, 0, PURPOSE_ONDERTEKENEN, false);
    post_hand(&post, &answer);
    assert_int_equal(answer.status, 200);
    hear(&answer);
    post_finish(&post);
}

/* --- nothing about a person -------------------------------------------------------------- */

static void (*const ALL[])(void **state) = {
    who_is_not_whom_he_says_gets_one_answer_and_leaves_nothing,
    what_is_no_sealed_message_gets_the_same_answer,
    the_right_certificate_over_another_key_proves_nothing,
    only_an_active_peer_is_heard_and_a_proposed_one_may_ping,
    a_ping_does_not_activate_who_sent_it,
    a_revoked_certificate_is_refused_from_the_next_crl_on,
    with_a_stale_crl_nothing_is_decided,
};

static void nothing_personal_is_answered_logged_or_left_readable(void **state)
{
    SCOPED_BUF struct buf log = { 0 };

    hush_start();
    for (size_t i = 0; i < sizeof(ALL) / sizeof(ALL[0]); i++)
        ALL[i](state);
    hush_stop(&log);
    assert_non_null(strstr(buf_text(&log), "refused from=192.0.2.1 status=400 (identity: "));
    assert_null(hush_broken(&log));
    assert_true(HEARD.size > 10000);
    assert_null(hush_broken(&HEARD));
    assert_null(hush_broken_in_store(NIEUW));
}

static int stop_hush(void **state)
{
    SCOPED_BUF struct buf log = { 0 };

    (void)state;
    hush_stop(&log);
    return 0;
}

static int start(void **state)
{
    (void)state;
    town_install();
    DOSSIER = sample_dossier("gezinsmigrant.xml");
    town_gather(TOWNS, COUNT, COUNT - 1);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    buf_finish(&HEARD);
    free(DOSSIER);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_not_whom_he_says_gets_one_answer_and_leaves_nothing),
        cmocka_unit_test(what_is_no_sealed_message_gets_the_same_answer),
        cmocka_unit_test(the_right_certificate_over_another_key_proves_nothing),
        cmocka_unit_test(only_an_active_peer_is_heard_and_a_proposed_one_may_ping),
        cmocka_unit_test(a_ping_does_not_activate_who_sent_it),
        cmocka_unit_test(a_revoked_certificate_is_refused_from_the_next_crl_on),
        cmocka_unit_test(with_a_stale_crl_nothing_is_decided),
        cmocka_unit_test_teardown(nothing_personal_is_answered_logged_or_left_readable,
                                  stop_hush),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
