/* chunks -- see chunks.h: one byte decides what the next may be, but data goes in one piece.
 */
#include "gateway/chunks.h"

enum { MORE = 1, SIZE_DIGITS_MAX = 8 };

/* SIZE is the first: a zeroed struct is the begin of a body. */
enum { SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, LAST_CR, LAST_LF };

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int take_size(struct chunks *chunks, char c)
{
    int digit = digit_of(c);

    if (c == '\r' && chunks->digits > 0) {
        chunks->state = SIZE_LF;
        return MORE;
    }
    if (digit < 0 || chunks->digits == SIZE_DIGITS_MAX)
        return 400;
    chunks->digits++;
    chunks->left = chunks->left * 16 + (size_t)digit;
    return MORE;
}

/* A size line is complete: is there room for what it announces? */
static int begin_chunk(struct chunks *chunks, const struct buf *body)
{
    if (chunks->left > chunks->most - body->size)
        return 413;
    chunks->state = chunks->left > 0 ? DATA : LAST_CR;
    chunks->digits = 0;
    return MORE;
}

static size_t take_data(struct chunks *chunks, const char *bytes, size_t size,
                        struct buf *body)
{
    size_t piece = size < chunks->left ? size : chunks->left;

    buf_add(body, bytes, piece);
    chunks->left -= piece;
    if (chunks->left == 0)
        chunks->state = DATA_CR;
    return piece;
}

/* One of the four bytes that may be only one thing. */
static int take_mark(struct chunks *chunks, char c, const struct buf *body)
{
    static const struct {
        char mark;
        int next;
    } MARKS[] = {
        [SIZE_LF] = { '\n', DATA },    [DATA_CR] = { '\r', DATA_LF },
        [DATA_LF] = { '\n', SIZE },    [LAST_CR] = { '\r', LAST_LF },
        [LAST_LF] = { '\n', LAST_LF },
    };
    int state = chunks->state;

    if (c != MARKS[state].mark)
        return 400;
    chunks->state = MARKS[state].next;
    if (state == SIZE_LF)
        return begin_chunk(chunks, body);
    return state == LAST_LF ? 0 : MORE;
}

int chunks_read(struct chunks *chunks, const char *bytes, size_t size, struct buf *body,
                size_t *used)
{
    int verdict = MORE;

    for (*used = 0; *used < size && verdict == MORE;) {
        if (chunks->state == DATA) {
            *used += take_data(chunks, bytes + *used, size - *used, body);
            continue;
        }
        char c = bytes[(*used)++];
        verdict = chunks->state == SIZE ? take_size(chunks, c) : take_mark(chunks, c, body);
    }
    return verdict;
}
