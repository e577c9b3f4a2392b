/* connections -- see connections.h for the picture. */
#include "gateway/connections.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event_struct.h>
#include <event2/util.h>

#include "codecs/base/mem.h"
#include "gateway/answer.h"
#include "gateway/channel.h"
#include "gateway/chunks.h"

enum { PIECE = 16384, SLOWEST = 10240 /* bytes per second */, LINGER_SECONDS = 2 };

enum state { HANDSHAKE, HEAD, BODY, WORKING, ANSWER, IDLE, LINGER };

struct connection {
    struct connections *all;
    struct connection *previous, *next;
    struct connection *next_done; /* under all->lock */
    struct event event;
    struct channel channel;
    enum state state;
    long long born, deadline; /* milliseconds of the monotonic clock */
    struct place *place;
    X509 *client;       /* NULL: a stranger */
    struct buf in, out; /* a head, or chunks, as they come; an answer as it goes */
    struct chunks chunks;
    size_t sent;
    bool closing;
    const struct listen_route *route;
    struct listen_request request;
    struct listen_answer answer;
};

/* What per_address_max counts; here as long as a connection comes from it. */
struct place {
    struct place *next;
    unsigned char network[8];
    int count, strangers;
};

struct connections {
    const struct listen_settings *settings;
    struct event_base *base;
    struct workers *workers;
    struct connection *first; /* from new to old */
    int count;
    struct place *places;
    bool draining;
    pthread_mutex_t lock;
    struct connection *done; /* back from a worker, in no order */
    struct event *wake;
};

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static bool is_old(const struct connection *connection)
{
    return now_ms() >= connection->born + connection->all->settings->life_seconds * 1000LL;
}

/* -- life --------------------------------------------------------------------------------- */

static struct place *enter_place(struct connections *all, const unsigned char network[8])
{
    struct place *place = all->places;

    while (place && memcmp(place->network, network, 8) != 0)
        place = place->next;
    if (!place) {
        place = mem_alloc(sizeof(*place));
        memcpy(place->network, network, 8);
        place->next = all->places;
        all->places = place;
    }
    place->count++;
    place->strangers++;
    return place;
}

static void leave_place(struct connections *all, struct place *place, bool stranger)
{
    struct place **link = &all->places;

    place->strangers -= stranger;
    if (--place->count > 0)
        return;
    while (*link != place)
        link = &(*link)->next;
    *link = place->next;
    free(place);
}

static void forget_exchange(struct connection *connection)
{
    buf_finish(&connection->request.body);
    buf_finish(&connection->answer.body);
    buf_finish(&connection->out);
    buf_finish(&connection->in);
    connection->answer = (struct listen_answer){ 0 };
    connection->chunks = (struct chunks){ 0 };
    connection->sent = 0;
    connection->route = NULL;
}

static void destroy(struct connection *connection)
{
    struct connections *all = connection->all;

    event_del(&connection->event);
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        all->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    all->count--;
    leave_place(all, connection->place, !connection->client);
    forget_exchange(connection);
    X509_free(connection->client);
    channel_finish(&connection->channel);
    free(connection);
    if (all->draining && !all->first)
        event_base_loopbreak(all->base);
}

static long long patience(const struct connection *connection, enum state state)
{
    const struct listen_settings *settings = connection->all->settings;

    switch (state) {
    case HANDSHAKE:
        return settings->handshake_seconds;
    case HEAD:
        return settings->head_seconds;
    case BODY:
        return settings->body_seconds
               + (long long)(connection->request.head.content_length / SLOWEST);
    case ANSWER:
        return settings->body_seconds + (long long)(connection->out.size / SLOWEST);
    case IDLE:
        return settings->idle_seconds;
    default:
        return LINGER_SECONDS;
    }
}

/* The one place that changes the state. */
static void enter(struct connection *connection, enum state state)
{
    long long end = connection->born + connection->all->settings->life_seconds * 1000LL;

    connection->state = state;
    connection->deadline = now_ms() + patience(connection, state) * 1000;
    if (state == IDLE && connection->deadline > end)
        connection->deadline = end;
}

static enum flow leave(struct connection *connection)
{
    channel_farewell(&connection->channel);
    forget_exchange(connection);
    enter(connection, LINGER);
    return FLOW_ON;
}

/* -- answering ---------------------------------------------------------------------------- */

static void compose(struct connection *connection)
{
    const char *fields = connection->all->settings->fields;

    answer_compose(&connection->answer, connection->request.head.method, fields,
                   connection->closing, &connection->out);
}

static enum flow reply(struct connection *connection)
{
    connection->closing |= connection->answer.close || connection->answer.status >= 400
                           || connection->request.head.closes || connection->all->draining
                           || is_old(connection) || channel_has_more(&connection->channel);
    compose(connection);
    enter(connection, ANSWER);
    return FLOW_ON;
}

static enum flow refuse(struct connection *connection, int status)
{
    listen_refuse *words = connection->all->settings->refuse;
    struct listen_answer *answer = &connection->answer;

    answer->status = status;
    if (status == 503)
        answer->retry_after = 5;
    (words ? words : answer_problem)(status, answer);
    return reply(connection);
}

static enum flow send_answer(struct connection *connection)
{
    struct buf *out = &connection->out;
    size_t put;

    while (connection->sent < out->size) {
        enum flow flow = channel_write(&connection->channel, out->data + connection->sent,
                                       out->size - connection->sent, &put);
        if (flow != FLOW_ON)
            return flow;
        connection->sent += put;
    }
    if (connection->closing)
        return leave(connection);
    forget_exchange(connection);
    enter(connection, IDLE);
    return FLOW_ON;
}

/* -- working ------------------------------------------------------------------------------ */

/* On a worker. The lock is held while the loop is woken: when it has been released the loop
 * may end, and with it what this touches. */
static void work(void *argument)
{
    struct connection *connection = argument;
    struct connections *all = connection->all;

    connection->route->handle(all->settings->context, &connection->request,
                              &connection->answer);
    pthread_mutex_lock(&all->lock);
    connection->next_done = all->done;
    all->done = connection;
    event_active(all->wake, EV_READ, 0);
    pthread_mutex_unlock(&all->lock);
}

static enum flow submit(struct connection *connection)
{
    enter(connection, WORKING);
    if (!workers_submit(connection->all->workers, work, connection))
        return refuse(connection, 503);
    return FLOW_ON;
}

/* -- reading ------------------------------------------------------------------------------ */

static enum flow shake_hands(struct connection *connection)
{
    enum flow flow = channel_handshake(&connection->channel);

    if (flow == FLOW_OVER)
        return leave(connection); /* lets the alert arrive: it tells the other side why */
    if (flow != FLOW_ON)
        return flow;
    connection->client = channel_client(&connection->channel);
    connection->request.client = connection->client;
    if (!connection->client)
        return FLOW_OVER;
    connection->place->strangers--;
    enter(connection, HEAD);
    return FLOW_ON;
}

static const struct listen_route *find_route(const struct listen_route *routes,
                                             const struct http_head *head)
{
    for (const struct listen_route *route = routes; route->method; route++) {
        size_t length = strlen(route->path);
        bool prefix = length > 0 && route->path[length - 1] == '*';
        bool fits = prefix ? strncmp(route->path, head->path, length - 1) == 0
                           : strcmp(route->path, head->path) == 0;
        if (fits && strcmp(route->method, head->method) == 0)
            return route;
    }
    return NULL;
}

/* Who is asking comes first: strangers learn nothing about routes and sizes. */
static enum flow judge(struct connection *connection)
{
    const struct listen_settings *settings = connection->all->settings;
    const struct http_head *head = &connection->request.head;

    if (!settings->admit(settings->context, &connection->request, &connection->answer)) {
        connection->closing = true;
        return reply(connection);
    }
    connection->route = find_route(settings->routes, head);
    if (!connection->route)
        return refuse(connection, 404);
    if (head->content_length > connection->route->body_max)
        return refuse(connection, 413);
    connection->chunks.most = connection->route->body_max;
    enter(connection, BODY);
    return FLOW_ON;
}

/* What came along with the head is the begin of the body; more than that is a reason to close.
 * Chunks tell only on reading where they end. */
static void take_along(struct connection *connection, size_t used)
{
    size_t length = connection->request.head.content_length, rest = connection->in.size - used;

    if (connection->request.head.chunked) {
        memmove(connection->in.data, connection->in.data + used, rest);
        connection->in.size = rest;
        return;
    }
    connection->closing = rest > length;
    if (rest > 0)
        buf_add(&connection->request.body, connection->in.data + used,
                rest < length ? rest : length);
    buf_finish(&connection->in);
}

static enum flow read_head(struct connection *connection)
{
    struct http_head *head = &connection->request.head;
    size_t got, used;
    enum flow flow =
        channel_read(&connection->channel, buf_reserve(&connection->in, PIECE), PIECE, &got);

    if (flow != FLOW_ON)
        return flow;
    if (connection->state == IDLE)
        enter(connection, HEAD);
    buf_grown(&connection->in, got);
    /* Looked at when a line ends: a head in single bytes is not read anew for each of them. */
    if (!memchr(connection->in.data + connection->in.size - got, '\n', got)
        && connection->in.size < HTTP_HEAD_MAX)
        return FLOW_ON;
    int verdict = http_head_read(buf_text(&connection->in), connection->in.size,
                                 connection->all->settings->allowed, head, &used);
    if (verdict == 1)
        return FLOW_ON;
    if (verdict != 0)
        return refuse(connection, verdict);
    take_along(connection, used);
    return judge(connection);
}

/* What came so far goes through chunks_read() before more is read. */
static enum flow read_chunks(struct connection *connection)
{
    struct buf *in = &connection->in;
    size_t used, got;

    int verdict = chunks_read(&connection->chunks, buf_text(in), in->size,
                              &connection->request.body, &used);
    if (verdict == 0) {
        connection->closing = used < in->size;
        return submit(connection);
    }
    if (verdict != 1)
        return refuse(connection, verdict);
    buf_clear(in);
    enum flow flow = channel_read(&connection->channel, buf_reserve(in, PIECE), PIECE, &got);
    if (flow == FLOW_ON)
        buf_grown(in, got);
    return flow;
}

static enum flow read_body(struct connection *connection)
{
    if (connection->request.head.chunked)
        return read_chunks(connection);
    struct buf *body = &connection->request.body;
    size_t missing = connection->request.head.content_length - body->size, got;

    if (missing == 0)
        return submit(connection);
    if (missing > PIECE)
        missing = PIECE;
    enum flow flow =
        channel_read(&connection->channel, buf_reserve(body, missing), missing, &got);
    if (flow == FLOW_ON)
        buf_grown(body, got);
    return flow;
}

static enum flow linger(struct connection *connection)
{
    return channel_forget(&connection->channel);
}

/* -- the loop ----------------------------------------------------------------------------- */

static enum flow (*const STEPS[])(struct connection *connection) = {
    [HANDSHAKE] = shake_hands, [HEAD] = read_head, [BODY] = read_body,
    [ANSWER] = send_answer,    [IDLE] = read_head, [LINGER] = linger,
};

static void on_event(evutil_socket_t fd, short what, void *argument);

static bool wait_for(struct connection *connection, enum flow flow)
{
    long long left = connection->deadline - now_ms();
    struct timeval limit = { left / 1000, left % 1000 * 1000 };

    return left > 0
           && event_assign(&connection->event, connection->all->base, connection->channel.fd,
                           flow == FLOW_WANTS_WRITE ? EV_WRITE : EV_READ, on_event, connection)
                  == 0
           && event_add(&connection->event, &limit) == 0;
}

static void advance(struct connection *connection)
{
    enum flow flow;

    do
        flow = STEPS[connection->state](connection);
    while (flow == FLOW_ON && connection->state != WORKING);
    if (connection->state == WORKING && flow == FLOW_ON)
        return;
    if (flow == FLOW_OVER || !wait_for(connection, flow))
        destroy(connection);
}

static void on_event(evutil_socket_t fd, short what, void *argument)
{
    (void)fd;
    if (what & EV_TIMEOUT)
        destroy(argument);
    else
        advance(argument);
}

static void on_wake(evutil_socket_t fd, short what, void *argument)
{
    struct connections *all = argument;

    (void)fd, (void)what;
    pthread_mutex_lock(&all->lock);
    struct connection *connection = all->done;
    all->done = NULL;
    pthread_mutex_unlock(&all->lock);
    while (connection) {
        struct connection *next = connection->next_done;
        reply(connection);
        advance(connection);
        connection = next;
    }
}

/* -- the set ------------------------------------------------------------------------------ */

/* IPv4, also when it comes mapped into IPv6: the address. IPv6: the /64, which one host owns.
 */
static void network_of(const struct sockaddr *from, unsigned char network[8])
{
    const struct sockaddr_in *v4 = (const void *)from;
    const struct sockaddr_in6 *v6 = (const void *)from;

    memset(network, 0xff, 8);
    if (from->sa_family == AF_INET)
        memcpy(network + 4, &v4->sin_addr, 4);
    else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        memcpy(network + 4, v6->sin6_addr.s6_addr + 12, 4);
    else
        memcpy(network, v6->sin6_addr.s6_addr, 8);
}

static void address_of(const struct sockaddr *from, char *text, size_t size)
{
    const struct sockaddr_in *v4 = (const void *)from;
    const struct sockaddr_in6 *v6 = (const void *)from;
    const void *address = from->sa_family == AF_INET ? (const void *)&v4->sin_addr
                                                     : (const void *)&v6->sin6_addr;

    evutil_inet_ntop(from->sa_family, address, text, size);
}

/* The one that waits longest, of `place` or (NULL) of the place that has most of them. */
static struct connection *oldest_stranger(const struct connections *all,
                                          const struct place *place)
{
    struct connection *found = NULL;

    for (struct connection *other = all->first; other; other = other->next)
        if (!other->client && (!place || other->place == place)
            && (!found || other->place->strangers >= found->place->strangers))
            found = other;
    return found;
}

/* Who has not shown who it is gives way to a newcomer; a known client never does. */
static bool make_room(struct connections *all, const struct place *place)
{
    bool crowded = place->count > all->settings->per_address_max;

    if (!crowded && all->count < all->settings->connections_max)
        return true;
    struct connection *stranger = oldest_stranger(all, crowded ? place : NULL);
    if (stranger)
        destroy(stranger);
    return stranger != NULL;
}

static void add(struct connections *all, const struct connection *like)
{
    struct connection *connection = mem_alloc(sizeof(*connection));

    *connection = *like;
    connection->next = all->first;
    if (all->first)
        all->first->previous = connection;
    all->first = connection;
    all->count++;
    enter(connection, HANDSHAKE);
    if (!wait_for(connection, FLOW_WANTS_READ))
        destroy(connection);
}

void connections_accept(struct connections *all, int fd, const struct sockaddr *from,
                        SSL_CTX *tls)
{
    struct connection new = { .all = all, .born = now_ms() };
    unsigned char network[8];

    network_of(from, network);
    new.place = enter_place(all, network);
    bool room = !all->draining && make_room(all, new.place);
    if (!room)
        evutil_closesocket(fd);
    if (!room || !channel_init(&new.channel, fd, tls)) {
        leave_place(all, new.place, true);
        return;
    }
    address_of(from, new.request.address, sizeof(new.request.address));
    add(all, &new);
}

static bool waits_for_its_client(const struct connection *connection)
{
    return connection->state == HANDSHAKE || connection->state == HEAD
           || connection->state == BODY || connection->state == IDLE;
}

void connections_drain(struct connections *all)
{
    all->draining = true;
    for (struct connection *connection = all->first, *next; connection; connection = next) {
        next = connection->next;
        if (waits_for_its_client(connection))
            destroy(connection);
    }
    if (!all->first)
        event_base_loopbreak(all->base);
}

struct connections *connections_create(const struct listen_settings *settings,
                                       struct event_base *base, struct workers *workers)
{
    struct connections *all = mem_alloc(sizeof(*all));

    all->settings = settings;
    all->base = base;
    all->workers = workers;
    pthread_mutex_init(&all->lock, NULL);
    all->wake = event_new(base, -1, 0, on_wake, all);
    if (!all->wake)
        abort(); /* as when memory has run out */
    return all;
}

void connections_destroy(struct connections *all)
{
    if (!all)
        return;
    event_free(all->wake);
    pthread_mutex_destroy(&all->lock);
    free(all);
}
