/* intrekking -- see intrekking.h; the list there is the one place for codes. */
#include "codecs/intrekking.h"

#include <stdio.h>
#include <string.h>

#include "codecs/message.h"
#include "codecs/moment.h"
#include "codecs/toelichting.h"
#include "codecs/xmldoc.h"

const struct intrekking_code INTREKKING_CODES[] = {
#define X(name, text, wrong, action) { name, text, wrong " " action },
    INTREKKING_CODE_LIST(X)
#undef X
        { 0 },
};

void intrekking_finish(struct intrekking *intrekking)
{
    buf_finish(&intrekking->toelichting);
}

static const struct intrekking_code *code_named(const char *name, size_t length)
{
    for (const struct intrekking_code *code = INTREKKING_CODES; code->name; code++)
        if (strlen(code->name) == length && strncmp(code->name, name, length) == 0)
            return code;
    return NULL;
}

const struct intrekking_code *intrekking_code(const char *name)
{
    return code_named(name, strlen(name));
}

static bool no_such_code(struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };

    for (const struct intrekking_code *code = INTREKKING_CODES; code->name; code++)
        buf_addf(&names, "%s%s", names.size > 0 ? ", " : "", code->name);
    return fault_set(fault, FAULT_USAGE, "code: is none of %s", buf_text(&names));
}

bool intrekking_parse(const char *code, const char *text, struct intrekking *intrekking,
                      struct fault *fault)
{
    intrekking->code = intrekking_code(code);
    if (!intrekking->code)
        return no_such_code(fault);
    if (!toelichting_parse(text, &intrekking->toelichting, fault))
        return false;
    return !intrekking->code->needs_text || intrekking->toelichting.size > 0
           || fault_set(fault, FAULT_USAGE, "code %s needs a text", code);
}

xmlDoc *intrekking_build(const struct intrekking *intrekking)
{
    xmlDoc *doc = xmldoc_new(MESSAGE_NS, "intrekking");
    xmlNode *root = xmlDocGetRootElement(doc);

    xmldoc_add(root, "betreft", intrekking->betreft);
    xmldoc_add(root, "code", intrekking->code->name);
    if (intrekking->toelichting.size > 0)
        xmldoc_add(root, "toelichting", buf_text(&intrekking->toelichting));
    return doc;
}

void intrekking_read(const xmlNode *content, struct intrekking *intrekking)
{
    const char *text = xmldoc_text(content, "toelichting");

    snprintf(intrekking->betreft, UUID_SIZE, "%s", xmldoc_text(content, "betreft"));
    intrekking->code = intrekking_code(xmldoc_text(content, "code"));
    if (text)
        buf_add_text(&intrekking->toelichting, text);
}

#define PENDING "intrekking: "

void intrekking_pending(const struct intrekking_code *code, struct buf *reden)
{
    buf_addf(reden, "%s" PENDING "%s", reden->size > 0 ? "; " : "", code->name);
}

/* A part of its own, with a code: the words of a refusal may begin so too. */
static const char *find_pending(const char *reden, const struct intrekking_code **code)
{
    for (const char *at = reden; (at = strstr(at, PENDING)); at++) {
        const char *name = at + sizeof(PENDING) - 1;
        bool begins = at == reden || (at - reden >= 2 && strncmp(at - 2, "; ", 2) == 0);
        *code = begins ? code_named(name, strcspn(name, ";")) : NULL;
        if (*code)
            return at;
    }
    return NULL;
}

const struct intrekking_code *intrekking_of_reden(const char *reden)
{
    const struct intrekking_code *code;

    return find_pending(reden, &code) ? code : NULL;
}

void intrekking_forget(char *reden)
{
    const struct intrekking_code *code;
    const char *found = find_pending(reden, &code);

    if (!found)
        return;
    char *at = reden + (found - reden), *rest = at + strcspn(at, ";");
    if (at == reden)
        rest += strspn(rest, "; ");
    else
        at -= 2; /* the "; " before it */
    memmove(at, rest, strlen(rest) + 1);
}

xmlDoc *intrekking_confirm_build(const struct intrekkingbevestiging *bevestiging)
{
    xmlDoc *doc = xmldoc_new(MESSAGE_NS, "intrekkingbevestiging");
    xmlNode *root = xmlDocGetRootElement(doc);
    char moment[MOMENT_SIZE];

    moment_format(bevestiging->verwijderd_op, moment);
    xmldoc_add(root, "betreft", bevestiging->betreft);
    xmldoc_add(root, "verwijderdOp", moment);
    return doc;
}

void intrekking_confirm_read(const xmlNode *content, struct intrekkingbevestiging *bevestiging)
{
    snprintf(bevestiging->betreft, UUID_SIZE, "%s", xmldoc_text(content, "betreft"));
    bevestiging->verwijderd_op = 0;
    (void)!moment_parse(xmldoc_text(content, "verwijderdOp"), &bevestiging->verwijderd_op);
}
