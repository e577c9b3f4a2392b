/* The TLS rules, seen from outside: which handshakes come about, and what they agree on.
 *
 * Client and server are two threads with a socket pair between them.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "gateway/tls.h"
#include "tests/gateway/house.h"
#include "tests/tlsend.h"

#define OIN "00000001003214345000"

static struct house *HOUSE;
static struct pki *OTHER_PKI;
static SSL_CTX *SERVER; /* by our rules */

struct side {
    int fd;
    SSL_CTX *tls;
    SSL *ssl;
    bool good;
    long verdict; /* on the certificate of the other side */
};

/* In TLS 1.3 a client is ready before the server has judged it: only what the server then says
 * tells, so one byte goes each way. */
static void *be_server(void *argument)
{
    struct side *side = argument;
    struct tlsend end;
    char byte;

    side->good = tlsend_accept(&end, side->fd, side->tls) && SSL_read(end.ssl, &byte, 1) == 1
                 && SSL_write(end.ssl, "!", 1) == 1;
    side->verdict = SSL_get_verify_result(end.ssl);
    tlsend_close(&end);
    return NULL;
}

/* True when both ends agreed; *client's SSL may be looked at until end_meeting(). */
static bool meet(SSL_CTX *server_tls, SSL_CTX *client_tls, struct side *server, SSL **client)
{
    int fds[2];
    char byte;
    pthread_t thread;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    *server = (struct side){ .fd = fds[0], .tls = server_tls };
    assert_int_equal(pthread_create(&thread, NULL, be_server, server), 0);
    *client = SSL_new(client_tls);
    SSL_set_fd(*client, fds[1]);
    bool good = SSL_connect(*client) == 1 && SSL_write(*client, "?", 1) == 1
                && SSL_read(*client, &byte, 1) == 1;
    shutdown(fds[1], SHUT_WR);
    pthread_join(thread, NULL);
    ERR_clear_error();
    close(fds[1]);
    return good && server->good;
}

static bool agree(SSL_CTX *server_tls, SSL_CTX *client_tls)
{
    struct side server;
    SSL *client;
    bool good = meet(server_tls, client_tls, &server, &client);

    SSL_free(client);
    return good;
}

static X509 *issue(struct pki *pki, struct pki_leaf leaf)
{
    leaf.oin = OIN;
    leaf.key = leaf.key ? leaf.key : pki_key(PKI_P256, 1);
    return pki_issue(pki, &leaf);
}

/* A client without our rules, which shows this certificate. */
static SSL_CTX *lax_client(X509 *certificate)
{
    SSL_CTX *client = tlsend_context(false, NULL, NULL, NULL);

    SSL_CTX_set_security_level(client, 0); /* or it would not even show some of them */
    assert_int_equal(SSL_CTX_use_certificate(client, certificate), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(client, pki_key(PKI_P256, 1)), 1);
    return client;
}

static int set_up(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    HOUSE = house_create("00000001001234567000");
    OTHER_PKI = pki_create(PKI_P256, "Theirs");
    return tls_server_context(house_keys(HOUSE), house_trust(HOUSE), &SERVER, &fault) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    SSL_CTX_free(SERVER);
    pki_destroy(OTHER_PKI);
    house_destroy(HOUSE);
    return 0;
}

static void our_client_and_our_server_agree_on_tls_13(void **state)
{
    SSL_CTX *client_tls = SSL_CTX_new(TLS_client_method());
    struct fault fault = { 0 };
    struct side server;
    SSL *client;

    (void)state;
    assert_true(tls_client_setup(client_tls, house_keys(HOUSE), house_trust(HOUSE), &fault));
    assert_true(meet(SERVER, client_tls, &server, &client));
    assert_int_equal(SSL_version(client), TLS1_3_VERSION);
    assert_int_equal(SSL_get_verify_result(client), X509_V_OK);
    assert_int_equal(server.verdict, X509_V_OK);
    assert_false(SSL_SESSION_has_ticket(SSL_get_session(client)));
    SSL_free(client);
    SSL_CTX_free(client_tls);
}

static void nothing_is_resumed(void **state)
{
    (void)state;
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        X509 *certificate = issue(house_pki(HOUSE), (struct pki_leaf){ 0 });
        SSL_CTX *client_tls = lax_client(certificate);
        struct side server;
        SSL *client;
        SSL_CTX_set_max_proto_version(client_tls, version);
        SSL_CTX_set_session_cache_mode(client_tls, SSL_SESS_CACHE_CLIENT);
        assert_true(meet(SERVER, client_tls, &server, &client));
        assert_false(SSL_SESSION_is_resumable(SSL_get_session(client)));
        SSL_free(client);
        SSL_CTX_free(client_tls);
        X509_free(certificate);
    }
}

static void only_good_versions_and_ciphers_are_agreed_on(void **state)
{
    static const struct {
        int version;
        const char *cipher;
        bool good;
    } CASES[] = {
        { TLS1_VERSION, "ALL", false },
        { TLS1_1_VERSION, "ALL", false },
        { TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384", true },
        { TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", true },
        { TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", true },
        { TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA384", false },
        { TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA", false },
        { TLS1_2_VERSION, "ECDHE-ECDSA-AES128-CCM8", false },
        { TLS1_2_VERSION, "AES128-GCM-SHA256", false },
        { TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", false },
        { TLS1_2_VERSION, "ECDHE-ECDSA-NULL-SHA", false },
        { TLS1_2_VERSION, "AECDH-AES128-SHA", false },
        { TLS1_3_VERSION, "ALL", true },
    };
    X509 *certificate = issue(house_pki(HOUSE), (struct pki_leaf){ 0 });

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SSL_CTX *client = lax_client(certificate);
        SSL_CTX_set_min_proto_version(client, CASES[i].version);
        SSL_CTX_set_max_proto_version(client, CASES[i].version);
        assert_true(SSL_CTX_set_cipher_list(client, CASES[i].cipher));
        if (agree(SERVER, client) != CASES[i].good)
            fail_msg("version %x, %s", (unsigned)CASES[i].version, CASES[i].cipher);
        SSL_CTX_free(client);
    }
    X509_free(certificate);
}

static void a_client_must_show_a_good_certificate(void **state)
{
    const time_t now = time(NULL);
    const struct {
        const char *what;
        bool ours, good;
        struct pki_leaf leaf;
    } CASES[] = {
        { "good", true, true, { 0 } },
        { "no extended key usage", true, true, { .purpose = PURPOSE_ONDERTEKENEN } },
        { "another authority", false, false, { 0 } },
        { "expired", true, false, { .not_before = now - 200, .not_after = now - 100 } },
        { "not yet valid", true, false, { .not_before = now + 1000 } },
        { "only for servers", true, false, { .ext_usage = "serverAuth" } },
        { "no digitalSignature", true, false, { .key_usage = "critical,keyEncipherment" } },
        { "signed with SHA-1", true, false, { .digest = EVP_sha1() } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        X509 *certificate = issue(CASES[i].ours ? house_pki(HOUSE) : OTHER_PKI, CASES[i].leaf);
        SSL_CTX *client = lax_client(certificate);
        if (agree(SERVER, client) != CASES[i].good)
            fail_msg("%s", CASES[i].what);
        SSL_CTX_free(client);
        X509_free(certificate);
    }
    SSL_CTX *naked = tlsend_context(false, NULL, NULL, NULL);
    assert_false(agree(SERVER, naked));
    SSL_CTX_free(naked);
}

static void a_revoked_certificate_is_refused_by_either_side(void **state)
{
    struct house *house = house_create(OIN);
    X509 *certificate = issue(house_pki(house), (struct pki_leaf){ 0 });
    SSL_CTX *lax = lax_client(certificate), *server = NULL;
    SSL_CTX *lax_server = tlsend_context(true, certificate, pki_key(PKI_P256, 1), NULL);
    SSL_CTX *before = SSL_CTX_new(TLS_client_method());
    SSL_CTX *after = SSL_CTX_new(TLS_client_method());
    struct fault fault = { 0 };

    (void)state;
    assert_true(tls_client_setup(before, house_keys(house), house_trust(house), &fault));
    assert_true(agree(lax_server, before));
    house_revoke(house, certificate);
    assert_true(tls_server_context(house_keys(house), house_trust(house), &server, &fault));
    assert_false(agree(server, lax));
    assert_true(tls_client_setup(after, house_keys(house), house_trust(house), &fault));
    assert_false(agree(lax_server, after));
    SSL_CTX_free(before);
    SSL_CTX_free(after);
    SSL_CTX_free(lax);
    SSL_CTX_free(lax_server);
    SSL_CTX_free(server);
    X509_free(certificate);
    house_destroy(house);
}

static void what_can_only_be_asked_is_off(void **state)
{
    (void)state;
    assert_true(SSL_CTX_get_options(SERVER) & SSL_OP_NO_RENEGOTIATION);
    assert_true(SSL_CTX_get_options(SERVER) & SSL_OP_NO_COMPRESSION);
    assert_int_equal(SSL_CTX_get_max_early_data(SERVER), 0);
    assert_int_equal(SSL_CTX_get_num_tickets(SERVER), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_client_and_our_server_agree_on_tls_13),
        cmocka_unit_test(nothing_is_resumed),
        cmocka_unit_test(only_good_versions_and_ciphers_are_agreed_on),
        cmocka_unit_test(a_client_must_show_a_good_certificate),
        cmocka_unit_test(a_revoked_certificate_is_refused_by_either_side),
        cmocka_unit_test(what_can_only_be_asked_is_off),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
