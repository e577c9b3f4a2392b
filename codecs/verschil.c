/* verschil -- see verschil.h. Children become rows of name, key and content; both sides are
 * sorted and walked together, as one merges two sorted files.
 */
#include "codecs/verschil.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/verschil_sleutel.h"
#include "codecs/xmldoc.h"

#define SUMMARY_MAX 400 /* bytes */
#define KEY_MAX 60

struct walk {
    verschil_each *each;
    void *context;
    const char *part;
    struct buf *path, *label;
    int count;
};

/* --- one side ------------------------------------------------------------------------ */

struct row {
    const xmlNode *node;
    char *key;
    uint64_t content;       /* decides between those of one key, nothing else */
    const xmlNode *partner; /* on the other side; NULL: none */
    size_t position;
};

struct rows {
    struct row *row;
    size_t count;
};

static void rows_release(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->row[i].key);
    free(rows->row);
}
#define SCOPED_ROWS __attribute__((cleanup(rows_release)))

static uint64_t mix(uint64_t hash, const xmlChar *text)
{
    for (; text && *text; text++)
        hash = (hash ^ *text) * 0x100000001B3u;
    return hash;
}

/* Of a subtree, whatever the order of its children. Depth is bounded by the pre-scan. */
static uint64_t content_of(const xmlNode *node)
{
    uint64_t sum = mix(0xCBF29CE484222325u, node->name);

    if (node->type == XML_TEXT_NODE)
        return mix(sum, node->content);
    for (const xmlAttr *at = node->properties; at; at = at->next)
        if (at->children)
            sum += mix(mix(0x84222325u, at->name), at->children->content);
    for (const xmlNode *child = node->children; child; child = child->next)
        sum += content_of(child) * 0x9E3779B97F4A7C15u;
    return sum ^ sum >> 29;
}

static size_t count_children(const xmlNode *parent)
{
    size_t count = 0;

    for (const xmlNode *at = parent->children; at; at = at->next)
        count += at->type == XML_ELEMENT_NODE;
    return count;
}

static void rows_fill(struct rows *rows, const xmlNode *parent)
{
    rows->row = mem_alloc((count_children(parent) + 1) * sizeof(struct row));
    for (const xmlNode *at = parent->children; at; at = at->next) {
        if (at->type != XML_ELEMENT_NODE)
            continue;
        rows->row[rows->count] =
            (struct row){ at, verschil_sleutel(at, 0), content_of(at), NULL, rows->count };
        rows->count++;
    }
}

static const char *space_of(const xmlNode *node)
{
    return node->ns ? (const char *)node->ns->href : "";
}

/* Name and namespace, then key. */
static int compare_keys(const struct row *a, const struct row *b)
{
    int order = strcmp((const char *)a->node->name, (const char *)b->node->name);

    if (order == 0)
        order = strcmp(space_of(a->node), space_of(b->node));
    return order != 0 ? order : strcmp(a->key, b->key);
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *one = a, *other = b;
    int order = compare_keys(one, other);

    return order != 0 ? order
                      : (one->content > other->content) - (one->content < other->content);
}

static int compare_positions(const void *a, const void *b)
{
    const struct row *one = a, *other = b;

    return (one->position > other->position) - (one->position < other->position);
}

/* --- telling ------------------------------------------------------------------------- */

static void tell(struct walk *walk, enum verschil_wat wat, const char *van, const char *naar)
{
    const char *path = buf_text(walk->path);
    struct verschil verschil = { walk->part, path, buf_text(walk->label), wat, van, naar };

    walk->count++;
    if (walk->each)
        walk->each(walk->context, &verschil);
}

static void cut(struct buf *buf, size_t size)
{
    buf->size = size;
    if (buf->data)
        buf->data[size] = '\0';
}

static void add_label(struct buf *label, const char *element)
{
    char name[VERSCHIL_LABEL_SIZE];

    verschil_label(element, name);
    buf_addf(label, "%s%s", label->size > 0 ? ", " : "", name);
}

/* As many bytes of a text as fit, not ending within a character. */
static size_t whole_characters(const char *text, size_t most)
{
    size_t size = strnlen(text, most + 1);

    if (size <= most)
        return size;
    for (size = most; size > 0 && (text[size] & 0xC0) == 0x80;)
        size--;
    return size;
}

/* Goes one element down; what was there before is put back by leave(). */
struct place {
    size_t path, label;
};

static struct place enter(struct walk *walk, const char *name, const char *key)
{
    struct place before = { walk->path->size, walk->label->size };

    buf_addf(walk->path, "%s%s", before.path > 0 ? "/" : "", name);
    if (before.path > 0 || name[0] == '@') /* the part itself is said once, in front */
        add_label(walk->label, name[0] == '@' ? name + 1 : name);
    if (key[0]) {
        int shown = (int)whole_characters(key, KEY_MAX);
        buf_addf(walk->path, "[%.*s]", shown, key);
        buf_addf(walk->label, " %.*s", shown, key);
    }
    return before;
}

static void leave(struct walk *walk, struct place before)
{
    cut(walk->path, before.path);
    cut(walk->label, before.label);
}

/* "grond: PIP; bedrag: 400.00", and so many bytes of it at most. */
static void summarize(const xmlNode *node, struct buf *text)
{
    for (const xmlNode *at = node->children; at && text->size < SUMMARY_MAX; at = at->next) {
        char name[VERSCHIL_LABEL_SIZE];
        if (at->type == XML_ELEMENT_NODE) {
            summarize(at, text);
        } else if (at->type == XML_TEXT_NODE && !xmlIsBlankNode(at)) {
            verschil_label((const char *)node->name, name);
            buf_addf(text, "%s%s: %s", text->size > 0 ? "; " : "", name,
                     (const char *)at->content);
        }
    }
}

static bool is_leaf(const xmlNode *node)
{
    return xmlFirstElementChild((xmlNode *)node) == NULL;
}

/* The text of an element itself; between elements, white space is not text. */
static void own_text(const xmlNode *node, struct buf *text)
{
    bool leaf = is_leaf(node);

    for (const xmlNode *at = node->children; at; at = at->next)
        if (at->type == XML_TEXT_NODE && (leaf || !xmlIsBlankNode(at)))
            buf_add_text(text, (const char *)at->content);
}

static void tell_whole(struct walk *walk, const struct row *row, enum verschil_wat wat)
{
    struct place before =
        enter(walk, (const char *)row->node->name, is_leaf(row->node) ? "" : row->key);
    SCOPED_BUF struct buf text = { 0 };

    if (is_leaf(row->node))
        own_text(row->node, &text);
    else
        summarize(row->node, &text);
    if (text.size > SUMMARY_MAX) {
        cut(&text, whole_characters(buf_text(&text), SUMMARY_MAX));
        buf_add_text(&text, "...");
    }
    if (wat == VERSCHIL_NIEUW)
        tell(walk, wat, NULL, buf_text(&text));
    else
        tell(walk, wat, buf_text(&text), NULL);
    leave(walk, before);
}

/* --- pairing ------------------------------------------------------------------------- */

static void pair(struct row *van, struct row *naar)
{
    van->partner = naar->node;
    naar->partner = van->node;
}

/* Where rows of the same name and key end. */
static size_t end_of_key(const struct rows *rows, size_t from)
{
    size_t end = from + 1;

    while (end < rows->count && compare_keys(&rows->row[from], &rows->row[end]) == 0)
        end++;
    return end;
}

/* Both runs have one key and are sorted by content: first those of equal content are taken
 * off, then the others are paired as they stand. */
static void pair_run(struct row *van, size_t vans, struct row *naar, size_t naars)
{
    for (size_t v = 0, n = 0; v < vans && n < naars;) {
        if (van[v].content == naar[n].content)
            pair(&van[v++], &naar[n++]);
        else if (van[v].content < naar[n].content)
            v++;
        else
            n++;
    }
    for (size_t v = 0, n = 0; v < vans && n < naars;) {
        if (van[v].partner)
            v++;
        else if (naar[n].partner)
            n++;
        else
            pair(&van[v++], &naar[n++]);
    }
}

static void pair_all(struct rows *van, struct rows *naar)
{
    qsort(van->row, van->count, sizeof(struct row), compare_rows);
    qsort(naar->row, naar->count, sizeof(struct row), compare_rows);
    for (size_t v = 0, n = 0; v < van->count && n < naar->count;) {
        int order = compare_keys(&van->row[v], &naar->row[n]);
        size_t v_end = order <= 0 ? end_of_key(van, v) : v;
        size_t n_end = order >= 0 ? end_of_key(naar, n) : n;
        if (order == 0)
            pair_run(&van->row[v], v_end - v, &naar->row[n], n_end - n);
        v = v_end;
        n = n_end;
    }
}

/* Those without a partner by their second key, as a document that got another id; empty second
 * keys match nothing. position tells where the row was. */
static void keep_left(const struct rows *rows, struct rows *left)
{
    left->row = mem_alloc((rows->count + 1) * sizeof(struct row));
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->row[i];
        char *key = row->partner ? NULL : verschil_sleutel(row->node, 1);
        if (key && key[0])
            left->row[left->count++] = (struct row){ row->node, key, 0, NULL, i };
        else
            free(key);
    }
    qsort(left->row, left->count, sizeof(struct row), compare_rows);
}

static void pair_left(struct rows *van, struct rows *naar)
{
    SCOPED_ROWS struct rows van_left = { 0 };
    SCOPED_ROWS struct rows naar_left = { 0 };

    keep_left(van, &van_left);
    keep_left(naar, &naar_left);
    for (size_t v = 0, n = 0; v < van_left.count && n < naar_left.count;) {
        const struct row *one = &van_left.row[v], *other = &naar_left.row[n];
        int order = compare_keys(one, other);
        if (order == 0)
            pair(&van->row[one->position], &naar->row[other->position]);
        v += order <= 0;
        n += order >= 0;
    }
}

/* --- comparing ----------------------------------------------------------------------- */

static void compare(struct walk *walk, const xmlNode *van, const xmlNode *naar);

static void compare_pair(struct walk *walk, const struct row *naar)
{
    const char *name = (const char *)naar->node->name;
    struct place before = enter(walk, name, is_leaf(naar->node) ? "" : naar->key);

    compare(walk, naar->partner, naar->node);
    leave(walk, before);
}

/* In the order of the new document, then what the old one had more. */
static void compare_children(struct walk *walk, const xmlNode *van, const xmlNode *naar)
{
    SCOPED_ROWS struct rows old = { 0 };
    SCOPED_ROWS struct rows new = { 0 };

    rows_fill(&old, van);
    rows_fill(&new, naar);
    pair_all(&old, &new);
    pair_left(&old, &new);
    qsort(old.row, old.count, sizeof(struct row), compare_positions);
    qsort(new.row, new.count, sizeof(struct row), compare_positions);
    for (size_t i = 0; i < new.count; i++)
        if (new.row[i].partner)
            compare_pair(walk, &new.row[i]);
        else
            tell_whole(walk, &new.row[i], VERSCHIL_NIEUW);
    for (size_t i = 0; i < old.count; i++)
        if (!old.row[i].partner)
            tell_whole(walk, &old.row[i], VERSCHIL_VERVALLEN);
}

static const char *attribute_of(const xmlNode *node, const xmlAttr *like)
{
    const xmlAttr *found =
        xmlHasNsProp((xmlNode *)node, like->name, like->ns ? like->ns->href : NULL);

    return found ? (found->children ? (const char *)found->children->content : "") : NULL;
}

static void tell_values(struct walk *walk, const char *van, const char *naar)
{
    if (!van || !naar)
        tell(walk, van ? VERSCHIL_VERVALLEN : VERSCHIL_NIEUW, van, naar);
    else if (strcmp(van, naar) != 0)
        tell(walk, VERSCHIL_GEWIJZIGD, van, naar);
}

static void compare_attribute(struct walk *walk, const xmlAttr *like, const char *van,
                              const char *naar)
{
    SCOPED_BUF struct buf name = { 0 };

    buf_addf(&name, "@%s", (const char *)like->name);
    struct place before = enter(walk, buf_text(&name), "");
    tell_values(walk, van, naar);
    leave(walk, before);
}

static void compare_attributes(struct walk *walk, const xmlNode *van, const xmlNode *naar)
{
    for (const xmlAttr *at = van->properties; at; at = at->next)
        compare_attribute(walk, at, attribute_of(van, at), attribute_of(naar, at));
    for (const xmlAttr *at = naar->properties; at; at = at->next)
        if (!attribute_of(van, at))
            compare_attribute(walk, at, NULL, attribute_of(naar, at));
}

static void compare(struct walk *walk, const xmlNode *van, const xmlNode *naar)
{
    SCOPED_BUF struct buf old = { 0 };
    SCOPED_BUF struct buf new = { 0 };

    compare_attributes(walk, van, naar);
    own_text(van, &old);
    own_text(naar, &new);
    tell_values(walk, buf_text(&old), buf_text(&new));
    compare_children(walk, van, naar);
}

/* --- the dossier --------------------------------------------------------------------- */

static const xmlNode *same_part(const xmlNode *root, const xmlNode *part)
{
    const xmlNode *at = xmlFirstElementChild((xmlNode *)root);

    while (at && !xmlStrEqual(at->name, part->name))
        at = xmlNextElementSibling((xmlNode *)at);
    return at;
}

static void whole_part(struct walk *walk, const xmlNode *part, enum verschil_wat wat)
{
    struct row row = { part, verschil_sleutel(part, 0), 0, NULL, 0 };

    walk->part = (const char *)part->name;
    tell_whole(walk, &row, wat);
    free(row.key);
}

/* Part by part, in the order of the dossier; what only the first has comes last. */
static void compare_parts(struct walk *walk, const xmlNode *van, const xmlNode *naar)
{
    for (const xmlNode *part = xmlFirstElementChild((xmlNode *)naar); part;
         part = xmlNextElementSibling((xmlNode *)part)) {
        const xmlNode *old = same_part(van, part);
        if (!old) {
            whole_part(walk, part, VERSCHIL_NIEUW);
            continue;
        }
        walk->part = (const char *)part->name;
        struct place before = enter(walk, walk->part, "");
        compare(walk, old, part);
        leave(walk, before);
    }
    for (const xmlNode *part = xmlFirstElementChild((xmlNode *)van); part;
         part = xmlNextElementSibling((xmlNode *)part))
        if (!same_part(naar, part))
            whole_part(walk, part, VERSCHIL_VERVALLEN);
}

bool verschil_dossiers(const xmlNode *van, const xmlNode *naar, verschil_each *each,
                       void *context)
{
    SCOPED_BUF struct buf path = { 0 };
    SCOPED_BUF struct buf label = { 0 };
    struct walk walk = { each, context, "dossier", &path, &label, 0 };

    compare_attributes(&walk, van, naar);
    compare_parts(&walk, van, naar);
    return walk.count == 0;
}

const char *verschil_wat_name(enum verschil_wat wat)
{
    static const char *const NAMES[] = { "nieuw", "vervallen", "gewijzigd" };

    return NAMES[wat];
}
