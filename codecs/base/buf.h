/* buf -- bytes that grow, know their size, and are wiped when released.
 *
 * What passes through here may be a dossier or a key, so every release
 * overwrites first. Growth never fails (mem.h); callers bound what they add.
 * After every call data[size] is a NUL that does not count, so that text in
 * a buf can be handed to functions that want a string.
 */
#ifndef CODECS_BASE_BUF_H
#define CODECS_BASE_BUF_H

#include <stddef.h>

struct buf {
    unsigned char *data; /* NULL while nothing was ever added */
    size_t size, room;
};

void buf_finish(struct buf *buf); /* wipe and release; the buf is empty and usable after it */
void buf_clear(struct buf *buf);  /* wipe, keep the room */
void buf_cut(struct buf *buf, size_t size); /* wipe what is behind the first `size` bytes */
void buf_add(struct buf *buf, const void *bytes, size_t size);
void buf_add_text(struct buf *buf, const char *text);
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Make room for `size` more bytes and return where to put them; then buf_grown(). */
unsigned char *buf_reserve(struct buf *buf, size_t size);
void buf_grown(struct buf *buf, size_t size);

/* The content as a string; "" when empty. Valid until the buf changes. */
const char *buf_text(const struct buf *buf);

/* Moves the content of `from` to `to`, which is released first. */
void buf_take(struct buf *to, struct buf *from);

#define SCOPED_BUF __attribute__((cleanup(buf_finish)))

#endif
