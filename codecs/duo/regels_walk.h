/* regels_walk -- what the rows of DUO's rules share: what is known, and how to ask it. */
#ifndef CODECS_DUO_REGELS_WALK_H
#define CODECS_DUO_REGELS_WALK_H

#include "codecs/duo/regels.h"

/* The PIP that DUO holds now: as read, or ours when we reported one since. */
struct duo_huidig {
    bool bekend, bestaat, eigen;
    long dagtekening; /* 0: not known */
    char leerroute;   /* B, O, Z; 0: not known */
};

struct duo_walk {
    const char *operatie;
    const json_t *body;
    const struct duo_facts *facts;
    struct duo_huidig pip;
    long vandaag, gelezen_op;
    long start,
        einde; /* inburgeringstermijn, einde is the first day behind it; 0: not known */
};

/* The groups of rows; each ends with id NULL. */
extern const struct duo_regel DUO_REGELS_PIP[], DUO_REGELS_CONTACT[], DUO_REGELS_AANBOD[],
    DUO_REGELS_RESULTAAT[], DUO_REGELS_UREN[], DUO_REGELS_VERHUIZING[];

/* Of the body: a day (0 absent), a text (NULL absent), the same text, present at all. */
long duo_body_day(const struct duo_walk *walk, const char *member);
const char *duo_body_text(const struct duo_walk *walk, const char *member);
bool duo_body_is(const struct duo_walk *walk, const char *member, const char *text);
bool duo_body_has(const struct duo_walk *walk, const char *member);

/* Of gelezen, at a path. */
long duo_read_day(const struct duo_walk *walk, const char *path);
const char *duo_read_text(const struct duo_walk *walk, const char *path);

bool duo_is_ours(const struct duo_walk *walk, const char *gemeentecode);
bool duo_is_known(const char *fact); /* something, not "there is none" */

/* FOUT when day < from, ONBEKEND when from is 0, GOED when day is 0: nothing to hold. */
enum duo_oordeel duo_not_before(long day, long from);

/* Asylum? GOED, FOUT, or not known (gezinsmigranten may keep the rights of asylum). */
enum duo_oordeel duo_asiel(const struct duo_walk *walk);

/* The institution of the path: known to DUO with the mark that the leerroute asks. */
enum duo_oordeel duo_keurmerk(const struct duo_walk *walk);

/* Our last report by that name, at the institution of the path when it has one; NULL: none. */
const json_t *duo_reported(const struct duo_walk *walk, const char *operatie);
long duo_reported_day(const json_t *report, const char *member); /* of its inhoud; 0 */
/* Our offer at the institution of the path that was not withdrawn since; NULL: none. */
const json_t *duo_offered(const struct duo_walk *walk);

/* The next entry of gelezen/uren with hours at the institution of the path, of ours or of
 * others; at NULL: the first. */
const xmlNode *duo_hours_here(const struct duo_walk *walk, const xmlNode *at, bool ours);

#endif
