/* breaks_tree -- small changes to a made dossier; what is not there ends the program, because
 * a complete dossier has it.
 */
#ifndef DOSSIERMAKER_BREAKS_TREE_H
#define DOSSIERMAKER_BREAKS_TREE_H

#include <libxml/tree.h>

xmlNode *breaks_tree_find(xmlNode *from, const char *path);
xmlNode *breaks_tree_last(xmlNode *from, const char *path); /* of those of its name */

void breaks_tree_set(xmlNode *from, const char *path, const char *text);
void breaks_tree_set_day(xmlNode *from, const char *path, long day);
long breaks_tree_day(xmlNode *from, const char *path);
long breaks_tree_peildatum(xmlNode *dossier);
void breaks_tree_set_peildatum(xmlNode *dossier, long day);

/* A new child behind the last one whose name is among `behind`, parted by blanks; the first
 * when there is none. text NULL: empty. */
xmlNode *breaks_tree_put(xmlNode *parent, const char *behind, const char *name,
                         const char *text);
xmlNode *breaks_tree_put_day(xmlNode *parent, const char *behind, const char *name, long day);
xmlNode *breaks_tree_copy(xmlNode *node); /* right behind itself */

/* Every child of these names, parted by blanks. */
void breaks_tree_drop(xmlNode *parent, const char *names);
void breaks_tree_empty(xmlNode *node);

#endif
