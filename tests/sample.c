/* sample -- see sample.h. */
#include "tests/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"

#define TEXT_MAX 65535

const char *sample_source(void)
{
    const char *copy = getenv("ESTAFETTE_SOURCE");

    return copy ? copy : SOURCE_DIR;
}

static char *read_text(const char *folder, const char *file)
{
    SCOPED_BUF struct buf path = { 0 };
    char *text = mem_alloc(TEXT_MAX + 1);

    buf_addf(&path, "%s/%s/%s", sample_source(), folder, file);
    FILE *stream = fopen(buf_text(&path), "re");
    if (!stream || fread(text, 1, TEXT_MAX, stream) == 0 || fclose(stream) != 0)
        abort();
    return text;
}

char *sample_dossier(const char *file)
{
    return read_text("tests/golden/dossiers", file);
}

char *sample_duo(const char *file)
{
    return read_text("tests/golden/duo", file);
}

char *sample_replace(const char *text, const char *from, const char *to)
{
    SCOPED_BUF struct buf changed = { 0 };
    const char *at = strstr(text, from);

    if (!at)
        abort();
    buf_add(&changed, text, (size_t)(at - text));
    buf_addf(&changed, "%s%s", to, at + strlen(from));
    return mem_copy(buf_text(&changed));
}

/* In the order of the document. */
static void collect(const xmlNode *parent, struct buf *values)
{
    for (const xmlNode *at = parent->children; at; at = at->next) {
        if (at->type != XML_ELEMENT_NODE)
            continue;
        if (strcmp((const char *)at->name, "enumeration") == 0) {
            xmlChar *value = xmlGetNoNsProp((xmlNode *)at, BAD_CAST "value");
            buf_addf(values, "%s ", (const char *)value);
            xmlFree(value);
        }
        collect(at, values);
    }
}

static bool is_named(const xmlNode *node, const char *name)
{
    xmlChar *own = xmlGetNoNsProp((xmlNode *)node, BAD_CAST "name");
    bool same = own && strcmp((const char *)own, name) == 0;

    xmlFree(own);
    return same;
}

char *sample_enumerations(const char *file, const char *type)
{
    SCOPED_MEM char *text = read_text("xsd", file);
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf values = { 0 };
    struct fault fault;

    if (!xmldoc_parse(text, strlen(text), &doc, &fault))
        abort();
    xmlNode *at = xmlFirstElementChild(xmlDocGetRootElement(doc));
    while (at && !is_named(at, type))
        at = xmlNextElementSibling(at);
    if (at)
        collect(at, &values);
    if (values.size == 0)
        abort();
    return mem_copy(buf_text(&values));
}
