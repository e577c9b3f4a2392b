/* preview -- see preview.h. */
#include "tools/cli/preview.h"

#include <stdio.h>
#include <string.h>

#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "tools/cli/handover.h"
#include "tools/cli/output.h"

/* clang-format off */
static const struct field WHERETO[] = {
    { "to",             "ontvanger.naam",         FIELD_TEXT },
    { "OIN",            "ontvanger.oin",          FIELD_TEXT },
    { "gemeentecode",   "ontvanger.gemeentecode", FIELD_TEXT },
    { "address",        "endpoint",               FIELD_TEXT },
    { "sealed for",     "certificaat",            FIELD_TEXT },
    { "bytes",          "size",                   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field DOCUMENTS[] = {
    { "DOCUMENT",   "id",        FIELD_TEXT },
    { "NAME",       "naam",      FIELD_TEXT },
    { "MEDIA TYPE", "mediatype", FIELD_TEXT },
    { "BYTES",      "omvang",    FIELD_TEXT },
    { "SHA-256",    "sha256",    FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static bool read_dossier(const char *bericht, const struct buf *content, xmlDoc **dossier,
                         struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    if (!bericht[0])
        return xmldoc_parse(content->data, content->size, dossier, fault);
    if (!xmldoc_parse(bericht, strlen(bericht), &doc, fault))
        return false;
    *dossier = handover_dossier(doc);
    return true;
}

void preview_documents(const json_t *result)
{
    const json_t *documents = json_object_get(result, "documenten");

    if (json_array_size(documents) == 0)
        return;
    putchar('\n');
    output_table(documents, DOCUMENTS);
}

bool preview_print(const json_t *result, const struct buf *content, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *dossier = NULL;
    SCOPED_BUF struct buf page = { 0 };

    if (!read_dossier(output_text(result, "bericht"), content, &dossier, fault)
        || !view_text(dossier, NULL, &page, fault))
        return false;
    output_fields(result, WHERETO);
    preview_documents(result);
    putchar('\n');
    output_print_page(buf_text(&page));
    fputs("Nothing was sent. Without --dry-run this is what leaves.\n", stderr);
    return true;
}
