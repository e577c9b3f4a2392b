/* postbus -- see postbus.h. */
#include "tests/gateway/postbus.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "codecs/base/mem.h"
#include "tests/pki.h"
#include "tests/tlsend.h"

struct postbus {
    enum postbus_kind kind;
    int fd, port;
    char ca[64];
    struct pki *pki;
    X509 *certificate;
    SSL_CTX *context;
    pthread_t thread;
    pthread_mutex_t lock;
    struct buf heard;
    int count;
    atomic_bool refuses;
};

/* One conversation: plain until there is TLS. */
struct talk {
    struct postbus *postbus;
    int fd;
    struct tlsend end;
    bool tls, data, auth;
};

static void say(struct talk *talk, const char *line)
{
    if (talk->tls)
        (void)tlsend_say(&talk->end, line);
    else
        (void)!write(talk->fd, line, strlen(line));
}

/* A line with its end; "" when there is no more. */
static void hear(struct talk *talk, struct buf *line)
{
    char c;

    line->size = 0;
    for (;;) {
        int got = talk->tls ? SSL_read(talk->end.ssl, &c, 1) : (int)read(talk->fd, &c, 1);
        if (got != 1)
            return;
        buf_add(line, &c, 1);
        if (c == '\n')
            return;
    }
}

static void keep(struct postbus *postbus, const struct buf *line)
{
    pthread_mutex_lock(&postbus->lock);
    buf_add(&postbus->heard, line->data, line->size);
    pthread_mutex_unlock(&postbus->lock);
}

static void greet(struct talk *talk)
{
    bool offers =
        talk->postbus->kind == POSTBUS_STARTTLS || talk->postbus->kind == POSTBUS_STRIPPED;

    say(talk, !talk->tls && offers ? "250-postbus\r\n250 STARTTLS\r\n"
                                   : "250-postbus\r\n250 AUTH PLAIN\r\n");
}

static void start_tls(struct talk *talk)
{
    if (talk->postbus->kind != POSTBUS_STARTTLS) {
        say(talk, "454 not now\r\n");
        return;
    }
    say(talk, "220 go on\r\n");
    talk->tls = tlsend_accept(&talk->end, talk->fd, talk->postbus->context);
}

static void take_data(struct talk *talk, const char *line)
{
    if (strcmp(line, ".\r\n") != 0)
        return;
    talk->data = false;
    pthread_mutex_lock(&talk->postbus->lock);
    talk->postbus->count++;
    pthread_mutex_unlock(&talk->postbus->lock);
    say(talk, "250 taken\r\n");
}

/* NUL user NUL geheim, base64. */
static void judge(struct talk *talk, const char *line)
{
    talk->auth = false;
    say(talk, strcmp(line, "AHVzZXIAZ2VoZWlt\r\n") == 0 ? "235 yes\r\n" : "535 no\r\n");
}

static void answer(struct talk *talk, const char *line)
{
    if (strncmp(line, "EHLO", 4) == 0)
        greet(talk);
    else if (strncmp(line, "STARTTLS", 8) == 0)
        start_tls(talk);
    else if (talk->auth)
        judge(talk, line);
    else if (strncmp(line, "AUTH", 4) == 0) {
        talk->auth = true;
        say(talk, "334 \r\n");
    } else if (strncmp(line, "RCPT", 4) == 0 && talk->postbus->refuses)
        say(talk, "550 no such mailbox\r\n");
    else if (strncmp(line, "DATA", 4) == 0) {
        talk->data = true;
        say(talk, "354 go on\r\n");
    } else
        say(talk, "250 well\r\n");
}

static void serve(struct postbus *postbus, int fd)
{
    SCOPED_BUF struct buf line = { 0 };
    struct talk talk = { .postbus = postbus, .fd = fd };

    if (postbus->kind == POSTBUS_TLS && !tlsend_accept(&talk.end, fd, postbus->context)) {
        tlsend_close(&talk.end);
        return;
    }
    talk.tls = postbus->kind == POSTBUS_TLS;
    say(&talk, "220 postbus\r\n");
    for (hear(&talk, &line); line.size > 0; hear(&talk, &line)) {
        keep(postbus, &line);
        if (talk.data)
            take_data(&talk, buf_text(&line));
        else
            answer(&talk, buf_text(&line));
    }
    if (talk.end.ssl) /* also when the handshake failed */
        tlsend_close(&talk.end);
    else
        close(fd);
}

static void *serve_all(void *argument)
{
    struct postbus *postbus = argument;
    int fd;

    while ((fd = accept(postbus->fd, NULL, NULL)) >= 0)
        serve(postbus, fd);
    return NULL;
}

static void write_root(struct postbus *postbus)
{
    snprintf(postbus->ca, sizeof(postbus->ca), "/tmp/postbus-%d-%d.pem", (int)getpid(),
             postbus->port);
    FILE *file = fopen(postbus->ca, "we");
    if (!file || PEM_write_X509(file, pki_root(postbus->pki)) != 1 || fclose(file) != 0)
        abort();
}

struct postbus *postbus_start(enum postbus_kind kind, const char *host)
{
    struct postbus *postbus = mem_alloc(sizeof(*postbus));
    const struct pki_leaf leaf = { .purpose = PURPOSE_TLS_SERVER,
                                   .key = pki_key(PKI_P256, 5),
                                   .host = host };

    signal(SIGPIPE, SIG_IGN); /* as in the daemon: whoever hangs up is no end */
    postbus->kind = kind;
    postbus->pki = pki_create(PKI_P256, "Postbus");
    postbus->certificate = pki_issue(postbus->pki, &leaf);
    postbus->context = tlsend_context(true, postbus->certificate, leaf.key, NULL);
    postbus->fd = tlsend_listen(&postbus->port);
    write_root(postbus);
    pthread_mutex_init(&postbus->lock, NULL);
    if (pthread_create(&postbus->thread, NULL, serve_all, postbus) != 0)
        abort();
    return postbus;
}

void postbus_stop(struct postbus *postbus)
{
    shutdown(postbus->fd, SHUT_RDWR);
    pthread_join(postbus->thread, NULL);
    close(postbus->fd);
    unlink(postbus->ca);
    SSL_CTX_free(postbus->context);
    X509_free(postbus->certificate);
    pki_destroy(postbus->pki);
    pthread_mutex_destroy(&postbus->lock);
    buf_finish(&postbus->heard);
    free(postbus);
}

int postbus_port(const struct postbus *postbus)
{
    return postbus->port;
}

const char *postbus_ca(const struct postbus *postbus)
{
    return postbus->ca;
}

void postbus_refuse(struct postbus *postbus, bool refuse)
{
    postbus->refuses = refuse;
}

int postbus_count(struct postbus *postbus)
{
    pthread_mutex_lock(&postbus->lock);
    int count = postbus->count;
    pthread_mutex_unlock(&postbus->lock);
    return count;
}

void postbus_heard(struct postbus *postbus, struct buf *heard)
{
    pthread_mutex_lock(&postbus->lock);
    buf_add(heard, postbus->heard.data, postbus->heard.size);
    pthread_mutex_unlock(&postbus->lock);
}
