/* rules_handhaving -- summonses, fines, their caps and objections.
 *
 * The caps run across municipalities: whoever receives the dossier must be able to rely on the
 * total. Does a fine count? One that was withdrawn or annulled does not; whether one that was
 * remitted, or that lies behind the term, still does is argued about: both totals are right.
 */
#include "codecs/datum.h"
#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

/* --- summonses ----------------------------------------------------------------------- */

/* A summons for the same with the number before, on the same day or earlier. */
static bool follows(const xmlNode *oproep)
{
    long number = rules_number(oproep, "nummer"), day = rules_day(oproep, "datum");

    for (const xmlNode *at = xmldoc_at(oproep->parent, "oproep"); at; at = xmldoc_next(at))
        if (rules_same(at, oproep, "waarvoor") && rules_number(at, "nummer") == number - 1
            && rules_day(at, "datum") <= day)
            return true;
    return number == 1;
}

static void summons_of(struct rules_walk *walk, const xmlNode *oproep, const void *with)
{
    (void)with;
    if (!follows(oproep))
        rules_found(walk, oproep, "nummer");
}

static void check_summons(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/oproep", summons_of, NULL);
}

static void excuse_of(struct rules_walk *walk, const xmlNode *oproep, const void *with)
{
    (void)with;
    if (rules_has(oproep, "verschoonbaar") && !rules_is(oproep, "verschenen", "nee"))
        rules_found(walk, oproep, "verschoonbaar");
}

static void check_excuse(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/oproep", excuse_of, NULL);
}

/* --- one fine ------------------------------------------------------------------------ */

enum counts { COUNTS_NOT, COUNTS_MAYBE, COUNTS };

static enum counts counts(const struct rules_walk *walk, const xmlNode *boete)
{
    if (rules_is(boete, "status", "ingetrokken") || rules_is(boete, "status", "vernietigd"))
        return COUNTS_NOT;
    if (rules_is(boete, "status", "kwijtgescheiden")
        || (walk->einde && rules_day(boete, "besluitdatum") >= walk->einde))
        return COUNTS_MAYBE;
    return COUNTS;
}

static bool is_for_intake(const xmlNode *boete)
{
    return rules_is(boete, "grond", "brede intake");
}

static void intake_cap_of(struct rules_walk *walk, const xmlNode *boete, const void *with)
{
    (void)with;
    if (walk->wi2021 && is_for_intake(boete) && counts(walk, boete) != COUNTS_NOT
        && rules_cents(boete, "bedrag") > 100L * walk->limits->boete_intake)
        rules_found(walk, boete, "bedrag");
}

static void check_intake_cap(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/boete", intake_cap_of, NULL);
}

static void pip_cap_of(struct rules_walk *walk, const xmlNode *boete, const void *with)
{
    (void)with;
    if (walk->wi2021 && !is_for_intake(boete) && counts(walk, boete) != COUNTS_NOT
        && rules_cents(boete, "bedrag") > 100L * walk->limits->boete_pip)
        rules_found(walk, boete, "bedrag");
}

static void check_pip_cap(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/boete", pip_cap_of, NULL);
}

static bool was_summoned_twice(const xmlNode *boete)
{
    long day = rules_day(boete, "besluitdatum");

    for (const xmlNode *at = xmldoc_at(boete->parent, "oproep"); at; at = xmldoc_next(at))
        if (rules_is(at, "waarvoor", "brede intake") && rules_number(at, "nummer") >= 2
            && rules_day(at, "datum") <= day)
            return true;
    return false;
}

static void second_of(struct rules_walk *walk, const xmlNode *boete, const void *with)
{
    (void)with;
    if (walk->wi2021 && is_for_intake(boete) && counts(walk, boete) != COUNTS_NOT
        && !was_summoned_twice(boete))
        rules_found(walk, boete, NULL);
}

static void check_second(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/boete", second_of, NULL);
}

/* One breaks what a PIP says only when there is one. */
static void ground_of(struct rules_walk *walk, const xmlNode *boete, const void *with)
{
    (void)with;
    if (rules_is(boete, "grond", "PIP") && walk->first_pip
        && rules_day(boete, "besluitdatum") < walk->first_pip)
        rules_found(walk, boete, "besluitdatum");
}

static void check_ground(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/boete", ground_of, NULL);
}

static void paid_of(struct rules_walk *walk, const xmlNode *boete, const void *with)
{
    (void)with;
    if (rules_cents(boete, "betaald") > rules_cents(boete, "bedrag"))
        rules_found(walk, boete, "betaald");
}

static void check_paid(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/boete", paid_of, NULL);
}

static void paid_status_of(struct rules_walk *walk, const xmlNode *boete, const void *with)
{
    long fine = rules_cents(boete, "bedrag"), paid = rules_cents(boete, "betaald");

    (void)with;
    if ((rules_is(boete, "status", "betaald") && paid >= 0 && paid < fine)
        || (rules_is(boete, "status", "deels betaald") && (paid <= 0 || paid == fine))
        || (rules_is(boete, "status", "opgelegd") && paid > 0))
        rules_found(walk, boete, "status");
}

static void check_paid_status(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/boete", paid_status_of, NULL);
}

static bool is_same_fine(const xmlNode *a, const xmlNode *b)
{
    return rules_has(a, "kenmerk") && rules_same(a, b, "kenmerk") && rules_same(a, b, "grond")
           && rules_same(a, b, "bedrag") && rules_same(a, b, "besluitdatum")
           && rules_same(a, b, "gemeentecode");
}

static void twice_of(struct rules_walk *walk, const xmlNode *boete, const void *with)
{
    const xmlNode *other = xmldoc_at(boete->parent, "boete");

    (void)with;
    while (other != boete && !is_same_fine(boete, other))
        other = xmldoc_next(other);
    if (other != boete)
        rules_found(walk, boete, "kenmerk");
}

static void check_twice(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/boete", twice_of, NULL);
}

/* --- the total ----------------------------------------------------------------------- */

struct sums {
    long intake, pip;
};

static struct sums add_up(const struct rules_walk *walk, enum counts least)
{
    struct sums sums = { 0 };

    for (const xmlNode *boete = rules_at(walk, "handhaving/boete"); boete;
         boete = xmldoc_next(boete))
        if (counts(walk, boete) >= least)
            *(is_for_intake(boete) ? &sums.intake : &sums.pip) += rules_cents(boete, "bedrag");
    return sums;
}

static bool is_between(long least, long value, long most)
{
    return value >= least && value <= most;
}

static void check_total(struct rules_walk *walk)
{
    const xmlNode *said = rules_at(walk, "handhaving/boetetotaal");
    struct sums least = add_up(walk, COUNTS), most = add_up(walk, COUNTS_MAYBE);

    if (!said)
        return;
    long intake = rules_cents(said, "bredeIntake"), pip = rules_cents(said, "pip");
    if (!is_between(least.intake, intake, most.intake))
        rules_found(walk, said, "bredeIntake");
    if (!is_between(least.pip, pip, most.pip))
        rules_found(walk, said, "pip");
    if (rules_cents(said, "totaal") != intake + pip)
        rules_found(walk, said, "totaal");
}

static void check_total_missing(struct rules_walk *walk)
{
    const xmlNode *handhaving = rules_at(walk, "handhaving");

    if (rules_has(handhaving, "boete") && !rules_has(handhaving, "boetetotaal"))
        rules_found(walk, handhaving, "boetetotaal");
}

static void check_total_cap(struct rules_walk *walk)
{
    struct sums sums = add_up(walk, COUNTS);

    if (walk->wi2021 && sums.intake + sums.pip > 100L * walk->limits->boete_totaal)
        rules_found(walk, rules_at(walk, "handhaving"), "boetetotaal");
}

/* --- objections ---------------------------------------------------------------------- */

static const struct decision {
    const char *path, *day;
} DECISIONS[] = {
    { "pip/versie", "dagtekening" },
    { "handhaving/boete", "besluitdatum" },
};

static void each_decision(struct rules_walk *walk, rules_visit *visit)
{
    for (size_t i = 0; i < sizeof(DECISIONS) / sizeof(DECISIONS[0]); i++)
        rules_each(walk, DECISIONS[i].path, visit, &DECISIONS[i]);
}

static void objected_of(struct rules_walk *walk, const xmlNode *node, const void *with)
{
    const struct decision *decision = with;
    long objected = rules_day(node, "bezwaar/datum");

    if (objected && objected < rules_day(node, decision->day))
        rules_found(walk, xmldoc_child(node, "bezwaar"), "datum");
}

static void check_objected(struct rules_walk *walk)
{
    each_decision(walk, objected_of);
}

static void state_of(struct rules_walk *walk, const xmlNode *node, const void *with)
{
    const xmlNode *bezwaar = xmldoc_child(node, "bezwaar");
    bool none = rules_is(node, "bezwaar/status", "geen")
                || rules_is(node, "bezwaar/status", "termijn loopt");

    (void)with;
    if (bezwaar && none == rules_has(bezwaar, "datum"))
        rules_found(walk, bezwaar, "datum");
}

static void check_state(struct rules_walk *walk)
{
    each_decision(walk, state_of);
}

static void window_of(struct rules_walk *walk, const xmlNode *node, const void *with)
{
    const struct decision *decision = with;
    long closes = rules_day(node, decision->day) + 7L * walk->limits->bezwaar_weken;

    if (rules_is(node, "bezwaar/status", "termijn loopt") && walk->peildatum > closes)
        rules_found(walk, xmldoc_child(node, "bezwaar"), "status");
}

static void check_window(struct rules_walk *walk)
{
    each_decision(walk, window_of);
}

static void upheld_of(struct rules_walk *walk, const xmlNode *boete, const void *with)
{
    (void)with;
    if (rules_is(boete, "bezwaar/status", "gegrond") && counts(walk, boete) == COUNTS
        && !rules_is(boete, "status", "herzien"))
        rules_found(walk, boete, "status");
}

static void check_upheld(struct rules_walk *walk)
{
    rules_each(walk, "handhaving/boete", upheld_of, NULL);
}

/* clang-format off */
const struct rule RULES_HANDHAVING[] = {
    { "oproep-volgorde", RULES_WARN, check_summons,
      "BI-GEM-11; art. 22 Wet inburgering 2021",
      "volgt niet op een oproep met het nummer ervoor",
      "does not follow a summons with the number before",
      "nummer de oproepen per onderwerp vanaf 1, op datum",
      "number the summonses for each subject from 1, by date" },
    { "oproep-verschoonbaar", RULES_WARN, check_excuse, "BI-GEM-11",
      "hoort alleen bij niet verschenen", "belongs to verschenen nee only",
      "verbeter verschenen, of haal verschoonbaar weg",
      "correct verschenen, or take verschoonbaar out" },
    { "boete-intake", RULES_REFUSE, check_intake_cap,
      "art. 22 Wet inburgering 2021; HH-NDUO-01",
      "meer dan de boete voor de brede intake mag zijn",
      "more than a fine for the intake may be",
      "controleer bedrag en grond met het besluit",
      "check amount and ground with the decision" },
    { "boete-pip", RULES_REFUSE, check_pip_cap, "art. 23 Wet inburgering 2021; HH-NDUO-01",
      "meer dan de boete voor het PIP mag zijn", "more than a fine for the PIP may be",
      "controleer bedrag en grond met het besluit",
      "check amount and ground with the decision" },
    { "boete-plafond", RULES_REFUSE, check_total_cap,
      "artt. 22 en 23 Wet inburgering 2021; VH-GEM-04",
      "de boetes die tellen zijn samen meer dan in de termijn mag",
      "the fines that count are more than the term allows",
      "controleer de bedragen, en of een boete is ingetrokken of vernietigd",
      "check the amounts, and whether a fine was withdrawn or annulled" },
    { "boete-oproep", RULES_REFUSE, check_second, "art. 22 Wet inburgering 2021; BI-GEM-11",
      "een boete voor de brede intake kan pas na een tweede oproep",
      "a fine for the intake takes a second summons",
      "vermeld de oproepen, of verbeter de grond",
      "give the summonses, or correct the ground" },
    { "boete-grond", RULES_REFUSE, check_ground, "art. 23 Wet inburgering 2021; HH-NDUO-01",
      "ligt voor het eerste PIP, dat de grond van deze boete is",
      "lies before the first PIP, which is the ground of this fine",
      "verbeter grond of datum, of voeg de eerdere versie van het PIP toe",
      "correct ground or date, or add the earlier version of the PIP" },
    { "boete-betaald", RULES_REFUSE, check_paid, "HH-NDUO-01",
      "er is meer betaald dan de boete bedraagt", "more was paid than the fine",
      "controleer beide bedragen", "check both amounts" },
    { "boete-status", RULES_WARN, check_paid_status, "HH-NDUO-01",
      "past niet bij wat is betaald", "does not go with what was paid",
      "verbeter status of betaald", "correct status or betaald" },
    { "boete-dubbel", RULES_REFUSE, check_twice, "HH-NDUO-01; VH-GEM-04",
      "deze boete staat er twee keer", "this fine is given twice",
      "noem iedere boete een keer", "give each fine once" },
    { "boete-totaal", RULES_REFUSE, check_total, "VH-GEM-04 HH-NDUO-01",
      "is niet de som van de boetes die tellen", "is not the sum of the fines that count",
      "tel de boetes opnieuw op; ingetrokken en vernietigde tellen niet",
      "add up the fines anew; those withdrawn or annulled do not count" },
    { "boete-totaal-ontbreekt", RULES_WARN, check_total_missing, "VH-GEM-04",
      "ontbreekt, terwijl er boetes zijn", "is missing although there are fines",
      "vul het totaal in: de maxima lopen door over gemeenten",
      "give the total: the caps run on across municipalities" },
    { "bezwaar-datum", RULES_REFUSE, check_objected, "art. 6:7 Awb",
      "ligt voor het besluit", "lies before the decision",
      "verbeter de datum van het bezwaar of van het besluit",
      "correct the date of the objection or of the decision" },
    { "bezwaar-status", RULES_WARN, check_state, "art. 6:7 Awb",
      "hoort bij een bezwaar dat er is, en niet bij geen of termijn loopt",
      "belongs to an objection that was made, not to geen or termijn loopt",
      "verbeter status of datum", "correct status or date" },
    { "bezwaar-termijn", RULES_WARN, check_window, "art. 6:7 Awb",
      "de bezwaartermijn is voorbij op de peildatum",
      "the time to object is over at the peildatum",
      "is er bezwaar gemaakt? werk de status bij",
      "was there an objection? update the status" },
    { "bezwaar-boete", RULES_WARN, check_upheld, "art. 7:11 Awb",
      "het bezwaar is gegrond, maar de boete telt nog",
      "the objection was upheld, but the fine still counts",
      "werk status en bedrag van de boete bij", "update status and amount of the fine" },
    { 0 },
};
/* clang-format on */
