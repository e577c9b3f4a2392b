/* gemeente -- see gemeente.h. */
#include "peers/gemeente.h"

#include <string.h>
#include <strings.h>

bool gemeente_code_valid(const char *text)
{
    return strlen(text) == 4 && strspn(text, "0123456789") == 4;
}

static const struct gemeente *find_code(const char *code)
{
    for (const struct gemeente *at = GEMEENTE_TABEL; at->code; at++)
        if (strcmp(at->code, code) == 0)
            return at;
    return NULL;
}

static const struct gemeente *find_name(const char *naam)
{
    const struct gemeente *ended = NULL;

    for (const struct gemeente *at = GEMEENTE_TABEL; at->code; at++) {
        if (strcasecmp(at->naam, naam) != 0)
            continue;
        if (!at->opvolger)
            return at;
        ended = at;
    }
    return ended;
}

const struct gemeente *gemeente_find(const char *text)
{
    return gemeente_code_valid(text) ? find_code(text) : find_name(text);
}

/* The table's test follows every chain to its end. */
const char *gemeente_successor(const char *code, const char *datum)
{
    const struct gemeente *at = find_code(code);

    while (at && at->opvolger && (!datum || strcmp(at->sinds, datum) <= 0)) {
        code = at->opvolger;
        at = find_code(code);
    }
    return code;
}

bool gemeente_is(const char *code, const char *asked, const char *datum)
{
    const struct gemeente *named = gemeente_find(asked);
    const char *wanted = named ? named->code : asked;

    return strcmp(gemeente_successor(code, datum), gemeente_successor(wanted, datum)) == 0;
}
