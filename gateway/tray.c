/* tray -- see tray.h. */
#include "gateway/tray.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "gateway/clock.h"
#include "peers/file.h"

static const char *const PLACES[TRAY_PLACES] = { "in", "wacht", "verzonden", "geweigerd" };

#define STEM_MAX 80
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define FIRST LOWER UPPER "0123456789"

/* --- opening ------------------------------------------------------------------------- */

/* No link, no other file system, nothing above: whatever the name says. */
static int open_beneath(int folder, const char *name, uint64_t flags)
{
    const struct open_how how = { .flags = flags | O_CLOEXEC | O_NOFOLLOW,
                                  .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS
                                             | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV };

    return (int)syscall(SYS_openat2, folder, name, &how, sizeof(how));
}

static bool is_closed(int fd, const char *name, struct stat *status, struct fault *fault)
{
    if (fstat(fd, status) != 0)
        return fault_set_errno(fault, FAULT_CONFIG, name, errno);
    if (!(status->st_mode & S_IWOTH))
        return true;
    fault_set(fault, FAULT_CONFIG, "%s: everybody may write there", name);
    return fault_advise(fault, "chmod o-w %.200s", name);
}

/* Where dossiers lie that can be read, others have nothing to look for. */
static bool is_private(const char *name, const struct stat *status, struct fault *fault)
{
    if (!(status->st_mode & S_IRWXO))
        return true;
    fault_set(fault, FAULT_CONFIG, "%s: open to everybody", name);
    return fault_advise(fault, "chmod o-rwx %.200s, in the folder of [aanlevering] map", name);
}

static bool make_place(int base, const char *name, const struct stat *above)
{
    return mkdirat(base, name, 0700) == 0
               ? fchmodat(base, name, above->st_mode & 02770, 0) == 0
               : errno == EEXIST;
}

/* above NULL: what is not there is not made. */
static bool open_place(struct tray *tray, int base, enum tray_place place,
                       const struct stat *above, struct fault *fault)
{
    const char *name = PLACES[place];
    struct stat status;

    if (above && !make_place(base, name, above))
        return fault_set_errno(fault, FAULT_CONFIG, name, errno);
    tray->place[place] = open_beneath(base, name, O_RDONLY | O_DIRECTORY);
    if (tray->place[place] < 0 && errno == ENOENT && !above)
        return true;
    if (tray->place[place] < 0)
        return fault_set(fault, FAULT_CONFIG, "%s: %s", name,
                         errno == ELOOP || errno == ENOTDIR ? "is not a folder"
                                                            : strerror(errno));
    if (!is_closed(tray->place[place], name, &status, fault)
        || !is_private(name, &status, fault))
        return false;
    if (place == TRAY_IN)
        tray->owner = status.st_uid;
    return true;
}

static bool open_all(const char *path, bool make, struct tray *tray, struct fault *fault)
{
    SCOPED_FD int base = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;

    for (int i = 0; i < TRAY_PLACES; i++)
        tray->place[i] = -1;
    if (base < 0)
        return fault_set_errno(fault, FAULT_CONFIG, path, errno);
    if (!is_closed(base, path, &status, fault))
        return false;
    for (int i = 0; i < TRAY_PLACES; i++)
        if (!open_place(tray, base, (enum tray_place)i, make ? &status : NULL, fault))
            return false;
    return true;
}

bool tray_open(const char *path, struct tray *tray, struct fault *fault)
{
    return open_all(path, true, tray, fault);
}

bool tray_inspect(const char *path, struct tray *tray, struct fault *fault)
{
    return open_all(path, false, tray, fault);
}

void tray_close(struct tray *tray)
{
    for (int i = 0; i < TRAY_PLACES; i++) {
        file_close(&tray->place[i]);
        tray->place[i] = -1;
    }
}

/* --- listing ------------------------------------------------------------------------- */

static bool is_name(const char *name, size_t size)
{
    return size > 0 && size <= STEM_MAX && strchr(FIRST, name[0])
           && strspn(name, FIRST "._-") >= size;
}

static bool ends_in(const char *name, const char *end, size_t *stem)
{
    size_t size = strlen(name), behind = strlen(end);

    *stem = size > behind ? size - behind : 0;
    return *stem && strcmp(name + *stem, end) == 0;
}

static void add_name(struct tray_names *names, const struct dirent *entry)
{
    const char *name = entry->d_name;
    size_t stem;

    if (ends_in(name, ".tmp", &stem) || ends_in(name, ".txt", &stem))
        return;
    if (!ends_in(name, ".xml", &stem)) {
        names->strange += name[0] != '.' && !is_name(name, strlen(name));
        return; /* the folder of documents beside one, mostly */
    }
    if (!is_name(name, stem)) {
        names->strange++;
        return;
    }
    if (names->count < TRAY_ENTRIES_MAX)
        snprintf(names->name[names->count++], TRAY_NAME, "%.*s", (int)stem, name);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* A reader of its own: the descriptor of the folder keeps its place. */
static DIR *read_folder(int folder)
{
    int fd = open_beneath(folder, ".", O_RDONLY | O_DIRECTORY);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);

    if (!entries && fd >= 0)
        close(fd);
    return entries;
}

bool tray_list(const struct tray *tray, enum tray_place place, struct tray_names *names,
               struct fault *fault)
{
    names->count = names->strange = 0;
    if (tray->place[place] < 0)
        return true;
    DIR *entries = read_folder(tray->place[place]);
    const struct dirent *entry;
    if (!entries)
        return fault_set_errno(fault, FAULT_IO, PLACES[place], errno);
    while ((entry = readdir(entries)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            add_name(names, entry);
    closedir(entries);
    qsort(names->name, names->count, TRAY_NAME, compare);
    return true;
}

/* --- reading ------------------------------------------------------------------------- */

static const char *unfit(const struct tray *tray, const struct stat *status)
{
    if (S_ISLNK(status->st_mode))
        return "is een verwijzing (link)";
    if (!S_ISREG(status->st_mode))
        return "is geen gewoon bestand";
    if (status->st_nlink != 1)
        return "heeft nog een naam (hard link)";
    if (status->st_uid != geteuid() && status->st_uid != tray->owner)
        return "is van een andere gebruiker";
    return status->st_size == 0 ? "is leeg" : NULL;
}

/* A clock that was set back is no reason to wait for years. */
static bool is_quiet(const struct stat *status)
{
    int64_t age = clock_now() - status->st_ctim.tv_sec;

    return age >= TRAY_QUIET_SECONDS || age < -60;
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_ctim.tv_sec == b->st_ctim.tv_sec
           && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec && a->st_ino == b->st_ino
           && a->st_nlink == b->st_nlink;
}

/* A file in an open folder, and how many bytes it may have. */
struct wanted {
    int folder;
    const char *name;
    int64_t most;
};

/* Looked at before it is opened (to open a device may do something), and after. */
static bool open_file(const struct tray *tray, const struct wanted *wanted, int *fd,
                      struct stat *status, struct fault *fault)
{
    const char *name = wanted->name;
    int folder = wanted->folder;
    struct stat first;

    if (fstatat(folder, name, &first, AT_SYMLINK_NOFOLLOW) != 0)
        return fault_set(fault, FAULT_TEMPORARY, "het bestand is weg");
    const char *why = unfit(tray, &first);
    if (why)
        return fault_set(fault, FAULT_INPUT, "het bestand %s", why);
    if (first.st_size > wanted->most)
        return fault_set(fault, FAULT_SIZE, "het bestand is groter dan %lld bytes",
                         (long long)wanted->most);
    if (!is_quiet(&first))
        return fault_set(fault, FAULT_TEMPORARY, "het bestand wordt nog geschreven");
    *fd = open_beneath(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0)
        return fault_set(fault, FAULT_INPUT, "het bestand kan niet worden gelezen");
    return (fstat(*fd, status) == 0 && same(&first, status))
           || fault_set(fault, FAULT_TEMPORARY, "het bestand wordt nog geschreven");
}

static bool is_unchanged(int fd, const struct stat *before, struct fault *fault)
{
    struct stat after;

    return (fstat(fd, &after) == 0 && same(before, &after))
           || fault_set(fault, FAULT_TEMPORARY, "het bestand veranderde tijdens het lezen");
}

bool tray_read(const struct tray *tray, enum tray_place place, const char *name, size_t most,
               struct buf *content, struct fault *fault)
{
    char file[TRAY_NAME + 8];
    struct stat status;
    SCOPED_FD int fd = -1;
    size_t got;

    snprintf(file, sizeof(file), "%s.xml", name);
    const struct wanted wanted = { tray->place[place], file, (int64_t)most };
    if (!open_file(tray, &wanted, &fd, &status, fault))
        return false;
    size_t size = (size_t)status.st_size;
    if (!file_get(fd, buf_reserve(content, size), size, 0, &got))
        return fault_set(fault, FAULT_IO, "het bestand kan niet worden gelezen");
    buf_grown(content, got);
    return is_unchanged(fd, &status, fault);
}

static bool one_document(const struct tray *tray, const struct wanted *wanted, tray_each *each,
                         void *context, struct fault *fault)
{
    SCOPED_FD int fd = -1;
    struct stat status;

    return open_file(tray, wanted, &fd, &status, fault)
           && each(context, wanted->name, fd, status.st_size, fault)
           && is_unchanged(fd, &status, fault);
}

bool tray_documents(const struct tray *tray, const char *name,
                    const struct tray_limits *limits, tray_each *each, void *context,
                    struct fault *fault)
{
    SCOPED_FD int folder = open_beneath(tray->place[TRAY_IN], name, O_RDONLY | O_DIRECTORY);
    const struct dirent *entry;
    size_t count = 0;
    bool good = true;

    if (folder < 0)
        return errno == ENOENT
               || fault_set(fault, FAULT_INPUT, "wat ernaast ligt is geen map met documenten");
    DIR *entries = read_folder(folder);
    while (good && entries && (entry = readdir(entries))) {
        if (entry->d_name[0] == '.')
            continue;
        const struct wanted wanted = { folder, entry->d_name, limits->bytes };
        good = ++count > limits->documents ? fault_set(
                   fault, FAULT_SIZE, "er zijn meer dan %zu documenten", limits->documents)
                                           : one_document(tray, &wanted, each, context, fault);
    }
    if (entries)
        closedir(entries);
    return good;
}

/* --- moving -------------------------------------------------------------------------- */

static bool is_taken(int folder, const char *name, const char *end)
{
    char file[TRAY_NAME + 8];
    struct stat status;

    snprintf(file, sizeof(file), "%s%s", name, end);
    return fstatat(folder, file, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static void free_name(int folder, const char *name, char as[TRAY_NAME])
{
    int number = 1;

    snprintf(as, TRAY_NAME, "%s", name);
    while ((is_taken(folder, as, ".xml") || is_taken(folder, as, "")
            || is_taken(folder, as, ".txt"))
           && number < 100000)
        snprintf(as, TRAY_NAME, "%.*s-%d", STEM_MAX, name, ++number);
}

static bool move_one(int from, const char *name, int to, const char *as, const char *end)
{
    char old[TRAY_NAME + 8], new[TRAY_NAME + 8];

    snprintf(old, sizeof(old), "%s%s", name, end);
    snprintf(new, sizeof(new), "%s%s", as, end);
    return renameat2(from, old, to, new, RENAME_NOREPLACE) == 0;
}

static bool write_text(int folder, const char *name, const char *text)
{
    char file[TRAY_NAME + 8];

    snprintf(file, sizeof(file), "%s.txt", name);
    SCOPED_FD int fd =
        openat(folder, file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat above;
    if (fd >= 0 && fstat(folder, &above) == 0)
        (void)fchmod(fd, 0600 | (above.st_mode & S_IRGRP));
    return fd >= 0 && file_put(fd, text, strlen(text), 0) && fsync(fd) == 0;
}

/* The documents first: what is left when we are stopped in between is found again by its XML.
 */
bool tray_move(const struct tray *tray, enum tray_place from, const char *name,
               enum tray_place to, const char *text, struct fault *fault)
{
    int old = tray->place[from], new = tray->place[to];
    char as[TRAY_NAME], said[TRAY_NAME + 8];

    free_name(new, name, as);
    snprintf(said, sizeof(said), "%s.txt", name);
    if (!move_one(old, name, new, as, "") && errno != ENOENT)
        return fault_set_errno(fault, FAULT_IO, PLACES[to], errno);
    if (!move_one(old, name, new, as, ".xml") || !write_text(new, as, text))
        return fault_set_errno(fault, FAULT_IO, PLACES[to], errno);
    if (from != TRAY_IN)
        (void)unlinkat(old, said, 0); /* ours, of when it was moved there */
    return (fsync(new) == 0 && fsync(old) == 0)
           || fault_set_errno(fault, FAULT_IO, PLACES[to], errno);
}

/* --- clearing ------------------------------------------------------------------------ */

#define DEPTH_MAX 8 /* of folders in what another program gave us */

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void clear_entry(int folder, const char *name, int depth);

static void clear_folder(int folder, const char *name, int depth)
{
    SCOPED_FD int fd = open_beneath(folder, name, O_RDONLY | O_DIRECTORY);
    DIR *entries = fd < 0 || depth == 0 ? NULL : read_folder(fd);
    const struct dirent *entry;

    while (entries && (entry = readdir(entries)))
        if (!is_dots(entry->d_name))
            clear_entry(fd, entry->d_name, depth - 1);
    if (entries)
        closedir(entries);
    (void)unlinkat(folder, name, AT_REMOVEDIR);
}

/* Whatever it is: who refused to take it keeps nothing of it either. */
static void clear_entry(int folder, const char *name, int depth)
{
    if (unlinkat(folder, name, 0) != 0 && (errno == EISDIR || errno == EPERM))
        clear_folder(folder, name, depth);
}

static bool is_old(int folder, const char *name, int64_t before)
{
    struct stat status;

    return !is_dots(name) && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
           && status.st_ctim.tv_sec < before;
}

size_t tray_clear(const struct tray *tray, enum tray_place place, int64_t before)
{
    int folder = tray->place[place];
    DIR *entries = folder < 0 ? NULL : read_folder(folder);
    const struct dirent *entry;
    size_t left = 0;

    while (entries && (entry = readdir(entries)))
        if (is_old(folder, entry->d_name, before)) {
            clear_entry(folder, entry->d_name, DEPTH_MAX);
            left += is_old(folder, entry->d_name, before);
        }
    if (entries)
        closedir(entries);
    return left;
}

size_t tray_old(const struct tray *tray, enum tray_place place, int64_t before)
{
    int folder = tray->place[place];
    DIR *entries = folder < 0 ? NULL : read_folder(folder);
    const struct dirent *entry;
    size_t count = 0;

    while (entries && (entry = readdir(entries)))
        count += is_old(folder, entry->d_name, before);
    if (entries)
        closedir(entries);
    return count;
}
