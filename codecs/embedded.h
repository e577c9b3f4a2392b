/* embedded -- the schemas and stylesheets of xsd/, as bytes in the binary (made by embed.cmake).
 *
 * What decides whether a document is one of ours must not depend on files that
 * somebody can change beside the program.
 */
#ifndef CODECS_EMBEDDED_H
#define CODECS_EMBEDDED_H

#include <stddef.h>

struct embedded {
    const char *name; /* "dossier.xsd"; NULL ends the table */
    const unsigned char *bytes;
    size_t size; /* a NUL follows that does not count */
};

extern const struct embedded EMBEDDED[];

#endif
