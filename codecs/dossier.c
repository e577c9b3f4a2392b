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
