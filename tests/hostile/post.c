/* post -- see post.h. */
#include "tests/hostile/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/seal.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "gateway/clock.h"
#include "gateway/handle_bericht.h"

#define MUST(condition)                                                                       \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, fault.text);   \
            abort();                                                                          \
        }                                                                                     \
    } while (0)

static X509 *certificate_of(const struct town *town, enum purpose purpose)
{
    return keys_certificate(town->gateway.keys, purpose);
}

void post_sign_as(struct post *post, struct town *town)
{
    post->key = keys_get(town->gateway.keys, PURPOSE_ONDERTEKENEN);
    post->signer = certificate_of(town, PURPOSE_ONDERTEKENEN);
}

static void name_party(struct party *party, const struct town *town)
{
    snprintf(party->oin, sizeof(party->oin), "%s", town->oin);
    snprintf(party->gemeentecode, sizeof(party->gemeentecode), "%s", town->code);
}

void post_start(struct post *post, struct town *writer, struct town *receiver,
                enum soort soort)
{
    *post = (struct post){ .receiver = receiver,
                           .client = certificate_of(writer, PURPOSE_TLS_CLIENT),
                           .sealed_for = certificate_of(receiver, PURPOSE_VERZEGELEN),
                           .sealed_by = certificate_of(writer, PURPOSE_VERZEGELEN),
                           .kop = { .soort = soort, .gemaakt = clock_now() } };
    post->kop.geldig_tot = post->kop.gemaakt + 86400;
    uuid_v7(clock_now_ms(), post->kop.bericht_id);
    uuid_v7(clock_now_ms(), post->kop.overdracht_id);
    name_party(&post->kop.afzender, writer);
    name_party(&post->kop.ontvanger, receiver);
    post_sign_as(post, writer);
}

void post_finish(struct post *post)
{
    buf_finish(&post->xml);
    buf_finish(&post->sealed);
}

static void build(const struct post *post, xmlDoc **doc)
{
    SCOPED_XMLDOC xmlDoc *dossier = NULL;
    struct fault fault = { 0 };

    if (post->dossier)
        MUST(xmldoc_parse(post->dossier, strlen(post->dossier), &dossier, &fault));
    MUST(message_build(&post->kop, dossier ? xmlDocGetRootElement(dossier) : NULL, doc,
                       &fault));
    if (post->change)
        post->change(*doc);
}

void post_seal(struct post *post)
{
    X509 *const recipients[2] = { post->sealed_for, post->sealed_by };
    struct fault fault = { 0 };

    buf_clear(&post->sealed);
    MUST(seal_make(post->xml.data, post->xml.size, recipients, &post->sealed, &fault));
}

void post_pack(struct post *post)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };

    build(post, &doc);
    buf_clear(&post->xml);
    if (post->key)
        MUST(signature_sign(doc, post->key, post->signer, &post->xml, &post->canonical,
                            &fault));
    else
        xmldoc_write(doc, &post->xml);
    post_seal(post);
}

static void set_header(char *header, size_t size, const char *given, const char *honest)
{
    snprintf(header, size, "%s", given ? given : honest);
}

void post_hand(const struct post *post, struct listen_answer *answer)
{
    struct listen_request request = { .client = post->client,
                                      .body = post->sealed,
                                      .address = "192.0.2.1",
                                      .head = { .method = "POST", .path = "/v1/berichten" } };
    struct http_head *head = &request.head;

    *answer = (struct listen_answer){ 0 };
    set_header(head->bron, sizeof(head->bron), post->bron, post->kop.afzender.oin);
    set_header(head->doel, sizeof(head->doel), post->doel, post->kop.ontvanger.oin);
    set_header(head->bericht_id, sizeof(head->bericht_id), post->bericht_id,
               post->kop.bericht_id);
    handle_bericht(&post->receiver->gateway, &request, answer);
}

void post_send(struct post *post, struct listen_answer *answer)
{
    post_pack(post);
    post_hand(post, answer);
}

bool post_receipt(const struct post *post, const struct listen_answer *answer,
                  struct receipt *receipt)
{
    STACK_OF(X509) *registered = sk_X509_new_null();
    struct fault fault = { 0 };

    sk_X509_push(registered, certificate_of(post->receiver, PURPOSE_ONDERTEKENEN));
    bool good =
        receipt_read(answer->body.data, answer->body.size, registered, receipt, NULL, &fault);
    sk_X509_free(registered);
    return good && answer->status == 200
           && strcmp(answer->content_type, "application/xml") == 0
           && strcmp(receipt->bericht_id, post->kop.bericht_id) == 0
           && strcmp(receipt->afzender, post->kop.afzender.oin) == 0
           && strcmp(receipt->ontvanger, post->kop.ontvanger.oin) == 0;
}
