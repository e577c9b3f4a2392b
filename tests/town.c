/* town -- see town.h. */
#include "tests/town.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/schema.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "gateway/bijlage_store.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/control.h"
#include "gateway/courier.h"
#include "gateway/deliver.h"
#include "gateway/enclosure.h"
#include "gateway/overdracht.h"
#include "gateway/own_card.h"
#include "gateway/peer_store.h"
#include "gateway/retry.h"
#include "gateway/sql.h"
#include "peers/card.h"
#include "peers/file.h"
#include "tests/answer.h"
#include "tests/sample.h"

#define MUST(condition)                                                                       \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, fault.text);   \
            abort();                                                                          \
        }                                                                                     \
    } while (0)

static struct fault fault;

void town_install(void)
{
    mem_install();
    deliver_install();
    xmldoc_install();
    schema_install();
    view_install();
}

/* --- building ------------------------------------------------------------------------ */

/* Not one of the kernel's choice: between stopping and starting a town, a connection of
 * another test could get the same one. Those below 32768 nobody is given who did not ask. */
int town_free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    bool free = false;

    while (!free) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        address.sin_port = htons((uint16_t)(10240 + retry_random() % 22000));
        free = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
        close(fd);
    }
    return ntohs(address.sin_port);
}

static EVP_PKEY *requested_key(const struct buf *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->size);
    X509_REQ *request = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);

    MUST(request);
    EVP_PKEY *key = X509_REQ_get_pubkey(request);
    X509_REQ_free(request);
    BIO_free(bio);
    return key;
}

void town_renew(struct town *town, enum purpose purpose, time_t until)
{
    SCOPED_BUF struct buf request = { 0 };
    SCOPED_BUF struct buf pem = { 0 };
    char relative[64], path[PATH_MAX];

    const struct csr csr = {
        .purpose = purpose, .oin = town->oin, .naam = town->naam, .host = "127.0.0.1"
    };
    MUST(keys_request(&town->gateway.home, &csr, town->kind == PKI_RSA ? "rsa" : "ec",
                      &request, &fault));
    EVP_PKEY *key = requested_key(&request);
    const struct pki_leaf leaf = {
        .oin = town->oin, .purpose = purpose, .key = key, .not_after = until
    };
    X509 *certificate = pki_issue(town->pki, &leaf);
    certificate_to_pem(certificate, &pem);
    snprintf(relative, sizeof(relative), "certificates/%s.pem", purpose_name(purpose));
    MUST(file_write(home_path(&town->gateway.home, relative, path), 0600, pem.data, pem.size,
                    &fault));
    X509_free(certificate);
    EVP_PKEY_free(key);
}

void town_configure(struct town *town)
{
    SCOPED_BUF struct buf values = { 0 };
    char path[PATH_MAX];

    buf_addf(&values,
             "[organisatie]\noin = %s\nnaam = %s\ngemeentecodes = %s\nomgeving = test\n"
             "[listen]\naddress = 127.0.0.1:%d\nendpoint = https://127.0.0.1:%d\n"
             "[deliver]\nretry_first_seconds = 1\nretry_longest_seconds = 2\n"
             "connect_seconds = 2\ntotal_seconds = %d\n[log]\nlevel = %s\n%s",
             town->oin, town->naam, town->code, town->port, town->port,
             town->total_seconds ? town->total_seconds : 10,
             town->level ? town->level : "error", town->duo ? town->duo : "");
    MUST(file_write(home_path(&town->gateway.home, "estafette.ini", path), 0600, values.data,
                    values.size, &fault));
}

void town_build(struct town *town)
{
    static const enum purpose NEEDED[] = { PURPOSE_TLS_SERVER, PURPOSE_ONDERTEKENEN,
                                           PURPOSE_VERZEGELEN };

    snprintf(town->folder, sizeof(town->folder), "/tmp/estafette_town.XXXXXX");
    MUST(mkdtemp(town->folder));
    gateway_init(&town->gateway);
    MUST(home_create(town->folder, &town->gateway.home, &fault));
    MUST(keys_make_home(&town->gateway.home, &fault));
    town->pki = pki_create(town->kind, town->naam);
    town->port = town_free_port();
    for (size_t i = 0; i < sizeof(NEEDED) / sizeof(NEEDED[0]); i++)
        town_renew(town, NEEDED[i], 0);
    town_configure(town);
    town_trust(town, town);
}

void town_trust(struct town *town, struct town *other)
{
    char path[PATH_MAX];

    pki_install(other->pki, home_path(&town->gateway.home, "trust", path));
}

static void reset(struct town *town)
{
    struct home home = town->gateway.home;

    gateway_init(&town->gateway);
    town->gateway.home = home;
    town->gateway.helper = town->helper;
}

void town_open(struct town *town)
{
    reset(town);
    town->open = true;
    MUST(gateway_check(&town->gateway, &fault));
}

void town_start(struct town *town)
{
    reset(town);
    town->open = true;
    MUST(gateway_start(&town->gateway, &fault));
    town->runs = true;
}

void town_stop(struct town *town)
{
    if (town->open)
        gateway_stop(&town->gateway);
    town->open = town->runs = false;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void town_remove(struct town *town)
{
    nftw(town->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    pki_destroy(town->pki);
    town->pki = NULL;
}

/* --- acquaintance -------------------------------------------------------------------- */

static bool put_work(sqlite3 *db, void *argument, struct fault *why)
{
    return peer_store_put(db, "test", argument, why);
}

static void know(struct town *town, const struct buf *card, enum peer_state state)
{
    SCOPED_PEER struct peer *peer = NULL;

    MUST(peer_create(card->data, card->size, state, &peer, &fault));
    MUST(store_run(town->gateway.store, put_work, peer, &fault));
    registry_put(town->gateway.registry, peer);
}

void town_card(struct town *town, void (*change)(struct card *card), struct buf *signed_card,
               struct digest *fingerprint)
{
    SCOPED_BUF struct buf own = { 0 };
    struct card card = { 0 };
    time_t until;

    MUST(own_card_make(&town->gateway, &own, fingerprint, &until, &fault));
    MUST(card_read(own.data, own.size, &card, fingerprint, &fault));
    if (change)
        change(&card);
    MUST(card_make(&card, keys_get(town->gateway.keys, PURPOSE_ONDERTEKENEN), signed_card,
                   fingerprint, &fault));
    card_finish(&card);
}

void town_know_card(struct town *town, struct town *other, enum peer_state state,
                    void (*change)(struct card *card))
{
    SCOPED_BUF struct buf card = { 0 };
    struct digest fingerprint;

    town_card(other, change, &card, &fingerprint);
    know(town, &card, state);
}

void town_know(struct town *town, struct town *other, enum peer_state state)
{
    town_know_card(town, other, state, NULL);
}

void town_gather(struct town *towns, size_t count, size_t known)
{
    for (size_t i = 0; i < count; i++)
        town_build(&towns[i]);
    for (size_t i = 0; i < count * count; i++)
        town_trust(&towns[i / count], &towns[i % count]);
    for (size_t i = 0; i < count; i++)
        town_open(&towns[i]);
    for (size_t i = 0; i < known * known; i++)
        if (i / known != i % known)
            town_know(&towns[i / known], &towns[i % known], PEER_ACTIEF);
}

void town_scatter(struct town *towns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        town_stop(&towns[i]);
        town_remove(&towns[i]);
    }
}

/* --- doing --------------------------------------------------------------------------- */

struct sending {
    struct town *town;
    xmlNode *dossier;
    struct outbox_row row;
    struct overdracht o;
};

static bool send_work(sqlite3 *db, void *argument, struct fault *why)
{
    struct sending *s = argument;
    const struct gateway *gateway = &s->town->gateway;
    const struct bijlage_owner owner = { s->town->oin, s->row.id, s->row.overdracht };
    struct persoon persoon;

    persoon_of_dossier(s->dossier, &persoon);
    return overdracht_add(db, gateway->keys, "test", &s->o, &persoon, why)
           && outbox_add(db, "test", &s->row, why)
           && bijlage_store_add(db, &gateway->home, &owner, s->dossier, why);
}

/* A PDF of zeros, handed over as a client would. */
static void hand_over(struct town *town, size_t size, char file[UUID_SIZE])
{
    SCOPED_BUF struct buf bytes = { 0 };
    int64_t held;

    uuid_v4(file);
    memset(buf_reserve(&bytes, size), 0, size);
    memcpy(bytes.data, "%PDF-1.7", 8);
    const struct enclosure_piece piece = {
        file, "besluit.pdf", 0, { bytes.data, size, size }
    };
    MUST(enclosure_add(&town->gateway, &piece, &held, &fault));
}

static void send_dossier(struct town *town, struct town *other, xmlNode *dossier,
                         char overdracht[UUID_SIZE])
{
    SCOPED_PEER struct peer *peer = registry_by_oin(town->gateway.registry, other->oin);
    struct sending s = { .town = town, .dossier = dossier };
    const struct letter letter = { .peer = peer,
                                   .soort = SOORT_DOSSIER,
                                   .from = town->code,
                                   .to = other->code,
                                   .valid_seconds = 86400,
                                   .content = dossier };

    MUST(peer && compose_letter(&town->gateway, &letter, &s.row, &fault));
    s.o.state = OVERDRACHT_VERZONDEN;
    memcpy(s.o.id, s.row.overdracht, UUID_SIZE);
    memcpy(s.o.peer, s.row.peer, OIN_SIZE);
    snprintf(s.o.gemeentecode, sizeof(s.o.gemeentecode), "%s", other->code);
    snprintf(s.o.eigen_code, sizeof(s.o.eigen_code), "%s", town->code);
    MUST(store_run(town->gateway.store, send_work, &s, &fault));
    memcpy(overdracht, s.row.overdracht, UUID_SIZE);
    outbox_row_finish(&s.row);
    if (town->runs)
        couriers_wake(town->gateway.couriers);
}

void town_send_document(struct town *town, struct town *other, size_t size,
                        char overdracht[UUID_SIZE])
{
    SCOPED_MEM char *text = sample_dossier("gezinsmigrant.xml");
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    char file[UUID_SIZE] = "";

    MUST(xmldoc_parse(text, strlen(text), &doc, &fault));
    if (size > 0)
        hand_over(town, size, file);
    MUST(enclosure_take(&town->gateway, file, xmlDocGetRootElement(doc), &fault));
    send_dossier(town, other, xmlDocGetRootElement(doc), overdracht);
    enclosure_forget_list(file, false);
}

void town_send(struct town *town, struct town *other, char overdracht[UUID_SIZE])
{
    town_send_document(town, other, 0, overdracht);
}

static bool queue_work(sqlite3 *db, void *argument, struct fault *why)
{
    return outbox_add(db, "test", argument, why);
}

void town_queue(struct town *town, struct town *other, const struct letter *letter,
                char id[UUID_SIZE])
{
    SCOPED_PEER struct peer *peer = registry_by_oin(town->gateway.registry, other->oin);
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    struct letter whole = *letter;

    whole.peer = peer;
    whole.from = town->code;
    whole.to = other->code;
    whole.valid_seconds = 86400;
    MUST(peer && compose_letter(&town->gateway, &whole, &row, &fault));
    MUST(store_run(town->gateway.store, queue_work, &row, &fault));
    memcpy(id, row.id, UUID_SIZE);
    if (town->runs)
        couriers_wake(town->gateway.couriers);
}

static void hold_to_description(struct town *town, call_handler *handler, json_t *result)
{
    call_handler *run;
    const char *name;

    for (size_t i = 0; (name = control_request(i, &run)); i++)
        if (run == handler)
            answer_check(town->gateway.api, name, result);
}

json_t *town_ask(struct town *town, call_handler *handler, json_t *arguments,
                 struct fault *why)
{
    struct call call = { .gateway = &town->gateway,
                         .actor = "test",
                         .arguments = arguments,
                         .result = json_object() };

    uuid_v7(clock_now_ms(), call.id);
    bool good = handler(&call, why);
    json_decref(call.arguments);
    if (good) {
        hold_to_description(town, handler, call.result);
        return call.result;
    }
    json_decref(call.result);
    return NULL;
}

static bool do_work(sqlite3 *db, void *argument, struct fault *why)
{
    const char *const *statement = argument;

    return sql_do(db, why, *statement, "");
}

void town_do(struct town *town, const char *statement)
{
    MUST(store_run(town->gateway.store, do_work, &statement, &fault));
}

struct counting {
    const char *query;
    int64_t count;
};

static bool count_work(sqlite3 *db, void *argument, struct fault *why)
{
    struct counting *counting = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, why, counting->query, "") || !sql_row(stmt, &row, why))
        return false;
    counting->count = sqlite3_column_int64(stmt, 0);
    return true;
}

int64_t town_count(struct town *town, const char *query)
{
    struct counting counting = { .query = query };

    MUST(store_run(town->gateway.store, count_work, &counting, &fault));
    return counting.count;
}

bool town_wait(struct town *town, const char *query, int64_t expected, int seconds)
{
    const struct timespec pause = { .tv_nsec = 5000000 };
    int64_t until = clock_monotonic_ms() + seconds * 1000LL;

    while (town_count(town, query) != expected) {
        if (clock_monotonic_ms() > until)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}
