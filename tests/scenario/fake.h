/* fake -- a peer that answers what it should not: a listener with the keys of a town that is
 * open but not started, on that town's port.
 *
 * Anything that goes wrong while starting aborts.
 */
#ifndef TESTS_SCENARIO_FAKE_H
#define TESTS_SCENARIO_FAKE_H

#include "codecs/receipt.h"
#include "tests/town.h"

/* A receipt as the fake is about to make it: honest, until spoiled. */
struct forgery {
    struct receipt receipt;
    EVP_PKEY *key;
    X509 *certificate;
};

struct lie {
    const char *what;
    int status;
    const char *type, *body;                /* both NULL with a receipt */
    void (*spoil)(struct forgery *forgery); /* a receipt is made, and spoiled by this */
    void (*after)(struct buf *receipt);     /* its bytes changed */
    bool keep;                              /* the real handler takes the message in first */
    const char *says;                       /* what the sender's operator must read */
};

struct fake;

struct fake *fake_start(struct town *town);
/* Whoever asks from now on is told this. The lie is borrowed. */
void fake_tell(struct fake *fake, const struct lie *lie);
void fake_stop(struct fake *fake);

#endif
