/* wie_vragen -- which municipality has the dossier, by what DUO answered: one small table.
 *
 * DUO's notification names no municipality. The PIP's gemeentecode does, whether it was made
 * by the municipality that somebody left or by one before it; else the hours that
 * municipalities registered. Codes count as what they are now: of a municipality that has
 * merged, the one that took its place. What is not sure is for a person.
 */
#ifndef GATEWAY_WIE_VRAGEN_H
#define GATEWAY_WIE_VRAGEN_H

#include <stdbool.h>
#include <stddef.h>

#include <libxml/tree.h>

#include "codecs/message.h"
#include "gateway/config.h"

#define WIE_VRAGEN_MAX 8 /* codes that are told; the schema allows 99 entries of hours */

enum wie_uitkomst {
    WIE_VRAAG,   /* these: the one with the PIP first, then the one in between */
    WIE_NIEMAND, /* nobody: it is here already */
    WIE_PERSOON, /* a person must find out */
    WIE_UITKOMSTEN
};

struct wie {
    enum wie_uitkomst uitkomst;
    const char *reden;  /* short name of the row, for keys and reasons: "meer-dan-een" */
    const char *uitleg; /* Dutch sentence */
    char codes[WIE_VRAGEN_MAX][GEMEENTECODE_SIZE]; /* to ask, or to choose from */
    size_t count;
};

#define WIE_BINNEN "eigen-pip-binnen" /* reden: of one of several municipalities of ours */

/* From an element gelezen (NULL: nothing could be read) with pip and uren. */
void wie_vragen(const xmlNode *gelezen, const struct config *config, struct wie *wie);

#endif
