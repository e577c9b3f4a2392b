/* dossier -- small accessors on the dossier tree; there is no second model in structs. */
#ifndef CODECS_DOSSIER_H
#define CODECS_DOSSIER_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

#define DOSSIER_NS "urn:nl:estafette:dossier:1"

struct rule;         /* see codecs/rules.h */
struct rules_limits; /* see codecs/rules.h */

/* One finding of dossier_check(): where, which rule ("schema" for the XSD), what is wrong; and
 * the rule's row: severity, source, and what to do. Not kept. */
struct dossier_finding {
    long line;
    const char *path, *rule, *says;
    const struct rule *row;
};
typedef void dossier_each(void *context, const struct dossier_finding *finding);

/* Pre-scan, parse, schema. *doc is the caller's on success. Calls each (may be NULL) for every
 * finding. FAULT_DOCUMENT, FAULT_SIZE, FAULT_SCHEMA with the first. */
bool dossier_read(const void *bytes, size_t size, dossier_each *each, void *context,
                  xmlDoc **doc, struct fault *fault) MUST_CHECK;

/* The rules beyond the schema on a tree that is valid, also as part of a message. Warnings are
 * findings, but only what refuses makes it false: FAULT_RULE with the first of those. */
bool dossier_rules(const xmlNode *dossier, const struct rules_limits *limits,
                   dossier_each *each, void *context, struct fault *fault) MUST_CHECK;

/* Both, with the law's own amounts and terms. *doc is the caller's on success; pass NULL when
 * only the verdict matters. */
bool dossier_check(const void *bytes, size_t size, dossier_each *each, void *context,
                   xmlDoc **doc, struct fault *fault) MUST_CHECK;

/* For the index of the store and the list of the caseworker; "" or NULL when absent. */
const char *dossier_bsn(const xmlNode *dossier);
const char *dossier_vnummer(const xmlNode *dossier);
const char *dossier_geboortedatum(const xmlNode *dossier);
void dossier_naam(const xmlNode *dossier, struct buf *naam); /* "A.B. van der Achternaam" */
void dossier_naam_of(const xmlNode *naam, struct buf *to);   /* of the element of that type */

/* BSN: nine digits, 9a+8b+...+2h-1i divisible by 11 and not 0. */
bool dossier_bsn_valid(const char *bsn);

#endif
