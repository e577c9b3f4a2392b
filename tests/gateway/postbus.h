/* postbus -- a mail server on the loopback, for tests: takes what it is given and keeps it.
 *
 * It has a certificate of its own authority, whose root it writes to a file. One connection
 * at a time.
 */
#ifndef TESTS_GATEWAY_POSTBUS_H
#define TESTS_GATEWAY_POSTBUS_H

#include <stdbool.h>

#include "codecs/base/buf.h"

enum postbus_kind {
    POSTBUS_TLS,      /* smtps */
    POSTBUS_STARTTLS, /* offers it */
    POSTBUS_PLAIN,    /* offers none */
    POSTBUS_STRIPPED, /* offers it, and says no when asked */
};

struct postbus;

/* host: the name in its certificate, "IP:127.0.0.1" is the good one. */
struct postbus *postbus_start(enum postbus_kind kind, const char *host);
void postbus_stop(struct postbus *postbus);

int postbus_port(const struct postbus *postbus);
const char *postbus_ca(const struct postbus *postbus); /* path of the root, PEM */

/* From now on every recipient is refused, or none. */
void postbus_refuse(struct postbus *postbus, bool refuse);

/* How many mails were taken, and what was said and given so far (appended). */
int postbus_count(struct postbus *postbus);
void postbus_heard(struct postbus *postbus, struct buf *heard);

#endif
