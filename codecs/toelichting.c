/* toelichting -- see toelichting.h. */
#include "codecs/toelichting.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t characters(const char *text, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Lines end with "\n", however they were typed; a terminal's own signs are no text. */
bool toelichting_parse(const char *text, struct buf *toelichting, struct fault *fault)
{
    size_t size = strlen(text);

    while (size > 0 && is_blank(text[size - 1]))
        size--;
    if (characters(text, size) > TOELICHTING_MAX)
        return fault_set(fault, FAULT_USAGE, "text: more than %d characters", TOELICHTING_MAX);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\r' && text[i + 1] == '\n')
            continue;
        if ((c < 0x20 && !is_blank(text[i])) || c == '\r' || c == 0x7f)
            return fault_set(fault, FAULT_USAGE, "text: holds a control character");
        buf_add(toelichting, &c, 1);
    }
    return true;
}
