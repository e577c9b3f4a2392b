/* supplement -- see supplement.h. */
#include "tools/cli/supplement.h"

#include <stdio.h>

#include "codecs/toelichting.h"
#include "codecs/xmldoc.h"
#include "tools/cli/daemon.h"
#include "tools/cli/enclose.h"
#include "tools/cli/findings.h"
#include "tools/cli/output.h"
#include "tools/cli/personal.h"
#include "tools/cli/preview.h"

#define TEXT_BYTES_MAX (4 * TOELICHTING_MAX + 16)

const char *const SUPPLEMENT_OPTIONS[] = { "--part=*", "--text=", "--document=*", NULL };

/* clang-format off */
static const struct field SUPPLEMENTED[] = {
    { "handover",    "overdracht", FIELD_TEXT },
    { "state",       "state",      FIELD_TEXT },
    { "message",     "bericht",    FIELD_TEXT },
    { "supplements", "betreft",    FIELD_TEXT },
    { "parts",       "onderdelen", FIELD_TEXT },
    { "to",          "peer.naam",  FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static void collect_parts(const struct arguments *arguments, struct buf *parts)
{
    const char *name;

    for (int n = 0; (name = option_nth(arguments, "--part", n)); n++)
        buf_addf(parts, "%s%s", parts->size > 0 ? " " : "", name);
}

static bool read_text(const struct arguments *arguments, struct buf *text, struct fault *fault)
{
    const char *value = option(arguments, "--text");

    if (!value && !personal_can_ask()) {
        fault_set(fault, FAULT_USAGE, "--text - is missing: say what is new, and why");
        return fault_advise(fault, "give --text - and the text on standard input");
    }
    return personal_read("--text", value ? value : "-",
                         "What is new, and why, for the other municipality", TEXT_BYTES_MAX,
                         text, fault);
}

static bool is_in_order(const struct cli *cli, const char *file, const struct buf *content,
                        struct fault *fault)
{
    json_auto_t *findings = json_array();
    bool good = findings_collect(cli, file, content, findings, fault);

    if (!cli->json)
        findings_print(stderr, file, findings);
    return good
           || fault_advise(fault, "nothing was sent: correct what is named, then send it "
                                  "again");
}

static bool post(const struct cli *cli, const struct arguments *arguments,
                 const struct buf *content, json_t **result, struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    SCOPED_BUF struct buf documents = { 0 }, parts = { 0 }, text = { 0 };
    char file[UUID_SIZE];

    collect_parts(arguments, &parts);
    return read_text(arguments, &text, fault) && daemon_open(cli, &client, fault)
           && enclose_documents(client, arguments, &documents, fault)
           && client_upload(client, content, file, fault)
           && client_ask(client, "overdracht.supplement",
                         json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", argument(arguments, 0),
                                   "file", file, "parts", buf_text(&parts), "text",
                                   buf_text(&text), "documents", buf_text(&documents)),
                         CLIENT_LATER, result, fault);
}

bool supplement_overdracht(const struct cli *cli, const struct arguments *arguments,
                           struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    json_auto_t *result = NULL;
    const char *file = argument(arguments, 1);

    if (!cli_read(file, XMLDOC_BYTES_MAX, &content, fault)
        || !is_in_order(cli, file, &content, fault)
        || !post(cli, arguments, &content, &result, fault))
        return false;
    output_answer(cli->json, result, SUPPLEMENTED);
    if (!cli->json)
        preview_documents(result);
    output_print(stderr, output_text(result, "peer.naam"));
    fputs(" gets the dossier as it is now, and what is new in it.\n", stderr);
    return true;
}
