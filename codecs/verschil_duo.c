/* verschil_duo -- what the dossier says against what was read at DUO (verschil.h).
 *
 * DUO shows hours per municipality and institution; in the dossier a traject belongs to the
 * municipality whose PIP was in force when it began.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/verschil.h"
#include "codecs/xmldoc.h"

#define DAY_SIZE 11

struct walk {
    verschil_each *each;
    void *context;
    int count;
};

static void tell(struct walk *walk, const struct verschil *verschil)
{
    walk->count++;
    if (walk->each)
        walk->each(walk->context, verschil);
}

/* strict: silence on one side is a difference too. */
static void compare(struct walk *walk, struct verschil verschil, bool strict)
{
    const char *van = verschil.van, *naar = verschil.naar;

    if ((!van && !naar) || (van && naar && strcmp(van, naar) == 0))
        return;
    if (!strict && (!van || !naar))
        return;
    verschil.wat = !van ? VERSCHIL_NIEUW : naar ? VERSCHIL_GEWIJZIGD : VERSCHIL_VERVALLEN;
    tell(walk, &verschil);
}

/* --- single facts -------------------------------------------------------------------- */

static const xmlNode *last_of(const xmlNode *node)
{
    for (const xmlNode *next = node; next; next = xmldoc_next(next))
        node = next;
    return node;
}

/* The group somebody belongs to now is the one without an end. */
static const xmlNode *current_doelgroep(const xmlNode *gelezen)
{
    const xmlNode *at = xmldoc_child(gelezen, "doelgroep");

    while (at && xmldoc_child(at, "einddatum"))
        at = xmldoc_next(at);
    return at;
}

/* Art. 11 Wet inburgering 2021: the term begins the day after the first PIP. */
static const char *day_after(const char *date, char text[DAY_SIZE])
{
    struct tm day = { 0 };

    if (!date || !strptime(date, "%Y-%m-%d", &day))
        return NULL;
    day.tm_mday++;
    time_t moment = timegm(&day);
    gmtime_r(&moment, &day);
    return strftime(text, DAY_SIZE, "%Y-%m-%d", &day) > 0 ? text : NULL;
}

static void compare_term(struct walk *walk, const xmlNode *dossier, const xmlNode *gelezen)
{
    char begin[DAY_SIZE];
    const char *first = xmldoc_text(dossier, "pip/versie/dagtekening");

    compare(walk,
            (struct verschil){ "pip", "pip/versie/dagtekening",
                               "begin van de termijn, de dag na het eerste PIP",
                               VERSCHIL_NIEUW, day_after(first, begin),
                               xmldoc_text(gelezen, "inburgeringstermijn/startdatum") },
            false);
}

/* The newest report of a PIP must not be older than the newest PIP. Days in this form are in
 * the order of time as texts. */
static void compare_report(struct walk *walk, const xmlNode *dossier)
{
    const xmlNode *versie = last_of(xmldoc_at(dossier, "pip/versie"));
    const char *made = versie ? xmldoc_text(versie, "dagtekening") : NULL, *told = NULL;

    for (const xmlNode *at = xmldoc_at(dossier, "duo/gemeld"); at; at = xmldoc_next(at))
        if (strcmp(xmldoc_text(at, "onderwerp"), "PIP") == 0
            && (!told || strcmp(xmldoc_text(at, "datum"), told) > 0))
            told = xmldoc_text(at, "datum");
    if (made && told && strcmp(told, made) < 0)
        compare(walk,
                (struct verschil){ "pip", "pip/versie/dagtekening",
                                   "laatste PIP, en wanneer er een aan DUO is gemeld",
                                   VERSCHIL_NIEUW, made, told },
                true);
}

static bool has_status(const xmlNode *part, const char *wanted)
{
    const xmlAttr *status = xmlHasProp((xmlNode *)part, BAD_CAST "status");

    return status && status->children
           && strcmp((const char *)status->children->content, wanted) == 0;
}

/* Of a part that is empty or withheld nothing is to be said. */
static bool is_delivered(const xmlNode *dossier, const char *part)
{
    const xmlNode *node = xmldoc_child(dossier, part);

    return node && has_status(node, "geleverd");
}

/* The dossier says that there is no PIP, and DUO has one. */
static void compare_none(struct walk *walk, const xmlNode *dossier, const xmlNode *gelezen)
{
    const xmlNode *pip = xmldoc_child(dossier, "pip");

    if (pip && has_status(pip, "leeg"))
        compare(walk,
                (struct verschil){ "pip", "pip", "PIP, dagtekening", VERSCHIL_NIEUW, NULL,
                                   xmldoc_text(gelezen, "pip/dagtekening") },
                true);
}

static void compare_facts(struct walk *walk, const xmlNode *dossier, const xmlNode *gelezen)
{
    const xmlNode *versie = last_of(xmldoc_at(dossier, "pip/versie"));
    const xmlNode *groep = current_doelgroep(gelezen);
    /* clang-format off */
    const struct {
        const xmlNode *van;
        const char *van_path;
        const xmlNode *naar;
        const char *naar_path, *part, *path, *label;
        bool strict;
    } FACTS[] = {
        { dossier, "persoon/doelgroep", groep, "indeling",
          "persoon", "persoon/doelgroep", "doelgroep", false },
        { versie, "leerroute", gelezen, "pip/leerroute",
          "pip", "pip/versie/leerroute", "leerroute", false },
        { versie, "niveau", gelezen, "pip/niveau",
          "pip", "pip/versie/niveau", "niveau", false },
        { versie, "dagtekening", gelezen, "pip/dagtekening",
          "pip", "pip/versie/dagtekening", "laatste PIP, dagtekening", false },
        { versie, "gemeentecode", gelezen, "pip/gemeentecode",
          "pip", "pip/versie/gemeentecode", "laatste PIP, gemeente", false },
        { versie, "map/uiterlijkBehaaldOp", gelezen, "termijnMap",
          "pip", "pip/versie/map/uiterlijkBehaaldOp", "MAP, uiterlijk behaald op", false },
        { versie, "pvt/uiterlijkBehaaldOp", gelezen, "termijnPvt",
          "pip", "pip/versie/pvt/uiterlijkBehaaldOp", "PVT, uiterlijk behaald op", false },
        { dossier, "voortgang/map/datumBehaald", gelezen, "datumEindgesprekMap",
          "voortgang", "voortgang/map/datumBehaald", "MAP, eindgesprek", true },
        { dossier, "voortgang/pvt/datumBehaald", gelezen, "datumOndertekeningPvt",
          "voortgang", "voortgang/pvt/datumBehaald", "PVT, ondertekening", true },
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(FACTS) / sizeof(FACTS[0]); i++) {
        if (!is_delivered(dossier, FACTS[i].part))
            continue;
        const char *van = FACTS[i].van ? xmldoc_text(FACTS[i].van, FACTS[i].van_path) : NULL;
        const char *naar =
            FACTS[i].naar ? xmldoc_text(FACTS[i].naar, FACTS[i].naar_path) : NULL;
        compare(walk,
                (struct verschil){ FACTS[i].part, FACTS[i].path, FACTS[i].label,
                                   VERSCHIL_NIEUW, van, naar },
                FACTS[i].strict);
    }
}

/* --- hours --------------------------------------------------------------------------- */

enum side { DOSSIER, DUO, SIDES };

static const struct {
    const char *van, *naar, *label;
} HOURS[] = {
    { "uren/gerealiseerd", "taallesEnKnmInstelling/uren", "gevolgde uren" },
    { "uren/geoorloofdVerzuim", "taallesEnKnmInstelling/urenGeoorloofdVerzuim",
      "geoorloofd verzuim" },
    { "uren/ongeoorloofdVerzuim", "taallesEnKnmInstelling/urenOngeoorloofdVerzuim",
      "ongeoorloofd verzuim" },
};
#define KINDS (sizeof(HOURS) / sizeof(HOURS[0]))

struct uren { /* of one municipality at one institution; -1: not said */
    const char *gemeente, *instelling;
    long hours[KINDS][SIDES];
};

struct alle_uren {
    struct uren *row; /* the schema bounds them: 50 trajecten, 99 at DUO */
    size_t count;
};

static void alle_uren_release(struct alle_uren *alle)
{
    free(alle->row);
}

static struct uren *find_row(struct alle_uren *alle, const char *gemeente,
                             const char *instelling)
{
    for (size_t i = 0; i < alle->count; i++)
        if (strcmp(alle->row[i].gemeente, gemeente) == 0
            && strcmp(alle->row[i].instelling, instelling) == 0)
            return &alle->row[i];
    alle->row = mem_resize(alle->row, (alle->count + 1) * sizeof(struct uren));
    struct uren *row = &alle->row[alle->count++];
    row->gemeente = gemeente;
    row->instelling = instelling;
    for (size_t k = 0; k < KINDS; k++)
        row->hours[k][DOSSIER] = row->hours[k][DUO] = -1;
    return row;
}

static void add_hours(struct uren *row, const xmlNode *from, enum side side)
{
    for (size_t k = 0; k < KINDS; k++) {
        const char *text = xmldoc_text(from, side == DUO ? HOURS[k].naar : HOURS[k].van);
        long *sum = &row->hours[k][side];
        if (text)
            *sum = (*sum < 0 ? 0 : *sum) + strtol(text, NULL, 10);
    }
}

/* Whose PIP was in force on a day; before the first, whose was first. */
static const char *gemeente_on(const xmlNode *dossier, const char *day)
{
    const xmlNode *versie = xmldoc_at(dossier, "pip/versie");
    const char *gemeente = versie ? xmldoc_text(versie, "gemeentecode") : NULL;

    for (; versie; versie = xmldoc_next(versie))
        if (day && strcmp(xmldoc_text(versie, "dagtekening"), day) <= 0)
            gemeente = xmldoc_text(versie, "gemeentecode");
    return gemeente;
}

static void gather(struct alle_uren *alle, const xmlNode *dossier, const xmlNode *gelezen)
{
    for (const xmlNode *at = xmldoc_at(dossier, "voortgang/traject"); at;
         at = xmldoc_next(at)) {
        const char *instelling = xmldoc_text(at, "aanbieder/instellingsnummer");
        const char *gemeente = gemeente_on(dossier, xmldoc_text(at, "startdatum"));
        if (instelling && gemeente && xmldoc_child(at, "uren"))
            add_hours(find_row(alle, gemeente, instelling), at, DOSSIER);
    }
    for (const xmlNode *at = xmldoc_child(gelezen, "uren"); at; at = xmldoc_next(at)) {
        const char *instelling = xmldoc_text(at, "taallesEnKnmInstelling/instellingsnummer");
        if (instelling)
            add_hours(find_row(alle, xmldoc_text(at, "gemeentecode"), instelling), at, DUO);
    }
}

static const char *number(long hours, char text[24])
{
    (void)snprintf(text, 24, "%ld", hours);
    return hours < 0 ? NULL : text;
}

static void compare_hours(struct walk *walk, const struct uren *row, size_t kind)
{
    SCOPED_BUF struct buf path = { 0 };
    SCOPED_BUF struct buf label = { 0 };
    char van[24], naar[24];

    buf_addf(&path, "voortgang/traject[%s %s]/%s", row->gemeente, row->instelling,
             HOURS[kind].van);
    buf_addf(&label, "gemeente %s, instelling %s, %s", row->gemeente, row->instelling,
             HOURS[kind].label);
    compare(walk,
            (struct verschil){ "voortgang", buf_text(&path), buf_text(&label), VERSCHIL_NIEUW,
                               number(row->hours[kind][DOSSIER], van),
                               number(row->hours[kind][DUO], naar) },
            kind == 0);
}

static void compare_all_hours(struct walk *walk, const xmlNode *dossier,
                              const xmlNode *gelezen)
{
    __attribute__((cleanup(alle_uren_release))) struct alle_uren alle = { 0 };

    if (!xmldoc_at(dossier, "voortgang/traject") || !xmldoc_at(dossier, "pip/versie"))
        return; /* DUO's is all there is to tell, or nobody knows whose hours they are */
    gather(&alle, dossier, gelezen);
    for (size_t i = 0; i < alle.count; i++)
        for (size_t kind = 0; kind < KINDS; kind++)
            compare_hours(walk, &alle.row[i], kind);
}

bool verschil_duo(const xmlNode *dossier, verschil_each *each, void *context)
{
    struct walk walk = { each, context, 0 };
    const xmlNode *gelezen = xmldoc_at(dossier, "duo/gelezen");

    if (!gelezen)
        return true;
    compare_term(&walk, dossier, gelezen);
    compare_report(&walk, dossier);
    compare_none(&walk, dossier, gelezen);
    compare_facts(&walk, dossier, gelezen);
    compare_all_hours(&walk, dossier, gelezen);
    return walk.count == 0;
}
