/* proxy -- see proxy.h: a thread that accepts, and one thread per connection that polls. */
#include "tests/fault/proxy.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "tests/tlsend.h"

#define MUST(condition)                                                                       \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                   \
            abort();                                                                          \
        }                                                                                     \
    } while (0)

enum { PIECE = 16384, TICK_MS = 5, BUFFER = 65536 };

struct proxy {
    int fd, port;
    pthread_t thread;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t gone;
    struct proxy_script script;
    struct proxy_count count;
    int target, living;
    unsigned dropped; /* how often proxy_drop() was called: older connections end */
    bool stopping;
};

struct lane {
    const struct proxy_lane *script;
    long long *count;
    int from, to;
    long long passed;
    char held[PIECE];
    size_t size;        /* of what is held */
    long long ready_ms; /* when it may be passed on */
    bool ended;
};

struct passage {
    struct proxy *proxy;
    struct proxy_script script;
    unsigned dropped;
    int client, server;
    struct lane up, down;
    bool silent;
};

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* -- one connection ----------------------------------------------------------------------- */

static bool must_end(struct passage *passage)
{
    pthread_mutex_lock(&passage->proxy->lock);
    bool end = passage->proxy->stopping || passage->dropped != passage->proxy->dropped;
    pthread_mutex_unlock(&passage->proxy->lock);
    return end;
}

static size_t least(size_t a, long long b)
{
    return b < (long long)a ? (size_t)b : a;
}

static size_t room(const struct lane *lane)
{
    size_t most = PIECE;

    if (lane->script->cut)
        most = least(most, lane->script->cut - lane->passed);
    if (lane->script->mute)
        most = least(most, lane->script->mute - lane->passed);
    if (lane->script->rate)
        most = least(most, 1 + lane->script->rate / 10);
    return most;
}

static void take(struct lane *lane)
{
    ssize_t got = recv(lane->from, lane->held, room(lane), MSG_DONTWAIT);
    long long wait = lane->script->delay_ms;

    if (got <= 0) {
        lane->ended = true;
        shutdown(lane->to, SHUT_WR);
        return;
    }
    lane->size = (size_t)got;
    if (lane->script->rate)
        wait += got * 1000 / lane->script->rate;
    lane->ready_ms = now_ms() + wait;
}

/* False: the connection is to end. */
static bool give(struct passage *passage, struct lane *lane)
{
    if (send(lane->to, lane->held, lane->size, MSG_NOSIGNAL) != (ssize_t)lane->size)
        return false;
    lane->passed += (long long)lane->size;
    pthread_mutex_lock(&passage->proxy->lock);
    *lane->count += (long long)lane->size;
    pthread_mutex_unlock(&passage->proxy->lock);
    lane->size = 0;
    passage->silent |= lane->script->mute && lane->passed == lane->script->mute;
    return !lane->script->cut || lane->passed < lane->script->cut;
}

static bool advance(struct passage *passage, struct lane *lane, short events)
{
    if (!lane->size && !lane->ended && events & (POLLIN | POLLHUP | POLLERR))
        take(lane);
    return !lane->size || now_ms() < lane->ready_ms || give(passage, lane);
}

/* In a silence only the client's own end is of interest. */
static short wanted(const struct passage *passage, const struct lane *lane)
{
    if (passage->silent)
        return lane == &passage->up ? POLLRDHUP : 0;
    return lane->size || lane->ended ? 0 : POLLIN;
}

static int patience(const struct passage *passage)
{
    const struct lane *lanes[] = { &passage->up, &passage->down };
    long long wait = TICK_MS, now = now_ms();

    for (int i = 0; i < 2; i++)
        if (lanes[i]->size && lanes[i]->ready_ms - now < wait)
            wait = lanes[i]->ready_ms - now;
    return wait > 0 ? (int)wait : 0;
}

static void pass_on(struct passage *passage)
{
    while (!must_end(passage) && !(passage->up.ended && passage->down.ended)) {
        struct pollfd ends[] = { { passage->client, wanted(passage, &passage->up), 0 },
                                 { passage->server, wanted(passage, &passage->down), 0 } };
        for (int i = 0; i < 2; i++)
            if (ends[i].events == 0)
                ends[i].fd = -1; /* or its hang-up would be told again and again */
        poll(ends, 2, patience(passage));
        if (passage->silent && ends[0].revents)
            return;
        if (!passage->silent
            && (!advance(passage, &passage->up, ends[0].revents)
                || !advance(passage, &passage->down, ends[1].revents)))
            return;
    }
}

static void end(int fd, bool reset)
{
    const struct linger now = { .l_onoff = 1 };

    if (reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    else
        shutdown(fd, SHUT_WR);
    close(fd);
}

static void *carry(void *argument)
{
    struct passage *passage = argument;
    struct proxy *proxy = passage->proxy;

    pass_on(passage);
    end(passage->client, passage->script.reset);
    end(passage->server, passage->script.reset);
    free(passage);
    pthread_mutex_lock(&proxy->lock);
    proxy->living--;
    pthread_cond_broadcast(&proxy->gone);
    pthread_mutex_unlock(&proxy->lock);
    return NULL;
}

/* -- accepting ---------------------------------------------------------------------------- */

static void set_up_lane(struct lane *lane, const struct proxy_lane *script, int from, int to,
                        long long *count)
{
    lane->script = script;
    lane->from = from;
    lane->to = to;
    lane->count = count;
    setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    setsockopt(to, SOL_SOCKET, SO_SNDBUF, &(int){ BUFFER }, sizeof(int));
}

static void forward(struct proxy *proxy, struct passage *passage)
{
    pthread_t thread;

    set_up_lane(&passage->up, &passage->script.up, passage->client, passage->server,
                &proxy->count.up);
    set_up_lane(&passage->down, &passage->script.down, passage->server, passage->client,
                &proxy->count.down);
    MUST(pthread_create(&thread, NULL, carry, passage) == 0);
    pthread_detach(thread);
}

/* Notes what holds for a new connection; it counts as living from here. */
static struct passage *begin(struct proxy *proxy, int fd, int *target)
{
    struct passage *passage = mem_alloc(sizeof(*passage));

    pthread_mutex_lock(&proxy->lock);
    proxy->count.connections++;
    proxy->living++;
    passage->script = proxy->script;
    passage->dropped = proxy->dropped;
    *target = proxy->target;
    pthread_mutex_unlock(&proxy->lock);
    passage->proxy = proxy;
    passage->client = fd;
    return passage;
}

static void meet(struct proxy *proxy, int fd)
{
    int target;
    struct passage *passage = begin(proxy, fd, &target);

    passage->silent = passage->script.deaf;
    passage->server = -1;
    if (!passage->script.refuse && !passage->script.deaf)
        passage->server = tlsend_dial_from("127.0.0.1", target);
    if (passage->server >= 0 || passage->script.deaf) {
        forward(proxy, passage);
        return;
    }
    passage->script.reset = true; /* refused, here or there */
    passage->up.ended = passage->down.ended = true;
    carry(passage);
}

static void *accept_all(void *argument)
{
    struct proxy *proxy = argument;
    int fd;

    while ((fd = accept4(proxy->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        meet(proxy, fd);
    return NULL;
}

/* -- the proxy ---------------------------------------------------------------------------- */

struct proxy *proxy_start(int target)
{
    struct proxy *proxy = mem_alloc(sizeof(*proxy));

    proxy->fd = tlsend_listen(&proxy->port);
    proxy->target = target;
    pthread_mutex_init(&proxy->lock, NULL);
    pthread_cond_init(&proxy->gone, NULL);
    MUST(pthread_create(&proxy->thread, NULL, accept_all, proxy) == 0);
    return proxy;
}

int proxy_port(const struct proxy *proxy)
{
    return proxy->port;
}

void proxy_follow(struct proxy *proxy, const struct proxy_script *script)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->script = script ? *script : (struct proxy_script){ 0 };
    pthread_mutex_unlock(&proxy->lock);
}

void proxy_lead_to(struct proxy *proxy, int target)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->target = target;
    pthread_mutex_unlock(&proxy->lock);
}

static void await_end(struct proxy *proxy)
{
    while (proxy->living > 0)
        pthread_cond_wait(&proxy->gone, &proxy->lock);
}

void proxy_drop(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->dropped++;
    await_end(proxy);
    pthread_mutex_unlock(&proxy->lock);
}

struct proxy_count proxy_counted(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    struct proxy_count count = proxy->count;
    pthread_mutex_unlock(&proxy->lock);
    return count;
}

void proxy_count_anew(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->count = (struct proxy_count){ 0 };
    pthread_mutex_unlock(&proxy->lock);
}

void proxy_stop(struct proxy *proxy)
{
    shutdown(proxy->fd, SHUT_RDWR);
    pthread_join(proxy->thread, NULL);
    close(proxy->fd);
    pthread_mutex_lock(&proxy->lock);
    proxy->stopping = true;
    await_end(proxy);
    pthread_mutex_unlock(&proxy->lock);
    pthread_cond_destroy(&proxy->gone);
    pthread_mutex_destroy(&proxy->lock);
    free(proxy);
}
