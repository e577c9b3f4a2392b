/* sim_repeat -- see sim_repeat.h: a ring under a lock of its own. */
#include "tools/duosim/sim_repeat.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/certificate.h"
#include "codecs/digest.h"
#include "codecs/uuid.h"

enum { KEPT = 1024 };

struct repeat {
    char bron[OIN_SIZE], id[UUID_SIZE];
    struct digest request; /* of method, path and body */
    int status;
    const char *content_type, *fields;
    struct buf body;
};

struct sim_repeats {
    pthread_mutex_t lock;
    size_t next;
    struct repeat ring[KEPT];
};

struct sim_repeats *sim_repeat_create(void)
{
    struct sim_repeats *repeats = mem_alloc(sizeof(*repeats));

    pthread_mutex_init(&repeats->lock, NULL);
    return repeats;
}

void sim_repeat_destroy(struct sim_repeats *repeats)
{
    if (!repeats)
        return;
    for (size_t i = 0; i < KEPT; i++)
        buf_finish(&repeats->ring[i].body);
    pthread_mutex_destroy(&repeats->lock);
    free(repeats);
}

static void digest_request(const struct listen_request *request, struct digest *digest)
{
    SCOPED_BUF struct buf whole = { 0 };

    buf_addf(&whole, "%s %s\n", request->head.method, request->head.path);
    if (request->body.size > 0)
        buf_add(&whole, request->body.data, request->body.size);
    digest_of(whole.data, whole.size, digest);
}

static void copy_answer(const struct repeat *repeat, struct listen_answer *answer)
{
    answer->status = repeat->status;
    answer->content_type = repeat->content_type;
    answer->fields = repeat->fields;
    if (repeat->body.size > 0)
        buf_add(&answer->body, repeat->body.data, repeat->body.size);
}

enum sim_repeat sim_repeat_find(struct sim_repeats *repeats,
                                const struct listen_request *request,
                                struct listen_answer *answer)
{

    enum sim_repeat found = SIM_REPEAT_NEW;
    struct digest digest;

    digest_request(request, &digest);
    pthread_mutex_lock(&repeats->lock);
    for (size_t i = 0; i < KEPT && found == SIM_REPEAT_NEW; i++) {
        const struct repeat *repeat = &repeats->ring[i];
        if (!repeat->id[0] || strcmp(repeat->id, request->head.bericht_id) != 0
            || strcmp(repeat->bron, request->head.bron) != 0)
            continue;
        found = digest_equal(&repeat->request, &digest) ? SIM_REPEAT_SAME : SIM_REPEAT_OTHER;
        if (found == SIM_REPEAT_SAME)
            copy_answer(repeat, answer);
    }
    pthread_mutex_unlock(&repeats->lock);
    return found;
}

void sim_repeat_remember(struct sim_repeats *repeats, const struct listen_request *request,
                         const struct listen_answer *answer)
{
    pthread_mutex_lock(&repeats->lock);
    struct repeat *repeat = &repeats->ring[repeats->next++ % KEPT];
    buf_finish(&repeat->body);
    memcpy(repeat->bron, request->head.bron, OIN_SIZE);
    memcpy(repeat->id, request->head.bericht_id, UUID_SIZE);
    digest_request(request, &repeat->request);
    repeat->status = answer->status;
    repeat->content_type = answer->content_type;
    repeat->fields = answer->fields;
    if (answer->body.size > 0)
        buf_add(&repeat->body, answer->body.data, answer->body.size);
    pthread_mutex_unlock(&repeats->lock);
}
