/* patient -- see patient.h. */
#include "tests/cli/patient.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
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
#include <openssl/pem.h>

#include "codecs/receipt.h"
#include "gateway/clock.h"
#include "gateway/sql.h"
#include "peers/file.h"

static struct town *patient, *friend;
static char home[] = "/tmp/estafette_patient.XXXXXX";
static struct fault fault;

void patient_begin(struct town *town, struct town *peer)
{
    patient = town;
    friend = peer;
    assert_non_null(mkdtemp(home));
}

/* --- files of the copy ---------------------------------------------------------------------
 */

const char *patient_path(const char *relative)
{
    static char paths[4][PATH_MAX];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, PATH_MAX, "%s/%s", home, relative);
    return path;
}

static int copy_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    SCOPED_BUF struct buf content = { 0 };
    const char *to = patient_path(path + strlen(patient->folder));

    (void)place;
    if (kind == FTW_D)
        return mkdir(to, 0700) != 0 && errno != EEXIST;
    if (!S_ISREG(status->st_mode))
        return 0;
    return !file_read(path, 64u << 20, &content, &fault)
           || !file_write(to, 0600, content.data, content.size, &fault);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void patient_admit(void)
{
    assert_int_equal(nftw(patient->folder, copy_one, 8, FTW_PHYS), 0);
}

void patient_dismiss(void)
{
    chmod(patient_path("store"), 0700);
    nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void patient_read(const char *relative, struct buf *content)
{
    assert_true(file_read(patient_path(relative), 1 << 20, content, &fault));
}

void patient_write(const char *relative, const void *bytes, size_t size)
{
    assert_true(file_write(patient_path(relative), 0600, bytes, size, &fault));
}

void patient_set(const char *from, const char *to)
{
    SCOPED_BUF struct buf ini = { 0 }, changed = { 0 };

    patient_read("estafette.ini", &ini);
    const char *text = buf_text(&ini), *at = strstr(text, from);
    assert_non_null(at);
    buf_add(&changed, text, (size_t)(at - text));
    buf_add_text(&changed, to);
    buf_add_text(&changed, at + strlen(from));
    patient_write("estafette.ini", changed.data, changed.size);
}

int patient_clear(const char *folder)
{
    return nftw(patient_path(folder), remove_one, 8, FTW_DEPTH | FTW_PHYS)
           || mkdir(patient_path(folder), 0700);
}

void patient_certify(enum purpose purpose, time_t from, time_t until)
{
    SCOPED_BUF struct buf pem = { 0 };
    char relative[64];

    snprintf(relative, sizeof(relative), "keys/%s.key", purpose_name(purpose));
    FILE *file = fopen(patient_path(relative), "re");
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    const struct pki_leaf leaf = { .oin = patient->oin,
                                   .purpose = purpose,
                                   .key = key,
                                   .not_before = from,
                                   .not_after = until };
    X509 *certificate = pki_issue(patient->pki, &leaf);
    certificate_to_pem(certificate, &pem);
    snprintf(relative, sizeof(relative), "certificates/%s.pem", purpose_name(purpose));
    patient_write(relative, pem.data, pem.size);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

void patient_crl(struct town *of, time_t this_update, time_t next_update)
{
    X509_CRL *list = pki_crl(of->pki, NULL, 0, this_update, next_update);

    pki_install_crl(of->pki, list, patient_path("trust"));
    X509_CRL_free(list);
}

/* --- rows of the copy ----------------------------------------------------------------------
 */

static sqlite3 *open_store(void)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(patient_path("store/estafette.db"), &db), SQLITE_OK);
    return db;
}

void patient_rows(const char *statement)
{
    sqlite3 *db = open_store();

    assert_true(sql_do(db, &fault, statement, ""));
    sqlite3_close(db);
}

void patient_holds_card(void (*change)(struct card *card))
{
    SCOPED_BUF struct buf card = { 0 };
    struct digest fingerprint;
    sqlite3 *db = open_store();

    town_card(friend, change, &card, &fingerprint);
    assert_true(sql_do(db, &fault, "UPDATE peer SET card = ?", "b", card.data, card.size));
    sqlite3_close(db);
}

void patient_holds_receipt(time_t tijd)
{
    SCOPED_BUF struct buf xml = { 0 };
    struct receipt receipt = { .aangenomen = true, .tijd = tijd };
    sqlite3 *db = open_store();

    uuid_v4(receipt.bericht_id);
    snprintf(receipt.afzender, sizeof(receipt.afzender), "%s", patient->oin);
    snprintf(receipt.ontvanger, sizeof(receipt.ontvanger), "%s", friend->oin);
    assert_true(receipt_make(&receipt, keys_get(friend->gateway.keys, PURPOSE_ONDERTEKENEN),
                             keys_certificate(friend->gateway.keys, PURPOSE_ONDERTEKENEN),
                             &xml, &fault));
    assert_true(
        sql_do(db, &fault,
               "INSERT INTO outbox (id, overdracht, soort, peer, state, settled_by,"
               " sealed, canonical, created, expires, attempts, next_try, receipt,"
               " settled) VALUES ('x', 'x', 'dossier', ?, 'delivered', 'receipt', x'00',"
               " x'00', 0, 0, 1, 0, ?, ?)",
               "tbi", friend->oin, xml.data, xml.size, (int64_t)clock_now() - 60));
    sqlite3_close(db);
}
