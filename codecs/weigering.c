/* weigering -- see weigering.h; the lists there are the one place for codes and parts. */
#include "codecs/weigering.h"

#include <string.h>

#include "codecs/message.h"
#include "codecs/toelichting.h"
#include "codecs/xmldoc.h"

const struct weigering_code WEIGERING_CODES[] = {
#define X(name, parts, text, wrong, action) { name, parts, text, wrong " " action },
    WEIGERING_CODE_LIST(X)
#undef X
        { 0 },
};

const char *const WEIGERING_PARTS[] = {
#define X(name) name,
    WEIGERING_PART_LIST(X)
#undef X
        NULL
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

static bool no_such_part(struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };

    for (const char *const *part = WEIGERING_PARTS; *part; part++)
        buf_addf(&names, "%s%s", names.size > 0 ? ", " : "", *part);
    return fault_set(fault, FAULT_USAGE, "part: is none of %s", buf_text(&names));
}

/* The bit of a part; 0 when there is no such part. */
static unsigned part_bit(const char *name, size_t length)
{
    for (unsigned i = 0; WEIGERING_PARTS[i]; i++)
        if (strlen(WEIGERING_PARTS[i]) == length
            && strncmp(WEIGERING_PARTS[i], name, length) == 0)
            return 1u << i;
    return 0;
}

static bool parse_parts(const char *names, unsigned *parts, struct fault *fault)
{
    for (names += strspn(names, " "); *names; names += strspn(names, " ")) {
        size_t length = strcspn(names, " ");
        unsigned bit = part_bit(names, length);
        if (!bit)
            return no_such_part(fault);
        *parts |= bit;
        names += length;
    }
    return true;
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
    return parse_parts(parts, &weigering->parts, fault)
           && toelichting_parse(text, &weigering->toelichting, fault)
           && is_whole(weigering, fault);
}

/* --- as it travels ------------------------------------------------------------------- */

xmlDoc *weigering_build(const struct weigering *weigering)
{
    xmlDoc *doc = xmldoc_new(MESSAGE_NS, "weigering");
    xmlNode *root = xmlDocGetRootElement(doc);

    xmldoc_add(root, "code", weigering->code->name);
    xmlNode *parts = weigering->parts ? xmldoc_add(root, "onderdelen", NULL) : NULL;
    for (unsigned i = 0; WEIGERING_PARTS[i]; i++)
        if (weigering->parts & 1u << i)
            xmldoc_add(parts, "onderdeel", WEIGERING_PARTS[i]);
    if (weigering->toelichting.size > 0)
        xmldoc_add(root, "toelichting", buf_text(&weigering->toelichting));
    return doc;
}

void weigering_read(const xmlNode *content, struct weigering *weigering)
{
    const char *text = xmldoc_text(content, "toelichting");

    weigering->code = weigering_code(xmldoc_text(content, "code"));
    for (const xmlNode *part = xmldoc_at(content, "onderdelen/onderdeel"); part;
         part = xmldoc_next(part)) {
        const char *name = xmldoc_text(part, "");
        weigering->parts |= part_bit(name, strlen(name));
    }
    if (text)
        buf_add_text(&weigering->toelichting, text);
}

void weigering_reden(const struct weigering *weigering, struct buf *reden)
{
    const char *between = ": ";

    buf_add_text(reden, weigering->code->name);
    for (unsigned i = 0; WEIGERING_PARTS[i]; i++) {
        if (!(weigering->parts & 1u << i))
            continue;
        buf_addf(reden, "%s%s", between, WEIGERING_PARTS[i]);
        between = ", ";
    }
}
