/* house -- see house.h. Keys and trust are doubles with one certificate and one store. */
#include "tests/gateway/house.h"

#include <stdint.h>
#include <stdlib.h>

#include "codecs/base/mem.h"

struct keys {
    X509 *certificate;
};

struct trust {
    X509_STORE *store;
};

struct house {
    struct pki *pki;
    struct keys keys;
    struct trust trust;
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

struct trust *trust_retain(struct trust *trust)
{
    return trust;
}

void trust_release(struct trust **trust)
{
    *trust = NULL;
}

X509_STORE *trust_store(const struct trust *trust)
{
    return trust->store;
}

struct house *house_create(const char *oin)
{
    struct pki_leaf leaf = { .oin = oin,
                             .purpose = PURPOSE_TLS_CLIENT,
                             .key = pki_key(PKI_P256, 0) };
    struct house *house = mem_alloc(sizeof(*house));

    house->pki = pki_create(PKI_P256, "Ours");
    house->keys.certificate = pki_issue(house->pki, &leaf);
    house->trust.store = pki_store(&house->pki, 1);
    return house;
}

void house_destroy(struct house *house)
{
    X509_free(house->keys.certificate);
    X509_STORE_free(house->trust.store);
    pki_destroy(house->pki);
    free(house);
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
    return (struct trust *)(uintptr_t)&house->trust;
}
