/* tlsend -- see tlsend.h. */
#include "tests/tlsend.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/err.h>

#define MUST(condition)                                                                       \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                   \
            abort();                                                                          \
        }                                                                                     \
    } while (0)

enum { LIMIT_SECONDS = 10 };

static void show(SSL_CTX *context, X509 *certificate, EVP_PKEY *key)
{
    if (certificate)
        MUST(SSL_CTX_use_certificate(context, certificate) == 1
             && SSL_CTX_use_PrivateKey(context, key) == 1);
}

static void verify_with(SSL_CTX *context, X509_STORE *store)
{
    if (!store)
        return;
    MUST(SSL_CTX_set1_verify_cert_store(context, store));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

SSL_CTX *tlsend_context(bool server, X509 *certificate, EVP_PKEY *key, X509_STORE *store)
{
    SSL_CTX *context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());

    MUST(context);
    show(context, certificate, key);
    verify_with(context, store);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return context;
}

static void set_limits(int fd)
{
    const struct timeval limit = { LIMIT_SECONDS, 0 };

    MUST(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0);
    MUST(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0);
}

int tlsend_dial_from(const char *address, int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in from = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    MUST(fd >= 0 && inet_pton(AF_INET, address, &from.sin_addr) == 1);
    MUST(bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0);
    set_limits(fd);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)); /* or 40 ms each */
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    close(fd);
    return -1;
}

int tlsend_dial(int port)
{
    int fd = tlsend_dial_from("127.0.0.1", port);

    MUST(fd >= 0);
    return fd;
}

static bool handshake(struct tlsend *end, SSL_CTX *context, int (*shake)(SSL *))
{
    end->ssl = SSL_new(context);
    MUST(end->ssl && SSL_set_fd(end->ssl, end->fd));
    ERR_clear_error();
    return shake(end->ssl) == 1;
}

bool tlsend_connect_on(struct tlsend *end, int fd, SSL_CTX *context)
{
    end->fd = fd;
    return handshake(end, context, SSL_connect);
}

bool tlsend_connect(struct tlsend *end, int port, SSL_CTX *context)
{
    return tlsend_connect_on(end, tlsend_dial(port), context);
}

bool tlsend_accept(struct tlsend *end, int fd, SSL_CTX *context)
{
    end->fd = fd;
    set_limits(end->fd);
    return handshake(end, context, SSL_accept);
}

void tlsend_close(struct tlsend *end)
{
    ERR_clear_error();
    if (SSL_is_init_finished(end->ssl))
        SSL_shutdown(end->ssl);
    SSL_free(end->ssl);
    close(end->fd);
    ERR_clear_error();
}

bool tlsend_send(struct tlsend *end, const void *bytes, size_t size)
{
    size_t put;

    ERR_clear_error();
    return SSL_write_ex(end->ssl, bytes, size, &put) == 1;
}

bool tlsend_say(struct tlsend *end, const char *text)
{
    return tlsend_send(end, text, strlen(text));
}

static bool read_some(struct tlsend *end, struct buf *bytes)
{
    size_t got;

    ERR_clear_error();
    errno = 0;
    if (SSL_read_ex(end->ssl, buf_reserve(bytes, 65536), 65536, &got) != 1)
        return false;
    buf_grown(bytes, got);
    return true;
}

bool tlsend_read_to_end(struct tlsend *end, struct buf *bytes)
{
    while (read_some(end, bytes))
        ;
    return errno != EAGAIN;
}

bool tlsend_read(struct tlsend *end, size_t size, struct buf *bytes)
{
    while (bytes->size < size)
        if (!read_some(end, bytes))
            return false;
    return true;
}

bool tlsend_read_message(struct tlsend *end, struct buf *bytes)
{
    const char *behind;

    while (!(behind = strstr(buf_text(bytes), "\r\n\r\n")))
        if (!read_some(end, bytes))
            return false;
    const char *length = strcasestr(buf_text(bytes), "content-length:");
    size_t body = length ? strtoul(length + strlen("content-length:"), NULL, 10) : 0;
    return tlsend_read(end, (size_t)(behind + 4 - buf_text(bytes)) + body, bytes);
}

int tlsend_listen(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    MUST(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
    MUST(listen(fd, 64) == 0 && getsockname(fd, (struct sockaddr *)&at, &size) == 0);
    *port = ntohs(at.sin_port);
    return fd;
}
