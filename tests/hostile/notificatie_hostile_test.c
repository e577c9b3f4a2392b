/* Notifications over the wire: what DUO is answered, who is not DUO, and what stays of it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "gateway/listen.h"
#include "peers/file.h"
#include "tests/hostile/hush.h"
#include "tests/hostile/melder.h"

#define THREADS 8
#define MOMENT "\"registratieDatumTijd\":\"2026-11-23T18:05:00Z\""
#define EVENT "\"gebeurtenisId\":\"SS121\""

static struct town *const TOWN = &melder_now.town;

/* --- what is a notification ------------------------------------------------------------ */

/* clang-format off */
static const struct {
    const char *what;
    int status;
    const char *body;
} BODIES[] = {
    { "a bsn",                   201, "{" MOMENT "," EVENT ",\"bsn\":\"999900031\"}" },
    { "only a v-number",         201, "{" MOMENT "," EVENT ",\"vNummer\":123456782}" },
    { "both",                    201, "{" MOMENT "," EVENT ",\"bsn\":\"999900031\",\"vNummer\":123456782}" },
    { "neither",                 201, "{" MOMENT "," EVENT "}" },
    { "the largest v-number",    201, "{" MOMENT "," EVENT ",\"vNummer\":9999999999}" },
    { "v-number 0",              201, "{" MOMENT "," EVENT ",\"vNummer\":0}" },
    { "a bsn with zeros first",  201, "{" MOMENT "," EVENT ",\"bsn\":\"000000012\"}" },
    { "an event nobody knows",   201, "{" MOMENT ",\"gebeurtenisId\":\"ZZ9\"}" },
    { "one letter",              201, "{" MOMENT ",\"gebeurtenisId\":\"A\"}" },
    { "a member nobody knows",   201, "{" MOMENT "," EVENT ",\"nieuw\":{\"x\":[1,2.5,null]}}" },
    { "another order, blanks",   201, " {\n" EVENT " ,\t" MOMENT "}\r\n" },
    { "an offset, a fraction",   201, "{\"registratieDatumTijd\":\"2026-02-28T23:59:59.999999999-11:30\"," EVENT "}" },
    { "a moment without offset", 400, "{\"registratieDatumTijd\":\"2026-11-23T18:05:00\"," EVENT "}" },
    { "a date alone",            400, "{\"registratieDatumTijd\":\"2026-11-23\"," EVENT "}" },
    { "a day that is none",      400, "{\"registratieDatumTijd\":\"2026-02-29T18:05:00Z\"," EVENT "}" },
    { "hour 24",                 400, "{\"registratieDatumTijd\":\"2026-11-23T24:00:00Z\"," EVENT "}" },
    { "a blank for the T",       400, "{\"registratieDatumTijd\":\"2026-11-23 18:05:00Z\"," EVENT "}" },
    { "a moment as a number",    400, "{\"registratieDatumTijd\":1764000000," EVENT "}" },
    { "endless digits",          400, "{\"registratieDatumTijd\":\"2026-11-23T18:05:00.0000000000000000000000000000000000000000000000Z\"," EVENT "}" },
    { "no moment",               400, "{" EVENT "}" },
    { "moment null",             400, "{\"registratieDatumTijd\":null," EVENT "}" },
    { "no event",                400, "{" MOMENT "}" },
    { "an event in lower case",  400, "{" MOMENT ",\"gebeurtenisId\":\"ss121\"}" },
    { "an empty event",          400, "{" MOMENT ",\"gebeurtenisId\":\"\"}" },
    { "an event of seven",       400, "{" MOMENT ",\"gebeurtenisId\":\"SS12100\"}" },
    { "an event with a line",    400, "{" MOMENT ",\"gebeurtenisId\":\"SS121\\n\"}" },
    { "an event as a number",    400, "{" MOMENT ",\"gebeurtenisId\":121}" },
    { "a bsn as a number",       400, "{" MOMENT "," EVENT ",\"bsn\":999900031}" },
    { "a bsn of eight",          400, "{" MOMENT "," EVENT ",\"bsn\":\"99990003\"}" },
    { "a bsn of ten",            400, "{" MOMENT "," EVENT ",\"bsn\":\"9999000310\"}" },
    { "a bsn with a letter",     400, "{" MOMENT "," EVENT ",\"bsn\":\"99990003O\"}" },
    { "a bsn with a blank",      400, "{" MOMENT "," EVENT ",\"bsn\":\" 99900031\"}" },
    { "bsn null",                400, "{" MOMENT "," EVENT ",\"bsn\":null}" },
    { "a v-number as text",      400, "{" MOMENT "," EVENT ",\"vNummer\":\"123456782\"}" },
    { "a v-number below 0",      400, "{" MOMENT "," EVENT ",\"vNummer\":-1}" },
    { "a v-number too large",    400, "{" MOMENT "," EVENT ",\"vNummer\":10000000000}" },
    { "a v-number of 64 bits",   400, "{" MOMENT "," EVENT ",\"vNummer\":9223372036854775808}" },
    { "a v-number with a point", 400, "{" MOMENT "," EVENT ",\"vNummer\":1.5}" },
    { "a v-number with zeros",   400, "{" MOMENT "," EVENT ",\"vNummer\":0123456782}" },
    { "two bsn",                 400, "{" MOMENT "," EVENT ",\"bsn\":\"999900031\",\"bsn\":\"999900032\"}" },
    { "two bsn, one escaped",    400, "{" MOMENT "," EVENT ",\"bsn\":\"999900031\",\"\\u0062sn\":\"999900032\"}" },
    { "a NUL, escaped",          400, "{" MOMENT "," EVENT ",\"nieuw\":\"\\u0000\"}" },
    { "no UTF-8",                400, "{" MOMENT "," EVENT ",\"nieuw\":\"\xff\"}" },
    { "a BOM",                   400, "\xef\xbb\xbf{" MOMENT "," EVENT "}" },
    { "something behind it",     400, "{" MOMENT "," EVENT "}{}" },
    { "half of it",              400, "{" MOMENT "," },
    { "nothing",                 400, "" },
    { "a list",                  400, "[{" MOMENT "," EVENT "}]" },
    { "a text",                  400, "\"SS121\"" },
    { "seventeen deep",          400, "{" MOMENT "," EVENT ",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}" },
};
/* clang-format on */

static void each_body_gets_its_answer_and_only_201_is_stored(void **state)
{
    int64_t stored = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++)
        for (int chunked = 0; chunked < 2; chunked++) {
            struct melding melding = melder_good();
            melding.body = BODIES[i].body;
            melding.chunked = chunked;
            int status = melder_send(&melding);
            stored += status == 201;
            if (status != BODIES[i].status || melder_count() != stored)
                fail_msg("%s: %d", BODIES[i].what, status);
        }
}

/* clang-format off */
static const struct {
    const char *what;
    int status;
    const char *bron, *doel, *id, *type;
} HEADS[] = {
#define ID "0f8fad5b-d9cb-469f-a165-70867728950e"
#define JSON "application/json"
    { "as it should be",        201, MELDER_DUO, MELDER_TOWN, ID, JSON },
    { "with a charset",         201, MELDER_DUO, MELDER_TOWN, "0f8fad5b-d9cb-469f-a165-708677289501", "application/json; charset=UTF-8" },
    { "version 1",              201, MELDER_DUO, MELDER_TOWN, "0f8fad5b-d9cb-169f-a165-708677289502", JSON },
    { "no bron",                400, NULL, MELDER_TOWN, ID, JSON },
    { "no doel",                400, MELDER_DUO, NULL, ID, JSON },
    { "no berichtId",           400, MELDER_DUO, MELDER_TOWN, NULL, JSON },
    { "no type",                400, MELDER_DUO, MELDER_TOWN, ID, NULL },
    { "bron of 19",             400, "0000009900000000900", MELDER_TOWN, ID, JSON },
    { "bron of 21",             400, MELDER_DUO "0", MELDER_TOWN, ID, JSON },
    { "bron with a letter",     400, "0000009900000000900X", MELDER_TOWN, ID, JSON },
    { "doel empty",             400, MELDER_DUO, "", ID, JSON },
    { "bron of another",        403, "00000099000000008000", MELDER_TOWN, ID, JSON },
    { "bron is ours",           403, MELDER_TOWN, MELDER_TOWN, ID, JSON },
    { "doel of another town",   403, MELDER_DUO, "00000099000000002000", ID, JSON },
    { "doel is DUO",            403, MELDER_DUO, MELDER_DUO, ID, JSON },
    { "berichtId empty",        400, MELDER_DUO, MELDER_TOWN, "", JSON },
    { "berichtId of 35",        400, MELDER_DUO, MELDER_TOWN, "0f8fad5b-d9cb-469f-a165-70867728950", JSON },
    { "berichtId of 37",        400, MELDER_DUO, MELDER_TOWN, ID "0", JSON },
    { "berichtId in braces",    400, MELDER_DUO, MELDER_TOWN, "{" ID "}", JSON },
    { "berichtId with g",       400, MELDER_DUO, MELDER_TOWN, "gf8fad5b-d9cb-469f-a165-70867728950e", JSON },
    { "berichtId without dash", 400, MELDER_DUO, MELDER_TOWN, "0f8fad5bd9cb469fa16570867728950e", JSON },
    { "berichtId of SQL",       400, MELDER_DUO, MELDER_TOWN, "'; DROP TABLE notificatie; --", JSON },
    { "XML",                    400, MELDER_DUO, MELDER_TOWN, ID, "application/xml" },
    { "nearly JSON",            400, MELDER_DUO, MELDER_TOWN, ID, "application/json-patch" },
    { "JSON in another set",    400, MELDER_DUO, MELDER_TOWN, ID, "application/json; charset=utf-16" },
};
/* clang-format on */

static void each_head_gets_its_answer_and_only_201_is_stored(void **state)
{
    int64_t stored = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(HEADS) / sizeof(HEADS[0]); i++) {
        struct melding melding = melder_good();
        melding.bron = HEADS[i].bron;
        melding.doel = HEADS[i].doel;
        melding.id = HEADS[i].id;
        melding.type = HEADS[i].type;
        int status = melder_send(&melding);
        stored += status == 201;
        if (status != HEADS[i].status || melder_count() != stored)
            fail_msg("%s: %d", HEADS[i].what, status);
    }
}

static void what_the_listener_itself_refuses_has_the_version_too(void **state)
{
    static const struct {
        const char *request;
        int status;
    } CASES[] = {
        { "GET /v1/notificaties HTTP/1.1\r\nHost: x\r\n\r\n", 404 },
        { "POST /v1/berichten HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404 },
        { "GET /v1/kaart HTTP/1.1\r\nHost: x\r\n\r\n", 404 },
        { "POST /v2/notificaties HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404 },
        { "POST /v1/notificaties HTTP/1.1\r\nHost: x\r\nContent-Length: 16385\r\n\r\n", 413 },
        { "POST /v1/notificaties HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
          "4001\r\n",
          413 },
        { "POST /v1/notificaties HTTP/1.1\r\nHost: x\r\n\r\n", 411 },
        { "DELETE /v1/notificaties HTTP/1.1\r\nHost: x\r\n\r\n", 501 },
        { "nonsense\r\n\r\n", 400 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_BUF struct buf answer = { 0 };
        int status =
            melder_say(MELDER_GOOD, CASES[i].request, strlen(CASES[i].request), &answer);
        if (status != CASES[i].status || !strstr(buf_text(&answer), "API-Version: 1.8.0\r\n")
            || !strstr(buf_text(&answer), "Content-Length: 0\r\n"))
            fail_msg("%s: %s", CASES[i].request, buf_text(&answer));
    }
}

/* --- who is not DUO -------------------------------------------------------------------- */

static void only_duo_is_let_in(void **state)
{
    static const int STATUS[MELDER_CLIENTS] = { [MELDER_IMPOSTOR] = 403, [MELDER_GOOD] = 201 };

    (void)state;
    for (int client = MELDER_CLIENTS - 1; client >= 0; client--) {
        SCOPED_BUF struct buf request = { 0 }, answer = { 0 };
        struct melding melding = melder_good();
        melder_write(&melding, &request);
        int status =
            melder_say((enum melder_client)client, request.data, request.size, &answer);
        if (status != STATUS[client] || melder_count() != (client == MELDER_GOOD))
            fail_msg("client %d: %d", client, status);
    }
}

static int say_good(void)
{
    struct melding melding = melder_good();

    return melder_send(&melding);
}

static void install_crl(X509 *const *revoked, int count, time_t until)
{
    char path[PATH_MAX];
    struct fault fault = { 0 };
    X509_CRL *crl = pki_crl(melder_now.duo, revoked, count, time(NULL) - 3600, until);

    pki_install_crl(melder_now.duo, crl, home_path(&TOWN->gateway.home, "duo-trust", path));
    X509_CRL_free(crl);
    assert_true(gateway_reload(&TOWN->gateway, &fault));
}

static void a_stale_list_of_revocations_is_503_and_a_fresh_one_mends_it(void **state)
{
    (void)state;
    install_crl(NULL, 0, time(NULL) - 60);
    assert_int_equal(say_good(), 503);
    assert_int_equal(melder_count(), 0);
    install_crl(NULL, 0, time(NULL) + 86400);
    assert_int_equal(say_good(), 201);
}

static void a_revoked_certificate_is_refused_also_on_an_open_connection(void **state)
{
    SCOPED_BUF struct buf request = { 0 }, answer = { 0 }, next = { 0 }, none = { 0 };
    struct melding melding = melder_good();
    struct tlsend end;

    (void)state;
    melder_write(&melding, &request);
    assert_true(tlsend_connect(&end, listen_port(TOWN->gateway.duo_listener),
                               melder_now.clients[MELDER_GOOD]));
    assert_true(tlsend_send(&end, request.data, request.size));
    assert_true(tlsend_read_message(&end, &answer));
    install_crl(&melder_now.good, 1, time(NULL) + 86400);
    assert_true(tlsend_send(&end, request.data, request.size));
    assert_true(tlsend_read_message(&end, &next));
    tlsend_close(&end);
    assert_int_equal(melder_say(MELDER_GOOD, request.data, request.size, &none), 0);
    install_crl(NULL, 0, time(NULL) + 86400);
    assert_non_null(strstr(buf_text(&answer), "HTTP/1.1 201 "));
    assert_non_null(strstr(buf_text(&next), "HTTP/1.1 401 "));
    assert_int_equal(melder_count(), 1);
}

/* --- once ------------------------------------------------------------------------------ */

static void the_same_again_is_201_and_one_row_also_after_a_restart(void **state)
{
    struct melding melding = melder_good();
    char upper[UUID_SIZE];

    (void)state;
    assert_int_equal(melder_send(&melding), 201);
    assert_int_equal(melder_send(&melding), 201);
    melding.chunked = true;
    melding.body = "{ \"gebeurtenisId\": \"SS121\", \"bsn\": \"999900031\",\n"
                   "\"registratieDatumTijd\": \"2026-11-23T18:05:00.123+01:00\" }";
    assert_int_equal(melder_send(&melding), 201);
    melder_restart();
    assert_int_equal(melder_send(&melding), 201);
    for (size_t i = 0; i < UUID_SIZE; i++)
        upper[i] = (char)(melding.id[i] >= 'a' ? melding.id[i] - 'a' + 'A' : melding.id[i]);
    melding.id = upper;
    assert_int_equal(melder_send(&melding), 201);
    assert_int_equal(melder_count(), 1);
}

static void the_same_id_with_other_content_is_400_and_changes_nothing(void **state)
{
    struct melding melding = melder_good();

    (void)state;
    assert_int_equal(melder_send(&melding), 201);
    int64_t before = town_count(TOWN, "SELECT count(*) FROM audit WHERE action = 'conflict'");
    melding.body = "{" MOMENT "," EVENT ",\"bsn\":\"999900032\"}";
    assert_int_equal(melder_send(&melding), 400);
    assert_int_equal(melder_count(), 1);
    assert_int_equal(town_count(TOWN, "SELECT count(*) FROM audit WHERE action = 'conflict'"),
                     before + 1);
}

struct crowd {
    struct melding melding;
    atomic_int good;
};

static void *send_one(void *argument)
{
    struct crowd *crowd = argument;
    SCOPED_BUF struct buf request = { 0 }, answer = { 0 };

    melder_write(&crowd->melding, &request);
    crowd->good += melder_say(MELDER_GOOD, request.data, request.size, &answer) == 201;
    return NULL;
}

static void eight_at_once_with_one_id_are_one_row(void **state)
{
    struct crowd crowd = { .melding = melder_good() };
    pthread_t threads[THREADS];

    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_one, &crowd), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd.good, THREADS);
    assert_int_equal(melder_count(), 1);
}

/* --- what fails here ------------------------------------------------------------------- */

static void what_cannot_be_stored_is_503_until_it_can(void **state)
{
    struct melding melding = melder_good();

    (void)state;
    town_do(TOWN, "ALTER TABLE notificatie RENAME TO elders");
    assert_int_equal(melder_send(&melding), 503);
    town_do(TOWN, "ALTER TABLE elders RENAME TO notificatie");
    assert_int_equal(melder_count(), 0);
    assert_int_equal(melder_send(&melding), 201);
    assert_int_equal(melder_count(), 1);
}

/* Nothing may be written any more, so the COMMIT fails. */
static void a_disk_that_takes_nothing_is_503_and_no_row(void **state)
{
    struct melding melding = melder_good();
    struct rlimit usual, none;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    none = usual;
    none.rlim_cur = 1;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int status = melder_send(&melding);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    assert_int_equal(status, 503);
    assert_int_equal(melder_count(), 0);
    assert_int_equal(melder_send(&melding), 201);
    assert_int_equal(melder_count(), 1);
}

/* --- what is told ---------------------------------------------------------------------- */

static void nothing_about_the_person_is_said_or_readable(void **state)
{
    SCOPED_BUF struct buf log = { 0 };

    (void)state;
    hush_start();
    for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++) {
        struct melding melding = melder_good();
        melding.body = BODIES[i].body;
        (void)melder_send(&melding);
        melding.body = "{" MOMENT "," EVENT ",\"bsn\":\"999900032\"}";
        (void)melder_send(&melding);
    }
    hush_stop(&log);
    assert_non_null(strstr(buf_text(&log), "gebeurtenis=SS121 status=201"));
    assert_non_null(strstr(buf_text(&log), "refused from="));
    const char *broken = hush_broken(&log);
    if (broken)
        fail_msg("the log tells %s", broken);
    broken = hush_broken_in_store(TOWN);
    if (broken)
        fail_msg("the store holds %s", broken);
}

/* --- the corpus ------------------------------------------------------------------------ */

static bool send_file(void *context, const char *path, struct fault *fault)
{
    size_t *count = context;
    SCOPED_BUF struct buf bytes = { 0 }, answer = { 0 };
    struct tlsend end;
    int answers = 0;

    if (!file_read(path, 1 << 20, &bytes, fault))
        return false;
    assert_true(tlsend_connect(&end, listen_port(TOWN->gateway.duo_listener),
                               melder_now.clients[MELDER_GOOD]));
    tlsend_send(&end, bytes.data, bytes.size);
    assert_true(tlsend_read_to_end(&end, &answer));
    tlsend_close(&end);
    for (const char *at = buf_text(&answer); (at = strstr(at, "HTTP/1.1 ")); at++)
        answers++;
    if (answers > 1 || (answers == 1 && strncmp(buf_text(&answer), "HTTP/1.1 2", 10) == 0)
        || (answers == 1 && !strstr(buf_text(&answer), "API-Version: 1.8.0\r\n")))
        fail_msg("%s: %s", path, buf_text(&answer));
    ++*count;
    return true;
}

static void no_file_of_the_corpus_gets_in_or_a_second_answer(void **state)
{
    const char *root = getenv("ESTAFETTE_CORPUS");
    char path[4096];
    size_t count = 0;
    struct fault fault = { 0 };

    (void)state;
    snprintf(path, sizeof(path), "%s/http-raw", root ? root : SOURCE_DIR "/../shared/corpus");
    if (!file_exists(path)) {
        fprintf(stderr, "SKIPPED: corpus of raw requests not found: %s\n", path);
        skip();
    }
    if (!file_list(path, ".req", send_file, &count, &fault))
        fail_msg("%s", fault.text);
    assert_true(count > 25);
    assert_int_equal(melder_count(), 0);
}

int main(void)
{
#define MELDER(test) cmocka_unit_test_setup(test, melder_forget)
    const struct CMUnitTest tests[] = {
        MELDER(each_body_gets_its_answer_and_only_201_is_stored),
        MELDER(each_head_gets_its_answer_and_only_201_is_stored),
        MELDER(what_the_listener_itself_refuses_has_the_version_too),
        MELDER(only_duo_is_let_in),
        MELDER(a_stale_list_of_revocations_is_503_and_a_fresh_one_mends_it),
        MELDER(a_revoked_certificate_is_refused_also_on_an_open_connection),
        MELDER(the_same_again_is_201_and_one_row_also_after_a_restart),
        MELDER(the_same_id_with_other_content_is_400_and_changes_nothing),
        MELDER(eight_at_once_with_one_id_are_one_row),
        MELDER(what_cannot_be_stored_is_503_until_it_can),
        MELDER(a_disk_that_takes_nothing_is_503_and_no_row),
        MELDER(nothing_about_the_person_is_said_or_readable),
        MELDER(no_file_of_the_corpus_gets_in_or_a_second_answer),
    };

    return cmocka_run_group_tests(tests, melder_set_up, melder_tear_down);
}
