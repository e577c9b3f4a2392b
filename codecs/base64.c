/* base64 -- see base64.h. */
#include "codecs/base64.h"

#include <string.h>

#include <openssl/evp.h>

void base64_encode(const void *bytes, size_t size, struct buf *text)
{
    unsigned char *place = buf_reserve(text, 4 * ((size + 2) / 3) + 1);

    buf_grown(text, (size_t)EVP_EncodeBlock(place, bytes, (int)size));
}

static bool is_digit(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
           || c == '+' || c == '/';
}

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies without white space; false on a character that does not belong. */
static bool squeeze(const char *text, struct buf *out)
{
    unsigned char *to = buf_reserve(out, strlen(text) + 1), *start = to;
    size_t padding = 0;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (is_space(c))
            continue;
        if (c == '=')
            padding++;
        else if (padding || !is_digit(c))
            return false;
        *to++ = c;
    }
    buf_grown(out, (size_t)(to - start));
    return padding <= 2 && out->size % 4 == 0;
}

bool base64_decode(const char *text, struct buf *bytes, struct fault *fault)
{
    SCOPED_BUF struct buf squeezed = { 0 };

    if (!squeeze(text, &squeezed))
        return fault_set(fault, FAULT_DOCUMENT, "not base64");
    if (squeezed.size == 0)
        return true;

    unsigned char *place = buf_reserve(bytes, squeezed.size / 4 * 3);
    int size = EVP_DecodeBlock(place, squeezed.data, (int)squeezed.size);
    if (size < 0)
        return fault_set(fault, FAULT_DOCUMENT, "not base64");
    while (squeezed.size && squeezed.data[squeezed.size - 1] == '=') {
        squeezed.size--;
        size--;
    }
    buf_grown(bytes, (size_t)size);
    return true;
}
