/* view -- a dossier as people read it, with XSLT from xsd/view: no scripts, files, network. */
#ifndef CODECS_VIEW_H
#define CODECS_VIEW_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

void view_install(void); /* once, after schema_install(): parse the embedded stylesheets */
void view_uninstall(void);

/* What is known of how a dossier came here, or left; none of it is in the dossier itself. Any
 * member may be NULL or "". */
struct view_origin {
    bool sent; /* by us, to that municipality; else it came from it */
    const char *gemeente, *gemeentecode; /* its name, as registered */
    const char *datum;                   /* "2026-11-23", in Dutch time */
    const char *naam, *telefoon, *email; /* who can be called about it */
};

/* Dutch text for a terminal. Control characters in the dossier never reach the terminal.
 * origin NULL: of a file. FAULT_DOCUMENT when it is no dossier. */
bool view_text(xmlDoc *dossier, const struct view_origin *origin, struct buf *text,
               struct fault *fault) MUST_CHECK;

/* The same text of a tree whose root is `gelezen` (codecs/duo/snapshot.h): what was read at
 * DUO, as rows. FAULT_DOCUMENT when it is none. */
bool view_gelezen(xmlDoc *gelezen, struct buf *text, struct fault *fault) MUST_CHECK;

/* A dossier as one HTML page that stands alone: no script, nothing fetched, and of the dossier
 * text only, whatever it says. */
bool view_page(xmlDoc *dossier, const struct view_origin *origin, struct buf *page,
               struct fault *fault) MUST_CHECK;

#endif
