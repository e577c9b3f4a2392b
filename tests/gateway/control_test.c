/* The local bus of a running gateway: what is no request, what is asked wrongly, and that a
 * request which changes something changes it once, however often it comes. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/uuid.h"
#include "gateway/clock.h"
#include "gateway/control.h"
#include "tests/answer.h"
#include "tests/sample.h"
#include "tests/town.h"

#define ID "0192c000-0000-4000-8000-000000000001"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
static struct town *const OUD = &TOWNS[0];
static char *DOSSIER;

/* --- asking ------------------------------------------------------------------------------ */

static nng_socket dial(void)
{
    struct fault fault = { 0 };
    nng_socket socket;
    char url[128];

    assert_true(
        config_socket(&OUD->gateway.config, &OUD->gateway.home, "control", url, &fault));
    assert_int_equal(nng_req0_open(&socket), 0);
    nng_socket_set_ms(socket, NNG_OPT_SENDTIMEO, 5000);
    nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, 20000);
    nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
    assert_int_equal(nng_dial(socket, url, NULL, 0), 0);
    return socket;
}

/* The answer as text, which the caller frees; NULL: none came. */
static char *ask_on(nng_socket socket, const void *bytes, size_t size)
{
    SCOPED_BUF struct buf copy = { 0 };
    char *answer, *text;
    size_t length;

    buf_add(&copy, bytes, size);
    if (nng_send(socket, copy.data, size, 0) != 0
        || nng_recv(socket, &answer, &length, NNG_FLAG_ALLOC) != 0)
        return NULL;
    text = mem_alloc(length + 1);
    memcpy(text, answer, length);
    nng_free(answer, length);
    return text;
}

static char *ask_text(const void *bytes, size_t size)
{
    nng_socket socket = dial();
    char *answer = ask_on(socket, bytes, size);

    nng_close(socket);
    if (!answer)
        fail_msg("no answer to %.200s", (const char *)bytes);
    return answer;
}

static json_t *parse(const char *text)
{
    json_t *answer = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    if (!json_is_object(answer))
        fail_msg("not an answer: %s", text);
    return answer;
}

/* {"v":1,"id":id,"do":verb,"with":with}; takes `with`. */
static char *request(const char *id, const char *verb, json_t *with)
{
    json_t *message = json_pack("{s:i, s:s, s:s, s:o}", "v", CONTROL_VERSION, "id", id, "do",
                                verb, "with", with);
    char *text = json_dumps(message, 0);

    json_decref(message);
    return text;
}

static char *ask(const char *id, const char *verb, json_t *with)
{
    SCOPED_MEM char *text = request(id, verb, with);

    return ask_text(text, strlen(text));
}

/* The result of a request that must be answered well; the caller's. */
static json_t *result_of(const char *answer_text)
{
    json_auto_t *answer = parse(answer_text);

    if (!json_is_true(json_object_get(answer, "ok")))
        fail_msg("%s", answer_text);
    return json_incref(json_object_get(answer, "result"));
}

static json_t *do_ask(const char *verb, json_t *with)
{
    char id[UUID_SIZE];

    uuid_v4(id);
    SCOPED_MEM char *answer = ask(id, verb, with);
    json_t *result = result_of(answer);
    answer_check(OUD->gateway.api, verb, result);
    return result;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static void expect_fault(const char *what, const char *answer_text, const char *code,
                         const char *says)
{
    json_auto_t *answer = parse(answer_text);
    const json_t *fault = json_object_get(answer, "fault");

    if (!json_is_false(json_object_get(answer, "ok"))
        || strcmp(text_of(fault, "code"), code) != 0
        || strcmp(text_of(fault, "text"), says) != 0)
        fail_msg("%s: %s", what, answer_text);
    assert_true(text_of(fault, "action")[0] != '\0');
    assert_null(json_object_get(answer, "result"));
}

/* --- asking wrongly ---------------------------------------------------------------------- */

#define ASK(rest) "{\"v\":1,\"id\":\"" ID "\"," rest "}"
#define NO_OBJECT "request is not a JSON object"
#define NO_ID "request without an id (UUID)"
#define NO_VERSION "request of another version; this daemon speaks 1"

/* clang-format off */
static const struct {
    const char *what, *text, *says;
} WRONG[] = {
    { "nothing",               "",                                              NO_OBJECT },
    { "a word",                "status",                                        NO_OBJECT },
    { "an array",              "[]",                                            NO_OBJECT },
    { "a string",              "\"status\"",                                    NO_OBJECT },
    { "half an object",        "{\"v\":1,\"id\":\"" ID "\"",                    NO_OBJECT },
    { "something behind it",   ASK("\"do\":\"status\"") " {}",                  NO_OBJECT },
    { "a name twice",          ASK("\"do\":\"status\",\"do\":\"reload\""),      NO_OBJECT },
    { "a name twice, escaped", ASK("\"do\":\"status\",\"\\u0064o\":\"reload\""), NO_OBJECT },
    { "an argument twice",     ASK("\"do\":\"outbox.show\",\"with\":{\"id\":\"a\",\"id\":\"b\"}"), NO_OBJECT },
    { "a NUL in a string",     ASK("\"do\":\"stat\\u0000us\""),                 NO_OBJECT },
    { "bytes that are no text", ASK("\"do\":\"\xff\xfe\""),                     NO_OBJECT },
    { "no id",                 "{\"v\":1,\"do\":\"status\"}",                   NO_ID },
    { "an id that is none",    "{\"v\":1,\"id\":\"1\",\"do\":\"status\"}",      NO_ID },
    { "a number for an id",    "{\"v\":1,\"id\":1,\"do\":\"status\"}",          NO_ID },
    { "no version",            "{\"id\":\"" ID "\",\"do\":\"status\"}",         NO_VERSION },
    { "another version",       "{\"v\":2,\"id\":\"" ID "\",\"do\":\"status\"}", NO_VERSION },
    { "version as text",       "{\"v\":\"1\",\"id\":\"" ID "\",\"do\":\"status\"}", NO_VERSION },
    { "nothing to do",         ASK("\"with\":{}"),                              "there is no such request" },
    { "an unknown request",    ASK("\"do\":\"stop\""),                          "there is no such request" },
    { "a number to do",        ASK("\"do\":1"),                                 "there is no such request" },
    { "an unknown member",     ASK("\"do\":\"status\",\"bsn\":1"),              "request has an unknown member bsn" },
    { "arguments in a list",   ASK("\"do\":\"status\",\"with\":[]"),            "`with` must be an object" },
    { "arguments as text",     ASK("\"do\":\"status\",\"with\":\"id\""),        "`with` must be an object" },
    { "arguments null",        ASK("\"do\":\"status\",\"with\":null"),          "`with` must be an object" },
    { "an unknown argument",   ASK("\"do\":\"status\",\"with\":{\"id\":\"x\"}"), "status has no argument id" },
    { "part of a name",        ASK("\"do\":\"upload\",\"with\":{\"off\":1}"),   "upload has no argument off" },
    { "a name with its mark",  ASK("\"do\":\"upload\",\"with\":{\"offset#\":1}"), "upload has no argument offset#" },
    { "an empty name",         ASK("\"do\":\"status\",\"with\":{\"\":\"x\"}"),  "status has no argument " },
    { "text for a number",     ASK("\"do\":\"upload\",\"with\":{\"offset\":\"0\"}"), "upload: argument offset has the wrong type" },
    { "a number below zero",   ASK("\"do\":\"upload\",\"with\":{\"offset\":-1}"), "upload: argument offset has the wrong type" },
    { "a broken number",       ASK("\"do\":\"upload\",\"with\":{\"offset\":1.5}"), "upload: argument offset has the wrong type" },
    { "a number for text",     ASK("\"do\":\"outbox.show\",\"with\":{\"id\":1}"), "outbox.show: argument id has the wrong type" },
    { "null for text",         ASK("\"do\":\"outbox.show\",\"with\":{\"id\":null}"), "outbox.show: argument id has the wrong type" },
    { "a missing argument",    ASK("\"do\":\"outbox.show\""),                   "outbox.show: argument id is missing" },
    { "the second missing",    ASK("\"do\":\"overdracht.send\",\"with\":{\"file\":\"x\"}"), "overdracht.send: argument to is missing" },
    { "a missing number",      ASK("\"do\":\"upload\",\"with\":{\"file\":\"x\",\"data\":\"\"}"), "upload: argument offset is missing" },
};
/* clang-format on */

static void what_is_asked_wrongly_is_refused_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        SCOPED_MEM char *answer = ask_text(WRONG[i].text, strlen(WRONG[i].text));
        expect_fault(WRONG[i].what, answer, "usage", WRONG[i].says);
    }
}

static void a_tower_of_brackets_is_no_request(void **state)
{
    SCOPED_BUF struct buf tower = { 0 };

    (void)state;
    buf_add_text(&tower, "{\"v\":1,\"id\":\"" ID "\",\"do\":\"status\",\"with\":");
    for (int i = 0; i < 100000; i++)
        buf_add_text(&tower, "{\"a\":");
    SCOPED_MEM char *answer = ask_text(tower.data, tower.size);
    expect_fault("tower", answer, "usage", NO_OBJECT);
}

/* A connection to the bus without nng, whose own client may hang when it is dropped while it
 * sends. */
static int dial_raw(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timeval limit = { .tv_sec = 20 };
    struct fault fault = { 0 };
    char url[128];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(
        config_socket(&OUD->gateway.config, &OUD->gateway.home, "control", url, &fault));
    snprintf(address.sun_path, sizeof(address.sun_path), "%.107s", url + strlen("ipc://"));
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

/* The daemon greets and hangs up; how the rest is lost does not matter. */
static void expect_hung_up(const char *what, const void *bytes, size_t size)
{
    char got[64];
    ssize_t count, total = 0;
    int fd = dial_raw();

    assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
    while ((count = recv(fd, got, sizeof(got), 0)) > 0)
        total += count;
    if (count < 0 && errno != ECONNRESET)
        fail_msg("%s: still connected", what);
    if (total > 8)
        fail_msg("%s: answered with %zd bytes", what, total);
    close(fd);
}

/* SP over IPC: a greeting with the protocol (0x30: REQ), then 1 and eight bytes of length
 * before each message. */
static void who_announces_too_much_or_no_request_is_hung_up_on(void **state)
{
#define GREETING "\0SP\0\0\x30\0\0"
    static const struct {
        const char *what, *bytes;
        size_t size;
    } CASES[] = {
        { "a byte more than may be", GREETING "\1\0\0\0\0\0\x20\0\1", 17 },
        { "a terabyte", GREETING "\1\0\0\1\0\0\0\0\0", 17 },
        { "all there is", GREETING "\1\xff\xff\xff\xff\xff\xff\xff\xff", 17 },
        { "another protocol", "\0SP\0\0\x10\0\0", 8 },
        { "HTTP", "GET / HTTP/1.1\r\n\r\n", 18 },
    };

    (void)state;
    assert_int_equal(CONTROL_MESSAGE_MAX, 0x200000);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        expect_hung_up(CASES[i].what, CASES[i].bytes, CASES[i].size);
    json_auto_t *status = do_ask("status", json_object());
    assert_string_equal(text_of(status, "naam"), "Oud");
}

static void without_arguments_with_may_be_left_out(void **state)
{
    static const char TEXT[] = ASK("\"do\":\"status\"");

    (void)state;
    SCOPED_MEM char *text = ask_text(TEXT, strlen(TEXT));
    json_auto_t *answer = parse(text);
    json_auto_t *result = result_of(text);
    assert_string_equal(text_of(answer, "id"), ID);
    assert_string_equal(text_of(result, "oin"), OUD->oin);
    assert_int_equal(json_integer_value(json_object_get(result, "listening")), OUD->port);
}

/* clang-format off */
static const struct {
    const char *what, *verb, *name, *value, *code, *says;
} FAULTS[] = {
    { "unknown message",  "outbox.show",       "id",       "ffffffff", "unknown", "no message ffffffff in the outbox" },
    { "too short an id",  "outbox.retry",      "id",       "fff",      "usage",   "an id needs at least 4 characters" },
    { "unknown handover", "overdracht.accept", "id",       "ffffffff", "unknown", "no handover ffffffff" },
    { "unknown peer",     "peer.show",         "gemeente", "9999",     "unknown", "no peer fits '9999'" },
};
/* clang-format on */

static void what_cannot_be_done_is_a_fault_of_the_right_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(FAULTS) / sizeof(FAULTS[0]); i++) {
        char id[UUID_SIZE];
        uuid_v4(id);
        SCOPED_MEM char *answer =
            ask(id, FAULTS[i].verb, json_pack("{s:s}", FAULTS[i].name, FAULTS[i].value));
        expect_fault(FAULTS[i].what, answer, FAULTS[i].code, FAULTS[i].says);
    }
}

/* --- changing once ----------------------------------------------------------------------- */

/* What was sent before has arrived meanwhile: the same person may be sent again. */
static void upload(char file[UUID_SIZE])
{
    SCOPED_BUF struct buf data = { 0 };

    town_do(OUD, "UPDATE overdracht SET state = 'bezorgd' WHERE state = 'verzonden'");
    uuid_v4(file);
    base64_encode(DOSSIER, strlen(DOSSIER), &data);
    json_auto_t *result = do_ask("upload", json_pack("{s:s, s:i, s:s}", "file", file, "offset",
                                                     0, "data", buf_text(&data)));
    assert_int_equal(json_integer_value(json_object_get(result, "size")), strlen(DOSSIER));
}

static char *send_file(const char *id, const char *file, const char *to)
{
    return ask(id, "overdracht.send", json_pack("{s:s, s:s}", "file", file, "to", to));
}

static int64_t sent(void)
{
    return town_count(OUD, "SELECT (SELECT count(*) FROM outbox)"
                           " + (SELECT count(*) FROM overdracht) * 1000");
}

static void a_repeated_request_is_answered_from_the_record_also_after_a_restart(void **state)
{
    char id[UUID_SIZE], file[UUID_SIZE];

    (void)state;
    uuid_v4(id);
    upload(file);
    int64_t before = sent();
    SCOPED_MEM char *first = send_file(id, file, "0310");
    json_auto_t *result = result_of(first);
    assert_string_equal(text_of(json_object_get(result, "ontvanger"), "naam"), "Nieuw");
    assert_int_equal(sent(), before + 1001);
    SCOPED_MEM char *second = send_file(id, file, "0310");
    assert_string_equal(second, first);
    town_stop(OUD);
    town_start(OUD);
    SCOPED_MEM char *third = send_file(id, file, "0310");
    assert_string_equal(third, first);
    assert_int_equal(sent(), before + 1001);
    uuid_v4(id);
    SCOPED_MEM char *other = send_file(id, file, "0310");
    expect_fault("another request for a file that was taken", other, "unknown",
                 "no such file was sent, or it was forgotten");
}

static void an_id_that_was_used_is_refused_for_another_request(void **state)
{
    char id[UUID_SIZE], file[UUID_SIZE];

    (void)state;
    uuid_v4(id);
    upload(file);
    SCOPED_MEM char *first = send_file(id, file, "0310");
    json_decref(result_of(first));
    int64_t after = sent();
    SCOPED_MEM char *other = ask(id, "outbox.retry", json_pack("{s:s}", "id", "ffff"));
    expect_fault("another request", other, "conflict", "this id was used for another request");
    SCOPED_MEM char *elsewhere = send_file(id, file, "9999");
    expect_fault("other arguments", elsewhere, "conflict",
                 "this id was used for another request");
    SCOPED_MEM char *again = send_file(id, file, "0310");
    assert_string_equal(again, first);
    assert_int_equal(sent(), after);
}

static void what_failed_is_not_recorded_and_may_be_put_right(void **state)
{
    char id[UUID_SIZE], file[UUID_SIZE];

    (void)state;
    uuid_v4(id);
    upload(file);
    int64_t before = sent();
    SCOPED_MEM char *wrong = send_file(id, file, "9999");
    expect_fault("nobody there", wrong, "unknown", "no peer fits '9999'");
    assert_int_equal(sent(), before);
    SCOPED_MEM char *right = send_file(id, file, "0310");
    json_auto_t *result = result_of(right);
    assert_int_equal(sent(), before + 1001);
    assert_int_equal(strlen(text_of(result, "canoniek")), 64);
}

static void a_state_is_changed_once_too(void **state)
{
    static const char *const STATES[] = { "geschorst", "actief" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char id[UUID_SIZE];
        uuid_v4(id);
        int64_t before = town_count(OUD, "SELECT count(*) FROM audit WHERE action = 'peer'");
        SCOPED_MEM char *first = ask(
            id, "peer.state", json_pack("{s:s, s:s}", "gemeente", "Nieuw", "to", STATES[i]));
        SCOPED_MEM char *second = ask(
            id, "peer.state", json_pack("{s:s, s:s}", "gemeente", "Nieuw", "to", STATES[i]));
        json_auto_t *result = result_of(first);
        assert_string_equal(text_of(result, "state"), STATES[i]);
        assert_string_equal(first, second);
        assert_int_equal(town_count(OUD, "SELECT count(*) FROM audit WHERE action = 'peer'"),
                         before + 1);
    }
}

/* The thread that answered may not yet be done with its answer. */
static void a_gateway_stops_right_behind_an_answer(void **state)
{
    (void)state;
    for (int i = 0; i < 25; i++) {
        json_auto_t *status = do_ask("status", json_object());
        town_stop(OUD);
        town_start(OUD);
        assert_string_equal(text_of(status, "naam"), "Oud");
    }
}

struct racer {
    const char *text;
    pthread_barrier_t *start;
    char *answer;
};

static void *race(void *argument)
{
    struct racer *racer = argument;
    nng_socket socket = dial();

    pthread_barrier_wait(racer->start);
    racer->answer = ask_on(socket, racer->text, strlen(racer->text));
    nng_close(socket);
    return NULL;
}

/* nng sends again when a connection was lost, also while the first is still at work. */
static void the_same_request_twice_at_once_changes_once_and_both_hear_it(void **state)
{
    enum { RACERS = 2, ROUNDS = 8 };

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct racer racers[RACERS];
        pthread_t threads[RACERS];
        pthread_barrier_t start;
        char id[UUID_SIZE], file[UUID_SIZE];
        uuid_v4(id);
        upload(file);
        int64_t before = sent();
        SCOPED_MEM char *text = request(id, "overdracht.send",
                                        json_pack("{s:s, s:s}", "file", file, "to", "0310"));
        pthread_barrier_init(&start, NULL, RACERS);
        for (int i = 0; i < RACERS; i++) {
            racers[i] = (struct racer){ .text = text, .start = &start };
            assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
        }
        for (int i = 0; i < RACERS; i++)
            pthread_join(threads[i], NULL);
        pthread_barrier_destroy(&start);
        assert_int_equal(sent(), before + 1001);
        json_decref(result_of(racers[0].answer));
        assert_string_equal(racers[0].answer, racers[1].answer);
        free(racers[0].answer);
        free(racers[1].answer);
    }
}

/* --- reading ----------------------------------------------------------------------------- */

static void what_was_sent_is_shown_and_read_back_in_pieces(void **state)
{
    SCOPED_BUF struct buf whole = { 0 };
    char id[UUID_SIZE], file[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    uuid_v4(id);
    upload(file);
    SCOPED_MEM char *sent_text = send_file(id, file, "Nieuw");
    json_auto_t *sent_result = result_of(sent_text);
    const char *overdracht = text_of(sent_result, "overdracht");
    json_auto_t *show = do_ask("overdracht.show", json_pack("{s:s}", "id", overdracht));
    assert_string_equal(text_of(show, "rol"), "verstrekker");
    assert_int_equal(json_array_size(json_object_get(show, "messages")), 1);
    assert_true(json_array_size(json_object_get(show, "audit")) >= 2);
    json_auto_t *piece =
        do_ask("overdracht.file",
               json_pack("{s:s, s:s, s:i}", "id", overdracht, "what", "dossier", "offset", 0));
    assert_true(base64_decode(text_of(piece, "data"), &whole, &fault));
    assert_non_null(strstr(buf_text(&whole), "<bsn>999900031</bsn>"));
    uuid_v4(id);
    SCOPED_MEM char *past = ask(
        id, "overdracht.file",
        json_pack("{s:s, s:s, s:i}", "id", overdracht, "what", "dossier", "offset", 99999999));
    expect_fault("past the end", past, "usage", "offset is past the end");
}

static int start(void **state)
{
    (void)state;
    town_install();
    DOSSIER = sample_dossier("gezinsmigrant.xml");
    town_gather(TOWNS, COUNT, COUNT);
    town_stop(OUD);
    town_start(OUD);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    free(DOSSIER);
    nng_fini();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_wrongly_is_refused_and_named),
        cmocka_unit_test(a_tower_of_brackets_is_no_request),
        cmocka_unit_test(who_announces_too_much_or_no_request_is_hung_up_on),
        cmocka_unit_test(without_arguments_with_may_be_left_out),
        cmocka_unit_test(what_cannot_be_done_is_a_fault_of_the_right_kind),
        cmocka_unit_test(an_id_that_was_used_is_refused_for_another_request),
        cmocka_unit_test(a_repeated_request_is_answered_from_the_record_also_after_a_restart),
        cmocka_unit_test(what_failed_is_not_recorded_and_may_be_put_right),
        cmocka_unit_test(a_state_is_changed_once_too),
        cmocka_unit_test(a_gateway_stops_right_behind_an_answer),
        cmocka_unit_test(the_same_request_twice_at_once_changes_once_and_both_hear_it),
        cmocka_unit_test(what_was_sent_is_shown_and_read_back_in_pieces),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
