/* listening -- a listener on the loopback with a few routes, and clients for it; for tests.
 *
 *   GET /a, POST /a (<= BODY_MAX), GET /evil, GET /held/...   200 "PATH BYTES"; see HANDLED
 *   HEAD /held/...   200, declares 1 MiB        GET /large   5 MB        POST /bad   409
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

extern struct listener *LISTENER;
extern struct workers *WORKERS;
extern atomic_int HANDLED, ADMITTED;
extern struct pki *HOME_PKI, *OTHER_PKI;
extern X509 *SERVER;
/* Clients: with our certificate, with none, with one of OTHER_PKI. */
extern SSL_CTX *SERVER_TLS, *GOOD_CLIENT, *NAKED_CLIENT, *FOREIGN_CLIENT;

/* Group fixtures of cmocka. */
int make_certificates(void **state);
int drop_certificates(void **state);

/* Fixtures of one test: everything lasts a minute, or every deadline is a second. */
int start(void **state);
int start_impatient(void **state);
int stop(void **state);

struct listen_settings patient(void);
void start_with(const struct listen_settings *settings, struct workers *workers);

struct tlsend connected(void);
/* Sends, reads until the listener ends the connection, returns the status (0: no answer). */
int tell(const void *bytes, size_t size, struct buf *answer);
int answers_in(const struct buf *bytes);
int status_of(const struct buf *bytes);

void until_waiting(int handlers); /* that many stand before the door */
void open_the_door(void);

#endif
