/* regels -- what DUO refuses, said before a report goes: one table.
 *
 * DUO's functional rules come back as 403, after the fact. What we have read of DUO, what we
 * reported ourselves and what the dossier tells are enough to know most of them beforehand.
 * Everything known of a rule stands in its row; findings and docs/duo-rules.md come from it.
 *
 *   weiger   we know that DUO will refuse: it is not sent
 *   let op   it cannot be known here, DUO contradicts itself, or something else than a refusal
 *            follows: it is sent, DUO decides
 *
 * Where DUO's text leaves two readings, only what both refuse is a `weiger`. Of dates and
 * gemeentecodes NULL says that it is not known, and "" that there is none. Pure, as all
 * codecs.
 */
#ifndef CODECS_DUO_REGELS_H
#define CODECS_DUO_REGELS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>
#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

struct duo_operation; /* see codecs/duo/operation.h */
struct duo_walk;      /* one report being held against the table; see regels_walk.h */

enum duo_ernst {
    DUO_WEIGER,
    DUO_LET_OP,
};

/* What a row makes of a report. */
enum duo_oordeel {
    DUO_GOED,
    DUO_FOUT,     /* the row's own severity */
    DUO_TWIJFEL,  /* wrong by this rule, but another says otherwise: let op */
    DUO_ONBEKEND, /* the facts do not say: let op */
};

struct duo_regel {
    const char *id;       /* "MAP-9"; NULL ends a group */
    const char *operatie; /* names, a blank between; "*": whatever is about one person */
    enum duo_ernst ernst;
    enum duo_oordeel (*check)(const struct duo_walk *walk); /* NULL: not held, nl says why */
    const char *bron;                                       /* where DUO says it */
    const char *nl, *doen;                                  /* what is wrong; what to do */
    const char *nodig; /* what one has to know to tell; NULL: the report itself */
};

/* From which day the month counts after which a former municipality may not ask any more. */
enum duo_toegang {
    DUO_VANAF_DAGTEKENING,
    DUO_VANAF_REGISTRATIE,
};

struct duo_facts {
    const xmlNode *gelezen;     /* dossier/duo/gelezen as we read it; NULL: nothing read */
    bool volledig;              /* DUO answered everything: what gelezen lacks, DUO has not */
    const json_t *gemeld;       /* see below; NULL: not known */
    const json_t *instellingen; /* answer to instellingen.lezen; NULL: not asked */
    const char *instellingsnummer; /* of the path */
    const char *gemeentecode;      /* ours; with those that merged into it, a blank between */
    const char *vandaag;
    const char *vestiging;           /* since when the person lives here */
    const char *vertrek;             /* since when elsewhere; "": lives here */
    const char *eerste_pip;          /* dagtekening of the first PIP of any municipality */
    const char *pip_geregistreerd;   /* no sooner did DUO get the PIP that another one made */
    const char *map_door, *pvt_door; /* gemeentecode that delivered the date DUO has now */
    const char *zroute_afgerond;     /* datumAfrondingZroute: DUO does not show it */
    bool niemand_gekoppeld;          /* no person has the contact that is withdrawn */
    enum duo_toegang toegang_vanaf;
};

/* facts.gemeld is an array of what this municipality reported about the person and DUO took,
 * oldest first: { "operatie": "aanbod.melden", "op": "2026-11-26", "instellingsnummer": ...,
 * "inhoud": the body }. */

struct duo_bevinding {
    const struct duo_regel *regel;
    enum duo_ernst ernst;
    enum duo_oordeel oordeel; /* never DUO_GOED */
};
typedef void duo_bevinding_each(void *context, const struct duo_bevinding *bevinding);

/* Holds what would be sent (body NULL: none) against the rows of its operation, in order.
 * Calls each (may be NULL) for every finding. False when one is a weiger: FAULT_RULE with the
 * first, in words without personal data. */
bool duo_regels(const struct duo_operation *operation, const json_t *body,
                const struct duo_facts *facts, duo_bevinding_each *each, void *context,
                struct fault *fault) MUST_CHECK;

/* The finding as a Dutch sentence for caseworkers, without id: what is wrong; what to do. */
void duo_bevinding_text(const struct duo_bevinding *bevinding, struct buf *text);

/* All rows in order; NULL behind the last, or when there is none of that name. */
const struct duo_regel *duo_regel_at(size_t index);
const struct duo_regel *duo_regel_named(const char *id);
const char *duo_ernst_name(enum duo_ernst ernst); /* "weiger", "let op" */

/* SCOPE-5 and SCOPE-6: the last day on which we, whom the person has left, may still ask DUO.
 * False when no end is known: lives here, our PIP is still the current one, or not known whose
 * it is. */
bool duo_access_until(const struct duo_facts *facts, char datum[11]);

#endif
