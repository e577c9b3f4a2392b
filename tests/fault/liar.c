/* liar -- see liar.h. */
#include "tests/fault/liar.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "gateway/keys.h"

struct liar {
    int fd, port;
    SSL_CTX *tls;
    _Atomic(liar_answer *) answer;
    pthread_t thread;
};

static void answer_in_plain_text(int fd)
{
    static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    char hello[4096];

    if (recv(fd, hello, sizeof(hello), 0) > 0)
        (void)!send(fd, ANSWER, sizeof(ANSWER) - 1, MSG_NOSIGNAL);
    close(fd);
}

static void serve(struct liar *liar, int fd)
{
    liar_answer *answer = atomic_load(&liar->answer);
    SCOPED_BUF struct buf request = { 0 };
    struct tlsend end;

    if (!answer) {
        answer_in_plain_text(fd);
        return;
    }
    if (tlsend_accept(&end, fd, liar->tls) && tlsend_read_message(&end, &request))
        answer(&end);
    tlsend_close(&end);
}

static void *serve_all(void *argument)
{
    struct liar *liar = argument;
    int fd;

    while ((fd = accept4(liar->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        serve(liar, fd);
    return NULL;
}

struct liar *liar_start(struct town *town)
{
    struct liar *liar = mem_alloc(sizeof(*liar));
    const struct keys *keys = town->gateway.keys;

    liar->fd = tlsend_listen(&liar->port);
    liar->tls = tlsend_context(true, keys_certificate(keys, PURPOSE_TLS_SERVER),
                               keys_get(keys, PURPOSE_TLS_SERVER), NULL);
    if (pthread_create(&liar->thread, NULL, serve_all, liar) != 0)
        abort();
    return liar;
}

void liar_stop(struct liar *liar)
{
    shutdown(liar->fd, SHUT_RDWR);
    pthread_join(liar->thread, NULL);
    close(liar->fd);
    SSL_CTX_free(liar->tls);
    free(liar);
}

int liar_port(const struct liar *liar)
{
    return liar->port;
}

void liar_tell(struct liar *liar, liar_answer *answer)
{
    atomic_store(&liar->answer, answer);
}
