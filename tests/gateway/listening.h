/* listening -- a listener on the loopback with a few routes, and clients for it; for tests.
 *
 *   GET /a, POST /a (<= BODY_MAX), GET /evil, GET /held/...   200 "PATH BYTES", counted in
 * `handled` HEAD /held/...   200, declares 1 MiB        GET /large   5 MB        POST /bad 409
 *   GET /door      as /a, but only after open_the_door()
 *
 * admit() turns away whoever says "bron: stranger" with 403 "not you".
 */
#ifndef TESTS_GATEWAY_LISTENING_H
#define TESTS_GATEWAY_LISTENING_H

#include <stdatomic.h>
#include <stddef.h>

#include "codecs/base/buf.h"
#include "gateway/listen.h"
#include "gateway/worker.h"
#include "tests/pki.h"
#include "tests/tlsend.h"

#define POST "POST /a HTTP/1.1\r\nHost: x\r\n"
#define GET "GET /a HTTP/1.1\r\nHost: x\r\n"

enum { BODY_MAX = 1000000 };

extern struct listening {
    struct listener *listener;
    struct workers *workers;
    atomic_int handled, admitted; /* how often, in this test */
    struct pki *home, *other;     /* ours, and one that the listener does not trust */
    X509 *server;
    SSL_CTX *server_tls;
    /* Clients: with our certificate, with none, with one of `other`. */
    SSL_CTX *good_client, *naked_client, *foreign_client;
} listening_now;

/* Group fixtures of cmocka. */
int listening_set_up(void **state);
int listening_tear_down(void **state);

/* Fixtures of one test: everything lasts a minute, or every deadline is a second. */
int listening_start(void **state);
int listening_start_impatient(void **state);
int listening_stop(void **state);

struct listen_settings listening_settings(void);
void listening_start_with(const struct listen_settings *settings, struct workers *workers);

struct tlsend listening_dial(void);
/* Sends, reads until the listener ends the connection, returns the status (0: no answer). */
int listening_tell(const void *bytes, size_t size, struct buf *answer);
int listening_answers(const struct buf *bytes);
int listening_status(const struct buf *bytes);

void listening_await_door(int handlers); /* that many stand before the door */
void listening_open_door(void);

#endif
