/* base64 -- see base64.h. */
#include "codecs/base64.h"

#include <string.h>

#include <openssl/evp.h>

void base64_encode(const void *bytes, size_t size, struct buf *text)
{
    unsigned char *place = buf_reserve(text, 4 * ((size + 2) / 3) + 1);

    buf_grown(text, (size_t)EVP_EncodeBlock(place, bytes, (int)size));
}

static const char ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Copies without white space; false on a character that does not belong. */
static bool squeeze(const char *text, struct buf *out)
{
    size_t padding = 0;

    for (; *text; text++) {
        if (strchr(" \t\r\n", *text))
            continue;
        if (*text == '=')
            padding++;
        else if (padding || !strchr(ALPHABET, *text))
            return false;
        buf_add(out, text, 1);
    }
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
