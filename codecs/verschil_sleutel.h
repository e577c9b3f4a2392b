/* verschil_sleutel -- by what an element that may come more than once is known again. */
#ifndef CODECS_VERSCHIL_SLEUTEL_H
#define CODECS_VERSCHIL_SLEUTEL_H

#include <libxml/tree.h>

/* The first (nth 0) or second (1) natural key of an element as one text; "" when it has none.
 * The caller's: free(). */
char *verschil_sleutel(const xmlNode *node, int nth);

#endif
