/* mem -- see mem.h. The only file that calls the allocator. */
#include "codecs/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/xmlmemory.h>

static void *or_die(void *got)
{
    static const char TEXT[] = "estafette: out of memory; stopping, a restart resumes\n";

    if (got)
        return got;
    (void)!write(STDERR_FILENO, TEXT, sizeof(TEXT) - 1);
    abort();
}

void mem_install(void)
{
    xmlMemSetup(free, mem_alloc, mem_resize, mem_copy);
}

void *mem_alloc(size_t size)
{
    return or_die(calloc(1, size ? size : 1));
}

void *mem_resize(void *old, size_t size)
{
    return or_die(realloc(old, size ? size : 1));
}

char *mem_copy(const char *text)
{
    return or_die(strdup(text));
}

void mem_release(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}
