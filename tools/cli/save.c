/* save -- see save.h. */
#include "tools/cli/save.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "codecs/digest.h"
#include "codecs/view.h"
#include "peers/file.h"
#include "tools/cli/daemon.h"
#include "tools/cli/detach.h"
#include "tools/cli/handover.h"
#include "tools/cli/output.h"

static const struct part {
    const char *what, *file;
    bool may_lack;
} PARTS[] = {
    { "bericht", "bericht.xml", false },
    { "dossier", "dossier.xml", false },
    { "verzegeld", "bericht.p7m", false },
    { "ontvangstbevestiging", "ontvangstbevestiging.xml", true },
    { NULL, "dossier.html", true }, /* made here */
};
enum {
    BERICHT_PART = 0,
    DOSSIER_PART = 1,
    PAGE_PART = 4,
    PART_COUNT = sizeof(PARTS) / sizeof(PARTS[0])
};

static const struct field FILES[] = {
    { "FILE", "file", FIELD_TEXT },
    { "BYTES", "size", FIELD_TEXT },
    { "SHA-256", "sha256", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};

static bool part_path(const char *folder, const struct part *part, char path[PATH_MAX],
                      struct fault *fault)
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, part->file) >= PATH_MAX)
        return fault_set(fault, FAULT_USAGE, "--out: the name is too long");
    return true;
}

static bool folder_is_free(const char *folder, struct fault *fault)
{
    char path[PATH_MAX];

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fault_set_errno(fault, FAULT_IO, folder, errno);
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (!part_path(folder, &PARTS[i], path, fault))
            return false;
        if (!file_exists(path))
            continue;
        fault_set(fault, FAULT_IO, "%s is there already", path);
        return fault_advise(fault, "nothing is overwritten: give an empty folder");
    }
    return true;
}

static bool fetch(struct client *client, const char *id, struct buf contents[PART_COUNT],
                  struct fault *fault)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (!PARTS[i].what || client_download(client, id, PARTS[i].what, &contents[i], fault))
            continue;
        if (!PARTS[i].may_lack || fault->code != FAULT_STATE)
            return false;
        buf_clear(&contents[i]);
    }
    return true;
}

/* The proof matters more than the page: what cannot be shown, such as a dossier of a schema
 * that is no more, is saved all the same. */
static void make_page(struct client *client, const char *id, struct buf contents[PART_COUNT])
{
    SCOPED_HANDOVER struct handover handover = { 0 };
    struct fault fault = { 0 };

    if (handover_read(client, id, &contents[BERICHT_PART], &handover, &fault)
        && view_page(handover.dossier, &handover.origin, &contents[PAGE_PART], &fault))
        return;
    fputs("dossier.html is left out: ", stderr);
    output_print(stderr, fault.text);
    fputc('\n', stderr);
}

static bool write_part(const char *folder, const struct part *part, const struct buf *content,
                       json_t *files, struct fault *fault)
{
    char path[PATH_MAX], hex[DIGEST_HEX];
    struct digest digest;

    if (content->size == 0)
        return true;
    if (!part_path(folder, part, path, fault)
        || !file_create(path, 0600, content->data, content->size, fault))
        return false;
    digest_of(content->data, content->size, &digest);
    digest_hex(&digest, hex);
    json_array_append_new(files, json_pack("{s:o, s:I, s:s}", "file", output_string(path),
                                           "size", (json_int_t)content->size, "sha256", hex));
    return true;
}

static bool save(const struct cli *cli, const char *id, const char *folder,
                 struct buf contents[PART_COUNT], struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    json_auto_t *result = json_pack("{s:[]}", "files");
    json_t *files = json_object_get(result, "files");

    if (!folder_is_free(folder, fault) || !daemon_open(cli, &client, fault)
        || !fetch(client, id, contents, fault))
        return false;
    make_page(client, id, contents);
    for (size_t i = 0; i < PART_COUNT; i++)
        if (!write_part(folder, &PARTS[i], &contents[i], files, fault))
            return false;
    if (!detach_documents(client, id, folder, &contents[DOSSIER_PART], files, fault))
        return false;
    output_list(cli->json, result, "files", FILES);
    return true;
}

bool save_overdracht(const struct cli *cli, const struct arguments *arguments,
                     struct fault *fault)
{
    struct buf contents[PART_COUNT] = { 0 };
    const char *folder = option(arguments, "--out");

    if (!folder)
        return fault_set(fault, FAULT_USAGE, "--out DIR is missing");
    bool good = save(cli, argument(arguments, 0), folder, contents, fault);
    for (size_t i = 0; i < PART_COUNT; i++)
        buf_finish(&contents[i]);
    return good;
}
