/* newest -- which dossier counts in a handover: the last `dossier`, or the last `aanvulling`
 * of it. One of ours that was refused, expired or cancelled supplements nothing.
 *
 * All functions run inside a transaction of the store; rows come with sealed and receipt.
 */
#ifndef GATEWAY_NEWEST_H
#define GATEWAY_NEWEST_H

#include <stdbool.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/inbox.h"
#include "gateway/outbox.h"

/* What we sent; what was accepted from them. *found tells. */
bool newest_sent(sqlite3 *db, const char *overdracht, struct outbox_row *row, bool *found,
                 struct fault *fault) MUST_CHECK;
bool newest_received(sqlite3 *db, const char *overdracht, struct inbox_row *row, bool *found,
                     struct fault *fault) MUST_CHECK;

/* Does this message carry the dossier that counts, or one that it supplements? */
bool newest_was_sent(sqlite3 *db, const char *overdracht, const char *bericht, bool *was,
                     struct fault *fault) MUST_CHECK;
/* Is it a dossier that was tried until its life was over, so that nobody knows whether it
 * came?
 */
bool newest_in_doubt(sqlite3 *db, const char *overdracht, const char *bericht, bool *was,
                     struct fault *fault) MUST_CHECK;
/* Did we accept this message of theirs, with a dossier, in that handover? */
bool newest_was_received(sqlite3 *db, const char *overdracht, const char *bericht, bool *was,
                         struct fault *fault) MUST_CHECK;

#endif
