/* parcel -- see parcel.h. */
#include "tests/hostile/parcel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"
#include "gateway/bijlagen.h"
#include "gateway/handle_bijlage.h"
#include "tests/sample.h"

void parcel_pack_bytes(struct parcel *parcel, const void *plain, const char *mediatype)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct document *document = &parcel->document;
    struct fault fault = { 0 };

    struct bijlage *bijlage = bijlage_encrypt(document->key);
    bijlage_pass(bijlage, plain, PARCEL_SIZE, parcel->cipher);
    bijlage_seal(bijlage, parcel->cipher + PARCEL_SIZE, &document->plain);
    bijlage_destroy(bijlage);
    document->plain.mediatype = mediatype;
    document->cipher_size = PARCEL_SIZE + BIJLAGE_TAG;
    digest_of(parcel->cipher, sizeof(parcel->cipher), &document->cipher);
    digest_hex(&document->cipher, parcel->name);
    assert_true(xmldoc_parse(sample, strlen(sample), &doc, &fault));
    assert_true(document_enclose(xmlDocGetRootElement(doc), "x.pdf", document, &fault));
    xmldoc_write(doc, &parcel->text);
}

void parcel_pack(struct parcel *parcel)
{
    unsigned char pdf[PARCEL_SIZE] = "%PDF-1.7";

    parcel_pack_bytes(parcel, pdf, "application/pdf");
}

static void fill_head(struct http_head *head, const struct town *to, const struct town *from,
                      const char *name)
{
    snprintf(head->path, sizeof(head->path), HANDLE_BIJLAGE_PATH "%s", name);
    snprintf(head->bron, sizeof(head->bron), "%s", from->oin);
    snprintf(head->doel, sizeof(head->doel), "%s", to->oin);
}

int parcel_put(struct town *to, struct town *from, const struct parcel_piece *piece)
{
    struct listen_request request = {
        .client = keys_certificate(from->gateway.keys, PURPOSE_TLS_CLIENT),
        .body = { (unsigned char *)(uintptr_t)piece->bytes, piece->size, piece->size },
        .address = "192.0.2.1"
    };
    struct listen_answer answer = { 0 };

    fill_head(&request.head, to, from, piece->name);
    snprintf(request.head.content_range, sizeof(request.head.content_range), "%s",
             piece->range);
    handle_bijlage_put(&to->gateway, &request, &answer);
    buf_finish(&answer.body);
    return answer.status;
}

size_t parcel_head(struct town *to, struct town *from, const char *name)
{
    struct listen_request request = { .client = keys_certificate(from->gateway.keys,
                                                                 PURPOSE_TLS_CLIENT),
                                      .address = "192.0.2.1" };
    struct listen_answer answer = { 0 };

    fill_head(&request.head, to, from, name);
    handle_bijlage_head(&to->gateway, &request, &answer);
    buf_finish(&answer.body);
    return answer.status == 200 ? answer.head_length : SIZE_MAX;
}

void parcel_put_all(struct town *to, struct town *from, const struct parcel *parcel)
{
    char range[64];

    snprintf(range, sizeof(range), "bytes 0-%zu/%zu", sizeof(parcel->cipher) - 1,
             sizeof(parcel->cipher));
    const struct parcel_piece piece = { parcel->name, range, parcel->cipher,
                                        sizeof(parcel->cipher) };
    assert_int_equal(parcel_put(to, from, &piece), 201);
}

void parcel_path(const struct town *town, const struct town *owner, const char *name,
                 char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/bijlagen/%s/%s", town->folder, owner->oin, name);
}

static bool count_file(void *context, const struct bijlagen_file *file, struct fault *fault)
{
    struct parcel_count *count = context;

    (void)fault;
    count->files++;
    count->bytes += file->size;
    snprintf(count->name, sizeof(count->name), "%s", file->name);
    return true;
}

struct parcel_count parcel_count(struct town *town, const struct town *owner)
{
    struct parcel_count count = { 0 };
    struct fault fault = { 0 };

    assert_true(bijlagen_list(&town->gateway.home, owner->oin, count_file, &count, &fault));
    return count;
}
