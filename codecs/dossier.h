/* dossier -- small accessors on the dossier tree; there is no second model in structs. */
#ifndef CODECS_DOSSIER_H
#define CODECS_DOSSIER_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

#define DOSSIER_NS "urn:nl:estafette:dossier:1"

/* One finding of dossier_check(): where, which rule ("schema" for the XSD), and what to do. */
struct dossier_finding {
    long line;
    const char *path, *rule, *says;
};
typedef void dossier_each(void *context, const struct dossier_finding *finding);

/* Pre-scan, parse, schema, then the rules beyond it (BSN 11-test, every part's status). *doc
 * is the caller's on success; pass NULL when only the verdict matters. Calls each for every
 * finding (each may be NULL). FAULT_DOCUMENT, FAULT_SIZE, FAULT_SCHEMA, FAULT_RULE with the
 * first. */
bool dossier_check(const void *bytes, size_t size, dossier_each *each, void *context,
                   xmlDoc **doc, struct fault *fault) MUST_CHECK;

/* The same rules on a tree that is already part of a validated message. */
bool dossier_rules(const xmlNode *dossier, dossier_each *each, void *context,
                   struct fault *fault) MUST_CHECK;

/* For the index of the store and the list of the caseworker; "" or NULL when absent. */
const char *dossier_bsn(const xmlNode *dossier);
const char *dossier_vnummer(const xmlNode *dossier);
const char *dossier_geboortedatum(const xmlNode *dossier);
void dossier_naam(const xmlNode *dossier, struct buf *naam); /* "A.B. van der Achternaam" */

/* BSN: nine digits, 9a+8b+...+2h-1i divisible by 11 and not 0. */
bool dossier_bsn_valid(const char *bsn);

#endif
