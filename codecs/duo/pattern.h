/* pattern -- the patterns in DUO's specifications, each held by hand.
 *
 * Some stand there without anchors, so that a validator would let anything pass that has a
 * right piece in it. Here a text must fit as a whole.
 */
#ifndef CODECS_DUO_PATTERN_H
#define CODECS_DUO_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

enum duo_pattern {
    DUO_ANY,
    DUO_DIGITS,        /* bsn, gemeentecode, bow */
    DUO_GEBEURTENISID, /* digits and capitals */
    DUO_SCORE,         /* "45,50" */
    DUO_POSTCODE,      /* "1234AB" */
    DUO_BRIN,          /* "12AB" */
    DUO_NAAM,          /* letters of any script, dashes, apostrophes, dot, white space */
    DUO_TELEFOON,
    DUO_PATTERNS
};

bool duo_pattern_fits(enum duo_pattern pattern, const char *text); /* valid UTF-8 */

/* As a regular expression of JSON Schema, anchored; NULL for DUO_ANY. */
const char *duo_pattern_text(enum duo_pattern pattern);

/* Characters (not bytes) of a text that is valid UTF-8. */
size_t duo_pattern_length(const char *text);

#endif
