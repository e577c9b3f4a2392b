/* show -- see show.h. */
#include "tools/cli/show.h"

#include <stdio.h>
#include <string.h>

#include "codecs/schema.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "peers/file.h"
#include "tools/cli/daemon.h"
#include "tools/cli/handover.h"
#include "tools/cli/output.h"

/* An id is four or more of what ids are written with, and not the name of a file that is
 * there. */
static bool is_id(const char *what)
{
    return strlen(what) >= 4 && what[strspn(what, "0123456789abcdef-")] == '\0'
           && !file_exists(what);
}

static bool read_handover(const struct cli *cli, const char *id, struct handover *handover,
                          struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    SCOPED_BUF struct buf bericht = { 0 };

    return daemon_open(cli, &client, fault)
           && client_download(client, id, "bericht", &bericht, fault)
           && handover_read(client, id, &bericht, handover, fault);
}

/* The schema, not the rules: what breaks a rule can still be read. */
static bool read_file(const char *file, struct handover *handover, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };

    return cli_read(file, XMLDOC_BYTES_MAX, &content, fault)
           && xmldoc_parse(content.data, content.size, &handover->dossier, fault)
           && schema_validate(SCHEMA_DOSSIER, handover->dossier, NULL, NULL, fault);
}

static bool load(const struct cli *cli, const char *what, struct handover *handover,
                 struct fault *fault)
{
    return is_id(what) ? read_handover(cli, what, handover, fault)
                       : read_file(what, handover, fault);
}

bool show_load(const struct cli *cli, const char *what, xmlDoc **doc, struct fault *fault)
{
    SCOPED_HANDOVER struct handover handover = { 0 };

    if (!load(cli, what, &handover, fault))
        return false;
    *doc = handover.dossier;
    handover.dossier = NULL;
    return true;
}

static bool write_out(const struct cli *cli, const char *what, const char *file,
                      const struct buf *view, struct fault *fault)
{
    if (!file_create(file, 0600, view->data, view->size, fault)) {
        if (!file_exists(file))
            return false;
        return fault_advise(fault, "nothing is overwritten: give another name to --out");
    }
    if (cli->json) {
        json_auto_t *value =
            json_pack("{s:o, s:o, s:I}", "dossier", output_string(what), "file",
                      output_string(file), "size", (json_int_t)view->size);
        cli_print_json(value);
    }
    return true;
}

static void print(const struct cli *cli, const char *what, bool html, const struct buf *view)
{
    if (cli->json) {
        json_auto_t *value = json_pack("{s:o, s:s}", "dossier", output_string(what),
                                       html ? "html" : "text", buf_text(view));
        cli_print_json(value);
    } else if (html) {
        fwrite(view->data, 1, view->size, stdout);
    } else {
        output_print_page(buf_text(view));
    }
}

bool show_dossier(const struct cli *cli, const struct arguments *arguments,
                  struct fault *fault)
{
    SCOPED_HANDOVER struct handover handover = { 0 };
    SCOPED_BUF struct buf view = { 0 };
    const char *what = argument(arguments, 0), *file = option(arguments, "--out");
    bool html = option(arguments, "--html");

    if (!load(cli, what, &handover, fault)
        || !(html ? view_page : view_text)(handover.dossier, &handover.origin, &view, fault))
        return false;
    if (file)
        return write_out(cli, what, file, &view, fault);
    print(cli, what, html, &view);
    return true;
}
