/* mem -- running out of memory ends the process, everywhere, on purpose.
 *
 * The outbox and inbox are on disk and a restart resumes them, so stopping is
 * safe; carrying on is not: libxml2 2.9 answers a failed allocation inside
 * xmlNewTextChild() with a node that has no text and no error. Call
 * mem_install() first in main(); after it no other file checks for NULL from
 * an allocation.
 */
#ifndef CODECS_BASE_MEM_H
#define CODECS_BASE_MEM_H

#include <stddef.h>

void mem_install(void);       /* same rule inside libxml2, libxslt and xmlsec */
void *mem_alloc(size_t size); /* zeroed; release with free() */
void *mem_resize(void *old, size_t size);
char *mem_copy(const char *text);

/* Release at the end of the scope: SCOPED_MEM char *text = mem_copy("x"); */
void mem_release(void *pointer_to_pointer);
#define SCOPED_MEM __attribute__((cleanup(mem_release)))

#endif
