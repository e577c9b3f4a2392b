/* buf -- see buf.h. */
#include "codecs/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"

void buf_finish(struct buf *buf)
{
    buf_clear(buf);
    free(buf->data);
    *buf = (struct buf){ 0 };
}

void buf_clear(struct buf *buf)
{
    if (buf->data)
        explicit_bzero(buf->data, buf->room);
    buf->size = 0;
}

void buf_cut(struct buf *buf, size_t size)
{
    if (size >= buf->size)
        return;
    explicit_bzero(buf->data + size, buf->size - size);
    buf->size = size;
}

/* Not realloc(): that may leave the old bytes behind, unwiped. */
static void move_to(struct buf *buf, size_t room)
{
    unsigned char *bigger = mem_alloc(room);

    if (buf->data) {
        memcpy(bigger, buf->data, buf->size);
        explicit_bzero(buf->data, buf->room);
        free(buf->data);
    }
    buf->data = bigger;
    buf->room = room;
}

unsigned char *buf_reserve(struct buf *buf, size_t size)
{
    size_t needed = buf->size + size + 1;

    if (needed < size)
        abort(); /* a size near SIZE_MAX is our own bug: callers bound what they add */
    if (needed > buf->room)
        move_to(buf, needed < 2 * buf->room ? 2 * buf->room : needed + 64);
    return buf->data + buf->size;
}

void buf_grown(struct buf *buf, size_t size)
{
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void buf_add(struct buf *buf, const void *bytes, size_t size)
{
    unsigned char *place = buf_reserve(buf, size);

    if (size)
        memcpy(place, bytes, size);
    buf_grown(buf, size);
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        abort();
    vsnprintf((char *)buf_reserve(buf, (size_t)size), (size_t)size + 1, format, again);
    va_end(again);
    buf_grown(buf, (size_t)size);
}

const char *buf_text(const struct buf *buf)
{
    return buf->data ? (const char *)buf->data : "";
}

void buf_take(struct buf *to, struct buf *from)
{
    buf_finish(to);
    *to = *from;
    *from = (struct buf){ 0 };
}
