/* dossier -- see dossier.h. */
#include "codecs/dossier.h"

#include <string.h>

#include "codecs/rules.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"

/* --- checking ------------------------------------------------------------------------ */

struct listener {
    dossier_each *each;
    void *context;
};

static void pass_on(void *context, const struct schema_finding *found)
{
    const struct listener *listener = context;
    const struct dossier_finding finding = { found->line, found->path, "schema", found->says,
                                             rules_find("schema") };

    if (listener->each)
        listener->each(listener->context, &finding);
}

bool dossier_read(const void *bytes, size_t size, dossier_each *each, void *context,
                  xmlDoc **doc, struct fault *fault)
{
    struct listener listener = { each, context };
    SCOPED_XMLDOC xmlDoc *parsed = NULL;

    if (!xmldoc_parse(bytes, size, &parsed, fault)
        || !schema_validate(SCHEMA_DOSSIER, parsed, pass_on, &listener, fault))
        return false;
    *doc = parsed;
    parsed = NULL;
    return true;
}

bool dossier_rules(const xmlNode *dossier, const struct rules_limits *limits,
                   dossier_each *each, void *context, struct fault *fault)
{
    return rules_check(dossier, limits, each, context, fault);
}

bool dossier_check(const void *bytes, size_t size, dossier_each *each, void *context,
                   xmlDoc **doc, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *parsed = NULL;

    if (!dossier_read(bytes, size, each, context, &parsed, fault)
        || !dossier_rules(xmlDocGetRootElement(parsed), &RULES_LAW, each, context, fault))
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

/* The parts of a name are of the dossier's namespace wherever the name stands. */
static const char *part_of(const xmlNode *naam, const char *name)
{
    for (const xmlNode *part = xmlFirstElementChild((xmlNode *)naam); part;
         part = xmlNextElementSibling((xmlNode *)part))
        if (xmldoc_is(part, DOSSIER_NS, name))
            return xmldoc_text(part, "");
    return NULL;
}

void dossier_naam_of(const xmlNode *naam, struct buf *to)
{
    const char *voorletters = part_of(naam, "voorletters");
    const char *voornamen = part_of(naam, "voornamen");
    const char *voorvoegsel = part_of(naam, "voorvoegsel");

    if (voorletters)
        buf_add_text(to, voorletters);
    else if (voornamen)
        add_initials(to, voornamen);
    if (voorletters || voornamen)
        buf_add_text(to, " ");
    if (voorvoegsel)
        buf_addf(to, "%s ", voorvoegsel);
    buf_add_text(to, part_of(naam, "geslachtsnaam"));
}

void dossier_naam(const xmlNode *dossier, struct buf *naam)
{
    dossier_naam_of(xmldoc_at(dossier, "persoon/naam"), naam);
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
