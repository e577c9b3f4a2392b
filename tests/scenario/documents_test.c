/* Documents that travel beside a dossier, over a real wire, and what a client sees of them. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/document.h"
#include "codecs/xmldoc.h"
#include "gateway/bijlage_send.h"
#include "gateway/bijlagen.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/enclosure.h"
#include "gateway/upload.h"
#include "peers/file.h"
#include "tests/hostile/parcel.h"
#include "tests/sample.h"

#define SECONDS 30
#define SMALL 2000
#define LARGE ((5u << 19) + 17) /* two pieces and a half */

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1];
static unsigned char PDF[LARGE];
static char OVERDRACHT[UUID_SIZE]; /* the first that was sent */

/* --- sending ----------------------------------------------------------------------------- */

/* Hands a document over as a client does; its UUID is added to `files`. */
static void hand_over(struct town *town, const char *naam, size_t size, struct buf *files)
{
    char file[UUID_SIZE];
    struct fault fault = { 0 };
    int64_t held = 0;

    uuid_v4(file);
    for (size_t at = 0; at < size; at += (size_t)1 << 20) {
        size_t left = size - at, step = left < 1u << 20 ? left : 1u << 20;
        const struct enclosure_piece piece = {
            file, naam, (int64_t)at, { PDF + at, step, step }
        };
        if (!enclosure_add(&town->gateway, &piece, &held, &fault)
            || !enclosure_add(&town->gateway, &piece, &held, &fault)) /* a repeat */
            fail_msg("%s", fault.text);
    }
    assert_int_equal(held, size);
    buf_addf(files, "%s%s", files->size ? " " : "", file);
}

static void upload(const char *sample, char file[UUID_SIZE])
{
    SCOPED_MEM char *text = sample_dossier(sample);
    const struct buf piece = { (unsigned char *)text, strlen(text), strlen(text) };
    struct fault fault = { 0 };
    size_t held;

    uuid_v4(file);
    assert_true(upload_add(file, 0, &piece, 1 << 20, &held, &fault));
}

/* Asks the handler; the result is the caller's, NULL after a failure. */
static json_t *ask(struct town *town, call_handler *handler, json_t *arguments,
                   struct fault *fault)
{
    struct call call = { .gateway = &town->gateway, .actor = "test", .arguments = arguments };

    call.result = json_object();
    uuid_v7(clock_now_ms(), call.id);
    bool good = handler(&call, fault);
    json_decref(arguments);
    if (good)
        return call.result;
    json_decref(call.result);
    return NULL;
}

static json_t *send_sample(call_handler *handler, const char *sample, const char *documents,
                           struct fault *fault)
{
    char file[UUID_SIZE];

    upload(sample, file);
    return ask(
        OUD, handler,
        json_pack("{s:s, s:s, s:s}", "file", file, "to", NIEUW->oin, "documents", documents),
        fault);
}

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static void assert_reads_back(struct town *town, const char *overdracht, const char *id,
                              size_t size)
{
    struct fault fault = { 0 };

    for (size_t at = 0; at < size;) {
        SCOPED_BUF struct buf piece = { 0 };
        json_t *got = ask(town, call_document_read,
                          json_pack("{s:s, s:s, s:I}", "id", overdracht, "document", id,
                                    "offset", (json_int_t)at),
                          &fault);
        if (!got)
            fail_msg("%s", fault.text);
        assert_int_equal(json_integer_value(json_object_get(got, "size")), size);
        assert_true(base64_decode(text_of(got, "data"), &piece, &fault) && piece.size > 0);
        assert_true(at + piece.size <= size);
        assert_memory_equal(piece.data, PDF + at, piece.size);
        at += piece.size;
        json_decref(got);
    }
}

static void a_dossier_arrives_with_its_documents(void **state)
{
    SCOPED_BUF struct buf documents = { 0 };
    struct fault fault = { 0 };

    (void)state;
    hand_over(OUD, "besluit.pdf", LARGE, &documents);
    hand_over(OUD, "bijlage bij besluit.pdf", SMALL, &documents);
    json_t *sent =
        send_sample(call_overdracht_send, "gezinsmigrant.xml", buf_text(&documents), &fault);
    if (!sent)
        fail_msg("%s", fault.text);
    snprintf(OVERDRACHT, sizeof(OVERDRACHT), "%s", text_of(sent, "overdracht"));
    assert_true(
        town_wait(OUD, "SELECT count(*) FROM outbox WHERE state = 'delivered'", 1, SECONDS));
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM bijlage"), 2);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM bijlage"), 2);
    assert_int_equal(parcel_count(NIEUW, OUD).files, 2);
    assert_int_equal(parcel_count(NIEUW, OUD).bytes, LARGE + SMALL + 2 * BIJLAGE_TAG);
    assert_reads_back(NIEUW, OVERDRACHT, "bijlage-1", LARGE);
    assert_reads_back(OUD, OVERDRACHT, "bijlage-2", SMALL);
    json_decref(sent);
}

/* Nothing of it may be readable on either disk. */
static int look_for_plain(const char *path, const struct stat *status, int kind,
                          struct FTW *place)
{
    SCOPED_BUF struct buf content = { 0 };
    struct fault fault = { 0 };

    (void)status, (void)place;
    if (kind != FTW_F || !strstr(path, "/bijlagen/"))
        return 0;
    assert_true(file_read(path, 8 << 20, &content, &fault));
    assert_null(memmem(content.data, content.size, PDF + 100, 16));
    return 0;
}

static void no_document_rests_readable(void **state)
{
    (void)state;
    nftw(OUD->folder, look_for_plain, 16, FTW_PHYS);
    nftw(NIEUW->folder, look_for_plain, 16, FTW_PHYS);
}

static void flip(const char *path)
{
    FILE *file = fopen(path, "r+");

    assert_non_null(file);
    fseek(file, 50, SEEK_SET);
    int was = fgetc(file);
    fseek(file, 50, SEEK_SET);
    fputc(was ^ 1, file);
    fclose(file);
}

static bool reads(const char *id)
{
    struct fault fault = { 0 };
    json_t *got = ask(NIEUW, call_document_read,
                      json_pack("{s:s, s:s, s:I}", "id", OVERDRACHT, "document", id, "offset",
                                (json_int_t)0),
                      &fault);

    if (!got)
        assert_int_equal(fault.code, FAULT_ATTACHMENT);
    json_decref(got);
    return got != NULL;
}

static void what_was_changed_on_disk_is_not_read(void **state)
{
    char path[PATH_MAX];

    (void)state;
    parcel_path(NIEUW, OUD, parcel_count(NIEUW, OUD).name, path); /* one of the two */
    flip(path);
    assert_int_equal(reads("bijlage-1") + reads("bijlage-2"), 1);
    flip(path);
    assert_int_equal(reads("bijlage-1") + reads("bijlage-2"), 2);
}

static void a_preview_sends_nothing_and_leaves_nothing(void **state)
{
    SCOPED_BUF struct buf documents = { 0 };
    struct fault fault = { 0 };
    int before = parcel_count(OUD, OUD).files;
    int64_t rows = town_count(OUD, "SELECT count(*) FROM outbox");

    (void)state;
    hand_over(OUD, "besluit.pdf", SMALL, &documents);
    json_t *shown = send_sample(call_overdracht_preview, "gezinsmigrant.xml",
                                buf_text(&documents), &fault);
    if (!shown)
        fail_msg("%s", fault.text);
    assert_string_equal(text_of(json_object_get(shown, "ontvanger"), "oin"), NIEUW->oin);
    assert_non_null(strstr(text_of(shown, "bericht"), "<naam>besluit.pdf</naam>"));
    assert_int_equal(json_array_size(json_object_get(shown, "documenten")), 1);
    assert_int_equal(parcel_count(OUD, OUD).files, before);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox"), rows);
    json_decref(shown);
}

static void what_is_named_must_come_along(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    assert_null(send_sample(call_overdracht_send, "asielstatushouder.xml", "", &fault));
    assert_int_equal(fault.code, FAULT_RULE);
    assert_non_null(strstr(fault.text, "pip-1 is named but not sent along"));
    assert_null(send_sample(call_overdracht_send, "gezinsmigrant.xml",
                            "00000000-0000-4000-8000-000000000000", &fault));
    assert_int_equal(fault.code, FAULT_UNKNOWN);
}

static void a_kind_that_may_not_travel_does_not_leave(void **state)
{
    static const unsigned char DOC[] = "PK\x03\x04 this is a text document";
    const struct enclosure_piece piece = { "0f8fad5b-d9cb-469f-a165-70867728950e",
                                           "x.docx",
                                           0,
                                           { (unsigned char *)(uintptr_t)DOC, sizeof(DOC),
                                             sizeof(DOC) } };
    struct fault fault = { 0 };
    int before = parcel_count(OUD, OUD).files;
    int64_t held;

    (void)state;
    assert_true(enclosure_add(&OUD->gateway, &piece, &held, &fault));
    assert_null(send_sample(call_overdracht_send, "gezinsmigrant.xml", piece.file, &fault));
    assert_int_equal(fault.code, FAULT_ATTACHMENT);
    assert_non_null(strstr(fault.text, "PDF, JPEG, PNG or TIFF"));
    assert_int_equal(parcel_count(OUD, OUD).files, before);
}

/* --- resuming ---------------------------------------------------------------------------- */

static void an_attempt_goes_on_where_the_last_was_cut(void **state)
{
    const struct deliver_settings settings = { .connect_ms = 5000,
                                               .total_ms = 20000,
                                               .answer_max = 65536 };
    SCOPED_PEER struct peer *peer = registry_by_oin(OUD->gateway.registry, NIEUW->oin);
    SCOPED_BUF struct buf documents = { 0 };
    struct conveyance conveyance = { 0 };
    struct bijlage_item item = { .size = LARGE + BIJLAGE_TAG };
    struct bijlage_list list = { &item, 1 };
    struct fault fault = { 0 };
    struct document document;
    char range[64];
    SCOPED_FD int fd = -1;
    SCOPED_BUF struct buf first = { 0 };
    size_t got;

    (void)state;
    hand_over(OUD, "besluit.pdf", LARGE, &documents);
    SCOPED_MEM char *text = sample_dossier("gezinsmigrant.xml");
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    assert_true(xmldoc_parse(text, strlen(text), &doc, &fault));
    assert_true(enclosure_take(&OUD->gateway, buf_text(&documents), xmlDocGetRootElement(doc),
                               &fault));
    assert_true(document_read(document_first(xmlDocGetRootElement(doc)), &document, &fault));
    digest_hex(&document.cipher, item.name);
    assert_true(bijlagen_open(&OUD->gateway.home, OUD->oin, item.name, &fd, &fault));
    assert_true(file_get(fd, buf_reserve(&first, 700000), 700000, 0, &got));
    snprintf(range, sizeof(range), "bytes 0-699999/%lld", (long long)item.size);
    const struct parcel_piece piece = { item.name, range, first.data, 700000 };
    assert_int_equal(parcel_put(NIEUW, OUD, &piece), 202);
    struct deliver *deliver = deliver_create(&settings);
    if (!bijlage_send(&OUD->gateway, deliver, peer, &list, &conveyance, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(conveyance.carried, item.size - 700000);
    assert_int_equal(parcel_head(NIEUW, OUD, item.name), item.size);
    conveyance.carried = 0;
    assert_true(bijlage_send(&OUD->gateway, deliver, peer, &list, &conveyance, &fault));
    assert_int_equal(conveyance.carried, 0); /* nothing goes twice */
    deliver_destroy(deliver);
    enclosure_forget_list(buf_text(&documents), false);
}

static int start(void **state)
{
    (void)state;
    town_install();
    memcpy(PDF, "%PDF-1.7", sizeof("%PDF-1.7"));
    for (size_t i = 8; i < LARGE; i++)
        PDF[i] = (unsigned char)(i * 31 + i / 509);
    town_gather(TOWNS, 2, 2);
    for (size_t i = 0; i < 2; i++) {
        town_stop(&TOWNS[i]);
        town_start(&TOWNS[i]);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, 2);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dossier_arrives_with_its_documents),
        cmocka_unit_test(no_document_rests_readable),
        cmocka_unit_test(what_was_changed_on_disk_is_not_read),
        cmocka_unit_test(a_preview_sends_nothing_and_leaves_nothing),
        cmocka_unit_test(what_is_named_must_come_along),
        cmocka_unit_test(a_kind_that_may_not_travel_does_not_leave),
        cmocka_unit_test(an_attempt_goes_on_where_the_last_was_cut),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
