/* The local bus goes on answering, whatever a client that hangs up early does to nng. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include <nng/nng.h>
#include <nng/protocol/pubsub0/sub.h>

#include "gateway/events.h"
#include "tests/town.h"

#define HANG_UPS 200

static struct town town = {
    .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};

static int start(void **state)
{
    (void)state;
    town_build(&town);
    town_start(&town);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_stop(&town);
    town_remove(&town);
    return 0;
}

static int dial(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/%s.sock", town.folder, name);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

/* Does it greet us as a peer of SP does? */
static bool greets(const char *name)
{
    static const char HELLO[8] = { 0, 'S', 'P', 0, 0, 0x30, 0, 0 };
    char answer[8] = "";
    int fd = dial(name);
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    (void)!send(fd, HELLO, sizeof(HELLO), MSG_NOSIGNAL);
    bool greeted = poll(&wait, 1, 2000) == 1
                   && recv(fd, answer, sizeof(answer), MSG_WAITALL) == sizeof(answer)
                   && memcmp(answer, HELLO, 4) == 0;
    close(fd);
    return greeted;
}

static void clients_that_hang_up_before_the_greeting_do_not_silence_it(void **state)
{
    static const char *const NAMES[] = { "control", "events" };

    (void)state;
    for (size_t n = 0; n < sizeof(NAMES) / sizeof(NAMES[0]); n++) {
        assert_true(greets(NAMES[n]));
        for (int i = 0; i < HANG_UPS; i++)
            close(dial(NAMES[n]));
        print_message("%s after %d hang-ups: %s\n", NAMES[n], HANG_UPS,
                      greets(NAMES[n]) ? "still answers" : "deaf");
        gateway_tend(&town.gateway);
        assert_true(greets(NAMES[n]));
    }
}

static void tending_a_healthy_bus_changes_nothing(void **state)
{
    struct stat before, after;
    char path[128];

    (void)state;
    snprintf(path, sizeof(path), "%s/run/control.sock", town.folder);
    assert_int_equal(stat(path, &before), 0);
    for (int i = 0; i < 20; i++)
        gateway_tend(&town.gateway);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_true(greets("control"));
}

/* As cleaners of /run and /tmp do. */
static void a_socket_that_was_removed_comes_back(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof(path), "%s/run/control.sock", town.folder);
    assert_int_equal(unlink(path), 0);
    gateway_tend(&town.gateway);
    assert_true(greets("control"));
}

static void who_listens_hears_what_happened(void **state)
{
    char url[160], *text = NULL;
    nng_socket socket;
    size_t size;

    (void)state;
    snprintf(url, sizeof(url), "ipc://%s/run/events.sock", town.folder);
    assert_int_equal(nng_sub0_open(&socket), 0);
    nng_socket_set(socket, NNG_OPT_SUB_SUBSCRIBE, "", 0);
    nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, 100);
    assert_int_equal(nng_dial(socket, url, NULL, 0), 0);
    for (int tries = 0; !text && tries < 100; tries++) { /* the pipe may not be there yet */
        events_publish(town.gateway.events, "inbox", "01a2");
        if (nng_recv(socket, &text, &size, NNG_FLAG_ALLOC) != 0)
            text = NULL;
    }
    assert_non_null(text);
    static const char EXPECTED[] = "\"kind\":\"inbox\",\"id\":\"01a2\"}";
    assert_non_null(memmem(text, size, EXPECTED, sizeof(EXPECTED) - 1));
    nng_free(text, size);
    nng_close(socket);
}

static void only_the_owner_can_open_the_sockets(void **state)
{
    struct stat status;
    char path[128];

    (void)state;
    snprintf(path, sizeof(path), "%s/run", town.folder);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 077, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tending_a_healthy_bus_changes_nothing),
        cmocka_unit_test(a_socket_that_was_removed_comes_back),
        cmocka_unit_test(who_listens_hears_what_happened),
        cmocka_unit_test(only_the_owner_can_open_the_sockets),
        cmocka_unit_test(clients_that_hang_up_before_the_greeting_do_not_silence_it),
    };

    town_install();
    return cmocka_run_group_tests(tests, start, stop);
}
