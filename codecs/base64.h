/* base64 -- RFC 4648 section 4, on one line. */
#ifndef CODECS_BASE64_H
#define CODECS_BASE64_H

#include <stddef.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

void base64_encode(const void *bytes, size_t size, struct buf *text); /* appends */

/* Strict: padding, no stray characters; white space only between characters, as XML documents
 * wrap it. Appends. FAULT_DOCUMENT. */
bool base64_decode(const char *text, struct buf *bytes, struct fault *fault) MUST_CHECK;

#endif
