/* view -- see view.h. A stylesheet decides what people read; this file keeps both sides safe.
 *
 * The stylesheets may include each other, from the binary, and open nothing
 * else. The dossier may not move the cursor, hide or turn text around, or (on
 * a terminal) start a line of its own: that is settled in a copy, before the
 * stylesheet lays out lines that then are all ours.
 */
#include "codecs/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxslt/documents.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/variables.h>
#include <libxslt/xslt.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>

#include "codecs/base64.h"
#include "codecs/digest.h"
#include "codecs/dossier.h"
#include "codecs/rules.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"

/* Written by view_install() only; read by all threads. */
static xsltStylesheet *text_sheet, *page_sheet;
static struct buf css_hash; /* what the page allows itself as style, and nothing else */
static xsltSecurityPrefs *nothing_allowed;

__attribute__((format(printf, 2, 3))) static void drop_text(void *context, const char *text,
                                                            ...)
{
    (void)context;
    (void)text;
}

static xmlDoc *read_embedded(const char *url)
{
    size_t size = 0;
    const char *slash = strrchr(url, '/');
    const char *source = schema_source(slash ? slash + 1 : url, &size);

    return source ? xmlReadMemory(source, (int)size, url, NULL, XML_PARSE_NONET) : NULL;
}

/* For xsl:include while the stylesheets are parsed. */
static xmlDoc *load_embedded(const xmlChar *url, xmlDict *dict, int options, void *context,
                             xsltLoadType type)
{
    (void)dict;
    (void)options;
    (void)context;
    return type == XSLT_LOAD_STYLESHEET ? read_embedded((const char *)url) : NULL;
}

static xmlDoc *load_nothing(const xmlChar *url, xmlDict *dict, int options, void *context,
                            xsltLoadType type)
{
    (void)url;
    (void)dict;
    (void)options;
    (void)context;
    (void)type;
    return NULL;
}

static xsltStylesheet *parse_sheet(const char *name)
{
    xsltStylesheet *sheet = xsltParseStylesheetDoc(read_embedded(name));

    if (!sheet || sheet->errors > 0) {
        (void)fprintf(stderr, "estafette: the embedded %s does not parse\n", name);
        abort();
    }
    return sheet;
}

static void hash_css(void)
{
    size_t size = 0;
    const char *css = schema_source("dossier.css", &size);
    struct digest digest;

    digest_of(css, size, &digest);
    base64_encode(digest.bytes, sizeof(digest.bytes), &css_hash);
}

/* From here on nothing may be opened. */
static void forbid_everything(void)
{
    static const xsltSecurityOption OPTIONS[] = {
        XSLT_SECPREF_READ_FILE,    XSLT_SECPREF_WRITE_FILE,    XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK, XSLT_SECPREF_WRITE_NETWORK,
    };

    xsltSetLoaderFunc(load_nothing);
    nothing_allowed = xsltNewSecurityPrefs();
    for (size_t i = 0; i < sizeof(OPTIONS) / sizeof(OPTIONS[0]); i++)
        xsltSetSecurityPrefs(nothing_allowed, OPTIONS[i], xsltSecurityForbid);
    xsltSetDefaultSecurityPrefs(nothing_allowed);
}

void view_install(void)
{
    xsltInit();
    xsltSetGenericErrorFunc(NULL, drop_text);
    xsltSetLoaderFunc(load_embedded);
    text_sheet = parse_sheet("dossier-text.xsl");
    page_sheet = parse_sheet("dossier-html.xsl");
    hash_css();
    forbid_everything();
}

void view_uninstall(void)
{
    xsltFreeStylesheet(text_sheet);
    xsltFreeStylesheet(page_sheet);
    xsltSetLoaderFunc(NULL);
    xsltSetDefaultSecurityPrefs(NULL);
    xsltFreeSecurityPrefs(nothing_allowed);
    xsltCleanupGlobals();
    buf_finish(&css_hash);
    text_sheet = page_sheet = NULL;
    nothing_allowed = NULL;
}

/* --- what must not reach people -------------------------------------------------------- */

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

/* Text that came through the parser is UTF-8; `lines`: new lines may stay. */
static void add_safe(struct buf *safe, const char *text, bool lines)
{
    while (*text) {
        int size = (int)strnlen(text, 4);
        int character = xmlGetUTF8Char((const xmlChar *)text, &size);
        if (character < 0)
            abort(); /* not a tree of ours */
        if (is_unsafe(character) && !(lines && character == '\n'))
            buf_add_text(safe, replacement(character));
        else
            buf_add(safe, text, (size_t)size);
        text += size;
    }
}

/* On a text node xmlNodeSetContent() takes text as it is; on others it would read entities. */
static void make_safe(xmlNode *text, bool lines)
{
    SCOPED_BUF struct buf safe = { 0 };

    add_safe(&safe, (const char *)text->content, lines);
    xmlNodeSetContent(text, (const xmlChar *)buf_text(&safe));
}

static void make_attributes_safe(const xmlNode *node)
{
    for (const xmlAttr *at = node->properties; at; at = at->next)
        if (at->children)
            make_safe(at->children, false);
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

static void make_tree_safe(xmlDoc *doc, bool lines)
{
    for (xmlNode *node = xmlDocGetRootElement(doc); node; node = next_node(node))
        if (node->type == XML_TEXT_NODE)
            make_safe(node, lines);
        else
            make_attributes_safe(node);
}

/* --- the transformation -------------------------------------------------------------- */

static void context_release(xsltTransformContext **context)
{
    xsltFreeTransformContext(*context);
}

/* Parameters of the stylesheets, which say what each is. An absent one is the empty text. */
static void put(xsltTransformContext *context, const char *name, const char *value)
{
    SCOPED_BUF struct buf safe = { 0 };

    if (value)
        add_safe(&safe, value, false);
    xsltQuoteOneUserParam(context, (const xmlChar *)name, (const xmlChar *)buf_text(&safe));
}

static void put_origin(xsltTransformContext *context, const struct view_origin *origin)
{
    put(context, "richting", origin->sent ? "Verstuurd naar" : "Ontvangen van");
    put(context, "gemeente", origin->gemeente);
    put(context, "gemeentecode", origin->gemeentecode);
    put(context, "datum", origin->datum);
    put(context, "contactNaam", origin->naam);
    put(context, "contactTelefoon", origin->telefoon);
    put(context, "contactEmail", origin->email);
}

static void put_limits(xsltTransformContext *context)
{
    char euro[16];

    (void)snprintf(euro, sizeof(euro), "%d", RULES_LAW.boete_totaal);
    put(context, "boetemaximum", euro);
}

static void put_style(xsltTransformContext *context)
{
    size_t size = 0;

    xsltQuoteOneUserParam(context, (const xmlChar *)"css",
                          (const xmlChar *)schema_source("dossier.css", &size));
    put(context, "cssHash", buf_text(&css_hash));
}

static bool transform(xsltStylesheet *sheet, xmlDoc *safe, const struct view_origin *origin,
                      struct buf *text, struct fault *fault)
{
    static const struct view_origin UNKNOWN = { 0 };
    __attribute__((cleanup(context_release))) xsltTransformContext *context =
        xsltNewTransformContext(sheet, safe);
    SCOPED_XMLDOC xmlDoc *result = NULL;
    xmlChar *bytes = NULL;
    int size = 0;

    xsltSetTransformErrorFunc(context, NULL, drop_text);
    put_origin(context, origin ? origin : &UNKNOWN);
    put_limits(context);
    put_style(context);
    if (xsltSetCtxtSecurityPrefs(nothing_allowed, context) == 0)
        result = xsltApplyStylesheetUser(sheet, safe, NULL, NULL, NULL, context);
    if (!result || context->state != XSLT_STATE_OK
        || xsltSaveResultToString(&bytes, &size, result, sheet) != 0)
        return fault_set(fault, FAULT_INTERNAL, "the view of the dossier cannot be made");
    buf_add(text, bytes, (size_t)size);
    explicit_bzero(bytes, (size_t)size);
    xmlFree(bytes);
    return true;
}

static bool is_dossier(const xmlDoc *doc, struct fault *fault)
{
    return xmldoc_is(xmlDocGetRootElement(doc), DOSSIER_NS, "dossier")
           || fault_set(fault, FAULT_DOCUMENT, "this is not a dossier");
}

static bool view(xsltStylesheet *sheet, bool lines, xmlDoc *dossier,
                 const struct view_origin *origin, struct buf *text, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *safe = xmlCopyDoc(dossier, 1);
    make_tree_safe(safe, lines);
    return transform(sheet, safe, origin, text, fault);
}

bool view_text(xmlDoc *dossier, const struct view_origin *origin, struct buf *text,
               struct fault *fault)
{
    return is_dossier(dossier, fault) && view(text_sheet, false, dossier, origin, text, fault);
}

bool view_gelezen(xmlDoc *gelezen, struct buf *text, struct fault *fault)
{
    if (!xmldoc_is(xmlDocGetRootElement(gelezen), DOSSIER_NS, "gelezen"))
        return fault_set(fault, FAULT_DOCUMENT, "this is not what was read at DUO");
    return view(text_sheet, false, gelezen, NULL, text, fault);
}

bool view_page(xmlDoc *dossier, const struct view_origin *origin, struct buf *page,
               struct fault *fault)
{
    return is_dossier(dossier, fault) && view(page_sheet, true, dossier, origin, page, fault);
}
