/* view -- a dossier as people read it, with XSLT from xsd/view: no scripts, files, network. */
#ifndef CODECS_VIEW_H
#define CODECS_VIEW_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

void view_install(void); /* once, after schema_install(): parse the embedded stylesheets */
void view_uninstall(void);

/* Dutch text for a terminal. Control characters in the dossier never reach the terminal. */
bool view_text(xmlDoc *dossier, struct buf *text, struct fault *fault) MUST_CHECK;

#endif
