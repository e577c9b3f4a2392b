/* doctor_home -- the folder and what lies in it: owners, modes, remains, room.
 *
 * Modes are judged as they stand, not by trying: root may do everything, the daemon may not.
 */
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/doctor.h"
#include "peers/file.h"

#define OTHERS 0077
#define OTHERS_WRITE 0022
#define SHOWN_MAX 10 /* files named by one check */
#define SPACE_WARN (1LL << 30)
#define INODES_WARN 1000
#define INODES_FAIL                                                                           \
    20 /* a message is one row, but WAL, journal and temporary files are files */
#define MESSAGE_KIB 8192 /* when the configuration cannot be read: the most it may say */
#define SUFFIX_LENGTH 6  /* of mkostemp(), behind the last dot */

struct tally {
    int found;
    bool unreadable;
};
typedef void visit(struct doctor *doctor, const FTSENT *entry, struct tally *tally);

static const char *home_of(const struct doctor *doctor)
{
    return doctor->gateway->home.path;
}

/* "keys/home.key" */
static const char *inside(const struct doctor *doctor, const FTSENT *entry)
{
    size_t length = strlen(home_of(doctor));

    return entry->fts_path[length] ? entry->fts_path + length + 1 : ".";
}

static bool may_name(struct tally *tally)
{
    return ++tally->found <= SHOWN_MAX;
}

static void each_entry(struct doctor *doctor, visit *look, struct tally *tally)
{
    char path[PATH_MAX];
    char *const roots[] = { path, NULL };
    FTSENT *entry;

    snprintf(path, sizeof(path), "%s", home_of(doctor));
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    if (!walk)
        abort(); /* no memory */
    while ((entry = fts_read(walk))) {
        if (entry->fts_info == FTS_DP)
            continue;
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR
            || entry->fts_info == FTS_NS)
            tally->unreadable =
                tally->unreadable || entry->fts_errno != ENOENT; /* just gone */
        else if (entry->fts_level > 0)
            look(doctor, entry, tally);
    }
    fts_close(walk);
}

/* Looks at everything in the home; says `good` when nothing was said. */
static void walk_home(struct doctor *doctor, visit *look, const char *good)
{
    struct tally tally = { 0 };

    each_entry(doctor, look, &tally);
    if (tally.unreadable)
        doctor_skip(doctor, "", "not everything in the home may be read by this user");
    if (tally.found > SHOWN_MAX)
        doctor_warn(doctor, "", "mend those first, then look again", "and %d more",
                    tally.found - SHOWN_MAX);
    if (tally.found == 0 && !tally.unreadable)
        doctor_ok(doctor, "", "%s", good);
}

/* --- folders --------------------------------------------------------------------------- */

static bool open_to_owner(struct doctor *doctor, const char *name, const char *path,
                          mode_t mode)
{
    char action[DOCTOR_ACTION];

    if ((mode & S_IRWXU) == S_IRWXU)
        return true;
    snprintf(action, sizeof(action), "chmod 0700 %s", path);
    doctor_fail(doctor, name, action, "closed to its owner (mode %04o)",
                (unsigned)mode & 07777);
    return false;
}

void doctor_home_folder(struct doctor *doctor)
{
    struct home home;
    struct stat status;
    struct fault fault = { 0 };

    if (!home_open(home_of(doctor), &home, &fault))
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    else if (stat(home.path, &status) == 0
             && open_to_owner(doctor, "", home.path, status.st_mode))
        doctor_ok(doctor, "", "%.300s is closed to others", home.path);
}

static bool folder_good(struct doctor *doctor, const char *name)
{
    char path[PATH_MAX], action[DOCTOR_ACTION];
    struct stat status;

    home_path(&doctor->gateway->home, name, path);
    if (stat(path, &status) != 0) {
        snprintf(action, sizeof(action), "install -d -m 0700 %s, as the owner of the home",
                 path);
        doctor_fail(doctor, name, errno == ENOENT ? action : "see the folder above it", "%s",
                    strerror(errno));
        return false;
    }
    if (S_ISDIR(status.st_mode))
        return open_to_owner(doctor, name, path, status.st_mode);
    doctor_fail(doctor, name, "move it away and make a folder of that name",
                "is not a folder");
    return false;
}

void doctor_home_folders(struct doctor *doctor)
{
    bool good = true;

    for (const char *const *name = home_folders(); *name; name++)
        good = folder_good(doctor, *name) && good;
    if (good)
        doctor_ok(doctor, "", "all there");
}

/* --- owners and modes ------------------------------------------------------------------ */

static uid_t owner_of(const struct doctor *doctor)
{
    struct stat status;

    return stat(home_of(doctor), &status) == 0 ? status.st_uid : geteuid();
}

static void look_at_owner(struct doctor *doctor, const FTSENT *entry, struct tally *tally)
{
    char action[DOCTOR_ACTION];
    uid_t owner = owner_of(doctor);

    if (entry->fts_statp->st_uid == owner || !may_name(tally))
        return;
    snprintf(action, sizeof(action), "chown -R %u %s", (unsigned)owner, home_of(doctor));
    doctor_fail(doctor, inside(doctor, entry), action,
                "belongs to uid %u, the home to uid %u: the daemon may not read it",
                (unsigned)entry->fts_statp->st_uid, (unsigned)owner);
}

void doctor_home_owner(struct doctor *doctor)
{
    walk_home(doctor, look_at_owner, "all of one owner");
}

/* The daemon refuses an open key; for the rest the closed home is one lock, the mode another.
 */
static void look_at_mode(struct doctor *doctor, const FTSENT *entry, struct tally *tally)
{
    const char *name = inside(doctor, entry);
    unsigned mode = (unsigned)entry->fts_statp->st_mode;
    bool grave = strncmp(name, "keys/", 5) == 0 || (mode & OTHERS_WRITE);
    char action[DOCTOR_ACTION];

    if (S_ISLNK(mode) || S_ISSOCK(mode) || !(mode & OTHERS) || !may_name(tally))
        return;
    snprintf(action, sizeof(action), "chmod %s %s", S_ISDIR(mode) ? "0700" : "0600",
             entry->fts_path);
    if (grave)
        doctor_fail(doctor, name, action, "open to others (mode %04o)", mode & 07777);
    else
        doctor_warn(doctor, name, action, "readable for others (mode %04o)", mode & 07777);
}

void doctor_home_private(struct doctor *doctor)
{
    walk_home(doctor, look_at_mode, "nothing is open to others");
}

/* --- leftovers ------------------------------------------------------------------------- */

static bool is_key_name(const char *name)
{
    char expected[64];

    if (strcmp(name, "home.key") == 0)
        return true;
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        snprintf(expected, sizeof(expected), "%s.key", purpose_name((enum purpose)purpose));
        if (strcmp(name, expected) == 0)
            return true;
    }
    return false;
}

/* "estafette.ini.Ab3dE9": a file_write() that did not come to its end. */
static bool is_remains(const char *name)
{
    const char *last = strrchr(name, '.');

    return last && last != name && memchr(name, '.', (size_t)(last - name))
           && strlen(last + 1) == SUFFIX_LENGTH
           && strspn(last + 1,
                     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
                  == SUFFIX_LENGTH;
}

static void look_at_name(struct doctor *doctor, const FTSENT *entry, struct tally *tally)
{
    const char *name = inside(doctor, entry);
    char action[DOCTOR_ACTION];

    if (entry->fts_info != FTS_F)
        return;
    if (strncmp(name, "keys/", 5) == 0 && !is_key_name(entry->fts_name)) {
        snprintf(action, sizeof(action), "when nobody needs it: shred -u %s", entry->fts_path);
        if (may_name(tally))
            doctor_warn(doctor, name, action, "is no key that is used: a copy?");
    } else if (is_remains(entry->fts_name)) {
        snprintf(action, sizeof(action), "rm %s", entry->fts_path);
        if (may_name(tally))
            doctor_warn(doctor, name, action, "is left over from a write that was cut off");
    }
}

void doctor_home_leftovers(struct doctor *doctor)
{
    walk_home(doctor, look_at_name, "none");
}

/* --- the file system ------------------------------------------------------------------- */

void doctor_home_writable(struct doctor *doctor)
{
    struct statvfs file_system;

    if (statvfs(home_of(doctor), &file_system) != 0)
        doctor_fail(doctor, "", "check the disk", "%s", strerror(errno));
    else if (file_system.f_flag & ST_RDONLY)
        doctor_fail(doctor, "", "see dmesg for why, repair the disk, mount it read-write",
                    "the file system is read-only");
    else
        doctor_ok(doctor, "", "mounted read-write");
}

static long long message_bytes(const struct doctor *doctor)
{
    bool known = doctor->config_fault.code == FAULT_NONE;

    return 1024LL * (known ? doctor->gateway->config.message_kib : MESSAGE_KIB);
}

void doctor_home_space(struct doctor *doctor)
{
    static const char ACTION[] = "make room on the file system of the home: df -h, df -i";
    struct statvfs file_system;

    if (statvfs(home_of(doctor), &file_system) != 0) {
        doctor_skip(doctor, "", strerror(errno));
        return;
    }
    long long bytes = (long long)file_system.f_bavail * (long long)file_system.f_frsize;
    long long inodes = (long long)file_system.f_favail;
    bool counted = file_system.f_files > 0; /* some file systems have no fixed number */
    if (bytes < message_bytes(doctor) * 3 / 2 || (counted && inodes < INODES_FAIL))
        doctor_fail(doctor, "", ACTION, "%lld MiB and %lld inodes free: no room for a message",
                    bytes >> 20, inodes);
    else if (bytes < SPACE_WARN || (counted && inodes < INODES_WARN))
        doctor_warn(doctor, "", ACTION, "only %lld MiB and %lld inodes free", bytes >> 20,
                    inodes);
    else
        doctor_ok(doctor, "", "%lld MiB free", bytes >> 20);
}
