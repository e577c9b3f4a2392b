/* stub -- see stub.h. */
#include "tests/stub.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"

#define MESSAGE_MAX ((size_t)2 << 20)

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "stub: %s failed\n", what);
    abort();
}

struct stub {
    const struct stub_answer *answers;
    nng_socket socket;
    pthread_t thread;
    pthread_mutex_t lock; /* guards seen */
    json_t *seen;         /* every request, in order */
};

static const struct stub_answer *answer_for(const struct stub *stub, const char *name)
{
    for (const struct stub_answer *answer = stub->answers; answer->name; answer++)
        if (strcmp(answer->name, name) == 0)
            return answer;
    fprintf(stderr, "stub: no answer to %s\n", name);
    return NULL;
}

static void write_answer(const struct stub_answer *answer, const char *id, struct buf *text)
{
    if (answer->result)
        buf_addf(text, "{\"v\":1,\"id\":\"%s\",\"ok\":true,\"result\":%s}", id,
                 answer->result);
    else if (answer->fault)
        buf_addf(text, "{\"v\":1,\"id\":\"%s\",\"ok\":false,\"fault\":%s}", id, answer->fault);
    else
        for (const char *at = answer->raw; *at; at++)
            *at == '@' ? buf_add_text(text, id) : buf_add(text, at, 1);
}

static void answer_one(struct stub *stub, json_t *request)
{
    const char *id = json_string_value(json_object_get(request, "id"));
    const char *name = json_string_value(json_object_get(request, "do"));
    SCOPED_BUF struct buf text = { 0 };

    must(id && name && json_integer_value(json_object_get(request, "v")) == 1, "a request");
    pthread_mutex_lock(&stub->lock);
    json_array_append(stub->seen, request);
    pthread_mutex_unlock(&stub->lock);
    const struct stub_answer *answer = answer_for(stub, name);
    if (!answer || (!answer->result && !answer->fault && !answer->raw))
        return;
    write_answer(answer, id, &text);
    nng_send(stub->socket, text.data, text.size, 0);
}

static void *serve(void *context)
{
    struct stub *stub = context;
    nng_msg *message;

    while (nng_recvmsg(stub->socket, &message, 0) == 0) {
        json_auto_t *request =
            json_loadb(nng_msg_body(message), nng_msg_len(message), 0, NULL);
        nng_msg_free(message);
        must(request, "JSON");
        answer_one(stub, request);
    }
    return NULL;
}

struct stub *stub_start(const char *path, const struct stub_answer *answers)
{
    struct stub *stub = mem_alloc(sizeof(*stub));
    char url[128];

    stub->answers = answers;
    stub->seen = json_array();
    must(snprintf(url, sizeof(url), "ipc://%s", path) < (int)sizeof(url), "a short path");
    must(nng_rep0_open(&stub->socket) == 0, "nng_rep0_open");
    must(nng_socket_set_size(stub->socket, NNG_OPT_RECVMAXSZ, MESSAGE_MAX) == 0, "a setting");
    must(nng_listen(stub->socket, url, NULL, 0) == 0, "nng_listen");
    must(pthread_mutex_init(&stub->lock, NULL) == 0, "pthread_mutex_init");
    must(pthread_create(&stub->thread, NULL, serve, stub) == 0, "pthread_create");
    return stub;
}

void stub_stop(struct stub *stub)
{
    nng_close(stub->socket);
    pthread_join(stub->thread, NULL);
    pthread_mutex_destroy(&stub->lock);
    json_decref(stub->seen);
    free(stub);
}

static bool is_named(const json_t *request, const char *name)
{
    return strcmp(json_string_value(json_object_get(request, "do")), name) == 0;
}

int stub_count(struct stub *stub, const char *name)
{
    int count = 0;

    pthread_mutex_lock(&stub->lock);
    for (size_t i = 0; i < json_array_size(stub->seen); i++)
        count += is_named(json_array_get(stub->seen, i), name);
    pthread_mutex_unlock(&stub->lock);
    return count;
}

json_t *stub_last(struct stub *stub, const char *name)
{
    json_t *last = NULL;

    pthread_mutex_lock(&stub->lock);
    for (size_t i = 0; i < json_array_size(stub->seen); i++)
        if (is_named(json_array_get(stub->seen, i), name))
            last = json_object_get(json_array_get(stub->seen, i), "with");
    last = json_deep_copy(last);
    pthread_mutex_unlock(&stub->lock);
    return last;
}
