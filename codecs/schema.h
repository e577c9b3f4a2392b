/* schema -- the four XSDs, embedded in the binary and parsed once at start.
 *
 * A namespace ends in the major version. A dossier of another one, by itself
 * or in a message, is refused with a Dutch sentence that says what to do. What
 * a later minor version adds stands in elements called `later`.
 *
 * libxml2's own messages quote the offending value, which may be somebody's
 * BSN; findings here name element, line and rule, never the content.
 */
#ifndef CODECS_SCHEMA_H
#define CODECS_SCHEMA_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

enum schema {
    SCHEMA_BERICHT,
    SCHEMA_ONTVANGSTBEVESTIGING,
    SCHEMA_DOSSIER,
    SCHEMA_PEERKAART,
    SCHEMAS
};

/* Once, after xmldoc_install(). Aborts when an embedded schema does not parse: our own bug. */
void schema_install(void);
void schema_uninstall(void);

/* One deviation. `path` like "dossier/persoon/bsn"; `says` without content. Not kept. */
struct schema_finding {
    long line;
    const char *path, *says;
};
typedef void schema_each(void *context, const struct schema_finding *finding);

/* Valid only when libxml2 answers exactly 0. each may be NULL; it gets at most 100 findings.
 * FAULT_SCHEMA with the first: "line 12: dossier/persoon/bsn: ...". Thread-safe. */
bool schema_validate(enum schema schema, xmlDoc *doc, schema_each *each, void *context,
                     struct fault *fault) MUST_CHECK;

/* Appends the way from `top` (NULL: the root) to an element, "dossier/pip/versie[2]/niveau":
 * names that are plain names, never content. */
void schema_path(const xmlNode *top, const xmlNode *node, struct buf *path);

/* The text of an embedded schema or stylesheet, "dossier.xsd", "dossier-text.xsl"; NULL when
 * there is none of that name. */
const char *schema_source(const char *name, size_t *size);

#endif
