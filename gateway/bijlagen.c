/* bijlagen -- see bijlagen.h. */
#include "gateway/bijlagen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "peers/file.h"

#define PART ".deel"
#define SPARE_BYTES (64LL << 20) /* the database must be able to go on */

/* --- places ---------------------------------------------------------------------------- */

bool bijlagen_name_valid(const char *name)
{
    return strlen(name) == DIGEST_HEX - 1
           && strspn(name, "0123456789abcdef") == DIGEST_HEX - 1;
}

static bool make_folder(const char *path, bool *made, struct fault *fault)
{
    *made = mkdir(path, 0700) == 0;
    return *made || errno == EEXIST || fault_set_errno(fault, FAULT_IO, path, errno);
}

bool bijlagen_folder(const struct home *home, const char *oin, char path[PATH_MAX],
                     struct fault *fault)
{
    char all[PATH_MAX], relative[64];
    bool made;

    home_path(home, "bijlagen", all); /* homes from before there were documents lack it */
    if (!make_folder(all, &made, fault) || (made && !file_sync_folder(home->path, fault)))
        return false;
    snprintf(relative, sizeof(relative), "bijlagen/%s", oin);
    home_path(home, relative, path);
    return make_folder(path, &made, fault) && (!made || file_sync_folder(all, fault));
}

/* Whole, or with PART behind it. */
static void file_path(const struct home *home, const char *oin, const char *name,
                      const char *end, char path[PATH_MAX])
{
    char relative[160];

    snprintf(relative, sizeof(relative), "bijlagen/%s/%s%s", oin, name, end);
    home_path(home, relative, path);
}

bool bijlagen_room(const struct home *home, int64_t bytes, struct fault *fault)
{
    struct statvfs status;

    if (statvfs(home->path, &status) != 0)
        return fault_set_errno(fault, FAULT_IO, home->path, errno);
    if ((int64_t)status.f_bavail * (int64_t)status.f_frsize >= bytes + SPARE_BYTES)
        return true;
    fault_set(fault, FAULT_TEMPORARY, "no room on the disk for a document of %lld bytes",
              (long long)bytes);
    return fault_advise(fault, "make room under %s; it goes on by itself", home->path);
}

/* --- what is held ---------------------------------------------------------------------- */

static bool size_of(const char *path, int64_t *size)
{
    struct stat status;

    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    *size = status.st_size;
    (void)utimensat(AT_FDCWD, path, NULL, 0); /* younger; that it fails does no harm */
    return true;
}

void bijlagen_held(const struct home *home, const char *oin, const char *name, int64_t *held,
                   bool *whole)
{
    char path[PATH_MAX];

    *held = 0;
    file_path(home, oin, name, "", path);
    *whole = size_of(path, held);
    if (*whole)
        return;
    file_path(home, oin, name, PART, path);
    size_of(path, held);
}

/* --- taking in ------------------------------------------------------------------------- */

static bool digest_of_file(int fd, struct digest *digest)
{
    struct digest_stream *stream = digest_stream_create();
    unsigned char bytes[65536];
    size_t got;
    off_t at = 0;
    bool good;

    while ((good = file_get(fd, bytes, sizeof(bytes), at, &got)) && got > 0) {
        digest_stream_add(stream, bytes, got);
        at += (off_t)got;
    }
    digest_stream_end(stream, digest);
    digest_stream_destroy(stream);
    return good;
}

bool bijlagen_publish(const struct home *home, const char *oin, const char *from, int fd,
                      const char *name, struct fault *fault)
{
    char path[PATH_MAX], folder[PATH_MAX];

    file_path(home, oin, name, "", path);
    if (fsync(fd) != 0 || rename(from, path) != 0)
        return fault_set_errno(fault, FAULT_IO, path, errno);
    return bijlagen_folder(home, oin, folder, fault) && file_sync_folder(folder, fault);
}

static bool complete(const struct home *home, const char *oin, const char *name, int fd,
                     struct fault *fault)
{
    char path[PATH_MAX], hex[DIGEST_HEX];
    struct digest digest;

    file_path(home, oin, name, PART, path);
    if (!digest_of_file(fd, &digest))
        return fault_set_errno(fault, FAULT_IO, path, errno);
    digest_hex(&digest, hex);
    if (strcmp(hex, name) == 0)
        return bijlagen_publish(home, oin, path, fd, name, fault);
    unlink(path);
    return fault_set(fault, FAULT_ATTACHMENT, "a document is not what its name says");
}

/* One at a time: whoever else is adding to it holds the lock. */
static bool open_part(const char *path, int *fd, int64_t *held, struct fault *fault)
{
    struct stat status;

    *fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0 || fstat(*fd, &status) != 0)
        return fault_set_errno(fault, FAULT_IO, path, errno);
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
        return fault_set(fault, FAULT_TEMPORARY, "this document is being received already");
    *held = status.st_size;
    return true;
}

/* All of it came, but its end was cut, between the last piece and its name: a crash, a sync
 * that failed. Whoever asks hears that nothing is lacking, so nobody sends it again. What was
 * torn by it goes, and is missing: the sender is not to blame. */
static bool make_good(const struct home *home, const char *oin, const char *name, int64_t size,
                      struct fault *fault)
{
    char path[PATH_MAX];
    SCOPED_FD int fd = -1;
    int64_t held = 0;

    file_path(home, oin, name, PART, path);
    if (!size_of(path, &held) || held != size)
        return true;
    if (!open_part(path, &fd, &held, fault))
        return false;
    if (held != size || complete(home, oin, name, fd, fault))
        return true;
    if (fault->code == FAULT_ATTACHMENT)
        fault_set(fault, FAULT_MISSING, "document %.16s... was torn, and must come again",
                  name);
    return false;
}

static bool add_piece(const char *path, int fd, const struct bijlagen_piece *piece,
                      struct fault *fault)
{
    if (file_put(fd, piece->bytes, piece->size, piece->offset))
        return true;
    fault_set_errno(fault, FAULT_IO, path, errno);
    (void)!ftruncate(fd, piece->offset); /* half a piece is no piece */
    return false;
}

bool bijlagen_add(const struct home *home, const char *oin, const char *name,
                  const struct bijlagen_piece *piece, bool *whole, struct fault *fault)
{
    char path[PATH_MAX];
    SCOPED_FD int fd = -1;
    int64_t held = 0;

    if (!bijlagen_folder(home, oin, path, fault))
        return false;
    bijlagen_held(home, oin, name, &held, whole);
    if (*whole)
        return true;
    file_path(home, oin, name, PART, path);
    if (!open_part(path, &fd, &held, fault))
        return false;
    if (held != piece->offset)
        return fault_set(fault, FAULT_STATE, "a piece at %lld, but %lld bytes are held",
                         (long long)piece->offset, (long long)held);
    if (!add_piece(path, fd, piece, fault))
        return false;
    *whole = held + (int64_t)piece->size == piece->total;
    return !*whole || complete(home, oin, name, fd, fault);
}

/* --- giving out ------------------------------------------------------------------------ */

bool bijlagen_open(const struct home *home, const char *oin, const char *name, int *fd,
                   struct fault *fault)
{
    char path[PATH_MAX];

    file_path(home, oin, name, "", path);
    *fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return *fd >= 0
           || fault_set(fault, FAULT_MISSING, "document %.16s... is not here (%s)", name,
                        errno == ENOENT ? "not yet" : "it cannot be read");
}

static bool open_all(int fd, struct bijlage *bijlage, int64_t size,
                     struct bijlage_facts *facts, struct fault *fault)
{
    unsigned char bytes[65536], tag[BIJLAGE_TAG];
    size_t got;

    for (int64_t at = 0; at < size; at += (int64_t)got) {
        int64_t left = size - at;
        size_t most = left < (int64_t)sizeof(bytes) ? (size_t)left : sizeof(bytes);
        if (!file_get(fd, bytes, most, at, &got) || got < most)
            return fault_set(fault, FAULT_IO, "a document cannot be read to its end");
        bijlage_pass(bijlage, bytes, got, bytes);
    }
    bool good = file_get(fd, tag, sizeof(tag), size, &got) && got == sizeof(tag);
    explicit_bzero(bytes, sizeof(bytes));
    return good ? bijlage_open(bijlage, tag, facts, fault)
                : fault_set(fault, FAULT_IO, "a document cannot be read to its end");
}

static bool is_as_said(const struct document *said, const struct bijlage_facts *facts,
                       struct fault *fault)
{
    if (facts->size != said->plain.size || !digest_equal(&facts->sha256, &said->plain.sha256))
        return fault_set(fault, FAULT_ATTACHMENT,
                         "document %s: is not the one that the dossier names", said->id);
    if (!facts->mediatype || strcmp(facts->mediatype, said->plain.mediatype) != 0)
        return fault_set(fault, FAULT_ATTACHMENT,
                         "document %s: its content is not of its mediatype, or of one that "
                         "may not travel",
                         said->id);
    return true;
}

bool bijlagen_verify(const struct home *home, const char *oin, const struct document *document,
                     struct fault *fault)
{
    char name[DIGEST_HEX];
    SCOPED_FD int fd = -1;
    struct bijlage_facts facts;
    struct stat status;

    digest_hex(&document->cipher, name);
    if (!make_good(home, oin, name, document->cipher_size, fault)
        || !bijlagen_open(home, oin, name, &fd, fault))
        return false;
    if (fstat(fd, &status) != 0 || status.st_size != document->cipher_size)
        return fault_set(fault, FAULT_ATTACHMENT, "document %s: is of another size",
                         document->id);
    struct bijlage *bijlage = bijlage_decrypt(document->key);
    bool good = open_all(fd, bijlage, document->plain.size, &facts, fault);
    bijlage_destroy(bijlage);
    if (!good && fault->code == FAULT_ATTACHMENT)
        return fault_set(fault, FAULT_ATTACHMENT,
                         "document %s: does not open with the key in the dossier",
                         document->id);
    return good && is_as_said(document, &facts, fault);
}

/* --- looking over all ------------------------------------------------------------------ */

struct listing {
    bijlagen_each *each;
    void *context;
};

static bool visit(void *context, const char *path, struct fault *fault)
{
    const struct listing *listing = context;
    struct bijlagen_file file = { 0 };
    struct stat status;

    if (lstat(path, &status) != 0)
        return true;
    snprintf(file.path, sizeof(file.path), "%s", path);
    snprintf(file.name, sizeof(file.name), "%s", strrchr(path, '/') + 1);
    file.size = status.st_size;
    file.changed = status.st_mtime;
    return listing->each(listing->context, &file, fault);
}

bool bijlagen_list(const struct home *home, const char *oin, bijlagen_each *each,
                   void *context, struct fault *fault)
{
    struct listing listing = { each, context };
    char path[PATH_MAX];

    return bijlagen_folder(home, oin, path, fault)
           && file_list(path, "", visit, &listing, fault);
}
