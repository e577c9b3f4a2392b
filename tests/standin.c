/* standin -- see standin.h. */
#include "tests/standin.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static struct fault fault;

static void write_pem(const struct standin *standin)
{
    EVP_PKEY *key = pki_key(PKI_P256, 7);
    const struct pki_leaf leaf = { .oin = standin->oin,
                                   .purpose = PURPOSE_TLS_SERVER,
                                   .key = key };
    SCOPED_BUF struct buf pem = { 0 };
    char path[PATH_MAX];

    X509 *certificate = pki_issue(standin->pki, &leaf);
    certificate_to_pem(certificate, &pem);
    MUST(file_write(sim_settings_path(&standin->settings, "certificate.pem", path), 0600,
                    pem.data, pem.size, &fault));
    X509_free(certificate);
    BIO *bio = BIO_new_file(sim_settings_path(&standin->settings, "key.pem", path), "w");
    MUST(bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
    BIO_free(bio);
}

void standin_build(struct standin *standin)
{
    struct sim_settings *settings = &standin->settings;

    snprintf(standin->folder, sizeof(standin->folder), "/tmp/estafette_duo.XXXXXX");
    MUST(mkdtemp(standin->folder));
    *settings = (struct sim_settings){ .retry_ms = 100 };
    snprintf(settings->folder, sizeof(settings->folder), "%s", standin->folder);
    snprintf(settings->oin, sizeof(settings->oin), "%s", standin->oin);
    snprintf(settings->listen, sizeof(settings->listen), "127.0.0.1:%d", town_free_port());
    standin->pki = pki_create(PKI_P256, "DUO (stand-in)");
    MUST(sim_settings_write(settings, &fault));
    write_pem(standin);
}

void standin_know(struct standin *standin, const char *code, const char *oin, struct pki *pki,
                  const char *url)
{
    struct sim_settings *settings = &standin->settings;
    char path[PATH_MAX];

    MUST(settings->count < SIM_GEMEENTEN_MAX);
    struct sim_gemeente *gemeente = &settings->gemeenten[settings->count++];
    snprintf(gemeente->code, sizeof(gemeente->code), "%s", code);
    snprintf(gemeente->oin, sizeof(gemeente->oin), "%s", oin);
    snprintf(gemeente->url, sizeof(gemeente->url), "%s", url);
    pki_install(pki, sim_settings_path(settings, "trust", path));
}

void standin_serve(struct standin *standin, struct town *town)
{
    SCOPED_BUF struct buf ini = { 0 };
    char path[PATH_MAX], url[SIM_URL_SIZE];
    int port = town_free_port();

    snprintf(url, sizeof(url), "https://127.0.0.1:%d", port);
    standin_know(standin, town->code, town->oin, town->pki, url);
    pki_install(standin->pki, home_path(&town->gateway.home, "duo-trust", path));
    home_path(&town->gateway.home, "estafette.ini", path);
    MUST(file_read(path, 1 << 20, &ini, &fault));
    buf_addf(&ini, "[duo]\noin = %s\nbase = https://%s\nlisten = 127.0.0.1:%d\n", standin->oin,
             standin->settings.listen, port);
    MUST(file_write(path, 0600, ini.data, ini.size, &fault));
}

void standin_start(struct standin *standin)
{
    MUST(sim_start(&standin->settings, &standin->sim, &fault));
}

const char *standin_say(struct standin *standin, const char *line)
{
    SCOPED_BUF struct buf says = { 0 };

    MUST(sim_command(standin->sim, line, &says, &fault));
    free(standin->said);
    standin->said = mem_copy(buf_text(&says));
    return standin->said;
}

void standin_stop(struct standin *standin)
{
    sim_stop(standin->sim);
    standin->sim = NULL;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void standin_remove(struct standin *standin)
{
    nftw(standin->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    pki_destroy(standin->pki);
    free(standin->said);
    standin->pki = NULL;
    standin->said = NULL;
}
