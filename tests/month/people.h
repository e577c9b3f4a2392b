/* people -- who moves in the month: made-up people with a number, a record at DUO, a dossier,
 * and the truth about where they live and where their dossier is.
 *
 * The truth is what somebody at a desk finds in the BRP and in the cupboard; no town of ours
 * reads it. BSNs are 9999xxxxx that pass the 11-test.
 */
#ifndef TESTS_MONTH_PEOPLE_H
#define TESTS_MONTH_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codecs/digest.h"
#include "tests/month/region.h"

#define PEOPLE_MAX 9000

struct story;

struct person {
    char bsn[10];
    const struct story *story;
    int old, new, third; /* towns of the story */
    int day;             /* of the month, on which it begins */
    bool sample;         /* the dossier is the sample's, and DUO knows the same */
    int lives, holder;   /* now; NOWHERE */
    unsigned had;        /* towns that had the dossier: they know to whom it went */
    int taken_by;        /* who took over last; NOWHERE */
    bool withdrawn;      /* whoever took it over must give it up */
    int returned;        /* how often a dossier was sent back as incomplete */
};

extern struct person people[];
extern size_t people_count;

void people_make(size_t count, uint64_t seed);

/* DUO knows them as residents of their old municipality: with the PIP of that code and hours
 * of that one; NULL for none. */
void people_at_duo(const struct person *person, const char *pip, const char *uren);
/* DUO learns, today, that they settle there. */
void people_move(struct person *person, int to);

/* The dossier as `town` would hand it over, of somebody with that BSN (NULL: their own). The
 * caller's. */
char *people_dossier(const struct person *person, int town, const char *bsn);

/* The index of theirs in that town, in hexadecimal; and back. */
void people_index(const struct person *person, int town, char hex[DIGEST_HEX]);
/* Who is meant by an index of that town ("bsn_index" in hexadecimal)? NULL: nobody here. */
struct person *people_by_index(int town, const char *hex);

#endif
