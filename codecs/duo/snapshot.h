/* snapshot -- what DUO said on one day, as a dossier/duo/gelezen element.
 *
 * create, then duo_to_xml() with each answer that came (shape.h), in any order; what DUO does
 * not know (404) is not in it. It can be read by itself (view_gelezen()) or go into a dossier.
 */
#ifndef CODECS_DUO_SNAPSHOT_H
#define CODECS_DUO_SNAPSHOT_H

#include <libxml/tree.h>

/* A document whose root is <gelezen op="DAY">, still empty. The caller's: xmldoc_release(). */
xmlDoc *duo_snapshot_create(const char *day);

/* Puts a copy of `gelezen` into dossier/duo, in place of what was read before. What no API of
 * DUO tells (the terms of MAP and PVT, diploma, certificaat, and such) stays from before. The
 * part duo is `geleverd` from then on. */
void duo_snapshot_put(const xmlNode *gelezen, xmlNode *dossier);

#endif
