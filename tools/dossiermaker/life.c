/* life -- see life.h. */
#include "tools/dossiermaker/life.h"

#include <stdio.h>
#include <string.h>

#include "tools/dossiermaker/day.h"

#define WET_2021 day_from(2022, 1, 1)
#define OVERDUE_DAYS 1250 /* ten weeks and more for the PIP, three years, and some */
#define INTAKE_CENTS_MAX 25000
#define PIP_CENTS_MAX 80000
#define BEZWAAR_DAYS 42

static long later(long a, long b)
{
    return a > b ? a : b;
}

static long day_between(struct chance *chance, long from, long to)
{
    return from + chance_between(chance, 0, (int)(to - from));
}

bool life_some(const struct life *life, struct chance *chance)
{
    return chance_percent(chance, life->richness);
}

int life_many(const struct life *life, struct chance *chance, int least, int most)
{
    int many = least + (most - least) * life->repeats / 100;

    return chance_between(chance, (least + many) / 2, many);
}

int life_hours(const struct life_traject *traject, enum life_hours kind)
{
    const int *hours = kind == HOURS_GEVOLGD      ? traject->gevolgd
                       : kind == HOURS_GEOORLOOFD ? traject->geoorloofd
                                                  : traject->ongeoorloofd;
    int sum = 0;

    for (int i = 0; i < traject->maanden; i++)
        sum += hours[i];
    return sum;
}

static int hours_until(const struct life_traject *traject, long until)
{
    long month = day_month_begin(traject->begin);
    int sum = 0;

    for (int i = 0; i < traject->maanden && day_add_months(month, i + 1) <= until; i++)
        sum += traject->gevolgd[i];
    return sum;
}

int life_hours_of_route(const struct life *life, int route, long until)
{
    int sum = 0;

    for (int n = 0; n < life->trajecten; n++)
        if (route == LIFE_ANY || (int)life->traject[n].route == route)
            sum += hours_until(&life->traject[n], until);
    return sum;
}

const struct gemeente *life_gemeente(const struct life *life)
{
    return life->pip[life->pips > 0 ? life->pips - 1 : 0].gemeente;
}

/* --- who and when -------------------------------------------------------------------- */

/* small, medium, large */
static const int RICHNESS[] = { 35, 60, 92 };
static const int REPEATS[] = { 10, 40, 100 };

static void settle_who(struct life *life, struct chance *chance)
{
    const struct wishes *wishes = &life->wishes;
    int any = wishes->complete ? SIZE_MEDIUM : chance_between(chance, 0, 2);
    int size = wishes->size != LIFE_ANY ? wishes->size : any;
    bool asiel = chance_percent(chance, 60);

    life->size = (enum life_size)size;
    life->richness = wishes->complete ? 100 : RICHNESS[size];
    life->repeats = REPEATS[size];
    life->asiel = wishes->asiel != LIFE_ANY ? wishes->asiel == 1 : asiel;
    int cohort = chance_between(chance, 0, 99);
    life->cohort = cohort < 3 ? COHORT_2007 : cohort < 9 ? COHORT_2013 : COHORT_2021;
    if (wishes->complete || wishes->route != LIFE_ANY || wishes->size != LIFE_ANY)
        life->cohort = COHORT_2021;
    life->origin = words_origin(chance, life->asiel);
}

/* How far they are, in days since they settled. */
static const struct {
    int least, most;
} STAGES[] = { { 8, 60 }, { 90, 240 }, { 240, 700 }, { 700, 1200 } };

static int days_since(const struct life *life, struct chance *chance)
{
    int stage = chance_between(chance, 0, 9);

    stage = stage < 1 ? 0 : stage < 3 ? 1 : stage < 7 ? 2 : 3;
    if (life->wishes.overdue)
        return OVERDUE_DAYS;
    if (life->wishes.complete) /* late, but within the term */
        return chance_between(chance, STAGES[3].least, 1000);
    if (stage == 0 && (life->wishes.route != LIFE_ANY || life->wishes.size != LIFE_ANY))
        stage = 1;
    if (life->wishes.size == SIZE_LARGE && stage < 2)
        stage = 2;
    return chance_between(chance, STAGES[stage].least, STAGES[stage].most);
}

static void settle_days(struct life *life, struct chance *chance)
{
    long peil = day_between(chance, day_from(2025, 2, 1), day_from(2026, 11, 20));

    if (life->wishes.overdue) /* the act is not older */
        peil = later(peil, WET_2021 + OVERDUE_DAYS + 5);
    life->peil = life->wishes.date ? life->wishes.date : peil;
    life->vestiging = later(life->peil - days_since(life, chance), WET_2021 + 5);
    life->geboren = life->vestiging - chance_between(chance, 19 * 365, 60 * 365);
    life->plicht =
        life->asiel ? life->vestiging - chance_between(chance, 0, 200) : life->vestiging;
    life->plicht = later(life->plicht, WET_2021);
    if (life->cohort == COHORT_2021)
        return;
    int year = life->cohort == COHORT_2013 ? 2014 : 2008;
    life->vestiging = day_between(chance, day_from(year, 2, 1), day_from(year + 4, 1, 1));
    life->geboren = life->vestiging - chance_between(chance, 19 * 365, 50 * 365);
    life->plicht = life->vestiging;
    life->termijn = life->plicht + 1;
    life->termijn_einde = day_add_months(life->termijn, 36);
}

/* --- the plan ------------------------------------------------------------------------ */

static enum life_route next_route(const struct life *life, struct chance *chance,
                                  enum life_route wanted, bool last)
{
    if (last || !life->asiel)
        return wanted;
    return chance_percent(chance, 60) ? wanted
                                      : (enum life_route)chance_between(chance, 0, ROUTES - 1);
}

static int pips_to_make(const struct life *life, struct chance *chance)
{
    long since = life->peil - life->vestiging;

    if (life->cohort != COHORT_2021 || since < STAGES[1].least)
        return 0;
    int most = since < 200 ? 1 : since < 400 ? 2 : since < 800 ? 4 : LIFE_PIPS;
    int least = life->wishes.complete ? 3 : 1;
    return chance_between(chance, least, most);
}

static void settle_pips(struct life *life, struct chance *chance)
{
    enum life_route wanted = life->wishes.route != LIFE_ANY
                                 ? (enum life_route)life->wishes.route
                                 : (enum life_route)chance_between(chance, 0, ROUTES - 1);
    bool late = chance_percent(chance, 10);
    long at = life->vestiging
              + (late ? chance_between(chance, 72, 86) : chance_between(chance, 35, 69));

    life->pip[0].gemeente = words_gemeente(chance);
    life->pips = pips_to_make(life, chance);
    for (int n = 0; n < life->pips; n++) {
        struct life_pip *pip = &life->pip[n];
        long room = (life->peil - at - 5) / (life->pips - n);
        pip->dagtekening = at;
        pip->route = next_route(life, chance, wanted, n == life->pips - 1);
        if (n > 0)
            pip->gemeente = chance_percent(chance, 30) ? words_gemeente(chance)
                                                       : life->pip[n - 1].gemeente;
        at += later(1, day_between(chance, room / 2, room));
    }
    if (life->pips == 0)
        return;
    life->termijn = life->pip[0].dagtekening + 1;
    life->termijn_einde = day_add_months(life->termijn, 36);
    if (life->peil - life->termijn > 300 && !life->wishes.overdue
        && chance_percent(chance, 25))
        life->verlenging = chance_percent(chance, 60) ? 6 : 0;
    life->termijn_einde = day_add_months(life->termijn_einde, life->verlenging);
}

/* --- progress ------------------------------------------------------------------------ */

static void settle_onderdeel(const struct life *life, struct chance *chance,
                             struct life_onderdeel *onderdeel, int after, int takes)
{
    long begin = life->termijn + chance_between(chance, after / 2, after);
    long end = begin + chance_between(chance, takes / 2, takes);

    if (life->pips == 0 || begin > life->peil)
        return;
    onderdeel->begin = begin;
    if (end <= life->peil && (life->wishes.complete || chance_percent(chance, 85)))
        onderdeel->behaald = end;
}

/* Lessons of one PIP last until the next one, or until the peildatum. */
static void settle_hours(struct life_traject *traject, struct chance *chance, bool asiel)
{
    long month = traject->begin;

    for (; traject->maanden < LIFE_MAANDEN; traject->maanden++) {
        long next = day_add_months(day_month_begin(month), 1);
        int at = traject->maanden;
        if (next > traject->bekend_tot)
            break;
        traject->gevolgd[at] = chance_between(chance, 44, 80);
        traject->geoorloofd[at] = asiel ? chance_between(chance, 0, 6) : 0;
        traject->ongeoorloofd[at] = asiel ? chance_between(chance, -6, 8) : 0;
        if (traject->ongeoorloofd[at] < 0)
            traject->ongeoorloofd[at] = 0;
        month = next;
    }
}

static void settle_trajecten(struct life *life, struct chance *chance)
{
    for (int n = 0; life->asiel && n < life->pips; n++) {
        const struct life_pip *pip = &life->pip[n];
        long until = n + 1 < life->pips ? pip[1].dagtekening : life->peil;
        struct life_traject *traject = &life->traject[life->trajecten];
        bool follows = life->trajecten > 0 && traject[-1].route == pip->route
                       && traject[-1].gemeente == pip->gemeente;
        if (follows) { /* the lessons go on */
            traject = &life->traject[life->trajecten - 1];
            traject->bekend_tot = day_month_begin(until);
            traject->maanden = 0;
        } else {
            long begin = pip->dagtekening + chance_between(chance, 10, 40);
            if (day_add_months(day_month_begin(begin), 1) > until)
                continue;
            *traject = (struct life_traject){ begin,
                                              day_month_begin(until),
                                              pip->gemeente,
                                              pip->route,
                                              false,
                                              n,
                                              0,
                                              { 0 },
                                              { 0 },
                                              { 0 } };
            life->trajecten++;
        }
        settle_hours(traject, chance, life->asiel);
        traject->behind =
            !life->wishes.complete && traject->maanden > 1 && chance_percent(chance, 15);
    }
}

/* A2 in the B1-route only after 600 hours of lessons, so never in the first PIP;
 * the Z-route is A2 or below. */
static void settle_levels(struct life *life, struct chance *chance)
{
    for (int n = 0; n < life->pips; n++) {
        struct life_pip *pip = &life->pip[n];
        bool before = n > 0 && pip[-1].route == ROUTE_B1 && pip[-1].a2;
        bool enough = life_hours_of_route(life, LIFE_ANY, pip->dagtekening) >= 600;
        pip->a2 = pip->route == ROUTE_Z
                  || (pip->route == ROUTE_B1 && enough
                      && (chance_percent(chance, before ? 40 : 85)));
    }
}

/* One is ready with the Z-route after some 400 days, asylum holders after 800 hours. */
static void settle_z(struct life *life, struct chance *chance)
{
    if (life->pips == 0 || life->pip[life->pips - 1].route != ROUTE_Z)
        return;
    if (life->asiel && life_hours_of_route(life, ROUTE_Z, life->peil - 60) < 800)
        return;
    if (!life->map.behaald || !life->pvt.behaald || life->map.behaald > life->peil - 60)
        return;
    if (life->peil - life->pip[life->pips - 1].dagtekening > 400 && chance_percent(chance, 40))
        life->z_afgerond = life->peil - chance_between(chance, 5, 60);
}

/* --- enforcement --------------------------------------------------------------------- */

static const struct {
    const char *status, *bezwaar;
} BOETES[] = {
    { "opgelegd", "termijn loopt" }, { "opgelegd", "geen" },
    { "opgelegd", "ingediend" },     { "opgelegd", "beroep" },
    { "opgelegd", "hoger beroep" },  { "deels betaald", "ongegrond" },
    { "deels betaald", "geen" },     { "betaald", "geen" },
    { "betaald", "ingetrokken" },    { "kwijtgescheiden", "geen" },
    { "herzien", "deels gegrond" },  { "ingetrokken", "gegrond" },
    { "vernietigd", "gegrond" },
};

static void settle_outcome(const struct life *life, struct chance *chance,
                           struct life_boete *boete)
{
    bool fresh = life->peil - boete->besluit < BEZWAAR_DAYS;
    int n = fresh ? 0 : chance_between(chance, 1, sizeof(BOETES) / sizeof(BOETES[0]) - 1);

    boete->status = BOETES[n].status;
    boete->bezwaar = BOETES[n].bezwaar;
    if (!fresh && strcmp(boete->bezwaar, "geen") != 0)
        boete->bezwaardatum =
            day_between(chance, boete->besluit + 5, boete->besluit + BEZWAAR_DAYS - 1);
    boete->betaald = strcmp(boete->status, "betaald") == 0         ? boete->cents
                     : strcmp(boete->status, "deels betaald") == 0 ? boete->cents / 2
                                                                   : -1;
}

/* Two summonses, a hearing, a decision: 45 days or so. false: no room before `until`. */
static bool add_boete(struct life *life, struct chance *chance, const char *grond, long from,
                      long until)
{
    struct life_boete *boete = &life->boete[life->boetes];
    bool intake = strcmp(grond, "PIP") != 0;
    const struct gemeente *gemeente = life->pip[0].gemeente;

    if (from + 46 > until || life->boetes == LIFE_BOETES)
        return false;
    boete->grond = grond;
    boete->oproep = day_between(chance, from, until - 46);
    boete->besluit = boete->oproep + chance_between(chance, 38, 45);
    boete->cents =
        (intake ? INTAKE_CENTS_MAX : PIP_CENTS_MAX) / 10 * chance_between(chance, 1, 10);
    for (int n = 0; n < life->pips; n++)
        if (life->pip[n].dagtekening <= boete->besluit)
            gemeente = life->pip[n].gemeente;
    boete->gemeente = gemeente;
    settle_outcome(life, chance, boete);
    life->boetes++;
    return true;
}

/* At most one for the intake, one for the test and two for the PIP: below the cap of the term.
 */
static void settle_boetes(struct life *life, struct chance *chance)
{
    bool complete = life->wishes.complete;
    long first = life->pips > 0 ? life->pip[0].dagtekening : life->peil;
    int percent = life->cohort == COHORT_2021 ? 25 : 0;

    if (life->asiel && (complete || chance_percent(chance, percent)))
        (void)add_boete(life, chance,
                        chance_percent(chance, 75) ? "brede intake" : "leerbaarheidstoets",
                        life->vestiging + 3, first);
    if (life->pips == 0)
        return;
    long half = (first + life->peil) / 2;
    if (complete || chance_percent(chance, percent))
        (void)add_boete(life, chance, "PIP", first + 20, half);
    if (complete || chance_percent(chance, percent))
        (void)add_boete(life, chance, "PIP", half + 1, life->peil);
}

/* --- parts and documents ------------------------------------------------------------- */

static void settle_status(struct life *life, struct chance *chance)
{
    const bool holds[PARTS] = {
        [PART_INTAKE] = life->cohort == COHORT_2021 || chance_percent(chance, 50),
        [PART_PIP] = life->pips > 0,
        [PART_VOORTGANG] = life->pips > 0 || chance_percent(chance, 60),
        [PART_HANDHAVING] = life->boetes > 0 || chance_percent(chance, 15),
        [PART_DUO] = chance_percent(chance, 90),
        [PART_DOCUMENTEN] = life->pips > 0,
    };

    for (int part = 0; part < PARTS; part++) {
        bool withheld = chance_percent(chance, 6);
        life->status[part] = life->wishes.complete ? STATUS_GELEVERD
                             : withheld            ? STATUS_ACHTERGEHOUDEN
                             : holds[part]         ? STATUS_GELEVERD
                                                   : STATUS_LEEG;
    }
}

static void add_document(struct life *life, const char *soort, const char *naam,
                         const char *prefix, long datum)
{
    struct life_document *document = &life->document[life->documenten++];

    *document = (struct life_document){ "", soort, naam, datum };
    (void)snprintf(document->id, sizeof(document->id), "%.12s-%u", prefix,
                   (unsigned)life->documenten % 100);
}

/* Each PIP, then each fine, then what else there is: pip.c and handhaving.c count on it. */
static void settle_documents(struct life *life, struct chance *chance)
{
    if (life->status[PART_DOCUMENTEN] != STATUS_GELEVERD)
        return;
    for (int n = 0; n < life->pips; n++)
        add_document(life, "beschikking PIP", "PIP.pdf", "pip", life->pip[n].dagtekening);
    for (int n = 0; n < life->boetes; n++)
        add_document(life, "beschikking boete", "Besluit bestuurlijke boete.pdf", "boete",
                     life->boete[n].besluit);
    if (life->pvt.behaald && life_some(life, chance))
        add_document(life, "participatieverklaring", "Participatieverklaring.jpg", "pvt",
                     life->pvt.behaald);
    if (life->boetes > 0 && life_some(life, chance))
        add_document(life, "waarschuwing", "Waarschuwing.pdf", "waarschuwing",
                     life->boete[0].oproep + 20);
    static const char *const KINDS[] = { "verslag", "toetsuitslag", "overig", NULL };
    for (int n = life_many(life, chance, 1, 8); n > 0; n--)
        add_document(life, chance_of(chance, KINDS), "Vólgstuk uit het dossier.pdf", "stuk",
                     day_between(chance, life->pip[0].dagtekening, life->peil));
}

static int percent(int number)
{
    return number < 0 ? 0 : number > 100 ? 100 : number;
}

bool life_say(struct life *life, int more)
{
    const int repeats = life->repeats, richness = life->richness;

    life->repeats = percent(repeats + 12 * more);
    life->richness = life->wishes.complete ? 100 : percent(richness + 6 * more);
    if (repeats != life->repeats || richness != life->richness)
        return true;
    if (more < 0
        || life->status[PART_VOORTGANG] + life->status[PART_INTAKE] + life->status[PART_DUO]
               == 0)
        return false;
    life->status[PART_VOORTGANG] = life->status[PART_INTAKE] = STATUS_GELEVERD;
    life->status[PART_DUO] = STATUS_GELEVERD;
    return true;
}

void life_make(const struct wishes *wishes, struct life *life)
{
    struct chance chance = chance_from(wishes->seed, "leven");

    *life = (struct life){ .wishes = *wishes };
    settle_who(life, &chance);
    settle_days(life, &chance);
    settle_pips(life, &chance);
    if (life->cohort == COHORT_2021) {
        settle_onderdeel(life, &chance, &life->pvt, 60, 70);
        settle_onderdeel(life, &chance, &life->map, 200, 240);
        settle_trajecten(life, &chance);
        settle_levels(life, &chance);
        settle_z(life, &chance);
    }
    settle_boetes(life, &chance);
    settle_status(life, &chance);
    settle_documents(life, &chance);
}
