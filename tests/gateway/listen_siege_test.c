/* A listener under siege: whoever says nothing, drips, floods or talks rubbish, from many
 * addresses, is cut off; a good client meanwhile gets every answer. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/gateway/listening.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { LIMIT_SECONDS = 5 };
#else
enum { LIMIT_SECONDS = 2 };
#endif

enum { REQUESTS = 60, ROUNDS = 2, CONNECTIONS_MAX = 64, PER_ADDRESS_MAX = 4 };

/* Strangers have fewer addresses than there is room, so that when it is full one of these has
 * two: the good client, which has one, is never the one to give way. */
enum { STRANGERS_FROM = 2, STRANGERS = 29, KNOWN_FROM = 31, KNOWN = 30 };

static atomic_bool OVER;

static void nap(long milliseconds)
{
    const struct timespec pause = { .tv_nsec = milliseconds * 1000000 };

    nanosleep(&pause, NULL);
}

/* -- attacks: each returns when the listener has ended what it began ---------------------- */

/* One kind of attacker, on its own thread; `round` goes on through its addresses. */
struct attacker {
    const char *what;
    bool (*attack)(struct attacker *attacker); /* false: the listener let it go on */
    int first, addresses;
    int next;
    atomic_int rounds, spared; /* spared: not cut off */
    pthread_t thread;
};

static int dial(struct attacker *attacker)
{
    char address[32];

    snprintf(address, sizeof(address), "127.0.0.%d",
             attacker->first + attacker->next++ % attacker->addresses);
    return tlsend_dial_from(address, listen_port(listening_now.listener));
}

static bool is_ended(int fd)
{
    char bytes[512];
    ssize_t got;

    while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0)
        ;
    bool ended = got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    close(fd);
    return ended;
}

static bool say_nothing(struct attacker *attacker)
{
    int ends[STRANGERS];
    bool good = true;

    for (int i = 0; i < STRANGERS; i++)
        ends[i] = dial(attacker);
    for (int i = 0; i < STRANGERS; i++)
        good &= ends[i] < 0 || is_ended(ends[i]);
    return good;
}

static bool talk_rubbish(struct attacker *attacker)
{
    static const char RUBBISH[] = "\x16\x03\x01\xff\xff\x01 GET / HTTP/1.1\r\n\r\n\r\n\r\n";
    int fd = dial(attacker);

    return fd < 0
           || (send(fd, RUBBISH, sizeof(RUBBISH), MSG_NOSIGNAL) >= 0 ? is_ended(fd)
                                                                     : close(fd) == 0);
}

static bool flood(struct attacker *attacker)
{
    enum { WAVE = 100 };
    int ends[WAVE];

    for (int i = 0; i < WAVE; i++)
        ends[i] = dial(attacker);
    for (int i = 0; i < WAVE; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    return true;
}

/* Shakes hands with a good certificate, says `begin`, drips, and reads to the end. */
static bool drip(struct attacker *attacker, const char *begin, const char *drop)
{
    struct tlsend end;
    SCOPED_BUF struct buf answer = { 0 };
    int fd = dial(attacker);
    bool ended = true;

    if (fd < 0)
        return true;
    if (tlsend_connect_on(&end, fd, listening_now.good_client) && tlsend_say(&end, begin)) {
        for (int i = 0; drop[0] && i < 2000 && tlsend_say(&end, drop); i++)
            nap(10);
        ended = tlsend_read_to_end(&end, &answer);
    }
    tlsend_close(&end);
    return ended;
}

static bool shake_hands_only(struct attacker *attacker)
{
    return drip(attacker, "", "");
}

static bool drip_a_head(struct attacker *attacker)
{
    return drip(attacker, GET "A: ", "a");
}

static bool drip_a_body(struct attacker *attacker)
{
    return drip(attacker, POST "Content-Length: 5000\r\n\r\n", "a");
}

static bool contradict(struct attacker *attacker)
{
    static const char *const JUNK[] = {
        POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        POST "Host: y\r\nContent-Length: 5\r\n\r\nhello",
        POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" GET "\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
    };

    return drip(attacker, JUNK[attacker->next % 4], "");
}

/* Asks for 5 MB and takes a byte now and then. Its deadline is as long as a slow line may
 * need; while it runs it has one place, and nobody else notices. */
static bool read_slowly(struct attacker *attacker)
{
    struct tlsend end;
    char byte;
    int fd = dial(attacker);

    if (fd < 0)
        return true;
    if (tlsend_connect_on(&end, fd, listening_now.good_client)
        && tlsend_say(&end, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"))
        for (int i = 0; i < 40 && !OVER && SSL_read(end.ssl, &byte, 1) == 1; i++)
            nap(25);
    tlsend_close(&end);
    return true;
}

static struct attacker ATTACKERS[] = {
    { .what = "says nothing", .attack = say_nothing },
    { .what = "talks rubbish", .attack = talk_rubbish },
    { .what = "floods", .attack = flood },
    { .what = "shakes hands only", .attack = shake_hands_only },
    { .what = "drips a head", .attack = drip_a_head },
    { .what = "drips a body", .attack = drip_a_body },
    { .what = "contradicts itself", .attack = contradict },
    { .what = "reads slowly", .attack = read_slowly },
};
enum { KINDS = sizeof(ATTACKERS) / sizeof(ATTACKERS[0]), KINDS_OF_STRANGERS = 3 };

static void *go_on(void *argument)
{
    struct attacker *attacker = argument;

    while (!OVER) {
        attacker->spared += !attacker->attack(attacker);
        attacker->rounds++;
        nap(1);
    }
    return NULL;
}

static void begin(void)
{
    OVER = false;
    for (int i = 0; i < KINDS; i++) {
        ATTACKERS[i].first = i < KINDS_OF_STRANGERS ? STRANGERS_FROM : KNOWN_FROM;
        ATTACKERS[i].addresses = i < KINDS_OF_STRANGERS ? STRANGERS : KNOWN;
        ATTACKERS[i].next = i * 7;
        ATTACKERS[i].rounds = ATTACKERS[i].spared = 0;
        assert_int_equal(pthread_create(&ATTACKERS[i].thread, NULL, go_on, &ATTACKERS[i]), 0);
    }
}

static void end(void)
{
    OVER = true;
    for (int i = 0; i < KINDS; i++)
        pthread_join(ATTACKERS[i].thread, NULL);
}

static bool all_have_tried(void)
{
    for (int i = 0; i < KINDS; i++)
        if (ATTACKERS[i].rounds < ROUNDS)
            return false;
    return true;
}

/* -- the good client ---------------------------------------------------------------------- */

static bool ask(struct tlsend *good)
{
    SCOPED_BUF struct buf answer = { 0 };

    return tlsend_say(good, POST "Content-Length: 5\r\n\r\nhello")
           && tlsend_read_message(good, &answer) && listening_status(&answer) == 200;
}

/* One request on a connection of its own, one on a connection that is kept. */
static bool each_request_is_answered(struct tlsend *kept)
{
    struct tlsend fresh;
    bool good =
        tlsend_connect(&fresh, listen_port(listening_now.listener), listening_now.good_client)
        && ask(&fresh);

    tlsend_close(&fresh);
    return good && ask(kept);
}

static int besiege(void **state)
{
    struct listen_settings settings = listening_settings();

    (void)state;
    settings.handshake_seconds = settings.head_seconds = settings.body_seconds = LIMIT_SECONDS;
    settings.life_seconds = 300;
    settings.connections_max = CONNECTIONS_MAX;
    settings.per_address_max = PER_ADDRESS_MAX;
    listening_start_with(&settings, workers_create(2, 64));
    return 0;
}

static void a_good_client_is_served_while_attackers_are_cut_off(void **state)
{
    struct tlsend kept = listening_dial();
    int asked = 0;

    (void)state;
    bool good = ask(&kept);
    begin();
    for (; good && (asked < REQUESTS || !all_have_tried()); asked++)
        good = each_request_is_answered(&kept);
    end();
    assert_true(good && each_request_is_answered(&kept));
    tlsend_close(&kept);
    for (int i = 0; i < KINDS; i++) {
        print_message("  %s: %d rounds\n", ATTACKERS[i].what, (int)ATTACKERS[i].rounds);
        if (ATTACKERS[i].spared > 0)
            fail_msg("%s: not cut off", ATTACKERS[i].what);
    }
    print_message("  good requests: %d, all answered\n", 2 * (asked + 1));
}

/* -- who gives way ------------------------------------------------------------------------ */

static bool is_open(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static int stranger(const char *address)
{
    int fd = tlsend_dial_from(address, listen_port(listening_now.listener));

    assert_true(fd >= 0);
    return fd;
}

/* Three strangers of one address, one of another, and a client: no room for a sixth. */
static void the_stranger_that_waits_longest_gives_way(void **state)
{
    struct listen_settings settings = listening_settings();
    char byte;

    (void)state;
    settings.connections_max = 5;
    listening_start_with(&settings, workers_create(1, 4));
    int lone = stranger("127.0.0.2");
    int many[] = { stranger("127.0.0.3"), stranger("127.0.0.3"), stranger("127.0.0.3") };
    struct tlsend known = listening_dial(), second;
    assert_true(ask(&known));
    assert_true(tlsend_connect(&second, listen_port(listening_now.listener),
                               listening_now.good_client));
    assert_true(ask(&second));
    assert_true(recv(many[0], &byte, 1, 0) <= 0);
    assert_true(is_open(lone) && is_open(many[1]) && is_open(many[2]));
    assert_true(ask(&known));
    close(lone);
    for (size_t i = 0; i < 3; i++)
        close(many[i]);
    tlsend_close(&known);
    tlsend_close(&second);
}

static void known_clients_do_not_give_way(void **state)
{
    struct listen_settings settings = listening_settings();
    struct tlsend known[3];
    char byte;

    (void)state;
    settings.connections_max = 3;
    listening_start_with(&settings, workers_create(1, 4));
    for (size_t i = 0; i < 3; i++) {
        known[i] = listening_dial();
        assert_true(ask(&known[i]));
    }
    int late = stranger("127.0.0.2");
    assert_true(recv(late, &byte, 1, 0) <= 0);
    close(late);
    for (size_t i = 0; i < 3; i++) {
        assert_true(ask(&known[i]));
        tlsend_close(&known[i]);
    }
}

/* -- out of file descriptors -------------------------------------------------------------- */

static int64_t cpu_ms(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void limit_files(rlim_t most)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = most;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* The kernel takes the connection; the listener cannot, rests, and does when it can. */
static void without_file_descriptors_accepting_waits(void **state)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)listen_port(listening_now.listener)),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* the lowest that was free */
    struct rlimit before;
    struct tlsend end;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit_files((rlim_t)fd + 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    int64_t used = cpu_ms();
    nap(900);
    used = cpu_ms() - used;
    limit_files(before.rlim_cur);
    assert_in_range(used, 0, 450); /* a listener that spins would take it all */
    assert_true(tlsend_connect_on(&end, fd, listening_now.good_client));
    assert_true(ask(&end));
    tlsend_close(&end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_good_client_is_served_while_attackers_are_cut_off,
                                        besiege, listening_stop),
        cmocka_unit_test_teardown(the_stranger_that_waits_longest_gives_way, listening_stop),
        cmocka_unit_test_teardown(known_clients_do_not_give_way, listening_stop),
        cmocka_unit_test_setup_teardown(without_file_descriptors_accepting_waits,
                                        listening_start, listening_stop),
    };

    return cmocka_run_group_tests(tests, listening_set_up, listening_tear_down);
}
