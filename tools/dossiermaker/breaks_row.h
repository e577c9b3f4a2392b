/* breaks_row -- a row of the table of broken rules; the groups are files, as the rules' are.
 */
#ifndef DOSSIERMAKER_BREAKS_ROW_H
#define DOSSIERMAKER_BREAKS_ROW_H

#include <libxml/tree.h>

#include "tools/dossiermaker/life.h"

struct breaks_row {
    const char *rule; /* NULL ends a group */
    enum { ANYBODY, ASIEL_B1, ASIEL_Z, GEZIN_B1, GEZIN_O, GEZIN_Z, OVERDUE } who;
    void (*spoil)(xmlNode *dossier);
};

extern const struct breaks_row BREAKS_PERSOON[], BREAKS_DOELGROEP[], BREAKS_PIP[];
extern const struct breaks_row BREAKS_TERMIJN[], BREAKS_VOORTGANG[], BREAKS_HANDHAVING[];

#endif
