/* duo -- what the made-up municipality read at DUO and told it, as it stood on a day. */
#include <string.h>

#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

static const char *const PARTS_OF_EXAM[] = { "LE", "LU", "SC", "SP", "KNM" };

/* --- duty and term ------------------------------------------------------------------- */

static void put_plicht(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    static const char *const WHY_NOT[] = { "Volledige ontheffing",
                                           "Volledige vrijstelling",
                                           "Inburgeringsplicht voldaan",
                                           "Verblijfsdoel gewijzigd",
                                           "Vertrek uit Nederland langer dan een jaar",
                                           "Overig",
                                           "Tijdelijke vrijstelling",
                                           NULL };
    xmlNode *plicht = put_group(gelezen, "inburgeringsplicht");
    bool ended = chance_percent(chance, life->cohort != COHORT_2021 ? 70 : 8);
    long end = life->peil - chance_between(chance, 0, 30);
    end = end < life->plicht ? life->peil : end;

    put_yes(plicht, "indicatorInburgeringsplicht", !ended);
    put_day(plicht, "begindatum", life->plicht);
    if (ended) /* within the five years that a dossier may be kept */
        put_day(plicht, "einddatum", end);
    if (ended || chance_percent(chance, 10))
        put_day(plicht, "wijzigingsdatum", life->plicht);
    if (life_some(life, chance))
        put_day(plicht, "datumKennisgevingInburgeringsplicht", life->plicht + 3);
    if (ended)
        put_text(plicht, "redenGeenInburgeringsplicht", chance_of(chance, WHY_NOT));
}

static void put_plicht_before(const struct life *life, xmlNode *gelezen)
{
    xmlNode *was = put_group(gelezen, "inburgeringsplichthistorie");

    put_yes(was, "indicatorInburgeringsplicht", false);
    put_day(was, "begindatum", life->plicht - 200);
    put_day(was, "einddatum", life->plicht - 1);
    put_day(was, "wijzigingsdatum", life->plicht);
}

/* One in ten belonged to the other group first. */
static void put_doelgroep(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    static const char *const GROUPS[] = { "Gezinsmigrant en overige migrant",
                                          "Asielstatushouder" };
    static const char *const DETAILS[] = { "Overig", "Asielstatushouder" };
    bool changed = chance_percent(chance, 10);

    for (int past = changed; past >= 0; past--) {
        xmlNode *doelgroep = put_group(gelezen, "doelgroep");
        int which = past ? !life->asiel : life->asiel;
        put_text(doelgroep, "indeling", GROUPS[which]);
        put_day(doelgroep, "begindatum", past ? life->plicht - 100 : life->plicht);
        if (past)
            put_day(doelgroep, "einddatum", life->plicht - 1);
        put_text(doelgroep, "gedetailleerdeDoelgroep", DETAILS[which]);
        if (changed && !past && life->asiel)
            put_text(doelgroep, "asielrechtenWijzigingVerblijfsdoel",
                     "Asielrechten toegekend");
    }
}

/* What it was before it was prolonged, and before that. */
static void put_termijn_before(const struct life *life, struct chance *chance,
                               xmlNode *gelezen)
{
    if (!life->verlenging)
        return;
    xmlNode *was = put_group(gelezen, "inburgeringstermijnhistorie");
    put_day(was, "einddatum", day_add_months(life->termijn, 36));
    put_day(was, "wijzigingsdatum", life->termijn);
    if (chance_percent(chance, 60))
        return;
    put_text(was, "verlengingsgrondcode", "OVG");
    put_text(was, "verlengingsgrondomschrijving", "Andere redenen");
}

static void put_termijn(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    xmlNode *termijn = put_group(gelezen, "inburgeringstermijn");

    put_day(termijn, "startdatum", life->termijn);
    put_day(termijn, "einddatum", life->termijn_einde);
    if (life->verlenging) {
        put_day(termijn, "wijzigingsdatum", life->peil - 20);
        put_text(termijn, "verlengingsgrondcode", "AAN");
        put_text(termijn, "verlengingsgrondomschrijving", "Aantoonbare inspanningen");
    }
    put_termijn_before(life, chance, gelezen);
    if (life->cohort != COHORT_2021 || !life_some(life, chance))
        return;
    put_day(gelezen, "termijnMap", life->termijn_einde);
    if (life->verlenging)
        put_day(gelezen, "termijnMapGewijzigdOp", life->peil - 20);
    put_day(gelezen, "termijnPvt", life->termijn_einde);
    if (life->verlenging)
        put_day(gelezen, "termijnPvtGewijzigdOp", life->peil - 20);
}

static void put_verlenging(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    static const char *const VERDICTS[] = { "InBehandeling", "Afgewezen", NULL };
    xmlNode *verlenging = put_group(gelezen, "verlenging");
    const char *verdict = life->verlenging ? "Toegekend" : chance_of(chance, VERDICTS);

    put_text(verlenging, "beoordelingAanvraag", verdict);
    if (verdict[0] != 'I')
        put_day(verlenging, "datumBeoordeling", life->peil - 20);
    put_day(verlenging, "ontvangstdatum", life->peil - 60);
}

static void put_vrijstelling(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    static const char *const KINDS[] = { "geheel", "tijdelijk", "gedeeltelijk", NULL };
    static const char *const REASONS[] = { "AVI", "DIP", "DOC", "GED",
                                           "INB", "INS", "OPL", NULL };
    const char *kind = chance_of(chance, KINDS);
    xmlNode *vrijstelling = put_group(gelezen, "vrijstelling");

    put_text(vrijstelling, "soort", kind);
    put_text(vrijstelling, "oordeel", chance_percent(chance, 80) ? "Toekenning" : "Afwijzing");
    put_text(vrijstelling, "reden", chance_of(chance, REASONS));
    put_day(vrijstelling, "datumOordeel", life->peil - chance_between(chance, 1, 5));
    if (strcmp(kind, "tijdelijk") == 0) {
        put_day(vrijstelling, "startdatum", life->peil);
        put_day(vrijstelling, "einddatum", life->peil + 365);
    }
    if (strcmp(kind, "gedeeltelijk") != 0)
        return;
    put_text(vrijstelling, "examenonderdeel", PARTS_OF_EXAM[chance_between(chance, 0, 4)]);
    if (life_some(life, chance))
        put_text(vrijstelling, "examenniveau", chance_percent(chance, 50) ? "A2" : "B1");
}

static void put_ontheffing(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    xmlNode *ontheffing = put_group(gelezen, "ontheffing");

    bool whole = chance_percent(chance, 30);
    put_text(ontheffing, "soort", whole ? "geheel" : "gedeeltelijk");
    put_text(ontheffing, "oordeel",
             !whole && chance_percent(chance, 80) ? "Toekenning" : "Afwijzing");
    put_day(ontheffing, "datumOordeel", life->peil - chance_between(chance, 1, 5));
    put_text(ontheffing, "grond", chance_percent(chance, 60) ? "MED" : "BIO");
    if (whole)
        return;
    put_text(ontheffing, "examenonderdeel", PARTS_OF_EXAM[chance_between(chance, 0, 4)]);
    if (life->pip[life->pips - 1].route == ROUTE_Z)
        put_number(ontheffing, "urenBelastbaarheidParticipatieactiviteit",
                   chance_between(chance, 0, 400));
}

static void put_omstandigheden(const struct life *life, struct chance *chance,
                               xmlNode *gelezen)
{
    xmlNode *een = put_group(gelezen, "aangepasteExamenomstandigheden");

    if (chance_percent(chance, 60))
        put_text(een, "examenonderdeel", PARTS_OF_EXAM[chance_between(chance, 0, 4)]);
    put_text(een, "omschrijving", "Een half uur langer, in een aparte ruimte.");
    put_day(een, "datum", life->peil - chance_between(chance, 1, 5));
}

/* --- exams and hours ----------------------------------------------------------------- */

static void put_examens(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    static const char *const RESULTS[] = { "Geslaagd", "Gezakt", "Geen", NULL };
    static const char *const REASONS[] = { "Verwijtbaar", "Nietverwijtbaar", "Afgemeld",
                                           "Absent", NULL };
    const struct life_pip *pip = &life->pip[life->pips - 1];
    int many = life->peil - life->termijn > 300 ? life_many(life, chance, 0, 14) : 0;

    for (int n = 0; n < many; n++) {
        xmlNode *examen = put_group(gelezen, "examen");
        const char *result = chance_of(chance, RESULTS);
        int part = chance_between(chance, 0, 4);
        put_day(examen, "examendatum",
                life->termijn
                    + chance_between(chance, 200, (int)(life->peil - life->termijn)));
        put_text(examen, "onderdeel", PARTS_OF_EXAM[part]);
        if (part < 4)
            put_text(examen, "niveau",
                     pip->a2                                                       ? "A2"
                     : pip->route == ROUTE_ONDERWIJS && chance_percent(chance, 20) ? "B2"
                                                                                   : "B1");
        put_text(examen, "resultaat", result);
        if (result[2] == 'e') /* Geen */
            put_text(examen, "redenGeenResultaat", chance_of(chance, REASONS));
    }
}

static void put_gratispogingen(const struct life *life, struct chance *chance,
                               xmlNode *gelezen)
{
    for (int n = 0; life->asiel && n < 5 && life_some(life, chance); n++) {
        xmlNode *pogingen = put_group(gelezen, "gratispogingen");
        put_text(pogingen, "onderdeel", PARTS_OF_EXAM[n]);
        put_number(pogingen, "gratisPogingenTegoed", chance_between(chance, 0, 2));
    }
}

static void put_instelling(const struct life_traject *traject, xmlNode *uren)
{
    struct life_traject known = *traject, *from = &known;
    xmlNode *instelling = put_group(uren, "taallesEnKnmInstelling");
    char number[11];

    known.maanden -= traject->behind;
    part_instellingsnummer(from->instelling, number);
    put_number(instelling, "uren", life_hours(from, HOURS_GEVOLGD));
    put_number(instelling, "urenGeoorloofdVerzuim", life_hours(from, HOURS_GEOORLOOFD));
    put_number(instelling, "urenOngeoorloofdVerzuim", life_hours(from, HOURS_ONGEOORLOOFD));
    put_text(instelling, "instellingsnummer", number);
}

static void put_uren(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    for (int n = 0; n < life->trajecten; n++) {
        const struct life_traject *from = &life->traject[n];
        xmlNode *uren = put_group(gelezen, "uren");
        put_text(uren, "gemeentecode", from->gemeente->code);
        put_day(uren, "bekendTot", day_add_months(from->bekend_tot, from->behind ? -1 : 0));
        if (from->route == ROUTE_Z) {
            put_number(uren, "participatieAlsTaalles", chance_between(chance, 0, 100));
            put_number(uren, "participatieactiviteitenBredeIntake",
                       chance_between(chance, 0, 300));
        }
        if (n == 0 && life_some(life, chance))
            put_number(uren, "taallesEnKnmBredeIntake", chance_between(chance, 0, 40));
        put_instelling(from, uren);
    }
}

/* --- events, fines, what was told ---------------------------------------------------- */

static void put_gebeurtenis(xmlNode *gelezen, const char *id, const char *what, long day)
{
    xmlNode *gebeurtenis = put_group(gelezen, "gebeurtenis");

    put_text(gebeurtenis, "id", id);
    put_text(gebeurtenis, "omschrijving", what);
    put_day(gebeurtenis, "datum", day);
}

static void put_end(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    bool overdue = life->termijn && life->peil > life->termijn_einde + 60;

    if (overdue && chance_percent(chance, 60)) {
        xmlNode *boete = put_group(gelezen, "boete");
        put_euro(boete, "bedrag", 34000);
        put_day(boete, "datum", life->termijn_einde + 60);
    }
    if (overdue && life->asiel && chance_percent(chance, 30))
        put_day(gelezen, "diploma", life->peil - chance_between(chance, 5, 50));
    if (overdue && chance_percent(chance, 30))
        put_day(gelezen, "certificaat", life->peil - chance_between(chance, 1, 4));
    if (life_some(life, chance))
        put_gebeurtenis(gelezen, "SS101", "Inburgeringsplicht vastgesteld", life->plicht);
    if (life->termijn && life_some(life, chance))
        put_gebeurtenis(gelezen, "SS102", "Inburgeringstermijn gestart", life->termijn);
}

/* Of who has no PIP yet nothing was asked of DUO. */
static void put_decisions(const struct life *life, struct chance *chance, xmlNode *gelezen)
{
    if (life->pips == 0)
        return;
    if (life->verlenging || chance_percent(chance, 10))
        put_verlenging(life, chance, gelezen);
    if (chance_percent(chance, 18))
        put_vrijstelling(life, chance, gelezen);
    if (chance_percent(chance, 12))
        put_ontheffing(life, chance, gelezen);
    if (chance_percent(chance, 8))
        put_omstandigheden(life, chance, gelezen);
}

/* The one in force is the last that was made. What DUO may leave out is there by luck of its
 * own, so that the rest of a dossier stays what it was. */
static void put_pip(const struct life *life, xmlNode *gelezen)
{
    static const char *const ALFABETISERING[] = { "A", "AA", "NVT", NULL };
    struct chance chance = chance_from(life->wishes.seed, "pip bij duo");
    const struct life_pip *last = &life->pip[life->pips - 1];
    xmlNode *pip = put_group(gelezen, "pip");

    put_text(pip, "gemeentecode", last->gemeente->code);
    put_day(pip, "dagtekening", last->dagtekening);
    put_text(pip, "leerroute", part_route(last->route));
    put_text(pip, "niveau", last->a2 ? "A2" : "B1");
    if (last->route == ROUTE_B1 && life->asiel && life_some(life, &chance))
        put_number(pip, "intensiteitB1", 100 * chance_between(&chance, 6, 12));
    if (life_some(life, &chance))
        put_yes(pip, "magOpleidingAfmaken", chance_percent(&chance, 50));
    if (life_some(life, &chance))
        put_text(pip, "alfabetisering", chance_of(&chance, ALFABETISERING));
}

/* Of who has no PIP yet the test may still be to come. */
static void put_toets(const struct life *life, xmlNode *gelezen)
{
    struct chance chance = chance_from(life->wishes.seed, "toets bij duo");

    if (life->pips == 0) {
        put_format(gelezen, "leerbaarheidstoetsExamennummer", "LBT%05d",
                   chance_between(&chance, 1, 99999));
        return;
    }
    if (!life_some(life, &chance))
        return;
    xmlNode *toets = put_group(gelezen, "leerbaarheidstoets");
    bool feasible = life->pip[0].route != ROUTE_Z;
    put_day(toets, "datumAfname", life->plicht);
    put_text(toets, "resultaat", feasible ? "B1-route haalbaar" : "B1-route niet haalbaar");
    put_text(toets, "behaaldeScore", feasible ? "45,50" : "21,25");
    put_text(toets, "benodigdeScore", "36,00");
}

/* DUO adds to what it tells; here something that it does not have. */
static void put_onbekend(const struct life *life, xmlNode *gelezen)
{
    struct chance chance = chance_from(life->wishes.seed, "nieuw bij duo");

    if (!chance_percent(&chance, 5))
        return;
    put_text(gelezen, "onbekend", "\"verzonnen\"");
    put_attribute(gelezen->last, "naam", "pip.lezen/pip/kenmerk");
}

static void put_gelezen(const struct life *life, struct chance *chance, xmlNode *part)
{
    xmlNode *gelezen = put_group(part, "gelezen");
    char day[DAY_SIZE];

    day_text(life->peil, day);
    put_attribute(gelezen, "op", day);
    if (life->pips > 0)
        put_pip(life, gelezen);
    put_plicht(life, chance, gelezen);
    if (life->plicht > life->geboren + 10 && chance_percent(chance, 10))
        put_plicht_before(life, gelezen);
    if (life_some(life, chance))
        put_doelgroep(life, chance, gelezen);
    if (life->termijn)
        put_termijn(life, chance, gelezen);
    put_decisions(life, chance, gelezen);
    if (life->asiel && life_some(life, chance))
        put_yes(gelezen, "maatschappelijkeBegeleiding", true);
    put_toets(life, gelezen);
    if (life->pips > 0) {
        put_examens(life, chance, gelezen);
        put_gratispogingen(life, chance, gelezen);
    }
    if (life->map.behaald)
        put_day(gelezen, "datumEindgesprekMap", life->map.behaald);
    if (life->pvt.behaald)
        put_day(gelezen, "datumOndertekeningPvt", life->pvt.behaald);
    put_uren(life, chance, gelezen);
    put_end(life, chance, gelezen);
    put_onbekend(life, gelezen);
}

static void put_gemeld(const struct life *life, struct chance *chance, xmlNode *part,
                       const char *onderwerp, long day)
{
    xmlNode *gemeld = put_group(part, "gemeld");

    put_text(gemeld, "onderwerp", onderwerp);
    put_day(gemeld, "datum", day);
    part_some_text(life, chance, gemeld, "inhoud", WORDS_GESPREK);
}

static void put_all_gemeld(const struct life *life, struct chance *chance, xmlNode *part)
{
    for (int n = 0; n < life->pips; n++)
        put_gemeld(life, chance, part, "PIP", life->pip[n].dagtekening);
    for (int n = 0; n < life->trajecten; n++)
        put_gemeld(life, chance, part, "uren", life->traject[n].bekend_tot);
    for (int n = 0; n < life->trajecten; n++)
        put_gemeld(life, chance, part, "inburgeringsaanbod", life->traject[n].begin);
    if (life->pips > 0)
        put_gemeld(life, chance, part, "contactpersoon", life->pip[0].dagtekening);
    if (life->z_afgerond)
        put_gemeld(life, chance, part, "Z-route", life->z_afgerond);
    if (life->map.behaald)
        put_gemeld(life, chance, part, "MAP", life->map.behaald);
    if (life->pvt.behaald)
        put_gemeld(life, chance, part, "PVT", life->pvt.behaald);
}

void duo_put(const struct life *life, xmlNode *dossier)
{
    struct chance chance = chance_from(life->wishes.seed, "duo bij de bron");
    xmlNode *part = part_open(life, dossier, PART_DUO, "duo");

    if (!part)
        return;
    put_gelezen(life, &chance, part);
    if (life_some(life, &chance))
        put_all_gemeld(life, &chance, part);
    if (chance_percent(&chance, 15))
        part_text(life, &chance, part, "opmerking", WORDS_GESPREK);
}
