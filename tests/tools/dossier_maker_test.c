/* Made-up dossiers: good, varied, repeatable, of the size asked for; or broken in one way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/hash.h>

#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/rules.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tools/dossiermaker/breaks.h"
#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/maker.h"

#ifdef __SANITIZE_ADDRESS__
#define SEEDS 200
#define BROKEN 2
#else
#define SEEDS 500
#define BROKEN 10
#endif

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    schema_uninstall();
    return 0;
}

static void make(const struct wishes *wishes, struct buf *bytes)
{
    SCOPED_XMLDOC xmlDoc *doc = maker_dossier(wishes);

    maker_write(doc, bytes);
}

/* --- good ---------------------------------------------------------------------------- */

/* Warnings too: nobody would learn to read them if a good dossier had some. */
static void refuse_finding(void *context, const struct dossier_finding *finding)
{
    const uint64_t *seed = context;

    fail_msg("seed %d: line %ld: %s: %s (%s)", (int)*seed, finding->line, finding->path,
             finding->says, finding->rule);
}

static void every_dossier_is_good_and_fits(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        SCOPED_BUF struct buf bytes = { 0 };
        struct wishes wishes = maker_wishes(seed);
        struct fault fault = { 0 };
        make(&wishes, &bytes);
        assert_true(
            dossier_check(bytes.data, bytes.size, refuse_finding, &seed, NULL, &fault));
        assert_in_range(bytes.size, MAKER_SIZES[SIZE_SMALL].least,
                        MAKER_SIZES[SIZE_LARGE].most);
    }
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        SCOPED_BUF struct buf one = { 0 };
        SCOPED_BUF struct buf two = { 0 };
        SCOPED_BUF struct buf other = { 0 };
        struct wishes wishes = maker_wishes(seed), next = maker_wishes(seed + 1);
        make(&wishes, &one);
        make(&wishes, &two);
        make(&next, &other);
        assert_string_equal(buf_text(&one), buf_text(&two));
        assert_string_not_equal(buf_text(&one), buf_text(&other));
    }
}

static void a_size_that_is_asked_for_is_given(void **state)
{
    (void)state;
    for (int size = SIZE_SMALL; size <= SIZE_LARGE; size++)
        for (uint64_t seed = 1; seed <= SEEDS / 5; seed++) {
            SCOPED_BUF struct buf bytes = { 0 };
            struct wishes wishes = maker_wishes(seed);
            wishes.size = size;
            make(&wishes, &bytes);
            if (bytes.size < MAKER_SIZES[size].least || bytes.size > MAKER_SIZES[size].most)
                fail_msg("size %d seed %d: %zu bytes", size, (int)seed, bytes.size);
        }
}

static const char *last_route(const xmlNode *dossier)
{
    const xmlNode *versie = xmldoc_at(dossier, "pip/versie");

    while (versie && xmldoc_next(versie))
        versie = xmldoc_next(versie);
    return versie ? xmldoc_text(versie, "leerroute") : NULL;
}

static void wishes_come_true(void **state)
{
    static const char *const NAMES[ROUTES] = { "B1-route", "onderwijsroute", "Z-route" };

    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct wishes wishes = maker_wishes(seed);
        wishes.route = (int)(seed % ROUTES);
        wishes.asiel = (int)(seed % 2);
        wishes.date = day_from(2026, 2, 28);
        SCOPED_XMLDOC xmlDoc *doc = maker_dossier(&wishes);
        const xmlNode *dossier = xmlDocGetRootElement(doc);
        const char *route = last_route(dossier);
        xmlChar *peildatum = xmlGetNoNsProp((xmlNode *)dossier, BAD_CAST "peildatum");
        if (route)
            assert_string_equal(route, NAMES[wishes.route]);
        assert_string_equal(xmldoc_text(dossier, "persoon/doelgroep"),
                            wishes.asiel ? "Asielstatushouder"
                                         : "Gezinsmigrant en overige migrant");
        assert_string_equal((const char *)peildatum, "2026-02-28");
        xmlFree(peildatum);
    }
}

static void days_are_days(void **state)
{
    static const struct {
        const char *from, *to;
        int months;
    } CASES[] = {
        { "2024-02-29", "2027-02-28", 36 }, { "2025-01-31", "2025-02-28", 1 },
        { "2025-12-31", "2026-01-31", 1 },  { "2022-01-01", "2025-01-01", 36 },
        { "1999-03-31", "1999-02-28", -1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char text[DAY_SIZE];
        long day = 0;
        assert_true(day_read(CASES[i].from, &day));
        day_text(day_add_months(day, CASES[i].months), text);
        assert_string_equal(text, CASES[i].to);
    }
    long day = 0;
    assert_int_equal(day_from(1970, 1, 1), 0);
    assert_false(day_read("2023-02-29", &day));
    assert_false(day_read("2023-2-9", &day));
    assert_false(day_read("2023-02-xx", &day));
}

/* --- varied: everything the schema knows comes, but what is explained ------------------ */

static const struct {
    const char *path, *why;
} NEVER[] = {
    { "documenten/document/versleuteld", "the gateway fills it in when it sends" },
    { "=Overlijden", "who died does not move" },
};

static bool is_explained(const char *path)
{
    size_t size = strlen(path);

    if (size >= 5 && strcmp(path + size - 5, "later") == 0)
        return true; /* reserved for later versions of the schema */
    for (size_t i = 0; i < sizeof(NEVER) / sizeof(NEVER[0]); i++)
        if (strncmp(path, NEVER[i].path, strlen(NEVER[i].path)) == 0)
            return true;
    return false;
}

static const char *step(const struct buf *path)
{
    return path->size > 0 ? "/" : "";
}

static void see(xmlHashTable *seen, const char *text)
{
    (void)xmlHashAddEntry(seen, BAD_CAST text, (void *)1);
}

/* "pip/versie/niveau", "pip/@status", "=A2" for every text, "pip/@status=leeg" */
static void see_all(xmlHashTable *seen, const xmlNode *node, const struct buf *path)
{
    for (const xmlAttr *at = node->properties; at; at = at->next) {
        SCOPED_BUF struct buf name = { 0 };
        buf_addf(&name, "%s%s@%s", buf_text(path), step(path), (const char *)at->name);
        see(seen, buf_text(&name));
        buf_addf(&name, "=%s", (const char *)at->children->content);
        see(seen, buf_text(&name));
        see(seen, strrchr(buf_text(&name), '='));
    }
    for (const xmlNode *child = node->children; child; child = child->next) {
        SCOPED_BUF struct buf name = { 0 };
        if (child->type == XML_TEXT_NODE)
            buf_addf(&name, "=%s", (const char *)child->content);
        else
            buf_addf(&name, "%s%s%s", buf_text(path), step(path), (const char *)child->name);
        see(seen, buf_text(&name));
        if (child->type == XML_ELEMENT_NODE)
            see_all(seen, child, &name);
    }
}

struct missing {
    xmlHashTable *seen;
    const xmlNode *schema;
    int count;
};

static char *property(const xmlNode *node, const char *name)
{
    return (char *)xmlGetNoNsProp((xmlNode *)node, BAD_CAST name);
}

static void miss(struct missing *missing, const char *what)
{
    if (xmlHashLookup(missing->seen, BAD_CAST what) || is_explained(what))
        return;
    printf("never seen: %s\n", what);
    missing->count++;
}

/* The definition with this name among the children of the schema. */
static const xmlNode *definition(const xmlNode *schema, const char *kind, const char *name)
{
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)schema); at;
         at = xmlNextElementSibling((xmlNode *)at)) {
        char *own = property(at, "name");
        bool found =
            own && strcmp(own, name) == 0 && strcmp((const char *)at->name, kind) == 0;
        xmlFree(own);
        if (found)
            return at;
    }
    return NULL;
}

static void miss_paths(struct missing *missing, const xmlNode *node, const struct buf *path);

static void miss_named(struct missing *missing, const xmlNode *node, const char *kind,
                       const char *by, const struct buf *path)
{
    char *name = property(node, by);
    const xmlNode *found = name ? definition(missing->schema, kind, name) : NULL;

    xmlFree(name);
    if (found)
        miss_paths(missing, found, path);
}

/* Walks what an element may hold, by structure and through named types. */
static void miss_paths(struct missing *missing, const xmlNode *node, const struct buf *path)
{
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)node); at;
         at = xmlNextElementSibling((xmlNode *)at)) {
        const char *kind = (const char *)at->name;
        bool attribute = strcmp(kind, "attribute") == 0;
        char *name = property(at, "name");
        SCOPED_BUF struct buf here = { 0 };
        buf_add_text(&here, buf_text(path));
        if (name && (attribute || strcmp(kind, "element") == 0)) {
            buf_addf(&here, "%s%s%s", step(path), attribute ? "@" : "", name);
            miss(missing, buf_text(&here));
        }
        xmlFree(name);
        if (strcmp(kind, "attributeGroup") == 0)
            miss_named(missing, at, "attributeGroup", "ref", &here);
        else if (!attribute)
            miss_named(missing, at, "complexType", "type", &here);
        miss_paths(missing, at, &here);
    }
}

static void miss_values(struct missing *missing, const xmlNode *node)
{
    for (const xmlNode *at = xmlFirstElementChild((xmlNode *)node); at;
         at = xmlNextElementSibling((xmlNode *)at)) {
        char *value = property(at, "value");
        SCOPED_BUF struct buf text = { 0 };
        if (value && strcmp((const char *)at->name, "enumeration") == 0) {
            buf_addf(&text, "=%s", value);
            miss(missing, buf_text(&text));
        }
        xmlFree(value);
        miss_values(missing, at);
    }
}

static void miss_statuses(struct missing *missing)
{
    static const char *const PART[] = { "intake",     "pip", "voortgang",
                                        "handhaving", "duo", "documenten" };
    static const char *const STATUS[] = { "geleverd", "leeg", "achtergehouden" };

    for (size_t i = 0; i < sizeof(PART) / sizeof(PART[0]); i++)
        for (size_t n = 0; n < sizeof(STATUS) / sizeof(STATUS[0]); n++) {
            SCOPED_BUF struct buf text = { 0 };
            buf_addf(&text, "%s/@status=%s", PART[i], STATUS[n]);
            miss(missing, buf_text(&text));
        }
}

static void all_that_the_schema_knows_comes_in_500(void **state)
{
    if (SEEDS < 500)
        skip(); /* the release build counts */
    SCOPED_XMLDOC xmlDoc *xsd = NULL;
    SCOPED_BUF struct buf path = { 0 };
    struct missing missing = { xmlHashCreate(4096), NULL, 0 };
    struct fault fault = { 0 };
    size_t size = 0;
    const char *source = schema_source("dossier.xsd", &size);

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct wishes wishes = maker_wishes(seed);
        SCOPED_XMLDOC xmlDoc *doc = maker_dossier(&wishes);
        see_all(missing.seen, xmlDocGetRootElement(doc), &path);
    }
    assert_true(xmldoc_parse(source, size, &xsd, &fault));
    missing.schema = xmlDocGetRootElement(xsd);
    miss_paths(&missing, definition(missing.schema, "element", "dossier"), &path);
    miss_values(&missing, missing.schema);
    miss_statuses(&missing);
    xmlHashFree(missing.seen, NULL);
    assert_int_equal(missing.count, 0);
}

/* --- broken -------------------------------------------------------------------------- */

struct found {
    const char *rule;
    int of_rule, of_others;
    char other[60];
};

static void count(void *context, const struct dossier_finding *finding)
{
    struct found *found = context;

    if (strcmp(finding->rule, found->rule) == 0) {
        found->of_rule++;
        return;
    }
    found->of_others++;
    (void)snprintf(found->other, sizeof(found->other), "%s", finding->rule);
}

/* As the gateway would, on a day on which every made dossier exists. */
static bool check(xmlDoc *made, struct found *found)
{
    SCOPED_BUF struct buf bytes = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct rules_limits limits = RULES_LAW;
    struct fault fault = { 0 };

    limits.today = datum_day("2027-12-31");
    maker_write(made, &bytes);
    return dossier_read(bytes.data, bytes.size, count, found, &doc, &fault)
           && dossier_rules(xmlDocGetRootElement(doc), &limits, count, found, &fault);
}

static void a_broken_rule_is_found_and_no_other(void **state)
{
    (void)state;
    for (size_t n = 0; breaks_rule(n); n++)
        for (uint64_t seed = 1; seed <= BROKEN; seed++) {
            SCOPED_XMLDOC xmlDoc *doc = NULL;
            struct wishes wishes = maker_wishes(seed);
            struct found found = { breaks_rule(n), 0, 0, "" };
            struct fault fault = { 0 };
            assert_true(breaks_dossier(breaks_rule(n), &wishes, &doc, &fault));
            bool good = check(doc, &found);
            if (found.of_rule == 0 || found.of_others > 0)
                fail_msg("%s, seed %d: found %d times, and %s", breaks_rule(n), (int)seed,
                         found.of_rule, found.of_others > 0 ? found.other : "no other");
            assert_int_equal(good, rules_find(breaks_rule(n))->severity == RULES_WARN);
        }
}

static bool can_be_broken(const char *rule)
{
    for (size_t n = 0; breaks_rule(n); n++)
        if (strcmp(breaks_rule(n), rule) == 0)
            return true;
    return false;
}

static void every_rule_can_be_broken(void **state)
{
    int missing = 0;

    (void)state;
    for (size_t i = 0; rules_row(i); i++)
        if (!can_be_broken(rules_row(i)->id)) {
            printf("cannot be broken: %s\n", rules_row(i)->id);
            missing++;
        }
    for (size_t n = 0; breaks_rule(n); n++)
        if (!rules_find(breaks_rule(n))) {
            printf("is no rule: %s\n", breaks_rule(n));
            missing++;
        }
    assert_int_equal(missing, 0);
}

static void a_rule_that_is_not_there_is_refused(void **state)
{
    struct wishes wishes = maker_wishes(1);
    struct fault fault = { 0 };
    xmlDoc *doc = NULL;

    (void)state;
    assert_false(breaks_dossier("elfproof", &wishes, &doc, &fault));
    assert_int_equal(fault.code, FAULT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_days),
        cmocka_unit_test(every_dossier_is_good_and_fits),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(a_size_that_is_asked_for_is_given),
        cmocka_unit_test(wishes_come_true),
        cmocka_unit_test(all_that_the_schema_knows_comes_in_500),
        cmocka_unit_test(every_rule_can_be_broken),
        cmocka_unit_test(a_broken_rule_is_found_and_no_other),
        cmocka_unit_test(a_rule_that_is_not_there_is_refused),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
