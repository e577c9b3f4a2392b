/* parts -- the parts of a dossier, each written from the life in a file of its own. */
#ifndef DOSSIERMAKER_PARTS_H
#define DOSSIERMAKER_PARTS_H

#include <libxml/tree.h>

#include "tools/dossiermaker/chance.h"
#include "tools/dossiermaker/life.h"

/* Each adds its part to the dossier, with its status, whatever that is. */
void persoon_put(const struct life *life, xmlNode *dossier);
void intake_put(const struct life *life, xmlNode *dossier);
void pip_put(const struct life *life, xmlNode *dossier);
void voortgang_put(const struct life *life, xmlNode *dossier);
void handhaving_put(const struct life *life, xmlNode *dossier);
void duo_put(const struct life *life, xmlNode *dossier);
void documenten_put(const struct life *life, xmlNode *dossier);

/* --- what they share (part.c) --- */

/* The part with its status; NULL when there is nothing to add to it. */
xmlNode *part_open(const struct life *life, xmlNode *dossier, enum life_part part,
                   const char *name);

/* Sentences of a topic: more of them the richer the dossier is. */
void part_text(const struct life *life, struct chance *chance, xmlNode *parent,
               const char *name, enum words_topic topic);
/* The same, or nothing, by richness. */
void part_some_text(const struct life *life, struct chance *chance, xmlNode *parent,
                    const char *name, enum words_topic topic);

void part_aanbieder(const struct life *life, struct chance *chance, xmlNode *parent,
                    int instelling);
const char *part_instelling(int instelling);
void part_instellingsnummer(int instelling, char number[11]);
void part_contactpersoon(const struct life *life, struct chance *chance, xmlNode *parent,
                         const char *name);
const char *part_route(enum life_route route);

#endif
