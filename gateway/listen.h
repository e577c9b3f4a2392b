/* listen -- HTTPS with client certificates: strict HTTP, one libevent thread; for peers, and
 * again for DUO, each with a listener of its own.
 *
 * The loop reads; workers answer. A route says how large a body may be, so a
 * large one is refused before it is read. Connections live at most 15 minutes;
 * handshake, head and body each have a deadline; bytes waiting behind a
 * request: answer, then close; after every status of 400 and above: close.
 * No tickets, no session cache, no renegotiation.
 */
#ifndef GATEWAY_LISTEN_H
#define GATEWAY_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "gateway/http.h"
#include "gateway/worker.h"

struct addrinfo;

struct listen_request {
    struct http_head head;
    struct buf body;
    X509 *client;     /* the verified TLS client certificate; borrowed */
    char address[64]; /* for the log */
};

struct listen_answer {
    int status;
    const char *content_type; /* static text; NULL: no body */
    struct buf body;
    size_t head_length; /* to HEAD, which gets no body: the Content-Length to declare */
    int retry_after;    /* seconds; 0: no header */
    const char *fields; /* static text: whole header lines; NULL: those of the settings */
    bool close;
    size_t promised; /* the Content-Length to declare when less comes: for who stands in for a
                      * service that is cut off; 0: what comes */
};

/* Runs on a worker thread. Fills the answer; must not keep the request. */
typedef void listen_handler(void *context, const struct listen_request *request,
                            struct listen_answer *answer);

struct listen_route {
    const char *method, *path; /* exact; a path ending in '*' is a prefix */
    size_t body_max;
    listen_handler *handle;
};

/* Asked on the loop thread when a head is complete, before a body byte is read (the request's
 * body is not there yet); must be quick. False: the answer is given at once (the caller fills
 * it) and the connection closed. */
typedef bool listen_admit(void *context, const struct listen_request *request,
                          struct listen_answer *answer);

/* Makes the answer with which the listener itself refuses (a bad head, no such route, too
 * large, no room). */
typedef void listen_refuse(int status, struct listen_answer *answer);

struct listen_settings {
    const char *address;               /* "127.0.0.1:8443", "[::1]:0" (0: any free port) */
    const struct listen_route *routes; /* ends with method NULL */
    listen_admit *admit;
    void *context;
    unsigned allowed;      /* HTTP_CHUNKS and HTTP_DELETE of http.h; 0: neither */
    const char *fields;    /* header lines of every answer, as "API-Version: 1.8.0\r\n" */
    listen_refuse *refuse; /* NULL: application/problem+xml */
    /* body_seconds, for a request and for its answer, grows with size / 10 kB/s; a connection
     * that has reached life_seconds gets no further request */
    int handshake_seconds, head_seconds, body_seconds, life_seconds, idle_seconds;
    int connections_max, per_address_max; /* an address: one of IPv4, a /64 of IPv6 */
};

struct listener;

/* Binds and starts the thread. What settings point to is borrowed until listen_stop(), and so
 * are the workers. FAULT_CONFIG when the address cannot be used. *listener: listen_stop(). */
bool listen_start(const struct listen_settings *settings, SSL_CTX *tls,
                  struct workers *workers, struct listener **listener,
                  struct fault *fault) MUST_CHECK;
/* "ADDRESS:PORT" or "[ADDRESS]:PORT", numbers only. NULL: it is not; else freeaddrinfo() it.
 */
struct addrinfo *listen_address(const char *text);
int listen_port(const struct listener *listener);
/* New connections use this context; the listener takes a reference. */
void listen_set_tls(struct listener *listener, SSL_CTX *tls);
/* Stops accepting, lets running requests be answered, then ends the thread. */
void listen_stop(struct listener *listener);

#endif
