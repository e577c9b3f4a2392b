/* afwijzing -- see afwijzing.h; the list there is the one place for codes. */
#include "codecs/afwijzing.h"

#include <stdio.h>
#include <string.h>

#include "codecs/datum.h"
#include "codecs/message.h"
#include "codecs/toelichting.h"
#include "codecs/xmldoc.h"

const struct afwijzing_code AFWIJZING_CODES[] = {
#define X(name, brings, so, action) { name, brings, so " " action },
    AFWIJZING_CODE_LIST(X)
#undef X
        { 0 },
};

void afwijzing_finish(struct afwijzing *afwijzing)
{
    buf_finish(&afwijzing->toelichting);
}

static const struct afwijzing_code *code_named(const char *name, size_t length)
{
    for (const struct afwijzing_code *code = AFWIJZING_CODES; code->name; code++)
        if (strlen(code->name) == length && strncmp(code->name, name, length) == 0)
            return code;
    return NULL;
}

const struct afwijzing_code *afwijzing_code(const char *name)
{
    return code_named(name, strlen(name));
}

bool afwijzing_ends(const struct afwijzing_code *code)
{
    return code->brings != AFWIJZING_DATUM;
}

/* --- as somebody gives it ------------------------------------------------------------ */

static bool no_such_code(struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };

    for (const struct afwijzing_code *code = AFWIJZING_CODES; code->name; code++)
        buf_addf(&names, "%s%s", names.size > 0 ? ", " : "", code->name);
    return fault_set(fault, FAULT_USAGE, "code: is none of %s", buf_text(&names));
}

/* What one code brings, and no other may. */
static bool belongs(const struct afwijzing *afwijzing, enum afwijzing_brings brings,
                    const char *what, const char *given, struct fault *fault)
{
    const struct afwijzing_code *code = afwijzing->code;

    if (code->brings == brings && !*given)
        return fault_set(fault, FAULT_USAGE, "code %s needs %s", code->name, what);
    return code->brings == brings || !*given
           || fault_set(fault, FAULT_USAGE, "%s does not belong to code %s", what, code->name);
}

static bool is_whole(const struct afwijzing *afwijzing, const char *gemeentecode,
                     const char *verwacht_op, struct fault *fault)
{
    if (!belongs(afwijzing, AFWIJZING_GEMEENTE, "a gemeentecode", gemeentecode, fault)
        || !belongs(afwijzing, AFWIJZING_DATUM, "a date", verwacht_op, fault))
        return false;
    if (*gemeentecode
        && (strlen(gemeentecode) != 4 || strspn(gemeentecode, "0123456789") != 4))
        return fault_set(fault, FAULT_USAGE, "gemeentecode: is not four digits");
    if (*verwacht_op && (strlen(verwacht_op) != 10 || datum_day(verwacht_op) == 0))
        return fault_set(fault, FAULT_USAGE, "expected: is not a date (YYYY-MM-DD)");
    return afwijzing->code->brings != AFWIJZING_BARE || afwijzing->toelichting.size == 0
           || fault_set(fault, FAULT_USAGE,
                        "code %s goes without a text: what there is to say is said by "
                        "telephone",
                        afwijzing->code->name);
}

bool afwijzing_parse(const char *code, const char *gemeentecode, const char *verwacht_op,
                     const char *text, struct afwijzing *afwijzing, struct fault *fault)
{
    afwijzing->code = afwijzing_code(code);
    if (!afwijzing->code)
        return no_such_code(fault);
    if (!toelichting_parse(text, &afwijzing->toelichting, fault)
        || !is_whole(afwijzing, gemeentecode, verwacht_op, fault))
        return false;
    snprintf(afwijzing->gemeentecode, sizeof(afwijzing->gemeentecode), "%s", gemeentecode);
    snprintf(afwijzing->verwacht_op, sizeof(afwijzing->verwacht_op), "%s", verwacht_op);
    return true;
}

/* --- as it travels ------------------------------------------------------------------- */

xmlDoc *afwijzing_build(const struct afwijzing *afwijzing)
{
    xmlDoc *doc = xmldoc_new(MESSAGE_NS, "verzoekafwijzing");
    xmlNode *root = xmlDocGetRootElement(doc);

    xmldoc_add(root, "code", afwijzing->code->name);
    if (afwijzing->gemeentecode[0])
        xmldoc_add(root, "gemeentecode", afwijzing->gemeentecode);
    if (afwijzing->verwacht_op[0])
        xmldoc_add(root, "verwachtOp", afwijzing->verwacht_op);
    if (afwijzing->toelichting.size > 0)
        xmldoc_add(root, "toelichting", buf_text(&afwijzing->toelichting));
    return doc;
}

static void copy_text(const xmlNode *content, const char *element, char *to, size_t size)
{
    const char *text = xmldoc_text(content, element);

    snprintf(to, size, "%s", text ? text : "");
}

void afwijzing_read(const xmlNode *content, struct afwijzing *afwijzing)
{
    const char *text = xmldoc_text(content, "toelichting");

    afwijzing->code = afwijzing_code(xmldoc_text(content, "code"));
    copy_text(content, "gemeentecode", afwijzing->gemeentecode,
              sizeof(afwijzing->gemeentecode));
    copy_text(content, "verwachtOp", afwijzing->verwacht_op, sizeof(afwijzing->verwacht_op));
    if (text)
        buf_add_text(&afwijzing->toelichting, text);
}

void afwijzing_reden(const struct afwijzing *afwijzing, struct buf *reden)
{
    const char *brings =
        afwijzing->gemeentecode[0] ? afwijzing->gemeentecode : afwijzing->verwacht_op;

    buf_addf(reden, "%s%s%s", afwijzing->code->name, *brings ? ": " : "", brings);
}

const struct afwijzing_code *afwijzing_of_reden(const char *reden)
{
    return code_named(reden, strcspn(reden, ":;"));
}
