/* client -- see client.h. */
#include "tools/cli/client.h"

#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/xmldoc.h"
#include "gateway/control.h"
#include "tools/cli/output.h"

#define SCHEME "ipc://"
/* Longer than any patience: nng repeats a request only when its connection was lost. (With
 * NNG_DURATION_INFINITE nng 1.5.2 forgets it then.) */
#define RESEND_MS (24 * 3600 * 1000)
#define SEND_MS 5000
#define GONE_MS                                                                               \
    3000 /* a restart takes less; longer without a connection is a stopped daemon */
#define SLICE_MS 250
#define DOWNLOAD_MAX ((json_int_t)2 * XMLDOC_BYTES_MAX)

struct client {
    nng_socket socket;
    int ready;        /* readable when an answer is there; nng's */
    atomic_int pipes; /* connections now; written by nng's threads */
    char home[PATH_MAX];
};

static bool no_daemon(const char *home, const char *says, struct fault *fault)
{
    fault_set(fault, FAULT_DAEMON, "%s", says);
    return fault_advise(fault, "start it: estafetted -C %s", home);
}

/* The first dial tells at once that nobody listens. (No connect() of our own before it:
 * nng 1.5.2 stops listening for good when a connection closes before its first eight bytes
 * were sent.) */
static bool no_connection(int error, const char *url, const char *home, struct fault *fault)
{
    switch (error) {
    case NNG_EPERM:
        return fault_set(fault, FAULT_PERMISSION, "%s: the daemon does not listen to you",
                         url);
    case NNG_EADDRINVAL:
        return fault_set(fault, FAULT_CONFIG, "%s: not the name of a local socket", url);
    case NNG_ECONNREFUSED:
    case NNG_ENOENT:
        return no_daemon(home, "the daemon is not running", fault);
    default:
        fault_set(fault, FAULT_DAEMON, "local bus: %s", nng_strerror(error));
        return fault_advise(fault, "restart the daemon: estafetted -C %s", home);
    }
}

static void pipe_changed(nng_pipe pipe, nng_pipe_ev event, void *context)
{
    struct client *client = context;

    (void)pipe;
    atomic_fetch_add(&client->pipes, event == NNG_PIPE_EV_ADD_POST ? 1 : -1);
}

static int settings(struct client *client)
{
    nng_socket socket = client->socket;
    int error = nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME, RESEND_MS);

    if (error == 0)
        error = nng_socket_set_ms(socket, NNG_OPT_SENDTIMEO, SEND_MS);
    if (error == 0)
        error = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, CONTROL_MESSAGE_MAX);
    if (error == 0)
        error = nng_pipe_notify(socket, NNG_PIPE_EV_ADD_POST, pipe_changed, client);
    if (error == 0)
        error = nng_pipe_notify(socket, NNG_PIPE_EV_REM_POST, pipe_changed, client);
    if (error == 0)
        error = nng_socket_get_int(socket, NNG_OPT_RECVFD, &client->ready);
    return error;
}

bool client_connect(const char *url, const char *home, struct client **client,
                    struct fault *fault)
{
    if (strncmp(url, SCHEME, strlen(SCHEME)) != 0)
        return no_connection(NNG_EADDRINVAL, url, home, fault);
    *client = mem_alloc(sizeof(**client));
    snprintf((*client)->home, sizeof((*client)->home), "%s", home);
    int error = nng_req0_open(&(*client)->socket);
    if (error == 0)
        error = settings(*client);
    if (error == 0)
        error = nng_dial((*client)->socket, url, NULL, 0);
    if (error == 0)
        return true;
    client_close(client);
    return no_connection(error, url, home, fault);
}

void client_close(struct client **client)
{
    if (!*client)
        return;
    nng_close((*client)->socket);
    free(*client);
    *client = NULL;
}

static bool request_send(struct client *client, const json_t *request, struct fault *fault)
{
    SCOPED_MEM char *text = json_dumps(request, JSON_COMPACT);

    int error = nng_send(client->socket, text, strlen(text), 0);
    if (error == NNG_ETIMEDOUT)
        return no_daemon(client->home, "the daemon stopped before it could be asked", fault);
    if (error != 0)
        return fault_set(fault, FAULT_IO, "local bus: %s", nng_strerror(error));
    return true;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool went_away(const struct client *client, struct fault *fault)
{
    fault_set(fault, FAULT_DAEMON, "the daemon stopped before it answered");
    return fault_advise(fault,
                        "start it: estafetted -C %s; then look whether it was done before "
                        "asking again",
                        client->home);
}

/* In slices, because a receive that runs into its own time limit makes nng forget the request.
 */
static bool answer_await(struct client *client, const char *name, int seconds,
                         struct fault *fault)
{
    struct pollfd ready = { .fd = client->ready, .events = POLLIN };
    int64_t seen = now_ms(), until = seen + (int64_t)seconds * 1000;

    for (int64_t now = seen; now < until; now = now_ms()) {
        if (poll(&ready, 1, SLICE_MS) > 0)
            return true;
        if (atomic_load(&client->pipes) > 0)
            seen = now;
        if (now - seen > GONE_MS)
            return went_away(client, fault);
    }
    fault_set(fault, FAULT_TEMPORARY, "%s: the daemon did not answer within %d seconds", name,
              seconds);
    return fault_advise(
        fault, "it is busy or stuck: look in its log, restart it when it stays silent");
}

static bool no_answer(const char *says, struct fault *fault)
{
    fault_set(fault, FAULT_ANSWER, "the daemon's answer is not understood: %s", says);
    return fault_advise(fault, "estafette and estafetted must be of one version: restart the "
                               "daemon after an upgrade");
}

static bool answer_receive(struct client *client, json_t **answer, struct fault *fault)
{
    nng_msg *message;
    int error = nng_recvmsg(client->socket, &message, NNG_FLAG_NONBLOCK);

    if (error != 0)
        return fault_set(fault, FAULT_IO, "local bus: %s", nng_strerror(error));
    *answer =
        json_loadb(nng_msg_body(message), nng_msg_len(message), JSON_REJECT_DUPLICATES, NULL);
    nng_msg_free(message);
    return *answer ? true : no_answer("it is not JSON", fault);
}

/* The daemon's fault as if it had been noticed here. */
static bool server_fault(const json_t *answer, struct fault *fault)
{
    const char *name = output_text(answer, "fault.code");
    const char *action = output_text(answer, "fault.action");
    enum fault_code code = fault_code_named(name);

    if (code == FAULT_NONE || !name[0])
        return no_answer("it failed without saying why", fault);
    const char *text = output_text(answer, "fault.text");
    fault_set(fault, code, "%s", text[0] ? text : name);
    if (action[0])
        fault_advise(fault, "%s", action);
    return false;
}

static bool answer_read(const json_t *answer, const char *id, json_t **result,
                        struct fault *fault)
{
    const json_t *ok = json_object_get(answer, "ok");
    json_t *value = json_object_get(answer, "result");

    if (json_integer_value(json_object_get(answer, "v")) != CONTROL_VERSION)
        return no_answer("it is of another version", fault);
    if (strcmp(output_text(answer, "id"), id) != 0)
        return no_answer("it is to another question", fault);
    if (json_is_false(ok))
        return server_fault(answer, fault);
    if (!json_is_true(ok) || !json_is_object(value))
        return no_answer("it has no result", fault);
    *result = json_incref(value);
    return true;
}

/* Takes `request` over. */
static bool exchange(struct client *client, json_t *request, int seconds, json_t **result,
                     struct fault *fault)
{
    json_auto_t *taken = request, *answer = NULL;
    const char *id = output_text(taken, "id"), *name = output_text(taken, "do");

    return request_send(client, taken, fault) && answer_await(client, name, seconds, fault)
           && answer_receive(client, &answer, fault) && answer_read(answer, id, result, fault);
}

static json_t *request_of(const char *id, const char *name, json_t *arguments)
{
    return json_pack("{s:i, s:s, s:s, s:o*}", "v", CONTROL_VERSION, "id", id, "do", name,
                     "with", arguments);
}

bool client_ask(struct client *client, const char *name, json_t *arguments, int seconds,
                json_t **result, struct fault *fault)
{
    char id[UUID_SIZE];

    uuid_v4(id);
    return exchange(client, request_of(id, name, arguments), seconds, result, fault);
}

bool client_ask_by(struct client *client, const char *id, const char *name, json_t *arguments,
                   json_t **result, struct fault *fault)
{
    return exchange(client, request_of(id, name, arguments), CLIENT_LATER, result, fault);
}

static bool piece_send(struct client *client, const char *file, const struct buf *content,
                       size_t offset, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    json_auto_t *result = NULL;
    size_t left = content->size - offset;
    size_t size = left < CONTROL_PIECE_MAX ? left : CONTROL_PIECE_MAX;
    size_t held = offset + size;

    base64_encode(content->data + offset, size, &text);
    if (!client_ask(client, "upload",
                    json_pack("{s:s, s:I, s:s}", "file", file, "offset", (json_int_t)offset,
                              "data", buf_text(&text)),
                    CLIENT_SOON, &result, fault))
        return false;
    if (json_integer_value(json_object_get(result, "size")) != (json_int_t)held)
        return no_answer("it holds another number of bytes than it was sent", fault);
    return true;
}

bool client_upload(struct client *client, const struct buf *content, char file[UUID_SIZE],
                   struct fault *fault)
{
    uuid_v4(file);
    for (size_t offset = 0; offset < content->size; offset += CONTROL_PIECE_MAX)
        if (!piece_send(client, file, content, offset, fault))
            return false;
    return true;
}

/* One more piece; *size is what the daemon says the whole is. */
static bool piece_fetch(struct client *client, json_t *arguments, struct buf *content,
                        size_t *size, struct fault *fault)
{
    SCOPED_BUF struct buf piece = { 0 };
    json_auto_t *result = NULL;

    if (!client_ask(client, "overdracht.file", arguments, CLIENT_SOON, &result, fault))
        return false;
    json_int_t whole = json_integer_value(json_object_get(result, "size"));
    if (whole < 0 || whole > DOWNLOAD_MAX)
        return no_answer("a file of that size cannot be", fault);
    if (!base64_decode(output_text(result, "data"), &piece, fault))
        return no_answer("a piece is not base64", fault);
    buf_add(content, piece.data, piece.size);
    *size = (size_t)whole;
    return true;
}

bool client_download(struct client *client, const char *id, const char *what,
                     struct buf *content, struct fault *fault)
{
    size_t start = content->size, held = 0, size = 0;

    do {
        json_t *arguments =
            json_pack("{s:s, s:s, s:I}", "id", id, "what", what, "offset", (json_int_t)held);
        if (!piece_fetch(client, arguments, content, &size, fault))
            return false;
        if (content->size - start == held && held < size)
            return no_answer("a file ends before its end", fault);
        held = content->size - start;
    } while (held < size);
    return held == size ? true : no_answer("a file goes on behind its end", fault);
}
