/* house -- see house.h.
 *
 * Trust is the real one, from a directory. Keys is a double: the code under
 * test only asks it for a key and its certificate, and how those come from
 * HOME/keys is tested elsewhere.
 */
#include "tests/gateway/house.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "codecs/base/mem.h"

struct keys {
    X509 *certificate; /* for both TLS purposes */
};

struct house {
    struct pki *pki;
    struct keys keys;
    struct trust *trust;
    char directory[64];
};

EVP_PKEY *keys_get(const struct keys *keys, enum purpose purpose)
{
    (void)keys, (void)purpose;
    return pki_key(PKI_P256, 0);
}

X509 *keys_certificate(const struct keys *keys, enum purpose purpose)
{
    (void)purpose;
    return keys->certificate;
}

static struct trust *load(const struct house *house)
{
    struct trust *trust = NULL;
    struct fault fault = { 0 };

    if (!trust_load(house->directory, &trust, &fault)) {
        fprintf(stderr, "%s\n", fault.text);
        abort();
    }
    return trust;
}

struct house *house_create(const char *oin)
{
    struct pki_leaf leaf = { .oin = oin,
                             .purpose = PURPOSE_TLS_CLIENT,
                             .key = pki_key(PKI_P256, 0) };
    struct house *house = mem_alloc(sizeof(*house));

    snprintf(house->directory, sizeof(house->directory), "/tmp/house-XXXXXX");
    if (!mkdtemp(house->directory))
        abort();
    house->pki = pki_create(PKI_P256, "Ours");
    pki_install(house->pki, house->directory);
    house->keys.certificate = pki_issue(house->pki, &leaf);
    house->trust = load(house);
    return house;
}

static void remove_under(const struct house *house, const char *name)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", house->directory, name);
    remove(path);
}

void house_destroy(struct house *house)
{
    static const char *const MADE[] = { "anchors/Ours.pem", "anchors", "crls/Ours.pem",
                                        "crls" };

    trust_release(&house->trust);
    X509_free(house->keys.certificate);
    pki_destroy(house->pki);
    for (size_t i = 0; i < sizeof(MADE) / sizeof(MADE[0]); i++)
        remove_under(house, MADE[i]);
    rmdir(house->directory);
    free(house);
}

void house_revoke(struct house *house, X509 *certificate)
{
    X509_CRL *crl = pki_crl(house->pki, &certificate, 1, 0, 0);

    pki_install_crl(house->pki, crl, house->directory);
    X509_CRL_free(crl);
    trust_release(&house->trust);
    house->trust = load(house);
}

struct pki *house_pki(const struct house *house)
{
    return house->pki;
}

const struct keys *house_keys(const struct house *house)
{
    return &house->keys;
}

struct trust *house_trust(const struct house *house)
{
    return house->trust;
}
