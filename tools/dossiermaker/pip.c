/* pip -- every version of the made-up plan, with what was agreed. */
#include <string.h>

#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

static const char *const ALFABETISERING[] = { "A", "AA", "NVT", NULL };

static void put_afspraken(const struct life *life, struct chance *chance, xmlNode *versie,
                          const char *name, const struct life_onderdeel *onderdeel)
{
    const long from = life->pip[0].dagtekening;
    xmlNode *afspraken = put_group(versie, name);
    long begin = onderdeel->begin ? onderdeel->begin - 7 : from + 90;

    if (begin <= from)
        begin = from + 1;
    put_day(afspraken, "startdatum", begin);
    if (life_some(life, chance))
        put_day(afspraken, "beoogdeEinddatum", begin + chance_between(chance, 60, 200));
    if (life_some(life, chance))
        put_day(afspraken, "uiterlijkBehaaldOp", life->termijn_einde);
    if (life_some(life, chance))
        put_text(afspraken, "intensiteit", "een dagdeel per week");
    if (life_some(life, chance))
        put_number(afspraken, "uren", strcmp(name, "pvt") == 0 ? 12 : 64);
    part_some_text(life, chance, afspraken, "inhoud", WORDS_PLAN);
}

static void put_zroute(const struct life *life, struct chance *chance, xmlNode *versie)
{
    xmlNode *zroute = put_group(versie, "zroute");

    part_some_text(life, chance, zroute, "doelen", WORDS_PLAN);
    if (life_some(life, chance))
        put_text(zroute, "beoogdTaalniveau", chance_percent(chance, 50) ? "A1" : "A2");
    put_number(zroute, "urenTaal", life->asiel ? 800 : 100 * chance_between(chance, 3, 8));
    put_number(zroute, "urenParticipatie",
               life->asiel ? 800 : 100 * chance_between(chance, 3, 8));
}

static void put_beschikking(const struct life *life, struct chance *chance, xmlNode *parent,
                            const struct life_pip *pip)
{
    xmlNode *beschikking = put_group(parent, "beschikking");
    struct day_parts day = day_parts(pip->dagtekening);

    put_format(beschikking, "kenmerk", "%s-PW-%d-%04d", pip->gemeente->letters, day.year,
               chance_between(chance, 1, 9999));
    put_day(beschikking, "datum", pip->dagtekening - chance_between(chance, 0, 20));
    if (life->documenten > 0 && life_some(life, chance))
        put_text(beschikking, "document", life->document[life->documenten - 1].id);
}

static void put_participatiewet(const struct life *life, struct chance *chance,
                                xmlNode *versie, const struct life_pip *pip)
{
    static const char *const GROUPS[] = { "inkomensondersteuning", "ontzorgen" };
    static const char *const STATUSES[] = { "bijstand toegekend", "aangevraagd", "beëindigd",
                                            "niet van toepassing", NULL };

    for (int n = 0; life->asiel && n < 2; n++) {
        if (!life_some(life, chance))
            continue;
        xmlNode *group = put_group(versie, GROUPS[n]);
        put_text(group, "status", chance_of(chance, STATUSES));
        if (life_some(life, chance)) {
            put_day(group, "startdatum", life->vestiging);
            put_day(group, "einddatum", life->vestiging + 183);
        }
        if (life_some(life, chance))
            put_beschikking(life, chance, group, pip);
    }
}

static void put_bezwaar(const struct life *life, struct chance *chance, xmlNode *versie,
                        const struct life_pip *pip)
{
    xmlNode *bezwaar = put_group(versie, "bezwaar");
    bool none = pip->dagtekening + 42 > life->peil || chance_percent(chance, 80);

    put_text(bezwaar, "status", none ? "geen" : "ongegrond");
    if (none)
        return;
    put_day(bezwaar, "datum", pip->dagtekening + chance_between(chance, 10, 42));
    part_some_text(life, chance, bezwaar, "toelichting", WORDS_REDEN);
}

static void put_wijziging(const struct life *life, struct chance *chance, xmlNode *versie)
{
    xmlNode *wijziging = put_group(versie, "wijziging");

    part_text(life, chance, wijziging, "reden", WORDS_REDEN);
    part_some_text(life, chance, wijziging, "wat", WORDS_PLAN);
}

static void put_choice(const struct life *life, struct chance *chance, xmlNode *versie,
                       const struct life_pip *pip)
{
    put_text(versie, "leerroute", part_route(pip->route));
    if (pip->route != ROUTE_Z || life_some(life, chance))
        put_text(versie, "niveau", pip->a2 ? "A2" : "B1");
    if (pip->route == ROUTE_B1 && life->asiel)
        put_number(versie, "intensiteitB1", 100 * chance_between(chance, 6, 12));
    if (pip->route == ROUTE_ONDERWIJS && life_some(life, chance))
        put_yes(versie, "magOpleidingAfmaken", chance_percent(chance, 50));
    if (life_some(life, chance))
        put_text(versie, "alfabetisering", chance_of(chance, ALFABETISERING));
    if (pip->route == ROUTE_Z)
        part_text(life, chance, versie, "onderbouwing", WORDS_REDEN);
    else
        part_some_text(life, chance, versie, "onderbouwing", WORDS_REDEN);
}

static void put_versie(const struct life *life, struct chance *chance, xmlNode *part, int n)
{
    const struct life_pip *pip = &life->pip[n];
    xmlNode *versie = put_group(part, "versie");

    put_day(versie, "dagtekening", pip->dagtekening);
    put_text(versie, "gemeentecode", pip->gemeente->code);
    if (life_some(life, chance))
        put_format(versie, "kenmerk", "%s-PIP-%d-%04d", pip->gemeente->letters,
                   day_parts(pip->dagtekening).year, 10 * n + chance_between(chance, 1, 9));
    put_choice(life, chance, versie, pip);
    put_afspraken(life, chance, versie, "map", &life->map);
    if (!life->pvt.behaald || life->pvt.behaald > pip->dagtekening)
        put_afspraken(life, chance, versie, "pvt", &life->pvt);
    if (pip->route == ROUTE_Z)
        put_zroute(life, chance, versie);
    part_some_text(life, chance, versie, "begeleiding", WORDS_PLAN);
    put_participatiewet(life, chance, versie, pip);
    if (n > 0)
        put_wijziging(life, chance, versie);
    if (n + 1 < life->pips && chance_percent(chance, 15))
        part_text(life, chance, versie, "redenNietGehaald", WORDS_REDEN);
    if (life_some(life, chance))
        put_bezwaar(life, chance, versie, pip);
    if (life->documenten > 0)
        put_text(versie, "document", life->document[n].id);
}

void pip_put(const struct life *life, xmlNode *dossier)
{
    struct chance chance = chance_from(life->wishes.seed, "plan");
    xmlNode *part = part_open(life, dossier, PART_PIP, "pip");

    if (!part)
        return;
    for (int n = 0; n < life->pips; n++)
        put_versie(life, &chance, part, n);
    if (chance_percent(&chance, 15))
        part_text(life, &chance, part, "opmerking", WORDS_PLAN);
}
