/* fouttekst -- DUO's own words about what it refused (shape.h). A 403 holds a list of them,
 * the 503 of a notification one; in some APIs the text itself may be absent. They are shown to
 * a person, so one is one line whatever is in it, and their number and length are bounded.
 */
#include <string.h>

#include "codecs/duo/shape.h"

#define TEXTS_MAX 100       /* DUO's own bound is at most this */
#define TEXT_BYTES_MAX 1000 /* 200 characters, in bytes with room to spare */

static void add_line(struct buf *texts, const char *text)
{
    size_t size = strnlen(text, TEXT_BYTES_MAX);

    while (size > 0 && (text[size] & 0xC0) == 0x80)
        size--; /* not in the middle of a character */
    for (size_t i = 0; i < size; i++) {
        bool control = (unsigned char)text[i] < 0x20 || text[i] == 0x7F;
        buf_add(texts, control ? " " : &text[i], 1);
    }
    buf_add_text(texts, "\n");
}

static bool add_text(struct buf *texts, const json_t *melding)
{
    const char *text = json_string_value(json_object_get(melding, "fouttekst"));

    if (!text || !*text)
        return false;
    add_line(texts, text);
    return true;
}

bool duo_fouttekst(const json_t *json, struct buf *texts)
{
    bool any = false;

    if (json_is_object(json))
        return add_text(texts, json);
    for (size_t i = 0; i < json_array_size(json) && i < TEXTS_MAX; i++)
        any |= add_text(texts, json_array_get(json, i));
    return any;
}
