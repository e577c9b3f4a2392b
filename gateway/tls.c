/* tls -- see tls.h; the lists are "good" in NCSC's ICT-beveiligingsrichtlijnen voor TLS
 * 2025-05.
 *
 * Digikoppeling 3.0 forbids TLS 1.0 and 1.1, demands 1.2 and recommends 1.3.
 * Nothing is resumed: a resumed session would skip the certificate and its CRL.
 */
#include "gateway/tls.h"

#include <openssl/err.h>

enum { SECURITY_LEVEL = 2, DEPTH = 3 };

static const char TLS12_CIPHERS[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
static const char TLS13_CIPHERS[] =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
static const char GROUPS[] = "X25519:P-256:P-384:X448:P-521";
static const char SIGNATURES[] =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512"
    ":RSA+SHA256:RSA+SHA384:RSA+SHA512";

static bool failed(const char *what, struct fault *fault)
{
    char reason[200];

    ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
    ERR_clear_error();
    return fault_set(fault, FAULT_CONFIG, "tls: %s: %s", what, reason);
}

static bool set_lists(SSL_CTX *tls)
{
    return SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION)
           && SSL_CTX_set_cipher_list(tls, TLS12_CIPHERS)
           && SSL_CTX_set_ciphersuites(tls, TLS13_CIPHERS)
           && SSL_CTX_set1_groups_list(tls, GROUPS)
           && SSL_CTX_set1_sigalgs_list(tls, SIGNATURES);
}

static void forbid(SSL_CTX *tls)
{
    SSL_CTX_set_security_level(tls, SECURITY_LEVEL);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET
                                 | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_CLEANSE_PLAINTEXT);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(tls, 0);
    SSL_CTX_set_max_early_data(tls, 0);
}

/* The flags (strict, CRLs, policy) come with the store: peers/trust.c decides them once. */
static bool trust_only(SSL_CTX *tls, const struct trust *trust)
{
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_verify_depth(tls, DEPTH);
    return SSL_CTX_set1_verify_cert_store(tls, trust_store(trust))
           && SSL_CTX_set1_chain_cert_store(tls, trust_store(trust));
}

static bool show(SSL_CTX *tls, const struct keys *keys, enum purpose purpose)
{
    return SSL_CTX_use_certificate(tls, keys_certificate(keys, purpose)) == 1
           && SSL_CTX_use_PrivateKey(tls, keys_get(keys, purpose)) == 1
           && SSL_CTX_check_private_key(tls) == 1;
}

/* For the server: a CRL past its nextUpdate says nothing against this client, and must not
 * look to it as if its certificate were bad. Every request is judged by trust_check(), which
 * answers "try again" to it; what even a stale CRL calls revoked is refused right here. */
static int go_on_behind_a_stale_crl(int good, X509_STORE_CTX *chain)
{
    if (good || X509_STORE_CTX_get_error(chain) != X509_V_ERR_CRL_HAS_EXPIRED)
        return good;
    X509_STORE_CTX_set_error(chain, X509_V_OK);
    return 1;
}

static bool set_up(SSL_CTX *tls, const struct keys *keys, const struct trust *trust,
                   enum purpose purpose, struct fault *fault)
{
    ERR_clear_error();
    forbid(tls);
    if (!set_lists(tls))
        return failed("ciphers, groups or signatures", fault);
    if (!trust_only(tls, trust))
        return failed("trust", fault);
    return show(tls, keys, purpose) || failed(purpose_name(purpose), fault);
}

bool tls_server_context(const struct keys *keys, const struct trust *trust, SSL_CTX **tls,
                        struct fault *fault)
{
    SSL_CTX *made = SSL_CTX_new(TLS_server_method());

    if (!made)
        return failed("no context", fault);
    if (!set_up(made, keys, trust, PURPOSE_TLS_SERVER, fault)) {
        SSL_CTX_free(made);
        return false;
    }
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       go_on_behind_a_stale_crl);
    *tls = made;
    return true;
}

bool tls_own_chain(SSL_CTX *tls, const struct trust *own, struct fault *fault)
{
    return SSL_CTX_set1_chain_cert_store(tls, trust_store(own)) == 1 || failed("chain", fault);
}

bool tls_client_setup(SSL_CTX *tls, const struct keys *keys, const struct trust *trust,
                      struct fault *fault)
{
    return set_up(tls, keys, trust, PURPOSE_TLS_CLIENT, fault);
}
