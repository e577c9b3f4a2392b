/* file -- see file.h. */
#include "peers/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codecs/base/mem.h"

void file_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool read_all(int fd, const char *path, size_t max, struct buf *content,
                     struct fault *fault)
{
    size_t before = content->size;

    for (;;) {
        ssize_t got = read(fd, buf_reserve(content, 65536), 65536);
        if (got == 0)
            return true;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set_errno(fault, FAULT_IO, path, errno);
        buf_grown(content, (size_t)got);
        if (content->size - before > max)
            return fault_set(fault, FAULT_SIZE, "%s: larger than %zu bytes", path, max);
    }
}

bool file_read(const char *path, size_t max, struct buf *content, struct fault *fault)
{
    struct stat status;
    SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return fault_set_errno(fault, FAULT_INPUT, path, errno);
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return fault_set(fault, FAULT_INPUT, "%s: not a regular file", path);
    return read_all(fd, path, max, content, fault);
}

bool file_put(int fd, const void *bytes, size_t size, off_t at)
{
    const char *from = bytes;

    while (size > 0) {
        ssize_t put = pwrite(fd, from, size, at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        from += put;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

bool file_get(int fd, void *bytes, size_t size, off_t at, size_t *got)
{
    char *to = bytes;

    for (*got = 0; *got < size;) {
        ssize_t more = pread(fd, to + *got, size - *got, at + (off_t)*got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return false;
        if (more == 0)
            return true;
        *got += (size_t)more;
    }
    return true;
}

bool file_sync_folder(const char *folder, struct fault *fault)
{
    SCOPED_FD int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0)
        return fault_set_errno(fault, FAULT_IO, folder, errno);
    return true;
}

static bool sync_directory_of(const char *path, struct fault *fault)
{
    SCOPED_MEM char *copy = mem_copy(path);

    return file_sync_folder(dirname(copy), fault);
}

static bool fill(int fd, mode_t mode, const void *bytes, size_t size)
{
    return fchmod(fd, mode) == 0 && file_put(fd, bytes, size, 0) && fsync(fd) == 0;
}

static bool replace(const char *path, mode_t mode, const struct buf *content, unsigned flags,
                    struct fault *fault)
{
    char beside[PATH_MAX];

    if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
        return fault_set(fault, FAULT_INPUT, "%s: name too long", path);
    SCOPED_FD int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return fault_set_errno(fault, FAULT_IO, path, errno);
    if (!fill(fd, mode, content->data, content->size)
        || renameat2(AT_FDCWD, beside, AT_FDCWD, path, flags) != 0) {
        int error = errno;
        unlink(beside);
        return fault_set_errno(fault, FAULT_IO, path, error);
    }
    return sync_directory_of(path, fault);
}

bool file_write(const char *path, mode_t mode, const void *bytes, size_t size,
                struct fault *fault)
{
    const struct buf content = { .data = (unsigned char *)(uintptr_t)bytes, .size = size };

    return replace(path, mode, &content, 0, fault);
}

bool file_create(const char *path, mode_t mode, const void *bytes, size_t size,
                 struct fault *fault)
{
    const struct buf content = { .data = (unsigned char *)(uintptr_t)bytes, .size = size };

    return replace(path, mode, &content, RENAME_NOREPLACE, fault);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool ends_in(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);

    return name[0] != '.' && length > tail && strcmp(name + length - tail, suffix) == 0;
}

static bool visit(const char *directory, const char *name, file_each *each, void *context,
                  struct fault *fault)
{
    char path[PATH_MAX];
    struct stat status;

    if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path))
        return fault_set(fault, FAULT_INPUT, "%s: name too long", directory);
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return true;
    return each(context, path, fault);
}

bool file_list(const char *directory, const char *suffix, file_each *each, void *context,
               struct fault *fault)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort);
    bool good = true;

    if (count < 0)
        return errno == ENOENT ? true : fault_set_errno(fault, FAULT_IO, directory, errno);
    for (int i = 0; i < count; i++) {
        if (good && ends_in(entries[i]->d_name, suffix))
            good = visit(directory, entries[i]->d_name, each, context, fault);
        free(entries[i]);
    }
    free(entries);
    return good;
}
