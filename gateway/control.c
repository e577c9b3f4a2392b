/* control -- see control.h. CONTROL_REQUESTS below is the one list of all requests. */
#include "gateway/control.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>

#include "codecs/base/mem.h"
#include "gateway/bus.h"
#include "gateway/call.h"
#include "gateway/gateway.h"
#include "gateway/log.h"

#define THREADS 3 /* one may be away to examine a peer (call_doctor.c) */

/* Arguments: names with blanks between; '?' behind one: optional; '#': a number >= 0.
 * changes: answered from the record when the id was seen before. */
/* clang-format off */
static const struct request {
    const char *name, *arguments;
    bool changes;
    call_handler *run;
} CONTROL_REQUESTS[] = {
    { "blokkade.add",      "bsn? vnummer? until? text?", true, call_blokkade_add },
    { "blokkade.lift",     "blokkade#",          true,  call_blokkade_lift },
    { "blokkade.list",     "all?",               false, call_blokkade_list },
    { "doctor",            "gemeente?",          false, call_doctor },
    { "document.add",      "file offset# data naam?", false, call_document_add },
    { "document.read",     "id document offset#", false, call_document_read },
    { "duo.ask",           "operation bsn? instelling? nummer?", false, call_duo_ask },
    { "duo.report",        "operation bsn? instelling? nummer? body?", true, call_duo_report },
    { "duo.notifications", "which?",             false, call_notificaties },
    { "outbox.cancel",     "id",                 true,  call_outbox_cancel },
    { "outbox.list",       "",                   false, call_outbox_list },
    { "outbox.retry",      "id",                 true,  call_outbox_retry },
    { "outbox.show",       "id",                 false, call_outbox_show },
    { "duo.push",          "id file? dagtekening? only?", true, call_duo_push },
    { "duo.push.preview",  "id file? dagtekening? only?", false, call_duo_push_preview },
    { "overdracht.accept", "id push? dagtekening? file? only?", true, call_overdracht_accept },
    { "overdracht.file",   "id what offset#",    false, call_overdracht_file },
    { "overdracht.list",   "attention?",                 false, call_overdracht_list },
    { "overdracht.preview", "file to from? documents? reply_to?", false,
                                                        call_overdracht_preview },
    { "overdracht.refuse", "id code parts? text? to? expected?", true,
                                                        call_overdracht_refuse },
    { "overdracht.release", "id",                true,  call_overdracht_release },
    { "overdracht.release.preview", "id",        false, call_overdracht_release_preview },
    { "overdracht.request", "gemeente bsn? vnummer? from? reason? settled? pip? text?", true,
                                                        call_overdracht_request },
    { "overdracht.send",   "file to from? documents? reply_to?", true, call_overdracht_send },
    { "overdracht.show",   "id",                 false, call_overdracht_show },
    { "overdracht.assign", "id user?",           true,  call_overdracht_assign },
    { "overdracht.note",   "id text met?",       true,  call_overdracht_note },
    { "overdracht.supplement", "id file text parts? documents?", true,
                                                        call_overdracht_supplement },
    { "overdracht.withdraw", "id code text?",    true,  call_overdracht_withdraw },
    { "overdracht.withdraw.preview", "id code text?", false,
                                                        call_overdracht_withdraw_preview },
    { "peer.add",          "card fingerprint",   true,  call_peer_add },
    { "peer.card",         "",                   false, call_peer_card },
    { "peer.list",         "",                   false, call_peer_list },
    { "peer.ping",         "gemeente",           false, call_peer_ping },
    { "peer.set",          "gemeente aanlevering", true, call_peer_set },
    { "peer.show",         "gemeente",           false, call_peer_show },
    { "peer.state",        "gemeente to",        true,  call_peer_state },
    { "reload",            "",                   false, call_reload },
    { "status",            "",                   false, call_status },
    { "taak.done",         "taak#",              true,  call_taak_done },
    { "taak.list",         "id?",                false, call_taak_list },
    { "upload",            "file offset# data",  false, call_upload },
};
/* clang-format on */

struct server {
    struct control *control;
    nng_aio *receiving; /* stopping it ends the thread, once its reply is out */
    pthread_t thread;
};

struct control {
    struct gateway *gateway;
    struct bus bus;
    struct server servers[THREADS];
    int count;
};

/* --- what is asked ------------------------------------------------------------------- */

static const struct request *request_named(const char *name)
{
    for (size_t i = 0; i < sizeof(CONTROL_REQUESTS) / sizeof(CONTROL_REQUESTS[0]); i++)
        if (strcmp(CONTROL_REQUESTS[i].name, name) == 0)
            return &CONTROL_REQUESTS[i];
    return NULL;
}

/* Finds `name` in a row's arguments: its mark ('?', '#' or 0), or -1. */
static int mark_of(const char *arguments, const char *name)
{
    size_t length = strlen(name);

    while (*arguments) {
        size_t word = strcspn(arguments, " ");
        size_t bare = strcspn(arguments, " ?#");
        if (bare == length && strncmp(arguments, name, length) == 0)
            return bare < word ? arguments[bare] : 0;
        arguments += word + strspn(arguments + word, " ");
    }
    return -1;
}

static bool is_envelope(const char *name)
{
    return strcmp(name, "v") == 0 || strcmp(name, "id") == 0 || strcmp(name, "do") == 0
           || strcmp(name, "with") == 0;
}

static bool argument_fits(int mark, const json_t *value)
{
    return mark == '#' ? json_is_integer(value) && json_integer_value(value) >= 0
                       : json_is_string(value);
}

static bool check_given(const struct request *request, json_t *arguments, struct fault *fault)
{
    const char *name;
    json_t *value;

    json_object_foreach (arguments, name, value) {
        int mark = mark_of(request->arguments, name);
        if (mark < 0)
            return fault_set(fault, FAULT_USAGE, "%s has no argument %.40s", request->name,
                             name);
        if (!argument_fits(mark, value))
            return fault_set(fault, FAULT_USAGE, "%s: argument %s has the wrong type",
                             request->name, name);
    }
    return true;
}

static bool check_missing(const struct request *request, json_t *arguments,
                          struct fault *fault)
{
    char copy[128], *rest = copy, *name;

    snprintf(copy, sizeof(copy), "%s", request->arguments);
    while ((name = strsep(&rest, " "))) {
        bool optional = *name && name[strlen(name) - 1] == '?';
        name[strcspn(name, "?#")] = '\0';
        if (*name && !optional && !json_object_get(arguments, name))
            return fault_set(fault, FAULT_USAGE, "%s: argument %s is missing", request->name,
                             name);
    }
    return true;
}

/* Takes v, id and do out of the object; what is left are the arguments. The id of a request
 * and an argument called id are two things, hence `arguments` travel in an object of their
 * own. */
static bool read_envelope(struct call *call, json_t *message, const struct request **request,
                          struct fault *fault)
{
    const char *name;
    json_t *value;

    const char *id = json_string_value(json_object_get(message, "id"));
    const char *verb = json_string_value(json_object_get(message, "do"));
    if (!id || !uuid_valid(id))
        return fault_set(fault, FAULT_USAGE, "request without an id (UUID)");
    memcpy(call->id, id, UUID_SIZE);
    if (json_integer_value(json_object_get(message, "v")) != CONTROL_VERSION)
        return fault_set(fault, FAULT_USAGE,
                         "request of another version; this daemon speaks %d", CONTROL_VERSION);
    *request = verb ? request_named(verb) : NULL;
    if (!*request)
        return fault_set(fault, FAULT_USAGE, "there is no such request");
    json_object_foreach (message, name, value)
        if (!is_envelope(name))
            return fault_set(fault, FAULT_USAGE, "request has an unknown member %.40s", name);
    json_t *with = json_object_get(message, "with");
    call->arguments = with ? json_incref(with) : json_object();
    return json_is_object(call->arguments)
           || fault_set(fault, FAULT_USAGE, "`with` must be an object");
}

/* --- what is answered ---------------------------------------------------------------- */

struct lookup {
    const struct call *call;
    json_t *result;
};

static bool recorded_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct lookup *lookup = argument;

    return call_recorded(db, lookup->call, &lookup->result, fault);
}

/* What was answered to this id before, if anything. */
static bool find_record(struct call *call, bool *found, struct fault *fault)
{
    struct lookup lookup = { .call = call };

    if (!store_run(call->gateway->store, recorded_work, &lookup, fault))
        return false;
    *found = lookup.result;
    if (*found) {
        json_decref(call->result);
        call->result = lookup.result;
    }
    return true;
}

/* Keyed: what was asked may hold a few words about somebody, which a bare digest would let
 * others guess. */
static void digest_request(struct call *call, const struct request *request)
{
    SCOPED_BUF struct buf text = { 0 };
    char *arguments = json_dumps(call->arguments, JSON_COMPACT | JSON_SORT_KEYS);

    buf_addf(&text, "request:%s %s", request->name, arguments);
    keys_home_index(call->gateway->keys, buf_text(&text), &call->asked);
    explicit_bzero(arguments, strlen(arguments));
    free(arguments);
}

/* The same request may be at work on another thread, because nng sent it again: then only one
 * of them gets its record in, and the other finds it there. */
static bool run_request(struct call *call, const struct request *request, struct fault *fault)
{
    struct fault ignored = { 0 };
    bool found = false;

    if (!request->changes)
        return request->run(call, fault);
    digest_request(call, request);
    if (!find_record(call, &found, fault))
        return false;
    return found || request->run(call, fault)
           || (find_record(call, &found, &ignored) && found);
}

static bool answer_call(struct call *call, json_t *message, struct fault *fault)
{
    const struct request *request = NULL;

    return read_envelope(call, message, &request, fault)
           && check_given(request, call->arguments, fault)
           && check_missing(request, call->arguments, fault)
           && run_request(call, request, fault);
}

static json_t *fault_json(const struct fault *fault)
{
    return json_pack("{s:s, s:s, s:s}", "code", fault_name(fault->code), "text", fault->text,
                     "action", fault_action(fault));
}

static char *answer_text(struct gateway *gateway, uint64_t uid, const char *bytes, size_t size)
{
    struct call call = { .gateway = gateway, .result = json_object() };
    struct fault fault = { 0 };

    snprintf(call.actor, sizeof(call.actor), "uid %llu", (unsigned long long)uid);
    json_t *message = size > CONTROL_MESSAGE_MAX
                          ? NULL
                          : json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
    bool good = json_is_object(message)
                    ? answer_call(&call, message, &fault)
                    : fault_set(&fault, FAULT_USAGE, "request is not a JSON object");
    json_t *answer =
        json_pack("{s:i, s:s, s:b}", "v", CONTROL_VERSION, "id", call.id, "ok", good);
    if (good)
        json_object_set(answer, "result", call.result);
    else
        json_object_set_new(answer, "fault", fault_json(&fault));
    char *text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    json_decref(message);
    json_decref(call.arguments);
    json_decref(call.result);
    return text;
}

/* --- the socket ---------------------------------------------------------------------- */

static bool receive(nng_ctx context, nng_aio *aio, nng_msg **message)
{
    nng_ctx_recv(context, aio);
    nng_aio_wait(aio);
    if (nng_aio_result(aio) != 0)
        return false;
    *message = nng_aio_get_msg(aio);
    return true;
}

static void reply(nng_ctx context, nng_aio *aio, nng_msg *message, const char *text)
{
    nng_msg_clear(message);
    if (nng_msg_append(message, text, strlen(text)) != 0)
        abort(); /* no memory */
    nng_aio_set_msg(aio, message);
    nng_ctx_send(context, aio);
    nng_aio_wait(aio);
    if (nng_aio_result(aio) != 0)
        nng_msg_free(nng_aio_get_msg(aio));
}

static void serve_one(struct control *control, nng_ctx context, nng_aio *aio, nng_msg *message)
{
    uint64_t uid = 0;

    if (!bus_admits(nng_msg_get_pipe(message), &uid)) {
        static const char NO[] =
            "{\"v\":1,\"id\":\"\",\"ok\":false,\"fault\":{\"code\":"
            "\"permission\",\"text\":\"only root and the gateway's own user "
            "are served\",\"action\":\"run it as that user\"}}";
        reply(context, aio, message, NO);
        return;
    }
    char *text =
        answer_text(control->gateway, uid, nng_msg_body(message), nng_msg_len(message));
    reply(context, aio, message, text);
    free(text);
}

static nng_aio *new_aio(void)
{
    nng_aio *aio;

    if (nng_aio_alloc(&aio, NULL, NULL) != 0)
        abort(); /* no memory */
    return aio;
}

static void *serve(void *argument)
{
    struct server *server = argument;
    nng_aio *sending = new_aio();
    nng_ctx context;
    nng_msg *message;

    if (nng_ctx_open(&context, server->control->bus.socket) == 0) {
        while (receive(context, server->receiving, &message))
            serve_one(server->control, context, sending, message);
        nng_ctx_close(context);
    }
    nng_aio_free(sending);
    return NULL;
}

static bool start_server(struct control *control, struct fault *fault)
{
    struct server *server = &control->servers[control->count];

    *server = (struct server){ .control = control, .receiving = new_aio() };
    if (pthread_create(&server->thread, NULL, serve, server) != 0) {
        nng_aio_free(server->receiving);
        return fault_set(fault, FAULT_TEMPORARY, "control: no more threads");
    }
    control->count++;
    return true;
}

bool control_start(struct gateway *gateway, struct control **control, struct fault *fault)
{
    struct control *new = mem_alloc(sizeof(*new));

    new->gateway = gateway;
    if (nng_rep0_open(&new->bus.socket) != 0) {
        free(new);
        return fault_set(fault, FAULT_TEMPORARY, "control: no socket");
    }
    *control = new;
    nng_socket_set_size(new->bus.socket, NNG_OPT_RECVMAXSZ, CONTROL_MESSAGE_MAX);
    while (new->count < THREADS)
        if (!start_server(new, fault))
            return false;
    return bus_listen(&new->bus, gateway, "control", fault);
}

void control_tend(struct control *control)
{
    bus_tend(&control->bus);
}

/* The contexts first, each by its own thread: nng 1.5.2 lets go of a socket that is closed
 * while its last context is still being taken down, and panics. */
void control_stop(struct control *control)
{
    if (!control)
        return;
    for (int i = 0; i < control->count; i++)
        nng_aio_stop(control->servers[i].receiving);
    for (int i = 0; i < control->count; i++) {
        pthread_join(control->servers[i].thread, NULL);
        nng_aio_free(control->servers[i].receiving);
    }
    nng_close(control->bus.socket);
    free(control);
}
