/* fake -- see fake.h. */
#include "tests/scenario/fake.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/seal.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "gateway/clock.h"
#include "gateway/handle_bericht.h"
#include "gateway/listen.h"
#include "gateway/tls.h"
#include "gateway/worker.h"

#define MUST(condition)                                                                       \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, fault.text);   \
            abort();                                                                          \
        }                                                                                     \
    } while (0)

struct fake {
    struct town *town;
    struct workers *workers;
    struct listener *listener;
    struct listen_route routes[2];
    _Atomic(const struct lie *) lie;
};

/* What an honest receiver would say about this message. */
static void fill_honestly(struct fake *fake, const struct listen_request *request,
                          struct forgery *forgery)
{
    const struct keys *keys = fake->town->gateway.keys;
    SCOPED_BUF struct buf xml = { 0 }, canonical = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct receipt *receipt = &forgery->receipt;
    struct fault fault = { 0 };

    MUST(seal_open(request->body.data, request->body.size, keys_get(keys, PURPOSE_VERZEGELEN),
                   &xml, &fault)
         && xmldoc_parse(xml.data, xml.size, &doc, &fault)
         && signature_canonical(doc, &canonical, &receipt->canoniek, &fault));
    digest_of(request->body.data, request->body.size, &receipt->verzegeld);
    memcpy(receipt->bericht_id, request->head.bericht_id, UUID_SIZE - 1);
    memcpy(receipt->afzender, request->head.bron, OIN_SIZE - 1);
    memcpy(receipt->ontvanger, request->head.doel, OIN_SIZE - 1);
    receipt->aangenomen = true;
    receipt->tijd = clock_now();
    forgery->key = keys_get(keys, PURPOSE_ONDERTEKENEN);
    forgery->certificate = keys_certificate(keys, PURPOSE_ONDERTEKENEN);
}

static void answer_receipt(struct fake *fake, const struct lie *lie,
                           const struct listen_request *request, struct listen_answer *answer)
{
    struct forgery forgery = { 0 };
    struct fault fault = { 0 };

    fill_honestly(fake, request, &forgery);
    if (lie->spoil)
        lie->spoil(&forgery);
    MUST(receipt_make(&forgery.receipt, forgery.key, forgery.certificate, &answer->body,
                      &fault));
    if (lie->after)
        lie->after(&answer->body);
    answer->content_type = "application/xml";
}

static void handle(void *context, const struct listen_request *request,
                   struct listen_answer *answer)
{
    struct fake *fake = context;
    const struct lie *lie = atomic_load(&fake->lie);

    if (lie->keep) {
        struct listen_answer real = { 0 };
        handle_bericht(&fake->town->gateway, request, &real);
        buf_finish(&real.body);
    }
    answer->status = lie->status;
    if (lie->spoil || lie->after) {
        answer_receipt(fake, lie, request, answer);
    } else if (lie->body) {
        answer->content_type = lie->type;
        buf_add_text(&answer->body, lie->body);
    }
}

static bool admit(void *context, const struct listen_request *request,
                  struct listen_answer *answer)
{
    (void)context, (void)request, (void)answer;
    return true;
}

struct fake *fake_start(struct town *town)
{
    static const struct lie SILENCE = { .status = 503 };
    SCOPED_TRUST struct trust *trust = gateway_trust(&town->gateway);
    struct fake *fake = mem_alloc(sizeof(*fake));
    struct fault fault = { 0 };
    SSL_CTX *tls = NULL;

    fake->town = town;
    fake->routes[0] = (struct listen_route){ "POST", "/v1/berichten", 8u << 20, handle };
    fake_tell(fake, &SILENCE);
    fake->workers = workers_create(2, 16);
    const struct listen_settings settings = {
        .address = town->gateway.config.address,
        .routes = fake->routes,
        .admit = admit,
        .context = fake,
        .handshake_seconds = 10,
        .head_seconds = 10,
        .body_seconds = 10,
        .life_seconds = 60,
        .idle_seconds = 60,
        .connections_max = 50,
        .per_address_max = 50,
    };
    MUST(tls_server_context(town->gateway.keys, trust, &tls, &fault));
    MUST(listen_start(&settings, tls, fake->workers, &fake->listener, &fault));
    SSL_CTX_free(tls);
    return fake;
}

void fake_tell(struct fake *fake, const struct lie *lie)
{
    atomic_store(&fake->lie, lie);
}

void fake_stop(struct fake *fake)
{
    listen_stop(fake->listener);
    workers_destroy(fake->workers);
    free(fake);
}
