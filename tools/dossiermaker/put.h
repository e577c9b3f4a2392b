/* put -- elements of a dossier, added one behind the other in the order of the schema. */
#ifndef DOSSIERMAKER_PUT_H
#define DOSSIERMAKER_PUT_H

#include <stdbool.h>

#include <libxml/tree.h>

xmlNode *put_group(xmlNode *parent, const char *name);
void put_text(xmlNode *parent, const char *name, const char *text);
void put_format(xmlNode *parent, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void put_day(xmlNode *parent, const char *name, long day);
void put_month(xmlNode *parent, const char *name, long day);
void put_number(xmlNode *parent, const char *name, int number);
void put_euro(xmlNode *parent, const char *name, int cents);
void put_yes(xmlNode *parent, const char *name, bool yes); /* "ja" or "nee" */
void put_attribute(xmlNode *node, const char *name, const char *value);

#endif
