/* nearest -- "did you mean": which known name is closest to a mistyped word.
 *
 * Start with { .word = typed }, offer every known name, ask what was found.
 */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

#define NEAREST_LENGTH_MAX 32 /* longer words get no suggestion */

struct nearest {
    const char *word;
    const char *name; /* the best so far; NULL: none is near */
    size_t length, distance;
};

/* The first `length` characters of `name`, which must live as long as the answer is used. */
void nearest_offer(struct nearest *nearest, const char *name, size_t length);

#define NEAREST_TEXT_SIZE (NEAREST_LENGTH_MAX + 24)
/* "; did you mean 'peer'?", or "" when nothing is near. Returns text. */
const char *nearest_text(const struct nearest *nearest, char text[NEAREST_TEXT_SIZE]);

#endif
