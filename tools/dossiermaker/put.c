/* put -- see put.h. */
#include "tools/dossiermaker/put.h"

#include <stdarg.h>
#include <stdio.h>

#include "codecs/xmldoc.h"
#include "tools/dossiermaker/day.h"

#define LINE_SIZE 200

xmlNode *put_group(xmlNode *parent, const char *name)
{
    return xmldoc_add(parent, name, NULL);
}

void put_text(xmlNode *parent, const char *name, const char *text)
{
    (void)xmldoc_add(parent, name, text);
}

void put_format(xmlNode *parent, const char *name, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    put_text(parent, name, line);
}

void put_day(xmlNode *parent, const char *name, long day)
{
    char text[DAY_SIZE];

    day_text(day, text);
    put_text(parent, name, text);
}

void put_month(xmlNode *parent, const char *name, long day)
{
    char text[DAY_SIZE];

    day_text(day, text);
    text[7] = '\0';
    put_text(parent, name, text);
}

void put_number(xmlNode *parent, const char *name, int number)
{
    put_format(parent, name, "%d", number);
}

void put_euro(xmlNode *parent, const char *name, int cents)
{
    put_format(parent, name, "%d.%02d", cents / 100, cents % 100);
}

void put_yes(xmlNode *parent, const char *name, bool yes)
{
    put_text(parent, name, yes ? "ja" : "nee");
}

void put_attribute(xmlNode *node, const char *name, const char *value)
{
    (void)xmlNewProp(node, BAD_CAST name, BAD_CAST value);
}
