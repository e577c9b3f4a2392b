/* nearest -- see nearest.h; edit distance, small words only. */
#include "tools/cli/nearest.h"

#include <stdio.h>
#include <string.h>

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;

    return smaller < c ? smaller : c;
}

/* Levenshtein's distance, one row at a time; both at most NEAREST_LENGTH_MAX. */
static size_t distance(const char *word, size_t rows, const char *name, size_t columns)
{
    size_t row[NEAREST_LENGTH_MAX + 1];

    for (size_t c = 0; c <= columns; c++)
        row[c] = c;
    for (size_t r = 1; r <= rows; r++) {
        size_t diagonal = row[0];
        row[0] = r;
        for (size_t c = 1; c <= columns; c++) {
            size_t above = row[c];
            row[c] = least(above + 1, row[c - 1] + 1, diagonal + (word[r - 1] != name[c - 1]));
            diagonal = above;
        }
    }
    return row[columns];
}

/* A beginning of three letters or more is as good as one mistake. */
static size_t apart(const char *word, size_t size, const char *name, size_t length)
{
    if (size >= 3 && size < length && strncmp(word, name, size) == 0)
        return 1;
    return distance(word, size, name, length);
}

void nearest_offer(struct nearest *nearest, const char *name, size_t length)
{
    size_t size = strlen(nearest->word);

    if (size == 0 || size > NEAREST_LENGTH_MAX || length > NEAREST_LENGTH_MAX)
        return;
    size_t found = apart(nearest->word, size, name, length);
    if (found > 1 + size / 4 || (nearest->name && found >= nearest->distance))
        return;
    nearest->name = name;
    nearest->length = length;
    nearest->distance = found;
}

const char *nearest_text(const struct nearest *nearest, char text[NEAREST_TEXT_SIZE])
{
    text[0] = '\0';
    if (nearest->name)
        snprintf(text, NEAREST_TEXT_SIZE, "; did you mean '%.*s'?", (int)nearest->length,
                 nearest->name);
    return text;
}
