/* duo -- what DUO knows, and what we tell DUO. */
#include <stdio.h>
#include <string.h>

#include "tools/cli/cli.h"
#include "tools/cli/daemon.h"
#include "tools/cli/duo_asked.h"
#include "tools/cli/duo_pull.h"
#include "tools/cli/duo_rules.h"
#include "tools/cli/notifications.h"
#include "tools/cli/output.h"
#include "tools/cli/push.h"

/* clang-format off */
static const struct field OPERATIONS[] = {
    { "OPERATION", "operation", FIELD_TEXT },
    { "API",       "api",       FIELD_TEXT },
    { "VERSION",   "version",   FIELD_TEXT },
    { "METHOD",    "method",    FIELD_TEXT },
    { "PATH",      "path",      FIELD_TEXT },
    { "BODY",      "body",      FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field REPORTED[] = {
    { "operation", "operation", FIELD_TEXT },
    { "message",   "bericht",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static bool operations(const struct cli *cli, const struct arguments *arguments,
                       struct fault *fault)
{
    json_auto_t *all = json_pack("{s:[]}", "operations");
    json_t *rows = json_object_get(all, "operations");

    (void)arguments, (void)fault;
    for (size_t i = 0; i < duo_operation_count(); i++) {
        const struct duo_operation *operation = duo_operation_at(i);
        if (operation->api == DUO_NOTIFICATIE)
            continue;
        json_array_append_new(
            rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "operation", operation->name,
                            "api", duo_api_name(operation->api), "version",
                            duo_api_version(operation->api), "method", operation->method,
                            "path", operation->path, "body", operation->body ? "yes" : ""));
    }
    output_list(cli->json, all, "operations", OPERATIONS);
    return true;
}

/* An answer that is a no is printed, and is a negative answer. */
static bool show_answer(const struct cli *cli, const json_t *result, struct fault *fault)
{
    const char *uitkomst = output_text(result, "uitkomst");
    bool no = strcmp(uitkomst, "geweigerd") == 0 || strcmp(uitkomst, "niet van ons") == 0;

    if (cli->json)
        cli_print_json(result);
    else if (!duo_pull_print(result, fault))
        return false;
    return !no || fault_set(fault, FAULT_REFUSED, "%s", output_text(result, "says"));
}

static bool ask(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    const struct duo_operation *operation;
    json_auto_t *result = NULL;
    json_t *asked = NULL;

    return duo_asked_operation(argument(arguments, 0), &operation, fault)
           && duo_asked_read(arguments, operation, &asked, fault)
           && daemon_ask(cli, "duo.ask", asked, CLIENT_LATER, &result, fault)
           && show_answer(cli, result, fault);
}

static bool report(const struct cli *cli, const struct arguments *arguments,
                   struct fault *fault)
{
    const struct duo_operation *operation;
    json_auto_t *result = NULL;
    json_t *asked = NULL;

    if (!duo_asked_operation(argument(arguments, 0), &operation, fault)
        || !duo_asked_read(arguments, operation, &asked, fault)
        || !daemon_ask(cli, "duo.report", asked, CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, REPORTED);
    fprintf(stderr, "It is on its way: estafette outbox show %s\n",
            output_text(result, "bericht"));
    return true;
}

static bool pull(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    const char *only = option(arguments, "--only");
    const struct duo_operation *operation = duo_operation_named(only ? only : "pip.lezen");
    json_auto_t *asked = NULL;

    if (only && !duo_asked_operation(only, &operation, fault))
        return false;
    if (strcmp(operation->method, "GET") != 0 || !strstr(operation->path, "{bsn}"))
        return fault_set(fault, FAULT_USAGE, "--only %s: it reads nothing about a person",
                         operation->name);
    return duo_asked_read(arguments, operation, &asked, fault)
           && duo_pull(cli, output_text(asked, "bsn"), only, option(arguments, "--xml"),
                       fault);
}

static const char *const PULL_OPTIONS[] = { "--bsn=", "--only=", "--xml", NULL };
static const char *const ASK_OPTIONS[] = { "--bsn=", "--instelling=", "--id=", NULL };
static const char *const REPORT_OPTIONS[] = { "--bsn=", "--instelling=", "--id=", "--body=",
                                              NULL };
static const char *const RULES_OPTIONS[] = { "--markdown", NULL };

static const struct verb VERBS[] = {
    { "pull", "--bsn - [--only OPERATION] [--xml]",
      "All that DUO tells about a person, now. The BSN comes from standard input.",
      "  estafette duo pull --bsn -\n"
      "  estafette duo pull --bsn - --only pip.lezen\n"
      "  estafette duo pull --bsn - --xml > gelezen.xml\n",
      PULL_OPTIONS, 0, 0, pull },
    { "ask", "OPERATION [--bsn -]", "One question to DUO, answered now.",
      "  estafette duo ask boetes.lezen --bsn -\n"
      "  estafette --json duo ask instellingen.lezen | jq -r '.answer[].naam'\n",
      ASK_OPTIONS, 1, 1, ask },
    { "report", "OPERATION [--bsn -] [--instelling NR] [--id N] [--body FILE|-]",
      "One report to DUO, through the outbox. The body is JSON as DUO specifies it; when it\n"
      "comes from standard input too, the BSN is the first line and the body the rest.",
      "  estafette duo report pip.melden --bsn - --body pip.json\n"
      "  estafette duo report aanbod.intrekken --bsn - --instelling 0123456789\n"
      "  estafette duo report contactpersoon.koppelen --bsn - --id 12\n",
      REPORT_OPTIONS, 1, 1, report },
    { "notifications", "[--open | --all]",
      "What DUO notified: the newest hundred, what is still open (oldest first), or all.",
      "  estafette duo notifications --open\n"
      "  estafette --json duo notifications | jq '.notificaties[] | select(.attentie)'\n",
      NOTIFICATIONS_OPTIONS, 0, 0, notifications_list },
    { "push", PUSH_USAGE, PUSH_SUMMARY, PUSH_EXAMPLES, PUSH_OPTIONS, 1, 1, push_run },
    { "operations", "", "All that can be asked of DUO and told to it.",
      "  estafette duo operations\n", NULL, 0, 0, operations },
    { "rules", "[ID] [--markdown]",
      "What DUO refuses, as far as it can be told before a report goes, and what to do.",
      "  estafette duo rules\n"
      "  estafette duo rules MAP-9\n",
      RULES_OPTIONS, 0, 1, duo_rules },
    { 0 },
};

const struct command CMD_DUO = { "duo", "what DUO knows, and what we tell DUO", VERBS };
