/* detach -- see detach.h. */
#include "tools/cli/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/document.h"
#include "codecs/mediatype.h"
#include "codecs/xmldoc.h"
#include "peers/file.h"
#include "tools/cli/output.h"
#include "tools/cli/progress.h"

struct detachment {
    struct client *client;
    const char *id; /* of the handover */
    const struct document *document;
    char path[PATH_MAX], beside[PATH_MAX];
    int fd;
    struct digest_stream *digest;
};

static bool name_files(struct detachment *d, const char *folder, struct fault *fault)
{
    const char *extension = mediatype_extension(d->document->plain.mediatype);
    int size = snprintf(d->path, sizeof(d->path), "%s/document-%s.%s", folder, d->document->id,
                        extension ? extension : "bin");

    if (size >= (int)sizeof(d->path)
        || snprintf(d->beside, sizeof(d->beside), "%s.deel", d->path)
               >= (int)sizeof(d->beside))
        return fault_set(fault, FAULT_USAGE, "--out: the name is too long");
    if (file_exists(d->path)) {
        fault_set(fault, FAULT_IO, "%s is there already", d->path);
        return fault_advise(fault, "nothing is overwritten: give an empty folder");
    }
    d->fd = open(d->beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return d->fd >= 0 || fault_set_errno(fault, FAULT_IO, d->beside, errno);
}

static bool fetch_piece(struct detachment *d, int64_t offset, struct buf *piece,
                        struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!client_ask(d->client, "document.read",
                    json_pack("{s:s, s:s, s:I}", "id", d->id, "document", d->document->id,
                              "offset", (json_int_t)offset),
                    CLIENT_LATER, &result, fault)
        || !base64_decode(output_text(result, "data"), piece, fault))
        return false;
    return piece->size > 0 || offset == d->document->plain.size
           || fault_set(fault, FAULT_ANSWER, "document %s ends before its end",
                        d->document->id);
}

static bool fetch_all(struct detachment *d, struct fault *fault)
{
    int64_t whole = d->document->plain.size;
    struct progress progress = { .what = d->path, .whole = whole };

    for (int64_t at = 0; at < whole;) {
        SCOPED_BUF struct buf piece = { 0 };
        if (!fetch_piece(d, at, &piece, fault))
            return false;
        if (!file_put(d->fd, piece.data, piece.size, at))
            return fault_set_errno(fault, FAULT_IO, d->beside, errno);
        digest_stream_add(d->digest, piece.data, piece.size);
        at += (int64_t)piece.size;
        progress_show(&progress, at);
    }
    progress_end(&progress);
    return true;
}

static bool keep(struct detachment *d, struct fault *fault)
{
    struct digest digest;

    digest_stream_end(d->digest, &digest);
    if (!digest_equal(&digest, &d->document->plain.sha256))
        return fault_set(fault, FAULT_ANSWER, "document %s is not what the dossier names",
                         d->document->id);
    if (fsync(d->fd) != 0
        || renameat2(AT_FDCWD, d->beside, AT_FDCWD, d->path, RENAME_NOREPLACE) != 0)
        return fault_set_errno(fault, FAULT_IO, d->path, errno);
    return true;
}

static void add_file(const struct detachment *d, json_t *files)
{
    char hex[DIGEST_HEX];

    digest_hex(&d->document->plain.sha256, hex);
    json_array_append_new(files,
                          json_pack("{s:o, s:I, s:s}", "file", output_string(d->path), "size",
                                    (json_int_t)d->document->plain.size, "sha256", hex));
}

static bool detach_one(struct detachment *d, const char *folder, json_t *files,
                       struct fault *fault)
{
    if (!name_files(d, folder, fault))
        return false;
    d->digest = digest_stream_create();
    bool good = fetch_all(d, fault) && keep(d, fault);
    if (good)
        add_file(d, files);
    else
        unlink(d->beside);
    digest_stream_destroy(d->digest);
    file_close(&d->fd);
    return good;
}

bool detach_documents(struct client *client, const char *id, const char *folder,
                      const struct buf *dossier, json_t *files, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    if (!xmldoc_parse(dossier->data, dossier->size, &doc, fault))
        return false;
    for (const xmlNode *entry = document_first(xmlDocGetRootElement(doc)); entry;
         entry = document_next(entry)) {
        struct document document;
        struct detachment d = { .client = client, .id = id, .document = &document, .fd = -1 };
        if (!document_read(entry, &document, fault)
            || (document.enclosed && !detach_one(&d, folder, files, fault)))
            return false;
    }
    return true;
}
