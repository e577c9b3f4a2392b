/* share -- see share.h. */
#include "tools/cli/share.h"

#include <string.h>

#include "codecs/dossier.h"
#include "codecs/xmldoc.h"

/* What stands behind a warmeOverdracht in the schema. */
static xmlNode *what_follows(const xmlNode *voortgang)
{
    xmlNode *next = xmldoc_child(voortgang, "opmerking");

    return next ? next : xmldoc_child(voortgang, "later");
}

static void remove_older(xmlNode *voortgang)
{
    xmlNode *older = xmldoc_child(voortgang, "warmeOverdracht");

    if (!older)
        return;
    xmlUnlinkNode(older);
    xmlFreeNode(older);
}

static bool is_given(const xmlNode *part)
{
    xmlChar *status = part ? xmlGetNoNsProp(part, BAD_CAST "status") : NULL;
    bool given = status && strcmp((const char *)status, "geleverd") == 0;

    xmlFree(status);
    return given;
}

bool share_put(xmlNode *dossier, const struct talk *talk, struct fault *fault)
{
    xmlNode *voortgang = xmldoc_child(dossier, "voortgang");

    if (!is_given(voortgang))
        return fault_set(fault, FAULT_STATE,
                         "the dossier holds no voortgang, where a conversation stands");
    remove_older(voortgang);
    xmlNode *next = what_follows(voortgang);
    xmlNode *added = xmldoc_add(voortgang, "warmeOverdracht", NULL);
    xmldoc_add(added, "datum", talk->datum);
    xmldoc_add(added, "verslag", talk->verslag);
    if (next)
        xmlAddPrevSibling(next, added);
    return true;
}

static bool compose(const struct buf *sent, const struct talk *talk, struct buf *content,
                    struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *dossier = NULL;

    if (!dossier_read(sent->data, sent->size, NULL, NULL, &dossier, fault)
        || !share_put(xmlDocGetRootElement(dossier), talk, fault))
        return false;
    xmldoc_write(dossier, content);
    return true;
}

bool share_talk(struct client *client, const char *overdracht, const struct talk *talk,
                json_t **result, struct fault *fault)
{
    SCOPED_BUF struct buf sent = { 0 }, content = { 0 }, text = { 0 };
    char file[UUID_SIZE];

    buf_addf(&text, "Warme overdracht op %s, gesproken met %s.", talk->datum, talk->met);
    return client_download(client, overdracht, "dossier", &sent, fault)
           && compose(&sent, talk, &content, fault)
           && client_upload(client, &content, file, fault)
           && client_ask(client, "overdracht.supplement",
                         json_pack("{s:s, s:s, s:s, s:s}", "id", overdracht, "file", file,
                                   "parts", "voortgang", "text", buf_text(&text)),
                         CLIENT_LATER, result, fault);
}
