/* uuid -- see uuid.h. */
#include "codecs/uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

static void finish(unsigned char bytes[16], unsigned version, char uuid[UUID_SIZE])
{
    char *to = uuid;

    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | version << 4);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        to += snprintf(to, 3, "%02x", bytes[i]);
    }
}

static void fill(unsigned char bytes[16])
{
    if (RAND_bytes(bytes, 16) != 1)
        abort(); /* without randomness nothing here is safe */
}

void uuid_v7(int64_t unix_milliseconds, char uuid[UUID_SIZE])
{
    unsigned char bytes[16];

    fill(bytes);
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(unix_milliseconds >> (40 - 8 * i));
    finish(bytes, 7, uuid);
}

void uuid_v4(char uuid[UUID_SIZE])
{
    unsigned char bytes[16];

    fill(bytes);
    finish(bytes, 4, uuid);
}

bool uuid_valid(const char *text)
{
    for (int i = 0; i < UUID_SIZE - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (text[i] == '\0' || (dash ? text[i] != '-' : !strchr("0123456789abcdef", text[i])))
            return false;
    }
    return text[UUID_SIZE - 1] == '\0';
}
