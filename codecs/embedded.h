/* embedded -- the schemas and stylesheets of xsd/, as bytes in the binary (cmake/embed.cmake).
 *
 * What decides whether a document is one of ours must not depend on files that
 * somebody can change beside the program. Each ends in a NUL that does not count.
 */
#ifndef CODECS_EMBEDDED_H
#define CODECS_EMBEDDED_H

#include <stddef.h>

extern const char bericht_xsd[], dossier_xsd[], ontvangstbevestiging_xsd[], peerkaart_xsd[];
extern const char dossier_text_xsl[];
extern const size_t bericht_xsd_size, dossier_xsd_size, ontvangstbevestiging_xsd_size;
extern const size_t peerkaart_xsd_size, dossier_text_xsl_size;

#endif
