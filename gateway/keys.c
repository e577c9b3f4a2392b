/* keys -- see keys.h.
 *
 * home.key is 32 random bytes and is never used itself: HKDF makes two keys
 * of it, one to seal fields of the store and one to index them, so that
 * neither use can be turned against the other.
 */
#include "gateway/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "codecs/base/mem.h"
#include "peers/file.h"

#define KEY_FILE_MAX 65536
#define SECRET_SIZE 32
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define OTHERS 0077
#define RSA_BITS 3072
#define HOME_KEY "keys/home.key"

struct keys {
    EVP_PKEY *key[PURPOSES];
    X509 *certificate[PURPOSES];
    unsigned char sealing[SECRET_SIZE], indexing[SECRET_SIZE];
};

static void key_release(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}
#define SCOPED_KEY __attribute__((cleanup(key_release)))

static void cipher_release(EVP_CIPHER_CTX **cipher)
{
    EVP_CIPHER_CTX_free(*cipher);
}
#define SCOPED_CIPHER __attribute__((cleanup(cipher_release)))

/* --- files of private keys ---------------------------------------------------- */

static const char *key_path(const struct home *home, enum purpose purpose, char path[PATH_MAX])
{
    char relative[64];

    snprintf(relative, sizeof(relative), "keys/%s.key", purpose_name(purpose));
    return home_path(home, relative, path);
}

static bool read_file(const char *path, struct buf *content, struct fault *fault)
{
    if (file_read(path, KEY_FILE_MAX, content, fault))
        return true;
    fault->code = FAULT_CONFIG;
    return fault_advise(fault, "the gateway's own user must be able to read it");
}

static bool read_secret(const char *path, struct buf *content, struct fault *fault)
{
    struct stat status;

    if (stat(path, &status) == 0 && (status.st_mode & OTHERS)) {
        fault_set(fault, FAULT_CONFIG, "%s: open to others (mode %04o)", path,
                  (unsigned)status.st_mode & 07777);
        return fault_advise(fault, "chmod 0600 %s", path);
    }
    return read_file(path, content, fault);
}

/* An encrypted PEM would otherwise make the daemon ask for a password on its terminal. */
static int no_password(char *text, int size, int writing, void *context)
{
    (void)text, (void)size, (void)writing, (void)context;
    return -1;
}

static bool parse_key(const char *path, const struct buf *content, EVP_PKEY **key,
                      struct fault *fault)
{
    BIO *bio = BIO_new_mem_buf(buf_text(content), (int)content->size);
    if (!bio)
        abort();
    *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return *key || fault_set(fault, FAULT_CONFIG, "%s: no private key in PEM", path);
}

static bool read_key(const struct home *home, enum purpose purpose, EVP_PKEY **key,
                     struct fault *fault)
{
    char path[PATH_MAX];
    SCOPED_BUF struct buf content = { 0 };

    return read_secret(key_path(home, purpose, path), &content, fault)
           && parse_key(path, &content, key, fault);
}

static bool write_key(const struct home *home, enum purpose purpose, EVP_PKEY *key,
                      struct fault *fault)
{
    char path[PATH_MAX], *text;
    BIO *bio = BIO_new(BIO_s_mem()); /* wiped when released */

    if (!bio || !PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
        abort();
    long size = BIO_get_mem_data(bio, &text);
    bool good = file_create(key_path(home, purpose, path), 0600, text, (size_t)size, fault);
    BIO_free(bio);
    return good;
}

static bool has_key(const struct home *home, enum purpose purpose)
{
    char path[PATH_MAX];

    return file_exists(key_path(home, purpose, path));
}

/* --- loading -------------------------------------------------------------------- */

static bool load_key(struct keys *keys, const struct home *home, enum purpose purpose,
                     struct fault *fault)
{
    char path[PATH_MAX];

    if (has_key(home, purpose))
        return read_key(home, purpose, &keys->key[purpose], fault);
    fault_set(fault, FAULT_CONFIG, "%s: there is no such key", key_path(home, purpose, path));
    return fault_advise(fault, "make it: estafette certificate request %s",
                        purpose_name(purpose));
}

static bool load_certificate(struct keys *keys, const struct home *home, enum purpose purpose,
                             struct fault *fault)
{
    char path[PATH_MAX], relative[64];
    SCOPED_BUF struct buf pem = { 0 };
    struct fault why = { 0 };

    snprintf(relative, sizeof(relative), "certificates/%s.pem", purpose_name(purpose));
    if (!file_exists(home_path(home, relative, path))) {
        fault_set(fault, FAULT_CONFIG, "%s: there is no such certificate", path);
        return fault_advise(fault,
                            "when it has been issued: estafette certificate install FILE");
    }
    if (!read_file(path, &pem, fault))
        return false;
    if (!certificate_from_pem(&pem, &keys->certificate[purpose], &why))
        return fault_set(fault, FAULT_CONFIG, "%s: %s", path, why.text);
    return true;
}

static bool load_pair(struct keys *keys, const struct home *home, enum purpose purpose,
                      struct fault *fault)
{
    if (purpose == PURPOSE_TLS_CLIENT && !has_key(home, purpose)) {
        keys->key[purpose] = keys->key[PURPOSE_TLS_SERVER];
        keys->certificate[purpose] = keys->certificate[PURPOSE_TLS_SERVER];
        return EVP_PKEY_up_ref(keys->key[purpose]) && X509_up_ref(keys->certificate[purpose]);
    }
    return load_key(keys, home, purpose, fault)
           && load_certificate(keys, home, purpose, fault);
}

static bool belongs(const struct keys *keys, enum purpose purpose, struct fault *fault)
{
    bool good = X509_check_private_key(keys->certificate[purpose], keys->key[purpose]) == 1;

    ERR_clear_error();
    if (good)
        return true;
    fault_set(fault, FAULT_CONFIG, "%s: the certificate is not of this key",
              purpose_name(purpose));
    return fault_advise(fault, "install the one that was issued for the last request: "
                               "estafette certificate install FILE");
}

static bool is_ours(const struct keys *keys, enum purpose purpose, const char *oin,
                    struct fault *fault)
{
    char found[OIN_SIZE];
    struct fault why = { 0 };

    if (!certificate_fits(keys->certificate[purpose], purpose, &why)
        || !certificate_oin(keys->certificate[purpose], found, &why))
        return fault_set(fault, FAULT_CONFIG, "%s: %s", purpose_name(purpose), why.text);
    return strcmp(found, oin) == 0
           || fault_set(fault, FAULT_CONFIG,
                        "%s: the certificate carries OIN %s, the configuration %s",
                        purpose_name(purpose), found, oin);
}

/* A key that also signs could be made to sign by asking it to open something. */
static bool seals_only(const struct keys *keys, struct fault *fault)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        if (purpose != PURPOSE_VERZEGELEN
            && EVP_PKEY_eq(keys->key[purpose], keys->key[PURPOSE_VERZEGELEN]) == 1)
            return fault_set(
                fault, FAULT_CONFIG, "%s and %s share one key: sealing needs its own",
                purpose_name((enum purpose)purpose), purpose_name(PURPOSE_VERZEGELEN));
    ERR_clear_error();
    return true;
}

static void derive(const struct buf *secret, const char *use, unsigned char key[SECRET_SIZE])
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    char text[64], sha256[] = "SHA256";

    snprintf(text, sizeof(text), "%s", use);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret->data, secret->size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, text, strlen(text)),
        OSSL_PARAM_construct_end(),
    };
    if (!context || EVP_KDF_derive(context, key, SECRET_SIZE, params) != 1)
        abort();
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

static bool secret_whole(const char *path, const struct buf *secret, struct fault *fault)
{
    if (secret->size == SECRET_SIZE)
        return true;
    fault_set(fault, FAULT_CONFIG, "%s: not %d bytes", path, SECRET_SIZE);
    return fault_advise(fault,
                        "put it back from the backup: without it the store is unreadable");
}

static bool load_home_key(struct keys *keys, const struct home *home, struct fault *fault)
{
    char path[PATH_MAX];
    SCOPED_BUF struct buf secret = { 0 };

    if (!read_secret(home_path(home, HOME_KEY, path), &secret, fault)
        || !secret_whole(path, &secret, fault))
        return false;
    derive(&secret, "estafette store sealing 1", keys->sealing);
    derive(&secret, "estafette store index 1", keys->indexing);
    return true;
}

static bool load_all(struct keys *keys, const struct home *home, const char *oin,
                     struct fault *fault)
{
    for (int i = 0; i < PURPOSES; i++) {
        enum purpose purpose = (enum purpose)i;
        if (!load_pair(keys, home, purpose, fault) || !belongs(keys, purpose, fault)
            || !is_ours(keys, purpose, oin, fault))
            return false;
    }
    return seals_only(keys, fault) && load_home_key(keys, home, fault);
}

bool keys_load(const struct home *home, const char *oin, struct keys **keys,
               struct fault *fault)
{
    *keys = mem_alloc(sizeof(**keys));
    if (load_all(*keys, home, oin, fault))
        return true;
    keys_destroy(*keys);
    *keys = NULL;
    return false;
}

void keys_destroy(struct keys *keys)
{
    if (!keys)
        return;
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        EVP_PKEY_free(keys->key[purpose]);
        X509_free(keys->certificate[purpose]);
    }
    explicit_bzero(keys, sizeof(*keys));
    free(keys);
}

EVP_PKEY *keys_get(const struct keys *keys, enum purpose purpose)
{
    return keys->key[purpose];
}

X509 *keys_certificate(const struct keys *keys, enum purpose purpose)
{
    return keys->certificate[purpose];
}

/* --- looking at one part ------------------------------------------------------ */

static EVP_PKEY *public_half(EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int size = i2d_PUBKEY(key, &der);
    const unsigned char *at = der;
    EVP_PKEY *half = d2i_PUBKEY(NULL, &at, size);

    if (!half)
        abort();
    OPENSSL_free(der);
    return half;
}

bool keys_public(const struct home *home, enum purpose purpose, EVP_PKEY **half,
                 struct fault *fault)
{
    char path[PATH_MAX];
    SCOPED_BUF struct buf content = { 0 };
    SCOPED_KEY EVP_PKEY *key = NULL;

    if (!file_read(key_path(home, purpose, path), KEY_FILE_MAX, &content, fault)
        || !parse_key(path, &content, &key, fault))
        return false;
    *half = public_half(key);
    return true;
}

bool keys_home_whole(const struct home *home, struct fault *fault)
{
    char path[PATH_MAX];
    SCOPED_BUF struct buf secret = { 0 };

    return file_read(home_path(home, HOME_KEY, path), KEY_FILE_MAX, &secret, fault)
           && secret_whole(path, &secret, fault);
}

/* --- making ------------------------------------------------------------------- */

bool keys_make_home(const struct home *home, struct fault *fault)
{
    char path[PATH_MAX];
    unsigned char secret[SECRET_SIZE];

    if (file_exists(home_path(home, HOME_KEY, path)))
        return fault_set(fault, FAULT_STATE, "%s: exists already, and what it sealed needs it",
                         path);
    if (RAND_priv_bytes(secret, sizeof(secret)) != 1)
        abort();
    bool good = file_create(path, 0600, secret, sizeof(secret), fault);
    explicit_bzero(secret, sizeof(secret));
    return good;
}

static const struct key_kind {
    const char *name, *openssl;
} KINDS[] = { { "rsa", "RSA" }, { "ec", "EC" } };

static const struct key_kind *kind_named(const char *name)
{
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
        if (strcmp(KINDS[i].name, name) == 0)
            return &KINDS[i];
    return NULL;
}

/* The key in use is asked for again, never replaced: what was sealed for it must stay
 * readable. */
static bool reuse_key(const struct home *home, enum purpose purpose,
                      const struct key_kind *kind, EVP_PKEY **key, struct fault *fault)
{
    char name[80];

    if (!read_key(home, purpose, key, fault))
        return false;
    if (EVP_PKEY_is_a(*key, kind->openssl))
        return true;
    certificate_key_name(*key, name, sizeof(name));
    fault_set(fault, FAULT_STATE, "keys/%s.key exists already and is %s, not %s",
              purpose_name(purpose), name, kind->name);
    return fault_advise(fault, "ask for a request of the kind it is");
}

static EVP_PKEY *new_key(const struct key_kind *kind)
{
    EVP_PKEY *key = kind == &KINDS[0] ? EVP_RSA_gen(RSA_BITS) : EVP_EC_gen("P-256");

    if (!key)
        abort();
    return key;
}

/* A new key is written last: a request that is refused leaves none behind. */
bool keys_request(const struct home *home, const struct csr *csr, const char *kind,
                  struct buf *pem, struct fault *fault)
{
    SCOPED_KEY EVP_PKEY *key = NULL;
    SCOPED_BUF struct buf made = { 0 };
    const struct key_kind *asked = kind_named(kind);
    bool present = has_key(home, csr->purpose);

    if (!asked)
        return fault_set(fault, FAULT_USAGE, "kind of key: rsa or ec");
    if (present && !reuse_key(home, csr->purpose, asked, &key, fault))
        return false;
    if (!present)
        key = new_key(asked);
    if (!csr_make(csr, key, &made, fault)
        || (!present && !write_key(home, csr->purpose, key, fault)))
        return false;
    buf_add(pem, made.data, made.size);
    return true;
}

bool keys_owner(const struct home *home, X509 *certificate, enum purpose *purpose,
                struct fault *fault)
{
    for (int i = 0; i < PURPOSES; i++) {
        SCOPED_KEY EVP_PKEY *key = NULL;
        if (!has_key(home, (enum purpose)i))
            continue;
        if (!read_key(home, (enum purpose)i, &key, fault))
            return false;
        bool ours = X509_check_private_key(certificate, key) == 1;
        ERR_clear_error();
        if (!ours)
            continue;
        *purpose = (enum purpose)i;
        return true;
    }
    return fault_set(fault, FAULT_CERTIFICATE, "certificate: of none of our keys");
}

/* --- sealing and indexing of the store ------------------------------------------ */

/* Both directions start alike: key, nonce, and the place as authenticated data. */
static EVP_CIPHER_CTX *cipher_for(const struct keys *keys, const char *where,
                                  const unsigned char *nonce, int encrypt)
{
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int size;

    if (!cipher
        || EVP_CipherInit_ex2(cipher, EVP_aes_256_gcm(), keys->sealing, nonce, encrypt, NULL)
               != 1
        || EVP_CipherUpdate(cipher, NULL, &size, (const unsigned char *)where,
                            (int)strlen(where))
               != 1)
        abort();
    return cipher;
}

void keys_home_seal(const struct keys *keys, const char *where, const void *plain, size_t size,
                    struct buf *sealed)
{
    unsigned char *place = buf_reserve(sealed, NONCE_SIZE + size + TAG_SIZE);
    int written, rest;

    if (size > INT32_MAX || RAND_bytes(place, NONCE_SIZE) != 1)
        abort();
    SCOPED_CIPHER EVP_CIPHER_CTX *cipher = cipher_for(keys, where, place, 1);
    if (EVP_CipherUpdate(cipher, place + NONCE_SIZE, &written, plain, (int)size) != 1
        || EVP_CipherFinal_ex(cipher, place + NONCE_SIZE + size, &rest) != 1
        || EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE,
                               place + NONCE_SIZE + size)
               != 1)
        abort();
    buf_grown(sealed, NONCE_SIZE + size + TAG_SIZE);
}

static bool open_field(EVP_CIPHER_CTX *cipher, const unsigned char *bytes, size_t size,
                       struct buf *plain)
{
    unsigned char *place = buf_reserve(plain, size);
    unsigned char tag[TAG_SIZE];
    int written, rest;

    memcpy(tag, bytes + size, TAG_SIZE);
    if (EVP_CipherUpdate(cipher, place, &written, bytes, (int)size) != 1
        || EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) != 1
        || EVP_CipherFinal_ex(cipher, place + size, &rest) != 1) {
        ERR_clear_error();
        return false;
    }
    buf_grown(plain, size);
    return true;
}

bool keys_home_unseal(const struct keys *keys, const char *where, const void *sealed,
                      size_t size, struct buf *plain, struct fault *fault)
{
    const unsigned char *bytes = sealed;
    SCOPED_BUF struct buf opened = { 0 }; /* plain stays untouched unless the tag verified */

    if (size < NONCE_SIZE + TAG_SIZE || size > INT32_MAX)
        return fault_set(fault, FAULT_STORE, "%s: not what this home sealed", where);
    SCOPED_CIPHER EVP_CIPHER_CTX *cipher = cipher_for(keys, where, bytes, 0);
    if (!open_field(cipher, bytes + NONCE_SIZE, size - NONCE_SIZE - TAG_SIZE, &opened))
        return fault_set(fault, FAULT_STORE, "%s: not sealed for this place by this home",
                         where);
    buf_add(plain, opened.data, opened.size);
    return true;
}

void keys_home_index(const struct keys *keys, const char *text, struct digest *index)
{
    unsigned int size;

    if (!HMAC(EVP_sha256(), keys->indexing, SECRET_SIZE, (const unsigned char *)text,
              strlen(text), index->bytes, &size))
        abort();
}
