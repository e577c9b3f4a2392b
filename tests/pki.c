/* pki -- see pki.h. */
#include "tests/pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "codecs/base/mem.h"

#define KEYS_MAX 8
#define MUST(condition) must((condition), #condition, __LINE__)

static void must(bool good, const char *what, int line)
{
    if (good)
        return;
    fprintf(stderr, "%s:%d: %s\n", __FILE__, line, what);
    abort();
}

struct pki {
    char name[64];
    EVP_PKEY *key;
    X509 *root;
    bool intermediate;
    long serial;
};

static EVP_PKEY *KEYS[PKI_KINDS][KEYS_MAX];

__attribute__((destructor)) static void release_keys(void)
{
    for (int kind = 0; kind < PKI_KINDS; kind++)
        for (int n = 0; n < KEYS_MAX; n++)
            EVP_PKEY_free(KEYS[kind][n]);
}

static EVP_PKEY *make_key(enum pki_kind kind)
{
    switch (kind) {
    case PKI_P256:
        return EVP_EC_gen("P-256");
    case PKI_P384:
        return EVP_EC_gen("P-384");
    case PKI_RSA2048:
        return EVP_RSA_gen(2048);
    default:
        return EVP_RSA_gen(3072);
    }
}

EVP_PKEY *pki_key(enum pki_kind kind, int n)
{
    MUST(n >= 0 && n < KEYS_MAX);
    if (!KEYS[kind][n])
        KEYS[kind][n] = make_key(kind);
    MUST(KEYS[kind][n]);
    return KEYS[kind][n];
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    if (!value)
        return;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    MUST(extension && X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

static void add_entry(X509_NAME *name, const char *field, const char *value)
{
    MUST(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value,
                                    -1, -1, 0));
}

static X509 *start_certificate(EVP_PKEY *key, long serial, time_t from, time_t until)
{
    X509 *certificate = X509_new();

    MUST(certificate && X509_set_version(certificate, X509_VERSION_3));
    MUST(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial));
    MUST(ASN1_TIME_set(X509_getm_notBefore(certificate), from));
    MUST(ASN1_TIME_set(X509_getm_notAfter(certificate), until));
    MUST(X509_set_pubkey(certificate, key));
    return certificate;
}

static struct pki *create(struct pki *parent, enum pki_kind kind, const char *name)
{
    struct pki *pki = mem_alloc(sizeof(*pki));
    X509 *issuer;
    time_t now = time(NULL);

    snprintf(pki->name, sizeof(pki->name), "%s", name);
    pki->intermediate = parent;
    pki->key = make_key(kind);
    pki->root = start_certificate(pki->key, parent ? ++parent->serial : 1, now - 2L * 86400,
                                  now + 3650L * 86400);
    issuer = parent ? parent->root : pki->root;
    pki->serial = 1000;
    add_entry(X509_get_subject_name(pki->root), "CN", name);
    MUST(X509_set_issuer_name(pki->root, X509_get_subject_name(issuer)));
    add_extension(pki->root, issuer, NID_subject_key_identifier, "hash");
    add_extension(pki->root, issuer, NID_authority_key_identifier, "keyid:always");
    add_extension(pki->root, issuer, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(pki->root, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    MUST(X509_sign(pki->root, parent ? parent->key : pki->key, EVP_sha256()));
    return pki;
}

struct pki *pki_create(enum pki_kind kind, const char *name)
{
    return create(NULL, kind, name);
}

struct pki *pki_create_under(struct pki *parent, enum pki_kind kind, const char *name)
{
    return create(parent, kind, name);
}

void pki_destroy(struct pki *pki)
{
    if (!pki)
        return;
    X509_free(pki->root);
    EVP_PKEY_free(pki->key);
    free(pki);
}

X509 *pki_root(const struct pki *pki)
{
    return pki->root;
}

static const char *usage_for(const struct pki_leaf *leaf)
{
    if (leaf->key_usage)
        return leaf->key_usage;
    if (leaf->purpose != PURPOSE_VERZEGELEN)
        return "critical,digitalSignature";
    return EVP_PKEY_is_a(leaf->key, "RSA") ? "critical,keyEncipherment"
                                           : "critical,keyAgreement";
}

static bool is_tls(enum purpose purpose)
{
    return purpose == PURPOSE_TLS_SERVER || purpose == PURPOSE_TLS_CLIENT;
}

X509 *pki_issue(struct pki *pki, const struct pki_leaf *leaf)
{
    time_t now = time(NULL);
    bool tls = is_tls(leaf->purpose);
    X509 *certificate = start_certificate(
        leaf->key, ++pki->serial, leaf->not_before ? leaf->not_before : now - 86400,
        leaf->not_after ? leaf->not_after : now + 365L * 86400);

    add_entry(X509_get_subject_name(certificate), "C", "NL");
    add_entry(X509_get_subject_name(certificate), "O", "Gemeente Test");
    add_entry(X509_get_subject_name(certificate), "CN", "localhost");
    if (leaf->oin)
        add_entry(X509_get_subject_name(certificate), "serialNumber", leaf->oin);
    MUST(X509_set_issuer_name(certificate, X509_get_subject_name(pki->root)));
    add_extension(certificate, pki->root, NID_subject_key_identifier, "hash");
    add_extension(certificate, pki->root, NID_authority_key_identifier, "keyid:always");
    add_extension(certificate, pki->root, NID_basic_constraints,
                  leaf->basic ? leaf->basic : "critical,CA:FALSE");
    add_extension(certificate, pki->root, NID_key_usage, usage_for(leaf));
    add_extension(certificate, pki->root, NID_ext_key_usage,
                  leaf->ext_usage ? leaf->ext_usage
                  : tls           ? "serverAuth,clientAuth"
                                  : NULL);
    add_extension(certificate, pki->root, NID_subject_alt_name,
                  leaf->host ? leaf->host
                  : tls      ? "DNS:localhost,IP:127.0.0.1"
                             : NULL);
    MUST(X509_sign(certificate, pki->key, leaf->digest ? leaf->digest : EVP_sha256()));
    return certificate;
}

static void set_crl_times(X509_CRL *crl, time_t this_update, time_t next_update)
{
    time_t now = time(NULL);
    ASN1_TIME *at = ASN1_TIME_set(NULL, this_update ? this_update : now - 3600);

    MUST(at && X509_CRL_set1_lastUpdate(crl, at));
    MUST(ASN1_TIME_set(at, next_update ? next_update : now + 7L * 86400));
    MUST(X509_CRL_set1_nextUpdate(crl, at));
    ASN1_TIME_free(at);
}

static void add_revoked(X509_CRL *crl, X509 *certificate)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *at = ASN1_TIME_set(NULL, time(NULL) - 7200);

    MUST(entry && at && X509_REVOKED_set_revocationDate(entry, at));
    MUST(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)));
    MUST(X509_CRL_add0_revoked(crl, entry));
    ASN1_TIME_free(at);
}

static void add_crl_extension(X509_CRL *crl, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, NULL, NULL, crl, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    MUST(extension && X509_CRL_add_ext(crl, extension, -1));
    X509_EXTENSION_free(extension);
}

static void add_crl_number(X509_CRL *crl, long number)
{
    ASN1_INTEGER *value = ASN1_INTEGER_new();

    MUST(value && ASN1_INTEGER_set(value, number));
    MUST(X509_CRL_add1_ext_i2d(crl, NID_crl_number, value, 0, 0));
    ASN1_INTEGER_free(value);
}

X509_CRL *pki_crl(struct pki *pki, X509 *const *revoked, int count, time_t this_update,
                  time_t next_update)
{
    X509_CRL *crl = X509_CRL_new();

    MUST(crl && X509_CRL_set_version(crl, X509_CRL_VERSION_2));
    MUST(X509_CRL_set_issuer_name(crl, X509_get_subject_name(pki->root)));
    set_crl_times(crl, this_update, next_update);
    for (int i = 0; i < count; i++)
        add_revoked(crl, revoked[i]);
    add_crl_extension(crl, pki->root, NID_authority_key_identifier, "keyid:always");
    add_crl_number(crl, ++pki->serial);
    MUST(X509_CRL_sort(crl) && X509_CRL_sign(crl, pki->key, EVP_sha256()));
    return crl;
}

static FILE *open_in(const char *directory, const char *kind, const char *name)
{
    char path[4096];

    mkdir(directory, 0700);
    snprintf(path, sizeof(path), "%s/%s", directory, kind);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s/%s.pem", directory, kind, name);
    FILE *file = fopen(path, "w");
    MUST(file);
    return file;
}

void pki_install_crl(struct pki *pki, X509_CRL *crl, const char *directory)
{
    FILE *file = open_in(directory, "crls", pki->name);

    MUST(PEM_write_X509_CRL(file, crl));
    fclose(file);
}

void pki_install(struct pki *pki, const char *directory)
{
    X509_CRL *crl = pki_crl(pki, NULL, 0, 0, 0);
    FILE *file =
        open_in(directory, pki->intermediate ? "intermediates" : "anchors", pki->name);

    MUST(PEM_write_X509(file, pki->root));
    fclose(file);
    pki_install_crl(pki, crl, directory);
    X509_CRL_free(crl);
}

X509_STORE *pki_store(struct pki *const *pkis, int count)
{
    X509_STORE *store = X509_STORE_new();

    MUST(store);
    for (int i = 0; i < count; i++) {
        X509_CRL *crl = pki_crl(pkis[i], NULL, 0, 0, 0);
        MUST(X509_STORE_add_cert(store, pkis[i]->root) && X509_STORE_add_crl(store, crl));
        X509_CRL_free(crl);
    }
    MUST(X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE
                                         | X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL));
    return store;
}
