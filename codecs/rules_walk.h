/* rules_walk -- what the rows of the rules share: reading, visiting, reporting. */
#ifndef CODECS_RULES_WALK_H
#define CODECS_RULES_WALK_H

#include "codecs/rules.h"

struct rules_walk {
    const xmlNode *dossier;
    const struct rules_limits *limits;
    const struct rule *rule; /* being held against it; findings are its */
    bool asiel;              /* doelgroep, otherwise gezinsmigranten en overige migranten */
    bool asielrechten;       /* these they may also keep, or be given, in another doelgroep */
    bool wi2021;             /* earlier acts know no PIP, other terms and other fines */
    long peildatum;
    long first_pip; /* dagtekening of the first version, 0: none */
    /* inburgeringstermijn of the Wi2021 as DUO gave it, einde is the first day behind it; 0:
     * not known */
    long start, einde;

    dossier_each *each;
    void *context;
    struct fault *fault;
    int told[2]; /* findings by severity */
};

/* The groups of rows; each ends with id NULL. */
extern const struct rule RULES_DATUM[], RULES_DOCUMENTEN[], RULES_DOELGROEP[],
    RULES_HANDHAVING[], RULES_INTAKE[], RULES_ONDERDEEL[], RULES_PERSOON[], RULES_PIP[],
    RULES_STATUS[], RULES_TERMIJN[], RULES_VOORTGANG[];

/* The rule is broken by node's child `name` ("@id": an attribute), which may be absent, or
 * with name NULL by node itself. */
void rules_found(struct rules_walk *walk, const xmlNode *node, const char *name);

typedef void rules_visit(struct rules_walk *walk, const xmlNode *node, const void *with);
/* Every element at path ("pip/versie/bezwaar"), of all lists on the way. */
void rules_each(struct rules_walk *walk, const char *path, rules_visit *visit,
                const void *with);

/* One element at path from the dossier; NULL when absent. */
const xmlNode *rules_at(const struct rules_walk *walk, const char *path);

/* Of what stands at path below node: a day (0 absent), a number or amount in cents (-1
 * absent), the same text as `text`, anything at all. */
long rules_day(const xmlNode *node, const char *path);
long rules_number(const xmlNode *node, const char *path);
long rules_cents(const xmlNode *node, const char *path);
bool rules_is(const xmlNode *node, const char *path, const char *text);
bool rules_has(const xmlNode *node, const char *path);
/* The same text at path below both, or absent from both. */
bool rules_same(const xmlNode *a, const xmlNode *b, const char *path);
/* An attribute without namespace; NULL when absent. */
const char *rules_attribute(const xmlNode *node, const char *name);

/* A part that is said to hold something. */
bool rules_given(const struct rules_walk *walk, const char *part);

#endif
