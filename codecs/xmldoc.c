/* xmldoc -- see xmldoc.h. Three layers: scan the bytes, let libxml2 parse what is left, read.
 *
 * The scan holds what libxml2 2.9.14 cannot: it is quadratic in the attributes
 * of one tag, expands entities of a DTD, and accepts UTF-16 and XML 1.1. What
 * the scan lets through has no `<!`, no `<?` behind the declaration, and tags
 * so small that their cost is bounded. Fault texts give line and construct,
 * never what stands there: that may be somebody's name.
 */
#include "codecs/xmldoc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/catalog.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/parser.h>
#include <xmlsec/transforms.h>

/* --- the libraries ------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void drop_text(void *context, const char *text,
                                                            ...)
{
    (void)context;
    (void)text;
}

static void drop_error(void *context, xmlError *error)
{
    (void)context;
    (void)error;
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are xmlsec's */
static void drop_xmlsec(const char *file, int line, const char *function, const char *object,
                        const char *subject, int reason, const char *text)
{
    (void)file;
    (void)line;
    (void)function;
    (void)object;
    (void)subject;
    (void)reason;
    (void)text;
}

static xmlParserInput *load_nothing(const char *url, const char *id, xmlParserCtxt *context)
{
    (void)url;
    (void)id;
    (void)context;
    return NULL;
}

/* Their messages quote the document, and libxml2 keeps its handlers per thread. */
static void silence_libxml2(void)
{
    xmlSetGenericErrorFunc(NULL, drop_text);
    xmlSetStructuredErrorFunc(NULL, drop_error);
    xmlThrDefSetGenericErrorFunc(NULL, drop_text);
    xmlThrDefSetStructuredErrorFunc(NULL, drop_error);
}

void xmldoc_install(void)
{
    LIBXML_TEST_VERSION
    xmlInitParser();
    xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE);
    xmlParserMaxDepth = XMLDOC_DEPTH_MAX;
    silence_libxml2();
    if (xmlSecInit() != 0 || xmlSecCheckVersion() != 1 || xmlSecOpenSSLAppInit(NULL) != 0
        || xmlSecOpenSSLInit() != 0) {
        (void)fputs("estafette: xmlsec does not start, or is of another version\n", stderr);
        abort();
    }
    /* Behind the initialisations, which set their own of all four. */
    xmlSecErrorsSetCallback(drop_xmlsec);
    xmlSecIOCleanupCallbacks();
    xmlSecParserSetDefaultOptions(XML_PARSE_NONET | XML_PARSE_NODICT);
    xmlSetExternalEntityLoader(load_nothing);
    xmlSecTransformHmacSetMinOutputBitsSize(256);
}

/* --- the scan ------------------------------------------------------------------------ */

struct scan {
    const unsigned char *at, *end;
    long line;
    unsigned depth, elements;
};

static bool refuse(const struct scan *scan, enum fault_code code, const char *what,
                   struct fault *fault)
{
    return fault_set(fault, code, "line %ld: %s", scan->line, what);
}

/* RFC 3629 section 4; libxml2's fast paths let some overlong forms pass. */
static const struct {
    unsigned char first, last, size, second_first, second_last;
} SEQUENCES[] = {
    { 0xC2, 0xDF, 2, 0x80, 0xBF }, { 0xE0, 0xE0, 3, 0xA0, 0xBF },
    { 0xE1, 0xEC, 3, 0x80, 0xBF }, { 0xED, 0xED, 3, 0x80, 0x9F },
    { 0xEE, 0xEF, 3, 0x80, 0xBF }, { 0xF0, 0xF0, 4, 0x90, 0xBF },
    { 0xF1, 0xF3, 4, 0x80, 0xBF }, { 0xF4, 0xF4, 4, 0x80, 0x8F },
};

/* Bytes of the UTF-8 sequence at `at`; 0 when it is none. */
static size_t sequence_size(const unsigned char *at, size_t left)
{
    size_t row = 0, rows = sizeof(SEQUENCES) / sizeof(SEQUENCES[0]);

    while (row < rows && !(at[0] >= SEQUENCES[row].first && at[0] <= SEQUENCES[row].last))
        row++;
    if (row == rows || left < SEQUENCES[row].size)
        return 0;
    if (at[1] < SEQUENCES[row].second_first || at[1] > SEQUENCES[row].second_last)
        return 0;
    for (size_t i = 2; i < SEQUENCES[row].size; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return SEQUENCES[row].size;
}

static bool scan_character(struct scan *scan, struct fault *fault)
{
    unsigned char c = *scan->at;

    if (c < 0x20 && c != '\n' && c != '\t' && c != '\r')
        return fault_set(fault, FAULT_DOCUMENT, "line %ld: control character 0x%02X",
                         scan->line, c);
    size_t size = c < 0x80 ? 1 : sequence_size(scan->at, (size_t)(scan->end - scan->at));
    if (size == 0)
        return refuse(scan, FAULT_DOCUMENT, "bytes that are not UTF-8", fault);
    scan->line += c == '\n';
    scan->at += size;
    return true;
}

static bool tag_allows(const struct scan *scan, const unsigned char *start, unsigned equals,
                       struct fault *fault)
{
    if (*scan->at == '<')
        return refuse(scan, FAULT_DOCUMENT, "'<' inside a tag", fault);
    if (scan->at - start > XMLDOC_TAG_MAX)
        return refuse(scan, FAULT_DOCUMENT, "a tag of more than 8192 bytes", fault);
    if (equals > XMLDOC_EQUALS_MAX)
        return refuse(scan, FAULT_DOCUMENT, "a tag with more than 32 '='", fault);
    return true;
}

/* The quote that is open behind c, 0 when none. */
static unsigned char quote_behind(unsigned char quote, unsigned char c)
{
    if (quote)
        return c == quote ? 0 : quote;
    return c == '"' || c == '\'' ? c : 0;
}

/* From behind '<' to behind '>'; a '<' in between is never well-formed, a '>' in quotes is. */
static bool scan_tag_bytes(struct scan *scan, struct fault *fault)
{
    const unsigned char *start = scan->at;
    unsigned char quote = 0;
    unsigned equals = 0;

    while (scan->at < scan->end) {
        unsigned char c = *scan->at;
        if (!tag_allows(scan, start, equals, fault) || !scan_character(scan, fault))
            return false;
        if (c == '>' && !quote)
            return true;
        equals += c == '=';
        quote = quote_behind(quote, c);
    }
    return refuse(scan, FAULT_DOCUMENT, "the document ends inside a tag", fault);
}

static bool scan_end_tag(struct scan *scan, struct fault *fault)
{
    if (scan->depth == 0)
        return refuse(scan, FAULT_DOCUMENT, "an end tag without a start tag", fault);
    scan->depth--;
    return scan_tag_bytes(scan, fault);
}

static bool scan_start_tag(struct scan *scan, struct fault *fault)
{
    if (++scan->elements > XMLDOC_NODES_MAX)
        return refuse(scan, FAULT_SIZE, "more than 200000 elements", fault);
    if (scan->depth >= XMLDOC_DEPTH_MAX)
        return refuse(scan, FAULT_DOCUMENT, "elements nested deeper than 40", fault);
    if (!scan_tag_bytes(scan, fault))
        return false;
    scan->depth += scan->at[-2] != '/';
    return true;
}

static bool scan_tag(struct scan *scan, struct fault *fault)
{
    scan->at++;
    unsigned char next = scan->at < scan->end ? *scan->at : '\0';

    if (next == '!')
        return refuse(scan, FAULT_DOCUMENT,
                      "'<!' (a comment, CDATA section or DTD) is not allowed", fault);
    if (next == '?')
        return refuse(scan, FAULT_DOCUMENT, "'<?' (a processing instruction) is not allowed",
                      fault);
    return next == '/' ? scan_end_tag(scan, fault) : scan_start_tag(scan, fault);
}

static bool begins(const struct scan *scan, const char *bytes)
{
    size_t size = strlen(bytes);

    return (size_t)(scan->end - scan->at) >= size && memcmp(scan->at, bytes, size) == 0;
}

/* What writers make, in one spelling: lower case, double quotes, no space before "?>". */
static const char *const DECLARATIONS[] = {
    "<?xml version=\"1.0\"?>",
    "<?xml version=\"1.0\" standalone=\"no\"?>",
    "<?xml version=\"1.0\" standalone=\"yes\"?>",
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"no\"?>",
    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>",
};

static char plain(unsigned char c)
{
    if (c == '\'')
        return '"';
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Reads past the declaration into `text`; what does not fit is no declaration of ours. */
static void read_declaration(struct scan *scan, char *text, size_t room)
{
    size_t size = 0;

    while (size + 1 < room && scan->at < scan->end) {
        unsigned char c = *scan->at++;
        if (c == ' ' && begins(scan, "?>"))
            continue;
        text[size++] = plain(c);
        if (c == '>')
            break;
    }
    text[size] = '\0';
}

static bool scan_declaration(struct scan *scan, struct fault *fault)
{
    char text[80];

    if (!begins(scan, "<?"))
        return true;
    read_declaration(scan, text, sizeof(text));
    for (size_t i = 0; i < sizeof(DECLARATIONS) / sizeof(DECLARATIONS[0]); i++)
        if (strcmp(text, DECLARATIONS[i]) == 0)
            return true;
    return refuse(scan, FAULT_DOCUMENT,
                  "the XML declaration is not version 1.0 with encoding UTF-8", fault);
}

static bool scan_begin(const struct scan *scan, struct fault *fault)
{
    static const char *const MARKS[] = { "\xEF\xBB\xBF", "\xFE\xFF", "\xFF\xFE" };

    for (size_t i = 0; i < sizeof(MARKS) / sizeof(MARKS[0]); i++)
        if (begins(scan, MARKS[i]))
            return refuse(scan, FAULT_DOCUMENT, "a byte order mark; write UTF-8 without it",
                          fault);
    if (!begins(scan, "<"))
        return refuse(scan, FAULT_DOCUMENT, "the document does not begin with '<'", fault);
    return true;
}

bool xmldoc_scan(const void *bytes, size_t size, struct fault *fault)
{
    struct scan scan = { .at = bytes, .end = (const unsigned char *)bytes + size, .line = 1 };

    if (size == 0)
        return fault_set(fault, FAULT_DOCUMENT, "the document is empty");
    if (size > XMLDOC_BYTES_MAX)
        return fault_set(fault, FAULT_SIZE, "a document of %zu bytes; at most %u are allowed",
                         size, XMLDOC_BYTES_MAX);
    if (!scan_begin(&scan, fault) || !scan_declaration(&scan, fault))
        return false;
    while (scan.at < scan.end)
        if (!(*scan.at == '<' ? scan_tag(&scan, fault) : scan_character(&scan, fault)))
            return false;
    if (scan.depth > 0)
        return refuse(&scan, FAULT_DOCUMENT, "the document ends inside an element", fault);
    return true;
}

/* --- the parse ----------------------------------------------------------------------- */

/* libxml2's own texts quote the document. */
/* clang-format off */
static const struct {
    int error;
    const char *says;
} ERRORS[] = {
    { XML_ERR_TAG_NAME_MISMATCH,      "an end tag does not match its start tag" },
    { XML_ERR_TAG_NOT_FINISHED,       "the document ends inside an element" },
    { XML_ERR_DOCUMENT_EMPTY,         "there is no root element" },
    { XML_ERR_DOCUMENT_END,           "there is something behind the root element" },
    { XML_ERR_UNDECLARED_ENTITY,      "an entity that is not declared" },
    { XML_WAR_UNDECLARED_ENTITY,      "an entity that is not declared" },
    { XML_ERR_ENTITYREF_SEMICOL_MISSING, "'&' without ';'" },
    { XML_ERR_NAME_REQUIRED,          "a name is missing behind '<' or '&'" },
    { XML_ERR_INVALID_CHAR,           "a character that XML does not allow" },
    { XML_ERR_INVALID_CHARREF,        "a character reference that is no number" },
    { XML_ERR_ATTRIBUTE_NOT_STARTED,  "an attribute without quotes" },
    { XML_ERR_ATTRIBUTE_WITHOUT_VALUE, "an attribute without a value" },
    { XML_ERR_ATTRIBUTE_REDEFINED,    "an attribute that is given twice" },
    { XML_NS_ERR_ATTRIBUTE_REDEFINED, "an attribute that is given twice" },
    { XML_ERR_SPACE_REQUIRED,         "white space is missing between attributes" },
    { XML_ERR_GT_REQUIRED,            "'>' is missing" },
    { XML_ERR_MISPLACED_CDATA_END,    "']]>' in text" },
    { XML_NS_ERR_UNDEFINED_NAMESPACE, "a namespace prefix that is not declared" },
    { XML_NS_ERR_XML_NAMESPACE,       "a namespace declaration that is not allowed" },
    { XML_NS_ERR_QNAME,               "a name that is no namespace name" },
    { XML_WAR_NS_URI,                 "a namespace that is no URI" },
};
/* clang-format on */

struct first {
    int code, line; /* code 0: nothing was wrong */
};

/* Only the first error tells where it went wrong; libxml2 keeps the last. */
static void keep_first(void *context, xmlError *error)
{
    struct first *first = ((xmlParserCtxt *)context)->_private;

    if (first->code == 0 && error->level >= XML_ERR_ERROR)
        *first = (struct first){ error->code, error->line };
}

static bool refuse_error(const struct first *first, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(ERRORS) / sizeof(ERRORS[0]); i++)
        if (ERRORS[i].error == first->code)
            return fault_set(fault, FAULT_DOCUMENT, "line %d: %s", first->line,
                             ERRORS[i].says);
    return fault_set(fault, FAULT_DOCUMENT, "line %d: not well-formed (libxml2 error %d)",
                     first->line, first->code);
}

static void stop_at_dtd(void *context, const xmlChar *name, const xmlChar *id,
                        const xmlChar *url)
{
    (void)name;
    (void)id;
    (void)url;
    xmlStopParser(context);
}

static void context_release(xmlParserCtxt **context)
{
    xmlFreeParserCtxt(*context);
}

bool xmldoc_parse(const void *bytes, size_t size, xmlDoc **doc, struct fault *fault)
{
    if (!xmldoc_scan(bytes, size, fault))
        return false;

    struct first first = { 0 };
    __attribute__((cleanup(context_release))) xmlParserCtxt *context = xmlNewParserCtxt();
    context->sax->internalSubset = stop_at_dtd;
    context->sax->externalSubset = stop_at_dtd;
    context->sax->serror = keep_first;
    context->_private = &first;
    SCOPED_XMLDOC xmlDoc *parsed =
        xmlCtxtReadMemory(context, bytes, (int)size, NULL, NULL,
                          XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (first.code != 0)
        return refuse_error(&first, fault);
    if (!parsed || !context->wellFormed || !context->nsWellFormed
        || context->errNo != XML_ERR_OK || parsed->intSubset)
        return fault_set(fault, FAULT_DOCUMENT, "not well-formed");
    *doc = parsed;
    parsed = NULL;
    return true;
}

void xmldoc_release(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
    *doc = NULL;
}

/* --- reading ------------------------------------------------------------------------- */

static const xmlChar *namespace_of(const xmlNode *node)
{
    return node->ns ? node->ns->href : NULL;
}

static bool is_named(const xmlNode *node, const xmlChar *namespace, const char *name,
                     size_t size)
{
    return node->type == XML_ELEMENT_NODE && strlen((const char *)node->name) == size
           && memcmp(node->name, name, size) == 0
           && xmlStrEqual(namespace_of(node), namespace);
}

static xmlNode *find_from(xmlNode *node, const xmlChar *namespace, const char *name,
                          size_t size)
{
    while (node && !is_named(node, namespace, name, size))
        node = node->next;
    return node;
}

xmlNode *xmldoc_child(const xmlNode *parent, const char *name)
{
    return find_from(parent->children, namespace_of(parent), name, strlen(name));
}

xmlNode *xmldoc_next(const xmlNode *node)
{
    const char *name = (const char *)node->name;

    return find_from(node->next, namespace_of(node), name, strlen(name));
}

xmlNode *xmldoc_at(const xmlNode *parent, const char *path)
{
    const xmlNode *node = parent;

    while (node && *path) {
        size_t size = strcspn(path, "/");
        node = find_from(node->children, namespace_of(node), path, size);
        path += size + (path[size] == '/');
    }
    return (xmlNode *)node;
}

const char *xmldoc_text(const xmlNode *parent, const char *path)
{
    const xmlNode *node = xmldoc_at(parent, path);

    if (!node)
        return NULL;
    if (!node->children)
        return "";
    if (node->children->next || node->children->type != XML_TEXT_NODE)
        return NULL;
    return (const char *)node->children->content;
}

bool xmldoc_is(const xmlNode *node, const char *namespace, const char *name)
{
    return is_named(node, (const xmlChar *)namespace, name, strlen(name));
}

/* --- writing ------------------------------------------------------------------------- */

xmlDoc *xmldoc_new(const char *namespace, const char *root)
{
    xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *node = xmlNewDocNode(doc, NULL, (const xmlChar *)root, NULL);

    xmlDocSetRootElement(doc, node);
    xmlSetNs(node, xmlNewNs(node, (const xmlChar *)namespace, NULL));
    return doc;
}

xmlNode *xmldoc_add(xmlNode *parent, const char *name, const char *text)
{
    /* An empty text node would be gone after writing and parsing. */
    const xmlChar *content = text && *text ? (const xmlChar *)text : NULL;

    return xmlNewTextChild(parent, parent->ns, (const xmlChar *)name, content);
}

xmlNode *xmldoc_add_copy(xmlNode *parent, const xmlNode *node)
{
    return xmlAddChild(parent, xmlDocCopyNode((xmlNode *)node, parent->doc, 1));
}

void xmldoc_write(xmlDoc *doc, struct buf *bytes)
{
    xmlChar *text = NULL;
    int size = 0;

    xmlDocDumpFormatMemoryEnc(doc, &text, &size, "UTF-8", 0);
    buf_add(bytes, text, (size_t)size);
    explicit_bzero(text, (size_t)size);
    xmlFree(text);
}
