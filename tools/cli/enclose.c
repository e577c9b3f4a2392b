/* enclose -- see enclose.h. */
#include "tools/cli/enclose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/mediatype.h"
#include "codecs/uuid.h"
#include "peers/file.h"
#include "tools/cli/output.h"
#include "tools/cli/progress.h"

#define PIECE                                                                                 \
    ((size_t)256 << 10) /* small, so that neither side's memory notices the document */
#define NAME_BYTES 180  /* fits the schema's naam, however it is written */

/* The last part of the path, cut at a whole UTF-8 character. */
static void name_of(const char *path, char name[NAME_BYTES + 1])
{
    const char *slash = strrchr(path, '/');
    json_auto_t *text = output_string(slash ? slash + 1 : path);
    size_t size = json_string_length(text);

    if (size > NAME_BYTES)
        size = NAME_BYTES;
    while (size > 0 && (json_string_value(text)[size] & 0xC0) == 0x80)
        size--;
    memcpy(name, json_string_value(text), size);
    name[size] = '\0';
}

static bool is_of_a_kind(const char *path, int fd, struct fault *fault)
{
    char head[MEDIATYPE_HEAD];
    size_t got;

    if (!file_get(fd, head, sizeof(head), 0, &got))
        return fault_set_errno(fault, FAULT_INPUT, path, errno);
    return mediatype_of(head, got)
           || fault_set(fault, FAULT_ATTACHMENT, "%s: not a %s by its content", path,
                        MEDIATYPE_NAMES);
}

static bool open_document(const char *path, int *fd, int64_t *size, struct fault *fault)
{
    struct stat status;

    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (*fd < 0)
        return fault_set_errno(fault, FAULT_INPUT, path, errno);
    if (fstat(*fd, &status) != 0 || !S_ISREG(status.st_mode))
        return fault_set(fault, FAULT_INPUT, "%s: not a regular file", path);
    *size = status.st_size;
    return is_of_a_kind(path, *fd, fault);
}

static bool send_piece(struct client *client, const char *file, const char *name,
                       int64_t offset, const struct buf *piece, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    json_auto_t *result = NULL;

    base64_encode(piece->data, piece->size, &text);
    return client_ask(client, "document.add",
                      json_pack("{s:s, s:s, s:I, s:s}", "file", file, "naam", name, "offset",
                                (json_int_t)offset, "data", buf_text(&text)),
                      CLIENT_SOON, &result, fault);
}

static bool send_document(struct client *client, const char *path, int fd, int64_t size,
                          const char *file, struct fault *fault)
{
    SCOPED_BUF struct buf piece = { 0 };
    struct progress progress = { .what = path, .whole = size };
    char name[NAME_BYTES + 1];
    size_t got;

    name_of(path, name);
    for (int64_t at = 0; at < size; at += (int64_t)got) {
        buf_clear(&piece);
        if (!file_get(fd, buf_reserve(&piece, PIECE), PIECE, at, &got) || got == 0)
            return fault_set(fault, FAULT_INPUT, "%s: changed while it was read", path);
        buf_grown(&piece, got);
        if (!send_piece(client, file, name, at, &piece, fault))
            return false;
        progress_show(&progress, at + (int64_t)got);
    }
    progress_end(&progress);
    return true;
}

static bool enclose_one(struct client *client, const char *path, struct buf *names,
                        struct fault *fault)
{
    char file[UUID_SIZE];
    SCOPED_FD int fd = -1;
    int64_t size;

    uuid_v4(file);
    if (!open_document(path, &fd, &size, fault)
        || !send_document(client, path, fd, size, file, fault))
        return false;
    buf_addf(names, "%s%s", names->size ? " " : "", file);
    return true;
}

bool enclose_documents(struct client *client, const struct arguments *arguments,
                       struct buf *names, struct fault *fault)
{
    const char *path;

    for (int i = 0; (path = option_nth(arguments, "--document", i)); i++)
        if (!enclose_one(client, path, names, fault))
            return false;
    return true;
}
