/* dossierverzoek -- see dossierverzoek.h. */
#include "codecs/dossierverzoek.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/message.h"
#include "codecs/xmldoc.h"

const struct verzoek_grond DOSSIERVERZOEK_GRONDEN[] = {
#define X(name, meaning) { name, meaning },
    DOSSIERVERZOEK_GROND_LIST(X)
#undef X
        { 0 },
};

void dossierverzoek_finish(struct dossierverzoek *verzoek)
{
    buf_finish(&verzoek->toelichting);
}

const struct verzoek_grond *dossierverzoek_grond(const char *name)
{
    for (const struct verzoek_grond *grond = DOSSIERVERZOEK_GRONDEN; grond->name; grond++)
        if (strcmp(grond->name, name) == 0)
            return grond;
    return NULL;
}

/* --- as somebody asks it ------------------------------------------------------------- */

static bool numbers_fit(const struct dossierverzoek *verzoek, struct fault *fault)
{
    const char *bsn = verzoek->bsn, *vnummer = verzoek->vnummer;

    if (!*bsn && !*vnummer)
        return fault_set(fault, FAULT_USAGE, "bsn or vnummer is missing");
    if (*bsn && !dossier_bsn_valid(bsn))
        return fault_set(fault, FAULT_USAGE, "bsn: is not nine digits, or fails the 11-test");
    if (*vnummer && (strlen(vnummer) != 10 || strspn(vnummer, "0123456789") != 10))
        return fault_set(fault, FAULT_USAGE, "vnummer: is not ten digits");
    return true;
}

bool dossierverzoek_check(const struct dossierverzoek *verzoek, struct fault *fault)
{
    const char *born = verzoek->geboortedatum, *vestiging = verzoek->vestiging;

    if (!numbers_fit(verzoek, fault))
        return false;
    if (*born && datum_day(born) == 0)
        return fault_set(fault, FAULT_USAGE, "geboortedatum: is not a date (YYYY-MM-DD)");
    if (*vestiging && (strlen(vestiging) != 10 || datum_day(vestiging) == 0))
        return fault_set(fault, FAULT_USAGE, "settled: is not a date (YYYY-MM-DD)");
    if (strcmp(verzoek->grond->name, "anders") == 0 && verzoek->toelichting.size == 0)
        return fault_set(fault, FAULT_USAGE, "reason anders needs a text");
    return true;
}

/* --- as it travels ------------------------------------------------------------------- */

#define MEMBER(name)                                                                          \
    offsetof(struct dossierverzoek, name), sizeof(((struct dossierverzoek *)0)->name)

/* In the order of the schema; grond stands between born and vestiging. */
static const struct field {
    const char *element;
    size_t offset, size;
} WHO[] = {
    { "bsn", MEMBER(bsn) },
    { "vnummer", MEMBER(vnummer) },
    { "geboortedatum", MEMBER(geboortedatum) },
    { 0 },
}, WHEN[] = {
    { "datumVestiging", MEMBER(vestiging) },
    { "pipVastgesteld", MEMBER(pip) },
    { 0 },
};

static void write_fields(xmlNode *root, const struct field *field,
                         const struct dossierverzoek *verzoek)
{
    for (; field->element; field++) {
        const char *text = (const char *)verzoek + field->offset;
        if (*text)
            xmldoc_add(root, field->element, text);
    }
}

static void read_fields(const xmlNode *content, const struct field *field,
                        struct dossierverzoek *verzoek)
{
    for (; field->element; field++) {
        const char *text = xmldoc_text(content, field->element);
        snprintf((char *)verzoek + field->offset, field->size, "%s", text ? text : "");
    }
}

xmlDoc *dossierverzoek_build(const struct dossierverzoek *verzoek)
{
    xmlDoc *doc = xmldoc_new(MESSAGE_NS, "dossierverzoek");
    xmlNode *root = xmlDocGetRootElement(doc);

    write_fields(root, WHO, verzoek);
    xmldoc_add(root, "grond", verzoek->grond->name);
    write_fields(root, WHEN, verzoek);
    if (verzoek->toelichting.size > 0)
        xmldoc_add(root, "toelichting", buf_text(&verzoek->toelichting));
    return doc;
}

void dossierverzoek_read(const xmlNode *content, struct dossierverzoek *verzoek)
{
    SCOPED_BUF struct buf naam = { 0 };
    const xmlNode *named = xmldoc_child(content, "naam");
    const char *text = xmldoc_text(content, "toelichting");

    read_fields(content, WHO, verzoek);
    if (named)
        dossier_naam_of(named, &naam);
    snprintf(verzoek->naam, sizeof(verzoek->naam), "%s", buf_text(&naam));
    verzoek->grond = dossierverzoek_grond(xmldoc_text(content, "grond"));
    read_fields(content, WHEN, verzoek);
    if (text)
        buf_add_text(&verzoek->toelichting, text);
}
