/* gemeente -- municipality codes of CBS (four digits), their names, and who answers for one
 * that has merged (T-REL-13). */
#ifndef PEERS_GEMEENTE_H
#define PEERS_GEMEENTE_H

#include <stdbool.h>

struct gemeente {
    const char *code, *naam;
    const char *opvolger, *sinds; /* code of the successor, YYYY-MM-DD; NULL: it exists */
};

/* Sorted by code; ends with code NULL. */
extern const struct gemeente GEMEENTE_TABEL[];

bool gemeente_code_valid(const char *text);

/* By code, or by name (case-insensitive): one that exists goes before one that has ended.
 * NULL: not in the table. */
const struct gemeente *gemeente_find(const char *text);

/* The code that answers for this one on that day (YYYY-MM-DD; NULL: as far as the table goes):
 * the same code while it existed, or when the table does not know it. */
const char *gemeente_successor(const char *code, const char *datum);

/* Is `asked` (a code or a name) this code, or one that is the same municipality on that day?
 */
bool gemeente_is(const char *code, const char *asked, const char *datum);

#endif
