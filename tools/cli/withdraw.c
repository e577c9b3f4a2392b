/* withdraw -- see withdraw.h. */
#include "tools/cli/withdraw.h"

#include <stdio.h>
#include <string.h>

#include "codecs/toelichting.h"
#include "tools/cli/daemon.h"
#include "tools/cli/nearest.h"
#include "tools/cli/output.h"
#include "tools/cli/personal.h"

#define TEXT_BYTES_MAX (4 * TOELICHTING_MAX + 16)

const char *const WITHDRAW_OPTIONS[] = { "--code=", "--text=", "--dry-run", NULL };

/* clang-format off */
static const struct field WITHDRAWN[] = {
    { "handover",  "overdracht", FIELD_TEXT },
    { "state",     "state",      FIELD_TEXT },
    { "code",      "code",       FIELD_TEXT },
    { "withdrawn", "betreft",    FIELD_TEXT },
    { "kind",      "soort",      FIELD_TEXT },
    { "message",   "bericht",    FIELD_TEXT },
    { "to",        "peer.naam",  FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static bool check_code(const char *name, struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };
    struct nearest nearest = { .word = name };
    char hint[NEAREST_TEXT_SIZE];

    if (intrekking_code(name))
        return true;
    for (const struct intrekking_code *code = INTREKKING_CODES; code->name; code++) {
        nearest_offer(&nearest, code->name, strlen(code->name));
        buf_addf(&names, " %s", code->name);
    }
    fault_set(fault, FAULT_USAGE, "--code '%.40s' is none of:%s%s", name, buf_text(&names),
              nearest_text(&nearest, hint));
    return fault_advise(fault, "see estafette overdracht withdraw --help");
}

static bool read_text(const struct arguments *arguments, struct buf *text, struct fault *fault)
{
    const char *value = option(arguments, "--text"), *code = option(arguments, "--code");

    if (!value && !intrekking_code(code)->needs_text)
        return true;
    if (!value && !personal_can_ask()) {
        fault_set(fault, FAULT_USAGE, "code %s: --text - is missing: say why", code);
        return fault_advise(fault, "give --text - and the text on standard input");
    }
    return personal_read("--text", value ? value : "-",
                         "Why it is withdrawn, for the other municipality", TEXT_BYTES_MAX,
                         text, fault);
}

/* What happened, or (dry) would. */
static void tell(const json_t *result, bool dry)
{
    bool request = strcmp(output_text(result, "soort"), "dossier") != 0;

    if (strcmp(output_text(result, "wijze"), "geannuleerd") == 0) {
        fputs(dry ? "It has not left yet: it would be cancelled, nobody would hear of it.\n"
                  : "It had not left yet: it was cancelled, nobody hears of it.\n",
              stderr);
        return;
    }
    output_print(stderr, output_text(result, "peer.naam"));
    fputs(dry ? " would be told; this handover would end when "
              : " is told; this handover ends "
                "when ",
          stderr);
    fputs(request ? "they have received it, unless the dossier has left there already.\n"
                  : "they have deleted what they got and confirmed it.\n",
          stderr);
}

bool withdraw_overdracht(const struct cli *cli, const struct arguments *arguments,
                         struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    json_auto_t *result = NULL;
    const char *code = option(arguments, "--code");
    bool dry = option(arguments, "--dry-run");

    if (!code)
        return fault_set(fault, FAULT_USAGE, "--code CODE is missing");
    if (!check_code(code, fault) || !read_text(arguments, &text, fault)
        || !daemon_ask(cli, dry ? "overdracht.withdraw.preview" : "overdracht.withdraw",
                       json_pack("{s:s, s:s, s:s}", "id", argument(arguments, 0), "code", code,
                                 "text", buf_text(&text)),
                       CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, WITHDRAWN);
    tell(result, dry);
    return true;
}
