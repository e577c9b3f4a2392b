/* gebeurtenis -- what DUO's notifications mean: one table, code by code (DUO-M2M 4 and 4.1).
 *
 * A notification is a code and a number, no more. The table tells people in Dutch what
 * happened, says which queries bring what belongs to it, and of which kind it is for a
 * handover. A code that is not in it is no mistake: DUO adds some without saying so, and it is
 * kept for a person to look at.
 */
#ifndef CODECS_DUO_GEBEURTENIS_H
#define CODECS_DUO_GEBEURTENIS_H

#include <stdbool.h>
#include <stddef.h>

enum gebeurtenis_kind {
    GEBEURTENIS_INFORMATIE,
    GEBEURTENIS_VERHUIZING, /* settled here, a dossier may be elsewhere: SS120, SS121 */
    GEBEURTENIS_MOGELIJK, /* may come of a move, with or without one of those: the PIP tells */
    GEBEURTENIS_VERTREK,  /* left us: SS122, SS123 */
    GEBEURTENIS_ONBEKEND, /* not in the table */
    GEBEURTENIS_KINDS
};

const char *gebeurtenis_kind_name(enum gebeurtenis_kind kind); /* Dutch, one word */

#define GEBEURTENIS_RAADPLEGEN_MAX 6

struct gebeurtenis {
    const char *code;
    enum gebeurtenis_kind kind;
    bool attentie;         /* asks for an act (4.1): DUO may not send it yet */
    const char *betekenis; /* Dutch */
    /* names of operations (operation.h), in the order to ask; ends with NULL */
    const char *raadplegen[GEBEURTENIS_RAADPLEGEN_MAX + 1];
};

/* NULL: not one that we know. */
const struct gebeurtenis *gebeurtenis_named(const char *code);
enum gebeurtenis_kind gebeurtenis_kind_of(const char *code);
const char *gebeurtenis_betekenis(const char *code); /* also of one that we do not know */

size_t gebeurtenis_count(void);
const struct gebeurtenis *gebeurtenis_at(size_t index);

#endif
