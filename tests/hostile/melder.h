/* melder -- stands in for DUO as it notifies a town over TLS; for tests.
 *
 * The town listens for notifications under a root that is DUO's alone. Requests are text, so
 * that a test can break whatever it likes in them.
 */
#ifndef TESTS_HOSTILE_MELDER_H
#define TESTS_HOSTILE_MELDER_H

#include "codecs/base/buf.h"
#include "tests/tlsend.h"
#include "tests/town.h"

#define MELDER_DUO "00000099000000009000"
#define MELDER_TOWN "00000099000000001000"

/* What DUO would show, and what others might. */
enum melder_client {
    MELDER_GOOD,     /* DUO's OIN under DUO's root */
    MELDER_NAKED,    /* no certificate */
    MELDER_FOREIGN,  /* DUO's OIN under a root that nobody trusts */
    MELDER_PEER,     /* DUO's OIN under the root that the town trusts for peers */
    MELDER_IMPOSTOR, /* another OIN under DUO's root */
    MELDER_EXPIRED,  /* DUO's own of last year */
    MELDER_CLIENTS
};

extern struct melder {
    struct town town;
    struct pki *duo;
    SSL_CTX *clients[MELDER_CLIENTS];
    X509 *good; /* the certificate of MELDER_GOOD */
} melder_now;

/* Group fixtures of cmocka: the town is built, and runs. */
int melder_set_up(void **state);
int melder_tear_down(void **state);
void melder_restart(void);
/* Every notification is gone again. A fixture of one test. */
int melder_forget(void **state);

struct melding {
    const char *bron, *doel, *id, *type; /* NULL: no such header */
    const char *body;
    bool chunked;
};
/* A good one, about BSN 999900031 with event SS121; a fresh id each time. */
struct melding melder_good(void);
void melder_write(const struct melding *melding, struct buf *request);

/* Sends; the whole answer is appended. Returns the status, 0 when there was none. */
int melder_say(enum melder_client client, const void *bytes, size_t size, struct buf *answer);
/* One melding by DUO itself: the status, after a look at what every answer must have. */
int melder_send(const struct melding *melding);

int64_t melder_count(void); /* notifications that are stored */

#endif
