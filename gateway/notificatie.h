/* notificatie -- what DUO told us: a row per notification, once each, until it was dealt with.
 *
 * (bron, berichtId) is unique for ever: DUO sends again when it did not hear our 201. Whom it
 * is about, and the body as it came, rest sealed under the home key and bound to that pair;
 * look-ups go by HMAC. In clear: ids, the code, when DUO registered it, times.
 *
 * All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_NOTIFICATIE_H
#define GATEWAY_NOTIFICATIE_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/certificate.h"
#include "codecs/digest.h"
#include "codecs/uuid.h"
#include "gateway/keys.h"

#define NOTIFICATIE_CODE_SIZE 7
#define NOTIFICATIE_MOMENT_SIZE 64

struct notificatie {
    int64_t seq, received;
    int64_t handled; /* 0: not yet, it is open */
    char bron[OIN_SIZE], id[UUID_SIZE];
    char gebeurtenis[NOTIFICATIE_CODE_SIZE]; /* "SS121"; its meaning: codecs/duo/gebeurtenis.h
                                              */
    char geregistreerd[NOTIFICATIE_MOMENT_SIZE]; /* as DUO wrote it, RFC 3339 */
    char overdracht[UUID_SIZE];                  /* "": none yet */
    /* Personal data. Either may be "", also both. The v-nummer has ten digits, as in a
     * dossier: DUO sends a number, which has lost its leading zeros. */
    char bsn[10], vnummer[11];
    struct buf body;       /* as it came */
    struct digest content; /* HMAC of what it says, whatever the order and the blanks */
};
void notificatie_finish(struct notificatie *row);
#define SCOPED_NOTIFICATIE __attribute__((cleanup(notificatie_finish)))

/* Adds the row with its audit row, which says `unknown`: how many members it has that DUO's
 * specification does not. *repeat: the same was there already, and nothing is changed.
 * FAULT_CONFLICT: this id was used for something else. */
bool notificatie_add(sqlite3 *db, const struct keys *keys, const struct notificatie *row,
                     size_t unknown, bool *repeat, struct fault *fault) MUST_CHECK;

bool notificatie_get(sqlite3 *db, const struct keys *keys, int64_t seq,
                     struct notificatie *row, bool *found, struct fault *fault) MUST_CHECK;

typedef void notificatie_each(void *context, const struct notificatie *row);
/* The open ones, oldest first: to be dealt with in that order. */
bool notificatie_open(sqlite3 *db, const struct keys *keys, notificatie_each *each,
                      void *context, struct fault *fault) MUST_CHECK;
/* Newest first, at most so many (0: all). */
bool notificatie_list(sqlite3 *db, const struct keys *keys, int64_t most,
                      notificatie_each *each, void *context, struct fault *fault) MUST_CHECK;

/* It was dealt with, perhaps as part of a handover (NULL: of none); with an audit row that
 * says `how` (a word or two, no personal data). FAULT_STATE when it was before. */
bool notificatie_handle(sqlite3 *db, const char *actor, const struct notificatie *row,
                        const char *overdracht, const char *how,
                        struct fault *fault) MUST_CHECK;

#endif
