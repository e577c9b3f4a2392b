/* One exchange with DUO: what leaves is exactly what DUO's specifications say, and what comes
 * back is believed only when it is exactly that, and from DUO. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/duo_exchange.h"
#include "tests/duo_stub.h"

#define BSN "999990019"
#define INSTELLING "0123456789"
#define BERICHT "11111111-2222-4333-8444-555555555555"

static struct town TOWN = { .oin = "00000099000000001000",
                            .code = "0344",
                            .naam = "Utrecht",
                            .kind = PKI_P256,
                            .total_seconds = 1 };
static struct duo_stub *DUO;
static const struct duo_address ADDRESS = { BSN, INSTELLING, "12" };

static int start(void **state)
{
    (void)state;
    town_install();
    DUO = duo_stub_create();
    TOWN.duo = duo_stub_config(DUO);
    town_build(&TOWN);
    duo_stub_serve(DUO, &TOWN, NULL);
    town_open(&TOWN);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_stop(&TOWN);
    duo_stub_destroy(DUO);
    town_remove(&TOWN);
    return 0;
}

/* One exchange on a line of its own. */
static bool run(const char *operation, const char *body, struct duo_exchange *exchange,
                struct fault *fault)
{
    struct deliver *line = duo_exchange_line(&TOWN.gateway.config);

    *exchange = (struct duo_exchange){ .operation = duo_operation_named(operation),
                                       .address = &ADDRESS,
                                       .id = BERICHT,
                                       .body = body,
                                       .size = body ? strlen(body) : 0 };
    *fault = (struct fault){ 0 };
    bool good = duo_exchange_run(&TOWN.gateway, line, exchange, fault);
    deliver_destroy(line);
    return good;
}

/* --- what leaves ---------------------------------------------------------------------------
 */

#define PERSOON "/v1/personen/" BSN
#define CONTACT                                                                               \
    "{\"naam\":\"J. de "                                                                      \
    "Vries\",\"email\":\"j@utrecht.example\",\"telefoonnummer\":\"030-2860000\"}"
#define NAUGHT "[]"

/* clang-format off */
static const struct {
    const char *name, *line, *body; /* body NULL: none */
    int status;
    const char *answer;
} OPERATIONS[] = {
    { "inburgeringsplicht.lezen",           "GET " PERSOON "/inburgeringsplicht", NULL, 200, "{\"indicatorInburgeringsplicht\":true}" },
    { "inburgeringsplicht-historie.lezen",  "GET " PERSOON "/inburgeringsplicht/historie", NULL, 200, NAUGHT },
    { "doelgroep.lezen",                    "GET " PERSOON "/doelgroep", NULL, 200, "{}" },
    { "doelgroep-historie.lezen",           "GET " PERSOON "/doelgroep/historie", NULL, 200, NAUGHT },
    { "lbt-examennummer.lezen",             "GET " PERSOON "/lbt/examennummer", NULL, 200, "{\"examennummer\":\"LBT1\"}" },
    { "lbt-examennummer.intrekken",         "DELETE " PERSOON "/lbt/examennummer", NULL, 200, NULL },
    { "lbt-resultaten.lezen",               "GET " PERSOON "/lbt/resultaten", NULL, 200, NAUGHT },
    { "inburgeringstermijn.lezen",          "GET " PERSOON "/inburgeringstermijn", NULL, 200, "{\"startdatum\":\"2025-01-01\",\"einddatum\":\"2028-01-01\"}" },
    { "inburgeringstermijn-historie.lezen", "GET " PERSOON "/inburgeringstermijn/historie", NULL, 200, NAUGHT },
    { "verlengingsgronden.lezen",           "GET /v1/verlengingsgronden", NULL, 200, NAUGHT },
    { "gebeurtenissen.lezen",               "GET " PERSOON "/gebeurtenissen", NULL, 200, NAUGHT },
    { "verlengingen.lezen",                 "GET " PERSOON "/verlengingen", NULL, 200, NAUGHT },
    { "vrijstellingen.lezen",               "GET " PERSOON "/vrijstellingen", NULL, 200, NAUGHT },
    { "ontheffingen.lezen",                 "GET " PERSOON "/ontheffingen", NULL, 200, NAUGHT },
    { "pip.lezen",                          "GET " PERSOON "/PIP", NULL, 200, "{\"gemeentecode\":\"0363\",\"pip\":{\"dagtekeningPip\":\"2026-01-02\",\"leerroute\":\"B\"}}" },
    { "pip.melden",                         "POST " PERSOON "/PIP", "{\"dagtekeningPip\":\"2026-01-02\",\"leerroute\":\"B\"}", 201, NULL },
    { "pip.intrekken",                      "DELETE " PERSOON "/PIP", NULL, 200, NULL },
    { "contactpersoon.melden",              "POST /v1/contactpersonen", CONTACT, 201, "{\"id\":7,\"contactpersoongegevens\":" CONTACT "}" },
    { "contactpersoon.wijzigen",            "PUT /v1/contactpersonen/12", CONTACT, 200, NULL },
    { "contactpersoon.intrekken",           "DELETE /v1/contactpersonen/12", NULL, 200, NULL },
    { "contactpersoon.koppelen",            "POST /v1/contactpersonen/12/personen/" BSN, NULL, 201, NULL },
    { "contactpersoon.ontkoppelen",         "DELETE /v1/contactpersonen/12/personen/" BSN, NULL, 200, NULL },
    { "instellingen.lezen",                 "GET /v1/instellingen", NULL, 200, NAUGHT },
    { "aanbod.melden",                      "POST " PERSOON "/Inburgeringsaanbod/" INSTELLING, "{\"indicatorAlfabetiseringsonderwijs\":\"NVT\"}", 201, NULL },
    { "aanbod.intrekken",                   "DELETE " PERSOON "/Inburgeringsaanbod/" INSTELLING, NULL, 204, NULL },
    { "map.lezen",                          "GET " PERSOON "/map", NULL, 200, "{\"datumEindgesprekMap\":\"2026-02-03\"}" },
    { "map.melden",                         "PUT " PERSOON "/map", "{\"datumEindgesprekMap\":\"2026-02-03\"}", 200, NULL },
    { "pvt.lezen",                          "GET " PERSOON "/pvt", NULL, 200, "{\"datumOndertekeningPvt\":\"2026-02-03\"}" },
    { "pvt.melden",                         "PUT " PERSOON "/pvt", "{}", 200, NULL },
    { "zroute.melden",                      "PUT " PERSOON "/zroute", "{\"datumAfrondingZroute\":\"2026-02-03\"}", 200, NULL },
    { "uren.lezen",                         "GET " PERSOON "/uren", NULL, 200, NAUGHT },
    { "uren-bredeintake.melden",            "PUT " PERSOON "/uren/bredeintake/taallesknm", "{\"uren\":10}", 200, NULL },
    { "uren-participatie.melden",           "PUT " PERSOON "/uren/participatieactiviteiten", "{\"uren\":0}", 200, NULL },
    { "uren-taalles.melden",                "PUT " PERSOON "/uren/participatietaalles", "{\"uren\":9999}", 200, NULL },
    { "uren-instelling.melden",             "PUT " PERSOON "/uren/instellingen/" INSTELLING "/taallesknm", "{\"uren\":1,\"bekendTot\":\"2026-03-04\"}", 200, NULL },
    { "examenresultaten.lezen",             "GET " PERSOON "/examens/resultaten", NULL, 200, NAUGHT },
    { "gratispogingen.lezen",               "GET " PERSOON "/examens/gratispogingen", NULL, 200, NAUGHT },
    { "boetes.lezen",                       "GET " PERSOON "/boetes", NULL, 200, NAUGHT },
};
/* clang-format on */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A POST, PUT has a length, also of nothing; nothing else has one. */
static void expect_request(size_t i)
{
    SCOPED_BUF struct buf expected = { 0 }, request = { 0 };
    const char *body = OPERATIONS[i].body ? OPERATIONS[i].body : "";

    buf_addf(&expected, "%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: */*\r\n",
             OPERATIONS[i].line, duo_stub_port(DUO));
    if (*body)
        buf_add_text(&expected, "Content-Type: application/json\r\n");
    buf_addf(&expected, "bron: %s\r\ndoel: " DUO_OIN "\r\nberichtId: " BERICHT "\r\n",
             TOWN.oin);
    if (OPERATIONS[i].line[0] == 'P')
        buf_addf(&expected, "Content-Length: %zu\r\n", strlen(body));
    buf_addf(&expected, "\r\n%s", body);
    duo_stub_request(DUO, 0, &request);
    assert_string_equal(buf_text(&request), buf_text(&expected));
}

static void each_operation_sends_exactly_what_duo_specifies(void **state)
{
    (void)state;
    assert_int_equal(COUNT(OPERATIONS), duo_operation_count() - 1); /* one is DUO's to ask */
    for (size_t i = 0; i < COUNT(OPERATIONS); i++) {
        SCOPED_DUO_EXCHANGE struct duo_exchange exchange;
        struct fault fault;
        duo_stub_say(DUO, OPERATIONS[i].status, OPERATIONS[i].answer);
        if (!run(OPERATIONS[i].name, OPERATIONS[i].body, &exchange, &fault))
            fail_msg("%s: %s", OPERATIONS[i].name, fault.text);
        assert_int_equal(duo_stub_heard(DUO), 1);
        expect_request(i);
        assert_int_equal(exchange.outcome.settling, DUO_DELIVERED);
        assert_int_equal(exchange.answer != NULL, OPERATIONS[i].answer != NULL);
    }
}

/* --- what comes ----------------------------------------------------------------------------
 */

#define PIP                                                                                   \
    "{\"gemeentecode\":\"0363\",\"pip\":{\"dagtekeningPip\":\"2026-01-02\",\"leerroute\":"    \
    "\"B\"}}"

/* clang-format off */
static const struct {
    const char *what;
    struct duo_stub_answer answer;
    const char *says; /* NULL: settled */
    enum duo_settling settling;
} ANSWERS[] = {
    { "as declared", { .status = 200, .body = PIP, .version = "1.2.0" }, NULL, DUO_DELIVERED },
    { "of a newer minor version", { .status = 200, .body = PIP, .version = "1.99.3" }, NULL, DUO_DELIVERED },
    { "with a charset", { .status = 200, .body = PIP, .media = "application/json; charset=utf-8" }, NULL, DUO_DELIVERED },
    { "in capitals", { .status = 200, .body = PIP, .media = "Application/JSON" }, NULL, DUO_DELIVERED },
    { "of another major version", { .status = 200, .body = PIP, .version = "2.0.0" }, "another version of DUO's PIP than 1.2.0", 0 },
    { "of version 10", { .status = 200, .body = PIP, .version = "10.2.0" }, "another version", 0 },
    { "of no version", { .status = 200, .body = PIP, .version = "latest" }, "another version", 0 },
    { "without a version", { .status = 200, .body = PIP, .version = "" }, "without an API-Version", 0 },
    { "nothing known, without a version", { .status = 404, .version = "" }, "HTTP 404 without an API-Version", 0 },
    { "nothing known", { .status = 404 }, NULL, DUO_DELIVERED },
    { "a no without a version", { .status = 403, .body = "[{\"fouttekst\":\"x\"}]", .version = "" }, "without an API-Version", 0 },
    { "no body", { .status = 200 }, "is not application/json", 0 },
    { "not JSON by its name", { .status = 200, .body = PIP, .media = "text/html" }, "is not application/json", 0 },
    { "JSON of a sort", { .status = 200, .body = PIP, .media = "application/jsonp" }, "is not application/json", 0 },
    { "garbage", { .status = 200, .body = "<html>", .media = "application/json" }, "the answer: ", 0 },
    { "half", { .status = 200, .body = "{\"gemeentecode\":\"0363\"" }, "the answer: ", 0 },
    { "and more", { .status = 200, .body = PIP "x" }, "the answer: ", 0 },
    { "a name twice", { .status = 200, .body = "{\"gemeentecode\":\"0363\",\"gemeentecode\":\"0344\",\"pip\":{}}" }, "the answer: ", 0 },
    { "another shape", { .status = 200, .body = "[]" }, "the answer: ", 0 },
    { "a required member missing", { .status = 200, .body = "{\"gemeentecode\":\"0363\"}" }, "the answer: ", 0 },
    { "a code that is none", { .status = 200, .body = "{\"gemeentecode\":\"0363\",\"pip\":{\"dagtekeningPip\":\"2026-01-02\",\"leerroute\":\"Q\"}}" }, "the answer: ", 0 },
    { "too large", { .status = 200, .fill = (256 << 10) + 1 }, "larger than", 0 },
    { "large and nothing", { .status = 200, .fill = 256 << 10 }, "the answer: ", 0 },
    { "no", { .status = 403, .body = "[{\"fouttekst\":\"Dit mag niet.\"}]" }, NULL, DUO_REFUSED },
    { "not ours", { .status = 403 }, NULL, DUO_PATIENT },
    { "not ours in an empty list", { .status = 403, .body = "[]" }, NULL, DUO_PATIENT },
    { "a no without a text", { .status = 403, .body = "[{}]" }, NULL, DUO_PATIENT },
    { "a no that is no list", { .status = 403, .body = "{\"fouttekst\":\"x\"}" }, "not a list", 0 },
    { "a no of a firewall", { .status = 403, .body = "<html>blocked</html>", .media = "text/html" }, "is not application/json", 0 },
    { "a no in garbage", { .status = 403, .body = "[{" }, "the answer: ", 0 },
    { "wrong", { .status = 400 }, NULL, DUO_REFUSED },
    { "who are you", { .status = 401 }, "DUO answered HTTP 401", 0 },
    { "slow down", { .status = 429 }, "DUO answered HTTP 429", 0 },
    { "broken", { .status = 500 }, "DUO answered HTTP 500", 0 },
    { "maintenance", { .status = 503, .body = "{\"fouttekst\":\"Onderhoud\"}" }, "DUO answered HTTP 503", 0 },
    { "elsewhere", { .status = 302 }, "DUO answered HTTP 302", 0 },
    { "hangs up", { .status = 0 }, "127.0.0.1", 0 },
    { "silence", { .never = true }, "127.0.0.1", 0 },
};
/* clang-format on */

static void an_answer_counts_only_when_it_is_exactly_as_declared(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ANSWERS); i++) {
        SCOPED_DUO_EXCHANGE struct duo_exchange exchange;
        struct fault fault;
        duo_stub_script(DUO, &ANSWERS[i].answer, 1);
        bool settled = run("pip.lezen", NULL, &exchange, &fault);
        if (settled != !ANSWERS[i].says)
            fail_msg("%s: %s", ANSWERS[i].what, settled ? "settled" : fault.text);
        assert_true(exchange.connected);
        assert_int_equal(exchange.outcome.settling, settled ? ANSWERS[i].settling : DUO_AGAIN);
        if (!settled && (fault.code != FAULT_ANSWER || !strstr(fault.text, ANSWERS[i].says)))
            fail_msg("%s: %s", ANSWERS[i].what, fault.text);
        assert_null(strstr(fault.text, BSN));
        assert_null(strstr(fault.text, "0363"));
    }
}

static void what_duo_added_since_is_kept_and_counted(void **state)
{
    SCOPED_DUO_EXCHANGE struct duo_exchange exchange;
    struct fault fault;

    (void)state;
    duo_stub_say(DUO, 200,
                 "{\"indicatorInburgeringsplicht\":true,\"nieuw\":1,\"ook\":[{\"a\":2}]}");
    assert_true(run("inburgeringsplicht.lezen", NULL, &exchange, &fault));
    assert_int_equal(exchange.unknown, 2);
    assert_int_equal(json_integer_value(json_object_get(exchange.answer, "nieuw")), 1);
}

static void duos_words_are_lines(void **state)
{
    SCOPED_DUO_EXCHANGE struct duo_exchange exchange;
    struct fault fault;

    (void)state;
    duo_stub_say(DUO, 403, "[{\"fouttekst\":\"Een.\"},{},{\"fouttekst\":\"Twee\\nhalf.\"}]");
    assert_true(run("map.melden", "{}", &exchange, &fault));
    assert_int_equal(exchange.outcome.settling, DUO_REFUSED);
    assert_string_equal(buf_text(&exchange.texts), "Een.\nTwee half.\n");
}

/* --- who is not DUO ------------------------------------------------------------------------
 */

static void who_is_not_duo_hears_nothing(void **state)
{
    SCOPED_DUO_EXCHANGE struct duo_exchange exchange;
    struct duo_stub *other = duo_stub_create();
    struct config *config = &TOWN.gateway.config;
    const struct config before = *config;
    struct fault fault;

    (void)state;
    snprintf(config->duo.base, sizeof(config->duo.base), "https://127.0.0.1:%d",
             duo_stub_port(other));
    duo_stub_serve(other, &TOWN, TOWN.oin); /* its root is on disk, and not yet read */
    assert_false(run("pip.lezen", NULL, &exchange, &fault));
    assert_int_equal(fault.code, FAULT_UNREACHABLE);
    assert_non_null(strstr(fault.text, "certificate"));
    assert_false(exchange.connected);
    assert_true(gateway_reload(&TOWN.gateway, &fault));
    snprintf(config->duo.base, sizeof(config->duo.base), "https://127.0.0.1:%d",
             duo_stub_port(other));
    assert_false(run("pip.lezen", NULL, &exchange, &fault));
    assert_int_equal(fault.code, FAULT_IDENTITY);
    assert_non_null(strstr(fault.text, "shows the OIN 00000099000000001000 instead of"));
    assert_false(exchange.connected);
    assert_int_equal(duo_stub_heard(other), 0);
    *config = before;
    duo_stub_destroy(other);
}

/* The peers' anchors vouch for peers. */
static void who_only_peers_are_believed_by_is_not_duo(void **state)
{
    SCOPED_TRUST struct trust *duo = gateway_duo_trust(&TOWN.gateway);
    SCOPED_TRUST struct trust *peers = gateway_trust(&TOWN.gateway);

    (void)state;
    assert_ptr_not_equal(duo, peers);
    X509 *ours = keys_certificate(TOWN.gateway.keys, PURPOSE_TLS_SERVER);
    struct fault fault = { 0 };
    assert_true(trust_check(peers, ours, PURPOSE_TLS_SERVER, time(NULL), &fault));
    assert_false(trust_check(duo, ours, PURPOSE_TLS_SERVER, time(NULL), &fault));
}

static void an_address_that_lacks_a_part_leaves_nothing(void **state)
{
    static const struct duo_address NOBODY = { "", "", "" };
    struct deliver *line = duo_exchange_line(&TOWN.gateway.config);
    SCOPED_DUO_EXCHANGE struct duo_exchange exchange = {
        .operation = duo_operation_named("pip.lezen"), .address = &NOBODY, .id = BERICHT
    };
    struct fault fault = { 0 };

    (void)state;
    duo_stub_say(DUO, 200, PIP);
    assert_false(duo_exchange_run(&TOWN.gateway, line, &exchange, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_int_equal(duo_stub_heard(DUO), 0);
    deliver_destroy(line);
}

static void nobody_at_the_address_is_not_connected(void **state)
{
    SCOPED_DUO_EXCHANGE struct duo_exchange exchange;
    struct config *config = &TOWN.gateway.config;
    const struct config before = *config;
    struct fault fault;

    (void)state;
    snprintf(config->duo.base, sizeof(config->duo.base), "https://127.0.0.1:1");
    assert_false(run("pip.lezen", NULL, &exchange, &fault));
    assert_int_equal(fault.code, FAULT_UNREACHABLE);
    assert_false(exchange.connected);
    *config = before;
}

static void an_api_with_an_address_of_its_own_is_called_there(void **state)
{
    SCOPED_DUO_EXCHANGE struct duo_exchange exchange;
    struct config *config = &TOWN.gateway.config;
    const struct config before = *config;
    struct fault fault;

    (void)state;
    duo_stub_say(DUO, 200, "[]");
    for (size_t i = 0; i < CONFIG_DUO_BASES; i++)
        memcpy(config->duo.bases[i], config->duo.base, sizeof(config->duo.base));
    snprintf(config->duo.base, sizeof(config->duo.base), "https://127.0.0.1:1");
    if (!run("boetes.lezen", NULL, &exchange, &fault))
        fail_msg("%s", fault.text);
    *config = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_sends_exactly_what_duo_specifies),
        cmocka_unit_test(an_answer_counts_only_when_it_is_exactly_as_declared),
        cmocka_unit_test(what_duo_added_since_is_kept_and_counted),
        cmocka_unit_test(duos_words_are_lines),
        cmocka_unit_test(who_only_peers_are_believed_by_is_not_duo),
        cmocka_unit_test(an_address_that_lacks_a_part_leaves_nothing),
        cmocka_unit_test(nobody_at_the_address_is_not_connected),
        cmocka_unit_test(an_api_with_an_address_of_its_own_is_called_there),
        cmocka_unit_test(who_is_not_duo_hears_nothing), /* last: it leaves another root */
    };
    return cmocka_run_group_tests(tests, start, stop);
}
