/* json -- bytes from outside to a JSON tree, with limits; the library's own doors stay shut.
 *
 * Two readers of one text must not see two things, so a name that comes twice (also when one
 * is written with escapes), bytes that are no UTF-8, a BOM, a NUL, a lone surrogate, a number
 * that does not fit, and anything after the end are refused. A fault tells where and what
 * kind of mistake, never what stood there.
 */
#ifndef CODECS_JSON_H
#define CODECS_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "codecs/base/fault.h"

#define JSON_BYTES_MAX (256u << 10) /* more than any answer of DUO needs */
#define JSON_DEPTH_MAX 16

/* *root is the caller's: json_decref(). FAULT_SIZE for more than `most` bytes, FAULT_DOCUMENT
 * for the rest. */
bool json_read(const void *bytes, size_t size, size_t most, json_t **root,
               struct fault *fault) MUST_CHECK;

#endif
