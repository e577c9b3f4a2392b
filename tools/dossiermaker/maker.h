/* maker -- a whole dossier of a person who does not exist, from wishes. */
#ifndef DOSSIERMAKER_MAKER_H
#define DOSSIERMAKER_MAKER_H

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "tools/dossiermaker/life.h"

/* Bytes, by enum life_size; when no size is asked for, small's least to large's most. */
extern const struct maker_size {
    size_t least, most;
} MAKER_SIZES[];

/* Leaves everything to chance but the seed. */
struct wishes maker_wishes(uint64_t seed);

/* The caller's: xmldoc_release(). */
xmlDoc *maker_dossier(const struct wishes *wishes);

/* Indented, for people: appends the bytes. */
void maker_write(xmlDoc *dossier, struct buf *bytes);

#endif
