/* onderdelen -- see onderdelen.h; the list there is the one place for parts. */
#include "codecs/onderdelen.h"

#include <string.h>

#include "codecs/xmldoc.h"

const char *const ONDERDELEN[] = {
#define X(name) name,
    ONDERDELEN_LIST(X)
#undef X
        NULL
};

static unsigned bit_of(const char *name, size_t length)
{
    for (unsigned i = 0; ONDERDELEN[i]; i++)
        if (strlen(ONDERDELEN[i]) == length && strncmp(ONDERDELEN[i], name, length) == 0)
            return 1u << i;
    return 0;
}

unsigned onderdelen_bit(const char *name)
{
    return bit_of(name, strlen(name));
}

static bool no_such_part(struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };

    for (const char *const *part = ONDERDELEN; *part; part++)
        buf_addf(&names, "%s%s", names.size > 0 ? ", " : "", *part);
    return fault_set(fault, FAULT_USAGE, "part: is none of %s", buf_text(&names));
}

bool onderdelen_parse(const char *names, unsigned *parts, struct fault *fault)
{
    for (names += strspn(names, " "); *names; names += strspn(names, " ")) {
        size_t length = strcspn(names, " ");
        unsigned bit = bit_of(names, length);
        if (!bit)
            return no_such_part(fault);
        *parts |= bit;
        names += length;
    }
    return true;
}

void onderdelen_write(xmlNode *parent, unsigned parts)
{
    xmlNode *list = parts ? xmldoc_add(parent, "onderdelen", NULL) : NULL;

    for (unsigned i = 0; ONDERDELEN[i]; i++)
        if (parts & 1u << i)
            xmldoc_add(list, "onderdeel", ONDERDELEN[i]);
}

unsigned onderdelen_read(const xmlNode *parent)
{
    unsigned parts = 0;

    for (const xmlNode *part = xmldoc_at(parent, "onderdelen/onderdeel"); part;
         part = xmldoc_next(part))
        parts |= onderdelen_bit(xmldoc_text(part, ""));
    return parts;
}

void onderdelen_tell(unsigned parts, const char *before, struct buf *text)
{
    const char *between = before;

    for (unsigned i = 0; ONDERDELEN[i]; i++) {
        if (!(parts & 1u << i))
            continue;
        buf_addf(text, "%s%s", between, ONDERDELEN[i]);
        between = ", ";
    }
}
