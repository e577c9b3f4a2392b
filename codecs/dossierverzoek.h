/* dossierverzoek -- the new municipality asks for the dossier of somebody who settled there.
 *
 * Who (BSN or v-nummer), on what ground, since when. Ground and date may be shown and stored
 * in clear; the rest is personal data and stays inside the sealed message.
 */
#ifndef CODECS_DOSSIERVERZOEK_H
#define CODECS_DOSSIERVERZOEK_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* clang-format off */
/*    grond     what it shows (Dutch, for who is asked) */
#define DOSSIERVERZOEK_GROND_LIST(X)                                                        \
    X("SS120",  "DUO meldt een verhuizing; er is nog geen PIP.")                            \
    X("SS121",  "DUO meldt een verhuizing; er is een PIP van een andere gemeente.")         \
    X("SS129",  "DUO meldt dat een tijdelijke vrijstelling eindigt; er was nooit een PIP.") \
    X("SS130",  "DUO meldt dat een tijdelijke vrijstelling eindigt; er is een PIP.")        \
    X("SS139",  "DUO meldt de uitstroom uit een opvanglocatie van het COA.")                \
    X("BRP",    "De inschrijving in de BRP.")                                               \
    X("COA",    "Een bericht van het COA.")                                                 \
    X("anders", "Een andere grond: die staat in de toelichting.")
/* clang-format on */

struct verzoek_grond {
    const char *name, *meaning;
};
extern const struct verzoek_grond DOSSIERVERZOEK_GRONDEN[]; /* ends with name NULL */

/* NULL when there is no such ground. */
const struct verzoek_grond *dossierverzoek_grond(const char *name);

struct dossierverzoek {
    char bsn[10], vnummer[11]; /* "" when not given; one of them is */
    char naam[512];            /* read only: we know it from a dossier, not before */
    char geboortedatum[16];    /* "": not given */
    const struct verzoek_grond *grond;
    char vestiging[11]; /* YYYY-MM-DD, or "" */
    char pip[4];        /* does the asker have a PIP: "ja", "nee", "": not told */
    struct buf toelichting;
};
void dossierverzoek_finish(struct dossierverzoek *verzoek);
#define SCOPED_DOSSIERVERZOEK __attribute__((cleanup(dossierverzoek_finish)))

/* As somebody asks it: are numbers, date and what belongs to the ground as they must be?
 * FAULT_USAGE names what is wrong, and never repeats a number. */
bool dossierverzoek_check(const struct dossierverzoek *verzoek,
                          struct fault *fault) MUST_CHECK;

/* The content element of a message, as root of a document: xmldoc_release() it. */
xmlDoc *dossierverzoek_build(const struct dossierverzoek *verzoek);

/* From the content of a message that fits the schema. */
void dossierverzoek_read(const xmlNode *content, struct dossierverzoek *verzoek);

#endif
