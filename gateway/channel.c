/* channel -- see channel.h. */
#include "gateway/channel.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

bool channel_init(struct channel *channel, int fd, SSL_CTX *tls)
{
    *channel = (struct channel){ .fd = fd, .ssl = SSL_new(tls) };
    if (!channel->ssl || !SSL_set_fd(channel->ssl, fd)) {
        channel_finish(channel);
        return false;
    }
    /* Without it the farewell behind an answer waits 40 ms for the other side's delayed ACK.
     */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    SSL_set_accept_state(channel->ssl);
    SSL_set_mode(channel->ssl,
                 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return true;
}

void channel_finish(struct channel *channel)
{
    SSL_free(channel->ssl);
    close(channel->fd);
    *channel = (struct channel){ .fd = -1 };
}

/* An unexpected end is an end: what counts was counted by Content-Length. */
static enum flow flow_of(struct channel *channel, int result)
{
    switch (SSL_get_error(channel->ssl, result)) {
    case SSL_ERROR_NONE:
        return FLOW_ON;
    case SSL_ERROR_WANT_READ:
        return FLOW_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return FLOW_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return FLOW_OVER;
    default:
        channel->broken = true;
        ERR_clear_error();
        return FLOW_OVER;
    }
}

enum flow channel_handshake(struct channel *channel)
{
    ERR_clear_error();
    return flow_of(channel, SSL_do_handshake(channel->ssl));
}

X509 *channel_client(const struct channel *channel)
{
    if (SSL_get_verify_result(channel->ssl) != X509_V_OK)
        return NULL;
    return SSL_get1_peer_certificate(channel->ssl);
}

enum flow channel_read(struct channel *channel, void *to, size_t room, size_t *got)
{
    ERR_clear_error();
    return flow_of(channel, SSL_read_ex(channel->ssl, to, room, got));
}

enum flow channel_write(struct channel *channel, const void *from, size_t size, size_t *put)
{
    ERR_clear_error();
    return flow_of(channel, SSL_write_ex(channel->ssl, from, size, put));
}

bool channel_has_more(const struct channel *channel)
{
    int waiting = 0;

    return SSL_has_pending(channel->ssl)
           || (ioctl(channel->fd, FIONREAD, &waiting) == 0 && waiting > 0);
}

void channel_farewell(struct channel *channel)
{
    ERR_clear_error();
    if (!channel->broken && SSL_is_init_finished(channel->ssl))
        SSL_shutdown(channel->ssl);
    ERR_clear_error();
    shutdown(channel->fd, SHUT_WR);
}

enum flow channel_forget(struct channel *channel)
{
    char nowhere[16384];
    ssize_t got = recv(channel->fd, nowhere, sizeof(nowhere), MSG_DONTWAIT);

    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
        return FLOW_WANTS_READ;
    return FLOW_OVER;
}
