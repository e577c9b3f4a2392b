/* tlsend -- one end of a TLS connection on the loopback, blocking, for tests.
 *
 * Every read has a limit of ten seconds, so that a test that hangs fails.
 */
#ifndef TESTS_TLSEND_H
#define TESTS_TLSEND_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "codecs/base/buf.h"

/* Asks for and verifies the other side's certificate with `store` (NULL: with nothing);
 * certificate NULL: shows none. The caller's: SSL_CTX_free(). */
SSL_CTX *tlsend_context(bool server, X509 *certificate, EVP_PKEY *key, X509_STORE *store);

struct tlsend {
    int fd;
    SSL *ssl;
};

int tlsend_dial(int port); /* only the socket */
/* From that address, such as "127.0.0.9"; -1: not connected. */
int tlsend_dial_from(const char *address, int port);
/* False: TLS did not come about (a server may still refuse behind it, in TLS 1.3). */
bool tlsend_connect(struct tlsend *end, int port, SSL_CTX *context);
/* The same on a socket that was dialled, which it takes. */
bool tlsend_connect_on(struct tlsend *end, int fd, SSL_CTX *context);
/* The server's side of an accepted socket, which it takes. */
bool tlsend_accept(struct tlsend *end, int fd, SSL_CTX *context);
void tlsend_close(struct tlsend *end);

bool tlsend_send(struct tlsend *end, const void *bytes, size_t size);
bool tlsend_say(struct tlsend *end, const char *text);

/* Appends what comes until the other side ends; false when it did not end within ten seconds.
 */
bool tlsend_read_to_end(struct tlsend *end, struct buf *bytes);
/* Appends until `bytes` holds `size`; false when the other side ended before. */
bool tlsend_read(struct tlsend *end, size_t size, struct buf *bytes);
/* One HTTP message: head and as many bytes as its Content-Length says. */
bool tlsend_read_message(struct tlsend *end, struct buf *bytes);

/* A listening socket on a port of the kernel's choice. */
int tlsend_listen(int *port);

#endif
