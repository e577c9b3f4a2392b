/* parcel -- one small document as a peer would bring it, and the requests that bring it, put
 * straight to a town's handlers.
 *
 * Anything that goes wrong while making it aborts the test.
 */
#ifndef TESTS_HOSTILE_PARCEL_H
#define TESTS_HOSTILE_PARCEL_H

#include <limits.h>

#include "codecs/base/buf.h"
#include "codecs/document.h"
#include "tests/town.h"

#define PARCEL_SIZE 2000 /* bytes of the document itself */

struct parcel {
    struct document document;
    char name[DIGEST_HEX];
    unsigned char cipher[PARCEL_SIZE + BIJLAGE_TAG];
    struct buf text; /* the dossier that names it; buf_finish() it */
};

/* A PDF; or these bytes, called by this media type. */
void parcel_pack(struct parcel *parcel);
void parcel_pack_bytes(struct parcel *parcel, const void *plain, const char *mediatype);

/* PUT of these bytes by one town to another: the HTTP status. */
struct parcel_piece {
    const char *name, *range;
    const void *bytes;
    size_t size;
};
int parcel_put(struct town *to, struct town *from, const struct parcel_piece *piece);
void parcel_put_all(struct town *to, struct town *from, const struct parcel *parcel);

/* HEAD: the bytes that are held; SIZE_MAX when it is refused. */
size_t parcel_head(struct town *to, struct town *from, const char *name);

/* What a town holds of what `owner` sent. */
struct parcel_count {
    int files;
    int64_t bytes;
    char name[80]; /* of the last */
};
struct parcel_count parcel_count(struct town *town, const struct town *owner);
void parcel_path(const struct town *town, const struct town *owner, const char *name,
                 char path[PATH_MAX]);

#endif
