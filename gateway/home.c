/* home -- see home.h. */
#include "gateway/home.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codecs/base/mem.h"

#define PRIVATE 0700
#define OTHERS 0077

static const char *const FOLDERS[] = {
    "keys",
    "certificates",
    "trust",
    "trust/anchors",
    "trust/intermediates",
    "trust/crls",
    "duo-trust",
    "duo-trust/anchors",
    "duo-trust/intermediates",
    "duo-trust/crls",
    "store",
    "bijlagen",
    "aanlevering",
    "run",
    NULL,
};

/* The keys are readable for whoever may enter, so nobody else may. */
static bool is_private(const char *path, struct fault *fault)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return fault_set_errno(fault, FAULT_CONFIG, path, errno);
    if (!S_ISDIR(status.st_mode))
        return fault_set(fault, FAULT_CONFIG, "%s: not a folder", path);
    if (status.st_uid != geteuid() && status.st_uid != 0) {
        fault_set(fault, FAULT_CONFIG, "%s: belongs to another user (uid %u)", path,
                  (unsigned)status.st_uid);
        return fault_advise(fault, "run it as the owner of the home");
    }
    if (status.st_mode & OTHERS) {
        fault_set(fault, FAULT_CONFIG, "%s: open to others (mode %04o)", path,
                  (unsigned)status.st_mode & 07777);
        return fault_advise(fault, "chmod 0700 %s", path);
    }
    return true;
}

bool home_open(const char *path, struct home *home, struct fault *fault)
{
    SCOPED_MEM char *full = realpath(path, NULL);

    if (!full) {
        fault_set_errno(fault, FAULT_CONFIG, path, errno);
        return fault_advise(fault, "make it with `estafette init`, or name another with -C");
    }
    if (!is_private(full, fault))
        return false;
    if (snprintf(home->path, sizeof(home->path), "%s", full) >= (int)sizeof(home->path))
        return fault_set(fault, FAULT_CONFIG, "%s: name too long", path);
    return true;
}

static int visible(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static bool is_unused(const char *path, struct fault *fault)
{
    struct dirent **entries;
    int count = scandir(path, &entries, visible, alphasort);
    bool keys = false;

    if (count < 0)
        return fault_set_errno(fault, FAULT_IO, path, errno);
    for (int i = 0; i < count; i++) {
        keys = keys || strcmp(entries[i]->d_name, "keys") == 0;
        free(entries[i]);
    }
    free(entries);
    return count == 0
           || fault_set(fault, FAULT_STATE,
                        keys ? "%s: is a home already" : "%s: is not empty", path)
           || fault_advise(fault, "nothing was changed: give another folder with -C%s",
                           keys ? ", or use this one" : "");
}

bool home_mend(const struct home *home, struct fault *fault)
{
    char path[PATH_MAX];

    for (size_t i = 0; FOLDERS[i]; i++)
        if (mkdir(home_path(home, FOLDERS[i], path), PRIVATE) != 0 && errno != EEXIST)
            return fault_set_errno(fault, FAULT_IO, path, errno);
    return true;
}

bool home_create(const char *path, struct home *home, struct fault *fault)
{
    if (mkdir(path, PRIVATE) != 0 && errno != EEXIST)
        return fault_set_errno(fault, FAULT_IO, path, errno);
    return home_open(path, home, fault) && is_unused(home->path, fault)
           && home_mend(home, fault);
}

const char *home_path(const struct home *home, const char *relative, char path[PATH_MAX])
{
    if (snprintf(path, PATH_MAX, "%s/%s", home->path, relative) >= PATH_MAX)
        abort(); /* our own names are short */
    return path;
}

const char *const *home_folders(void)
{
    return FOLDERS;
}
