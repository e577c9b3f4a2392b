/* The 38 operations: each done, each refused, and what all of them have in common. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "tests/duosim/asker.h"

#define PIP "{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\"}"
#define AANBOD                                                                                \
    "{\"datumInburgeringsaanbod\":\"2024-04-01\",\"indicatorAlfabetiseringsonderwijs\":"      \
    "\"NVT\"}"
#define CONTACT                                                                               \
    "{\"naam\":\"J. de "                                                                      \
    "Vries\",\"email\":\"team@almelo.test\",\"telefoonnummer\":\"0546123456\"}"

/* clang-format off */
/* In this order: each stands on those before it. */
static const struct {
    const char *operation, *path, *good, *bad; /* bad: a body that DUO's schema does not know */
} CASES[] = {
    { "inburgeringsplicht.lezen",           "/inburgeringsplicht", NULL, NULL },
    { "inburgeringsplicht-historie.lezen",  "/inburgeringsplicht/historie", NULL, NULL },
    { "doelgroep.lezen",                    "/doelgroep", NULL, NULL },
    { "doelgroep-historie.lezen",           "/doelgroep/historie", NULL, NULL },
    { "lbt-examennummer.lezen",             "/lbt/examennummer", NULL, NULL },
    { "lbt-examennummer.intrekken",         "/lbt/examennummer", NULL, NULL },
    { "lbt-resultaten.lezen",               "/lbt/resultaten", NULL, NULL },
    { "verlengingsgronden.lezen",           "/v1/verlengingsgronden", NULL, NULL },
    { "verlengingen.lezen",                 "/verlengingen", NULL, NULL },
    { "vrijstellingen.lezen",               "/vrijstellingen", NULL, NULL },
    { "ontheffingen.lezen",                 "/ontheffingen", NULL, NULL },
    { "examenresultaten.lezen",             "/examens/resultaten", NULL, NULL },
    { "gratispogingen.lezen",               "/examens/gratispogingen", NULL, NULL },
    { "boetes.lezen",                       "/boetes", NULL, NULL },
    { "instellingen.lezen",                 "/v1/instellingen", NULL, NULL },
    { "pip.melden",                         "/PIP", PIP, "{\"dagtekeningPip\":\"2024-02-30\",\"leerroute\":\"B\"}" },
    { "pip.lezen",                          "/PIP", NULL, NULL },
    { "inburgeringstermijn.lezen",          "/inburgeringstermijn", NULL, NULL },
    { "gebeurtenissen.lezen",               "/gebeurtenissen", NULL, NULL },
    { "contactpersoon.melden",              "/v1/contactpersonen", CONTACT, "{\"naam\":\"J\",\"email\":\"a@b.c\"}" },
    { "contactpersoon.wijzigen",            "/v1/contactpersonen/1", CONTACT, "{\"naam\":\"J3\",\"email\":\"a@b.c\",\"telefoonnummer\":\"x\"}" },
    { "contactpersoon.koppelen",            "/v1/contactpersonen/1/personen/" BSN, NULL, NULL },
    { "contactpersoon.ontkoppelen",         "/v1/contactpersonen/1/personen/" BSN, NULL, NULL },
    { "contactpersoon.intrekken",           "/v1/contactpersonen/1", NULL, NULL },
    { "aanbod.melden",                      "/Inburgeringsaanbod/" SCHOOL, AANBOD, "{\"datumInburgeringsaanbod\":\"2024-04-01\"}" },
    { "uren-instelling.melden",             "/uren/instellingen/" SCHOOL "/taallesknm", "{\"uren\":120,\"bekendTot\":\"2026-03-01\"}", "{\"uren\":120}" },
    { "uren-bredeintake.melden",            "/uren/bredeintake/taallesknm", "{\"uren\":40}", "{\"uren\":10000}" },
    { "uren-participatie.melden",           "/uren/participatieactiviteiten", "{\"uren\":41}", "{\"uren\":\"41\"}" },
    { "uren-taalles.melden",                "/uren/participatietaalles", "{\"uren\":42}", "{\"uren\":1.5}" },
    { "uren.lezen",                         "/uren", NULL, NULL },
    { "aanbod.intrekken",                   "/Inburgeringsaanbod/" SCHOOL, NULL, NULL },
    { "map.melden",                         "/map", "{\"datumEindgesprekMap\":\"2026-02-01\"}", "{\"datumEindgesprekMap\":\"2026-02-01\",\"verwijtbaar\":true}" },
    { "map.lezen",                          "/map", NULL, NULL },
    { "pvt.melden",                         "/pvt", "{\"datumOndertekeningPvt\":\"2025-02-01\"}", "{\"datumOndertekeningPVT\":\"2025-02-01\"}" },
    { "pvt.lezen",                          "/pvt", NULL, NULL },
    { "zroute.melden",                      "/zroute", "{\"datumAfrondingZroute\":\"2026-03-01\"}", "{\"datumAfrondingZroute\":\"morgen\"}" },
    { "inburgeringstermijn-historie.lezen", "/inburgeringstermijn/historie", NULL, NULL },
    { "pip.intrekken",                      "/PIP", NULL, NULL },
};
/* clang-format on */
enum { COUNT = sizeof(CASES) / sizeof(CASES[0]) };

static struct answer ask(size_t i, const char *gemeente, const char *body)
{
    const struct duo_operation *operation = duo_operation_named(CASES[i].operation);
    const struct question question = {
        .gemeente = gemeente, .method = operation->method, .path = CASES[i].path, .body = body
    };

    return asker_put(&question);
}

static bool is_about_somebody(size_t i)
{
    return strstr(duo_operation_named(CASES[i].operation)->path, "{bsn}") != NULL;
}

/* What is asked for last needs a state of its own. */
static void prepare(size_t i)
{
    if (strcmp(CASES[i].operation, "inburgeringstermijn-historie.lezen") == 0)
        asker_set("inburgeringstermijnHistorie", "[{\"einddatum\":\"2027-03-02\"}]");
    if (strcmp(CASES[i].operation, "pip.intrekken") == 0)
        asker_set("inburgeringstermijn", "-");
}

static void each_operation_is_done_as_duo_specifies_it(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    assert_int_equal(COUNT + 1, duo_operation_count()); /* the other one is ours to take */
    for (size_t i = 0; i < COUNT; i++) {
        const struct duo_operation *operation = duo_operation_named(CASES[i].operation);
        prepare(i);
        struct answer answer = ask(i, ALMELO, CASES[i].good);
        if (answer.status != operation->success)
            fail_msg("%s: %d (%s)", operation->name, answer.status, answer.text);
        assert_string_equal(answer.version, duo_api_version(operation->api));
        if (operation->answer && !duo_check(operation->answer, answer.json, NULL, &fault))
            fail_msg("%s: %s", operation->name, fault.text);
        if (!operation->answer)
            assert_string_equal(answer.text, "");
        asker_forget(&answer);
    }
}

static void each_operation_is_refused_to_a_municipality_without_ground(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        const struct duo_operation *operation = duo_operation_named(CASES[i].operation);
        struct answer answer = ask(i, UTRECHT, CASES[i].good);
        if (is_about_somebody(i) && (answer.status != 403 || answer.text[0]))
            fail_msg("%s: %d (%s)", operation->name, answer.status, answer.text);
        assert_string_equal(answer.version, duo_api_version(operation->api));
        asker_forget(&answer);
    }
}

static void each_body_is_checked_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct answer answer = ask(i, ALMELO, CASES[i].bad ? CASES[i].bad : "");
        bool takes_body = duo_operation_named(CASES[i].operation)->body != NULL;
        if (takes_body && answer.status != 400)
            fail_msg("%s: %d", CASES[i].operation, answer.status);
        assert_true(answer.version[0]);
        asker_forget(&answer);
    }
}

static void a_body_where_none_belongs_or_of_another_type_is_400(void **state)
{
    static const struct question CASE[] = {
        { .gemeente = ALMELO,
          .method = "POST",
          .path = "/v1/contactpersonen/1/personen/" BSN,
          .body = "{}" },
        { .gemeente = ALMELO,
          .method = "POST",
          .path = "/PIP",
          .body = PIP,
          .content_type = "text/plain" },
        { .gemeente = ALMELO, .method = "POST", .path = "/PIP", .body = PIP " " PIP },
        { .gemeente = ALMELO, .method = "POST", .path = "/PIP", .body = "[" PIP "]" },
        { .gemeente = ALMELO,
          .method = "POST",
          .path = "/PIP",
          .body =
              "{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\",\"leerroute\":\"Z\"}" },
        { .gemeente = ALMELO,
          .method = "POST",
          .path = "/PIP",
          .body = "{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\",\"extra\":1}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASE) / sizeof(CASE[0]); i++) {
        struct answer answer = asker_put(&CASE[i]);
        assert_int_equal(answer.status, 400);
        asker_forget(&answer);
    }
}

static void headers_are_required_and_say_who_it_is(void **state)
{
    static const struct {
        const char *bron, *doel, *id;
        int status;
    } CASE[] = {
        { NULL, NULL, NULL, 200 },
        { "", NULL, NULL, 400 },
        { NULL, "", NULL, 400 },
        { NULL, NULL, "", 400 },
        { NULL, NULL, "1", 400 },
        { "0000000100222064700", NULL, NULL, 400 },
        { NULL, "00000001002220647000", NULL, 400 },
        { "00000001002306608000", NULL, NULL, 401 }, /* Utrecht's, with Almelo's certificate */
        { "00000009999999999000", NULL, NULL, 401 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASE) / sizeof(CASE[0]); i++) {
        const struct question question = { .gemeente = ALMELO,
                                           .method = "GET",
                                           .path = "/inburgeringsplicht",
                                           .bron = CASE[i].bron,
                                           .doel = CASE[i].doel,
                                           .bericht_id = CASE[i].id };
        struct answer answer = asker_put(&question);
        assert_int_equal(answer.status, CASE[i].status);
        assert_true(answer.version[0]);
        asker_forget(&answer);
    }
}

static void paths_are_exact_and_strangers_are_not_found(void **state)
{
    static const struct {
        const char *method, *path;
        int status;
    } CASE[] = {
        { "GET", "/pip", 404 },
        { "GET", "/MAP", 404 },
        { "GET", "/Inburgeringsplicht", 404 },
        { "GET", "/V1/instellingen", 404 },
        { "GET", "/v1/instellingen/", 404 },
        { "GET", "/v1", 404 },
        { "PUT", "/PIP", 404 },
        { "POST", "/v1/notificaties", 404 },
        { "GET", "/v1/personen/999990020/PIP", 404 },
        { "GET", "/PIP", 404 }, /* there is none yet */
        { "DELETE", "/PIP", 404 },
        { "DELETE", "/Inburgeringsaanbod/" SCHOOL, 404 },
        { "PATCH", "/PIP", 501 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASE) / sizeof(CASE[0]); i++)
        asker_expect(CASE[i].status, ALMELO, CASE[i].method, CASE[i].path, NULL);
}

static void the_same_report_again_is_answered_the_same_and_done_once(void **state)
{
    struct question question = { .gemeente = ALMELO,
                                 .method = "POST",
                                 .path = "/v1/contactpersonen",
                                 .body = CONTACT,
                                 .bericht_id = "2f0c4d2e-6a51-4c0e-9b1a-3e4d5c6b7a89" };

    (void)state;
    struct answer first = asker_put(&question), second = asker_put(&question);
    assert_int_equal(second.status, 201);
    assert_string_equal(first.text, second.text);
    asker_forget(&second);
    question.bericht_id = NULL;
    second = asker_put(&question);
    assert_int_equal(json_integer_value(json_object_get(second.json, "id")), 2);
    asker_forget(&second);
    question.bericht_id = "2f0c4d2e-6a51-4c0e-9b1a-3e4d5c6b7a89";
    question.path = "/PIP";
    question.body = PIP;
    second = asker_put(&question);
    assert_int_equal(second.status, 400); /* the id was used for something else */
    asker_forget(&first);
    asker_forget(&second);
}

static void what_was_refused_is_judged_anew_under_the_same_id(void **state)
{
    const struct question question = { .gemeente = UTRECHT,
                                       .method = "POST",
                                       .path = "/PIP",
                                       .body = PIP,
                                       .bericht_id = "2f0c4d2e-6a51-4c0e-9b1a-3e4d5c6b7a89" };

    (void)state;
    struct answer answer = asker_put(&question);
    assert_int_equal(answer.status, 403);
    asker_forget(&answer);
    standin_say(&asker_duo, "move " BSN " 0344 2024-02-01");
    answer = asker_put(&question);
    assert_int_equal(answer.status, 201);
    asker_forget(&answer);
}

static void the_first_pip_records_b1_and_starts_the_term(void **state)
{
    (void)state;
    asker_expect(201, ALMELO, "POST", "/PIP", PIP);
    standin_say(&asker_duo, "show " BSN " pips");
    assert_non_null(strstr(asker_duo.said, "\"niveau\":\"B1\"")); /* PIP-9 */
    standin_say(&asker_duo, "show " BSN " inburgeringstermijn");
    assert_non_null(strstr(asker_duo.said, "\"startdatum\":\"2024-03-02\""));
    assert_non_null(strstr(asker_duo.said, "\"einddatum\":\"2027-03-02\""));
    assert_non_null(strstr(standin_say(&asker_duo, "notifications"), "SS102"));
    asker_expect(201, ALMELO, "POST", "/PIP",
                 "{\"dagtekeningPip\":\"2025-01-01\",\"leerroute\":\"Z\"}");
    standin_say(&asker_duo, "show " BSN " inburgeringstermijn");
    assert_non_null(strstr(asker_duo.said, "\"startdatum\":\"2024-03-02\""));
}

static void a_contact_is_of_one_municipality_and_one_at_a_time(void **state)
{
    (void)state;
    asker_expect(201, ALMELO, "POST", "/v1/contactpersonen", CONTACT);
    asker_expect(201, ALMELO, "POST", "/v1/contactpersonen", CONTACT);
    asker_expect(403, UTRECHT, "PUT", "/v1/contactpersonen/1", CONTACT);
    asker_expect(403, UTRECHT, "DELETE", "/v1/contactpersonen/1", NULL);
    asker_expect(404, ALMELO, "PUT", "/v1/contactpersonen/3", CONTACT);
    asker_expect(201, ALMELO, "POST", "/v1/contactpersonen/1/personen/" BSN, NULL);
    asker_expect(201, ALMELO, "POST", "/v1/contactpersonen/2/personen/" BSN, NULL); /* CP-1 */
    asker_expect(404, ALMELO, "DELETE", "/v1/contactpersonen/1/personen/" BSN, NULL);
    asker_expect(200, ALMELO, "DELETE", "/v1/contactpersonen/2", NULL); /* CP-2 */
    assert_string_equal(standin_say(&asker_duo, "show " BSN " contactpersoon"), "null\n");
}

static void reports_overwrite_and_dates_alone_can_be_read(void **state)
{
    (void)state;
    asker_expect(201, ALMELO, "POST", "/PIP", PIP);
    asker_expect(201, ALMELO, "POST", "/Inburgeringsaanbod/" SCHOOL, AANBOD);
    asker_expect(201, ALMELO, "POST", "/Inburgeringsaanbod/" SCHOOL,
                 "{\"indicatorAlfabetiseringsonderwijs\":\"A\"}"); /* IA-7 */
    standin_say(&asker_duo, "show " BSN " aanbod");
    assert_null(strstr(asker_duo.said, "2024-04-01"));
    asker_expect(200, ALMELO, "PUT", "/map", "{\"datumEindgesprekMap\":\"2026-02-01\"}");
    asker_expect(200, ALMELO, "PUT", "/map", "{}"); /* MAP-12 */
    asker_expect(404, ALMELO, "GET", "/map", NULL);
    asker_expect(200, ALMELO, "PUT", "/uren/bredeintake/taallesknm", "{\"uren\":40}");
    asker_expect(200, ALMELO, "PUT", "/uren/bredeintake/taallesknm", "{\"uren\":44}");
    standin_say(&asker_duo, "show " BSN " uren");
    assert_non_null(strstr(asker_duo.said, "44"));
    assert_null(strstr(asker_duo.said, "40"));
}

/* What a sample says of somebody, DUO's own shapes and the gateway's reading accept. */
static void a_sample_can_be_read_whole(void **state)
{
    static const char *const SAMPLES[] = { "sample " BSN " 0141 2024-01-10",
                                           "sample " BSN " 0141 2024-01-10 B",
                                           "sample " BSN " 0141 2024-01-10 O",
                                           "sample " BSN " 0141 2024-01-10 Z" };
    struct fault fault = { 0 };

    (void)state;
    for (size_t i = 0; i < 4 * (size_t)COUNT; i++) {
        const struct duo_operation *operation =
            duo_operation_named(CASES[i % COUNT].operation);
        if (i % COUNT == 0)
            standin_say(&asker_duo, SAMPLES[i / COUNT]);
        if (!operation->answer || operation->body)
            continue;
        struct answer answer = ask(i % COUNT, ALMELO, NULL);
        if (answer.status == 200 && !duo_check(operation->answer, answer.json, NULL, &fault))
            fail_msg("%s: %s", operation->name, fault.text);
        if (strcmp(operation->name, "pip.lezen") == 0)
            assert_int_equal(answer.status, i < COUNT ? 404 : 200);
        asker_forget(&answer);
    }
}

int main(void)
{
#define DUO_TEST(name) cmocka_unit_test_setup_teardown(name, asker_start, asker_stop)
    const struct CMUnitTest tests[] = {
        DUO_TEST(each_operation_is_done_as_duo_specifies_it),
        DUO_TEST(each_operation_is_refused_to_a_municipality_without_ground),
        DUO_TEST(each_body_is_checked_strictly),
        DUO_TEST(a_body_where_none_belongs_or_of_another_type_is_400),
        DUO_TEST(headers_are_required_and_say_who_it_is),
        DUO_TEST(paths_are_exact_and_strangers_are_not_found),
        DUO_TEST(the_same_report_again_is_answered_the_same_and_done_once),
        DUO_TEST(what_was_refused_is_judged_anew_under_the_same_id),
        DUO_TEST(the_first_pip_records_b1_and_starts_the_term),
        DUO_TEST(a_contact_is_of_one_municipality_and_one_at_a_time),
        DUO_TEST(reports_overwrite_and_dates_alone_can_be_read),
        DUO_TEST(a_sample_can_be_read_whole),
    };

    return cmocka_run_group_tests(tests, asker_set_up, asker_tear_down);
}
