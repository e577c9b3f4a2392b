/* upload -- files that a client sends over the local bus in pieces, until a request takes
 * them.
 *
 * In memory only, wiped when taken or forgotten: a few, of bounded size, for an hour.
 */
#ifndef GATEWAY_UPLOAD_H
#define GATEWAY_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

#define UPLOADS_MAX 16
#define UPLOAD_SECONDS 3600

/* Adds a piece; offset must be what is held so far (a repeat of the last piece is harmless).
 * *held: bytes held after it. FAULT_USAGE, FAULT_SIZE, FAULT_TEMPORARY (too many at once). */
bool upload_add(const char *file, size_t offset, const struct buf *piece, size_t most,
                size_t *held, struct fault *fault) MUST_CHECK;

/* A copy of what is held; it stays until it is forgotten, so that a repeated request finds it,
 * or until a new file needs the room. */
bool upload_read(const char *file, struct buf *content, struct fault *fault) MUST_CHECK;

void upload_forget(const char *file);
void upload_forget_all(void);

#endif
