/* receiver -- see receiver.h. */
#include "tests/duosim/receiver.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/listen.h"
#include "gateway/worker.h"
#include "tests/tlsend.h"

struct receiver {
    pthread_mutex_t lock;
    json_t *got;
    const int *statuses;
    struct workers *workers;
    struct listener *listener;
    SSL_CTX *tls;
    X509_STORE *store;
};

static void handle(void *context, const struct listen_request *request,
                   struct listen_answer *answer)
{
    struct receiver *receiver = context;
    const struct http_head *head = &request->head;

    pthread_mutex_lock(&receiver->lock);
    json_t *body = json_loadb(buf_text(&request->body), request->body.size, 0, NULL);
    json_array_append_new(receiver->got,
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:o?}", "bron", head->bron,
                                    "doel", head->doel, "berichtId", head->bericht_id, "path",
                                    head->path, "type", head->content_type, "body", body));
    answer->status = receiver->statuses && *receiver->statuses ? *receiver->statuses++ : 201;
    pthread_mutex_unlock(&receiver->lock);
}

static bool admit(void *context, const struct listen_request *request,
                  struct listen_answer *answer)
{
    (void)context, (void)request, (void)answer;
    return true;
}

static const struct listen_route ROUTES[] = { { "POST", "/*", 65536, handle }, { 0 } };

static void tell_where(const char *gemeente, int port)
{
    for (size_t i = 0; i < asker_duo.settings.count; i++) {
        struct sim_gemeente *one = &asker_duo.settings.gemeenten[i];
        if (strcmp(one->code, gemeente) == 0)
            snprintf(one->url, sizeof(one->url), "https://127.0.0.1:%d", port);
    }
}

struct receiver *receiver_start(const char *gemeente, const int *statuses)
{
    struct receiver *receiver = mem_alloc(sizeof(*receiver));
    const struct listen_settings settings = { .address = "127.0.0.1:0",
                                              .routes = ROUTES,
                                              .admit = admit,
                                              .context = receiver,
                                              .handshake_seconds = 30,
                                              .head_seconds = 30,
                                              .body_seconds = 30,
                                              .life_seconds = 60,
                                              .idle_seconds = 30,
                                              .connections_max = 64,
                                              .per_address_max = 64 };
    struct fault fault = { 0 };

    pthread_mutex_init(&receiver->lock, NULL);
    receiver->got = json_array();
    receiver->statuses = statuses;
    receiver->store = pki_store(&asker_duo.pki, 1);
    receiver->tls = tlsend_context(true, asker_certificate(gemeente), asker_key(gemeente),
                                   receiver->store);
    receiver->workers = workers_create(1, 64);
    if (!listen_start(&settings, receiver->tls, receiver->workers, &receiver->listener,
                      &fault))
        fail_msg("%s", fault.text);
    tell_where(gemeente, listen_port(receiver->listener));
    return receiver;
}

void receiver_stop(struct receiver *receiver)
{
    for (size_t i = 0; i < asker_duo.settings.count; i++)
        asker_duo.settings.gemeenten[i].url[0] = '\0';
    listen_stop(receiver->listener);
    workers_destroy(receiver->workers);
    SSL_CTX_free(receiver->tls);
    X509_STORE_free(receiver->store);
    json_decref(receiver->got);
    pthread_mutex_destroy(&receiver->lock);
    free(receiver);
}

json_t *receiver_got(struct receiver *receiver)
{
    pthread_mutex_lock(&receiver->lock);
    json_t *copy = json_deep_copy(receiver->got);
    pthread_mutex_unlock(&receiver->lock);
    return copy;
}

const char *receiver_says(const json_t *got, size_t n, const char *member)
{
    const json_t *one = json_array_get(got, n);
    const char *text = json_string_value(json_object_get(one, member));

    if (!text)
        text = json_string_value(json_object_get(json_object_get(one, "body"), member));
    return text ? text : "";
}
