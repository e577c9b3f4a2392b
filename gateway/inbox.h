/* inbox -- what others sent us, once each, with the receipt they got for it.
 *
 * (sender, id) is unique for ever. A repeat with the same canonical digest gets the stored
 * receipt byte for byte; the same id with another digest is refused by the caller and not
 * stored. What was accepted is kept as the sealed bytes; of what was refused only the receipt.
 *
 * All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_INBOX_H
#define GATEWAY_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"
#include "codecs/message.h"

struct inbox_row {
    int64_t seq, received;
    char sender[OIN_SIZE], id[UUID_SIZE], overdracht[UUID_SIZE], soort[32];
    char code[32]; /* "": aangenomen */
    struct digest sealed_digest, canonical, signer, tls_client;
    struct buf sealed, receipt;
};
void inbox_row_finish(struct inbox_row *row);
#define SCOPED_INBOX_ROW __attribute__((cleanup(inbox_row_finish)))

bool inbox_find(sqlite3 *db, const char *sender, const char *id, struct inbox_row *row,
                bool *found, struct fault *fault) MUST_CHECK;

/* Adds the row with its audit row. seq is not used. FAULT_CONFLICT: (sender, id) is there. */
bool inbox_add(sqlite3 *db, const struct inbox_row *row, struct fault *fault) MUST_CHECK;

/* The newest accepted message of that kind (NULL: of any) in a handover. *found tells. */
bool inbox_latest(sqlite3 *db, const char *overdracht, const char *soort,
                  struct inbox_row *row, bool *found, struct fault *fault) MUST_CHECK;

typedef void inbox_each(void *context, const struct inbox_row *row);
bool inbox_list(sqlite3 *db, const char *overdracht, inbox_each *each, void *context,
                struct fault *fault) MUST_CHECK; /* oldest first, without sealed */

#endif
