/* blokkade -- people of whom nothing is handed over by this road. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/ask.h"
#include "tools/cli/cli.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

/* clang-format off */
static const struct field LIST[] = {
    { "BLOCK",    "blokkade",  FIELD_TEXT },
    { "BSN",      "bsn",       FIELD_TEXT },
    { "V-NUMMER", "vnummer",   FIELD_TEXT },
    { "SINCE",    "since",     FIELD_MOMENT },
    { "BY",       "by_whom",   FIELD_ACTOR },
    { "UNTIL",    "until",     FIELD_TEXT },
    { "COUNTS",   "geldt",     FIELD_TEXT },
    { "WHY",      "tekst",     FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field DONE[] = {
    { "block", "blokkade", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static bool add(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL, *request = NULL;

    if (!option(arguments, "--bsn") && !option(arguments, "--vnummer"))
        return fault_set(fault, FAULT_USAGE, "--bsn - or --vnummer - is missing");
    request = json_pack("{s:s*}", "until", option(arguments, "--until"));
    if (!ask_inputs(arguments, request, fault)
        || !daemon_ask(cli, "blokkade.add", json_incref(request), CLIENT_LATER, &result,
                       fault))
        return false;
    output_answer(cli->json, result, DONE);
    if (strcmp(output_text(result, "contact"), "nee") == 0)
        fputs("warning: who asks is told to call, but [contact] names nobody to call\n",
              stderr);
    return true;
}

static bool list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "blokkade.list",
                    json_pack("{s:s*}", "all", option(arguments, "--all") ? "ja" : NULL),
                    CLIENT_SOON, &result, fault))
        return false;
    output_list(cli->json, result, "blokkades", LIST);
    return true;
}

static bool lift(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;
    char *end;
    long long number = strtoll(argument(arguments, 0), &end, 10);

    if (*end || number < 1)
        return fault_set(fault, FAULT_USAGE,
                         "BLOCK is the number of a block, see estafette blokkade list");
    if (!daemon_ask(cli, "blokkade.lift", json_pack("{s:I}", "blokkade", (json_int_t)number),
                    CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, DONE);
    return true;
}

static const char *const ADD_OPTIONS[] = { "--bsn=", "--vnummer=", "--until=", "--text=",
                                           NULL };
static const char *const LIST_OPTIONS[] = { "--all", NULL };

static const struct verb VERBS[] = {
    { "add", "(--bsn - | --vnummer -) [--until DATE] [--text -]",
      "Nothing about this person is sent or asked from now on, and what waits is stopped; "
      "who\n"
      "asks for the dossier is told to call. Number and reason come from standard input.",
      "  estafette blokkade add --bsn - < bsn.txt\n"
      "  estafette blokkade add --bsn - --text - --until 2027-06-30 < bsn-en-reden.txt\n",
      ADD_OPTIONS, 0, 0, add },
    { "list", "[--all]", "Who is on the list, and why; --all: also who was. It is on record.",
      "  estafette blokkade list\n", LIST_OPTIONS, 0, 0, list },
    { "lift", "BLOCK", "Ends a block: the dossier may be handed over again.",
      "  estafette blokkade lift 3\n", NULL, 1, 1, lift },
    { 0 },
};

const struct command CMD_BLOKKADE = { "blokkade",
                                      "people of whom nothing is handed over in writing",
                                      VERBS };
