/* sim_tls -- see sim_tls.h. */
#include "tools/duosim/sim_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "codecs/base/buf.h"
#include "codecs/certificate.h"
#include "peers/file.h"

enum { SECURITY_LEVEL = 2, DEPTH = 3, PEM_MAX = 65536 };

static bool failed(const char *what, struct fault *fault)
{
    char reason[200];

    ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
    ERR_clear_error();
    return fault_set(fault, FAULT_CONFIG, "%s: %s", what, reason);
}

static bool load_key(const char *path, EVP_PKEY **key, struct fault *fault)
{
    SCOPED_BUF struct buf pem = { 0 };

    if (!file_read(path, PEM_MAX, &pem, fault))
        return false;
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)"");
    BIO_free(bio);
    return *key || failed("key.pem", fault);
}

static bool load_certificate(const char *path, X509 **certificate, struct fault *fault)
{
    SCOPED_BUF struct buf pem = { 0 };

    return file_read(path, PEM_MAX, &pem, fault)
           && certificate_from_pem(&pem, certificate, fault);
}

bool sim_tls_load(const struct sim_settings *settings, struct sim_tls *tls,
                  struct fault *fault)
{
    char certificate[PATH_MAX], key[PATH_MAX], trust[PATH_MAX];

    sim_settings_path(settings, "certificate.pem", certificate);
    sim_settings_path(settings, "key.pem", key);
    sim_settings_path(settings, "trust", trust);
    if (!load_certificate(certificate, &tls->certificate, fault)
        || !load_key(key, &tls->key, fault) || !trust_load(trust, &tls->trust, fault))
        return false;
    return X509_check_private_key(tls->certificate, tls->key) == 1
           || fault_set(fault, FAULT_CONFIG, "key.pem is not of certificate.pem");
}

void sim_tls_finish(struct sim_tls *tls)
{
    X509_free(tls->certificate);
    EVP_PKEY_free(tls->key);
    trust_release(&tls->trust);
    *tls = (struct sim_tls){ 0 };
}

static bool set_up(const struct sim_tls *tls, SSL_CTX *context, struct fault *fault)
{
    SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_verify_depth(context, DEPTH);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)
            && SSL_CTX_set1_verify_cert_store(context, trust_store(tls->trust))
            && SSL_CTX_set1_chain_cert_store(context, trust_store(tls->trust))
            && SSL_CTX_use_certificate(context, tls->certificate) == 1
            && SSL_CTX_use_PrivateKey(context, tls->key) == 1)
           || failed("TLS", fault);
}

bool sim_tls_server(const struct sim_tls *tls, SSL_CTX **context, struct fault *fault)
{
    SSL_CTX *made = SSL_CTX_new(TLS_server_method());

    if (!made)
        return failed("TLS", fault);
    if (!set_up(tls, made, fault)) {
        SSL_CTX_free(made);
        return false;
    }
    *context = made;
    return true;
}

bool sim_tls_client(const struct sim_tls *tls, SSL_CTX *context, struct fault *fault)
{
    return set_up(tls, context, fault);
}
