/* trust -- see trust.h.
 *
 * An X509_STORE holds anchors, intermediates and CRLs. Without PARTIAL_CHAIN
 * OpenSSL ends a chain only at a self-signed certificate in the store, so a
 * file in the wrong folder would be an anchor by mistake: each folder's rows
 * say whether its certificates must or must not be self-signed.
 *
 * What a verification says depends on the clock only through the moments that
 * certificates and CRLs name. Between two neighbouring moments it cannot
 * change, and that interval is how long a good result is kept.
 */
#include "peers/trust.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "codecs/base/mem.h"
#include "peers/file.h"

#define FILE_BYTES_MAX 33554432 /* CRLs of a large authority are megabytes */
#define DEPTH_MAX 3
#define LEVEL 2
#define CACHE_SIZE 256 /* one slot per first byte of the fingerprint: bounded by itself */

#define FLAGS                                                                                 \
    (X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_CRL_CHECK         \
     | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS  \
     | X509_V_FLAG_POLICY_CHECK)

/* A certificate that was found good. */
struct good {
    struct digest fingerprint;
    int purpose;        /* OpenSSL's; 0: the slot is empty */
    time_t from, until; /* from <= at < until */
};

struct trust {
    atomic_int holders;
    X509_STORE *store;
    struct trust_item *items;
    size_t item_count;
    time_t *moments; /* at which some certificate or CRL begins or ends */
    size_t moment_count;
    pthread_mutex_t lock; /* of the cache, the one thing that changes */
    struct good cache[CACHE_SIZE];
};

/* --- what lies in the folders ---------------------------------------------- */

struct folder {
    const char *name, *kind, *pem; /* pem: the one label that its files may have */
    bool (*add)(struct trust *trust, const struct folder *folder, const char *file,
                const struct buf *der, struct fault *fault);
    bool self_signed;
};

struct reading {
    struct trust *trust;
    const struct folder *folder;
};

static void add_moment(struct trust *trust, const ASN1_TIME *time)
{
    time_t at;

    if (!certificate_time(time, &at))
        return; /* verification refuses what has no time */
    trust->moments =
        mem_resize(trust->moments, (trust->moment_count + 1) * sizeof(*trust->moments));
    trust->moments[trust->moment_count++] = at;
}

/* RFC 2253, with everything unprintable escaped: it ends in logs. */
static char *name_text(const X509_NAME *name)
{
    char *text = NULL;
    BIO *bio = BIO_new(BIO_s_mem());

    if (!bio)
        abort();
    bool readable = X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0; /* or not UTF-8 */
    long size = BIO_get_mem_data(bio, &text);
    SCOPED_BUF struct buf copy = { 0 };
    buf_add(&copy, text, (size_t)size);
    BIO_free(bio);
    return mem_copy(readable ? buf_text(&copy) : "(a name that cannot be read)");
}

static void add_item(struct trust *trust, const struct folder *folder, const char *file,
                     const X509_NAME *subject, const struct buf *der)
{
    trust->items = mem_resize(trust->items, (trust->item_count + 1) * sizeof(*trust->items));
    struct trust_item *item = &trust->items[trust->item_count++];
    *item = (struct trust_item){ .kind = folder->kind,
                                 .file = mem_copy(file),
                                 .subject = name_text(subject) };
    digest_of(der->data, der->size, &item->fingerprint);
}

static bool right_folder(const struct folder *folder, const char *file, X509 *certificate,
                         struct fault *fault)
{
    bool self_signed = X509_get_extension_flags(certificate) & EXFLAG_SS;

    if (self_signed == folder->self_signed)
        return true;
    fault_set(fault, FAULT_CONFIG, "trust/%s: %s", file,
              self_signed ? "is self-signed, so here it would be an anchor by mistake"
                          : "is not self-signed, so it cannot be an anchor");
    return fault_advise(fault, "move it to trust/%s",
                        self_signed ? "anchors, if it is to be trusted" : "intermediates");
}

static bool add_certificate(struct trust *trust, const struct folder *folder, const char *file,
                            const struct buf *der, struct fault *fault)
{
    SCOPED_X509 X509 *certificate = NULL;
    struct fault why = { 0 };

    if (!certificate_from_der(der->data, der->size, &certificate, &why))
        return fault_set(fault, FAULT_CONFIG, "trust/%s: %s", file, why.text);
    if (!right_folder(folder, file, certificate, fault))
        return false;
    if (!X509_STORE_add_cert(trust->store, certificate))
        abort();
    add_item(trust, folder, file, X509_get_subject_name(certificate), der);
    struct trust_item *item = &trust->items[trust->item_count - 1];
    item->until = certificate_not_after(certificate);
    if (!certificate_time(X509_get0_notBefore(certificate), &item->from))
        item->from = 0;
    add_moment(trust, X509_get0_notBefore(certificate));
    add_moment(trust, X509_get0_notAfter(certificate));
    return true;
}

static void crl_release(X509_CRL **crl)
{
    X509_CRL_free(*crl);
}

static bool add_crl(struct trust *trust, const struct folder *folder, const char *file,
                    const struct buf *der, struct fault *fault)
{
    const unsigned char *at = der->data;
    __attribute__((cleanup(crl_release))) X509_CRL *crl =
        d2i_X509_CRL(NULL, &at, (long)der->size);

    ERR_clear_error();
    if (!crl || at != der->data + der->size)
        return fault_set(fault, FAULT_CONFIG, "trust/%s: CRL cannot be read", file);
    if (!X509_STORE_add_crl(trust->store, crl))
        abort();
    add_item(trust, folder, file, X509_CRL_get_issuer(crl), der);
    struct trust_item *item = &trust->items[trust->item_count - 1];
    if (!certificate_time(X509_CRL_get0_lastUpdate(crl), &item->from))
        item->from = 0;
    if (!certificate_time(X509_CRL_get0_nextUpdate(crl), &item->until))
        item->until = 0;
    add_moment(trust, X509_CRL_get0_lastUpdate(crl));
    add_moment(trust, X509_CRL_get0_nextUpdate(crl));
    return true;
}

/* clang-format off */
static const struct folder FOLDERS[] = {
    { "anchors",       "anchor",       PEM_STRING_X509,     add_certificate, true },
    { "intermediates", "intermediate", PEM_STRING_X509,     add_certificate, false },
    { "crls",          "crl",          PEM_STRING_X509_CRL, add_crl,         false },
};
/* clang-format on */

struct block {
    char *label, *header;
    unsigned char *bytes;
    long size;
};

static void block_release(struct block *block)
{
    OPENSSL_free(block->label);
    OPENSSL_free(block->header);
    OPENSSL_free(block->bytes);
}

/* The next block of a PEM file; *end when there is none. */
static bool next_block(BIO *pem, struct block *block, bool *end)
{
    *end = false;
    if (PEM_read_bio(pem, &block->label, &block->header, &block->bytes, &block->size))
        return true;
    *end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return *end;
}

/* Only the plain label: a TRUSTED CERTIFICATE brings its own opinion on what it is trusted
 * for. */
static bool add_block(const struct reading *reading, const char *file,
                      const struct block *block, struct fault *fault)
{
    const struct buf der = { .data = block->bytes, .size = (size_t)block->size };

    if (strcmp(block->label, reading->folder->pem) != 0)
        return fault_set(fault, FAULT_CONFIG, "trust/%s: holds a %s, not a %s", file,
                         block->label, reading->folder->pem);
    return reading->folder->add(reading->trust, reading->folder, file, &der, fault);
}

static bool add_pem(const struct reading *reading, const char *file, BIO *pem,
                    struct fault *fault)
{
    bool end = false;

    for (int count = 0;; count++) {
        __attribute__((cleanup(block_release))) struct block block = { 0 };
        if (!next_block(pem, &block, &end))
            return fault_set(fault, FAULT_CONFIG, "trust/%s: PEM cannot be read", file);
        if (end && count == 0)
            return fault_set(fault, FAULT_CONFIG, "trust/%s: neither PEM nor DER", file);
        if (end)
            return true;
        if (!add_block(reading, file, &block, fault))
            return false;
    }
}

static bool add_content(const struct reading *reading, const char *file,
                        const struct buf *content, struct fault *fault)
{
    if (content->size > 0 && content->data[0] == 0x30) /* DER: a SEQUENCE */
        return reading->folder->add(reading->trust, reading->folder, file, content, fault);
    BIO *pem = BIO_new_mem_buf(buf_text(content), (int)content->size);
    if (!pem)
        abort();
    bool good = add_pem(reading, file, pem, fault);
    BIO_free(pem);
    return good;
}

static bool add_file(void *context, const char *path, struct fault *fault)
{
    const struct reading *reading = context;
    const char *slash = strrchr(path, '/');
    SCOPED_BUF struct buf content = { 0 }, file = { 0 };
    struct fault why = { 0 };

    buf_addf(&file, "%s/%s", reading->folder->name, slash ? slash + 1 : path);
    if (!file_read(path, FILE_BYTES_MAX, &content, &why))
        return fault_set(fault, FAULT_CONFIG, "%s", why.text);
    return add_content(reading, buf_text(&file), &content, fault);
}

static bool add_folder(struct trust *trust, const char *directory, const struct folder *folder,
                       struct fault *fault)
{
    SCOPED_BUF struct buf path = { 0 };
    struct reading reading = { trust, folder };

    buf_addf(&path, "%s/%s", directory, folder->name);
    return file_list(buf_text(&path), "", add_file, &reading, fault);
}

static X509_STORE *strict_store(void)
{
    X509_STORE *store = X509_STORE_new();

    if (!store || !X509_STORE_set_flags(store, FLAGS)
        || !X509_STORE_set_depth(store, DEPTH_MAX))
        abort();
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_get0_param(store), LEVEL);
    return store;
}

bool trust_load(const char *directory, struct trust **trust, struct fault *fault)
{
    SCOPED_TRUST struct trust *made = mem_alloc(sizeof(*made));

    *trust = NULL;
    atomic_init(&made->holders, 1);
    pthread_mutex_init(&made->lock, NULL);
    made->store = strict_store();
    for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(FOLDERS[0]); i++)
        if (!add_folder(made, directory, &FOLDERS[i], fault))
            return false;
    *trust = made;
    made = NULL;
    return true;
}

struct trust *trust_retain(struct trust *trust)
{
    atomic_fetch_add(&trust->holders, 1);
    return trust;
}

static void destroy(struct trust *trust)
{
    for (size_t i = 0; i < trust->item_count; i++) {
        free((void *)trust->items[i].file);
        free((void *)trust->items[i].subject);
    }
    free(trust->items);
    free(trust->moments);
    X509_STORE_free(trust->store);
    pthread_mutex_destroy(&trust->lock);
    free(trust);
}

void trust_release(struct trust **trust)
{
    if (*trust && atomic_fetch_sub(&(*trust)->holders, 1) == 1)
        destroy(*trust);
    *trust = NULL;
}

/* --- what was found good before --------------------------------------------- */

static struct good *slot(struct trust *trust, const struct digest *fingerprint)
{
    return &trust->cache[fingerprint->bytes[0]];
}

static bool known_good(struct trust *trust, const struct digest *fingerprint, int purpose,
                       time_t at)
{
    pthread_mutex_lock(&trust->lock);
    const struct good *good = slot(trust, fingerprint);
    bool known = good->purpose == purpose && at >= good->from && at < good->until
                 && digest_equal(&good->fingerprint, fingerprint);
    pthread_mutex_unlock(&trust->lock);
    return known;
}

static void remember(struct trust *trust, X509 *certificate, const struct digest *fingerprint,
                     int purpose, time_t at)
{
    struct good good = { .fingerprint = *fingerprint, .purpose = purpose };

    if (!certificate_time(X509_get0_notBefore(certificate), &good.from)
        || !certificate_time(X509_get0_notAfter(certificate), &good.until))
        return;
    for (size_t i = 0; i < trust->moment_count; i++) {
        time_t moment = trust->moments[i];
        if (moment <= at && moment > good.from)
            good.from = moment;
        if (moment > at && moment < good.until)
            good.until = moment;
    }
    pthread_mutex_lock(&trust->lock);
    *slot(trust, fingerprint) = good;
    pthread_mutex_unlock(&trust->lock);
}

/* --- verification ------------------------------------------------------------ */

/* Messages have no purpose of OpenSSL's: certificate_fits() judges the leaf, and a CA whose
 * extended usages are about TLS may still issue certificates for signing. */
static int openssl_purpose(enum purpose purpose)
{
    if (purpose == PURPOSE_TLS_SERVER)
        return X509_PURPOSE_SSL_SERVER;
    return purpose == PURPOSE_TLS_CLIENT ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_ANY;
}

/* Whose CRL was stale. Verification goes on behind it, because a certificate that even a stale
 * CRL calls revoked is revoked, not something to try again. */
struct stale {
    char issuer[160];
};

static int go_on_behind_a_stale_crl(int good, X509_STORE_CTX *context)
{
    struct stale *stale = X509_STORE_CTX_get_app_data(context);
    int error = X509_STORE_CTX_get_error(context);
    X509_CRL *crl = X509_STORE_CTX_get0_current_crl(context);

    if (good || !crl
        || (error != X509_V_ERR_CRL_HAS_EXPIRED && error != X509_V_ERR_CRL_NOT_YET_VALID))
        return good;
    SCOPED_MEM char *issuer = name_text(X509_CRL_get_issuer(crl));
    snprintf(stale->issuer, sizeof(stale->issuer), "%s", issuer);
    return 1;
}

static void advise(int error, struct fault *fault)
{
    if (error == X509_V_ERR_UNABLE_TO_GET_CRL)
        fault_advise(fault, "add the CRL of its issuer: estafette trust crl FILE");
    if (error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
        fault_advise(fault,
                     "add its issuer, if it is to be trusted: estafette trust add FILE");
}

static bool say_why(X509_STORE_CTX *context, struct fault *fault)
{
    int error = X509_STORE_CTX_get_error(context);
    X509 *about = X509_STORE_CTX_get_current_cert(context);
    if (!about) /* it is the chain as a whole */
        about = X509_STORE_CTX_get0_cert(context);
    SCOPED_MEM char *subject = name_text(X509_get_subject_name(about));

    fault_set(fault, FAULT_CERTIFICATE, "certificate of %.160s: %s", subject,
              X509_verify_cert_error_string(error));
    advise(error, fault);
    return false;
}

static void context_release(X509_STORE_CTX **context)
{
    X509_STORE_CTX_free(*context);
}

static bool verify(const struct trust *trust, X509 *certificate, int purpose, time_t at,
                   struct fault *fault)
{
    struct stale stale = { 0 };
    __attribute__((cleanup(context_release))) X509_STORE_CTX *context = X509_STORE_CTX_new();

    if (!context || !X509_STORE_CTX_init(context, trust->store, certificate, NULL))
        abort();
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(rules, at);
    if (!X509_VERIFY_PARAM_set_purpose(rules, purpose))
        abort();
    X509_STORE_CTX_set_app_data(context, &stale);
    X509_STORE_CTX_set_verify_cb(context, go_on_behind_a_stale_crl);
    bool good = X509_verify_cert(context) == 1;
    ERR_clear_error();
    if (!good)
        return say_why(context, fault);
    if (!stale.issuer[0])
        return true;
    fault_set(fault, FAULT_TEMPORARY, "the CRL of %s is not valid now: it is stale",
              stale.issuer);
    return fault_advise(fault, "fetch it anew: estafette trust crl FILE");
}

bool trust_check(struct trust *trust, X509 *certificate, enum purpose purpose, time_t at,
                 struct fault *fault)
{
    int use = openssl_purpose(purpose);
    struct digest fingerprint;

    certificate_fingerprint(certificate, &fingerprint);
    if (known_good(trust, &fingerprint, use, at))
        return true;
    if (!verify(trust, certificate, use, at, fault))
        return false;
    remember(trust, certificate, &fingerprint, use, at);
    return true;
}

X509_STORE *trust_store(const struct trust *trust)
{
    return trust->store;
}

void trust_list(const struct trust *trust, trust_each *each, void *context)
{
    for (size_t i = 0; i < trust->item_count; i++)
        each(context, &trust->items[i]);
}
