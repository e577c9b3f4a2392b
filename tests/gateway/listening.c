/* listening -- see listening.h. */
#include "tests/gateway/listening.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* -- what the listener serves here -------------------------------------------------------- */

static pthread_mutex_t LOCK = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t CHANGED = PTHREAD_COND_INITIALIZER;
static bool OPEN;
static int WAITING;
atomic_int HANDLED, ADMITTED;

static void handle(void *context, const struct listen_request *request,
                   struct listen_answer *answer)
{
    (void)context;
    HANDLED++;
    answer->status = 200;
    answer->content_type = "text/plain";
    buf_addf(&answer->body, "%s %zu", request->head.path, request->body.size);
}

static void handle_behind_a_door(void *context, const struct listen_request *request,
                                 struct listen_answer *answer)
{
    pthread_mutex_lock(&LOCK);
    WAITING++;
    pthread_cond_broadcast(&CHANGED);
    while (!OPEN)
        pthread_cond_wait(&CHANGED, &LOCK);
    pthread_mutex_unlock(&LOCK);
    handle(context, request, answer);
}

static void handle_head(void *context, const struct listen_request *request,
                        struct listen_answer *answer)
{
    (void)context, (void)request;
    answer->status = 200;
    answer->head_length = 1048576;
}

static void handle_large(void *context, const struct listen_request *request,
                         struct listen_answer *answer)
{
    (void)context, (void)request;
    answer->status = 200;
    memset(buf_reserve(&answer->body, 5000000), 'x', 5000000);
    buf_grown(&answer->body, 5000000);
}

static void handle_badly(void *context, const struct listen_request *request,
                         struct listen_answer *answer)
{
    (void)context, (void)request;
    answer->status = 409;
}

static bool admit(void *context, X509 *client, const struct http_head *head,
                  struct listen_answer *answer)
{
    (void)context;
    ADMITTED++;
    if (client && strcmp(head->bron, "stranger") != 0)
        return true;
    answer->status = 403;
    answer->content_type = "text/plain";
    buf_add_text(&answer->body, "not you");
    return false;
}

static const struct listen_route ROUTES[] = {
    { "GET", "/a", 0, handle },
    { "POST", "/a", BODY_MAX, handle },
    { "GET", "/evil", 0, handle },
    { "GET", "/held/*", 0, handle },
    { "HEAD", "/held/*", 0, handle_head },
    { "GET", "/large", 0, handle_large },
    { "POST", "/bad", 10, handle_badly },
    { "GET", "/door", 0, handle_behind_a_door },
    { 0 },
};

/* -- the certificates, made once ---------------------------------------------------------- */

struct pki *HOME_PKI, *OTHER_PKI;
X509 *SERVER;
static X509 *CLIENT, *FOREIGN;
static X509_STORE *STORE;
SSL_CTX *SERVER_TLS, *GOOD_CLIENT, *NAKED_CLIENT, *FOREIGN_CLIENT;

int make_certificates(void **state)
{
    struct pki_leaf leaf = { .oin = "00000001003214345000", .purpose = PURPOSE_TLS_SERVER };

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    HOME_PKI = pki_create(PKI_P256, "Ours");
    OTHER_PKI = pki_create(PKI_P256, "Theirs");
    leaf.key = pki_key(PKI_P256, 0);
    SERVER = pki_issue(HOME_PKI, &leaf);
    leaf.key = pki_key(PKI_P256, 1);
    CLIENT = pki_issue(HOME_PKI, &leaf);
    FOREIGN = pki_issue(OTHER_PKI, &leaf);
    STORE = pki_store(&HOME_PKI, 1);
    SERVER_TLS = tlsend_context(true, SERVER, pki_key(PKI_P256, 0), STORE);
    GOOD_CLIENT = tlsend_context(false, CLIENT, pki_key(PKI_P256, 1), STORE);
    NAKED_CLIENT = tlsend_context(false, NULL, NULL, STORE);
    FOREIGN_CLIENT = tlsend_context(false, FOREIGN, pki_key(PKI_P256, 1), STORE);
    return 0;
}

int drop_certificates(void **state)
{
    (void)state;
    SSL_CTX_free(SERVER_TLS);
    SSL_CTX_free(GOOD_CLIENT);
    SSL_CTX_free(NAKED_CLIENT);
    SSL_CTX_free(FOREIGN_CLIENT);
    X509_STORE_free(STORE);
    X509_free(SERVER);
    X509_free(CLIENT);
    X509_free(FOREIGN);
    pki_destroy(HOME_PKI);
    pki_destroy(OTHER_PKI);
    return 0;
}

/* -- a listener per test ------------------------------------------------------------------ */

struct listener *LISTENER;
struct workers *WORKERS;

struct listen_settings patient(void)
{
    return (struct listen_settings){ .address = "127.0.0.1:0",
                                     .routes = ROUTES,
                                     .admit = admit,
                                     .handshake_seconds = 30,
                                     .head_seconds = 30,
                                     .body_seconds = 30,
                                     .life_seconds = 60,
                                     .idle_seconds = 30,
                                     .connections_max = 64,
                                     .per_address_max = 64 };
}

void start_with(const struct listen_settings *settings, struct workers *workers)
{
    struct fault fault = { 0 };

    OPEN = false;
    WAITING = 0;
    HANDLED = 0;
    ADMITTED = 0;
    WORKERS = workers;
    if (!listen_start(settings, SERVER_TLS, WORKERS, &LISTENER, &fault))
        fail_msg("%s", fault.text);
}

int start(void **state)
{
    struct listen_settings settings = patient();

    (void)state;
    start_with(&settings, workers_create(2, 64));
    return 0;
}

int start_impatient(void **state)
{
    struct listen_settings settings = patient();

    (void)state;
    settings.handshake_seconds = settings.head_seconds = settings.body_seconds =
        settings.idle_seconds = 1;
    start_with(&settings, workers_create(2, 64));
    return 0;
}

int stop(void **state)
{
    (void)state;
    listen_stop(LISTENER);
    workers_destroy(WORKERS);
    LISTENER = NULL;
    return 0;
}

struct tlsend connected(void)
{
    struct tlsend end;

    assert_true(tlsend_connect(&end, listen_port(LISTENER), GOOD_CLIENT));
    return end;
}

int answers_in(const struct buf *bytes)
{
    int count = 0;

    for (const char *at = buf_text(bytes); (at = strstr(at, "HTTP/1.1 ")); at++)
        count++;
    return count;
}

int status_of(const struct buf *bytes)
{
    return strncmp(buf_text(bytes), "HTTP/1.1 ", 9) == 0
               ? (int)strtol(buf_text(bytes) + 9, NULL, 10)
               : 0;
}

/* Sends, and reads until the listener ends the connection. */
int tell(const void *bytes, size_t size, struct buf *answer)
{
    struct tlsend end = connected();

    tlsend_send(&end, bytes,
                size); /* may fail: the listener can refuse before the last byte */
    assert_true(tlsend_read_to_end(&end, answer));
    tlsend_close(&end);
    return status_of(answer);
}

void until_waiting(int handlers)
{
    pthread_mutex_lock(&LOCK);
    while (WAITING < handlers)
        pthread_cond_wait(&CHANGED, &LOCK);
    pthread_mutex_unlock(&LOCK);
}

void open_the_door(void)
{
    pthread_mutex_lock(&LOCK);
    OPEN = true;
    pthread_cond_broadcast(&CHANGED);
    pthread_mutex_unlock(&LOCK);
}
