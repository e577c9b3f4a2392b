/* mediatype -- the kinds of document that may travel, known by how their content begins.
 *
 * A closed list: what a municipality decides on paper, scanned or made. Nothing that can carry
 * a program for an office suite or a browser. Only the first bytes are looked at; a document
 * is never opened by us.
 */
#ifndef CODECS_MEDIATYPE_H
#define CODECS_MEDIATYPE_H

#include <stdbool.h>
#include <stddef.h>

#define MEDIATYPE_HEAD 16 /* bytes of the beginning that are enough */

/* "application/pdf", ...; NULL: not one of the list. */
const char *mediatype_of(const void *head, size_t size);

/* Without the dot ("pdf"), for a file name; NULL: not on the list. */
const char *mediatype_extension(const char *mediatype);

/* "PDF, JPEG, PNG or TIFF", for people. */
#define MEDIATYPE_NAMES "PDF, JPEG, PNG or TIFF"

#endif
