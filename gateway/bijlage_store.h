/* bijlage_store -- which document belongs to which message: the rows beside the files of
 * bijlagen.h. A row is written in the transaction of its message, when the file is on disk.
 *
 * All functions run inside a transaction of the store.
 */
#ifndef GATEWAY_BIJLAGE_STORE_H
#define GATEWAY_BIJLAGE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxml/tree.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/digest.h"
#include "gateway/home.h"

/* Every document of the dossier that travels in a message of `oin`. FAULT_MISSING when a file
 * has gone (it was too old), so that nothing is acknowledged without it. */
struct bijlage_owner {
    const char *oin, *bericht, *overdracht;
};
bool bijlage_store_add(sqlite3 *db, const struct home *home, const struct bijlage_owner *owner,
                       const xmlNode *dossier, struct fault *fault) MUST_CHECK;

bool bijlage_store_used(sqlite3 *db, const char *oin, const char *name, bool *used,
                        struct fault *fault) MUST_CHECK;

/* Documents of one message, to be sent with it. bijlage_list_finish() it. */
struct bijlage_list {
    struct bijlage_item {
        char name[DIGEST_HEX];
        int64_t size;
    } * items;
    size_t count;
};
void bijlage_list_finish(struct bijlage_list *list);
bool bijlage_store_of(sqlite3 *db, const char *oin, const char *bericht,
                      struct bijlage_list *list, struct fault *fault) MUST_CHECK;

/* What that organisation has here for which no message has come. */
bool bijlage_store_waiting(sqlite3 *db, const struct home *home, const char *oin,
                           int64_t *bytes, struct fault *fault) MUST_CHECK;

/* Removes files without a row that nobody asked for since `before`; counts them. */
bool bijlage_store_sweep(sqlite3 *db, const struct home *home, const char *oin, int64_t before,
                         int *removed, struct fault *fault) MUST_CHECK;

#endif
