/* compose -- a message of ours: header, content, signature, seal; ready for the outbox. */
#ifndef GATEWAY_COMPOSE_H
#define GATEWAY_COMPOSE_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"
#include "gateway/outbox.h"
#include "peers/peer.h"

struct letter {
    const struct peer *peer;
    enum soort soort;
    const char *overdracht_id; /* NULL: a new one */
    const char *from, *to;     /* gemeentecodes: ours and theirs */
    const char *antwoord_op;   /* message id, or NULL */
    int64_t valid_seconds;     /* from now until geldigTot */
    const xmlNode *content;    /* NULL: an empty element */
};

/* Fills id, overdracht, soort, peer, expires, canonical, signer, sealed_for and sealed of
 * `row`. FAULT_SIZE when the sealed bytes pass the limit; faults of message, signature and
 * seal. */
bool compose_letter(struct gateway *gateway, const struct letter *letter,
                    struct outbox_row *row, struct fault *fault) MUST_CHECK;

/* The same message as it would be signed, for somebody who wants to see it first. Appends. */
bool compose_preview(struct gateway *gateway, const struct letter *letter, struct buf *xml,
                     struct fault *fault) MUST_CHECK;

/* Signed under our present certificate, and sealed for the first on the peer's card? */
bool compose_is_current(const struct gateway *gateway, const struct peer *peer,
                        const struct outbox_row *row);

/* The same document (header and canonical digest stay) under the certificates of now: replaces
 * sealed, signer and sealed_for of `row`. */
bool compose_again(struct gateway *gateway, const struct peer *peer, struct outbox_row *row,
                   struct fault *fault) MUST_CHECK;

/* Opens what rests sealed (ours or received): the document's tree without belief in anything
 * but the digest that was recorded. *doc is the canonical document; canonical its bytes. */
bool compose_open(struct gateway *gateway, const struct buf *sealed,
                  const struct digest *recorded, struct buf *canonical, xmlDoc **doc,
                  struct fault *fault) MUST_CHECK;

#endif
