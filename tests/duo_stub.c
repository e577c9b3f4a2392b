/* duo_stub -- see duo_stub.h. */
#include "tests/duo_stub.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "tests/tlsend.h"

#define THREADS 4
#define SCRIPT_MAX 32
#define HEARD_MAX 256

struct duo_stub {
    int fd, port;
    char config[200];
    struct pki *pki;
    SSL_CTX *tls;
    pthread_t threads[THREADS];
    bool serves;
    pthread_mutex_t lock;
    struct duo_stub_answer script[SCRIPT_MAX];
    size_t count;
    struct buf heard[HEARD_MAX];
    int requests;
};

struct duo_stub *duo_stub_create(void)
{
    struct duo_stub *stub = mem_alloc(sizeof(*stub));

    pthread_mutex_init(&stub->lock, NULL);
    stub->fd = tlsend_listen(&stub->port);
    stub->pki = pki_create(PKI_P256, "Stand-in for DUO");
    snprintf(stub->config, sizeof(stub->config),
             "[duo]\noin = " DUO_OIN "\nbase = https://127.0.0.1:%d\n", stub->port);
    return stub;
}

int duo_stub_port(const struct duo_stub *stub)
{
    return stub->port;
}

const char *duo_stub_config(struct duo_stub *stub)
{
    return stub->config;
}

/* --- answering ----------------------------------------------------------------------------
 */

static struct duo_stub_answer note(struct duo_stub *stub, struct buf *request)
{
    struct duo_stub_answer answer = { 0 };

    pthread_mutex_lock(&stub->lock);
    size_t n = (size_t)stub->requests;
    if (stub->count > 0)
        answer = stub->script[n < stub->count ? n : stub->count - 1];
    if (stub->requests < HEARD_MAX)
        buf_take(&stub->heard[stub->requests++], request);
    pthread_mutex_unlock(&stub->lock);
    return answer;
}

static void write_answer(const struct duo_stub_answer *answer, struct buf *text)
{
    const char *version = answer->version ? answer->version : "1.0.0";
    const char *body = answer->body ? answer->body : "";
    const char *media = answer->media           ? answer->media
                        : *body || answer->fill ? "application/json"
                                                : "";

    buf_addf(text, "HTTP/1.1 %d Stub\r\nConnection: close\r\n", answer->status);
    if (*version)
        buf_addf(text, "API-Version: %s\r\n", version);
    if (*media)
        buf_addf(text, "Content-Type: %s\r\n", media);
    if (answer->status != 204)
        buf_addf(text, "Content-Length: %zu\r\n", answer->fill ? answer->fill : strlen(body));
    buf_add_text(text, "\r\n");
    if (answer->fill)
        memset(buf_reserve(text, answer->fill), ' ', answer->fill);
    buf_grown(text, answer->fill);
    buf_add_text(text, body);
}

static void answer_one(struct duo_stub *stub, struct tlsend *end)
{
    SCOPED_BUF struct buf request = { 0 }, text = { 0 };

    if (!tlsend_read_message(end, &request))
        return;
    const struct duo_stub_answer answer = note(stub, &request);
    if (answer.never)
        tlsend_read_to_end(end, &request);
    if (answer.never || !answer.status)
        return;
    write_answer(&answer, &text);
    tlsend_send(end, text.data, text.size);
}

static void *be_duo(void *argument)
{
    struct duo_stub *stub = argument;
    int fd;

    while ((fd = accept(stub->fd, NULL, NULL)) >= 0) {
        struct tlsend end;
        if (tlsend_accept(&end, fd, stub->tls))
            answer_one(stub, &end);
        tlsend_close(&end);
    }
    return NULL;
}

void duo_stub_serve(struct duo_stub *stub, struct town *town, const char *oin)
{
    const struct pki_leaf leaf = { .oin = oin ? oin : DUO_OIN,
                                   .purpose = PURPOSE_TLS_SERVER,
                                   .key = pki_key(PKI_P256, 7) };
    X509 *certificate = pki_issue(stub->pki, &leaf);
    X509_STORE *store = pki_store(&town->pki, 1);
    char path[PATH_MAX];

    pki_install(stub->pki, home_path(&town->gateway.home, "duo-trust", path));
    stub->tls = tlsend_context(true, certificate, pki_key(PKI_P256, 7), store);
    X509_STORE_free(store);
    X509_free(certificate);
    stub->serves = true;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&stub->threads[i], NULL, be_duo, stub) != 0)
            abort();
}

static void forget(struct duo_stub *stub)
{
    for (int i = 0; i < stub->requests; i++)
        buf_finish(&stub->heard[i]);
    stub->requests = 0;
}

void duo_stub_destroy(struct duo_stub *stub)
{
    shutdown(stub->fd, SHUT_RDWR);
    for (int i = 0; i < THREADS && stub->serves; i++)
        pthread_join(stub->threads[i], NULL);
    close(stub->fd);
    forget(stub);
    SSL_CTX_free(stub->tls);
    pki_destroy(stub->pki);
    pthread_mutex_destroy(&stub->lock);
    free(stub);
}

/* --- the script and what was heard ----------------------------------------------------------
 */

void duo_stub_script(struct duo_stub *stub, const struct duo_stub_answer *answers,
                     size_t count)
{
    if (count > SCRIPT_MAX)
        abort();
    pthread_mutex_lock(&stub->lock);
    memcpy(stub->script, answers, count * sizeof(*answers));
    stub->count = count;
    forget(stub);
    pthread_mutex_unlock(&stub->lock);
}

void duo_stub_say(struct duo_stub *stub, int status, const char *body)
{
    const struct duo_stub_answer answer = { .status = status, .body = body };

    duo_stub_script(stub, &answer, 1);
}

int duo_stub_heard(struct duo_stub *stub)
{
    pthread_mutex_lock(&stub->lock);
    int requests = stub->requests;
    pthread_mutex_unlock(&stub->lock);
    return requests;
}

void duo_stub_request(struct duo_stub *stub, int n, struct buf *request)
{
    pthread_mutex_lock(&stub->lock);
    if (n < stub->requests)
        buf_add(request, stub->heard[n].data, stub->heard[n].size);
    pthread_mutex_unlock(&stub->lock);
}

bool duo_stub_says(struct duo_stub *stub, int n, const char *text)
{
    SCOPED_BUF struct buf request = { 0 };

    duo_stub_request(stub, n, &request);
    return strstr(buf_text(&request), text) != NULL;
}
