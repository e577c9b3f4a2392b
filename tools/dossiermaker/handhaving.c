/* handhaving -- summonses, warnings, hearings and fines that nobody got.
 *
 *   day 0 oproep 1 .. 7 not there .. 9 oproep 2 .. 16 not there .. 20 waarschuwing
 *   .. 30 zienswijze .. about 40 besluit
 *
 * Summonses and warnings are asylum holders' alone (bijlage B).
 */
#include <string.h>

#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

static void put_oproep(const struct life *life, struct chance *chance, xmlNode *part,
                       const struct life_boete *boete, int nummer)
{
    xmlNode *oproep = put_group(part, "oproep");
    long day = boete->oproep + 9L * (nummer - 1);

    put_day(oproep, "datum", day);
    put_text(oproep, "waarvoor", boete->grond);
    put_number(oproep, "nummer", nummer);
    put_day(oproep, "datumAfspraak", day + 7);
    put_yes(oproep, "verschenen", false);
    put_yes(oproep, "verschoonbaar", false);
    part_some_text(life, chance, oproep, "toelichting", WORDS_REDEN);
}

static void put_waarschuwing(const struct life *life, struct chance *chance, xmlNode *part,
                             const struct life_boete *boete)
{
    xmlNode *waarschuwing = put_group(part, "waarschuwing");

    put_day(waarschuwing, "datum", boete->oproep + 20);
    put_text(waarschuwing, "grond", boete->grond);
    if (life_some(life, chance))
        put_format(waarschuwing, "kenmerk", "%s-HH-%04d", boete->gemeente->letters,
                   chance_between(chance, 1, 9999));
    part_some_text(life, chance, waarschuwing, "toelichting", WORDS_REDEN);
}

static void put_bezwaar(const struct life *life, struct chance *chance, xmlNode *boete,
                        const struct life_boete *from)
{
    xmlNode *bezwaar = put_group(boete, "bezwaar");

    put_text(bezwaar, "status", from->bezwaar);
    if (from->bezwaardatum)
        put_day(bezwaar, "datum", from->bezwaardatum);
    part_some_text(life, chance, bezwaar, "toelichting", WORDS_REDEN);
}

static void put_boete(const struct life *life, struct chance *chance, xmlNode *part, int n)
{
    const struct life_boete *from = &life->boete[n];
    xmlNode *boete = put_group(part, "boete");

    put_text(boete, "grond", from->grond);
    put_euro(boete, "bedrag", from->cents);
    put_day(boete, "besluitdatum", from->besluit);
    put_text(boete, "gemeentecode", from->gemeente->code);
    if (life_some(life, chance))
        put_format(boete, "kenmerk", "%s-HH-%d-%04d", from->gemeente->letters,
                   day_parts(from->besluit).year, 10 * n + chance_between(chance, 1, 9));
    put_text(boete, "status", from->status);
    if (from->betaald >= 0)
        put_euro(boete, "betaald", from->betaald);
    put_bezwaar(life, chance, boete, from);
    part_some_text(life, chance, boete, "toelichting", WORDS_REDEN);
    if (life->documenten > 0)
        put_text(boete, "document", life->document[life->pips + n].id);
}

/* Withdrawn and annulled fines do not count any more. */
static int sum(const struct life *life, bool intake)
{
    int cents = 0;

    for (int n = 0; n < life->boetes; n++) {
        const struct life_boete *boete = &life->boete[n];
        bool gone = strcmp(boete->status, "ingetrokken") == 0
                    || strcmp(boete->status, "vernietigd") == 0;
        if (!gone && (strcmp(boete->grond, "brede intake") == 0) == intake)
            cents += boete->cents;
    }
    return cents;
}

static void put_totaal(const struct life *life, xmlNode *part)
{
    xmlNode *totaal = put_group(part, "boetetotaal");

    put_euro(totaal, "bredeIntake", sum(life, true));
    put_euro(totaal, "pip", sum(life, false));
    put_euro(totaal, "totaal", sum(life, true) + sum(life, false));
}

void handhaving_put(const struct life *life, xmlNode *dossier)
{
    struct chance chance = chance_from(life->wishes.seed, "handhaving");
    xmlNode *part = part_open(life, dossier, PART_HANDHAVING, "handhaving");

    if (!part)
        return;
    for (int n = 0; life->asiel && n < life->boetes; n++) {
        put_oproep(life, &chance, part, &life->boete[n], 1);
        put_oproep(life, &chance, part, &life->boete[n], 2);
    }
    for (int n = 0; life->asiel && n < life->boetes; n++)
        put_waarschuwing(life, &chance, part, &life->boete[n]);
    for (int n = 0; n < life->boetes; n++) {
        xmlNode *zienswijze = put_group(part, "zienswijze");
        put_day(zienswijze, "datum", life->boete[n].oproep + 30);
        part_text(life, &chance, zienswijze, "uitkomst", WORDS_REDEN);
    }
    for (int n = 0; n < life->boetes; n++)
        put_boete(life, &chance, part, n);
    put_totaal(life, part);
    part_some_text(life, &chance, part, "opmerking", WORDS_REDEN);
}
