/* mediatype -- see mediatype.h. */
#include "codecs/mediatype.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *name, *extension, *magic;
    size_t size;
} TYPES[] = {
    { "application/pdf", "pdf",  "%PDF-",                5 },
    { "image/jpeg",      "jpg",  "\xff\xd8\xff",         3 },
    { "image/png",       "png",  "\x89PNG\r\n\x1a\n",    8 },
    { "image/tiff",      "tif",  "II*\0",                4 },
    { "image/tiff",      "tif",  "MM\0*",                4 },
};
/* clang-format on */
#define TYPE_COUNT (sizeof(TYPES) / sizeof(TYPES[0]))

const char *mediatype_of(const void *head, size_t size)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (size >= TYPES[i].size && memcmp(head, TYPES[i].magic, TYPES[i].size) == 0)
            return TYPES[i].name;
    return NULL;
}

const char *mediatype_extension(const char *mediatype)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (strcmp(TYPES[i].name, mediatype) == 0)
            return TYPES[i].extension;
    return NULL;
}
