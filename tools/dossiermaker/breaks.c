/* breaks -- see breaks.h. A row is a rule, who the dossier is about, and what spoils it. */
#include "tools/dossiermaker/breaks.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "tools/dossiermaker/put.h"

/* A complete dossier has what is looked for here. */
static xmlNode *must_find(xmlNode *dossier, const char *path)
{
    xmlNode *found = xmldoc_at(dossier, path);

    if (!found)
        abort();
    return found;
}

static void set_text(xmlNode *node, const char *text)
{
    xmlNodeSetContent(node->children, BAD_CAST text);
}

/* --- what spoils --------------------------------------------------------------------- */

/* achtergehouden without a reason */
static void spoil_status(xmlNode *dossier)
{
    xmlNode *part = must_find(dossier, "duo");

    xmlSetProp(part, BAD_CAST "status", BAD_CAST "achtergehouden");
    while (part->children) {
        xmlNode *child = part->children;
        xmlUnlinkNode(child);
        xmlFreeNode(child);
    }
}

/* The last digit one higher. */
static void spoil_bsn(xmlNode *dossier)
{
    xmlNode *bsn = must_find(dossier, "persoon/bsn");
    char *last = (char *)bsn->children->content + 8;

    *last = (char)(*last == '9' ? '0' : *last + 1);
}

/* A second entry of the first one's name; nothing refers to the last document but by name. */
static void spoil_document_id(xmlNode *dossier)
{
    xmlNode *first = must_find(dossier, "documenten/document");
    xmlNode *copy = xmlAddNextSibling(first, xmlCopyNode(first, 1));
    xmlNode *sha256 = must_find(copy, "sha256");

    set_text(sha256, "00000000000000000000000000000000000000000000000000000000000000ff");
}

/* --- the table ----------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *rule;
    int asiel, route;
    void (*spoil)(xmlNode *dossier);
} BREAKS[] = {
    { "status",      LIFE_ANY, LIFE_ANY, spoil_status },
    { "elfproef",    LIFE_ANY, LIFE_ANY, spoil_bsn },
    { "document-id", LIFE_ANY, LIFE_ANY, spoil_document_id },
};
/* clang-format on */

#define BREAK_COUNT (sizeof(BREAKS) / sizeof(BREAKS[0]))

const char *breaks_rule(size_t n)
{
    return n < BREAK_COUNT ? BREAKS[n].rule : NULL;
}

static size_t find(const char *rule)
{
    size_t n = 0;

    while (n < BREAK_COUNT && strcmp(BREAKS[n].rule, rule) != 0)
        n++;
    return n;
}

bool breaks_dossier(const char *rule, const struct wishes *wishes, xmlDoc **doc,
                    struct fault *fault)
{
    size_t n = find(rule);
    struct wishes complete = *wishes;

    if (n == BREAK_COUNT)
        return fault_set(fault, FAULT_USAGE,
                         "--break: there is no rule '%.40s'; see --list-rules", rule);
    complete.complete = true;
    if (BREAKS[n].asiel != LIFE_ANY)
        complete.asiel = BREAKS[n].asiel;
    if (BREAKS[n].route != LIFE_ANY)
        complete.route = BREAKS[n].route;
    *doc = maker_dossier(&complete);
    BREAKS[n].spoil(xmlDocGetRootElement(*doc));
    return true;
}
