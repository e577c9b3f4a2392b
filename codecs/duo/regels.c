/* regels -- see regels.h. The walk and its questions; the rows are in the files of the groups.
 */
#include "codecs/duo/regels.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/datum.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/regels_walk.h"
#include "codecs/xmldoc.h"

#define INSTELLINGEN_MAX                                                                      \
    200 /* of one answer; DUO has no paging, so a full one may lack some */

static const struct duo_regel *const GROUPS[] = {
    DUO_REGELS_PIP,       DUO_REGELS_CONTACT, DUO_REGELS_AANBOD,
    DUO_REGELS_RESULTAAT, DUO_REGELS_UREN,    DUO_REGELS_VERHUIZING,
};
#define GROUP_COUNT (sizeof(GROUPS) / sizeof(GROUPS[0]))

const struct duo_regel *duo_regel_at(size_t index)
{
    for (size_t group = 0; group < GROUP_COUNT; group++)
        for (const struct duo_regel *row = GROUPS[group]; row->id; row++)
            if (index-- == 0)
                return row;
    return NULL;
}

const struct duo_regel *duo_regel_named(const char *id)
{
    const struct duo_regel *row;

    for (size_t i = 0; (row = duo_regel_at(i)); i++)
        if (strcmp(row->id, id) == 0)
            return row;
    return NULL;
}

const char *duo_ernst_name(enum duo_ernst ernst)
{
    return ernst == DUO_WEIGER ? "weiger" : "let op";
}

/* --- the body and the facts ---------------------------------------------------------- */

const char *duo_body_text(const struct duo_walk *walk, const char *member)
{
    return json_string_value(json_object_get(walk->body, member));
}

long duo_body_day(const struct duo_walk *walk, const char *member)
{
    return datum_day(duo_body_text(walk, member));
}

bool duo_body_is(const struct duo_walk *walk, const char *member, const char *text)
{
    const char *own = duo_body_text(walk, member);

    return own && strcmp(own, text) == 0;
}

bool duo_body_has(const struct duo_walk *walk, const char *member)
{
    return json_object_get(walk->body, member) != NULL;
}

const char *duo_read_text(const struct duo_walk *walk, const char *path)
{
    const xmlNode *gelezen = walk->facts->gelezen;

    return gelezen ? xmldoc_text(gelezen, path) : NULL;
}

long duo_read_day(const struct duo_walk *walk, const char *path)
{
    return datum_day(duo_read_text(walk, path));
}

bool duo_is_known(const char *fact)
{
    return fact && *fact;
}

/* `word` among words with a blank between. */
static bool is_among(const char *words, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = words; at && size > 0; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, word, size) == 0 && (at[size] == ' ' || at[size] == '\0'))
            return true;
    }
    return false;
}

bool duo_is_ours(const struct duo_walk *walk, const char *gemeentecode)
{
    return gemeentecode && is_among(walk->facts->gemeentecode, gemeentecode);
}

enum duo_oordeel duo_not_before(long day, long from)
{
    if (day == 0)
        return DUO_GOED;
    if (from == 0)
        return DUO_ONBEKEND;
    return day < from ? DUO_FOUT : DUO_GOED;
}

/* --- questions that several rows ask -------------------------------------------------- */

enum duo_oordeel duo_asiel(const struct duo_walk *walk)
{
    const xmlNode *gelezen = walk->facts->gelezen;
    const xmlNode *at = gelezen ? xmldoc_child(gelezen, "doelgroep") : NULL;

    while (at && xmldoc_child(at, "einddatum"))
        at = xmldoc_next(at);
    const char *indeling = at ? xmldoc_text(at, "indeling") : NULL;
    const char *rechten = at ? xmldoc_text(at, "asielrechtenWijzigingVerblijfsdoel") : NULL;
    if (!indeling)
        return DUO_ONBEKEND;
    if (strcmp(indeling, "Asielstatushouder") == 0)
        return DUO_GOED;
    return rechten ? DUO_ONBEKEND : DUO_FOUT;
}

static const json_t *institution(const struct duo_walk *walk)
{
    const json_t *list = walk->facts->instellingen;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *at = json_array_get(list, i);
        const char *number = json_string_value(json_object_get(at, "instellingsnummer"));
        if (number && walk->facts->instellingsnummer
            && strcmp(number, walk->facts->instellingsnummer) == 0)
            return at;
    }
    return NULL;
}

/* The onderwijsroute asks TST; whether BoW alone then does, is not said. */
enum duo_oordeel duo_keurmerk(const struct duo_walk *walk)
{
    const json_t *list = walk->facts->instellingen, *found = institution(walk);
    const json_t *bow = json_object_get(found, "indicatieBowKeurmerk");
    const json_t *tst = json_object_get(found, "indicatieTstKeurmerk");

    if (!list || (!found && json_array_size(list) >= INSTELLINGEN_MAX))
        return DUO_ONBEKEND;
    if (!found)
        return DUO_FOUT;
    if (walk->pip.leerroute == 'O' && json_is_true(tst))
        return DUO_GOED;
    if (json_is_true(bow))
        return walk->pip.leerroute == 'O' ? DUO_TWIJFEL : DUO_GOED;
    if (json_is_true(tst) && walk->pip.leerroute == '\0')
        return DUO_ONBEKEND;
    return bow || tst ? DUO_FOUT : DUO_ONBEKEND;
}

static bool is_report(const struct duo_walk *walk, const json_t *report, const char *operatie)
{
    const char *name = json_string_value(json_object_get(report, "operatie"));
    const char *at = json_string_value(json_object_get(report, "instellingsnummer"));
    const char *here = walk->facts->instellingsnummer;

    return name && strcmp(name, operatie) == 0
           && (!at || !here || *here == '\0' || strcmp(at, here) == 0);
}

const json_t *duo_reported(const struct duo_walk *walk, const char *operatie)
{
    for (size_t i = json_array_size(walk->facts->gemeld); i > 0; i--) {
        const json_t *report = json_array_get(walk->facts->gemeld, i - 1);
        if (is_report(walk, report, operatie))
            return report;
    }
    return NULL;
}

long duo_reported_day(const json_t *report, const char *member)
{
    const json_t *inhoud = json_object_get(report, "inhoud");

    return datum_day(json_string_value(json_object_get(inhoud, member)));
}

const json_t *duo_offered(const struct duo_walk *walk)
{
    for (size_t i = json_array_size(walk->facts->gemeld); i > 0; i--) {
        const json_t *report = json_array_get(walk->facts->gemeld, i - 1);
        if (is_report(walk, report, "aanbod.intrekken"))
            return NULL;
        if (is_report(walk, report, "aanbod.melden"))
            return report;
    }
    return NULL;
}

const xmlNode *duo_hours_here(const struct duo_walk *walk, const xmlNode *at, bool ours)
{
    const xmlNode *gelezen = walk->facts->gelezen;
    const char *here = walk->facts->instellingsnummer;

    at = at ? xmldoc_next(at) : gelezen ? xmldoc_child(gelezen, "uren") : NULL;
    for (; at; at = xmldoc_next(at)) {
        const char *number = xmldoc_text(at, "taallesEnKnmInstelling/instellingsnummer");
        if (number && here && strcmp(number, here) == 0
            && duo_is_ours(walk, xmldoc_text(at, "gemeentecode")) == ours)
            break;
    }
    return at;
}

/* --- the walk ------------------------------------------------------------------------ */

/* DUO's letter, of "onderwijsroute" too. */
static char route_letter(const char *leerroute)
{
    if (!leerroute)
        return '\0';
    if (strcmp(leerroute, "onderwijsroute") == 0)
        return 'O';
    return *leerroute;
}

static struct duo_huidig pip_read(const struct duo_walk *walk)
{
    const char *gemeentecode = duo_read_text(walk, "pip/gemeentecode");
    const struct duo_facts *facts = walk->facts;

    return (struct duo_huidig){
        .bekend =
            gemeentecode || facts->volledig || (facts->eerste_pip && !*facts->eerste_pip),
        .bestaat = gemeentecode != NULL,
        .eigen = duo_is_ours(walk, gemeentecode),
        .dagtekening = duo_read_day(walk, "pip/dagtekening"),
        .leerroute = route_letter(duo_read_text(walk, "pip/leerroute")),
    };
}

/* The one we reported, unless what was read is later: a PIP never goes back in time (PIP-4).
 */
static void find_pip(struct duo_walk *walk)
{
    const json_t *melding = duo_reported(walk, "pip.melden");
    const json_t *leerroute = json_object_get(json_object_get(melding, "inhoud"), "leerroute");
    long on = datum_day(json_string_value(json_object_get(melding, "op")));
    long dagtekening = duo_reported_day(melding, "dagtekeningPip");

    walk->pip = pip_read(walk);
    if (!melding || on < walk->gelezen_op || dagtekening < walk->pip.dagtekening)
        return;
    walk->pip = (struct duo_huidig){
        .bekend = true,
        .bestaat = true,
        .eigen = true,
        .dagtekening = dagtekening,
        .leerroute = route_letter(json_string_value(leerroute)),
    };
}

static struct duo_walk walk_of(const char *operatie, const json_t *body,
                               const struct duo_facts *facts)
{
    struct duo_walk walk = { .operatie = operatie, .body = body, .facts = facts };
    const xmlNode *gelezen = facts->gelezen;
    xmlChar *op = gelezen ? xmlGetNoNsProp((xmlNode *)gelezen, BAD_CAST "op") : NULL;

    walk.vandaag = datum_day(facts->vandaag);
    walk.gelezen_op = datum_day((const char *)op);
    walk.start = duo_read_day(&walk, "inburgeringstermijn/startdatum");
    walk.einde = duo_read_day(&walk, "inburgeringstermijn/einddatum");
    xmlFree(op);
    find_pip(&walk);
    return walk;
}

static bool is_about(const struct duo_regel *row, const struct duo_operation *operation)
{
    if (strcmp(row->operatie, "*") == 0)
        return strstr(operation->path, "{bsn}") != NULL;
    return is_among(row->operatie, operation->name);
}

static void refuse(const struct duo_regel *row, struct fault *fault)
{
    fault_set(fault, FAULT_RULE, "DUO would refuse (rule %s): %s", row->id, row->nl);
    fault_advise(fault, "%s", row->doen);
}

bool duo_regels(const struct duo_operation *operation, const json_t *body,
                const struct duo_facts *facts, duo_bevinding_each *each, void *context,
                struct fault *fault)
{
    const struct duo_walk walk = walk_of(operation->name, body, facts);
    const struct duo_regel *row;
    bool good = true;

    for (size_t i = 0; (row = duo_regel_at(i)); i++) {
        if (!row->check || !is_about(row, operation))
            continue;
        struct duo_bevinding bevinding = { row, DUO_LET_OP, row->check(&walk) };
        if (bevinding.oordeel == DUO_GOED)
            continue;
        if (bevinding.oordeel == DUO_FOUT)
            bevinding.ernst = row->ernst;
        if (bevinding.ernst == DUO_WEIGER && good)
            refuse(row, fault);
        good = good && bevinding.ernst != DUO_WEIGER;
        if (each)
            each(context, &bevinding);
    }
    return good;
}

void duo_bevinding_text(const struct duo_bevinding *bevinding, struct buf *text)
{
    const struct duo_regel *row = bevinding->regel;

    if (bevinding->oordeel == DUO_ONBEKEND)
        buf_addf(text, "hier niet te controleren, want niet bekend is %s; DUO weigert als: ",
                 row->nodig);
    buf_addf(text, "%s; %s", row->nl, row->doen);
    if (bevinding->oordeel == DUO_TWIJFEL)
        buf_add_text(text, " (DUO spreekt zichzelf hier tegen en beslist zelf)");
}

/* --- how long we may still ask -------------------------------------------------------- */

static bool access_ends(const struct duo_walk *walk, long *last)
{
    const struct duo_facts *facts = walk->facts;
    long left = datum_day(facts->vertrek), from = walk->pip.dagtekening;
    long registered = datum_day(facts->pip_geregistreerd);

    if (left == 0 || !walk->pip.bekend || (walk->pip.bestaat && walk->pip.eigen))
        return false;
    *last = left - 1;
    if (!walk->pip.bestaat || (facts->eerste_pip && !*facts->eerste_pip))
        return true;
    if (facts->toegang_vanaf == DUO_VANAF_REGISTRATIE && registered > from)
        from = registered; /* none is registered before it was signed */
    if (from > 0 && datum_add_months(from, 1) - 1 > *last)
        *last = datum_add_months(from, 1) - 1;
    return from > 0;
}

bool duo_access_until(const struct duo_facts *facts, char datum[11])
{
    const struct duo_walk walk = walk_of("", NULL, facts);
    long last = 0;

    if (!access_ends(&walk, &last))
        return false;
    datum_format(last, datum);
    return true;
}
