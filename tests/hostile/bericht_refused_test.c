/* Messages from whom they say, with something wrong in them, put straight to the handler: a
 * signed refusal that names the element, is replayed for ever, and tells nothing about a
 * person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "codecs/xmldoc.h"
#include "gateway/clock.h"
#include "tests/hostile/hush.h"
#include "tests/hostile/post.h"
#include "tests/sample.h"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_RSA },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1];
static char *DOSSIER;

/* Every answer that was given. */
static struct buf HEARD;

static void hear(struct listen_answer *answer)
{
    buf_add(&HEARD, answer->body.data, answer->body.size);
    buf_finish(&answer->body);
}

/* --- when it is known who speaks --------------------------------------------------------- */

static void it_has_expired(struct post *post)
{
    post->kop.gemaakt -= 7200;
    post->kop.geldig_tot = clock_now() - 1;
}

static void it_was_made_tomorrow(struct post *post)
{
    post->kop.gemaakt += 310;
}

static void it_is_valid_for_too_long(struct post *post)
{
    post->kop.geldig_tot = post->kop.gemaakt + 30 * 86400L + 1;
}

static void it_ends_before_it_begins(struct post *post)
{
    post->kop.gemaakt += 200;
    post->kop.geldig_tot = post->kop.gemaakt - 100;
}

static void it_rejects_what_nobody_asked(struct post *post)
{
    post->kop.soort = SOORT_VERZOEKAFWIJZING;
    post->dossier = "<verzoekafwijzing xmlns=\"urn:nl:estafette:bericht:1\">"
                    "<code>onbekend</code></verzoekafwijzing>";
}

static void it_refuses_what_nobody_gave(struct post *post)
{
    post->kop.soort = SOORT_WEIGERING;
    post->dossier = "<weigering xmlns=\"urn:nl:estafette:bericht:1\">"
                    "<code>dubbel</code></weigering>";
}

static void it_takes_over_what_nobody_gave(struct post *post)
{
    post->kop.soort = SOORT_OVERNAME;
    post->dossier = NULL;
}

static void add_second_kop(xmlDoc *doc)
{
    xmlNode *root = xmlDocGetRootElement(doc);

    xmlAddPrevSibling(xmlFirstElementChild(root), xmlCopyNode(xmlFirstElementChild(root), 1));
}

static xmlNode *in_dossier(xmlDoc *doc, const char *path)
{
    return xmldoc_at(message_content(doc), path);
}

static void write_a_bsn_that_is_none(xmlDoc *doc)
{
    xmlNodeSetContent(in_dossier(doc, "persoon/bsn"), BAD_CAST "123456782x");
}

static void write_a_bsn_that_fails_the_test(xmlDoc *doc)
{
    xmlNodeSetContent(in_dossier(doc, "persoon/bsn"), BAD_CAST "999900032");
}

static void name_an_element_after_a_bsn(xmlDoc *doc)
{
    xmlNodeSetName(in_dossier(doc, "persoon/doelgroep"), BAD_CAST "x123456782");
}

static void name_an_element_at_great_length(xmlDoc *doc)
{
    SCOPED_BUF struct buf name = { 0 };

    for (int i = 0; i < 300; i++)
        buf_add_text(&name, "\xC3\xA9");
    xmlNodeSetName(in_dossier(doc, "persoon/doelgroep"), BAD_CAST buf_text(&name));
}

static void write_markup_as_text(xmlDoc *doc)
{
    xmlNodeSetContent(in_dossier(doc, "persoon/cohort"), BAD_CAST "&lt;bsn&gt;123456782");
}

static void choose_another_type(xmlDoc *doc)
{
    xmlNode *bsn = in_dossier(doc, "persoon/bsn");
    xmlNs *xsi =
        xmlNewNs(bsn, BAD_CAST "http://www.w3.org/2001/XMLSchema-instance", BAD_CAST "xsi");

    xmlNewNsProp(bsn, xsi, BAD_CAST "type", BAD_CAST "leeg");
}

static void leave_out_the_content(xmlDoc *doc)
{
    xmlNode *content = message_content(doc);

    xmlUnlinkNode(content);
    xmlFreeNode(content);
}

static void put_in_a_ping(xmlDoc *doc)
{
    leave_out_the_content(doc);
    xmldoc_add(xmlDocGetRootElement(doc), "ping", NULL);
}

static void add_a_ping(xmlDoc *doc)
{
    xmldoc_add(xmlDocGetRootElement(doc), "ping", NULL);
}

static void say_nothing_about_the_pip(xmlDoc *doc)
{
    xmlNode *pip = in_dossier(doc, "pip");

    xmlUnlinkNode(pip);
    xmlFreeNode(pip);
}

static void write_it_on_the_day_after_tomorrow(xmlDoc *doc)
{
    char day[16];
    time_t at = clock_now() + 2L * 86400;
    struct tm parts;

    strftime(day, sizeof(day), "%Y-%m-%d", gmtime_r(&at, &parts));
    xmlSetProp(message_content(doc), BAD_CAST "peildatum", BAD_CAST day);
}

static void bring_a_school_report(xmlDoc *doc)
{
    xmlNode *resultaat = in_dossier(doc, "voortgang/map/resultaat");

    xmlNodeSetName(resultaat, BAD_CAST "presentie");
}

/* DUO's snapshot is information, not truth. */
static void differ_from_duo(xmlDoc *doc)
{
    xmlNodeSetContent(in_dossier(doc, "duo/gelezen/datumEindgesprekMap"),
                      BAD_CAST "2026-02-21");
}

/* As if a gateway of the next major version had written it. */
static void write_it_in_version_2(xmlDoc *doc)
{
    xmlNs *ns = message_content(doc)->ns;

    xmlFree((xmlChar *)ns->href);
    ns->href = xmlStrdup(BAD_CAST "urn:nl:estafette:dossier:2");
}

/* clang-format off */
static const struct {
    void (*wrong)(struct post *post);
    void (*change)(xmlDoc *doc);
    const char *code, *says;
} REFUSED[] = {
    { it_has_expired,                 NULL, "verlopen", "kop/geldigTot has passed" },
    { it_is_valid_for_too_long,       NULL, "verlopen", "kop/geldigTot is not within 30 days of gemaakt" },
    { it_ends_before_it_begins,       NULL, "verlopen", "kop/geldigTot is not within 30 days of gemaakt" },
    { NULL, write_a_bsn_that_is_none,        "schema",  "dossier/persoon/bsn: " },
    { NULL, name_an_element_after_a_bsn,     "schema",  "dossier/persoon/(another name): " },
    { NULL, name_an_element_at_great_length, "schema",  "dossier/persoon/(another name): " },
    { NULL, write_markup_as_text,            "schema",  "dossier/persoon/cohort: is not one of " },
    { NULL, choose_another_type,             "schema",  "dossier/persoon/bsn/@type: is an attribute of another namespace" },
    { NULL, leave_out_the_content,           "schema",  "bericht: misses" },
    { NULL, put_in_a_ping,                   "schema",  "bericht/ping: kop/soort says dossier" },
    { NULL, add_second_kop,                  "schema",  "bericht/kop[2]: is not expected here" },
    { NULL, add_a_ping,                      "schema",  "bericht/ping: is not expected here" },
    { NULL, say_nothing_about_the_pip,       "schema",  "is not expected here, but: pip" },
    { NULL, write_it_in_version_2,           "schema",  "bericht/dossier: dit dossier is van versie 2; deze gateway leest versie 1. Werk de gateway bij, of vraag de afzender om versie 1" },
    { NULL, write_a_bsn_that_fails_the_test, "regel",   "dossier/persoon/bsn: fails the 11-test (rule elfproef)" },
    { NULL, write_it_on_the_day_after_tomorrow, "regel", "dossier/@peildatum: lies in the future (rule peildatum)" },
    { NULL, bring_a_school_report,           "regel",   "dossier/voortgang/map/presentie: effort and attendance: " },
    { it_rejects_what_nobody_asked,   NULL, "toestand", "verzoekafwijzing: no such handover here" },
    { it_refuses_what_nobody_gave,    NULL, "toestand", "weigering: no such handover here" },
    { it_takes_over_what_nobody_gave, NULL, "toestand", "overname: no such handover here" },
};
/* clang-format on */

static void assert_refused(const struct post *post, const struct listen_answer *answer,
                           const char *code, const char *says)
{
    struct receipt receipt;
    struct digest sealed;

    if (!post_receipt(post, answer, &receipt))
        fail_msg("%s: %d %s", says, answer->status, buf_text(&answer->body));
    digest_of(post->sealed.data, post->sealed.size, &sealed);
    assert_false(receipt.aangenomen);
    assert_string_equal(receipt.code, code);
    if (!strstr(receipt.tekst, says))
        fail_msg("not %s but %s", says, receipt.tekst);
    assert_true(digest_equal(&receipt.verzegeld, &sealed));
    assert_true(digest_equal(&receipt.canoniek, &post->canonical));
}

/* The same bytes again, and the same content sealed anew. */
static void assert_replayed(struct post *post, const struct listen_answer *first)
{
    for (int i = 0; i < 2; i++) {
        struct listen_answer again;
        post_hand(post, &again);
        assert_int_equal(again.status, 200);
        assert_int_equal(again.body.size, first->body.size);
        assert_memory_equal(again.body.data, first->body.data, first->body.size);
        hear(&again);
        post_seal(post);
    }
}

static void what_is_not_acceptable_is_refused_with_a_receipt_for_ever(void **state)
{
    int64_t handovers = town_count(NIEUW, "SELECT count(*) FROM overdracht");
    int64_t kept = town_count(NIEUW, "SELECT count(*) FROM inbox WHERE length(sealed) > 0");

    (void)state;
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        struct listen_answer answer;
        struct post post;
        post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
        post.dossier = DOSSIER;
        post.change = REFUSED[i].change;
        if (REFUSED[i].wrong)
            REFUSED[i].wrong(&post);
        int64_t before = town_count(NIEUW, "SELECT count(*) FROM inbox WHERE code <> ''");
        post_send(&post, &answer);
        assert_refused(&post, &answer, REFUSED[i].code, REFUSED[i].says);
        assert_replayed(&post, &answer);
        assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM inbox WHERE code <> ''"),
                         before + 1);
        hear(&answer);
        post_finish(&post);
    }
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM overdracht"), handovers);
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM inbox WHERE length(sealed) > 0"),
                     kept);
}

static void what_only_warns_is_accepted(void **state)
{
    struct listen_answer answer;
    struct receipt receipt;
    struct post post;

    (void)state;
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = DOSSIER;
    post.change = differ_from_duo;
    post_send(&post, &answer);
    assert_true(post_receipt(&post, &answer, &receipt));
    if (!receipt.aangenomen)
        fail_msg("%s", receipt.tekst);
    hear(&answer);
    post_finish(&post);
}

static void assert_put_off(struct post *post)
{
    struct listen_answer answer;

    post_send(post, &answer);
    assert_int_equal(answer.status, 503);
    assert_true(answer.retry_after > 0);
    assert_non_null(strstr(buf_text(&answer.body), "urn:nl:estafette:problem:klok"));
    hear(&answer);
}

/* One of the two clocks is wrong; when it is set right the same message is welcome. */
static void what_was_made_tomorrow_is_put_off_not_refused(void **state)
{
    int64_t rows = town_count(NIEUW, "SELECT count(*) FROM inbox");
    struct post post;

    (void)state;
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = DOSSIER;
    it_was_made_tomorrow(&post);
    assert_put_off(&post);
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM inbox"), rows);
    post_finish(&post);
}

/* Our own clock jumped: whether geldigTot has passed nobody knows. */
static void with_a_clock_in_doubt_nothing_is_refused_for_its_time(void **state)
{
    struct doubt *doubt = &NIEUW->gateway.doubt;
    struct listen_answer answer;
    struct post post;

    (void)state;
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = DOSSIER;
    it_has_expired(&post);
    doubt_look(doubt, clock_now_ms() + 86400000, clock_boot_ms());
    assert_put_off(&post);
    doubt_finish(doubt);
    doubt_init(doubt);
    post_hand(&post, &answer);
    assert_refused(&post, &answer, "verlopen", "kop/geldigTot has passed");
    hear(&answer);
    post_finish(&post);
}

static void what_is_just_in_time_is_accepted(void **state)
{
    static const struct {
        time_t made, until; /* from now */
    } CASES[] = { { 290, 400 }, { -86400 * 29L, 86000 }, { 0, 30 * 86400L }, { -60, 20 } };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct listen_answer answer;
        struct receipt receipt;
        struct post post;
        time_t now = clock_now();
        post_start(&post, NIEUW, OUD, SOORT_PING);
        post.kop.gemaakt = now + CASES[i].made;
        post.kop.geldig_tot = now + CASES[i].until;
        post_send(&post, &answer);
        assert_true(post_receipt(&post, &answer, &receipt));
        if (!receipt.aangenomen)
            fail_msg("%zu: %s", i, receipt.tekst);
        hear(&answer);
        post_finish(&post);
    }
}

/* --- nothing about a person -------------------------------------------------------------- */

static void (*const ALL[])(void **state) = {
    what_is_not_acceptable_is_refused_with_a_receipt_for_ever,
    what_was_made_tomorrow_is_put_off_not_refused,
    with_a_clock_in_doubt_nothing_is_refused_for_its_time,
    what_is_just_in_time_is_accepted,
};

static void nothing_personal_is_answered_logged_or_left_readable(void **state)
{
    SCOPED_BUF struct buf log = { 0 };

    hush_start();
    for (size_t i = 0; i < sizeof(ALL) / sizeof(ALL[0]); i++)
        ALL[i](state);
    hush_stop(&log);
    assert_non_null(strstr(buf_text(&log), "status=schema (again)"));
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
    town_gather(TOWNS, COUNT, COUNT);
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
        cmocka_unit_test(what_is_not_acceptable_is_refused_with_a_receipt_for_ever),
        cmocka_unit_test(what_only_warns_is_accepted),
        cmocka_unit_test(what_was_made_tomorrow_is_put_off_not_refused),
        cmocka_unit_test(with_a_clock_in_doubt_nothing_is_refused_for_its_time),
        cmocka_unit_test(what_is_just_in_time_is_accepted),
        cmocka_unit_test_teardown(nothing_personal_is_answered_logged_or_left_readable,
                                  stop_hush),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
