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

struct listening listening_now;

static pthread_mutex_t LOCK = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t CHANGED = PTHREAD_COND_INITIALIZER;
static bool OPEN;
static int WAITING;

static void handle(void *context, const struct listen_request *request,
                   struct listen_answer *answer)
{
    (void)context;
    listening_now.handled++;
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

static bool admit(void *context, const struct listen_request *request,
                  struct listen_answer *answer)
{
    (void)context;
    listening_now.admitted++;
    if (request->client && strcmp(request->head.bron, "stranger") != 0)
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

static X509 *CLIENT, *FOREIGN;
static X509_STORE *STORE;

int listening_set_up(void **state)
{
    struct pki_leaf leaf = { .oin = "00000001003214345000", .purpose = PURPOSE_TLS_SERVER };

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    listening_now.home = pki_create(PKI_P256, "Ours");
    listening_now.other = pki_create(PKI_P256, "Theirs");
    leaf.key = pki_key(PKI_P256, 0);
    listening_now.server = pki_issue(listening_now.home, &leaf);
    leaf.key = pki_key(PKI_P256, 1);
    CLIENT = pki_issue(listening_now.home, &leaf);
    FOREIGN = pki_issue(listening_now.other, &leaf);
    STORE = pki_store(&listening_now.home, 1);
    listening_now.server_tls =
        tlsend_context(true, listening_now.server, pki_key(PKI_P256, 0), STORE);
    listening_now.good_client = tlsend_context(false, CLIENT, pki_key(PKI_P256, 1), STORE);
    listening_now.naked_client = tlsend_context(false, NULL, NULL, STORE);
    listening_now.foreign_client = tlsend_context(false, FOREIGN, pki_key(PKI_P256, 1), STORE);
    return 0;
}

int listening_tear_down(void **state)
{
    (void)state;
    SSL_CTX_free(listening_now.server_tls);
    SSL_CTX_free(listening_now.good_client);
    SSL_CTX_free(listening_now.naked_client);
    SSL_CTX_free(listening_now.foreign_client);
    X509_STORE_free(STORE);
    X509_free(listening_now.server);
    X509_free(CLIENT);
    X509_free(FOREIGN);
    pki_destroy(listening_now.home);
    pki_destroy(listening_now.other);
    return 0;
}

/* -- a listener per test ------------------------------------------------------------------ */

struct listen_settings listening_settings(void)
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

void listening_start_with(const struct listen_settings *settings, struct workers *workers)
{
    struct fault fault = { 0 };

    OPEN = false;
    WAITING = 0;
    listening_now.handled = 0;
    listening_now.admitted = 0;
    listening_now.workers = workers;
    if (!listen_start(settings, listening_now.server_tls, listening_now.workers,
                      &listening_now.listener, &fault))
        fail_msg("%s", fault.text);
}

int listening_start(void **state)
{
    struct listen_settings settings = listening_settings();

    (void)state;
    listening_start_with(&settings, workers_create(2, 64));
    return 0;
}

int listening_start_impatient(void **state)
{
    struct listen_settings settings = listening_settings();

    (void)state;
    settings.handshake_seconds = settings.head_seconds = settings.body_seconds =
        settings.idle_seconds = 1;
    listening_start_with(&settings, workers_create(2, 64));
    return 0;
}

int listening_stop(void **state)
{
    (void)state;
    listen_stop(listening_now.listener);
    workers_destroy(listening_now.workers);
    listening_now.listener = NULL;
    return 0;
}

struct tlsend listening_dial(void)
{
    struct tlsend end;

    assert_true(
        tlsend_connect(&end, listen_port(listening_now.listener), listening_now.good_client));
    return end;
}

int listening_answers(const struct buf *bytes)
{
    int count = 0;

    for (const char *at = buf_text(bytes); (at = strstr(at, "HTTP/1.1 ")); at++)
        count++;
    return count;
}

int listening_status(const struct buf *bytes)
{
    return strncmp(buf_text(bytes), "HTTP/1.1 ", 9) == 0
               ? (int)strtol(buf_text(bytes) + 9, NULL, 10)
               : 0;
}

/* Sends, and reads until the listener ends the connection. */
int listening_tell(const void *bytes, size_t size, struct buf *answer)
{
    struct tlsend end = listening_dial();

    tlsend_send(&end, bytes,
                size); /* may fail: the listener can refuse before the last byte */
    assert_true(tlsend_read_to_end(&end, answer));
    tlsend_close(&end);
    return listening_status(answer);
}

void listening_await_door(int handlers)
{
    pthread_mutex_lock(&LOCK);
    while (WAITING < handlers)
        pthread_cond_wait(&CHANGED, &LOCK);
    pthread_mutex_unlock(&LOCK);
}

void listening_open_door(void)
{
    pthread_mutex_lock(&LOCK);
    OPEN = true;
    pthread_cond_broadcast(&CHANGED);
    pthread_mutex_unlock(&LOCK);
}
