/* verschil -- what differs between two dossiers, as a caseworker would say it.
 *
 * Elements that may come more than once are the same one when their natural key is: a PIP by
 * its date and municipality, a fine by its date and ground, a document by its id or its
 * digest. Their place in the document means nothing. Elements nobody knows are compared too.
 * Works in time n log n, whatever the documents hold.
 */
#ifndef CODECS_VERSCHIL_H
#define CODECS_VERSCHIL_H

#include <stdbool.h>

#include <libxml/tree.h>

enum verschil_wat { VERSCHIL_NIEUW, VERSCHIL_VERVALLEN, VERSCHIL_GEWIJZIGD };

/* Borrowed for the call. Of what is new or gone, all texts in one: "grond: PIP; bedrag: ...".
 */
struct verschil {
    const char *part;  /* "pip"; "dossier" for the root itself */
    const char *path;  /* "pip/versie[2025-04-07 0344]/niveau" */
    const char *label; /* "versie 2025-04-07 0344, niveau" */
    enum verschil_wat wat;
    const char *van, *naar; /* NULL when new, when gone */
};
typedef void verschil_each(void *context, const struct verschil *verschil);

/* Two trees that are valid by schema, from their roots. true: nothing differs. */
bool verschil_dossiers(const xmlNode *van, const xmlNode *naar, verschil_each *each,
                       void *context);

/* One dossier: what its PIP, progress and intake say (van) against what was read at DUO
 * (naar), where both say something. Path and part are the dossier's own. */
bool verschil_duo(const xmlNode *dossier, verschil_each *each, void *context);

const char *verschil_wat_name(enum verschil_wat wat); /* "nieuw", "vervallen", "gewijzigd" */

/* The Dutch word for an element: "BSN", "gerealiseerde startdatum". In name, cut at its size.
 */
#define VERSCHIL_LABEL_SIZE 100
void verschil_label(const char *element, char name[VERSCHIL_LABEL_SIZE]);

#endif
