/* melding -- see melding.h. ROWS is the list of what is reported, in order. */
#include "gateway/melding.h"

#include <stdio.h>
#include <string.h>

#include "codecs/duo/shape.h"
#include "codecs/xmldoc.h"

struct making {
    struct melding_bron *bron;
    struct meldingen *meldingen;
    const struct row *row;
};

struct row {
    enum rol rol;
    const char *onderwerp, *operation;
    bool asiel; /* only for asielstatushouders */
    void (*make)(struct making *m);
};

/* --- one melding ------------------------------------------------------------------------ */

static const char *const UITKOMSTEN[MELDING_UITKOMSTEN] = {
    [MELDING_GEREED] = "gereed",
    [MELDING_GEMELD] = "in de uitbak",
    [MELDING_AL_GEMELD] = "al gemeld",
    [MELDING_GEWEIGERD] = "tegengehouden",
    [MELDING_OVERGESLAGEN] = "niet van ons",
};

const char *melding_uitkomst_name(enum melding_uitkomst uitkomst)
{
    return UITKOMSTEN[uitkomst];
}

void melding_finish_all(struct meldingen *meldingen)
{
    for (size_t i = 0; i < meldingen->count; i++) {
        json_decref(meldingen->item[i].body);
        json_decref(meldingen->item[i].bevindingen);
    }
    meldingen->count = 0;
}

static void add_bevinding(json_t *list, const char *regel, const char *ernst,
                          const char *tekst)
{
    json_array_append_new(
        list, json_pack("{s:s, s:s, s:s}", "regel", regel, "ernst", ernst, "tekst", tekst));
}

static void note_bevinding(void *context, const struct duo_bevinding *bevinding)
{
    SCOPED_BUF struct buf tekst = { 0 };

    duo_bevinding_text(bevinding, &tekst);
    add_bevinding(context, bevinding->regel->id, duo_ernst_name(bevinding->ernst),
                  buf_text(&tekst));
}

/* NULL when there is no more room. */
static struct melding *new_melding(struct making *m, const char *operation)
{
    struct meldingen *list = m->meldingen;

    if (list->count == MELDINGEN_MAX)
        return NULL;
    struct melding *new = &list->item[list->count++];
    *new = (struct melding){ .onderwerp = m->row->onderwerp,
                             .operation = duo_operation_named(operation),
                             .bevindingen = json_array() };
    if (strstr(new->operation->path, "{bsn}"))
        snprintf(new->address.bsn, sizeof(new->address.bsn), "%s", m->bron->persoon->bsn);
    return new;
}

/* What is ready counts as reported for those behind it. */
static void count_as_gemeld(struct making *m, const struct melding *melding)
{
    json_t *gemeld = (json_t *)m->bron->facts.gemeld;

    json_array_append_new(
        gemeld, json_pack("{s:s, s:s, s:s, s:O*}", "operatie", melding->operation->name, "op",
                          m->bron->facts.vandaag, "instellingsnummer",
                          melding->address.instellingsnummer, "inhoud", melding->body));
}

static void judge(struct making *m, struct melding *melding)
{
    struct duo_facts facts = m->bron->facts;
    struct fault refusal = { 0 };

    facts.instellingsnummer =
        melding->address.instellingsnummer[0] ? melding->address.instellingsnummer : NULL;
    bool good = duo_regels(melding->operation, melding->body, &facts, note_bevinding,
                           melding->bevindingen, &refusal);
    melding->uitkomst = good ? MELDING_GEREED : MELDING_GEWEIGERD;
    if (good)
        count_as_gemeld(m, melding);
}

static void skip(struct making *m, const char *operation, const char *why)
{
    struct melding *melding = new_melding(m, operation);

    if (!melding)
        return;
    melding->uitkomst = MELDING_OVERGESLAGEN;
    add_bevinding(melding->bevindingen, "REL", "let op", why);
}

/* A dossier that lacks what DUO must have is a reason too; its fault names the member. */
static void fill(struct making *m, struct melding *melding, const xmlNode *element)
{
    struct fault missing = { 0 };

    if (duo_to_json(melding->operation->body, element, &melding->body, &missing)) {
        judge(m, melding);
        return;
    }
    melding->uitkomst = MELDING_GEWEIGERD;
    add_bevinding(melding->bevindingen, "schema", duo_ernst_name(DUO_WEIGER), missing.text);
}

static void report(struct making *m, const xmlNode *element)
{
    struct melding *melding = new_melding(m, m->row->operation);

    if (melding)
        fill(m, melding, element);
}

/* --- the new municipality ---------------------------------------------------------------- */

static const xmlNode *last_of(const xmlNode *node)
{
    for (const xmlNode *next = node; next; next = xmldoc_next(next))
        node = next;
    return node;
}

/* A copy of an element with its namespace, alone in a document. */
static xmlDoc *copy_of(const xmlNode *element)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");

    xmlDocSetRootElement(doc, xmlDocCopyNode((xmlNode *)element, doc, 1));
    xmlReconciliateNs(doc, xmlDocGetRootElement(doc));
    return doc;
}

static void set_text(xmlDoc *doc, const char *path, const char *text)
{
    xmlNode *node = xmldoc_at(xmlDocGetRootElement(doc), path);

    if (node)
        xmlNodeSetContent(node, BAD_CAST text);
}

/* The newest PIP of the dossier as it is taken over: what was agreed, dated by us (REL-1). */
static void make_pip(struct making *m)
{
    const xmlNode *versie = last_of(xmldoc_at(m->bron->dossier, "pip/versie"));

    if (!versie) {
        skip(m, m->row->operation,
             "het dossier heeft geen PIP: stel er een vast en geef het "
             "met --dossier");
        return;
    }
    SCOPED_XMLDOC xmlDoc *doc = copy_of(versie);
    set_text(doc, "dagtekening", m->bron->dagtekening);
    report(m, xmlDocGetRootElement(doc));
}

/* With a number DUO gave before, the person is coupled at once; else DUO is told of the
 * contact first, and its answer brings the number (melding_koppel.c). */
static void make_contact(struct making *m)
{
    bool known = m->bron->contact_id > 0;

    if (!m->bron->contact)
        return;
    struct melding *melding =
        new_melding(m, known ? "contactpersoon.koppelen" : "contactpersoon.melden");
    if (!melding)
        return;
    if (known)
        snprintf(melding->address.id, sizeof(melding->address.id), "%lld",
                 (long long)m->bron->contact_id);
    else
        melding->body = json_incref(m->bron->contact);
    judge(m, melding);
}

/* In this form dates are in the order of time as texts. */
static bool is_own(const struct making *m, const xmlNode *traject)
{
    const char *since = xmldoc_text(traject, "datumInburgeringsaanbod");

    return since && strcmp(since, m->bron->dagtekening) >= 0;
}

static void address_traject(struct melding *melding, const xmlNode *traject)
{
    const char *number = xmldoc_text(traject, "aanbieder/instellingsnummer");

    snprintf(melding->address.instellingsnummer, sizeof(melding->address.instellingsnummer),
             "%s", number ? number : "");
}

/* What an aanbod must say stands in the PIP when the traject is silent. */
static void complete_traject(xmlDoc *doc, const xmlNode *dossier)
{
    const xmlNode *versie = last_of(xmldoc_at(dossier, "pip/versie"));
    const char *alfabetisering = versie ? xmldoc_text(versie, "alfabetisering") : NULL;
    xmlNode *root = xmlDocGetRootElement(doc);

    if (!xmldoc_child(root, "alfabetisering"))
        xmldoc_add(root, "alfabetisering", alfabetisering ? alfabetisering : "NVT");
}

static void report_traject(struct making *m, const xmlNode *traject, const char *until)
{
    struct melding *melding = new_melding(m, m->row->operation);
    SCOPED_XMLDOC xmlDoc *doc = copy_of(traject);
    const char *end = xmldoc_text(traject, "beoogdeEinddatum");

    if (!melding)
        return;
    complete_traject(doc, m->bron->dossier);
    if (until && *until && end && strcmp(end, until) > 0)
        set_text(doc, "beoogdeEinddatum", until);
    address_traject(melding, traject);
    fill(m, melding, xmlDocGetRootElement(doc));
}

static bool has_number(const xmlNode *traject)
{
    return xmldoc_text(traject, "aanbieder/instellingsnummer") != NULL;
}

static void make_own_aanbod(struct making *m)
{
    bool foreign = false;

    for (const xmlNode *at = xmldoc_at(m->bron->dossier, "voortgang/traject"); at;
         at = xmldoc_next(at)) {
        if (has_number(at) && is_own(m, at))
            report_traject(m, at, NULL);
        foreign = foreign || (has_number(at) && !is_own(m, at));
    }
    if (foreign)
        skip(m, m->row->operation,
             "het aanbod van de vorige gemeente gaat niet mee (REL-7): meld het eigen aanbod "
             "met --dossier, met een datum vanaf de dagtekening van het PIP");
}

/* --- hours --------------------------------------------------------------------------------
 */

static void make_uren(struct making *m)
{
    for (const xmlNode *at = xmldoc_at(m->bron->dossier, "voortgang/traject"); at;
         at = xmldoc_next(at))
        if (has_number(at) && xmldoc_child(at, "uren"))
            report_traject(m, at, NULL);
}

/* REL-9: the own hours only, never those that the former municipality reported. */
static void make_own_uren(struct making *m)
{
    for (const xmlNode *at = xmldoc_at(m->bron->dossier, "voortgang/traject"); at;
         at = xmldoc_next(at))
        if (has_number(at) && xmldoc_child(at, "uren") && is_own(m, at))
            report_traject(m, at, NULL);
}

static void make_intake(struct making *m)
{
    const xmlNode *uren = xmldoc_at(m->bron->dossier, "intake/urenTaallesEnKnm");

    if (uren)
        report(m, uren);
}

static void make_participatie(struct making *m)
{
    const xmlNode *uren = xmldoc_at(m->bron->dossier, "voortgang/zroute/urenParticipatie");

    if (uren)
        report(m, uren);
}

static void make_zroute(struct making *m)
{
    const xmlNode *zroute = xmldoc_at(m->bron->dossier, "voortgang/zroute");

    if (zroute && xmldoc_child(zroute, "datumAfronding"))
        report(m, zroute);
}

/* A date, or a judgement without one. */
static void make_deel(struct making *m, const char *part)
{
    const xmlNode *deel = xmldoc_at(m->bron->dossier, part);

    if (deel && (xmldoc_child(deel, "datumBehaald") || xmldoc_child(deel, "verwijtbaar")))
        report(m, deel);
}

static void make_map(struct making *m)
{
    make_deel(m, "voortgang/map");
}

static void make_pvt(struct making *m)
{
    make_deel(m, "voortgang/pvt");
}

static bool differs(const char *text, const char *read)
{
    return text && (!read || strcmp(text, read) != 0);
}

/* After its own PIP a municipality may tell MAP and PVT; what DUO has already needs no
 * telling.
 */
static void make_own_deel(struct making *m, const char *part, const char *read)
{
    const xmlNode *deel = xmldoc_at(m->bron->dossier, part);
    const xmlNode *gelezen = m->bron->facts.gelezen;

    if (m->bron->own && deel
        && differs(xmldoc_text(deel, "datumBehaald"),
                   gelezen ? xmldoc_text(gelezen, read) : NULL))
        report(m, deel);
}

static void make_own_map(struct making *m)
{
    make_own_deel(m, "voortgang/map", "datumEindgesprekMap");
}

static void make_own_pvt(struct making *m)
{
    make_own_deel(m, "voortgang/pvt", "datumOndertekeningPvt");
}

/* The course may go on, the aanbod of who is left does not: it ends on the day of the move. */
static void make_end_of_aanbod(struct making *m)
{
    for (const xmlNode *at = xmldoc_at(m->bron->dossier, "voortgang/traject"); at;
         at = xmldoc_next(at))
        if (has_number(at) && xmldoc_child(at, "datumInburgeringsaanbod"))
            report_traject(m, at, m->bron->o->vestiging);
}

/* --- all ----------------------------------------------------------------------------------
 */

/* Of who is left first what the new PIP closes: a refused report stops those behind it. */
/* clang-format off */
static const struct row ROWS[] = {
    { ROL_ONTVANGER,   "pip",            "pip.melden",             false, make_pip },
    { ROL_ONTVANGER,   "contactpersoon", "contactpersoon.melden",  false, make_contact },
    { ROL_ONTVANGER,   "aanbod",         "aanbod.melden",          true,  make_own_aanbod },
    { ROL_ONTVANGER,   "uren",           "uren-instelling.melden", true,  make_own_uren },
    { ROL_ONTVANGER,   "map",            "map.melden",             false, make_own_map },
    { ROL_ONTVANGER,   "pvt",            "pvt.melden",             false, make_own_pvt },
    { ROL_VERSTREKKER, "map",            "map.melden",             false, make_map },
    { ROL_VERSTREKKER, "pvt",            "pvt.melden",             false, make_pvt },
    { ROL_VERSTREKKER, "uren",           "uren-bredeintake.melden", true, make_intake },
    { ROL_VERSTREKKER, "uren",           "uren-participatie.melden", true, make_participatie },
    { ROL_VERSTREKKER, "uren",           "uren-instelling.melden", true,  make_uren },
    { ROL_VERSTREKKER, "zroute",         "zroute.melden",          false, make_zroute },
    { ROL_VERSTREKKER, "aanbod",         "aanbod.melden",          true,  make_end_of_aanbod },
};
/* clang-format on */
#define ROW_COUNT (sizeof(ROWS) / sizeof(ROWS[0]))

static bool is_asked(const struct melding_bron *bron, const struct row *row)
{
    return row->rol == bron->o->rol
           && (!*bron->only || strcmp(bron->only, row->onderwerp) == 0);
}

static bool knows_subject(const struct melding_bron *bron, struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };

    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (is_asked(bron, &ROWS[i]))
            return true;
        if (ROWS[i].rol == bron->o->rol && !strstr(buf_text(&names), ROWS[i].onderwerp))
            buf_addf(&names, "%s%s", names.size ? ", " : "", ROWS[i].onderwerp);
    }
    return fault_set(fault, FAULT_USAGE, "--only: one of %.200s (%s)", buf_text(&names),
                     rol_name(bron->o->rol));
}

static bool is_asiel(const xmlNode *dossier)
{
    const char *doelgroep = xmldoc_text(dossier, "persoon/doelgroep");

    return doelgroep && strcmp(doelgroep, "Asielstatushouder") == 0;
}

bool melding_make_all(struct melding_bron *bron, struct meldingen *meldingen,
                      struct fault *fault)
{
    struct making m = { .bron = bron, .meldingen = meldingen };
    bool asiel = is_asiel(bron->dossier);

    if (!knows_subject(bron, fault))
        return false;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        m.row = &ROWS[i];
        if (is_asked(bron, m.row) && (asiel || !m.row->asiel))
            m.row->make(&m);
    }
    return true;
}

json_t *melding_json(const struct meldingen *meldingen, bool bodies)
{
    json_t *list = json_array();

    for (size_t i = 0; i < meldingen->count; i++) {
        const struct melding *melding = &meldingen->item[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:O, s:O*}", "onderwerp", melding->onderwerp,
                            "operatie", melding->operation->name, "uitkomst",
                            UITKOMSTEN[melding->uitkomst], "bericht", melding->bericht,
                            "bevindingen", melding->bevindingen, "body",
                            bodies ? melding->body : NULL));
    }
    return list;
}
