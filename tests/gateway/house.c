/* house -- see house.h: a home on disk, loaded as the daemon does. */
#include "tests/gateway/house.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "codecs/base/mem.h"
#include "gateway/home.h"
#include "peers/file.h"

#define MUST(condition)                                                                       \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, fault.text);   \
            abort();                                                                          \
        }                                                                                     \
    } while (0)

struct house {
    struct pki *pki;
    struct home home;
    struct keys *keys;
    struct trust *trust;
};

static void write_file(const struct house *house, const char *folder, const char *name,
                       const struct buf *content)
{
    char relative[64], path[PATH_MAX];
    struct fault fault = { 0 };

    snprintf(relative, sizeof(relative), "%s/%s", folder, name);
    MUST(file_create(home_path(&house->home, relative, path), 0600, content->data,
                     content->size, &fault));
}

static void write_key(const struct house *house, enum purpose purpose, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char name[32], *text;
    SCOPED_BUF struct buf pem = { 0 };

    if (!bio || !PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
        abort();
    long size = BIO_get_mem_data(bio, &text);
    buf_add(&pem, text, (size_t)size);
    BIO_free(bio);
    snprintf(name, sizeof(name), "%s.key", purpose_name(purpose));
    write_file(house, "keys", name, &pem);
}

static void write_certificate(const struct house *house, enum purpose purpose,
                              const struct pki_leaf *leaf)
{
    X509 *certificate = pki_issue(house->pki, leaf);
    char name[32];
    SCOPED_BUF struct buf pem = { 0 };

    certificate_to_pem(certificate, &pem);
    X509_free(certificate);
    snprintf(name, sizeof(name), "%s.pem", purpose_name(purpose));
    write_file(house, "certificates", name, &pem);
}

static void write_keys(const struct house *house, const char *oin)
{
    struct fault fault = { 0 };

    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        struct pki_leaf leaf = { .oin = oin,
                                 .purpose = (enum purpose)purpose,
                                 .key = pki_key(PKI_P256, purpose) };
        write_key(house, leaf.purpose, leaf.key);
        write_certificate(house, leaf.purpose, &leaf);
    }
    MUST(keys_make_home(&house->home, &fault));
}

static void load_trust(struct house *house)
{
    char path[PATH_MAX];
    struct fault fault = { 0 };

    MUST(trust_load(home_path(&house->home, "trust", path), &house->trust, &fault));
}

struct house *house_create(const char *oin)
{
    struct house *house = mem_alloc(sizeof(*house));
    char directory[] = "/tmp/house-XXXXXX", path[PATH_MAX];
    struct fault fault = { 0 };

    MUST(mkdtemp(directory));
    MUST(home_create(directory, &house->home, &fault));
    house->pki = pki_create(PKI_P256, "Ours");
    pki_install(house->pki, home_path(&house->home, "trust", path));
    write_keys(house, oin);
    MUST(keys_load(&house->home, oin, &house->keys, &fault));
    load_trust(house);
    return house;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

void house_destroy(struct house *house)
{
    trust_release(&house->trust);
    keys_destroy(house->keys);
    pki_destroy(house->pki);
    nftw(house->home.path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(house);
}

void house_revoke(struct house *house, X509 *certificate)
{
    X509_CRL *crl = pki_crl(house->pki, &certificate, 1, 0, 0);
    char path[PATH_MAX];

    pki_install_crl(house->pki, crl, home_path(&house->home, "trust", path));
    X509_CRL_free(crl);
    trust_release(&house->trust);
    load_trust(house);
}

struct pki *house_pki(const struct house *house)
{
    return house->pki;
}

const struct keys *house_keys(const struct house *house)
{
    return house->keys;
}

struct trust *house_trust(const struct house *house)
{
    return house->trust;
}
