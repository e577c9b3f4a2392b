/* view -- see view.h. A stylesheet decides what people read; this file keeps both sides safe.
 *
 * The stylesheet may open nothing. The dossier may not move the cursor, hide
 * or turn text around, or start a line of its own: that is settled in a copy,
 * before the stylesheet lays out lines that then are all ours.
 */
#include "codecs/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xslt.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>

#include "codecs/dossier.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"

/* Written by view_install() only; read by all threads. */
static xsltStylesheet *text_sheet;
static xsltSecurityPrefs *nothing_allowed;

__attribute__((format(printf, 2, 3))) static void drop_text(void *context, const char *text,
                                                            ...)
{
    (void)context;
    (void)text;
}

static xsltStylesheet *parse_sheet(const char *name)
{
    size_t size = 0;
    const char *source = schema_source(name, &size);
    xmlDoc *doc = xmlReadMemory(source, (int)size, name, NULL, XML_PARSE_NONET);
    xsltStylesheet *sheet = xsltParseStylesheetDoc(doc);

    if (!sheet || sheet->errors > 0) {
        (void)fprintf(stderr, "estafette: the embedded %s does not parse\n", name);
        abort();
    }
    return sheet;
}

void view_install(void)
{
    static const xsltSecurityOption OPTIONS[] = {
        XSLT_SECPREF_READ_FILE,    XSLT_SECPREF_WRITE_FILE,    XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK, XSLT_SECPREF_WRITE_NETWORK,
    };

    xsltInit();
    xsltSetGenericErrorFunc(NULL, drop_text);
    nothing_allowed = xsltNewSecurityPrefs();
    for (size_t i = 0; i < sizeof(OPTIONS) / sizeof(OPTIONS[0]); i++)
        xsltSetSecurityPrefs(nothing_allowed, OPTIONS[i], xsltSecurityForbid);
    xsltSetDefaultSecurityPrefs(nothing_allowed);
    text_sheet = parse_sheet("dossier-text.xsl");
}

void view_uninstall(void)
{
    xsltFreeStylesheet(text_sheet);
    xsltSetDefaultSecurityPrefs(NULL);
    xsltFreeSecurityPrefs(nothing_allowed);
    xsltCleanupGlobals();
    text_sheet = NULL;
    nothing_allowed = NULL;
}

/* --- what must not reach a terminal --------------------------------------------------- */

/* Controls C0 and C1, line and paragraph separators, bidirectional controls (UAX #9),
 * interlinear and tag characters (UTS #51), byte order mark. Joiners stay: people's names need
 * them. */
/* clang-format off */
static const struct {
    int first, last;
} UNSAFE[] = {
    { 0x00, 0x1F },     { 0x7F, 0x9F },     { 0xAD, 0xAD },     { 0x061C, 0x061C },
    { 0x180E, 0x180E }, { 0x200E, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F },
    { 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE007F },
};
/* clang-format on */

static bool is_unsafe(int character)
{
    for (size_t i = 0; i < sizeof(UNSAFE) / sizeof(UNSAFE[0]); i++)
        if (character >= UNSAFE[i].first && character <= UNSAFE[i].last)
            return true;
    return false;
}

static const char *replacement(int character)
{
    return character == '\n' || character == '\t' ? " " : "\xEF\xBF\xBD"; /* U+FFFD */
}

/* Text that came through the parser is UTF-8. */
static void add_safe(struct buf *safe, const xmlChar *text)
{
    while (*text) {
        int size = (int)strnlen((const char *)text, 4);
        int character = xmlGetUTF8Char(text, &size);
        if (character < 0)
            abort(); /* not a tree of ours */
        if (is_unsafe(character))
            buf_add_text(safe, replacement(character));
        else
            buf_add(safe, text, (size_t)size);
        text += size;
    }
}

/* On a text node xmlNodeSetContent() takes text as it is; on others it would read entities. */
static void make_safe(xmlNode *text)
{
    SCOPED_BUF struct buf safe = { 0 };

    add_safe(&safe, text->content);
    xmlNodeSetContent(text, (const xmlChar *)buf_text(&safe));
}

static void make_attributes_safe(const xmlNode *node)
{
    for (const xmlAttr *at = node->properties; at; at = at->next)
        if (at->children)
            make_safe(at->children);
}

/* Document order; above the root is the document, which has no next. */
static xmlNode *next_node(xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node && !node->next)
        node = node->parent;
    return node ? node->next : NULL;
}

static void make_tree_safe(xmlDoc *doc)
{
    for (xmlNode *node = xmlDocGetRootElement(doc); node; node = next_node(node))
        if (node->type == XML_TEXT_NODE)
            make_safe(node);
        else
            make_attributes_safe(node);
}

/* --- the transformation -------------------------------------------------------------- */

static void context_release(xsltTransformContext **context)
{
    xsltFreeTransformContext(*context);
}

static bool transform(xmlDoc *safe, struct buf *text, struct fault *fault)
{
    __attribute__((cleanup(context_release))) xsltTransformContext *context =
        xsltNewTransformContext(text_sheet, safe);
    SCOPED_XMLDOC xmlDoc *result = NULL;
    xmlChar *bytes = NULL;
    int size = 0;

    xsltSetTransformErrorFunc(context, NULL, drop_text);
    if (xsltSetCtxtSecurityPrefs(nothing_allowed, context) == 0)
        result = xsltApplyStylesheetUser(text_sheet, safe, NULL, NULL, NULL, context);
    if (!result || context->state != XSLT_STATE_OK
        || xsltSaveResultToString(&bytes, &size, result, text_sheet) != 0)
        return fault_set(fault, FAULT_INTERNAL, "the view of the dossier cannot be made");
    buf_add(text, bytes, (size_t)size);
    explicit_bzero(bytes, (size_t)size);
    xmlFree(bytes);
    return true;
}

bool view_text(xmlDoc *dossier, struct buf *text, struct fault *fault)
{
    if (!xmldoc_is(xmlDocGetRootElement(dossier), DOSSIER_NS, "dossier"))
        return fault_set(fault, FAULT_DOCUMENT, "this is not a dossier");

    SCOPED_XMLDOC xmlDoc *safe = xmlCopyDoc(dossier, 1);
    make_tree_safe(safe);
    return transform(safe, text, fault);
}
