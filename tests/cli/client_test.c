/* Asking the daemon: good answers, its faults, rubbish, silence, and a daemon that is not
 * there. */
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
#include <nng/nng.h>

#include "codecs/base/mem.h"
#include "gateway/control.h"
#include "tests/stub.h"
#include "tools/cli/client.h"
#include "tools/cli/output.h"

static char FOLDER[] = "/tmp/estafette-client-XXXXXX";
static char PATH[64], URL[80];

static struct client *connected(void)
{
    struct client *client = NULL;
    struct fault fault = { 0 };

    if (!client_connect(URL, "/home/x", &client, &fault))
        fail_msg("%s", fault.text);
    return client;
}

static void an_answer_is_handed_over(void **state)
{
    static const struct stub_answer ANSWERS[] = {
        { .name = "status", .result = "{\"naam\":\"Utrecht\"}" }, { 0 }
    };
    struct stub *stub = stub_start(PATH, ANSWERS);
    SCOPED_CLIENT struct client *client = connected();
    json_auto_t *first = NULL, *second = NULL;
    struct fault fault = { 0 };

    (void)state;
    assert_true(client_ask(client, "status", NULL, 5, &first, &fault));
    assert_string_equal(output_text(first, "naam"), "Utrecht");
    assert_true(
        client_ask(client, "status", json_pack("{s:s}", "a", "b"), 5, &second, &fault));
    json_auto_t *with = stub_last(stub, "status");
    assert_string_equal(output_text(with, "a"), "b");
    assert_int_equal(stub_count(stub, "status"), 2);
    stub_stop(stub);
}

static void the_daemons_faults_come_through_unchanged(void **state)
{
    static const struct {
        const char *fault;
        int exit;
        const char *text, *action;
    } CASES[] = {
        { "{\"code\":\"unknown\",\"text\":\"no peer 0999\",\"action\":\"list\"}", 1,
          "no peer 0999", "list" },
        { "{\"code\":\"state\",\"text\":\"is verlopen\",\"action\":\"\"}", 1, "is verlopen",
          "look at its present state" },
        { "{\"code\":\"unreachable\",\"text\":\"refused\"}", 69, "refused", "network" },
        { "{\"code\":\"schema\",\"text\":\"line 3\"}", 65, "line 3", "correct" },
        { "{\"code\":\"signature\",\"text\":\"no\"}", 76, "no", "card" },
        { "{\"code\":\"permission\",\"text\":\"uid 5\"}", 77, "uid 5", "root" },
        { "{\"code\":\"store\"}", 74, "store", "disk" },
        { "{\"code\":\"of the future\",\"text\":\"x\"}", 70, "x", "report" },
        { "{\"code\":\"none\",\"text\":\"x\"}", 76, "without saying why", "one version" },
        { "{\"code\":17,\"text\":\"x\"}", 76, "without saying why", "one version" },
        { "{}", 76, "without saying why", "one version" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct stub_answer answers[] = { { .name = "x", .fault = CASES[i].fault },
                                               { 0 } };
        struct stub *stub = stub_start(PATH, answers);
        SCOPED_CLIENT struct client *client = connected();
        json_t *result = NULL;
        struct fault fault = { 0 };
        assert_false(client_ask(client, "x", NULL, 5, &result, &fault));
        assert_int_equal(fault_exit_code(&fault), CASES[i].exit);
        assert_non_null(strstr(fault.text, CASES[i].text));
        assert_non_null(strstr(fault_action(&fault), CASES[i].action));
        stub_stop(stub);
    }
}

static void rubbish_is_no_answer(void **state)
{
    static const struct {
        const char *raw, *says;
    } CASES[] = {
        { "", "not JSON" },
        { "hello", "not JSON" },
        { "[]", "another version" },
        { "{\"v\":1,\"v\":1,\"id\":\"@\",\"ok\":true,\"result\":{}}", "not JSON" },
        { "{\"v\":2,\"id\":\"@\",\"ok\":true,\"result\":{}}", "another version" },
        { "{\"v\":1,\"id\":\"00\",\"ok\":true,\"result\":{}}", "another question" },
        { "{\"v\":1,\"ok\":true,\"result\":{}}", "another question" },
        { "{\"v\":1,\"id\":\"@\"}", "no result" },
        { "{\"v\":1,\"id\":\"@\",\"ok\":true}", "no result" },
        { "{\"v\":1,\"id\":\"@\",\"ok\":true,\"result\":[]}", "no result" },
        { "{\"v\":1,\"id\":\"@\",\"ok\":1,\"result\":{}}", "no result" },
        { "{\"v\":1,\"id\":\"@\",\"ok\":false,\"result\":{}}", "without saying why" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct stub_answer answers[] = { { .name = "x", .raw = CASES[i].raw }, { 0 } };
        struct stub *stub = stub_start(PATH, answers);
        SCOPED_CLIENT struct client *client = connected();
        json_t *result = NULL;
        struct fault fault = { 0 };
        assert_false(client_ask(client, "x", NULL, 5, &result, &fault));
        assert_int_equal(fault.code, FAULT_ANSWER);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("%s: %s", CASES[i].raw, fault.text);
        assert_null(result);
        stub_stop(stub);
    }
}

static void silence_ends_when_patience_does(void **state)
{
    static const struct stub_answer ANSWERS[] = { { .name = "status" }, { 0 } };
    struct stub *stub = stub_start(PATH, ANSWERS);
    SCOPED_CLIENT struct client *client = connected();
    json_t *result = NULL;
    struct fault fault = { 0 };

    (void)state;
    assert_false(client_ask(client, "status", NULL, 1, &result, &fault));
    assert_int_equal(fault_exit_code(&fault), 75);
    assert_non_null(strstr(fault.text, "status: the daemon did not answer within 1 seconds"));
    stub_stop(stub);
}

struct later {
    struct stub *stub, *again;
    const struct stub_answer *answers;
};

static void *stop_soon(void *context)
{
    struct later *later = context;

    while (stub_count(later->stub, "status") == 0)
        usleep(10000);
    stub_stop(later->stub);
    if (later->answers)
        later->again = stub_start(PATH, later->answers);
    return NULL;
}

static void a_daemon_that_stops_in_between_is_noticed(void **state)
{
    static const struct stub_answer ANSWERS[] = { { .name = "status" }, { 0 } };
    struct later later = { .stub = stub_start(PATH, ANSWERS) };
    SCOPED_CLIENT struct client *client = connected();
    pthread_t thread;
    json_t *result = NULL;
    struct fault fault = { 0 };

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &later), 0);
    assert_false(client_ask(client, "status", NULL, 60, &result, &fault));
    pthread_join(thread, NULL);
    assert_int_equal(fault.code, FAULT_DAEMON);
    assert_non_null(strstr(fault.text, "stopped before it answered"));
    assert_non_null(strstr(fault_action(&fault), "estafetted -C /home/x"));
}

static void a_daemon_that_restarts_in_between_answers_after_all(void **state)
{
    static const struct stub_answer BEFORE[] = { { .name = "status" }, { 0 } };
    static const struct stub_answer AFTER[] = { { .name = "status", .result = "{}" }, { 0 } };
    struct later later = { .stub = stub_start(PATH, BEFORE), .answers = AFTER };
    SCOPED_CLIENT struct client *client = connected();
    pthread_t thread;
    json_auto_t *result = NULL;
    struct fault fault = { 0 };

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &later), 0);
    if (!client_ask(client, "status", NULL, 20, &result, &fault))
        fail_msg("%s", fault.text);
    pthread_join(thread, NULL);
    stub_stop(later.again);
}

static void a_socket_that_nobody_serves(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
}

static void without_a_daemon_the_advice_is_to_start_it(void **state)
{
    struct client *client = NULL;
    struct fault fault = { 0 };

    (void)state;
    assert_false(client_connect(URL, "/home/x", &client, &fault));
    assert_int_equal(fault_exit_code(&fault), 69);
    assert_string_equal(fault.text, "the daemon is not running");
    assert_string_equal(fault_action(&fault), "start it: estafetted -C /home/x");
    a_socket_that_nobody_serves(PATH);
    assert_false(client_connect(URL, "/home/x", &client, &fault));
    assert_int_equal(fault.code, FAULT_DAEMON);
    unlink(PATH);
    assert_null(client);
}

static void only_local_sockets_with_short_names_are_tried(void **state)
{
    static const struct {
        const char *url, *says;
    } CASES[] = {
        { "tcp://127.0.0.1:1", "not the name of a local socket" },
        { "ipc:///tmp/0123456789012345678901234567890123456789012345678901234567890123456789"
          "0123456789012345678901234567890123456789",
          "not the name of a local socket" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct client *client = NULL;
        struct fault fault = { 0 };
        assert_false(client_connect(CASES[i].url, "/x", &client, &fault));
        assert_int_equal(fault.code, FAULT_CONFIG);
        assert_non_null(strstr(fault.text, CASES[i].says));
    }
}

static void a_file_goes_up_in_pieces(void **state)
{
    static const struct stub_answer SHORT[] = {
        { .name = "upload", .result = "{\"size\":1048576}" }, { 0 }
    };
    struct stub *stub = stub_start(PATH, SHORT);
    SCOPED_CLIENT struct client *client = connected();
    SCOPED_BUF struct buf content = { 0 };
    char file[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    memset(buf_reserve(&content, CONTROL_PIECE_MAX), 'x', CONTROL_PIECE_MAX);
    buf_grown(&content, CONTROL_PIECE_MAX);
    assert_true(client_upload(client, &content, file, &fault));
    assert_int_equal(stub_count(stub, "upload"), 1);
    buf_add_text(&content, "the rest");
    assert_false(client_upload(client, &content, file, &fault));
    assert_int_equal(fault.code, FAULT_ANSWER);
    assert_int_equal(stub_count(stub, "upload"), 3);
    json_auto_t *with = stub_last(stub, "upload");
    assert_string_equal(output_text(with, "file"), file);
    assert_string_equal(output_text(with, "data"), "dGhlIHJlc3Q=");
    assert_int_equal(json_integer_value(json_object_get(with, "offset")), CONTROL_PIECE_MAX);
    stub_stop(stub);
}

static void a_file_comes_down_or_the_answer_is_wrong(void **state)
{
    static const struct {
        const char *result, *content, *says; /* says NULL: it comes */
    } CASES[] = {
        { "{\"data\":\"YWJj\",\"size\":3}", "abc", NULL },
        { "{\"data\":\"\",\"size\":0}", "", NULL },
        { "{\"data\":\"YWJj\",\"size\":6}", "abcabc", NULL }, /* two pieces */
        { "{\"data\":\"YWJj\",\"size\":2}", NULL, "goes on behind its end" },
        { "{\"data\":\"YWJj\",\"size\":5}", NULL, "goes on behind its end" },
        { "{\"data\":\"\",\"size\":5}", NULL, "ends before its end" },
        { "{\"data\":\"!\",\"size\":1}", NULL, "not base64" },
        { "{\"data\":\"YWJj\",\"size\":-1}", NULL, "of that size" },
        { "{\"data\":\"YWJj\",\"size\":99999999999}", NULL, "of that size" },
        { "{}", "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct stub_answer answers[] = {
            { .name = "overdracht.file", .result = CASES[i].result }, { 0 }
        };
        struct stub *stub = stub_start(PATH, answers);
        SCOPED_CLIENT struct client *client = connected();
        SCOPED_BUF struct buf content = { 0 };
        struct fault fault = { 0 };
        bool came = client_download(client, "0190", "bericht", &content, &fault);
        assert_int_equal(came, !CASES[i].says);
        if (came)
            assert_string_equal(buf_text(&content), CASES[i].content);
        else
            assert_non_null(strstr(fault.text, CASES[i].says));
        stub_stop(stub);
    }
}

static int make_folder(void **state)
{
    (void)state;
    mem_install();
    output_install();
    if (!mkdtemp(FOLDER))
        return -1;
    snprintf(PATH, sizeof(PATH), "%s/control.sock", FOLDER);
    snprintf(URL, sizeof(URL), "ipc://%s", PATH);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    unlink(PATH);
    rmdir(FOLDER);
    nng_fini();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_handed_over),
        cmocka_unit_test(the_daemons_faults_come_through_unchanged),
        cmocka_unit_test(rubbish_is_no_answer),
        cmocka_unit_test(silence_ends_when_patience_does),
        cmocka_unit_test(a_daemon_that_stops_in_between_is_noticed),
        cmocka_unit_test(a_daemon_that_restarts_in_between_answers_after_all),
        cmocka_unit_test(without_a_daemon_the_advice_is_to_start_it),
        cmocka_unit_test(only_local_sockets_with_short_names_are_tried),
        cmocka_unit_test(a_file_goes_up_in_pieces),
        cmocka_unit_test(a_file_comes_down_or_the_answer_is_wrong),
    };

    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
