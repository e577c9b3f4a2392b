/* rules -- see rules.h. The walk; the rows are in the files of the groups. */
#include "codecs/rules.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/buf.h"
#include "codecs/datum.h"
#include "codecs/rules_walk.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"

#define RIGHTS "persoon/asielrechtenWijzigingVerblijfsdoel"
#define FINDINGS_MAX 100 /* of each severity */

const struct rules_limits RULES_LAW = {
    .boete_intake = 250,
    .boete_pip = 800,
    .boete_totaal = 2400,
    .pip_weken = 10,
    .termijn_jaren = 3,
    .zroute_uren = 800,
    .afschalen_uren = 600,
    .pvt_uren = 12,
    .bezwaar_weken = 6,
    .verwijtbaar_maanden = 2,
    .bewaar_jaren = 5,
};

/* clang-format off */
static const struct rule RULES_SCHEMA[] = {
    { "schema", RULES_REFUSE, NULL, "xsd/dossier.xsd",
      "past niet in het schema", "does not match the schema",
      "verbeter het genoemde element", "correct the element that is named" },
    { 0 },
};
/* clang-format on */

static const struct rule *const GROUPS[] = {
    RULES_SCHEMA,    RULES_STATUS,     RULES_PERSOON, RULES_DOELGROEP,
    RULES_INTAKE,    RULES_PIP,        RULES_TERMIJN, RULES_ONDERDEEL,
    RULES_VOORTGANG, RULES_HANDHAVING, RULES_DATUM,   RULES_DOCUMENTEN,
};
#define GROUP_COUNT (sizeof(GROUPS) / sizeof(GROUPS[0]))

size_t rules_count(void)
{
    size_t count = 0;

    while (rules_row(count))
        count++;
    return count;
}

const struct rule *rules_row(size_t index)
{
    for (size_t group = 0; group < GROUP_COUNT; group++)
        for (const struct rule *row = GROUPS[group]; row->id; row++)
            if (index-- == 0)
                return row;
    return NULL;
}

const struct rule *rules_find(const char *id)
{
    const struct rule *row;

    for (size_t i = 0; (row = rules_row(i)); i++)
        if (strcmp(row->id, id) == 0)
            return row;
    return NULL;
}

const char *rules_severity_name(enum rules_severity severity)
{
    return severity == RULES_REFUSE ? "refuse" : "warn";
}

/* --- reporting ----------------------------------------------------------------------- */

static void tell(struct rules_walk *walk, const struct dossier_finding *finding)
{
    const struct rule *rule = walk->rule;
    int told = walk->told[rule->severity]++;

    if (rule->severity == RULES_REFUSE && told == 0) {
        fault_set(walk->fault, FAULT_RULE, "line %ld: %s: %s (rule %s)", finding->line,
                  finding->path, rule->en, rule->id);
        fault_advise(walk->fault, "%s; see estafette dossier rules %s", rule->todo, rule->id);
    }
    if (walk->each)
        walk->each(walk->context, finding);
}

void rules_found(struct rules_walk *walk, const xmlNode *node, const char *name)
{
    SCOPED_BUF struct buf path = { 0 };
    const xmlNode *child = name && *name != '@' ? xmldoc_child(node, name) : NULL;

    if (walk->told[walk->rule->severity] == FINDINGS_MAX) /* enough is known */
        return;
    schema_path(walk->dossier, child ? child : node, &path);
    if (name && !child)
        buf_addf(&path, "/%s", name);
    tell(walk, &(struct dossier_finding){
                   .line = xmlGetLineNo(child ? child : node),
                   .path = buf_text(&path),
                   .rule = walk->rule->id,
                   .says = walk->rule->en,
                   .row = walk->rule,
               });
}

/* --- reading ------------------------------------------------------------------------- */

/* As deep as the path is long. */
static void visit_below(struct rules_walk *walk, const xmlNode *parent, const char *path,
                        rules_visit *visit, const void *with)
{
    char name[64] = "";
    size_t size = strcspn(path, "/");

    strncat(name, path, size < sizeof(name) ? size : sizeof(name) - 1);
    for (const xmlNode *at = xmldoc_child(parent, name); at; at = xmldoc_next(at))
        if (path[size] == '/')
            visit_below(walk, at, path + size + 1, visit, with);
        else
            visit(walk, at, with);
}

void rules_each(struct rules_walk *walk, const char *path, rules_visit *visit,
                const void *with)
{
    visit_below(walk, walk->dossier, path, visit, with);
}

const xmlNode *rules_at(const struct rules_walk *walk, const char *path)
{
    return xmldoc_at(walk->dossier, path);
}

long rules_day(const xmlNode *node, const char *path)
{
    return datum_day(xmldoc_text(node, path));
}

long rules_number(const xmlNode *node, const char *path)
{
    const char *text = xmldoc_text(node, path);

    return text ? strtol(text, NULL, 10) : -1;
}

/* "400.00": euro with two decimals, by the schema. */
long rules_cents(const xmlNode *node, const char *path)
{
    const char *text = xmldoc_text(node, path);
    char *end;

    if (!text)
        return -1;
    long euro = strtol(text, &end, 10);
    return euro * 100 + (*end == '.' ? strtol(end + 1, NULL, 10) : 0);
}

bool rules_is(const xmlNode *node, const char *path, const char *text)
{
    const char *own = xmldoc_text(node, path);

    return own && strcmp(own, text) == 0;
}

bool rules_has(const xmlNode *node, const char *path)
{
    return xmldoc_at(node, path) != NULL;
}

bool rules_same(const xmlNode *a, const xmlNode *b, const char *path)
{
    const char *left = xmldoc_text(a, path), *right = xmldoc_text(b, path);

    return left && right ? strcmp(left, right) == 0 : left == right;
}

const char *rules_attribute(const xmlNode *node, const char *name)
{
    const xmlAttr *found = xmlHasNsProp((xmlNode *)node, (const xmlChar *)name, NULL);

    return found && found->children ? (const char *)found->children->content : NULL;
}

bool rules_given(const struct rules_walk *walk, const char *part)
{
    const char *status = rules_attribute(xmldoc_child(walk->dossier, part), "status");

    return strcmp(status, "geleverd") == 0;
}

/* --- the walk ------------------------------------------------------------------------ */

bool rules_check(const xmlNode *dossier, const struct rules_limits *limits, dossier_each *each,
                 void *context, struct fault *fault)
{
    const struct rule *row;
    struct rules_walk walk = {
        .dossier = dossier,
        .limits = limits,
        .asiel = rules_is(dossier, "persoon/doelgroep", "Asielstatushouder"),
        .wi2021 = rules_is(dossier, "persoon/cohort", "Wi2021"),
        .peildatum = datum_day(rules_attribute(dossier, "peildatum")),
        .first_pip = rules_day(dossier, "pip/versie/dagtekening"),
        .each = each,
        .context = context,
        .fault = fault,
    };

    walk.asielrechten = walk.asiel || rules_is(dossier, RIGHTS, "Behoud asielrechten")
                        || rules_is(dossier, RIGHTS, "Asielrechten toegekend");
    if (walk.wi2021) {
        walk.start = rules_day(dossier, "duo/gelezen/inburgeringstermijn/startdatum");
        walk.einde = rules_day(dossier, "duo/gelezen/inburgeringstermijn/einddatum");
    }
    for (size_t i = 0; (row = rules_row(i)); i++) {
        walk.rule = row;
        if (row->check)
            row->check(&walk);
    }
    return walk.told[RULES_REFUSE] == 0;
}
