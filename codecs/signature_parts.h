/* signature_parts -- the one shape a Signature may have, as a table: made and recognised by
 * it.
 *
 * Every node of the Signature is accounted for before any cryptography, so
 * that nothing in it can be fetched, executed or read in two ways.
 */
#ifndef CODECS_SIGNATURE_PARTS_H
#define CODECS_SIGNATURE_PARTS_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/fault.h"

/* All borrowed from the tree. */
struct signature_parts {
    xmlNode *signature, *signed_info;
    const char *method; /* Algorithm of SignatureMethod, not yet judged */
    const char *digest_value, *signature_value, *certificate; /* base64, not yet decoded */
};

/* Is any element of the tree named Signature, in whatever namespace? Their number. */
int signature_parts_count(const xmlDoc *doc);

/* The only Signature of the document, which is the last element of the root. FAULT_SIGNATURE
 * with the part that is missing, misplaced or too many. */
bool signature_parts_find(const xmlDoc *doc, struct signature_parts *parts,
                          struct fault *fault) MUST_CHECK;

/* Appends a Signature without values to the root; the document owns it. */
xmlNode *signature_parts_append(xmlDoc *doc, const char *method);

#endif
