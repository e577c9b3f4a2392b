/* signature_parts -- see signature_parts.h; the table is the profile. */
#include "codecs/signature_parts.h"

#include <string.h>

#include "codecs/xmldoc.h"

#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define DEEPEST 4

/* In document order. XMLDSig 4.1 to 4.5, with every choice made; NULL: the caller's choice. */
/* clang-format off */
static const struct part {
    int depth;
    const char *name, *attribute, *value;
    bool text;
} PARTS[] = {
    { 0, "Signature",              NULL,        NULL, false },
    { 1, "SignedInfo",             NULL,        NULL, false },
    { 2, "CanonicalizationMethod", "Algorithm", EXCLUSIVE, false },
    { 2, "SignatureMethod",        "Algorithm", NULL, false },
    { 2, "Reference",              "URI",       "", false },
    { 3, "Transforms",             NULL,        NULL, false },
    { 4, "Transform",              "Algorithm", DSIG "enveloped-signature", false },
    { 4, "Transform",              "Algorithm", EXCLUSIVE, false },
    { 3, "DigestMethod",           "Algorithm", SHA256, false },
    { 3, "DigestValue",            NULL,        NULL, true },
    { 1, "SignatureValue",         NULL,        NULL, true },
    { 1, "KeyInfo",                NULL,        NULL, false },
    { 2, "X509Data",               NULL,        NULL, false },
    { 3, "X509Certificate",        NULL,        NULL, true },
    { -1, NULL,                    NULL,        NULL, false },
};
/* clang-format on */

/* Document order without recursion: the tree below the root is the sender's. */
static const xmlNode *node_after(const xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node && !node->next)
        node = node->parent;
    return node ? node->next : NULL;
}

int signature_parts_count(const xmlDoc *doc)
{
    int count = 0;

    for (const xmlNode *node = doc->children; node; node = node_after(node))
        count +=
            node->type == XML_ELEMENT_NODE && strcmp((char *)node->name, "Signature") == 0;
    return count;
}

/* NULL when it is not plain text: an entity reference, for one. */
static const char *attribute_text(const xmlAttr *attribute)
{
    const xmlNode *text = attribute->children;

    if (!text)
        return "";
    return text->next || text->type != XML_TEXT_NODE ? NULL : (const char *)text->content;
}

static bool attribute_is(const xmlAttr *attribute, const struct part *part)
{
    const char *text = attribute_text(attribute);

    return !attribute->ns && strcmp((char *)attribute->name, part->attribute) == 0 && text
           && (!part->value || strcmp(text, part->value) == 0);
}

static bool attributes_fit(const xmlNode *node, const struct part *part, struct fault *fault)
{
    const xmlAttr *attribute = node->properties;

    if (!part->attribute)
        return !attribute
               || fault_set(fault, FAULT_SIGNATURE, "Signature: %s has an attribute",
                            part->name);
    if (!attribute || attribute->next || !attribute_is(attribute, part))
        return fault_set(fault, FAULT_SIGNATURE, "Signature: %s is not %s=\"%s\"", part->name,
                         part->attribute, part->value ? part->value : "...");
    return true;
}

static bool text_fits(const xmlNode *node, const struct part *part, struct fault *fault)
{
    const xmlNode *text = node->children;

    if (!text || text->next || text->type != XML_TEXT_NODE)
        return fault_set(fault, FAULT_SIGNATURE, "Signature: %s is not exactly one text",
                         part->name);
    return true;
}

/* White space between elements is how some writers break lines; it says nothing. */
static const xmlNode *behind_blanks(const xmlNode *node)
{
    while (node && node->type == XML_TEXT_NODE && xmlIsBlankNode(node))
        node = node->next;
    return node;
}

/* Compares node with **row and what it contains with the rows behind; *row moves along. */
static bool node_fits(const xmlNode *node, const struct part **row, struct fault *fault)
{
    const struct part *part = (*row)++;

    if (!node || !xmldoc_is(node, DSIG, part->name))
        return fault_set(fault, FAULT_SIGNATURE, "Signature: %s is not in its place",
                         part->name);
    if (!attributes_fit(node, part, fault))
        return false;
    if (part->text)
        return text_fits(node, part, fault);

    const xmlNode *child = behind_blanks(node->children);
    while ((*row)->depth > part->depth) {
        if (!node_fits(child, row, fault))
            return false;
        child = behind_blanks(child->next);
    }
    if (child)
        return fault_set(fault, FAULT_SIGNATURE, "Signature: %s contains too much",
                         part->name);
    return true;
}

bool signature_parts_find(const xmlDoc *doc, struct signature_parts *parts,
                          struct fault *fault)
{
    const struct part *row = PARTS;
    xmlNode *root = xmlDocGetRootElement(doc);
    int count = signature_parts_count(doc);

    if (count != 1)
        return fault_set(fault, FAULT_SIGNATURE, "%d elements are named Signature, not one",
                         count);
    xmlNode *signature = xmlLastElementChild(root);
    if (!signature || !xmldoc_is(signature, DSIG, "Signature"))
        return fault_set(fault, FAULT_SIGNATURE,
                         "the last element of the root is not an XMLDSig Signature");
    if (!node_fits(signature, &row, fault))
        return false;

    *parts = (struct signature_parts){
        .signature = signature,
        .signed_info = xmldoc_child(signature, "SignedInfo"),
        .method =
            attribute_text(xmldoc_at(signature, "SignedInfo/SignatureMethod")->properties),
        .digest_value = xmldoc_text(signature, "SignedInfo/Reference/DigestValue"),
        .signature_value = xmldoc_text(signature, "SignatureValue"),
        .certificate = xmldoc_text(signature, "KeyInfo/X509Data/X509Certificate"),
    };
    return true;
}

xmlNode *signature_parts_append(xmlDoc *doc, const char *method)
{
    xmlNode *open[DEEPEST + 2] = { xmlDocGetRootElement(doc) }; /* [depth + 1] */
    xmlNs *namespace = NULL;

    for (const struct part *part = PARTS; part->name; part++) {
        xmlNode *node = xmlNewChild(open[part->depth], namespace, (xmlChar *)part->name, NULL);
        const char *value = part->value ? part->value : method;
        if (!namespace) {
            namespace = xmlNewNs(node, (xmlChar *)DSIG, NULL);
            xmlSetNs(node, namespace);
        }
        if (part->attribute)
            xmlNewNsProp(node, NULL, (xmlChar *)part->attribute, (xmlChar *)value);
        open[part->depth + 1] = node;
    }
    return open[1];
}
