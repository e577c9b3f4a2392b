/* chance -- luck that can be repeated: splitmix64 (Steele, Lea, Flood 2014), seeded by a
 * number and a word, so that one part of a dossier can change without moving the others.
 *
 * For made-up people only; nothing here is fit for keys.
 */
#ifndef DOSSIERMAKER_CHANCE_H
#define DOSSIERMAKER_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

struct chance chance_from(uint64_t seed, const char *word);
uint64_t chance_next(struct chance *chance);

int chance_between(struct chance *chance, int least, int most); /* both may come */
bool chance_percent(struct chance *chance, int percent);
/* One of a table that ends with NULL. */
const char *chance_of(struct chance *chance, const char *const *texts);

#endif
