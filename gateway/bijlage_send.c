/* bijlage_send -- see bijlage_send.h. */
#include "gateway/bijlage_send.h"

#include <stdio.h>

#include "codecs/base/mem.h"
#include "gateway/bijlagen.h"
#include "gateway/handle_bijlage.h"
#include "peers/file.h"

/* One document on its way; what stays the same, and the piece that is next. */
struct sending {
    struct gateway *gateway;
    struct deliver *deliver;
    const struct peer *peer;
    struct conveyance *conveyance;
    const struct bijlage_item *item;
    unsigned char *piece; /* room for BIJLAGEN_PIECE_MAX */
    size_t size;          /* of what is in it; 0: only asking */
    char range[96];
};

static bool ask(struct sending *s, const char *method, struct deliver_answer *answer,
                struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = gateway_trust(s->gateway);
    char path[sizeof(HANDLE_BIJLAGE_PATH) + DIGEST_HEX];

    snprintf(path, sizeof(path), "%s%s", HANDLE_BIJLAGE_PATH, s->item->name);
    const struct deliver_request request = {
        .peer = s->peer,
        .method = method,
        .path = path,
        .content_type = s->size ? "application/octet-stream" : NULL,
        .bron = s->gateway->config.oin,
        .doel = s->peer->card.oin,
        .content_range = s->size ? s->range : NULL,
        .body = s->piece,
        .size = s->size,
    };
    bool good = deliver_send(s->deliver, &request, s->gateway->keys, trust, answer, fault);
    s->conveyance->connected = answer->connected;
    return good;
}

static bool ask_held(struct sending *s, int64_t *held, struct fault *fault)
{
    struct deliver_answer answer = { 0 };

    s->size = 0;
    bool good = ask(s, "HEAD", &answer, fault);
    *held = answer.content_length;
    if (good && (answer.status != 200 || *held < 0 || *held > s->item->size))
        good = fault_set(fault, FAULT_ANSWER,
                         "asked for what it holds of a document, the peer answered HTTP %d",
                         answer.status);
    deliver_answer_finish(&answer);
    return good;
}

static bool put_piece(struct sending *s, int64_t offset, struct fault *fault)
{
    struct deliver_answer answer = { 0 };
    long long last = offset + (int64_t)s->size - 1, whole = s->item->size;

    snprintf(s->range, sizeof(s->range), "bytes %lld-%lld/%lld", (long long)offset, last,
             whole);
    bool good = ask(s, "PUT", &answer, fault);
    if (good && answer.status != 201 && answer.status != 202)
        good = fault_set(fault, FAULT_ANSWER,
                         "a piece of a document at %lld of %lld bytes: the peer answered HTTP "
                         "%d",
                         (long long)offset, whole, answer.status);
    deliver_answer_finish(&answer);
    return good;
}

static bool send_from(struct sending *s, int fd, int64_t held, struct fault *fault)
{
    for (; held < s->item->size; held += (int64_t)s->size) {
        int64_t left = s->item->size - held;
        size_t most = left < BIJLAGEN_PIECE_MAX ? (size_t)left : BIJLAGEN_PIECE_MAX;
        if (!file_get(fd, s->piece, most, held, &s->size) || s->size < most)
            return fault_set(fault, FAULT_IO, "document %.16s... cannot be read",
                             s->item->name);
        if (!put_piece(s, held, fault))
            return false;
        s->conveyance->carried += (int64_t)s->size;
    }
    return true;
}

static bool send_one(struct sending *s, struct fault *fault)
{
    const struct gateway *gateway = s->gateway;
    SCOPED_FD int fd = -1;
    int64_t held = 0;

    return ask_held(s, &held, fault)
           && (held == s->item->size
               || (bijlagen_open(&gateway->home, gateway->config.oin, s->item->name, &fd,
                                 fault)
                   && send_from(s, fd, held, fault)));
}

bool bijlage_send(struct gateway *gateway, struct deliver *deliver, const struct peer *peer,
                  const struct bijlage_list *list, struct conveyance *conveyance,
                  struct fault *fault)
{
    struct sending s = { gateway, deliver, peer, conveyance, .piece = NULL };
    bool good = true;

    if (list->count == 0)
        return true;
    s.piece = mem_alloc(BIJLAGEN_PIECE_MAX);
    for (size_t i = 0; good && i < list->count; i++) {
        s.item = &list->items[i];
        good = send_one(&s, fault);
    }
    mem_release(&s.piece);
    return good;
}
