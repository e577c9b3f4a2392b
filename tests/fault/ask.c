/* ask -- see ask.h. */
#include "tests/fault/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "gateway/clock.h"
#include "tests/sample.h"

#define PATIENCE_MS 3000
#define ASK_PEOPLE 500

static bool connect_to(const struct town *town, nng_socket *socket)
{
    struct fault fault = { 0 };
    char url[128];

    if (!config_socket(&town->gateway.config, &town->gateway.home, "control", url, &fault)
        || nng_req0_open(socket) != 0)
        return false;
    nng_socket_set_ms(*socket, NNG_OPT_SENDTIMEO, PATIENCE_MS);
    nng_socket_set_ms(*socket, NNG_OPT_RECVTIMEO, PATIENCE_MS);
    nng_socket_set_ms(*socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
    if (nng_dial(*socket, url, NULL, 0) == 0)
        return true;
    nng_close(*socket);
    return false;
}

/* The answer; NULL: none came. */
static json_t *exchange(nng_socket socket, char *text)
{
    void *answer = NULL;
    size_t size;

    if (nng_send(socket, text, strlen(text), 0) != 0
        || nng_recv(socket, &answer, &size, NNG_FLAG_ALLOC) != 0)
        return NULL;
    json_t *value = json_loadb(answer, size, 0, NULL);
    nng_free(answer, size);
    return value;
}

bool ask(const struct town *town, const char *id, const char *name, json_t *with,
         json_t **result)
{
    json_auto_t *request = json_pack("{s:i, s:s, s:s, s:o}", "v", 1, "id", id, "do", name,
                                     "with", with ? with : json_object());
    nng_socket socket;

    if (!connect_to(town, &socket))
        return false;
    char *text = json_dumps(request, JSON_COMPACT);
    json_auto_t *answer = exchange(socket, text);
    nng_close(socket);
    free(text);
    bool good = json_is_true(json_object_get(answer, "ok"));
    if (good && result)
        *result = json_incref(json_object_get(answer, "result"));
    return good;
}

/* The nth of the numbers that belong to nobody and pass the 11-test. */
static void bsn_of(int nth, char bsn[32])
{
    for (int tail = 1000;; tail++) {
        int sum = 9 * 9 + 8 * 9 + 7 * 9 + 6 * 9;
        for (int i = 0, rest = tail; i < 4; i++, rest /= 10)
            sum += (2 + i) * (rest % 10);
        if (sum % 11 == 10 || nth-- > 0)
            continue;
        snprintf(bsn, 32, "9999%04d%d", tail, sum % 11);
        return;
    }
}

/* Of one person no second dossier goes while the first is under way, so each id has its own.
 */
static void about_another(char *dossier, const char *id)
{
    static char seen[ASK_PEOPLE][UUID_SIZE];
    char bsn[32];
    int nth = 0;

    while (nth < ASK_PEOPLE && seen[nth][0] && strcmp(seen[nth], id) != 0)
        nth++;
    if (nth == ASK_PEOPLE)
        abort();
    memcpy(seen[nth], id, UUID_SIZE);
    bsn_of(nth, bsn);
    char *at = strstr(dossier, "<bsn>");
    if (!at)
        abort();
    memcpy(at + strlen("<bsn>"), bsn, 9);
}

bool ask_to_send(const struct town *from, const struct town *to, const char id[UUID_SIZE])
{
    SCOPED_MEM char *dossier = sample_dossier("gezinsmigrant.xml");
    SCOPED_BUF struct buf data = { 0 };
    char other[UUID_SIZE];

    about_another(dossier, id);
    uuid_v7(clock_now_ms(), other);
    base64_encode(dossier, strlen(dossier), &data);
    return ask(from, other, "upload",
               json_pack("{s:s, s:i, s:s}", "file", id, "offset", 0, "data", buf_text(&data)),
               NULL)
           && ask(from, id, "overdracht.send",
                  json_pack("{s:s, s:s}", "file", id, "to", to->code), NULL);
}

int64_t ask_count(const struct town *town, const char *group, const char *name)
{
    json_t *result = NULL, *value;
    const char *key;
    char id[UUID_SIZE];
    int64_t sum = 0;

    uuid_v7(clock_now_ms(), id);
    if (!ask(town, id, "status", NULL, &result))
        return -1;
    json_object_foreach (json_object_get(result, group), key, value)
        if (!name || strcmp(key, name) == 0)
            sum += json_integer_value(value);
    json_decref(result);
    return sum;
}

void ask_why(const struct town *town, char why[200])
{
    json_t *result = NULL, *row;
    char id[UUID_SIZE];
    size_t i;

    why[0] = '\0';
    uuid_v7(clock_now_ms(), id);
    if (!ask(town, id, "outbox.list", NULL, &result))
        return;
    json_array_foreach (json_object_get(result, "outbox"), i, row) {
        const char *state = json_string_value(json_object_get(row, "state"));
        if (!why[0] && state && strcmp(state, "delivered") != 0)
            snprintf(why, 200, "%s: %s", state,
                     json_string_value(json_object_get(row, "reason")));
    }
    json_decref(result);
}
