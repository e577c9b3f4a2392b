/* enclosure -- documents that a client hands over on the local bus in pieces, until a request
 * sends them along.
 *
 * Encrypted as they come, under a fresh key each, into HOME/bijlagen: the plain document is
 * never on disk and never whole in memory. A few at a time, for an hour; what is not sent then
 * is swept away (sweep.h).
 */
#ifndef GATEWAY_ENCLOSURE_H
#define GATEWAY_ENCLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codecs/base/fault.h"
#include "codecs/document.h"
#include "gateway/gateway.h"

#define ENCLOSURES_MAX 32

struct enclosure_piece {
    const char *file; /* UUID, of the client's choice */
    const char *naam; /* of the document; counts with the first piece */
    int64_t offset;   /* what is held so far; a repeat of the last piece is harmless */
    struct buf bytes;
};

/* *held: bytes held after it. FAULT_USAGE, FAULT_SIZE, FAULT_TEMPORARY, FAULT_IO. */
bool enclosure_add(struct gateway *gateway, const struct enclosure_piece *piece, int64_t *held,
                   struct fault *fault) MUST_CHECK;

/* No more comes: finishes each of `files` (UUIDs with blanks between; "": none), whose tag is
 * written and which is synced under its final name, and encloses it in the dossier. Whatever
 * the dossier names must then be enclosed. May be asked again. FAULT_RULE, FAULT_UNKNOWN,
 * FAULT_ATTACHMENT (of a kind that may not travel), FAULT_IO. */
bool enclosure_take(struct gateway *gateway, const char *files, xmlNode *dossier,
                    struct fault *fault) MUST_CHECK;

/* The same, of a dossier that supplements `before`: what went along with that need not be
 * given again. */
bool enclosure_take_again(struct gateway *gateway, const char *files, const xmlNode *before,
                          xmlNode *dossier, struct fault *fault) MUST_CHECK;

/* Sent: the file stays, its key is forgotten here. Not sent: the file goes too. */
void enclosure_forget_list(const char *files, bool remove);
void enclosure_forget_all(void);

#endif
