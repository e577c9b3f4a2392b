/* csr -- see csr.h. The host goes in as a value, never as text that OpenSSL's
 * configuration language would read: "a,IP:10.0.0.1" is one bad name, not two. */
#include "gateway/csr.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define HOST_MAX 253

static void x509_req_release(X509_REQ **made)
{
    X509_REQ_free(*made);
}
#define SCOPED_REQ __attribute__((cleanup(x509_req_release)))

static void extensions_release(STACK_OF(X509_EXTENSION) * *extensions)
{
    sk_X509_EXTENSION_pop_free(*extensions, X509_EXTENSION_free);
}
#define SCOPED_EXTENSIONS __attribute__((cleanup(extensions_release)))

static void names_release(GENERAL_NAMES **names)
{
    GENERAL_NAMES_free(*names);
}
#define SCOPED_NAMES __attribute__((cleanup(names_release)))

static bool add_entry(X509_NAME *subject, const char *field, const char *value,
                      struct fault *fault)
{
    bool good = X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                           (const unsigned char *)value, -1, -1, 0);

    ERR_clear_error();
    return good
           || fault_set(fault, FAULT_USAGE,
                        "%s of the request: not text of 1 to 64 characters", field);
}

static bool add_subject(X509_REQ *made, const struct csr *csr, struct fault *fault)
{
    X509_NAME *subject = X509_REQ_get_subject_name(made);

    return add_entry(subject, "serialNumber", csr->oin, fault)
           && add_entry(subject, "O", csr->naam, fault)
           && add_entry(subject, "CN", csr->host ? csr->host : csr->naam, fault);
}

static bool is_host_name(const char *host)
{
    size_t size = strlen(host);

    return size > 0 && size <= HOST_MAX && host[0] != '.' && host[0] != '-'
           && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
                  == size;
}

/* *names is the caller's. */
static bool host_names(const char *host, GENERAL_NAMES **names, struct fault *fault)
{
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);

    ERR_clear_error();
    if (!address && !is_host_name(host))
        return fault_set(fault, FAULT_USAGE, "host: neither a host name nor an IP address");
    GENERAL_NAME *name = GENERAL_NAME_new();
    *names = GENERAL_NAMES_new();
    if (!name || !*names || !sk_GENERAL_NAME_push(*names, name))
        abort();
    if (address) {
        GENERAL_NAME_set0_value(name, GEN_IPADD, address);
        return true;
    }
    ASN1_IA5STRING *text = ASN1_IA5STRING_new();
    if (!text || !ASN1_STRING_set(text, host, -1))
        abort();
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
    return true;
}

static bool add_host(STACK_OF(X509_EXTENSION) * *extensions, const struct csr *csr,
                     struct fault *fault)
{
    SCOPED_NAMES GENERAL_NAMES *names = NULL;

    if (csr->purpose != PURPOSE_TLS_SERVER)
        return true;
    if (!csr->host)
        return fault_set(fault, FAULT_USAGE, "tls-server: needs the name of its host");
    if (!host_names(csr->host, &names, fault))
        return false;
    if (X509V3_add1_i2d(extensions, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) != 1)
        abort();
    return true;
}

static const char *key_usage(enum purpose purpose, EVP_PKEY *key)
{
    if (purpose != PURPOSE_VERZEGELEN)
        return "critical,digitalSignature";
    return EVP_PKEY_is_a(key, "RSA") ? "critical,keyEncipherment" : "critical,keyAgreement";
}

static bool add_extensions(X509_REQ *made, const struct csr *csr, EVP_PKEY *key,
                           struct fault *fault)
{
    SCOPED_EXTENSIONS STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    X509_EXTENSION *usage =
        X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, key_usage(csr->purpose, key));

    if (!extensions || !usage || !sk_X509_EXTENSION_push(extensions, usage))
        abort();
    if (!add_host(&extensions, csr, fault))
        return false;
    if (!X509_REQ_add_extensions(made, extensions))
        abort();
    return true;
}

static void add_pem(X509_REQ *made, struct buf *pem)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());

    if (!bio || !PEM_write_bio_X509_REQ(bio, made))
        abort();
    long size = BIO_get_mem_data(bio, &text);
    buf_add(pem, text, (size_t)size);
    BIO_free(bio);
}

bool csr_make(const struct csr *csr, EVP_PKEY *key, struct buf *pem, struct fault *fault)
{
    SCOPED_REQ X509_REQ *made = X509_REQ_new();

    if (!made || !X509_REQ_set_version(made, X509_REQ_VERSION_1)
        || !X509_REQ_set_pubkey(made, key))
        abort();
    if (!add_subject(made, csr, fault) || !add_extensions(made, csr, key, fault))
        return false;
    if (!X509_REQ_sign(made, key, EVP_sha256())) {
        ERR_clear_error();
        return fault_set(fault, FAULT_INTERNAL,
                         "the request cannot be signed with its own key");
    }
    add_pem(made, pem);
    return true;
}
