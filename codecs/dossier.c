/* dossier -- see dossier.h. What XSD 1.0 cannot say about a dossier, as a table of rules. */
#include "codecs/dossier.h"

#include <stdio.h>
#include <string.h>

#include "codecs/schema.h"
#include "codecs/xmldoc.h"

/* --- findings ------------------------------------------------------------------------ */

struct findings {
    dossier_each *each;
    void *context;
    struct fault *fault; /* gets the first */
    int count;
};

static void report(struct findings *findings, const xmlNode *node, const char *path,
                   const char *rule, const char *says)
{
    struct dossier_finding finding = { xmlGetLineNo(node), path, rule, says };

    if (findings->count++ == 0)
        fault_set(findings->fault, FAULT_RULE, "line %ld: %s: %s (rule %s)", finding.line,
                  path, says, rule);
    if (findings->each)
        findings->each(findings->context, &finding);
}

static void pass_on(void *context, const struct schema_finding *found)
{
    struct findings *findings = context;
    struct dossier_finding finding = { found->line, found->path, "schema", found->says };

    if (findings->each)
        findings->each(findings->context, &finding);
}

/* --- rules --------------------------------------------------------------------------- */

/* Text of an attribute without namespace; NULL when absent. */
static const char *attribute(const xmlNode *node, const char *name)
{
    const xmlAttr *found = xmlHasNsProp((xmlNode *)node, (const xmlChar *)name, NULL);

    return found && found->children ? (const char *)found->children->content : NULL;
}

static const char *status_fault(const xmlNode *part)
{
    const char *status = attribute(part, "status");
    bool filled = xmlFirstElementChild((xmlNode *)part) != NULL;
    bool reason = attribute(part, "reden") != NULL;

    if (strcmp(status, "geleverd") == 0 && !filled)
        return "is geleverd but holds nothing; say leeg, or achtergehouden with a reden";
    if (strcmp(status, "geleverd") != 0 && filled)
        return "holds something, so its status must be geleverd";
    if (strcmp(status, "achtergehouden") == 0 && !reason)
        return "is achtergehouden, so reden must say why";
    if (strcmp(status, "achtergehouden") != 0 && reason)
        return "has a reden although it is not achtergehouden";
    return NULL;
}

/* Silence is not allowed: what is not delivered says whether it exists, and why not. */
static void check_status(struct findings *findings, const xmlNode *dossier)
{
    for (const xmlNode *part = xmlFirstElementChild((xmlNode *)dossier); part;
         part = xmlNextElementSibling((xmlNode *)part)) {
        char path[64];
        const char *says = attribute(part, "status") ? status_fault(part) : NULL;
        (void)snprintf(path, sizeof(path), "dossier/%s", (const char *)part->name);
        if (says)
            report(findings, part, path, "status", says);
    }
}

static void check_bsn(struct findings *findings, const xmlNode *parent, const char *path)
{
    const char *bsn = xmldoc_text(parent, "bsn");

    if (bsn && !dossier_bsn_valid(bsn))
        report(findings, xmldoc_child(parent, "bsn"), path, "elfproef", "fails the 11-test");
}

static void check_persons(struct findings *findings, const xmlNode *dossier)
{
    check_bsn(findings, xmldoc_child(dossier, "persoon"), "dossier/persoon/bsn");
    for (const xmlNode *lid = xmldoc_at(dossier, "persoon/gezinsleden/gezinslid"); lid;
         lid = xmldoc_next(lid))
        check_bsn(findings, lid, "dossier/persoon/gezinsleden/gezinslid/bsn");
}

/* In C, because identity constraints are quadratic in libxml2. */
static void check_documents(struct findings *findings, const xmlNode *dossier)
{
    for (const xmlNode *one = xmldoc_at(dossier, "documenten/document"); one;
         one = xmldoc_next(one))
        for (const xmlNode *other = xmldoc_next(one); other; other = xmldoc_next(other))
            if (strcmp(attribute(one, "id"), attribute(other, "id")) == 0)
                report(findings, other, "dossier/documenten/document/@id", "document-id",
                       "is the id of another document too");
}

static void (*const RULES[])(struct findings *findings, const xmlNode *dossier) = {
    check_status,
    check_persons,
    check_documents,
};

bool dossier_rules(const xmlNode *dossier, dossier_each *each, void *context,
                   struct fault *fault)
{
    struct findings findings = { each, context, fault, 0 };

    for (size_t i = 0; i < sizeof(RULES) / sizeof(RULES[0]); i++)
        RULES[i](&findings, dossier);
    return findings.count == 0;
}

bool dossier_check(const void *bytes, size_t size, dossier_each *each, void *context,
                   xmlDoc **doc, struct fault *fault)
{
    struct findings findings = { each, context, fault, 0 };
    SCOPED_XMLDOC xmlDoc *parsed = NULL;

    if (!xmldoc_parse(bytes, size, &parsed, fault)
        || !schema_validate(SCHEMA_DOSSIER, parsed, pass_on, &findings, fault)
        || !dossier_rules(xmlDocGetRootElement(parsed), each, context, fault))
        return false;
    if (doc) {
        *doc = parsed;
        parsed = NULL;
    }
    return true;
}

/* --- accessors ----------------------------------------------------------------------- */

const char *dossier_bsn(const xmlNode *dossier)
{
    return xmldoc_text(dossier, "persoon/bsn");
}

const char *dossier_vnummer(const xmlNode *dossier)
{
    return xmldoc_text(dossier, "persoon/vnummer");
}

const char *dossier_geboortedatum(const xmlNode *dossier)
{
    return xmldoc_text(dossier, "persoon/geboortedatum");
}

/* "Ana Clara" -> "A.C." */
static void add_initials(struct buf *naam, const char *voornamen)
{
    for (const char *at = voornamen + strspn(voornamen, " "); *at; at += strspn(at, " ")) {
        size_t size = 1;
        while ((at[size] & 0xC0) == 0x80) /* the rest of one UTF-8 character */
            size++;
        buf_add(naam, at, size);
        buf_add_text(naam, ".");
        at += strcspn(at, " ");
    }
}

void dossier_naam(const xmlNode *dossier, struct buf *naam)
{
    const xmlNode *from = xmldoc_at(dossier, "persoon/naam");
    const char *voorletters = xmldoc_text(from, "voorletters");
    const char *voornamen = xmldoc_text(from, "voornamen");
    const char *voorvoegsel = xmldoc_text(from, "voorvoegsel");

    if (voorletters)
        buf_add_text(naam, voorletters);
    else if (voornamen)
        add_initials(naam, voornamen);
    if (voorletters || voornamen)
        buf_add_text(naam, " ");
    if (voorvoegsel)
        buf_addf(naam, "%s ", voorvoegsel);
    buf_add_text(naam, xmldoc_text(from, "geslachtsnaam"));
}

bool dossier_bsn_valid(const char *bsn)
{
    static const int WEIGHTS[] = { 9, 8, 7, 6, 5, 4, 3, 2, -1 };
    int sum = 0;

    if (strlen(bsn) != 9 || strspn(bsn, "0123456789") != 9)
        return false;
    for (int i = 0; i < 9; i++)
        sum += WEIGHTS[i] * (bsn[i] - '0');
    return sum != 0 && sum % 11 == 0;
}
