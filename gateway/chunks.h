/* chunks -- a request body that comes in chunks (RFC 9112 7.1), read strictly; no socket here.
 *
 *     SIZE CRLF, that many bytes, CRLF; ...; 0 CRLF CRLF
 *
 * SIZE is one to eight hexadecimal digits. Refused: anything else in that line (white space, a
 * sign, 0x, an extension), a CR or LF alone, bytes between a chunk and its CRLF, and trailer
 * fields. RFC 9112 7.1.1 lets a reader ignore extensions; nobody whom we know sends any, and
 * where two readers disagree about one, the second request is hidden.
 */
#ifndef GATEWAY_CHUNKS_H
#define GATEWAY_CHUNKS_H

#include <stddef.h>

#include "codecs/base/buf.h"

struct chunks {
    int state;       /* which byte comes next: chunks.c */
    size_t most;     /* bytes of the whole body; set before the first byte */
    size_t left;     /* of the present chunk */
    unsigned digits; /* of its size */
};

/* Takes the bytes that came; what they hold of the body is appended. *used: how many belong to
 * this body. Returns 0: the body is complete; 1: more bytes are needed; else the HTTP status
 * to refuse with (400; 413 as soon as a size says that it will be too large). However the
 * bytes are cut into pieces, the verdict is the same. Behind the end it may not be called
 * again. */
int chunks_read(struct chunks *chunks, const char *bytes, size_t size, struct buf *body,
                size_t *used);

#endif
