/* shape_xml -- an answer of DUO as elements of dossier/duo/gelezen (shape.h).
 *
 * Nothing that DUO said is lost in silence: what has no place in the dossier (a member that
 * was added since, an item too many) stays as `onbekend`, with where it stood. What XML cannot
 * hold (a control character) becomes U+FFFD.
 */
#include "codecs/duo/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/duo/operation.h"
#include "codecs/xmldoc.h"

#define BLANKS " \t\r\n"
#define ONBEKEND_MAX 100
#define ONBEKEND_NAAM_MAX 200
#define ONBEKEND_TEKST_MAX 4000

/* The children of gelezen as xsd/dossier.xsd orders them. */
static const char *const ORDER[] = {
    "pip",
    "inburgeringsplicht",
    "inburgeringsplichthistorie",
    "doelgroep",
    "inburgeringstermijn",
    "inburgeringstermijnhistorie",
    "termijnMap",
    "termijnMapGewijzigdOp",
    "termijnPvt",
    "termijnPvtGewijzigdOp",
    "verlenging",
    "vrijstelling",
    "ontheffing",
    "aangepasteExamenomstandigheden",
    "maatschappelijkeBegeleiding",
    "leerbaarheidstoetsExamennummer",
    "leerbaarheidstoets",
    "examen",
    "gratispogingen",
    "datumEindgesprekMap",
    "datumOndertekeningPvt",
    "uren",
    "boete",
    "diploma",
    "certificaat",
    "gebeurtenis",
    "onbekend",
};

struct put {
    xmlNode *gelezen;
    struct buf *pointer; /* "uren.lezen/0": where what is put stood */
};

/* --- places ------------------------------------------------------------------------------ */

static size_t place_of(const char *name)
{
    size_t place = 0;

    while (place < sizeof(ORDER) / sizeof(ORDER[0]) && strcmp(ORDER[place], name) != 0)
        place++;
    return place;
}

static size_t count_of(const xmlNode *gelezen, const char *name)
{
    size_t count = 0;

    for (const xmlNode *at = xmldoc_child(gelezen, name); at; at = xmldoc_next(at))
        count++;
    return count;
}

void duo_place(xmlNode *gelezen, xmlNode *node)
{
    size_t place = place_of((const char *)node->name);
    xmlNode *next = gelezen->children;

    while (next
           && (next->type != XML_ELEMENT_NODE || place_of((const char *)next->name) <= place))
        next = next->next;
    if (next)
        xmlAddPrevSibling(next, node);
    else
        xmlAddChild(gelezen, node);
}

static xmlNode *insert(xmlNode *gelezen, const char *name)
{
    xmlNode *node = xmlNewDocNode(gelezen->doc, gelezen->ns, BAD_CAST name, NULL);

    duo_place(gelezen, node);
    return node;
}

/* The one of its name: what was read before is replaced. */
static xmlNode *insert_only(xmlNode *gelezen, const char *name)
{
    xmlNode *old = xmldoc_child(gelezen, name);

    if (old) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    return insert(gelezen, name);
}

/* --- text -------------------------------------------------------------------------------- */

static bool is_xml(int c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF);
}

/* At most that many characters of a text that is valid UTF-8, without the white space around
 * it: a number in white space is none for the schema. A blank text stays what it is. */
static void add_clean(struct buf *to, const char *text, size_t most)
{
    size_t blank = strspn(text, BLANKS);
    int left = (int)strlen(text);

    if (text[blank]) {
        text += blank;
        left -= (int)blank;
        while (strchr(BLANKS, text[left - 1]))
            left--;
    }
    while (left > 0 && most-- > 0) {
        int size = left;
        int c = xmlGetUTF8Char(BAD_CAST text, &size);
        if (c >= 0 && is_xml(c))
            buf_add(to, text, (size_t)size);
        else
            buf_add_text(to, "\xEF\xBF\xBD");
        text += size;
        left -= size;
    }
}

static const char *word_of(const struct duo_row *row, const char *code)
{
    for (const struct duo_code *at = row->codes; at->code; at++)
        if (strcmp(at->code, code) == 0)
            return at->word ? at->word : at->code;
    return code;
}

static void add_value(struct buf *to, const struct duo_row *row, const json_t *value)
{
    switch (row->kind) {
    case DUO_CODE:
        buf_add_text(to, word_of(row, json_string_value(value)));
        return;
    case DUO_BOOLEAN:
        buf_add_text(to, json_is_true(value) ? "ja" : "nee");
        return;
    case DUO_INTEGER:
        buf_addf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return;
    case DUO_NUMBER:
        buf_addf(to, "%.2f", json_number_value(value));
        return;
    default:
        add_clean(to, json_string_value(value), (size_t)-1);
    }
}

/* --- what has no place ------------------------------------------------------------------- */

static void put_unknown(struct put *put, const char *name, const json_t *value)
{
    SCOPED_BUF struct buf where = { 0 };
    SCOPED_BUF struct buf naam = { 0 };
    SCOPED_BUF struct buf tekst = { 0 };

    if (count_of(put->gelezen, "onbekend") >= ONBEKEND_MAX)
        return;
    buf_addf(&where, "%s%s%s", buf_text(put->pointer), *name ? "/" : "", name);
    add_clean(&naam, buf_text(&where), ONBEKEND_NAAM_MAX);
    SCOPED_MEM char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    add_clean(&tekst, text, ONBEKEND_TEKST_MAX);
    xmlNode *node = insert(put->gelezen, "onbekend");
    xmlNodeAddContent(node, BAD_CAST buf_text(&tekst));
    xmlNewProp(node, BAD_CAST "naam", BAD_CAST buf_text(&naam));
}

static bool is_known(const struct duo_shape *shape, const char *member)
{
    for (const struct duo_row *row = shape->rows; row->member; row++)
        if (strcmp(row->member, member) == 0)
            return true;
    return false;
}

static void put_unknowns(struct put *put, const struct duo_shape *shape, json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach (object, name, value)
        if (!is_known(shape, name))
            put_unknown(put, name, value);
}

/* --- what has one ------------------------------------------------------------------------ */

static void put_object(struct put *put, const struct duo_shape *shape, json_t *object,
                       xmlNode *element);

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are */
static void put_part(struct put *put, const struct duo_row *row, json_t *value,
                     xmlNode *element)
{
    size_t size = put->pointer->size;

    buf_addf(put->pointer, "/%s", row->member);
    put_object(put, row->shape, value,
               *row->path ? xmldoc_add(element, row->path, NULL) : element);
    buf_cut(put->pointer, size);
}

static void put_text(struct put *put, const struct duo_row *row, const json_t *value,
                     xmlNode *element)
{
    SCOPED_BUF struct buf text = { 0 };

    add_value(&text, row, value);
    if (text.size == 0)
        return; /* the dossier leaves out what is not known */
    if (element == put->gelezen)
        element = insert_only(element, row->path);
    else if (*row->path)
        element = xmldoc_add(element, row->path, NULL);
    xmlNodeAddContent(element, BAD_CAST buf_text(&text));
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are */
static void put_object(struct put *put, const struct duo_shape *shape, json_t *object,
                       xmlNode *element)
{
    for (const struct duo_row *row = shape->rows; row->member; row++) {
        json_t *value = json_object_get(object, row->member);
        if (!value || !row->path)
            continue;
        if (row->kind == DUO_OBJECT)
            put_part(put, row, value, element);
        else
            put_text(put, row, value, element);
    }
    put_unknowns(put, shape, object);
}

/* A kind of decision with what is in it; its `soort` goes first. */
static void put_kind(struct put *put, const struct duo_shape *shape, const struct duo_row *row,
                     json_t *value)
{
    size_t size = put->pointer->size;

    buf_addf(put->pointer, "/%s", row->member);
    if (count_of(put->gelezen, shape->element) >= shape->room) {
        put_unknown(put, "", value);
    } else {
        xmlNode *element = insert(put->gelezen, shape->element);
        xmldoc_add(element, "soort", row->path);
        put_object(put, row->shape, value, element);
    }
    buf_cut(put->pointer, size);
}

static void put_apart(struct put *put, const struct duo_shape *shape, json_t *item)
{
    for (const struct duo_row *row = shape->rows; row->member; row++) {
        json_t *value = json_object_get(item, row->member);
        if (value)
            put_kind(put, shape, row, value);
    }
    put_unknowns(put, shape, item);
}

static void put_item(struct put *put, const struct duo_shape *shape, json_t *item)
{
    if (shape->apart) {
        put_apart(put, shape, item);
        return;
    }
    if (!*shape->element) {
        put_object(put, shape, item, put->gelezen);
        return;
    }
    if (shape->room > 0 && count_of(put->gelezen, shape->element) >= shape->room) {
        put_unknown(put, "", item);
        return;
    }
    xmlNode *element = shape->room > 0 ? insert(put->gelezen, shape->element)
                                       : insert_only(put->gelezen, shape->element);
    put_object(put, shape, item, element);
    if (element->children)
        return;
    xmlUnlinkNode(element); /* DUO said nothing */
    xmlFreeNode(element);
}

/* --- what two answers both tell ---------------------------------------------------------- */

/* Everything in `part` stands in `whole` too. */
static bool is_within(const xmlNode *part, const xmlNode *whole)
{
    for (const xmlNode *at = part->children; at; at = at->next) {
        const char *there = xmldoc_text(whole, (const char *)at->name);
        if (!there || strcmp(there, xmldoc_text(at, "")) != 0)
            return false;
    }
    return true;
}

/* The history of a doelgroep tells the one of now again, with less in it. */
static void drop_repeated(xmlNode *gelezen, const char *name)
{
    xmlNode *next = NULL;

    for (xmlNode *at = xmldoc_child(gelezen, name); at; at = next) {
        const xmlNode *other = xmldoc_child(gelezen, name);
        next = xmldoc_next(at);
        while (other && (other == at || !is_within(at, other)))
            other = xmldoc_next(other);
        if (!other)
            continue;
        xmlUnlinkNode(at);
        xmlFreeNode(at);
    }
}

bool duo_to_xml(const struct duo_operation *operation, const json_t *answer, xmlNode *gelezen,
                struct fault *fault)
{
    SCOPED_BUF struct buf pointer = { 0 };
    struct put put = { gelezen, &pointer };
    const struct duo_shape *shape = operation->answer;
    size_t index;
    json_t *item;

    if (!shape)
        return true;
    if (!duo_check(shape, answer, NULL, fault))
        return false;
    if (!shape->element)
        return true;
    buf_add_text(&pointer, operation->name);
    if (!shape->list)
        put_item(&put, shape, (json_t *)answer);
    json_array_foreach (answer, index, item) {
        buf_addf(&pointer, "/%zu", index);
        put_item(&put, shape, item);
        buf_cut(&pointer, strlen(operation->name));
    }
    if (shape->shared)
        drop_repeated(gelezen, shape->element);
    return true;
}
