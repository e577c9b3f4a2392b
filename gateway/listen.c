/* listen -- see listen.h: the socket, the thread and their end; the clients are connections.c.
 *
 * TLS and HTTP are driven by plain libevent events rather than by bufferevents
 * or evhttp; docs/decisions/listener.md tells why.
 */
#include "gateway/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>

#include "codecs/base/mem.h"
#include "gateway/connections.h"

enum { BACKLOG = 128, PAUSE = 200000 /* microseconds */, ACCEPTED_IN_A_ROW = 32 };

struct listener {
    struct listen_settings settings;
    struct event_base *base;
    struct evconnlistener *acceptor;
    struct connections *connections;
    struct event *stop, *resume;
    pthread_t thread;
    pthread_mutex_t lock;
    SSL_CTX *tls; /* under lock */
    int port;
    int in_a_row; /* accepted since the loop last saw to the others */
};

static void accept_one(struct evconnlistener *acceptor, evutil_socket_t fd,
                       struct sockaddr *from, int size, void *argument)
{
    struct listener *listener = argument;

    (void)size;
    pthread_mutex_lock(&listener->lock);
    SSL_CTX *tls = listener->tls;
    SSL_CTX_up_ref(tls);
    pthread_mutex_unlock(&listener->lock);
    connections_accept(listener->connections, fd, from, tls);
    SSL_CTX_free(tls);
    /* libevent accepts until nobody waits: in a flood that would be for ever. */
    if (++listener->in_a_row < ACCEPTED_IN_A_ROW)
        return;
    evconnlistener_disable(acceptor);
    event_active(listener->resume, EV_READ, 0);
}

/* Out of file descriptors: the socket stays readable, so without a pause the loop would spin.
 */
static void pause_accepting(struct evconnlistener *acceptor, void *argument)
{
    struct listener *listener = argument;
    const struct timeval pause = { 0, PAUSE };

    evconnlistener_disable(acceptor);
    event_add(listener->resume, &pause);
}

static void on_resume(evutil_socket_t fd, short what, void *argument)
{
    struct listener *listener = argument;

    (void)fd, (void)what;
    listener->in_a_row = 0;
    evconnlistener_enable(listener->acceptor);
}

static void on_stop(evutil_socket_t fd, short what, void *argument)
{
    struct listener *listener = argument;

    (void)fd, (void)what;
    event_del(listener->resume);
    evconnlistener_disable(listener->acceptor);
    connections_drain(listener->connections);
}

static void *run(void *argument)
{
    struct listener *listener = argument;

    event_base_loop(listener->base, EVLOOP_NO_EXIT_ON_EMPTY);
    return NULL;
}

/* libevent's own parser refuses port 0. */
struct addrinfo *listen_address(const char *text)
{
    const struct addrinfo numbers = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                      .ai_socktype = SOCK_STREAM };
    const char *colon = strrchr(text, ':');
    struct addrinfo *found;

    if (!colon)
        return NULL;
    SCOPED_MEM char *host = mem_copy(text);
    host[colon - text] = '\0';
    size_t length = strlen(host);
    bool bracketed = length >= 2 && host[0] == '[' && host[length - 1] == ']';
    if (bracketed)
        host[length - 1] = '\0';
    return getaddrinfo(host + bracketed, colon + 1, &numbers, &found) == 0 ? found : NULL;
}

static bool bind_to(struct listener *listener, const char *address, struct fault *fault)
{
    struct addrinfo *at = listen_address(address);

    if (!at)
        return fault_set(fault, FAULT_CONFIG, "listen: %s is not ADDRESS:PORT", address);
    listener->acceptor = evconnlistener_new_bind(listener->base, accept_one, listener,
                                                 LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC
                                                     | LEV_OPT_REUSEABLE,
                                                 BACKLOG, at->ai_addr, (int)at->ai_addrlen);
    int error = errno;
    freeaddrinfo(at);
    if (!listener->acceptor)
        return fault_set_errno(fault, FAULT_CONFIG, address, error);
    evconnlistener_set_error_cb(listener->acceptor, pause_accepting);
    return true;
}

static bool learn_port(struct listener *listener, struct fault *fault)
{
    struct sockaddr_storage at;
    socklen_t size = sizeof(at);

    if (getsockname(evconnlistener_get_fd(listener->acceptor), (struct sockaddr *)&at, &size)
        != 0)
        return fault_set_errno(fault, FAULT_CONFIG, "listen", errno);
    listener->port = at.ss_family == AF_INET6
                         ? ntohs(((const struct sockaddr_in6 *)(const void *)&at)->sin6_port)
                         : ntohs(((const struct sockaddr_in *)(const void *)&at)->sin_port);
    return true;
}

/* Signals are main's: this thread has none, and SIGPIPE becomes the EPIPE that write returns.
 */
static bool start_thread(struct listener *listener, struct fault *fault)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&listener->thread, NULL, run, listener);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0 || fault_set_errno(fault, FAULT_INTERNAL, "listen: thread", error);
}

static void use_threads(void)
{
    evthread_use_pthreads();
}

static struct listener *create(const struct listen_settings *settings, SSL_CTX *tls,
                               struct workers *workers)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct listener *listener = mem_alloc(sizeof(*listener));

    pthread_once(&once, use_threads);
    pthread_mutex_init(&listener->lock, NULL);
    listener->settings = *settings;
    SSL_CTX_up_ref(tls);
    listener->tls = tls;
    listener->base = event_base_new();
    if (!listener->base)
        abort(); /* no memory or no epoll: a restart may have them */
    listener->stop = event_new(listener->base, -1, 0, on_stop, listener);
    listener->resume = event_new(listener->base, -1, 0, on_resume, listener);
    listener->connections = connections_create(&listener->settings, listener->base, workers);
    return listener;
}

static void destroy(struct listener *listener)
{
    connections_destroy(listener->connections);
    if (listener->acceptor)
        evconnlistener_free(listener->acceptor);
    event_free(listener->resume);
    event_free(listener->stop);
    event_base_free(listener->base);
    SSL_CTX_free(listener->tls);
    pthread_mutex_destroy(&listener->lock);
    free(listener);
}

bool listen_start(const struct listen_settings *settings, SSL_CTX *tls,
                  struct workers *workers, struct listener **listener, struct fault *fault)
{
    struct listener *made = create(settings, tls, workers);

    if (!bind_to(made, settings->address, fault) || !learn_port(made, fault)
        || !start_thread(made, fault)) {
        destroy(made);
        return false;
    }
    *listener = made;
    return true;
}

int listen_port(const struct listener *listener)
{
    return listener->port;
}

void listen_set_tls(struct listener *listener, SSL_CTX *tls)
{
    SSL_CTX_up_ref(tls);
    pthread_mutex_lock(&listener->lock);
    SSL_CTX *old = listener->tls;
    listener->tls = tls;
    pthread_mutex_unlock(&listener->lock);
    SSL_CTX_free(old);
}

void listen_stop(struct listener *listener)
{
    if (!listener)
        return;
    event_active(listener->stop, EV_READ, 0);
    pthread_join(listener->thread, NULL);
    destroy(listener);
}
