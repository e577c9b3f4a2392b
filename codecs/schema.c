/* schema -- see schema.h. libxml2 validates; what it says is translated by a table.
 *
 * Before libxml2 looks, one walk refuses what XSD cannot or should not judge:
 * another root (libxml2 takes any global element), attributes of foreign
 * namespaces (xsi:type would choose another type), values so long that facets
 * cost time, and numbers and dates in white space, which XSD collapses but
 * readers of the raw text do not.
 */
#include "codecs/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>

#include "codecs/base/buf.h"
#include "codecs/embedded.h"
#include "codecs/xmldoc.h"

#define FINDINGS_MAX 100
#define VALUE_BYTES_MAX                                                                       \
    16384 /* 4000 characters of four bytes, and a certificate in base64                       \
           */
#define NAME_SHOWN_MAX 40
#define DSIG_NS "http://www.w3.org/2000/09/xmldsig#"

static struct {
    const char *file, *namespace, *root; /* a namespace ends in the major version */
    xmlSchema *parsed; /* written by schema_install() only; read by all threads */
} SCHEMA[SCHEMAS] = {
    [SCHEMA_BERICHT] = { "bericht.xsd", "urn:nl:estafette:bericht:1", "bericht", NULL },
    [SCHEMA_ONTVANGSTBEVESTIGING] = { "ontvangstbevestiging.xsd",
                                      "urn:nl:estafette:ontvangst:1", "ontvangstbevestiging",
                                      NULL },
    [SCHEMA_DOSSIER] = { "dossier.xsd", "urn:nl:estafette:dossier:1", "dossier", NULL },
    [SCHEMA_PEERKAART] = { "peerkaart.xsd", "urn:nl:estafette:peerkaart:1", "peerkaart",
                           NULL },
};

/* --- the schemas --------------------------------------------------------------------- */

static const struct {
    const char *name, *bytes;
    const size_t *size;
} EMBEDDED[] = {
    { "bericht.xsd", bericht_xsd, &bericht_xsd_size },
    { "dossier.xsd", dossier_xsd, &dossier_xsd_size },
    { "ontvangstbevestiging.xsd", ontvangstbevestiging_xsd, &ontvangstbevestiging_xsd_size },
    { "peerkaart.xsd", peerkaart_xsd, &peerkaart_xsd_size },
    { "dossier-text.xsl", dossier_text_xsl, &dossier_text_xsl_size },
};

const char *schema_source(const char *name, size_t *size)
{
    for (size_t i = 0; i < sizeof(EMBEDDED) / sizeof(EMBEDDED[0]); i++)
        if (strcmp(EMBEDDED[i].name, name) == 0) {
            *size = *EMBEDDED[i].size;
            return EMBEDDED[i].bytes;
        }
    return NULL;
}

/* bericht.xsd imports dossier.xsd by that name. */
static xmlParserInput *load_embedded(const char *url, const char *id, xmlParserCtxt *context)
{
    size_t size = 0;
    const char *slash = strrchr(url, '/');
    const char *source = schema_source(slash ? slash + 1 : url, &size);

    (void)id;
    if (!source)
        return NULL;
    xmlParserInput *input = xmlNewIOInputStream(
        context, xmlParserInputBufferCreateMem(source, (int)size, XML_CHAR_ENCODING_NONE),
        XML_CHAR_ENCODING_NONE);
    input->filename = (char *)xmlStrdup((const xmlChar *)url);
    return input;
}

static xmlSchema *parse_embedded(const char *name)
{
    size_t size = 0;
    const char *source = schema_source(name, &size);
    xmlSchemaParserCtxt *context = xmlSchemaNewMemParserCtxt(source, (int)size);
    xmlSchema *parsed = xmlSchemaParse(context);

    xmlSchemaFreeParserCtxt(context);
    if (!parsed) {
        (void)fprintf(stderr, "estafette: the embedded %s does not parse\n", name);
        abort();
    }
    return parsed;
}

void schema_install(void)
{
    xmlExternalEntityLoader nothing = xmlGetExternalEntityLoader();

    xmlSetExternalEntityLoader(load_embedded);
    for (int i = 0; i < SCHEMAS; i++)
        SCHEMA[i].parsed = parse_embedded(SCHEMA[i].file);
    xmlSetExternalEntityLoader(nothing);
}

void schema_uninstall(void)
{
    for (int i = 0; i < SCHEMAS; i++) {
        xmlSchemaFree(SCHEMA[i].parsed);
        SCHEMA[i].parsed = NULL;
    }
    xmlSchemaCleanupTypes();
}

/* --- findings ------------------------------------------------------------------------ */

struct findings {
    schema_each *each;
    void *context;
    struct fault *fault; /* gets the first */
    int count;
};

/* A name may be chosen by whoever wrote the document: nothing that could be a number of
 * somebody's, or that is no plain name, gets into a finding. */
static bool may_be_shown(const char *name, size_t size)
{
    int digits = 0;

    for (size_t i = 0; i < size; i++) {
        bool digit = name[i] >= '0' && name[i] <= '9';
        bool letter = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z');
        if (!digit && !letter && !strchr("-_.", name[i]))
            return false;
        digits += digit;
    }
    return size > 0 && size <= NAME_SHOWN_MAX && digits <= 4;
}

static void add_name(struct buf *path, const char *name, size_t size)
{
    if (may_be_shown(name, size))
        buf_add(path, name, size);
    else
        buf_add_text(path, "(another name)");
}

static bool same_name(const xmlNode *a, const xmlNode *b)
{
    return b->type == XML_ELEMENT_NODE && xmlStrEqual(a->name, b->name);
}

/* "[2]" behind the second of several; nothing behind an only one. */
static void add_index(struct buf *path, const xmlNode *node)
{
    int before = 0, after = 0;

    for (const xmlNode *other = node->prev; other; other = other->prev)
        before += same_name(node, other);
    for (const xmlNode *other = node->next; other && !after; other = other->next)
        after += same_name(node, other);
    if (before + after > 0)
        buf_addf(path, "[%d]", before + 1);
}

void schema_path(const xmlNode *top, const xmlNode *node, struct buf *path)
{
    const xmlNode *steps[XMLDOC_DEPTH_MAX];
    const xmlNode *above = top ? top->parent : NULL;
    size_t depth = 0;

    for (; node && node != above && node->type == XML_ELEMENT_NODE && depth < XMLDOC_DEPTH_MAX;
         node = node->parent)
        steps[depth++] = node;
    while (depth-- > 0) {
        add_name(path, (const char *)steps[depth]->name,
                 strlen((const char *)steps[depth]->name));
        add_index(path, steps[depth]);
        if (depth > 0)
            buf_add_text(path, "/");
    }
}

static void report(struct findings *findings, const xmlNode *node, const struct buf *path,
                   const char *says)
{
    long line = xmlGetLineNo(node);

    if (findings->count++ == 0)
        fault_set(findings->fault, FAULT_SCHEMA, "line %ld: %s: %s", line, buf_text(path),
                  says);
    if (findings->each && findings->count <= FINDINGS_MAX)
        findings->each(findings->context,
                       &(struct schema_finding){ line, buf_text(path), says });
}

static void report_node(struct findings *findings, const xmlNode *node, const char *attribute,
                        const char *says)
{
    SCOPED_BUF struct buf path = { 0 };

    schema_path(NULL, node, &path);
    if (attribute) {
        buf_add_text(&path, "/@");
        add_name(&path, attribute, strcspn(attribute, "'"));
    }
    report(findings, node, &path, says);
}

/* --- what libxml2 found -------------------------------------------------------------- */

/* Its messages quote the value first and what the schema says last. A row takes only what
 * stands behind the last `from` and before `to`: that is the schema's own text. */
static const struct {
    int code;
    const char *when, *says, *from, *to;
} TEXTS[] = {
    { XML_SCHEMAV_CVC_PATTERN_VALID, "", "does not have the form ",
      "accepted by the pattern '", "'." },
    { XML_SCHEMAV_CVC_ENUMERATION_VALID, "", "is not one of ", "of the set {", "}." },
    { XML_SCHEMAV_CVC_MAXLENGTH_VALID, "", "has more characters than ", "maximum length of '",
      "'." },
    { XML_SCHEMAV_CVC_MINLENGTH_VALID, "", "has fewer characters than ", "minimum length of '",
      "'." },
    { XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1, "", "is not a valid ", "type '", "'." },
    { XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3, "", "is not a valid ", "type '", "'." },
    { XML_SCHEMAV_ELEMENT_CONTENT, "Missing child", "misses one of: ", "Expected is one of ( ",
      " )." },
    { XML_SCHEMAV_ELEMENT_CONTENT, "Missing child", "misses: ", "Expected is ( ", " )." },
    { XML_SCHEMAV_ELEMENT_CONTENT, "not expected",
      "is not expected here, but one of: ", "Expected is one of ( ", " )." },
    { XML_SCHEMAV_ELEMENT_CONTENT, "not expected",
      "is not expected here, but: ", "Expected is ( ", " )." },
    { XML_SCHEMAV_ELEMENT_CONTENT, "not expected", "is not expected here, nor anything else",
      NULL, NULL },
    { XML_SCHEMAV_CVC_COMPLEX_TYPE_4, "", "misses the attribute ", "The attribute '", "'" },
    { XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, "", "is not an attribute of this element", NULL,
      NULL },
    { XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1, "", "must be empty", NULL, NULL },
    { XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2, "", "holds elements where only text belongs", NULL,
      NULL },
    { XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3, "", "holds text between its elements", NULL, NULL },
    { XML_SCHEMAV_CVC_TYPE_3_1_2, "", "holds elements where only text belongs", NULL, NULL },
    { XML_SCHEMAV_CVC_TYPE_3_1_1, "", "has an attribute where none belongs", NULL, NULL },
};

static const char *behind_last(const char *text, const char *mark)
{
    const char *found = NULL;

    for (const char *at = text; (at = strstr(at, mark)); at += strlen(mark))
        found = at + strlen(mark);
    return found;
}

/* Element names in libxml2's words: "{urn:nl:...}bsn". */
static size_t namespace_size(const char *at)
{
    if (strncmp(at, "{urn:", 5) != 0 && strncmp(at, "{http:", 6) != 0)
        return 0;
    return strcspn(at, "}") + 1;
}

static void add_schema_text(struct buf *says, const char *from, const char *to)
{
    const char *end = strstr(from, to);

    while (*from && from != end) {
        size_t skip = namespace_size(from);
        if (skip > 0 && skip <= strlen(from)) {
            from += skip;
            continue;
        }
        buf_add(says, from++, 1);
    }
}

static bool row_fits(size_t row, const xmlError *error)
{
    return TEXTS[row].code == error->code && strstr(error->message, TEXTS[row].when)
           && (!TEXTS[row].from || strstr(error->message, TEXTS[row].from));
}

static void translate(const xmlError *error, struct buf *says)
{
    for (size_t row = 0; row < sizeof(TEXTS) / sizeof(TEXTS[0]); row++) {
        if (!row_fits(row, error))
            continue;
        buf_add_text(says, TEXTS[row].says);
        if (TEXTS[row].from)
            add_schema_text(says, behind_last(error->message, TEXTS[row].from), TEXTS[row].to);
        return;
    }
    buf_addf(says, "does not match the schema (libxml2 error %d)", error->code);
}

static void keep_finding(void *context, xmlError *error)
{
    static const char ATTRIBUTE[] = "', attribute '";
    struct findings *findings = context;
    SCOPED_BUF struct buf says = { 0 };

    if (findings->count >= FINDINGS_MAX)
        return;
    translate(error, &says);
    const char *attribute = strstr(error->message, ATTRIBUTE);
    report_node(findings, error->node, attribute ? attribute + sizeof(ATTRIBUTE) - 1 : NULL,
                buf_text(&says));
}

/* --- what XSD does not judge --------------------------------------------------------- */

static bool is_text(const unsigned char *text)
{
    for (const unsigned char *at = text; *at; at++)
        if (*at < 0x20 && *at != '\n' && *at != '\t' && *at != '\r')
            return false;
    return xmlCheckUTF8(text) && !strstr((const char *)text, "\xEF\xBF\xBE")
           && !strstr((const char *)text, "\xEF\xBF\xBF"); /* U+FFFE and U+FFFF */
}

static bool is_number_in_space(const char *text)
{
    size_t size = strlen(text), space = strspn(text, " \t\r\n");

    return space < size && strspn(text, "0123456789-:.,TZ \t\r\n") == size
           && (space > 0 || strchr(" \t\r\n", text[size - 1]));
}

static const char *value_fault(const xmlChar *value)
{
    if (strnlen((const char *)value, VALUE_BYTES_MAX + 1) > VALUE_BYTES_MAX)
        return "is longer than any value may be";
    if (!is_text(value))
        return "holds characters that XML does not allow";
    if (is_number_in_space((const char *)value))
        return "is a number or date with white space around it";
    return NULL;
}

static void check_attributes(struct findings *findings, const xmlNode *node)
{
    for (const xmlAttr *at = node->properties; at; at = at->next) {
        bool plain = at->children && !at->children->next && at->children->content;
        const char *says = at->ns  ? "is an attribute of another namespace"
                           : plain ? value_fault(at->children->content)
                                   : NULL;
        if (says)
            report_node(findings, node, (const char *)at->name, says);
    }
}

static void check_node(struct findings *findings, const xmlNode *node)
{
    const char *says = NULL;

    if (node->type == XML_ELEMENT_NODE)
        check_attributes(findings, node);
    else if (node->type == XML_TEXT_NODE && node->content)
        says = value_fault(node->content);
    else
        says = "holds what is neither element nor text";
    if (says)
        report_node(findings, node->parent, NULL, says);
}

static bool is_signature(const xmlNode *node)
{
    return xmldoc_is(node, DSIG_NS, "Signature");
}

/* Document order without recursion. */
static const xmlNode *next_node(const xmlNode *node, const xmlNode *root)
{
    if (node->type == XML_ELEMENT_NODE && node->children && !is_signature(node))
        return node->children;
    while (node != root && !node->next)
        node = node->parent;
    return node == root ? NULL : node->next;
}

static void check_values(struct findings *findings, const xmlNode *root)
{
    for (const xmlNode *node = root; node && findings->count < FINDINGS_MAX;
         node = next_node(node, root))
        if (!is_signature(node))
            check_node(findings, node);
}

/* --- another major version ------------------------------------------------------------ */

/* "urn:nl:estafette:dossier:2": 2; 0 when it is no dossier, or of our own version. Six digits
 * at most: what is no version is not shown. */
static long other_major(const xmlNode *node)
{
    const char *ours = SCHEMA[SCHEMA_DOSSIER].namespace;
    const char *theirs = node->ns ? (const char *)node->ns->href : "";
    size_t stem = (size_t)(strrchr(ours, ':') - ours) + 1;

    if (!xmlStrEqual(node->name, BAD_CAST SCHEMA[SCHEMA_DOSSIER].root)
        || strncmp(theirs, ours, stem) != 0 || strcmp(theirs, ours) == 0)
        return 0;
    size_t digits = strspn(theirs + stem, "0123456789");
    if (digits > 6 || theirs[stem + digits] != '\0')
        return 0;
    return strtol(theirs + stem, NULL, 10);
}

/* The sentence goes to whoever sent it, too. */
static void check_major(struct findings *findings, const xmlNode *node)
{
    long major = other_major(node);
    SCOPED_BUF struct buf says = { 0 };

    if (major == 0)
        return;
    buf_addf(
        &says,
        "dit dossier is van versie %ld; deze gateway leest versie 1. Werk de gateway bij, "
        "of vraag de afzender om versie 1",
        major);
    report_node(findings, node, NULL, buf_text(&says));
}

/* Of a dossier by itself, or in a message. */
static void check_majors(struct findings *findings, const xmlNode *root)
{
    check_major(findings, root);
    for (const xmlNode *child = xmlFirstElementChild((xmlNode *)root);
         child && findings->count == 0; child = xmlNextElementSibling((xmlNode *)child))
        check_major(findings, child);
}

static void valid_release(xmlSchemaValidCtxt **context)
{
    xmlSchemaFreeValidCtxt(*context);
}

bool schema_validate(enum schema schema, xmlDoc *doc, schema_each *each, void *context,
                     struct fault *fault)
{
    struct findings findings = { .each = each, .context = context, .fault = fault };
    const xmlNode *root = xmlDocGetRootElement(doc);

    check_majors(&findings, root);
    if (findings.count > 0)
        return false;
    if (!xmldoc_is(root, SCHEMA[schema].namespace, SCHEMA[schema].root)) {
        report_node(&findings, root, NULL, "is not the root element that belongs here");
        return false;
    }
    check_values(&findings, root);
    if (findings.count > 0)
        return false;

    __attribute__((cleanup(valid_release))) xmlSchemaValidCtxt *valid =
        xmlSchemaNewValidCtxt(SCHEMA[schema].parsed);
    xmlSchemaSetValidStructuredErrors(valid, keep_finding, &findings);
    if (xmlSchemaValidateDoc(valid, doc) == 0 && findings.count == 0)
        return true;
    if (findings.count == 0)
        fault_set(fault, FAULT_SCHEMA, "line 0: %s: does not match its schema",
                  SCHEMA[schema].root);
    return false;
}
