/* sample -- see sample.h. */
#include "tests/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"

const char *sample_source(void)
{
    const char *copy = getenv("ESTAFETTE_SOURCE");

    return copy ? copy : SOURCE_DIR;
}

char *sample_dossier(const char *file)
{
    SCOPED_BUF struct buf path = { 0 };
    char *text = mem_alloc(65536);

    buf_addf(&path, "%s/tests/golden/dossiers/%s", sample_source(), file);
    FILE *stream = fopen(buf_text(&path), "re");
    if (!stream || fread(text, 1, 65535, stream) == 0 || fclose(stream) != 0)
        abort();
    return text;
}

char *sample_replace(const char *text, const char *from, const char *to)
{
    SCOPED_BUF struct buf changed = { 0 };
    const char *at = strstr(text, from);

    if (!at)
        abort();
    buf_add(&changed, text, (size_t)(at - text));
    buf_addf(&changed, "%s%s", to, at + strlen(from));
    return mem_copy(buf_text(&changed));
}
