/* snapshot -- see snapshot.h. */
#include "codecs/duo/snapshot.h"

#include <stddef.h>

#include "codecs/dossier.h"
#include "codecs/duo/shape.h"
#include "codecs/xmldoc.h"

/* No operation reads these: somebody wrote them down from DUO's portal. */
static const char *const BY_HAND[] = {
    "termijnMap",
    "termijnMapGewijzigdOp",
    "termijnPvt",
    "termijnPvtGewijzigdOp",
    "aangepasteExamenomstandigheden",
    "maatschappelijkeBegeleiding",
    "diploma",
    "certificaat",
};

xmlDoc *duo_snapshot_create(const char *day)
{
    xmlDoc *doc = xmldoc_new(DOSSIER_NS, "gelezen");

    xmlNewProp(xmlDocGetRootElement(doc), BAD_CAST "op", BAD_CAST day);
    return doc;
}

static void keep_by_hand(const xmlNode *old, xmlNode *gelezen)
{
    for (size_t i = 0; i < sizeof(BY_HAND) / sizeof(BY_HAND[0]); i++)
        for (const xmlNode *at = xmldoc_child(old, BY_HAND[i]); at; at = xmldoc_next(at))
            duo_place(gelezen, xmlDocCopyNode((xmlNode *)at, gelezen->doc, 1));
}

static void deliver(xmlNode *duo)
{
    xmlSetProp(duo, BAD_CAST "status", BAD_CAST "geleverd");
    xmlUnsetProp(duo, BAD_CAST "reden");
}

void duo_snapshot_put(const xmlNode *gelezen, xmlNode *dossier)
{
    xmlNode *duo = xmldoc_child(dossier, "duo");
    xmlNode *old = xmldoc_child(duo, "gelezen");
    xmlNode *copy = xmlDocCopyNode((xmlNode *)gelezen, dossier->doc, 1);

    if (old)
        keep_by_hand(old, copy);
    if (duo->children)
        xmlAddPrevSibling(duo->children, copy);
    else
        xmlAddChild(duo, copy);
    if (old) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    deliver(duo);
}
