/* rules_documenten -- documents and the places that refer to them. In C, because identity
 * constraints are quadratic in libxml2; a dossier has at most 100 documents.
 */
#include <string.h>

#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

static bool same_id(const xmlNode *a, const xmlNode *b)
{
    return strcmp(rules_attribute(a, "id"), rules_attribute(b, "id")) == 0;
}

static bool same_content(const xmlNode *a, const xmlNode *b)
{
    return rules_same(a, b, "sha256");
}

static bool has_earlier(const xmlNode *document,
                        bool (*same)(const xmlNode *, const xmlNode *))
{
    const xmlNode *other = xmldoc_at(document->parent, "document");

    while (other != document && !same(document, other))
        other = xmldoc_next(other);
    return other != document;
}

static void id_of(struct rules_walk *walk, const xmlNode *document, const void *with)
{
    (void)with;
    if (has_earlier(document, same_id))
        rules_found(walk, document, "@id");
}

static void check_id(struct rules_walk *walk)
{
    rules_each(walk, "documenten/document", id_of, NULL);
}

static void content_of(struct rules_walk *walk, const xmlNode *document, const void *with)
{
    (void)with;
    if (has_earlier(document, same_content))
        rules_found(walk, document, "sha256");
}

static void check_content(struct rules_walk *walk)
{
    rules_each(walk, "documenten/document", content_of, NULL);
}

static const xmlNode *document_named(const struct rules_walk *walk, const char *id)
{
    const xmlNode *document = rules_at(walk, "documenten/document");

    while (document && strcmp(rules_attribute(document, "id"), id) != 0)
        document = xmldoc_next(document);
    return document;
}

static void reference_of(struct rules_walk *walk, const xmlNode *reference, const void *with)
{
    (void)with;
    if (!document_named(walk, xmldoc_text(reference, "")))
        rules_found(walk, reference, NULL);
}

/* Of what is achtergehouden the references may stay. */
static bool is_withheld(const struct rules_walk *walk)
{
    return rules_attribute(rules_at(walk, "documenten"), "status")[0] == 'a';
}

static void check_reference(struct rules_walk *walk)
{
    static const char *const PATHS[] = {
        "pip/versie/document",
        "pip/versie/inkomensondersteuning/beschikking/document",
        "pip/versie/ontzorgen/beschikking/document",
        "handhaving/boete/document",
    };

    for (size_t i = 0; !is_withheld(walk) && i < sizeof(PATHS) / sizeof(PATHS[0]); i++)
        rules_each(walk, PATHS[i], reference_of, NULL);
}

static bool is_decision(const struct rules_walk *walk, const xmlNode *reference)
{
    const xmlNode *document = document_named(walk, xmldoc_text(reference, ""));

    return document && rules_is(document, "soort", "beschikking PIP");
}

static void decision_of(struct rules_walk *walk, const xmlNode *versie, const void *with)
{
    const xmlNode *reference = xmldoc_child(versie, "document");

    (void)with;
    while (reference && !is_decision(walk, reference))
        reference = xmldoc_next(reference);
    if (!reference)
        rules_found(walk, versie, "document");
}

static void check_decision(struct rules_walk *walk)
{
    if (!is_withheld(walk))
        rules_each(walk, "pip/versie", decision_of, NULL);
}

/* clang-format off */
const struct rule RULES_DOCUMENTEN[] = {
    { "document-id", RULES_REFUSE, check_id, "xsd/dossier.xsd: documentId",
      "is ook het id van een ander document", "is the id of another document too",
      "geef ieder document een eigen id", "give each document an id of its own" },
    { "document-dubbel", RULES_WARN, check_content, "xsd/dossier.xsd: documenten",
      "hetzelfde document staat er al", "the same document is there already",
      "stuur ieder document een keer mee", "send each document once" },
    { "document-verwijzing", RULES_WARN, check_reference,
      "PIP-GEM-01; xsd/dossier.xsd: documentId",
      "verwijst naar een document dat er niet is", "refers to a document that is not there",
      "voeg het document toe, of haal de verwijzing weg",
      "add the document, or take the reference out" },
    { "document-pip", RULES_WARN, check_decision, "PIP-GEM-01",
      "de beschikking van deze versie van het PIP reist niet mee",
      "the decision of this version of the PIP does not travel along",
      "voeg de beschikking toe, of zeg bij documenten waarom niet",
      "add the decision, or say at documenten why not" },
    { 0 },
};
/* clang-format on */
