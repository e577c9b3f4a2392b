/* handle_bijlage -- see handle_bijlage.h. */
#include "gateway/handle_bijlage.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/bijlage_store.h"
#include "gateway/bijlagen.h"
#include "gateway/clock.h"
#include "gateway/gateway.h"
#include "gateway/log.h"
#include "gateway/route.h"

/* One document on its way in. */
struct arrival {
    struct gateway *gateway;
    const struct listen_request *request;
    struct peer *peer;
    const char *name;
    struct bijlagen_piece piece;
    int64_t waiting; /* bytes of this peer without a message */
};

/* --- who asks, and for what ------------------------------------------------------------ */

static bool headers_agree(const struct arrival *a, struct fault *fault)
{
    const struct http_head *head = &a->request->head;

    if (strcmp(head->bron, a->peer->card.oin) != 0
        || strcmp(head->doel, a->gateway->config.oin) != 0)
        return fault_set(fault, FAULT_IDENTITY, "bron or doel is not who they are");
    return true;
}

static bool identify(struct arrival *a, struct fault *fault)
{
    a->name = a->request->head.path + strlen(HANDLE_BIJLAGE_PATH);
    if (!route_peer(a->gateway, a->request->client, &a->peer, fault)
        || !peer_may(a->peer, SOORT_DOSSIER, clock_now(), fault) || !headers_agree(a, fault))
        return false;
    return bijlagen_name_valid(a->name)
           || fault_set(fault, FAULT_DOCUMENT, "not the digest of a document");
}

/* Digits up to `end`; at most 12, so that nothing overflows. */
static bool take_number(const char **text, char end, int64_t *number)
{
    size_t digits = strspn(*text, "0123456789");

    if (digits == 0 || digits > 12 || (*text)[digits] != end)
        return false;
    *number = strtoll(*text, NULL, 10);
    *text += digits + (end != '\0');
    return true;
}

/* "bytes FIRST-LAST/TOTAL" (RFC 9110, 14.4), all three known. */
static bool read_range(struct arrival *a, struct fault *fault)
{
    static const char UNIT[] = "bytes ";
    const char *text = a->request->head.content_range;
    int64_t last = 0;

    if (strncmp(text, UNIT, strlen(UNIT)) != 0)
        return fault_set(fault, FAULT_DOCUMENT, "no Content-Range");
    text += strlen(UNIT);
    if (!take_number(&text, '-', &a->piece.offset) || !take_number(&text, '/', &last)
        || !take_number(&text, '\0', &a->piece.total))
        return fault_set(fault, FAULT_DOCUMENT, "Content-Range is not bytes FIRST-LAST/TOTAL");
    a->piece.bytes = a->request->body.data;
    a->piece.size = a->request->body.size;
    if (last < a->piece.offset || last >= a->piece.total
        || last - a->piece.offset + 1 != (int64_t)a->piece.size)
        return fault_set(fault, FAULT_DOCUMENT, "Content-Range does not fit the body");
    return true;
}

/* --- how much is allowed --------------------------------------------------------------- */

static bool waiting_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct arrival *a = argument;

    return bijlage_store_waiting(db, &a->gateway->home, a->peer->card.oin, &a->waiting, fault);
}

static bool is_within_limits(struct arrival *a, struct fault *fault)
{
    const struct config *config = &a->gateway->config;
    int64_t most = ((int64_t)config->document_mib << 20) + BIJLAGE_TAG;

    if (a->piece.total > most)
        return fault_set(fault, FAULT_SIZE, "a document of %lld bytes; [limits] document_mib",
                         (long long)a->piece.total);
    if (!store_run(a->gateway->store, waiting_work, a, fault))
        return false;
    if (a->waiting + (int64_t)a->piece.size > (int64_t)config->waiting_mib << 20)
        return fault_set(fault, FAULT_QUOTA,
                         "%lld bytes of %s wait for a message; [limits] waiting_mib",
                         (long long)a->waiting, a->peer->card.oin);
    return bijlagen_room(&a->gateway->home, a->piece.total - a->piece.offset, fault);
}

/* --- the two requests ------------------------------------------------------------------ */

void handle_bijlage_head(void *context, const struct listen_request *request,
                         struct listen_answer *answer)
{
    struct arrival a = { .gateway = context, .request = request };
    struct fault fault = { 0 };
    int64_t held = 0;
    bool whole;

    if (identify(&a, &fault)) {
        bijlagen_held(&a.gateway->home, a.peer->card.oin, a.name, &held, &whole);
        answer->status = 200;
        answer->head_length = (size_t)held;
    } else {
        route_refuse(request->address, &fault, answer);
    }
    peer_release(&a.peer);
}

static bool take(struct arrival *a, struct listen_answer *answer, struct fault *fault)
{
    bool whole = false;

    if (!identify(a, fault) || !read_range(a, fault) || !is_within_limits(a, fault)
        || !bijlagen_add(&a->gateway->home, a->peer->card.oin, a->name, &a->piece, &whole,
                         fault))
        return false;
    answer->status = whole ? 201 : 202;
    if (whole)
        log_info("bijlage=%.16s from=%s size=%lld status=whole", a->name, a->peer->card.oin,
                 (long long)a->piece.total);
    return true;
}

void handle_bijlage_put(void *context, const struct listen_request *request,
                        struct listen_answer *answer)
{
    struct arrival a = { .gateway = context, .request = request };
    struct fault fault = { 0 };

    if (!take(&a, answer, &fault)) {
        if (fault.code == FAULT_STATE)
            answer->status = 409;
        else
            route_refuse(request->address, &fault, answer);
    }
    peer_release(&a.peer);
}
