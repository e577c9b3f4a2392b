/* sim_serve -- see sim_serve.h. A path holds a BSN: the log has the name of the operation. */
#include "tools/duosim/sim_serve.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "codecs/base/mem.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "codecs/json.h"
#include "codecs/uuid.h"
#include "gateway/clock.h"
#include "gateway/log.h"
#include "tools/duosim/sim_core.h"
#include "tools/duosim/sim_do.h"
#include "tools/duosim/sim_rules.h"
#include "tools/duosim/sim_scope.h"
#include "tools/duosim/sim_state.h"

enum { WORKERS = 4, QUEUE = 256, BODY_MAX = 65536, FIELDS_SIZE = 40, STEP_MS = 20 };

/* A request on its way: which of DUO's operations it is, and about whom. */
struct asking {
    struct sim *sim;
    const struct listen_request *request;
    const struct sim_gemeente *gemeente;
    const struct duo_operation *operation;
    struct duo_address address;
    json_t *body;
};

/* --- answering ----------------------------------------------------------------------- */

static char FIELDS[DUO_APIS][FIELDS_SIZE];
#define NO_API "API-Version: 1.0.0\r\n"

static void write_fields(void)
{
    for (enum duo_api api = 0; api < DUO_APIS; api++)
        (void)snprintf(FIELDS[api], FIELDS_SIZE, "API-Version: %s\r\n", duo_api_version(api));
}

static void put_json(struct listen_answer *answer, const json_t *value)
{
    SCOPED_MEM char *text = json_dumps(value, JSON_COMPACT);

    answer->content_type = "application/json";
    buf_add_text(&answer->body, text);
}

/* NULL: none of those that DUO answers. */
static void find_operation(struct asking *a)
{
    const struct http_head *head = &a->request->head;

    if (!duo_route(head->method, head->path, &a->operation, &a->address)
        || a->operation->api == DUO_NOTIFICATIE)
        a->operation = NULL;
}

/* --- the steps; each says 0 to go on, or the status to refuse with ------------------- */

static int check_sender(struct asking *a)
{
    const struct http_head *head = &a->request->head;
    char oin[OIN_SIZE];
    struct fault fault;

    if (!head->bron[0] || !head->doel[0] || !uuid_valid(head->bericht_id)
        || strlen(head->bron) != OIN_SIZE - 1 || strcmp(head->doel, a->sim->settings.oin) != 0)
        return 400;
    a->gemeente = sim_settings_by_oin(&a->sim->settings, head->bron);
    return a->gemeente && certificate_oin(a->request->client, oin, &fault)
                   && strcmp(oin, head->bron) == 0
               ? 0
               : 401;
}

/* DUO's schemas do not close their objects; a stranger among the members is refused here all
 * the same, because it is a mistake of the sender. */
static bool fits(const struct asking *a)
{
    struct duo_findings findings = { 0 };
    struct fault fault;

    return duo_check(a->operation->body, a->body, &findings, &fault) && findings.unknown == 0;
}

static int check_body(struct asking *a)
{
    const struct listen_request *request = a->request;
    struct fault fault;

    if (!a->operation->body)
        return request->body.size == 0 ? 0 : 400;
    if (strncmp(request->head.content_type, "application/json", 16) != 0
        || !json_read(request->body.data, request->body.size, BODY_MAX, &a->body, &fault))
        return 400;
    return fits(a) ? 0 : 400;
}

/* Under the lock: person, scope, rules, deed. */
static void decide(struct asking *a, struct sim_case *c)
{
    c->person = a->address.bsn[0] ? sim_state_person(c->state, a->address.bsn) : NULL;
    if (a->address.bsn[0] && !c->person) {
        c->status = 404;
        return;
    }
    if (c->person && !sim_scope_allows(c)) {
        c->status = 403;
        return;
    }
    c->answer = sim_rules_broken(c);
    if (c->answer)
        c->status = 403;
    else if (!sim_do_operation(c))
        c->status = 500;
}

/* How often who asked what, and what came of it: for `requests`. */
static void count(struct asking *a, int status)
{
    SCOPED_BUF struct buf key = { 0 };

    buf_addf(&key, "%s %s %d", a->gemeente ? a->gemeente->code : "-",
             a->operation ? a->operation->name : "-", status);
    json_t *before = json_object_get(a->sim->tally, buf_text(&key));
    json_object_set_new(a->sim->tally, buf_text(&key),
                        json_integer(json_integer_value(before) + 1));
    log_info("asked by=%s status=%d", buf_text(&key), status);
}

static void perform(struct asking *a, struct listen_answer *answer)
{
    struct sim *sim = a->sim;
    struct sim_case c = { .state = sim->state,
                          .operation = a->operation,
                          .address = a->address,
                          .body = a->body,
                          .gemeentecode = a->gemeente->code,
                          .vanaf_registratie = sim->settings.vanaf_registratie };

    c.today = sim_state_today(sim->state);
    decide(a, &c);
    answer->status = c.status;
    if (c.answer)
        put_json(answer, c.answer);
    json_decref(c.answer);
    bool report = strcmp(a->operation->method, "GET") != 0;
    if (c.status != a->operation->success || !report)
        return;
    sim_repeat_remember(sim->repeats, a->request, answer);
    sim->dirty = true;
    sim_notify_wake(sim->notify);
}

static void judge(struct asking *a, struct listen_answer *answer)
{
    answer->status = check_sender(a);
    if (!answer->status && !a->operation)
        answer->status = 404;
    if (answer->status)
        return;
    enum sim_repeat repeat = sim_repeat_find(a->sim->repeats, a->request, answer);
    if (repeat == SIM_REPEAT_SAME)
        return;
    answer->status = repeat == SIM_REPEAT_OTHER ? 400 : check_body(a);
    if (!answer->status)
        perform(a, answer);
}

/* --- one request --------------------------------------------------------------------- */

/* In steps, so that a stop does not wait for it. */
static void dawdle(struct sim *sim, long milliseconds)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
    int64_t until = clock_monotonic_ms() + milliseconds;

    while (clock_monotonic_ms() < until && !sim->stopping)
        nanosleep(&step, NULL);
}

static void handle(void *context, const struct listen_request *request,
                   struct listen_answer *answer)
{
    struct sim *sim = context;
    struct asking asking = { .sim = sim, .request = request };
    struct sim_misdeeds before = { 0 }, instead = { 0 }, after = { 0 };

    find_operation(&asking);
    answer->fields = asking.operation ? FIELDS[asking.operation->api] : NO_API;
    pthread_mutex_lock(&sim->lock);
    sim_misbehave_take(&sim->misdeeds, SIM_BEFORE, asking.operation, &before);
    pthread_mutex_unlock(&sim->lock);
    dawdle(sim, sim_misbehave_delay(&before));

    pthread_mutex_lock(&sim->lock);
    sim_misbehave_take(&sim->misdeeds, SIM_INSTEAD, asking.operation, &instead);
    if (!sim_misbehave_spoil(&instead, answer)) {
        judge(&asking, answer);
        sim_misbehave_take(&sim->misdeeds, SIM_AFTER, asking.operation, &after);
        sim_misbehave_spoil(&after, answer);
    }
    count(&asking, answer->status);
    json_decref(asking.body);
    pthread_mutex_unlock(&sim->lock);
}

/* Who it is, is for handle(): its answers count like all others. */
static bool admit(void *context, const struct listen_request *request,
                  struct listen_answer *answer)
{
    (void)context, (void)request, (void)answer;
    return true;
}

static void refuse(int status, struct listen_answer *answer)
{
    answer->status = status;
}

static const struct listen_route ROUTES[] = {
    { "GET", "/*", 0, handle },
    { "POST", "/*", BODY_MAX, handle },
    { "PUT", "/*", BODY_MAX, handle },
    { "DELETE", "/*", 0, handle },
    { 0 },
};

bool sim_serve_start(struct sim *sim, struct fault *fault)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    SSL_CTX *tls = NULL;
    const struct listen_settings settings = { .address = sim->settings.listen,
                                              .routes = ROUTES,
                                              .admit = admit,
                                              .context = sim,
                                              .allowed = HTTP_CHUNKS | HTTP_DELETE,
                                              .fields = NO_API,
                                              .refuse = refuse,
                                              .handshake_seconds = 10,
                                              .head_seconds = 10,
                                              .body_seconds = 30,
                                              .life_seconds = 900,
                                              .idle_seconds = 60,
                                              .connections_max = 256,
                                              .per_address_max = 256 };

    pthread_once(&once, write_fields);
    if (!sim_tls_server(&sim->tls, &tls, fault))
        return false;
    sim->workers = workers_create(WORKERS, QUEUE);
    bool good = listen_start(&settings, tls, sim->workers, &sim->listener, fault);
    SSL_CTX_free(tls);
    return good;
}

void sim_serve_stop(struct sim *sim)
{
    listen_stop(sim->listener);
    if (sim->workers)
        workers_destroy(sim->workers);
    sim->listener = NULL;
    sim->workers = NULL;
}
