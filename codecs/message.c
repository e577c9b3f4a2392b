/* message -- see message.h. The header is one table, read in both directions. */
#include "codecs/message.h"

#include <stdio.h>
#include <string.h>

#include "codecs/aanvulling.h"
#include "codecs/dossier.h"
#include "codecs/moment.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"

static const char *const NAMES[SOORTEN] = {
    [SOORT_PING] = "ping",
    [SOORT_DOSSIERVERZOEK] = "dossierverzoek",
    [SOORT_DOSSIER] = "dossier",
    [SOORT_VERZOEKAFWIJZING] = "verzoekafwijzing",
    [SOORT_OVERNAME] = "overname",
    [SOORT_WEIGERING] = "weigering",
    [SOORT_AANVULLING] = "aanvulling",
    [SOORT_INTREKKING] = "intrekking",
    [SOORT_INTREKKINGBEVESTIGING] = "intrekkingbevestiging",
};

const char *soort_name(enum soort soort)
{
    return NAMES[soort];
}

bool soort_from_name(const char *name, enum soort *soort)
{
    for (int i = 0; i < SOORTEN; i++)
        if (strcmp(NAMES[i], name) == 0) {
            *soort = (enum soort)i;
            return true;
        }
    return false;
}

/* --- the header ---------------------------------------------------------------------- */

/* How a member of struct kop looks as text; "" is written as no element at all. Reading is
 * strict by itself: it happens before the schema judges. */
struct kind {
    bool (*read)(const char *text, void *member, size_t size);
    void (*write)(const void *member, char *text, size_t size);
};

static bool text_read(const char *text, void *member, size_t size)
{
    return *text && (size_t)snprintf(member, size, "%s", text) < size;
}

static void text_write(const void *member, char *text, size_t size)
{
    (void)snprintf(text, size, "%s", (const char *)member);
}

static bool uuid_read(const char *text, void *member, size_t size)
{
    return uuid_valid(text) && text_read(text, member, size);
}

/* An OIN or a gemeentecode: as many digits as the member has room for. */
static bool digits_read(const char *text, void *member, size_t size)
{
    return strlen(text) == size - 1 && strspn(text, "0123456789") == size - 1
           && text_read(text, member, size);
}

static bool soort_read(const char *text, void *member, size_t size)
{
    (void)size;
    return soort_from_name(text, member);
}

static void soort_write(const void *member, char *text, size_t size)
{
    (void)snprintf(text, size, "%s", NAMES[*(const enum soort *)member]);
}

static bool moment_read(const char *text, void *member, size_t size)
{
    (void)size;
    return moment_parse(text, member);
}

static void moment_write(const void *member, char *text, size_t size)
{
    (void)size;
    moment_format(*(const time_t *)member, text);
}

/* A later 1.x may add; what it adds may not change what is here. */
static bool versie_read(const char *text, void *member, size_t size)
{
    (void)member;
    (void)size;
    return strncmp(text, "1.", 2) == 0;
}

static void versie_write(const void *member, char *text, size_t size)
{
    (void)member;
    (void)snprintf(text, size, "%s", MESSAGE_VERSION);
}

static const struct kind TEXT = { text_read, text_write };
static const struct kind ID = { uuid_read, text_write };
static const struct kind DIGITS = { digits_read, text_write };
static const struct kind SOORT = { soort_read, soort_write };
static const struct kind MOMENT = { moment_read, moment_write };
static const struct kind VERSIE = { versie_read, versie_write };

#define MEMBER(name) offsetof(struct kop, name), sizeof(((struct kop *)NULL)->name)

/* clang-format off */
/* In the order of the schema. */
static const struct field {
    const char *path;
    size_t offset, size;
    const struct kind *kind;
    bool required;
} FIELDS[] = {
    { "berichtId",               MEMBER(bericht_id),             &ID,     true },
    { "overdrachtId",            MEMBER(overdracht_id),          &ID,     true },
    { "soort",                   MEMBER(soort),                  &SOORT,  true },
    { "afzender/oin",            MEMBER(afzender.oin),           &DIGITS, true },
    { "afzender/gemeentecode",   MEMBER(afzender.gemeentecode),  &DIGITS, true },
    { "ontvanger/oin",           MEMBER(ontvanger.oin),          &DIGITS, true },
    { "ontvanger/gemeentecode",  MEMBER(ontvanger.gemeentecode), &DIGITS, true },
    { "gemaakt",                 MEMBER(gemaakt),                &MOMENT, true },
    { "geldigTot",               MEMBER(geldig_tot),             &MOMENT, true },
    { "antwoordOp",              MEMBER(antwoord_op),            &ID,     false },
    { "contactpersoon/naam",     MEMBER(contact.naam),           &TEXT,   false },
    { "contactpersoon/telefoon", MEMBER(contact.telefoon),       &TEXT,   false },
    { "contactpersoon/email",    MEMBER(contact.email),          &TEXT,   false },
    { "versie",                  0, 0,                           &VERSIE, true },
};
/* clang-format on */

#define FIELD_COUNT (sizeof(FIELDS) / sizeof(FIELDS[0]))

static bool field_read(const struct field *field, const char *text, struct kop *kop,
                       struct fault *fault)
{
    if (!text)
        return !field->required
               || fault_set(fault, FAULT_DOCUMENT, "bericht/kop/%s: is missing", field->path);
    return field->kind->read(text, (char *)kop + field->offset, field->size)
           || fault_set(fault, FAULT_DOCUMENT,
                        "bericht/kop/%s: is not of the form it must have", field->path);
}

/* Elements that hold no elements, two levels down. */
static size_t count_leaves(const xmlNode *kop)
{
    size_t count = 0;

    for (xmlNode *at = xmlFirstElementChild((xmlNode *)kop); at;
         at = xmlNextElementSibling(at)) {
        unsigned long inside = xmlChildElementCount(at);
        count += inside > 0 ? inside : 1;
    }
    return count;
}

static bool kop_read(const xmlNode *from, struct kop *kop, struct fault *fault)
{
    size_t read = 0;

    *kop = (struct kop){ 0 };
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const char *text = xmldoc_text(from, FIELDS[i].path);
        if (!field_read(&FIELDS[i], text, kop, fault))
            return false;
        read += text != NULL;
    }
    return read == count_leaves(from)
           || fault_set(fault, FAULT_DOCUMENT,
                        "bericht/kop: holds something twice, or something else");
}

/* "afzender/oin": makes afzender when it is not there yet. */
static void add_at(xmlNode *parent, const char *path, const char *text)
{
    char step[32];
    size_t size = strcspn(path, "/");

    if (path[size]) {
        (void)snprintf(step, sizeof(step), "%.*s", (int)size, path);
        xmlNode *child = xmldoc_child(parent, step);
        parent = child ? child : xmldoc_add(parent, step, NULL);
        path += size + 1;
    }
    xmldoc_add(parent, path, text);
}

static void kop_write(xmlNode *to, const struct kop *kop)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &FIELDS[i];
        char text[sizeof(kop->contact.naam)] = { 0 };
        field->kind->write((const char *)kop + field->offset, text, sizeof(text));
        if (text[0])
            add_at(to, field->path, text);
    }
}

/* --- the content --------------------------------------------------------------------- */

/* What XSD 1.0 cannot say: with this code, that element must be there, and only then. */
/* clang-format off */
static const struct {
    enum soort soort;
    const char *code, *element;
    bool only;
} COMPANIONS[] = {
    { SOORT_VERZOEKAFWIJZING, "verhuisd",       "gemeentecode", true },
    { SOORT_VERZOEKAFWIJZING, "in-behandeling", "verwachtOp",   true },
    { SOORT_WEIGERING,        "onvolledig",     "onderdelen",   true },
    { SOORT_WEIGERING,        "anders",         "toelichting",  false },
    { SOORT_INTREKKING,       "anders",         "toelichting",  false },
};
/* clang-format on */

static bool companions_fit(const xmlNode *content, enum soort soort, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(COMPANIONS) / sizeof(COMPANIONS[0]); i++) {
        if (COMPANIONS[i].soort != soort)
            continue;
        const char *code = COMPANIONS[i].code, *element = COMPANIONS[i].element;
        bool present = xmldoc_child(content, element) != NULL;
        bool asked = strcmp(xmldoc_text(content, "code"), code) == 0;
        if (asked && !present)
            return fault_set(fault, FAULT_RULE, "bericht/%s: code %s needs %s", NAMES[soort],
                             code, element);
        if (present && !asked && COMPANIONS[i].only)
            return fault_set(fault, FAULT_RULE, "bericht/%s/%s: belongs to code %s only",
                             NAMES[soort], element, code);
    }
    return true;
}

static bool bsn_fits(const xmlNode *content, enum soort soort, struct fault *fault)
{
    const char *bsn = soort == SOORT_DOSSIERVERZOEK ? xmldoc_text(content, "bsn") : NULL;

    return !bsn || dossier_bsn_valid(bsn)
           || fault_set(fault, FAULT_RULE, "bericht/dossierverzoek/bsn: fails the 11-test");
}

static bool content_fits(xmlDoc *doc, enum soort soort, struct fault *fault)
{
    const xmlNode *content = message_content(doc);

    if (strcmp((const char *)content->name, NAMES[soort]) != 0)
        return fault_set(fault, FAULT_SCHEMA, "bericht/%s: kop/soort says %s",
                         (const char *)content->name, NAMES[soort]);
    return companions_fit(content, soort, fault) && bsn_fits(content, soort, fault);
}

xmlNode *message_content(xmlDoc *doc)
{
    return xmlNextElementSibling(xmldoc_child(xmlDocGetRootElement(doc), "kop"));
}

xmlNode *message_dossier(xmlDoc *doc)
{
    xmlNode *content = message_content(doc);

    if (xmldoc_is(content, DOSSIER_NS, "dossier"))
        return content;
    return xmldoc_is(content, MESSAGE_NS, "aanvulling") ? aanvulling_dossier(content) : NULL;
}

xmlDoc *message_alone(xmlDoc *doc)
{
    xmlNode *dossier = message_dossier(doc);
    xmlDoc *alone = xmlNewDoc(BAD_CAST "1.0");

    xmlDocSetRootElement(alone,
                         xmlDocCopyNode(dossier ? dossier : message_content(doc), alone, 1));
    xmlReconciliateNs(alone, xmlDocGetRootElement(alone));
    return alone;
}

/* --- both ways ----------------------------------------------------------------------- */

bool message_validate(xmlDoc *doc, const struct kop *kop, struct fault *fault)
{
    return schema_validate(SCHEMA_BERICHT, doc, NULL, NULL, fault)
           && content_fits(doc, kop->soort, fault);
}

bool message_build(const struct kop *kop, const xmlNode *inhoud, xmlDoc **doc,
                   struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *built = xmldoc_new(MESSAGE_NS, "bericht");
    xmlNode *root = xmlDocGetRootElement(built);

    kop_write(xmldoc_add(root, "kop", NULL), kop);
    if (inhoud)
        xmldoc_add_copy(root, inhoud);
    else
        xmldoc_add(root, NAMES[kop->soort], NULL);
    if (!message_validate(built, kop, fault))
        return false;
    *doc = built;
    built = NULL;
    return true;
}

bool message_parse(const struct buf *canonical, xmlDoc **doc, struct kop *kop,
                   struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *read = NULL;

    if (!xmldoc_parse(canonical->data, canonical->size, &read, fault))
        return false;
    const xmlNode *root = xmlDocGetRootElement(read);
    if (!xmldoc_is(root, MESSAGE_NS, "bericht") || !xmldoc_child(root, "kop"))
        return fault_set(fault, FAULT_DOCUMENT, "this is not a bericht with a kop");
    if (!kop_read(xmldoc_child(root, "kop"), kop, fault))
        return false;
    *doc = read;
    read = NULL;
    return true;
}
