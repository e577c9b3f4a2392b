/* Documents that travel beside a dossier: over a real wire, and put straight to the handlers.
 * A message counts only when everything it names is there and is what it says. */
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
#include "codecs/receipt.h"
#include "codecs/xmldoc.h"
#include "gateway/bijlage_send.h"
#include "gateway/bijlage_store.h"
#include "gateway/bijlagen.h"
#include "gateway/call.h"
#include "gateway/clock.h"
#include "gateway/enclosure.h"
#include "gateway/handle_bijlage.h"
#include "gateway/sweep.h"
#include "gateway/upload.h"
#include "peers/file.h"
#include "tests/hostile/post.h"
#include "tests/sample.h"

#define SECONDS 30
#define SMALL 2000
#define LARGE ((5u << 19) + 17) /* two pieces and a half */

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = "0141", .naam = "Ander", .kind = PKI_P256 },
};
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1], *const ANDER = &TOWNS[2];
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

static void file_of(const struct town *town, const struct town *owner, const char *name,
                    char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/bijlagen/%s/%s", town->folder, owner->oin, name);
}

struct counting {
    int files;
    int64_t bytes;
    char name[80];
};

static bool count_file(void *context, const struct bijlagen_file *file, struct fault *fault)
{
    struct counting *counting = context;

    (void)fault;
    counting->files++;
    counting->bytes += file->size;
    snprintf(counting->name, sizeof(counting->name), "%s", file->name);
    return true;
}

static struct counting files_of(struct town *town, const struct town *owner)
{
    struct counting counting = { 0 };
    struct fault fault = { 0 };

    assert_true(bijlagen_list(&town->gateway.home, owner->oin, count_file, &counting, &fault));
    return counting;
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
    assert_int_equal(files_of(NIEUW, OUD).files, 2);
    assert_int_equal(files_of(NIEUW, OUD).bytes, LARGE + SMALL + 2 * BIJLAGE_TAG);
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
    file_of(NIEUW, OUD, files_of(NIEUW, OUD).name, path); /* one of the two */
    flip(path);
    assert_int_equal(reads("bijlage-1") + reads("bijlage-2"), 1);
    flip(path);
    assert_int_equal(reads("bijlage-1") + reads("bijlage-2"), 2);
}

static void a_preview_sends_nothing_and_leaves_nothing(void **state)
{
    SCOPED_BUF struct buf documents = { 0 };
    struct fault fault = { 0 };
    int before = files_of(OUD, OUD).files;
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
    assert_int_equal(files_of(OUD, OUD).files, before);
    assert_int_equal(town_count(OUD, "SELECT count(*) FROM outbox"), rows);
    json_decref(shown);
}

static void what_is_named_must_come_along(void **state)
{
    SCOPED_BUF struct buf documents = { 0 };
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
    int before = files_of(OUD, OUD).files;
    int64_t held;

    (void)state;
    assert_true(enclosure_add(&OUD->gateway, &piece, &held, &fault));
    assert_null(send_sample(call_overdracht_send, "gezinsmigrant.xml", piece.file, &fault));
    assert_int_equal(fault.code, FAULT_ATTACHMENT);
    assert_non_null(strstr(fault.text, "PDF, JPEG, PNG or TIFF"));
    assert_int_equal(files_of(OUD, OUD).files, before);
}

/* --- messages made by hand --------------------------------------------------------------- */

/* One small document as OUD would send it: ciphertext in `cipher`, the dossier that names it
 * in `text`. */
struct parcel {
    struct document document;
    char name[DIGEST_HEX];
    unsigned char cipher[SMALL + BIJLAGE_TAG];
    struct buf text;
};

static void pack_bytes(struct parcel *parcel, const void *plain, const char *mediatype)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct document *document = &parcel->document;
    struct fault fault = { 0 };

    struct bijlage *bijlage = bijlage_encrypt(document->key);
    bijlage_pass(bijlage, plain, SMALL, parcel->cipher);
    bijlage_seal(bijlage, parcel->cipher + SMALL, &document->plain);
    bijlage_destroy(bijlage);
    document->plain.mediatype = mediatype;
    document->cipher_size = SMALL + BIJLAGE_TAG;
    digest_of(parcel->cipher, sizeof(parcel->cipher), &document->cipher);
    digest_hex(&document->cipher, parcel->name);
    assert_true(xmldoc_parse(sample, strlen(sample), &doc, &fault));
    assert_true(document_enclose(xmlDocGetRootElement(doc), "x.pdf", document, &fault));
    xmldoc_write(doc, &parcel->text);
}

static void pack(struct parcel *parcel)
{
    pack_bytes(parcel, PDF, "application/pdf");
}

static int put(struct town *to, struct town *from, const char *name, const char *range,
               const void *bytes, size_t size)
{
    struct listen_request request = {
        .client = keys_certificate(from->gateway.keys, PURPOSE_TLS_CLIENT),
        .body = { (unsigned char *)(uintptr_t)bytes, size, size },
        .address = "192.0.2.1"
    };
    struct listen_answer answer = { 0 };

    snprintf(request.head.method, sizeof(request.head.method), "PUT");
    snprintf(request.head.path, sizeof(request.head.path), HANDLE_BIJLAGE_PATH "%s", name);
    snprintf(request.head.bron, sizeof(request.head.bron), "%s", from->oin);
    snprintf(request.head.doel, sizeof(request.head.doel), "%s", to->oin);
    snprintf(request.head.content_range, sizeof(request.head.content_range), "%s", range);
    handle_bijlage_put(&to->gateway, &request, &answer);
    buf_finish(&answer.body);
    return answer.status;
}

static size_t head(struct town *to, struct town *from, const char *name)
{
    struct listen_request request = { .client = keys_certificate(from->gateway.keys,
                                                                 PURPOSE_TLS_CLIENT),
                                      .address = "192.0.2.1" };
    struct listen_answer answer = { 0 };

    snprintf(request.head.path, sizeof(request.head.path), HANDLE_BIJLAGE_PATH "%s", name);
    snprintf(request.head.bron, sizeof(request.head.bron), "%s", from->oin);
    snprintf(request.head.doel, sizeof(request.head.doel), "%s", to->oin);
    handle_bijlage_head(&to->gateway, &request, &answer);
    buf_finish(&answer.body);
    return answer.status == 200 ? answer.head_length : SIZE_MAX;
}

static void put_all(struct parcel *parcel)
{
    char range[64];

    snprintf(range, sizeof(range), "bytes 0-%zu/%zu", sizeof(parcel->cipher) - 1,
             sizeof(parcel->cipher));
    assert_int_equal(
        put(NIEUW, OUD, parcel->name, range, parcel->cipher, sizeof(parcel->cipher)), 201);
}

static int64_t stored(void)
{
    return town_count(NIEUW, "SELECT count(*) FROM inbox");
}

static void without_its_document_nothing_is_stored_until_it_comes(void **state)
{
    struct parcel parcel = { 0 };
    struct post post;
    struct listen_answer answer;
    struct receipt receipt;
    int64_t before = stored();

    (void)state;
    pack(&parcel);
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = buf_text(&parcel.text);
    post_send(&post, &answer);
    assert_int_equal(answer.status, 409);
    assert_non_null(strstr(buf_text(&answer.body),
                           "<type>urn:nl:estafette:problem:bijlage-ontbreekt</type>"));
    assert_int_equal(stored(), before);
    buf_finish(&answer.body);
    put_all(&parcel);
    post_hand(&post, &answer);
    assert_true(post_receipt(&post, &answer, &receipt) && receipt.aangenomen);
    assert_int_equal(stored(), before + 1);
    buf_finish(&answer.body);
    post_finish(&post);
    buf_finish(&parcel.text);
}

static void a_document_that_is_something_else_is_refused_for_ever(void **state)
{
    unsigned char html[SMALL] = "<html><script>";
    struct parcel parcel = { 0 };
    struct post post;
    struct listen_answer answer;
    struct receipt receipt;

    (void)state;
    pack_bytes(&parcel, html, "application/pdf");
    put_all(&parcel);
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = buf_text(&parcel.text);
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            post_send(&post, &answer);
        else
            post_hand(&post, &answer);
        assert_true(post_receipt(&post, &answer, &receipt));
        assert_false(receipt.aangenomen);
        assert_string_equal(receipt.code, "bijlage");
        assert_non_null(strstr(receipt.tekst, "bijlage-1"));
        buf_finish(&answer.body);
    }
    post_finish(&post);
    buf_finish(&parcel.text);
}

static void a_dossier_that_names_what_it_does_not_bring_is_refused(void **state)
{
    SCOPED_MEM char *text = sample_dossier("asielstatushouder.xml");
    struct post post;
    struct listen_answer answer;
    struct receipt receipt;

    (void)state;
    post_start(&post, OUD, NIEUW, SOORT_DOSSIER);
    post.dossier = text;
    post_send(&post, &answer);
    assert_true(post_receipt(&post, &answer, &receipt));
    assert_string_equal(receipt.code, "regel");
    assert_non_null(strstr(receipt.tekst, "document-meegestuurd"));
    buf_finish(&answer.body);
    post_finish(&post);
}

/* --- requests made by hand --------------------------------------------------------------- */

static void a_request_that_is_not_right_changes_nothing(void **state)
{
    static const char NAME[] =
        "00000000000000000000000000000000000000000000000000000000000000aa";
    static const struct {
        const char *name, *range;
        size_t size;
        int status;
    } CASES[] = {
        { NAME, "bytes 0-9/100", 10, 202 }, /* the only one that is */
        { NAME, "", 10, 400 },
        { NAME, "bytes 0-9", 10, 400 },
        { NAME, "bytes 0-9/*", 10, 400 },
        { NAME, "bytes */100", 10, 400 },
        { NAME, "bytes=10-19/100", 10, 400 },
        { NAME, "bytes 10-19/100 ", 10, 400 },
        { NAME, "bytes 10-18/100", 10, 400 },
        { NAME, "bytes 10-20/100", 10, 400 },
        { NAME, "bytes 19-10/100", 10, 400 },
        { NAME, "bytes 10-19/15", 10, 400 },
        { NAME, "bytes -1-8/100", 10, 400 },
        { NAME, "bytes +10-19/100", 10, 400 },
        { NAME, "bytes 10-9/100", 0, 400 },
        { NAME, "bytes 18446744073709551626-18446744073709551635/100", 10, 400 },
        { NAME, "bytes 0-9/100", 10, 409 },
        { NAME, "bytes 20-29/100", 10, 409 },
        { NAME, "bytes 10-19/999999999999", 10, 413 },
        { "..", "bytes 10-19/100", 10, 400 },
        { "AA", "bytes 10-19/100", 10, 400 },
        { "", "bytes 10-19/100", 10, 400 },
    };
    int files = files_of(NIEUW, OUD).files;

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int status = put(NIEUW, OUD, CASES[i].name, CASES[i].range, PDF, CASES[i].size);
        if (status != CASES[i].status)
            fail_msg("%s: %d", CASES[i].range, status);
    }
    assert_int_equal(head(NIEUW, OUD, NAME), 10);
    assert_int_equal(files_of(NIEUW, OUD).files, files + 1);
}

static void nobody_sees_what_another_sent(void **state)
{
    struct parcel parcel = { 0 };

    (void)state;
    pack(&parcel);
    put_all(&parcel);
    assert_int_equal(head(NIEUW, OUD, parcel.name), sizeof(parcel.cipher));
    assert_int_equal(head(NIEUW, ANDER, parcel.name), 0);
    buf_finish(&parcel.text);
}

static void only_an_active_peer_may_bring_documents(void **state)
{
    static const enum peer_state STATES[] = { PEER_VOORGESTELD, PEER_GESCHORST };
    static const char NAME[] =
        "00000000000000000000000000000000000000000000000000000000000000bb";

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        town_know(NIEUW, ANDER, STATES[i]);
        assert_int_equal(put(NIEUW, ANDER, NAME, "bytes 0-9/100", PDF, 10), 400);
        assert_int_equal(head(NIEUW, ANDER, NAME), SIZE_MAX);
    }
    town_know(NIEUW, ANDER, PEER_ACTIEF);
    assert_int_equal(put(NIEUW, ANDER, NAME, "bytes 0-9/100", PDF, 10), 202);
}

static void what_waits_for_a_message_has_a_quota(void **state)
{
    static const char NAME[] =
        "00000000000000000000000000000000000000000000000000000000000000cc";
    char range[64];

    (void)state;
    NIEUW->gateway.config.waiting_mib = 1;
    snprintf(range, sizeof(range), "bytes 0-%u/%u", 900000 - 1, 2000000);
    assert_int_equal(put(NIEUW, ANDER, NAME, range, PDF, 900000), 202);
    snprintf(range, sizeof(range), "bytes %u-%u/%u", 900000, 1800000 - 1, 2000000);
    assert_int_equal(put(NIEUW, ANDER, NAME, range, PDF, 900000), 429);
    NIEUW->gateway.config.waiting_mib = 2;
    assert_int_equal(put(NIEUW, ANDER, NAME, range, PDF, 900000), 202);
    NIEUW->gateway.config.waiting_mib = 1000;
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
    assert_int_equal(put(NIEUW, OUD, item.name, range, first.data, 700000), 202);
    struct deliver *deliver = deliver_create(&settings);
    if (!bijlage_send(&OUD->gateway, deliver, peer, &list, &conveyance, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(conveyance.carried, item.size - 700000);
    assert_int_equal(head(NIEUW, OUD, item.name), item.size);
    conveyance.carried = 0;
    assert_true(bijlage_send(&OUD->gateway, deliver, peer, &list, &conveyance, &fault));
    assert_int_equal(conveyance.carried, 0); /* nothing goes twice */
    deliver_destroy(deliver);
    enclosure_forget_list(buf_text(&documents), false);
}

/* --- sweeping ---------------------------------------------------------------------------- */

static void make_old(struct town *town, const struct town *owner, const char *name)
{
    const struct timespec old[2] = { { .tv_sec = clock_now() - 2 * 86400L },
                                     { .tv_sec = clock_now() - 2 * 86400L } };
    char path[PATH_MAX];

    file_of(town, owner, name, path);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
}

static bool missing_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct bijlage_owner owner = { OUD->oin, "bericht", "overdracht" };

    return bijlage_store_add(db, &NIEUW->gateway.home, &owner, argument, fault);
}

static void what_no_message_came_for_goes_after_a_day(void **state)
{
    struct parcel old = { 0 }, asked = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };
    int removed = 0, before = files_of(NIEUW, OUD).files;
    int64_t rows = town_count(NIEUW, "SELECT count(*) FROM bijlage");

    (void)state;
    pack(&old);
    pack(&asked);
    put_all(&old);
    put_all(&asked);
    make_old(NIEUW, OUD, old.name);
    make_old(NIEUW, OUD, asked.name);
    assert_int_equal(head(NIEUW, OUD, asked.name), sizeof(asked.cipher)); /* young again */
    assert_true(
        sweep_run(&NIEUW->gateway, clock_now() - SWEEP_AFTER_SECONDS, &removed, &fault));
    assert_int_equal(removed, 1);
    assert_int_equal(head(NIEUW, OUD, old.name), 0);
    assert_int_equal(head(NIEUW, OUD, asked.name), sizeof(asked.cipher));
    /* A message that comes a moment too late is not acknowledged without it. */
    assert_true(xmldoc_parse(old.text.data, old.text.size, &doc, &fault));
    assert_false(
        store_run(NIEUW->gateway.store, missing_work, xmlDocGetRootElement(doc), &fault));
    assert_int_equal(fault.code, FAULT_MISSING);
    assert_int_equal(files_of(NIEUW, OUD).files, before + 1);
    /* However old: what a message named stays. */
    assert_true(sweep_run(&NIEUW->gateway, clock_now() + 86400, &removed, &fault));
    assert_int_equal(files_of(NIEUW, OUD).files, rows);
    buf_finish(&old.text);
    buf_finish(&asked.text);
}

static int start(void **state)
{
    (void)state;
    town_install();
    memcpy(PDF, "%PDF-1.7", 8);
    for (size_t i = 8; i < LARGE; i++)
        PDF[i] = (unsigned char)(i * 31 + i / 509);
    town_gather(TOWNS, 3, 3);
    for (size_t i = 0; i < 2; i++) {
        town_stop(&TOWNS[i]);
        town_start(&TOWNS[i]);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, 3);
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
        cmocka_unit_test(without_its_document_nothing_is_stored_until_it_comes),
        cmocka_unit_test(a_document_that_is_something_else_is_refused_for_ever),
        cmocka_unit_test(a_dossier_that_names_what_it_does_not_bring_is_refused),
        cmocka_unit_test(a_request_that_is_not_right_changes_nothing),
        cmocka_unit_test(nobody_sees_what_another_sent),
        cmocka_unit_test(only_an_active_peer_may_bring_documents),
        cmocka_unit_test(what_waits_for_a_message_has_a_quota),
        cmocka_unit_test(an_attempt_goes_on_where_the_last_was_cut),
        cmocka_unit_test(what_no_message_came_for_goes_after_a_day),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
