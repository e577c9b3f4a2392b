/* aflevering_map -- see aflevering_map.h. */
#include "gateway/aflevering_map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "codecs/document.h"
#include "codecs/mediatype.h"
#include "gateway/bijlagen.h"
#include "peers/file.h"

#define PIECE (1u << 20)
#define NAME_SIZE 80

/* A folder under construction. */
struct opbouw {
    int base, fd;
    mode_t group; /* what the group of the folder above may do */
    char name[NAME_SIZE], beside[NAME_SIZE + 8];
};

static void opbouw_finish(struct opbouw *b)
{
    file_close(&b->base);
    file_close(&b->fd);
}
#define SCOPED_OPBOUW __attribute__((cleanup(opbouw_finish)))

const char *aflevering_map_path(const struct gateway *gateway, char path[PATH_MAX])
{
    const char *map = gateway->config.aflevering.map;

    if (map[0] != '/')
        return home_path(&gateway->home, map, path);
    snprintf(path, PATH_MAX, "%s", map);
    return path;
}

/* --- the folder above ---------------------------------------------------------------- */

static bool open_base(const struct gateway *gateway, struct opbouw *b, struct fault *fault)
{
    char path[PATH_MAX];
    struct stat status;

    aflevering_map_path(gateway, path);
    if (gateway->config.aflevering.map[0] != '/' && mkdir(path, 0700) != 0 && errno != EEXIST)
        return fault_set_errno(fault, FAULT_IO, path, errno);
    b->base = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (b->base < 0 || fstat(b->base, &status) != 0)
        return fault_set_errno(fault, FAULT_CONFIG, path, errno);
    if (status.st_mode & S_IRWXO) {
        fault_set(fault, FAULT_CONFIG, "%s: open to everybody", path);
        return fault_advise(fault, "chmod o-rwx %.200s", path);
    }
    b->group = status.st_mode & S_IRWXG;
    return true;
}

bool aflevering_map_usable(const struct gateway *gateway, struct fault *fault)
{
    SCOPED_OPBOUW struct opbouw b = { .base = -1, .fd = -1 };

    if (!open_base(gateway, &b, fault))
        return false;
    return faccessat(b.base, ".", W_OK | X_OK, AT_EACCESS) == 0
           || fault_set_errno(fault, FAULT_CONFIG, "[aflevering] map", errno);
}

/* --- one folder ---------------------------------------------------------------------- */

static bool exists(const struct opbouw *b)
{
    struct stat status;

    return fstatat(b->base, b->name, &status, AT_SYMLINK_NOFOLLOW) == 0
           && S_ISDIR(status.st_mode);
}

/* What a crash left of an earlier attempt. */
static void remove_half(const struct opbouw *b)
{
    int fd = openat(b->base, b->beside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    while (entries && (entry = readdir(entries)))
        (void)unlinkat(fd, entry->d_name, 0);
    if (entries)
        closedir(entries);
    else if (fd >= 0)
        close(fd);
    (void)unlinkat(b->base, b->beside, AT_REMOVEDIR);
}

static bool failed(struct fault *fault)
{
    return fault_set_errno(fault, FAULT_IO, "[aflevering] map", errno);
}

static bool begin(struct opbouw *b, struct fault *fault)
{
    remove_half(b);
    if (mkdirat(b->base, b->beside, 0700) != 0)
        return failed(fault);
    b->fd = openat(b->base, b->beside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return (b->fd >= 0 && fchmod(b->fd, S_IRWXU | (b->group ? b->group | S_ISGID : 0)) == 0)
           || failed(fault);
}

static bool publish(const struct opbouw *b, struct fault *fault)
{
    return (fsync(b->fd) == 0
            && renameat2(b->base, b->beside, b->base, b->name, RENAME_NOREPLACE) == 0
            && fsync(b->base) == 0)
           || failed(fault);
}

static int create(const struct opbouw *b, const char *name)
{
    int fd = openat(b->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd >= 0)
        (void)fchmod(fd, 0600 | (b->group & S_IRGRP));
    return fd;
}

static bool write_file(const struct opbouw *b, const char *name, const struct buf *content,
                       struct fault *fault)
{
    if (content->size == 0)
        return true;
    SCOPED_FD int fd = create(b, name);
    return (fd >= 0 && file_put(fd, content->data, content->size, 0) && fsync(fd) == 0)
           || failed(fault);
}

/* --- documents ----------------------------------------------------------------------- */

static bool copy_pieces(int from, int to, const struct document *document, struct buf *piece,
                        struct fault *fault)
{
    size_t got;

    for (int64_t at = 0; at < document->plain.size; at += PIECE) {
        int64_t left = document->plain.size - at;
        size_t most = left < PIECE ? (size_t)left : PIECE;
        buf_clear(piece);
        unsigned char *place = buf_reserve(piece, most);
        if (!file_get(from, place, most, at, &got) || got < most)
            return fault_set(fault, FAULT_IO, "document %s cannot be read", document->id);
        bijlage_piece(document->key, at, place, most, place);
        if (!file_put(to, place, most, at))
            return failed(fault);
    }
    return fsync(to) == 0 || failed(fault);
}

/* The whole is looked at before a byte of it is written. */
static bool write_document(struct gateway *gateway, const struct opbouw *b, const char *oin,
                           const struct document *document, struct fault *fault)
{
    const char *extension = mediatype_extension(document->plain.mediatype);
    SCOPED_BUF struct buf piece = { 0 };
    SCOPED_FD int from = -1;
    char file[NAME_SIZE], name[DIGEST_HEX];

    digest_hex(&document->cipher, name);
    if (!bijlagen_verify(&gateway->home, oin, document, fault)
        || !bijlagen_open(&gateway->home, oin, name, &from, fault))
        return false;
    snprintf(file, sizeof(file), "document-%s.%s", document->id,
             extension ? extension : "bin");
    SCOPED_FD int to = create(b, file);
    return to >= 0 ? copy_pieces(from, to, document, &piece, fault) : failed(fault);
}

static bool write_documents(struct gateway *gateway, const struct opbouw *b,
                            const struct pakket *pakket, struct fault *fault)
{
    const xmlNode *root = xmlDocGetRootElement(pakket->doc);
    bool good = true;

    for (const xmlNode *entry = document_first(root); good && entry;
         entry = document_next(entry)) {
        struct document document;
        good = document_read(entry, &document, fault)
               && (!document.enclosed
                   || write_document(gateway, b, pakket->o.peer, &document, fault));
        OPENSSL_cleanse(document.key, sizeof(document.key));
    }
    return good;
}

/* --- whole --------------------------------------------------------------------------- */

static bool write_parts(struct gateway *gateway, const struct opbouw *b,
                        const struct pakket *pakket, struct fault *fault)
{
    return write_file(b, "bericht.xml", &pakket->bericht, fault)
           && write_file(b, "dossier.xml", &pakket->dossier, fault)
           && write_file(b, "bericht.p7m", &pakket->row.sealed, fault)
           && write_file(b, "ontvangstbevestiging.xml", &pakket->row.receipt, fault)
           && write_file(b, "dossier.html", &pakket->page, fault)
           && write_documents(gateway, b, pakket, fault);
}

static bool open_for(const struct gateway *gateway, const struct aflevering *aflevering,
                     struct opbouw *b, struct fault *fault)
{
    snprintf(b->name, sizeof(b->name), "%s-%lld", aflevering->bericht,
             (long long)aflevering->seq);
    snprintf(b->beside, sizeof(b->beside), ".%s.deel", b->name);
    return open_base(gateway, b, fault);
}

bool aflevering_map_write(struct gateway *gateway, const struct aflevering *aflevering,
                          const struct pakket *pakket, struct fault *fault)
{
    SCOPED_OPBOUW struct opbouw b = { .base = -1, .fd = -1 };

    if (!open_for(gateway, aflevering, &b, fault))
        return false;
    if (exists(&b)
        || (begin(&b, fault) && write_parts(gateway, &b, pakket, fault) && publish(&b, fault)))
        return true;
    remove_half(&b);
    return false;
}

bool aflevering_map_notice(struct gateway *gateway, const struct aflevering *aflevering,
                           const char *text, struct fault *fault)
{
    SCOPED_OPBOUW struct opbouw b = { .base = -1, .fd = -1 };
    SCOPED_BUF struct buf content = { 0 };

    buf_add_text(&content, text);
    return open_for(gateway, aflevering, &b, fault)
           && (exists(&b)
               || (begin(&b, fault) && write_file(&b, "ingetrokken.txt", &content, fault)
                   && publish(&b, fault)));
}
