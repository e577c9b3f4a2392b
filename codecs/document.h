/* document -- the entries under documenten in a dossier: what the sender says of each document
 * that travels beside it, and how the gateway adds what the receiver needs to open it.
 *
 *   <document id="pip-1"> naam soort datum? mediatype omvang sha256
 *     <versleuteld> sha256 omvang sleutel </versleuteld>      the gateway's part
 *   </document>
 *
 * In a dossier that travels every entry has its versleuteld; in one that somebody made, none.
 */
#ifndef CODECS_DOCUMENT_H
#define CODECS_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include <libxml/tree.h>

#include "codecs/base/fault.h"
#include "codecs/bijlage.h"
#include "codecs/digest.h"

#define DOCUMENT_ID_SIZE 41

struct document {
    char id[DOCUMENT_ID_SIZE];
    struct bijlage_facts plain; /* as the entry says; mediatype borrowed from the tree */
    bool enclosed;              /* has its versleuteld; then: */
    struct digest cipher;
    int64_t cipher_size;
    unsigned char key[BIJLAGE_KEY];
};

/* Walks the entries: the first, the next; NULL at the end. Borrowed from the tree. */
xmlNode *document_first(const xmlNode *dossier);
xmlNode *document_next(const xmlNode *entry);

/* Of a tree that is valid by schema. FAULT_RULE: its numbers do not fit together. */
bool document_read(const xmlNode *entry, struct document *document,
                   struct fault *fault) MUST_CHECK;

/* Must each entry be enclosed, as in a message? FAULT_RULE names the first that is not. */
bool document_all_enclosed(const xmlNode *dossier, struct fault *fault) MUST_CHECK;

/* Takes every versleuteld away: it was for somebody else, or is not the maker's to say. */
void document_strip(xmlNode *dossier);

/* A document that went with `before` need not be given again: takes its versleuteld over. */
void document_carry(xmlNode *dossier, const xmlNode *before);

/* Encloses a document (its plain, cipher, cipher_size and key): at the entry with its digest,
 * or, when there is none, at a new one called `naam`, whose id comes in document->id.
 * FAULT_RULE: the entry says something else about it, or documenten are withheld. */
bool document_enclose(xmlNode *dossier, const char *naam, struct document *document,
                      struct fault *fault) MUST_CHECK;

#endif
