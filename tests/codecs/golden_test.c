/* The sample dossiers: all of them are good, and together they show all there is. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libxml/parser.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/schema.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

#define FILES_MAX 50

static char *FILES[FILES_MAX];
static size_t COUNT;
static xmlDoc *SAMPLES[FILES_MAX];

static bool ends_in_xml(const char *name)
{
    return strlen(name) > 4 && strcmp(name + strlen(name) - 4, ".xml") == 0;
}

static void list_files(void)
{
    SCOPED_BUF struct buf folder = { 0 };

    buf_addf(&folder, "%s/tests/golden/dossiers", sample_source());
    DIR *open = opendir(buf_text(&folder));
    assert_non_null(open);
    for (const struct dirent *entry; (entry = readdir(open));)
        if (ends_in_xml(entry->d_name)) {
            assert_in_range(COUNT, 0, FILES_MAX - 1);
            FILES[COUNT++] = mem_copy(entry->d_name);
        }
    closedir(open);
}

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    view_install();
    list_files();
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        xmlFreeDoc(SAMPLES[i]);
        free(FILES[i]);
    }
    view_uninstall();
    schema_uninstall();
    return 0;
}

static void every_sample_is_a_good_dossier(void **state)
{
    (void)state;
    assert_in_range(COUNT, 8, FILES_MAX);
    for (size_t i = 0; i < COUNT; i++) {
        SCOPED_MEM char *xml = sample_dossier(FILES[i]);
        struct fault fault = { 0 };
        if (!dossier_check(xml, strlen(xml), NULL, NULL, &SAMPLES[i], &fault))
            fail_msg("%s: %s", FILES[i], fault.text);
    }
}

static void every_sample_can_be_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        SCOPED_BUF struct buf text = { 0 };
        struct fault fault = { 0 };
        if (!view_text(SAMPLES[i], &text, &fault))
            fail_msg("%s: %s", FILES[i], fault.text);
        assert_in_range(text.size, 500, 100000);
    }
}

/* Nobody gets the BSN or v-nummer of another sample. */
static void every_sample_is_somebody_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        for (size_t other = 0; other < i; other++) {
            const xmlNode *a = xmlDocGetRootElement(SAMPLES[i]);
            const xmlNode *b = xmlDocGetRootElement(SAMPLES[other]);
            const char *bsn = dossier_bsn(a), *vnummer = dossier_vnummer(a);
            assert_false(bsn && dossier_bsn(b) && strcmp(bsn, dossier_bsn(b)) == 0);
            assert_false(vnummer && dossier_vnummer(b)
                         && strcmp(vnummer, dossier_vnummer(b)) == 0);
        }
}

/* --- all there is --------------------------------------------------------------------- */

static bool says(const xmlNode *node, const char *path, const char *text)
{
    const char *found = xmldoc_text(node, path);

    return found && strcmp(found, text) == 0;
}

/* The text at `path` in the last element at `where`. */
static bool last_says(const xmlNode *dossier, const char *where, const char *path,
                      const char *text)
{
    const xmlNode *last = xmldoc_at(dossier, where);

    for (const xmlNode *next; last && (next = xmldoc_next(last));)
        last = next;
    return last && says(last, path, text);
}

static void there_is_one_of_each_route_and_doelgroep(void **state)
{
    static const struct {
        const char *leerroute, *doelgroep;
    } CASES[] = {
        { "B1-route", "Asielstatushouder" },
        { "onderwijsroute", "Asielstatushouder" },
        { "Z-route", "Asielstatushouder" },
        { "B1-route", "Gezinsmigrant en overige migrant" },
        { "Z-route", "Gezinsmigrant en overige migrant" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        size_t found = 0;
        for (size_t file = 0; file < COUNT; file++) {
            const xmlNode *root = xmlDocGetRootElement(SAMPLES[file]);
            found += says(root, "persoon/doelgroep", CASES[i].doelgroep)
                     && last_says(root, "pip/versie", "leerroute", CASES[i].leerroute);
        }
        if (found == 0)
            fail_msg("none of %s, %s", CASES[i].leerroute, CASES[i].doelgroep);
    }
}

static void there_is_one_of_what_is_special(void **state)
{
    size_t no_pip = 0, objection = 0, no_bsn = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        const xmlNode *root = xmlDocGetRootElement(SAMPLES[i]);
        no_pip += !xmldoc_at(root, "pip/versie");
        objection += last_says(root, "handhaving/boete", "bezwaar/status", "ingediend");
        no_bsn += !dossier_bsn(root) && dossier_vnummer(root);
    }
    assert_true(no_pip > 0 && objection > 0 && no_bsn > 0);
}

static const char *get(const xmlNode *node, const char *name)
{
    const xmlAttr *found = xmlHasNsProp((xmlNode *)node, BAD_CAST name, NULL);

    return found ? (const char *)found->children->content : "";
}

/* Is there, anywhere in a sample, an element at this path of names? */
static bool is_filled(const xmlNode *node, const char *const *names, size_t count)
{
    if (count == 0)
        return true;
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)node); at;
         at = xmlNextElementSibling((xmlNode *)at))
        if (strcmp((const char *)at->name, names[0]) == 0
            && is_filled(at, names + 1, count - 1))
            return true;
    return false;
}

static bool in_a_sample(const char *const *names, size_t count)
{
    for (size_t i = 0; i < COUNT; i++)
        if (is_filled((const xmlNode *)SAMPLES[i], names, count))
            return true;
    return false;
}

/* Does the declaration itself, not what is inside, carry an item of bijlage B? */
static bool carries_item(const xmlNode *element)
{
    const xmlNode *about = xmlFirstElementChild((xmlNode *)element);

    if (!about || strcmp((const char *)about->name, "annotation") != 0)
        return false;
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)about); at;
         at = xmlNextElementSibling((xmlNode *)at))
        if (strcmp(get(at, "source"), "bijlage-b") == 0)
            return true;
    return false;
}

struct trail {
    const xmlNode *schema;
    const char *names[XMLDOC_DEPTH_MAX];
    size_t depth, items;
};

static const xmlNode *complex_type(const struct trail *trail, const char *name)
{
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)trail->schema); at;
         at = xmlNextElementSibling((xmlNode *)at))
        if (strcmp((const char *)at->name, "complexType") == 0
            && strcmp(get(at, "name"), name) == 0)
            return at;
    return NULL;
}

static void walk(struct trail *trail, const xmlNode *node);

static void walk_element(struct trail *trail, const xmlNode *element)
{
    const xmlNode *type = complex_type(trail, get(element, "type"));

    trail->names[trail->depth++] = get(element, "name");
    if (carries_item(element)) {
        trail->items++;
        if (!in_a_sample(trail->names, trail->depth))
            fail_msg("no sample fills in .../%s/%s", trail->names[trail->depth - 2],
                     get(element, "name"));
    }
    walk(trail, type ? type : element);
    trail->depth--;
}

static void walk(struct trail *trail, const xmlNode *node)
{
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)node); at;
         at = xmlNextElementSibling((xmlNode *)at))
        if (strcmp((const char *)at->name, "element") == 0)
            walk_element(trail, at);
        else if (strcmp((const char *)at->name, "annotation") != 0)
            walk(trail, at);
}

static void together_they_fill_in_every_item_of_bijlage_b(void **state)
{
    struct trail trail = { 0 };
    size_t size = 0;
    const char *source = schema_source("dossier.xsd", &size);
    SCOPED_XMLDOC xmlDoc *schema =
        xmlReadMemory(source, (int)size, "dossier.xsd", NULL, XML_PARSE_NONET);

    (void)state;
    trail.schema = xmlDocGetRootElement(schema);
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)trail.schema); at;
         at = xmlNextElementSibling((xmlNode *)at))
        if (strcmp((const char *)at->name, "element") == 0)
            walk_element(&trail, at);
    assert_in_range(trail.items, 120, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_a_good_dossier),
        cmocka_unit_test(every_sample_can_be_shown),
        cmocka_unit_test(every_sample_is_somebody_else),
        cmocka_unit_test(there_is_one_of_each_route_and_doelgroep),
        cmocka_unit_test(there_is_one_of_what_is_special),
        cmocka_unit_test(together_they_fill_in_every_item_of_bijlage_b),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
