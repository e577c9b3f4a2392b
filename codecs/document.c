/* document -- see document.h. */
#include "codecs/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/xmldoc.h"

/* --- reading --------------------------------------------------------------------------- */

xmlNode *document_first(const xmlNode *dossier)
{
    return xmldoc_at(dossier, "documenten/document");
}

xmlNode *document_next(const xmlNode *entry)
{
    return xmldoc_next(entry);
}

static void read_id(const xmlNode *entry, char id[DOCUMENT_ID_SIZE])
{
    const xmlAttr *found = xmlHasNsProp((xmlNode *)entry, BAD_CAST "id", NULL);

    snprintf(id, DOCUMENT_ID_SIZE, "%s",
             found && found->children ? (const char *)found->children->content : "");
}

static int64_t number_at(const xmlNode *parent, const char *path)
{
    return strtoll(xmldoc_text(parent, path), NULL, 10);
}

static bool read_key(const xmlNode *entry, struct document *document, struct fault *fault)
{
    SCOPED_BUF struct buf key = { 0 };

    if (!base64_decode(xmldoc_text(entry, "versleuteld/sleutel"), &key, fault)
        || key.size != BIJLAGE_KEY)
        return fault_set(fault, FAULT_RULE, "document %s: sleutel is not 32 bytes",
                         document->id);
    memcpy(document->key, key.data, BIJLAGE_KEY);
    return true;
}

bool document_read(const xmlNode *entry, struct document *document, struct fault *fault)
{
    *document = (struct document){ 0 };
    read_id(entry, document->id);
    document->plain.size = number_at(entry, "omvang");
    document->plain.mediatype = xmldoc_text(entry, "mediatype");
    digest_from_hex(xmldoc_text(entry, "sha256"), &document->plain.sha256);
    document->enclosed = xmldoc_child(entry, "versleuteld") != NULL;
    if (!document->enclosed)
        return true;
    digest_from_hex(xmldoc_text(entry, "versleuteld/sha256"), &document->cipher);
    document->cipher_size = number_at(entry, "versleuteld/omvang");
    if (document->cipher_size != document->plain.size + BIJLAGE_TAG)
        return fault_set(fault, FAULT_RULE,
                         "document %s: versleuteld/omvang is not omvang and %d more",
                         document->id, BIJLAGE_TAG);
    return read_key(entry, document, fault);
}

bool document_all_enclosed(const xmlNode *dossier, struct fault *fault)
{
    for (const xmlNode *entry = document_first(dossier); entry; entry = document_next(entry)) {
        struct document document;
        if (!document_read(entry, &document, fault))
            return false;
        if (document.enclosed)
            continue;
        fault_set(
            fault, FAULT_RULE,
            "line %ld: dossier/documenten: document %s is named but not sent along (rule "
            "document-meegestuurd)",
            xmlGetLineNo(entry), document.id);
        return fault_advise(fault, "give its file with --document FILE (its SHA-256 must be "
                                   "the one that is named), or leave it out of documenten");
    }
    return true;
}

/* --- enclosing ------------------------------------------------------------------------- */

static void remove_child(xmlNode *entry, const char *name)
{
    xmlNode *child = xmldoc_child(entry, name);

    if (!child)
        return;
    xmlUnlinkNode(child);
    xmlFreeNode(child);
}

void document_strip(xmlNode *dossier)
{
    for (xmlNode *entry = document_first(dossier); entry; entry = document_next(entry))
        remove_child(entry, "versleuteld");
}

static xmlNode *entry_of(const xmlNode *dossier, const struct digest *sha256)
{
    for (xmlNode *entry = document_first(dossier); entry; entry = document_next(entry)) {
        struct digest named;
        if (digest_from_hex(xmldoc_text(entry, "sha256"), &named)
            && digest_equal(&named, sha256))
            return entry;
    }
    return NULL;
}

void document_carry(xmlNode *dossier, const xmlNode *before)
{
    for (xmlNode *entry = document_first(dossier); entry; entry = document_next(entry)) {
        struct digest sha256;
        const xmlNode *same = digest_from_hex(xmldoc_text(entry, "sha256"), &sha256)
                                  ? entry_of(before, &sha256)
                                  : NULL;
        const xmlNode *key = same ? xmldoc_child(same, "versleuteld") : NULL;
        if (key && !xmldoc_child(entry, "versleuteld"))
            xmldoc_add_copy(entry, key);
    }
}

static bool agrees(const xmlNode *entry, const struct document *document, struct fault *fault)
{
    if (number_at(entry, "omvang") != document->plain.size)
        return fault_set(fault, FAULT_RULE,
                         "document %s: omvang is %s, its file has %" PRId64 " bytes",
                         document->id, xmldoc_text(entry, "omvang"), document->plain.size);
    if (strcmp(xmldoc_text(entry, "mediatype"), document->plain.mediatype) != 0)
        return fault_set(fault, FAULT_RULE, "document %s: mediatype is not %s, as its file is",
                         document->id, document->plain.mediatype);
    return true;
}

static bool id_is_taken(const xmlNode *dossier, const char *id)
{
    for (const xmlNode *entry = document_first(dossier); entry; entry = document_next(entry)) {
        char other[DOCUMENT_ID_SIZE];
        read_id(entry, other);
        if (strcmp(other, id) == 0)
            return true;
    }
    return false;
}

static void choose_id(const xmlNode *dossier, char id[DOCUMENT_ID_SIZE])
{
    int number = 1;

    do
        snprintf(id, DOCUMENT_ID_SIZE, "bijlage-%d", number++);
    while (id_is_taken(dossier, id));
}

static void add_number(xmlNode *parent, const char *name, int64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, number);
    xmldoc_add(parent, name, text);
}

static void add_digest(xmlNode *parent, const struct digest *digest)
{
    char hex[DIGEST_HEX];

    digest_hex(digest, hex);
    xmldoc_add(parent, "sha256", hex);
}

/* documenten that was left empty, or was to follow, becomes delivered; what is withheld for
 * another reason is not ours to fill. */
static bool open_part(xmlNode *part, struct fault *fault)
{
    SCOPED_MEM char *reason = (char *)xmlGetNoNsProp(part, BAD_CAST "reden");

    if (reason && strcmp(reason, "volgt later") != 0)
        return fault_set(fault, FAULT_RULE,
                         "dossier/documenten is achtergehouden (%s), and yet a document is "
                         "given",
                         reason);
    xmlUnsetProp(part, BAD_CAST "reden");
    xmlUnsetProp(part, BAD_CAST "toelichting");
    xmlSetProp(part, BAD_CAST "status", BAD_CAST "geleverd");
    return true;
}

/* Behind the last entry, before an opmerking (the schema's order). */
static xmlNode *new_entry(xmlNode *part)
{
    xmlNode *last = xmldoc_child(part, "document");
    xmlNode *entry = xmldoc_add(part, "document", NULL);

    for (xmlNode *next; last && (next = xmldoc_next(last)) && next != entry;)
        last = next;
    if (last)
        xmlAddNextSibling(last, entry);
    else if (part->children != entry)
        xmlAddPrevSibling(part->children, entry);
    return entry;
}

static xmlNode *describe(xmlNode *dossier, const char *naam, struct document *document,
                         struct fault *fault)
{
    xmlNode *part = xmldoc_child(dossier, "documenten");

    if (!open_part(part, fault))
        return NULL;
    choose_id(dossier, document->id);
    xmlNode *entry = new_entry(part);
    xmlSetProp(entry, BAD_CAST "id", BAD_CAST document->id);
    xmldoc_add(entry, "naam", naam);
    xmldoc_add(entry, "soort", "overig");
    xmldoc_add(entry, "mediatype", document->plain.mediatype);
    add_number(entry, "omvang", document->plain.size);
    add_digest(entry, &document->plain.sha256);
    return entry;
}

static void add_cipher(xmlNode *entry, const struct document *document)
{
    SCOPED_BUF struct buf key = { 0 };

    remove_child(entry, "versleuteld");
    xmlNode *cipher = xmldoc_add(entry, "versleuteld", NULL);
    base64_encode(document->key, BIJLAGE_KEY, &key);
    add_digest(cipher, &document->cipher);
    add_number(cipher, "omvang", document->cipher_size);
    xmldoc_add(cipher, "sleutel", buf_text(&key));
}

bool document_enclose(xmlNode *dossier, const char *naam, struct document *document,
                      struct fault *fault)
{
    xmlNode *entry = entry_of(dossier, &document->plain.sha256);

    if (entry) {
        read_id(entry, document->id);
        if (!agrees(entry, document, fault))
            return false;
    } else {
        entry = describe(dossier, naam, document, fault);
        if (!entry)
            return false;
    }
    document->enclosed = true;
    add_cipher(entry, document);
    return true;
}
