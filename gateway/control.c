/* control -- see control.h. CONTROL_REQUESTS below says who answers what. */
#include "gateway/control.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>

#include "codecs/base/mem.h"
#include "gateway/api.h"
#include "gateway/bus.h"
#include "gateway/call.h"
#include "gateway/gateway.h"
#include "gateway/log.h"
#include "gateway/rollen.h"

#define THREADS 3 /* one may be away to examine a peer (call_doctor.c) */

/* Which handler answers what; all that is said about a request stands in api.json. In the
 * order of the alphabet. */
/* clang-format off */
static const struct request {
    const char *name;
    call_handler *run;
} CONTROL_REQUESTS[] = {
    { "blokkade.add",                 call_blokkade_add },
    { "blokkade.lift",                call_blokkade_lift },
    { "blokkade.list",                call_blokkade_list },
    { "doctor",                       call_doctor },
    { "document.add",                 call_document_add },
    { "document.read",                call_document_read },
    { "duo.ask",                      call_duo_ask },
    { "duo.notifications",            call_notificaties },
    { "duo.push",                     call_duo_push },
    { "duo.push.preview",             call_duo_push_preview },
    { "duo.report",                   call_duo_report },
    { "outbox.cancel",                call_outbox_cancel },
    { "outbox.list",                  call_outbox_list },
    { "outbox.retry",                 call_outbox_retry },
    { "outbox.show",                  call_outbox_show },
    { "overdracht.accept",            call_overdracht_accept },
    { "overdracht.assign",            call_overdracht_assign },
    { "overdracht.file",              call_overdracht_file },
    { "overdracht.list",              call_overdracht_list },
    { "overdracht.note",              call_overdracht_note },
    { "overdracht.preview",           call_overdracht_preview },
    { "overdracht.refuse",            call_overdracht_refuse },
    { "overdracht.release",           call_overdracht_release },
    { "overdracht.release.preview",   call_overdracht_release_preview },
    { "overdracht.request",           call_overdracht_request },
    { "overdracht.send",              call_overdracht_send },
    { "overdracht.show",              call_overdracht_show },
    { "overdracht.supplement",        call_overdracht_supplement },
    { "overdracht.withdraw",          call_overdracht_withdraw },
    { "overdracht.withdraw.preview",  call_overdracht_withdraw_preview },
    { "peer.add",                     call_peer_add },
    { "peer.card",                    call_peer_card },
    { "peer.list",                    call_peer_list },
    { "peer.ping",                    call_peer_ping },
    { "peer.set",                     call_peer_set },
    { "peer.show",                    call_peer_show },
    { "peer.state",                   call_peer_state },
    { "reload",                       call_reload },
    { "status",                       call_status },
    { "taak.done",                    call_taak_done },
    { "taak.list",                    call_taak_list },
    { "upload",                       call_upload },
};
/* clang-format on */
#define REQUEST_COUNT (sizeof(CONTROL_REQUESTS) / sizeof(CONTROL_REQUESTS[0]))

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

const char *control_request(size_t index, call_handler **run)
{
    if (index >= REQUEST_COUNT)
        return NULL;
    *run = CONTROL_REQUESTS[index].run;
    return CONTROL_REQUESTS[index].name;
}

static const struct request *request_named(const char *name)
{
    for (size_t i = 0; i < REQUEST_COUNT; i++)
        if (strcmp(CONTROL_REQUESTS[i].name, name) == 0)
            return &CONTROL_REQUESTS[i];
    return NULL;
}

static bool is_envelope(const char *name)
{
    return strcmp(name, "v") == 0 || strcmp(name, "id") == 0 || strcmp(name, "do") == 0
           || strcmp(name, "with") == 0;
}

/* The role by which a request is allowed; what is asked as owner bears no role. */
static void name_actor(struct call *call, unsigned roles)
{
    unsigned used = roles & ~(roles - 1); /* the first of them */

    if (rollen_owner(call->uid))
        snprintf(call->actor, sizeof(call->actor), "uid %u", call->uid);
    else
        snprintf(call->actor, sizeof(call->actor), "uid %u %s", call->uid, rollen_name(used));
}

/* What somebody may not ask is not there for them. */
static const struct request *request_for(struct call *call, const char *name)
{
    const struct request *request = name ? request_named(name) : NULL;
    unsigned roles =
        request ? call->roles & api_roles(api_request(call->gateway->api, name)) : 0;

    name_actor(call, roles);
    return roles ? request : NULL;
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
    *request = request_for(call, verb);
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

    if (!api_changes(api_request(call->gateway->api, request->name)))
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

    if (!read_envelope(call, message, &request, fault)
        || !api_check(call->gateway->api, request->name, call->arguments, fault)
        || !run_request(call, request, fault))
        return false;
    if (!(call->roles & ROLLEN_KLANTREGISSEUR))
        api_withhold(call->gateway->api, request->name, call->result);
    return true;
}

static json_t *fault_json(const struct fault *fault)
{
    return json_pack("{s:s, s:s, s:s}", "code", fault_name(fault->code), "text", fault->text,
                     "action", fault_action(fault));
}

static char *answer_text(struct call call, const char *bytes, size_t size)
{
    struct fault fault = { 0 };

    call.result = json_object();
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
    struct call call = { .gateway = control->gateway };

    if (!bus_admits(control->gateway, nng_msg_get_pipe(message), &call.uid, &call.roles)) {
        static const char NO[] =
            "{\"v\":1,\"id\":\"\",\"ok\":false,\"fault\":{\"code\":"
            "\"permission\",\"text\":\"you have no role here\",\"action\":\"ask who runs the "
            "gateway: [rollen] in estafette.ini\"}}";
        reply(context, aio, message, NO);
        return;
    }
    char *text = answer_text(call, nng_msg_body(message), nng_msg_len(message));
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
