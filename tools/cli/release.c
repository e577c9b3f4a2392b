/* release -- see release.h. */
#include "tools/cli/release.h"

#include <stdio.h>

#include "tools/cli/daemon.h"
#include "tools/cli/output.h"
#include "tools/cli/preview.h"

const char *const RELEASE_OPTIONS[] = { "--dry-run", NULL };

/* clang-format off */
static const struct field SENT[] = {
    { "handover",         "overdracht",             FIELD_TEXT },
    { "message",          "bericht",                FIELD_TEXT },
    { "to",               "ontvanger.naam",         FIELD_TEXT },
    { "OIN",              "ontvanger.oin",          FIELD_TEXT },
    { "gemeentecode",     "ontvanger.gemeentecode", FIELD_TEXT },
    { "sealed bytes",     "size",                   FIELD_TEXT },
    { "canonical digest", "canoniek",               FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static bool show(const struct cli *cli, const json_t *result, struct fault *fault)
{
    static const struct buf
        NONE; /* there is no file: one too large to come back is not shown */

    if (cli->json) {
        cli_print_json(result);
        return true;
    }
    return *output_text(result, "bericht")
               ? preview_print(result, &NONE, fault)
               : fault_set(fault, FAULT_SIZE, "the dossier is too large to be shown");
}

bool release_overdracht(const struct cli *cli, const struct arguments *arguments,
                        struct fault *fault)
{
    json_auto_t *result = NULL;
    bool dry = option(arguments, "--dry-run");

    if (!daemon_ask(cli, dry ? "overdracht.release.preview" : "overdracht.release",
                    json_pack("{s:s}", "id", argument(arguments, 0)), CLIENT_LATER, &result,
                    fault))
        return false;
    if (dry)
        return show(cli, result, fault);
    output_answer(cli->json, result, SENT);
    fprintf(stderr, "On its way. Follow it: estafette overdracht show %s\n",
            output_text(result, "overdracht"));
    return true;
}
