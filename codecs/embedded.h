/* embedded -- the schemas and stylesheets of xsd/, as bytes in the binary (cmake/embed.cmake).
 *
 * What decides whether a document is one of ours must not depend on files that
 * somebody can change beside the program. Each ends in a NUL that does not count.
 */
#ifndef CODECS_EMBEDDED_H
#define CODECS_EMBEDDED_H

#include <stddef.h>

extern const char bericht_xsd[], dossier_xsd[], ontvangstbevestiging_xsd[], peerkaart_xsd[];
extern const char dossier_shared_xsl[], dossier_kort_xsl[], dossier_text_xsl[];
extern const char dossier_html_xsl[], dossier_css[];
extern const size_t bericht_xsd_size, dossier_xsd_size, ontvangstbevestiging_xsd_size;
extern const size_t peerkaart_xsd_size, dossier_shared_xsl_size, dossier_kort_xsl_size;
extern const size_t dossier_text_xsl_size, dossier_html_xsl_size, dossier_css_size;

#endif
