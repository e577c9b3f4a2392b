/* fence -- see fence.h. For a child between fork and exec: no fault, no log. */
#include "gateway/fence.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "peers/file.h"

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* Linux 6.2; the headers of Debian 12 are older */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define OF_FOLDERS ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) /* all that Linux 5.13 knows */
#define OF_FILES                                                                              \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE                               \
     | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define TO_RUN (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE)

struct fence {
    int ruleset;
    uint64_t rights; /* that this kernel can close */
};

static void fence_finish(struct fence *fence)
{
    file_close(&fence->ruleset);
}

int fence_version(void)
{
    long version =
        syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);

    return version > 0 ? (int)version : 0;
}

static uint64_t rights_of(int version)
{
    return OF_FOLDERS | (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0)
           | (version >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

/* A name that has gone meanwhile, or that we may not see, stays closed. */
static bool allow(const struct fence *fence, int folder, const char *name, uint64_t rights)
{
    struct stat status;
    SCOPED_FD int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) != 0 || S_ISLNK(status.st_mode))
        return true; /* what a link leads to has a rule of its own, or none */
    const struct landlock_path_beneath_attr rule = {
        .allowed_access = rights & (S_ISDIR(status.st_mode) ? ~0ULL : OF_FILES),
        .parent_fd = fd,
    };
    return syscall(SYS_landlock_add_rule, fence->ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0)
           == 0;
}

/* Everything in `path` but that one name. */
static bool allow_beside(const struct fence *fence, const char *path, const char *name)
{
    DIR *entries = opendir(path);
    const struct dirent *entry;
    bool good = true;

    while (good && entries && (entry = readdir(entries)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0
            && strcmp(entry->d_name, name) != 0)
            good = allow(fence, dirfd(entries), entry->d_name, fence->rights);
    if (entries)
        closedir(entries);
    return good;
}

/* From the root down: "/" without "var", "/var" without "lib", ... */
static bool allow_around(const struct fence *fence, const char *folder)
{
    char path[PATH_MAX] = "/";
    const char *rest = folder;
    size_t size = 0;
    bool good = true;

    while (good && *(rest += strspn(rest, "/"))) {
        char name[NAME_MAX + 1];
        size_t length = strcspn(rest, "/");
        if (length >= sizeof(name) || size + length + 2 > sizeof(path)) {
            errno = ENAMETOOLONG;
            return false;
        }
        memcpy(name, rest, length);
        name[length] = '\0';
        good = allow_beside(fence, path, name);
        size += (size_t)snprintf(path + size, sizeof(path) - size, "/%s", name);
        rest += length;
    }
    return good;
}

bool fence_close(const char *folder, const char *but)
{
    const uint64_t rights = rights_of(fence_version());
    const struct landlock_ruleset_attr wanted = { .handled_access_fs = rights };
    __attribute__((cleanup(fence_finish))) struct fence fence = { .rights = rights };

    fence.ruleset = (int)syscall(SYS_landlock_create_ruleset, &wanted, sizeof(wanted), 0);
    return fence.ruleset >= 0 && allow_around(&fence, folder)
           && allow(&fence, AT_FDCWD, but, rights & TO_RUN)
           && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
           && syscall(SYS_landlock_restrict_self, fence.ruleset, 0) == 0;
}
