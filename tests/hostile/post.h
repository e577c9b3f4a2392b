/* post -- a message made by hand and put straight to a town's handler, without a wire.
 *
 * post_start() makes an honest one; a test changes one thing, then packs and hands it over.
 * Anything that goes wrong while making it aborts.
 */
#ifndef TESTS_HOSTILE_POST_H
#define TESTS_HOSTILE_POST_H

#include "codecs/message.h"
#include "codecs/receipt.h"
#include "gateway/listen.h"
#include "tests/town.h"

struct post {
    struct town *receiver; /* whose handler gets it */
    struct kop kop;
    const char *dossier;      /* XML text of the content; NULL: an empty element */
    void (*change)(xmlDoc *); /* after it was judged by our own rules, before it is signed */
    EVP_PKEY *key;            /* that signs; NULL: nobody does */
    X509 *signer, *client;    /* KeyInfo, and what TLS showed */
    X509 *sealed_for, *sealed_by;
    const char *bron, *doel, *bericht_id; /* NULL: as the header says */

    struct buf xml, sealed; /* made by post_pack() */
    struct digest canonical;
};

void post_start(struct post *post, struct town *writer, struct town *receiver,
                enum soort soort);
void post_finish(struct post *post);

/* Signs and seals in someone's name. */
void post_sign_as(struct post *post, struct town *town);

/* Builds, signs, seals; again gives other sealed bytes of the same content. */
void post_pack(struct post *post);
void post_seal(struct post *post); /* only seals xml again */

/* What the handler answers; the caller's: buf_finish(&answer->body). */
void post_hand(const struct post *post, struct listen_answer *answer);

/* post_pack() and post_hand(). */
void post_send(struct post *post, struct listen_answer *answer);

/* Reads the answer as a receipt of the receiver about this message. False: it is none. */
bool post_receipt(const struct post *post, const struct listen_answer *answer,
                  struct receipt *receipt);

#endif
