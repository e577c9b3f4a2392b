/* intake -- what the made-up municipality found, and what was known before. */
#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

static const char *const ALFABETISERING[] = { "A", "AA", "NVT", NULL };

/* The intake is done before the first PIP, or before the peildatum. */
static long end_of(const struct life *life)
{
    return life->pips > 0 ? life->pip[0].dagtekening : life->peil;
}

static long day_in_intake(const struct life *life, struct chance *chance)
{
    return life->vestiging + chance_between(chance, 1, (int)(end_of(life) - life->vestiging));
}

static void put_vestiging(const struct life *life, struct chance *chance, xmlNode *intake)
{
    xmlNode *vestiging = put_group(intake, "vestiging");
    bool late = life->pips > 0 && life->pip[0].dagtekening > life->vestiging + 70;

    put_day(vestiging, "datumVestiging", life->vestiging);
    if (life->asiel && life_some(life, chance))
        put_day(vestiging, "datumUitstroomCoa", life->vestiging);
    if (late)
        part_text(life, chance, vestiging, "redenOverschrijding", WORDS_REDEN);
}

/* --- voorinburgering ----------------------------------------------------------------- */

static void put_modules(const struct life *life, struct chance *chance, xmlNode *parent)
{
    static const char *const MODULES[] = { "NT2-les", "KNM", "Arbeidsmarkt en Participatie",
                                           "PVT", "overig" };
    int many = life_many(life, chance, 1, 5);

    for (int n = 0; n < many; n++) {
        xmlNode *module = put_group(parent, "module");
        put_text(module, "naam", MODULES[n]);
        put_text(module, "resultaat",
                 chance_percent(chance, 70) ? "afgerond" : "niet afgerond");
        if (life_some(life, chance))
            put_day(module, "datum", life->vestiging - chance_between(chance, 5, 200));
    }
}

static void put_lessons_at_coa(const struct life *life, struct chance *chance, xmlNode *parent)
{
    if (life_some(life, chance))
        put_text(parent, "spreekvaardigheidNt2", chance_of(chance, WORDS_TAALNIVEAUS));
    if (life_some(life, chance))
        put_modules(life, chance, parent);
    if (life_some(life, chance))
        put_yes(parent, "deelnameTaallessen", chance_percent(chance, 80));
    part_some_text(life, chance, parent, "voortgangTaallessen", WORDS_GESPREK);
    if (life_some(life, chance))
        put_yes(parent, "afgerond", chance_percent(chance, 60));
    part_some_text(life, chance, parent, "taalvaardigheid", WORDS_INTAKE);
    part_some_text(life, chance, parent, "opleiding", WORDS_INTAKE);
    part_some_text(life, chance, parent, "trainingen", WORDS_INTAKE);
}

static void put_diplomawaardering(const struct life *life, struct chance *chance,
                                  xmlNode *parent)
{
    xmlNode *waardering = put_group(parent, "diplomawaardering");
    bool asked = chance_percent(chance, 60);

    put_yes(waardering, "aangevraagd", asked);
    if (asked)
        put_day(waardering, "datumAanvraag", life->vestiging - chance_between(chance, 5, 150));
}

/* A permit for five years, or one without an end; other rights are rare among them. */
static void put_verblijfsrecht(const struct life *life, struct chance *chance, xmlNode *voor)
{
    static const char *const OTHERS[] = { "asiel onbepaalde tijd", "regulier bepaalde tijd",
                                          "regulier onbepaalde tijd", "overig", NULL };
    xmlNode *recht = put_group(voor, "verblijfsrecht");
    bool common = chance_percent(chance, 85);

    put_text(recht, "soort", common ? "asiel bepaalde tijd" : chance_of(chance, OTHERS));
    put_day(recht, "ingangsdatum", life->plicht - 20);
    if (common)
        put_day(recht, "einddatum", day_add_months(life->plicht - 20, 60) - 1);
}

/* Of health, so a special category. */
static void put_zorgbehoefte(const struct life *life, struct chance *chance, xmlNode *voor)
{
    part_text(life, chance, voor, "zorgbehoefte", WORDS_INTAKE);
    put_attribute(xmlGetLastChild(voor), "bijzonder", "ja");
}

static void put_voorinburgering(const struct life *life, struct chance *chance,
                                xmlNode *intake)
{
    xmlNode *voor = put_group(intake, "voorinburgering");

    if (life_some(life, chance))
        put_verblijfsrecht(life, chance, voor);
    part_some_text(life, chance, voor, "statusgegevens", WORDS_INTAKE);
    part_some_text(life, chance, voor, "familiegegevens", WORDS_INTAKE);
    put_yes(voor, "instemming", chance_percent(chance, 85));
    part_some_text(life, chance, voor, "resultaatToets", WORDS_GESPREK);
    put_lessons_at_coa(life, chance, voor);
    if (life_some(life, chance))
        put_yes(voor, "contactUaf", chance_percent(chance, 20));
    if (life_some(life, chance))
        put_diplomawaardering(life, chance, voor);
    if (life_some(life, chance))
        put_yes(voor, "cvGemaakt", chance_percent(chance, 50));
    part_some_text(life, chance, voor, "werkervaring", WORDS_INTAKE);
    part_some_text(life, chance, voor, "zelfwerkzaamheid", WORDS_INTAKE);
    part_some_text(life, chance, voor, "competenties", WORDS_INTAKE);
    part_some_text(life, chance, voor, "ambities", WORDS_PLAN);
    if (life_some(life, chance))
        put_zorgbehoefte(life, chance, voor);
    part_some_text(life, chance, voor, "omstandigheden", WORDS_INTAKE);
}

/* --- the intake itself --------------------------------------------------------------- */

static void put_gesprekken(const struct life *life, struct chance *chance, xmlNode *intake)
{
    int many = life_many(life, chance, 1, 8);
    long room = (end_of(life) - life->vestiging) / many;

    for (int n = 0; n < many; n++) {
        xmlNode *gesprek = put_group(intake, "gesprek");
        long from = life->vestiging + n * room;
        put_day(gesprek, "datum", from + chance_between(chance, 1, (int)room));
        part_some_text(life, chance, gesprek, "verslag", WORDS_GESPREK);
    }
}

/* Its verdict fits the route of the first PIP; where there is none it is anything. */
static void put_toets(const struct life *life, struct chance *chance, xmlNode *intake)
{
    xmlNode *toets = put_group(intake, "leerbaarheidstoets");
    bool taken = chance_percent(chance, 85);
    bool feasible =
        life->pips > 0 ? life->pip[0].route != ROUTE_Z : chance_percent(chance, 50);
    int score =
        feasible ? chance_between(chance, 3600, 6000) : chance_between(chance, 900, 3599);

    if (!taken && life_some(life, chance))
        put_format(toets, "examennummer", "LBT%05d", chance_between(chance, 1, 99999));
    put_yes(toets, "afgenomen", taken);
    if (!taken) {
        part_text(life, chance, toets, "redenNietAfgenomen", WORDS_REDEN);
        return;
    }
    put_day(toets, "datumAfname", day_in_intake(life, chance));
    if (chance_percent(chance, 5)) {
        put_text(toets, "resultaat", "Onbekend");
        return;
    }
    put_text(toets, "resultaat", feasible ? "B1-route haalbaar" : "B1-route niet haalbaar");
    if (life_some(life, chance)) {
        put_format(toets, "behaaldeScore", "%d,%02d", score / 100, score % 100);
        put_text(toets, "benodigdeScore", "36,00");
    }
}

/* nth: the first school in childhood, each next one three years later. */
static void put_opleiding(const struct life *life, struct chance *chance, xmlNode *onderwijs,
                          int nth)
{
    xmlNode *opleiding = put_group(onderwijs, "opleiding");
    long begin = life->geboren + 365L * (6 + 3 * nth) + chance_between(chance, 0, 300);
    bool diploma = chance_percent(chance, 60);

    put_text(opleiding, "naam", WORDS_OPLEIDINGEN[nth]);
    if (life_some(life, chance))
        put_text(opleiding, "land", life->origin->land);
    if (life_some(life, chance))
        put_yes(opleiding, "diploma", diploma);
    if (diploma && life_some(life, chance)) {
        put_text(opleiding, "waardering", "havo, volgens IDW");
        put_day(opleiding, "datumWaardering", end_of(life) - chance_between(chance, 1, 5));
    }
    if (life_some(life, chance)) {
        put_month(opleiding, "van", begin);
        put_month(opleiding, "tot", begin + chance_between(chance, 300, 1000));
    }
}

static void put_onderwijs(const struct life *life, struct chance *chance, xmlNode *intake)
{
    xmlNode *onderwijs = put_group(intake, "onderwijs");

    if (life_some(life, chance))
        put_text(onderwijs, "opleidingsniveau", chance_of(chance, WORDS_NIVEAUS));
    put_text(onderwijs, "alfabetisering", chance_of(chance, ALFABETISERING));
    int many = life_many(life, chance, 0, 4);
    for (int n = 0; n < many; n++)
        put_opleiding(life, chance, onderwijs, n);
}

/* The last work first. */
static void put_werk(const struct life *life, struct chance *chance, xmlNode *intake)
{
    long end = life->vestiging - chance_between(chance, 200, 500);

    for (int n = life_many(life, chance, 0, 5); n > 0; n--) {
        xmlNode *werk = put_group(intake, "werk");
        long begin = end - chance_between(chance, 120, 500);
        put_text(werk, "functie", chance_of(chance, WORDS_FUNCTIES));
        if (life_some(life, chance))
            put_text(werk, "land", life->origin->land);
        if (life_some(life, chance)) {
            put_month(werk, "van", begin);
            put_month(werk, "tot", end);
        }
        end = begin - chance_between(chance, 31, 90);
    }
}

static void put_taalniveaus(const struct life *life, struct chance *chance, xmlNode *intake)
{
    static const char *const PARTS_OF_EXAM[] = { "LE", "LU", "SC", "SP", "KNM" };
    int many = life_many(life, chance, 1, 4);
    long day = day_in_intake(life, chance);

    for (int n = 0; n < many; n++) {
        xmlNode *taal = put_group(intake, "taalniveau");
        put_text(taal, "onderdeel", PARTS_OF_EXAM[n]);
        put_text(taal, "niveau", chance_of(chance, WORDS_TAALNIVEAUS));
        put_day(taal, "datum", day);
    }
}

/* Health is special category: ja. */
static void put_omstandigheden(const struct life *life, struct chance *chance, xmlNode *intake)
{
    int many = life_many(life, chance, 0, 6);

    for (int n = 0; n < many; n++) {
        xmlNode *een = put_group(intake, "omstandigheid");
        put_attribute(een, "bijzonder", n < 2 ? "ja" : "nee");
        put_text(een, "soort", WORDS_OMSTANDIGHEDEN[n]);
        part_text(life, chance, een, "tekst", WORDS_INTAKE);
        if (life_some(life, chance))
            put_day(een, "datum", day_in_intake(life, chance));
    }
    for (int n = life->asiel ? life_many(life, chance, 0, 4) : 0; n > 0; n--) {
        xmlNode *steun = put_group(intake, "ondersteuning");
        put_attribute(steun, "bijzonder", chance_percent(chance, 50) ? "ja" : "nee");
        part_text(life, chance, steun, "tekst", WORDS_INTAKE);
        if (life_some(life, chance))
            put_day(steun, "datum", day_in_intake(life, chance));
    }
}

static void put_brede_intake(const struct life *life, struct chance *chance, xmlNode *intake)
{
    put_gesprekken(life, chance, intake);
    if (life->pips > 0 || life_some(life, chance))
        put_toets(life, chance, intake);
    if (life_some(life, chance))
        put_onderwijs(life, chance, intake);
    put_werk(life, chance, intake);
    if (life_some(life, chance))
        put_taalniveaus(life, chance, intake);
    if (life->asiel && life_some(life, chance))
        put_number(intake, "urenTaallesEnKnm", chance_between(chance, 0, 40));
    part_some_text(life, chance, intake, "zelfredzaamheid", WORDS_INTAKE);
    part_some_text(life, chance, intake, "arbeidskansen", WORDS_INTAKE);
    put_omstandigheden(life, chance, intake);
    part_some_text(life, chance, intake, "wensen", WORDS_PLAN);
}

void intake_put(const struct life *life, xmlNode *dossier)
{
    struct chance chance = chance_from(life->wishes.seed, "brede intake");
    xmlNode *intake = part_open(life, dossier, PART_INTAKE, "intake");

    if (!intake)
        return;
    put_vestiging(life, &chance, intake);
    if (life->asiel && life->cohort == COHORT_2021 && life_some(life, &chance))
        put_voorinburgering(life, &chance, intake);
    if (life->cohort == COHORT_2021)
        put_brede_intake(life, &chance, intake);
    part_some_text(life, &chance, intake, "opmerking", WORDS_GESPREK);
}
