/* Bijlage B of the law, counted: every item that goes along has its typed place in the schema,
 * in the part it belongs to; none stands at two elements without a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libxml/parser.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

#define TEXT_MAX 65535
#define ITEMS_MAX 200
#define PLACES_MAX 8
#define FREE_TEXT_MAX 35 /* items that only a free text can hold: may shrink, not grow */

enum column { ID, ONDERDEEL, RICHTING, DOELGROEP, DEEL, GEGEVEN, WAAROM_MEER, COLUMNS };

static struct item {
    char *column[COLUMNS];
    const xmlNode *places[PLACES_MAX]; /* declarations of elements in the schema */
    size_t count;
    bool in_part; /* one of them is in the part the item belongs to */
} ITEMS[ITEMS_MAX];
static size_t COUNT;

static xmlDoc *SCHEMA;
static char *LIST;

/* --- the list ------------------------------------------------------------------------- */

/* The caller's; NULL when it is not there. */
static char *read_all(const char *path)
{
    char *text = mem_alloc(TEXT_MAX + 1);
    FILE *stream = fopen(path, "re");

    if (!stream) {
        free(text);
        return NULL;
    }
    size_t size = fread(text, 1, TEXT_MAX, stream);
    assert_in_range(size, 1, TEXT_MAX - 1);
    (void)fclose(stream);
    return text;
}

static void read_item(char *line)
{
    struct item *item = &ITEMS[COUNT++];

    assert_in_range(COUNT, 1, ITEMS_MAX);
    for (size_t i = 0; i < COLUMNS; i++) {
        item->column[i] = strsep(&line, "\t");
        if (!item->column[i] || !*item->column[i])
            fail_msg("bijlage-b.tsv:%zu: column %zu is missing or empty", COUNT + 1, i + 1);
    }
    assert_null(line);
}

static void read_list(void)
{
    SCOPED_BUF struct buf path = { 0 };
    char *rest = NULL;

    buf_addf(&path, "%s/xsd/bijlage-b.tsv", sample_source());
    LIST = read_all(buf_text(&path));
    assert_non_null(LIST);
    rest = LIST;
    (void)strsep(&rest, "\n"); /* names of the columns */
    for (char *line; (line = strsep(&rest, "\n")) && *line;)
        read_item(line);
}

static struct item *find(const char *id)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(ITEMS[i].column[ID], id) == 0)
            return &ITEMS[i];
    return NULL;
}

static bool goes_along(const struct item *item)
{
    return strcmp(item->column[DEEL], "-") != 0;
}

/* --- the schema ----------------------------------------------------------------------- */

static const char *get(const xmlNode *node, const char *name)
{
    const xmlAttr *found = xmlHasNsProp((xmlNode *)node, BAD_CAST name, NULL);

    return found ? (const char *)found->children->content : "";
}

static bool is(const xmlNode *node, const char *name)
{
    return strcmp((const char *)node->name, name) == 0;
}

static const xmlNode *complex_type(const char *name)
{
    for (const xmlNode *at = xmlFirstElementChild(xmlDocGetRootElement(SCHEMA)); at;
         at = xmlNextElementSibling((xmlNode *)at))
        if (is(at, "complexType") && strcmp(get(at, "name"), name) == 0)
            return at;
    return NULL;
}

static void add_place(const char *id, const xmlNode *element, const char *part)
{
    struct item *item = find(id);

    if (!item)
        fail_msg("%s: %s is not in bijlage-b.tsv", get(element, "name"), id);
    if (strcmp(item->column[DEEL], part) == 0)
        item->in_part = true;
    for (size_t i = 0; i < item->count; i++)
        if (item->places[i] == element)
            return; /* a type that two elements share */
    item->places[item->count++] = element;
    assert_in_range(item->count, 1, PLACES_MAX - 1);
}

static void add_places(const xmlNode *appinfo, const xmlNode *element, const char *part)
{
    SCOPED_MEM char *ids = mem_copy((const char *)appinfo->children->content);
    char *rest = ids;

    for (char *id; (id = strsep(&rest, " "));)
        add_place(id, element, part);
}

/* Every element below, through the types it has; `element` is the innermost. */
static void walk(const xmlNode *node, const xmlNode *element, const char *part)
{
    if (is(node, "appinfo") && strcmp(get(node, "source"), "bijlage-b") == 0)
        add_places(node, element, part);
    if (is(node, "element")) {
        element = node;
        part = *part ? part : get(node, "name");
        const xmlNode *type = complex_type(get(node, "type"));
        if (type)
            walk(type, element, part);
    }
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)node); at;
         at = xmlNextElementSibling((xmlNode *)at))
        walk(at, element, part);
}

static void read_schema(void)
{
    size_t size = 0;
    const char *source = schema_source("dossier.xsd", &size);

    SCHEMA = xmlReadMemory(source, (int)size, "dossier.xsd", NULL,
                           XML_PARSE_NONET | XML_PARSE_NOBLANKS);
    for (const xmlNode *at = xmlFirstElementChild(xmlDocGetRootElement(SCHEMA)); at;
         at = xmlNextElementSibling((xmlNode *)at))
        if (is(at, "element"))
            for (const xmlNode *part = xmlFirstElementChild((xmlNode *)at); part;
                 part = xmlNextElementSibling((xmlNode *)part))
                walk(part, at, "");
}

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    read_list();
    read_schema();
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    xmlFreeDoc(SCHEMA);
    free(LIST);
    schema_uninstall();
    return 0;
}

/* --- what is counted ------------------------------------------------------------------ */

static void every_item_that_goes_along_has_its_place(void **state)
{
    size_t placed = 0, along = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        along += goes_along(&ITEMS[i]);
        placed += ITEMS[i].count > 0;
        if (goes_along(&ITEMS[i]) != (ITEMS[i].count > 0))
            fail_msg("%s has %zu places", ITEMS[i].column[ID], ITEMS[i].count);
    }
    print_message("bijlage B: %zu of %zu\n", placed, along);
    assert_int_equal(placed, 161);
    assert_int_equal(along, 161);
}

static void each_stands_in_the_part_it_belongs_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        if (goes_along(&ITEMS[i]) && !ITEMS[i].in_part)
            fail_msg("%s is not in %s", ITEMS[i].column[ID], ITEMS[i].column[DEEL]);
}

static void more_than_one_place_has_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        if ((ITEMS[i].count > 1) != (strcmp(ITEMS[i].column[WAAROM_MEER], "-") != 0))
            fail_msg("%s has %zu places, and its reason is: %s", ITEMS[i].column[ID],
                     ITEMS[i].count, ITEMS[i].column[WAAROM_MEER]);
}

static void no_item_is_listed_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        assert_ptr_equal(find(ITEMS[i].column[ID]), &ITEMS[i]);
}

static bool is_free_text(const xmlNode *element)
{
    return strcmp(get(element, "type"), "tekst") == 0
           || strcmp(get(element, "type"), "bijzondereTekst") == 0;
}

/* A mention is no place: each has a type, and the free text is the last resort. */
static void each_place_has_a_type(void **state)
{
    size_t free_text = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        size_t typed = 0;
        for (size_t place = 0; place < ITEMS[i].count; place++) {
            const xmlNode *element = ITEMS[i].places[place];
            const xmlNode *last = xmlLastElementChild((xmlNode *)element);
            assert_true(*get(element, "type") || (last && is(last, "complexType")));
            typed += !is_free_text(element);
        }
        free_text += ITEMS[i].count > 0 && typed == 0;
    }
    print_message("in free text only: %zu\n", free_text);
    assert_in_range(free_text, 0, FREE_TEXT_MAX);
}

/* --- against the list it was made from ------------------------------------------------ */

/* The next field of a line of comma separated values; ends it in place. */
static char *next_field(char **rest)
{
    if (**rest != '"')
        return strsep(rest, ",");
    char *field = *rest + 1;
    char *end = strchr(field, '"');
    assert_non_null(end);
    *rest = end[1] == ',' ? end + 2 : NULL;
    *end = '\0';
    return field;
}

static void compare(char *line)
{
    /* id, onderdeel, richting, doelgroep, gegeven, deel_van_overdracht */
    static const enum column ORDER[] = { ID, ONDERDEEL, RICHTING, DOELGROEP, GEGEVEN, DEEL };
    const struct item *item = NULL;

    for (size_t i = 0; i < sizeof(ORDER) / sizeof(ORDER[0]); i++) {
        const char *field = next_field(&line);
        item = i == 0 ? find(field) : item;
        if (!item)
            fail_msg("%s is missing from bijlage-b.tsv", field);
        if (ORDER[i] != GEGEVEN && strcmp(item->column[ORDER[i]], field) != 0)
            fail_msg("%s: %s, not %s", item->column[ID], field, item->column[ORDER[i]]);
    }
}

static void the_list_is_that_of_the_law(void **state)
{
    const char *corpus = getenv("ESTAFETTE_CORPUS");
    SCOPED_BUF struct buf path = { 0 };
    size_t lines = 0;

    (void)state;
    buf_addf(&path, "%s/../domain/bijlage-b.csv",
             corpus ? corpus : SOURCE_DIR "/../shared/corpus");
    SCOPED_MEM char *text = read_all(buf_text(&path));
    if (!text) {
        print_message("SKIPPED: no list to compare with at %s (ESTAFETTE_CORPUS)\n",
                      buf_text(&path));
        skip();
        return;
    }
    char *rest = text;
    (void)strsep(&rest, "\n");
    for (char *line; (line = strsep(&rest, "\n")) && *line; lines++)
        compare(line);
    assert_int_equal(lines, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_that_goes_along_has_its_place),
        cmocka_unit_test(each_stands_in_the_part_it_belongs_to),
        cmocka_unit_test(more_than_one_place_has_a_reason),
        cmocka_unit_test(no_item_is_listed_twice),
        cmocka_unit_test(each_place_has_a_type),
        cmocka_unit_test(the_list_is_that_of_the_law),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
