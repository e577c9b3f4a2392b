/* xmldoc -- bytes from outside to a tree, with limits; and a tree to bytes.
 *
 * libxml2 2.9 is not made for untrusted bytes: a linear pre-scan goes before
 * it and refuses BOM, NUL and control characters, `<!` (DTD, CDATA, comment),
 * `<?` but the declaration, giant tags, attribute floods, depth and node
 * counts. Trees are libxml2's own; readers use the accessors below, which
 * compare namespace and name, never prefixes, and take text only from an
 * element with exactly one text child.
 */
#ifndef CODECS_XMLDOC_H
#define CODECS_XMLDOC_H

#include <stdbool.h>
#include <stddef.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

#define XMLDOC_BYTES_MAX (8u << 20)
#define XMLDOC_TAG_MAX 8192
#define XMLDOC_EQUALS_MAX 32 /* '=' in one tag: bounds attributes and namespaces */
#define XMLDOC_DEPTH_MAX 40
#define XMLDOC_NODES_MAX 200000

/* Once, before threads, after mem_install(): libxml2, xmlsec and their callbacks, hardened;
 * no library prints; nothing can be fetched or opened. Aborts when the libraries do not fit.
 */
void xmldoc_install(void);

/* The pre-scan alone. FAULT_DOCUMENT or FAULT_SIZE, with the line and what was found. */
bool xmldoc_scan(const void *bytes, size_t size, struct fault *fault) MUST_CHECK;

/* Pre-scan, then parse. *doc is the caller's: xmldoc_release(). FAULT_DOCUMENT, FAULT_SIZE. */
bool xmldoc_parse(const void *bytes, size_t size, xmlDoc **doc,
                  struct fault *fault) MUST_CHECK;

void xmldoc_release(xmlDoc **doc);
#define SCOPED_XMLDOC __attribute__((cleanup(xmldoc_release)))

/* Child element `name` in the parent's own namespace; NULL when absent. First one wins only
 * where the schema allows one. */
xmlNode *xmldoc_child(const xmlNode *parent, const char *name);
/* Next sibling element of the same name and namespace; NULL at the end. */
xmlNode *xmldoc_next(const xmlNode *node);
/* Walks "kop/afzender/oin" from parent through xmldoc_child(). */
xmlNode *xmldoc_at(const xmlNode *parent, const char *path);
/* Text at path (path "": of parent itself); NULL when absent or not plain text, "" for an
 * empty element. Owned by the tree. */
const char *xmldoc_text(const xmlNode *parent, const char *path);
bool xmldoc_is(const xmlNode *node, const char *namespace, const char *name);

/* Building. A new document with this root in this default namespace. */
xmlDoc *xmldoc_new(const char *namespace, const char *root);
/* Adds <name>text</name> in the parent's namespace; text NULL: an empty element. */
xmlNode *xmldoc_add(xmlNode *parent, const char *name, const char *text);
/* Adds a deep copy of `node` (with its namespaces) as last child of parent. */
xmlNode *xmldoc_add_copy(xmlNode *parent, const xmlNode *node);
/* Declaration and document, UTF-8, unindented: what travels. */
void xmldoc_write(xmlDoc *doc, struct buf *bytes);

#endif
