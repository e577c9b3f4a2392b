/* chance -- see chance.h. */
#include "tools/dossiermaker/chance.h"

uint64_t chance_next(struct chance *chance)
{
    uint64_t mixed = chance->state += 0x9E3779B97F4A7C15u;

    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

struct chance chance_from(uint64_t seed, const char *word)
{
    struct chance chance = { seed };

    for (; *word; word++)
        chance.state = chance_next(&chance) ^ (unsigned char)*word;
    return chance;
}

/* The bias of the remainder is below 2^-50 for ranges like ours. */
int chance_between(struct chance *chance, int least, int most)
{
    uint64_t range = (uint64_t)(most - least) + 1;

    return most <= least ? least : least + (int)(chance_next(chance) % range);
}

bool chance_percent(struct chance *chance, int percent)
{
    return chance_between(chance, 0, 99) < percent;
}

const char *chance_of(struct chance *chance, const char *const *texts)
{
    int count = 0;

    while (texts[count])
        count++;
    return texts[chance_between(chance, 0, count - 1)];
}
