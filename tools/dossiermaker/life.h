/* life -- the course of one made-up person's inburgering, settled before a word is written.
 *
 *   plicht .. vestiging --(ten weeks)--> first PIP --(next day)--> termijn, three years
 *                                          |-> MAP, PVT, trajecten and their hours
 *                                          |-> more PIPs, some of a next municipality
 *   brede intake or PIP not kept: oproep, oproep, zienswijze, boete          ... peildatum
 *
 * Everything follows from the seed and the wishes; no day lies behind the peildatum but what
 * is planned. What two parts of a dossier must agree on stands in here; the rest each part
 * makes up for itself (parts.h).
 */
#ifndef DOSSIERMAKER_LIFE_H
#define DOSSIERMAKER_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/dossiermaker/chance.h"
#include "tools/dossiermaker/words.h"

enum life_route { ROUTE_B1, ROUTE_ONDERWIJS, ROUTE_Z, ROUTES };
enum life_size { SIZE_SMALL, SIZE_MEDIUM, SIZE_LARGE };
enum life_cohort { COHORT_2007, COHORT_2013, COHORT_2021 };
/* clang-format off */
enum life_part {
    PART_INTAKE, PART_PIP, PART_VOORTGANG, PART_HANDHAVING, PART_DUO, PART_DOCUMENTEN, PARTS
};
/* clang-format on */
enum life_status { STATUS_GELEVERD, STATUS_LEEG, STATUS_ACHTERGEHOUDEN };

/* What is asked for; LIFE_ANY leaves it to chance. */
#define LIFE_ANY (-1)
struct wishes {
    uint64_t seed;
    int route, size, asiel; /* asiel: 1, 0 */
    long date;              /* peildatum as a day; 0: from the seed */
    bool complete;          /* every part delivered, with PIPs, fines and documents */
    bool overdue;           /* with complete: the term is over */
};

#define LIFE_PIPS 6
#define LIFE_BOETES 4
#define LIFE_MAANDEN 60
#define LIFE_DOCUMENTEN 24

struct life_pip {
    long dagtekening;
    const struct gemeente *gemeente;
    enum life_route route;
    bool a2; /* scaled down to A2, or Z */
};

struct life_traject { /* hours at one institution, under one municipality */
    long begin, bekend_tot;
    const struct gemeente *gemeente;
    enum life_route route;
    bool behind; /* DUO knows the last month not yet */
    int instelling, maanden;
    int gevolgd[LIFE_MAANDEN], geoorloofd[LIFE_MAANDEN], ongeoorloofd[LIFE_MAANDEN];
};

struct life_onderdeel { /* MAP or PVT; 0: not yet */
    long begin, behaald;
};

struct life_boete {
    const char *grond, *status, *bezwaar;
    long oproep, besluit, bezwaardatum; /* oproep: the first of two */
    int cents, betaald;                 /* betaald -1: not said */
    const struct gemeente *gemeente;
};

struct life_document {
    char id[24];
    const char *soort, *naam;
    long datum;
};

struct life {
    struct wishes wishes;
    int richness; /* percent: how often what may be left out is there */
    int repeats;  /* how much there is of what may come more than once */
    enum life_size size;
    bool asiel;
    enum life_cohort cohort;
    const struct origin *origin;
    long peil, geboren, vestiging, plicht, termijn, termijn_einde; /* termijn 0: none yet */
    long z_afgerond; /* 0: not, or another route */
    int verlenging;  /* months granted */
    int pips, trajecten, boetes, documenten;
    struct life_pip pip[LIFE_PIPS];
    struct life_traject traject[LIFE_PIPS];
    struct life_boete boete[LIFE_BOETES];
    struct life_document document[LIFE_DOCUMENTEN];
    struct life_onderdeel map, pvt;
    enum life_status status[PARTS];
};

void life_make(const struct wishes *wishes, struct life *life);

/* Says more (1) or less (-1) of the same life; for the size of the dossier. false: there is no
 * more to say. */
bool life_say(struct life *life, int more);

/* Is something that may be left out there? By richness. */
bool life_some(const struct life *life, struct chance *chance);
/* How many of something: between least and, by repeats, most. */
int life_many(const struct life *life, struct chance *chance, int least, int most);

enum life_hours { HOURS_GEVOLGD, HOURS_GEOORLOOFD, HOURS_ONGEOORLOOFD };
int life_hours(const struct life_traject *traject, enum life_hours kind);

/* Of all trajecten of a route, or LIFE_ANY: followed in months that ended by then. */
int life_hours_of_route(const struct life *life, int route, long until);

/* Who is responsible at the peildatum. */
const struct gemeente *life_gemeente(const struct life *life);

#endif
