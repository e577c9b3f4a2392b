/* file -- whole files, read with a limit and written so that a crash leaves the old or the
 * new. */
#ifndef PEERS_FILE_H
#define PEERS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* Appends the content of a regular file of at most max bytes. FAULT_INPUT, FAULT_SIZE,
 * FAULT_IO. */
bool file_read(const char *path, size_t max, struct buf *content,
               struct fault *fault) MUST_CHECK;

/* Temporary file beside it, synced, renamed over path, directory synced. Replaces what was
 * there. */
bool file_write(const char *path, mode_t mode, const void *bytes, size_t size,
                struct fault *fault) MUST_CHECK;

/* The same, but fails when path exists. */
bool file_create(const char *path, mode_t mode, const void *bytes, size_t size,
                 struct fault *fault) MUST_CHECK;

bool file_exists(const char *path);

/* What was made or renamed in this folder survives a power cut. FAULT_IO. */
bool file_sync_folder(const char *folder, struct fault *fault) MUST_CHECK;

/* All of it, at that place, however often the kernel takes less. False: errno says why. */
bool file_put(int fd, const void *bytes, size_t size, off_t at) MUST_CHECK;
/* As much as there is, up to size; *got may be less only at the end of the file. */
bool file_get(int fd, void *bytes, size_t size, off_t at, size_t *got) MUST_CHECK;

void file_close(const int *fd); /* a negative one is none */
#define SCOPED_FD __attribute__((cleanup(file_close)))

/* Calls each for every regular file in the directory whose name ends in `suffix`, sorted by
 * name, with its full path; stops when each returns false. A missing directory is empty. */
typedef bool file_each(void *context, const char *path, struct fault *fault);
bool file_list(const char *directory, const char *suffix, file_each *each, void *context,
               struct fault *fault) MUST_CHECK;

#endif
