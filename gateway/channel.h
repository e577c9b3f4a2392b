/* channel -- an accepted socket with TLS on it, never blocking; owns both.
 *
 * Bytes go straight between the caller's memory and OpenSSL: no buffer in
 * between grows, keeps plain text or reads further than was asked for.
 */
#ifndef GATEWAY_CHANNEL_H
#define GATEWAY_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

struct channel {
    int fd;
    SSL *ssl;
    bool broken; /* TLS has failed: no farewell */
};

/* What a call came to: done; try again when the socket is readable or writable; or the end. */
enum flow { FLOW_ON, FLOW_WANTS_READ, FLOW_WANTS_WRITE, FLOW_OVER };

/* Takes the file descriptor, also when it fails. */
bool channel_init(struct channel *channel, int fd, SSL_CTX *tls);
void channel_finish(struct channel *channel);

enum flow channel_handshake(struct channel *channel);
/* The verified certificate of the client, counted; NULL: none, or not good. */
X509 *channel_client(const struct channel *channel);

enum flow channel_read(struct channel *channel, void *to, size_t room, size_t *got);
enum flow channel_write(struct channel *channel, const void *from, size_t size, size_t *put);

/* Has the other side sent what nobody has read? */
bool channel_has_more(const struct channel *channel);

/* Says that no more comes from us; then reads and forgets until the other side ends too. To
 * close with bytes unread would send a reset, which takes our last answer from its reader. */
void channel_farewell(struct channel *channel);
enum flow channel_forget(struct channel *channel);

#endif
