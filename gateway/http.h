/* http -- one HTTP/1.1 request head, read strictly (RFC 9112); no socket here.
 *
 * Refused: anything but HTTP/1.1, bare LF or CR, NUL and other control
 * characters, bytes above ASCII, obs-fold, white space before a colon,
 * duplicate or missing Host, Transfer-Encoding, Expect, Content-Length other
 * than ^[0-9]{1,8}$ once, a POST or PUT without it, absolute-form, '%', '?'
 * or ".." in the path, header > 16 KiB or > 64 lines. Who listens may allow a
 * little more, by name.
 */
#ifndef GATEWAY_HTTP_H
#define GATEWAY_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_HEAD_MAX 16384
#define HTTP_LINES_MAX 64
#define HTTP_PATH_MAX 256
#define HTTP_VALUE_MAX 512

/* What else a head may hold. A body in chunks (chunks.h): exactly "Transfer-Encoding:
 * chunked", with a POST or PUT, and never beside a Content-Length. */
#define HTTP_CHUNKS 1U
#define HTTP_DELETE 2U /* the method, without a body */

struct http_head {
    char method[16], path[HTTP_PATH_MAX];
    /* values of the headers we know; "" when absent; a known header twice is refused */
    char content_type[HTTP_VALUE_MAX], bron[HTTP_VALUE_MAX], doel[HTTP_VALUE_MAX],
        bericht_id[HTTP_VALUE_MAX], traceparent[HTTP_VALUE_MAX], content_range[HTTP_VALUE_MAX];
    size_t content_length;
    bool has_length, closes; /* closes: the client sent Connection: close */
    bool chunked;            /* then content_length is 0 */
};

/* Looks at `size` bytes from the start of the connection or behind the last request.
 * Returns 0: head complete, *used bytes long; 1: more bytes are needed; else the HTTP status
 * to refuse with (400, 411, 413, 414, 417, 431, 501, 505), after which the connection closes.
 * However the bytes are cut into pieces, the verdict is the same. */
int http_head_read(const char *bytes, size_t size, unsigned allowed, struct http_head *head,
                   size_t *used);

const char *http_reason(int status); /* "Bad Request", ...; "" when we never send it */

#endif
