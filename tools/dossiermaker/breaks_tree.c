/* breaks_tree -- see breaks_tree.h. */
#include "tools/dossiermaker/breaks_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/xmldoc.h"
#include "tools/dossiermaker/day.h"

xmlNode *breaks_tree_find(xmlNode *from, const char *path)
{
    xmlNode *found = xmldoc_at(from, path);

    if (!found) {
        (void)fprintf(stderr, "dossier-maker: a complete dossier has no %s\n", path);
        abort();
    }
    return found;
}

xmlNode *breaks_tree_last(xmlNode *from, const char *path)
{
    xmlNode *found = breaks_tree_find(from, path);

    for (xmlNode *next = found; next; next = xmldoc_next(next))
        found = next;
    return found;
}

void breaks_tree_set(xmlNode *from, const char *path, const char *text)
{
    xmlNodeSetContent(breaks_tree_find(from, path), BAD_CAST text);
}

void breaks_tree_set_day(xmlNode *from, const char *path, long day)
{
    char text[DAY_SIZE];

    day_text(day, text);
    breaks_tree_set(from, path, text);
}

static long read_day(const char *text)
{
    long day = 0;

    if (!day_read(text, &day))
        abort();
    return day;
}

long breaks_tree_day(xmlNode *from, const char *path)
{
    return read_day(xmldoc_text(breaks_tree_find(from, path), ""));
}

long breaks_tree_peildatum(xmlNode *dossier)
{
    xmlChar *text = xmlGetNoNsProp(dossier, BAD_CAST "peildatum");
    long day = read_day((const char *)text);

    xmlFree(text);
    return day;
}

void breaks_tree_set_peildatum(xmlNode *dossier, long day)
{
    char text[DAY_SIZE];

    day_text(day, text);
    xmlSetProp(dossier, BAD_CAST "peildatum", BAD_CAST text);
}

static bool is_among(const char *name, const char *names)
{
    for (const char *at = names; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if (strlen(name) == size && memcmp(name, at, size) == 0)
            return true;
        at += size;
    }
    return false;
}

xmlNode *breaks_tree_put(xmlNode *parent, const char *behind, const char *name,
                         const char *text)
{
    xmlNode *made = xmldoc_add(parent, name, text), *place = NULL;

    for (xmlNode *at = parent->children; at; at = at->next)
        if (at != made && is_among((const char *)at->name, behind))
            place = at;
    if (place)
        return xmlAddNextSibling(place, made);
    return parent->children == made ? made : xmlAddPrevSibling(parent->children, made);
}

xmlNode *breaks_tree_put_day(xmlNode *parent, const char *behind, const char *name, long day)
{
    char text[DAY_SIZE];

    day_text(day, text);
    return breaks_tree_put(parent, behind, name, text);
}

xmlNode *breaks_tree_copy(xmlNode *node)
{
    return xmlAddNextSibling(node, xmlCopyNode(node, 1));
}

static void drop(xmlNode *node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

void breaks_tree_drop(xmlNode *parent, const char *names)
{
    for (xmlNode *at = parent->children, *next; at; at = next) {
        next = at->next;
        if (is_among((const char *)at->name, names))
            drop(at);
    }
}

void breaks_tree_empty(xmlNode *node)
{
    while (node->children)
        drop(node->children);
}
