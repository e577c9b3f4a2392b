/* aanvulling -- see aanvulling.h. */
#include "codecs/aanvulling.h"

#include <stdio.h>
#include <string.h>

#include "codecs/dossier.h"
#include "codecs/message.h"
#include "codecs/onderdelen.h"
#include "codecs/toelichting.h"
#include "codecs/verschil.h"
#include "codecs/xmldoc.h"

void aanvulling_finish(struct aanvulling *aanvulling)
{
    buf_finish(&aanvulling->toelichting);
}

bool aanvulling_parse(const char *parts, const char *text, struct aanvulling *aanvulling,
                      struct fault *fault)
{
    if (!onderdelen_parse(parts, &aanvulling->parts, fault)
        || !toelichting_parse(text, &aanvulling->toelichting, fault))
        return false;
    return aanvulling->toelichting.size > 0
           || fault_set(fault, FAULT_USAGE, "a supplement needs a text: what is new, and why");
}

/* What stands at the root itself, when the dossier was made, say, belongs to no part. */
static void collect(void *context, const struct verschil *verschil)
{
    unsigned *parts = context;

    *parts |= onderdelen_bit(verschil->part);
}

unsigned aanvulling_compare(const xmlNode *before, const xmlNode *now)
{
    unsigned parts = 0;

    (void)verschil_dossiers(before, now, collect, &parts);
    return parts;
}

xmlDoc *aanvulling_build(const struct aanvulling *aanvulling, const xmlNode *dossier)
{
    xmlDoc *doc = xmldoc_new(MESSAGE_NS, "aanvulling");
    xmlNode *root = xmlDocGetRootElement(doc);

    xmldoc_add(root, "betreft", aanvulling->betreft);
    onderdelen_write(root, aanvulling->parts);
    xmldoc_add(root, "toelichting", buf_text(&aanvulling->toelichting));
    xmldoc_add_copy(root, dossier);
    return doc;
}

void aanvulling_read(const xmlNode *content, struct aanvulling *aanvulling)
{
    const char *text = xmldoc_text(content, "toelichting");

    snprintf(aanvulling->betreft, UUID_SIZE, "%s", xmldoc_text(content, "betreft"));
    aanvulling->parts = onderdelen_read(content);
    if (text)
        buf_add_text(&aanvulling->toelichting, text);
}

xmlNode *aanvulling_dossier(const xmlNode *content)
{
    for (xmlNode *at = content->children; at; at = at->next)
        if (xmldoc_is(at, DOSSIER_NS, "dossier"))
            return at;
    return NULL;
}
