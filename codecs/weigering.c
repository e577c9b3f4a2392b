/* weigering -- see weigering.h; the list there is the one place for codes. */
#include "codecs/weigering.h"

#include <string.h>

#include "codecs/message.h"
#include "codecs/onderdelen.h"
#include "codecs/toelichting.h"
#include "codecs/xmldoc.h"

const struct weigering_code WEIGERING_CODES[] = {
#define X(name, parts, text, wrong, action) { name, parts, text, wrong " " action },
    WEIGERING_CODE_LIST(X)
#undef X
        { 0 },
};

void weigering_finish(struct weigering *weigering)
{
    buf_finish(&weigering->toelichting);
}

const struct weigering_code *weigering_code(const char *name)
{
    for (const struct weigering_code *code = WEIGERING_CODES; code->name; code++)
        if (strcmp(code->name, name) == 0)
            return code;
    return NULL;
}

/* --- as somebody gives it ------------------------------------------------------------ */

static bool no_such_code(struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };

    for (const struct weigering_code *code = WEIGERING_CODES; code->name; code++)
        buf_addf(&names, "%s%s", names.size > 0 ? ", " : "", code->name);
    return fault_set(fault, FAULT_USAGE, "code: is none of %s", buf_text(&names));
}

static bool is_whole(const struct weigering *weigering, struct fault *fault)
{
    const struct weigering_code *code = weigering->code;

    if (code->needs_parts && weigering->parts == 0)
        return fault_set(fault, FAULT_USAGE, "code %s needs at least one part", code->name);
    if (!code->needs_parts && weigering->parts != 0)
        return fault_set(fault, FAULT_USAGE, "parts do not belong to code %s", code->name);
    if (code->needs_text && weigering->toelichting.size == 0)
        return fault_set(fault, FAULT_USAGE, "code %s needs a text", code->name);
    return true;
}

bool weigering_parse(const char *code, const char *parts, const char *text,
                     struct weigering *weigering, struct fault *fault)
{
    weigering->code = weigering_code(code);
    if (!weigering->code)
        return no_such_code(fault);
    return onderdelen_parse(parts, &weigering->parts, fault)
           && toelichting_parse(text, &weigering->toelichting, fault)
           && is_whole(weigering, fault);
}

/* --- as it travels ------------------------------------------------------------------- */

xmlDoc *weigering_build(const struct weigering *weigering)
{
    xmlDoc *doc = xmldoc_new(MESSAGE_NS, "weigering");
    xmlNode *root = xmlDocGetRootElement(doc);

    xmldoc_add(root, "code", weigering->code->name);
    onderdelen_write(root, weigering->parts);
    if (weigering->toelichting.size > 0)
        xmldoc_add(root, "toelichting", buf_text(&weigering->toelichting));
    return doc;
}

void weigering_read(const xmlNode *content, struct weigering *weigering)
{
    const char *text = xmldoc_text(content, "toelichting");

    weigering->code = weigering_code(xmldoc_text(content, "code"));
    weigering->parts = onderdelen_read(content);
    if (text)
        buf_add_text(&weigering->toelichting, text);
}

void weigering_reden(const struct weigering *weigering, struct buf *reden)
{
    buf_add_text(reden, weigering->code->name);
    onderdelen_tell(weigering->parts, ": ", reden);
}
